// A long chain of devices folded into rows, there and back like a letter: so that it can be read on a screen that is not
// as wide as the chain is long.

import type { NetworkLayout } from 'wirewalk';
import { boundsOf, type Point, type Rect } from './geometry.js';

/** Between two rows, and around the picture, in px of the layout. */
const ROW_GAP = 72;
const MARGIN = { x: 34, y: 22 };
/** More rows than this are harder to follow than a small picture. */
const MOST_ROWS = 5;
/** More cables than this are not bent around an edge. */
const MOST_BENT = 2;
/** Between two cables that are bent around the same edge. */
const BEND_GAP = 14;
/** A fold must make the picture larger by this factor. */
const WORTH = 1.1;

/** The layout, folded into as many rows as make it largest in a place of this size, up to the scale `largest`. */
export function foldLayout(
  layout: NetworkLayout,
  ends: readonly (readonly [number, number])[],
  width: number,
  height: number,
  largest: number,
): NetworkLayout {
  let best = layout;
  let scale = scaleIn(layout, width, height, largest);
  const cuts = cutsOf(layout, ends);
  for (let rows = 2; rows <= Math.min(MOST_ROWS, cuts.length + 1); rows++) {
    const folded = folds(layout, ends, chooseCuts(layout, cuts, rows));
    if (folded === undefined) continue;
    const size = scaleIn(folded, width, height, largest);
    if (size > scale * WORTH) [best, scale] = [folded, size];
  }
  return best;
}

/** How large a layout can be shown, up to what is useful. */
export function scaleIn(layout: NetworkLayout, width: number, height: number, largest: number): number {
  return Math.min(width / layout.width, height / layout.height, largest);
}

/** A gap between two columns, where the picture can be folded. */
interface Cut {
  readonly left: number;
  readonly right: number;
  /** In the middle. */
  readonly x: number;
}

/** The gaps that only few cables cross. */
function cutsOf(layout: NetworkLayout, ends: readonly (readonly [number, number])[]): Cut[] {
  const half = layout.nodeWidth / 2;
  const sorted = layout.nodes.map(({ x }) => x).sort((a, b) => a - b);
  const cuts: Cut[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const [left, right] = [(sorted[i - 1] as number) + half, (sorted[i] as number) - half];
    const x = (left + right) / 2;
    if (right - left > 2 && crossing(layout, ends, x) <= MOST_BENT) cuts.push({ left, right, x });
  }
  return cuts;
}

/** How many cables cross an upright line. */
function crossing({ nodes }: NetworkLayout, ends: readonly (readonly [number, number])[], x: number): number {
  return ends.filter(([a, b]) => {
    const [from, to] = [nodes[a], nodes[b]];
    return from !== undefined && to !== undefined && from.x < x !== to.x < x;
  }).length;
}

/** The cuts that make so many rows of nearly one length. */
function chooseCuts(layout: NetworkLayout, cuts: readonly Cut[], rows: number): Cut[] {
  const marks = [0, ...cuts.map(({ x }) => x), layout.width];
  // By row and mark: the least possible length of the longest row up to that mark, and where that row begins.
  let longest = marks.map((mark) => mark);
  const begins: number[][] = [];
  for (let row = 1; row < rows; row++) {
    const begin: number[] = [];
    longest = marks.map((mark, index) => {
      let least = Number.POSITIVE_INFINITY;
      for (let from = row; from < index; from++) {
        const length = Math.max(longest[from] as number, mark - (marks[from] as number));
        if (length < least) [least, begin[index]] = [length, from];
      }
      return least;
    });
    begins.push(begin);
  }
  const chosen: Cut[] = [];
  let at = marks.length - 1;
  for (const begin of begins.toReversed()) {
    at = begin[at] ?? 1;
    chosen.unshift(cuts[at - 1] as Cut);
  }
  return chosen;
}

interface Row {
  /** x where it begins in the unfolded picture. */
  readonly begin: number;
  /** x of that place in the folded one, and which way the row runs from there. */
  readonly at: number;
  readonly way: 1 | -1;
  /** What is added to y. */
  readonly down: number;
}

