// TCP, the receiving side: what an arriving segment does to a connection, and what time-outs do.
// Reading list: RFC 9293 §3.10.7, §3.3.2 (states), RFC 5681 §2 (duplicate ACKs), RFC 2018 (SACK).

import type { TraceEvent } from '../../trace/events.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import { all, type Draft, find } from './draft.js';
import type { FrameFacts } from './facts.js';
import { because, type Reason } from './reasons.js';
import type { Decision, Telling } from './step.js';
import { range, ranges } from './tcp-info.js';
import type { AckNotes, DataNotes, SegmentNotes } from './tcp-notes.js';
import { resetReceived } from './tcp-reset.js';
import { count, duration, list } from './words.js';

type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

/** A segment at its connection: what is needed to tell it. */
interface Arrival {
  readonly context: Context;
  readonly draft: Draft;
  readonly segment: SegmentNotes;
  readonly facts: FrameFacts;
  /** The machine that gets it. */
  readonly name: string;
  /** State before it came; empty when that is not known. */
  readonly state: string;
  /** States it led to. */
  readonly states: readonly string[];
}

interface ArrivalWords {
  readonly headline: string;
  readonly sentence: string;
  readonly reason: Reason;
}

/** A segment has reached its connection, or the program that waits for one. */
export function segmentReceived(context: Context, draft: Draft, decided: EventOf<'decided'>): Telling {
  const facts = context.frames.of(decided.frame);
  const segment = context.tcp.read(facts);
  const row = context.rowOf(decided.row);
  const states = all(draft, 'state').map(({ to }) => to);
  const arrival: Arrival = {
    ...{ context, draft, segment, facts, states },
    name: context.name(draft.node),
    state: String(row?.state ?? ''),
  };
  const { headline, sentence, reason } = wordsOf(arrival);
  return {
    layer: 'transport',
    headline: `${headline}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
    sentence: context.capital(sentence),
    decisions: tableDecision(arrival, decided.row),
    ...because(reason),
  };
}

function tableDecision({ context, facts, state }: Arrival, row: number): Decision[] {
  const why =
    state === 'LISTEN'
      ? `a program listens on port ${facts.text('tcp.dstport')}`
      : 'the connection of these addresses and ports';
  return context.decision('tcp', row, why);
}

function wordsOf(arrival: Arrival): ArrivalWords {
  const { context, draft, segment, facts, name } = arrival;
  const { flags, from, to } = segment;
  const ack = context.tcp.noteArrivedAck(facts);
  if ((flags & TCP_FLAG.rst) !== 0) {
    const { headline, clause, reason } = resetReceived(context, draft, { local: to, remote: from });
    return { headline: `RST received, ${headline}`, sentence: `${name} ${clause}.`, reason };
  }
  if ((flags & TCP_FLAG.syn) !== 0) return synWords(arrival);
  return textWords(arrival, ack);
}

function synWords({ segment, facts, name, state, states }: Arrival): ArrivalWords {
  const port = facts.text('tcp.dstport');
  const isAck = (segment.flags & TCP_FLAG.ack) !== 0;
  if (state === 'SYN-SENT' && !isAck) {
    return {
      headline: 'SYN received while its own is under way',
      sentence: `${name} gets a SYN from the very port to which it has sent its own: both sides open the connection at the same time.`,
      reason: 'tcp-simultaneous-open',
    };
  }
  if (isAck) {
    return {
      headline: 'SYN, ACK received',
      sentence: `${name} gets SYN, ACK: its own SYN has arrived, and the other side’s number is known now.${established(states)}`,
      reason: 'tcp-handshake-ack',
    };
  }
  if (state !== '' && state !== 'LISTEN' && states.length === 0) {
    return {
      headline: `SYN received again in ${state}`,
      sentence: `${name} gets the SYN once more, in ${state}: the other side has not heard the answer.`,
      reason: 'tcp-syn-lost',
    };
  }
  return {
    headline: `SYN for port ${port}, where a program listens`,
    sentence: `${name} gets the SYN: a program listens on TCP port ${port}, so a connection begins.`,
    reason: 'tcp-syn',
  };
}

/** Data, FIN, acknowledgment: whatever of these the segment has. */
function textWords(arrival: Arrival, ack: AckNotes): ArrivalWords {
  const { context, segment, facts, name, states } = arrival;
  const { flagNames, length, sequence, acknowledgment } = segment;
  const data = length > 0 ? context.tcp.noteArrivedData(facts) : undefined;
  const said = [data === undefined ? undefined : dataWords(arrival, data), finWords(arrival)].filter(
    (words) => words !== undefined,
  );
  const heard = ackWords(arrival, ack);
  const isSide = said.length > 0;
  const more = said.map((words) => words.more ?? '').join('');
  const also = isSide && ack.isNew ? ` From ACK ${acknowledgment} it sees that ${heard.news}.` : '';
  const clauses = isSide ? said.map(({ clause }) => clause) : [heard.clause];
  const headlines = [
    `${flagNames}${length > 0 ? `, ${range(sequence, length)}` : ''}, ack ${acknowledgment} received`,
    ...said.map(({ headline }) => headline),
    ...(isSide ? [] : [heard.headline]),
  ];
  return {
    headline: headlines.filter((text) => text !== '').join(', '),
    sentence: `${name} ${list(clauses)}.${more}${also}${established(states)}${ending(arrival)}`,
    reason: said.at(-1)?.reason ?? heard.reason,
  };
}

interface Clause {
  /** For the headline; empty when there is nothing special. */
  readonly headline: string;
  readonly clause: string;
  readonly reason: Reason;
  /** A sentence that follows. */
  readonly more?: string;
}

const HALF_CLOSED = ' It has closed its own direction, but goes on listening: the connection is half-closed.';

function dataWords({ context, segment, state }: Arrival, data: DataNotes): Clause {
  const { sequence, length, from, to } = segment;
  const what = range(sequence, length);
  if (data.place === 'beyond') {
    return {
      headline: 'behind a gap',
      clause: `gets ${what}, but still waits for byte ${data.expected}: it keeps them until the gap is filled`,
      reason: 'tcp-gap',
    };
  }
  if (data.place === 'again') {
    return {
      headline: 'here already',
      clause: `gets ${what}, which it has already: it throws them away`,
      reason: 'tcp-again',
    };
  }
  const filled = data.complete - sequence;
  if (filled > length) {
    return {
      headline: 'gap filled',
      clause: `gets ${what}, which fill the gap: it hands ${range(sequence, filled)} to the program`,
      reason: 'tcp-gap',
    };
  }
  const isHalf =
    (state === 'FIN-WAIT-1' || state === 'FIN-WAIT-2') && context.once(`half-closed ${from} ${to} read`);
  return {
    headline: isHalf ? 'half-closed' : '',
    clause: `gets ${what} and hands ${length === 1 ? 'it' : 'them'} to the program`,
    reason: isHalf ? 'tcp-half-close' : 'tcp-data',
    ...(isHalf ? { more: HALF_CLOSED } : {}),
  };
}

function finWords({ segment, states }: Arrival): Clause | undefined {
  if ((segment.flags & TCP_FLAG.fin) === 0) return undefined;
  if (states.includes('CLOSING')) {
    return {
      headline: '',
      clause: 'gets FIN while its own is under way: both sides close at the same time',
      reason: 'tcp-simultaneous-close',
    };
  }
  return {
    headline: '',
    clause: 'gets FIN: the other side will send no more',
    reason: states.includes('TIME-WAIT') ? 'tcp-time-wait' : 'tcp-fin',
  };
}

/** What the acknowledgment says; `news` within another sentence. */
function ackWords({ draft, segment }: Arrival, ack: AckNotes): Clause & { readonly news: string } {
  const { acknowledgment, window, sack } = segment;
  const beyond = ranges(sack);
  const from = find(draft, 'state')?.from;
  const whose =
    from === 'SYN-RECEIVED'
      ? 'its SYN has arrived'
      : from === 'LAST-ACK' || from === 'FIN-WAIT-1' || from === 'CLOSING'
        ? 'its FIN has arrived'
        : 'everything before has arrived there';
  const news = beyond === '' ? whose : `${whose}, and from SACK that ${beyond} have too, beyond a gap`;
  const closes = window === 0 && ack.windowBefore !== 0;
  const told = (headline: string, words: string, reason: Reason): Clause & { readonly news: string } => ({
    headline,
    clause: `gets ACK ${acknowledgment}: ${words}`,
    reason,
    news,
  });
  if (ack.duplicate > 0) {
    return told(
      `duplicate ${ack.duplicate}${beyond === '' ? '' : `, SACK ${beyond}`}`,
      beyond === ''
        ? `a duplicate, number ${ack.duplicate}: byte ${acknowledgment} is still missing there, but something behind it has arrived`
        : `a duplicate, number ${ack.duplicate}: byte ${acknowledgment} is still missing there, while ${beyond} have arrived (SACK)`,
      'tcp-duplicate-ack',
    );
  }
  if (closes) {
    return told(
      'window 0',
      `${ack.isNew ? `${news}, but` : 'nothing new, but'} there is no room for more: window 0`,
      'tcp-zero-window',
    );
  }
  if (!ack.isNew && window === 0) return told('window 0', 'the window is still closed', 'tcp-zero-window');
  if (!ack.isNew && window !== ack.windowBefore) {
    return told(
      `window ${window}`,
      `nothing new is acknowledged, but the window is ${count(window, 'byte')} now`,
      'tcp-window-opened',
    );
  }
  return told(
    ack.isNew && beyond !== '' ? `SACK ${beyond}` : '',
    ack.isNew ? news : 'nothing new',
    beyond === '' ? 'tcp-ack' : 'tcp-duplicate-ack',
  );
}

function established(states: readonly string[]): string {
  return states.includes('ESTABLISHED') ? ' The connection is ESTABLISHED on this side.' : '';
}

function ending({ draft, states }: Arrival): string {
  if (states.includes('TIME-WAIT')) {
    const timer = find(draft, 'timer-set', ({ name }) => name.startsWith('tcp time-wait'));
    const wait = timer === undefined ? '' : ` for ${duration(timer.at - timer.time)}`;
    return ` Both directions are closed; it waits in TIME-WAIT${wait} in case its last ACK is lost.`;
  }
  if (states.at(-1) === 'CLOSE-WAIT') return ' The connection is in CLOSE-WAIT: this side could still send.';
  if (states.at(-1) === 'FIN-WAIT-2')
    return ' Its own direction is closed (FIN-WAIT-2): it only waits for the other side to finish.';
  if (states.includes('CLOSED')) return ' Both directions are closed, and the connection is forgotten.';
  return '';
}

/** A connection moved because time passed, not because a segment came. */
export function connectionTimer(context: Context, draft: Draft, state: EventOf<'state'>): Telling {
  const name = context.name(draft.node);
  if (state.from === 'TIME-WAIT') {
    return {
      layer: 'transport',
      headline: 'TIME-WAIT is over: connection forgotten',
      sentence: context.capital(
        `${name} has waited long enough in TIME-WAIT and forgets the connection: late duplicates have died by now.`,
      ),
      ...because('tcp-time-wait'),
    };
  }
  // A segment that is due to this state, but has to wait for a MAC address.
  const [local, remote] = state.key.split(' → ');
  const waiting: Readonly<Record<string, readonly [headline: string, deed: string, reason: Reason]>> = {
    'SYN-SENT': ['SYN', `opens a connection from ${local} to ${remote} and makes the SYN`, 'tcp-syn'],
    'SYN-RECEIVED': [
      'SYN, ACK',
      `agrees to the connection from ${remote} and makes the SYN, ACK`,
      'tcp-syn-ack',
    ],
    'FIN-WAIT-1': ['FIN', `has nothing more to send to ${remote} and makes the FIN`, 'tcp-fin'],
    'LAST-ACK': ['FIN', `has nothing more to send to ${remote} either and makes the FIN`, 'tcp-fin'],
  };
  const made = waiting[state.to];
  if (made !== undefined) {
    const [what, deed, reason] = made;
    return {
      layer: 'transport',
      headline: `${what} for ${remote}: ${state.to}`,
      sentence: context.capital(`${name} ${deed}.`),
      ...because(reason),
    };
  }
  return {
    layer: 'transport',
    headline: `TCP ${state.from} → ${state.to}`,
    sentence: context.capital(
      state.to === 'CLOSED' && find(draft, 'timer-fired') !== undefined
        ? `${name} has tried long enough without an answer and gives the connection up.`
        : `${name} moves its connection ${state.key} from ${state.from} to ${state.to}.`,
    ),
    ...because('tcp-retransmit'),
  };
}
