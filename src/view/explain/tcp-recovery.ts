// TCP, when something is missing: how loss is found, what is sent again and when, and what the network tells meanwhile.
// Reading list: RFC 6298 (time-outs), RFC 5681 and 6582 (duplicate ACKs), RFC 2018, 2883 and 6675 (SACK), RFC 8985 (RACK,
// tail loss probes), RFC 3168 (ECN), RFC 1191 (path MTU).

import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import { type Draft, find } from './draft.js';
import { because, type Reason } from './reasons.js';
import type { Telling } from './step.js';
import {
  amount,
  connectionOf,
  infoDecision,
  range,
  ranges,
  readScoreboard,
  sequenceIn,
  type TcpEvent,
  twiceText,
} from './tcp-info.js';
import type { SegmentNotes } from './tcp-notes.js';
import { count, duration } from './words.js';

/** How a sender has come to believe that something is lost. */
interface Evidence {
  /** For the headline. */
  readonly by: string;
  readonly clause: string;
  readonly why: string;
  readonly reason: Reason;
}

/** A sender takes something for lost, and slows down. */
export function lossDetected(context: Context, draft: Draft, event: TcpEvent): Telling {
  const lost = amount(event, 'lost');
  const first = sequenceIn(context, event, 'sequence');
  const { by, clause, why, reason } = evidenceOf(event, first);
  const [cwnd, before, ssthresh] = ['cwnd', 'cwnd-before', 'ssthresh'].map((name) => amount(event, name));
  const slower =
    cwnd === before
      ? `Its congestion window stays at ${cwnd} bytes`
      : `As loss is a sign that the network is full, its congestion window (cwnd) goes from ${before} to ${cwnd} bytes`;
  return {
    layer: 'transport',
    headline: `loss found by ${by}: ${count(lost, 'byte')} from ${first} on; cwnd ${before} → ${cwnd}`,
    sentence: context.capital(
      `${context.name(draft.node)} ${clause}: it takes ${count(lost, 'byte')} from byte ${first} on for lost. ${slower}, and its slow-start threshold (ssthresh) is ${ssthresh} now.`,
    ),
    decisions: infoDecision(context, draft, event, why),
    ...because(reason),
  };
}

function evidenceOf(event: TcpEvent, first: number): Evidence {
  const rto = duration(amount(event, 'rto'));
  const beyond = ranges(readScoreboard(String(event.data.scoreboard ?? '')));
  const here = beyond === '' ? 'later bytes' : beyond;
  switch (event.data.by) {
    case 'time-out':
      return {
        by: 'time-out',
        clause: `has waited for an acknowledgment of byte ${first} for its whole retransmission time-out (RTO)`,
        why: `its RTO is over; the next one is ${rto}`,
        reason: 'tcp-time-out',
      };
    case 'sack':
      return {
        by: 'SACK',
        clause: `knows from SACK that ${here} have arrived there, but byte ${first} has not, and that is too much for segments that only overtook each other`,
        why: 'what was in flight, and what of it has been reported by SACK',
        reason: 'tcp-sack-recovery',
      };
    case 'rack':
      return {
        by: 'RACK',
        clause: `knows from SACK that ${here}, which were sent after byte ${first}, have arrived, and the time for segments that only took a detour is over`,
        why: 'its round-trip time, and what of the bytes in flight has been reported by SACK',
        reason: 'tcp-rack',
      };
    default:
      return {
        by: 'duplicate ACKs',
        clause: `has got the same acknowledgment four times: segments arrive there, but byte ${first} is not among them`,
        why: 'what was in flight',
        reason: 'tcp-fast-retransmit',
      };
  }
}

