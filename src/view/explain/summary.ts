// The walk in a few sentences: what was wanted, what came of it, where and why it failed, how much it took.

import type { TraceEvent } from '../../trace/events.js';
import type { Story } from '../story.js';
import type { Context } from './context.js';
import type { FrameFacts } from './facts.js';
import { packetNoun } from './packet-noun.js';
import type { PhaseKeys } from './phases.js';
import type { Phase, Step, Walk } from './step.js';
import { count, duration, failureText, list, nodeName } from './words.js';

type Begun = Extract<TraceEvent, { kind: 'activity-begun' }>;

/** Title, summary and verdict of a walk. */
export function summarize(context: Context, keys: PhaseKeys, phases: readonly Phase[]): Omit<Walk, 'phases'> {
  const { story, world } = context;
  const wanted = story.activities.filter((activity) => story.outerOf(activity) === undefined);
  const steps = stepsByActivity(story, phases);
  const results = wanted.map((activity) => resultOf(context, activity, steps.get(activity.seq) ?? []));
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
      const turns = `${context.capital(noun)} goes round in a circle: ${where} again and again.`;
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

/** The steps that are due to each activity that nothing else began, by its seq. */
function stepsByActivity(story: Story, phases: readonly Phase[]): Map<number, Step[]> {
  const byActivity = new Map<number, Step[]>();
  for (const step of phases.flatMap((phase) => phase.steps)) {
    const activity = story.outermostOf(step.seq)?.seq ?? -1;
    const steps = byActivity.get(activity);
    if (steps === undefined) byActivity.set(activity, [step]);
    else steps.push(step);
  }
  return byActivity;
}

/** @param due the steps that are due to the activity */
function resultOf(
  context: Context,
  activity: Begun,
  due: readonly Step[],
): { ok: boolean; sentences: string[] } {
  const { story, world } = context;
  const name = nodeName(world, activity.node);
  const end = story.endOf(activity.seq);
  const time = end === undefined ? 0 : end.time - activity.time;
  const took = time === 0 ? '' : ` (${end?.ok === true ? 'in' : 'after'} ${duration(time)})`;
  if (end?.ok === true) {
    // That a program says 0 is the same as that it did what it was to do.
    const outcome = activity.activity === 'program' ? '' : `: ${end.outcome}`;
    return { ok: true, sentences: [context.capital(`${name} ${deed(activity).done}${outcome}${took}.`)] };
  }
  const outcome = end === undefined ? 'it has not ended' : failureText(end.outcome);
  const sentences = [context.capital(`${name} ${deed(activity).failed}: ${outcome}${took}.`)];
  // What is not told can not be pointed at.
  const isTold = end === undefined ? !story.isCut : end.seq < story.events.length;
  const culprit = isTold ? culpritOf(story, end?.seq ?? story.events.length, due) : undefined;
  if (culprit !== undefined) {
    sentences.push(`It failed at step ${culprit.id}: ${firstSentence(culprit.sentence)}`);
    if (culprit.drop !== undefined) sentences.push(`What to do: ${culprit.drop.mend}`);
  }
  return { ok: false, sentences };
}

/** What a machine did, or failed to do. */
function deed({ activity, subject }: Begun): { done: string; failed: string } {
  switch (activity) {
    case 'browse':
      return { done: `opened ${subject}`, failed: `could not open ${subject}` };
    case 'resolve':
      return { done: `looked up ${subject}`, failed: `could not look up ${subject}` };
    case 'connect':
      return { done: `connected to ${subject}`, failed: `could not connect to ${subject}` };
    case 'request':
      return { done: `sent ${subject}`, failed: `could not get an answer to ${subject}` };
    case 'close':
      return { done: 'closed its connection', failed: 'could not close its connection' };
    case 'ping':
      return { done: `pinged ${subject}`, failed: `could not ping ${subject}` };
    case 'traceroute':
      return { done: `traced the way to ${subject}`, failed: `could not trace the way to ${subject}` };
    default:
      return { done: `ran ${subject}`, failed: `ran ${subject} without success` };
  }
}

/** The step where it went wrong: the last packet that died, or else the one that brought the bad news. */
function culpritOf(story: Story, end: number, due: readonly Step[]): Step | undefined {
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
