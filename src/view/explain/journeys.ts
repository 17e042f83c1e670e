// Grouping steps by who talks to whom: every datagram from machine to machine is a phase of its own; a TCP connection
// with handshake, requests and close is one, and so is a ping or a traceroute with all that comes back.

import type { Story } from '../story.js';
import type { Context } from './context.js';
import { type Draft, find } from './draft.js';
import { packetNoun } from './packet-noun.js';

/**
 * The conversation of every draft, as the number of its first packet. Where nothing is sent at all it is below 0: −1, or
 * −2 − the seq of the activity.
 */
export class Journeys {
  private readonly context: Context;
  private readonly story: Story;
  /** Conversation by packet id, for IP packets only. */
  private readonly ofPacket = new Map<number, number>();
  private readonly ofEvent = new Map<number, number>();
  private readonly packets = new Map<number, number[]>();

  constructor(context: Context, drafts: readonly Draft[]) {
    this.context = context;
    this.story = context.story;
    this.joinPackets();
    for (const draft of drafts) this.assign(draft, this.ownConversation(draft));
    // What leads up to a packet belongs to it: from the end, what has none takes that of the next step of the node.
    const next = new Map<string, number>();
    for (const draft of drafts.toReversed()) {
      // Of the same activity: what another program of the node sends next is another story.
      const activity = this.activityOf(draft);
      const own = this.of(draft);
      if (own >= 0) {
        next.set(`${draft.node}`, own);
        next.set(`${draft.node} ${activity}`, own);
        continue;
      }
      const leadsTo = next.get(activity === undefined ? `${draft.node}` : `${draft.node} ${activity}`);
      // What waits is told with what it waits for.
      const waits = find(draft, 'held') !== undefined ? leadsTo : undefined;
      this.assign(draft, waits ?? this.conversationOfCause(draft) ?? leadsTo ?? -1);
    }
  }

  of(draft: Draft): number {
    const activity = this.activityOf(draft);
    const alone = activity === undefined ? -1 : -2 - activity;
    return this.ofEvent.get(draft.events[0]?.seq ?? -1) ?? alone;
  }

  /** The activity that nothing else began, as its seq. */
  private activityOf(draft: Draft): number | undefined {
    return this.story.outermostOf(draft.events[0]?.seq ?? -1)?.seq;
  }

  /** `A → B: DNS query`, `A → C and back: TCP and HTTP`, `A → C: ping`. */
  title(conversation: number): string {
    const packets = this.packets.get(conversation) ?? [];
    const [first] = packets;
    if (first === undefined) return this.titleAlone(conversation);
    const sightings = this.story.journeyOf(first).map((seq) => this.story.events[seq]);
    const from = this.context.name(sightings[0]?.node ?? 0);
    const facts = this.context.frames.of(frameAt(sightings[0]));
    const way = this.context.capital(`${from} → ${this.destinationOf(first) ?? facts.text('ip.dst')}`);
    const probing = this.probingAt(sightings[0]?.seq ?? -1);
    if (probing !== undefined) return `${way}: ${probing.activity}`;
    if (!facts.has('tcp')) return `${way}: ${packetNoun(this.context, facts).slice(4)}`;
    const hasHttp = packets.some((packet) => {
      const [seq] = this.story.journeyOf(packet);
      return this.context.frames.of(frameAt(this.story.events[seq ?? -1])).has('http');
    });
    return `${way} and back: TCP${hasHttp ? ' and HTTP' : ''}`;
  }

  /** Of a conversation without packets. */
  private titleAlone(conversation: number): string {
    const begun = this.story.events[-2 - conversation];
    if (begun?.kind !== 'activity-begun') return 'Before anything is sent';
    return this.context.capital(`${this.context.name(begun.node)}, without a packet: ${begun.subject}`);
  }

  /** The ping or traceroute an event is due to. */
  private probingAt(seq: number): ReturnType<Story['activityOf']> {
    const activity = this.story.activityOf(seq);
    return activity?.activity === 'ping' || activity?.activity === 'traceroute' ? activity : undefined;
  }

  /** The machine whose address the packet had in the end; translators change it on the way. */
  private destinationOf(packet: number): string | undefined {
    let found: string | undefined;
    for (const seq of this.story.journeyOf(packet)) {
      const owner = this.context.ownerOf(
        this.context.frames.of(frameAt(this.story.events[seq])).text('ip.dst'),
      );
      found = owner ?? found;
    }
    return found;
  }

  /** Segments of one connection belong together, also where a translator has changed their addresses. */
  private joinPackets(): void {
    const byEndpoints = new Map<string, number>();
    const byProbing = new Map<number, number>();
    const seen = new Set<number>();
    for (const event of this.story.events) {
      if (event.kind !== 'frame-sent') continue;
      const packet = this.story.trace.packetId(event.frame);
      const facts = this.context.frames.of(event.frame);
      if (!facts.has('ip')) continue;
      const probing = this.probingAt(event.seq)?.seq;
      if (probing !== undefined) {
        const conversation = byProbing.get(probing) ?? packet;
        byProbing.set(probing, conversation);
        this.ofPacket.set(packet, conversation);
      } else if (!facts.has('tcp')) this.ofPacket.set(packet, packet);
      else {
        const ends = [
          `${facts.text('ip.src')}:${facts.text('tcp.srcport')}`,
          `${facts.text('ip.dst')}:${facts.text('tcp.dstport')}`,
        ];
        const key = ends.sort().join(' ');
        const conversation = this.ofPacket.get(packet) ?? byEndpoints.get(key) ?? packet;
        byEndpoints.set(key, conversation);
        this.ofPacket.set(packet, conversation);
      }
      if (seen.has(packet)) continue;
      seen.add(packet);
      const conversation = this.ofPacket.get(packet) as number;
      const others = this.packets.get(conversation);
      if (others === undefined) this.packets.set(conversation, [packet]);
      else others.push(packet);
    }
  }

  /** What a step sends counts more than what it got; ARP serves the packet that waits for it. */
  private ownConversation(draft: Draft): number {
    let found = -1;
    for (const event of draft.events) {
      if (!('frame' in event) || event.frame < 0) continue;
      const conversation = this.ofPacket.get(this.story.trace.packetId(event.frame));
      if (conversation !== undefined) found = conversation;
    }
    return found >= 0 ? found : (this.conversationOfCause(draft, true) ?? -1);
  }

  private conversationOfCause(draft: Draft, framesOnly = false): number | undefined {
    const hasFrame = draft.events.some((event) => 'frame' in event && event.frame >= 0);
    if (framesOnly && !hasFrame) return undefined;
    const cause = this.story.causeWhere(
      draft.events[0]?.seq ?? -1,
      ({ seq }) => (this.ofEvent.get(seq) ?? -1) >= 0,
    );
    return cause === undefined ? undefined : this.ofEvent.get(cause.seq);
  }

  private assign(draft: Draft, conversation: number): void {
    if (conversation < 0) return;
    for (const { seq } of draft.events) this.ofEvent.set(seq, conversation);
  }
}

function frameAt(event: Story['events'][number] | undefined): number {
  return event !== undefined && 'frame' in event ? event.frame : -1;
}
