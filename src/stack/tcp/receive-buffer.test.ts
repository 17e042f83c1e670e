// The ring against an array that does the same without being clever.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveBuffer } from './receive-buffer.js';

/** What the buffer holds in order. */
function contents(buffer: ReceiveBuffer): number[] {
  const bytes = new Uint8Array(buffer.length);
  buffer.copyTo(bytes, 0, 0, bytes.length);
  return [...bytes];
}

describe('a receive buffer', () => {
  it('holds nothing at first', () => {
    const buffer = new ReceiveBuffer();
    expect(buffer.length).toBe(0);
    buffer.copyTo(new Uint8Array(0), 0, 0, 0);
    buffer.discard(0);
    expect(contents(buffer)).toEqual([]);
  });

  it('keeps what comes early in its place until what is in front of it is there', () => {
    const buffer = new ReceiveBuffer();
    buffer.place(3, Uint8Array.of(0, 4, 5), 1, 2);
    expect(buffer.length).toBe(0);
    buffer.place(0, Uint8Array.of(1, 2, 3), 0, 3);
    buffer.commit(5);
    expect(contents(buffer)).toEqual([1, 2, 3, 4, 5]);
  });

  it('reads what was lent where it lies, and keeps what is left of it', () => {
    const buffer = new ReceiveBuffer();
    const memory = Uint8Array.of(9, 1, 2, 3, 4, 9);
    buffer.lend(memory, 1, 4);
    expect(contents(buffer)).toEqual([1, 2, 3, 4]);
    buffer.discard(1);
    expect(contents(buffer)).toEqual([2, 3, 4]);
    buffer.keep();
    memory.fill(0);
    expect(contents(buffer)).toEqual([2, 3, 4]);
    buffer.discard(3);
    // All of the next is read: nothing is left to keep.
    memory.fill(7);
    buffer.lend(memory, 0, 2);
    buffer.discard(2);
    buffer.keep();
    expect(contents(buffer)).toEqual([]);
    // What comes behind something lent lies behind it.
    buffer.lend(memory, 0, 2);
    buffer.append(Uint8Array.of(5), 0, 1);
    memory.fill(0);
    expect(contents(buffer)).toEqual([7, 7, 5]);
  });

  it('behaves as an array does, whatever is appended and discarded', () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 0, max: 900 }) }),
      fc.record({ discard: fc.integer({ min: 0, max: 900 }) }),
      fc.record({ early: fc.integer({ min: 0, max: 600 }), size: fc.integer({ min: 0, max: 600 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (script) => {
        const buffer = new ReceiveBuffer();
        let model: number[] = [];
        let next = 0;
        const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => next++ & 255);
        for (const action of script) {
          if ('append' in action) {
            const fresh = bytes(action.append);
            buffer.append(fresh, 0, fresh.length);
            model.push(...fresh);
          } else if ('discard' in action) {
            const size = Math.min(action.discard, model.length);
            buffer.discard(size);
            model = model.slice(size);
          } else {
            // Something early, then what was missing: together they are in order.
            const both = bytes(action.early + action.size);
            buffer.place(buffer.length + action.early, both, action.early, action.size);
            buffer.place(buffer.length, both, 0, action.early);
            buffer.commit(both.length);
            model.push(...both);
          }
          expect(buffer.length).toBe(model.length);
        }
        expect(contents(buffer)).toEqual(model);
        const from = model.length >> 2;
        const part = new Uint8Array(model.length >> 1);
        buffer.copyTo(part, 0, from, part.length);
        expect([...part]).toEqual(model.slice(from, from + part.length));
      }),
      { numRuns: 300 },
    );
  });
});
