// The walk: a trace told as an outline of numbered phases and lettered steps, made from causes alone.

import type { TableName } from '../../trace/events.js';
import type { Trace } from '../../trace/trace.js';
import { Story } from '../story.js';
import { Context } from './context.js';
import { cutIntoDrafts, type Draft, find } from './draft.js';
import { Journeys } from './journeys.js';
import { discarded } from './link.js';
import { aged, isAgeing, narrate } from './narrate.js';
import { PhaseKeys, phaseOutcome, phaseTitles } from './phases.js';
import type { Change, Phase, Step, Telling, Walk } from './step.js';
import { summarize } from './summary.js';

export interface WalkOptions {
  /**
   * `activity`: a phase for everything a program does that takes more than one event (the default). `journey`: grouped by
   * who talks to whom.
   */
  readonly phases?: 'activity' | 'journey';
  /** Events that are told at most; the summary says when there are more. Default 10,000. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 10_000;

type Told = Omit<Step, 'id'>;

/** seq of the first event that is told; what comes before is the state in which the network starts. */
export function startOf(trace: Trace): number {
  return new PhaseKeys(new Story(trace, DEFAULT_LIMIT)).start;
}

/** Tells a trace. A trace without bytes is told too, with less detail. */
export function explainWalk(trace: Trace, options: WalkOptions = {}): Walk {
  const story = new Story(trace, options.limit ?? DEFAULT_LIMIT);
  const keys = new PhaseKeys(story);
  const context = new Context(story);
  for (const event of story.events.slice(0, keys.start)) context.fold.advance(event);
  const drafts = cutIntoDrafts(story, keys.start, (seq) => keys.of(seq));
  const journeys = options.phases === 'journey' ? new Journeys(context, drafts) : undefined;
  const byKey = new Map<number, Told[]>();
  for (const { draft, told } of inOrder(story, tellAll(context, drafts))) {
    const key = journeys?.of(draft) ?? draft.phase;
    const steps = byKey.get(key);
    if (steps === undefined) byKey.set(key, [told]);
    else steps.push(told);
  }
  const titleOf = phaseTitles(story);
  const phases = [...byKey].map(([key, steps], index): Phase => {
    const number = index + 1;
    const outcome = journeys === undefined ? phaseOutcome(story, key) : undefined;
    return {
      number,
      title: journeys === undefined ? titleOf(key) : journeys.title(key),
      steps: steps.map((step, place) => ({ id: `${number}${letters(place)}`, ...step })),
      ...(outcome === undefined ? {} : { outcome }),
    };
  });
  return { ...summarize(context, keys, phases), phases };
}

interface ToldDraft {
  readonly draft: Draft;
  readonly told: Told;
}

/**
 * Follows one packet until it is held, dropped or there, before the next one: two that leave together are not told by
 * turns. But what happens at one node is told in its order, and causes come before what they lead to: so a packet is left
 * on the way where its node has done something else before it arrived.
 */
function inOrder(story: Story, all: readonly ToldDraft[]): ToldDraft[] {
  const next = tripsOf(story, all);
  const queues = new Map<number, ToldDraft[]>();
  for (const one of all) {
    const queue = queues.get(one.draft.node);
    if (queue === undefined) queues.set(one.draft.node, [one]);
    else queue.push(one);
  }
  const places = new Map<number, number>();
  const ordered: ToldDraft[] = [];
  const told = new Set<ToldDraft>();
  // What stands first among all that is left can be told: all that comes before it has been.
  for (const first of all) {
    let one: ToldDraft | undefined = first;
    while (one !== undefined && !told.has(one)) {
      const { node }: Draft = one.draft;
      const place: number = places.get(node) ?? 0;
      if (queues.get(node)?.[place] !== one) break;
      places.set(node, place + 1);
      ordered.push(one);
      told.add(one);
      one = next.get(one);
    }
  }
  return ordered;
}

/** The step that follows each within the trip of one packet. */
function tripsOf(story: Story, all: readonly ToldDraft[]): Map<ToldDraft, ToldDraft> {
  const next = new Map<ToldDraft, ToldDraft>();
  const trips = new Map<number, ToldDraft>();
  const last = new Map<ToldDraft, ToldDraft>();
  for (const one of all) {
    const first = story.events[one.told.seq];
    const before = first?.kind === 'frame-arrived' ? trips.get(first.cause) : undefined;
    const trip = before ?? one;
    if (before !== undefined) next.set(last.get(trip) ?? trip, one);
    last.set(trip, one);
    for (const seq of one.told.events) trips.set(seq, trip);
  }
  return next;
}

/** The drafts that have something to tell, in order; what is alike at several machines is one step. */
function tellAll(context: Context, drafts: readonly Draft[]): ToldDraft[] {
  const told: ToldDraft[] = [];
  const keys = drafts.map((draft) => groupKey(context, draft));
  const groups = new Map<string, Draft[]>();
  for (const [place, draft] of drafts.entries()) {
    const key = keys[place];
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [draft]);
    else group.push(draft);
  }
  for (const [place, draft] of drafts.entries()) {
    const key = keys[place];
    const together = key === undefined ? [draft] : (groups.get(key) as Draft[]);
    // The first of a group tells for all.
    if (together[0] !== draft) continue;
    const telling =
      key === undefined
        ? narrate(context, draft)
        : key === AGEING
          ? aged(context, together)
          : discarded(context, together);
    if (telling !== undefined) told.push({ draft, told: stepOf(context, together, telling) });
    for (const one of together) for (const event of one.events) context.fold.advance(event);
  }
  return told;
}

