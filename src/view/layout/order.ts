// The order within each column: sweeps to and fro put every unit at the middle of its neighbours, and the order with
// the fewest crossings is kept.
// Reading list: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981);
// Barth, Jünger and Mutzel, "Simple and efficient bilayer cross counting" (2004).

import type { Unit } from './columns.js';

const SWEEPS = 16;

/** Sorts each column in place. */
export function orderColumns(columns: Unit[][]): void {
  let best = columns.map((column) => [...column]);
  let least = disorder(columns);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const isForward = sweep % 2 === 0;
    // Every other round also draws neighbours of one column towards each other.
    const withBeside = sweep % 4 > 1;
    for (const column of isForward ? columns : [...columns].reverse()) {
      const wanted = new Map(
        column.map((unit) => {
          const fixed = isForward ? unit.before : unit.after;
          const pulls = withBeside ? [...fixed, ...unit.beside] : fixed;
          return [unit, pulls.length === 0 ? height(unit, columns) : mean(pulls, columns)];
        }),
      );
      column.sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number));
      number(column);
    }
    const now = disorder(columns);
    if (now >= least) continue;
    least = now;
    best = columns.map((column) => [...column]);
  }
  best.forEach((column, index) => {
    columns[index] = column;
    number(column);
  });
}

function number(column: readonly Unit[]): void {
  column.forEach((unit, place) => {
    unit.place = place;
  });
}

/** How far down in its column a unit stands, from 0 to 1. */
function height(unit: Unit, columns: readonly (readonly Unit[])[]): number {
  return (unit.place + 0.5) / columns[unit.column].length;
}

function mean(units: readonly Unit[], columns: readonly (readonly Unit[])[]): number {
  let sum = 0;
  for (const unit of units) sum += height(unit, columns);
  return sum / units.length;
}

/** Crossings of cables, and nodes that a cable within a column has to go around. */
function disorder(columns: readonly (readonly Unit[])[]): number {
  let sum = 0;
  for (const [index, column] of columns.entries()) {
    sum += crossings(column, columns[index + 1]?.length ?? 0);
    for (const unit of column)
      for (const other of unit.beside) sum += Math.max(0, other.place - unit.place - 1);
  }
  return sum;
}

/** Crossings between a column and the next one, by counting with a Fenwick tree. */
function crossings(column: readonly Unit[], size: number): number {
  const tree = new Int32Array(size + 1);
  let sum = 0;
  let count = 0;
  for (const unit of column) {
    const places = unit.after.map(({ place }) => place);
    for (const place of places) {
      sum += count;
      for (let i = place + 1; i > 0; i -= i & -i) sum -= tree[i];
    }
    for (const place of places) for (let i = place + 1; i <= size; i += i & -i) tree[i]++;
    count += places.length;
  }
  return sum;
}
