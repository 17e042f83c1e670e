// The receiving half of a connection: what is expected next, what waits to be read, how much more may come.
// Reading list: RFC 9293 §3.3.1 (RCV variables), §3.4 (which segments are acceptable), §3.8.6 (window, silly windows),
// RFC 7323 §2 (window scale) and §4.3 (which timestamp is echoed), RFC 2018 §4 and RFC 2883 (what SACK reports).

import type { RingStore } from '../../base/ring-store.js';
import { seqAdd, seqDiff, seqLess, seqMax } from '../../base/sequence.js';
import { NEVER, type Time } from '../../base/time.js';
import { Reassembler } from './reassembler.js';
import { ReceiveBuffer } from './receive-buffer.js';

const NO_BYTES = new Uint8Array(0);
/** Most connections never get text out of order: what is needed for that is made then. */
const NO_EDGES: number[] = [];
const NOTHING_EARLY = new Reassembler();
/** SACK blocks of one segment at most. */
export const MOST_BLOCKS = 4;

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
  /** TS.Recent, and when it was taken; which acknowledgment we sent last (Last.ACK.sent). */
  recentTimestamp = 0;
  recentAt: Time = NEVER;
  acknowledged = 0;
  /** RCV.UP: behind the last byte that is urgent; undefined: none is, as far as we know. */
  urgentEnd: number | undefined;
  /** The network has said that a queue grows; the peer has not said yet that it slows down (RFC 3168 §6.1.3). */
  echoesCongestion = false;
  /** Edges of the blocks that the next SACK option reports. */
  left = NO_EDGES;
  right = NO_EDGES;

  private readonly buffer: ReceiveBuffer;
  private early = NOTHING_EARLY;
  /** The right edge of the window last told to the peer: it never moves left (RFC 9293 §3.8.6). */
  private edge = 0;
  /** Where the peer's FIN stands, once it is known. */
  private finAt: number | undefined;
  /** Text that came although it was here already, to be reported once; none where both are the same. */
  private twiceFrom = 0;
  private twiceTo = 0;

  /** @param limit bytes, 1 to 2^30 */
  constructor(limit: number, rings?: RingStore) {
    this.limit = limit;
    this.buffer = new ReceiveBuffer(rings);
  }

  /** The peer's SYN: numbering begins behind it. */
  begin(sequence: number): void {
    // A window told with our own SYN, before the peer's numbers were known, holds from here.
    const promised = this.window;
    this.initial = sequence;
    this.next = seqAdd(sequence, 1);
    this.acknowledged = this.next;
    this.edge = seqAdd(this.next, promised);
  }

  /** Bytes waiting to be read. */
  get available(): number {
    return this.buffer.length;
  }

  /** Bytes from the next one to read up to the end of what is urgent; 0: nothing is. */
  get urgent(): number {
    if (this.urgentEnd === undefined) return 0;
    return Math.max(0, seqDiff(this.urgentEnd, this.next) + this.available);
  }

  /** True while text is missing in front of text that is here. */
  get hasGap(): boolean {
    return !this.early.isEmpty;
  }

  // ---- the window ----

  /** RCV.WND as the peer knows it. */
  get window(): number {
    return seqDiff(this.edge, this.next);
  }

  /** The window field of a segment sent now; the peer knows it from then on. `mss`: text bytes of a full segment. */
  windowField(mss: number, scaled: boolean): number {
    const shift = scaled ? this.windowShift : 0;
    const unit = 1 << shift;
    const known = this.window;
    const free = this.free(unit);
    // The edge moves only by a worthwhile amount (RFC 9293 §3.8.6.2.2), or when everything has been read.
    const moves = this.available === 0 || free - known >= Math.min(this.limit >> 1, mss);
    // Where it stays the field is rounded up, so that the edge stays for the peer too; but not again and again for one
    // small segment after the other, until the buffer holds more than it may. Then the peer sees the edge a little
    // further left (RFC 7323 §2.4), and what it has sent up to the old one is still taken.
    const upper = (known + unit - 1) >> shift;
    const stays = this.available + upper * unit < this.limit + unit ? upper : known >> shift;
    const field = Math.max(moves ? free >> shift : 0, stays);
    if (field * unit > known) this.edge = seqAdd(this.next, field * unit);
    return field;
  }

  /** Would the peer be glad to hear of the window? For when the program has read, and nothing else is to be sent. */
  hasNewsOfWindow(mss: number): boolean {
    const known = this.window;
    const growth = this.free(1 << this.windowShift) - known;
    return growth >= Math.min(this.limit >> 1, known < mss ? mss : 2 * mss);
  }

  /** Bytes of room that a window field can tell. */
  private free(unit: number): number {
    return Math.min(this.limit - this.available, 0xffff * unit);
  }

  /** RFC 9293 §3.4: does the segment occupy a part of the window? An empty one must stand in it. */
  isAcceptable(sequence: number, length: number): boolean {
    const { next, edge } = this;
    if (next === edge) return length === 0 && sequence === next;
    // Begins the segment before the window ends, and does it not end before the window begins?
    return seqLess(sequence, edge) && seqLess(next, seqAdd(sequence, Math.max(1, length)));
  }

  // ---- text ----

  /**
   * Takes what is new and within the window of an acceptable segment's text and FIN; `next`, `available` and `finished`
   * tell what came of it. The text may stay in `source` until `keep` is called. False: it could not be kept, because
   * there are too many gaps.
   */
  receive(sequence: number, source: Uint8Array, at: number, length: number, fin: boolean): boolean {
    const { next } = this;
    const fresh = Math.max(0, seqDiff(next, sequence));
    const end = this.cut(seqAdd(sequence, length));
    if (length > 0 && (fresh > 0 || !this.early.isEmpty)) this.noteTwice(sequence, end);
    const start = seqAdd(sequence, fresh);
    const size = seqDiff(end, start);
    if (fin && this.finAt === undefined && end === seqAdd(sequence, length) && seqLess(end, this.edge))
      this.finAt = end;
    if (size > 0) {
      const ahead = seqDiff(start, next);
      if (ahead > 0 && !this.keepsGap(start, end)) return false;
      if (ahead === 0 && this.available === 0 && this.early.isEmpty) {
        // Most programs read at once: then it need not be copied twice.
        this.buffer.lend(source, at + fresh, size);
        this.next = end;
      } else {
        this.buffer.place(this.available + ahead, source, at + fresh, size);
        if (ahead === 0) this.next = this.early.isEmpty ? end : this.early.take(end);
        this.buffer.commit(seqDiff(this.next, next));
      }
    }
    if (this.next === this.finAt && !this.finished) {
      this.finished = true;
      this.next = seqAdd(this.next, 1);
    }
    return true;
  }

  /** Text with a gap in front of it. False: there are too many. */
  private keepsGap(start: number, end: number): boolean {
    if (this.early === NOTHING_EARLY) this.early = new Reassembler();
    return this.early.insert(start, end);
  }

  // ---- what is reported of it ----

  /**
   * Writes the blocks of a SACK option into `left` and `right`: first text that came twice (RFC 2883 §4), then what came
   * last. @returns how many, up to `most`
   */
  report(most: number): number {
    let count = 0;
    if (this.left === NO_EDGES) {
      this.left = [0, 0, 0, 0];
      this.right = [0, 0, 0, 0];
    }
    if (this.twiceFrom !== this.twiceTo) {
      this.left[0] = this.twiceFrom;
      this.right[0] = this.twiceTo;
      count = 1;
    }
    if (this.early.isEmpty) return count;
    const all = this.early.report(this.left, this.right, count, most);
    // A FIN that has come behind a gap takes a number too.
    for (let block = count; block < all; block++)
      if (this.right[block] === this.finAt) this.right[block] = seqAdd(this.finAt, 1);
    return all;
  }

  /** Is there anything to report? */
  get hasReport(): boolean {
    return this.twiceFrom !== this.twiceTo || !this.early.isEmpty;
  }

  /** An acknowledgment has gone out, with what there was to report. */
  reported(): void {
    this.acknowledged = this.next;
    this.twiceTo = this.twiceFrom;
  }

  /** Which part of an arriving text is here already? The first one is reported (RFC 2883 §4). */
  private noteTwice(sequence: number, end: number): void {
    if (seqLess(sequence, this.next)) {
      this.twiceFrom = sequence;
      this.twiceTo = seqLess(end, this.next) ? end : this.next;
      return;
    }
    const place = this.early.overlapping(sequence, end);
    if (place < 0) return;
    this.twiceFrom = seqMax(sequence, this.early.startOf(place));
    const until = this.early.endOf(place);
    this.twiceTo = seqLess(end, until) ? end : until;
  }

  /** Text below the window came again, all of it: nothing of it is taken, but it is reported. */
  cameTwice(sequence: number, end: number): void {
    if (!seqLess(sequence, this.next) || sequence === end) return;
    this.twiceFrom = sequence;
    this.twiceTo = seqLess(end, this.next) ? end : this.next;
  }

  /** A newer timestamp, of a segment that does not stand behind what has been acknowledged (RFC 7323 §4.3). */
  takeTimestamp(value: number, sequence: number, now: Time): void {
    if (
      seqLess(this.acknowledged, sequence) ||
      (this.recentAt !== NEVER && seqLess(value, this.recentTimestamp))
    )
      return;
    this.recentTimestamp = value;
    this.recentAt = now;
  }

  /** The end of a text, or the place where it leaves the window or passes the FIN. */
  private cut(end: number): number {
    if (this.finAt !== undefined && seqLess(this.finAt, end)) return this.finAt;
    return seqLess(this.edge, end) ? this.edge : end;
  }

  /** Up to `max` bytes in order, taken out; empty when there are none. */
  read(max: number): Uint8Array {
    const size = Math.min(max, this.available);
    if (size <= 0) return NO_BYTES;
    const bytes = new Uint8Array(size);
    this.readInto(bytes);
    return bytes;
  }

  /** The memory that the text of the last segment lies in is to be used otherwise: what is not read yet is copied. */
  keep(): void {
    this.buffer.keep();
  }

  /** As many bytes as there are and fit, taken out; returns how many. */
  readInto(target: Uint8Array): number {
    const size = Math.min(target.length, this.available);
    this.buffer.copyTo(target, 0, 0, size);
    this.buffer.discard(size);
    return size;
  }
}
