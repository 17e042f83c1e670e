// What an arriving segment does to a connection: RFC 9293 §3.10.7, in its order, one function per step. What it leads
// to is left to `output`, and what the program is to hear of it to `tellProgram`; the caller runs both afterwards.
// Reading list: RFC 9293 §3.10.7.3–3.10.7.4, RFC 5961 (blind attacks), RFC 7323 §5 (old duplicates), RFC 1122 §4.2.3.2
// (when to acknowledge), RFC 3168 §6.1.3 (ECN).

import { seqAdd, seqAtMost, seqDiff, seqLess } from '../../base/sequence.js';
import { HOUR, NEVER, type Time } from '../../base/time.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import { acknowledgmentArrives } from './acknowledgment-arrives.js';
import type { TcpConnection } from './connection.js';
import { agree } from './negotiation.js';
import { sendAck, sendSyn, tell } from './output.js';
import type { TcpSegment } from './segment.js';
import { waitAnew, windowHeard } from './time-outs.js';

const { ack: ACK, fin: FIN, rst: RST, syn: SYN, urg: URG, cwr: CWR } = TCP_FLAG;
/** RFC 7323 §5.5: a timestamp that is older than this tells nothing: the peer's clock may have come round. */
const TIMESTAMP_LIFETIME: Time = 24 * 24 * HOUR;
/** RFC 6928 §2, RFC 5681 §3.1: segments to begin with when our SYN had to be sent again. */
const CAREFUL_WINDOW = 1;

export function segmentArrives(connection: TcpConnection, segment: TcpSegment): void {
  connection.counts.segmentsReceived++;
  connection.heardAt = connection.tcp.context.clock.now;
  connection.keepAliveProbes = 0;
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
  agree(connection, segment);
  sender.offered(segment.window, segment.sequence, segment.acknowledgment);
  if (!acknowledges) {
    // Both sides have opened at once (RFC 9293 §3.5, figure 7).
    connection.enter('SYN-RECEIVED');
    sendSyn(connection);
    return;
  }
  handshakeDone(connection);
  connection.enter('ESTABLISHED');
  segment.skipSyn();
  takeText(connection, segment);
  // This acknowledgment goes out before the program hears of it, so it carries nothing of the program's.
  sendAck(connection);
}

// ---- §3.10.7.4 all other states ----

function arrivesLater(connection: TcpConnection, segment: TcpSegment): void {
  const { tcp, sender } = connection;
  // Before all: is it an old duplicate, by its timestamp? Then: does it lie within the window?
  if (connection.timestamps && !checkTimestamp(connection, segment)) return;
  if (!checkSequence(connection, segment)) return;
  // Second: a reset? (Third, security and precedence, is no more: RFC 9293 §3.10.7.4.)
  if (segment.has(RST)) return takeReset(connection, segment);
  // Fourth: a SYN?
  if (segment.has(SYN)) return takeSyn(connection, segment);
  // Fifth: every segment acknowledges.
  if (!segment.has(ACK)) return tcp.drop('tcp-no-ack');
  if (!checkAcknowledgment(connection, segment)) return;
  // Differs: RFC 7323 §5.3 (R3) asks for the sequence number only. But what a reset says must not be kept (§5.2), and who
  // has only guessed that number must not set the clock by which true segments are then too old (RFC 5961 §5).
  if (connection.timestamps && segment.hasTimestamps) {
    const { clock } = tcp.context;
    connection.receiver.takeTimestamp(segment.timestamp, segment.sequence, clock.now);
  }
  if (!sender.synAcknowledged) opened(connection);
  const windowChanged = takeWindow(connection, segment);
  if (!seqLess(segment.acknowledgment, sender.unacknowledged))
    acknowledgmentArrives(connection, segment, windowChanged);
  closeByAcknowledgment(connection);
  // Sixth: is something urgent?
  if (segment.has(URG)) takeUrgent(connection, segment);
  // Seventh and eighth: text and FIN.
  takeText(connection, segment);
}

