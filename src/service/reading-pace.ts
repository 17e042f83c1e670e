// Reading no faster than a program can use what it reads: what it leaves in the buffer closes the window of TCP.
// Reading list: RFC 9293 §3.8.6 (the window is what is left of the buffer), curl(1) --limit-rate.

import { NEVER, SECOND } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { Context } from '../stack/context.js';

/** Programs read this much at once, or what they may in a second: then they turn to other things, and the buffer fills. */
const LONGEST_PORTION = 16384;

export class ReadingPace implements TimerOwner {
  private readonly timer: Timer;
  private readonly context: Context;
  private readonly rate: number;
  private readonly portion: number;
  private readonly read: (most: number) => number;

  /**
   * @param rate bytes per second, a whole number, at least 1
   * @param read reads up to so many bytes and returns how many they were; it is called again until there are none
   */
  constructor(context: Context, rate: number, read: (most: number) => number) {
    this.context = context;
    this.rate = rate;
    this.portion = Math.min(LONGEST_PORTION, rate);
    this.read = read;
    this.timer = context.timer(this, 'reading pace');
  }

  /** There may be something to read. */
  wake(): void {
    const { clock } = this.context;
    // What was read last is still being used.
    if (this.timer.at !== NEVER) return;
    const size = this.read(this.portion);
    if (size > 0) this.timer.set(clock.now + Math.ceil((size * SECOND) / this.rate));
  }

  stop(): void {
    this.timer.clear();
  }

  timerFired(): void {
    this.wake();
  }
}
