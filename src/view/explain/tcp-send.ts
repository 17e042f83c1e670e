// TCP, the sending side: what a segment is for, in words.
// Reading list: RFC 9293 §3.4–3.6, RFC 1122 §4.2.3.2 (delayed acknowledgments).

import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import { type Draft, find } from './draft.js';
import { wayOutClause } from './network.js';
import type { Reason } from './reasons.js';
import { because } from './reasons.js';
import type { Decision, StepPacket, Telling } from './step.js';
import { duration } from './words.js';

/** A segment that leaves, for a narrator who tells about what is in it. */
export interface SendingSegment {
  readonly headline: string;
  /** One sentence about the segment. */
  readonly sentence: string;
  readonly piggybacks: boolean;
  readonly parts: { readonly decisions: readonly Decision[]; readonly packet?: StepPacket };
}

/** `bytes 1–76` counted from the SYN. */
export function range(sequence: number, length: number): string {
  return length === 1 ? `byte ${sequence}` : `bytes ${sequence}–${sequence + length - 1}`;
}

/** What carries a program's data; undefined when the draft sends no segment. */
export function sendingSegment(context: Context, draft: Draft): SendingSegment | undefined {
  const sent = find(draft, 'frame-sent');
  if (sent === undefined) return undefined;
  const facts = context.frames.of(sent.frame);
  if (!facts.has('tcp')) return undefined;
  const segment = context.tcp.read(facts);
  const piggybacks = context.tcp.noteAcknowledgment(facts);
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

/** A segment that TCP sends on its own behalf: opening, acknowledging, closing, resetting, or more data. */
export function segmentSent(context: Context, draft: Draft): Telling {
  const facts = context.factsOf(draft);
  const segment = context.tcp.read(facts);
  const { flags, sequence, acknowledgment, length, to } = segment;
  const isNew = context.tcp.noteAcknowledgment(facts);
  const name = context.name(draft.node);
  const way = wayOutClause(context, draft);
  const common = {
    layer: 'transport',
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
  } as const;
  const told = (headline: string, sentence: string, reason: Reason): Telling => ({
    ...common,
    headline,
    sentence: `${context.capital(sentence)}${way}`,
    ...because(reason),
  });

  const is = (flag: number): boolean => (flags & flag) !== 0;
  if (is(TCP_FLAG.rst)) {
    return told(
      `RST to ${to}`,
      `${name} answers ${to} with RST: there is no such connection here.`,
      'tcp-reset',
    );
  }
  if (is(TCP_FLAG.syn) && !is(TCP_FLAG.ack)) {
    return told(
      `SYN to ${to}, initial number ${segment.rawSequence}`,
      `${name} opens a connection from port ${facts.text('tcp.srcport')} to ${to}: SYN with the initial sequence number ${segment.rawSequence}, which counts as 0 from here on.`,
      'tcp-syn',
    );
  }
  if (is(TCP_FLAG.syn)) {
    return told(
      `SYN, ACK to ${to}, initial number ${segment.rawSequence}, ack ${acknowledgment}`,
      `${name} agrees: SYN with an initial number of its own, ${segment.rawSequence}, and in the same segment ACK ${acknowledgment}: the other SYN has arrived, number ${acknowledgment} comes next.`,
      'tcp-syn-ack',
    );
  }
  const owner = find(draft, 'timer-fired');
  const data = length > 0 ? `${range(sequence, length)}` : '';
  if (is(TCP_FLAG.fin)) {
    const answering = find(draft, 'state', ({ to: state }) => state === 'LAST-ACK') !== undefined;
    const opening = answering
      ? 'has nothing more to send either'
      : 'has nothing more to send and closes the connection';
    const rides = isNew ? ` The same segment acknowledges everything before ${acknowledgment}.` : '';
    return told(
      `FIN, ACK${data === '' ? '' : `, ${data}`}, seq ${sequence}, ack ${acknowledgment}`,
      `${name} ${opening}: FIN${data === '' ? '' : ` with ${data}`}.${rides}`,
      isNew && !answering ? 'tcp-piggyback' : 'tcp-fin',
    );
  }
  if (length > 0) {
    const rides = isNew ? ` Its ACK ${acknowledgment} rides along.` : '';
    return told(
      `${segment.flagNames}, ${data}, ack ${acknowledgment}`,
      `${name} sends ${data} to ${to}.${rides}`,
      isNew ? 'tcp-piggyback' : 'tcp-data',
    );
  }
  if (owner !== undefined) {
    const set = context.story.events[owner.cause];
    const waited = set === undefined ? '' : ` after ${duration(owner.time - set.time)}`;
    return told(
      `ACK ${acknowledgment}, delayed`,
      `${name} had nothing to send that the acknowledgment could ride along with${waited}, so it goes alone: ACK ${acknowledgment}.`,
      'tcp-ack',
    );
  }
  if (acknowledgment === 1 && sequence === 1) {
    return told(
      `ACK 1: the handshake is complete`,
      `${name} acknowledges the other SYN: ACK 1. On its side the connection is complete.`,
      'tcp-handshake-ack',
    );
  }
  return told(
    `ACK ${acknowledgment}${isNew ? '' : ' again'}`,
    isNew
      ? `${name} acknowledges everything before byte ${acknowledgment}.`
      : `${name} says again where it is: ACK ${acknowledgment}.`,
    'tcp-ack',
  );
}

/** Something was not acknowledged in time. */
export function retransmitted(context: Context, draft: Draft): Telling {
  const app = find(draft, 'app');
  const facts = context.factsOf(draft);
  const segment = context.tcp.read(facts);
  context.tcp.noteAcknowledgment(facts);
  const attempt = Number(app?.data.attempt ?? 1);
  const set = find(draft, 'timer-fired');
  const armed = context.story.events[set?.cause ?? -1];
  const waited =
    set === undefined || armed === undefined ? 'in time' : `within ${duration(set.time - armed.time)}`;
  // What has to wait for a MAC address has no frame here yet.
  const bare = facts.has('tcp') ? `the ${segment.flagNames}` : 'what nobody has acknowledged';
  const what = segment.length > 0 ? range(segment.sequence, segment.length) : bare;
  const common = {
    layer: 'transport',
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
  } as const;
  if (app?.name === 'tcp.window-probed') {
    return {
      ...common,
      headline: `window probe: ${what}`,
      sentence: context.capital(
        `${context.name(draft.node)} finds the window of the other side closed and sends ${what} to see whether it has opened.`,
      ),
      ...because('tcp-window-probe'),
    };
  }
  return {
    ...common,
    headline: `retransmission ${attempt}: ${what}`,
    sentence: context.capital(
      `${context.name(draft.node)} has seen no acknowledgment ${waited} and sends ${what} again; the next wait is ${duration(Number(app?.data.timeout ?? 0))}.`,
    ),
    ...because('tcp-retransmit'),
  };
}
