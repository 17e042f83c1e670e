// Where the pills of frames rest: on their cables, clear of what is written there, of devices and of each other.

import { CABLE_TEXT_SIZE, type CableText } from 'wirewalk';
import type { Camera } from './camera.js';
import type { Detail } from './detail.js';
import { pageFont, textWidth } from './fit-text.js';
import { distances, placeOn, type Rect, sharedArea } from './geometry.js';
import type { Mark } from './moment.js';
import { cableTexts, nodeBox, type Scene } from './scene.js';
import type { FrameWords } from './words.js';

/** Sizes of a pill and its letters, in px of the screen. */
export const PILL_LETTERS = 11.5;
export const PILL_HEIGHT = 21;
/** So far beside its cable a pill lies, and so much of its cable it leaves to be seen. */
const LIFT = 15;
const ROOM_ASIDE = 28;
/** Shares of the way at which a pill may rest, from the most wanted. */
const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];
/** What is lost in the middle stays before it. */
const SHARES_OF_LOST = [0.25, 0.15, 0.35, 0.05];
/** Half the size of the cross where a frame is lost, in px of the screen. */
const CROSS = 12;

export interface PillPlace {
  readonly word: string;
  /** A point of the cable … */
  readonly x: number;
  readonly y: number;
  /** … and the middle of the pill from there, in px of the screen. */
  readonly dx: number;
  readonly dy: number;
}

export function pillWidth(word: string): number {
  return word === '' ? PILL_HEIGHT : textWidth(word, pageFont(PILL_LETTERS, 600)) + 18;
}

/** The places of all marks, in their order. */
export function pillPlaces(
  marks: readonly Mark[],
  words: ReadonlyMap<number, FrameWords>,
  scene: Scene,
  camera: Camera,
  detail: Detail,
): PillPlace[] {
  const { unzoom } = camera;
  const taken: Rect[] = [];
  return marks.map((mark) => {
    const way = scene.cables[mark.link]?.way ?? [];
    const room = (distances(way).at(-1) ?? 0) / unzoom;
    const word = wordOf(mark, words.get(mark.frame), mark.lost ? room / 2 : room);
    const hindrances = [...taken, ...boxesAround(scene, mark, detail)];
    if (mark.lost) hindrances.push(...crossBoxes(placeOn(way, 0.5), unzoom));
    let best: PillPlace | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const place of candidates(mark, way, word, scene.layout.width / 2)) {
      const box = boxOf(place, unzoom);
      const cost = hindrances.reduce((sum, one) => sum + sharedArea(box, one), 0);
      if (cost < least) [best, least] = [place, cost];
      if (cost === 0) break;
    }
    const place = best ?? { word, x: 0, y: 0, dx: 0, dy: 0 };
    taken.push(boxOf(place, unzoom));
    return place;
  });
}

/** As long as the cable allows. */
function wordOf({ count }: Mark, words: FrameWords | undefined, length: number): string {
  if (words === undefined) return '';
  const times = count > 1 ? ` ×${count}` : '';
  const long = `${words.short}${times}`;
  return pillWidth(long) <= length - ROOM_ASIDE ? long : `${words.shortest}${times}`;
}

function* candidates(
  { back, lost }: Mark,
  way: readonly { readonly x: number; readonly y: number }[],
  word: string,
  middle: number,
): Generator<PillPlace> {
  for (const share of lost ? SHARES_OF_LOST : SHARES) {
    const { x, y, turn } = placeOn(way, back ? 1 - share : share);
    const steepness = Math.abs(Math.sin((turn * Math.PI) / 180));
    if (steepness < 0.2) {
      for (const dy of [-LIFT, LIFT]) yield { word, x, y, dx: 0, dy };
    } else if (steepness > 0.98) {
      const aside = pillWidth(word) / 2 + 6;
      for (const dx of x > middle ? [-aside, aside] : [aside, -aside]) yield { word, x, y, dx, dy: 0 };
    } else yield { word, x, y, dx: 0, dy: 0 };
  }
}

function boxOf({ word, x, y, dx, dy }: PillPlace, unzoom: number): Rect {
  const [halfWidth, halfHeight] = [(pillWidth(word) / 2) * unzoom, (PILL_HEIGHT / 2) * unzoom];
  const [middleX, middleY] = [x + dx * unzoom, y + dy * unzoom];
  return {
    left: middleX - halfWidth,
    right: middleX + halfWidth,
    top: middleY - halfHeight,
    bottom: middleY + halfHeight,
  };
}

/** The cross itself, and again as what is worse to cover than words. */
function crossBoxes({ x, y }: { readonly x: number; readonly y: number }, unzoom: number): Rect[] {
  const half = CROSS * unzoom;
  const box = { left: x - half, right: x + half, top: y - half, bottom: y + half };
  return [box, box, box, box];
}

/** The devices at the ends of a mark's cable, and what is written on it. */
function boxesAround(scene: Scene, { from, to, link }: Mark, { letters, properties }: Detail): Rect[] {
  const devices = [from, to].flatMap((node) => {
    const found = scene.nodes[node];
    return found === undefined ? [] : [nodeBox(scene, found)];
  });
  if (letters === 0) return devices;
  // Delay and rate may be seen only while the cable is looked at.
  const texts = (cableTexts(scene, letters).get(link) ?? []).filter(
    ({ role }) => properties || role !== 'properties',
  );
  return [...devices, ...texts.map((text) => textBox(text, letters))];
}

function textBox({ text, role, x, y, anchor }: CableText, letters: number): Rect {
  const size = CABLE_TEXT_SIZE * letters;
  const width = textWidth(text, pageFont(size, role === 'name' ? 600 : 400));
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - size * 0.85, bottom: y + size * 0.25 };
}
