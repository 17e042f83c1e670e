// The event queue against a sorted array.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEVER } from '../base/time.js';
import { type Actor, EventQueue } from './event-queue.js';

/** Wakes everything and returns what was woken, in order. */
function drain(queue: EventQueue, woken: number[]): number[] {
  while (queue.size > 0) queue.wakeEarliest();
  return woken;
}

describe('EventQueue', () => {
  it('is empty at first', () => {
    const queue = new EventQueue();
    expect(queue.size).toBe(0);
    expect(queue.earliest).toBe(NEVER);
  });

  it('wakes by time, and by order among equal times', () => {
    const woken: number[] = [];
    const queue = new EventQueue();
    for (const [time, order] of [
      [5, 1],
      [3, 9],
      [5, 0],
      [3, 2],
      [0, 7],
    ] as const) {
      queue.push({ wake: () => woken.push(time * 10 + order) }, time, order);
    }
    expect(queue.earliest).toBe(0);
    expect(drain(queue, woken)).toEqual([7, 32, 39, 50, 51]);
  });

  it('agrees with a sorted array, whatever is scheduled before and during turns', () => {
    const entry = fc.record({ delay: fc.nat(20), later: fc.array(fc.nat(20), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const queue = new EventQueue();
        const model: { time: number; order: number; id: number }[] = [];
        const woken: number[] = [];
        const expected: number[] = [];
        let order = 0;
        let id = 0;
        const add = (time: number, later: readonly number[]): void => {
          const own = id++;
          const actor: Actor = {
            wake: () => {
              woken.push(own);
              // What is scheduled in a turn comes behind it, also at the same time.
              for (const delay of later) add(time + delay, []);
            },
          };
          const place = order++;
          model.push({ time, order: place, id: own });
          queue.push(actor, time, place);
        };
        for (const { delay, later } of entries) add(delay, later);
        while (queue.size > 0) {
          model.sort((a, b) => a.time - b.time || a.order - b.order);
          const next = model.shift();
          expect(queue.earliest).toBe(next?.time);
          expected.push(next?.id as number);
          queue.wakeEarliest();
        }
        expect(woken).toEqual(expected);
        expect(model).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its order beyond its first memory', () => {
    const queue = new EventQueue();
    const woken: number[] = [];
    for (let i = 0; i < 5000; i++) {
      const time = (i * 7919) % 5003;
      queue.push({ wake: () => woken.push(time) }, time, i);
    }
    expect(drain(queue, woken)).toEqual(woken.slice().sort((a, b) => a - b));
    expect(woken).toHaveLength(5000);
  });
});
