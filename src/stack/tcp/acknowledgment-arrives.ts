// What an acknowledgment tells the sender: what has arrived, how long that took, what is missing, and how much more may
// be sent now.
// Reading list: RFC 9293 §3.10.7.4 (fifth), RFC 5681 §3, RFC 6675 §5, RFC 8985 §6–§7, RFC 2018 §5, RFC 2883 §5, RFC 6298
// §3 and RFC 7323 §4 (which round trips are measured), RFC 3168 §6.1.2 (ECN).

import { seqAtMost, seqDiff, seqLess, seqShown } from '../../base/sequence.js';
import { MILLISECOND, type Time } from '../../base/time.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpConnection } from './connection.js';
import type { RecoveryPhase } from './loss-recovery.js';
import { tell, thresholdOf } from './output.js';
import { followPath } from './path-room.js';
import type { TcpSegment } from './segment.js';
import { lossFound, waitAnew } from './time-outs.js';

/**
 * Takes the acknowledgment of a segment whose number lies between SND.UNA and SND.NXT.
 * @param windowChanged the segment tells another window: then it is no duplicate (RFC 5681 §2)
 */
export function acknowledgmentArrives(
  connection: TcpConnection,
  segment: TcpSegment,
  windowChanged: boolean,
): void {
  const { sender, tcp } = connection;
  const { board, recovery, rack, congestion } = sender;
  const { now } = tcp.context.clock;
  const { acknowledgment } = segment;
  const before = sender.unacknowledged;
  const acknowledged = seqDiff(acknowledgment, before);
  const underWay = board.size > 0;
  // Nothing was asked, and nothing is answered: so it is with all that a peer sends who has the word alone.
  const isSilent = acknowledged === 0 && segment.blocks === 0 && !segment.has(TCP_FLAG.ece);
  if (!underWay && isSilent && rack.probeEnd === undefined) return;
  const limited = sender.isLimited || (congestion.isSlowStart && congestion.size < 2 * sender.flight);

  rack.reportArrives();
  let twice = false;
  if (recovery.withSack && segment.blocks > 0) twice = takeBlocks(connection, segment, now);
  if (acknowledged > 0) {
    const roundTrip = takeDelivered(connection, segment, now);
    sender.acknowledged(acknowledgment);
    if (acknowledged >= sender.mss) sender.proven = sender.mss;
    if (roundTrip >= 0 && sender.timed(roundTrip) && sender.room < sender.widest) followPath(connection);
    connection.counts.bytesAcknowledged += acknowledged;
    recovery.progress(sender, acknowledged);
    waitAnew(connection);
    connection.roomFreed();
    sender.isLimited = false;
  } else if (
    underWay &&
    acknowledged === 0 &&
    segment.length === 0 &&
    !windowChanged &&
    !recovery.withSack &&
    !sender.windowClosed
  )
    recovery.duplicate(sender);
  if (rack.probeEnd !== undefined) endProbe(connection, segment, acknowledged, twice);

  const phase = recovery.phase;
  const found = underWay || board.size > 0 ? recovery.detect(sender, now) : undefined;
  if (found !== undefined) lossFound(connection, found);
  if (recovery.isOver(sender)) recovered(connection, phase);
  if (connection.ecn && segment.has(TCP_FLAG.ece)) congestionTold(connection, acknowledged);
  // What an acknowledgment allows beyond replacing what has arrived; not while a loss is being repaired.
  else if (acknowledged > 0 && limited && phase !== 'recovery' && recovery.phase !== 'recovery')
    congestion.acknowledged(acknowledged, now, sender.timer.smoothed);
}

/** SACK blocks. True: the first one reports something that has arrived twice (RFC 2883 §4). */
function takeBlocks(connection: TcpConnection, segment: TcpSegment, now: Time): boolean {
  const { sender } = connection;
  const { acknowledgment, left, right, blocks } = segment;
  let first = 0;
  const isDuplicate =
    seqLess(left[0], acknowledgment) ||
    (blocks > 1 && seqAtMost(left[1], left[0]) && seqAtMost(right[0], right[1]));
  if (isDuplicate && seqLess(left[0], right[0])) {
    first = 1;
    connection.counts.duplicatesReported++;
    sender.rack.duplicateReported(sender.unacknowledged, sender.max);
    tell(connection, 'tcp.duplicate-reported', {
      left: seqShown(left[0]),
      right: seqShown(right[0]),
    });
  }
  for (let block = first; block < blocks; block++)
    takeBlock(connection, segment, left[block], right[block], now);
  return isDuplicate;
}

