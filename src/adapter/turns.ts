// Programs of the machine (promises, callbacks of its event loop) and the simulated world take turns. A program acts while
// simulated time stands still; when it has nothing more to do, time goes on until a program is told something.
// So what happens in the world depends on what programs do, and never on how long they take.

import { HOUR, type Time } from '../base/time.js';
import type { Station } from '../device/station.js';
import type { World } from '../net/world.js';

/** Calls back in a later turn of the machine's event loop, in the order in which it was asked. */
export type Later = (callback: () => void) => void;

/** So many events of the world are handled before the event loop of the machine gets a turn anyway. */
const EVENTS_PER_TURN = 10_000;
/**
 * When no program has been told anything for so long, nothing that concerns one is under way any more. TCP has given up
 * what it gives up, but may probe the closed window of a program that does not read for all eternity.
 */
const PATIENCE: Time = 3 * HOUR;

/** Worlds that have theirs already: two would not wait for each other's programs. */
const TAKEN = new WeakSet<World>();

/** One for each world. */
export class Turns {
  readonly world: World;
  private readonly later: Later;
  private readonly isBusy: () => boolean;
  /** A program was told something, or has asked for something, since the last turn. */
  private stirred = false;
  private scheduled = false;
  private holds = 0;
  private sleepers = 0;
  /** How far time goes on by itself. */
  private until: Time = 0;
  private resting: (() => void)[] = [];

  /**
   * @param later how the machine's event loop gives a turn; default: `setImmediate`, and a message channel in browsers
   * @param isBusy does the machine still work on something that a program waits for? Time stands still meanwhile.
   * @throws Error when the world has its turns already
   */
  constructor(world: World, later: Later = laterHere(), isBusy: () => boolean = () => false) {
    if (TAKEN.has(world)) throw new Error('one Turns for each world: two would not wait for each other');
    TAKEN.add(world);
    this.world = world;
    this.later = later;
    this.isBusy = isBusy;
  }

  // ---- for programs ----

  /** Time stands still until this promise is settled: for what a program waits for outside the world. */
  async hold<Result>(work: PromiseLike<Result>): Promise<Result> {
    this.holds++;
    try {
      return await work;
    } finally {
      this.holds--;
      this.stir();
    }
  }

  /** A program on this station sleeps for so long, in simulated ns. */
  sleep(station: Station, duration: Time): Promise<void> {
    const { context } = station;
    return new Promise((resolve) => {
      this.sleepers++;
      const timerFired = (): void => {
        this.sleepers--;
        this.tell(resolve);
      };
      context.timer({ timerFired }, 'program sleeps').set(context.clock.now + duration);
      this.stir();
    });
  }

  /**
   * Settled when nothing that concerns a program is under way any more and no program has anything to do: the world is at
   * rest, or for three simulated hours no program has been told anything.
   */
  rest(): Promise<void> {
    this.stir();
    return new Promise((resolve) => {
      this.resting.push(resolve);
    });
  }

  // ---- for adapters ----

  /** Tells a program something, in a turn of its own; what it does is due to what happens now. */
  tell(news: () => void): void {
    const { recorder } = this.world;
    const { cause } = recorder;
    this.later(() => {
      recorder.cause = cause;
      news();
    });
    // Behind it, so that what it starts in a turn of its own comes before time goes on.
    this.stir();
  }

  /** A program has asked for something: time must go on sooner or later. To be called with each call into the world. */
  stir(): void {
    this.stirred = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.later(() => {
      this.scheduled = false;
      this.turn();
    });
  }

  private turn(): void {
    const { engine, recorder } = this.world;
    // Has a program done anything since the last turn? Then it may have more to do; so it may with what the machine
    // has just got done for it.
    const busy = this.isBusy();
    if (this.stirred || busy) {
      this.stirred = busy;
      this.until = engine.now + PATIENCE;
      this.schedule();
      return;
    }
    // Whoever holds time schedules the next turn when he lets go.
    if (this.holds > 0) return;
    recorder.cause = -1;
    for (let left = EVENTS_PER_TURN; left > 0 && !this.stirred && this.isUnderWay(); left--) engine.step();
    if (this.stirred) return;
    recorder.cause = -1;
    if (this.isUnderWay()) this.schedule();
    else for (const resolve of this.resting.splice(0)) resolve();
  }

  private isUnderWay(): boolean {
    const { engine } = this.world;
    return engine.pending > 0 && (this.sleepers > 0 || engine.nextAt <= this.until);
  }
}

declare const setImmediate: Later | undefined;

function laterHere(): Later {
  if (typeof setImmediate === 'function') return (callback) => setImmediate?.(callback);
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(0);
  };
}
