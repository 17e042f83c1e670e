// Stretches of text that came early, against a set of numbers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seqAdd } from '../../base/sequence.js';
import { MAX_STRETCHES, Reassembler } from './reassembler.js';

/** The tests begin near the end of the number space. */
const BASE = 0xffffff80;
const at = (offset: number): number => seqAdd(BASE, offset);

describe('a reassembler', () => {
  it('takes what reaches the end of what is in order', () => {
    const reassembler = new Reassembler();
    expect(reassembler.insert(at(100), at(200))).toBe(true);
    expect(reassembler.insert(at(300), at(400))).toBe(true);
    expect(reassembler.take(at(50))).toBe(at(50));
    expect(reassembler.take(at(100))).toBe(at(200));
    expect(reassembler.isEmpty).toBe(false);
    expect(reassembler.take(at(350))).toBe(at(400));
    expect(reassembler.isEmpty).toBe(true);
    expect(reassembler.take(at(500))).toBe(at(500));
  });

  it('joins stretches that touch or overlap', () => {
    const reassembler = new Reassembler();
    for (const [from, to] of [
      [10, 20],
      [40, 50],
      [20, 25],
      [60, 70],
      [24, 45],
      [5, 90],
    ] as const) {
      reassembler.insert(at(from), at(to));
    }
    expect(reassembler.take(at(5))).toBe(at(90));
    expect(reassembler.isEmpty).toBe(true);
  });

  it('refuses to keep thousands of crumbs, but goes on joining', () => {
    const reassembler = new Reassembler();
    for (let i = 0; i < MAX_STRETCHES; i++)
      expect(reassembler.insert(at(2 * i + 1), at(2 * i + 2))).toBe(true);
    expect(reassembler.insert(at(99999), at(100000))).toBe(false);
    expect(reassembler.insert(at(2), at(3))).toBe(true);
    expect(reassembler.take(at(1))).toBe(at(4));
  });

  it('knows exactly what has come, in any order', () => {
    const stretch = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(
        fc.array(stretch, { maxLength: 40 }),
        fc.integer({ min: 0, max: 220 }),
        (stretches, next) => {
          const reassembler = new Reassembler();
          const here = new Set<number>();
          for (const [from, size] of stretches) {
            expect(reassembler.insert(at(from), at(from + size))).toBe(true);
            for (let i = from; i < from + size; i++) here.add(i);
          }
          let expected = next;
          while (here.has(expected)) expected++;
          expect(reassembler.take(at(next))).toBe(at(expected));
          expect(reassembler.isEmpty).toBe(![...here].some((number) => number > expected));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reports whole stretches, each once, first the one that has grown last, then those before it', () => {
    const stretch = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 8 }));
    const most = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 40 }), most, (stretches, blocks) => {
        const reassembler = new Reassembler();
        const here = new Set<number>();
        const left = [0, 0, 0, 0];
        const right = [0, 0, 0, 0];
        const lately: number[] = [];
        for (const [from, size] of stretches) {
          reassembler.insert(at(from), at(from + size));
          for (let i = from; i < from + size; i++) here.add(i);
          lately.unshift(from);
          // What the stretches are now, by where they begin; those that have grown lately, the last one first.
          const startOf = (number: number): number => (here.has(number - 1) ? startOf(number - 1) : number);
          const grown = [...new Set(lately.map(startOf))];
          const count = reassembler.report(left, right, 0, blocks);
          expect(count).toBe(Math.min(blocks, grown.length));
          expect(left.slice(0, count)).toEqual(grown.slice(0, count).map(at));
          for (let block = 0; block < count; block++) {
            let end = grown[block] as number;
            while (here.has(end)) end++;
            expect(right[block]).toBe(at(end));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leaves what stands in front of its blocks as it is', () => {
    const reassembler = new Reassembler();
    reassembler.insert(at(10), at(20));
    reassembler.insert(at(30), at(40));
    const left = [7, 0, 0, 0];
    const right = [8, 0, 0, 0];
    expect(reassembler.report(left, right, 1, 4)).toBe(3);
    expect([left, right]).toEqual([
      [7, at(30), at(10), 0],
      [8, at(40), at(20), 0],
    ]);
  });
});
