// A link: two directions, each with a rate, a delay, a drop-tail queue and, if the lab says so, faults.
//
// Each direction is a FIFO of frames chained through the frames themselves; the engine's queue holds the direction, not
// the frames. A frame's times are known when it is sent, so an uncongested hop costs one event.

import type { Frame, FrameStore } from '../base/frame-store.js';
import type { Random } from '../base/random.js';
import { SECOND, type Time } from '../base/time.js';
import type { Engine } from '../engine/engine.js';
import type { Actor } from '../engine/event-queue.js';
import type { Cable, NetworkInterface } from '../stack/network-interface.js';
import type { DropReason } from '../trace/drop-reasons.js';
import type { Recorder } from '../trace/recorder.js';
import { ETHERNET_HEADER, ETHERNET_OVERHEAD, FCS_LENGTH } from '../wire/ethernet.js';
import { markCongestion } from './congestion-mark.js';

/** Properties of a link; both directions have the same. */
export interface LinkOptions {
  /** One way, in ns. Default 0. */
  readonly delay?: Time;
  /** Bits per second; 0 or absent: unlimited. */
  readonly rate?: number;
  /** Frames that may wait behind the one being sent. Default 1000. */
  readonly queue?: number;
  /**
   * With so many frames waiting or more, a packet whose sender speaks ECN is marked (RFC 3168); others just wait. Needs a
   * rate. Default: none is marked.
   */
  readonly mark?: number;
  /** Longest layer-3 packet, in bytes. Default 1500. */
  readonly mtu?: number;
  /** Probabilities 0 … 1 that a frame is lost, damaged (one bit flipped), sent twice, or held back. */
  readonly loss?: number;
  readonly corruption?: number;
  readonly duplication?: number;
  readonly reordering?: number;
  /** How long a reordered frame is held back, in ns. Default: the delay, at least 1 ms. */
  readonly reorderDelay?: Time;
}

/** What happens to a frame that a fault looks at. */
export type FaultVerdict = 'pass' | 'drop' | 'damage' | 'duplicate' | { readonly delay: Time };

/** A fault of the lab: sees every frame of a direction before the link does. */
export type Fault = (frame: Frame, from: NetworkInterface, to: NetworkInterface) => FaultVerdict;

/** Shall this frame be marked as having met congestion, however long the queue is? */
export type Marker = (frame: Frame, from: NetworkInterface, to: NetworkInterface) => boolean;

/** What links share. */
export interface LinkWorld {
  readonly engine: Engine;
  readonly recorder: Recorder;
  readonly frames: FrameStore;
}

const DEFAULT_QUEUE = 1000;

export class Link {
  readonly a: NetworkInterface;
  readonly b: NetworkInterface;
  readonly options: LinkOptions;
  readonly forth: LinkDirection;
  readonly back: LinkDirection;
  private plugged = true;

  /** Plugs a link into both interfaces; `random` decides about its faults. */
  constructor(
    world: LinkWorld,
    a: NetworkInterface,
    b: NetworkInterface,
    options: LinkOptions,
    random: Random,
  ) {
    this.a = a;
    this.b = b;
    this.options = options;
    this.forth = new LinkDirection(world, a, b, options, random);
    this.back = new LinkDirection(world, b, a, options, random);
    a.cable = this.forth;
    b.cable = this.back;
    if (options.mtu !== undefined) {
      a.mtu = options.mtu;
      b.mtu = options.mtu;
    }
  }

  get up(): boolean {
    return this.plugged;
  }

  /** Pulls the cable or plugs it in again; frames under way still arrive. */
  set up(up: boolean) {
    this.plugged = up;
    this.a.cable = up ? this.forth : null;
    this.b.cable = up ? this.back : null;
  }
}

export class LinkDirection implements Cable, Actor {
  readonly from: NetworkInterface;
  readonly to: NetworkInterface;
  /** Faults look at every frame, first one first, until one does not let it pass. */
  readonly faults: Fault[] = [];

  /** Does it look at frames before they are sent? */
  marks: boolean;

  private readonly world: LinkWorld;
  private readonly engine: Engine;
  private readonly delay: Time;
  private readonly nsPerByte: number;
  private readonly queueLimit: number;
  private readonly markAt: number;
  private readonly markers: Marker[] = [];
  private readonly maxLength: number;
  private readonly options: LinkOptions;
  private readonly random: Random;
  private readonly perfect: boolean;

  private head: Frame | null = null;
  private tail: Frame | null = null;
  /** The oldest frame whose sending has not begun yet, and how many such frames there are. */
  private firstWaiting: Frame | null = null;
  private waiting = 0;
  private busyUntil: Time = 0;
  private active = false;

  constructor(
    world: LinkWorld,
    from: NetworkInterface,
    to: NetworkInterface,
    options: LinkOptions,
    random: Random,
  ) {
    this.world = world;
    this.engine = world.engine;
    this.from = from;
    this.to = to;
    this.options = options;
    this.delay = options.delay ?? 0;
    this.nsPerByte = options.rate ? (8 * SECOND) / options.rate : 0;
    this.queueLimit = options.queue ?? DEFAULT_QUEUE;
    this.markAt = options.mark ?? Number.POSITIVE_INFINITY;
    this.marks = options.mark !== undefined;
    this.maxLength = ETHERNET_HEADER + (options.mtu ?? from.mtu);
    this.random = random;
    this.perfect = !(options.loss || options.corruption || options.duplication || options.reordering);
  }

  /** Frames that wait for the link to become free. */
  get queued(): number {
    this.advanceWaiting(this.engine.now);
    return this.waiting;
  }

  /** Asks about every frame before it is sent. */
  addMarker(marker: Marker): void {
    this.markers.push(marker);
    this.marks = true;
  }

