// What happens when nothing comes: send again, probe a closed window, ask whether the peer is there, give up. One timer
// serves all of it; what it is set for is what is due first.
// Reading list: RFC 6298 §5 (the timer), RFC 8985 §7 (tail loss probe), RFC 9293 §3.8.3 (giving up), §3.8.6.1 (closed
// windows), §3.8.4 (keep-alive), RFC 1122 §4.2.3.2 (delayed acknowledgments).

import { seqAdd, seqDiff, seqLess, seqShown } from '../../base/sequence.js';
import { MILLISECOND, MINUTE, NEVER, type Time } from '../../base/time.js';
import type { Timer } from '../../base/timer.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpConnection } from './connection.js';
import type { TimeOut } from './info.js';
import type { LossEvidence } from './loss-recovery.js';
import {
  ackSent,
  flagsOf,
  output,
  sendAck,
  sendAgain,
  sendSyn,
  sendText,
  tell,
  tellAgain,
  textRoom,
  thresholdOf,
} from './output.js';
import { followPath, suspectBlackHole } from './path-room.js';
import { MAXIMUM_RTO } from './retransmission-timer.js';

/** How long text may wait for a window that is open, but silly: 0.1 to 1 s (RFC 9293 §3.8.6.2.1). */
const OVERRIDE_DELAY: Time = 200 * MILLISECOND;
/**
 * RFC 9293 §3.8.3 (R2): at least 100 s for data, at least 3 minutes for a SYN. With data it is as long as with most hosts
 * today, so that a connection survives lines that lose a third of everything.
 */
const GIVE_UP_DATA: Time = 15 * MINUTE;
const GIVE_UP_SYN: Time = 3 * MINUTE;

// ---- which time-out is next ----

/** Sets the timers as they have to be after something has happened. */
export function keepTimers(connection: TcpConnection): void {
  const { retransmission, delayedAck, tcp, wants } = connection;
  if (connection.state === 'CLOSED') return;
  if (connection.ackLater && delayedAck.at === NEVER) delayedAck.set(tcp.context.clock.now + wants.ackDelay);
  if (connection.keepAlive !== undefined) keepAsking(connection);
  if (connection.state === 'TIME-WAIT') return;
  const at = nextTimeOut(connection);
  if (at === NEVER) retransmission.clear();
  else if (at !== retransmission.at) retransmission.set(at);
}

/** When the timer must fire; `timerIsFor` says why. */
function nextTimeOut(connection: TcpConnection): Time {
  const { sender, tcp } = connection;
  const { now } = tcp.context.clock;
  if (sender.allAcknowledged && !sender.isHeld) {
    connection.waitingSince = NEVER;
    connection.timeOutAt = NEVER;
    return NEVER;
  }
  if (connection.waitingSince === NEVER) connection.waitingSince = now;
  let isFor: TimeOut = 'rto';
  if (connection.timeOutAt === NEVER) {
    let wait = sender.timer.timeout;
    if (sender.windowClosed) {
      if (connection.probeInterval === 0) connection.probeInterval = wait;
      wait = connection.probeInterval;
    } else if (sender.isHeld) wait = OVERRIDE_DELAY;
    connection.timeOutAt = now + wait;
  }
  let at = connection.timeOutAt;
  if (sender.windowClosed) isFor = 'probe';
  else if (sender.isHeld) isFor = 'override';
  else {
    const { recovery } = sender;
    const tailAt = tailProbeAt(connection);
    if (recovery.lookAgainAt < at) {
      at = recovery.lookAgainAt;
      isFor = 'reorder';
    } else if (tailAt < at) {
      at = tailAt;
      isFor = 'tail';
    }
  }
  connection.timerIsFor = isFor;
  const { patience } = connection;
  return patience === undefined ? at : Math.min(at, connection.waitingSince + patience);
}

/** RFC 8985 §7.2: when the last segment is to be sent again, if nothing comes; NEVER: not at all. */
function tailProbeAt({ sender, tailSince }: TcpConnection): Time {
  const { recovery, rack, board, timer } = sender;
  if (!recovery.byTime || recovery.phase !== 'open' || !sender.synAcknowledged) return NEVER;
  if (rack.probeEnd !== undefined || board.size === 0 || board.sackedSegments > 0 || timer.attempts > 0)
    return NEVER;
  return tailSince + rack.probeAfter(timer.smoothed, board.size === 1);
}

