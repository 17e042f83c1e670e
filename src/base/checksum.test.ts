// The Internet checksum: the examples of the RFCs, and the fast ways against the slow one.

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  complement,
  fold,
  pseudoHeaderSum,
  sumBytes,
  sumOctets,
  updateChecksum,
  updateChecksum32,
} from './checksum.js';
import { parseHex } from './text.js';

/** Word by word, with the carry put back each time: RFC 1071 §4.1 as it stands there. */
function slowSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

function memoryWith(bytes: Uint8Array, start: number) {
  const buffer = new ArrayBuffer(Math.ceil((start + bytes.length + 8) / 4) * 4);
  const u8 = new Uint8Array(buffer).fill(0xa5);
  u8.set(bytes, start);
  return { u8, u32: new Uint32Array(buffer) };
}

const anyBytes = fc.uint8Array({ maxLength: 200 });
const word = fc.nat(0xffff);

describe('the sum', () => {
  it('is that of the example in RFC 1071 §3', () => {
    const bytes = parseHex('0001 f203 f4f5 f6f7') as Uint8Array;
    expect(sumOctets(bytes)).toBe(0xddf2);
    expect(complement(0xddf2)).toBe(0x220d);
  });

  it('is the slow one at any start and length', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(9), (bytes, half) => {
        const start = half * 2;
        expect(sumBytes(memoryWith(bytes, start), start, bytes.length)).toBe(slowSum(bytes));
        expect(sumOctets(bytes)).toBe(slowSum(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same where the processor makes it many words at a time', async () => {
    // Anew: what there is of this memory may be in use already.
    vi.resetModules();
    const { isSimd, takeSimdMemory } = await import('./simd-memory.js');
    const { sumBytes } = await import('./checksum.js');
    const taken = takeSimdMemory(65_536);
    if (taken === undefined) throw new Error('this machine has no such memory');
    const { memory, at } = taken;
    expect(isSimd(memory.u8)).toBe(true);
    expect(isSimd(new Uint8Array(8))).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), fc.nat(99), fc.boolean(), (bytes, half, ones) => {
        const start = at + half * 2;
        const text = ones ? bytes.fill(0xff) : bytes;
        memory.u8.fill(0xa5, at, at + 2000).set(text, start);
        expect(sumBytes(memory, start, text.length)).toBe(slowSum(text));
      }),
      { numRuns: 2000 },
    );
    memory.u8.fill(0xff, at, at + 65_536);
    expect(sumBytes(memory, at, 65_536)).toBe(0xffff);
    memory.u8.fill(0, at, at + 65_536);
    expect(sumBytes(memory, at, 65_535)).toBe(0);
  });

  it('is right for the longest packet and for nothing but ones and zeros', () => {
    for (const length of [0, 1, 2, 3, 65535]) {
      for (const value of [0, 0xff]) {
        const bytes = new Uint8Array(length).fill(value);
        for (const start of [0, 2])
          expect(sumBytes(memoryWith(bytes, start), start, length)).toBe(slowSum(bytes));
      }
    }
  });

  it('counts a last odd octet as the upper half of a word', () => {
    expect(sumOctets(Uint8Array.of(0x12))).toBe(0x1200);
  });

  it('of parts is that of the whole, when the first has even length', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(100), (bytes, half) => {
        const cut = Math.min(half * 2, bytes.length & ~1);
        expect(fold(sumOctets(bytes, 0, cut) + sumOctets(bytes, cut))).toBe(slowSum(bytes));
      }),
    );
  });

  it('of data with its own checksum in it is 0xffff', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fold(sumOctets(bytes) + complement(sumOctets(bytes)))).toBe(0xffff);
      }),
    );
  });

  it('of a pseudo-header is that of its bytes', () => {
    const header = parseHex('c0000201 c6336407 0011 0020') as Uint8Array;
    expect(fold(pseudoHeaderSum(0xc0000201 | 0, 0xc6336407 | 0, 17, 32))).toBe(sumOctets(header));
  });
});

describe('the incremental update', () => {
  it('is that of the example in RFC 1624 §4', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  it('is what counting anew gives', () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 2, maxLength: 40 }),
        fc.nat(1000),
        word,
        (words, place, value) => {
          const bytesOf = (list: number[]) => Uint8Array.from(list.flatMap((one) => [one >> 8, one & 255]));
          const at = place % words.length;
          const changed = words.map((one, index) => (index === at ? value : one));
          // Where the words are all zero, both 0 and 0xffff stand for zero and the update can not know which.
          fc.pre(words.some((one, index) => index !== at && one !== 0));
          const before = complement(sumOctets(bytesOf(words)));
          expect(updateChecksum(before, words[at] as number, value)).toBe(
            complement(sumOctets(bytesOf(changed))),
          );
        },
      ),
    );
  });

  it('of two words is two updates', () => {
    fc.assert(
      fc.property(word, fc.integer(), fc.integer(), (checksum, before, after) => {
        const upper = updateChecksum(checksum, before >>> 16, after >>> 16);
        expect(updateChecksum32(checksum, before, after)).toBe(
          updateChecksum(upper, before & 0xffff, after & 0xffff),
        );
      }),
    );
  });
});
