// The sending half of a connection: what is acknowledged, what is under way, what may be sent next.
// Reading list: RFC 9293 §3.3.1 (SND variables), §3.8.6.2.1 (silly windows, sender), §3.7.4 (Nagle), RFC 6298 §3 (what
// is timed).

import type { RingStore } from '../../base/ring-store.js';
import { seqAdd, seqAtMost, seqDiff, seqLess } from '../../base/sequence.js';
import { NEVER, type Time } from '../../base/time.js';
import { CongestionWindow } from './congestion.js';
import type { AllTcpOptions } from './connection-options.js';
import { LossRecovery } from './loss-recovery.js';
import { Rack } from './rack.js';
import { RetransmissionTimer } from './retransmission-timer.js';
import { Scoreboard } from './scoreboard.js';
import { SendBuffer } from './send-buffer.js';

/** RFC 9293 §3.7.1: without an MSS option the peer takes 536 bytes. */
export const DEFAULT_MSS = 536;

export class Sender {
  /** ISS, SND.UNA. */
  initial = 0;
  unacknowledged = 0;
  /** SND.NXT: behind everything that was ever sent, also to probe a closed window. */
  max = 0;
  /** SND.WND, and SND.WL1 and SND.WL2: the segment that told it. */
  window = 0;
  windowSequence = 0;
  windowAcknowledgment = 0;
  /** Shift of the windows the peer sends (RFC 7323 §2.2). */
  windowShift = 0;
  /** The largest window the peer has offered. */
  largestWindow = 0;
  /** Bytes of text and options per segment that the peer and the path take: the size that MSS options tell. */
  room = DEFAULT_MSS;
  /** What the peer takes, and `room` may become again when the path has become wider. */
  widest = DEFAULT_MSS;
  /** Text bytes per segment, when it carries the options that every segment carries. */
  mss = DEFAULT_MSS;
  /** As much text as there was in a segment that has arrived: the path takes that. */
  proven = 0;
  /** Our SYN has been acknowledged. */
  synAcknowledged = false;
  /** The FIN's sequence number, known once the program has written all it will. */
  finAt: number | undefined;
  /** SND.UP: behind the last byte that is urgent; undefined: none is. */
  urgentEnd: number | undefined;
  /** When something was sent last, and when it is to be an answer to ECN that we have slowed down. */
  sentAt: Time = NEVER;
  /** Probes of a closed window since something was acknowledged. */
  probes = 0;
  slowedDown = false;
  /** What was sent before this tells nothing new about queues (RFC 3168 §6.1.2: once per round trip). */
  slowedDownUntil = 0;
  /** The congestion window, not the program or the peer, has kept us from sending more. */
  isLimited = false;

  /** What the program has written and the peer has not acknowledged. */
  readonly buffer: SendBuffer;
  readonly timer: RetransmissionTimer;
  readonly board = new Scoreboard();
  readonly congestion: CongestionWindow;
  readonly recovery: LossRecovery;
  readonly rack = new Rack();
  /** Small segments go out at once (no Nagle). */
  nodelay: boolean;
  /** Bytes the buffer may hold. */
  private readonly limit: number;
  /** What is acknowledged beyond this gives the next measure of the round trip: about one for each. */
  private timedEnd = 0;

  constructor(options: AllTcpOptions, rings?: RingStore) {
    this.buffer = new SendBuffer(rings);
    this.limit = options.sendBuffer;
    this.nodelay = options.nodelay;
    this.timer = new RetransmissionTimer(options.minimumRto);
    this.congestion = new CongestionWindow(options.congestion);
    this.recovery = new LossRecovery(options.recovery);
  }

  begin(initial: number): void {
    this.initial = initial;
    this.unacknowledged = initial;
    this.max = seqAdd(initial, 1);
    this.board.begin(this.max);
    this.rack.begin(this.max);
    this.timedEnd = this.max;
    this.slowedDownUntil = initial;
  }

  // ---- what the program gives ----

  /** Room in the buffer, in bytes. */
  get free(): number {
    return this.limit - this.buffer.length;
  }

  /** Takes as much as there is room for, a copy of it or as it is; returns how much that was. */
  take(bytes: Uint8Array, isShared: boolean): number {
    const size = Math.min(bytes.length, this.free);
    if (isShared) this.buffer.share(bytes, size);
    else this.buffer.append(bytes, size);
    return size;
  }

  /** What has been taken so far is urgent (RFC 9293 §3.8.5). */
  markUrgent(): void {
    this.urgentEnd = this.bufferEnd;
  }

  /** The program has written all it will: a FIN follows the text. */
  finish(): void {
    this.finAt ??= this.bufferEnd;
  }

  // ---- what is under way ----

  /** What is sent next, when nothing has to be sent again. */
  get next(): number {
    return this.board.end;
  }

  /** Sequence numbers that are sent and not acknowledged. */
  get flight(): number {
    return this.synAcknowledged ? seqDiff(this.next, this.unacknowledged) : 0;
  }

  /** Of these, what is in the network as far as one can know. */
  get pipe(): number {
    return Math.max(0, this.board.pipe - this.recovery.left);
  }

  /** Everything sent has been acknowledged. */
  get allAcknowledged(): boolean {
    return this.unacknowledged === this.max;
  }

