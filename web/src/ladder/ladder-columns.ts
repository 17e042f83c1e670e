// The lifelines of a ladder: which devices have one, in which order, how far apart.

import type { NetworkLayout, WorldDescription } from 'wirewalk';

export interface LadderColumns {
  /** Nodes from left to right. */
  readonly nodes: readonly number[];
  /** By node: its place, −1 when it has none. */
  readonly placeOf: Int32Array;
  /** Distance of two lifelines and width of the whole, in px. */
  readonly step: number;
  readonly width: number;
}

/** Devices up to here are all shown unless somebody wants otherwise. */
export const MANY_DEVICES = 12;

/** The nodes as they stand in the picture of the network, so that left is left. */
export function nodesFromLeft(
  { nodes }: WorldDescription,
  layout: NetworkLayout | undefined,
): readonly number[] {
  const order = nodes.map((_, node) => node);
  const point = (node: number) => layout?.nodes[node] ?? { x: node, y: 0 };
  return order.sort((a, b) => point(a).x - point(b).x || point(a).y - point(b).y || a - b);
}

/** Least and most distance of two lifelines at 100 %, in rem. */
const LEAST = 7;
const MOST = 18;
/** Whatever the zoom: less could not be told apart. In px. */
const TIGHTEST = 14;

/**
 * @param nodes from left to right
 * @param room px that there are
 * @param zoom 1 is 100 %
 */
export function ladderColumns(
  nodes: readonly number[],
  count: number,
  room: number,
  rem: number,
  zoom: number,
): LadderColumns {
  const placeOf = new Int32Array(count).fill(-1);
  for (const [place, node] of nodes.entries()) placeOf[node] = place;
  const least = Math.max(TIGHTEST, LEAST * rem * zoom);
  const most = Math.max(least, MOST * rem * Math.max(1, zoom));
  const step = Math.floor(Math.min(most, Math.max(least, room / Math.max(1, nodes.length))));
  return { nodes, placeOf, step, width: Math.max(room, step * nodes.length) };
}

/** Where the lifeline at a place runs, in px. */
export function lifelineAt({ step, width, nodes }: LadderColumns, place: number): number {
  // Few devices in much room stand in its middle.
  const margin = (width - step * nodes.length) / 2;
  return Math.round(margin + (place + 0.5) * step);
}

/** The places of the lifelines between two x; `end` not included. */
export function lifelinesBetween({ step, width, nodes }: LadderColumns, left: number, right: number) {
  const margin = (width - step * nodes.length) / 2;
  const first = Math.max(0, Math.floor((left - margin) / step));
  return { first, end: Math.max(first, Math.min(nodes.length, Math.ceil((right - margin) / step))) };
}
