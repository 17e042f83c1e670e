// The way through between a column and the next: cables run straight, in lanes around others of their column, slanting,
// and straight again. How much room that takes depends on the texts and on how far across the cables have to go.

import { TRUNK } from './block.js';
import type { Measures } from './cable-graph.js';
import type { Unit } from './columns.js';
import { leafEnd, type Wire } from './wires.js';

/** Places along the flow, in px. */
export interface Channel {
  /** Where the lanes begin, and from lane to lane. */
  readonly lanes: number;
  readonly step: number;
  readonly slantStart: number;
  readonly slantEnd: number;
  readonly end: number;
}

const LANE = 12;
/** All lanes of a channel together take at most so much. */
const MOST_LANES = 240;
/** A slant is so long for each px that it goes across, within limits. */
const SLANT = 0.45;
const [SHORTEST_SLANT, LONGEST_SLANT] = [44, 220];

/**
 * @param start where the column ends
 * @param wires those whose first unit stands in the column
 */
export function channelAfter(
  start: number,
  wires: readonly Wire[],
  rows: ReadonlyMap<Unit, number>,
  laneOf: ReadonlyMap<Wire, number>,
  isLast: boolean,
  { gap, node, down }: Measures,
): Channel {
  let [before, after, straight, steepest, lanes] = [0, 0, 0, 0, 0];
  for (const wire of wires) {
    const [first, second] = wire.ends;
    const { along: middle } = wire.cable.middle;
    if (wire.way === 'around') {
      before = Math.max(before, first.along, second.along);
      lanes = Math.max(lanes, (laneOf.get(wire) as number) + 1);
    } else if (wire.way === 'comb') {
      if (leafEnd(wire) === 0) before = Math.max(before, TRUNK);
      else after = Math.max(after, TRUNK);
      straight = Math.max(straight, 2 * TRUNK + middle);
    } else if (wire.units[1].column > wire.units[0].column) {
      const ends = first.along + second.along;
      before = Math.max(before, first.along);
      after = Math.max(after, second.along);
      straight = Math.max(straight, down ? ends + middle : ends, middle);
      const [from, to] = wire.units.map((unit) => rows.get(unit) as number);
      steepest = Math.max(steepest, Math.abs(to - from));
    }
  }
  const step = Math.min(LANE, MOST_LANES / Math.max(1, lanes));
  const slant =
    steepest > node.across / 4 ? Math.min(LONGEST_SLANT, Math.max(SHORTEST_SLANT, steepest * SLANT)) : 0;
  const wanted = Math.ceil(before + (lanes > 0 ? (lanes + 1) * step : 0) + slant + after);
  const least = isLast ? wanted : Math.max(wanted, gap.along, straight);
  const slantStart = start + Math.ceil(wanted - slant - after);
  return { lanes: start + before, step, slantStart, slantEnd: start + least - after, end: start + least };
}

/** A lane for each wire around others of its column: the shortest nearest to the column, none on top of another. */
export function lanesOf(wires: readonly Wire[], rows: ReadonlyMap<Unit, number>): Map<Wire, number> {
  const lanes = new Map<Wire, number>();
  const taken = new Map<number, [number, number][][]>();
  const around = wires
    .filter(({ way }) => way === 'around')
    .map((wire) => {
      const [from, to] = wire.units.map((unit) => rows.get(unit) as number);
      return { wire, from, to };
    });
  for (const { wire, from, to } of around.sort((a, b) => a.to - a.from - b.to + b.from)) {
    const column = taken.get(wire.units[0].column) ?? [];
    taken.set(wire.units[0].column, column);
    let lane = column.findIndex((others) => others.every(([start, end]) => end < from || start > to));
    if (lane < 0) lane = column.push([]) - 1;
    column[lane].push([from, to]);
    lanes.set(wire, lane);
  }
  return lanes;
}
