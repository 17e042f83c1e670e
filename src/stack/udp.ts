// UDP: which socket is a datagram for? Ports for programs, a checksum, and nothing else.
// Reading list: RFC 768, RFC 1122 §4.1, RFC 6056 (ephemeral ports).

import { type Ipv4, isMulticast } from '../base/address.js';
import { fold, pseudoHeaderSum, sumBytes } from '../base/checksum.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { PROTOCOL, UNREACHABLE } from '../wire/iana.js';
import { UDP_HEADER, udp } from '../wire/udp.js';
import { drawNumber } from './context.js';
import { type Endpoint, EPHEMERAL_HIGH, EPHEMERAL_LOW, formatEndpoint } from './endpoint.js';
import {
  type IcmpErrorReport,
  type Ipv4Packet,
  type Ipv4Protocol,
  type Ipv4Service,
  PAYLOAD_OFFSET,
  type SendError,
  type SendOptions,
} from './ipv4-packet.js';
import { reportedError } from './socket-error.js';
import {
  type SocketLayer,
  type UdpCallError,
  type UdpListener,
  type UdpOptions,
  UdpSocket,
} from './udp-socket.js';

const { sourcePort, destinationPort, length: lengthField, checksum } = udp.fields;

interface UdpRow extends RecordedRow {
  readonly socket: UdpSocket;
  readonly key: string;
}

const NO_ROWS: readonly UdpRow[] = [];