  get finAcknowledged(): boolean {
    return this.finAt !== undefined && seqLess(this.finAt, this.unacknowledged);
  }

  /** The peer takes nothing: its window has to be probed. */
  get windowClosed(): boolean {
    return this.window === 0 && this.synAcknowledged;
  }

  /** Nothing is under way, and what there is to send must wait for the window. */
  get isHeld(): boolean {
    return this.board.size === 0 && (this.unsent > 0 || this.finDue);
  }

  /** The sequence number of a segment that carries nothing: the peer's window must not end before it. */
  get quietSequence(): number {
    const { edge, next } = this;
    return seqLess(edge, next) ? edge : next;
  }

  /** Text bytes in the buffer that have not been sent. */
  get unsent(): number {
    return Math.max(0, seqDiff(this.bufferEnd, this.next));
  }

  private get finDue(): boolean {
    return this.finAt !== undefined && seqAtMost(this.next, this.finAt);
  }

  /** The right edge of the peer's window; its first byte is the one behind our SYN. */
  get edge(): number {
    return seqAdd(this.unacknowledged, this.synAcknowledged ? this.window : this.window + 1);
  }

  /** Sequence number of the first byte in the buffer; the SYN before it takes none of it. */
  private get bufferStart(): number {
    return this.synAcknowledged ? this.unacknowledged : seqAdd(this.initial, 1);
  }

  private get bufferEnd(): number {
    return seqAdd(this.bufferStart, this.buffer.length);
  }

  // ---- what may be sent ----

  /** Text bytes of a segment that begins at `sequence`, as far as buffer, window and segment size allow. */
  textAt(sequence: number, mss: number): number {
    const there = seqDiff(this.bufferEnd, sequence);
    return Math.max(0, Math.min(there, seqDiff(this.edge, sequence), mss));
  }

  /** Text bytes that the next new segment should carry; 0: none, or better not yet. */
  nextText(mss: number): number {
    const size = this.textAt(this.next, mss);
    if (size === 0 || size === mss) return size;
    // Nagle: a small segment waits while anything is under way, unless the program is done writing.
    if (this.board.size > 0 && !this.nodelay && this.finAt === undefined) return 0;
    // The last of the text, or at least half the largest window there ever was; anything less would be silly.
    return size === this.unsent || size >= this.largestWindow >> 1 ? size : 0;
  }

  /** May the FIN go with a segment of this much text at `sequence`? It must be its turn, and have a place in the window. */
  finFollows(sequence: number, size: number): boolean {
    if (this.finAt === undefined || seqAdd(sequence, size) !== this.finAt) return false;
    return seqLess(this.finAt, this.edge);
  }

  /** Is there room in the congestion window for a segment of this length? */
  fits(length: number): boolean {
    return this.pipe + length <= this.congestion.size || this.board.size === 0;
  }

  /** Is this the last text there is? */
  endsText(sequence: number, size: number): boolean {
    return seqAdd(sequence, size) === this.bufferEnd;
  }

  /** Copies text that begins at a sequence number. */
  copyText(target: Uint8Array, at: number, sequence: number, length: number): void {
    this.buffer.copyTo(target, at, seqDiff(sequence, this.bufferStart), length);
  }

  // ---- what happens ----

  /** A new segment of this length in sequence space goes out at `next`. */
  sent(length: number, now: Time): void {
    const end = seqAdd(this.next, length);
    this.board.sent(end, now);
    if (seqLess(this.max, end)) this.max = end;
    this.sentAt = now;
  }

  /** One byte, or the FIN, goes into a closed window. It is sent again with the rest, so `next` stays. */
  probed(): void {
    this.probes++;
    const end = seqAdd(this.next, 1);
    if (this.board.size === 0 && seqLess(this.max, end)) this.max = end;
  }

  /** Our SYN has been acknowledged. @param roundTrip −1: it was sent more than once */
  opened(roundTrip: Time): void {
    this.synAcknowledged = true;
    this.unacknowledged = seqAdd(this.initial, 1);
    if (roundTrip >= 0) this.timer.measured(roundTrip);
    this.timer.opened();
  }

  /** Everything before a sequence number has arrived. */
  acknowledged(acknowledgment: number): void {
    const text = seqDiff(acknowledgment, this.unacknowledged);
    this.buffer.discard(Math.min(text, this.buffer.length));
    this.board.acknowledged(acknowledgment);
    this.unacknowledged = acknowledgment;
    if (this.urgentEnd !== undefined && seqAtMost(this.urgentEnd, acknowledgment)) this.urgentEnd = undefined;
    this.timer.progressed();
  }

  /** A round trip, measured on what has just been acknowledged; one is taken for each window. True: this one is. */
  timed(roundTrip: Time): boolean {
    if (seqLess(this.unacknowledged, this.timedEnd)) return false;
    this.timedEnd = this.max;
    this.timer.measured(roundTrip);
    return true;
  }

  /** The peer's window, already scaled. */
  offered(window: number, sequence: number, acknowledgment: number): void {
    this.window = window;
    this.windowSequence = sequence;
    this.windowAcknowledgment = acknowledgment;
    if (window > this.largestWindow) this.largestWindow = window;
  }

  /** The path, or the peer, takes segments of this much text and options. */
  resize(room: number, options: number): void {
    this.room = room;
    this.mss = room - options;
    this.congestion.resize(this.mss);
  }
}
