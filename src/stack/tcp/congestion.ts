// How much may be under way, so that the network is filled and not flooded: slow start, congestion avoidance, and less
// after a loss. How fast it grows and how far it falls is the algorithm's: `new-reno.ts`, `cubic.ts`.
// Reading list: RFC 5681 §3.1 (slow start, congestion avoidance), §4.1 (after idling), RFC 6928 (initial window).

import type { Time } from '../../base/time.js';
import type { CongestionControl } from './congestion-control.js';
import type { CongestionName } from './connection-options.js';
import { Cubic } from './cubic.js';
import { NewReno } from './new-reno.js';

/** RFC 6928 §2: for the usual ten segments, not more bytes than this for each. */
const SEGMENT_FOR_INITIAL_WINDOW = 1460;

export class CongestionWindow {
  /** cwnd. */
  size = 0;
  /** ssthresh; infinite until something is lost. */
  threshold = Number.POSITIVE_INFINITY;
  mss = 0;
  readonly control: CongestionControl;
  /** What may be sent at first, and again after idling. */
  private initial = 0;

  constructor(name: CongestionName) {
    this.control = name === 'cubic' ? new Cubic() : new NewReno();
  }

  get isSlowStart(): boolean {
    return this.size < this.threshold;
  }

  /** The handshake is done. @param segments of the initial window; one when our SYN had to be sent again */
  begin(mss: number, segments: number): void {
    this.mss = mss;
    const most = Math.max(2 * mss, segments * SEGMENT_FOR_INITIAL_WINDOW);
    this.initial = segments === 1 ? mss : Math.min(segments * mss, most);
    this.size = this.initial;
  }

  /** Segments have become smaller, because the path is narrower, or longer again. */
  resize(mss: number): void {
    this.mss = mss;
    this.size = Math.max(mss, this.size - (this.size % mss));
    this.threshold = Math.max(this.threshold, 2 * mss);
  }

  /** Something new has been acknowledged, and the window was what limited us. */
  acknowledged(bytes: number, now: Time, roundTrip: Time): void {
    const { mss } = this;
    if (!this.isSlowStart) this.size = this.control.grow(this.size, mss, bytes, now, roundTrip);
    else this.size += Math.min(bytes, mss);
  }

  /** A segment is lost, or a queue grows: once for everything that was under way then. */
  reduce(flight: number): void {
    this.threshold = this.control.reduce(this.size, flight, this.mss);
    this.size = this.threshold;
  }

  /** Nothing comes back any more: begin anew with one segment. `again`: it was a retransmission that got lost. */
  timedOut(flight: number, again: boolean): void {
    if (!again) this.threshold = this.control.reduce(this.size, flight, this.mss);
    this.size = this.mss;
    this.control.restart();
  }

  /** Nothing has been sent for longer than the retransmission time-out: what the path takes is not known any more. */
  idled(): void {
    this.size = Math.min(this.size, this.initial);
    this.control.restart();
  }
}
