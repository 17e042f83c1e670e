// What has come and the program has not read, in a ring that grows when it must: first the bytes that are in order, and
// behind them, with gaps, those that came too early.

import { RingStore } from '../../base/ring-store.js';

const NO_RING = new Uint8Array(0);

export class ReceiveBuffer {
  private readonly rings: RingStore;
  /** Its length is a power of two, so that a mask wraps positions; none while nothing is held. */
  private ring: Uint8Array = NO_RING;
  private first = 0;
  private count = 0;
  /** Bytes from the first one up to the last one that was ever placed. */
  private extent = 0;
  /** Memory of somebody else with all that is held, and where it begins; null: it is in the ring. */
  private lent: Uint8Array | null = null;
  private lentAt = 0;

  /** @param rings where the memory comes from */
  constructor(rings = new RingStore()) {
    this.rings = rings;
  }

  /** Bytes in order. */
  get length(): number {
    return this.count;
  }

  /** Copies bytes in behind those that are in order. */
  append(source: Uint8Array, from: number, length: number): void {
    this.place(this.count, source, from, length);
    this.commit(length);
  }

  /** Copies bytes in at `offset` from the oldest byte held; they do not count as in order yet. */
  place(offset: number, source: Uint8Array, from: number, length: number): void {
    if (length === 0) return;
    this.keep();
    const end = offset + length;
    if (end > this.ring.length) this.grow(end);
    if (end > this.extent) this.extent = end;
    const { ring } = this;
    const at = (this.first + offset) & (ring.length - 1);
    const untilEnd = Math.min(length, ring.length - at);
    ring.set(source.subarray(from, from + untilEnd), at);
    if (untilEnd < length) ring.set(source.subarray(from + untilEnd, from + length), 0);
  }

  /**
   * Bytes in order for a buffer that holds none. They stay where they are, so that a program that reads them at once has
   * them copied once; whoever owns the memory calls `keep` before it goes.
   */
  lend(source: Uint8Array, from: number, length: number): void {
    this.lent = source;
    this.lentAt = from;
    this.count = length;
    this.extent = length;
  }

  /** Copies in what is left of what was lent. */
  keep(): void {
    const { lent, count } = this;
    if (lent === null) return;
    this.lent = null;
    this.count = 0;
    this.extent = 0;
    this.append(lent, this.lentAt, count);
  }

  /** The next `length` bytes are in order now. */
  commit(length: number): void {
    this.count += length;
  }

  /** Copies `length` bytes from `offset` (0: the oldest held) to `target` at `at`. */
  copyTo(target: Uint8Array, at: number, offset: number, length: number): void {
    if (length === 0) return;
    const { ring, lent } = this;
    if (lent !== null) {
      const begin = this.lentAt + offset;
      target.set(lent.subarray(begin, begin + length), at);
      return;
    }
    const from = (this.first + offset) & (ring.length - 1);
    const untilEnd = Math.min(length, ring.length - from);
    target.set(ring.subarray(from, from + untilEnd), at);
    if (untilEnd < length) target.set(ring.subarray(0, length - untilEnd), at + untilEnd);
  }

  /** Forgets the oldest bytes. */
  discard(length: number): void {
    this.count -= length;
    this.extent -= length;
    if (this.lent !== null) {
      this.lentAt += length;
      if (this.extent === 0) this.lent = null;
    } else if (this.extent > 0) this.first = (this.first + length) & (this.ring.length - 1);
    else this.exchange(NO_RING);
  }

  private grow(needed: number): void {
    const grown = this.rings.take(needed);
    this.copyTo(grown, 0, 0, this.extent);
    this.exchange(grown);
  }

  /** Another ring in place of this one, its bytes from the beginning on. */
  private exchange(ring: Uint8Array): void {
    if (this.ring !== NO_RING) this.rings.release(this.ring);
    this.ring = ring;
    this.first = 0;
  }
}
