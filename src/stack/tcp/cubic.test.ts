// CUBIC by itself: acknowledgments at a steady pace, and what they make of the window. And cube roots.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND, type Time } from '../../base/time.js';
import { Cubic, cubeRoot } from './cubic.js';

const MSS = 1000;

/** A connection in congestion avoidance: `window` segments are acknowledged one by one in each round trip. */
class Flow {
  readonly control = new Cubic();
  window: number;
  now: Time = 0;
  private readonly roundTrip: Time;

  constructor(segments: number, roundTrip: Time) {
    this.window = segments * MSS;
    this.roundTrip = roundTrip;
  }

  get segments(): number {
    return this.window / MSS;
  }

  lose(): this {
    this.window = this.control.reduce(this.window, this.window, MSS);
    return this;
  }

  /** A round trip. Returns by how many segments the window has grown. */
  round(): number {
    const before = this.window;
    const count = Math.floor(before / MSS);
    for (let one = 0; one < count; one++) {
      this.window = this.control.grow(this.window, MSS, MSS, this.now, this.roundTrip);
      this.now += Math.floor(this.roundTrip / count);
    }
    return (this.window - before) / MSS;
  }

  rounds(time: Time): number[] {
    return Array.from({ length: Math.round(time / this.roundTrip) }, () => this.round());
  }
}

describe('CUBIC', () => {
  it('falls to 0.7 of what was under way, but not below two segments', () => {
    expect(new Cubic().reduce(100_000, 90_000, MSS)).toBe(63_000);
    expect(new Cubic().reduce(1000, 1000, MSS)).toBe(2000);
  });

  it('is back where it was after K seconds: quickly at first, slowly at the end, and then looks further', () => {
    // RFC 9438 §4.2: K = ∛((W_max − cwnd_epoch) / C) = ∛(300 / 0.4), about 9.1 s.
    const flow = new Flow(1000, 100 * MILLISECOND).lose();
    expect(flow.segments).toBe(700);
    const way = Math.cbrt(300 / 0.4);
    const steps = flow.rounds(Math.floor(way * SECOND));
    expect(flow.segments).toBeGreaterThan(999);
    expect(flow.segments).toBeLessThan(1001);
    // Concave: every tenth of the way less than the tenth before.
    const tenths = Array.from({ length: 9 }, (_, i) =>
      steps.slice(i * 10, i * 10 + 10).reduce((a, b) => a + b),
    );
    expect(tenths).toEqual(tenths.toSorted((a, b) => b - a));
    expect(tenths[0]).toBeGreaterThan(50);
    // Convex: as far again in as much time, W(2K) = W_max + C·K³.
    flow.rounds(Math.floor(way * SECOND));
    expect(flow.segments / 1300).toBeGreaterThan(0.99);
    expect(flow.segments / 1300).toBeLessThan(1.01);
  });

  it('grows at the same pace in time, whatever the round trip', () => {
    const grown = [50, 100, 200].map((milliseconds) => {
      const flow = new Flow(2000, milliseconds * MILLISECOND).lose();
      flow.rounds(5 * SECOND);
      return flow.segments;
    });
    for (const segments of grown) expect(Math.abs(segments / (grown[0] as number) - 1)).toBeLessThan(0.01);
  });

  it('grows as Reno with this β would, where that is quicker, and as Reno itself beyond the last maximum', () => {
    // RFC 9438 §4.3: 3 · (1 − β) / (1 + β) = 0.53 segments in a round trip.
    const flow = new Flow(20, 10 * MILLISECOND).lose();
    const steps = flow.rounds(100 * MILLISECOND);
    expect(flow.segments).toBeLessThan(20);
    expect(steps.reduce((a, b) => a + b) / steps.length).toBeCloseTo(0.53, 1);
    flow.rounds(100 * MILLISECOND);
    const later = flow.rounds(100 * MILLISECOND);
    expect(later.reduce((a, b) => a + b) / later.length).toBeCloseTo(1, 1);
  });

  it('grows by half at most in a round trip', () => {
    const flow = new Flow(10, 4 * SECOND).lose();
    for (let count = 0; count < 10; count++) {
      const before = flow.segments;
      flow.round();
      expect(flow.segments).toBeLessThanOrEqual(before * 1.7);
    }
    expect(flow.segments).toBeGreaterThan(100);
  });

  it('makes room when it loses before it is back (fast convergence)', () => {
    // The plateau is then at 0.85 of where it was, and reached in less time than the way from there would take.
    const first = new Flow(1000, 100 * MILLISECOND).lose();
    first.rounds(5 * SECOND);
    const at = first.segments;
    expect(at).toBeLessThan(1000);
    first.lose();
    first.rounds(Math.floor(Math.cbrt((at * 0.15) / 0.4) * SECOND));
    expect(first.segments / (at * 0.85)).toBeCloseTo(1, 2);
    expect(first.round()).toBeLessThan(0.2);
  });

  it('has no plateau ahead after a time-out: it begins slowly, and then looks further', () => {
    const flow = new Flow(1000, 100 * MILLISECOND).lose();
    flow.control.restart();
    // RFC 9438 §4.8: K is 0. After three seconds 0.4 · 27 segments more; Reno alone would have 0.53 · 30.
    flow.rounds(3 * SECOND);
    expect(flow.segments - 700).toBeGreaterThan(10);
    expect(flow.segments - 700).toBeLessThan(20);
    flow.rounds(3 * SECOND);
    expect((flow.segments - 700) / (0.4 * 6 ** 3)).toBeCloseTo(1, 1);
  });

  it('does not count time in which the program sent little', () => {
    const [busy, idle] = [0, 1].map(() => new Flow(1000, 100 * MILLISECOND).lose()) as [Flow, Flow];
    for (const flow of [busy, idle]) flow.rounds(5 * SECOND);
    idle.now += 30 * SECOND;
    // After 35 seconds the curve would be at ten times the window, and half as much again each round trip.
    expect(idle.round()).toBeLessThan(2 * busy.round());
  });

  it('has windows of whole bytes, whatever comes', () => {
    const act = fc.record({
      what: fc.constantFrom(
        'grow' as const,
        'grow' as const,
        'grow' as const,
        'lose' as const,
        'restart' as const,
      ),
      bytes: fc.integer({ min: 1, max: 100_000 }),
      after: fc.integer({ min: 0, max: 10 * SECOND }),
      roundTrip: fc.integer({ min: -1, max: SECOND }),
    });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const control = new Cubic();
        let window = 10_000;
        let now = 0;
        for (const { what, bytes, after, roundTrip } of acts) {
          now += after;
          const before = window;
          if (what === 'grow') {
            window = control.grow(window, MSS, Math.min(bytes, window), now, roundTrip);
            expect(window).toBeGreaterThanOrEqual(before);
          } else if (what === 'lose') {
            window = control.reduce(window, window, MSS);
            expect(window).toBe(Math.max(2000, Math.round(before * 0.7)));
          } else control.restart();
          expect(Number.isSafeInteger(window)).toBe(true);
        }
      }),
    );
  });
});

