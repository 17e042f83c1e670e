// Where the nodes of a network stand and where its cables run, in px: from left to right (or downwards) as a packet
// travels, the client's network first, then routers, then servers.
// Reading list: Sugiyama, Tagawa and Toda (1981) for columns, orders and lines; each stage has its own file in layout/.

import type { WorldDescription } from '../trace/events.js';
import { bowsOf } from './layout/bow.js';
import {
  type CableGraph,
  cableGraph,
  connectedParts,
  type Measures,
  type Room,
} from './layout/cable-graph.js';
import { columnsOf, type Unit } from './layout/columns.js';
import { type Frame, frameOf } from './layout/frame.js';
import { orderColumns } from './layout/order.js';
import { centersOf, routesOf } from './layout/routes.js';
import { type Wire, wiresOf } from './layout/wires.js';

/** A place in a picture, in px from its left and upper edge. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the nodes of a network stand and where its cables run. All numbers are whole px. */
export interface NetworkLayout {
  readonly width: number;
  readonly height: number;
  /** Size of every node. */
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Centre of each node, by the index in the description. */
  readonly nodes: readonly Point[];
  /**
   * Way of each cable, by the index in the description: at least two points, from the edge of the node at `ends[0]` to
   * that at `ends[1]`. Empty for a link to an interface that does not exist.
   */
  readonly links: readonly (readonly Point[])[];
}

export interface LayoutOptions {
  /** Index of the node where the eye begins; by default the first host. */
  readonly start?: number;
  /** Where the flow goes: `right` (the default) or `down`, for portrait screens. */
  readonly direction?: 'right' | 'down';
  /** Width divided by height that is wished for; long rows of leaves are broken accordingly. Default 16/9, with `down` 9/16. */
  readonly aspect?: number;
  /** Size of a node with its name and label, in px. Default 132 × 84. */
  readonly nodeWidth?: number;
  readonly nodeHeight?: number;
  /** Least distance between two columns (with `down`: rows) of nodes, in px. Default 96. */
  readonly columnGap?: number;
  /** Least distance between two nodes in a column, in px. Default 36. */
  readonly rowGap?: number;
  /** Room for interface names, addresses, delay and rate on the cables? Default true. */
  readonly labels?: boolean;
}

/** Around the picture and between its parts, in px. */
const MARGIN = 28;
const PART_GAP = 56;
/** How many rows a block may have. */
const BLOCK_ROWS = [1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 192];
/** With more things to place, all blocks have the same number of rows. */
const MOST_UNITS = 400;

