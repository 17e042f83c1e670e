// A ladder in px: where each line, arrow and word of the part in view goes.

import type { HeldRun } from '../state/store.js';
import { type LadderColumns, lifelineAt } from './ladder-columns.js';
import { type LadderRows, pauseHeight } from './ladder-rows.js';

export interface Scene {
  readonly run: HeldRun;
  readonly rows: LadderRows;
  readonly columns: LadderColumns;
  /** Height of an ordinary frame, in px. */
  readonly rowHeight: number;
  readonly rem: number;
  /** What is drawn, in px of the whole picture: a little more than what is seen. */
  readonly view: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  /** From where to where it is seen, in px: words stay in between. */
  readonly seen: { readonly left: number; readonly right: number };
  /** Places of frames and of lifelines in view. */
  readonly places: { readonly first: number; readonly end: number };
  readonly lifelines: { readonly first: number; readonly end: number };
  /** The chosen frame. */
  readonly frame: number;
  /** The chosen step. */
  readonly step: number;
  /** Frames before this place have been sent at the chosen moment. */
  readonly happened: number;
}

/** How far above the lower edge of its row an arrow runs, in rows. */
const ABOVE_EDGE = 0.26;
/** A frame to nowhere: there is no cable. In px. */
const STUB = 28;

/** One arrow, in px. */
export interface ArrowPlace {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  /** −1 to the left, 1 to the right. */
  readonly way: number;
  /** It goes from one port of a device to another of the same. */
  readonly isLoop: boolean;
}

export function arrowAt({ run, rows, columns, rowHeight }: Scene, place: number): ArrowPlace {
  const frame = rows.shown.frameAt(place);
  const y = Math.round(((rows.tops[place + 1] as number) - ABOVE_EDGE) * rowHeight) + 0.5;
  const from = xOf(run, columns, run.frames.from[frame] ?? -1) ?? 0;
  const target = xOf(run, columns, run.frames.to[frame] ?? -1);
  const to = target ?? from + STUB;
  return { from, to, y, way: to < from ? -1 : 1, isLoop: to === from };
}

/** Where an interface's device has its lifeline. */
function xOf({ world }: HeldRun, columns: LadderColumns, id: number): number | undefined {
  const place = columns.placeOf[world.interfaces[id]?.node ?? -1] ?? -1;
  return place < 0 ? undefined : lifelineAt(columns, place);
}

/** The row of a frame without the pause before it, and that pause. */
export function rowAt({ rows, rowHeight }: Scene, place: number) {
  const begin = (rows.tops[place] as number) * rowHeight;
  const pause = pauseHeight(rows.pauses[place] as number) * rowHeight;
  const end = (rows.tops[place + 1] as number) * rowHeight;
  return { pauseTop: begin, pause, top: begin + pause, height: end - begin - pause };
}

/** All places in view, from the first. */
export function placesInView({ places }: Scene): number[] {
  return Array.from({ length: places.end - places.first }, (_, index) => places.first + index);
}

/** Are rows high enough for words above their arrows? */
export function hasWords({ rowHeight, rem }: Scene): boolean {
  return rowHeight >= 1.5 * rem;
}
