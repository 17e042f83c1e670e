// What a connection sends, and when: SYN, text, FIN, acknowledgments, and again what nobody acknowledged.
// Reading list: RFC 9293 §3.8 (data), §3.8.3 (giving up), §3.8.6.1 (closed windows), §3.10.8 (time-outs), RFC 6298 §5
// (the timer), RFC 1122 §4.2.3.2 (delayed acknowledgments).

import { MILLISECOND, MINUTE, NEVER, type Time } from '../../base/time.js';
import type { Timer } from '../../base/timer.js';
import type { AppEventName, RowView } from '../../trace/events.js';
import { atNode } from '../../trace/recorder.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpOption } from '../../wire/tcp-options.js';
import type { TcpConnection } from './connection.js';
import { MAXIMUM_RTO } from './retransmission-timer.js';

/** At most 500 ms (RFC 9293 §3.8.6.3, MUST-58). */
const ACK_DELAY: Time = 40 * MILLISECOND;
/** How long text may wait for a window that is open, but silly: 0.1 to 1 s (RFC 9293 §3.8.6.2.1). */
const OVERRIDE_DELAY: Time = 200 * MILLISECOND;
/**
 * RFC 9293 §3.8.3 (R2): at least 100 s for data, at least 3 minutes for a SYN. With data it is as long as with most hosts
 * today, so that a connection survives lines that lose a third of everything.
 */
const GIVE_UP_DATA: Time = 15 * MINUTE;
const GIVE_UP_SYN: Time = 3 * MINUTE;

const NO_OPTIONS: readonly TcpOption[] = [];

/** Sends what may be sent now: text and FIN, an acknowledgment that is due. Called whenever something may have changed. */
export function output(connection: TcpConnection): void {
  if (connection.state === 'CLOSED') return;
  if (maySendText(connection)) while (sendNext(connection));
  if (connection.ackNow) sendAck(connection);
  else if (connection.ackLater && connection.delayedAck.at === NEVER) {
    connection.delayedAck.set(connection.tcp.context.clock.now + ACK_DELAY);
  }
  keepTimer(connection);
}

/** States in which there may be text or a FIN to send. */
function maySendText({ state }: TcpConnection): boolean {
  switch (state) {
    case 'ESTABLISHED':
    case 'CLOSE-WAIT':
    case 'FIN-WAIT-1':
    case 'CLOSING':
    case 'LAST-ACK':
      return true;
    default:
      return false;
  }
}

// ---- segments ----

/** Our SYN, or when the peer's is here our SYN, ACK; for the first time or again. */
export function sendSyn(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  const options: TcpOption[] = [{ kind: 'mss', value: tcp.maximumSegment(connection) }];
  if (connection.scalesWindows) {
    options.push({ kind: 'nop' }, { kind: 'window-scale', shift: connection.wantedShift });
  }
  const flags = connection.state === 'SYN-SENT' ? TCP_FLAG.syn : TCP_FLAG.syn | TCP_FLAG.ack;
  sender.goBack();
  tcp.transmit(connection, sender.initial, flags, 0, options);
  sender.sent(1, tcp.context.clock.now);
  ackSent(connection);
  keepTimer(connection);
}

/** An acknowledgment by itself. */
export function sendAck(connection: TcpConnection): void {
  connection.tcp.transmit(connection, connection.sender.quietSequence, TCP_FLAG.ack, 0, NO_OPTIONS);
  ackSent(connection);
}

/** The next segment with text or FIN, if it may be sent; false: not now. */
function sendNext(connection: TcpConnection): boolean {
  const { sender } = connection;
  const size = sender.nextText;
  const fin = sender.finFollows(size);
  if (size === 0 && !fin) return false;
  sendText(connection, size, fin);
  return true;
}

function sendText(connection: TcpConnection, size: number, fin: boolean): void {
  const { sender, tcp } = connection;
  const { recorder } = tcp.context;
  const { cause } = recorder;
  const length = fin ? size + 1 : size;
  const repeated = sender.repeated(length);
  if (repeated > 0) tellRetransmission(connection, repeated);
  tcp.transmit(connection, sender.next, flagsOf(connection, size, fin), size, NO_OPTIONS);
  recorder.cause = cause;
  sender.sent(length, tcp.context.clock.now);
  ackSent(connection);
}

