// The words for a frame's time and place.

import { FRAME_LAYERS, type StepLayer, type WorldDescription } from 'wirewalk';
import type { HeldRun } from '../state/store.js';

/** How a packet list shows times: since the start of the run, since the row above, or of the day. */
export const CLOCKS = ['start', 'above', 'day'] as const;
export type Clock = (typeof CLOCKS)[number];

export const CLOCK_TITLES: Readonly<Record<Clock, string>> = {
  start: 'since the start',
  above: 'since the row above',
  day: 'time of day (UTC)',
};

const SECOND = 1e9;

/** @param above the frame of the row above, −1 when there is none */
export function timeText({ frames, world }: HeldRun, frame: number, above: number, clock: Clock): string {
  const time = frames.sentAt[frame] ?? 0;
  switch (clock) {
    case 'start':
      return seconds(time);
    case 'above':
      return seconds(time - (above < 0 ? time : (frames.sentAt[above] ?? time)));
    case 'day': {
      const date = new Date((world.epoch + Math.floor(time / SECOND)) * 1000);
      const second = Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(11, 19);
      return `${second}.${nanoseconds(time)}`;
    }
  }
}

/** Seconds with nine digits behind the point, as Wireshark shows them. */
function seconds(time: number): string {
  return `${Math.floor(time / SECOND)}.${nanoseconds(time)}`;
}

function nanoseconds(time: number): string {
  return String(time % SECOND).padStart(9, '0');
}

/** `pc:eth0`; a dash when there is nothing at that end of the cable. */
export function placeName({ nodes, interfaces }: WorldDescription, id: number): string {
  const one = interfaces[id];
  return one === undefined ? '–' : `${nodes[one.node]?.name}:${one.name}`;
}

/** `pc`, for a place on the cable. */
export function nodeName({ nodes, interfaces }: WorldDescription, id: number): string {
  const one = interfaces[id];
  return one === undefined ? 'nowhere' : (nodes[one.node]?.name ?? '');
}

/** What became of a frame when it did not arrive; empty when it did. */
export function fateOf({ frames }: HeldRun, frame: number): '' | 'lost' | 'under way' {
  if (frames.lost[frame] === 1) return 'lost';
  return (frames.endSeq[frame] ?? -1) < 0 ? 'under way' : '';
}

export function layerName({ frames }: HeldRun, frame: number): StepLayer {
  return FRAME_LAYERS[frames.layer[frame] ?? 0] ?? 'link';
}
