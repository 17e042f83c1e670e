// The frames that a view shows: all of a run, or those that the display filter accepts.

import { useMemo } from 'react';
import { type HeldRun, usePage } from '../state/store.js';
import { useVerdict } from './filter-verdicts.js';

/** Frames in the order in which they were sent; a `place` counts those that are shown, from 0. */
export interface ShownFrames {
  readonly count: number;
  frameAt(place: number): number;
  /** The first place whose frame is `frame` or a later one; `count` behind the last. */
  placeFrom(frame: number): number;
  /** −1 when the frame is not shown. */
  placeOf(frame: number): number;
}

export function allFrames(count: number): ShownFrames {
  const within = (frame: number): number => Math.max(0, Math.min(frame, count));
  return {
    count,
    frameAt: (place) => place,
    placeFrom: within,
    placeOf: (frame) => (frame >= 0 && frame < count ? frame : -1),
  };
}

/** @param frames ascending */
export function someFrames(frames: Int32Array): ShownFrames {
  const placeFrom = (frame: number): number => firstNotBelow(frames, frame);
  return {
    count: frames.length,
    frameAt: (place) => frames[place] ?? -1,
    placeFrom,
    placeOf: (frame) => {
      const place = placeFrom(frame);
      return frames[place] === frame ? place : -1;
    },
  };
}

/** The first place in an ascending column whose number is not below `wanted`. */
export function firstNotBelow(column: Int32Array | Float64Array, wanted: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last frame that was sent up to an event; −1 before the first. */
export function lastSentBy(run: HeldRun, seq: number): number {
  return firstNotBelow(run.frames.seq, seq + 1) - 1;
}

/** The frames to show now. While a new filter is being tried, those of the one before; all when it is wrong. */
export function useShownFrames(run: HeldRun): ShownFrames {
  const text = usePage(({ filter }) => filter.trim());
  const verdict = useVerdict(run.run, text);
  const matches = text === '' || verdict === undefined || 'error' in verdict ? undefined : verdict.matches;
  const { length } = run.frames;
  return useMemo(() => (matches === undefined ? allFrames(length) : someFrames(matches)), [matches, length]);
}
