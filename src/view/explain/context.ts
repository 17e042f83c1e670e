// What narrators are given: the story so far, the tables as they stand, what frames say.

import { formatIpv4, parseCidr, parseIpv4 } from '../../base/address.js';
import type { RowView, TableName, TraceEvent, WorldDescription } from '../../trace/events.js';
import type { Trace } from '../../trace/trace.js';
import type { Story } from '../story.js';
import { lookUpRoute, TableFold, type TableRow } from '../tables.js';
import { all, type Draft, find } from './draft.js';
import { type FrameFacts, Frames } from './facts.js';
import type { Decision, StepPacket } from './step.js';
import { TcpNotes } from './tcp-notes.js';
import { bareNames, capital, nodeName } from './words.js';

export class Context {
  readonly story: Story;
  readonly trace: Trace;
  readonly world: WorldDescription;
  readonly frames: Frames;
  /** Tables as they stand before the step that is being told. */
  readonly fold: TableFold;
  readonly tcp: TcpNotes;
  private readonly seenPackets = new Set<string>();
  private readonly owners = new Map<string, number>();
  private readonly told = new Set<string>();
  private readonly contests = new Map<string, Decision[]>();
  private readonly bareNames: ReadonlySet<string>;

  constructor(story: Story) {
    this.story = story;
    this.trace = story.trace;
    this.world = story.trace.world;
    this.frames = new Frames(this.trace);
    this.fold = new TableFold(this.world);
    this.bareNames = bareNames(this.world);
    this.tcp = new TcpNotes(story, this.frames);
    for (const { address, node } of this.world.interfaces) {
      if (address !== undefined) this.owners.set(address.replace(/\/.*/, ''), node);
    }
  }

  /** How the node of a step is called. */
  name(node: number): string {
    return nodeName(this.world, node);
  }

  /** A sentence with a capital where it needs one. */
  capital(sentence: string): string {
    return capital(this.bareNames, sentence);
  }

  /** The node that has an address; undefined when nobody of this world has it. */
  ownerOf(address: string): string | undefined {
    const node = this.owners.get(address);
    return node === undefined ? undefined : this.name(node);
  }

  interfaceName(id: number): string {
    return this.world.interfaces[id]?.name ?? '';
  }

  /** `the home router’s wan` */
  place(id: number): string {
    const port = this.world.interfaces[id];
    return port === undefined ? 'nowhere' : `${this.name(port.node)} (${port.name})`;
  }

  /** The network of an interface of a node: `192.0.2.0/24`; empty without an address. */
  networkOf(node: number, interfaceName: string): string {
    const port = this.world.interfaces.find((one) => one.node === node && one.name === interfaceName);
    const cidr = parseCidr(port?.address ?? '');
    return cidr === undefined ? '' : `${formatIpv4(cidr.prefix.network)}/${cidr.prefix.length}`;
  }

  /** What the frame says that a step is about: the one that left, or else the one that came. */
  factsOf(draft: Draft): FrameFacts {
    return this.frames.of(frameOf(draft));
  }

  /** The frame with a mark whether it has not been shown in this form before. */
  packet(frame: number, open: readonly string[] = []): StepPacket {
    const facts = this.frames.of(frame);
    // Switches and routers show a packet again only when more than MAC addresses and the TTL has changed.
    const addresses = ['ip.src', 'ip.dst', 'udp.srcport', 'udp.dstport', 'tcp.srcport', 'tcp.dstport'];
    const form = [this.trace.packetId(frame), open.join(), ...addresses.map((name) => facts.get(name))].join(
      ' ',
    );
    const fresh = !this.seenPackets.has(form);
    this.seenPackets.add(form);
    return { frame, open, fresh };
  }

  /** The packet of a draft: what it sends. */
  sentPacket(draft: Draft): { packet: StepPacket } | Record<string, never> {
    const sent = find(draft, 'frame-sent');
    return sent === undefined ? {} : { packet: this.packet(sent.frame) };
  }

