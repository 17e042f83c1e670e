// A UDP socket: what a program can ask of it, and what it is told.
// Reading list: RFC 768, RFC 1122 §4.1.3 (what a host owes its programs), RFC 8085 (how to use it).

import type { Ipv4 } from '../base/address.js';
import { UDP_HEADER } from '../wire/udp.js';
import { type Endpoint, formatEndpoint } from './endpoint.js';
import type { IcmpErrorReport, SendError, SendOptions } from './ipv4-packet.js';
import type { ReportedError } from './socket-error.js';

/**
 * What a program does with what its socket gets. All are optional. Each is called after the datagram or the error that
 * it is about has been handled, so the program may do with any socket what it likes.
 */
export interface UdpListener {
  /** A datagram. `data` is a view that is valid during the call only. Without this, datagrams wait to be read. */
  received?(data: Uint8Array, from: Endpoint, to: Ipv4): void;
  /** There is one more datagram to read. */
  readable?(socket: UdpSocket): void;
  /** ICMP said this about a datagram of a connected socket. The socket remains usable. */
  failed?(error: ReportedError, socket: UdpSocket): void;
  /** An ICMP error, as it came, about a datagram that this socket sent to `to`; connected or not. */
  icmpError?(error: IcmpErrorReport, to: Endpoint): void;
}

/** Options of a socket. */
export interface UdpOptions {
  /** An address of the host: only datagrams to it are taken, and ours come from it. Absent: any of its addresses. */
  readonly address?: Ipv4;
  /** Other sockets that say so too may have the same port. The one that fits a datagram best gets it, then the latest. */
  readonly reuse?: boolean;
  /** Broadcasts may be sent; without it that is EACCES, so that nobody shouts by mistake. */
  readonly broadcast?: boolean;
  /** Bytes that wait to be read, with 8 for the header of each datagram; what comes beyond is dropped. Default 256 KiB. */
  readonly receiveBuffer?: number;
  /** Of every datagram, unless `send` says otherwise: 1 to 255, default 64. */
  readonly ttl?: number;
  /** DSCP and ECN octet of every datagram. */
  readonly trafficClass?: number;
  /** What is too long for a link on its way comes back as EMSGSIZE. */
  readonly dontFragment?: boolean;
}

/** A datagram that was read. */
export interface UdpDatagram {
  readonly data: Uint8Array;
  readonly from: Endpoint;
  /** The address it was sent to. */
  readonly to: Ipv4;
}

/**
 * Why nothing was sent or connected. EADDRNOTAVAIL: not an address of this host, or no port. EACCES: a broadcast.
 * EDESTADDRREQ: to whom? EISCONN: only to the peer. EBADF: the socket is closed. ENETUNREACH: no route. EMSGSIZE: over
 * 65507 bytes, or over what the link takes when it must not be fragmented.
 */
export type UdpCallError = SendError | 'EADDRNOTAVAIL' | 'EACCES' | 'EDESTADDRREQ' | 'EISCONN' | 'EBADF';

/** What a socket needs of the layer it belongs to. */
export interface SocketLayer {
  send(data: Uint8Array, port: number, to: Endpoint, options: SendOptions): SendError | undefined;
  /** The address a datagram to this destination would come from; undefined, and told, when no route leads there. */
  sourceFor(to: Ipv4): Ipv4 | undefined;
  isLocal(address: Ipv4): boolean;
  isBroadcast(address: Ipv4): boolean;
  /** Another local or remote endpoint. */
  changed(socket: UdpSocket): void;
  closed(socket: UdpSocket): void;
}

const DEFAULT_BUFFER = 262144;
/** The data of a UDP datagram in the longest IP packet. */
const MAX_DATA = 65507;
const ANY: Ipv4 = 0;

export class UdpSocket {
  /** The local port. */
  readonly port: number;
  readonly listener: UdpListener;
  readonly options: UdpOptions;
  sentDatagrams = 0;
  receivedDatagrams = 0;
  private readonly layer: SocketLayer;
  /** Our address when connected, otherwise the one it is bound to; 0: any. */
  private address: Ipv4 = ANY;
  private sendOptions: SendOptions = {};
  private peer: Endpoint | undefined;
  private open = true;
  private readonly waiting: UdpDatagram[] = [];
  private waitingBytes = 0;

  constructor(layer: SocketLayer, port: number, listener: UdpListener, options: UdpOptions) {
    this.layer = layer;
    this.port = port;
    this.listener = listener;
    this.options = options;
    this.setAddress(options.address ?? ANY);
  }

  /** Where it gets datagrams; address 0: at any address of the host. */
  get local(): Endpoint {
    return { address: this.address, port: this.port };
  }

