// The ground of a picture: what stands on it already, found quickly by place.

import type { Point } from '../layout.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Line {
  readonly from: Point;
  readonly to: Point;
}

/** Side of a cell, in px. */
const CELL = 96;
/** More than the cells of a column. */
const COLUMN = 2 ** 24;

export class Ground {
  private readonly boxes = new Map<number, Box[]>();
  private readonly pieces = new Map<number, Line[]>();
  private readonly edge: Box;

  /** @param edge where the ground ends */
  constructor(edge: Box) {
    this.edge = edge;
  }

  addBox(box: Box): void {
    for (const cell of cellsOf(box)) push(this.boxes, cell, box);
  }

  /** A line through the points. */
  addLine(points: readonly Point[]): void {
    points.slice(1).forEach((end, index) => {
      const start = points[index];
      const count = Math.max(
        1,
        Math.ceil(Math.max(Math.abs(end.x - start.x), Math.abs(end.y - start.y)) / CELL),
      );
      const at = (share: number): Point => ({
        x: start.x + (end.x - start.x) * share,
        y: start.y + (end.y - start.y) * share,
      });
      for (let i = 0; i < count; i++) {
        const piece = { from: at(i / count), to: at((i + 1) / count) };
        for (const cell of cellsOf(boxAround(piece))) push(this.pieces, cell, piece);
      }
    });
  }

  /** Is the box on the ground, and nothing in it? */
  isFree(box: Box): boolean {
    const { left, top, right, bottom } = this.edge;
    if (box.left < left || box.top < top || box.right > right || box.bottom > bottom) return false;
    return cellsOf(box).every((cell) => this.boxes.get(cell)?.every((other) => !overlap(box, other)) ?? true);
  }

  /** How many pieces of lines run through the box; of more than `most` it is only said that they are more. */
  lines(box: Box, most = Number.POSITIVE_INFINITY): number {
    const found = new Set<Line>();
    for (const cell of cellsOf(box)) {
      for (const piece of this.pieces.get(cell) ?? []) {
        if (runsThrough(piece, box)) found.add(piece);
        if (found.size > most) return found.size;
      }
    }
    return found.size;
  }
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function push<T>(map: Map<number, T[]>, key: number, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function cellsOf({ left, top, right, bottom }: Box): number[] {
  const cells: number[] = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++)
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) cells.push(x * COLUMN + y);
  return cells;
}

function boxAround({ from, to }: Line): Box {
  return {
    left: Math.min(from.x, to.x),
    right: Math.max(from.x, to.x),
    top: Math.min(from.y, to.y),
    bottom: Math.max(from.y, to.y),
  };
}

/** Does the line meet the inside of the box? It does if their frames overlap and the box has corners on both sides of it. */
function runsThrough(line: Line, box: Box): boolean {
  const { from, to } = line;
  if (Math.max(from.x, to.x) <= box.left || Math.min(from.x, to.x) >= box.right) return false;
  if (Math.max(from.y, to.y) <= box.top || Math.min(from.y, to.y) >= box.bottom) return false;
  const side = (x: number, y: number): number =>
    (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x);
  const [a, b] = [side(box.left, box.top), side(box.right, box.top)];
  const [c, d] = [side(box.left, box.bottom), side(box.right, box.bottom)];
  return Math.min(a, b, c, d) < 0 && Math.max(a, b, c, d) > 0;
}
