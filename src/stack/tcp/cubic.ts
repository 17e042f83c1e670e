// CUBIC: after a loss the window returns quickly to where it was, stays near it for a while, and then looks further.
// How far is a question of time, not of round trips, so that long paths get their share.
// Reading list: RFC 9438 §4. Only operations whose result IEEE 754 fixes to the bit, so that all machines agree.

import { SECOND, type Time } from '../../base/time.js';
import type { CongestionControl } from './congestion-control.js';

/** RFC 9438 §4.1: C, in segments per second³, and β. */
const C = 0.4;
const BETA = 0.7;
/** §4.3: what Reno would need to be as quick with this β; once past the last maximum it grows as Reno does. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);
/** §4.2: towards the target, but not faster than this per round trip. */
const MOST_GROWTH = 1.5;

/** What a number is multiplied with to take its first 17 bits of 53: 2^36 + 1. */
const SPLIT = 68_719_476_737;

export class Cubic implements CongestionControl {
  readonly name = 'cubic';
  /** Segments: W_max, where the curve has its plateau, and the window before the last reduction. */
  private plateau = 0;
  private prior = 0;
  /** When this stretch of congestion avoidance began; −1: with the next acknowledgment. */
  private epoch: Time = -1;
  /** When an acknowledgment last could make the window larger. */
  private grownAt: Time = -1;
  /** K, seconds from the epoch to the plateau. */
  private way = 0;
  /** Segments: what Reno would have (W_est), and the fraction of a byte that is still to be added to the window. */
  private reno = 0;
  private rest = 0;

  grow(window: number, mss: number, acknowledged: number, now: Time, roundTrip: Time): number {
    const size = window / mss;
    if (this.epoch < 0) this.begin(size, now);
    // §5.8: time in which the window was not what held us back does not count.
    else this.epoch += Math.max(0, now - this.grownAt - Math.max(0, roundTrip));
    this.grownAt = now;
    const elapsed = (now - this.epoch) / SECOND;
    const ahead = elapsed + Math.max(0, roundTrip) / SECOND;
    const share = acknowledged / window;
    this.reno += (this.reno >= this.prior ? 1 : ALPHA) * share;
    // §4.3: as Reno, where Reno would be ahead.
    if (this.at(elapsed) < this.reno) return Math.max(window, Math.floor(this.reno * mss));
    // §4.4 and §4.5: in a round trip to where the curve will be then.
    const target = Math.min(Math.max(this.at(ahead), size), size * MOST_GROWTH);
    const growth = (target - size) * share * mss + this.rest;
    const whole = Math.floor(growth);
    this.rest = growth - whole;
    return window + whole;
  }

  reduce(window: number, flight: number, mss: number): number {
    const size = window / mss;
    // §4.7: whoever falls before he was back makes room for others.
    this.plateau = size < this.plateau ? (size * (1 + BETA)) / 2 : size;
    this.prior = size;
    this.epoch = -1;
    return Math.max(Math.round(flight * BETA), 2 * mss);
  }

  restart(): void {
    this.epoch = -1;
    this.rest = 0;
    // §4.8: the next stretch begins without a plateau ahead.
    this.plateau = 0;
  }

  private begin(size: number, now: Time): void {
    this.epoch = now;
    this.reno = size;
    this.rest = 0;
    if (this.plateau <= size) {
      // There is no plateau ahead: the curve begins here.
      this.plateau = size;
      this.way = 0;
    } else this.way = cubeRoot((this.plateau - size) / C);
  }

  /** W_cubic: segments, so many seconds after the epoch. */
  private at(seconds: number): number {
    const distance = seconds - this.way;
    return C * distance * distance * distance + this.plateau;
  }
}

/** The cube root, right to the last bit. @param value positive */
export function cubeRoot(value: number): number {
  // Newton's method, from above, as long as that changes anything: after that at most the last bit is wrong.
  let root = value < 1 ? 1 : value;
  for (;;) {
    const next = root - (root * root * root - value) / (3 * root * root);
    if (!(next < root)) break;
    root = next;
  }
  // Once more, with what its cube leaves over. The cube of its first 17 bits is exact, the rest is small.
  const scaled = root * SPLIT;
  const high = scaled - (scaled - root);
  const low = root - high;
  const rest = value - high * high * high - low * (3 * high * root + low * low);
  return root + rest / (3 * root * root);
}