/** PSH when the segment empties the buffer (RFC 9293 §3.9.1.2). */
function flagsOf(connection: TcpConnection, size: number, fin: boolean): number {
  let flags: number = TCP_FLAG.ack;
  if (size > 0 && size === connection.sender.unsent) flags |= TCP_FLAG.psh;
  if (fin) flags |= TCP_FLAG.fin;
  return flags;
}

function ackSent(connection: TcpConnection): void {
  connection.ackNow = false;
  connection.ackLater = false;
  connection.delayedAck.clear();
}

// ---- time-outs ----

/** The one timer for everything that needs an answer runs as long as something does (RFC 6298 §5.1). */
function keepTimer(connection: TcpConnection): void {
  const { sender, retransmission, tcp } = connection;
  if (retransmission.at !== NEVER) return;
  if (sender.allAcknowledged && !sender.isHeld) {
    connection.waitingSince = NEVER;
    return;
  }
  const { now } = tcp.context.clock;
  if (connection.waitingSince === NEVER) connection.waitingSince = now;
  let wait = sender.timer.timeout;
  if (sender.windowClosed) {
    if (connection.probeInterval === 0) connection.probeInterval = wait;
    wait = connection.probeInterval;
  } else if (sender.allAcknowledged) wait = OVERRIDE_DELAY;
  retransmission.set(now + wait);
}

/** The peer has acknowledged something new: the wait begins anew, for what is still under way (RFC 6298 §5.2–5.3). */
export function waitAnew(connection: TcpConnection): void {
  connection.retransmission.clear();
  connection.waitingSince = NEVER;
  connection.probeInterval = 0;
  connection.softError = undefined;
}

/** The peer has told its window, and before it was closed. */
export function windowHeard(connection: TcpConnection): void {
  // A peer that answers is alive, and may keep its window closed as long as it likes (RFC 9293 §3.8.6.1, MUST-37).
  if (connection.sender.windowClosed) connection.waitingSince = connection.tcp.context.clock.now;
  else waitAnew(connection);
}

export function timerFired(connection: TcpConnection, timer: Timer): void {
  if (timer === connection.delayedAck) {
    if (connection.ackLater) sendAck(connection);
    return;
  }
  const { sender, tcp } = connection;
  const limit = sender.synAcknowledged ? GIVE_UP_DATA : GIVE_UP_SYN;
  if (tcp.context.clock.now - connection.waitingSince >= limit) {
    connection.fail(connection.softError ?? 'ETIMEDOUT');
    return;
  }
  if (!sender.synAcknowledged) repeatSyn(connection);
  else if (sender.windowClosed) probeWindow(connection);
  else if (sender.allAcknowledged)
    sendText(connection, sender.allowedText, sender.finFollows(sender.allowedText));
  else retransmit(connection);
  keepTimer(connection);
}

function repeatSyn(connection: TcpConnection): void {
  connection.sender.timer.backOff();
  tellRetransmission(connection, 1);
  sendSyn(connection);
}

/** Sends again the first segment that nobody acknowledged (RFC 6298 §5.4–5.6); what follows waits for the answer. */
function retransmit(connection: TcpConnection): void {
  const { sender } = connection;
  sender.timer.backOff();
  sender.goBack();
  const size = sender.allowedText;
  sendText(connection, size, sender.finFollows(size));
}

/** One byte, or the FIN, into a closed window: the answer tells whether it is still closed (RFC 9293 §3.8.6.1). */
function probeWindow(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  sender.goBack();
  const size = Math.min(1, sender.unsent);
  const flags = flagsOf(connection, size, size === 0);
  connection.probeInterval = Math.min(MAXIMUM_RTO, 2 * (connection.probeInterval || sender.timer.timeout));
  tell(connection, 'tcp.window-probed', { interval: connection.probeInterval });
  tcp.transmit(connection, sender.next, flags, size, NO_OPTIONS);
  sender.probed();
  ackSent(connection);
}

/** `length` sequence numbers go out again. */
function tellRetransmission(connection: TcpConnection, length: number): void {
  const { attempts, timeout } = connection.sender.timer;
  tell(connection, 'tcp.retransmitted', { length, attempt: Math.max(1, attempts), timeout });
}

/** Records why the segment that goes out next does. */
function tell(connection: TcpConnection, name: AppEventName, facts: RowView): void {
  const { recorder, node } = connection.tcp.context;
  if (!recorder.on) return;
  const data = { connection: connection.name, ...facts };
  recorder.cause = recorder.record(atNode(node), { kind: 'app', name, data });
}
