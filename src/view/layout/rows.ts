// Where each unit stands across the flow: chains are straight, a node stands at the middle of what it leads to, and
// neighbours in a column keep their distance. Four extreme placements are made, and each unit takes the middle of its four.
// Reading list: Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2002).

import type { Unit } from './columns.js';

/** Least distance between the lines of two units that follow each other in a column. */
export type Separation = (upper: Unit, lower: Unit) => number;

/** A cable that would be so little aslant looks like a mistake, in px. */
const NEARLY = 14;

/** The line across on which each unit stands, in whole px from anywhere. */
export function rowsOf(columns: readonly (readonly Unit[])[], separation: Separation): Map<Unit, number> {
  const placements = [false, true].flatMap((backward) =>
    [false, true].map((upward) => placement(columns, separation, backward, upward)),
  );
  const spans = placements.map(({ values }) => extent(values));
  const narrowest = spans.reduce((best, span) => (span.high - span.low < best.high - best.low ? span : best));
  const shifts = placements.map(({ upward }, index) =>
    upward ? narrowest.high - spans[index].high : narrowest.low - spans[index].low,
  );
  const rows = new Map<Unit, number>();
  for (const unit of placements[0].values.keys()) {
    const four = placements.map(({ values }, index) => (values.get(unit) as number) + shifts[index]);
    four.sort((a, b) => a - b);
    rows.set(unit, Math.round((four[1] + four[2]) / 2));
  }
  straighten(columns, separation, rows);
  return rows;
}

/** Puts units that are nearly on the line of a neighbour onto it, where there is room. */
function straighten(
  columns: readonly (readonly Unit[])[],
  separation: Separation,
  rows: Map<Unit, number>,
): void {
  const rowOf = (unit: Unit): number => rows.get(unit) as number;
  for (const column of columns) {
    column.forEach((unit, place) => {
      const [upper, lower] = [column[place - 1], column[place + 1]];
      const least = upper === undefined ? Number.NEGATIVE_INFINITY : rowOf(upper) + separation(upper, unit);
      const most = lower === undefined ? Number.POSITIVE_INFINITY : rowOf(lower) - separation(unit, lower);
      const near = unit.before
        .map(rowOf)
        .filter((row) => Math.abs(row - rowOf(unit)) <= NEARLY && row >= least && row <= most)
        .sort((a, b) => Math.abs(a - rowOf(unit)) - Math.abs(b - rowOf(unit)));
      if (near.length > 0) rows.set(unit, near[0]);
    });
  }
}

function extent(values: ReadonlyMap<Unit, number>): { low: number; high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.values()) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return { low, high };
}

/** One extreme: each unit on the line of a median neighbour, everything pushed to one end. */
function placement(
  columns: readonly (readonly Unit[])[],
  separation: Separation,
  backward: boolean,
  upward: boolean,
): { upward: boolean; values: Map<Unit, number> } {
  const sign = upward ? -1 : 1;
  // Upwards is downwards in a mirror.
  const ordered = columns.map((column) => (upward ? [...column].reverse() : [...column]));
  if (backward) ordered.reverse();
  const lines = alignedLines(ordered, backward, sign);
  const follows = followers(ordered, lines, (a, b) => (upward ? separation(b, a) : separation(a, b)));
  const at = pushed(follows);
  return {
    upward,
    values: new Map([...lines].map(([unit, line]) => [unit, sign * (at.get(line) as number)])),
  };
}

/** Joins units of neighbouring columns to straight lines that do not cross; a line is named by its first unit. */
function alignedLines(
  ordered: readonly (readonly Unit[])[],
  backward: boolean,
  sign: number,
): Map<Unit, Unit> {
  const lines = new Map<Unit, Unit>();
  for (const column of ordered) {
    let last = Number.NEGATIVE_INFINITY;
    for (const unit of column) {
      lines.set(unit, unit);
      const nearer = [...(backward ? unit.after : unit.before)].sort((a, b) => sign * (a.place - b.place));
      const middle = (nearer.length - 1) / 2;
      for (const index of new Set([Math.floor(middle), Math.ceil(middle)])) {
        const other = nearer[index];
        if (other === undefined || lines.get(unit) !== unit) continue;
        const place = sign * other.place;
        if (place <= last) continue;
        lines.set(unit, lines.get(other) as Unit);
        last = place;
      }
    }
  }
  return lines;
}

type Followers = ReadonlyMap<Unit, ReadonlyMap<Unit, number>>;

/** By line: the lines that must lie below it, and by how much. */
function followers(
  ordered: readonly (readonly Unit[])[],
  lines: ReadonlyMap<Unit, Unit>,
  separation: Separation,
): Followers {
  const follows = new Map([...new Set(lines.values())].map((line) => [line, new Map<Unit, number>()]));
  for (const column of ordered) {
    column.slice(1).forEach((lower, index) => {
      const [from, to] = [lines.get(column[index]) as Unit, lines.get(lower) as Unit];
      const below = follows.get(from) as Map<Unit, number>;
      below.set(to, Math.max(below.get(to) ?? 0, separation(column[index], lower)));
    });
  }
  return follows;
}

/** Every line as high up as it can be, then as low as what lies below it allows. */
function pushed(follows: Followers): Map<Unit, number> {
  const open = new Map([...follows.keys()].map((line) => [line, 0]));
  for (const below of follows.values())
    for (const line of below.keys()) open.set(line, (open.get(line) as number) + 1);
  const sorted = [...open].filter(([, count]) => count === 0).map(([line]) => line);
  const at = new Map(sorted.map((line) => [line, 0]));
  for (const line of sorted) {
    for (const [lower, distance] of follows.get(line) as ReadonlyMap<Unit, number>) {
      at.set(lower, Math.max(at.get(lower) ?? 0, (at.get(line) as number) + distance));
      const left = (open.get(lower) as number) - 1;
      open.set(lower, left);
      if (left === 0) sorted.push(lower);
    }
  }
  for (const line of sorted.reverse()) {
    let room = Number.POSITIVE_INFINITY;
    for (const [lower, distance] of follows.get(line) as ReadonlyMap<Unit, number>)
      room = Math.min(room, (at.get(lower) as number) - distance);
    if (room < Number.POSITIVE_INFINITY) at.set(line, Math.max(at.get(line) as number, room));
  }
  return at;
}
