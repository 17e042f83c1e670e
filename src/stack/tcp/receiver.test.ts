// The receiving half by itself: windows, acceptable segments, text in any order.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pattern } from '../../../test/kit.js';
import { seqAdd, seqDiff } from '../../base/sequence.js';
import { Receiver } from './receiver.js';

const ISN = 0xfffffff0;
const MSS = 1460;

/** A receiver whose peer has called; it has told a window. */
function receiver(limit: number, shift = 0): Receiver {
  const made = new Receiver(limit);
  made.begin(ISN);
  made.windowShift = shift;
  made.windowField(MSS, true);
  return made;
}

/** The number of a byte of the stream, the first being 0. */
const at = (offset: number): number => seqAdd(ISN, 1 + offset);

function put(to: Receiver, offset: number, bytes: Uint8Array, fin = false): boolean {
  return to.receive(at(offset), bytes, 0, bytes.length, fin);
}

describe('acceptable segments', () => {
  it.each([
    [0, 0, true],
    [99, 0, true],
    [100, 0, false],
    [-1, 0, false],
    [0, 1, true],
    [99, 500, true],
    [100, 1, false],
    [-5, 5, false],
    [-5, 6, true],
    [-5, 5000, true],
  ])('with an open window of 100: number %i, length %i: %s', (offset, length, acceptable) => {
    expect(receiver(100).isAcceptable(at(offset), length)).toBe(acceptable);
  });

  it.each([
    [0, 0, true],
    [0, 1, false],
    [1, 0, false],
    [-1, 0, false],
    [-5, 10, false],
  ])('with a closed window: number %i, length %i: %s', (offset, length, acceptable) => {
    const closed = receiver(100);
    put(closed, 0, pattern(100));
    expect(closed.window).toBe(0);
    expect(closed.isAcceptable(at(100 + offset), length)).toBe(acceptable);
  });
});

describe('the window', () => {
  it('told with a SYN holds when the other SYN comes', () => {
    const made = new Receiver(70000);
    expect(made.windowField(MSS, false)).toBe(65535);
    made.begin(ISN);
    expect(made.window).toBe(65535);
    made.windowShift = 1;
    expect(made.windowField(MSS, true)).toBe(35000);
    expect(made.window).toBe(70000);
  });

  it('never takes back what it has promised but by rounding, and never promises more than it has', () => {
    const step = fc.record({
      text: fc.integer({ min: 0, max: 2000 }),
      read: fc.integer({ min: 0, max: 3000 }),
      tell: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20000 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(step, { maxLength: 60 }),
        (limit, shift, steps) => {
          const made = receiver(limit, shift);
          let edge = 0;
          let sent = 0;
          for (const { text, read, tell } of steps) {
            const bytes = pattern(text);
            put(made, sent, bytes);
            sent = seqDiff(made.next, at(0));
            made.read(read);
            if (!tell) continue;
            const told = sent + made.windowField(MSS, true) * 2 ** shift;
            // Never by a whole unit, and what was promised is taken all the same.
            expect(told).toBeGreaterThan(edge - 2 ** shift);
            edge = Math.max(edge, told);
            expect(sent + made.window).toBeGreaterThanOrEqual(edge);
            expect(made.available + made.window).toBeLessThan(limit + 2 ** shift);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('closes in the end, also for who sends byte after byte', () => {
    const made = receiver(1000, 5);
    let sent = 0;
    for (; made.window > 0 && sent < 5000; sent++) {
      put(made, sent, pattern(1));
      made.windowField(MSS, true);
    }
    expect(made.available).toBeLessThan(1000 + 32);
    expect(made.windowField(MSS, true)).toBe(0);
  });
});

describe('text', () => {
  it('is cut at the right edge of the window', () => {
    const made = receiver(100);
    put(made, 50, pattern(100, 7));
    put(made, 0, pattern(60, 3));
    expect(made.available).toBe(100);
    expect(made.window).toBe(0);
  });

  it('does not count its FIN where text in front of it was cut', () => {
    const made = receiver(100);
    put(made, 0, pattern(101), true);
    expect([made.available, made.finished]).toEqual([100, false]);
    made.read(100);
    made.windowField(MSS, true);
    put(made, 100, pattern(1), true);
    expect([made.available, made.finished, seqDiff(made.next, at(0))]).toEqual([1, true, 102]);
  });

  it('fills the window, and leaves no place for the FIN', () => {
    const made = receiver(100);
    put(made, 0, pattern(100), true);
    expect([made.available, made.finished, made.window]).toEqual([100, false, 0]);
  });

  it('ends where the first FIN said, whatever a later one says', () => {
    const made = receiver(100);
    put(made, 8, pattern(2), true);
    put(made, 0, pattern(5), true);
    expect([made.available, made.finished]).toEqual([5, false]);
    put(made, 5, pattern(30));
    expect([made.available, made.finished]).toEqual([10, true]);
  });

  it('is what was sent, whatever comes when, twice, or in other pieces', () => {
    const piece = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 500 }), fc.nat(4));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 200, max: 4000 }),
        fc.array(piece, { maxLength: 60 }),
        (length, limit, pieces) => {
          const stream = pattern(length, 5);
          const made = receiver(limit);
          const got: number[] = [];
          const give = (from: number, size: number): void => {
            const bytes = stream.subarray(from, from + size);
            if (!made.isAcceptable(at(from), bytes.length + 1)) return;
            expect(put(made, from, bytes, from + bytes.length === length)).toBe(true);
            expect(made.available + made.window).toBeLessThanOrEqual(limit);
          };
          const read = (size: number): void => {
            got.push(...made.read(size));
            made.windowField(MSS, true);
          };
          for (const [from, size, reads] of pieces) {
            give(Math.min(from, length), size);
            read(reads * 100);
          }
          // In the end everything comes once more, in order.
          for (let rounds = 0; !made.finished && rounds < 1000; rounds++) {
            give(Math.max(0, Math.min(length, seqDiff(made.next, at(0)))), 100);
            read(Number.POSITIVE_INFINITY);
          }
          read(Number.POSITIVE_INFINITY);
          expect(made.finished).toBe(true);
          expect(got).toEqual([...stream]);
          expect(made.hasGap).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not kept in thousands of crumbs', () => {
    const made = receiver(65535);
    let kept = 0;
    for (let offset = 1; offset < 60000; offset += 2) if (put(made, offset, pattern(1))) kept++;
    expect(kept).toBeLessThan(1000);
    put(made, 0, pattern(60000));
    expect(made.available).toBe(60000);
  });
});
