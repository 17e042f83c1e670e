// IPv4: is the packet sound, is it mine, where does it go? Receives and forwards; the way out is in `ipv4-output.ts`.
// Reading list: RFC 791, RFC 1122 §3.2–3.3 (hosts), RFC 1812 §5 (routers), RFC 1624 (the sum on the way).

import { IPV4_BROADCAST, type Ipv4, inPrefix, isLoopback, isMulticast } from '../base/address.js';
import { updateChecksum } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { ETHERNET_HEADER } from '../wire/ethernet.js';
import { PROTOCOL, TIME_EXCEEDED, UNREACHABLE } from '../wire/iana.js';
import { IPV4_HEADER, ipv4 } from '../wire/ipv4.js';
import type { Context } from './context.js';
import { ForwardingCache } from './forwarding-cache.js';
import { Icmp } from './icmp.js';
import {
  badOptionAt,
  hasSourceRoute,
  headerSumFits,
  isBadSource,
  isFragment,
  isGroup,
} from './ipv4-header.js';
import { Ipv4Output, type SendingLayer } from './ipv4-output.js';
import type { Ipv4Protocol, Ipv4Service, SendError, SendOptions } from './ipv4-packet.js';
import { PAYLOAD_OFFSET, PacketInHand } from './ipv4-packet.js';
import type { Nat } from './nat.js';
import { NeighborCache } from './neighbor.js';
import { DEFAULT_MTU, type NetworkInterface } from './network-interface.js';
import { type PathMtu, PathMtuCache } from './path-mtu.js';
import { Reassembler } from './reassembly.js';
import { RoutingTable } from './route.js';

/** Up to so many interfaces, looking through them is quicker than a set. */
const FEW_PORTS = 4;

const { headerWords, totalLength, ttl, protocol, source, destination } = ipv4.fields;

export class Ipv4Layer implements Ipv4Service, SendingLayer {
  readonly context: Context;
  readonly routes: RoutingTable;
  readonly icmp: Icmp;
  readonly ports: NetworkInterface[] = [];
  readonly forwarding: boolean;
  nat: Nat | null = null;

  /** By the interface's place; made when first asked for, because most interfaces of a big network idle. */
  private readonly neighbors: NeighborCache[] = [];
  /** Our addresses, when there are so many that looking through the interfaces would take longer. */
  private own: Set<Ipv4> | null = null;
  /** By protocol number. */
  private readonly protocols: (Ipv4Protocol | undefined)[] = [];
  private forwarded: ForwardingCache | null = null;
  private spare: PacketInHand | null = null;
  private reassembler: Reassembler | null = null;
  private pathMtus: PathMtuCache | null = null;
  private readonly output: Ipv4Output;

  constructor(context: Context, forwarding: boolean) {
    this.context = context;
    this.forwarding = forwarding;
    this.routes = new RoutingTable(context.recorder, context.node);
    this.output = new Ipv4Output(this);
    this.icmp = new Icmp(this);
    this.protocols[PROTOCOL.icmp] = this.icmp;
  }

  addProtocol(number: number, handler: Ipv4Protocol): void {
    this.protocols[number] = handler;
  }

  protocolFor(number: number): Ipv4Protocol | undefined {
    return this.protocols[number];
  }

  /** Adds an interface; its own network becomes a connected route once it has an address. */
  addPort(port: NetworkInterface): void {
    this.ports.push(port);
  }

  /** Says that an interface now has its address. */
  portConfigured(port: NetworkInterface): void {
    this.own = null;
    if (port.prefix === null) return;
    this.routes.add({ prefix: port.prefix, gateway: 0, port, source: 'connected', metric: 0 });
  }

  neighborsOf(port: NetworkInterface): NeighborCache {
    return this.neighbors[port.index] ?? this.newNeighborCache(port);
  }

  /** Apart from the way that every packet goes, which would otherwise make room for the closure each time. */
  private newNeighborCache(port: NetworkInterface): NeighborCache {
    const cache = new NeighborCache(port, (where, frame, forwarded) =>
      this.neighborUnresolved(where, frame, forwarded),
    );
    this.neighbors[port.index] = cache;
    return cache;
  }