export class Udp implements Ipv4Protocol, SocketLayer {
  private readonly layer: Ipv4Service;
  // Most hosts never open a socket: what is needed for one is made then.
  private byPort: Map<number, UdpRow[]> | undefined;
  private table: RecordedTable<string, UdpRow> | undefined;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
    layer.addProtocol(PROTOCOL.udp, this);
  }

  // ---- what programs ask ----

  /**
   * Opens a socket on a port; 0 takes a free one. EADDRINUSE: the port is taken. EADDRNOTAVAIL: the host does not have
   * the address.
   */
  open(
    port: number,
    listener: UdpListener,
    options: UdpOptions = {},
  ): UdpSocket | 'EADDRINUSE' | 'EADDRNOTAVAIL' {
    const socket = this.make(port, listener, options);
    if (typeof socket !== 'string') this.add(socket);
    return socket;
  }

  /** Opens a socket on a free port that talks with one peer only. */
  connect(
    to: Endpoint,
    listener: UdpListener,
    options: UdpOptions = {},
  ): UdpSocket | UdpCallError | 'EADDRINUSE' {
    const socket = this.make(0, listener, options);
    if (typeof socket === 'string') return socket;
    const error = socket.bindTo(to);
    if (error !== undefined) return error;
    this.add(socket);
    return socket;
  }

  /** Open sockets. */
  *list(): Generator<UdpSocket> {
    for (const row of this.table?.values() ?? []) yield row.socket;
  }

  private make(
    port: number,
    listener: UdpListener,
    options: UdpOptions,
  ): UdpSocket | 'EADDRINUSE' | 'EADDRNOTAVAIL' {
    const { address } = options;
    if (address !== undefined && address !== 0 && !this.layer.isLocal(address)) return 'EADDRNOTAVAIL';
    const chosen = port === 0 ? this.freePort() : port;
    if (chosen === undefined || this.rowsOf(chosen).some(({ socket }) => excludes(socket.options, options)))
      return 'EADDRINUSE';
    return new UdpSocket(this, chosen, listener, options);
  }

  private add(socket: UdpSocket): void {
    const { recorder, node } = this.layer.context;
    this.byPort ??= new Map();
    this.table ??= new RecordedTable(recorder, atNode(node), 'udp', ({ socket: { local, remote } }) => ({
      local: local.address === 0 ? `*:${local.port}` : formatEndpoint(local),
      ...(remote === undefined ? {} : { remote: formatEndpoint(remote) }),
    }));
    const row = { socket, key: this.keyFor(socket), recordedAs: -1 };
    const rows = this.byPort.get(socket.port);
    if (rows === undefined) this.byPort.set(socket.port, [row]);
    else rows.push(row);
    this.table.set(row.key, row);
  }

  /** The port; with the address and a number where others have it too. */
  private keyFor({ port, options: { address } }: UdpSocket): string {
    const name = address === undefined || address === 0 ? String(port) : formatEndpoint({ address, port });
    let key = name;
    for (let count = 2; this.table?.get(key) !== undefined; count++) key = `${name} (${count})`;
    return key;
  }

  // ---- what sockets ask ----

  /** @internal */
  changed(socket: UdpSocket): void {
    const row = this.rowsOf(socket.port).find((candidate) => candidate.socket === socket);
    if (row !== undefined) this.table?.set(row.key, row);
  }

  /** @internal */
  closed(socket: UdpSocket): void {
    const rows = this.byPort?.get(socket.port) ?? [];
    const place = rows.findIndex((row) => row.socket === socket);
    const [row] = rows.splice(place, 1);
    if (rows.length === 0) this.byPort?.delete(socket.port);
    this.table?.remove((row as UdpRow).key, 'closed');
  }

  /** @internal */
  isLocal(address: Ipv4): boolean {
    return this.layer.isLocal(address);
  }

  /** @internal */
  isBroadcast(address: Ipv4): boolean {
    return !isMulticast(address) && this.layer.isGroup(address);
  }

  /** @internal */
  sourceFor(to: Ipv4): Ipv4 | undefined {
    const from = this.layer.sourceFor(to);
    const { recorder, node } = this.layer.context;
    if (from === undefined && recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
    return from;
  }

  /** @internal */
  send(data: Uint8Array, port: number, to: Endpoint, options: SendOptions): SendError | undefined {
    const from = options.source ?? this.sourceFor(to.address);
    if (from === undefined) return 'ENETUNREACH';
    const size = UDP_HEADER + data.length;
    const frame = this.layer.takeFrame(size);
    const { view } = frame;
    const at = frame.start + PAYLOAD_OFFSET;
    sourcePort.set(view, at, port);
    destinationPort.set(view, at, to.port);
    lengthField.set(view, at, size);
    checksum.set(view, at, 0);
    frame.u8.set(data, at + UDP_HEADER);
    const sum = fold(sumBytes(frame, at, size) + pseudoHeaderSum(from, to.address, PROTOCOL.udp, size));
    // A sum that would come out as 0 is sent as all ones, since 0 means none (RFC 768).
    checksum.set(view, at, sum === 0xffff ? 0xffff : ~sum & 0xffff);
    return this.layer.send(frame, PROTOCOL.udp, to.address, options);
  }

  // ---- in ----

  accepts(view: DataView, payload: number, length: number, from: Ipv4, to: Ipv4): boolean {
    if (length < UDP_HEADER) return false;
    const port = destinationPort.get(view, payload);
    return this.find(to, port, from, sourcePort.get(view, payload)) !== undefined;
  }

  receive(packet: Ipv4Packet): boolean {
    const { frame, payload, length, port, source, destination } = packet;
    const { view } = frame;
    if (length < UDP_HEADER) return this.drop(packet, 'udp-truncated');
    const size = lengthField.get(view, payload);
    if (size < UDP_HEADER || size > length) return this.drop(packet, 'udp-bad-length');
    // A checksum of 0 means that the sender made none (RFC 768).
    if (checksum.get(view, payload) !== 0) {
      const sum = sumBytes(frame, payload, size) + pseudoHeaderSum(source, destination, PROTOCOL.udp, size);
      if (fold(sum) !== 0xffff) return this.drop(packet, 'udp-bad-checksum');
    }
    const localPort = destinationPort.get(view, payload);
    const from = { address: source, port: sourcePort.get(view, payload) };
    const row = this.find(destination, localPort, source, from.port);
    if (row === undefined) {
      const { recorder } = this.layer.context;
      if (recorder.on) recorder.cause = recorder.dropped(port.id, 'udp', 'udp-port-unreachable', frame);
      this.layer.icmp.sendError(port, frame, packet.header, 3, UNREACHABLE.port);
      return true;
    }
    if (!packet.group) {
      this.deliver(row, packet, size, from);
      return true;
    }
    // What is for a group is for every socket that it fits.
    for (const each of [...this.rowsOf(localPort)]) {
      if (each.socket.fit(destination, source, from.port) > 0) this.deliver(each, packet, size, from);
    }
    return true;
  }

  private deliver(row: UdpRow, packet: Ipv4Packet, size: number, from: Endpoint): void {
    const { frame, payload, port, destination } = packet;
    const { recorder } = this.layer.context;
    const { socket } = row;
    if (!socket.hasRoom(size - UDP_HEADER)) {
      if (recorder.on) recorder.dropped(port.id, 'udp', 'udp-buffer-full', frame, row.recordedAs);
      return;
    }
    const { cause } = recorder;
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'udp', 'deliver', frame, row.recordedAs);
    socket.deliver(frame.u8.subarray(payload + UDP_HEADER, payload + size), from, destination);
    recorder.cause = cause;
  }

  concerns(error: IcmpErrorReport): boolean {
    return this.quoted(error) !== undefined;
  }

  /** RFC 1122 §4.1.3.3: programs learn what ICMP says about their datagrams. */
  receiveError(error: IcmpErrorReport): void {
    const socket = this.quoted(error)?.socket;
    if (socket === undefined) return;
    const port = destinationPort.get(error.view, error.payload);
    socket.listener.icmpError?.(error, { address: error.destination, port });
    // A socket that talks with many would not know which of them is meant.
    const name = socket.remote === undefined ? undefined : reportedError(error);
    if (name !== undefined) socket.listener.failed?.(name, socket);
  }

  /** The socket that sent what an ICMP error quotes. */
  private quoted({ view, payload, source, destination }: IcmpErrorReport): UdpRow | undefined {
    const localPort = sourcePort.get(view, payload);
    return this.find(source, localPort, destination, destinationPort.get(view, payload));
  }

  /** The socket that fits these endpoints best; among equals the latest. */
  private find(local: Ipv4, localPort: number, remote: Ipv4, remotePort: number): UdpRow | undefined {
    let best: UdpRow | undefined;
    let most = 1;
    for (const row of this.rowsOf(localPort)) {
      const fit = row.socket.fit(local, remote, remotePort);
      if (fit < most) continue;
      most = fit;
      best = row;
    }
    return best;
  }

  private rowsOf(port: number): readonly UdpRow[] {
    return this.byPort?.get(port) ?? NO_ROWS;
  }

  private freePort(): number | undefined {
    for (let tries = 0; tries < 1000; tries++) {
      const port = drawNumber(this.layer.context, 'udp-port', EPHEMERAL_LOW, EPHEMERAL_HIGH);
      if (this.rowsOf(port).length === 0) return port;
    }
    return undefined;
  }

  private drop(packet: Ipv4Packet, reason: DropReason): boolean {
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.dropped(packet.port.id, 'udp', reason, packet.frame);
    return true;
  }
}

/** Can two sockets not have the same port? */
function excludes(one: UdpOptions, other: UdpOptions): boolean {
  if (one.reuse && other.reuse) return false;
  const first = one.address ?? 0;
  const second = other.address ?? 0;
  return first === second || first === 0 || second === 0;
}
