// What to do about loss: how an acknowledgment shows that something is missing, and how long the answer to it lasts.
// Without SACK the third duplicate acknowledgment tells (NewReno); with it the scoreboard does, by time or by counting.
// Reading list: RFC 5681 §3.2 (fast retransmit, fast recovery), RFC 6582 (NewReno), RFC 6675 §4–§5 (SACK), RFC 8985 §6
// (RACK), RFC 3042 (limited transmit).

import { seqAtMost, seqDiff, seqLess } from '../../base/sequence.js';
import { NEVER, type Time } from '../../base/time.js';
import type { RecoveryName } from './connection-options.js';
import type { Rack } from './rack.js';
import type { RetransmissionTimer } from './retransmission-timer.js';
import type { Scoreboard } from './scoreboard.js';

/** What of a sender matters for recovery. */
export interface Recovering {
  readonly board: Scoreboard;
  readonly rack: Rack;
  readonly timer: RetransmissionTimer;
  readonly mss: number;
  readonly unacknowledged: number;
  readonly max: number;
}

/** RFC 5681 §3.2, RFC 6675 §2: DupThresh. */
const DUPLICATES = 3;

/** `open`: all is well. `recovery`: what is missing is sent again. `loss`: the timer has fired, everything begins anew. */
export type RecoveryPhase = 'open' | 'recovery' | 'loss';

/** How a loss was found out. */
export type LossEvidence = 'time-out' | 'duplicate acknowledgments' | 'sack' | 'rack';

export class LossRecovery {
  phase: RecoveryPhase = 'open';
  /** Both sides have SACK. */
  withSack = false;
  /** Duplicate acknowledgments in a row; counted without SACK only. */
  duplicates = 0;
  /** Without SACK: bytes that must have left the network, because something has made the peer repeat itself. */
  left = 0;
  /** The first segment that is missing goes out whatever the window says (RFC 6675 §5, step 4.3). */
  mustSend = false;
  /** When to look again whether a segment is late or lost; NEVER: no need to. */
  lookAgainAt: Time = NEVER;
  readonly kind: RecoveryName;
  /** Recovery is over when everything sent before it began is acknowledged; also without SACK after a time-out. */
  private point = 0;
  private pointSet = false;
  /** Everything up to here has been judged lost or not, by counting; undefined: nothing has. */
  private judged: number | undefined;

  constructor(kind: RecoveryName) {
    this.kind = kind;
  }

  /** Loss is judged by time. */
  get byTime(): boolean {
    return this.withSack && this.kind === 'rack';
  }

  /** Nothing may be made of duplicates of what was sent before (RFC 6582 §3.2, step 1). */
  private isPast(sender: Recovering): boolean {
    return this.pointSet && seqAtMost(sender.unacknowledged, this.point) && this.phase === 'open';
  }

  /** The peer has said the same again, about something that is missing (RFC 5681 §2). Without SACK. */
  duplicate(sender: Recovering): void {
    this.duplicates++;
    // After a time-out they only say that what was sent again was there already (RFC 6582 §4).
    if (this.phase === 'loss') return;
    const { board } = sender;
    this.left = Math.min(this.left + sender.mss, Math.max(0, board.pipe));
  }

  /** Something new has been acknowledged, of so many bytes. Without SACK it tells of the next hole (RFC 6582 §3.2). */
  progress(sender: Recovering, acknowledged: number): void {
    this.duplicates = 0;
    if (this.withSack) return;
    if (this.phase !== 'recovery' || !seqLess(sender.unacknowledged, this.point)) {
      this.left = 0;
      return;
    }
    // What was taken for gone from the network is acknowledged now, but for the segment that filled the hole.
    this.left = Math.max(0, this.left - Math.max(0, acknowledged - sender.mss));
    if (sender.board.size > 0) sender.board.lose(0);
    this.mustSend = true;
  }

  /** Marks what is lost, and says how that was found out; undefined: nothing new is. */
  detect(sender: Recovering, now: Time): LossEvidence | undefined {
    const { board } = sender;
    const before = board.lost;
    if (this.byTime) {
      const hurry = this.phase !== 'open' || board.sackedSegments >= DUPLICATES;
      this.lookAgainAt = sender.rack.detect(board, sender.rack.window(sender.timer.smoothed, hurry), now);
      return board.lost > before ? 'rack' : undefined;
    }
    if (this.withSack) {
      if (board.sackedSegments > 0) this.count(sender);
      return board.lost > before ? 'sack' : undefined;
    }
    if (this.duplicates !== DUPLICATES || this.phase !== 'open' || this.isPast(sender)) return undefined;
    return board.size > 0 && board.lose(0) ? 'duplicate acknowledgments' : undefined;
  }

  /** Recovery begins: returns false when it has begun already, or after a time-out, which has its own way. */
  begin(sender: Recovering): boolean {
    if (this.phase !== 'open') return false;
    this.phase = 'recovery';
    this.setPoint(sender);
    this.mustSend = true;
    return true;
  }

  /** The timer has fired. */
  timedOut(sender: Recovering): void {
    const { board } = sender;
    // The peer had said that it has the very segment that it does not acknowledge: it has thrown away what it had.
    if (board.size > 0 && board.isSacked(0)) board.forgetSacked();
    board.loseAll();
    this.phase = 'loss';
    this.setPoint(sender);
    this.duplicates = 0;
    this.left = 0;
    this.mustSend = false;
    this.lookAgainAt = NEVER;
    this.judged = undefined;
  }

  /** Is everything acknowledged that was under way when it began? True once. */
  isOver(sender: Recovering): boolean {
    if (this.phase === 'open' || seqLess(sender.unacknowledged, this.point)) return false;
    this.phase = 'open';
    this.left = 0;
    this.mustSend = false;
    this.judged = undefined;
    return true;
  }

  /**
   * RFC 6675 §4, IsLost: behind a lost segment the peer has three others, or more bytes than two would be. What was sent
   * again during this recovery is not looked at: that it is lost too only the timer can tell.
   */
  private count({ board, mss }: Recovering): void {
    let segments = 0;
    let bytes = 0;
    let index = board.size - 1;
    for (; index >= 0 && segments < DUPLICATES && bytes <= (DUPLICATES - 1) * mss; index--) {
      if (!board.isSacked(index)) continue;
      segments++;
      bytes += seqDiff(board.endOf(index), board.startOf(index));
    }
    if (index < 0) return;
    const judged = board.endOf(index);
    for (; index >= 0 && (this.judged === undefined || seqLess(this.judged, board.endOf(index))); index--)
      if (!board.wasRetransmitted(index)) board.lose(index);
    this.judged = judged;
  }

  private setPoint(sender: Recovering): void {
    this.point = sender.max;
    this.pointSet = true;
  }
}
