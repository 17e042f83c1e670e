// What happens in a running lab, for those who watch it. As long as nobody does, nothing is recorded; and what everybody
// has been told is forgotten again, so that a lab can run for days.

import type { World } from '../../net/world.js';
import type { TraceEvent } from '../../trace/events.js';
import { type NodeTables, TableFold } from '../../view/tables.js';
import type { Watched, Wish } from './control-messages.js';
import { MessageWriter, ToldFrames } from './feed-records.js';

/** How often news are passed on, and how much of that time it may take, in ms: the lab's own work comes first. */
const EVERY = 25;
const SHARE = 6;
/** Events at a time; between two such portions it is seen whether there is time left. */
const PORTION = 1_000;
/** Further behind, who wants events gets only sightings until there are no more of these: nobody reads as fast. */
const HURRY = 4_000;
/** Further behind, all of it is given up. */
const MOST_BEHIND = 150_000;
/** Bytes of records with which a message begins. */
const MESSAGE = 1 << 19;

/** Somebody who watches. */
export interface Watcher extends Wish {
  /** Takes a message. */
  take(message: readonly Buffer[]): void;
  /** Is there room for more? */
  readonly isReady: boolean;
}

interface Reader {
  readonly watcher: Watcher;
  readonly ports: ReadonlySet<number>;
  /** The next event to be told. */
  next: number;
  /** Events that were not told, and sightings among them that were not either, by interface. */
  missed: number;
  missedFrames: number[];
  /** Behind, and so told of sightings only. */
  hurries: boolean;
  readonly told: ToldFrames;
  readonly writer: MessageWriter;
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
    const reader: Reader = {
      watcher,
      ports: new Set(watcher.sightings),
      next: recorder.length,
      missed: 0,
      missedFrames: [],
      hurries: false,
      told: new ToldFrames(),
      writer: new MessageWriter(MESSAGE),
    };
    this.take(reader, { now: this.world.now, state: this.state() });
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
    for (const reader of this.readers) {
      const end = performance.now() + SHARE / this.readers.size;
      while (this.tell(reader) && performance.now() < end);
    }
    // What is forgotten must have left its rows.
    this.state();
    const { recorder } = this.world;
    recorder.forget(Math.min(recorder.length, ...[...this.readers].map(({ next }) => next)));
  }

  /** Tells the next portion. True: there is more. */
  private tell(reader: Reader): boolean {
    const { recorder, now } = this.world;
    const { watcher, ports } = reader;
    const behind = recorder.length - reader.next;
    const isLate = watcher.events === true && behind > HURRY;
    if (behind > MOST_BEHIND || (isLate && ports.size === 0)) this.giveUp(reader);
    else if (isLate) reader.hurries = true;
    if (!watcher.isReady) return false;
    const end = Math.min(recorder.length, reader.next + PORTION);
    const events: TraceEvent[] = [];
    for (let seq = reader.next; seq < end; seq++) {
      this.addSighting(reader, seq);
      if (watcher.events !== true || reader.hurries) continue;
      const event = recorder.read(seq);
      events.push(event);
      if ('frame' in event) this.addFrame(reader, event.frame);
    }
    if (reader.hurries) reader.missed += end - reader.next;
    reader.next = end;
    const isThere = end === recorder.length;
    if (isThere) reader.hurries = false;
    // Behind all there is, the clock is the lab's own; before, that of the last event.
    this.take(reader, {
      now: isThere ? now : recorder.timeOf(end),
      ...(events.length === 0 ? {} : { events }),
      ...(reader.missed === 0 || reader.hurries ? {} : this.gap(reader)),
    });
    return !isThere;
  }

  /** What was left out, and how things stand behind it. */
  private gap(reader: Reader): Pick<Watched, 'missed' | 'missedFrames' | 'state'> {
    const { missed, missedFrames } = reader;
    reader.missed = 0;
    reader.missedFrames = [];
    return { missed, missedFrames, state: this.state() };
  }

  private take({ watcher, writer }: Reader, head: Watched): void {
    watcher.take(writer.finish(head));
  }

  private giveUp(reader: Reader): void {
    const { recorder } = this.world;
    for (let seq = reader.next; seq < recorder.length && reader.ports.size > 0; seq++)
      if (this.isSighting(reader, seq)) this.miss(reader, recorder.interfaceOf(seq));
    reader.missed += recorder.length - reader.next;
    reader.next = recorder.length;
  }

  private miss(reader: Reader, port: number): void {
    reader.missedFrames[port] = (reader.missedFrames[port] ?? 0) + 1;
  }

  private isSighting({ ports }: Reader, seq: number): boolean {
    const { recorder } = this.world;
    const kind = recorder.kindOf(seq);
    return (kind === 'frame-sent' || kind === 'frame-arrived') && ports.has(recorder.interfaceOf(seq));
  }

  private addSighting(reader: Reader, seq: number): void {
    if (reader.ports.size === 0 || !this.isSighting(reader, seq)) return;
    const { recorder } = this.world;
    const [frame, port] = [recorder.frameOf(seq), recorder.interfaceOf(seq)];
    // Its bytes are gone already.
    if (!this.addFrame(reader, frame)) return this.miss(reader, port);
    const isArrival = recorder.kindOf(seq) === 'frame-arrived';
    reader.writer.sighting(isArrival, port, frame, seq, recorder.timeOf(seq));
  }

  /** Tells a frame, or how it differs from the one it was before; false: it is not there any more. */
  private addFrame({ told, writer }: Reader, id: number): boolean {
    const { recorder } = this.world;
    if (id >= 0 && told.has(id)) return true;
    const length = recorder.lengthOf(id);
    if (length === 0) return false;
    const before = recorder.baseOf(id);
    const base = before >= 0 && told.has(before) ? before : -1;
    writer.frame({
      id,
      packetId: recorder.packetIdOf(id),
      base,
      length,
      told: base < 0 ? length : recorder.changedOf(id),
      copyTo: (target) => recorder.copyFrame(id, target),
    });
    told.add(id);
    return true;
  }
}