  /** Is this one of our addresses? */
  isLocal(address: Ipv4): boolean {
    const { ports } = this;
    if (ports.length > FEW_PORTS) return this.isAmongMany(address);
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i] as NetworkInterface;
      if (port.address === address && port.prefix !== null) return true;
    }
    return isLoopback(address);
  }

  private isAmongMany(address: Ipv4): boolean {
    if (this.own === null) {
      this.own = new Set();
      for (const port of this.ports) if (port.prefix !== null) this.own.add(port.address);
    }
    return this.own.has(address) || isLoopback(address);
  }

  // ---- in ----

  /** A frame with EtherType IPv4 has arrived. Takes the frame over. */
  receive(port: NetworkInterface, frame: Frame): void {
    const { u8, view } = frame;
    const base = frame.start + ETHERNET_HEADER;
    const available = frame.length - ETHERNET_HEADER;
    // Is the header sound? RFC 1812 §5.2.2, RFC 1122 §3.2.1.
    if (available < IPV4_HEADER) return this.drop(port, frame, 'ipv4-truncated');
    if (u8[base] >> 4 !== 4) return this.drop(port, frame, 'ipv4-bad-version');
    const headerLength = (u8[base] & 15) << 2;
    if (headerLength < IPV4_HEADER || headerLength > available) {
      return this.drop(port, frame, 'ipv4-bad-header-length');
    }
    if (!headerSumFits(frame, base, headerLength)) return this.drop(port, frame, 'ipv4-bad-checksum');
    const total = totalLength.get(view, base);
    if (total < headerLength || total > available) return this.drop(port, frame, 'ipv4-bad-total-length');
    const from = source.get(view, base);
    const to = destination.get(view, base);
    if (isBadSource(from, port)) return this.drop(port, frame, 'ipv4-bad-source');
    if (to >>> 24 === 0 || isLoopback(to)) return this.drop(port, frame, 'ipv4-bad-destination');
    if (headerLength > IPV4_HEADER) {
      const wrong = badOptionAt(u8, base, headerLength);
      if (wrong > 0) return this.refuse(port, frame, base, 'ipv4-bad-options', 12, 0, wrong << 24, -1);
    }

    // Is it for everybody here?
    if (isGroup(to, port)) return this.deliver(port, frame, base, headerLength, total, from, to);
    // A packet for one machine in a frame for all of them is a mistake (RFC 1122 §3.3.6, RFC 1812 §5.3.4).
    if (!port.isAddressed(frame)) return this.drop(port, frame, 'ipv4-link-broadcast');
    // Only who asks all for its address has none itself (RFC 1122 §3.2.1.3).
    if (from === 0) return this.drop(port, frame, 'ipv4-bad-source');
    if (this.nat?.isOutside(port)) return this.receiveThroughNat(this.nat, port, frame, base, to);
    // Did one go there lately? Then it is not mine.
    const known = to === port.address ? undefined : this.forwarded?.find(to, this.routes.version);
    if (known !== undefined) return this.forward(port, frame, base, headerLength, to, known);
    // Is it mine?
    if (to === port.address || this.isLocal(to)) {
      if (this.nat?.isExternal(to) && this.hairpin(this.nat, port, frame, base, headerLength)) return;
      this.deliver(port, frame, base, headerLength, total, from, to);
      return;
    }
    if (this.forwarding) this.forwardFirst(port, frame, base, headerLength, to);
    else this.drop(port, frame, port.prefix === null ? 'no-address' : 'ipv4-other-host');
  }

  /** As `forward`, for the first packet to a destination in a while: the next ones go the same way. */
  private forwardFirst(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    to: Ipv4,
  ): void {
    const { routes } = this;
    const route = routes.lookup(to);
    if (route !== undefined && !routes.isShort) {
      this.forwarded ??= new ForwardingCache();
      this.forwarded.keep(to, route, routes.version);
    }
    this.forward(port, frame, base, headerLength, to, route);
  }

  /** A packet from outside: what is not for the translator's own address there has no row. Takes the frame over. */
  private receiveThroughNat(nat: Nat, port: NetworkInterface, frame: Frame, start: number, to: Ipv4): void {
    if (to !== port.address) return this.dropUnmatched(nat, port, frame);
    let packet: Frame | null = frame;
    let base = start;
    // Later fragments have no ports: the packet is put together first (RFC 4787 REQ-14).
    if (isFragment(frame.view, base)) {
      const header = headerWords.get(frame.view, base) * 4;
      this.reassembler ??= new Reassembler(this);
      packet = this.reassembler.receive(port, frame, base, header, totalLength.get(frame.view, base));
      if (packet === null) return;
      base = packet.start + ETHERNET_HEADER;
    }
    const { view } = packet;
    const headerLength = headerWords.get(view, base) * 4;
    const total = totalLength.get(view, base);
    const row = nat.findOutside(packet, base, headerLength);
    if (row !== undefined) {
      // An error about it must quote it as it came, so the time to live is looked at before the translation.
      if (ttl.get(view, base) <= 1) {
        return this.refuse(port, packet, base, 'ipv4-ttl-exceeded', 11, TIME_EXCEEDED.inTransit, 0, -1);
      }
      nat.receiveOutside(port, packet, base, headerLength, row);
      this.forward(port, packet, base, headerLength, destination.get(view, base));
      return;
    }
    const from = source.get(view, base);
    const handler = this.protocols[protocol.get(view, base)];
    if (handler?.accepts(view, base + headerLength, total - headerLength, from, port.address)) {
      this.deliverWhole(port, packet, base, headerLength, total, from, port.address);
      return;
    }
    this.dropUnmatched(nat, port, packet);
  }

  /**
   * From inside to our own address outside, where a row stands for another inside host: translated both ways, so that
   * each sees the other as from outside (RFC 4787 REQ-9). False: it is for the router itself.
   */
  private hairpin(
    nat: Nat,
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
  ): boolean {
    if (isFragment(frame.view, base)) return false;
    const row = nat.findHairpin(frame, base, headerLength);
    if (row === undefined) return false;
    const refused = nat.sendOutside(port, frame, base, headerLength);
    if (refused !== null) this.drop(port, frame, refused, 'nat');
    else {
      nat.receiveOutside(port, frame, base, headerLength, row);
      this.forward(port, frame, base, headerLength, destination.get(frame.view, base));
    }
    return true;
  }

  private dropUnmatched(nat: Nat, port: NetworkInterface, frame: Frame): void {
    nat.unmatched++;
    this.drop(port, frame, 'nat-no-entry', 'nat');
  }

  private deliver(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    total: number,
    from: Ipv4,
    to: Ipv4,
  ): void {
    const { view } = frame;
    if (isFragment(view, base)) {
      this.reassembler ??= new Reassembler(this);
      const whole = this.reassembler.receive(port, frame, base, headerLength, total);
      if (whole !== null) {
        const start = whole.start + ETHERNET_HEADER;
        const header = headerWords.get(whole.view, start) * 4;
        this.deliverWhole(port, whole, start, header, whole.length - ETHERNET_HEADER, from, to);
      }
      return;
    }
    this.deliverWhole(port, frame, base, headerLength, total, from, to);
  }

  private deliverWhole(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    total: number,
    from: Ipv4,
    to: Ipv4,
  ): void {
    const { recorder, frames } = this.context;
    // Which protocol?
    const number = protocol.get(frame.view, base);
    const handler = this.protocols[number];
    if (handler === undefined) {
      return this.refuse(port, frame, base, 'protocol-unreachable', 3, UNREACHABLE.protocol, 0, -1);
    }
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'ipv4', 'deliver', frame);
    // A program that injects a frame while it is called has its packet beside ours.
    const packet = this.spare ?? new PacketInHand();
    this.spare = null;
    packet.port = port;
    packet.frame = frame;
    packet.header = base;
    packet.payload = base + headerLength;
    packet.length = total - headerLength;
    packet.source = from;
    packet.destination = to;
    packet.group = isGroup(to, port);
    const isDone = handler.receive(packet);
    this.spare = packet;
    if (isDone) frames.release(frame);
  }

  // ---- through ----

  /** RFC 1812 §5.2.1: a router's part. Takes the frame over. */
  private forward(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    to: Ipv4,
    route = this.routes.lookup(to),
  ): void {
    const { view, u8 } = frame;
    if (headerLength > IPV4_HEADER && hasSourceRoute(u8, base, headerLength)) {
      return this.refuse(port, frame, base, 'ipv4-source-route', 3, UNREACHABLE.sourceRouteFailed, 0, -1);
    }
    const hops = u8[base + 8];
    if (hops <= 1) {
      return this.refuse(port, frame, base, 'ipv4-ttl-exceeded', 11, TIME_EXCEEDED.inTransit, 0, -1);
    }
    if (route === undefined) {
      return this.refuse(port, frame, base, 'ipv4-no-route', 3, UNREACHABLE.network, 0, -1);
    }
    const out = route.port;
    if (to === out.broadcast && out.prefix !== null && inPrefix(to, out.prefix)) {
      return this.drop(port, frame, 'ipv4-directed-broadcast');
    }
    const total = totalLength.get(view, base);
    if (total > out.mtu && (u8[base + 6] & 0x40) !== 0) {
      const reason = 'ipv4-fragmentation-needed';
      return this.refuse(
        port,
        frame,
        base,
        reason,
        3,
        UNREACHABLE.fragmentationNeeded,
        out.mtu,
        route.recordedAs,
      );
    }
    if (this.nat?.isOutside(out) && !this.nat.isOutside(port)) {
      if (isFragment(view, base)) {
        this.reassembler ??= new Reassembler(this);
        const whole = this.reassembler.receive(port, frame, base, headerLength, total);
        if (whole === null) return;
        const start = whole.start + ETHERNET_HEADER;
        this.forward(port, whole, start, headerWords.get(whole.view, start) * 4, to);
        return;
      }
      const refused = this.nat.sendOutside(out, frame, base, headerLength);
      if (refused !== null) return this.drop(port, frame, refused, 'nat');
    }
    // One off the time to live; the sum is mended, not made anew (RFC 1141).
    const word = view.getUint16(base + 8);
    view.setUint16(base + 8, word - 0x100);
    view.setUint16(base + 10, updateChecksum(view.getUint16(base + 10), word, word - 0x100));
    frame.touch(ETHERNET_HEADER + IPV4_HEADER);
    // Padding of a short frame stays behind; the next link pads anew.
    frame.length = ETHERNET_HEADER + total;
    if (total > out.mtu) this.output.transmitInPieces(frame, route, to, out.mtu, true);
    else this.output.transmit(frame, route, to, true);
  }

  /** Drops a packet and tells its sender why; `word` is the second one of the ICMP message. */
  private refuse(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    reason: DropReason,
    type: number,
    code: number,
    word: number,
    row: number,
  ): void {
    const { recorder, frames } = this.context;
    const cause = recorder.cause;
    if (recorder.on) recorder.cause = recorder.dropped(port.id, 'ipv4', reason, frame, row);
    this.icmp.sendError(port, frame, base, type, code, word);
    recorder.cause = cause;
    frames.release(frame);
  }

  // ---- out ----

  /** A frame for a payload of `length` bytes at PAYLOAD_OFFSET, to be filled and given to `send`. */
  takeFrame(length: number): Frame {
    return this.context.frames.take(PAYLOAD_OFFSET + length);
  }

  /** The address a packet to this destination would come from; undefined when no route leads there. */
  sourceFor(to: Ipv4): Ipv4 | undefined {
    if (this.isLocal(to)) return to;
    if (to === IPV4_BROADCAST) return this.ports.find((port) => port.prefix !== null)?.address;
    return this.routes.lookup(to)?.port.address;
  }

  /** Is this a broadcast or multicast address, as far as one can tell from here? */
  isGroup(to: Ipv4): boolean {
    return to === IPV4_BROADCAST || isMulticast(to) || to === this.routes.lookup(to)?.port.broadcast;
  }

  /** Longest payload that the first link towards this destination takes, however narrow the path behind it is. */
  linkRoom(to: Ipv4): number {
    return (this.routes.lookup(to)?.port.mtu ?? DEFAULT_MTU) - IPV4_HEADER;
  }

  /** Longest payload that goes to this destination in one piece, as far as one knows (RFC 1191). */
  payloadRoom(to: Ipv4): number {
    const room = this.linkRoom(to);
    const path = this.pathMtus?.find(to);
    return path === undefined ? room : Math.min(room, path.mtu - IPV4_HEADER);
  }

  /** A router has told that packets to this destination must not be longer than `mtu` bytes (RFC 1191 §3). */
  learnPathMtu(to: Ipv4, mtu: number): void {
    if (this.isLocal(to) || this.isGroup(to)) return;
    this.pathMtus ??= new PathMtuCache(this.context);
    this.pathMtus.learn(to, mtu, this.payloadRoom(to) + IPV4_HEADER);
  }

  /** What routers have told about the path to a destination; undefined: nothing, or too long ago. */
  pathMtu(to: Ipv4): PathMtu | undefined {
    return this.pathMtus?.find(to);
  }

  /** Sends the payload in a frame made by `takeFrame`. Takes the frame over, also when it returns an error. */
  send(
    frame: Frame,
    protocolNumber: number,
    to: Ipv4,
    options: SendOptions = DEFAULTS,
  ): SendError | undefined {
    return this.output.send(frame, protocolNumber, to, options);
  }

  /** A packet to ourselves comes in again by the interface that has its address. Takes the frame over. @internal */
  receiveLooped(port: NetworkInterface, frame: Frame): void {
    const { view } = frame;
    const base = frame.start + ETHERNET_HEADER;
    const from = source.get(view, base);
    this.deliverWhole(
      port,
      frame,
      base,
      IPV4_HEADER,
      frame.length - ETHERNET_HEADER,
      from,
      destination.get(view, base),
    );
  }

  private neighborUnresolved(port: NetworkInterface, frame: Frame, forwarded: boolean): void {
    const base = frame.start + ETHERNET_HEADER;
    if (forwarded) {
      // Whoever sent it must know it again.
      if (this.nat?.isOutside(port)) this.nat.undo(frame, base, headerWords.get(frame.view, base) * 4);
      this.icmp.sendError(port, frame, base, 3, UNREACHABLE.host);
      return;
    }
    // Our own packet: the protocol that sent it learns it as from a router (RFC 1122 §3.3.1.1).
    this.icmp.reportOwn(frame, base, 3, UNREACHABLE.host, port.address);
  }

  /** Drops a frame with a reason. Takes the frame over. */
  drop(port: NetworkInterface, frame: Frame, reason: DropReason, layer: 'ipv4' | 'nat' = 'ipv4'): void {
    const { recorder, frames } = this.context;
    if (recorder.on) recorder.dropped(port.id, layer, reason, frame);
    frames.release(frame);
  }
}

const DEFAULTS: SendOptions = {};
