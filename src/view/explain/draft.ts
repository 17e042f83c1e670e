// Cutting a trace into steps: one node handles one thing. A switch or router visit is one step; on a machine that sends
// or receives for itself every decision is one.

import type { TraceEvent } from '../../trace/events.js';
import type { Story } from '../story.js';

/** The events of a step to be, all of one node and one moment. */
export interface Draft {
  readonly node: number;
  /** See {@link PhaseKeys}. */
  readonly phase: number;
  readonly events: TraceEvent[];
}

type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

/** The first event of a kind in a draft that the predicate accepts. */
export function find<Kind extends TraceEvent['kind']>(
  draft: Draft,
  kind: Kind,
  wanted: (event: EventOf<Kind>) => boolean = () => true,
): EventOf<Kind> | undefined {
  return draft.events.find(
    (event): event is EventOf<Kind> => event.kind === kind && wanted(event as EventOf<Kind>),
  );
}

/** All events of a kind in a draft. */
export function all<Kind extends TraceEvent['kind']>(draft: Draft, kind: Kind): EventOf<Kind>[] {
  return draft.events.filter((event): event is EventOf<Kind> => event.kind === kind);
}

/** States into which a connection goes because it sends something: SYN or FIN. */
const SENDING_STATES: ReadonlySet<string> = new Set(['SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1', 'LAST-ACK']);

/** What TCP knows of a connection changes with nearly every segment: by itself that is no news. */
function isInfo(event: TraceEvent): boolean {
  return (event.kind === 'table-set' || event.kind === 'table-removed') && event.table === 'tcp-info';
}

/** Has the draft nothing yet that is worth a sentence? */
function isOpening({ events }: Draft): boolean {
  return events.every((event) => OPENERS.has(event.kind) || isInfo(event));
}

/** What TCP learns: what is sent upon that is another step. */
const NEWS: ReadonlySet<string> = new Set([
  'tcp.loss-detected',
  'tcp.recovered',
  'tcp.window-closed',
  'tcp.window-opened',
  'tcp.duplicate-reported',
  'tcp.congestion-told',
  'tcp.path-mtu',
]);

/** Events that never begin a step of their own while another is under way. */
const COMPANIONS: ReadonlySet<TraceEvent['kind']> = new Set([
  'timer-set',
  'activity-ended',
  'table-refreshed',
  'table-removed',
]);

/** Events that say by themselves nothing worth a sentence: what comes next joins them. */
const OPENERS: ReadonlySet<TraceEvent['kind']> = new Set([
  'frame-arrived',
  'timer-fired',
  'timer-set',
  'activity-begun',
  'activity-ended',
  'table-refreshed',
]);

/**
 * Cuts events into drafts, in order.
 * @param from the first event to be told
 * @param phaseOf the phase an event belongs to
 */
export function cutIntoDrafts(story: Story, from: number, phaseOf: (seq: number) => number): Draft[] {
  const { events } = story;
  const drafts: Draft[] = [];
  let draft: Draft | undefined;
  let before: TraceEvent | undefined;
  for (let seq = from; seq < events.length; seq++) {
    const event = events[seq] as TraceEvent;
    const isSameTurn =
      before !== undefined &&
      before.node === event.node &&
      before.time === event.time &&
      event.kind !== 'frame-arrived' &&
      event.kind !== 'timer-fired';
    const phase = phaseOf(seq);
    if (draft === undefined || !isSameTurn || begins(draft, event, phase, story)) {
      draft = { node: event.node, phase, events: [] };
      drafts.push(draft);
    } else if (isOpening(draft) && draft.phase !== phase && !isInfo(event)) {
      // An opener alone takes the phase of what it opens.
      draft = { node: event.node, phase, events: draft.events };
      drafts[drafts.length - 1] = draft;
    }
    draft.events.push(event);
    before = event;
  }
  return drafts;
}

/** Does an event of the same turn begin a new step? */
function begins(draft: Draft, event: TraceEvent, phase: number, story: Story): boolean {
  if (isInfo(event)) return false;
  if (COMPANIONS.has(event.kind)) return event.kind === 'table-removed' && opensSocket(event, story);
  if (isOpening(draft)) return false;
  if (event.kind === 'activity-begun') return !isAnswering(draft);
  if (draft.phase !== phase && event.kind !== 'table-set') return true;
  switch (event.kind) {
    case 'app':
      return appBegins(draft, event.name);
    case 'state':
      return (
        SENDING_STATES.has(event.to) && find(draft, 'state', ({ to }) => SENDING_STATES.has(to)) === undefined
      );
    case 'table-set':
      return (
        opensSocket(event, story) &&
        find(draft, 'table-removed', ({ table }) => table === 'udp') === undefined
      );
    case 'held':
      if (isFurtherPiece(event, story)) return false;
      return find(draft, 'frame-arrived') === undefined || event.waitsFor !== 'arp';
    case 'released': {
      if (event.held < 0 || (story.events[event.held] as EventOf<'held'>).waitsFor !== 'arp') return false;
      const gaveUp = find(draft, 'table-removed', ({ table }) => table === 'arp') !== undefined;
      return !gaveUp || find(draft, 'released') !== undefined;
    }
    case 'frame-sent':
      return isArpRequest(event, story) && find(draft, 'timer-fired') === undefined;
    case 'frame-lost':
      return true;
    case 'decided':
      return decisionBegins(draft, event, story);
    default:
      return false;
  }
}

