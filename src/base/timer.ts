// Timers as the layers see them: data with a name, never closures. The engine keeps them in its queue.

import type { Time } from './time.js';

/** What has timers. */
export interface TimerOwner {
  /** The timer's time has come; it is no longer armed. */
  timerFired(timer: Timer): void;
}

export interface Timer {
  readonly name: string;
  readonly owner: TimerOwner;
  /** When it fires; NEVER when it is not armed. */
  readonly at: Time;
  /** Whose it is, as the recorder counts: an interface id, or the complement of a node's index. */
  readonly where: number;
  /** The event that armed it last (−1: none). */
  cause: number;
  /** Arms it for a point in time, not before now; what it was armed for before no longer counts. */
  set(at: Time): void;
  clear(): void;
}
