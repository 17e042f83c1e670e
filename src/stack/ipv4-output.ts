// The way out of a box: a header in front of our own packets, fragments where the way is too narrow, and the next hop.
// Reading list: RFC 791 §3.2, RFC 1122 §3.3.1 (which way), RFC 1112 §6.4 (groups), RFC 1191 §3 (how long).

import { IPV4_BROADCAST, type Ipv4, isMulticast } from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { atNode } from '../trace/recorder.js';
import { ETHERNET_HEADER, ethernet } from '../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { IPV4_DEFAULT_TTL } from '../wire/ipv4.js';
import type { Context } from './context.js';
import { drawNumber } from './context.js';
import { Fragmenter } from './fragments.js';
import { isGroup, writeIpv4Header } from './ipv4-header.js';
import type { SendError, SendOptions } from './ipv4-packet.js';
import { Loopback } from './loopback.js';
import type { Nat } from './nat.js';
import type { NeighborCache } from './neighbor.js';
import type { NetworkInterface } from './network-interface.js';
import type { PathMtu } from './path-mtu.js';
import type { Route, RoutingTable } from './route.js';

const MAX_PACKET = 65535;

/** What sending needs of the layer it belongs to. */
export interface SendingLayer {
  readonly context: Context;
  readonly routes: RoutingTable;
  readonly ports: readonly NetworkInterface[];
  readonly nat: Nat | null;
  isLocal(address: Ipv4): boolean;
  neighborsOf(port: NetworkInterface): NeighborCache;
  pathMtu(to: Ipv4): PathMtu | undefined;
  /** A packet of ours to ourselves comes in. Takes the frame over. */
  receiveLooped(port: NetworkInterface, frame: Frame): void;
}

export class Ipv4Output {
  private readonly layer: SendingLayer;
  private readonly context: Context;
  private fragmenter: Fragmenter | null = null;
  private loopback: Loopback | null = null;
  private nextIdentification = -1;

  constructor(layer: SendingLayer) {
    this.layer = layer;
    this.context = layer.context;
  }

  /** Sends a packet of ours whose payload is in place. Takes the frame over, also when it returns an error. */
  send(frame: Frame, protocol: number, to: Ipv4, options: SendOptions): SendError | undefined {
    const { layer } = this;
    const { recorder, frames, node } = this.context;
    const { view } = frame;
    const base = frame.start + ETHERNET_HEADER;
    const total = frame.length - ETHERNET_HEADER;
    const local = layer.isLocal(to);
    const route = local ? undefined : this.routeOut(to, options.source);
    if (!local && route === undefined) {
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
      frames.release(frame);
      return 'ENETUNREACH';
    }
    if (total > MAX_PACKET) {
      frames.release(frame);
      return 'EMSGSIZE';
    }
    const from = options.source ?? (route === undefined ? to : route.port.address);
    const first = 0x45000000 | ((options.trafficClass ?? 0) << 16) | total;
    const second = (this.takeIdentification() << 16) | (options.dontFragment ? 0x4000 : 0);
    const third = ((options.ttl ?? IPV4_DEFAULT_TTL) << 24) | (protocol << 16);
    writeIpv4Header(view, base, first, second, third, from, to);
    frame.touch(frame.length);
    if (route === undefined) {
      this.loopBack(frame, to);
      return undefined;
    }
    if (protocol === PROTOCOL.icmp && layer.nat?.isOutside(route.port))
      layer.nat.sendOwnOutside(route.port, frame, base);
    const path = layer.pathMtu(to);
    const mtu = path === undefined ? route.port.mtu : Math.min(path.mtu, route.port.mtu);
    if (total > mtu && options.dontFragment) {
      if (recorder.on)
        recorder.dropped(route.port.id, 'ipv4', 'ipv4-fragmentation-needed', null, route.recordedAs);
      frames.release(frame);
      return 'EMSGSIZE';
    }
    if (total > mtu) this.transmitInPieces(frame, route, to, mtu, false);
    else this.transmit(frame, route, to, false);
    return undefined;
  }

  /** To the next hop, in fragments of up to `mtu` bytes. Takes the frame over. */
  transmitInPieces(frame: Frame, route: Route, to: Ipv4, mtu: number, forwarded: boolean): void {
    this.fragmenter ??= new Fragmenter(this.context);
    for (const piece of this.fragmenter.split(frame, mtu)) this.transmit(piece, route, to, forwarded);
  }

  /** To the next hop. Takes the frame over. */
  transmit(frame: Frame, route: Route, to: Ipv4, forwarded: boolean): void {
    const { port } = route;
    if (isGroup(to, port)) {
      this.transmitToGroup(frame, port, to, route.recordedAs);
      return;
    }
    const nextHop = route.gateway === 0 ? to : route.gateway;
    this.layer.neighborsOf(port).send(frame, nextHop, forwarded, route.recordedAs);
  }

  private transmitToGroup(frame: Frame, port: NetworkInterface, to: Ipv4, row: number): void {
    const { recorder } = this.context;
    // RFC 1112 §6.4: the low 23 bits of a group address go into the MAC address.
    const mac = isMulticast(to) ? 0x01005e000000 + (to & 0x7fffff) : 0xffffffffffff;
    ethernet.write(frame.view, frame.start, {
      destination: mac,
      source: port.mac,
      etherType: ETHERTYPE.ipv4,
    });
    frame.touch(ETHERNET_HEADER);
    if (recorder.on) frame.cause = recorder.decided(port.id, 'ipv4', 'send', frame, row);
    port.transmit(frame);
  }

  /** The route for a packet of ours; broadcasts leave by the interface that has the source address. */
  private routeOut(to: Ipv4, from: Ipv4 | undefined): Route | undefined {
    if (to !== IPV4_BROADCAST) return this.layer.routes.lookup(to);
    const port = this.layer.ports.find(
      (candidate) => from === undefined || from === 0 || candidate.address === from,
    );
    if (port === undefined) return undefined;
    return {
      prefix: { network: IPV4_BROADCAST, length: 32 },
      gateway: 0,
      port,
      source: 'connected',
      metric: 0,
      recordedAs: -1,
    };
  }

  /** A packet to ourselves comes in again by the interface that has the address. Takes the frame over. */
  private loopBack(frame: Frame, to: Ipv4): void {
    const { context, layer } = this;
    const port = layer.ports.find((candidate) => candidate.address === to) ?? layer.ports[0];
    if (port === undefined) {
      const { recorder, frames, node } = context;
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'no-address', null);
      frames.release(frame);
      return;
    }
    this.loopback ??= new Loopback(context, (where, looped) => layer.receiveLooped(where, looped));
    this.loopback.send(port, frame);
  }

  private takeIdentification(): number {
    const pinned = this.context.takePin('ip-id');
    if (pinned !== undefined) return pinned;
    if (this.nextIdentification < 0) this.nextIdentification = drawNumber(this.context, 'ip-id', 0, 0xffff);
    const id = this.nextIdentification;
    this.nextIdentification = (id + 1) & 0xffff;
    return id;
  }
}
