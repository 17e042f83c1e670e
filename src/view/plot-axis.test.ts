// Axes: round numbers at even distances, in a unit in which they are short.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import { byteAxis, grouped, timeAxis } from './plot-axis.js';

const labels = ({ ticks }: { readonly ticks: readonly { readonly label: string }[] }): string[] =>
  ticks.map(({ label }) => label);

it('bytes begin at 0 and end at a round number', () => {
  expect(byteAxis(14480, 5)).toMatchObject({ unit: 'kB', from: 0, to: 15_000 });
  expect(labels(byteAxis(14480, 5))).toEqual(['0', '5', '10', '15']);
  expect(byteAxis(7999, 5)).toMatchObject({ unit: 'bytes', to: 8000 });
  expect(labels(byteAxis(7999, 5))).toEqual(['0', '2,000', '4,000', '6,000', '8,000']);
  expect(labels(byteAxis(0, 5))).toEqual(['0', '1']);
  expect(byteAxis(3e9, 5).unit).toBe('MB');
});

it('times have the unit that fits, and a little air', () => {
  expect(timeAxis(0, 547 * MILLISECOND, 9)).toMatchObject({ unit: 'ms', from: 0 });
  expect(labels(timeAxis(0, 12 * SECOND, 9))).toEqual(['0', '2', '4', '6', '8', '10', '12']);
  expect(timeAxis(70 * SECOND, 71 * SECOND, 9).unit).toBe('ms');
  expect(timeAxis(0, 3 * MINUTE, 9).unit).toBe('s');
  expect(timeAxis(0, 30 * MINUTE, 9).unit).toBe('min');
  expect(timeAxis(5, 5, 9).to).toBeGreaterThan(5);
});

it('any axis holds its data, with some ticks, all within', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), fc.integer({ min: 3, max: 15 }), (a, b, most) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      for (const axis of [timeAxis(from, to, most), byteAxis(to, most)]) {
        expect(axis.to).toBeGreaterThanOrEqual(to);
        expect(axis.ticks.length).toBeGreaterThan(0);
        expect(axis.ticks.length).toBeLessThanOrEqual(most + 2);
        for (const { value } of axis.ticks) {
          expect(value).toBeGreaterThanOrEqual(axis.from * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(axis.to * (1 + 1e-9));
        }
        expect(new Set(labels(axis)).size).toBe(axis.ticks.length);
      }
    }),
  );
});

it('digits stand in groups', () => {
  expect([0, 999, 1000, 1234567, 0.5, 1234.25].map(grouped)).toEqual([
    ...['0', '999', '1,000', '1,234,567', '0.5', '1,234.25'],
  ]);
});
