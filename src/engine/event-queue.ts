// The event queue: a 4-ary heap in typed arrays, ordered by time and then by order of scheduling.
//
// It does not hold frames but actors (a link direction, a timer). An actor leaves the queue when it is woken and may be
// scheduled again; the first to be scheduled meanwhile takes the place at the top, which is cheaper than leaving and
// entering.

import { NEVER, type Time } from '../base/time.js';

/** Something that is woken when its time has come. */
export interface Actor {
  wake(): void;
}

export class EventQueue {
  private times = new Float64Array(64);
  private orders = new Float64Array(64);
  private readonly actors: Actor[] = [];
  private count = 0;
  /** The top has been woken and its place is free. */
  private vacant = false;

  /** The earliest time in the queue; NEVER when it is empty. */
  get earliest(): Time {
    return this.count === 0 ? NEVER : (this.times[0] as number);
  }

  get size(): number {
    return this.count;
  }

  push(actor: Actor, time: Time, order: number): void {
    if (this.vacant) {
      this.vacant = false;
      this.sink(actor, time, order);
      return;
    }
    const last = this.count++;
    if (last === this.times.length) this.grow();
    const times = this.times;
    const orders = this.orders;
    const actors = this.actors;
    let hole = last;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime < time || (parentTime === time && (orders[parent] as number) < order)) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent] as number;
      actors[hole] = actors[parent] as Actor;
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    actors[hole] = actor;
  }

  /** Takes the earliest actor out and wakes it. */
  wakeEarliest(): void {
    const actor = this.actors[0] as Actor;
    this.vacant = true;
    actor.wake();
    if (this.vacant) {
      this.vacant = false;
      this.removeTop();
    }
  }

  private removeTop(): void {
    const last = --this.count;
    if (last > 0)
      this.sink(this.actors[last] as Actor, this.times[last] as number, this.orders[last] as number);
  }

  /** Puts an actor in the top's place and lets it sink to where it belongs. */
  private sink(actor: Actor, time: Time, order: number): void {
    const times = this.times;
    const orders = this.orders;
    const actors = this.actors;
    const count = this.count;
    let hole = 0;
    for (;;) {
      const first = 4 * hole + 1;
      if (first >= count) break;
      const end = first + 4 < count ? first + 4 : count;
      let best = first;
      let bestTime = times[first] as number;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child] as number;
        if (
          childTime < bestTime ||
          (childTime === bestTime && (orders[child] as number) < (orders[best] as number))
        ) {
          best = child;
          bestTime = childTime;
        }
      }
      if (time < bestTime || (time === bestTime && order < (orders[best] as number))) break;
      times[hole] = bestTime;
      orders[hole] = orders[best] as number;
      actors[hole] = actors[best] as Actor;
      hole = best;
    }
    times[hole] = time;
    orders[hole] = order;
    actors[hole] = actor;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
    const orders = new Float64Array(this.orders.length * 2);
    orders.set(this.orders);
    this.orders = orders;
  }
}