function takeBlock(
  connection: TcpConnection,
  segment: TcpSegment,
  left: number,
  right: number,
  now: Time,
): void {
  const { board, next } = connection.sender;
  // A block must lie within what has been sent and not acknowledged.
  if (!seqLess(left, right) || seqLess(left, segment.acknowledgment) || seqLess(next, right)) return;
  // The first segment that begins at `left` or behind it.
  let index = board.at(left);
  if (index < board.size && seqLess(board.startOf(index), left)) index++;
  for (; index < board.size && seqAtMost(board.endOf(index), right); index++) {
    if (board.sack(index)) delivered(connection, segment, index, now);
  }
}

/** A segment has arrived, as is known now for the first time (RFC 8985 §6.2, steps 1 to 3). */
function delivered(connection: TcpConnection, segment: TcpSegment, index: number, now: Time): void {
  const { board, rack } = connection.sender;
  const resent = board.wasRetransmitted(index);
  const end = board.endOf(index);
  const sentAt = board.sentAt(index);
  rack.order(end, resent);
  rack.delivered(sentAt, end, resent, resent && cameEarly(connection, segment, sentAt), now);
}

/** What is acknowledged now and was not reported before. Returns a round trip that may be measured; −1: none. */
function takeDelivered(connection: TcpConnection, segment: TcpSegment, now: Time): Time {
  const { board } = connection.sender;
  const { acknowledgment } = segment;
  let roundTrip: Time = -1;
  let isAmbiguous = false;
  for (let index = 0; index < board.size && seqAtMost(board.endOf(index), acknowledgment); index++) {
    if (board.isSacked(index)) continue;
    delivered(connection, segment, index, now);
    if (board.wasRetransmitted(index)) isAmbiguous = true;
    else roundTrip = now - board.sentAt(index);
  }
  // Karn: what was sent twice is no measure, unless the echo says which of both it was (RFC 7323 §4.1).
  if (isAmbiguous) return connection.timestamps && segment.hasTimestamps ? echoed(connection, segment) : -1;
  return roundTrip;
}

/** Is what this segment answers older than the copy that was sent last? */
function cameEarly(connection: TcpConnection, segment: TcpSegment, sentAt: Time): boolean {
  if (!connection.timestamps || !segment.hasTimestamps) return false;
  return seqLess(segment.echo, connection.timestampAt(sentAt));
}

/** The round trip by the echo of our timestamp; −1: it makes no sense. */
function echoed(connection: TcpConnection, segment: TcpSegment): Time {
  const passed = seqDiff(connection.timestampAt(connection.tcp.context.clock.now), segment.echo);
  return segment.echo === 0 || passed < 0 ? -1 : Math.max(1, passed) * MILLISECOND;
}

/** RFC 8985 §7.4: was the tail really lost, and the probe has mended it? Then less must be sent, as after any loss. */
function endProbe(
  connection: TcpConnection,
  segment: TcpSegment,
  acknowledged: number,
  twice: boolean,
): void {
  const { sender } = connection;
  const { rack, recovery, congestion } = sender;
  const { acknowledgment, blocks } = segment;
  if (rack.probeEnd === undefined || seqLess(acknowledgment, rack.probeEnd)) return;
  const isBeyond = seqLess(rack.probeEnd, acknowledgment);
  const isRepeated = acknowledged === 0 && blocks === 0;
  // Until something follows, it can not be told whether one copy has arrived or two.
  if (rack.probeWasOld && !twice && !isBeyond && !isRepeated) return;
  rack.probeEnd = undefined;
  if (rack.probeWasOld && !twice && isBeyond && recovery.phase === 'open') congestion.reduce(congestion.size);
}

function recovered(connection: TcpConnection, phase: RecoveryPhase): void {
  const { sender } = connection;
  const { congestion, rack } = sender;
  rack.recovered();
  // RFC 6582 §3.2: not a burst of everything that is allowed now, where little is under way.
  if (phase === 'recovery' && !sender.recovery.withSack)
    congestion.size = Math.min(
      congestion.threshold,
      Math.max(sender.flight, congestion.mss) + congestion.mss,
    );
  tell(connection, 'tcp.recovered', { cwnd: congestion.size, ssthresh: thresholdOf(connection) });
}

/** The network has marked what we sent: as after a loss, but nothing has to be sent again (RFC 3168 §6.1.2). */
function congestionTold(connection: TcpConnection, acknowledged: number): void {
  const { sender } = connection;
  const { congestion, recovery, unacknowledged } = sender;
  // The last answer to what was sent before does not know yet that we have slowed down.
  if (recovery.phase !== 'open' || seqAtMost(unacknowledged, sender.slowedDownUntil)) return;
  sender.slowedDownUntil = sender.max;
  // What was under way when this was sent.
  congestion.reduce(Math.min(sender.flight + Math.max(0, acknowledged), congestion.size));
  sender.slowedDown = true;
  tell(connection, 'tcp.congestion-told', { cwnd: congestion.size, ssthresh: thresholdOf(connection) });
}
