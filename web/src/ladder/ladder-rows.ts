// Where the frames of a ladder stand, one below the other: pauses make room, and what a switch floods moves together.

import { firstNotBelow, type ShownFrames } from '../packets/shown-frames.js';
import type { HeldRun } from '../state/store.js';

/** Heights are counted in rows: 1 is the height of an ordinary frame. */
export interface LadderRows {
  readonly shown: ShownFrames;
  /** Upper edge of each frame by its place, the pause before it included; one more for the lower end. */
  readonly tops: Float64Array;
  /** Time that passes before a frame while nothing is sent, in ns; 0 when it is too short to be drawn. */
  readonly pauses: Float64Array;
  /** 1: sent at once with the one above, out of another port: a flood. */
  readonly joined: Uint8Array;
  /** Frames from or to each node. */
  readonly framesOfNode: Uint32Array;
  /** Frames that were lost on their cable. */
  readonly lost: number;
}

/** Pauses from here on are drawn, in ns. */
const LEAST_PAUSE = 1e6;
/** Height of a frame that was flooded together with the one above. */
const JOINED_HEIGHT = 0.5;

export function ladderRows({ frames, world }: HeldRun, shown: ShownFrames): LadderRows {
  const tops = new Float64Array(shown.count + 1);
  const pauses = new Float64Array(shown.count);
  const joined = new Uint8Array(shown.count);
  const framesOfNode = new Uint32Array(world.nodes.length);
  const nodeOf = (id: number): number => world.interfaces[id]?.node ?? -1;
  let lost = 0;
  let top = 0;
  let above = -1;
  for (let place = 0; place < shown.count; place++) {
    const frame = shown.frameAt(place);
    const from = nodeOf(frames.from[frame] as number);
    const to = nodeOf(frames.to[frame] as number);
    if (from >= 0) framesOfNode[from]++;
    if (to >= 0 && to !== from) framesOfNode[to]++;
    lost += frames.lost[frame] as number;
    tops[place] = top;
    if (above >= 0) {
      const pause = (frames.sentAt[frame] as number) - (frames.sentAt[above] as number);
      if (pause >= LEAST_PAUSE) pauses[place] = pause;
      const isFlood =
        pause === 0 &&
        frames.packet[frame] === frames.packet[above] &&
        from === nodeOf(frames.from[above] as number);
      if (isFlood) joined[place] = 1;
    }
    top += joined[place] === 1 ? JOINED_HEIGHT : 1 + pauseHeight(pauses[place] as number);
    above = frame;
  }
  tops[shown.count] = top;
  return { shown, tops, pauses, joined, framesOfNode, lost };
}

/** Room for a pause: ten times the time takes a little more. */
export function pauseHeight(pause: number): number {
  return pause === 0 ? 0 : 0.45 + 0.2 * Math.log10(pause / LEAST_PAUSE);
}

/** The places that lie between two heights; `end` not included. */
export function placesBetween({ tops, shown }: LadderRows, top: number, bottom: number) {
  const first = Math.max(0, firstNotBelow(tops, top) - 1);
  const end = Math.min(shown.count, firstNotBelow(tops, bottom));
  return { first, end: Math.max(first, end) };
}
