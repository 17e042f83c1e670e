// The link: ARP, switches, frames for others, frames that are lost.
// Reading list: RFC 826, RFC 894, IEEE 802.1D §7.7–7.9.

import { DROP_REASONS } from '../../trace/drop-reasons.js';
import type { TraceEvent } from '../../trace/events.js';
import { type Context, frameOf } from './context.js';
import { all, type Draft, find, isFurtherPiece } from './draft.js';
import { packetNoun } from './packet-noun.js';
import { because } from './reasons.js';
import type { Telling } from './step.js';
import { count, duration, list, times } from './words.js';

type EventOf<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

/** A packet of this machine's own waits for a MAC address. */
export function arpMiss(context: Context, draft: Draft, held: EventOf<'held'>): Telling {
  if (isFurtherPiece(held, context.story)) {
    const pieces = count(all(draft, 'held').length, 'more fragment');
    return {
      layer: 'link',
      headline: `${pieces} of the same packet waiting`,
      sentence: context.capital(
        `${context.name(draft.node)} has cut the packet into pieces that fit the link: ${pieces} of it wait too.`,
      ),
      packet: context.packet(held.frame, held.open),
      ...because('fragment'),
    };
  }
  const asked = find(draft, 'table-set', ({ table }) => table === 'arp') === undefined;
  const name = context.name(draft.node);
  const wait = asked ? 'the question is on its way already, and the packet waits too' : 'the packet waits';
  return {
    layer: 'link',
    headline: `ARP cache: no entry for ${held.wanted}; the packet waits`,
    sentence: context.capital(
      `${name} needs the MAC address of ${held.wanted} for the frame and looks into its ARP cache: no entry for ${held.wanted}, so ${wait}.`,
    ),
    decisions: context.noRow('arp', `no entry for ${held.wanted}`),
    packet: context.packet(held.frame, held.open),
    ...because('wait-for-mac'),
  };
}

/** The question to everybody on the link. */
export function arpRequest(context: Context, draft: Draft, sent: EventOf<'frame-sent'>): Telling {
  const target = context.frames.of(sent.frame).text('arp.dst.proto_ipv4');
  const fired = find(draft, 'timer-fired');
  const number = fired === undefined ? 1 : requestNumber(context, sent);
  const again = number > 1;
  const opening = again
    ? `has no answer after ${sinceFirst(context, sent)} and asks ${times(number)}`
    : 'asks everybody on the link';
  return {
    layer: 'link',
    headline: `ARP request${again ? ` ${number}` : ''}: who has ${target}? (broadcast)`,
    sentence: context.capital(
      `${context.name(draft.node)} ${opening}: who has ${target}? The ARP request goes to the broadcast address ff:ff:ff:ff:ff:ff.`,
    ),
    packet: context.packet(sent.frame),
    ...because('arp-request'),
  };
}

/** Which try this is: one more than the requests among its causes. */
function requestNumber(context: Context, sent: EventOf<'frame-sent'>): number {
  let number = 1;
  for (const cause of context.story.causesOf(sent.seq)) {
    if (cause.kind === 'held') break;
    if (cause.kind === 'timer-fired') number++;
  }
  return number;
}

function sinceFirst(context: Context, sent: EventOf<'frame-sent'>): string {
  const held = context.story.causeWhere(sent.seq, ({ kind }) => kind === 'held');
  return duration(sent.time - (held?.time ?? sent.time));
}

/** The one who is asked answers, and notes who asked. */
export function arpReply(context: Context, draft: Draft, decided: EventOf<'decided'>): Telling {
  const facts = context.frames.of(decided.frame);
  const [asker, mac, target] = ['arp.src.proto_ipv4', 'arp.src.hw_mac', 'arp.dst.proto_ipv4'].map((name) =>
    facts.text(name),
  );
  const sent = find(draft, 'frame-sent');
  const own = sent === undefined ? '?' : context.frames.of(sent.frame).text('arp.src.hw_mac');
  const learned = find(draft, 'table-set', ({ table }) => table === 'arp') !== undefined;
  const note = learned ? `notes in its ARP cache that ${asker} is at ${mac}, and ` : '';
  return {
    layer: 'link',
    headline: `ARP reply: ${target} is at ${own}${learned ? `; + ${asker}` : ''}`,
    sentence: context.capital(
      `${context.name(draft.node)} has the address ${target}. It ${note}answers the asker alone: ${target} is at ${own}.`,
    ),
    ...context.sentPacket(draft),
    ...because('arp-reply'),
  };
}

/** The answer has come. */
export function arpLearned(context: Context, draft: Draft, decided: EventOf<'decided'>): Telling {
  const facts = context.frames.of(decided.frame);
  const [address, mac] = ['arp.src.proto_ipv4', 'arp.src.hw_mac'].map((name) => facts.text(name));
  const isNew = find(draft, 'table-set', ({ table }) => table === 'arp') !== undefined;
  return {
    layer: 'link',
    headline: `ARP cache: ${address} is at ${mac}`,
    sentence: context.capital(
      isNew
        ? `${context.name(draft.node)} has its answer and fills in its ARP cache: ${address} is at ${mac}.`
        : `${context.name(draft.node)} hears again that ${address} is at ${mac}, as its ARP cache has it.`,
    ),
    ...because('arp-reply'),
  };
}

