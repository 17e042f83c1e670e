// Which narrator tells a step: the first question that fits, the most telling one first.

import type { TraceEvent } from '../../trace/events.js';
import { TABLE_TITLES } from '../tables.js';
import { BROWSER_NARRATORS } from './browser.js';
import { withMark } from './congestion-mark.js';
import { type Context, fact, frameOf } from './context.js';
import { DNS_NARRATORS } from './dns.js';
import { all, type Draft, find, isArpRequest } from './draft.js';
import { dropped, gaveUp } from './drop.js';
import { arpLearned, arpMiss, arpReply, arpRequest, lost, releasedPacket, switchVisit } from './link.js';
import {
  datagramSent,
  fragmentKept,
  icmpReceived,
  icmpSent,
  routeOut,
  routerVisit,
  udpReceived,
} from './network.js';
import { packetNoun } from './packet-noun.js';
import { because } from './reasons.js';
import type { StepLayer, Telling } from './step.js';
import { connectionTimer, segmentReceived } from './tcp-receive.js';
import {
  congestionTold,
  duplicateReported,
  lossDetected,
  pathMtuLearned,
  recovered,
  retransmitted,
  tailProbed,
} from './tcp-recovery.js';
import { cookieSent, segmentSent } from './tcp-send.js';
import { keepAliveProbed, windowClosed, windowOpened, windowProbed } from './tcp-window.js';
import { count, list } from './words.js';

type AppEvent = Extract<TraceEvent, { kind: 'app' }>;
type AppNarrator = (context: Context, draft: Draft, event: AppEvent) => Telling;

const APPS: Readonly<Partial<Record<AppEvent['name'], AppNarrator>>> = {
  ...BROWSER_NARRATORS,
  ...DNS_NARRATORS,
  'tcp.loss-detected': lossDetected,
  'tcp.retransmitted': retransmitted,
  'tcp.tail-probed': tailProbed,
  'tcp.recovered': recovered,
  'tcp.duplicate-reported': duplicateReported,
  'tcp.congestion-told': congestionTold,
  'tcp.path-mtu': pathMtuLearned,
  'tcp.window-closed': windowClosed,
  'tcp.window-opened': windowOpened,
  'tcp.window-probed': windowProbed,
  'tcp.keep-alive-probed': keepAliveProbed,
  'tcp.cookie-sent': cookieSent,
  'ping.timeout': (context, draft, event) => ({
    layer: 'application',
    headline: `no echo reply ${fact(event, 'sequence')} in time`,
    sentence: context.capital(
      `${context.name(draft.node)} has had no answer to echo request ${fact(event, 'sequence')} in time.`,
    ),
  }),
  'program.output': (context, draft, event) => ({
    layer: 'application',
    headline: fact(event, 'text'),
    sentence: context.capital(`${context.name(draft.node)} prints: ${fact(event, 'text')}`),
  }),
};

/** Tells a draft; undefined when there is nothing to tell: a timer that only arms another one, say. */
export function narrate(context: Context, draft: Draft): Telling | undefined {
  const telling = tell(context, draft);
  return telling === undefined ? undefined : withMark(context, draft, telling);
}

function tell(context: Context, draft: Draft): Telling | undefined {
  return (
    tellLink(context, draft) ??
    tellDrop(context, draft) ??
    tellApp(context, draft) ??
    tellReceived(context, draft) ??
    tellHeld(context, draft) ??
    tellSent(context, draft) ??
    tellState(context, draft) ??
    tellRest(context, draft)
  );
}

function tellLink(context: Context, draft: Draft): Telling | undefined {
  const gone = find(draft, 'frame-lost');
  if (gone !== undefined) return lost(context, gone);
  const switched = find(draft, 'decided', ({ layer, verdict }) => layer === 'switch' && verdict !== 'drop');
  if (switched !== undefined) return switchVisit(context, draft, switched);
  const arp = find(draft, 'decided', ({ layer, verdict }) => layer === 'arp' && verdict !== 'drop');
  if (arp !== undefined)
    return arp.verdict === 'reply' ? arpReply(context, draft, arp) : arpLearned(context, draft, arp);
  return undefined;
}

function tellDrop(context: Context, draft: Draft): Telling | undefined {
  const drop = find(draft, 'decided', ({ verdict }) => verdict === 'drop');
  if (drop === undefined) return undefined;
  return drop.reason === 'neighbor-unresolved' ? gaveUp(context, draft, drop) : dropped(context, draft, drop);
}

