// TCP resets: who sends one, and why; what it means where it arrives.
// Reading list: RFC 9293 §3.5.2 (who resets), §3.5.3 (who believes), §3.10.5 (ABORT), RFC 5961 §3 (forged resets).

import { DROP_REASONS } from '../../trace/drop-reasons.js';
import type { TraceEvent } from '../../trace/events.js';
import type { Context } from './context.js';
import { all, type Draft, find } from './draft.js';
import { uncapital } from './link.js';
import type { Reason } from './reasons.js';
import { count } from './words.js';

/** Why a machine sends a reset. */
export interface ResetWords {
  readonly headline: string;
  /** Behind the machine’s name. */
  readonly clause: string;
  readonly reason: Reason;
}

/** Of a reset that is sent: the segment it answers, or the program that has given up. */
export function resetSent(context: Context, draft: Draft, to: string): ResetWords {
  const dropped = answered(context, draft);
  if (dropped === undefined) {
    return {
      headline: 'connection aborted',
      clause: `gives the connection to ${to} up at once and says so with RST: what is still under way, or unread, is thrown away`,
      reason: 'tcp-abort',
    };
  }
  const segment = context.tcp.read(context.frames.of(dropped.frame));
  if (dropped.reason === 'tcp-no-connection' || dropped.reason === undefined) {
    const port = context.frames.of(dropped.frame).text('tcp.dstport');
    const isSyn = segment.flagNames === 'SYN';
    const { node, seq, frame } = dropped;
    const anyMore = context.tcp.isLate(node, context.frames.of(frame), seq) ? ' any more' : '';
    return {
      headline: isSyn ? `nobody listens on port ${port}` : `no such connection${anyMore}`,
      clause: `answers ${to} with RST: ${isSyn ? `nobody listens on TCP port ${port}` : `there is no such connection here${anyMore}`}`,
      reason: 'tcp-reset',
    };
  }
  return {
    headline: dropped.reason,
    clause: `answers ${to} with RST: ${uncapital(DROP_REASONS[dropped.reason].sentence).replace(/\.$/, '')}`,
    reason: 'tcp-reset',
  };
}

/** The segment that was not taken, and to which a reset is the answer; undefined when the program wants it. */
function answered(context: Context, draft: Draft): Extract<TraceEvent, { kind: 'decided' }> | undefined {
  const [first] = draft.events;
  for (const cause of [...all(draft, 'decided'), ...context.story.causesOf(first?.seq ?? -1)]) {
    if (cause.time !== first?.time || cause.node !== first.node) return undefined;
    if (cause.kind === 'decided' && cause.layer === 'tcp' && cause.verdict === 'drop') return cause;
  }
  return undefined;
}

/** Of a reset that has arrived and is believed. */
export function resetReceived(
  context: Context,
  draft: Draft,
  row: { readonly local: string; readonly remote: string },
): ResetWords {
  const from = find(draft, 'state', ({ to }) => to === 'CLOSED' || to === 'LISTEN')?.from;
  if (from === 'SYN-SENT') {
    return {
      headline: 'connection refused',
      clause: 'gets RST: nobody listens there, the connection is refused',
      reason: 'tcp-reset',
    };
  }
  const info = context.fold.find(draft.node, 'tcp-info', `${row.local} ${row.remote}`)?.row;
  const flight = Number(info?.flight ?? 0);
  const lost = flight === 0 ? '' : `; whether ${count(flight, 'byte')} under way have arrived nobody knows`;
  return {
    headline: 'connection reset',
    clause: `gets RST: the other side has given the connection up, and it ends at once, without a FIN${lost}`,
    reason: 'tcp-abort',
  };
}
