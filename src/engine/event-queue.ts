// The event queue: a 4-ary heap in typed arrays, ordered by time and then by order of scheduling.
//
// It does not hold frames but actors (a link direction, a timer): an actor that has more to do after its turn takes its
// new place from the top of the heap, which is cheaper than leaving and entering again.

import { NEVER, type Time } from '../base/time.js';

/** Something that is woken when its time has come. */
export interface Actor {
  /** After `wake`: when the actor wants its next turn (NEVER: it leaves the queue), and its place among equal times. */
  nextAt: Time;
  nextOrder: number;
  wake(): void;
}

export class EventQueue {
  private times = new Float64Array(64);
  private orders = new Float64Array(64);
  private readonly actors: Actor[] = [];
  private count = 0;

  /** The earliest time in the queue; NEVER when it is empty. */
  get earliest(): Time {
    return this.count === 0 ? NEVER : (this.times[0] as number);
  }

  get size(): number {
    return this.count;
  }

  push(actor: Actor, time: Time, order: number): void {
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

  /** Wakes the earliest actor. It stays at the top meanwhile: whatever it schedules comes behind it. */
  wakeEarliest(): void {
    const actor = this.actors[0] as Actor;
    actor.wake();
    if (actor.nextAt === NEVER) this.removeTop();
    else this.sink(actor, actor.nextAt, actor.nextOrder);
  }

  private removeTop(): void {
    const last = --this.count;
    const actor = this.actors[last] as Actor;
    this.actors.length = last;
    if (last > 0) this.sink(actor, this.times[last] as number, this.orders[last] as number);
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
