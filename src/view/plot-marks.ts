// What a plot draws into a panel: lines that go in steps, bars, signs, words; never more of them than there are pixels.

import { escaped } from './xml-text.js';

/** Where values are drawn. */
export interface Scale {
  x(time: number): number;
  y(value: number): number;
}

export interface StepPoint {
  readonly time: number;
  readonly value: number;
}

/** To a tenth of a pixel. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * A line that stays at each value until the next: the `d` of a path. Of points in one column of pixels only the first,
 * the least, the greatest and the last are drawn.
 * @param end how far the last value holds
 */
export function stepPath(points: readonly StepPoint[], { x, y }: Scale, end: number): string {
  let path = '';
  let last = Number.NaN;
  for (const { time, value } of thinned(points, x)) {
    const [across, up] = [px(x(time)), px(y(value))];
    if (up === last) continue;
    path += path === '' ? `M${across} ${up}` : `H${across}V${up}`;
    last = up;
  }
  return path === '' ? '' : `${path}H${px(x(end))}`;
}

function thinned(points: readonly StepPoint[], x: (time: number) => number): StepPoint[] {
  const kept: StepPoint[] = [];
  let column: StepPoint[] = [];
  let place = Number.NaN;
  const close = (): void => {
    if (column.length <= 4) kept.push(...column);
    else {
      const order = column.map(({ value }) => value);
      const places = [0, order.indexOf(least(order)), order.indexOf(greatest(order)), column.length - 1];
      for (const at of [...new Set(places)].sort((a, b) => a - b)) kept.push(column[at] as StepPoint);
    }
  };
  for (const point of points) {
    const here = Math.floor(x(point.time));
    if (here !== place) {
      close();
      column = [];
      place = here;
    }
    column.push(point);
  }
  close();
  return kept;
}

function least(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

/** 0 for none. */
export function greatest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), 0);
}

export interface Bar {
  readonly time: number;
  readonly left: number;
  right: number;
  /** Segments that were drawn as one. */
  count: number;
}

/** Segments as bars; those that follow each other within one column of pixels become one. */
export function bars(
  segments: readonly { readonly time: number; readonly left: number; readonly right: number }[],
  { x }: Scale,
): Bar[] {
  const all: Bar[] = [];
  for (const { time, left, right } of segments) {
    const last = all.at(-1);
    const joins =
      last !== undefined && last.right === left && Math.floor(x(last.time)) === Math.floor(x(time));
    if (joins) {
      last.right = right;
      last.count++;
    } else all.push({ time, left, right, count: 1 });
  }
  return all;
}

/** Bars as one path of upright lines; each at least as long as it is wide. */
export function barPath(all: readonly Bar[], { x, y }: Scale): string {
  return all
    .map(({ time, left, right }) => {
      const [low, high] = [y(left), y(right)];
      const missing = Math.max(0, LEAST_BAR - (low - high)) / 2;
      return `M${px(x(time))} ${px(low + missing)}V${px(high - missing)}`;
    })
    .join('');
}

const LEAST_BAR = 3;

/** A diamond, for what is sent again. */
export function diamond(x: number, y: number, size: number): string {
  return `M${px(x)} ${px(y - size)}l${size} ${size}l${-size} ${size}l${-size} ${-size}z`;
}

/** A cross, for what dies. */
export function cross(x: number, y: number, size: number): string {
  return `M${px(x - size)} ${px(y - size)}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`;
}

/** A ring, for what only asks. */
export function ring(x: number, y: number, size: number): string {
  return `M${px(x - size)} ${px(y)}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0`;
}

/** A line of text; `name` is its class. */
export function textAt(name: string, x: number, y: number, words: string): string {
  return `<text class="${name}" x="${px(x)}" y="${px(y)}">${escaped(words)}</text>`;
}
