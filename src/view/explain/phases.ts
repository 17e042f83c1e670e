// Which phase an event belongs to: the activity that is nearest on the chain of its causes, never a script of the lab.

import type { ActivityKind, TraceEvent } from '../../trace/events.js';
import type { Story } from '../story.js';
import { failureText, meaningOf, nodeName } from './words.js';

/** Activities that are part of another one's story: a server's answer belongs to the question. */
const NO_PHASE: ReadonlySet<ActivityKind> = new Set(['dns-answer']);

/** Where the story begins, and the key of every event's phase. */
export class PhaseKeys {
  /** The first event that is more than the state the network starts in. */
  readonly start: number;
  private readonly story: Story;
  private readonly keys: Int32Array;
  private ageing = -1;

  constructor(story: Story) {
    this.story = story;
    const { events } = story;
    this.keys = new Int32Array(events.length).fill(-1);
    const first = events.findIndex(
      ({ kind, cause }) =>
        cause >= 0 || (kind !== 'table-set' && kind !== 'table-removed' && kind !== 'table-refreshed'),
    );
    this.start = first < 0 ? events.length : first;
    let run = -1;
    for (const event of events.slice(this.start)) {
      const key = this.keyByCause(event);
      if (key !== undefined) {
        this.keys[event.seq] = key;
        if (event.kind === 'activity-begun') run = -1;
        continue;
      }
      // Nobody began it: what one node starts in a row makes one phase.
      if (run < 0 || events[run]?.node !== event.node) run = event.seq;
      this.keys[event.seq] = run;
    }
    this.moveForward();
  }

  /** seq of the event that opens the phase: an activity's beginning, or the first event of a run without one. */
  of(seq: number): number {
    return this.keys[seq] ?? -1;
  }

  private keyByCause(event: TraceEvent): number | undefined {
    if (event.kind === 'activity-begun' && !NO_PHASE.has(event.activity)) return event.seq;
    // Ageing comes long after; it is told in one place, not behind what it is due to.
    if (event.kind === 'timer-fired' && event.name.endsWith(' ageing')) {
      if (this.ageing < 0) this.ageing = event.seq;
      return this.ageing;
    }
    const parent = this.story.parentOf(event.seq);
    if (parent >= this.start) return this.keys[parent] as number;
    return undefined;
  }

  /** What waits for the next activity when its own is over opens the next one: "the request waits for a connection". */
  private moveForward(): void {
    const { events } = this.story;
    for (const event of events.slice(this.start)) {
      if (event.kind !== 'activity-begun') continue;
      const cause = events[event.cause];
      const opens =
        cause?.kind === 'held' || (cause?.kind === 'app' && cause.name === 'browser.connection-reused');
      if (cause === undefined || !opens || this.keys[event.seq] !== event.seq) continue;
      const end = this.story.endOf(this.of(cause.seq));
      if (end !== undefined && end.seq < cause.seq) this.keys[cause.seq] = event.seq;
    }
  }
}

/**
 * The headings of phases, from the event that opens each; with the machine where more than one does something, and with
 * the program that somebody typed.
 */
export function phaseTitles(story: Story): (key: number) => string {
  const nodes = new Set(
    story.activities.flatMap(({ activity, node }) => (NO_PHASE.has(activity) ? [] : [node])),
  );
  return (key) => {
    const title = plainTitle(story, key);
    const event = story.events[key];
    if (event?.kind !== 'activity-begun') return title;
    const name = nodeName(story.trace.world, event.node);
    const outermost = story.outermostOf(key);
    const typed = outermost?.activity === 'program' && outermost.seq !== key ? outermost.subject : '';
    const whose = [nodes.size < 2 || title.includes(name) ? '' : name, typed.replace(/ .*/, '')];
    const known = whose.filter((part) => part !== '').join(', ');
    return known === '' ? title : `${title} (${known})`;
  };
}

function plainTitle(story: Story, key: number): string {
  const { world } = story.trace;
  const event = story.events[key] as TraceEvent;
  const name = nodeName(world, event.node);
  if (event.kind !== 'activity-begun') {
    if (event.kind === 'timer-fired') return 'Later: entries grow old';
    if (event.kind === 'table-set' || event.kind === 'table-removed') return `Changes at ${name}`;
    return event.kind === 'frame-arrived' ? `A frame comes in at ${name}` : `Traffic of ${name}`;
  }
  switch (event.activity) {
    case 'browse':
      return 'The browser';
    case 'resolve':
      return `Finding the address of ${event.subject}: DNS`;
    case 'connect':
      return `Connecting to ${event.subject}: TCP`;
    case 'request':
      return 'The request and its answer: HTTP';
    case 'close':
      return 'Closing the connection: TCP';
    case 'ping':
      return `Ping from ${name} to ${event.subject}: ICMP`;
    case 'traceroute':
      return `Traceroute from ${name} to ${event.subject}`;
    default:
      return event.subject;
  }
}

/** What came of a phase, in one sentence; undefined when its activity did not end. */
export function phaseOutcome(story: Story, key: number): { ok: boolean; sentence: string } | undefined {
  const event = story.events[key] as TraceEvent;
  const end = story.endOf(key);
  if (event.kind !== 'activity-begun' || end === undefined) return undefined;
  const { ok, outcome } = end;
  switch (event.activity) {
    // The browser's own outcome comes at the very end of the story: the summary tells it.
    case 'browse':
      return undefined;
    case 'resolve':
      return {
        ok,
        sentence: ok
          ? meaningOf(event.subject, outcome)
          : `no address for ${event.subject}: ${failureText(outcome)}`,
      };
    case 'connect':
      return { ok, sentence: ok ? `connected: ${outcome}` : `no connection: ${failureText(outcome)}` };
    default:
      return { ok, sentence: failureText(outcome) };
  }
}
