// Where a packet dies, why, and what a person would do about it.

import { DROP_REASONS, type DropReason } from '../../trace/drop-reasons.js';
import type { TraceEvent } from '../../trace/events.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import { type Context, fact, frameOf } from './context.js';
import { type Draft, find } from './draft.js';
import type { FrameFacts } from './facts.js';
import { uncapital } from './link.js';
import { packetNoun } from './packet-noun.js';
import type { Decision, StepDrop, StepLayer, Telling } from './step.js';

type Decided = Extract<TraceEvent, { kind: 'decided' }>;

/** Drops that are as they should be. */
const HARMLESS: ReadonlySet<DropReason> = new Set([
  'other-host',
  'same-port',
  'reserved-group',
  'arp-other-target',
  'arp-unasked',
  'fragment-duplicate',
  'tcp-unacceptable',
  'tcp-buffer-full',
  'tcp-unexpected',
  'tcp-paws',
  'icmp-broadcast-echo',
]);

const LAYER_OF: Readonly<Record<Decided['layer'], StepLayer>> = {
  link: 'link',
  switch: 'link',
  arp: 'link',
  ipv4: 'network',
  icmp: 'network',
  nat: 'network',
  udp: 'transport',
  tcp: 'transport',
  app: 'application',
};

export function dropOf(reason: DropReason): StepDrop {
  return { reason, ...DROP_REASONS[reason], harmless: HARMLESS.has(reason) };
}

/** Somebody sends to a connection that has just ended. */
const LATE: StepDrop = {
  reason: 'tcp-no-connection',
  sentence: 'The connection to which this segment belongs has ended.',
  rfc: 'RFC 9293 §3.10.7.1',
  mend: 'Nothing: it was on its way when the connection ended.',
  harmless: true,
};

export function layerOf(decided: Decided): StepLayer {
  return LAYER_OF[decided.layer];
}

/** A layer throws something away. */
export function dropped(context: Context, draft: Draft, decided: Decided): Telling {
  const reason = decided.reason as DropReason;
  const frame = frameOf(draft);
  const facts = context.frames.of(frame);
  const isLate = reason === 'tcp-no-connection' && context.tcp.isLate(draft.node, facts, decided.seq);
  const drop = isLate ? LATE : dropOf(reason);
  const noun = frame < 0 ? 'the packet' : packetNoun(context, facts);
  const destination = frame < 0 ? wantedDestination(context, decided) : facts.text('ip.dst');
  const end = frame < 0 ? 'before it is built' : 'here';
  const silence = frame >= 0 && isKeptSecret(context, decided) ? ' Its sender is not told.' : '';
  return {
    layer: layerOf(decided),
    headline: `${noun.slice(4)} dropped: ${reason}${isLate ? ' any more' : ''}`,
    sentence: context.capital(
      `${context.name(draft.node)} drops ${noun}${destination === '' || destination === '?' ? '' : ` for ${destination}`} ${end}: ${refusal(context, facts, reason) ?? uncapital(drop.sentence)}${silence}`,
    ),
    decisions: decisions(context, draft, decided, destination),
    ...(frame < 0 ? {} : { packet: context.packet(frame) }),
    drop,
    why: { text: `${drop.sentence} ${drop.mend}`, rfc: drop.rfc },
  };
}

/** A packet is too long, and no error goes out: a black hole for path MTU discovery (RFC 2923 §2.1). */
function isKeptSecret(context: Context, { seq, reason, node, time }: Decided): boolean {
  if (reason !== 'ipv4-fragmentation-needed') return false;
  const { events } = context.story;
  for (let at = seq + 1; events[at]?.node === node && events[at]?.time === time; at++)
    if (events[at]?.cause === seq) return false;
  return true;
}

/** TCP refuses what it has, and what only asks for an answer: that is told better than by the rule. */
function refusal(context: Context, facts: FrameFacts, reason: DropReason): string | undefined {
  if (reason !== 'tcp-unacceptable' && reason !== 'tcp-buffer-full') return undefined;
  const segment = context.tcp.read(facts);
  const { sequence, length, flags } = segment;
  const expected = context.tcp.expected(segment);
  if (expected === undefined || (flags & TCP_FLAG.rst) !== 0) return undefined;
  if (reason === 'tcp-buffer-full') {
    const isProbe = sequence === expected && length === 1;
    return isProbe
      ? 'its window is still closed, there is no room for another byte; but the probe is answered.'
      : undefined;
  }
  if (length === 0 && (flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0)
    return sequence === expected - 1
      ? 'its number is one too small, so it carries nothing new; but it has to be answered, and that is what its sender wants.'
      : undefined;
  return sequence + length <= expected ? 'it has had all of that before.' : undefined;
}

/** The table that decided, or in which nothing was found. */
function decisions(context: Context, draft: Draft, decided: Decided, destination: string): Decision[] {
  switch (decided.reason) {
    case 'ipv4-no-route':
      return context.routeDecision(draft.node, -1, destination);
    case 'ipv4-fragmentation-needed':
      return context.routeDecision(draft.node, decided.row, destination);
    case 'nat-no-entry':
      return context.noRow('nat', 'no row fits this packet from outside');
    case 'udp-port-unreachable':
      return context.noRow('udp', 'no socket with this port');
    case 'udp-buffer-full':
      return context.decision('udp', decided.row, 'the socket, whose buffer is full');
    case 'tcp-no-connection':
      return context.noRow('tcp', 'no connection and no listener fits');
    case 'neighbor-unresolved':
      return context.noRow('arp', 'the entry was never completed');
    case 'same-port':
      return context.decision('mac', decided.row, 'the destination of the frame');
    default:
      return [];
  }
}

/** Of a packet that was never built: what its program wanted to reach. */
function wantedDestination(context: Context, decided: Decided): string {
  for (const cause of context.story.causesOf(decided.seq)) {
    if (cause.kind === 'app' && (cause.name === 'resolver.query' || cause.name === 'resolver.retry'))
      return fact(cause, 'server');
    if (cause.kind === 'activity-begun' && ['connect', 'ping', 'traceroute'].includes(cause.activity)) {
      return cause.subject.replace(/:\d+$/, '');
    }
  }
  return '';
}

/** Nobody answered ARP: what waited is given up. */
export function gaveUp(context: Context, draft: Draft, decided: Decided): Telling {
  const telling = dropped(context, draft, decided);
  const released = find(draft, 'released');
  const held = released === undefined ? undefined : context.story.events[released.held];
  const wanted = held?.kind === 'held' ? held.wanted : 'the next hop';
  return {
    ...telling,
    layer: 'link',
    headline: `nobody answers for ${wanted}: ${packetNoun(context, context.factsOf(draft)).slice(4)} given up`,
    sentence: context.capital(
      `${context.name(draft.node)} has asked often enough: nobody on the link has ${wanted}. ${capitalised(packetNoun(context, context.factsOf(draft)))} that waited is given up.`,
    ),
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
