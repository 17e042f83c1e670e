// What time tells about loss: a segment is lost when one that was sent enough later has arrived. And when nothing comes
// back at all, the last one is sent again early, so that what comes back then tells.
// Reading list: RFC 8985 §5–§7 (RACK-TLP), RFC 2883 (D-SACK).

import { seqLess } from '../../base/sequence.js';
import { MILLISECOND, NEVER, SECOND, type Time } from '../../base/time.js';
import type { Scoreboard } from './scoreboard.js';

/** RFC 8985 §7.2: how long a peer may wait with an acknowledgment. */
const LONGEST_ACK_DELAY: Time = 200 * MILLISECOND;
/** §6.2: round trips for which a window that grew stays so. */
const WINDOW_ROUNDS = 16;

export class Rack {
  /** Of what has arrived, the segment that was sent last: when, its end, and its round trip. −1: none yet. */
  sentAt: Time = -1;
  private end = 0;
  roundTrip: Time = 0;
  leastRoundTrip: Time = NEVER;
  /** Segments overtake each other on this path. */
  reordering = false;
  /** The highest end that has arrived, and what it was before the acknowledgment that is being looked at. */
  private forward = 0;
  private forwardBefore = 0;
  /** The reordering window, in quarters of the least round trip, and for how many recoveries that stays. */
  private quarters = 1;
  private rounds = 0;
  /** A duplicate is counted once per round trip: until this has been acknowledged. */
  private roundEnd: number | undefined;

  /** Tail loss probe: behind what was sent last when it was sent; undefined: none under way. */
  probeEnd: number | undefined;
  probeWasOld = false;

  begin(start: number): void {
    this.forward = start;
    this.forwardBefore = start;
    this.end = start;
  }

  /** Another acknowledgment is looked at: what it reports has arrived, in whatever order it reports it. */
  reportArrives(): void {
    this.forwardBefore = this.forward;
  }

  /**
   * A segment has arrived, which an acknowledgment or a SACK block said for the first time.
   * @param early it is a segment that was sent again, and the first copy may be the one that arrived
   */
  delivered(sentAt: Time, end: number, resent: boolean, early: boolean, now: Time): void {
    const roundTrip = now - sentAt;
    // §6.2 step 2: of something sent again it may be the first copy that has arrived.
    if (resent && (early || roundTrip < this.leastRoundTrip)) return;
    if (!resent && roundTrip < this.leastRoundTrip) this.leastRoundTrip = roundTrip;
    if (sentAt > this.sentAt || (sentAt === this.sentAt && seqLess(this.end, end))) {
      this.sentAt = sentAt;
      this.end = end;
      this.roundTrip = roundTrip;
    }
  }

  /** §6.2 step 3: has it been overtaken? */
  order(end: number, resent: boolean): void {
    if (seqLess(this.forward, end)) this.forward = end;
    if (seqLess(end, this.forwardBefore) && !resent) this.reordering = true;
  }

  /** The peer reports that something has arrived twice: we were too quick (§6.2 step 4). */
  duplicateReported(unacknowledged: number, max: number): void {
    if (this.roundEnd !== undefined && seqLess(unacknowledged, this.roundEnd)) return;
    this.roundEnd = max;
    this.reordering = true;
    this.quarters = Math.min(this.quarters + 1, 64);
    this.rounds = WINDOW_ROUNDS;
  }

  /** A recovery is over. */
  recovered(): void {
    if (this.rounds > 0 && --this.rounds === 0) this.quarters = 1;
  }

  /** The reordering window, in ns. @param hurry in recovery, or three segments are SACKed */
  window(smoothed: Time, hurry: boolean): Time {
    if (!this.reordering && hurry) return 0;
    if (this.leastRoundTrip === NEVER) return 0;
    return Math.min(Math.floor((this.quarters * this.leastRoundTrip) / 4), Math.max(0, smoothed));
  }

  /**
   * §6.2 step 5: marks what is lost.
   * @returns when to look again; NEVER: no need to
   */
  detect(board: Scoreboard, window: Time, now: Time): Time {
    if (this.sentAt < 0) return NEVER;
    let again: Time = NEVER;
    for (let index = 0; index < board.size; index++) {
      const sentAt = board.sentAt(index);
      const earlier =
        sentAt < this.sentAt || (sentAt === this.sentAt && seqLess(board.endOf(index), this.end));
      if (!earlier) {
        // What stands behind one that was sent only once was sent later still.
        if (!board.wasRetransmitted(index)) break;
        continue;
      }
      if (board.isSacked(index) || board.isLost(index)) continue;
      const at = sentAt + this.roundTrip + window;
      if (at <= now) board.lose(index);
      else if (at < again) again = at;
    }
    return again;
  }

  /** §7.2: how long to wait before the last segment is sent again. @param alone it is the only one under way */
  probeAfter(smoothed: Time, alone: boolean): Time {
    if (smoothed < 0) return SECOND;
    return 2 * smoothed + (alone ? LONGEST_ACK_DELAY : 0);
  }
}