function tellApp(context: Context, draft: Draft): Telling | undefined {
  const app = find(draft, 'app');
  return app === undefined ? undefined : APPS[app.name]?.(context, draft, app);
}

/** Something arrived: it is passed on, or it has reached its machine. */
function tellReceived(context: Context, draft: Draft): Telling | undefined {
  const arrived = find(draft, 'frame-arrived');
  const delivered = all(draft, 'decided').filter(
    ({ verdict }) => verdict === 'deliver' || verdict === 'reply',
  );
  const last = delivered.at(-1);
  if (last !== undefined) {
    if (last.layer === 'tcp') return segmentReceived(context, draft, last);
    if (last.layer === 'udp') return udpReceived(context, draft, last);
    if (last.layer === 'icmp') {
      return last.verdict === 'reply' && find(draft, 'frame-sent') !== undefined
        ? icmpSent(context, draft, context.factsOf(draft))
        : icmpReceived(context, draft, last);
    }
  }
  if (arrived === undefined) return undefined;
  if (find(draft, 'decided', ({ verdict }) => verdict === 'forward') !== undefined) {
    return routerVisit(context, draft, arrived.frame);
  }
  if (find(draft, 'decided', ({ verdict }) => verdict === 'hold') === undefined) return undefined;
  return find(draft, 'held') === undefined
    ? fragmentKept(context, draft)
    : routerVisit(context, draft, arrived.frame);
}

function tellHeld(context: Context, draft: Draft): Telling | undefined {
  const held = find(draft, 'held');
  if (held !== undefined)
    return held.waitsFor === 'arp' ? arpMiss(context, draft, held) : waits(context, draft, held);
  const hold = find(draft, 'decided', ({ verdict }) => verdict === 'hold');
  if (hold !== undefined) return routeOut(context, draft, hold);
  const released = find(draft, 'released', ({ ok }) => ok);
  const waited = released === undefined ? undefined : context.story.events[released.held];
  if (waited?.kind === 'held' && waited.waitsFor === 'arp') return releasedPacket(context, draft);
  return undefined;
}

/** Something waits of which no byte exists yet. */
function waits(context: Context, draft: Draft, held: Extract<TraceEvent, { kind: 'held' }>): Telling {
  const name = context.name(draft.node);
  const packet = { known: held.known ?? {}, open: held.open, what: held.what };
  const known = held.known ?? {};
  if (held.waitsFor === 'dns') {
    const port = known['tcp.dstport'];
    return {
      layer: 'application',
      headline: `the SYN waits for DNS: the address of ${held.wanted} is unknown`,
      sentence: context.capital(
        `${name} needs a TCP connection to port ${port} of ${held.wanted}, but knows only the name and no address: the first segment (SYN) waits for DNS.`,
      ),
      packet,
      ...because('wait-for-name'),
    };
  }
  if (held.waitsFor === 'tcp') {
    const request = `${known['http.request.method'] ?? ''} ${known['http.request.uri'] ?? ''}`.trim();
    return {
      layer: 'application',
      headline: `HTTP ${request} waits for a connection to ${held.wanted}`,
      sentence: context.capital(
        `${name} has the HTTP request ${request} ready, but no connection to ${held.wanted} yet: the request waits for TCP.`,
      ),
      packet,
      ...because('wait-for-connection'),
    };
  }
  return {
    layer: 'application',
    headline: `${held.what} waits for ${held.waitsFor}: ${held.wanted}`,
    sentence: context.capital(
      `${name} has something to send (${held.what}), but it waits for ${held.waitsFor}: ${held.wanted}.`,
    ),
    packet,
  };
}

function tellSent(context: Context, draft: Draft): Telling | undefined {
  const sent = find(draft, 'frame-sent');
  if (sent === undefined) return undefined;
  if (isArpRequest(sent, context.story)) return arpRequest(context, draft, sent);
  const facts = context.frames.of(sent.frame);
  if (facts.has('arp')) return arpRequest(context, draft, sent);
  if (facts.number('ip.frag_offset') === 0) {
    if (facts.has('tcp')) return segmentSent(context, draft);
    if (facts.has('udp')) return datagramSent(context, draft, facts);
    if (facts.has('icmp')) return icmpSent(context, draft, facts);
  }
  const noun = packetNoun(context, facts);
  return {
    layer: facts.has('ip') ? 'network' : 'link',
    headline: `${noun.slice(4)} sent out of ${context.interfaceName(sent.interface)}`,
    sentence: context.capital(
      `${context.name(draft.node)} sends ${noun} out of ${context.interfaceName(sent.interface)}.`,
    ),
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
  };
}

