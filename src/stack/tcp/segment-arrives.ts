// What an arriving segment does to a connection: RFC 9293 §3.10.7, in its order, one function per step. What it leads
// to is left to `output`, and what the program is to hear of it to `tellProgram`; the caller runs both afterwards.
// Reading list: RFC 9293 §3.10.7.3–3.10.7.4, RFC 5961 (blind attacks), RFC 1122 §4.2.3.2 (when to acknowledge).

import { seqAdd, seqAtMost, seqLess } from '../../base/sequence.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpConnection } from './connection.js';
import { sendAck, sendSyn, waitAnew, windowHeard } from './output.js';
import type { TcpSegment } from './segment.js';

const { ack: ACK, fin: FIN, rst: RST, syn: SYN } = TCP_FLAG;

export function segmentArrives(connection: TcpConnection, segment: TcpSegment): void {
  if (connection.state === 'SYN-SENT') arrivesInSynSent(connection, segment);
  else arrivesLater(connection, segment);
}

// ---- §3.10.7.3 SYN-SENT ----

function arrivesInSynSent(connection: TcpConnection, segment: TcpSegment): void {
  const { sender, receiver, tcp } = connection;
  // First: what it acknowledges, if anything, must be our SYN.
  const acknowledges = segment.has(ACK);
  if (acknowledges && segment.acknowledgment !== seqAdd(sender.initial, 1)) {
    tcp.drop('tcp-bad-ack');
    if (!segment.has(RST)) tcp.reset(connection, segment);
    return;
  }
  // Second: a reset says that nobody listens there; only who has seen our SYN can say so.
  if (segment.has(RST)) {
    if (acknowledges) connection.fail('ECONNREFUSED');
    else tcp.drop('tcp-unexpected');
    return;
  }
  // Fourth: without a SYN it means nothing yet.
  if (!segment.has(SYN)) {
    tcp.drop('tcp-unexpected');
    return;
  }
  receiver.begin(segment.sequence);
  connection.agree(segment.options);
  sender.offered(segment.window, segment.sequence, segment.acknowledgment);
  if (!acknowledges) {
    // Both sides have opened at once (RFC 9293 §3.5, figure 7).
    connection.enter('SYN-RECEIVED');
    sendSyn(connection);
    return;
  }
  takeAcknowledgment(connection, segment);
  connection.enter('ESTABLISHED');
  segment.skipSyn();
  takeText(connection, segment);
  // This acknowledgment goes out before the program hears of it, so it carries nothing of the program's.
  sendAck(connection);
}

// ---- §3.10.7.4 all other states ----

function arrivesLater(connection: TcpConnection, segment: TcpSegment): void {
  const { tcp } = connection;
  // First: does it lie within the window?
  if (!checkSequence(connection, segment)) return;
  // Second: a reset? (Third, security and precedence, is no more: RFC 9293 §3.10.7.4.)
  if (segment.has(RST)) return takeReset(connection, segment);
  // Fourth: a SYN?
  if (segment.has(SYN)) return takeSyn(connection);
  // Fifth: every segment acknowledges.
  if (!segment.has(ACK)) return tcp.drop('tcp-no-ack');
  if (!checkAcknowledgment(connection, segment)) return;
  takeWindow(connection, segment);
  if (seqLess(connection.sender.unacknowledged, segment.acknowledgment))
    takeAcknowledgment(connection, segment);
  closeByAcknowledgment(connection);
  // Seventh and eighth: text and FIN. (Sixth, urgent data, comes with a later version.)
  takeText(connection, segment);
}

/** First. True: it may be looked at, what lies outside the window cut off. False: it has been answered. */
function checkSequence(connection: TcpConnection, segment: TcpSegment): boolean {
  const { receiver, state, tcp } = connection;
  if (receiver.isAcceptable(segment.sequence, segment.length)) return true;
  if (state === 'SYN-RECEIVED' && isTheirSyn(connection, segment)) {
    // Without its SYN, the answer to our SYN begins where it should (simultaneous opening).
    if (segment.has(ACK)) {
      segment.skipSyn();
      return true;
    }
    // Differs: RFC 9293 §3.10.7.4 answers with a bare acknowledgment. That means nothing to who still waits for a SYN;
    // our answer, which got lost, does.
    tcp.drop('tcp-unacceptable');
    sendSyn(connection);
    return false;
  }
  // A closed window takes no text, but what the rest of the segment says counts.
  if (receiver.window === 0 && segment.sequence === receiver.next) {
    tcp.drop('tcp-buffer-full');
    connection.ackNow = true;
    segment.dropText();
    return true;
  }
  tcp.drop('tcp-unacceptable');
  if (segment.has(RST)) return false;
  // The peer's FIN once more: our last acknowledgment got lost.
  if (state === 'TIME-WAIT' && segment.has(FIN) && segment.end === receiver.next) connection.startTimeWait();
  challenge(connection, segment);
  return false;
}

/** The SYN that the connection began with, once more. */
function isTheirSyn(connection: TcpConnection, segment: TcpSegment): boolean {
  return segment.has(SYN) && !segment.has(RST) && segment.sequence === connection.receiver.initial;
}

