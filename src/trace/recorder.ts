// The recorder: keeps events as fixed records in typed arrays, frames once in full and later hops as what changed.
//
// Level `off` costs one test of `on` per place that could record. Frequent events fill one record; rare ones have
// their detail as an object beside it. Nothing is formatted while the simulation runs.

import type { Frame } from '../base/frame-store.js';
import { Hash } from '../base/hash.js';
import type { Time } from '../base/time.js';
import { DROP_REASON_CODES, type DropReason, dropReasonIndex } from './drop-reasons.js';
import {
  type EventDetail,
  type EventKind,
  LAYERS,
  type Layer,
  type TraceEvent,
  VERDICTS,
  type Verdict,
  type WorldDescription,
} from './events.js';

/** How much is kept: nothing, events, or events and the bytes of every frame. */
export type RecordLevel = 'off' | 'events' | 'bytes';

const KINDS = [
  'frame-sent',
  'frame-arrived',
  'frame-lost',
  'decided',
  'table-set',
  'table-removed',
  'table-refreshed',
  'state',
  'held',
  'released',
  'timer-set',
  'timer-fired',
  'activity-begun',
  'activity-ended',
  'app',
] as const satisfies readonly EventKind[];

const KIND = Object.fromEntries(KINDS.map((kind, index) => [kind, index])) as Record<EventKind, number>;
const LAYER = Object.fromEntries(LAYERS.map((layer, index) => [layer, index])) as Record<Layer, number>;
const VERDICT = Object.fromEntries(VERDICTS.map((verdict, index) => [verdict, index])) as Record<
  Verdict,
  number
>;

/** Records per chunk, as a power of two. Memory of a chunk that is not yet written to costs nothing. */
const CHUNK_BITS = 15;
const CHUNK_RECORDS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_RECORDS - 1;
/** Words of an event: the time in two, then kind and code, where, cause, frame or detail, row, row2. */
const EVENT_WORDS = 8;
/** Words of a snapshot: base, byte chunk, offset, stored length, full length, packet id. */
const SNAPSHOT_WORDS = 6;
/** Chunks of frame bytes double from the least to the most, so that a short trace stays small. */
const LEAST_BYTE_CHUNK = 1 << 16;
const MOST_BYTE_CHUNK = 1 << 23;
/** Frames begin at 2 modulo 4 in their memory and here, so that they can be copied by words. */
const MISALIGNMENT = 2;

/** Events of a chunk: the same memory as words and as times; the details of the rare ones; what was kept when it began. */
interface EventChunk {
  readonly words: Int32Array;
  readonly times: Float64Array;
  readonly details: EventDetail[];
  readonly firstSnapshot: number;
  readonly firstBytes: number;
}

/** Frame bytes of a chunk: the same memory as octets and as words. */
interface ByteChunk {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
}

/**
 * Where an event happens, as one integer: an interface id, or `atNode(node)`.
 */
export type Where = number;

export function atNode(node: number): Where {
  return ~node;
}

/** A table that can record all its rows once more, for a recording that begins in the middle of a run. */
export interface RecordedAnew {
  recordAnew(): void;
}

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

export class Recorder implements Recording {
  /** False at level `off`, and while it pauses. Test it before building a detail. */
  on: boolean;
  readonly level: RecordLevel;
  /** The event that what happens now is due to; −1 when nothing led to it. */
  cause = -1;

  private readonly clock: { readonly now: Time };
  private readonly keepBytes: boolean;
  private count = 0;
  private firstKept = 0;
  private firstSnapshot = 0;
  /** Chunks that were forgotten leave their places empty. */
  private readonly events: (EventChunk | undefined)[] = [];
  private eventWords = new Int32Array(0);
  private eventTimes = new Float64Array(0);
  private details: EventDetail[] = [];
  /** Names of timers, each kept once. */
  private readonly names: string[] = [];
  private readonly nameIndices = new Map<string, number>();
  private snapshotCount = 0;
  private readonly snapshots: (Int32Array | undefined)[] = [];
  private snapshotWords = new Int32Array(0);
  private readonly bytes: (ByteChunk | undefined)[] = [];
  private byteChunk: ByteChunk = newByteChunk(0);
  private byteOffset = 0;
  private readonly nodeOfInterface: number[] = [];
  private readonly tables: RecordedAnew[] = [];

  constructor(level: RecordLevel, clock: { readonly now: Time }) {
    this.clock = clock;
    this.level = level;
    this.on = level !== 'off';
    this.keepBytes = level === 'bytes';
  }