/** RFC 7323 §5.3 (PAWS). False: it is older than what has come already, or says nothing of its age. */
function checkTimestamp(connection: TcpConnection, segment: TcpSegment): boolean {
  const { receiver, tcp } = connection;
  if (segment.has(RST)) return true;
  if (!segment.hasTimestamps) {
    // RFC 7323 §3.2: both sides have promised one in every segment.
    tcp.drop('tcp-no-timestamp');
    return false;
  }
  const { recentTimestamp, recentAt } = receiver;
  const isOld = recentAt !== NEVER && seqLess(segment.timestamp, recentTimestamp);
  if (!isOld || tcp.context.clock.now - recentAt > TIMESTAMP_LIFETIME) return true;
  tcp.drop('tcp-paws');
  challenge(connection, segment);
  return false;
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
  // D-SACK reports text (RFC 2883 §4); a SYN, ACK that comes twice has none.
  if (!segment.has(SYN)) receiver.cameTwice(segment.sequence, segment.end);
  // Differs: RFC 7323 §5.3 takes no timestamp of it. But where our last acknowledgment got lost, the next one answers this
  // copy: by the timestamp of the first one the peer would take its time-out for a round trip.
  if (segment.hasTimestamps && segment.length > 0 && segment.end === receiver.next)
    receiver.takeTimestamp(segment.timestamp, segment.sequence, tcp.context.clock.now);
  // The peer's FIN once more: our last acknowledgment got lost.
  if (state === 'TIME-WAIT' && segment.has(FIN) && segment.end === receiver.next) connection.startTimeWait();
  challenge(connection, segment);
  if (segment.length > 0 && segment.end === receiver.next) takeAcknowledgmentOfRepeat(connection, segment);
  return false;
}

/**
 * The last segment once more, text or FIN, may be the first to tell that something of ours has arrived.
 *
 * Differs: RFC 9293 §3.10.7.4 drops it with the rest. Appendix A.2 tells of what goes wrong then, and that hosts do
 * otherwise: we would send again what is here, and two sides that both repeat their FIN would wait for each other.
 */
function takeAcknowledgmentOfRepeat(connection: TcpConnection, segment: TcpSegment): void {
  const { sender } = connection;
  const { acknowledgment } = segment;
  if (!segment.has(ACK) || segment.has(SYN) || !sender.synAcknowledged) return;
  if (!seqLess(sender.unacknowledged, acknowledgment) || !seqAtMost(acknowledgment, sender.max)) return;
  acknowledgmentArrives(connection, segment, takeWindow(connection, segment));
  closeByAcknowledgment(connection);
}

/** The SYN that the connection began with, once more. */
function isTheirSyn(connection: TcpConnection, segment: TcpSegment): boolean {
  return segment.has(SYN) && !segment.has(RST) && segment.sequence === connection.receiver.initial;
}