  /** With whom it talks, once it is connected. */
  get remote(): Endpoint | undefined {
    return this.peer;
  }

  /** From now on it talks with this peer only, and is told when ICMP says that nobody is there. */
  connect(to: Endpoint): UdpCallError | undefined {
    const error = this.bindTo(to);
    if (error === undefined) this.layer.changed(this);
    return error;
  }

  /** What `connect` does, for a socket that nobody knows yet. @internal */
  bindTo(to: Endpoint): UdpCallError | undefined {
    if (!this.open) return 'EBADF';
    if (to.port === 0) return 'EADDRNOTAVAIL';
    if (this.isForbidden(to.address)) return 'EACCES';
    const address = this.options.address ?? this.layer.sourceFor(to.address);
    if (address === undefined) return 'ENETUNREACH';
    this.setAddress(address);
    this.peer = to;
    return undefined;
  }

  /** Talks with everybody again. */
  disconnect(): void {
    if (this.peer === undefined) return;
    this.peer = undefined;
    this.setAddress(this.options.address ?? ANY);
    if (this.open) this.layer.changed(this);
  }

  /** Sends one datagram, of up to 65507 bytes: to its peer when it is connected, otherwise to `to`. */
  send(data: Uint8Array, to?: Endpoint, options?: SendOptions): UdpCallError | undefined {
    if (!this.open) return 'EBADF';
    const { peer } = this;
    if (to === undefined) {
      if (peer === undefined) return 'EDESTADDRREQ';
      to = peer;
    } else if (peer !== undefined) {
      if (to.address !== peer.address || to.port !== peer.port) return 'EISCONN';
    } else if (this.isForbidden(to.address)) return 'EACCES';
    if (data.length > MAX_DATA) return 'EMSGSIZE';
    // From an address of ours (RFC 1122 §4.1.3.5), or from none by one who is still to get one.
    const source = options?.source ?? ANY;
    if (source !== ANY && !this.layer.isLocal(source)) return 'EADDRNOTAVAIL';
    const all = options === undefined ? this.sendOptions : { ...this.sendOptions, ...options };
    const error = this.layer.send(data, this.port, to, all);
    if (error === undefined) this.sentDatagrams++;
    return error;
  }

  /** The datagram that has waited longest; undefined when none waits. */
  read(): UdpDatagram | undefined {
    const datagram = this.waiting.shift();
    if (datagram !== undefined) this.waitingBytes -= UDP_HEADER + datagram.data.length;
    return datagram;
  }

  /** Bytes that wait to be read, with 8 for each datagram. */
  get available(): number {
    return this.waitingBytes;
  }

  /** What waits to be read is gone, and the port is free again. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.waiting.length = 0;
    this.waitingBytes = 0;
    this.layer.closed(this);
  }

  /** `0.0.0.0:53` as socket lists show it. */
  toString(): string {
    return formatEndpoint(this.local);
  }

  // ---- for the layer ----

  /** How well what passes between these endpoints fits this socket; 0: not at all. @internal */
  fit(local: Ipv4, remote: Ipv4, remotePort: number): number {
    const { address, peer } = this;
    if (!this.open) return 0;
    if (address !== ANY && address !== local) return 0;
    if (peer === undefined) return address === ANY ? 1 : 2;
    return peer.address === remote && peer.port === remotePort ? 3 : 0;
  }

  /** Is there room for a datagram with so many bytes of data? @internal */
  hasRoom(size: number): boolean {
    if (this.listener.received !== undefined) return true;
    return this.waitingBytes + UDP_HEADER + size <= (this.options.receiveBuffer ?? DEFAULT_BUFFER);
  }

  /** A datagram for this socket; there is room for it. @internal */
  deliver(data: Uint8Array, from: Endpoint, to: Ipv4): void {
    this.receivedDatagrams++;
    const { listener } = this;
    if (listener.received !== undefined) {
      listener.received(data, from, to);
      return;
    }
    this.waiting.push({ data: data.slice(), from, to });
    this.waitingBytes += UDP_HEADER + data.length;
    listener.readable?.(this);
  }

  private setAddress(address: Ipv4): void {
    this.address = address;
    const { ttl, trafficClass, dontFragment } = this.options;
    this.sendOptions = {
      ...(address === ANY ? {} : { source: address }),
      ...(ttl === undefined ? {} : { ttl }),
      ...(trafficClass === undefined ? {} : { trafficClass }),
      ...(dontFragment === undefined ? {} : { dontFragment }),
    };
  }

  private isForbidden(to: Ipv4): boolean {
    return !this.options.broadcast && this.layer.isBroadcast(to);
  }
}
