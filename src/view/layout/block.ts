// A block of leaves: rows of nodes, two by two with a lane between them. The cable of the hub runs along a trunk beside
// the block, then along a lane, and a short stub leads from there to each leaf: a comb.

import type { Measures, Room } from './cable-graph.js';

/** How far something reaches: its depth along the flow, and what lies above and below its line across. */
export interface Extent {
  readonly deep: number;
  readonly above: number;
  readonly below: number;
}

export interface Block extends Extent {
  /** By leaf: the middle of its near edge's side, measured from the block's near edge and its line. */
  readonly leaves: readonly { readonly along: number; readonly across: number; readonly lane: number }[];
}

/** From the trunk to the block, in px. */
export const TRUNK = 18;
/** From a stub to where the next leaf's texts may begin, in px. */
const STUB_GAP = 6;
const ROW_GAP = 26;
const SHORTEST_STUB = 18;
/** Below the lane of a single row, in px. */
const LANE_EDGE = 6;

/**
 * @param rows at most so many rows: 1, or an even number
 * @param room what the texts at a leaf need
 * @returns `leaves`: the centre of each leaf, and the line of its lane
 */
export function blockOf(count: number, rows: number, room: Room, { node, labels }: Measures): Block {
  const stub = labels ? Math.max(SHORTEST_STUB, room.across + STUB_GAP) : SHORTEST_STUB;
  // Texts stand behind the stub, so half of a node and the gap to the next one hold them too.
  const pitch = Math.ceil(Math.max(node.along + ROW_GAP, room.along + STUB_GAP));
  const columns = Math.ceil(count / rows);
  const used = Math.ceil(count / columns);
  const pair = 2 * (node.across + stub);
  const pairs = Math.ceil(used / 2);
  const isSingle = used === 1;
  const missing = used % 2 === 1 ? node.across + stub - LANE_EDGE : 0;
  const height = pairs * pair + (pairs - 1) * ROW_GAP - missing;
  const above = isSingle ? node.across + stub : height / 2;
  return {
    deep: (columns - 1) * pitch + Math.max(node.along, isRoomBehind(room, node) ? pitch : 0),
    above,
    below: height - above,
    leaves: Array.from({ length: count }, (_, index) => {
      const row = Math.floor(index / columns);
      const lane = -above + Math.floor(row / 2) * (pair + ROW_GAP) + pair / 2;
      const distance = stub + node.across / 2;
      return {
        along: (index % columns) * pitch + node.along / 2,
        across: row % 2 === 0 ? lane - distance : lane + distance,
        lane,
      };
    }),
  };
}

/** Do the texts of the last leaf reach beyond its node? */
function isRoomBehind(room: Room, node: Room): boolean {
  return room.along > node.along / 2;
}