/** Something that was sent before goes out again. */
export function retransmitted(context: Context, draft: Draft, event: TcpEvent): Telling {
  const facts = context.factsOf(draft);
  // What has to wait for a MAC address has no frame here yet.
  const isHere = facts.has('tcp');
  if (isHere) context.tcp.noteSent(facts);
  const segment = isHere ? context.tcp.read(facts) : undefined;
  const length = segment?.length ?? amount(event, 'length');
  const sequence = segment?.sequence ?? sequenceIn(context, event, 'sequence');
  const attempt = amount(event, 'attempt');
  const next = duration(amount(event, 'timeout'));
  const isSyn = event.data.why === 'syn' || (segment?.flagNames.includes('SYN') ?? false);
  const what =
    isSyn || length === 0
      ? `the ${segment?.flagNames ?? 'SYN'}`
      : `${range(sequence, length)}${withFin(segment)}`;
  // When something else was told of this very row just before, once is enough.
  const shown = context.tcp.shownInfo;
  const words = retransmissionWords(event, isSyn, what, next, waitedFor(context, draft));
  return {
    layer: 'transport',
    headline: `${words.headline}: ${what}${attempt > 1 ? ` (try ${attempt})` : ''}`,
    sentence: context.capital(`${context.name(draft.node)} ${words.clause}.`),
    decisions: [
      ...infoDecision(context, draft, event, words.why).filter(({ seq }) => seq !== shown),
      ...(isHere ? context.wayOut(draft, facts.text('ip.dst')) : []),
    ],
    ...context.sentPacket(draft),
    ...because(words.reason),
  };
}

interface RetransmissionWords {
  readonly headline: string;
  readonly clause: string;
  readonly why: string;
  readonly reason: Reason;
}

function retransmissionWords(
  event: TcpEvent,
  isSyn: boolean,
  what: string,
  next: string,
  waited: string | undefined,
): RetransmissionWords {
  if (isSyn) {
    return {
      headline: 'retransmission',
      clause: `has had no answer to its SYN ${waited ?? 'in time'} and sends ${what} again; the next wait is ${next}, twice as long`,
      why: 'no round trip has been measured yet: the first RTO is a guess',
      reason: 'tcp-syn-lost',
    };
  }
  switch (event.data.why) {
    case 'fast':
      return {
        headline: 'fast retransmission',
        clause: `sends ${what} again at once, without waiting for its retransmission time-out of ${next}`,
        why: 'cwnd leaves room for it, and the RTO is long',
        reason: 'tcp-fast-retransmit',
      };
    case 'path-mtu':
      return {
        headline: 'retransmission in smaller segments',
        clause: `sends ${what} again, now in segments that fit the narrowest link on the way`,
        why: 'its MSS was too large for the path',
        reason: 'tcp-path-mtu',
      };
    default:
      if (waited === undefined) {
        return {
          headline: 'retransmission',
          clause: `goes on with what it has taken for lost and sends ${what} again`,
          why: 'what counts as lost, and the room that cwnd leaves for it',
          reason: 'tcp-time-out',
        };
      }
      return {
        headline: 'retransmission',
        clause: `has seen no acknowledgment ${waited} and sends ${what} again; the next wait is ${next}`,
        why: 'its RTO is over',
        reason: 'tcp-retransmit',
      };
  }
}

/** How long the timer ran that has just fired; the loss that it led to may have been told by a step of its own. */
function waitedFor(context: Context, draft: Draft): string | undefined {
  const [first] = draft.events;
  const fired =
    find(draft, 'timer-fired') ??
    context.story.causeWhere(
      first?.seq ?? -1,
      (event) => event.kind === 'timer-fired' && event.time === first?.time,
    );
  const armed = context.story.events[fired?.cause ?? -1];
  return fired === undefined || armed === undefined ? undefined : `for ${duration(fired.time - armed.time)}`;
}

/** What is said of a FIN behind data. */
function withFin(segment: SegmentNotes | undefined): string {
  return segment !== undefined && (segment.flags & TCP_FLAG.fin) !== 0 ? ' with the FIN' : '';
}

/** The end of what was sent is sent once more, to get an answer. */
export function tailProbed(context: Context, draft: Draft, event: TcpEvent): Telling {
  const facts = context.factsOf(draft);
  const segment = facts.has('tcp') ? context.tcp.read(facts) : undefined;
  if (segment !== undefined) context.tcp.noteSent(facts);
  const data = segment?.length ?? amount(event, 'length');
  const what =
    data === 0 ? 'its FIN' : `${range(sequenceIn(context, event, 'sequence'), data)}${withFin(segment)}`;
  return {
    layer: 'transport',
    headline: `tail loss probe: ${what}`,
    sentence: context.capital(
      `${context.name(draft.node)} has heard nothing for ${duration(amount(event, 'after'))}, more than two round trips, and sends ${what} to get an answer: if the end of its data is lost, nothing behind it can show that.`,
    ),
    decisions: [
      ...infoDecision(context, draft, event, 'the probe comes long before the RTO'),
      ...context.wayOut(draft, facts.text('ip.dst')),
    ],
    ...context.sentPacket(draft),
    ...because('tcp-tail-probe'),
  };
}

