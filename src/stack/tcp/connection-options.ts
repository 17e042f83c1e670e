// What can be chosen about TCP: for all connections of a host by its lab, for a single one by its program.
// Reading list: RFC 9293 §3.9.1 (OPEN), RFC 1122 §4.2.4.1 and §4.2.3.6 (keep-alive), RFC 5482 (user time-out), RFC 6928
// (initial window); RFC 2018, 7323, 3168 for what both sides must want.

import { HOUR, MILLISECOND, MINUTE, SECOND, type Time } from '../../base/time.js';

export const CONGESTION_NAMES = ['newreno', 'cubic'] as const;
/** RFC 5681 with RFC 6582, or RFC 9438. */
export type CongestionName = (typeof CONGESTION_NAMES)[number];

export const RECOVERY_NAMES = ['rack', 'sack'] as const;
/** How loss is found where both sides have SACK: by time (RFC 8985), or by counting (RFC 6675). */
export type RecoveryName = (typeof RECOVERY_NAMES)[number];

/** A connection that says nothing is asked whether it is still there. */
export interface KeepAlive {
  /** How long nothing must have come before the first probe, and between probes. */
  readonly idle: Time;
  readonly interval: Time;
  /** Unanswered probes after which the connection is given up. */
  readonly probes: number;
}

/** RFC 9293 §3.8.4: not before two hours. */
export const USUAL_KEEP_ALIVE: KeepAlive = { idle: 2 * HOUR, interval: 75 * SECOND, probes: 9 };

/** Options of a connection; what is absent is as the host has it, and then as in `DEFAULTS`. */
export interface TcpOptions {
  /** Bytes, 1 to 2^30. */
  readonly receiveBuffer?: number;
  readonly sendBuffer?: number;
  /** Small segments go out at once (no Nagle, RFC 9293 §3.7.4). */
  readonly nodelay?: boolean;
  /** True: as in `USUAL_KEEP_ALIVE`. */
  readonly keepAlive?: boolean | KeepAlive;
  /** How long what was sent may stay unacknowledged before the connection is given up (RFC 9293 §3.8.3). */
  readonly userTimeout?: Time;
  /**
   * What `close` does with what is still unacknowledged: absent, it goes on behind the program's back; 0, the connection
   * is reset; otherwise it is reset when that time has passed.
   */
  readonly linger?: Time;
  /** A local port that an earlier connection in TIME-WAIT still holds may be used again. */
  readonly reuse?: boolean;
  readonly congestion?: CongestionName;
  readonly recovery?: RecoveryName;
  /** What our SYN offers, or takes up. */
  readonly sack?: boolean;
  readonly timestamps?: boolean;
  readonly windowScale?: boolean;
  readonly ecn?: boolean;
  /** Segments that may be sent before the first acknowledgment, 1 to 100. */
  readonly initialWindow?: number;
  /** Bytes of text per segment that are told to the peer at most; otherwise what the link has room for. */
  readonly mss?: number;
  /** How long an acknowledgment may wait for something to go with, up to 500 ms; 0: none waits. */
  readonly ackDelay?: Time;
  /** Least retransmission time-out. */
  readonly minimumRto?: Time;
  /** How long a segment can live in the network: TIME-WAIT takes twice as long (RFC 9293 §3.4.2). */
  readonly segmentLifetime?: Time;
}

/** Every option with its value; `userTimeout` and `linger` only where they are set. */
export type AllTcpOptions = Required<Omit<TcpOptions, 'userTimeout' | 'linger'>> &
  Pick<TcpOptions, 'userTimeout' | 'linger'>;

export const DEFAULTS: AllTcpOptions = {
  receiveBuffer: 262144,
  sendBuffer: 262144,
  nodelay: false,
  keepAlive: false,
  reuse: false,
  congestion: 'cubic',
  recovery: 'rack',
  sack: true,
  timestamps: true,
  windowScale: true,
  ecn: false,
  initialWindow: 10,
  mss: 65495,
  ackDelay: 40 * MILLISECOND,
  minimumRto: SECOND,
  segmentLifetime: MINUTE / 2,
};