/** The peer has acknowledged something new: the wait begins anew, for what is still under way (RFC 6298 §5.2–5.3). */
export function waitAnew(connection: TcpConnection): void {
  connection.timeOutAt = NEVER;
  connection.waitingSince = NEVER;
  connection.probeInterval = 0;
  connection.softError = undefined;
  connection.tailSince = connection.tcp.context.clock.now;
}

/** The peer has told its window, and before it was closed. */
export function windowHeard(connection: TcpConnection): void {
  // A peer that answers is alive, and may keep its window closed as long as it likes (RFC 9293 §3.8.6.1, MUST-37).
  if (connection.sender.windowClosed) {
    connection.waitingSince = connection.tcp.context.clock.now;
    return;
  }
  waitAnew(connection);
  // What was under way when it closed has found no room, or the probes would have been acknowledged.
  if (connection.sender.probes > 0) connection.sender.board.loseAll();
  connection.sender.probes = 0;
  tell(connection, 'tcp.window-opened', { window: connection.sender.window });
}

// ---- a time-out ----

export function timerFired(connection: TcpConnection, timer: Timer): void {
  if (timer === connection.delayedAck) {
    if (connection.ackLater) sendAck(connection);
    return;
  }
  if (timer === connection.keepAliveTimer) askWhetherAlive(connection);
  else if (hasGivenUp(connection)) return;
  else {
    timeOut(connection, connection.timerIsFor);
    output(connection);
  }
  keepTimers(connection);
}

function hasGivenUp(connection: TcpConnection): boolean {
  const { sender, tcp } = connection;
  const usual = sender.synAcknowledged ? GIVE_UP_DATA : GIVE_UP_SYN;
  if (tcp.context.clock.now - connection.waitingSince < (connection.patience ?? usual)) return false;
  connection.fail(connection.softError ?? 'ETIMEDOUT');
  return true;
}

function timeOut(connection: TcpConnection, isFor: TimeOut): void {
  const { sender } = connection;
  if (isFor === 'reorder') return lookAgain(connection);
  if (isFor === 'tail') return probeTail(connection);
  connection.timeOutAt = NEVER;
  if (!sender.synAcknowledged) return repeatSyn(connection);
  if (isFor === 'probe') return probeWindow(connection);
  if (isFor === 'override') {
    const size = sender.textAt(sender.next, textRoom(connection));
    const fin = sender.finFollows(sender.next, size);
    if (size > 0 || fin) sendText(connection, size, fin);
    return;
  }
  beginAnew(connection);
}

function repeatSyn(connection: TcpConnection): void {
  connection.sender.timer.backOff();
  connection.counts.retransmissions++;
  // A FIN may have followed it (RFC 9293 §3.10.4): whoever has not seen the SYN has not taken that either.
  connection.sender.board.loseAll();
  tellAgain(connection, connection.sender.initial, 1, 'syn');
  sendSyn(connection);
}

/** RFC 6298 §5.4–5.6: nothing comes back. Everything under way counts as lost, and one segment goes out again. */
function beginAnew(connection: TcpConnection): void {
  const { sender } = connection;
  const { timer, board, congestion, recovery } = sender;
  if (board.size === 0) return;
  const again = recovery.phase === 'loss' && board.wasRetransmitted(0);
  const before = congestion.size;
  const flight = sender.flight;
  congestion.timedOut(flight, again);
  slowDown(connection);
  timer.backOff();
  recovery.timedOut(sender);
  sender.rack.probeEnd = undefined;
  followPath(connection);
  suspectBlackHole(connection);
  tellLoss(connection, 'time-out', before, flight);
  sendAgain(connection, 0, 'time-out');
}

/** RFC 8985 §6.3: the reordering window is over. */
function lookAgain(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  sender.recovery.lookAgainAt = NEVER;
  const found = sender.recovery.detect(sender, tcp.context.clock.now);
  if (found !== undefined) lossFound(connection, found);
}

/** RFC 8985 §7.3: something new, or the last segment once more, so that what comes back shows what is missing. */
function probeTail(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  const { board, rack } = sender;
  const { recorder, clock } = tcp.context;
  const { cause } = recorder;
  const after = clock.now - connection.tailSince;
  const size = sender.nextText(textRoom(connection));
  connection.timeOutAt = NEVER;
  if (size > 0) {
    tell(connection, 'tcp.tail-probed', { sequence: seqShown(sender.next), length: size, after });
    sendText(connection, size, sender.finFollows(sender.next, size));
    rack.probeWasOld = false;
  } else {
    const last = board.size - 1;
    const start = board.startOf(last);
    tell(connection, 'tcp.tail-probed', {
      sequence: seqShown(start),
      length: seqDiff(board.endOf(last), start),
      after,
    });
    sendAgain(connection, last, 'tail');
    rack.probeWasOld = true;
  }
  rack.probeEnd = sender.next;
  recorder.cause = cause;
}