  /** Says which node an interface id belongs to; ids count from 0. */
  addInterface(node: number): void {
    this.nodeOfInterface.push(node);
  }

  /** From now on the table is asked for its rows when recording goes on. */
  addTable(table: RecordedAnew): void {
    this.tables.push(table);
  }

  /** Events so far, those that were forgotten included. */
  get length(): number {
    return this.count;
  }

  /** seq of the first event that is still kept. */
  get first(): number {
    return this.firstKept;
  }

  // ---- long runs: only now and then does somebody look ----

  /** Records nothing from now on, and forgets all that was recorded. */
  pause(): void {
    this.on = false;
    this.dropChunks(this.events, this.events.length);
    this.dropChunks(this.snapshots, this.snapshots.length);
    this.dropChunks(this.bytes, this.bytes.length);
    // What comes later has numbers of its own: whoever still has an old one finds nothing behind it.
    this.count = this.events.length << CHUNK_BITS;
    this.snapshotCount = this.snapshots.length << CHUNK_BITS;
    this.byteChunk = newByteChunk(0);
    this.byteOffset = 0;
    this.eventWords = new Int32Array(0);
    this.eventTimes = new Float64Array(0);
    this.snapshotWords = new Int32Array(0);
    this.details = [];
    this.firstKept = this.count;
    this.firstSnapshot = this.snapshotCount;
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
    const chunk = Math.min(seq, this.count) >> CHUNK_BITS;
    if (chunk << CHUNK_BITS <= this.firstKept) return;
    const kept = this.events[chunk];
    // Nothing has been written behind a full chunk yet.
    if (kept === undefined) return;
    this.firstKept = chunk << CHUNK_BITS;
    this.firstSnapshot = kept.firstSnapshot;
    this.dropChunks(this.events, chunk);
    this.dropChunks(this.snapshots, kept.firstSnapshot >> CHUNK_BITS);
    this.dropChunks(this.bytes, kept.firstBytes);
  }

  private dropChunks(chunks: unknown[], end: number): void {
    for (let at = end - 1; at >= 0 && chunks[at] !== undefined; at--) chunks[at] = undefined;
  }

  // ---- recording ----

  frameSent(where: Where, frame: Frame): void {
    const snapshot = this.snapshot(frame);
    frame.cause = this.put(
      KIND['frame-sent'],
      where,
      frame.cause < 0 ? this.cause : frame.cause,
      snapshot,
      -1,
      -1,
    );
  }

  /** Records the arrival and makes it the cause of what follows. */
  frameArrived(where: Where, frame: Frame): void {
    const isKnown = !frame.damaged && frame.snapshot >= this.firstSnapshot;
    const snapshot = isKnown ? frame.snapshot : this.snapshot(frame);
    const seq = this.put(KIND['frame-arrived'], where, frame.cause, snapshot, -1, -1);
    frame.cause = seq;
    this.cause = seq;
  }

  frameLost(where: Where, frame: Frame, reason: DropReason): void {
    if (frame.snapshot < this.firstSnapshot) this.snapshot(frame);
    this.put(
      KIND['frame-lost'] | (dropReasonIndex(reason) << 16),
      where,
      frame.cause,
      frame.snapshot,
      -1,
      -1,
    );
  }

  /** Records a decision about a frame that is not a drop. Returns its seq. */
  decided(where: Where, layer: Layer, verdict: Verdict, frame: Frame | null, row = -1, row2 = -1): number {
    const code = KIND.decided | (LAYER[layer] << 8) | (VERDICT[verdict] << 12);
    return this.put(code, where, this.cause, frame === null ? -1 : frame.snapshot, row, row2);
  }

  /** Records that a layer drops a frame. Returns its seq. */
  dropped(where: Where, layer: Layer, reason: DropReason, frame: Frame | null, row = -1): number {
    const code = KIND.decided | (LAYER[layer] << 8) | (VERDICT.drop << 12) | (dropReasonIndex(reason) << 16);
    return this.put(code, where, this.cause, frame === null ? -1 : frame.snapshot, row, -1);
  }

  tableRefreshed(where: Where, row: number): void {
    this.put(KIND['table-refreshed'], where, this.cause, -1, row, -1);
  }

  /** Records that a timer was armed; TCP does it with every segment. Returns its seq. */
  timerSet(where: Where, name: string, at: Time): number {
    const seq = this.put(KIND['timer-set'], where, this.cause, this.nameIndex(name), -1, -1);
    // The two words of the rows hold the time.
    this.eventTimes[((seq & CHUNK_MASK) * EVENT_WORDS + 6) >> 1] = at;
    return seq;
  }