describe('a cube root', () => {
  const bits = new BigUint64Array(1);
  const number = new Float64Array(bits.buffer);

  /** A number as mantissa · 2^exponent. */
  function partsOf(value: number): readonly [bigint, number] {
    number[0] = value;
    const all = bits[0] as bigint;
    return [(all & (2n ** 52n - 1n)) | (2n ** 52n), Number(all >> 52n) - 1075];
  }

  /** Does the exact root lie on this side of `half` halves of the last bit beside `root`? By whole numbers. */
  function isBelow(value: number, root: number, half: bigint): boolean {
    const [mantissa, exponent] = partsOf(value);
    const [own, power] = partsOf(root);
    const cube = (2n * own + half) ** 3n;
    const shift = 3 * (power - 1) - exponent;
    return shift > 0 ? mantissa < cube << BigInt(shift) : mantissa << BigInt(-shift) < cube;
  }

  it('is the nearest number there is', () => {
    const values = fc.oneof(
      fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
      fc.integer({ min: 1, max: 10_000_000 }).map((bytes) => bytes / 1448 / 0.4),
    );
    fc.assert(
      fc.property(values, (value) => {
        const root = cubeRoot(value);
        expect([isBelow(value, root, -1n), isBelow(value, root, 1n)]).toEqual([false, true]);
      }),
      { numRuns: 5000 },
    );
  });

  it('of a cube is a whole number', () => {
    for (let root = 1; root <= 10_000; root++) expect(cubeRoot(root ** 3)).toBe(root);
    expect(cubeRoot(0.001)).toBe(0.1);
  });
});