const AGEING = 'ageing';

/**
 * What is told together: all who discard one frame because it does not concern them, and all that dies of age. undefined
 * for everything else.
 */
function groupKey(context: Context, draft: Draft): string | undefined {
  if (isAgeing(draft)) return AGEING;
  const dropped = find(draft, 'decided', ({ verdict }) => verdict === 'drop');
  if (dropped === undefined || (dropped.reason !== 'arp-other-target' && dropped.reason !== 'other-host'))
    return undefined;
  return `${draft.phase} ${context.trace.packetId(dropped.frame)} ${dropped.reason}`;
}

function stepOf(context: Context, drafts: readonly Draft[], telling: Telling): Told {
  const [first] = drafts as readonly [Draft];
  const events = drafts.flatMap((draft) => draft.events);
  const node = context.world.nodes[first.node];
  const port = events.find((event) => event.interface >= 0)?.interface ?? -1;
  const seqs = events.map(({ seq }) => seq);
  return {
    seq: seqs[0] ?? 0,
    lastSeq: seqs.at(-1) ?? 0,
    events: seqs,
    time: events[0]?.time ?? 0,
    node: node?.name ?? '',
    nodeLabel: context.name(first.node),
    ...(port < 0 ? {} : { interface: context.interfaceName(port) }),
    layer: telling.layer,
    headline: telling.headline,
    sentence: telling.sentence,
    decisions: telling.decisions ?? [],
    changes: changesOf(context, drafts),
    rewrites: telling.rewrites ?? [],
    ...(telling.packet === undefined ? {} : { packet: telling.packet }),
    ...(telling.why === undefined ? {} : { why: telling.why }),
    ...(telling.drop === undefined ? {} : { drop: telling.drop }),
    timers: events.flatMap((event) =>
      event.kind === 'timer-set' ? [{ name: event.name, at: event.at }] : [],
    ),
  };
}

function changesOf(context: Context, drafts: readonly Draft[]): Change[] {
  return drafts.flatMap((draft) =>
    draft.events.flatMap((event): Change[] => {
      const node = context.world.nodes[event.node]?.name ?? '';
      switch (event.kind) {
        case 'table-set': {
          const { seq, table, key, before, after } = event;
          const kind = before === undefined ? 'added' : 'changed';
          const was = before === undefined ? {} : { before };
          return [{ seq, table, node, key, ...was, after, kind, ...quietIn(draft, table) }];
        }
        case 'table-removed': {
          const { seq, table, key, before, why } = event;
          return [{ seq, table, node, key, before, kind: 'removed', reason: why, ...quietIn(draft, table) }];
        }
        case 'table-refreshed': {
          const set = context.story.events[event.row];
          if (set?.kind !== 'table-set') return [];
          return [
            { seq: event.seq, table: set.table, node, key: set.key, after: set.after, kind: 'refreshed' },
          ];
        }
        default:
          return [];
      }
    }),
  );
}

/** Windows and timers change with nearly every segment: only where TCP decides something is that part of the story. */
function quietIn(draft: Draft, table: TableName): { quiet: true } | Record<string, never> {
  if (table !== 'tcp-info') return {};
  return find(draft, 'app', ({ name }) => name.startsWith('tcp.')) === undefined ? { quiet: true } : {};
}

/** a … z, aa, ab … */
export function letters(place: number): string {
  const letter = String.fromCharCode(97 + (place % 26));
  return place < 26 ? letter : letters(Math.floor(place / 26) - 1) + letter;
}
