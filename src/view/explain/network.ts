// IP on the way: the route of a machine's own packets, a router's visit, the arrival at the destination.
// Reading list: RFC 791, RFC 1122 §3.3.1 (hosts), RFC 1812 §5 (routers), RFC 3022 (translation), RFC 792 (ICMP).

import type { TraceEvent } from '../../trace/events.js';
import { ICMP_TYPE_NAMES } from '../../wire/iana.js';
import { type Context, frameOf, nextHopOf } from './context.js';
import { all, type Draft, find } from './draft.js';
import type { FrameFacts, Rewrite } from './facts.js';
import { packetNoun } from './packet-noun.js';
import { because } from './reasons.js';
import type { Decision, Telling } from './step.js';
import { count } from './words.js';

type Decided = Extract<TraceEvent, { kind: 'decided' }>;

/** ` The next hop is …` when a route is used for the first time; otherwise nothing, the rows tell it. */
export function wayOutClause(context: Context, draft: Draft): string {
  const decided = find(draft, 'decided', ({ verdict }) => verdict === 'send');
  const route = context.rowOf(decided?.row ?? -1);
  if (decided === undefined || route === undefined) return '';
  const destination = context.factsOf(draft).text('ip.dst');
  const hop = nextHopOf(route, destination);
  if (!context.once(`next hop ${draft.node} ${hop}`)) return '';
  return hop === destination
    ? ` ${destination} is on its own network, and its MAC address is known.`
    : ` The next hop is ${hop}, whose MAC address is known.`;
}

/** A machine's own packet whose next hop has no MAC address yet: the routing decision by itself. */
export function routeOut(context: Context, draft: Draft, decided: Decided): Telling {
  const facts = context.frames.of(decided.frame);
  const destination = facts.text('ip.dst');
  const route = context.rowOf(decided.row);
  const hop = nextHopOf(route, destination);
  const name = context.name(draft.node);
  const out = String(route?.interface ?? context.interfaceName(decided.interface));
  const own = context.networkOf(draft.node, out);
  const decisions = context.routeDecision(draft.node, decided.row, destination);
  const sentence =
    hop === destination
      ? `${name} looks into its routing table: ${destination} lies in ${route?.destination ?? 'a network'}, its own network at interface ${out}. The packet goes straight there.`
      : `${name} looks into its routing table: ${destination} lies outside its own network ${own}, so the packet goes to the next hop ${hop} by interface ${out}.`;
  return {
    layer: 'network',
    headline: `route to ${destination}: ${hop === destination ? `on the link ${out}` : `next hop ${hop} by ${out}`}`,
    sentence: context.capital(sentence),
    decisions,
    ...because(
      decisions[0]?.losers.some(({ why }) => why.startsWith('holds')) === true ? 'route-longest' : 'route',
    ),
  };
}

/** A router passes a packet on, or holds it for want of a MAC address. */
export function routerVisit(context: Context, draft: Draft, arrived: number): Telling {
  const before = context.frames.of(arrived);
  const decided = find(draft, 'decided', ({ verdict }) => verdict === 'forward' || verdict === 'hold');
  const translated = find(draft, 'decided', ({ verdict }) => verdict === 'translate');
  const held = find(draft, 'held');
  const sent = all(draft, 'frame-sent');
  const leaves = sent[0]?.frame ?? held?.frame ?? arrived;
  const after = context.frames.of(leaves);
  const destination = after.text('ip.dst');
  const route = context.rowOf(decided?.row ?? -1);
  const hop = nextHopOf(route, destination);
  const out = String(route?.interface ?? context.interfaceName(decided?.interface ?? -1));
  const name = context.name(draft.node);
  const noun = packetNoun(context, before);
  const change = translation(before, after);

  const row = String(route?.destination ?? '');
  const ttl = `TTL ${before.text('ip.ttl')} → ${after.text('ip.ttl')}`;
  const isFirst = context.once(`way ${draft.node} ${decided?.row} ${destination}`) || held !== undefined;
  const short = noun.slice(4);
  let headline = `${short} → ${hop}, ${ttl} (${row === '0.0.0.0/0' ? 'default route' : row})`;
  let sentence = `${name} passes ${noun} on by interface ${out} to ${hop}, as before, with a TTL of ${after.text('ip.ttl')}.`;
  if (isFirst) {
    const looked = row === '0.0.0.0/0' ? 'only the default route holds it' : `${row} holds it`;
    const to = hop === destination ? 'straight to its destination on that network' : `to the next hop ${hop}`;
    sentence = `${name} looks up ${destination} in its routing table: ${looked}. So ${noun} goes out of interface ${out} ${to}, in a new frame and with a TTL of ${after.text('ip.ttl')}.`;
  }
  if (translated !== undefined && change !== undefined) {
    headline = `${short}: NAT ${change.from} → ${change.to}, to ${hop}`;
    sentence = translationSentence(context, draft, {
      change,
      name,
      noun,
      out,
      hop,
      ttl: after.text('ip.ttl'),
    });
  }
  if (held !== undefined) {
    sentence += ` But its ARP cache has no MAC address for ${held.wanted}: the packet waits.`;
    headline = `${short} → ${hop}, ${ttl}; waits: no MAC address yet`;
  }
  if (sent.length > 1) {
    sentence += ` As it is too long for the link, it is cut into ${count(sent.length, 'fragment')}.`;
    headline += `, ${count(sent.length, 'fragment')}`;
  }
  const reason =
    translated === undefined
      ? sent.length > 1
        ? 'fragment'
        : 'forward'
      : change?.side === 'source'
        ? 'nat-out'
        : 'nat-in';
  return {
    layer: 'network',
    headline,
    sentence: context.capital(sentence),
    decisions: [
      ...natDecision(context, translated, change),
      ...context.wayOut(draft, destination),
      ...missing(held),
    ],
    rewrites: withoutOpen(context.frames.rewrites(arrived, leaves), held?.open ?? []),
    packet: context.packet(leaves, held?.open ?? []),
    ...because(reason),
  };
}