/** Says where we are to who does not seem to know; who has only guessed learns nothing from it (RFC 5961 §3.2, §4.2). */
function challenge(connection: TcpConnection, segment: TcpSegment): void {
  const { challenges, tcp } = connection;
  // Whoever sends text or a FIN must learn where we are; that many bytes cost a forger as much as us.
  const isPlain = segment.length > 0 && !segment.has(SYN);
  if (isPlain || challenges.take(tcp.context.clock.now)) connection.ackNow = true;
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
function takeSyn(connection: TcpConnection, segment: TcpSegment): void {
  if (connection.state === 'SYN-RECEIVED' && connection.passive) {
    connection.tcp.drop('tcp-unexpected');
    connection.finish();
    return;
  }
  connection.tcp.drop('tcp-challenged');
  challenge(connection, segment);
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

/**
 * Newer segments tell the window; older ones must not (SND.WL1, SND.WL2). True: it has changed.
 *
 * Differs: RFC 9293 §3.10.7.4 asks for the sequence number first. But what acknowledges more was sent later, also when it
 * is text sent again, with a smaller number; and the old window, counted from the new acknowledgment, would reach further
 * than the peer has ever told.
 */
function takeWindow(connection: TcpConnection, segment: TcpSegment): boolean {
  const { sender } = connection;
  const { sequence, acknowledgment } = segment;
  if (seqLess(acknowledgment, sender.unacknowledged)) return false;
  if (acknowledgment === sender.windowAcknowledgment && seqLess(sequence, sender.windowSequence))
    return false;
  const { window: before, windowClosed } = sender;
  sender.offered(segment.window << sender.windowShift, sequence, acknowledgment);
  if (windowClosed) windowHeard(connection);
  else if (sender.window === 0) {
    connection.timeOutAt = NEVER;
    connection.probeInterval = 0;
    tell(connection, 'tcp.window-closed', { waiting: sender.buffer.length });
  }
  return sender.window !== before;
}

/** Our SYN has been acknowledged: what is sent from now on is text. */
function handshakeDone(connection: TcpConnection): void {
  const { sender, tcp, wants } = connection;
  const { now } = tcp.context.clock;
  const repeated = sender.timer.attempts > 0;
  sender.opened(repeated ? -1 : now - connection.synSentAt);
  sender.congestion.begin(sender.mss, repeated ? CAREFUL_WINDOW : wants.initialWindow);
  sender.sentAt = now;
  waitAnew(connection);
  connection.handshakeOver();
}

/** The handshake is done, on the side that was called, or where both have called. */
function opened(connection: TcpConnection): void {
  const { sender, state } = connection;
  handshakeDone(connection);
  if (state !== 'SYN-RECEIVED' && state !== 'FIN-WAIT-1') return;
  if (state === 'SYN-RECEIVED') connection.enter('ESTABLISHED');
  // The program has closed already, but what it had written had to wait.
  if (sender.finAt !== undefined && state === 'SYN-RECEIVED') connection.enter('FIN-WAIT-1');
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

/** Sixth: the program is told when the end of what is urgent moves forward (RFC 9293 §3.8.5). */
function takeUrgent(connection: TcpConnection, segment: TcpSegment): void {
  const { receiver, state } = connection;
  if (state !== 'ESTABLISHED' && state !== 'FIN-WAIT-1' && state !== 'FIN-WAIT-2') return;
  // The pointer leads behind the last urgent byte, as RFC 6093 §2.1 found everybody to have it.
  const end = seqAdd(segment.sequence, segment.urgentPointer);
  if (receiver.urgentEnd !== undefined && seqAtMost(end, receiver.urgentEnd)) return;
  receiver.urgentEnd = end;
  if (receiver.urgent > 0) connection.urgentTold();
}

/** Seventh: the text, and when to acknowledge it. */
function takeText(connection: TcpConnection, segment: TcpSegment): void {
  const { receiver, state, tcp } = connection;
  const fin = segment.has(FIN);
  // RFC 3168 §6.1.3: a mark is told again and again, until the peer says that it has slowed down.
  if (connection.ecn && segment.has(CWR)) receiver.echoesCongestion = false;
  // It is about text: pure acknowledgments are never marked by who keeps to the rules (§6.1.4).
  if (connection.ecn && segment.congestionMet && segment.length > 0) receiver.echoesCongestion = true;
  if (segment.textLength === 0 && !fin) return;
  if (connection.detached && segment.textLength > 0 && state !== 'TIME-WAIT')
    return refuseText(connection, segment);
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
  const mayWait = plain && !connection.ackLater && connection.wants.ackDelay > 0;
  if (mayWait && !segment.congestionMet) connection.ackLater = true;
  else connection.ackNow = true;
  connection.counts.bytesReceived += Math.max(0, seqDiff(receiver.next, next));
  if (receiver.available > available) connection.textArrived();
  if (receiver.finished) takeFin(connection);
}

/** The program is gone, and would never read it: the peer must not go on as if it had been heard (RFC 1122 §4.2.2.13). */
function refuseText(connection: TcpConnection, segment: TcpSegment): void {
  // What was there before the program went does not count.
  if (!seqLess(connection.receiver.next, segment.end)) {
    connection.ackNow = true;
    return;
  }
  connection.tcp.drop('tcp-closed');
  connection.tcp.reset(connection, segment);
  connection.fail('ECONNRESET');
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
