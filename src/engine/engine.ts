// The engine: a clock that jumps from event to event, and timers. It knows no networking.

import { NEVER, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import { type Actor, EventQueue } from './event-queue.js';

/** Told what timers do: when one is armed, and before its owner is told that it fired. */
export interface TimerObserver {
  timerArmed(timer: Timer, background: boolean): void;
  timerFires(timer: Timer, background: boolean): void;
}

export class Engine {
  /** Simulated time, in ns. */
  now: Time = 0;
  /** Work that must end before the world is at rest: frames on links, timers that are not in the background. */
  pending = 0;
  /** Actors woken so far. */
  turns = 0;

  private readonly queue = new EventQueue();
  private order = 0;
  private readonly observer: TimerObserver | null;

  constructor(observer: TimerObserver | null = null) {
    this.observer = observer;
  }

  /** The next number in the order of scheduling, which decides among equal times. */
  takeOrder(): number {
    return this.order++;
  }

  /** Puts an actor that is not in the queue into it. */
  schedule(actor: Actor, at: Time, order: number): void {
    this.queue.push(actor, at, order);
  }

  /**
   * A timer, not armed; `where` is whose it is, for the observer. In the background it does not keep the world from being at rest: ageing, not protocol work.
   */
  timer(owner: TimerOwner, name: string, background: boolean, where = -1): Timer {
    return new QueueTimer(this, this.observer, owner, name, background, where);
  }

  /** When the next event is due; NEVER when none is. */
  get nextAt(): Time {
    return this.queue.earliest;
  }

  /** Handles all events up to and including `until`, then sets the clock to it. */
  runUntil(until: Time): void {
    const queue = this.queue;
    let turns = 0;
    for (let at = queue.earliest; at <= until && at !== NEVER; at = queue.earliest) {
      this.now = at;
      turns++;
      queue.wakeEarliest();
    }
    this.turns += turns;
    if (until !== NEVER && until > this.now) this.now = until;
  }

  /**
   * Handles events until the world is at rest (nothing pending), but none later than `until` and at most `limit` turns.
   * The clock stays at the last event. Returns true when the world is at rest.
   */
  runToRest(until: Time = NEVER, limit = Number.POSITIVE_INFINITY): boolean {
    const queue = this.queue;
    for (let turns = 0; this.pending > 0 && turns < limit; turns++) {
      const at = queue.earliest;
      if (at > until || at === NEVER) return false;
      this.now = at;
      this.turns++;
      queue.wakeEarliest();
    }
    return this.pending === 0;
  }

  /** Handles the next event, if there is one. */
  step(): boolean {
    const at = this.queue.earliest;
    if (at === NEVER) return false;
    this.now = at;
    this.turns++;
    this.queue.wakeEarliest();
    return true;
  }
}

/**
 * A timer in the queue. Arming it for later only moves the deadline: its entry looks again when it comes up. So a timer
 * that is pushed back with every segment costs next to nothing.
 */
class QueueTimer implements Timer, Actor {
  readonly name: string;
  readonly owner: TimerOwner;
  readonly where: number;
  at: Time = NEVER;
  cause = -1;
  nextAt: Time = NEVER;
  nextOrder = 0;
  /** Time of the entry that counts; entries with other times are left over and do nothing. */
  private entryAt: Time = NEVER;
  private readonly engine: Engine;
  private readonly observer: TimerObserver | null;
  private readonly background: boolean;

  constructor(
    engine: Engine,
    observer: TimerObserver | null,
    owner: TimerOwner,
    name: string,
    background: boolean,
    where: number,
  ) {
    this.where = where;
    this.engine = engine;
    this.observer = observer;
    this.owner = owner;
    this.name = name;
    this.background = background;
  }

  set(at: Time): void {
    const engine = this.engine;
    if (this.at === NEVER && !this.background) engine.pending++;
    this.at = at < engine.now ? engine.now : at;
    this.nextOrder = engine.takeOrder();
    this.observer?.timerArmed(this, this.background);
    if (this.entryAt > this.at) {
      this.entryAt = this.at;
      engine.schedule(this, this.at, this.nextOrder);
    }
  }

  clear(): void {
    if (this.at === NEVER) return;
    this.at = NEVER;
    if (!this.background) this.engine.pending--;
  }

  wake(): void {
    const now = this.engine.now;
    this.nextAt = NEVER;
    if (now !== this.entryAt) return;
    if (this.at > now) {
      this.entryAt = this.at;
      this.nextAt = this.at;
      return;
    }
    this.entryAt = NEVER;
    this.clear();
    this.observer?.timerFires(this, this.background);
    this.owner.timerFired(this);
  }
}