/** One byte, or the FIN, into a closed window: the answer tells whether it is still closed (RFC 9293 §3.8.6.1). */
function probeWindow(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  // What was under way when the window closed goes first.
  const start = sender.unacknowledged;
  const size = Math.min(1, sender.buffer.length);
  const flags = flagsOf(connection, start, size, size === 0);
  connection.probeInterval = Math.min(MAXIMUM_RTO, 2 * (connection.probeInterval || sender.timer.timeout));
  tell(connection, 'tcp.window-probed', { interval: connection.probeInterval });
  tcp.transmit(connection, start, flags, size);
  sender.probed();
  ackSent(connection);
}

// ---- loss ----

/** Something is lost: send less, once for all that was under way (RFC 5681 §3.2, RFC 6675 §5, RFC 8985 §6). */
export function lossFound(connection: TcpConnection, by: LossEvidence): void {
  const { sender } = connection;
  const before = sender.congestion.size;
  // Without what limited transmit has added since (RFC 5681 §3.2, step 2), and while it was to be seen who was only late.
  const flight = Math.min(sender.flight, before);
  // In a recovery it is known already, and after a time-out everything has begun anew.
  if (!sender.recovery.begin(sender)) return;
  // Where a mark has told of the same queue, less is sent already (RFC 3168 §6.1.2).
  if (!seqLess(sender.unacknowledged, sender.slowedDownUntil)) {
    sender.congestion.reduce(flight);
    slowDown(connection);
  }
  tellLoss(connection, by, before, flight);
}

/** With ECN the peer hears that the window is smaller; marks of what was sent before are answered by that (RFC 3168 §6.1.2). */
function slowDown({ sender, ecn }: TcpConnection): void {
  sender.slowedDown = ecn;
  sender.slowedDownUntil = sender.max;
}

function tellLoss(connection: TcpConnection, by: LossEvidence, before: number, flight: number): void {
  const { sender } = connection;
  const { board, congestion, timer } = sender;
  const first = board.firstLost;
  if (!connection.tcp.context.recorder.on || first < 0) return;
  tell(connection, 'tcp.loss-detected', {
    by,
    sequence: seqShown(board.startOf(first)),
    lost: board.lost,
    flight,
    scoreboard: board.describe(sender.initial),
    'cwnd-before': before,
    cwnd: congestion.size,
    ssthresh: thresholdOf(connection),
    rto: timer.timeout,
  });
}

// ---- keep-alive ----

function keepAsking(connection: TcpConnection): void {
  const { keepAlive, tcp, state } = connection;
  if (keepAlive === undefined || state === 'SYN-SENT' || state === 'SYN-RECEIVED' || state === 'TIME-WAIT')
    return;
  // In the background: a world in which nothing but this is to come is at rest.
  connection.keepAliveTimer ??= tcp.context.timer(connection, connection.timerName('tcp keep-alive'), true);
  const { keepAliveProbes: probes, heardAt } = connection;
  const at = heardAt + keepAlive.idle + probes * keepAlive.interval;
  if (connection.keepAliveTimer.at !== at) connection.keepAliveTimer.set(at);
}

/** RFC 9293 §3.8.4: a segment that stands before what the peer expects must be answered. */
function askWhetherAlive(connection: TcpConnection): void {
  const { keepAlive, sender, tcp } = connection;
  // What waits for an answer anyway tells as well.
  if (keepAlive === undefined) return;
  if (!sender.allAcknowledged) {
    connection.heardAt = tcp.context.clock.now;
    return;
  }
  if (connection.keepAliveProbes >= keepAlive.probes) {
    connection.fail(connection.softError ?? 'ETIMEDOUT');
    return;
  }
  connection.keepAliveProbes++;
  tell(connection, 'tcp.keep-alive-probed', { attempt: connection.keepAliveProbes });
  tcp.transmit(connection, seqAdd(sender.unacknowledged, -1), TCP_FLAG.ack, 0);
  ackSent(connection);
}
