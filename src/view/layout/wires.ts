// The cables of a part, seen from the columns: each from the earlier unit to the later one, with the way it takes.

import type { Cable, CableGraph, Room } from './cable-graph.js';
import type { Unit } from './columns.js';

export interface Wire {
  readonly cable: Cable;
  /** The one in the earlier column first; within a column the upper one. */
  readonly units: readonly [Unit, Unit];
  readonly nodes: readonly [number, number];
  readonly ends: readonly [Room, Room];
  readonly joined: readonly [Room, Room];
  /** Is the cable's second end the first one here? */
  readonly isTurned: boolean;
  /**
   * To the next column; to the next one below in the same column; around others of the column; straight ahead within
   * or into a bow; to and along a block of leaves; back to its own node.
   */
  readonly way: 'onward' | 'next' | 'around' | 'straight' | 'comb' | 'loop';
}

export function wiresOf(
  { cables }: CableGraph,
  columns: readonly (readonly Unit[])[],
  bows: ReadonlySet<number>,
): Wire[] {
  const unitOf = new Map(columns.flat().flatMap((unit) => unit.nodes.map((node) => [node, unit] as const)));
  return cables.flatMap((cable) => {
    const [a, b] = cable.nodes.map((node) => unitOf.get(node));
    if (a === undefined || b === undefined) return [];
    const isTurned = b.column < a.column || (b.column === a.column && b.place < a.place);
    const turn = <T>([first, second]: readonly [T, T]): readonly [T, T] =>
      isTurned ? [second, first] : [first, second];
    const units = turn([a, b]);
    const [nodes, ends, joined] = [turn(cable.nodes), turn(cable.ends), turn(cable.joined)];
    return { cable, units, nodes, ends, joined, isTurned, way: wayOf(units, bows) };
  });
}

function wayOf([a, b]: readonly [Unit, Unit], bows: ReadonlySet<number>): Wire['way'] {
  if (a === b) return 'loop';
  if (a.hub !== undefined || b.hub !== undefined) return 'comb';
  if (bows.has(b.column)) return 'straight';
  if (a.column !== b.column) return 'onward';
  return b.place - a.place === 1 ? 'next' : 'around';
}

/** The end at which a wire of a comb has its leaf; the hub is at the other. */
export function leafEnd({ units }: Wire): 0 | 1 {
  return units[0].hub === undefined ? 1 : 0;
}
