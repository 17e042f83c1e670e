// The queue of pieces against one array that holds the same bytes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RingStore } from '../../base/ring-store.js';
import { SendBuffer } from './send-buffer.js';

function part(buffer: SendBuffer, offset: number, length: number): number[] {
  const bytes = new Uint8Array(length + 2);
  buffer.copyTo(bytes, 1, offset, length);
  expect([bytes[0], bytes[length + 1]]).toEqual([0, 0]);
  return [...bytes.subarray(1, length + 1)];
}

describe('a send buffer', () => {
  it('copies what is written, and does not copy what is shared', () => {
    const buffer = new SendBuffer();
    const text = Uint8Array.of(1, 2, 3);
    buffer.append(text, 3);
    buffer.share(text, 2);
    text.fill(9);
    expect([buffer.length, part(buffer, 0, 5)]).toEqual([5, [1, 2, 3, 9, 9]]);
    buffer.discard(4);
    expect(part(buffer, 0, 1)).toEqual([9]);
    buffer.discard(1);
    expect([buffer.length, part(buffer, 0, 0)]).toEqual([0, []]);
  });

  it('uses memory again when everything in it has been acknowledged', () => {
    const store = new RingStore();
    const buffer = new SendBuffer(store);
    const memory = store.take(600);
    store.release(memory);
    for (let round = 0; round < 3; round++) {
      buffer.append(new Uint8Array(600), 600);
      buffer.discard(600);
      expect(store.take(600)).toBe(memory);
      store.release(memory);
    }
  });

  it('holds what an array would, wherever one reads and however much goes', () => {
    const size = fc.integer({ min: 0, max: 2000 });
    const step = fc.oneof(
      fc.record({ append: size }),
      fc.record({ share: size }),
      fc.record({ discard: size }),
      fc.record({ read: fc.nat(1_000_000), length: size }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (script) => {
        const buffer = new SendBuffer();
        let model: number[] = [];
        let next = 1;
        const bytes = (length: number): Uint8Array =>
          Uint8Array.from({ length }, () => (next = (next * 75) % 65_537));
        for (const action of script) {
          if ('append' in action) {
            const fresh = bytes(action.append + 5);
            buffer.append(fresh, action.append);
            model.push(...fresh.subarray(0, action.append));
          } else if ('share' in action) {
            const fresh = bytes(action.share + 5);
            buffer.share(fresh, action.share);
            model.push(...fresh.subarray(0, action.share));
          } else if ('discard' in action) {
            const gone = Math.min(action.discard, model.length);
            buffer.discard(gone);
            model = model.slice(gone);
          } else {
            const offset = model.length === 0 ? 0 : action.read % model.length;
            const length = Math.min(action.length, model.length - offset);
            expect(part(buffer, offset, length)).toEqual(model.slice(offset, offset + length));
          }
          expect(buffer.length).toBe(model.length);
        }
        expect(part(buffer, 0, model.length)).toEqual(model);
      }),
      { numRuns: 500 },
    );
  });
});
