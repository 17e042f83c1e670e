// The frame of a part: on which line each unit stands, and where the columns and the channels between them are.

import { type Block, blockOf, type Extent } from './block.js';
import { bowOf, circleOf } from './bow.js';
import type { Measures, Room } from './cable-graph.js';
import { type Channel, channelAfter, lanesOf } from './channel.js';
import type { Unit } from './columns.js';
import { rowsOf } from './rows.js';
import { leafEnd, type Wire } from './wires.js';

export interface Frame {
  /** By unit: its line across, and where it begins along. */
  readonly rows: ReadonlyMap<Unit, number>;
  readonly starts: ReadonlyMap<Unit, number>;
  readonly extents: ReadonlyMap<Unit, Extent>;
  readonly blocks: ReadonlyMap<Unit, Block>;
  /** By column: the channel behind it. */
  readonly channels: readonly Channel[];
  /** By wire that goes around others: its lane, from 0. */
  readonly lanes: ReadonlyMap<Wire, number>;
  readonly size: Room;
}

/** Between a block and what else stands in its column, more than between two nodes, in px. */
const BLOCK_GAP = 14;
/** Between the texts of both ends of a cable, in px. */
const TEXT_GAP = 12;

/** @param blockRows by column: the most rows a block in it may have */
export function frameOf(
  columns: readonly (readonly Unit[])[],
  wires: readonly Wire[],
  bows: ReadonlySet<number>,
  blockRows: readonly number[],
  measures: Measures,
): Frame {
  const { node, gap } = measures;
  const blocks = blocksOf(columns, wires, blockRows, measures);
  const single: Extent = { deep: node.along, above: node.across / 2, below: node.across / 2 };
  const extents = new Map(columns.flat().map((unit) => [unit, blocks.get(unit) ?? single]));
  const extent = (unit: Unit): Extent => extents.get(unit) as Extent;

  const between = roomBetween(wires);
  const rows = rowsOf(columns, (upper, lower) => {
    const more = upper.hub === undefined && lower.hub === undefined ? 0 : BLOCK_GAP;
    return extent(upper).below + Math.max(gap.across + more, between.get(upper) ?? 0) + extent(lower).above;
  });
  const circle = circleOf(columns, bows, measures);
  const [first] = circle.keys();
  const middle = rows.get(first) ?? 0;
  for (const [unit, { across }] of circle) rows.set(unit, middle + across);
  const across = fromZero(rows, extents);

  const lanes = lanesOf(wires, rows);
  const wiresAfter = columns.map((): Wire[] => []);
  for (const wire of wires) wiresAfter[wire.units[0].column].push(wire);
  const starts = new Map<Unit, number>();
  const channels: Channel[] = [];
  let start = 0;
  columns.forEach((column, index) => {
    const bend = bows.has(index) ? bowOf(column, rows, node) : undefined;
    const isCircle = circle.has(column[0]) && index === columns.length - 1;
    if (isCircle) start = starts.get(first) as number;
    const outOf = (unit: Unit): number => (isCircle ? circle.get(unit)?.along : bend?.get(unit)) ?? 0;
    const deepest = column.reduce((most, unit) => Math.max(most, extent(unit).deep + outOf(unit)), 0);
    // The own LAN stands before its hub, so it ends where the channel begins.
    const isFlushWithEnd = column.some((unit) => unit.hub !== undefined && unit.after.length > 0);
    for (const unit of column)
      starts.set(unit, start + (isFlushWithEnd ? deepest - extent(unit).deep : outOf(unit)));
    const channel = channelAfter(
      start + deepest,
      wiresAfter[index],
      rows,
      lanes,
      index === columns.length - 1,
      measures,
    );
    channels.push(channel);
    start = channel.end;
  });
  return { rows, starts, extents, blocks, channels, lanes, size: { along: start, across } };
}

/** Moves the lines so that nothing is above 0; returns where everything ends. */
function fromZero(rows: Map<Unit, number>, extents: ReadonlyMap<Unit, Extent>): number {
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const [unit, row] of rows) {
    const { above, below } = extents.get(unit) as Extent;
    top = Math.min(top, row - above);
    bottom = Math.max(bottom, row + below);
  }
  for (const [unit, row] of rows) rows.set(unit, row - top);
  return bottom - top;
}

/** The blocks, all leaves of one as far apart as the texts of any of them need. */
function blocksOf(
  columns: readonly (readonly Unit[])[],
  wires: readonly Wire[],
  rows: readonly number[],
  measures: Measures,
): Map<Unit, Block> {
  const rooms = new Map<Unit, Room>();
  for (const wire of wires) {
    if (wire.way !== 'comb') continue;
    const end = leafEnd(wire);
    const { along, across } = rooms.get(wire.units[end]) ?? { along: 0, across: 0 };
    const room = wire.joined[end];
    rooms.set(wire.units[end], { along: Math.max(along, room.along), across: Math.max(across, room.across) });
  }
  const blocks = columns.flat().filter(({ hub }) => hub !== undefined);
  return new Map(
    blocks.map((unit) => [
      unit,
      blockOf(unit.nodes.length, rows[unit.column], rooms.get(unit) as Room, measures),
    ]),
  );
}

/** By unit: what the texts on the cables to the next unit of its column need. */
function roomBetween(wires: readonly Wire[]): Map<Unit, number> {
  const rooms = new Map<Unit, number>();
  for (const { units, ends, way } of wires) {
    const isStep =
      way === 'straight' && units[0].column === units[1].column && units[1].place - units[0].place === 1;
    if (way !== 'next' && !isStep) continue;
    const room = ends[0].across + ends[1].across + TEXT_GAP;
    rooms.set(units[0], Math.max(rooms.get(units[0]) ?? 0, room));
  }
  return rooms;
}
