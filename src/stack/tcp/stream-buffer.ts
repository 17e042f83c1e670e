// The bytes of one direction of a connection, in a ring that grows when it must: first those that are in order, and
// behind them, with gaps, those that came too early.

const LEAST_CAPACITY = 512;

export class StreamBuffer {
  /** Its length is a power of two, so that a mask wraps positions. */
  private ring = new Uint8Array(0);
  private first = 0;
  private count = 0;
  /** Bytes from the first one up to the last one that was ever placed. */
  private extent = 0;

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
    const end = offset + length;
    if (end > this.ring.length) this.grow(end);
    if (end > this.extent) this.extent = end;
    const { ring } = this;
    const at = (this.first + offset) & (ring.length - 1);
    const untilEnd = Math.min(length, ring.length - at);
    ring.set(source.subarray(from, from + untilEnd), at);
    if (untilEnd < length) ring.set(source.subarray(from + untilEnd, from + length), 0);
  }

  /** The next `length` bytes are in order now. */
  commit(length: number): void {
    this.count += length;
  }

  /** Copies `length` bytes from `offset` (0: the oldest held) to `target` at `at`. */
  copyTo(target: Uint8Array, at: number, offset: number, length: number): void {
    if (length === 0) return;
    const { ring } = this;
    const from = (this.first + offset) & (ring.length - 1);
    const untilEnd = Math.min(length, ring.length - from);
    target.set(ring.subarray(from, from + untilEnd), at);
    if (untilEnd < length) target.set(ring.subarray(0, length - untilEnd), at + untilEnd);
  }

  /** Forgets the oldest bytes. */
  discard(length: number): void {
    this.count -= length;
    this.extent -= length;
    this.first = this.extent === 0 ? 0 : (this.first + length) & (this.ring.length - 1);
  }

  private grow(needed: number): void {
    let capacity = Math.max(LEAST_CAPACITY, this.ring.length);
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    this.copyTo(grown, 0, 0, this.extent);
    this.ring = grown;
    this.first = 0;
  }
}
