// UDP: ports for programs, a checksum, and nothing else.
// Reading list: RFC 768, RFC 1122 §4.1, RFC 6056 (ephemeral ports).

import { formatIpv4, type Ipv4 } from '../base/address.js';
import { fold, pseudoHeaderSum, sumBytes } from '../base/checksum.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { PROTOCOL, UNREACHABLE } from '../wire/iana.js';
import { UDP_HEADER, udp } from '../wire/udp.js';
import { drawNumber } from './context.js';
import { type Endpoint, EPHEMERAL_HIGH, EPHEMERAL_LOW } from './endpoint.js';
import {
  type IcmpErrorReport,
  type Ipv4Packet,
  type Ipv4Protocol,
  type Ipv4Service,
  PAYLOAD_OFFSET,
  type SendError,
  type SendOptions,
} from './ipv4-packet.js';

/** What a program does with what its socket gets. */
export interface UdpListener {
  /** A datagram. `data` is a view that is valid during the call only. */
  received(data: Uint8Array, from: Endpoint, to: Ipv4): void;
  /** An ICMP error about a datagram that this socket sent to `to`. */
  failed?(error: IcmpErrorReport, to: Endpoint): void;
}

const { sourcePort, destinationPort, length: lengthField, checksum } = udp.fields;

interface UdpRow extends RecordedRow {
  readonly socket: UdpSocket;
}

export class Udp implements Ipv4Protocol {
  private readonly layer: Ipv4Service;
  private sockets: RecordedTable<number, UdpRow> | undefined;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
    layer.addProtocol(PROTOCOL.udp, this);
  }

  /** Opens a socket on a port; 0 takes a free one. Returns EADDRINUSE when the port is taken. */
  open(port: number, listener: UdpListener): UdpSocket | 'EADDRINUSE' {
    this.sockets ??= new RecordedTable(
      this.layer.context.recorder,
      atNode(this.layer.context.node),
      'udp',
      (row) => ({ local: `*:${row.socket.port}` }),
    );
    const chosen = port === 0 ? this.freePort() : port;
    if (chosen === undefined || this.sockets.get(chosen) !== undefined) return 'EADDRINUSE';
    const socket = new UdpSocket(this, this.layer, chosen, listener);
    this.sockets.set(chosen, { socket, recordedAs: -1 });
    return socket;
  }

  /** Open sockets. */
  *list(): Generator<UdpSocket> {
    for (const row of this.sockets?.values() ?? []) yield row.socket;
  }

  /** @internal */
  closed(socket: UdpSocket): void {
    // Closed twice, it must not close the socket that has its port now.
    if (this.sockets?.get(socket.port)?.socket === socket) this.sockets.remove(socket.port, 'closed');
  }

  accepts(view: DataView, payload: number, length: number): boolean {
    return length >= UDP_HEADER && this.sockets?.get(destinationPort.get(view, payload)) !== undefined;
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
    const row = this.sockets?.get(destinationPort.get(view, payload));
    const { recorder } = this.layer.context;
    if (row === undefined) {
      if (recorder.on) recorder.cause = recorder.dropped(port.id, 'udp', 'udp-port-unreachable', frame);
      this.layer.icmp.sendError(port, frame, packet.header, 3, UNREACHABLE.port);
      return true;
    }
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'udp', 'deliver', frame, row.recordedAs);
    const socket = row.socket;
    socket.receivedDatagrams++;
    const data = frame.u8.subarray(payload + UDP_HEADER, payload + size);
    socket.listener.received(data, { address: source, port: sourcePort.get(view, payload) }, destination);
    return true;
  }

  concerns(error: IcmpErrorReport): boolean {
    return this.sockets?.get(sourcePort.get(error.view, error.payload)) !== undefined;
  }

  receiveError(error: IcmpErrorReport): void {
    const row = this.sockets?.get(sourcePort.get(error.view, error.payload));
    const port = destinationPort.get(error.view, error.payload);
    row?.socket.listener.failed?.(error, { address: error.destination, port });
  }

  private freePort(): number | undefined {
    for (let tries = 0; tries < 1000; tries++) {
      const port = drawNumber(this.layer.context, 'udp-port', EPHEMERAL_LOW, EPHEMERAL_HIGH);
      if (this.sockets?.get(port) === undefined) return port;
    }
    return undefined;
  }

  private drop(packet: Ipv4Packet, reason: DropReason): boolean {
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.dropped(packet.port.id, 'udp', reason, packet.frame);
    return true;
  }
}

export class UdpSocket {
  /** The local port. */
  readonly port: number;
  readonly listener: UdpListener;
  sentDatagrams = 0;
  receivedDatagrams = 0;
  private readonly udp: Udp;
  private readonly layer: Ipv4Service;

  constructor(protocol: Udp, layer: Ipv4Service, port: number, listener: UdpListener) {
    this.udp = protocol;
    this.layer = layer;
    this.port = port;
    this.listener = listener;
  }

  /** Sends one datagram. EMSGSIZE: over 65507 bytes. ENETUNREACH: no route. */
  send(data: Uint8Array, to: Endpoint, options?: SendOptions): SendError | undefined {
    const size = UDP_HEADER + data.length;
    if (size > 65515) return 'EMSGSIZE';
    const from = options?.source ?? this.layer.sourceFor(to.address);
    if (from === undefined) {
      const { recorder, node } = this.layer.context;
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
      return 'ENETUNREACH';
    }
    const frame = this.layer.takeFrame(size);
    const { view } = frame;
    const at = frame.start + PAYLOAD_OFFSET;
    sourcePort.set(view, at, this.port);
    destinationPort.set(view, at, to.port);
    lengthField.set(view, at, size);
    checksum.set(view, at, 0);
    frame.u8.set(data, at + UDP_HEADER);
    const sum = fold(sumBytes(frame, at, size) + pseudoHeaderSum(from, to.address, PROTOCOL.udp, size));
    // A sum that would come out as 0 is sent as all ones, since 0 means none (RFC 768).
    checksum.set(view, at, sum === 0xffff ? 0xffff : ~sum & 0xffff);
    this.sentDatagrams++;
    return this.layer.send(frame, PROTOCOL.udp, to.address, options ?? NO_OPTIONS);
  }

  close(): void {
    this.udp.closed(this);
  }

  /** `0.0.0.0:53` as socket lists show it. */
  toString(): string {
    return `${formatIpv4(0)}:${this.port}`;
  }
}

const NO_OPTIONS: SendOptions = {};