  /** The frame is about to be sent: has its packet met congestion here? */
  mark(frame: Frame): void {
    const wanted = this.isMarked(frame) || this.isCongested();
    if (!wanted || !markCongestion(frame)) return;
    const { recorder } = this.world;
    if (!recorder.on) return;
    const { cause } = recorder;
    recorder.snapshot(frame);
    if (frame.cause >= 0) recorder.cause = frame.cause;
    recorder.decided(this.from.id, 'link', 'mark', frame);
    recorder.cause = cause;
  }

  send(frame: Frame): void {
    if (frame.length > this.maxLength && frame.length > 60) {
      this.lose(frame, 'mtu-exceeded');
      return;
    }
    if (this.perfect && this.faults.length === 0) {
      this.enqueue(frame, 0);
      return;
    }
    this.sendThroughFaults(frame);
  }

  /** The frame at the head has arrived. */
  wake(): void {
    const { engine } = this;
    const frame = this.head as Frame;
    const next = frame.next;
    // Frames arrive after they were sent, so what waits is behind the head.
    if (this.firstWaiting === frame) this.advanceWaiting(engine.now);
    this.head = next;
    if (next === null) {
      this.tail = null;
      this.active = false;
      engine.pending--;
    } else engine.schedule(this, next.arrivesAt, next.order);
    frame.next = null;
    this.to.arrive(frame);
  }

  /** Do so many frames wait that packets are to be marked? Not when there is no room: then the frame dies anyway. */
  private isCongested(): boolean {
    const { queued } = this;
    return queued >= this.markAt && queued < this.queueLimit;
  }

  /** All are asked, as each of them counts. */
  private isMarked(frame: Frame): boolean {
    let marked = false;
    for (const marker of this.markers) marked = marker(frame, this.from, this.to) || marked;
    return marked;
  }

  /** Puts the frame behind the others; `extra` ns later than it would arrive otherwise. */
  private enqueue(frame: Frame, extra: Time): void {
    const engine = this.engine;
    const now = engine.now;
    let starts = now;
    if (this.nsPerByte !== 0) {
      if (this.busyUntil > now) {
        this.advanceWaiting(now);
        if (this.waiting >= this.queueLimit) {
          this.lose(frame, 'queue-full');
          return;
        }
        starts = this.busyUntil;
        if (extra === 0) {
          this.waiting++;
          if (this.firstWaiting === null) this.firstWaiting = frame;
        }
      }
      const length = frame.length + FCS_LENGTH + ETHERNET_OVERHEAD;
      this.busyUntil = starts + Math.round(length * this.nsPerByte);
      frame.arrivesAt = this.busyUntil + this.delay + extra;
    } else {
      frame.arrivesAt = now + this.delay + extra;
    }
    frame.sendStartsAt = starts;
    frame.order = engine.takeOrder();
    frame.next = null;
    if (extra > 0) {
      new LateFrame(this, frame).schedule(engine);
      return;
    }
    if (this.tail === null) this.head = frame;
    else this.tail.next = frame;
    this.tail = frame;
    if (!this.active) {
      this.active = true;
      engine.pending++;
      engine.schedule(this, frame.arrivesAt, frame.order);
    }
  }

  /** Counts down the frames whose sending has begun by now. */
  private advanceWaiting(now: Time): void {
    let frame = this.firstWaiting;
    while (frame !== null && frame.sendStartsAt <= now) {
      this.waiting--;
      frame = frame.next;
    }
    this.firstWaiting = frame;
  }

  private lose(frame: Frame, reason: DropReason): void {
    const { recorder, frames } = this.world;
    if (recorder.on) recorder.frameLost(this.from.id, frame, reason);
    frames.release(frame);
  }

  private sendThroughFaults(frame: Frame): void {
    const { options, random } = this;
    let extra = 0;
    for (const fault of this.faults) {
      const verdict = fault(frame, this.from, this.to);
      if (verdict === 'pass') continue;
      if (verdict === 'drop') {
        this.lose(frame, 'link-fault');
        return;
      }
      if (verdict === 'damage') this.damage(frame);
      else if (verdict === 'duplicate') this.enqueue(this.world.frames.copy(frame), 0);
      else extra += verdict.delay;
      break;
    }
    if (random.chance(options.loss ?? 0)) {
      this.lose(frame, 'link-loss');
      return;
    }
    if (random.chance(options.corruption ?? 0)) this.damage(frame);
    if (random.chance(options.duplication ?? 0)) this.enqueue(this.world.frames.copy(frame), 0);
    if (random.chance(options.reordering ?? 0))
      extra += options.reorderDelay ?? Math.max(this.delay, 1_000_000);
    this.enqueue(frame, extra);
  }

  /** Flips one bit; the FCS no longer fits, as CRC-32 finds every single flipped bit. */
  private damage(frame: Frame): void {
    const bit = this.random.between(0, frame.length * 8 - 1);
    frame.u8[frame.start + (bit >> 3)] ^= 0x80 >> (bit & 7);
    frame.touch(frame.length);
    frame.damaged = true;
  }
}

/** A frame that arrives out of turn; it takes a place of its own in the engine's queue. */
class LateFrame implements Actor {
  private readonly direction: LinkDirection;
  private readonly frame: Frame;
  private engine: Engine | undefined;

  constructor(direction: LinkDirection, frame: Frame) {
    this.direction = direction;
    this.frame = frame;
  }

  schedule(engine: Engine): void {
    this.engine = engine;
    engine.pending++;
    engine.schedule(this, this.frame.arrivesAt, this.frame.order);
  }

  wake(): void {
    if (this.engine !== undefined) this.engine.pending--;
    this.direction.to.arrive(this.frame);
  }
}
