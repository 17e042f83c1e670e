// A timer that fires when nothing has happened for a while. It looks only when time would be up, so that activity costs
// nothing.

import type { Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';

export class IdleTimer implements TimerOwner {
  private readonly context: Context;
  private readonly name: string;
  private readonly whenIdle: () => void;
  private duration: Time = 0;
  private armed = false;
  private lastActivity: Time = 0;
  /** While it waits in the background, it does not keep the world from being at rest. */
  private inBackground = false;
  private foreground: Timer | undefined;
  private background: Timer | undefined;

  constructor(context: Context, name: string, whenIdle: () => void) {
    this.context = context;
    this.name = name;
    this.whenIdle = whenIdle;
  }

  /** From now on; a duration of 0 ns stops it. */
  start(duration: Time): void {
    this.stop();
    this.duration = duration;
    this.touch();
  }

  stop(): void {
    this.duration = 0;
    this.foreground?.clear();
    this.background?.clear();
    this.armed = false;
  }

  /** Something has happened. */
  touch(): void {
    const { now } = this.context.clock;
    this.lastActivity = now;
    if (this.duration > 0 && !this.armed) this.arm();
  }

  /** Does somebody wait for it? */
  setBackground(inBackground: boolean): void {
    if (inBackground === this.inBackground) return;
    this.inBackground = inBackground;
    if (!this.armed) return;
    this.foreground?.clear();
    this.background?.clear();
    this.arm();
  }

  timerFired(): void {
    this.armed = false;
    if (this.lastActivity + this.duration > this.context.clock.now) this.arm();
    else this.whenIdle();
  }

  private arm(): void {
    this.armed = true;
    this.timer().set(this.lastActivity + this.duration);
  }

  private timer(): Timer {
    const { context, name } = this;
    if (this.inBackground) {
      this.background ??= context.timer(this, name, true);
      return this.background;
    }
    this.foreground ??= context.timer(this, name);
    return this.foreground;
  }
}
