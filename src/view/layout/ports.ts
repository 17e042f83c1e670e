// Where on the side of its node each cable begins: straight ahead if it can, in the order of where they lead, and far
// enough apart for the texts.
// Reading list: Ayer et al., "An empirical distribution function for sampling with incomplete information" (1955): pool adjacent violators.

import type { Measures, Room } from './cable-graph.js';
import type { Unit } from './columns.js';
import { leafEnd, type Wire } from './wires.js';

/** One place at the side of a node; all cables to a block share one. */
interface Port {
  readonly wires: Wire[];
  readonly end: 0 | 1;
  /** Where it leads, measured from the node's line. */
  readonly far: number;
  readonly room: Room;
}

const NO_ROOM: Room = { along: 0, across: 0 };
/** Free at both ends of a side, in px. */
const CORNER = 14;
/** A cable that can be straight weighs as much as so many others. */
const STRAIGHT = 1000;

/** By wire: the lines on which it leaves its first unit and reaches its second one. Units in bows and blocks have none of their own. */
export function portLines(
  wires: readonly Wire[],
  rows: ReadonlyMap<Unit, number>,
  measures: Measures,
): Map<Wire, [number, number]> {
  const lines = new Map<Wire, [number, number]>();
  const sides = new Map<Unit, { before: Port[]; after: Port[] }>();
  for (const wire of wires) {
    const own = wire.units.map((unit) => rows.get(unit) as number) as [number, number];
    lines.set(wire, own);
    if (wire.way !== 'onward' && wire.way !== 'around' && wire.way !== 'comb') continue;
    const leaf = wire.way === 'comb' ? leafEnd(wire) : undefined;
    for (const end of [0, 1] as const) {
      if (end === leaf) continue;
      const unit = wire.units[end];
      const side = sides.get(unit) ?? { before: [], after: [] };
      sides.set(unit, side);
      const ports = end === 1 && wire.way !== 'around' ? side.before : side.after;
      const isSame = (port: Port): boolean => port.wires[0].units[1 - end] === wire.units[1 - end];
      const shared = leaf === undefined ? undefined : ports.find(isSame);
      if (shared !== undefined) {
        shared.wires.push(wire);
        continue;
      }
      const away = own[1 - end] - own[end];
      // What goes around others turns off first, so it is the outermost, and the shortest way of all of them.
      const far = wire.way === 'around' ? Math.sign(away) * 1e9 - away : away;
      ports.push({ wires: [wire], end, far, room: leaf === undefined ? wider(wire.ends) : NO_ROOM });
    }
  }
  for (const { before, after } of sides.values())
    for (const ports of [before, after]) spread(ports, lines, measures);
  return lines;
}

/** The same at both ends, so that cables side by side stay so. */
function wider([a, b]: readonly [Room, Room]): Room {
  return a.across > b.across ? a : b;
}

function spread(ports: Port[], lines: ReadonlyMap<Wire, [number, number]>, { node, labels }: Measures): void {
  // The only one stands in the middle, wherever it leads.
  if (ports.length < 2) return;
  ports.sort((a, b) => a.far - b.far || a.wires[0].cable.link - b.wires[0].cable.link);
  const limit = Math.max(0, node.across / 2 - CORNER);
  // Distance of each port from the first one, if they stood as close as they may.
  const offsets = [0];
  for (const [index, { room }] of ports.slice(1).entries()) {
    const least = labels ? Math.max(10, (room.across + ports[index].room.across) / 2) : 14;
    offsets.push(offsets[index] + least);
  }
  const total = offsets.at(-1) as number;
  const squeeze = Math.min(1, (2 * limit) / Math.max(1, total));
  const values = pooled(
    ports.map(({ far }, index) => Math.min(limit, Math.max(-limit, far)) - offsets[index] * squeeze),
    ports.map(({ far }) => (far === 0 ? STRAIGHT : 1)),
  );
  ports.forEach(({ wires, end }, index) => {
    const value =
      Math.min(limit - total * squeeze, Math.max(-limit, values[index])) + offsets[index] * squeeze;
    for (const wire of wires) (lines.get(wire) as [number, number])[end] += Math.round(value);
  });
}

/** The values that never fall and are nearest to the wanted ones. */
function pooled(wanted: readonly number[], weights: readonly number[]): number[] {
  const pools: { sum: number; weight: number; count: number }[] = [];
  wanted.forEach((value, index) => {
    let pool = { sum: value * weights[index], weight: weights[index], count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.weight >= pool.sum / pool.weight;
      last = pools.at(-1)
    ) {
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  });
  return pools.flatMap(({ sum, weight, count }) => Array<number>(count).fill(sum / weight));
}
