// What a congestion control algorithm has to answer. Reading list: RFC 5681 §3.1, RFC 5033.

import type { Time } from '../../base/time.js';
import type { CongestionName } from './connection-options.js';

/** What differs from one algorithm to another. Windows and thresholds in bytes. */
export interface CongestionControl {
  readonly name: CongestionName;
  /** Congestion avoidance: the window after an acknowledgment of `acknowledged` bytes; `roundTrip` −1: not known. */
  grow(window: number, mss: number, acknowledged: number, now: Time, roundTrip: Time): number;
  /** The threshold after a loss, or after the network has said that a queue grows. */
  reduce(window: number, flight: number, mss: number): number;
  /** What has been learned of the path's pace no longer counts: after a time-out, and after idling. */
  restart(): void;
}
