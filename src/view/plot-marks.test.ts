// Lines and bars never have more points than there are pixels to show them.

import { expect, it } from 'vitest';
import { bars, greatest, stepPath } from './plot-marks.js';

/** A pixel per unit. */
const PLAIN = { x: (time: number) => time, y: (value: number) => 100 - value };

it('a line stays at each value until the next', () => {
  const points = [
    { time: 0, value: 10 },
    { time: 5, value: 20 },
    { time: 9, value: 20 },
    { time: 12, value: 0 },
  ];
  expect(stepPath(points, PLAIN, 20)).toBe('M0 90H5V80H12V100H20');
  expect(stepPath([], PLAIN, 20)).toBe('');
});

it('keeps the first, least, greatest and last of many values in one pixel', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => ({
    time: i / 100,
    value: i % 100 === 37 ? 90 : i % 100 === 61 ? 5 : 50,
  }));
  const path = stepPath(many, PLAIN, 100);
  expect(path.match(/V/g)?.length).toBeLessThanOrEqual(4 * 100);
  expect(path).toContain('V10');
  expect(path).toContain('V95');
});

it('segments that follow each other within a pixel are one bar', () => {
  const segments = Array.from({ length: 1000 }, (_, i) => ({
    ...{ time: i / 1000, left: i * 10, right: i * 10 + 10 },
  }));
  expect(bars(segments, PLAIN)).toEqual([{ time: 0, left: 0, right: 10_000, count: 1000 }]);
  expect(bars([segments[0]!, segments[2]!], PLAIN)).toHaveLength(2);
});

it('the greatest of nothing is 0', () => {
  expect(greatest([])).toBe(0);
  expect(greatest(Array.from({ length: 300_000 }, (_, i) => i))).toBe(299_999);
});
