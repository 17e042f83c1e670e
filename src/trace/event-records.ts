// Events as fixed records in typed arrays: a frequent one fills one record, a rare one has its detail as an object beside it.

import type { Time } from '../base/time.js';
import { dropChunks } from './chunks.js';
import { KIND, kindOfCode, layerOfCode, reasonOfCode, verdictOfCode } from './event-code.js';
import type { EventDetail, EventKind, TraceEvent } from './events.js';
import type { FrameSnapshots } from './frame-snapshots.js';

/** Events per chunk, as a power of two. Memory of a chunk that is not yet written to costs nothing. */
const CHUNK_BITS = 15;
const CHUNK_EVENTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_EVENTS - 1;
/** Words of an event: the time in two, then code, where, cause, frame or detail or name, row, row2. */
const EVENT_WORDS = 8;

/** Events of a chunk: the same memory as words and as times; the details of the rare ones; frames before it began. */
interface EventChunk {
  readonly words: Int32Array;
  readonly times: Float64Array;
  readonly details: EventDetail[];
  readonly framesBefore: number;
}

export class EventRecords {
  private readonly clock: { readonly now: Time };
  private readonly frames: FrameSnapshots;
  private count = 0;
  private firstKept = 0;
  /** Chunks that were forgotten leave their places empty. */
  private readonly chunks: (EventChunk | undefined)[] = [];
  private words = new Int32Array(0);
  private times = new Float64Array(0);
  private details: EventDetail[] = [];
  /** Names of timers, each kept once. */
  private readonly names: string[] = [];
  private readonly nameIndices = new Map<string, number>();
  private readonly nodeOfInterface: number[] = [];

  /** @param frames that events mean, forgotten with them */
  constructor(clock: { readonly now: Time }, frames: FrameSnapshots) {
    this.clock = clock;
    this.frames = frames;
  }

  /** Says which node an interface id belongs to; ids count from 0. */
  addInterface(node: number): void {
    this.nodeOfInterface.push(node);
  }

  /** Events so far, those that were forgotten included. */
  get length(): number {
    return this.count;
  }

  /** seq of the first event that is still kept. */
  get first(): number {
    return this.firstKept;
  }

  // ---- writing ----

  /**
   * Adds an event, now. Returns its seq.
   * @param where an interface id, or the complement (~) of a node's number
   */
  add(code: number, where: number, cause: number, argument: number, row: number, row2: number): number {
    const seq = this.count++;
    const record = seq & CHUNK_MASK;
    if (record === 0) this.addChunk();
    const at = record * EVENT_WORDS;
    const words = this.words;
    this.times[at >> 1] = this.clock.now;
    words[at + 2] = code;
    words[at + 3] = where;
    words[at + 4] = cause;
    words[at + 5] = argument;
    words[at + 6] = row;
    words[at + 7] = row2;
    return seq;
  }

  /** Adds a `timer-set`. Returns its seq. */
  addTimer(where: number, cause: number, name: string, at: Time): number {
    const seq = this.add(KIND['timer-set'], where, cause, this.nameIndex(name), -1, -1);
    // The two words of the rows hold the time.
    this.times[((seq & CHUNK_MASK) * EVENT_WORDS + 6) >> 1] = at;
    return seq;
  }

  /** Adds a `timer-fired`. Returns its seq. */
  addFiring(where: number, cause: number, name: string): number {
    return this.add(KIND['timer-fired'], where, cause, this.nameIndex(name), -1, -1);
  }

  /** Adds a rare event. Returns its seq. */
  addDetail(where: number, cause: number, detail: EventDetail): number {
    const seq = this.add(KIND[detail.kind], where, cause, -1, -1, -1);
    // The details belong to the chunk, and that may have begun with this event.
    this.words[(seq & CHUNK_MASK) * EVENT_WORDS + 5] = this.details.push(detail) - 1;
    return seq;
  }

