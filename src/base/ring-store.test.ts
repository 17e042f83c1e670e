// The ring store: rings long enough, each with one owner, used again.

import { describe, expect, it } from 'vitest';
import { RingStore } from './ring-store.js';

describe('the ring store', () => {
  it('gives rings of a power of two that are long enough', () => {
    const store = new RingStore();
    const lengths = [1, 512, 513, 1024, 1025, 65_536, 65_537].map((least) => store.take(least).length);
    expect(lengths).toEqual([512, 512, 1024, 1024, 2048, 65_536, 131_072]);
    expect(() => store.take(2 ** 30 + 1)).toThrow(RangeError);
  });

  it('gives each ring to one owner at a time, and uses again what comes back', () => {
    const store = new RingStore();
    const first = store.take(600);
    const second = store.take(600);
    expect(second).not.toBe(first);
    store.release(first);
    expect(store.take(5000)).not.toBe(first);
    expect(store.take(1000)).toBe(first);
    expect(store.take(1000)).not.toBe(first);
  });
});
