// A connection as it is at a moment, for people and programs that watch: `ss -tin`, tables, tests.
// Reading list: RFC 9293 §3.9.1.5 (STATUS), RFC 5681 §2 (cwnd, ssthresh, flight size), RFC 6298 (SRTT, RTTVAR, RTO).

import { NEVER, type Time } from '../../base/time.js';
import type { Timer } from '../../base/timer.js';
import type { CongestionName } from './connection-options.js';
import type { Receiver } from './receiver.js';
import type { Sender } from './sender.js';
import type { TcpState } from './state.js';

/** What the one timer of a connection can be set for. */
export type TimeOut = 'rto' | 'tail' | 'reorder' | 'probe' | 'override';

/** What the congestion window is doing. */
export type CongestionPhase = 'slow start' | 'congestion avoidance' | 'recovery' | 'loss';

/** Bytes and nanoseconds; −1 where nothing is known yet. */
export interface TcpInfo {
  readonly state: TcpState;
  readonly congestion: CongestionName;
  readonly phase: CongestionPhase;
  readonly cwnd: number;
  /** Infinity until something was lost. */
  readonly ssthresh: number;
  /** Sent and not acknowledged; of these: here at the peer beyond a gap, and lost and not sent again. */
  readonly flight: number;
  readonly sacked: number;
  readonly lost: number;
  readonly mss: number;
  readonly peerWindow: number;
  readonly receiveWindow: number;
  readonly srtt: Time;
  readonly rttvar: Time;
  readonly rto: Time;
  readonly minRtt: Time;
  /** Time-outs in a row. */
  readonly backoff: number;
  /** Bytes written and not acknowledged, and received and not read. */
  readonly sendQueue: number;
  readonly receiveQueue: number;
  readonly sendShift: number;
  readonly receiveShift: number;
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  readonly bytesSent: number;
  readonly bytesAcked: number;
  readonly bytesReceived: number;
  readonly segmentsSent: number;
  readonly segmentsReceived: number;
  /** Segments that were sent again, and arrivals that the peer has reported as duplicates. */
  readonly retransmissions: number;
  readonly duplicatesReported: number;
  /** Segments overtake each other on this path. */
  readonly reordering: boolean;
  /** How much later than another a segment may come before it counts as lost (RFC 8985). */
  readonly rackWindow: Time;
  readonly timer: { readonly name: TimeOut | 'time-wait' | 'keep-alive'; readonly at: Time } | undefined;
}

/** What of a connection is told. */
export interface InfoSource {
  readonly state: TcpState;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly timestamps: boolean;
  readonly ecn: boolean;
  readonly retransmission: Timer;
  readonly keepAliveTimer: Timer | undefined;
  readonly timerIsFor: TimeOut;
  readonly endsAt: Time;
  readonly counts: {
    readonly bytesSent: number;
    readonly bytesAcknowledged: number;
    readonly bytesReceived: number;
    readonly segmentsSent: number;
    readonly segmentsReceived: number;
    readonly retransmissions: number;
    readonly duplicatesReported: number;
  };
}

export function infoOf(connection: InfoSource): TcpInfo {
  const { sender, receiver, counts } = connection;
  const { congestion, board, timer, rack } = sender;
  return {
    state: connection.state,
    congestion: congestion.control.name,
    phase: phaseOf(connection),
    cwnd: congestion.size,
    ssthresh: congestion.threshold,
    flight: sender.flight,
    sacked: board.sacked,
    lost: board.lost,
    mss: sender.mss,
    peerWindow: sender.window,
    receiveWindow: receiver.window,
    srtt: timer.smoothed,
    rttvar: timer.smoothed < 0 ? -1 : timer.variation,
    rto: timer.timeout,
    minRtt: rack.leastRoundTrip === NEVER ? -1 : rack.leastRoundTrip,
    backoff: timer.attempts,
    sendQueue: sender.buffer.length,
    receiveQueue: receiver.available,
    sendShift: sender.windowShift,
    receiveShift: receiver.windowShift,
    timestamps: connection.timestamps,
    sack: sender.recovery.withSack,
    ecn: connection.ecn,
    bytesSent: counts.bytesSent,
    bytesAcked: counts.bytesAcknowledged,
    bytesReceived: counts.bytesReceived,
    segmentsSent: counts.segmentsSent,
    segmentsReceived: counts.segmentsReceived,
    retransmissions: counts.retransmissions,
    duplicatesReported: counts.duplicatesReported,
    reordering: rack.reordering,
    rackWindow: rack.window(timer.smoothed, sender.recovery.phase !== 'open'),
    timer: timerOf(connection),
  };
}

export function phaseOf({ sender }: { readonly sender: Sender }): CongestionPhase {
  const { recovery, congestion } = sender;
  if (recovery.phase !== 'open') return recovery.phase;
  return congestion.isSlowStart ? 'slow start' : 'congestion avoidance';
}

function timerOf(connection: InfoSource): TcpInfo['timer'] {
  const { retransmission, keepAliveTimer, endsAt } = connection;
  if (endsAt !== NEVER) return { name: 'time-wait', at: endsAt };
  if (retransmission.at !== NEVER) return { name: connection.timerIsFor, at: retransmission.at };
  if (keepAliveTimer !== undefined && keepAliveTimer.at !== NEVER)
    return { name: 'keep-alive', at: keepAliveTimer.at };
  return undefined;
}
