// What an arriving segment does to a connection: RFC 9293 §3.10.7, in its order, one function per step.

import { seqAdd, seqAtMost, seqLess } from '../../base/sequence.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import { findMss, findWindowScale } from '../../wire/tcp-options.js';
import type { TcpConnection } from './connection.js';
import { has, segmentLength, type TcpSegment } from './segment.js';

/** What became of the segment: taken, or why not. */
export type Arrival = 'taken' | DropReason;

/** RFC 9293 §3.10.7.3–3.10.7.4. Answers are left to `output`, which the caller runs. */
export function segmentArrives(connection: TcpConnection, segment: TcpSegment): Arrival {
  return connection.state === 'SYN-SENT'
    ? arrivesInSynSent(connection, segment)
    : arrivesSynchronized(connection, segment);
}

// ---- §3.10.7.3 SYN-SENT ----

function arrivesInSynSent(connection: TcpConnection, segment: TcpSegment): Arrival {
  const { sender, receiver, tcp } = connection;
  // First: is the acknowledgment, if there is one, of our SYN?
  const acknowledges = has(segment, TCP_FLAG.ack);
  const acceptable =
    acknowledges &&
    seqLess(sender.initial, segment.acknowledgment) &&
    seqAtMost(segment.acknowledgment, sender.max);
  if (acknowledges && !acceptable) {
    if (!has(segment, TCP_FLAG.rst)) tcp.resetFor(connection, segment);
    return 'tcp-bad-ack';
  }
  // Second: a reset says that nobody listens there.
  if (has(segment, TCP_FLAG.rst)) {
    if (!acceptable) return 'tcp-unexpected';
    connection.fail('ECONNREFUSED');
    return 'taken';
  }
  // Fourth: without a SYN it is nothing.
  if (!has(segment, TCP_FLAG.syn)) return 'tcp-unexpected';
  receiver.begin(segment.sequence);
  connection.agree(findMss(segment.options), findWindowScale(segment.options));
  sender.offered(segment.window, segment.sequence, segment.acknowledgment);
  if (!acceptable) {
    // Both sides opened at once (RFC 9293 §3.5, figure 8).
    connection.accept(sender.initial);
    return 'taken';
  }
  takeAcknowledgment(connection, segment);
  connection.enter('ESTABLISHED');
  // The acknowledgment goes out before the program hears of it, so it carries no text of the program's.
  connection.sendAck();
  connection.listener.connected?.(connection);
  if (segment.text.length > 0 || has(segment, TCP_FLAG.fin)) {
    takeText(connection, { ...segment, sequence: seqAdd(segment.sequence, 1) });
  }
  return 'taken';
}

// ---- §3.10.7.4 all others ----

function arrivesSynchronized(connection: TcpConnection, segment: TcpSegment): Arrival {
  // First: is it within the window?
  const trimmed = checkSequence(connection, segment);
  if (trimmed === null) return 'tcp-unacceptable';
  // Second: a reset?
  if (has(segment, TCP_FLAG.rst)) return takeReset(connection, segment);
  // Fourth: a SYN?
  if (has(segment, TCP_FLAG.syn)) return takeSyn(connection);
  // Fifth: every segment acknowledges.
  if (!has(segment, TCP_FLAG.ack)) return 'tcp-no-ack';
  const acknowledged = checkAcknowledgment(connection, trimmed);
  if (acknowledged !== 'taken') return acknowledged;
  if (connection.state === 'CLOSED') return 'taken';
  // Seventh and eighth: text and FIN.
  takeText(connection, trimmed);
  return 'taken';
}

/** RFC 9293 §3.4, the four cases. Returns the part that may be looked at, or null after answering what is outside. */
function checkSequence(connection: TcpConnection, segment: TcpSegment): TcpSegment | null {
  const { receiver } = connection;
  if (receiver.isAcceptable(segment.sequence, segmentLength(segment))) return segment;
  // A closed window takes no text, but what the segment acknowledges counts.
  if (receiver.window === 0 && segment.sequence === receiver.next) {
    connection.ackNow = true;
    return { ...segment, flags: segment.flags & ~TCP_FLAG.fin, text: segment.text.subarray(0, 0) };
  }
  if (!has(segment, TCP_FLAG.rst)) connection.ackNow = true;
  // A FIN sent again restarts the wait (RFC 9293 §3.10.7.4, TIME-WAIT).
  if (connection.state === 'TIME-WAIT' && has(segment, TCP_FLAG.fin)) connection.startTimeWait();
  return null;
}

function takeReset(connection: TcpConnection, segment: TcpSegment): Arrival {
  // Only the very next number ends the connection; others in the window are challenged (RFC 5961 §3).
  if (segment.sequence !== connection.receiver.next) {
    connection.ackNow = true;
    return 'tcp-unacceptable';
  }
  switch (connection.state) {
    case 'SYN-RECEIVED':
      if (connection.passive) connection.finish();
      else connection.fail('ECONNREFUSED');
      break;
    case 'CLOSING':
    case 'LAST-ACK':
    case 'TIME-WAIT':
      connection.finish();
      break;
    default:
      connection.fail('ECONNRESET');
  }
  return 'taken';
}