  /** Records that a timer fired; `cause` is its timer-set. Returns its seq. */
  timerFired(where: Where, name: string, cause: number): number {
    return this.put(KIND['timer-fired'], where, cause, this.nameIndex(name), -1, -1);
  }

  /** Records any other event. Returns its seq, or −1 at level `off`. */
  record(where: Where, detail: EventDetail): number {
    if (!this.on) return -1;
    if (detail.kind === 'timer-set') return this.timerSet(where, detail.name, detail.at);
    if (detail.kind === 'timer-fired') return this.timerFired(where, detail.name, this.cause);
    const seq = this.put(KIND[detail.kind], where, this.cause, -1, -1, -1);
    // The details belong to the chunk, and that may have begun with this event.
    this.eventWords[(seq & CHUNK_MASK) * EVENT_WORDS + 5] = this.details.push(detail) - 1;
    return seq;
  }

  /** Keeps a frame as it is now (for a held packet); returns the snapshot's id. */
  snapshot(frame: Frame): number {
    if (!this.on) return -1;
    const base = frame.snapshot < this.firstSnapshot ? -1 : frame.snapshot;
    const { length } = frame;
    let stored = 0;
    let offset = 0;
    if (this.keepBytes) {
      const touched = base < 0 || frame.snapshotLength !== length ? length : frame.touched;
      if (base >= 0 && touched === 0) return base;
      stored = touched < length ? touched : length;
      offset = this.keep(frame, stored);
    }
    const id = this.snapshotCount++;
    const place = id & CHUNK_MASK;
    if (place === 0) {
      this.snapshotWords = new Int32Array(CHUNK_RECORDS * SNAPSHOT_WORDS);
      this.snapshots.push(this.snapshotWords);
    }
    const words = this.snapshotWords;
    const at = place * SNAPSHOT_WORDS;
    words[at] = base;
    words[at + 1] = this.bytes.length - 1;
    words[at + 2] = offset;
    words[at + 3] = stored;
    words[at + 4] = length;
    words[at + 5] = frame.packetId;
    frame.snapshot = id;
    frame.snapshotLength = length;
    frame.touched = 0;
    return id;
  }

  /** Copies the first bytes of a frame into the current chunk, or a new one; returns where they begin. */
  private keep(frame: Frame, length: number): number {
    const needed = (MISALIGNMENT + length + 3) & ~3;
    if (this.byteOffset + needed > this.byteChunk.u8.length) {
      const doubled = Math.min(MOST_BYTE_CHUNK, this.byteChunk.u8.length * 2);
      this.byteChunk = newByteChunk(Math.max(needed, doubled, LEAST_BYTE_CHUNK));
      this.bytes.push(this.byteChunk);
      this.byteOffset = 0;
    }
    const at = this.byteOffset;
    const from = frame.start - MISALIGNMENT;
    if (needed > 128) this.byteChunk.u8.set(frame.u8.subarray(from, from + needed), at);
    else {
      // Few bytes go faster word by word than through a call into the machine.
      const { u32 } = this.byteChunk;
      const source = frame.u32;
      const shift = (from - at) >> 2;
      for (let word = at >> 2; word < (at + needed) >> 2; word++) u32[word] = source[word + shift] as number;
    }
    this.byteOffset = at + needed;
    return at + MISALIGNMENT;
  }

  /** What was recorded so far, to be read by views. The trace grows with the run; it is not a copy. */
  trace(world: WorldDescription): Trace {
    return new Trace(world, this);
  }

