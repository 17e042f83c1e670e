// The classic by itself: by how much the window grows, and falls.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NewReno } from './new-reno.js';

describe('NewReno', () => {
  it('grows by a segment for every window that is acknowledged, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 100 }), (pieces) => {
        const control = new NewReno();
        let window = 10_000;
        let credit = 0;
        for (const piece of pieces) {
          credit += piece;
          const grown = control.grow(window, 1000, piece);
          if (credit >= window) {
            credit -= window;
            expect(grown).toBe(window + 1000);
          } else expect(grown).toBe(window);
          window = grown;
        }
      }),
    );
  });

  it('falls to half of what was under way, but not below two segments', () => {
    const control = new NewReno();
    expect(control.reduce(50_000, 21_001, 1000)).toBe(10_500);
    expect(control.reduce(50_000, 3000, 1000)).toBe(2000);
    expect(control.reduce(1000, 0, 1000)).toBe(2000);
  });

  it('begins to count anew after a loss, and after a time-out', () => {
    for (const again of ['reduce', 'restart'] as const) {
      const control = new NewReno();
      expect(control.grow(10_000, 1000, 9999)).toBe(10_000);
      control[again](10_000, 10_000, 1000);
      expect(control.grow(10_000, 1000, 9999)).toBe(10_000);
      expect(control.grow(10_000, 1000, 1)).toBe(11_000);
    }
  });
});