/** All that was under way when the loss was found has arrived. */
export function recovered(context: Context, draft: Draft, event: TcpEvent): Telling {
  const [cwnd, ssthresh] = [amount(event, 'cwnd'), amount(event, 'ssthresh')];
  const then = cwnd < ssthresh ? 'in slow start up to ssthresh' : 'slowly, about one segment per round trip';
  return {
    layer: 'transport',
    headline: `recovered: cwnd ${cwnd}, ssthresh ${ssthresh}`,
    sentence: context.capital(
      `${context.name(draft.node)} has an acknowledgment of all that was under way when the loss was found: the recovery is over. Its congestion window is ${cwnd} bytes and grows again, ${then}.`,
    ),
    decisions: infoDecision(context, draft, event, 'what was still missing before this acknowledgment'),
    ...because('tcp-recovered'),
  };
}

/** The peer says that it got something twice. */
export function duplicateReported(context: Context, draft: Draft, event: TcpEvent): Telling {
  const [left, right] = [sequenceIn(context, event, 'left'), sequenceIn(context, event, 'right')];
  const what = twiceText({ left, right });
  return {
    layer: 'transport',
    headline: `D-SACK: ${what} arrived twice`,
    sentence: context.capital(
      `${context.name(draft.node)} learns from a D-SACK that ${what} arrived twice: nothing of that was lost, and where it has sent it again, that was not needed.`,
    ),
    decisions: infoDecision(context, draft, event, 'how it had judged the loss'),
    ...because('tcp-dsack'),
  };
}

/** The peer passes on what a router has marked. */
export function congestionTold(context: Context, draft: Draft, event: TcpEvent): Telling {
  const [cwnd, ssthresh] = [amount(event, 'cwnd'), amount(event, 'ssthresh')];
  return {
    layer: 'transport',
    headline: `ECN echo: a queue grows; cwnd ${cwnd}`,
    sentence: context.capital(
      `${context.name(draft.node)} is told by the other side (ECE) that a router’s queue is filling up: it slows down as after a loss, to a congestion window of ${cwnd} bytes with ssthresh ${ssthresh}, though nothing has been lost.`,
    ),
    decisions: infoDecision(context, draft, event, 'cwnd before'),
    ...because('tcp-ecn'),
  };
}

/** Segments of this connection have to be smaller, or may be longer again. */
export function pathMtuLearned(context: Context, draft: Draft, event: TcpEvent): Telling {
  const [mss, told] = [amount(event, 'mss'), amount(event, 'told')];
  const [, remote] = connectionOf(event);
  if ('before' in event.data)
    return {
      layer: 'transport',
      headline: `path MTU: segments to ${remote} carry ${mss} bytes again`,
      sentence: context.capital(
        `${context.name(draft.node)} tries longer segments to ${remote} again: what it knew of a narrow link on the way is old. Instead of ${amount(event, 'before')} bytes a segment carries ${mss} from now on.`,
      ),
      decisions: infoDecision(context, draft, event, 'the MSS before'),
      ...because('path-mtu'),
    };
  return {
    layer: 'transport',
    headline: `path MTU: segments to ${remote} carry ${mss} bytes from now on`,
    sentence: context.capital(
      told === 0
        ? `${context.name(draft.node)} has sent long segments to ${remote} several times in vain and suspects a router that drops them without a word: it goes on with ${mss} bytes per segment.`
        : `${context.name(draft.node)} learns that packets to ${remote} may have ${told} bytes at most: from now on a segment carries ${mss} bytes.`,
    ),
    decisions: infoDecision(context, draft, event, 'the MSS before'),
    ...because('tcp-path-mtu'),
  };
}
