// What happens in a running lab, for those who watch it. As long as nobody does, nothing is recorded; and what everybody
// has been told is forgotten again, so that a lab can run for days.

import type { World } from '../../net/world.js';
import type { TraceEvent } from '../../trace/events.js';
import { type NodeTables, TableFold } from '../../view/tables.js';
import type { Watched } from './control-messages.js';

/** How often news are passed on, in ms. */
const EVERY = 25;
/** At most so many events at a time; so far behind, the rest is given up. The lab's own work comes first. */
const MOST_AT_ONCE = 2_000;
const MOST_BEHIND = 50_000;
/** Frames that are remembered as told: fewer than those who watch remember. */
const MOST_FRAMES = 4_000;

/** Somebody who watches. */
export interface Watcher {
  /** Only what is sent and what arrives. */
  readonly framesOnly: boolean;
  /** Takes a message; false: no more for the moment. */
  take(message: Watched): void;
  /** Is there room for more? */
  readonly isReady: boolean;
}

interface Reader {
  readonly watcher: Watcher;
  /** The next event to be told. */
  next: number;
  /** Events that were given up, and the frames among them by interface. */
  missed: number;
  missedFrames: number[];
  readonly frames: Set<number>;
}

export class Feed {
  private readonly world: World;
  private readonly readers = new Set<Reader>();
  private timer: NodeJS.Timeout | undefined;
  /** The rows of all tables as the events up to, not including, `folded` left them. */
  private readonly rows = new Map<string, TraceEvent>();
  private folded = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Tells everything that happens from now on, tables first. The result ends it. */
  watch(watcher: Watcher): () => void {
    this.begin();
    const { recorder } = this.world;
    const reader: Reader = { watcher, next: recorder.length, missed: 0, missedFrames: [], frames: new Set() };
    watcher.take({ now: this.world.now, state: this.state() });
    this.readers.add(reader);
    this.timer ??= setInterval(() => this.tellAll(), EVERY);
    return () => this.unwatch(reader);
  }

  /** All tables as they stand. */
  tables(): NodeTables[] {
    this.begin();
    const fold = new TableFold(this.world.describe());
    for (const event of this.state()) fold.advance(event);
    this.endIfAlone();
    return fold.tables();
  }

  close(): void {
    for (const reader of [...this.readers]) this.unwatch(reader);
  }

  private unwatch(reader: Reader): void {
    this.readers.delete(reader);
    this.endIfAlone();
  }

  /** Recording begins, if it has not yet. */
  private begin(): void {
    const { recorder } = this.world;
    if (recorder.on) return;
    recorder.resume();
    this.rows.clear();
    this.folded = recorder.first;
  }

  private endIfAlone(): void {
    if (this.readers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.rows.clear();
    this.world.recorder.pause();
  }

  /** Every row of every table as it stands, by the event that set it. */
  private state(): TraceEvent[] {
    const { recorder } = this.world;
    for (; this.folded < recorder.length; this.folded++) {
      const kind = recorder.kindOf(this.folded);
      if (kind !== 'table-set' && kind !== 'table-removed') continue;
      const event = recorder.read(this.folded);
      if (event.kind !== 'table-set' && event.kind !== 'table-removed') continue;
      const key = `${event.node} ${event.interface} ${event.table} ${event.key}`;
      this.rows.delete(key);
      if (event.kind === 'table-set') this.rows.set(key, event);
    }
    return [...this.rows.values()];
  }

  private tellAll(): void {
    for (const reader of this.readers) this.tell(reader);
    // What is forgotten must have left its rows.
    this.state();
    const { recorder } = this.world;
    recorder.forget(Math.min(recorder.length, ...[...this.readers].map(({ next }) => next)));
  }

  private tell(reader: Reader): void {
    const { world } = this;
    const { recorder } = world;
    const { watcher } = reader;
    if (recorder.length - reader.next > MOST_BEHIND) this.giveUp(reader);
    if (!watcher.isReady) return;
    if (reader.missed > 0) {
      const { missed, missedFrames } = reader;
      reader.missed = 0;
      reader.missedFrames = [];
      const state = this.state();
      reader.next = recorder.length;
      watcher.take({ now: world.now, missed, missedFrames, state });
      return;
    }
    const end = Math.min(recorder.length, reader.next + MOST_AT_ONCE);
    const events: TraceEvent[] = [];
    const frames: [number, number, string][] = [];
    for (let seq = reader.next; seq < end; seq++) {
      const event = recorder.read(seq);
      if (watcher.framesOnly && event.kind !== 'frame-sent' && event.kind !== 'frame-arrived') continue;
      events.push(event);
      if ('frame' in event) this.addFrame(reader, event.frame, frames);
    }
    reader.next = end;
    // Behind all there is, the clock is the lab's own; before, that of the last event.
    const now = end === recorder.length ? world.now : recorder.read(end).time;
    watcher.take(events.length === 0 ? { now } : { now, frames, events });
  }

  private giveUp(reader: Reader): void {
    const { recorder } = this.world;
    for (let seq = reader.next; seq < recorder.length; seq++) {
      const kind = recorder.kindOf(seq);
      if (kind !== 'frame-sent' && kind !== 'frame-arrived') continue;
      const { interface: port } = recorder.read(seq);
      reader.missedFrames[port] = (reader.missedFrames[port] ?? 0) + 1;
    }
    reader.missed += recorder.length - reader.next;
    reader.next = recorder.length;
  }

  private addFrame(reader: Reader, frame: number, frames: [number, number, string][]): void {
    const { recorder } = this.world;
    if (frame < 0 || reader.frames.has(frame) || recorder.lengthOf(frame) === 0) return;
    if (reader.frames.size > MOST_FRAMES) reader.frames.clear();
    reader.frames.add(frame);
    const bytes = Buffer.from(recorder.frameBytes(frame)).toString('base64');
    frames.push([frame, recorder.packetIdOf(frame), bytes]);
  }
}
