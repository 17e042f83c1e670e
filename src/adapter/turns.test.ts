// Programs and the world take turns: what happens depends on what programs do, not on how long they take.

import { describe, expect, it } from 'vitest';
import { newWorld, pattern } from '../../test/kit.js';
import { HOUR, MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import { connectTcp, listenTcp } from './tcp-streams.js';
import { Turns } from './turns.js';

/** A client asks three times; both sides do `work` before they answer. Returns when it ended and what happened. */
async function run(work: (turns: Turns) => Promise<void>): Promise<{ now: number; hash: string }> {
  const world = newWorld();
  const a = world.addHost('a');
  const b = world.addHost('b');
  world.connect(
    world.addInterface(a, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(b, 'eth0', { address: '192.0.2.2/24' }),
    { delay: 5 * MILLISECOND, rate: 10_000_000, loss: 0.1 },
  );
  const turns = new Turns(world);
  const serve = async () => {
    for await (const { readable, writable } of listenTcp(turns, b, 80)) {
      const writer = writable.getWriter();
      for await (const piece of readable) {
        await work(turns);
        await writer.write(piece);
      }
      await writer.close();
    }
  };
  void serve();
  const { readable, writable, closed } = connectTcp(turns, a, { hostname: '192.0.2.2', port: 80 });
  const writer = writable.getWriter();
  const reader = readable.getReader();
  for (const size of [1, 1000, 20_000]) {
    await writer.write(pattern(size));
    for (let got = 0; got < size; ) got += (await reader.read()).value?.length ?? Number.NaN;
    await work(turns);
  }
  await writer.close();
  await closed;
  await turns.rest();
  return { now: world.now, hash: world.trace().hash() };
}

const nothing = async () => {};

describe('turns', () => {
  it('give the same run every time', async () => {
    expect(await run(nothing)).toEqual(await run(nothing));
  });

  it('wait for every promise that follows another', async () => {
    const slow = async () => {
      for (let i = 0; i < 1000; i++) await undefined;
    };
    expect(await run(slow)).toEqual(await run(nothing));
  });

  it('wait for what is done outside while time is held', async () => {
    const slow = (turns: Turns) =>
      turns.hold(new Promise<void>((resolve) => void setTimeout(resolve, Math.random() * 5)));
    expect(await run(slow)).toEqual(await run(nothing));
  });

  it('wait while the machine is busy', async () => {
    const world = newWorld();
    let busy = true;
    let turnsTaken = 0;
    const turns = new Turns(
      world,
      (callback) => {
        turnsTaken++;
        setImmediate(callback);
      },
      () => busy,
    );
    const rest = turns.rest();
    setTimeout(() => (busy = false), 20);
    await rest;
    expect([busy, turnsTaken > 2]).toEqual([false, true]);
  });

  it('let programs sleep, for as long as they like', async () => {
    const world = newWorld();
    const host = world.addHost('a');
    const turns = new Turns(world);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await turns.sleep(host, nap);
        woken.push(`${name} ${world.now / HOUR}`);
      }
    };
    await Promise.all([sleeper('a', 2 * HOUR, 100 * HOUR), sleeper('b', HOUR, 0, 2 * HOUR)]);
    expect(woken).toEqual(['b 1', 'b 1', 'a 2', 'b 3', 'a 102']);
  });

  it('come to rest when what goes on concerns nobody', async () => {
    const world = newWorld();
    const host = world.addHost('a');
    const turns = new Turns(world);
    const timer = host.context.timer({ timerFired: () => timer.set(world.now + MINUTE) }, 'for ever');
    timer.set(0);
    await turns.rest();
    expect(world.now).toBe(3 * HOUR);
    await turns.rest();
    expect(world.now).toBe(6 * HOUR);
  });

  it('what a program does is due to what it was told', async () => {
    const world = newWorld();
    const host = world.addHost('a');
    const turns = new Turns(world);
    const seen: number[] = [];
    let seq = -1;
    const timer = host.context.timer(
      {
        timerFired: () => {
          seq = world.recorder.cause;
          turns.tell(() => seen.push(world.recorder.cause));
        },
      },
      'alarm',
    );
    timer.set(SECOND);
    await turns.rest();
    expect(seq).toBeGreaterThanOrEqual(0);
    expect([seen, world.recorder.cause, world.now]).toEqual([[seq], -1, SECOND]);
  });

  it('an error of a program is its own: the others are told, and time goes on', async () => {
    const world = newWorld();
    const host = world.addHost('a');
    const caught: unknown[] = [];
    const turns = new Turns(world, (callback) =>
      setImmediate(() => {
        try {
          callback();
        } catch (error) {
          caught.push(error);
        }
      }),
    );
    const told: string[] = [];
    const owner = {
      timerFired: () => {
        turns.tell(() => {
          throw new Error('mine');
        });
        turns.tell(() => told.push(`at ${world.now}`));
      },
    };
    host.context.timer(owner, 'one').set(1);
    host.context.timer(owner, 'two').set(2);
    await turns.rest();
    expect([told, caught.length]).toEqual([['at 1', 'at 2'], 2]);
  });

  it('are taken once in each world', () => {
    const world = newWorld();
    new Turns(world);
    expect(() => new Turns(world)).toThrow(/one Turns for each world/);
  });

  it('a message channel does where there is no setImmediate', async () => {
    const real = globalThis.setImmediate;
    // @ts-expect-error: as in a browser
    globalThis.setImmediate = undefined;
    try {
      const turns = new Turns(newWorld());
      const order: string[] = [];
      turns.tell(() => order.push('told'));
      await turns.rest();
      order.push('rest');
      expect(order).toEqual(['told', 'rest']);
    } finally {
      globalThis.setImmediate = real;
    }
  });
});
