// A reading pace: as fast as it says, in portions, and asleep when there is nothing.

import { expect, it } from 'vitest';
import { newWorld } from '../../test/kit.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import { ReadingPace } from './reading-pace.js';

/** A heap of bytes and who reads it. */
function reader(rate: number) {
  const world = newWorld();
  const { context } = world.addHost('reader');
  const heap = { left: 0, times: [] as number[], sizes: [] as number[] };
  const pace = new ReadingPace(context, rate, (most) => {
    const size = Math.min(most, heap.left);
    heap.left -= size;
    if (size > 0) {
      heap.times.push(world.now);
      heap.sizes.push(size);
    }
    return size;
  });
  return { world, heap, pace };
}

it('reads what may be read in a second, at most 16 KiB at once, and then waits as long', () => {
  const { world, heap, pace } = reader(32768);
  heap.left = 40_000;
  pace.wake();
  pace.wake();
  world.runToRest();
  expect(heap.sizes).toEqual([16384, 16384, 7232]);
  expect(heap.times).toEqual([0, SECOND / 2, SECOND]);
});

it('of one byte a second takes one byte a second', () => {
  const { world, heap, pace } = reader(1);
  heap.left = 3;
  pace.wake();
  world.runToRest();
  expect(heap.times).toEqual([0, SECOND, 2 * SECOND]);
});

it('sleeps without anything to read, until it is woken', () => {
  const { world, heap, pace } = reader(1000);
  pace.wake();
  expect(world.runToRest()).toBe(true);
  expect(world.now).toBe(0);
  world.advance(5 * SECOND);
  heap.left = 100;
  pace.wake();
  heap.left += 50;
  pace.wake();
  world.runToRest();
  expect(heap.times).toEqual([5 * SECOND, 5 * SECOND + 100 * MILLISECOND]);
});

it('stops', () => {
  const { world, heap, pace } = reader(10);
  heap.left = 100;
  pace.wake();
  pace.stop();
  expect(world.runToRest()).toBe(true);
  expect(heap.left).toBe(90);
});
