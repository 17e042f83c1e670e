// What led to what: the events of a trace with their activities, and the way of every packet.

import type { TraceEvent } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';

type Begun = Extract<TraceEvent, { kind: 'activity-begun' }>;

export class Story {
  readonly trace: Trace;
  /** The events that are told; the place in this list is the event's seq. */
  readonly events: readonly TraceEvent[];
  /** All activities that are told, in the order in which they began. */
  readonly activities: readonly Begun[];
  private readonly nearest: Int32Array;
  private readonly first: Int32Array;
  private readonly ends = new Map<number, Extract<TraceEvent, { kind: 'activity-ended' }>>();
  private readonly ways = new Map<number, number[]>();

  /** Reads the trace as it is now, at most `limit` events of it. */
  constructor(trace: Trace, limit = Number.POSITIVE_INFINITY) {
    this.trace = trace;
    this.events = [...trace.events(0, limit)];
    this.nearest = new Int32Array(this.events.length).fill(-1);
    this.first = new Int32Array(this.events.length);
    const activities: Begun[] = [];
    for (const event of this.events) {
      const { seq } = event;
      const cause = this.parentEvent(event);
      if (event.kind === 'activity-begun') {
        activities.push(event);
        this.nearest[seq] = seq;
      } else this.nearest[seq] = cause < 0 ? -1 : (this.nearest[cause] as number);
      this.first[seq] = cause < 0 ? seq : (this.first[cause] as number);
      if (event.kind === 'activity-ended') this.ends.set(event.begun, event);
      if (event.kind === 'frame-sent' || event.kind === 'frame-arrived' || event.kind === 'frame-lost') {
        const packet = trace.packetId(event.frame);
        const way = this.ways.get(packet);
        if (way === undefined) this.ways.set(packet, [seq]);
        else way.push(seq);
      }
    }
    this.activities = activities;
    // How things ended is told also where the way there is not.
    for (let seq = this.events.length; seq < trace.length; seq++) {
      if (trace.kindOf(seq) !== 'activity-ended') continue;
      const event = trace.event(seq);
      if (event.kind === 'activity-ended') this.ends.set(event.begun, event);
    }
  }

  /** True when the trace goes on behind what is told. */
  get isCut(): boolean {
    return this.events.length < this.trace.length;
  }

  /** Packets and where each was sent, arrived or was lost, as seqs in order. */
  journeys(): IterableIterator<[packet: number, way: readonly number[]]> {
    return this.ways.entries();
  }

  /** The activity an event belongs to: the one nearest on the chain of its causes, itself included. */
  activityOf(seq: number): Begun | undefined {
    const begun = this.nearest[seq] ?? -1;
    return begun < 0 ? undefined : (this.events[begun] as Begun);
  }

  /** The activity within which another one began. */
  outerOf(activity: Begun): Begun | undefined {
    return activity.cause < 0 ? undefined : this.activityOf(activity.cause);
  }

  /**
   * The event that an event belongs behind: its cause, but for what goes on after waiting for a MAC address it is the
   * moment it was held. Otherwise two packets that waited for one answer would belong to whoever asked for it.
   */
  private parentEvent(event: TraceEvent): number {
    if (event.kind !== 'released' || event.held < 0) return event.cause;
    const held = this.events[event.held];
    return held?.kind === 'held' && held.frame >= 0 ? event.held : event.cause;
  }

  /** How an activity ended; undefined while it is under way. */
  endOf(activity: number): Extract<TraceEvent, { kind: 'activity-ended' }> | undefined {
    return this.ends.get(activity);
  }

  /** The activity that nothing else began, within which an event happened. */
  outermostOf(seq: number): Begun | undefined {
    let activity = this.activityOf(seq);
    for (let outer = activity; outer !== undefined; outer = this.outerOf(outer)) activity = outer;
    return activity;
  }

  /** The event that led to an event, as the story is told; −1 when nothing did. */
  parentOf(seq: number): number {
    const event = this.events[seq];
    return event === undefined ? -1 : this.parentEvent(event);
  }

  /** What led to an event, nearest first; nothing when nothing did. */
  *causesOf(seq: number): Generator<TraceEvent> {
    for (let at = this.parentOf(seq); at >= 0; at = this.parentOf(at)) yield this.events[at] as TraceEvent;
  }

  /** The nearest event among the causes that the predicate accepts. */
  causeWhere(seq: number, wanted: (event: TraceEvent) => boolean): TraceEvent | undefined {
    for (const cause of this.causesOf(seq)) if (wanted(cause)) return cause;
    return undefined;
  }

  /** The first event on the chain of causes; itself when nothing led to it. */
  rootOf(seq: number): number {
    return this.first[seq] ?? seq;
  }

  /** Where a packet was sent, arrived or was lost, as seqs in order; copies made by a flooding switch included. */
  journeyOf(packet: number): readonly number[] {
    return this.ways.get(packet) ?? [];
  }
}
