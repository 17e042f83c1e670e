// Which frames the picture shows at a moment of the run, on which cable and in which direction.

import { FRAME_LAYERS, type StepLayer } from 'wirewalk';
import type { HeldRun } from '../state/store.js';

/** Frames of one kind on one cable. */
export interface Mark {
  /** The first of them: its place in the columns. */
  readonly frame: number;
  /** How many. */
  readonly count: number;
  /** Index of the cable, and whether the frame goes from its second end to the first. */
  readonly link: number;
  readonly back: boolean;
  /** Nodes. */
  readonly from: number;
  readonly to: number;
  readonly layer: StepLayer;
  /**
   * `sent` in this step; `come`: the one that this step, which sends none, is about; `under way`: sent in an earlier
   * step, not yet there.
   */
  readonly state: 'sent' | 'come' | 'under way';
  readonly lost: boolean;
}

/** Marks at most: more could not be told apart. */
const MOST_SENT = 60;
const MOST_UNDER_WAY = 16;
/** How far back frames that are still under way are looked for. */
const LOOK_BACK = 3000;

interface FramesBySteps {
  /** By step: where its frames begin in `frames`. */
  readonly begin: Int32Array;
  readonly frames: Int32Array;
}

const kept = new WeakMap<HeldRun['frames'], FramesBySteps>();

/** The frames that a step sends, as places in the columns. */
export function framesOfStep(run: HeldRun, place: number): Int32Array {
  const { begin, frames } = kept.get(run.frames) ?? sorted(run);
  return frames.subarray(begin[place] ?? 0, begin[place + 1] ?? 0);
}

function sorted(run: HeldRun): FramesBySteps {
  const { stepOfFrame } = run;
  const begin = new Int32Array(run.steps.length + 1);
  for (const step of stepOfFrame) if (step >= 0) begin[step + 1] = (begin[step + 1] as number) + 1;
  for (let place = 0; place < run.steps.length; place++) {
    begin[place + 1] = (begin[place + 1] as number) + (begin[place] as number);
  }
  const next = begin.slice();
  const frames = new Int32Array(begin.at(-1) ?? 0);
  stepOfFrame.forEach((step, frame) => {
    if (step < 0) return;
    frames[next[step] as number] = frame;
    next[step] = (next[step] as number) + 1;
  });
  const result = { begin, frames };
  kept.set(run.frames, result);
  return result;
}

/** How many frames have been sent when the event `seq` has happened. */
export function sentUntil({ frames }: HeldRun, seq: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames.seq[middle] as number) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is to be seen when the event `seq` has happened and a step is chosen. */
export function marksAt(
  run: HeldRun,
  cableOf: ReadonlyMap<number, number>,
  place: number,
  seq: number,
): Mark[] {
  const { frames } = run;
  const marks = new Map<string, Mark>();
  const add = (frame: number, state: Mark['state']): void => {
    const [from, to] = [frames.from[frame] as number, frames.to[frame] as number];
    const link = cableOf.get(from);
    const ends = link === undefined ? undefined : run.world.links[link]?.ends;
    if (link === undefined || ends === undefined) return;
    const layer = FRAME_LAYERS[frames.layer[frame] as number] ?? 'link';
    const lost = frames.lost[frame] === 1 && (state === 'sent' || (frames.endSeq[frame] as number) <= seq);
    const key = `${from} ${layer} ${state} ${lost}`;
    const same = marks.get(key);
    if (same !== undefined) {
      marks.set(key, { ...same, count: same.count + 1 });
      return;
    }
    marks.set(key, {
      ...{ frame, count: 1, link, layer, state, lost },
      back: ends[0] !== from,
      from: run.world.interfaces[from]?.node ?? -1,
      to: run.world.interfaces[to]?.node ?? -1,
    });
  };
  for (const frame of framesOfStep(run, place).subarray(0, 10 * MOST_SENT)) {
    if ((frames.seq[frame] as number) <= seq && marks.size < MOST_SENT) add(frame, 'sent');
  }
  if (marks.size === 0) {
    const frame = run.frameOfStep[place] ?? -1;
    const end = frame < 0 ? -1 : (frames.endSeq[frame] as number);
    if (end >= 0 && end <= seq) add(frame, 'come');
  }
  const most = marks.size + MOST_UNDER_WAY;
  const until = sentUntil(run, seq);
  for (let frame = until - 1; frame >= Math.max(0, until - LOOK_BACK) && marks.size < most; frame--) {
    const end = frames.endSeq[frame] as number;
    if ((end < 0 || end > seq) && run.stepOfFrame[frame] !== place) add(frame, 'under way');
  }
  return [...marks.values()];
}