interface TranslationWords {
  readonly change: Translation;
  readonly name: string;
  readonly noun: string;
  readonly out: string;
  readonly hop: string;
  readonly ttl: string;
}

function translationSentence(context: Context, draft: Draft, words: TranslationWords): string {
  const { change, name, noun, out, hop, ttl } = words;
  const isNew =
    find(draft, 'table-set', ({ table, before }) => table === 'nat' && before === undefined) !== undefined;
  const isFirst = context.once(`translation ${draft.node} ${change.from} ${change.to}`);
  const then = `${noun} goes out of interface ${out} to ${hop}, with a TTL of ${ttl}`;
  if (!isFirst)
    return `${name} puts ${change.to} in the place of ${change.from}, as its NAT table says, and ${then}.`;
  if (change.side === 'source') {
    const row = isNew ? 'and a new row of its NAT table remembers whose it is' : 'as its NAT table says';
    return `${name} translates: the source ${change.from} becomes ${change.to}, its own address outside, ${row}. Then ${then}.`;
  }
  return `${name} finds in its NAT table whom ${change.from} stands for: the destination becomes ${change.to}. Then ${then}.`;
}

/** The ARP cache that had nothing. */
function missing(held: Extract<TraceEvent, { kind: 'held' }> | undefined): Decision[] {
  if (held === undefined) return [];
  return [{ table: 'arp', seq: -1, why: `no MAC address for ${held.wanted}`, losers: [] }];
}

function withoutOpen(rewrites: readonly Rewrite[], open: readonly string[]): Rewrite[] {
  return rewrites.filter(({ name }) => !open.includes(name));
}

interface Translation {
  readonly side: 'source' | 'destination';
  readonly from: string;
  readonly to: string;
}

/** What a translator changed: one endpoint of the packet. */
function translation(before: FrameFacts, after: FrameFacts): Translation | undefined {
  for (const [side, address, ports] of [
    ['source', 'ip.src', ['udp.srcport', 'tcp.srcport', 'icmp.ident']],
    ['destination', 'ip.dst', ['udp.dstport', 'tcp.dstport', 'icmp.ident']],
  ] as const) {
    if (before.get(address) === after.get(address)) continue;
    const port = ports.find((name) => before.get(name) !== undefined);
    const text = (facts: FrameFacts): string => {
      if (port === undefined) return facts.text(address);
      // An identifier stands in the place of the port.
      const sign = port === 'icmp.ident' ? ' id ' : ':';
      return facts.text(address) + sign + facts.text(port);
    };
    return { side, from: text(before), to: text(after) };
  }
  return undefined;
}

function natDecision(
  context: Context,
  translated: Decided | undefined,
  change: Translation | undefined,
): Decision[] {
  if (translated === undefined) return [];
  const why =
    change === undefined
      ? 'the row of the packet that is quoted'
      : change.side === 'source'
        ? `the row of the inside endpoint ${change.from}`
        : `the row of the outside endpoint ${change.from}`;
  return context.decision('nat', translated.row, why);
}

/** A datagram has reached its machine and its program. */
export function udpReceived(context: Context, draft: Draft, decided: Decided): Telling {
  const facts = context.frames.of(decided.frame);
  const port = facts.text('udp.dstport');
  const closed = find(draft, 'table-removed', ({ table }) => table === 'udp');
  const noun = packetNoun(context, facts);
  const end = closed === undefined ? '' : ' The socket has done its work and is closed.';
  return {
    layer: 'transport',
    headline: `${noun.slice(4)} → program on UDP port ${port}`,
    sentence: `${context.capital(`${noun} has reached ${context.name(draft.node)}: the destination address is its own, the checksums are right, and the program on UDP port ${port} gets the data.`)}${end}`,
    decisions: context.decision('udp', decided.row, `the socket of port ${port}`),
    ...because('udp'),
  };
}

