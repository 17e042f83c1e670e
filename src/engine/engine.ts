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
  private running = false;
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

  /**
   * Handles all events up to and including `until`, then sets the clock to it. After `limit` turns it stops where it is
   * and returns false.
   * @throws Error when called by something that an event has woken
   */
  runUntil(until: Time, limit = Number.POSITIVE_INFINITY): boolean {
    this.start();
    const queue = this.queue;
    const end = this.turns + limit;
    try {
      for (let at = queue.earliest; at <= until && at !== NEVER; at = queue.earliest) {
        if (this.turns >= end) return false;
        this.turn(at);
      }
    } finally {
      this.running = false;
    }
    if (until !== NEVER && until > this.now) this.now = until;
    return true;
  }

  /**
   * Handles events until the world is at rest (nothing pending), but none later than `until` and at most `limit` turns.
   * The clock stays at the last event. Returns true when the world is at rest.
   * @throws Error when called by something that an event has woken
   */
  runToRest(until: Time = NEVER, limit = Number.POSITIVE_INFINITY): boolean {
    this.start();
    const queue = this.queue;
    const end = this.turns + limit;
    try {
      while (this.pending > 0 && this.turns < end) {
        const at = queue.earliest;
        if (at > until || at === NEVER) return false;
        this.turn(at);
      }
    } finally {
      this.running = false;
    }
    return this.pending === 0;
  }

  /**
   * Handles the next event, if there is one.
   * @throws Error when called by something that an event has woken
   */
  step(): boolean {
    this.start();
    const at = this.queue.earliest;
    try {
      if (at !== NEVER) this.turn(at);
    } finally {
      this.running = false;
    }
    return at !== NEVER;
  }

  private turn(at: Time): void {
    this.now = at;
    this.turns++;
    this.queue.wakeEarliest();
  }

  private start(): void {
    if (this.running) throw new Error('time is passing already: a listener can not let it pass itself');
    this.running = true;
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
  private order = 0;
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
    this.order = engine.takeOrder();
    this.observer?.timerArmed(this, this.background);
    if (this.entryAt > this.at) {
      this.entryAt = this.at;
      engine.schedule(this, this.at, this.order);
    }
  }

  clear(): void {
    if (this.at === NEVER) return;
    this.at = NEVER;
    if (!this.background) this.engine.pending--;
  }

  wake(): void {
    const { engine } = this;
    if (engine.now !== this.entryAt) return;
    if (this.at !== NEVER && this.at > engine.now) {
      this.entryAt = this.at;
      engine.schedule(this, this.at, this.order);
      return;
    }
    this.entryAt = NEVER;
    // Cleared meanwhile: the entry was only left over.
    if (this.at === NEVER) return;
    this.clear();
    this.observer?.timerFires(this, this.background);
    this.owner.timerFired(this);
  }
}
