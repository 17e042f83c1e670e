// The walk in a few sentences: what was wanted, what came of it, where and why it failed, how much it took.

import type { TraceEvent } from '../../trace/events.js';
import type { Story } from '../story.js';
import type { Context } from './context.js';
import type { FrameFacts } from './facts.js';
import { packetNoun } from './packet-noun.js';
import type { PhaseKeys } from './phases.js';
import type { Phase, Step, Walk } from './step.js';
import { capital, count, duration, list, nodeName } from './words.js';

type Begun = Extract<TraceEvent, { kind: 'activity-begun' }>;

/** Title, summary and verdict of a walk. */
export function summarize(context: Context, keys: PhaseKeys, phases: readonly Phase[]): Omit<Walk, 'phases'> {
  const { story, world } = context;
  const wanted = story.activities().filter((activity) => story.outerOf(activity) === undefined);
  const results = wanted.map((activity) => resultOf(story, activity, phases));
  const ok = results.every((result) => result.ok);
  const summary = results.flatMap(({ sentences }) => sentences);
  if (wanted.length === 0) summary.push('No program of this network began anything.');
  const circle = circleOf(context);
  if (circle !== undefined) summary.push(...circle);
  if (story.isCut) summary.push(cutSentence(story));
  summary.push(costs(context, keys));
  const losses = lossesOf(context, phases);
  if (ok && losses !== undefined) summary.push(losses);
  const subjects = wanted.map(({ subject }) => subject);
  const title =
    subjects.length === 0 ? world.name : `${world.name}: ${[...new Set(subjects)].slice(0, 3).join(', ')}`;
  return { title, summary, ok: ok && circle === undefined };
}

/** A packet that leaves by the same interface this often goes round in a circle. */
const ROUNDS = 16;

/** Packets that come back again and again: switches or routers in a ring. */
function circleOf(context: Context): string[] | undefined {
  const { story, world } = context;
  for (const [, way] of story.journeys()) {
    if (way.length < 2 * ROUNDS) continue;
    const passes = new Map<number, number>();
    for (const seq of way) {
      const event = story.events[seq] as TraceEvent;
      if (event.kind !== 'frame-sent') continue;
      const count = (passes.get(event.interface) ?? 0) + 1;
      passes.set(event.interface, count);
      if (count < ROUNDS) continue;
      const node = world.nodes[event.node];
      const noun = packetNoun(context, context.frames.of(event.frame));
      const where = `${nodeName(world, event.node)} sends it out of ${world.interfaces[event.interface]?.name}`;
      const turns = `${capital(world, noun)} goes round in a circle: ${where} again and again.`;
      return node?.kind === 'switch'
        ? [
            turns,
            'What to do: Switches are connected in a ring, and frames have no time to live: take a cable out.',
          ]
        : [turns, 'What to do: Mend the routes of the routers that send it to each other.'];
    }
  }
  return undefined;
}

/** The walk is told only up to here. */
function cutSentence({ events, trace }: Story): string {
  const told = events.at(-1)?.time ?? 0;
  const all = trace.event(trace.length - 1).time;
  return `So much happened that only the beginning is told: ${duration(told)} of ${duration(all)}, ${events.length} of ${trace.length} events.`;
}

function resultOf(
  story: Story,
  activity: Begun,
  phases: readonly Phase[],
): { ok: boolean; sentences: string[] } {
  const { world } = story.trace;
  const name = nodeName(world, activity.node);
  const end = story.endOf(activity.seq);
  const time = end === undefined ? 0 : end.time - activity.time;
  const took = time === 0 ? '' : ` (${end?.ok === true ? 'in' : 'after'} ${duration(time)})`;
  const did = deed(activity);
  if (end?.ok === true)
    return { ok: true, sentences: [capital(world, `${name} ${did.past}: ${end.outcome}${took}.`)] };
  const outcome = end === undefined ? 'it has not ended' : end.outcome;
  const sentences = [capital(world, `${name} could not ${did.infinitive}: ${outcome}${took}.`)];
  // What is not told can not be pointed at.
  const isTold = end === undefined ? !story.isCut : end.seq < story.events.length;
  const culprit = isTold ? culpritOf(story, activity, end?.seq ?? story.events.length, phases) : undefined;
  if (culprit !== undefined) {
    sentences.push(`It failed at step ${culprit.id}: ${firstSentence(culprit.sentence)}`);
    if (culprit.drop !== undefined) sentences.push(`What to do: ${culprit.drop.mend}`);
  }
  return { ok: false, sentences };
}

