// The pacer: lets a world's time pass as the machine's own does. What is due happens when it is due, as well as the
// machine can, and it says how far behind it is when it can't.

import { performance } from 'node:perf_hooks';
import { MICROSECOND, MILLISECOND, NEVER, type Time } from '../../base/time.js';
import type { World } from '../../net/world.js';
import type { Alarm } from './frame-port.js';

export interface PacerOptions {
  /** Simulated time per real time: 1 is as fast as the clock on the wall. Default 1. */
  readonly speed?: number;
  /** Called when the world can't go on: frames multiply without end, as in a ring of switches. Pacing has stopped. */
  readonly onOverflow?: (frames: number) => void;
  /** Makes an alarm that is more precise than Node's timers. */
  readonly alarm?: ((ring: () => void) => Alarm) | undefined;
}

/** Timers of Node come late by up to this: what is nearer is waited for in turns of the event loop. */
const TIMER_SLACK: Time = 2 * MILLISECOND;
/** The same with an alarm. Whoever needs the processor meanwhile has it. */
const ALARM_SLACK: Time = 50 * MICROSECOND;
/** Node takes no longer delay for a timer, in ms; then we look again. */
const LONGEST_WAIT = 60_000;
/** Turns of the engine at a time; then others get their turn: cards, keys, signals. */
const SLICE = 5_000;
/** Further behind than this, lost time is given up: simulated time goes slower than the wall's for a while. */
const MOST_LATE: Time = 100 * MILLISECOND;
/** Frames under way at once: no lab needs as many, but one in which they multiply. */
const FRAME_LIMIT = 100_000;
/** With so many under way, what comes from outside finds no room. */
const ROOM = FRAME_LIMIT / 2;

export class Pacer {
  /** Time given up so far because the machine could not keep up, in ns of simulated time. */
  lost: Time = 0;
  /** The furthest behind since somebody last set it to 0, in ns of simulated time. */
  worst: Time = 0;

  private readonly world: World;
  private readonly speed: number;
  private readonly onOverflow: (frames: number) => void;
  /** The machine's time at simulated time 0, in ms. */
  private origin = 0;
  private running = false;
  /** Something happens in the world right now. */
  private busy = false;
  private readonly waiting: (() => void)[] = [];
  private readonly makeAlarm: PacerOptions['alarm'];
  private alarm: Alarm | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn: NodeJS.Immediate | undefined;
  /** When the timer or the alarm wakes us; NEVER: it doesn't. */
  private wakesAt: Time = NEVER;

  constructor(world: World, options: PacerOptions = {}) {
    this.world = world;
    this.speed = options.speed ?? 1;
    this.onOverflow = options.onOverflow ?? (() => {});
    this.makeAlarm = options.alarm;
  }

  /** From now on the world's time passes. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.origin = performance.now() - this.world.now / MILLISECOND / this.speed;
    this.alarm = this.makeAlarm?.(() => this.wake());
    this.plan();
  }

  /** The world's time stands still; what is injected still happens. */
  stop(): void {
    this.running = false;
    this.forget();
  }

  /** Does something happen in the world right now? Then what is injected waits for its end. */
  get isBusy(): boolean {
    return this.busy;
  }

  /** Is there room for another frame from outside? */
  get hasRoom(): boolean {
    return this.world.frames.liveCount < ROOM;
  }

  /** How far the world is behind the wall's clock, in ns of simulated time. */
  get late(): Time {
    return this.running ? Math.max(0, this.due() - this.world.now) : 0;
  }

  /**
   * Lets something happen in the world now: a frame comes in, somebody types. What it leads to at once has happened when
   * this returns. Called while something happens already, it is done right behind that.
   */
  inject(act: () => void): void {
    if (this.busy) {
      this.waiting.push(act);
      return;
    }
    this.happen(act);
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) this.happen(next);
    this.plan();
  }

  /** Where simulated time ought to be. */
  private due(): Time {
    return Math.floor((performance.now() - this.origin) * MILLISECOND * this.speed);
  }

  private happen(act: () => void): void {
    const { recorder, engine } = this.world;
    this.busy = true;
    try {
      if (this.running) this.advance(this.due());
      recorder.cause = -1;
      act();
      engine.runUntil(engine.now, SLICE);
      recorder.cause = -1;
    } finally {
      this.busy = false;
    }
  }

  /** Handles what is due, at most a slice of it. */
  private advance(until: Time): void {
    const { engine } = this.world;
    const late = Math.max(0, until - engine.nextAt);
    if (late > this.worst) this.worst = late;
    const given = late > MOST_LATE ? late : 0;
    this.lost += given;
    this.origin += given / MILLISECOND / this.speed;
    engine.runUntil(Math.max(until - given, engine.now), SLICE);
  }

  private go(): void {
    this.turn = undefined;
    if (!this.running) return;
    const { world } = this;
    if (world.frames.liveCount > FRAME_LIMIT) {
      this.stop();
      this.onOverflow(world.frames.liveCount);
      return;
    }
    this.inject(nothing);
  }

  /** Comes back when the next event is due. */
  private plan(): void {
    if (!this.running || this.turn !== undefined) return;
    const { nextAt } = this.world.engine;
    const away = nextAt === NEVER ? NEVER : (nextAt - this.due()) / this.speed;
    if (away <= this.slack) {
      this.turn = setImmediate(() => this.go());
      return;
    }
    // What wakes us early enough does no harm, and to set a timer costs more than to let it be.
    if (this.wakesAt <= nextAt) return;
    this.wakesAt = nextAt;
    const wait = Math.min((away - this.slack) / MILLISECOND, LONGEST_WAIT);
    if (this.alarm !== undefined) {
      this.alarm.set(wait * MILLISECOND);
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.wake(), wait);
  }

  private get slack(): Time {
    return this.alarm === undefined ? TIMER_SLACK : ALARM_SLACK;
  }

  private wake(): void {
    this.wakesAt = NEVER;
    if (this.turn === undefined) this.go();
  }

  private forget(): void {
    clearTimeout(this.timer);
    clearImmediate(this.turn);
    this.alarm?.close();
    this.alarm = undefined;
    this.timer = undefined;
    this.turn = undefined;
    this.wakesAt = NEVER;
  }
}

function nothing(): void {}
