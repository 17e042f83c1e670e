// What a connection sends, and when: SYN, text, FIN, acknowledgments, and again what is lost.
// Reading list: RFC 9293 §3.8 (data), RFC 5681 §3 and §4 (how much, and when to acknowledge), RFC 6675 §5 (what is sent
// first in a recovery), RFC 3168 §6.1 (ECN).

import { seqAdd, seqDiff, seqShown } from '../../base/sequence.js';
import { NEVER } from '../../base/time.js';
import type { AppEventName, RowView } from '../../trace/events.js';
import { atNode } from '../../trace/recorder.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpConnection } from './connection.js';
import { synFlags, synOptions } from './negotiation.js';

/** Sends what may be sent now: text and FIN, an acknowledgment that is due. Called whenever something may have changed. */
export function output(connection: TcpConnection): void {
  const { state } = connection;
  if (state === 'CLOSED') return;
  if (state === 'ESTABLISHED' || maySendText(connection)) {
    if (hasIdled(connection)) connection.sender.congestion.idled();
    const { board } = connection.sender;
    while ((board.lost > 0 && sendLost(connection)) || sendNew(connection));
  }
  if (connection.ackNow) sendAck(connection);
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

/** RFC 5681 §4.1: nothing was sent for so long that the network may have changed. */
function hasIdled({ sender, tcp }: TcpConnection): boolean {
  return sender.board.size === 0 && tcp.context.clock.now - sender.sentAt > sender.timer.timeout;
}

// ---- segments ----

/** Our SYN, or when the peer's is here our SYN, ACK; for the first time or again. */
export function sendSyn(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  const { now } = tcp.context.clock;
  connection.synSentAt = connection.synSentAt < now ? connection.synSentAt : now;
  sender.sentAt = now;
  tcp.transmit(connection, sender.initial, synFlags(connection), 0, synOptions(connection));
  ackSent(connection);
}

/** An acknowledgment by itself. */
export function sendAck(connection: TcpConnection): void {
  connection.tcp.transmit(connection, connection.sender.quietSequence, TCP_FLAG.ack, 0);
  ackSent(connection);
}

/** The first segment that is lost, if the window has room for it. */
function sendLost(connection: TcpConnection): boolean {
  const { sender } = connection;
  const { board, recovery } = sender;
  const index = board.firstLost;
  if (index < 0 || sender.windowClosed || !sender.synAcknowledged) return false;
  // It may have been sent before the path became narrower: then a part of it is sent.
  const length = Math.min(seqDiff(board.endOf(index), board.startOf(index)), sender.mss);
  if (!recovery.mustSend && !sender.fits(length)) {
    sender.isLimited = true;
    return false;
  }
  return sendAgain(connection, index, recovery.phase === 'loss' ? 'time-out' : 'fast');
}

/** Sends a segment again, as much of it as goes into one now. False: the window has moved away from it. */
export function sendAgain(connection: TcpConnection, index: number, why: string): boolean {
  const { sender, tcp } = connection;
  const { board } = sender;
  const { now } = tcp.context.clock;
  const start = board.startOf(index);
  const room = sender.textAt(start, textRoom(connection));
  if (board.isLost(index)) joinSmall(connection, index, room);
  // Only what was sent before: what has been written since goes into segments of its own.
  const sent = seqDiff(board.endOf(index), start);
  const size = Math.min(room, sent);
  const fin = size < sent && sender.finFollows(start, size);
  const length = fin ? size + 1 : size;
  if (length === 0) return false;
  if (length < sent) board.split(index, seqAdd(start, length));
  const { recorder } = tcp.context;
  const { cause } = recorder;
  connection.counts.retransmissions++;
  sender.recovery.mustSend = false;
  tellAgain(connection, start, length, why);
  board.resent(index, now);
  sender.sentAt = now;
  tcp.transmit(connection, start, flagsOf(connection, start, size, fin), size);
  recorder.cause = cause;
  ackSent(connection);
  return true;
}

/** Small segments that are lost go together, as far as they fit whole. */
function joinSmall({ sender }: TcpConnection, index: number, room: number): void {
  const { board } = sender;
  const start = board.startOf(index);
  while (index + 1 < board.size && board.isLost(index + 1)) {
    const length = seqDiff(board.endOf(index + 1), start);
    if (length > room) return;
    board.join(index);
  }
}

/** The next segment with new text or FIN, if it may be sent; false: not now. */
function sendNew(connection: TcpConnection): boolean {
  const { sender } = connection;
  const size = sender.nextText(textRoom(connection));
  const fin = sender.finFollows(sender.next, size);
  if (size === 0 && !fin) return false;
  if (!sender.fits(size)) {
    sender.isLimited = true;
    return false;
  }
  sendText(connection, size, fin);
  return true;
}

/** New text, and the FIN behind it. */
export function sendText(connection: TcpConnection, size: number, fin: boolean): void {
  const { sender, tcp, counts } = connection;
  const { now } = tcp.context.clock;
  const start = sender.next;
  const length = fin ? size + 1 : size;
  // A probe of a closed window has carried the first byte of it already.
  const repeated = seqDiff(sender.max, start);
  let flags = flagsOf(connection, start, size, fin);
  if (sender.slowedDown && repeated === 0) {
    flags |= TCP_FLAG.cwr;
    sender.slowedDown = false;
  }
  counts.bytesSent += size;
  // The timer may still run for a window that was closed or too small; for what is sent now it begins (RFC 6298 §5.1).
  if (sender.board.size === 0) connection.timeOutAt = NEVER;
  sender.sent(length, now);
  connection.tailSince = now;
  tcp.transmit(connection, start, flags, size, undefined, connection.ecn && repeated === 0 && size > 0);
  ackSent(connection);
}

/** Text bytes that the next segment has room for: what SACK reports takes its share. */
export function textRoom(connection: TcpConnection): number {
  const { sender, receiver } = connection;
  const { mss } = sender;
  if (!sender.recovery.withSack || !receiver.hasReport) return mss;
  const blocks = receiver.report(connection.mostBlocks);
  return Math.max(1, mss - 4 - 8 * blocks);
}

/** PSH when the segment empties the buffer (RFC 9293 §3.9.1.2). */
export function flagsOf(connection: TcpConnection, start: number, size: number, fin: boolean): number {
  const { sender } = connection;
  let flags: number = TCP_FLAG.ack;
  if (size > 0 && sender.endsText(start, size)) flags |= TCP_FLAG.psh;
  if (fin) flags |= TCP_FLAG.fin;
  return flags;
}

export function ackSent(connection: TcpConnection): void {
  connection.ackNow = false;
  connection.ackLater = false;
  connection.delayedAck.clear();
}

/** `length` sequence numbers go out again. */
export function tellAgain(connection: TcpConnection, sequence: number, length: number, why: string): void {
  const { timer, congestion } = connection.sender;
  if (!connection.tcp.context.recorder.on) return;
  const attempt = Math.max(1, timer.attempts);
  const { size: cwnd } = congestion;
  const ssthresh = thresholdOf(connection);
  tell(connection, 'tcp.retransmitted', {
    sequence: seqShown(sequence),
    length,
    attempt,
    timeout: timer.timeout,
    why,
    cwnd,
    ssthresh,
  });
}

/** ssthresh as events and tables have it: −1 while it is infinite. */
export function thresholdOf({ sender }: TcpConnection): number {
  const { threshold } = sender.congestion;
  return threshold === Number.POSITIVE_INFINITY ? -1 : threshold;
}

/** Records what is happening; what follows is due to that. */
export function tell(connection: TcpConnection, name: AppEventName, facts: RowView): void {
  const { recorder, node } = connection.tcp.context;
  if (!recorder.on) return;
  const data = { connection: connection.name, ...facts };
  recorder.cause = recorder.record(atNode(node), { kind: 'app', name, data });
}
