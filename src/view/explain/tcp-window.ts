// TCP, when the receiver sets the pace: closed windows, probes, and signs of life on an idle connection.
// Reading list: RFC 9293 §3.8.6 (windows), §3.8.6.1 (probes), §3.8.4 (keep-alive).

import type { Context } from './context.js';
import type { Draft } from './draft.js';
import { because } from './reasons.js';
import type { Telling } from './step.js';
import { amount, connectionOf, infoDecision, range, type TcpEvent } from './tcp-info.js';
import { count, duration } from './words.js';

/** The peer has no room left. */
export function windowClosed(context: Context, draft: Draft, event: TcpEvent): Telling {
  const waiting = amount(event, 'waiting');
  const [, remote] = connectionOf(event);
  return {
    layer: 'transport',
    headline: `window of ${remote} closed${waiting === 0 ? '' : `: ${count(waiting, 'byte')} ${waiting === 1 ? 'waits' : 'wait'}`}`,
    sentence: context.capital(
      `${context.name(draft.node)} must stop: the window of ${remote} is 0, as the program there does not read what has arrived. ${waiting === 0 ? 'But it has nothing to send' : `${count(waiting, 'byte')} must wait`}.`,
    ),
    decisions: infoDecision(context, draft, event, 'cwnd would allow more, but the peer’s window does not'),
    ...because('tcp-zero-window'),
  };
}

/** The peer has room again. */
export function windowOpened(context: Context, draft: Draft, event: TcpEvent): Telling {
  const window = amount(event, 'window');
  const [, remote] = connectionOf(event);
  return {
    layer: 'transport',
    headline: `window of ${remote} open again: ${count(window, 'byte')}`,
    sentence: context.capital(
      `${context.name(draft.node)} may go on: ${remote} has room for ${count(window, 'byte')} again.`,
    ),
    decisions: infoDecision(context, draft, event, 'the window was closed before'),
    ...because('tcp-window-opened'),
  };
}

/** Is the window still closed? */
export function windowProbed(context: Context, draft: Draft, event: TcpEvent): Telling {
  const facts = context.factsOf(draft);
  const segment = context.tcp.read(facts);
  if (facts.has('tcp')) context.tcp.noteSent(facts);
  const what = segment.length > 0 ? range(segment.sequence, segment.length) : 'a segment without data';
  const interval = amount(event, 'interval');
  const next = interval === 0 ? '' : `; if nothing changes, the next probe follows in ${duration(interval)}`;
  return {
    layer: 'transport',
    headline: `window probe: ${what}`,
    sentence: context.capital(
      `${context.name(draft.node)} finds the window of the other side closed and sends ${what} to see whether it has opened${next}.`,
    ),
    decisions: [
      ...infoDecision(context, draft, event, 'the peer’s window is 0'),
      ...context.wayOut(draft, facts.text('ip.dst')),
    ],
    ...context.sentPacket(draft),
    ...because('tcp-window-probe'),
  };
}

/** Is the peer still there? */
export function keepAliveProbed(context: Context, draft: Draft, event: TcpEvent): Telling {
  const facts = context.factsOf(draft);
  if (facts.has('tcp')) context.tcp.noteSent(facts);
  const attempt = amount(event, 'attempt');
  const [, remote] = connectionOf(event);
  return {
    layer: 'transport',
    headline: `keep-alive probe ${attempt} to ${remote}`,
    sentence: context.capital(
      `${context.name(draft.node)} has heard nothing of ${remote} for long and asks whether it is still there (keep-alive probe ${attempt}): an empty segment with an old sequence number, which has to be answered.`,
    ),
    decisions: [
      ...infoDecision(context, draft, event, 'nothing is in flight: the connection is idle'),
      ...context.wayOut(draft, facts.text('ip.dst')),
    ],
    ...context.sentPacket(draft),
    ...because('tcp-keep-alive'),
  };
}
