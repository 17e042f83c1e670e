// Seeded random numbers (sfc32): same seed, same numbers, on every machine. Streams are split by name, so that a
// node's draws do not depend on what other nodes do.

import { hashText } from './hash.js';

export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 1;
  private readonly seed: number;

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number, name = '') {
    this.seed = seed >>> 0;
    const [high, low] = hashText(name);
    this.a = seed | 0;
    this.b = high | 0;
    this.c = low | 0;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An independent stream for `name`. */
  split(name: string): Random {
    return new Random(this.seed, name);
  }

  /** 0 … 2^32-1. */
  uint32(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** An integer from `low` to `high`, both included; the span must be below 2^32. */
  between(low: number, high: number): number {
    const span = high - low + 1;
    // The top of the range that is no whole multiple of the span is drawn again, so that no value is favoured.
    const limit = 0x100000000 - (0x100000000 % span);
    let drawn = this.uint32();
    while (drawn >= limit) drawn = this.uint32();
    return low + (drawn % span);
  }

  /** True with the given probability, 0 … 1. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return this.uint32() < probability * 0x100000000;
  }
}
