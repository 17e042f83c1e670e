// Columns of a terminal: how many a character takes, and where the cursor stands.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAfter, cellWidth } from './cell-width.js';

describe('a character', () => {
  it.each([
    ['a', 1],
    ['é', 1],
    ['日', 2],
    ['ﾏ', 1],
    ['Ａ', 2],
    ['\u0301', 0],
    ['\u200d', 0],
    ['\ufe0f', 0],
    ['\0', 0],
    ['\x9b', 0],
    ['😀', 2],
    ['→', 1],
    ['─', 1],
  ])('%j takes %i columns', (character, columns) => {
    expect(cellWidth(character.codePointAt(0) as number)).toBe(columns);
  });

  it('takes none, one or two, whatever it is', () => {
    fc.assert(
      fc.property(fc.nat(0x10ffff), (code) => {
        expect([0, 1, 2]).toContain(cellWidth(code));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the cursor', () => {
  it('stands behind a line that goes on in the next row', () => {
    expect(cellAfter('abc', 4)).toEqual({ row: 0, column: 3 });
    expect(cellAfter('abcd', 4)).toEqual({ row: 1, column: 0 });
    // The second one does not fit any more and begins the next row.
    expect(cellAfter('abc日', 4)).toEqual({ row: 1, column: 2 });
  });

  it('stands in the terminal, and further on for a longer text', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 2, max: 40 }), (begun, more, columns) => {
        const before = cellAfter(begun, columns);
        const after = cellAfter(begun + more, columns);
        expect(before.column).toBeLessThan(columns);
        expect(after.row * columns + after.column).toBeGreaterThanOrEqual(
          before.row * columns + before.column,
        );
      }),
    );
  });
});
