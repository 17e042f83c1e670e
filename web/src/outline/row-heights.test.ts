// Heights of rows: tops and places are what adding up gives, whatever was found out about which row.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowHeights } from './row-heights.js';

it('tops are sums of heights, and each place lies in its row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 90 })), { maxLength: 40 }),
      (estimates, found) => {
        const heights = [...estimates];
        const rows = new RowHeights(heights.length, (row) => heights[row] as number);
        for (const [row, height] of found) {
          if (row >= heights.length) continue;
          heights[row] = height;
          rows.set(row, height);
          // Asked in between, so that not everything is out of date at once.
          rows.at(row * 7);
        }
        let top = 0;
        heights.forEach((height, row) => {
          expect(rows.top(row)).toBe(top);
          expect(rows.at(top)).toBe(row);
          expect(rows.at(top + height - 1)).toBe(row);
          top += height;
        });
        expect(rows.top(heights.length)).toBe(top);
        expect(rows.at(top + 1000)).toBe(heights.length - 1);
        expect(rows.at(-5)).toBe(0);
      },
    ),
  );
});

it('a list without rows has no height', () => {
  const rows = new RowHeights(0, () => 50);
  expect([rows.top(0), rows.top(3), rows.at(10)]).toEqual([0, 0, 0]);
});
