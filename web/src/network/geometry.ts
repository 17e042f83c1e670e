// Points, boxes and ways in the plane of the picture.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest box around points; without any, the one at the origin. */
export function boundsOf(points: readonly Point[]): Rect {
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

export function meet(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

export function contains(outer: Rect, inner: Rect): boolean {
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.right >= inner.right &&
    outer.bottom >= inner.bottom
  );
}

/** The size of what two boxes share. */
export function sharedArea(a: Rect, b: Rect): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

export function grown(rect: Rect, by: number): Rect {
  return { left: rect.left - by, top: rect.top - by, right: rect.right + by, bottom: rect.bottom + by };
}

/** Distances from the beginning of a way to each of its points. */
export function distances(way: readonly Point[]): number[] {
  let sum = 0;
  return way.map((point, index) => {
    const before = way[index - 1] ?? point;
    sum += Math.hypot(point.x - before.x, point.y - before.y);
    return sum;
  });
}

/** The place at a share of a way, 0 … 1, and the direction there in degrees. */
export function placeOn(way: readonly Point[], share: number): Point & { readonly turn: number } {
  const at = distances(way);
  const wanted = (at.at(-1) ?? 0) * share;
  let index = 1;
  while (index < way.length - 1 && (at[index] as number) < wanted) index++;
  const [from, to] = [way[index - 1] ?? { x: 0, y: 0 }, way[index] ?? way[0] ?? { x: 0, y: 0 }];
  const length = (at[index] ?? 0) - (at[index - 1] ?? 0);
  const part = length === 0 ? 0 : (wanted - (at[index - 1] ?? 0)) / length;
  return {
    x: from.x + (to.x - from.x) * part,
    y: from.y + (to.y - from.y) * part,
    turn: (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI,
  };
}

/** The beginning of a way, up to a share of it. */
export function partOf(way: readonly Point[], until: number): Point[] {
  const at = distances(way);
  const length = (at.at(-1) ?? 0) * until;
  const { x, y } = placeOn(way, until);
  return [...way.filter((_, index) => (at[index] as number) < length), { x, y }];
}
