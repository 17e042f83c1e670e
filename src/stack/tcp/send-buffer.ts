// The bytes a program has written and the peer has not acknowledged yet, in a ring that grows to its limit.

export class SendBuffer {
  /** Most bytes it will hold. */
  readonly limit: number;
  private ring = new Uint8Array(0);
  private first = 0;
  private count = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes held. */
  get length(): number {
    return this.count;
  }

  get room(): number {
    return this.limit - this.count;
  }

  /** Copies in as much as fits; returns how much that was. */
  append(bytes: Uint8Array): number {
    const accepted = Math.min(bytes.length, this.room);
    this.reserve(this.count + accepted);
    const capacity = this.ring.length;
    const at = capacity === 0 ? 0 : (this.first + this.count) % capacity;
    const untilEnd = Math.min(accepted, capacity - at);
    this.ring.set(bytes.subarray(0, untilEnd), at);
    this.ring.set(bytes.subarray(untilEnd, accepted), 0);
    this.count += accepted;
    return accepted;
  }

  /** Copies `length` bytes from `offset` (0: the oldest held) to `target` at `at`. */
  copyTo(target: Uint8Array, at: number, offset: number, length: number): void {
    const capacity = this.ring.length;
    if (capacity === 0 || length === 0) return;
    const from = (this.first + offset) % capacity;
    const untilEnd = Math.min(length, capacity - from);
    target.set(this.ring.subarray(from, from + untilEnd), at);
    if (untilEnd < length) target.set(this.ring.subarray(0, length - untilEnd), at + untilEnd);
  }

  /** Forgets the oldest bytes. */
  discard(length: number): void {
    this.count -= length;
    this.first = this.count === 0 ? 0 : (this.first + length) % this.ring.length;
  }

  private reserve(needed: number): void {
    if (needed <= this.ring.length) return;
    const grown = new Uint8Array(Math.min(this.limit, Math.max(needed, this.ring.length * 2, 1024)));
    this.copyTo(grown, 0, 0, this.count);
    this.ring = grown;
    this.first = 0;
  }
}
