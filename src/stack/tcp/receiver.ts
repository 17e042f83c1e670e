// The receiving half of a connection: what is expected next, what waits to be read, how much more may come.
// Reading list: RFC 9293 §3.3.1 (RCV variables), §3.8.6 (window), RFC 1122 §4.2.3.3 (no silly windows), RFC 7323 §2.

import { seqAdd, seqDiff, seqLess } from '../../base/sequence.js';
import { Reassembler } from './reassembler.js';

export class Receiver {
  /** IRS and RCV.NXT. */
  initial = 0;
  next = 0;
  /** Bytes the program may leave unread. */
  readonly limit: number;
  /** Shift of the windows we send (RFC 7323 §2.2); 0 until both sides have agreed. */
  windowShift = 0;
  /** The peer's FIN has been received in order. */
  finished = false;

  private readonly chunks: Uint8Array[] = [];
  private unread = 0;
  private readonly early = new Reassembler();
  /** The right edge of the window last told to the peer: it never moves left (RFC 9293 §3.8.6). */
  private edge = 0;
  /** Where a FIN stands that came too early; −1: none. */
  private finAt = -1;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The peer's SYN: numbering begins behind it. */
  begin(sequence: number): void {
    // A window told with our own SYN, before the peer's numbers were known, holds from here.
    const promised = this.window;
    this.initial = sequence;
    this.next = seqAdd(sequence, 1);
    this.edge = seqAdd(this.next, promised);
  }

  /** Bytes waiting to be read. */
  get available(): number {
    return this.unread;
  }

  /** True while text is missing in front of text that is here. */
  get hasGap(): boolean {
    return !this.early.isEmpty;
  }

  /** RCV.WND as the peer knows it. */
  get window(): number {
    return Math.max(0, seqDiff(this.edge, this.next));
  }

  /** The value for the window field of a segment sent now; moves the edge. */
  windowField(mss: number, scaled: boolean): number {
    const shift = scaled ? this.windowShift : 0;
    const free = this.limit - this.unread;
    const known = this.window;
    // The edge moves only by a worthwhile amount (RFC 9293 §3.8.6.2.2).
    const worthwhile = Math.min(this.limit >> 1, mss);
    const target = free - known >= worthwhile || free >= this.limit ? free : known;
    const field = Math.min(0xffff, Math.max(target, known) >> shift);
    const offered = field << shift;
    if (offered > known) this.edge = seqAdd(this.next, offered);
    return field;
  }

  /** Would a segment sent now open the window by a worthwhile amount? */
  wouldOpen(mss: number): boolean {
    return (
      this.limit - this.unread - this.window >= Math.min(this.limit >> 1, 2 * mss) && this.window < 2 * mss
    );
  }

  /**
   * Takes the text of an acceptable segment, and its FIN. Returns the number of bytes that can newly be read; `this.next`
   * and `this.finished` tell the rest.
   */
  receive(sequence: number, text: Uint8Array, fin: boolean): number {
    const before = this.unread;
    let from = sequence;
    let bytes = text;
    if (fin && this.finAt < 0) this.finAt = seqAdd(sequence, text.length);
    const old = seqDiff(this.next, from);
    if (old > 0) {
      bytes = bytes.subarray(Math.min(old, bytes.length));
      from = this.next;
    }
    const room = seqDiff(seqAdd(this.next, this.window), from);
    if (bytes.length > room) bytes = bytes.subarray(0, Math.max(0, room));
    if (bytes.length > 0) {
      if (from === this.next) {
        this.append(bytes.slice());
        for (const chunk of this.early.take(this.next)) this.append(chunk);
      } else this.early.insert(from, bytes);
    }
    if (this.finAt === this.next && !this.finished) {
      this.finished = true;
      this.next = seqAdd(this.next, 1);
    }
    return this.unread - before;
  }

  /** Up to `max` bytes in order, taken out; empty when there are none. */
  read(max: number): Uint8Array {
    const first = this.chunks[0];
    if (first === undefined || max <= 0) return new Uint8Array(0);
    if (first.length >= max || this.chunks.length === 1) {
      const size = Math.min(max, first.length);
      if (size === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(size);
      this.unread -= size;
      return first.subarray(0, size);
    }
    const out = new Uint8Array(Math.min(max, this.unread));
    for (let filled = 0; filled < out.length; ) {
      const chunk = this.chunks[0] as Uint8Array;
      const size = Math.min(chunk.length, out.length - filled);
      out.set(chunk.subarray(0, size), filled);
      filled += size;
      if (size === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(size);
    }
    this.unread -= out.length;
    return out;
  }

  /** RFC 9293 §3.4: does the segment occupy a part of the window? */
  isAcceptable(sequence: number, length: number): boolean {
    const window = this.window;
    if (length === 0) return window === 0 ? sequence === this.next : this.isInside(sequence, window);
    if (window === 0) return false;
    return this.isInside(sequence, window) || this.isInside(seqAdd(sequence, length - 1), window);
  }

  private isInside(sequence: number, window: number): boolean {
    return !seqLess(sequence, this.next) && seqLess(sequence, seqAdd(this.next, window));
  }

  private append(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.unread += bytes.length;
    this.next = seqAdd(this.next, bytes.length);
  }
}