/** A machine sends a datagram of a program that says nothing about itself. */
export function datagramSent(context: Context, draft: Draft, facts: FrameFacts): Telling {
  const from = `${facts.text('ip.src')}:${facts.text('udp.srcport')}`;
  const to = `${facts.text('ip.dst')}:${facts.text('udp.dstport')}`;
  const pieces = all(draft, 'frame-sent').length;
  const cut = pieces > 1 ? `, in ${count(pieces, 'fragment')}` : '';
  return {
    layer: 'transport',
    headline: `UDP ${from} → ${to}${cut}`,
    sentence: `${context.capital(`${context.name(draft.node)} sends ${packetNoun(context, facts)} from port ${facts.text('udp.srcport')} to ${to}${cut}.`)}${wayOutClause(context, draft)}`,
    decisions: context.wayOut(draft, facts.text('ip.dst')),
    ...context.sentPacket(draft),
    ...because(pieces > 1 ? 'fragment' : 'udp'),
  };
}

// ---- ICMP ----

/** A machine sends an ICMP message: an echo request, a reply, or an error. */
export function icmpSent(context: Context, draft: Draft, facts: FrameFacts): Telling {
  const to = facts.text('ip.dst');
  const name = context.name(draft.node);
  const type = facts.number('icmp.type');
  const common = {
    layer: 'network',
    decisions: context.wayOut(draft, to),
    ...context.sentPacket(draft),
  } as const;
  const way = wayOutClause(context, draft);
  if (type === 8 || type === 0) {
    const what = type === 8 ? 'echo request' : 'echo reply';
    const whole =
      find(draft, 'decided', ({ verdict }) => verdict === 'hold') === undefined
        ? ''
        : 'has all fragments now and ';
    const answers =
      type === 0
        ? `${whole}answers ${to} with an echo reply that carries the same data`
        : `sends an echo request to ${to}`;
    return {
      ...common,
      headline: `ICMP ${what} ${facts.text('icmp.seq')} to ${to}, TTL ${facts.text('ip.ttl')}`,
      sentence: `${context.capital(`${name} ${answers} (number ${facts.text('icmp.seq')}).`)}${way}`,
      ...because('icmp-echo'),
    };
  }
  return {
    ...common,
    headline: `ICMP ${icmpName(facts)} to ${to}`,
    sentence: `${context.capital(`${name} tells the sender ${to} by ICMP what became of its packet: ${icmpName(facts)}.`)}${way}`,
    ...because('icmp-error'),
  };
}

/** An ICMP message has reached its machine. */
export function icmpReceived(context: Context, draft: Draft, decided: Decided): Telling {
  const facts = context.frames.of(decided.frame);
  const from = facts.text('ip.src');
  const name = context.name(draft.node);
  const reply = find(draft, 'app', (one) => one.name === 'ping.reply');
  if (reply !== undefined) {
    const milliseconds = Number(reply.data.time ?? 0) / 1e6;
    const source = String(reply.data.from);
    return {
      layer: 'network',
      headline: `echo reply ${reply.data.sequence} from ${source}: ${milliseconds} ms, TTL ${reply.data.ttl}`,
      sentence: context.capital(
        `${name} has the echo reply from ${source} after ${milliseconds} ms; it came with a TTL of ${reply.data.ttl}.`,
      ),
      ...because('icmp-echo'),
    };
  }
  const closed = find(draft, 'state', ({ to }) => to === 'CLOSED') !== undefined;
  const ended = closed ? ' The connection that it wanted is given up.' : '';
  const path = find(draft, 'table-set', ({ table }) => table === 'path-mtu')?.after;
  const narrow =
    path === undefined
      ? ''
      : ` So packets to ${path.destination} may have ${path.mtu} bytes and no more: it notes that in its path MTU cache.`;
  return {
    layer: 'network',
    headline: `ICMP ${icmpName(facts)} from ${from}${path === undefined ? '' : `; path MTU ${path.mtu}`}`,
    sentence: context.capital(
      `${name} learns from ${from} by ICMP: ${icmpName(facts)}. It looks into the quoted packet to see which of its own it was.${narrow}${ended}`,
    ),
    ...because(path === undefined ? 'icmp-error' : 'path-mtu'),
  };
}

function icmpName(facts: FrameFacts): string {
  const summary = facts.summaryOf('icmp');
  return summary?.toLowerCase() ?? ICMP_TYPE_NAMES[facts.number('icmp.type')] ?? 'a message';
}

/** A fragment that waits for the rest of its packet. */
export function fragmentKept(context: Context, draft: Draft): Telling {
  const facts = context.frames.of(frameOf(draft));
  return {
    layer: 'network',
    headline: `fragment at byte ${facts.number('ip.frag_offset') * 8} kept until the others are here`,
    sentence: context.capital(
      `${context.name(draft.node)} keeps the fragment until the other pieces of its packet are here.`,
    ),
    ...because('fragment'),
  };
}
