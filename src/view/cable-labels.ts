// Where the texts of the cables stand: near the end they belong to, on no node and on no other text. A text for which
// there is no place is left out.

import type { WorldDescription } from '../trace/events.js';
import { CABLE_FONT, CABLE_LINE, endTexts, joinedTexts, middleText, widthOf } from './layout/cable-texts.js';
import { type Box, Ground } from './layout/ground.js';
import type { NetworkLayout, Point } from './layout.js';

/** One line of text on a cable. */
export interface CableText {
  /** Index into the description's links. */
  readonly link: number;
  readonly role: 'name' | 'address' | 'properties';
  readonly text: string;
  /** Place of the text's base line, in px. */
  readonly x: number;
  readonly y: number;
  /** What of the text stands at `x`. */
  readonly anchor: 'start' | 'middle' | 'end';
}

/** The font size for which the places are made, in px. */
export const CABLE_TEXT_SIZE = CABLE_FONT;

/** A place that a text could have: the room it takes, and where its lines begin. */
interface Place {
  readonly box: Box;
  readonly lines: readonly { readonly x: number; readonly y: number }[];
  readonly anchor: CableText['anchor'];
}

interface Wish {
  readonly link: number;
  readonly lines: readonly string[];
  readonly isMiddle: boolean;
  /** From the end that the text belongs to. */
  readonly way: readonly Point[];
}

/** From a cable to its text, from a node to a text, and between texts, in px. */
const LIFT = 4;
const NEAR = 7;
/** A text stands at most so far from its end of the cable, and not nearer to the picture's edge than that, in px. */
const FARTHEST = 170;
const EDGE = 3;
/** At most so many cables run behind a text: its own one behind delay and rate. */
const [MOST_UNDER_MIDDLE, MOST_UNDER_END] = [1, 4];
/** Height of letters above and below their base line, in px. */
const [ASCENT, DESCENT] = [9, 3];

/** The texts of all cables for a layout, in the order in which they found their places. */
export function placeCableTexts(world: WorldDescription, layout: NetworkLayout): CableText[] {
  const ground = new Ground({
    left: EDGE,
    top: EDGE,
    right: layout.width - EDGE,
    bottom: layout.height - EDGE,
  });
  for (const { x, y } of layout.nodes) {
    const [halfWidth, halfHeight] = [layout.nodeWidth / 2, layout.nodeHeight / 2];
    ground.addBox({ left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight });
  }
  for (const way of layout.links) ground.addLine(way);
  const texts: CableText[] = [];
  for (const wish of wishesOf(world, layout)) {
    const width = widthOf(wish.lines);
    const places = wish.isMiddle
      ? middlePlaces(wish.way, width)
      : endPlaces(wish.way, width, wish.lines.length);
    let best: Place | undefined;
    let least = (wish.isMiddle ? MOST_UNDER_MIDDLE : MOST_UNDER_END) + 1;
    for (const place of places) {
      const crossings = ground.isFree(place.box) ? ground.lines(place.box, least - 1) : least;
      if (crossings >= least) continue;
      [best, least] = [place, crossings];
      if (crossings === 0) break;
    }
    if (best === undefined) continue;
    ground.addBox(best.box);
    const { lines, anchor } = best;
    wish.lines.forEach((text, index) => {
      const role = wish.isMiddle ? 'properties' : index === 0 ? 'name' : 'address';
      texts.push({
        link: wish.link,
        role,
        text,
        x: Math.round(lines[index].x),
        y: Math.round(lines[index].y),
        anchor,
      });
    });
  }
  return texts;
}

/** What wants a place: first what is long and matters, the addresses; then names; delay and rate last. */
function wishesOf(world: WorldDescription, layout: NetworkLayout): Wish[] {
  const startKey = (way: readonly Point[], end: 0 | 1): string => {
    const point = end === 0 ? way[0] : (way.at(-1) as Point);
    return `${point.x} ${point.y}`;
  };
  const starts = new Map<string, number>();
  const drawn = [...layout.links.entries()].filter(([, way]) => way.length > 1);
  for (const [, way] of drawn)
    for (const end of [0, 1] as const)
      starts.set(startKey(way, end), (starts.get(startKey(way, end)) ?? 0) + 1);
  const isShared = (way: readonly Point[], end: 0 | 1): boolean =>
    (starts.get(startKey(way, end)) as number) > 1;

  const ends: Wish[] = [];
  const middles: Wish[] = [];
  const said = new Set<string>();
  for (const [link, way] of drawn) {
    const interfaces = world.links[link].ends;
    const back = [...way].reverse();
    for (const end of [0, 1] as const) {
      const [here, there] = [isShared(way, end), isShared(way, end === 0 ? 1 : 0)];
      if (here && !there) continue;
      const own = [interfaces[end], interfaces[1 - end]] as const;
      const lines = there && !here ? joinedTexts(world, own[0], own[1]) : endTexts(world, own[0]);
      ends.push({ link, lines, isMiddle: false, way: end === 0 ? way : back });
    }
    const text = middleText(world.links[link]);
    const shared = ([0, 1] as const).find((end) => isShared(way, end));
    const key = shared === undefined ? '' : `${startKey(way, shared)} ${text}`;
    if (text === '' || (key !== '' && said.has(key))) continue;
    said.add(key);
    const trunk = shared === undefined ? way : (shared === 0 ? way : back).slice(0, 2);
    middles.push({ link, lines: [text], isMiddle: true, way: trunk });
  }
  ends.sort((a, b) => b.lines.length - a.lines.length);
  return [...ends, ...middles];
}