  /** @internal */
  read(seq: number): TraceEvent {
    const { words: chunk, times, details } = this.events[seq >> CHUNK_BITS] as EventChunk;
    const record = seq & CHUNK_MASK;
    const at = record * EVENT_WORDS + 2;
    const code = chunk[at] as number;
    const where = chunk[at + 1] as number;
    const argument = chunk[at + 3] as number;
    const kind = KINDS[code & 255] as EventKind;
    const time = times[(record * EVENT_WORDS) / 2] as number;
    const node = where < 0 ? ~where : (this.nodeOfInterface[where] as number);
    const port = where < 0 ? -1 : where;
    const cause = chunk[at + 2] as number;
    // Each kind is written out: a literal is made many times faster than a copy with additions.
    switch (kind) {
      case 'frame-sent':
      case 'frame-arrived':
        return { seq, time, node, interface: port, cause, kind, frame: argument };
      case 'frame-lost': {
        const reason = DROP_REASON_CODES[code >>> 16] as DropReason;
        return { seq, time, node, interface: port, cause, kind, frame: argument, reason };
      }
      case 'timer-set': {
        const name = this.names[argument] as string;
        const at = times[(record * EVENT_WORDS + 6) / 2] as number;
        return { seq, time, node, interface: port, cause, kind, name, at };
      }
      case 'timer-fired': {
        const name = this.names[argument] as string;
        return { seq, time, node, interface: port, cause, kind, name };
      }
      case 'table-refreshed':
        return { seq, time, node, interface: port, cause, kind, row: chunk[at + 4] as number };
      case 'decided': {
        const layer = LAYERS[(code >> 8) & 15] as Layer;
        const verdict = VERDICTS[(code >> 12) & 15] as Verdict;
        const row = chunk[at + 4] as number;
        const row2 = chunk[at + 5] as number;
        const frame = argument;
        if (verdict !== 'drop')
          return { seq, time, node, interface: port, cause, kind, layer, verdict, frame, row, row2 };
        const reason = DROP_REASON_CODES[code >>> 16] as DropReason;
        return { seq, time, node, interface: port, cause, kind, layer, verdict, frame, row, row2, reason };
      }
      default: {
        const detail = details[argument] as EventDetail;
        return { seq, time, node, interface: port, cause, ...detail } as TraceEvent;
      }
    }
  }

  /** @internal */
  kindOf(seq: number): EventKind {
    const { words } = this.events[seq >> CHUNK_BITS] as EventChunk;
    return KINDS[(words[(seq & CHUNK_MASK) * EVENT_WORDS + 2] as number) & 255] as EventKind;
  }

  /** @internal */
  frameBytes(snapshot: number): Uint8Array {
    const length = this.lengthOf(snapshot);
    const bytes = new Uint8Array(this.keepBytes ? length : 0);
    let covered = 0;
    for (let id = snapshot; id >= this.firstSnapshot && covered < bytes.length; ) {
      const chunk = this.snapshots[id >> CHUNK_BITS] as Int32Array;
      const at = (id & CHUNK_MASK) * SNAPSHOT_WORDS;
      const stored = Math.min(chunk[at + 3] as number, length);
      if (stored > covered) {
        const offset = chunk[at + 2] as number;
        bytes.set(
          (this.bytes[chunk[at + 1] as number] as ByteChunk).u8.subarray(offset + covered, offset + stored),
          covered,
        );
        covered = stored;
      }
      id = chunk[at] as number;
    }
    return bytes;
  }

  /** @internal */
  lengthOf(snapshot: number): number {
    return this.snapshotField(snapshot, 4);
  }

  /** @internal */
  packetIdOf(snapshot: number): number {
    return this.snapshotField(snapshot, 5);
  }

  private snapshotField(snapshot: number, field: number): number {
    if (snapshot < this.firstSnapshot || snapshot < 0) return 0;
    const chunk = this.snapshots[snapshot >> CHUNK_BITS] as Int32Array;
    return chunk[(snapshot & CHUNK_MASK) * SNAPSHOT_WORDS + field] as number;
  }

  private nameIndex(name: string): number {
    let index = this.nameIndices.get(name);
    if (index === undefined) {
      index = this.names.length;
      this.names.push(name);
      this.nameIndices.set(name, index);
    }
    return index;
  }

  private put(
    code: number,
    where: Where,
    cause: number,
    argument: number,
    row: number,
    row2: number,
  ): number {
    const seq = this.count++;
    const record = seq & CHUNK_MASK;
    if (record === 0) this.addEventChunk();
    const at = record * EVENT_WORDS;
    const words = this.eventWords;
    this.eventTimes[at >> 1] = this.clock.now;
    words[at + 2] = code;
    words[at + 3] = where;
    words[at + 4] = cause;
    words[at + 5] = argument;
    words[at + 6] = row;
    words[at + 7] = row2;
    return seq;
  }

  private addEventChunk(): void {
    const memory = new ArrayBuffer(CHUNK_RECORDS * EVENT_WORDS * 4);
    this.eventWords = new Int32Array(memory);
    this.eventTimes = new Float64Array(memory);
    this.details = [];
    this.events.push({
      words: this.eventWords,
      times: this.eventTimes,
      details: this.details,
      firstSnapshot: this.snapshotCount,
      firstBytes: Math.max(0, this.bytes.length - 1),
    });
  }
}

function newByteChunk(size: number): ByteChunk {
  const memory = new ArrayBuffer((size + 3) & ~3);
  return { u8: new Uint8Array(memory), u32: new Uint32Array(memory) };
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
