// The sending half of a connection: what is acknowledged, what is under way, what may be sent next.
// Reading list: RFC 9293 §3.3.1 (SND variables), §3.8.6.2.1 (silly windows, sender), §3.7.4 (Nagle).

import { seqAdd, seqDiff, seqLess } from '../../base/sequence.js';
import type { Time } from '../../base/time.js';
import { RetransmissionTimer } from './retransmission-timer.js';
import { SendBuffer } from './send-buffer.js';

/** RFC 9293 §3.7.1: without an MSS option the peer takes 536 bytes. */
export const DEFAULT_MSS = 536;

export class Sender {
  /** ISS, SND.UNA, SND.NXT; `max` is the highest SND.NXT ever, beyond SND.NXT while old text is sent again. */
  initial = 0;
  unacknowledged = 0;
  next = 0;
  max = 0;
  /** SND.WND, and SND.WL1 and SND.WL2: the segment that told it. */
  window = 0;
  windowSequence = 0;
  windowAcknowledgment = 0;
  /** Shift of the windows the peer sends (RFC 7323 §2.2). */
  windowShift = 0;
  /** Text bytes per segment. */
  mss = DEFAULT_MSS;
  /** The largest window the peer has offered. */
  largestWindow = 0;
  nodelay = false;

  readonly buffer: SendBuffer;
  readonly timer = new RetransmissionTimer();
  /** The program has written all it will: a FIN follows the text. */
  finQueued = false;
  /** The FIN's sequence number once it has been sent; −1 before. */
  finAt = -1;

  /** A segment whose round trip is being measured: the sequence number behind it, and when it was sent. −1: none. */
  private timedEnd = -1;
  private timedAt: Time = 0;

  constructor(bufferLimit: number) {
    this.buffer = new SendBuffer(bufferLimit);
  }

  begin(initial: number): void {
    this.initial = initial;
    this.unacknowledged = initial;
    this.next = initial;
    this.max = initial;
  }

  /** Sequence numbers under way. */
  get inFlight(): number {
    return seqDiff(this.next, this.unacknowledged);
  }

  /** Everything sent has been acknowledged. */
  get allAcknowledged(): boolean {
    return this.unacknowledged === this.max;
  }

  get finAcknowledged(): boolean {
    return this.finAt >= 0 && seqLess(this.finAt, this.unacknowledged);
  }

  /** Our SYN has been acknowledged. */
  synAcknowledged = false;

  /** Sequence number of the first byte in the buffer; the SYN before it takes none of it. */
  private get bufferStart(): number {
    return this.synAcknowledged ? this.unacknowledged : seqAdd(this.initial, 1);
  }

  /** Text bytes in the buffer that SND.NXT has not passed. */
  get unsent(): number {
    return Math.max(0, this.buffer.length - Math.max(0, seqDiff(this.next, this.bufferStart)));
  }

  /** How many text bytes the next segment should carry; 0: none now. `probe`: one byte into a closed window. */
  nextSize(): number {
    const unsent = this.unsent;
    const usable = seqDiff(seqAdd(this.unacknowledged, this.window), this.next);
    const size = Math.min(unsent, usable, this.mss);
    if (size <= 0) return 0;
    // A full segment, or the last of the text, or at least half the largest window there ever was.
    if (size === this.mss || size >= this.largestWindow >> 1) return size;
    if (size < unsent) return 0;
    // Nagle: a small segment waits while anything is under way, unless the program is done writing.
    return this.nodelay || this.inFlight === 0 || this.finQueued ? size : 0;
  }

  /** Is it the FIN's turn? */
  get finDue(): boolean {
    return this.finQueued && this.unsent === 0 && (this.finAt < 0 || this.next === this.finAt);
  }

  /** Copies text that begins at a sequence number. */
  copyText(target: Uint8Array, at: number, sequence: number, length: number): void {
    this.buffer.copyTo(target, at, seqDiff(sequence, this.bufferStart), length);
  }

  /** Text bytes in the buffer from a sequence number on. */
  textFrom(sequence: number): number {
    return Math.max(0, this.buffer.length - Math.max(0, seqDiff(sequence, this.bufferStart)));
  }

  /** A segment of this length in sequence space goes out at SND.NXT. */
  sent(length: number, now: Time): void {
    const end = seqAdd(this.next, length);
    if (seqLess(this.max, end)) {
      // Only text that is sent for the first time can be timed (Karn).
      if (this.timedEnd < 0 && this.next === this.max) {
        this.timedEnd = end;
        this.timedAt = now;
      }
      this.max = end;
    }
    this.next = end;
  }

  /** An acceptable acknowledgment: returns the number of text bytes that are done with. */
  acknowledged(acknowledgment: number, now: Time): number {
    const start = this.bufferStart;
    const finCounted = this.finAt >= 0 && seqLess(this.finAt, acknowledgment);
    const text = Math.max(0, seqDiff(acknowledgment, start) - (finCounted ? 1 : 0));
    const discarded = Math.min(text, this.buffer.length);
    this.buffer.discard(discarded);
    this.unacknowledged = acknowledgment;
    this.synAcknowledged = true;
    if (seqLess(this.next, acknowledgment)) this.next = acknowledgment;
    if (this.timedEnd >= 0 && !seqLess(acknowledgment, this.timedEnd)) {
      this.timer.measured(now - this.timedAt);
      this.timedEnd = -1;
    } else this.timer.progressed();
    return discarded;
  }

  /** The retransmission timer fired: begin again at SND.UNA. What is timed is no measure any more. */
  goBack(): void {
    this.next = this.unacknowledged;
    this.timedEnd = -1;
  }

  /** The peer's window, already scaled. */
  offered(window: number, sequence: number, acknowledgment: number): void {
    this.window = window;
    this.windowSequence = sequence;
    this.windowAcknowledgment = acknowledgment;
    if (window > this.largestWindow) this.largestWindow = window;
  }
}
