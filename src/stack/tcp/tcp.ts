// The TCP layer of a host: which connection is a segment for? Listeners, ports, initial sequence numbers, resets.
// Reading list: RFC 9293 §3.10.7.1–3.10.7.2 (CLOSED, LISTEN), §3.5.2 (resets), RFC 6528 (ISN), RFC 6056 (ports).

import type { Ipv4 } from '../../base/address.js';
import { fold, pseudoHeaderSum, sumBytes } from '../../base/checksum.js';
import { Hash } from '../../base/hash.js';
import { seqAdd } from '../../base/sequence.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import { PROTOCOL } from '../../wire/iana.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../../wire/tcp.js';
import { findMss, findWindowScale, type TcpOption, writeTcpOptions } from '../../wire/tcp-options.js';
import { type Context, drawNumber } from '../context.js';
import { type Endpoint, EPHEMERAL_HIGH, EPHEMERAL_LOW, formatEndpoint } from '../endpoint.js';
import {
  type IcmpErrorReport,
  type Ipv4Packet,
  type Ipv4Protocol,
  type Ipv4Service,
  PAYLOAD_OFFSET,
} from '../ipv4-packet.js';
import {
  type ConnectionLayer,
  TcpConnection,
  type TcpListener,
  type TcpOptions,
  type TcpState,
} from './connection.js';
import { has, readSegment, segmentEnd, type TcpSegment } from './segment.js';
import { segmentArrives } from './segment-arrives.js';

/** A program that waits for connections on a port. */
export interface TcpAcceptor {
  /** A connection is coming in; what is returned is told about it. */
  accept(remote: Endpoint): TcpListener;
  readonly options?: TcpOptions;
  /** Connections whose handshake is not done yet; more are turned away. Default 128. */
  readonly backlog?: number;
}

interface ListenRow extends RecordedRow {
  readonly port: number;
  readonly acceptor: TcpAcceptor;
  opening: number;
}

interface ConnectionRow extends RecordedRow {
  readonly connection: TcpConnection;
}

const DEFAULT_BACKLOG = 128;
const { sourcePort, destinationPort, sequence, acknowledgment, dataOffset, window, checksum, urgentPointer } =
  tcp.fields;