/** A SYN within the window is challenged, not believed (RFC 5961 §4). */
function takeSyn(connection: TcpConnection): Arrival {
  connection.ackNow = true;
  return 'tcp-unexpected';
}

function checkAcknowledgment(connection: TcpConnection, segment: TcpSegment): Arrival {
  const { sender, tcp } = connection;
  if (connection.state === 'SYN-RECEIVED') {
    if (
      !seqLess(sender.unacknowledged, segment.acknowledgment) ||
      !seqAtMost(segment.acknowledgment, sender.max)
    ) {
      tcp.resetFor(connection, segment);
      return 'tcp-bad-ack';
    }
    connection.enter('ESTABLISHED');
    sender.offered(segment.window << sender.windowShift, segment.sequence, segment.acknowledgment);
    takeAcknowledgment(connection, segment);
    tcp.accepted(connection);
    connection.listener.connected?.(connection);
    return 'taken';
  }
  // Something not yet sent is acknowledged: tell where we are.
  if (seqLess(sender.max, segment.acknowledgment)) {
    connection.ackNow = true;
    return 'tcp-bad-ack';
  }
  // Older than the newest by more than the largest window: somebody guesses (RFC 5961 §5).
  if (seqLess(segment.acknowledgment, seqAdd(sender.unacknowledged, -sender.largestWindow))) {
    connection.ackNow = true;
    return 'tcp-bad-ack';
  }
  updateWindow(connection, segment);
  if (seqLess(sender.unacknowledged, segment.acknowledgment)) takeAcknowledgment(connection, segment);
  closeByAcknowledgment(connection);
  return 'taken';
}

/** Newer segments tell the window; older ones must not (SND.WL1, SND.WL2). */
function updateWindow(connection: TcpConnection, segment: TcpSegment): void {
  const { sender } = connection;
  if (seqLess(segment.acknowledgment, sender.unacknowledged)) return;
  if (
    seqLess(sender.windowSequence, segment.sequence) ||
    (sender.windowSequence === segment.sequence &&
      seqAtMost(sender.windowAcknowledgment, segment.acknowledgment))
  ) {
    sender.offered(segment.window << sender.windowShift, segment.sequence, segment.acknowledgment);
  }
}

function takeAcknowledgment(connection: TcpConnection, segment: TcpSegment): void {
  connection.sender.acknowledged(segment.acknowledgment, connection.tcp.context.clock.now);
  connection.acknowledgmentProgressed();
}

/** Our FIN has been acknowledged: the closing states move on. */
function closeByAcknowledgment(connection: TcpConnection): void {
  if (!connection.sender.finAcknowledged) return;
  switch (connection.state) {
    case 'FIN-WAIT-1':
      connection.enter('FIN-WAIT-2');
      break;
    case 'CLOSING':
      connection.enter('TIME-WAIT');
      connection.listener.closed?.(connection);
      break;
    case 'LAST-ACK':
      connection.finish();
      break;
    default:
  }
}

function takeText(connection: TcpConnection, segment: TcpSegment): void {
  const { receiver, sender } = connection;
  const { state } = connection;
  const receiving = state === 'ESTABLISHED' || state === 'FIN-WAIT-1' || state === 'FIN-WAIT-2';
  const fin = has(segment, TCP_FLAG.fin);
  if (!receiving) {
    // The peer has finished already: nothing more can come from it.
    if (fin && state === 'TIME-WAIT') connection.startTimeWait();
    if (segment.text.length > 0 || fin) connection.ackNow = true;
    return;
  }
  if (segment.text.length === 0 && !fin) return;
  const expected = receiver.next;
  const fresh = receiver.receive(segment.sequence, segment.text, fin);
  // Out of order, a gap closed, a FIN, or a second full segment: at once. Otherwise the acknowledgment may wait.
  if (receiver.next === expected || receiver.hasGap || receiver.finished || connection.ackLater)
    connection.ackNow = true;
  else if (fresh >= 2 * sender.mss || segment.sequence !== expected) connection.ackNow = true;
  else connection.ackLater = true;
  if (fresh > 0) connection.listener.readable?.(connection);
  if (receiver.finished) takeFin(connection);
}

/** §3.10.7.4, eighth. */
function takeFin(connection: TcpConnection): void {
  switch (connection.state) {
    case 'ESTABLISHED':
      connection.enter('CLOSE-WAIT');
      connection.listener.ended?.(connection);
      break;
    case 'FIN-WAIT-1':
      connection.enter('CLOSING');
      connection.listener.ended?.(connection);
      break;
    case 'FIN-WAIT-2':
      connection.enter('TIME-WAIT');
      connection.listener.ended?.(connection);
      connection.listener.closed?.(connection);
      break;
    default:
  }
}
