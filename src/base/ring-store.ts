// Memory for the streams of connections: rings are taken when bytes come and given back when all of them have been read.
// So thousands of quiet connections need next to none, and busy ones go round in memory that the processor has at hand.

/** The smallest ring, and the largest, as powers of two. */
const LEAST_BITS = 9;
const MOST_BITS = 30;

export class RingStore {
  /** By the power of two: rings that nobody uses. In them is what was there last. */
  private readonly free: Uint8Array[][] = [];

  /** A ring for `least` bytes or more; its length is a power of two. @throws RangeError beyond 2^30 */
  take(least: number): Uint8Array {
    if (least > 1 << MOST_BITS) throw new RangeError(`no stream holds ${least} bytes`);
    const bits = Math.max(LEAST_BITS, 32 - Math.clz32(least - 1));
    return this.free[bits]?.pop() ?? new Uint8Array(1 << bits);
  }

  /** Takes back a ring of its own that nobody looks at any more. */
  release(ring: Uint8Array): void {
    const bits = 31 - Math.clz32(ring.length);
    const free = this.free[bits];
    if (free === undefined) this.free[bits] = [ring];
    else free.push(ring);
  }
}
