// The engine: the clock, timers that are armed earlier, later, again and not at all, and what counts as rest.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../base/time.js';
import type { Timer } from '../base/timer.js';
import { Engine } from './engine.js';

interface Fired {
  readonly name: string;
  readonly at: number;
}

/** An engine and timers that note when they fire; `also` is done at each firing. */
function engineWith(names: readonly string[], also: (timer: Timer) => void = () => {}, background = false) {
  const engine = new Engine();
  const fired: Fired[] = [];
  const owner = {
    timerFired(timer: Timer): void {
      fired.push({ name: timer.name, at: engine.now });
      also(timer);
    },
  };
  const timers = names.map((name) => engine.timer(owner, name, background));
  return { engine, fired, timers };
}

describe('the clock', () => {
  it('jumps to the next event and then to the end of what was asked for', () => {
    const { engine, fired, timers } = engineWith(['a']);
    timers[0]?.set(30);
    engine.runUntil(29);
    expect([engine.now, fired.length, engine.nextAt]).toEqual([29, 0, 30]);
    engine.runUntil(30);
    expect(fired).toEqual([{ name: 'a', at: 30 }]);
    engine.runUntil(100);
    expect([engine.now, engine.nextAt]).toEqual([100, NEVER]);
    engine.runUntil(50);
    expect(engine.now).toBe(100);
  });

  it('takes single steps', () => {
    const { engine, fired, timers } = engineWith(['a', 'b']);
    timers[1]?.set(20);
    timers[0]?.set(10);
    expect([engine.step(), engine.now, engine.step(), engine.now, engine.step()]).toEqual([
      true,
      10,
      true,
      20,
      false,
    ]);
    expect(fired.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('does not let a listener move the time it lives in, and goes on afterwards', () => {
    const { engine, timers } = engineWith(['a'], () => engine.runUntil(1000));
    timers[0]?.set(10);
    expect(() => engine.runUntil(20)).toThrow(/time is passing already/);
    engine.runUntil(30);
    expect(engine.now).toBe(30);
  });
});

describe('timers', () => {
  it('fire in the order of their arming when their times are equal', () => {
    const { engine, fired, timers } = engineWith(['a', 'b', 'c']);
    for (const timer of [...timers].reverse()) timer.set(10);
    engine.runUntil(10);
    expect(fired.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    ['later', [10, 30], 30],
    ['earlier', [30, 10], 10],
    ['later, then earlier, then later', [20, 40, 10, 25], 25],
    ['for the past, which means now', [-5], 0],
  ] as const)('armed again for %s fire once', (_how, times, at) => {
    const { engine, fired, timers } = engineWith(['a']);
    for (const time of times) timers[0]?.set(time);
    engine.runUntil(100);
    expect(fired).toEqual([{ name: 'a', at }]);
    expect(timers[0]?.at).toBe(NEVER);
  });

  it('that are cleared do not fire, also when they are cleared twice or by another at the same time', () => {
    const { engine, fired, timers } = engineWith(['a', 'b'], () => timers[1]?.clear());
    timers[0]?.set(10);
    timers[1]?.set(10);
    engine.runUntil(100);
    expect(fired).toEqual([{ name: 'a', at: 10 }]);
    timers[1]?.set(110);
    timers[1]?.clear();
    timers[1]?.clear();
    expect(engine.pending).toBe(0);
    engine.runUntil(200);
    expect(fired).toHaveLength(1);
  });

  it('can be armed again while they fire, also for now', () => {
    let left = 5;
    const { engine, fired, timers } = engineWith(['a'], (timer) => {
      if (--left > 0) timer.set(left > 2 ? engine.now : engine.now + 10);
    });
    timers[0]?.set(10);
    engine.runUntil(100);
    expect(fired.map(({ at }) => at)).toEqual([10, 10, 10, 20, 30]);
  });

  it('do as a list of deadlines says, whatever is done to them', () => {
    const action = fc.record({
      timer: fc.nat(3),
      set: fc.option(fc.nat(50), { nil: undefined }),
      advance: fc.nat(15),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
        const { engine, fired, timers } = engineWith(['a', 'b', 'c', 'd']);
        const deadlines = [NEVER, NEVER, NEVER, NEVER];
        const due: Fired[] = [];
        const pass = (until: number): void => {
          for (const at of [...deadlines].sort((x, y) => x - y)) {
            deadlines.forEach((deadline, i) => {
              if (deadline !== at || at > until || at === NEVER) return;
              due.push({ name: 'abcd'[i] as string, at });
              deadlines[i] = NEVER;
            });
          }
        };
        for (const { timer, set, advance } of actions) {
          if (set === undefined) timers[timer]?.clear();
          else timers[timer]?.set(engine.now + set);
          deadlines[timer] = set === undefined ? NEVER : engine.now + set;
          expect(engine.pending).toBe(deadlines.filter((at) => at !== NEVER).length);
          pass(engine.now + advance);
          engine.runUntil(engine.now + advance);
        }
        const sorted = (list: Fired[]): string[] => list.map(({ name, at }) => `${at} ${name}`).sort();
        expect(sorted(fired)).toEqual(sorted(due));
        expect(fired.map(({ at }) => at)).toEqual(fired.map(({ at }) => at).sort((x, y) => x - y));
      }),
      { numRuns: 300 },
    );
  });
});

describe('rest', () => {
  it('is when nothing is pending, and the clock stays at the last event', () => {
    const { engine, timers } = engineWith(['a', 'b']);
    timers[0]?.set(10);
    timers[1]?.set(20);
    expect(engine.runToRest()).toBe(true);
    expect(engine.now).toBe(20);
  });

  it('does not wait for timers in the background, which fire all the same when their time comes', () => {
    const { engine, fired, timers } = engineWith(['ageing'], () => {}, true);
    timers[0]?.set(1000);
    expect(engine.pending).toBe(0);
    expect(engine.runToRest()).toBe(true);
    expect(engine.now).toBe(0);
    engine.runUntil(1000);
    expect(fired).toHaveLength(1);
  });

  it('is not reached when the limit comes first', () => {
    const { engine, fired, timers } = engineWith(['a'], (timer) => timer.set(engine.now + 10));
    timers[0]?.set(10);
    expect(engine.runToRest(35)).toBe(false);
    expect(fired.map(({ at }) => at)).toEqual([10, 20, 30]);
    expect(engine.runToRest(NEVER, 4)).toBe(false);
    expect(fired).toHaveLength(7);
  });
});

describe('the observer', () => {
  it('is told of every arming and, before the owner, of every firing', () => {
    const told: string[] = [];
    const engine: Engine = new Engine({
      timerArmed: (timer, background) => told.push(`armed ${timer.name} for ${timer.at} ${background}`),
      timerFires: (timer) => told.push(`fires ${timer.name} at ${engine.now}`),
    });
    const owner = { timerFired: (timer: Timer) => void told.push(`fired ${timer.name}`) };
    const timer = engine.timer(owner, 'a', false);
    timer.set(5);
    timer.set(8);
    engine.timer(owner, 'b', true).set(6);
    engine.runUntil(10);
    expect(told).toEqual([
      'armed a for 5 false',
      'armed a for 8 false',
      'armed b for 6 true',
      'fires b at 6',
      'fired b',
      'fires a at 8',
      'fired a',
    ]);
  });
});