  /** True the first time a thing is to be mentioned. */
  once(thing: string): boolean {
    if (this.told.has(thing)) return false;
    this.told.add(thing);
    return true;
  }

  // ---- decisions ----

  /** The row that an event set; undefined for −1. */
  rowOf(seq: number): RowView | undefined {
    const event = seq < 0 ? undefined : this.story.events[seq];
    return event?.kind === 'table-set' ? event.after : undefined;
  }

  decision(table: TableName, seq: number, why: string): Decision[] {
    const row = this.rowOf(seq);
    return row === undefined ? [] : [{ table, row, seq, why, losers: [] }];
  }

  /** A look-up that found nothing. */
  noRow(table: TableName, why: string): Decision[] {
    return [{ table, seq: -1, why, losers: [] }];
  }

  /** The contest of all routes of the node for a destination; the same as last time as long as its table is. */
  routeDecision(node: number, row: number, destination: string): Decision[] {
    const rows = this.fold.rows(node, 'route');
    // A row that is set has the greatest seq so far, so these two numbers tell every state of a table from all others.
    const newest = rows.reduce((most, { seq }) => Math.max(most, seq), -1);
    const key = `${node} ${row} ${destination} ${rows.length} ${newest}`;
    let decisions = this.contests.get(key);
    if (decisions === undefined) {
      decisions = this.routeContest(rows, row, destination);
      this.contests.set(key, decisions);
    }
    return decisions;
  }

  private routeContest(rows: readonly TableRow[], row: number, destination: string): Decision[] {
    const target = parseIpv4(destination);
    if (target === undefined) return this.decision('route', row, 'the row that holds the destination');
    const { winner, candidates } = lookUpRoute(rows, target);
    const others = (seq: number) =>
      candidates.filter((one) => one.seq !== seq).map((one) => ({ row: one.row, why: one.why }));
    if (winner === undefined || (row >= 0 && winner.seq !== row)) {
      const found = this.decision('route', row, `the row for ${destination}`);
      if (found.length > 0) return found;
      return [{ table: 'route', seq: -1, why: `no row holds ${destination}`, losers: others(-1) }];
    }
    const why = `longest-prefix match: ${winner.why}`;
    return [{ table: 'route', row: winner.row, seq: winner.seq, why, losers: others(winner.seq) }];
  }

  /** The rows behind `send` and `forward`: the route, and the neighbour's MAC address. */
  wayOut(draft: Draft, destination: string): Decision[] {
    const decided = find(
      draft,
      'decided',
      ({ verdict }) => verdict === 'send' || verdict === 'forward' || verdict === 'hold',
    );
    if (decided === undefined) return [];
    const route = decided.row < 0 ? [] : this.routeDecision(draft.node, decided.row, destination);
    return [...route, ...this.decision('arp', decided.row2, 'the MAC address of the next hop')];
  }
}

/** The frame that a draft sends, holds or has been given; −1 without one. */
export function frameOf(draft: Draft): number {
  const sent = find(draft, 'frame-sent');
  if (sent !== undefined) return sent.frame;
  const held = find(draft, 'held', ({ frame }) => frame >= 0);
  if (held !== undefined) return held.frame;
  const decided = all(draft, 'decided').find(({ frame }) => frame >= 0);
  if (decided !== undefined) return decided.frame;
  return find(draft, 'frame-arrived')?.frame ?? find(draft, 'frame-lost')?.frame ?? -1;
}

/** Where a route leads: to a gateway, or straight to the destination. */
export function nextHopOf(route: RowView | undefined, destination: string): string {
  return route === undefined || route.gateway === 'on-link' ? destination : String(route.gateway);
}

/** The address in an app event's data, as text. */
export function fact(event: Extract<TraceEvent, { kind: 'app' }>, name: string): string {
  return String(event.data[name] ?? '');
}
