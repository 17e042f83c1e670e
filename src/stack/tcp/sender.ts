// The sending half of a connection: what is acknowledged, what is under way, what may be sent next.
// Reading list: RFC 9293 §3.3.1 (SND variables), §3.8.6.2.1 (silly windows, sender), §3.7.4 (Nagle), RFC 6298 §3 (what
// is timed).

import { seqAdd, seqAtMost, seqDiff, seqLess } from '../../base/sequence.js';
import type { Time } from '../../base/time.js';
import { RetransmissionTimer } from './retransmission-timer.js';
import { StreamBuffer } from './stream-buffer.js';

/** RFC 9293 §3.7.1: without an MSS option the peer takes 536 bytes. */
export const DEFAULT_MSS = 536;

export class Sender {
  /** ISS, SND.UNA. */
  initial = 0;
  unacknowledged = 0;
  /** What is sent next. It goes back to SND.UNA when the timer fires; `max` is SND.NXT of the RFC and never goes back. */
  next = 0;
  max = 0;
  /** Behind the last number that was sent in earnest, not only to probe a closed window. */
  private sentTo = 0;
  /** SND.WND, and SND.WL1 and SND.WL2: the segment that told it. */
  window = 0;
  windowSequence = 0;
  windowAcknowledgment = 0;
  /** Shift of the windows the peer sends (RFC 7323 §2.2). */
  windowShift = 0;
  /** The largest window the peer has offered. */
  largestWindow = 0;
  /** Text bytes per segment. */
  mss = DEFAULT_MSS;
  /** Our SYN has been acknowledged. */
  synAcknowledged = false;
  /** The FIN's sequence number, known once the program has written all it will; −1 before. */
  finAt = -1;

  /** What the program has written and the peer has not acknowledged. */
  readonly buffer = new StreamBuffer();
  readonly timer = new RetransmissionTimer();
  /** Bytes the buffer may hold. */
  private readonly limit: number;
  /** Small segments go out at once (no Nagle). */
  private readonly nodelay: boolean;

  /** A segment whose round trip is being measured: the sequence number behind it, and when it was sent. −1: none. */
  private timedEnd = -1;
  private timedAt: Time = 0;

  constructor(limit: number, nodelay: boolean) {
    this.limit = limit;
    this.nodelay = nodelay;
  }

  begin(initial: number): void {
    this.initial = initial;
    this.unacknowledged = initial;
    this.next = initial;
    this.max = initial;
    this.sentTo = initial;
  }

  // ---- what the program gives ----

  /** Room in the buffer, in bytes. */
  get room(): number {
    return this.limit - this.buffer.length;
  }

  /** Copies in as much as there is room for; returns how much that was. */
  take(bytes: Uint8Array): number {
    const size = Math.min(bytes.length, this.room);
    this.buffer.append(bytes, 0, size);
    return size;
  }

  /** The program has written all it will: a FIN follows the text. */
  finish(): void {
    if (this.finAt < 0) this.finAt = seqAdd(this.bufferStart, this.buffer.length);
  }

  // ---- what is under way ----

  /** Sequence numbers between SND.UNA and what is sent next. */
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

  /** The peer takes nothing: its window has to be probed. */
  get windowClosed(): boolean {
    return this.window === 0 && this.synAcknowledged;
  }

  /** Nothing is under way, and what there is to send must wait for the window. */
  get isHeld(): boolean {
    return this.inFlight === 0 && (this.unsent > 0 || this.finDue);
  }

  /** The sequence number of a segment that carries nothing: the peer's window must not end before it. */
  get quietSequence(): number {
    const { edge } = this;
    return seqLess(edge, this.max) ? edge : this.max;
  }

  /** How much of a segment of this length, sent next, goes out again. */
  repeated(length: number): number {
    return Math.min(length, seqDiff(this.sentTo, this.next));
  }

  /** Text bytes in the buffer that are still to be sent, or to be sent again. */
  get unsent(): number {
    return Math.max(0, seqDiff(seqAdd(this.bufferStart, this.buffer.length), this.next));
  }

  private get finDue(): boolean {
    return this.finAt >= 0 && seqAtMost(this.next, this.finAt);
  }

  /** The right edge of the peer's window; its first byte is the one behind our SYN. */
  private get edge(): number {
    return seqAdd(this.unacknowledged, this.synAcknowledged ? this.window : this.window + 1);
  }

  /** Sequence number of the first byte in the buffer; the SYN before it takes none of it. */
  private get bufferStart(): number {
    return this.synAcknowledged ? this.unacknowledged : seqAdd(this.initial, 1);
  }

  // ---- what may be sent ----

  /** Text bytes of the next segment, as far as window and segment size allow. */
  get allowedText(): number {
    return Math.max(0, Math.min(this.unsent, seqDiff(this.edge, this.next), this.mss));
  }

  /** Text bytes that the next segment should carry; 0: none, or better not yet. */
  get nextText(): number {
    const size = this.allowedText;
    if (size === 0 || size === this.mss) return size;
    // What has been sent before was not silly then.
    if (this.next !== this.max) return size;
    // Nagle: a small segment waits while anything is under way, unless the program is done writing.
    if (this.inFlight > 0 && !this.nodelay && this.finAt < 0) return 0;
    // The last of the text, or at least half the largest window there ever was; anything less would be silly.
    return size === this.unsent || size >= this.largestWindow >> 1 ? size : 0;
  }

  /** May the FIN go with a segment of this much text? It must be its turn, and it needs a place in the window. */
  finFollows(size: number): boolean {
    if (this.finAt < 0 || seqAdd(this.next, size) !== this.finAt) return false;
    return seqLess(this.finAt, this.edge);
  }

  /** Copies text that begins at a sequence number. */
  copyText(target: Uint8Array, at: number, sequence: number, length: number): void {
    this.buffer.copyTo(target, at, seqDiff(sequence, this.bufferStart), length);
  }

  // ---- what happens ----

  /** A segment of this length in sequence space goes out at `next`. */
  sent(length: number, now: Time): void {
    // Only what is sent for the first time can be timed (Karn).
    const isNew = this.next === this.max;
    this.next = seqAdd(this.next, length);
    if (seqLess(this.max, this.next)) this.max = this.next;
    if (seqLess(this.sentTo, this.next)) this.sentTo = this.next;
    if (isNew && this.timedEnd < 0) {
      this.timedEnd = this.next;
      this.timedAt = now;
    }
  }

  /** One byte, or the FIN, goes into a closed window. It is sent again with the rest, so `next` stays. */
  probed(): void {
    const end = seqAdd(this.next, 1);
    if (seqLess(this.max, end)) this.max = end;
  }

  /** An acknowledgment of something new has come. */
  acknowledged(acknowledgment: number, now: Time): void {
    const text = seqDiff(acknowledgment, this.bufferStart);
    this.buffer.discard(Math.min(text, this.buffer.length));
    this.unacknowledged = acknowledgment;
    if (seqLess(this.next, acknowledgment)) this.next = acknowledgment;
    if (this.timedEnd >= 0 && seqAtMost(this.timedEnd, acknowledgment)) {
      this.timer.measured(now - this.timedAt);
      this.timedEnd = -1;
    }
    if (this.synAcknowledged) this.timer.progressed();
    else {
      this.synAcknowledged = true;
      this.timer.opened();
    }
  }

  /** Begin again at SND.UNA. What is timed is no measure any more. */
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
