// Rows of the packet list, asked for page by page as they come into view.

import { useEffect, useSyncExternalStore } from 'react';
import type { FrameLine } from 'wirewalk';
import { ask } from '../state/engine-client.js';
import type { ShownFrames } from './shown-frames.js';

/** Rows that are asked for at once. */
const PAGE = 100;
/** Questions under way at once: who scrolls fast must not wait for what has long passed. */
const MOST_ASKED = 2;
/** Rows kept per run, and runs. */
const MOST_LINES = 20_000;
const MOST_RUNS = 3;

type Lines = Map<number, FrameLine>;

interface Wanted {
  readonly run: number;
  readonly shown: ShownFrames;
  /** Places, `end` not included. */
  readonly first: number;
  readonly end: number;
}

const runs = new Map<number, Lines>();
const listeners = new Set<() => void>();
let version = 0;
/** Pages under way, with their run. */
const underWay = new Map<readonly number[], number>();
let wanted: Wanted | undefined;

/** The rows of the shown frames from place `first` up to but without `end`, as far as they are there, by frame. */
export function useLines(
  run: number,
  shown: ShownFrames,
  first: number,
  end: number,
): (frame: number) => FrameLine | undefined {
  useSyncExternalStore(subscribe, () => version);
  useEffect(() => {
    wanted = { run, shown, first, end };
    askNext();
  }, [run, shown, first, end]);
  const lines = runs.get(run);
  return (frame) => lines?.get(frame);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function askNext(): void {
  if (wanted === undefined || underWay.size >= MOST_ASKED) return;
  const { run } = wanted;
  const frames = missingPage(wanted, linesOf(run));
  if (frames === undefined) return;
  const answered = (lines: readonly FrameLine[]): void => {
    underWay.delete(frames);
    // Nothing came: the run was released, and nobody wants its rows any more.
    if (lines.length === 0) return;
    const kept = linesOf(run);
    for (const line of lines) kept.set(line.number - 1, line);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_LINES) break;
      kept.delete(oldest);
    }
    version++;
    for (const listener of [...listeners]) listener();
    askNext();
  };
  underWay.set(frames, run);
  ask('lines', { run, frames }).then(answered, () => answered([]));
}

/** The frames of the first page in view that are neither there nor asked for. */
function missingPage({ run, shown, first, end }: Wanted, lines: Lines): number[] | undefined {
  const under = new Set<number>();
  for (const [frames, ofRun] of underWay) if (ofRun === run) for (const frame of frames) under.add(frame);
  const last = Math.min(end, shown.count);
  for (let page = Math.floor(first / PAGE); page * PAGE < last; page++) {
    const missing: number[] = [];
    let inView = false;
    for (let place = page * PAGE; place < Math.min((page + 1) * PAGE, shown.count); place++) {
      const frame = shown.frameAt(place);
      if (lines.has(frame) || under.has(frame)) continue;
      missing.push(frame);
      inView ||= place >= first && place < last;
    }
    if (inView) return missing;
  }
  return undefined;
}

function linesOf(run: number): Lines {
  const lines: Lines = runs.get(run) ?? new Map();
  runs.delete(run);
  runs.set(run, lines);
  for (const oldest of runs.keys()) {
    if (runs.size <= MOST_RUNS) break;
    runs.delete(oldest);
  }
  return lines;
}
