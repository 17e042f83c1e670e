// How long to wait for an acknowledgment: the round-trip time, smoothed, and doubled with every failure.
// Reading list: RFC 6298; Karn's algorithm in its §3.

import { MILLISECOND, SECOND, type Time } from '../../base/time.js';

/** RFC 6298 §2.1: before anything is known. */
const INITIAL_RTO: Time = SECOND;
/** RFC 6298 §2.4 asks for at least a second, "conservative"; as other stacks do, less is allowed here. */
const MINIMUM_RTO: Time = 200 * MILLISECOND;
/** RFC 6298 §2.5: at least 60 seconds. */
const MAXIMUM_RTO: Time = 60 * SECOND;
/** Clock granularity (G of RFC 6298 §2.2). */
const GRANULARITY: Time = MILLISECOND;

export class RetransmissionTimer {
  /** SRTT and RTTVAR, in ns; 0 before the first measurement. */
  smoothed: Time = 0;
  variation: Time = 0;
  /** RTO as it applies now, back-off included. */
  timeout: Time = INITIAL_RTO;
  /** Times the timer has fired in a row. */
  attempts = 0;

  /** A round trip was measured on a segment that was sent once only. Integer arithmetic: the same on every machine. */
  measured(roundTrip: Time): void {
    if (this.smoothed === 0) {
      this.smoothed = roundTrip;
      this.variation = Math.floor(roundTrip / 2);
    } else {
      const deviation = Math.abs(this.smoothed - roundTrip);
      this.variation = Math.floor((3 * this.variation + deviation) / 4);
      this.smoothed = Math.floor((7 * this.smoothed + roundTrip) / 8);
    }
    this.attempts = 0;
    this.timeout = this.computed();
  }

  /** Something new was acknowledged: the back-off ends (RFC 6298 §5.7 keeps it until a measurement; see there). */
  progressed(): void {
    this.attempts = 0;
    if (this.smoothed !== 0) this.timeout = this.computed();
  }

  /** The timer has fired: the next wait is twice as long (RFC 6298 §5.5). */
  backOff(): void {
    this.attempts++;
    this.timeout = Math.min(MAXIMUM_RTO, this.timeout * 2);
  }

  private computed(): Time {
    const wanted = this.smoothed + Math.max(GRANULARITY, 4 * this.variation);
    return Math.min(MAXIMUM_RTO, Math.max(MINIMUM_RTO, wanted));
  }
}