/** The picture folded at the cuts; undefined when a cable would leave its row for one that is not the next. */
function folds(
  layout: NetworkLayout,
  ends: readonly (readonly [number, number])[],
  cuts: readonly Cut[],
): NetworkLayout | undefined {
  const rowOf = (x: number): number => cuts.filter((cut) => cut.x < x).length;
  const nodeRows = layout.nodes.map(({ x }) => rowOf(x));
  const heights: Rect[] = [];
  for (let row = 0; row <= cuts.length; row++) {
    const points = layout.nodes.filter((_, node) => nodeRows[node] === row);
    const lines = layout.links.flatMap((way) => way.filter(({ x }) => rowOf(x) === row));
    heights.push(boundsOf([...boxes(points, layout), ...lines]));
  }
  const rows: Row[] = [];
  let [at, top, begin, way] = [0, 0, 0, 1 as 1 | -1];
  heights.forEach((bounds, index) => {
    rows.push({ begin, at, way, down: top - bounds.top });
    const end = cuts[index]?.x ?? layout.width;
    at += way * (end - begin);
    top += bounds.bottom - bounds.top + ROW_GAP;
    begin = end;
    way = way === 1 ? -1 : 1;
  });
  const moved = (point: Point, row: number): Point => {
    const { begin, at, way, down } = rows[row] as Row;
    return { x: at + way * (point.x - begin), y: point.y + down };
  };
  const nodes = layout.nodes.map((point, node) => moved(point, nodeRows[node] as number));
  const bent = new Map<number, number>();
  const links: (readonly Point[])[] = layout.links.map(() => []);
  // What lies nearest to the next row is bent first, closest to the devices.
  const inOrder = [...layout.links.entries()].sort(([, a], [, b]) => (b[0]?.y ?? 0) - (a[0]?.y ?? 0));
  for (const [link, way] of inOrder) {
    const [a, b] = (ends[link] ?? [0, 0]).map((node) => nodeRows[node] ?? 0) as [number, number];
    if (Math.abs(a - b) > 1) return undefined;
    if (a === b || way.length < 2) {
      links[link] = way.map((point) => moved(point, a));
      continue;
    }
    const edge = Math.min(a, b);
    const turn = bent.get(edge) ?? 0;
    bent.set(edge, turn + 1);
    const cut = cuts[edge] as Cut;
    const outside = (rows[edge] as Row).way * turn * BEND_GAP;
    // Whatever wound its way in the gap between the columns goes straight to the edge, and straight back.
    const here = way
      .filter(({ x }) => (a < b ? x <= cut.left : x >= cut.right))
      .map((point) => moved(point, a));
    const there = way
      .filter(({ x }) => (a < b ? x >= cut.right : x <= cut.left))
      .map((point) => moved(point, b));
    const bend = moved({ x: cut.x, y: 0 }, edge).x + outside;
    links[link] = straightened([
      ...here,
      { x: bend, y: (here.at(-1) as Point).y },
      { x: bend, y: (there[0] as Point).y },
      ...there,
    ]);
  }
  return framed({ ...layout, nodes, links });
}

/** Without points that lie on the line between their neighbours. */
function straightened(way: readonly Point[]): Point[] {
  return way.filter((point, index) => {
    const [before, after] = [way[index - 1], way[index + 1]];
    if (before === undefined || after === undefined) return true;
    const cross = (point.x - before.x) * (after.y - point.y) - (point.y - before.y) * (after.x - point.x);
    return Math.abs(cross) > 0.5;
  });
}

function boxes(points: readonly Point[], { nodeWidth, nodeHeight }: NetworkLayout): Point[] {
  return points.flatMap(({ x, y }) => [
    { x: x - nodeWidth / 2, y: y - nodeHeight / 2 },
    { x: x + nodeWidth / 2, y: y + nodeHeight / 2 },
  ]);
}

/** Moved so that everything has a margin, in whole px. */
function framed(layout: NetworkLayout): NetworkLayout {
  const bounds = boundsOf([...boxes(layout.nodes, layout), ...layout.links.flat()]);
  const placed = ({ x, y }: Point): Point => ({
    x: Math.round(x - bounds.left + MARGIN.x),
    y: Math.round(y - bounds.top + MARGIN.y),
  });
  return {
    ...layout,
    width: Math.ceil(bounds.right - bounds.left + 2 * MARGIN.x),
    height: Math.ceil(bounds.bottom - bounds.top + 2 * MARGIN.y),
    nodes: layout.nodes.map(placed),
    links: layout.links.map((way) => way.map(placed)),
  };
}