  private addChunk(): void {
    const memory = new ArrayBuffer(CHUNK_EVENTS * EVENT_WORDS * 4);
    this.words = new Int32Array(memory);
    this.times = new Float64Array(memory);
    this.details = [];
    this.chunks.push({
      words: this.words,
      times: this.times,
      details: this.details,
      framesBefore: this.frames.length,
    });
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

  // ---- forgetting ----

  /** Forgets events before `seq` and their frames, as far as that frees memory. */
  forget(seq: number): void {
    const chunk = Math.min(seq, this.count) >> CHUNK_BITS;
    if (chunk << CHUNK_BITS <= this.firstKept) return;
    // Nothing has been written behind a full chunk yet.
    if (this.chunks[chunk] === undefined) return;
    // Frames are forgotten a chunk later: of those on their way, what is kept now may be what changed since then.
    const { framesBefore } = this.chunks[chunk - 1] as EventChunk;
    this.firstKept = chunk << CHUNK_BITS;
    dropChunks(this.chunks, chunk);
    this.frames.forget(framesBefore);
  }

  /** Forgets all. What comes later has numbers of its own: whoever still has an old one finds nothing behind it. */
  clear(): void {
    dropChunks(this.chunks, this.chunks.length);
    this.count = this.chunks.length << CHUNK_BITS;
    this.firstKept = this.count;
    this.words = new Int32Array(0);
    this.times = new Float64Array(0);
    this.details = [];
    this.frames.clear();
  }

  // ---- reading ----

  read(seq: number): TraceEvent {
    const { words, times, details } = this.chunks[seq >> CHUNK_BITS] as EventChunk;
    const place = (seq & CHUNK_MASK) * EVENT_WORDS;
    const time = times[place >> 1] as number;
    const code = words[place + 2] as number;
    const where = words[place + 3] as number;
    const cause = words[place + 4] as number;
    const argument = words[place + 5] as number;
    const kind = kindOfCode(code);
    const node = where < 0 ? ~where : (this.nodeOfInterface[where] as number);
    const port = where < 0 ? -1 : where;
    // Each kind is written out: a literal is made many times faster than a copy with additions.
    switch (kind) {
      case 'frame-sent':
      case 'frame-arrived':
        return { seq, time, node, interface: port, cause, kind, frame: argument };
      case 'frame-lost': {
        const reason = reasonOfCode(code);
        return { seq, time, node, interface: port, cause, kind, frame: argument, reason };
      }
      case 'timer-set': {
        const name = this.names[argument] as string;
        const at = times[(place + 6) >> 1] as number;
        return { seq, time, node, interface: port, cause, kind, name, at };
      }
      case 'timer-fired': {
        const name = this.names[argument] as string;
        return { seq, time, node, interface: port, cause, kind, name };
      }
      case 'table-refreshed':
        return { seq, time, node, interface: port, cause, kind, row: words[place + 6] as number };
      case 'decided': {
        const layer = layerOfCode(code);
        const verdict = verdictOfCode(code);
        const row = words[place + 6] as number;
        const row2 = words[place + 7] as number;
        const frame = argument;
        if (verdict !== 'drop')
          return { seq, time, node, interface: port, cause, kind, layer, verdict, frame, row, row2 };
        const reason = reasonOfCode(code);
        return { seq, time, node, interface: port, cause, kind, layer, verdict, frame, row, row2, reason };
      }
      default: {
        const detail = details[argument] as EventDetail;
        return { seq, time, node, interface: port, cause, ...detail } as TraceEvent;
      }
    }
  }

  // What `read` says of an event, one by one, for who looks at many.

  kindOf(seq: number): EventKind {
    return kindOfCode(this.word(seq, 2));
  }

  timeOf(seq: number): Time {
    const { times } = this.chunks[seq >> CHUNK_BITS] as EventChunk;
    return times[((seq & CHUNK_MASK) * EVENT_WORDS) >> 1] as number;
  }

  /** −1 when the event belongs to the whole node. */
  interfaceOf(seq: number): number {
    return Math.max(-1, this.word(seq, 3));
  }

  /** Of a `frame-sent` or `frame-arrived`. */
  frameOf(seq: number): number {
    return this.word(seq, 5);
  }

  private word(seq: number, word: number): number {
    const { words } = this.chunks[seq >> CHUNK_BITS] as EventChunk;
    return words[(seq & CHUNK_MASK) * EVENT_WORDS + word] as number;
  }
}
