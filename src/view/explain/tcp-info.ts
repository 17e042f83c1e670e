// The row of windows and timers behind a decision of TCP, and how bytes are called.

import type { TraceEvent } from '../../trace/events.js';
import type { Context } from './context.js';
import type { Draft } from './draft.js';
import type { Decision } from './step.js';
import type { ByteRange } from './tcp-notes.js';
import { list } from './words.js';

export type TcpEvent = Extract<TraceEvent, { kind: 'app' }>;

/** The row of the connection that an event tells about, as it stood before; nothing when there is none. */
export function infoDecision(context: Context, draft: Draft, event: TcpEvent, why: string): Decision[] {
  const [local, remote] = connectionOf(event);
  const found = context.fold.find(draft.node, 'tcp-info', `${local} ${remote}`);
  if (found === undefined) return [];
  context.tcp.shownInfo = found.seq;
  return context.decision('tcp-info', found.seq, why);
}

/** Both ends of the connection that an event tells about: ours, then the peer’s. */
export function connectionOf(event: TcpEvent): [local: string, remote: string] {
  const [local = '?', remote = '?'] = String(event.data.connection ?? '').split(' → ');
  return [local, remote];
}

/** A number among an event’s data; 0 when it is not there. */
export function amount(event: TcpEvent, name: string): number {
  return Number(event.data[name] ?? 0);
}

/** A sequence number among an event’s data, counted from the SYN. */
export function sequenceIn(context: Context, event: TcpEvent, name: string): number {
  const [local, remote] = connectionOf(event);
  return context.tcp.relative(local, remote, amount(event, name));
}

/** `byte 1`, `bytes 1–76` counted from the SYN. */
export function range(sequence: number, length: number): string {
  return length === 1 ? `byte ${sequence}` : `bytes ${sequence}–${sequence + length - 1}`;
}

/** `bytes 1449–2896 and 4345–5792`; empty for none. */
export function ranges(blocks: readonly ByteRange[]): string {
  const [first, ...rest] = blocks.toSorted((a, b) => a.left - b.left);
  if (first === undefined) return '';
  if (rest.length === 0) return range(first.left, first.right - first.left);
  return `bytes ${list([first, ...rest].map(({ left, right }) => (right - left === 1 ? `${left}` : `${left}–${right - 1}`)))}`;
}

/** What arrived twice; the SYN has the number 0. */
export function twiceText(block: ByteRange): string {
  return block.left === 0 ? 'the SYN' : ranges([block]);
}

/** Reads a scoreboard as events have it: `1449-2897 4345-5793`. */
export function readScoreboard(text: string): ByteRange[] {
  return [...text.matchAll(/(\d+)-(\d+)/g)].map(([, left, right]) => ({
    left: Number(left),
    right: Number(right),
  }));
}
