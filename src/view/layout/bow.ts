// Columns whose nodes are nearly all linked with each other. They are bent to a bow, or close to a circle with the one
// node before them: no straight cable between two of its nodes then runs behind a third.

import type { Measures, Room } from './cable-graph.js';
import type { Unit } from './columns.js';

/** Between two boxes, in px; more on a circle, where most texts cross its middle. */
const GAP = 64;
const CIRCLE_GAP = 110;
/** A circle grows by at most so much to keep cables from running behind nodes. */
const MOST_GROWTH = 1.6;
/** Of all pairs in a column, the share that must be linked. */
const DENSE = 0.6;

/** The indices of the columns to be bent. */
export function bowsOf(columns: readonly (readonly Unit[])[]): Set<number> {
  const bows = new Set<number>();
  columns.forEach((column, index) => {
    const links = column.reduce((sum, { beside }) => sum + beside.length, 0);
    if (column.length > 2 && links >= DENSE * column.length * (column.length - 1)) bows.add(index);
  });
  return bows;
}

/** By unit of a bow: how far it stands out. */
export function bowOf(
  column: readonly Unit[],
  rows: ReadonlyMap<Unit, number>,
  node: Room,
): ReadonlyMap<Unit, number> {
  const rowOf = (unit: Unit | undefined): number => rows.get(unit as Unit) as number;
  const first = rowOf(column[0]);
  const half = (rowOf(column.at(-1)) - first) / 2;
  const steps = (column.length - 1) / 2;
  const depth = Math.min(steps * steps * (node.along / 2 + GAP / 2), 1.6 * half + node.along);
  return new Map(
    column.map((unit) => {
      const height = (rowOf(unit) - first - half) / half;
      return [unit, Math.round(depth * (1 - height * height))];
    }),
  );
}

/**
 * The circle that the last two columns form if the last one is a bow and one node stands before it.
 * @returns by unit, its centre measured from that one node, which is at the left of the circle; empty when there is none
 */
export function circleOf(
  columns: readonly (readonly Unit[])[],
  bows: ReadonlySet<number>,
  { node, labels }: Measures,
): ReadonlyMap<Unit, Room> {
  const [before, bow] = columns.slice(-2);
  if (!bows.has(columns.length - 1) || before?.length !== 1) return new Map();
  const units = [...before, ...bow];
  const gap = labels ? CIRCLE_GAP : GAP / 2;
  const step = 360 / units.length;
  const apart = Math.sqrt((node.along + gap) ** 2 + (node.across + gap) ** 2);
  const closest = apart / 2 / sine(step / 2);
  // As far as a cable between the two neighbours of a node has to stay away from its middle.
  const clear = (node.along / 2 + GAP / 2) / (1 - sine(90 - step));
  const radius = Math.max(closest, Math.min(clear, closest * MOST_GROWTH));
  return new Map(
    units.map((unit, index) => {
      const angle = index * step;
      const along = Math.round(radius * (1 - sine(90 - angle)));
      return [unit, { along, across: Math.round(-radius * sine(angle)) }];
    }),
  );
}

/**
 * The sine of an angle from −360 to 360 degrees, wrong by 0.002 at most: the approximation of Bhaskara I (7th century).
 * Unlike that of the machine it gives the same bits everywhere.
 */
export function sine(degrees: number): number {
  if (degrees < 0) return -sine(-degrees);
  if (degrees > 180) return -sine(degrees - 180);
  const product = degrees * (180 - degrees);
  return (4 * product) / (40_500 - product);
}
