// Real time: delays are held within what a machine can do, and what it can not do is said.

import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../base/time.js';
import type { LinkOptions } from '../../net/link.js';
import { World } from '../../net/world.js';
import { Pacer, type PacerOptions } from './pacer.js';

const FRAME = new Uint8Array(60).fill(7);

describe('Pacer', () => {
  let pacer: Pacer | undefined;
  afterEach(() => pacer?.stop());

  /** Two cards and a cable; `arrived` is when, in ms since the sending, something came out at the far end. */
  function cable(link: LinkOptions, options: PacerOptions = {}) {
    const world = new World({ record: 'off' });
    const [a, b] = [world.addTap('a'), world.addTap('b')];
    world.connect(world.addInterface(a, 'eth0'), world.addInterface(b, 'eth0'), link);
    const paced = new Pacer(world, options);
    pacer = paced;
    paced.start();
    const send = (): Promise<number> => {
      const begun = performance.now();
      return new Promise((resolve) => {
        b.onFrame = () => resolve(performance.now() - begun);
        paced.inject(() => a.send(FRAME));
      });
    };
    return { world, a, b, paced, send };
  }

  it('holds a delay, neither less nor much more', async () => {
    const { send } = cable({ delay: 30 * MILLISECOND });
    const took = await send();
    expect(took).toBeGreaterThanOrEqual(30);
    expect(took).toBeLessThan(80);
  });

  it('holds one shorter than the timers of Node', async () => {
    const { send } = cable({ delay: MILLISECOND / 2 });
    await send();
    const took = await send();
    expect(took).toBeGreaterThanOrEqual(0.5);
    expect(took).toBeLessThan(20);
  });

  it('sleeps until its alarm rings, where it has one', async () => {
    const asked: number[] = [];
    let ring = (): void => {};
    let closed = 0;
    const alarm: PacerOptions['alarm'] = (wake) => {
      ring = wake;
      return { set: (after) => asked.push(after), close: () => closed++ };
    };
    const { send, paced } = cable({ delay: 3 * MILLISECOND }, { alarm });
    let arrived = false;
    const sent = send().then((took) => {
      arrived = true;
      return took;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    // It is due, and nobody has looked meanwhile.
    expect(arrived).toBe(false);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(MILLISECOND);
    expect(asked[0]).toBeLessThanOrEqual(3 * MILLISECOND);
    ring();
    expect(await sent).toBeGreaterThanOrEqual(20);
    // One that rings too early changes nothing, and is set again.
    const next = send();
    ring();
    expect(asked).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 5));
    ring();
    expect(await next).toBeGreaterThanOrEqual(3);
    paced.stop();
    expect(closed).toBe(1);
  });

  it('lets pass at once what takes no time', () => {
    const { a, b, paced } = cable({});
    let arrived = 0;
    b.onFrame = () => arrived++;
    paced.inject(() => a.send(FRAME));
    expect(arrived).toBe(1);
  });

  it('goes faster than the clock on the wall', async () => {
    const { send, world } = cable({ delay: SECOND }, { speed: 50 });
    const took = await send();
    expect(took).toBeGreaterThanOrEqual(20);
    expect(took).toBeLessThan(200);
    expect(world.now).toBeGreaterThanOrEqual(SECOND);
  });

  it('lets wait what comes while something happens', () => {
    const { a, b, paced } = cable({});
    const seen: string[] = [];
    b.onFrame = () => {
      seen.push('arrives');
      paced.inject(() => seen.push('answered'));
      seen.push('goes on');
    };
    paced.inject(() => a.send(FRAME));
    expect(seen).toEqual(['arrives', 'goes on', 'answered']);
  });

  it('gives up time that the machine lost, and says so', async () => {
    const { send, world, paced } = cable({ delay: 10 * MILLISECOND });
    const first = send();
    const begun = performance.now();
    while (performance.now() - begun < 300);
    await first;
    expect(paced.lost).toBeGreaterThan(200 * MILLISECOND);
    expect(paced.worst).toBeGreaterThan(200 * MILLISECOND);
    // Not 300 ms later: nothing that waits for longer has run out meanwhile.
    expect(world.now).toBeLessThan(100 * MILLISECOND);
  });

  it('does not take waiting for being late', async () => {
    const { send, paced } = cable({ delay: 150 * MILLISECOND });
    await send();
    await send();
    expect(paced.lost).toBe(0);
  });

  it('stands still when it is stopped', async () => {
    const { b, a, paced, world } = cable({ delay: 5 * MILLISECOND });
    let arrived = 0;
    b.onFrame = () => arrived++;
    paced.inject(() => a.send(FRAME));
    paced.stop();
    const { now } = world;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect({ arrived, now: world.now }).toEqual({ arrived: 0, now });
    paced.start();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(arrived).toBe(1);
  });

  it('stops a world in which frames multiply', async () => {
    const world = new World({ record: 'off' });
    const a = world.addTap('a');
    const switches = [world.addSwitch('s'), world.addSwitch('t')] as const;
    world.connect(world.addInterface(a, 'eth0'), world.addInterface(switches[0], '0'));
    for (const port of ['1', '2', '3'])
      world.connect(world.addInterface(switches[0], port), world.addInterface(switches[1], port));
    const frames = await new Promise<number>((resolve) => {
      pacer = new Pacer(world, { onOverflow: resolve });
      pacer.start();
      pacer.inject(() => a.send(new Uint8Array(60).fill(255)));
    });
    expect(frames).toBeGreaterThan(100_000);
    expect(pacer?.hasRoom).toBe(false);
  });
});