interface Part {
  readonly nodes: ReadonlyMap<number, Point>;
  readonly links: ReadonlyMap<number, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

/** The layout of a network. Equal descriptions and options give equal layouts. Nodes never overlap. */
export function layoutNetwork(world: WorldDescription, options: LayoutOptions = {}): NetworkLayout {
  const { nodeWidth = 132, nodeHeight = 84, columnGap = 96, rowGap = 36 } = options;
  const down = options.direction === 'down';
  const aspect = options.aspect ?? (down ? 9 / 16 : 16 / 9);
  const [width, height] = [2 * Math.ceil(nodeWidth / 2), 2 * Math.ceil(nodeHeight / 2)];
  const measures: Measures = {
    down,
    node: down ? { along: height, across: width } : { along: width, across: height },
    gap: { along: Math.ceil(columnGap), across: Math.ceil(rowGap) },
    labels: options.labels ?? true,
  };
  const graph = cableGraph(world, measures);
  const isHost = (node: number): boolean => graph.kinds[node] === 'host';
  const firstHost = Math.max(0, graph.kinds.indexOf('host'));
  const start = world.nodes[options.start ?? -1] === undefined ? firstHost : (options.start as number);
  const parts = connectedParts(graph, start).map((part, index) => {
    const root = index === 0 ? start : (part.find(isHost) ?? part[0]);
    return layoutPart(graph, part, root, aspect, measures);
  });
  return { ...arranged(world, parts, aspect), nodeWidth: width, nodeHeight: height };
}

/** One part that hangs together. */
function layoutPart(
  graph: CableGraph,
  nodes: readonly number[],
  root: number,
  aspect: number,
  measures: Measures,
): Part {
  const columns = columnsOf(graph, nodes, root);
  orderColumns(columns);
  const bows = bowsOf(columns);
  const wires = wiresOf(graph, columns, bows);
  const flat = measures.down ? 1 / aspect : aspect;
  const frame = bestFrame(columns, flat, (rows) => frameOf(columns, wires, bows, rows, measures));
  const point = ({ along, across }: Room): Point =>
    measures.down ? { x: across, y: along } : { x: along, y: across };
  const centers = centersOf(frame, measures);
  const routes = routesOf(frame, wires, centers, measures);
  const size = point(frame.size);
  // Where cables go down, texts stand at their right.
  const textsEnd = (wire: Wire): number =>
    measures.down && wire.way === 'onward'
      ? Math.max(
          ...[0, -1].map(
            (end) => (routes.get(wire)?.at(end)?.across ?? 0) + (wire.ends.at(end)?.across ?? 0),
          ),
        )
      : 0;
  return {
    nodes: new Map([...centers].map(([node, center]) => [node, point(center)])),
    links: new Map(
      [...routes].map(([{ cable, isTurned }, route]) => {
        const points = route.map(point);
        return [cable.link, isTurned ? points.reverse() : points];
      }),
    ),
    width: wires.reduce((most, wire) => Math.max(most, textsEnd(wire)), size.x),
    height: size.y,
  };
}

/** The frame that fits a screen of the wanted shape best: all blocks with the same number of rows, then column by column. */
function bestFrame(
  columns: readonly (readonly Unit[])[],
  flat: number,
  make: (rows: readonly number[]) => Frame,
): Frame {
  const largest = columns.map((column) =>
    column.reduce((most, { nodes }) => Math.max(most, nodes.length), 1),
  );
  let rows = columns.map(() => 1);
  let best = make(rows);
  const screen = ({ size }: Frame): number => Math.max(size.along, size.across * flat);
  const attempt = (next: readonly number[]): void => {
    const frame = make(next);
    if (screen(frame) < screen(best)) [best, rows] = [frame, [...next]];
  };
  const choices = (most: number): number[] => BLOCK_ROWS.filter((count) => count < 2 * most);
  if (Math.max(...largest) === 1) return best;
  for (const count of choices(Math.max(...largest))) attempt(columns.map(() => count));
  if (columns.flat().length > MOST_UNITS) return best;
  for (const [column, most] of largest.entries())
    if (most > 1) for (const count of choices(most)) attempt(rows.with(column, count));
  return best;
}

/** Puts the parts side by side into shelves, in their order, and adds the margin. */
function arranged(world: WorldDescription, parts: readonly Part[], aspect: number) {
  const nodes: Point[] = world.nodes.map(() => ({ x: 0, y: 0 }));
  const links: (readonly Point[])[] = world.links.map(() => []);
  const area = parts.reduce((sum, part) => sum + (part.width + PART_GAP) * (part.height + PART_GAP), 0);
  const shelf = parts.reduce((widest, { width }) => Math.max(widest, width), Math.sqrt(area * aspect));
  let [left, top, tallest, right] = [0, 0, 0, 0];
  for (const part of parts) {
    if (left > 0 && left + part.width > shelf) [left, top, tallest] = [0, top + tallest + PART_GAP, 0];
    const moved = ({ x, y }: Point): Point => ({ x: x + left + MARGIN, y: y + top + MARGIN });
    for (const [node, center] of part.nodes) nodes[node] = moved(center);
    for (const [link, points] of part.links) links[link] = points.map(moved);
    right = Math.max(right, left + part.width);
    tallest = Math.max(tallest, part.height);
    left += part.width + PART_GAP;
  }
  return { width: right + 2 * MARGIN, height: top + tallest + 2 * MARGIN, nodes, links };
}
