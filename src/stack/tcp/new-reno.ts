// The classic: one segment more per round trip, and half of it all after a loss.
// Reading list: RFC 5681 §3.1 (equations 3 and 4), RFC 6582 (NewReno).

import type { CongestionControl } from './congestion-control.js';

export class NewReno implements CongestionControl {
  readonly name = 'newreno';
  /** Bytes acknowledged that have not made the window larger yet. */
  private credit = 0;

  /** A whole window acknowledged makes it larger by one segment. */
  grow(window: number, mss: number, acknowledged: number): number {
    this.credit += acknowledged;
    if (this.credit < window) return window;
    this.credit -= window;
    return window + mss;
  }

  reduce(_window: number, flight: number, mss: number): number {
    this.credit = 0;
    return Math.max(Math.floor(flight / 2), 2 * mss);
  }

  restart(): void {
    this.credit = 0;
  }
}