function deed({ activity, subject }: Begun): { past: string; infinitive: string } {
  switch (activity) {
    case 'browse':
      return { past: `opened ${subject}`, infinitive: `open ${subject}` };
    case 'resolve':
      return { past: `looked up ${subject}`, infinitive: `look up ${subject}` };
    case 'connect':
      return { past: `connected to ${subject}`, infinitive: `connect to ${subject}` };
    case 'request':
      return { past: `sent ${subject}`, infinitive: `get an answer to ${subject}` };
    case 'close':
      return { past: 'closed its connection', infinitive: 'close its connection' };
    case 'ping':
      return { past: `pinged ${subject}`, infinitive: `ping ${subject}` };
    case 'traceroute':
      return { past: `traced the way to ${subject}`, infinitive: `trace the way to ${subject}` };
    default:
      return { past: `ran ${subject}`, infinitive: `run ${subject}` };
  }
}

/** The step where it went wrong: the last packet that died, or else the one that brought the bad news. */
function culpritOf(story: Story, activity: Begun, end: number, phases: readonly Phase[]): Step | undefined {
  const steps = phases.flatMap((phase) => phase.steps);
  const due = steps.filter((step) => isDueTo(story, step.seq, activity.seq));
  const within = due.filter((step) => step.seq <= end);
  const died = due.filter((step) => step.drop?.harmless === false);
  if (died.length > 0) return died.findLast((step) => step.seq <= end) ?? died[0];
  // The first step on the way back from the bad end that happened elsewhere, or that carries a packet.
  const stepOfEvent = new Map(within.flatMap((step) => step.events.map((seq) => [seq, step] as const)));
  const last = stepOfEvent.get(end) ?? within.at(-1);
  for (const cause of last === undefined ? [] : story.causesOf(last.seq)) {
    const step = stepOfEvent.get(cause.seq);
    if (step !== undefined && step !== last && step.layer === 'application' && step.node !== last?.node)
      return step;
  }
  return last;
}

function firstSentence(text: string): string {
  return text.replace(/(?<=[a-z)0-9]\.) [A-Z].*$/s, '');
}

function isDueTo(story: Story, seq: number, activity: number): boolean {
  return seq === activity || story.causeWhere(seq, (cause) => cause.seq === activity) !== undefined;
}

/** What crossed the links, and how often. */
function costs(context: Context, keys: PhaseKeys): string {
  const kinds = new Map<string, Set<number>>();
  let frames = 0;
  for (const event of context.story.events.slice(keys.start)) {
    if (event.kind !== 'frame-sent') continue;
    frames++;
    const kind = kindOf(context.frames.of(event.frame));
    const packets = kinds.get(kind) ?? new Set();
    kinds.set(kind, packets.add(context.trace.packetId(event.frame)));
  }
  if (frames === 0) return 'No frame was sent.';
  const what = list([...kinds].map(([kind, packets]) => count(packets.size, kind)));
  return `${count(frames, 'frame')} crossed the links, carrying ${what}.`;
}

function kindOf(facts: FrameFacts): string {
  if (facts.has('arp')) return 'ARP message';
  if (facts.has('tcp')) return 'TCP segment';
  if (facts.has('udp')) return 'UDP datagram';
  if (facts.has('icmp')) return 'ICMP message';
  return facts.has('ip') ? 'IP packet' : 'other frame';
}

function lossesOf({ story }: Context, phases: readonly Phase[]): string | undefined {
  // Traceroute lives on packets that die.
  const isMeant = (step: Step): boolean => story.activityOf(step.seq)?.activity === 'traceroute';
  const steps = phases.flatMap((phase) => phase.steps);
  const died = steps.filter((step) => step.drop?.harmless === false && !isMeant(step));
  if (died.length === 0) return undefined;
  const where = died
    .slice(0, 5)
    .map(({ id }) => id)
    .join(', ');
  return `${count(died.length, 'packet')} died on the way, at ${where}, without doing harm in the end.`;
}
