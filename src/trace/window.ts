// A window onto a run that goes on: the latest events, with what must be known of the time before them, as a trace of its
// own. So every view can show a run of which the beginning was forgotten, or which happens in another process.

import type { TraceEvent, WorldDescription } from './events.js';
import { type Recording, type RecordLevel, Trace } from './trace.js';

/** A frame as events mean it. */
export interface WindowFrame {
  readonly packetId: number;
  readonly bytes: Uint8Array;
}

export interface WindowOptions {
  /** Events that are to be known also when they have left the window, such as the beginning of a connection. */
  readonly keeps?: (event: TraceEvent, bytes: Uint8Array) => boolean;
}

/** What stands in the window now. It does not change any more. */
export interface WindowView {
  readonly trace: Trace;
  /** seq of the first event of the window itself; what is before it is what was known before. */
  readonly start: number;
  /** What the seq of an event of this trace was in the run. */
  originalSeq(seq: number): number;
}

/** Events that are known beyond the window, at most, and forgotten events of which the activity is known. */
const MOST_KEPT = 256;
const MOST_ANCHORS = 50_000;
/** Frames that later events may still mean. */
const MOST_FRAMES = 10_000;

const NO_FRAME: WindowFrame = { packetId: 0, bytes: new Uint8Array(0) };

export class TraceWindow {
  private readonly world: WorldDescription;
  private readonly keeps: (event: TraceEvent, bytes: Uint8Array) => boolean;
  private events: TraceEvent[] = [];
  private readonly frames = new Map<number, WindowFrame>();
  /** The row of every key of every table before the window: its table-set. */
  private readonly rows = new Map<string, TraceEvent>();
  /** Activities that are under way since before the window, by seq. */
  private readonly activities = new Map<number, TraceEvent>();
  private kept: TraceEvent[] = [];
  /** To which such activity a forgotten event belongs: seq to seq, −1 to none. */
  private readonly anchors = new Map<number, number>();

  constructor(world: WorldDescription, options: WindowOptions = {}) {
    this.world = world;
    this.keeps = options.keeps ?? (() => false);
  }

  /** Events in the window. */
  get length(): number {
    return this.events.length;
  }

  /** All rows of all tables as they stand, as `table-set` events: what was known before is forgotten. */
  setState(state: readonly TraceEvent[]): void {
    this.forget(this.events.length);
    this.rows.clear();
    for (const event of state) this.foldRow(event);
  }

  addFrame(id: number, frame: WindowFrame): void {
    this.frames.delete(id);
    this.frames.set(id, frame);
  }

  add(event: TraceEvent): void {
    this.events.push(event);
  }

  frameBytes(id: number): Uint8Array {
    return (this.frames.get(id) ?? NO_FRAME).bytes;
  }

  /** The first `count` events leave the window. */
  forget(count: number): void {
    if (count <= 0) return;
    for (const event of this.events.splice(0, count)) {
      this.foldRow(event);
      this.anchors.set(event.seq, this.anchorOf(event));
      if (event.kind === 'activity-begun') this.activities.set(event.seq, event);
      else if (event.kind === 'activity-ended') this.activities.delete(event.begun);
      else if ('frame' in event && this.keeps(event, this.frameBytes(event.frame))) this.kept.push(event);
    }
    this.kept = this.kept.slice(-MOST_KEPT);
    trim(this.activities, MOST_KEPT);
    trim(this.anchors, MOST_ANCHORS);
    if (this.frames.size <= MOST_FRAMES) return;
    const wanted = new Set<number>();
    for (const event of [...this.kept, ...this.events]) if ('frame' in event) wanted.add(event.frame);
    for (const id of this.frames.keys()) {
      if (this.frames.size <= MOST_FRAMES) return;
      if (!wanted.has(id)) this.frames.delete(id);
    }
  }

  /** The window as a trace. */
  view(): WindowView {
    const before = [...this.rows.values()].sort(bySeq).map(bare);
    const known = [...this.activities.values(), ...this.kept].sort(bySeq);
    const all = [...before, ...known, ...this.events];
    const places = new Map(all.map(({ seq }, place) => [seq, place]));
    const start = before.length + known.length;
    const recording = new WindowRecording(
      all.map((event, place) => this.renumbered(event, place, places)),
      new Map(this.frames),
    );
    return {
      trace: new Trace(this.world, recording),
      start,
      originalSeq: (seq) => all[seq]?.seq ?? -1,
    };
  }

  private anchorOf(event: TraceEvent): number {
    if (event.kind === 'activity-begun') return event.seq;
    const anchor = this.anchors.get(event.cause) ?? -1;
    return this.activities.has(anchor) ? anchor : -1;
  }

  private foldRow(event: TraceEvent): void {
    if (event.kind === 'table-set') {
      const key = rowKey(event, event.table, event.key);
      // A row that comes back is the youngest again.
      this.rows.delete(key);
      this.rows.set(key, event);
    } else if (event.kind === 'table-removed') this.rows.delete(rowKey(event, event.table, event.key));
  }

  /** The event with seqs of the view in place of those of the run; −1 for what is not there. */
  private renumbered(event: TraceEvent, seq: number, places: ReadonlyMap<number, number>): TraceEvent {
    const place = (of: number): number => places.get(of) ?? -1;
    const cause = place(places.has(event.cause) ? event.cause : (this.anchors.get(event.cause) ?? -1));
    switch (event.kind) {
      case 'decided':
        return { ...event, seq, cause, row: place(event.row), row2: place(event.row2) };
      case 'table-refreshed':
        return { ...event, seq, cause, row: place(event.row) };
      case 'released':
        return { ...event, seq, cause, held: place(event.held) };
      case 'activity-ended':
        return { ...event, seq, cause, begun: place(event.begun) };
      default:
        return { ...event, seq, cause };
    }
  }
}

class WindowRecording implements Recording {
  readonly level: RecordLevel = 'bytes';
  readonly first = 0;
  private readonly events: readonly TraceEvent[];
  private readonly frames: ReadonlyMap<number, WindowFrame>;

  constructor(events: readonly TraceEvent[], frames: ReadonlyMap<number, WindowFrame>) {
    this.events = events;
    this.frames = frames;
  }

  get length(): number {
    return this.events.length;
  }

  read(seq: number): TraceEvent {
    return this.events[seq] as TraceEvent;
  }

  kindOf(seq: number): TraceEvent['kind'] {
    return this.read(seq).kind;
  }

  frameBytes(frame: number): Uint8Array {
    return (this.frames.get(frame) ?? NO_FRAME).bytes.slice();
  }

  lengthOf(frame: number): number {
    return (this.frames.get(frame) ?? NO_FRAME).bytes.length;
  }

  packetIdOf(frame: number): number {
    return (this.frames.get(frame) ?? NO_FRAME).packetId;
  }
}

function bySeq(a: TraceEvent, b: TraceEvent): number {
  return a.seq - b.seq;
}

/** A row as part of the state in which things begin: nothing led to it. */
function bare(event: TraceEvent): TraceEvent {
  return event.kind === 'table-set' ? { ...event, cause: -1 } : event;
}

function rowKey(event: TraceEvent, table: string, key: string): string {
  return `${event.node} ${event.interface} ${table} ${key}`;
}

/** Takes the oldest away until so many are left. */
function trim(map: Map<number, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
