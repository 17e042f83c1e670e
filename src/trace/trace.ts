// A recorded run: what all views read, wherever it is kept.

import { Hash } from '../base/hash.js';
import type { EventKind, TraceEvent, WorldDescription } from './events.js';

/** How much is kept: nothing, events, or events and the bytes of every frame. */
export type RecordLevel = 'off' | 'events' | 'bytes';

/** Where a trace reads: the events from `first` up to, not including, `length`, and what they mean by a frame. */
export interface Recording {
  readonly level: RecordLevel;
  readonly first: number;
  readonly length: number;
  read(seq: number): TraceEvent;
  kindOf(seq: number): EventKind;
  /** Of a snapshot that is not there: nothing, 0 and 0. */
  frameBytes(snapshot: number): Uint8Array;
  lengthOf(snapshot: number): number;
  packetIdOf(snapshot: number): number;
}

/** A recorded run: the description of the world and everything that happened in it. All views are functions of this. */
export class Trace {
  readonly world: WorldDescription;
  private readonly recorder: Recording;

  constructor(world: WorldDescription, recorder: Recording) {
    this.world = world;
    this.recorder = recorder;
  }

  get length(): number {
    return this.recorder.length;
  }

  get level(): RecordLevel {
    return this.recorder.level;
  }

  /** seq of the first event that is kept: 0, unless a run goes on for so long that its beginning was forgotten. */
  get first(): number {
    return this.recorder.first;
  }

  /** The event at a place. @throws RangeError outside `first` … length-1 */
  event(seq: number): TraceEvent {
    if (!(seq >= this.recorder.first && seq < this.recorder.length)) {
      throw new RangeError(`event ${seq} is outside the trace of ${this.recorder.length} events`);
    }
    return this.recorder.read(seq);
  }

  /** The kind of an event, without reading the rest of it: for looking through long traces. */
  kindOf(seq: number): EventKind {
    return this.recorder.kindOf(seq);
  }

  /** Events in order, from `start` up to but without `end`. */
  *events(start = 0, end = Number.POSITIVE_INFINITY): Generator<TraceEvent> {
    for (let seq = Math.max(start, this.recorder.first); seq < Math.min(end, this.recorder.length); seq++)
      yield this.recorder.read(seq);
  }

  /** The bytes of a frame at a snapshot, from the destination MAC address on, without FCS; empty below level `bytes`. */
  frameBytes(frame: number): Uint8Array {
    return this.recorder.frameBytes(frame);
  }

  /** Length of the frame in bytes, known at level `events` too. */
  frameLength(frame: number): number {
    return this.recorder.lengthOf(frame);
  }

  /** The same number for one packet at every place it passes. */
  packetId(frame: number): number {
    return this.recorder.packetIdOf(frame);
  }

  /** 16 hexadecimal digits; equal for equal runs, on every machine. */
  hash(): string {
    const hash = new Hash();
    hash.addText(JSON.stringify(this.world));
    for (const event of this.events()) {
      hash.addText(JSON.stringify(event));
      if (event.kind === 'frame-sent' || event.kind === 'frame-arrived')
        hash.addBytes(this.frameBytes(event.frame));
    }
    return hash.digest();
  }
}
