// TCP, the receiving side: what an arriving segment does to a connection, and what time-outs do.
// Reading list: RFC 9293 §3.10.7, §3.3.2 (states).

import type { TraceEvent } from '../../trace/events.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import { all, type Draft, find } from './draft.js';
import { because, type Reason } from './reasons.js';
import type { Telling } from './step.js';
import { range } from './tcp-send.js';
import { duration, list } from './words.js';

type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

/** A segment has reached its connection, or the program that waits for one. */
export function segmentReceived(context: Context, draft: Draft, decided: EventOf<'decided'>): Telling {
  const facts = context.frames.of(decided.frame);
  const segment = context.tcp.read(facts);
  const { flags, length, sequence, acknowledgment } = segment;
  const name = context.name(draft.node);
  const is = (flag: number): boolean => (flags & flag) !== 0;
  const port = facts.text('tcp.dstport');
  const listening = context.rowOf(decided.row)?.state === 'LISTEN';
  const states = all(draft, 'state').map(({ to }) => to);
  const isNewAck = context.tcp.noteArrival(facts);
  const told = (headline: string, sentence: string, reason: Reason): Telling => ({
    layer: 'transport',
    headline: `${headline}${states.length === 0 ? '' : `: ${states.join(', ')}`}`,
    sentence: context.capital(sentence),
    decisions: context.decision(
      'tcp',
      decided.row,
      listening ? `a program listens on port ${port}` : 'the connection of these addresses and ports',
    ),
    ...because(reason),
  });

  if (is(TCP_FLAG.rst)) {
    const refused =
      states.includes('CLOSED') && find(draft, 'state', ({ from }) => from === 'SYN-SENT') !== undefined;
    return told(
      'RST received',
      `${name} gets RST: ${refused ? 'nobody listens there, the connection is refused' : 'the other side has given the connection up'}.`,
      'tcp-reset',
    );
  }
  if (is(TCP_FLAG.syn) && !is(TCP_FLAG.ack)) {
    return told(
      `SYN for port ${port}, where a program listens`,
      `${name} gets the SYN: a program listens on TCP port ${port}, so a connection begins.`,
      'tcp-syn',
    );
  }
  if (is(TCP_FLAG.syn)) {
    return told(
      'SYN, ACK received',
      `${name} gets SYN, ACK: its own SYN has arrived, and the other side’s number is known now.${established(states)}`,
      'tcp-handshake-ack',
    );
  }
  const from = find(draft, 'state')?.from;
  const parts: string[] = [];
  if (length > 0) parts.push(`gets ${range(sequence, length)} and hands them to the program`);
  if (is(TCP_FLAG.fin)) parts.push('gets FIN: the other side will send no more');
  const whose =
    from === 'SYN-RECEIVED'
      ? 'its SYN has arrived'
      : from === 'LAST-ACK'
        ? 'its FIN has arrived'
        : 'everything before has arrived there';
  const also = parts.length > 0 && isNewAck ? ` From ACK ${acknowledgment} it sees that ${whose}.` : '';
  if (parts.length === 0) parts.push(`gets ACK ${acknowledgment}: ${isNewAck ? whose : 'nothing new'}`);
  const reason: Reason = is(TCP_FLAG.fin)
    ? states.includes('TIME-WAIT')
      ? 'tcp-time-wait'
      : 'tcp-fin'
    : length > 0
      ? 'tcp-data'
      : 'tcp-ack';
  const headline = `${segment.flagNames}${length > 0 ? `, bytes ${sequence}–${sequence + length - 1}` : ''}, ack ${acknowledgment} received`;
  return told(
    headline,
    `${name} ${list(parts)}.${also}${established(states)}${ending(draft, states)}`,
    reason,
  );
}

function established(states: readonly string[]): string {
  return states.includes('ESTABLISHED') ? ' The connection is ESTABLISHED on this side.' : '';
}

function ending(draft: Draft, states: readonly string[]): string {
  if (states.includes('TIME-WAIT')) {
    const timer = find(draft, 'timer-set', ({ name }) => name.startsWith('tcp time-wait'));
    const wait = timer === undefined ? '' : ` for ${duration(timer.at - timer.time)}`;
    return ` Both directions are closed; it waits in TIME-WAIT${wait} in case its last ACK is lost.`;
  }
  if (states.at(-1) === 'CLOSE-WAIT') return ' The connection is in CLOSE-WAIT: this side could still send.';
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