/** What waited for a MAC address leaves. */
export function releasedPacket(context: Context, draft: Draft): Telling {
  const facts = context.factsOf(draft);
  const noun = packetNoun(context, facts);
  const mac = facts.text('eth.dst');
  const hop = find(draft, 'decided')?.row2 ?? -1;
  return {
    layer: 'link',
    headline: `${noun.slice(4)} leaves, to ${mac}`,
    sentence: context.capital(
      `${context.name(draft.node)} can now complete the frame that waited: ${noun} leaves for ${mac}.`,
    ),
    decisions: context.decision('arp', hop, 'the MAC address of the next hop, just learned'),
    ...context.sentPacket(draft),
    ...because('wait-for-mac'),
  };
}

/** A switch has learned something and passed a frame on. */
export function switchVisit(context: Context, draft: Draft, decided: EventOf<'decided'>): Telling {
  const facts = context.frames.of(decided.frame);
  const name = context.name(draft.node);
  const noun = packetNoun(context, facts);
  const [from, to] = [facts.text('eth.src'), facts.text('eth.dst')];
  const inPort = context.interfaceName(decided.interface);
  const outPorts = all(draft, 'frame-sent').map((sent) => context.interfaceName(sent.interface));
  const learned = find(draft, 'table-set', ({ table }) => table === 'mac');
  const moved = learned?.before === undefined ? '' : 'now ';
  const note = learned === undefined ? '' : `notes that ${from} is ${moved}behind port ${inPort}. It `;
  const short = learned === undefined ? '' : `; + ${from} on ${inPort}`;
  if (decided.verdict === 'flood') {
    const broadcast = to === 'ff:ff:ff:ff:ff:ff';
    const reason = broadcast ? 'as it is for everybody' : `as it does not know yet where ${to} is`;
    const ports =
      outPorts.length === 1 ? `its only other port, ${outPorts[0]}` : `all other ports: ${list(outPorts)}`;
    const where = outPorts.length === 0 ? 'has no other port to send it to' : `sends ${noun} out of ${ports}`;
    return {
      layer: 'link',
      headline: `${noun.slice(4)} → ${outPorts.join(', ') || 'nobody'} (flood)${short}`,
      sentence: context.capital(`${name} ${note}${where}, ${reason}.`),
      decisions: context.noRow('mac', broadcast ? 'a broadcast is for all ports' : `no row for ${to}`),
      packet: context.packet(decided.frame),
      ...because('switch-flood'),
    };
  }
  const out = outPorts.join(', ');
  const isFirst = context.once(`switched ${draft.node} ${decided.row}`);
  return {
    layer: 'link',
    headline: `${noun.slice(4)} → ${out}${short}`,
    sentence: context.capital(
      isFirst
        ? `${name} ${note}sends ${noun} out of port ${out} alone: its MAC address table has ${to} there.`
        : `${name} ${note}sends ${noun} out of port ${out}, where it knows ${to}.`,
    ),
    decisions: context.decision('mac', decided.row, 'the destination of the frame, learned earlier'),
    packet: context.packet(decided.frame),
    ...because('switch-forward'),
  };
}

/** Those whom a broadcast or a flooded frame did not concern, told together. */
export function discarded(context: Context, drafts: readonly Draft[]): Telling {
  const [first] = drafts as readonly [Draft];
  const facts = context.frames.of(frameOf(first));
  const names = drafts.map(({ node }) => context.name(node));
  const dropped = find(first, 'decided', ({ verdict }) => verdict === 'drop');
  const reason = dropped?.reason ?? 'other-host';
  const target = facts.text('arp.dst.proto_ipv4');
  const noun = packetNoun(context, facts);
  const why = facts.has('arp')
    ? `it asks for ${target}, an address of somebody else`
    : 'it is for another network card';
  const sentence =
    names.length === 1
      ? `${names[0]} gets ${noun} too and discards it: ${why}.`
      : `${list(names)} get ${noun} too and discard it: ${why}.`;
  return {
    layer: 'link',
    headline: `${noun.slice(4)} discarded: not for ${names.length === 1 ? 'this machine' : `these ${names.length} machines`}`,
    sentence: context.capital(sentence),
    drop: { reason, ...DROP_REASONS[reason], harmless: true },
    ...because('arp-discard'),
  };
}

/** The link takes a frame away. */
export function lost(context: Context, event: EventOf<'frame-lost'>): Telling {
  const facts = context.frames.of(event.frame);
  const noun = packetNoun(context, facts);
  const link = context.world.links.find(({ ends }) => ends.includes(event.interface));
  const far = link?.ends.find((end) => end !== event.interface) ?? -1;
  const reason = DROP_REASONS[event.reason];
  return {
    layer: 'link',
    headline: `${noun.slice(4)} lost: ${event.reason}`,
    sentence: context.capital(
      `${noun} dies between ${context.place(event.interface)} and ${context.place(far)}: ${uncapital(reason.sentence)}`,
    ),
    packet: context.packet(event.frame),
    drop: { reason: event.reason, ...reason, harmless: false },
    why: { text: reason.sentence, rfc: reason.rfc },
  };
}

/** For the middle of a sentence. */
export function uncapital(sentence: string): string {
  return /^(The|No|Nothing|Nobody|Too|Every|This|A|An|Echo|Routers) /.test(sentence)
    ? sentence.charAt(0).toLowerCase() + sentence.slice(1)
    : sentence;
}