export class Tcp implements Ipv4Protocol, ConnectionLayer, TimerOwner {
  readonly context: Context;
  private readonly layer: Ipv4Service;
  private listeners: RecordedTable<number, ListenRow> | undefined;
  private connections: RecordedTable<string, ConnectionRow> | undefined;
  /** The same connections, by local port and then by remote endpoint: the way of every segment. */
  private readonly byPort = new Map<number, Map<number, TcpConnection>>();
  private isnSecret = 0;
  /** Connections that a program has given something to do outside a segment's handling. */
  private due: TcpConnection[] = [];
  private handling: TcpConnection | null = null;
  private readonly dueTimer: Timer;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
    this.context = layer.context;
    this.dueTimer = this.context.timer(this, 'tcp output');
    layer.addProtocol(PROTOCOL.tcp, this);
  }

  // ---- calls ----

  /** Opens a connection. EADDRINUSE: no port is free. */
  connect(
    to: Endpoint,
    listener: TcpListener,
    options: TcpOptions = {},
  ): TcpConnection | 'ENETUNREACH' | 'EADDRINUSE' {
    const from = this.layer.sourceFor(to.address);
    if (from === undefined) {
      const { recorder, node } = this.context;
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
      return 'ENETUNREACH';
    }
    const port = this.freePort(to);
    if (port === undefined) return 'EADDRINUSE';
    const local = { address: from, port };
    const connection = new TcpConnection(this, local, to, listener, false, options);
    this.remember(connection);
    connection.connect(this.initialSequence(local, to));
    return connection;
  }

  /** Waits for connections on a port. */
  listen(port: number, acceptor: TcpAcceptor): 'EADDRINUSE' | undefined {
    this.listeners ??= new RecordedTable(this.context.recorder, atNode(this.context.node), 'tcp', (row) => ({
      local: `*:${row.port}`,
      remote: '*',
      state: 'LISTEN',
    }));
    if (this.listeners.get(port) !== undefined) return 'EADDRINUSE';
    this.listeners.set(port, { port, acceptor, opening: 0, recordedAs: -1 });
    return undefined;
  }

  stopListening(port: number): void {
    this.listeners?.remove(port, 'closed');
  }

  /** All connections, TIME-WAIT included. */
  *list(): Generator<TcpConnection> {
    for (const row of this.connections?.values() ?? []) yield row.connection;
  }

  *listeningPorts(): Generator<number> {
    for (const row of this.listeners?.values() ?? []) yield row.port;
  }

  // ---- in ----

  accepts(view: DataView, payload: number, length: number, from: Ipv4): boolean {
    if (length < TCP_HEADER) return false;
    const port = destinationPort.get(view, payload);
    return (
      this.listeners?.get(port) !== undefined ||
      this.find(port, from, sourcePort.get(view, payload)) !== undefined
    );
  }

  receive(packet: Ipv4Packet): boolean {
    const { frame, payload, length, source, destination } = packet;
    const { view, u8 } = frame;
    // Is it whole, undamaged, and for us alone?
    if (length < TCP_HEADER) return this.drop(packet, 'tcp-truncated');
    const headerLength = dataOffset.get(view, payload) * 4;
    if (headerLength < TCP_HEADER || headerLength > length) return this.drop(packet, 'tcp-bad-header-length');
    const sum = sumBytes(frame, payload, length) + pseudoHeaderSum(source, destination, PROTOCOL.tcp, length);
    if (fold(sum) !== 0xffff) return this.drop(packet, 'tcp-bad-checksum');
    if (packet.group) return this.drop(packet, 'tcp-bad-destination');
    const segment = readSegment(u8, view, payload, headerLength, length);
    const remote = { address: source, port: sourcePort.get(view, payload) };
    const local = { address: destination, port: destinationPort.get(view, payload) };
    // Which connection?
    const connection = this.find(local.port, remote.address, remote.port);
    if (connection !== undefined) {
      this.arrivesAt(connection, packet, segment);
      return true;
    }
    // §3.10.7.2 LISTEN, and a reset is nothing to either.
    const row = this.listeners?.get(local.port);
    if (row !== undefined) return this.arrivesInListen(row, packet, segment, local, remote);
    return this.arrivesInClosed(packet, segment, local, remote);
  }

  receiveError(error: IcmpErrorReport): void {
    const { view, payload } = error;
    const connection = this.find(
      sourcePort.get(view, payload),
      error.destination,
      destinationPort.get(view, payload),
    );
    connection?.icmpError(error);
  }

  private arrivesAt(connection: TcpConnection, packet: Ipv4Packet, segment: TcpSegment): void {
    const { recorder } = this.context;
    const row = recorder.on
      ? this.connections?.get(connectionKey(connection.local, connection.remote))
      : undefined;
    if (recorder.on)
      recorder.cause = recorder.decided(
        packet.port.id,
        'tcp',
        'deliver',
        packet.frame,
        row?.recordedAs ?? -1,
      );
    // A new SYN for a connection in TIME-WAIT begins anew (RFC 9293 §3.10.7.4, RFC 1122 §4.2.2.13).
    if (connection.state === 'TIME-WAIT' && isNewIncarnation(connection, segment)) {
      const listening = this.listeners?.get(connection.local.port);
      if (listening !== undefined) {
        connection.finish();
        this.arrivesInListen(listening, packet, segment, connection.local, connection.remote);
        return;
      }
    }
    this.handling = connection;
    const arrival = segmentArrives(connection, segment);
    this.handling = null;
    if (arrival !== 'taken' && recorder.on) recorder.dropped(packet.port.id, 'tcp', arrival, packet.frame);
    if (connection.state !== 'CLOSED') connection.output();
  }

  private arrivesInListen(
    row: ListenRow,
    packet: Ipv4Packet,
    segment: TcpSegment,
    local: Endpoint,
    remote: Endpoint,
  ): boolean {
    if (has(segment, TCP_FLAG.rst)) return this.drop(packet, 'tcp-unexpected');
    if (has(segment, TCP_FLAG.ack)) return this.refuse(packet, segment, local, remote);
    if (!has(segment, TCP_FLAG.syn)) return this.drop(packet, 'tcp-unexpected');
    if (row.opening >= (row.acceptor.backlog ?? DEFAULT_BACKLOG))
      return this.drop(packet, 'tcp-backlog-full');
    const { recorder } = this.context;
    if (recorder.on)
      recorder.cause = recorder.decided(packet.port.id, 'tcp', 'deliver', packet.frame, row.recordedAs);
    row.opening++;
    const listener = row.acceptor.accept(remote);
    const connection = new TcpConnection(this, local, remote, listener, true, row.acceptor.options ?? {});
    this.remember(connection);
    connection.receiver.begin(segment.sequence);
    connection.agree(findMss(segment.options), findWindowScale(segment.options));
    connection.sender.offered(segment.window, segment.sequence, segment.acknowledgment);
    connection.accept(this.initialSequence(local, remote));
    return true;
  }

  /** §3.10.7.1: nobody is here. Everything but a reset is answered with one. */
  private arrivesInClosed(
    packet: Ipv4Packet,
    segment: TcpSegment,
    local: Endpoint,
    remote: Endpoint,
  ): boolean {
    if (has(segment, TCP_FLAG.rst)) return this.drop(packet, 'tcp-no-connection');
    return this.refuse(packet, segment, local, remote);
  }

  private refuse(packet: Ipv4Packet, segment: TcpSegment, local: Endpoint, remote: Endpoint): boolean {
    const { recorder } = this.context;
    if (recorder.on)
      recorder.cause = recorder.dropped(packet.port.id, 'tcp', 'tcp-no-connection', packet.frame);
    this.sendReset(segment, local, remote);
    return true;
  }

  private drop(packet: Ipv4Packet, reason: DropReason): boolean {
    const { recorder } = this.context;
    if (recorder.on) recorder.dropped(packet.port.id, 'tcp', reason, packet.frame);
    return true;
  }

  // ---- out ----

  /** A reset that the sender of the segment must believe (RFC 9293 §3.5.2). */
  private sendReset(segment: TcpSegment, local: Endpoint, remote: Endpoint): void {
    if (has(segment, TCP_FLAG.ack)) {
      this.transmitSegment(local, remote, segment.acknowledgment, 0, TCP_FLAG.rst, 0, NO_OPTIONS, null, 0);
    } else {
      const flags = TCP_FLAG.rst | TCP_FLAG.ack;
      this.transmitSegment(local, remote, 0, segmentEnd(segment), flags, 0, NO_OPTIONS, null, 0);
    }
  }

  /** @internal */
  resetFor(connection: TcpConnection, segment: TcpSegment): void {
    this.sendReset(segment, connection.local, connection.remote);
  }

  /** Sends a segment of a connection with `size` bytes of text from its buffer. @internal */
  transmit(
    connection: TcpConnection,
    number: number,
    acknowledged: number,
    flags: number,
    windowField: number,
    size: number,
    options: readonly TcpOption[],
  ): void {
    this.transmitSegment(
      connection.local,
      connection.remote,
      number,
      acknowledged,
      flags,
      windowField,
      options,
      connection,
      size,
    );
  }

  private transmitSegment(
    local: Endpoint,
    remote: Endpoint,
    number: number,
    acknowledged: number,
    flags: number,
    windowField: number,
    options: readonly TcpOption[],
    connection: TcpConnection | null,
    size: number,
  ): void {
    const optionBytes = options.length === 0 ? null : writeTcpOptions(options);
    const headerLength = TCP_HEADER + (optionBytes?.length ?? 0);
    const frame = this.layer.takeFrame(headerLength + size);
    const { view, u8 } = frame;
    const at = frame.start + PAYLOAD_OFFSET;
    sourcePort.set(view, at, local.port);
    destinationPort.set(view, at, remote.port);
    sequence.set(view, at, number);
    acknowledgment.set(view, at, acknowledged);
    view.setUint16(at + 12, ((headerLength >> 2) << 12) | flags);
    window.set(view, at, windowField);
    checksum.set(view, at, 0);
    urgentPointer.set(view, at, 0);
    if (optionBytes !== null) u8.set(optionBytes, at + TCP_HEADER);
    if (size > 0) connection?.sender.copyText(u8, at + headerLength, number, size);
    const length = headerLength + size;
    const sum =
      sumBytes(frame, at, length) + pseudoHeaderSum(local.address, remote.address, PROTOCOL.tcp, length);
    checksum.set(view, at, ~fold(sum) & 0xffff);
    this.layer.send(frame, PROTOCOL.tcp, remote.address, { source: local.address, dontFragment: true });
  }

  /** The connection has something to send; at once when a segment of its own is being handled, then it is due anyway. */
  later(connection: TcpConnection): void {
    if (this.handling === connection) return;
    if (this.handling === null && connection.state !== 'SYN-SENT') {
      connection.output();
      return;
    }
    this.due.push(connection);
    if (this.dueTimer.at > this.context.clock.now) this.dueTimer.set(this.context.clock.now);
  }

  timerFired(): void {
    const due = this.due;
    this.due = [];
    for (const connection of due) if (connection.state !== 'CLOSED') connection.output();
  }

  /** Text bytes that fit into one packet to this address. */
  maximumSegment(to: Ipv4): number {
    return this.layer.payloadRoom(to) - TCP_HEADER;
  }

  // ---- what the connections tell ----

  /** @internal */
  stateChanged(connection: TcpConnection, from: TcpState, to: TcpState): void {
    const { recorder, node } = this.context;
    if (!recorder.on) return;
    const cause = recorder.cause;
    recorder.cause = recorder.record(atNode(node), {
      kind: 'state',
      machine: 'tcp',
      key: connection.name,
      from,
      to,
    });
    const key = connectionKey(connection.local, connection.remote);
    if (to !== 'CLOSED') this.connections?.set(key, { connection, recordedAs: -1 });
    recorder.cause = cause;
  }

  /** @internal */
  tellRetransmission(connection: TcpConnection, size: number, fin: boolean): void {
    const { recorder, node } = this.context;
    if (!recorder.on) return;
    const { timer } = connection.sender;
    recorder.cause = recorder.record(atNode(node), {
      kind: 'app',
      name: 'tcp.retransmitted',
      data: {
        connection: connection.name,
        bytes: size,
        fin,
        attempt: timer.attempts,
        timeout: timer.timeout,
      },
    });
  }

  /** The handshake of a connection from a listener is done. @internal */
  accepted(connection: TcpConnection): void {
    const row = this.listeners?.get(connection.local.port);
    if (connection.passive && row !== undefined && row.opening > 0) row.opening--;
  }

  /** @internal */
  forget(connection: TcpConnection): void {
    if (connection.passive && connection.sender.synAcknowledged === false) this.accepted(connection);
    this.connections?.remove(connectionKey(connection.local, connection.remote), 'closed');
    const peers = this.byPort.get(connection.local.port);
    peers?.delete(remoteKey(connection.remote.address, connection.remote.port));
    if (peers?.size === 0) this.byPort.delete(connection.local.port);
  }

  private remember(connection: TcpConnection): void {
    this.connections ??= new RecordedTable(
      this.context.recorder,
      atNode(this.context.node),
      'tcp',
      (row) => ({
        local: formatEndpoint(row.connection.local),
        remote: formatEndpoint(row.connection.remote),
        state: row.connection.state,
      }),
    );
    const { recorder } = this.context;
    if (!recorder.on)
      this.connections.set(connectionKey(connection.local, connection.remote), {
        connection,
        recordedAs: -1,
      });
    let peers = this.byPort.get(connection.local.port);
    if (peers === undefined) {
      peers = new Map();
      this.byPort.set(connection.local.port, peers);
    }
    peers.set(remoteKey(connection.remote.address, connection.remote.port), connection);
  }

  private find(port: number, address: Ipv4, remotePort: number): TcpConnection | undefined {
    return this.byPort.get(port)?.get(remoteKey(address, remotePort));
  }

  private freePort(to: Endpoint): number | undefined {
    for (let tries = 0; tries < 1000; tries++) {
      const port = drawNumber(this.context, 'tcp-port', EPHEMERAL_LOW, EPHEMERAL_HIGH);
      if (this.listeners?.get(port) === undefined && this.find(port, to.address, to.port) === undefined)
        return port;
    }
    return undefined;
  }

  /** RFC 6528 §3: a clock of 4 µs and a keyed hash of the endpoints; or what the lab fixes. */
  private initialSequence(local: Endpoint, remote: Endpoint): number {
    const pinned = this.context.takePin('isn');
    if (pinned !== undefined) return pinned >>> 0;
    if (this.isnSecret === 0) this.isnSecret = this.context.random.uint32() | 1;
    const hash = new Hash().addInt(this.isnSecret).addInt(local.address).addInt(local.port);
    const [high] = hash.addInt(remote.address).addInt(remote.port).parts();
    return seqAdd(high, Math.floor(this.context.clock.now / 4000) % 0x100000000);
  }
}

const NO_OPTIONS: readonly TcpOption[] = [];

function isNewIncarnation(connection: TcpConnection, segment: TcpSegment): boolean {
  const isSyn = has(segment, TCP_FLAG.syn) && !has(segment, TCP_FLAG.ack) && !has(segment, TCP_FLAG.rst);
  return isSyn && ((segment.sequence - connection.receiver.next) | 0) > 0;
}

/** 48 bits: exact in a double. */
function remoteKey(address: Ipv4, port: number): number {
  return (address >>> 0) * 65536 + port;
}

function connectionKey(local: Endpoint, remote: Endpoint): string {
  return `${formatEndpoint(local)} ${formatEndpoint(remote)}`;
}
