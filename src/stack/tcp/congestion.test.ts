// The congestion window: what it begins with, slow start, and what becomes of it after losses, time-outs and pauses.

import { describe, expect, it } from 'vitest';
import { CongestionWindow } from './congestion.js';

/** A window that begins with ten segments of 1000 bytes. */
function begun(name: 'newreno' | 'cubic' = 'newreno'): CongestionWindow {
  const window = new CongestionWindow(name);
  window.begin(1000, 10);
  return window;
}

describe('a congestion window', () => {
  it.each([
    // RFC 6928 §2: min(10 · MSS, max(2 · MSS, 14600)).
    [1460, 10, 14600],
    [536, 10, 5360],
    [4000, 10, 14600],
    [8960, 10, 17920],
    [1000, 4, 4000],
    [2000, 4, 5840],
    // Our SYN had to be sent again (RFC 5681 §3.1).
    [1460, 1, 1460],
    [8960, 1, 8960],
  ])('with segments of %i bytes, %i of them, begins with %i', (mss, segments, expected) => {
    const window = new CongestionWindow('newreno');
    window.begin(mss, segments);
    expect([window.size, window.threshold, window.isSlowStart]).toEqual([expected, Infinity, true]);
  });

  it('grows in slow start by what is acknowledged, but by a segment at most', () => {
    const window = begun();
    window.acknowledged(1000, 0, -1);
    expect(window.size).toBe(11_000);
    window.acknowledged(3000, 0, -1);
    expect(window.size).toBe(12_000);
    window.acknowledged(1, 0, -1);
    expect(window.size).toBe(12_001);
  });

  it('falls after a loss, and grows slowly from there', () => {
    const window = begun();
    window.reduce(10_000);
    expect([window.size, window.threshold, window.isSlowStart]).toEqual([5000, 5000, false]);
    for (let count = 0; count < 5; count++) window.acknowledged(1000, 0, -1);
    expect(window.size).toBe(6000);
  });

  it('falls to a segment after a time-out, and remembers the first loss only', () => {
    const window = begun();
    window.timedOut(10_000, false);
    expect([window.size, window.threshold]).toEqual([1000, 5000]);
    window.timedOut(1000, true);
    expect([window.size, window.threshold]).toEqual([1000, 5000]);
    window.timedOut(1000, false);
    expect([window.size, window.threshold]).toEqual([1000, 2000]);
  });

  it('is the initial one again after a pause, unless it was smaller', () => {
    const window = begun();
    for (let count = 0; count < 20; count++) window.acknowledged(1000, 0, -1);
    expect(window.size).toBe(30_000);
    window.idled();
    expect(window.size).toBe(10_000);
    window.reduce(8000);
    window.idled();
    expect([window.size, window.threshold]).toEqual([4000, 4000]);
  });

  it('holds whole segments when these change, and never less than one', () => {
    const window = begun();
    window.resize(536);
    expect(window.size).toBe(9648);
    window.timedOut(5000, false);
    expect([window.size, window.threshold]).toEqual([536, 2500]);
    // The path has become wider again: the threshold is two segments at least, as after any loss.
    window.resize(1460);
    expect([window.size, window.threshold]).toEqual([1460, 2920]);
  });

  it('has the algorithm that is asked for', () => {
    expect([begun('newreno').control.name, begun('cubic').control.name]).toEqual(['newreno', 'cubic']);
    const window = begun('cubic');
    window.reduce(10_000);
    expect(window.size).toBe(7000);
  });
});
