// The recorder: what the simulation tells of itself while it runs, and when it need not.
//
// Level `off` costs one test of `on` per place that could record. Nothing is formatted while the simulation runs: events
// go to records of fixed size (event-records.ts), frames once in full and later as what changed (frame-snapshots.ts).

import type { Frame } from '../base/frame-store.js';
import type { Time } from '../base/time.js';
import type { DropReason } from './drop-reasons.js';
import { decisionCode, dropCode, KIND, lossCode } from './event-code.js';
import { EventRecords } from './event-records.js';
import type { EventDetail, EventKind, Layer, TraceEvent, Verdict, WorldDescription } from './events.js';
import { FrameSnapshots } from './frame-snapshots.js';
import { type Recording, type RecordLevel, Trace } from './trace.js';

// Local, because what another module exports is looked up at every use.
const FRAME_SENT = KIND['frame-sent'];
const FRAME_ARRIVED = KIND['frame-arrived'];
const TABLE_REFRESHED = KIND['table-refreshed'];

/** Where an event happens, as one integer: an interface id, or `atNode(node)`. */
export type Where = number;

export function atNode(node: number): Where {
  return ~node;
}

/** A table that can record all its rows once more, for a recording that begins in the middle of a run. */
export interface RecordedAnew {
  recordAnew(): void;
}

export class Recorder implements Recording {
  /** False at level `off`, and while it pauses. Test it before building a detail. */
  on: boolean;
  readonly level: RecordLevel;
  /** The event that what happens now is due to; −1 when nothing led to it. */
  cause = -1;

  private readonly frames: FrameSnapshots;
  private readonly events: EventRecords;
  private readonly tables: RecordedAnew[] = [];

  constructor(level: RecordLevel, clock: { readonly now: Time }) {
    this.level = level;
    this.on = level !== 'off';
    this.frames = new FrameSnapshots(level === 'bytes');
    this.events = new EventRecords(clock, this.frames);
  }

  /** Says which node an interface id belongs to; ids count from 0. */
  addInterface(node: number): void {
    this.events.addInterface(node);
  }

  /** From now on the table is asked for its rows when recording goes on. */
  addTable(table: RecordedAnew): void {
    this.tables.push(table);
  }

  // ---- long runs: only now and then does somebody look ----

  /** Records nothing from now on, and forgets all that was recorded. */
  pause(): void {
    this.on = false;
    this.events.clear();
  }

  /** Goes on after a pause: first comes a `table-set` for every row of every table. Nothing at level `off`. */
  resume(): void {
    if (this.on || this.level === 'off') return;
    this.on = true;
    this.cause = -1;
    for (const table of this.tables) table.recordAnew();
  }

  /** Forgets events before `seq`, as far as that frees memory: a recording that goes on for ever stays small. */
  forget(seq: number): void {
    this.events.forget(seq);
  }

  // ---- recording ----

  frameSent(where: Where, frame: Frame): void {
    const snapshot = this.snapshot(frame);
    const cause = frame.cause < 0 ? this.cause : frame.cause;
    frame.cause = this.events.add(FRAME_SENT, where, cause, snapshot, -1, -1);
  }

  /** Records the arrival and makes it the cause of what follows. */
  frameArrived(where: Where, frame: Frame): void {
    const isKnown = !frame.damaged && frame.snapshot >= this.frames.first;
    const snapshot = isKnown ? frame.snapshot : this.snapshot(frame);
    const seq = this.events.add(FRAME_ARRIVED, where, frame.cause, snapshot, -1, -1);
    frame.cause = seq;
    this.cause = seq;
  }

  frameLost(where: Where, frame: Frame, reason: DropReason): void {
    if (frame.snapshot < this.frames.first) this.snapshot(frame);
    this.events.add(lossCode(reason), where, frame.cause, frame.snapshot, -1, -1);
  }

  /** Records a decision about a frame that is not a drop. Returns its seq. */
  decided(where: Where, layer: Layer, verdict: Verdict, frame: Frame | null, row = -1, row2 = -1): number {
    const snapshot = frame === null ? -1 : frame.snapshot;
    return this.events.add(decisionCode(layer, verdict), where, this.cause, snapshot, row, row2);
  }

  /** Records that a layer drops a frame. Returns its seq. */
  dropped(where: Where, layer: Layer, reason: DropReason, frame: Frame | null, row = -1): number {
    const snapshot = frame === null ? -1 : frame.snapshot;
    return this.events.add(dropCode(layer, reason), where, this.cause, snapshot, row, -1);
  }

  tableRefreshed(where: Where, row: number): void {
    this.events.add(TABLE_REFRESHED, where, this.cause, -1, row, -1);
  }

  /** Records that a timer was armed; TCP does it with every segment. Returns its seq. */
  timerSet(where: Where, name: string, at: Time): number {
    return this.events.addTimer(where, this.cause, name, at);
  }

  /** Records that a timer fired; `cause` is its timer-set. Returns its seq. */
  timerFired(where: Where, name: string, cause: number): number {
    return this.events.addFiring(where, cause, name);
  }

  /** Records any other event. Returns its seq, or −1 at level `off`. */
  record(where: Where, detail: EventDetail): number {
    if (!this.on) return -1;
    if (detail.kind === 'timer-set') return this.timerSet(where, detail.name, detail.at);
    if (detail.kind === 'timer-fired') return this.timerFired(where, detail.name, this.cause);
    return this.events.addDetail(where, this.cause, detail);
  }

  /** Keeps a frame as it is now (for a held packet); returns the snapshot's id. */
  snapshot(frame: Frame): number {
    return this.on ? this.frames.keep(frame) : -1;
  }

  // ---- reading ----

  /** What was recorded so far, to be read by views. The trace grows with the run; it is not a copy. */
  trace(world: WorldDescription): Trace {
    return new Trace(world, this);
  }

  /** Events so far, those that were forgotten included. */
  get length(): number {
    return this.events.length;
  }

  /** seq of the first event that is still kept. */
  get first(): number {
    return this.events.first;
  }

  /** @internal */
  read(seq: number): TraceEvent {
    return this.events.read(seq);
  }

  /** @internal */
  kindOf(seq: number): EventKind {
    return this.events.kindOf(seq);
  }

  /** @internal What `read` says of an event, one by one, for who looks at many: its time, */
  timeOf(seq: number): Time {
    return this.events.timeOf(seq);
  }

  /** @internal its interface, or −1 when it belongs to the whole node, */
  interfaceOf(seq: number): number {
    return this.events.interfaceOf(seq);
  }

  /** @internal and the frame of a `frame-sent` or `frame-arrived`. */
  frameOf(seq: number): number {
    return this.events.frameOf(seq);
  }

  /** @internal */
  frameBytes(snapshot: number): Uint8Array {
    return this.frames.bytesOf(snapshot);
  }

  /** @internal Copies the first bytes of a frame, as many as there is room for. */
  copyFrame(snapshot: number, target: Uint8Array): void {
    this.frames.copyTo(target, snapshot);
  }

  /** @internal The frame that a frame was before somebody changed it; −1: there is none, or another length. */
  baseOf(snapshot: number): number {
    return this.frames.baseOf(snapshot);
  }

  /** @internal So many of its first bytes may differ from that. */
  changedOf(snapshot: number): number {
    return this.frames.changedOf(snapshot);
  }

  /** @internal */
  lengthOf(snapshot: number): number {
    return this.frames.lengthOf(snapshot);
  }

  /** @internal */
  packetIdOf(snapshot: number): number {
    return this.frames.packetIdOf(snapshot);
  }
}