/** Says where we are to who does not seem to know; who has only guessed learns nothing from it (RFC 5961 §3.2, §4.2). */
function challenge(connection: TcpConnection, segment: TcpSegment): void {
  const { challenges, tcp } = connection;
  if (segment.length > 0 || challenges.take(tcp.context.clock.now)) connection.ackNow = true;
}

/** Second. Only the very next number ends the connection; others in the window are challenged (RFC 5961 §3.2). */
function takeReset(connection: TcpConnection, segment: TcpSegment): void {
  if (segment.sequence !== connection.receiver.next) {
    connection.tcp.drop('tcp-challenged');
    challenge(connection, segment);
    return;
  }
  switch (connection.state) {
    case 'SYN-RECEIVED':
      // The listener goes on listening; who has called is told (RFC 9293 §3.10.7.4).
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
}

/** Fourth. A SYN in the window is challenged, not believed (RFC 5961 §4.2), unless nothing stands yet. */
function takeSyn(connection: TcpConnection): void {
  if (connection.state === 'SYN-RECEIVED' && connection.passive) {
    connection.tcp.drop('tcp-unexpected');
    connection.finish();
    return;
  }
  connection.tcp.drop('tcp-challenged');
  connection.ackNow = true;
}

/** Fifth. False: what it acknowledges makes no sense, and has been answered. */
function checkAcknowledgment(connection: TcpConnection, segment: TcpSegment): boolean {
  const { sender, tcp } = connection;
  const { acknowledgment } = segment;
  const isNew = seqLess(sender.unacknowledged, acknowledgment) && seqAtMost(acknowledgment, sender.max);
  if (isNew) return true;
  if (connection.state === 'SYN-RECEIVED') {
    tcp.drop('tcp-bad-ack');
    tcp.reset(connection, segment);
    return false;
  }
  // Never sent, or older than anything a window can have held: somebody guesses (RFC 5961 §5.2).
  const oldest = seqAdd(sender.unacknowledged, -sender.largestWindow);
  if (seqAtMost(acknowledgment, sender.unacknowledged) && seqAtMost(oldest, acknowledgment)) return true;
  tcp.drop('tcp-bad-ack');
  challenge(connection, segment);
  return false;
}

/** Newer segments tell the window; older ones must not (SND.WL1, SND.WL2). */
function takeWindow(connection: TcpConnection, segment: TcpSegment): void {
  const { sender } = connection;
  const { sequence, acknowledgment } = segment;
  if (seqLess(acknowledgment, sender.unacknowledged)) return;
  if (seqLess(sequence, sender.windowSequence)) return;
  if (sequence === sender.windowSequence && seqLess(acknowledgment, sender.windowAcknowledgment)) return;
  const wasClosed = sender.windowClosed;
  sender.offered(segment.window << sender.windowShift, sequence, acknowledgment);
  if (wasClosed) windowHeard(connection);
}

/** Something new is acknowledged: our SYN, text, our FIN. */
function takeAcknowledgment(connection: TcpConnection, segment: TcpSegment): void {
  const { sender, tcp } = connection;
  const opens = !sender.synAcknowledged;
  sender.acknowledged(segment.acknowledgment, tcp.context.clock.now);
  waitAnew(connection);
  connection.roomFreed();
  if (!opens) return;
  connection.handshakeOver();
  if (connection.state !== 'SYN-RECEIVED') return;
  connection.enter('ESTABLISHED');
  // The program has closed already, but what it had written had to wait.
  if (sender.finAt >= 0) connection.enter('FIN-WAIT-1');
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
      break;
    case 'LAST-ACK':
      connection.finish();
      break;
    default:
  }
}

/** Seventh: the text, and when to acknowledge it. */
function takeText(connection: TcpConnection, segment: TcpSegment): void {
  const { receiver, state, tcp } = connection;
  const fin = segment.has(FIN);
  if (segment.textLength === 0 && !fin) return;
  if (state !== 'ESTABLISHED' && state !== 'FIN-WAIT-1' && state !== 'FIN-WAIT-2') {
    // The peer has finished already: nothing more can come from it.
    tcp.drop('tcp-unexpected');
    return;
  }
  const { next, available, hasGap } = receiver;
  const { sequence, u8, textAt, textLength } = segment;
  if (!receiver.receive(sequence, u8, textAt, textLength, fin)) tcp.drop('tcp-buffer-full');
  // At once for every second segment, for what repeats or comes out of order, for what closes a gap, and for a FIN
  // (RFC 5681 §4.2). Otherwise the acknowledgment may wait for something to go with.
  const plain = sequence === next && receiver.next !== next && !hasGap && !receiver.finished;
  if (plain && !connection.ackLater) connection.ackLater = true;
  else connection.ackNow = true;
  if (receiver.available > available) connection.textArrived();
  if (receiver.finished) takeFin(connection);
}

/** Eighth: the peer has sent all it will. */
function takeFin(connection: TcpConnection): void {
  switch (connection.state) {
    case 'ESTABLISHED':
      connection.enter('CLOSE-WAIT');
      break;
    case 'FIN-WAIT-1':
      connection.enter('CLOSING');
      break;
    case 'FIN-WAIT-2':
      connection.enter('TIME-WAIT');
      break;
    default:
  }
}