interface Segment {
  readonly from: Point;
  readonly length: number;
  /** Of length 1. */
  readonly dx: number;
  readonly dy: number;
}

function segmentsOf(way: readonly Point[]): Segment[] {
  return way.slice(1).flatMap((to, index) => {
    const from = way[index];
    const length = Math.sqrt((to.x - from.x) ** 2 + (to.y - from.y) ** 2);
    return length === 0 ? [] : [{ from, length, dx: (to.x - from.x) / length, dy: (to.y - from.y) / length }];
  });
}

/** Places near the beginning of a way: beside its first piece, then further on, up to its half. */
function* endPlaces(way: readonly Point[], width: number, count: number): Generator<Place> {
  const segments = segmentsOf(way);
  const [first] = segments;
  if (first === undefined) return;
  if (first.dy === 0) {
    for (const side of [1, -1])
      for (let shift = 0; shift <= 48 && NEAR + shift < first.length; shift += 12)
        yield levelPlace(first, NEAR + shift, width, count, side);
  }
  const half = Math.min(FARTHEST, segments.reduce((sum, { length }) => sum + length, 0) / 2);
  let done = 0;
  for (const segment of segments) {
    const least = (Math.abs(segment.dx) * width + Math.abs(segment.dy) * heightOf(count)) / 2 + NEAR - 3;
    for (let at = least; at < segment.length && done + at <= Math.max(half, least); at += 11)
      yield* besidePlaces(segment, at, width, count);
    done += segment.length;
    if (done > half) return;
  }
}

function* middlePlaces(way: readonly Point[], width: number): Generator<Place> {
  const segments = segmentsOf(way).sort((a, b) => b.length - a.length);
  for (const segment of segments) {
    for (const share of [0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75]) {
      const at = segment.length * share;
      if (segment.dy === 0)
        yield block(
          segment.from.x + segment.dx * at,
          segment.from.y - heightOf(1) / 2 - LIFT + 1,
          width,
          1,
          0,
        );
      // A slanting cable runs behind its own text.
      else if (segment.dx !== 0)
        yield block(segment.from.x + segment.dx * at, segment.from.y + segment.dy * at, width, 1, 0);
      yield* besidePlaces(segment, at, width, 1);
    }
  }
}

/** Along a level piece, flush with where it begins: below it (`side` 1) or above it. */
function levelPlace({ from, dx }: Segment, at: number, width: number, count: number, side: number): Place {
  const x = from.x + dx * (at + width / 2);
  const clear = heightOf(count) / 2 + LIFT - 1;
  return block(x, from.y + side * clear, width, count, dx);
}

/** On both sides of a piece of cable, so that the text just clears it; only where some of the piece is next to it. */
function* besidePlaces(segment: Segment, at: number, width: number, count: number): Generator<Place> {
  const { from, length, dx, dy } = segment;
  const [halfWidth, halfHeight] = [width / 2, heightOf(count) / 2];
  // To the right of what is steep and below what is not comes first.
  const right = (Math.abs(dy) > Math.abs(dx) ? dy < 0 : dx > 0) ? 1 : -1;
  for (const turn of [right, -right]) {
    const [nx, ny] = [-dy * turn, dx * turn];
    const clear = Math.abs(nx) * halfWidth + Math.abs(ny) * halfHeight + LIFT;
    const corner = at - Math.sign(nx) * halfWidth * dx - Math.sign(ny) * halfHeight * dy;
    if (corner < 0 || corner > length) continue;
    const side = dx === 0 ? nx : 0;
    yield block(from.x + dx * at + nx * clear, from.y + dy * at + ny * clear, width, count, side);
  }
}

/** Lines one below the other around a centre; flush with the cable if `side` says where that is. */
function block(x: number, y: number, width: number, count: number, side: number): Place {
  const top = y - heightOf(count) / 2;
  const [left, right] = [x - width / 2, x + width / 2];
  return {
    box: { left, right, top, bottom: top + heightOf(count) },
    lines: Array.from({ length: count }, (_, index) => ({
      x: side > 0 ? left : side < 0 ? right : x,
      y: top + ASCENT + index * CABLE_LINE,
    })),
    anchor: side > 0 ? 'start' : side < 0 ? 'end' : 'middle',
  };
}

function heightOf(count: number): number {
  return (count - 1) * CABLE_LINE + ASCENT + DESCENT;
}
