// Axes of a plot: round numbers at even distances, and the unit in which they are short.

import { MICROSECOND, MILLISECOND, MINUTE, SECOND } from '../base/time.js';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  /** Name of the unit: `ms`, `kB`. */
  readonly unit: string;
  readonly ticks: readonly Tick[];
  /** Where it begins and ends. */
  readonly from: number;
  readonly to: number;
}

type Units = readonly (readonly [name: string, size: number])[];

const TIME_UNITS: Units = [
  ['min', MINUTE],
  ['s', SECOND],
  ['ms', MILLISECOND],
  ['µs', MICROSECOND],
  ['ns', 1],
];
const BYTE_UNITS: Units = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['bytes', 1],
];
/** So many units must fit into an axis; otherwise the next smaller one is taken. */
const LEAST_UNITS = 10;
const LEAST_SECONDS = 2;

/** A time axis that begins and ends where the data do, with a little air. */
export function timeAxis(from: number, to: number, most: number): Axis {
  const span = Math.max(to - from, 1000);
  const air = span / 50;
  const [unit, size] = TIME_UNITS.find(
    ([name, length]) => span >= length * (name === 's' ? LEAST_SECONDS : LEAST_UNITS),
  ) ?? ['ns', 1];
  const [start, end] = [Math.max(0, from - air), to + air];
  return {
    unit,
    ticks: ticksOf(start, end, size, roundStep((end - start) / size / most)),
    from: start,
    to: end,
  };
}

/** An axis of bytes from 0 up to a round number. */
export function byteAxis(to: number, most: number): Axis {
  const top = Math.max(to, 1);
  const [unit, size] = BYTE_UNITS.find(([, length]) => top >= length * LEAST_UNITS) ?? ['bytes', 1];
  const step = Math.max(1, roundStep(top / size / most));
  const end = Math.ceil(top / size / step) * step * size;
  return { unit, ticks: ticksOf(0, end, size, step), from: 0, to: end };
}

/** @param size of the unit; @param step between ticks, in units */
function ticksOf(from: number, to: number, size: number, step: number): Tick[] {
  const ticks: Tick[] = [];
  for (
    let count = Math.ceil(from / size / step - TOLERANCE);
    count * step <= to / size + TOLERANCE;
    count++
  ) {
    const value = Number((count * step).toFixed(6));
    ticks.push({ value: value * size, label: grouped(value) });
  }
  return ticks;
}

const TOLERANCE = 1e-9;

/** The least of 1, 2, 5, 10, … and of 0.5, 0.2, 0.1, … that is not below. */
function roundStep(least: number): number {
  let step = 1;
  while (step < least) step *= 10;
  while (step / 10 >= least && step > 1e-6) step /= 10;
  const finer = [step / 5, step / 2].find((part) => part >= least);
  return Number((finer ?? step).toFixed(6)) || 1e-6;
}

/** `12,000` */
export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const parts = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? parts : `${parts}.${fraction}`;
}