function tellState(context: Context, draft: Draft): Telling | undefined {
  const state = find(draft, 'state');
  return state === undefined ? undefined : connectionTimer(context, draft, state);
}

/** Frames and changed tables are always told, whatever led to them. */
function tellRest(context: Context, draft: Draft): Telling | undefined {
  const name = context.name(draft.node);
  const arrived = find(draft, 'frame-arrived');
  if (arrived !== undefined) {
    const noun = packetNoun(context, context.frames.of(arrived.frame));
    const port = context.interfaceName(arrived.interface);
    return {
      layer: 'link',
      headline: `${noun.slice(4)} arrives at ${port}`,
      sentence: context.capital(`${name} gets ${noun} at ${port}.`),
      packet: context.packet(frameOf(draft)),
    };
  }
  const changes = draft.events
    .filter((event) => event.kind === 'table-set' || event.kind === 'table-removed')
    .filter(({ table }) => table !== 'tcp-info');
  if (changes.length === 0) return undefined;
  const layers: Readonly<Record<string, StepLayer>> = {
    arp: 'link',
    mac: 'link',
    route: 'network',
    'path-mtu': 'network',
    nat: 'network',
    tcp: 'transport',
    udp: 'transport',
  };
  const tables = [...new Set(changes.map(({ table }) => table))];
  const titles = list(tables.map((table) => TABLE_TITLES[table]));
  const opened = changes.every(
    (event) => event.kind === 'table-set' && event.table === 'udp' && event.before === undefined,
  );
  if (opened) {
    const ports = list(changes.map(({ key }) => key));
    return {
      layer: 'transport',
      headline: `opens UDP port ${ports}`,
      sentence: context.capital(`${name} opens a UDP socket on port ${ports}.`),
      ...because('udp'),
    };
  }
  const listening = changes.every(
    (event) => event.kind === 'table-set' && event.table === 'tcp' && event.after.state === 'LISTEN',
  );
  if (listening) {
    const ports = list(changes.map(({ key }) => key.replace(/^.*:/, '')));
    return {
      layer: 'transport',
      headline: `listens on TCP port ${ports}`,
      sentence: context.capital(`${name} waits for connections on TCP port ${ports}.`),
      ...because('tcp-listen'),
    };
  }
  const closed = changes.every(
    (event) => event.kind === 'table-removed' && event.table === 'udp' && event.why === 'closed',
  );
  if (closed) {
    const ports = list(changes.map(({ key }) => key));
    return {
      layer: 'transport',
      headline: `closes UDP port ${ports}`,
      sentence: context.capital(`${name} closes its UDP socket on port ${ports}.`),
      ...because('udp'),
    };
  }
  const cleared = changes.every((event) => event.kind === 'table-removed' && event.why === 'cleared');
  return {
    layer: layers[tables[0] ?? ''] ?? 'application',
    headline: `${titles} ${cleared ? 'cleared' : 'changed'}`,
    sentence: context.capital(`${name} ${cleared ? 'clears' : 'changes'} its ${titles}.`),
  };
}

/** Is this only time that has passed over a table? */
export function isAgeing(draft: Draft): boolean {
  return (
    find(draft, 'timer-fired', ({ name }) => name.endsWith(' ageing')) !== undefined &&
    draft.events.every(
      ({ kind }) => kind === 'timer-fired' || kind === 'timer-set' || kind === 'table-removed',
    )
  );
}

/** Rows that died of age, wherever they were. */
export function aged(context: Context, drafts: readonly Draft[]): Telling | undefined {
  const removed = drafts.flatMap((draft) => all(draft, 'table-removed'));
  if (removed.length === 0) return undefined;
  const names = list([...new Set(removed.map(({ node }) => context.name(node)))]);
  const tables = list([...new Set(removed.map(({ table }) => TABLE_TITLES[table]))]);
  const rows = count(removed.length, 'row');
  return {
    layer: 'link',
    headline: `${rows} too old: ${tables}`,
    sentence: context.capital(
      `${names} ${names.includes(' and ') ? 'remove' : 'removes'} what nothing has confirmed for too long: ${rows} (${tables}).`,
    ),
    ...because('ageing'),
  };
}
