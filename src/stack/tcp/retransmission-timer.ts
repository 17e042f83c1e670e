// How long to wait for an acknowledgment: the round-trip time, smoothed, and doubled with every failure.
// Reading list: RFC 6298; Karn's algorithm in its §3.

import { MILLISECOND, SECOND, type Time } from '../../base/time.js';

/** RFC 6298 §2.1: before anything is known. */
const INITIAL_RTO: Time = SECOND;
/** RFC 6298 §2.5: at least 60 seconds. */
export const MAXIMUM_RTO: Time = 60 * SECOND;
/** RFC 6298 §5.7: where the SYN had to be sent again, for the data that follows. */
const RTO_AFTER_LOST_SYN: Time = 3 * SECOND;
/** Clock granularity (G of RFC 6298 §2.2). */
const GRANULARITY: Time = MILLISECOND;

export class RetransmissionTimer {
  /** SRTT and RTTVAR, in ns; SRTT is −1 before the first measurement. */
  smoothed: Time = -1;
  variation: Time = 0;
  /** RTO as it applies now, back-off included. */
  timeout: Time = INITIAL_RTO;
  /** Times the timer has fired since something new was acknowledged. */
  attempts = 0;
  /** RFC 6298 §2.4: one second, unless somebody wants it otherwise. */
  private readonly minimum: Time;

  constructor(minimum: Time = SECOND) {
    this.minimum = minimum;
  }

  /** A round trip was measured on a segment that was sent once only. Whole numbers: the same on every machine. */
  measured(roundTrip: Time): void {
    if (this.smoothed < 0) {
      this.smoothed = roundTrip;
      this.variation = Math.floor(roundTrip / 2);
    } else {
      const deviation = Math.abs(this.smoothed - roundTrip);
      this.variation = Math.floor((3 * this.variation + deviation) / 4);
      this.smoothed = Math.floor((7 * this.smoothed + roundTrip) / 8);
    }
    const wanted = this.smoothed + Math.max(GRANULARITY, 4 * this.variation);
    this.timeout = Math.min(MAXIMUM_RTO, Math.max(this.minimum, wanted));
  }

  /** Something new was acknowledged. The back-off stays until there is a measurement (RFC 6298 §5, end). */
  progressed(): void {
    this.attempts = 0;
  }

  /** The handshake is done. */
  opened(): void {
    if (this.attempts > 0) this.timeout = RTO_AFTER_LOST_SYN;
    this.attempts = 0;
  }

  /** The timer has fired: the next wait is twice as long (RFC 6298 §5.5). */
  backOff(): void {
    this.attempts++;
    this.timeout = Math.min(MAXIMUM_RTO, this.timeout * 2);
  }
}
