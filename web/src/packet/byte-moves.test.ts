// Keys among the bytes of a frame.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteMove, bytesOf, touches } from './byte-moves.js';

describe('a key leads', () => {
  // 20 bytes in rows of 8, two rows a page.
  it.each([
    ['ArrowRight', false, 7, 8],
    ['ArrowRight', false, 19, 19],
    ['ArrowLeft', false, 8, 7],
    ['ArrowLeft', false, 0, 0],
    ['ArrowDown', false, 3, 11],
    // Below stands nothing: the last row is shorter.
    ['ArrowDown', false, 14, 14],
    ['ArrowUp', false, 11, 3],
    ['ArrowUp', false, 3, 3],
    ['PageDown', false, 1, 17],
    ['PageDown', false, 9, 19],
    ['PageUp', false, 9, 0],
    ['Home', false, 13, 8],
    ['End', false, 9, 15],
    ['End', false, 17, 19],
    ['Home', true, 13, 0],
    ['End', true, 0, 19],
    ['Enter', false, 5, 5],
    [' ', false, 5, 5],
    ['ArrowRight', true, 5, undefined],
    ['a', false, 5, undefined],
    ['constructor', false, 5, undefined],
  ])('%s (with Ctrl: %s) from %i to %s', (key, ctrl, at, to) => {
    expect(byteMove(key, ctrl, at, 8, 2, 20)).toBe(to);
  });

  it('never out of the frame', () => {
    const key = fc.constantFrom(
      'ArrowRight',
      'ArrowDown',
      'PageDown',
      'End',
      'ArrowLeft',
      'ArrowUp',
      'PageUp',
      'Home',
    );
    fc.assert(
      fc.property(
        key,
        fc.constantFrom(8, 16),
        fc.integer({ min: 1, max: 99 }),
        fc.nat(98),
        (one, row, length, at) => {
          const to = byteMove(one, false, at % length, row, 3, length) as number;
          expect(to >= 0 && to < length).toBe(true);
        },
      ),
    );
    expect(byteMove('End', true, 0, 8, 2, 0)).toBe(0);
  });
});

it('a field touches the bytes in which it has bits, and its trailer', () => {
  const field = { start: 12, end: 20, trailer: { start: 60, end: 64 } };
  expect([0, 1, 2, 3].map((byte) => touches(field, byte, byte + 1))).toEqual([false, true, true, false]);
  expect(touches(field, 56, 60)).toBe(false);
  expect(touches(field, 56, 64)).toBe(true);
  expect(touches(undefined, 0, 99)).toBe(false);
});

it('copies the bytes in which a field has bits', () => {
  const bytes = Uint8Array.of(0x01, 0x23, 0xab, 0xcd);
  const field = (start: number, end: number) => ({ start, end, trailer: undefined });
  expect(bytesOf(field(8, 24), bytes)).toBe('23ab');
  expect(bytesOf(field(12, 17), bytes)).toBe('23ab');
  expect(bytesOf(field(8, 8), bytes)).toBe('');
});
