// TCP, the sending side: what a segment is for, in words. What is sent again is in `tcp-recovery.ts`.
// Reading list: RFC 9293 §3.4–3.6, RFC 1122 §4.2.3.2 (delayed acknowledgments), RFC 2018 §4 (SACK).

import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import { type Draft, find } from './draft.js';
import type { FrameFacts } from './facts.js';
import { wayOutClause } from './network.js';
import type { Reason } from './reasons.js';
import { because } from './reasons.js';
import type { Decision, StepPacket, Telling } from './step.js';
import { range, ranges, twiceText } from './tcp-info.js';
import type { AckNotes, SegmentNotes } from './tcp-notes.js';
import { resetSent } from './tcp-reset.js';
import { count, duration } from './words.js';

/** A segment that leaves, for a narrator who tells about what is in it. */
export interface SendingSegment {
  readonly headline: string;
  /** One sentence about the segment. */
  readonly sentence: string;
  readonly piggybacks: boolean;
  readonly parts: { readonly decisions: readonly Decision[]; readonly packet?: StepPacket };
}

/** What carries a program's data; undefined when the draft sends no segment. */
export function sendingSegment(context: Context, draft: Draft): SendingSegment | undefined {
  const sent = find(draft, 'frame-sent');
  if (sent === undefined) return undefined;
  const facts = context.frames.of(sent.frame);
  if (!facts.has('tcp')) return undefined;
  const segment = context.tcp.read(facts);
  const piggybacks = context.tcp.noteSent(facts).isNew;
  const { sequence, length, acknowledgment } = segment;
  const rides = piggybacks
    ? ` Its ACK ${acknowledgment} rides along: no segment of its own is needed to say that everything before has arrived.`
    : '';
  return {
    headline: `${segment.flagNames}, ${range(sequence, length)}, ack ${acknowledgment}`,
    sentence: `TCP puts ${range(sequence, length)} into a segment${(segment.flags & TCP_FLAG.psh) === 0 ? '' : ' and sets PSH, as nothing more follows for now'}.${rides}`,
    piggybacks,
    parts: { decisions: context.wayOut(draft, facts.text('ip.dst')), ...context.sentPacket(draft) },
  };
}

/** What is said of a segment, without the machine’s name. */
interface SegmentWords {
  readonly headline: string;
  /** Behind the machine’s name; further sentences may follow. */
  readonly clause: string;
  readonly reason: Reason;
}

/** A segment that TCP sends on its own behalf: opening, acknowledging, closing, resetting, or more data. */
export function segmentSent(context: Context, draft: Draft): Telling {
  const facts = context.factsOf(draft);
  const segment = context.tcp.read(facts);
  const ack = context.tcp.noteSent(facts);
  const { headline, clause, reason } = sentWords(context, draft, facts, segment, ack);
  return {
    layer: 'transport',
    headline,
    sentence: `${context.capital(`${context.name(draft.node)} ${clause}.`)}${wayOutClause(context, draft)}`,
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
    ...because(reason),
  };
}

function sentWords(
  context: Context,
  draft: Draft,
  facts: FrameFacts,
  segment: SegmentNotes,
  ack: AckNotes,
): SegmentWords {
  const { flags, to } = segment;
  if ((flags & TCP_FLAG.rst) !== 0) {
    const words = resetSent(context, draft, to);
    return { ...words, headline: `RST to ${to}: ${words.headline}` };
  }
  if ((flags & TCP_FLAG.syn) !== 0) return synWords(facts, segment);
  if ((flags & TCP_FLAG.fin) !== 0) return finWords(draft, segment, ack);
  if (segment.length > 0) return dataWords(context, draft, segment, ack);
  return ackWords(context, draft, segment, ack);
}

function synWords(facts: FrameFacts, segment: SegmentNotes): SegmentWords {
  const { flags, to, rawSequence, acknowledgment } = segment;
  if ((flags & TCP_FLAG.ack) === 0) {
    return {
      headline: `SYN to ${to}, initial number ${rawSequence}`,
      clause: `opens a connection from port ${facts.text('tcp.srcport')} to ${to}: SYN with the initial sequence number ${rawSequence}, which counts as 0 from here on`,
      reason: 'tcp-syn',
    };
  }
  return {
    headline: `SYN, ACK to ${to}, initial number ${rawSequence}, ack ${acknowledgment}`,
    clause: `agrees: SYN with an initial number of its own, ${rawSequence}, and in the same segment ACK ${acknowledgment}: the other SYN has arrived, number ${acknowledgment} comes next`,
    reason: 'tcp-syn-ack',
  };
}

function finWords(draft: Draft, segment: SegmentNotes, ack: AckNotes): SegmentWords {
  const { sequence, acknowledgment, length } = segment;
  const data = length > 0 ? range(sequence, length) : '';
  const answering = find(draft, 'state', ({ to }) => to === 'LAST-ACK') !== undefined;
  const opening = answering
    ? 'has nothing more to send either'
    : 'has nothing more to send and closes its direction of the connection';
  const rides = ack.isNew ? `. The same segment acknowledges everything before ${acknowledgment}` : '';
  return {
    headline: `FIN, ACK${data === '' ? '' : `, ${data}`}, seq ${sequence}, ack ${acknowledgment}`,
    clause: `${opening}: FIN${data === '' ? '' : ` with ${data}`}${rides}`,
    reason: ack.isNew && !answering ? 'tcp-piggyback' : 'tcp-fin',
  };
}