function appBegins(draft: Draft, name: EventOf<'app'>['name']): boolean {
  // A path that swallows long packets is found out by nothing but a timer.
  if (name === 'tcp.path-mtu' && find(draft, 'frame-arrived') === undefined)
    return find(draft, 'table-set', ({ table }) => table === 'path-mtu') === undefined;
  if (name === 'dns.answer-sent') return !isAnswering(draft);
  // A tail loss probe may be something that was sent before.
  if (name === 'tcp.retransmitted')
    return find(draft, 'app', (app) => app.name === 'tcp.tail-probed') === undefined;
  if (name === 'ping.reply') return find(draft, 'decided', ({ layer }) => layer === 'icmp') === undefined;
  if (name === 'resolver.query' || name === 'resolver.retry')
    return find(draft, 'table-set', isSocket) === undefined;
  return true;
}

function decisionBegins(draft: Draft, event: EventOf<'decided'>, story: Story): boolean {
  const arrived = find(draft, 'frame-arrived');
  const hasSent = find(draft, 'frame-sent') !== undefined;
  switch (event.verdict) {
    case 'drop':
      // What was given up with `released`, or what arrived and was looked at so far, dies here.
      if (find(draft, 'released', ({ ok }) => !ok) !== undefined) return find(draft, 'decided') !== undefined;
      return !(arrived !== undefined && !hasSent);
    case 'deliver':
    case 'reply':
    case 'translate':
    case 'flood':
      return hasSent;
    case 'mark':
      // It belongs to the sending that follows.
      return false;
    case 'forward':
      // Fragments of one packet are forwarded one by one.
      return arrived === undefined && find(draft, 'released') === undefined;
    case 'hold':
      if (isFurtherPiece(event, story))
        return find(draft, 'held', (held) => isFurtherPiece(held, story)) === undefined;
      return arrived === undefined || isDelivered(draft) || hasSent;
    case 'send': {
      if (isFurtherFragment(draft, event, story)) return false;
      if (hasSent || find(draft, 'decided', ({ verdict }) => verdict === 'drop') !== undefined) return true;
      if (
        find(draft, 'decided', ({ layer, verdict }) => layer === 'icmp' && verdict === 'reply') !== undefined
      )
        return false;
      const sends =
        find(draft, 'app', ({ name }) => !NEWS.has(name)) ??
        find(draft, 'released') ??
        find(draft, 'state', ({ to }) => SENDING_STATES.has(to));
      return sends === undefined || isDelivered(draft);
    }
    default:
      return true;
  }
}

/** Has the draft found that the frame is for this machine? */
function isDelivered(draft: Draft): boolean {
  return find(draft, 'decided', ({ verdict }) => verdict === 'deliver') !== undefined;
}

/** The pieces of one packet share its packet id. */
function isFurtherFragment(draft: Draft, event: EventOf<'decided'>, story: Story): boolean {
  const last = all(draft, 'frame-sent').at(-1);
  const next = story.events[event.seq + 1];
  if (last === undefined || next?.kind !== 'frame-sent' || next.cause !== event.seq) return false;
  return story.trace.packetId(last.frame) === story.trace.packetId(next.frame);
}

/** A fragment that waits like the one before it, in the same moment. */
export function isFurtherPiece(event: EventOf<'held'> | EventOf<'decided'>, story: Story): boolean {
  if (event.frame < 0) return false;
  const packet = story.trace.packetId(event.frame);
  const at = event.kind === 'held' ? event.cause : event.seq;
  for (let seq = at - 1; seq >= 0; seq--) {
    const before = story.events[seq];
    if (before?.node !== event.node || before.time !== event.time || before.kind === 'frame-arrived')
      return false;
    if (before.kind === 'held' && before.frame >= 0 && story.trace.packetId(before.frame) === packet)
      return true;
  }
  return false;
}

/** A DNS server at work: question and answer are one step. */
function isAnswering(draft: Draft): boolean {
  return find(draft, 'app', ({ name }) => name === 'dns.query-received') !== undefined;
}

/** ARP requests are sent because something waits, or because nobody answered the last one. */
export function isArpRequest(event: EventOf<'frame-sent'>, story: Story): boolean {
  const cause = story.events[event.cause];
  if (cause?.kind === 'held') return cause.waitsFor === 'arp';
  return cause?.kind === 'timer-fired' && cause.name.startsWith('arp ');
}

function isSocket(event: TraceEvent): boolean {
  return (event.kind === 'table-set' || event.kind === 'table-removed') && event.table === 'udp';
}

/** A change of sockets that makes ready for the question that follows it. */
function opensSocket(event: TraceEvent, story: Story): boolean {
  if (!isSocket(event)) return false;
  let at = event.seq;
  while (isSocket(story.events[at] ?? event) && at < story.events.length) at++;
  const next = story.events[at];
  return (
    next?.kind === 'app' &&
    next.node === event.node &&
    (next.name === 'resolver.query' || next.name === 'resolver.retry')
  );
}