function dataWords(context: Context, draft: Draft, segment: SegmentNotes, ack: AckNotes): SegmentWords {
  const { sequence, length, acknowledgment, flagNames, from, to } = segment;
  const data = range(sequence, length);
  const rides = ack.isNew ? `. Its ACK ${acknowledgment} rides along` : '';
  const state = context.fold.find(draft.node, 'tcp', `${from} ${to}`)?.row.state;
  const isHalf = state === 'CLOSE-WAIT' && context.once(`half-closed ${from} ${to}`);
  const half = isHalf
    ? '. The other side has closed its direction, but still listens: the connection is half-closed'
    : '';
  const isLast = find(draft, 'state', (move) => move.to === 'FIN-WAIT-1' || move.to === 'LAST-ACK');
  const done = isLast === undefined ? '' : '. Its program is done writing: a FIN will follow the last byte';
  return {
    headline: `${flagNames}, ${data}, ack ${acknowledgment}`,
    clause: `sends ${data} to ${to}${rides}${half}${done}`,
    reason: isHalf ? 'tcp-half-close' : ack.isNew ? 'tcp-piggyback' : 'tcp-data',
  };
}

/** An acknowledgment by itself: what is the occasion? */
function ackWords(context: Context, draft: Draft, segment: SegmentNotes, ack: AckNotes): SegmentWords {
  const { acknowledgment, sequence, window, sack, twice } = segment;
  const beyond = ranges(sack);
  const headline = `ACK ${acknowledgment}`;
  if (twice !== undefined) {
    const what = twiceText(twice);
    return {
      headline: `${headline}, D-SACK ${what}`,
      clause: `acknowledges everything before byte ${acknowledgment}, and says that ${what} arrived twice (D-SACK)`,
      reason: 'tcp-dsack',
    };
  }
  if (window === 0) {
    return {
      headline: `${headline}, window 0`,
      clause:
        ack.windowBefore === 0
          ? `says again that it waits for byte ${acknowledgment} and has no room for it: its window is still 0`
          : `acknowledges everything before byte ${acknowledgment} and closes its window: its buffer is full, as its program does not read`,
      reason: 'tcp-zero-window',
    };
  }
  if (ack.windowBefore === 0) {
    return {
      headline: `${headline}, window ${window}`,
      clause: `has room again, as its program has read, and opens its window: ${count(window, 'byte')} from byte ${acknowledgment} on`,
      reason: 'tcp-window-opened',
    };
  }
  if (beyond !== '') {
    return {
      headline: `${headline}${ack.isNew ? '' : ' again'}, SACK ${beyond}`,
      clause: ack.isNew
        ? `acknowledges everything before byte ${acknowledgment}; beyond the next gap it has ${beyond} (SACK)`
        : `says again at once that it waits for byte ${acknowledgment}, and lists what it has beyond the gap: ${beyond} (SACK)`,
      reason: 'tcp-duplicate-ack',
    };
  }
  if (context.tcp.lastArrivedBeyond(segment)) {
    return {
      headline: `${headline}${ack.isNew ? '' : ' again'}`,
      clause: ack.isNew
        ? `acknowledges everything before byte ${acknowledgment} at once, as something behind a gap has arrived`
        : `says again at once that it waits for byte ${acknowledgment}: a duplicate ACK, as something behind it has arrived`,
      reason: 'tcp-duplicate-ack',
    };
  }
  const fired = find(draft, 'timer-fired');
  if (fired !== undefined) {
    const set = context.story.events[fired.cause];
    const waited = set === undefined ? '' : ` after ${duration(fired.time - set.time)}`;
    return {
      headline: `${headline}, delayed`,
      clause: `had nothing to send that the acknowledgment could ride along with${waited}, so it goes alone: ACK ${acknowledgment}`,
      reason: 'tcp-ack',
    };
  }
  if (acknowledgment === 1 && sequence === 1 && ack.isNew) {
    return {
      headline: `ACK 1: the handshake is complete`,
      clause: `acknowledges the other SYN: ACK 1. On its side the connection is complete`,
      reason: 'tcp-handshake-ack',
    };
  }
  if (!ack.isNew && window > ack.windowBefore && ack.windowBefore >= 0) {
    return {
      headline: `${headline}, window ${window}`,
      clause: `has room for more, as its program has read, and says so: a window of ${count(window, 'byte')} from byte ${acknowledgment} on`,
      reason: 'tcp-window-opened',
    };
  }
  return {
    headline: `${headline}${ack.isNew ? '' : ' again'}`,
    clause: ack.isNew
      ? `acknowledges everything before byte ${acknowledgment}`
      : `says again where it is: ACK ${acknowledgment}`,
    reason: 'tcp-ack',
  };
}

/** Under a flood of SYNs: an answer that needs no memory. */
export function cookieSent(context: Context, draft: Draft): Telling {
  const facts = context.factsOf(draft);
  if (facts.has('tcp')) context.tcp.noteSent(facts);
  const { to, rawSequence } = context.tcp.read(facts);
  return {
    layer: 'transport',
    headline: `SYN, ACK with a cookie to ${to}`,
    sentence: context.capital(
      `${context.name(draft.node)} has too many half-open connections to remember one more. It answers with SYN, ACK all the same, and puts what it has to know into its initial number, ${rawSequence}: a SYN cookie.`,
    ),
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
    ...because('tcp-cookie'),
  };
}
