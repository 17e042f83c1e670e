// The TCP layer of a host: which connection is a segment for? Listeners, ports, resets for who asks in vain.
// To read all of TCP, take the files in this order: segment, stream-buffer, sender, retransmission-timer, receiver,
// reassembler, connection, output, segment-arrives, icmp-error, segment-writer, connection-table, tcp.
// Reading list: RFC 9293 §3.10.1 (OPEN), §3.10.7.1–3.10.7.2 (CLOSED, LISTEN), RFC 6056 §3.3 (ports).

import type { Ipv4 } from '../../base/address.js';
import { fold, pseudoHeaderSum, sumBytes } from '../../base/checksum.js';
import { seqLess } from '../../base/sequence.js';
import type { Timer } from '../../base/timer.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import { PROTOCOL } from '../../wire/iana.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../../wire/tcp.js';
import type { TcpOption } from '../../wire/tcp-options.js';
import { type Context, drawNumber } from '../context.js';
import { type Endpoint, EPHEMERAL_HIGH, EPHEMERAL_LOW } from '../endpoint.js';
import type { IcmpErrorReport, Ipv4Packet, Ipv4Protocol, Ipv4Service } from '../ipv4-packet.js';
import {
  type Backlog,
  type ConnectionLayer,
  TcpConnection,
  type TcpListener,
  type TcpOptions,
  type TcpState,
} from './connection.js';
import { ConnectionTable } from './connection-table.js';
import { icmpErrorArrives } from './icmp-error.js';
import { InitialSequence } from './initial-sequence.js';
import { output, sendSyn, timerFired } from './output.js';
import { TcpSegment } from './segment.js';
import { segmentArrives } from './segment-arrives.js';
import { SegmentWriter } from './segment-writer.js';

/** A program that waits for connections on a port. */
export interface TcpAcceptor {
  /** A connection is coming in; what is returned is told about it. */
  accept(remote: Endpoint): TcpListener;
  readonly options?: TcpOptions;
  /** Connections whose handshake is not done yet; more are turned away. Default 128. */
  readonly backlog?: number;
}

interface ListenRow extends RecordedRow, Backlog {
  readonly port: number;
  readonly acceptor: TcpAcceptor;
}

const DEFAULT_BACKLOG = 128;
const { sourcePort, destinationPort, dataOffset } = tcp.fields;

export class Tcp implements Ipv4Protocol, ConnectionLayer {
  readonly context: Context;
  private readonly layer: Ipv4Service;
  private readonly writer: SegmentWriter;
  // Most hosts never open a connection: what is needed for one is made then.
  private listeners: RecordedTable<number, ListenRow> | undefined;
  private table: ConnectionTable | undefined;
  private initialSequence: InitialSequence | undefined;
  private segment: TcpSegment | undefined;
  /** The packet that is being handled. */
  private packet: Ipv4Packet | null = null;
  /** While something is being handled, connections with something to send wait until it is done with. */
  private handling = false;
  private readonly due: TcpConnection[] = [];

  constructor(layer: Ipv4Service) {
    this.layer = layer;
    this.context = layer.context;
    this.writer = new SegmentWriter(layer);
    layer.addProtocol(PROTOCOL.tcp, this);
  }

  // ---- what programs ask ----

  /** Opens a connection. ENETUNREACH: no route, or no address of one machine. EADDRINUSE: no port is free. */
  connect(
    to: Endpoint,
    listener: TcpListener,
    options: TcpOptions = {},
  ): TcpConnection | 'ENETUNREACH' | 'EADDRINUSE' {
    // TCP speaks with one machine (RFC 9293 §3.9.2.3, MUST-46).
    const from = this.layer.isGroup(to.address) ? undefined : this.layer.sourceFor(to.address);
    if (from === undefined) {
      const { recorder, node } = this.context;
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
      return 'ENETUNREACH';
    }
    const port = this.freePort(from, to);
    if (port === undefined) return 'EADDRINUSE';
    const connection = new TcpConnection(this, { address: from, port }, to, listener, false, options);
    this.open(connection, 'SYN-SENT');
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

  /** No more connections; those that have begun go on. */
  stopListening(port: number): void {
    this.listeners?.remove(port, 'closed');
  }

  /** All connections, TIME-WAIT included. */
  list(): Iterable<TcpConnection> {
    return this.table?.values() ?? [];
  }

  /** How many connections may wait on a port to be accepted; 0 where nobody listens. */
  backlogOf(port: number): number {
    const row = this.listeners?.get(port);
    return row === undefined ? 0 : (row.acceptor.backlog ?? DEFAULT_BACKLOG);
  }

  *listeningPorts(): Generator<number> {
    for (const row of this.listeners?.values() ?? []) yield row.port;
  }

  // ---- in ----

  accepts(view: DataView, payload: number, length: number, from: Ipv4, to: Ipv4): boolean {
    if (length < TCP_HEADER) return false;
    const port = destinationPort.get(view, payload);
    if (this.listeners?.get(port) !== undefined) return true;
    return this.table?.find(to, port, from, sourcePort.get(view, payload)) !== undefined;
  }

  receive(packet: Ipv4Packet): boolean {
    const { frame, payload, length, source, destination } = packet;
    const { view, u8 } = frame;
    const outer = this.packet;
    this.packet = packet;
    // Is it whole, undamaged, and for us alone?
    const headerLength = length < TCP_HEADER ? 0 : dataOffset.get(view, payload) * 4;
    if (length < TCP_HEADER) this.drop('tcp-truncated');
    else if (headerLength < TCP_HEADER || headerLength > length) this.drop('tcp-bad-header-length');
    else if (!isUndamaged(packet)) this.drop('tcp-bad-checksum');
    else if (packet.group) this.drop('tcp-bad-destination');
    else {
      const segment = this.scratch(outer).read(u8, view, payload, headerLength, length);
      const localPort = destinationPort.get(view, payload);
      const remotePort = sourcePort.get(view, payload);
      // Which connection?
      const connection = this.table?.find(destination, localPort, source, remotePort);
      if (connection === undefined) this.arrivesWithoutConnection(segment, localPort, remotePort);
      else this.arrivesAt(connection, segment);
    }
    this.packet = outer;
    return true;
  }

  /** Where the segment's fields go: a program that injects a frame while it is called has its segment beside ours. */
  private scratch(outer: Ipv4Packet | null): TcpSegment {
    if (outer !== null) return new TcpSegment();
    this.segment ??= new TcpSegment();
    return this.segment;
  }

  private arrivesAt(connection: TcpConnection, segment: TcpSegment): void {
    this.deliver(connection.recordedAs);
    // A new SYN for a connection in TIME-WAIT begins anew (RFC 9293 §3.10.7.4, RFC 1122 §4.2.2.13).
    if (connection.state === 'TIME-WAIT' && isNewIncarnation(connection, segment)) {
      const row = this.listeners?.get(connection.local.port);
      if (row !== undefined) {
        connection.finish();
        this.arrivesInListen(row, segment, connection.local, connection.remote, connection.sender.max);
        return;
      }
    }
    const outer = this.handling;
    this.handling = true;
    try {
      segmentArrives(connection, segment);
      connection.tellProgram();
    } finally {
      this.outputLater(connection);
      this.handling = outer;
    }
    if (!outer) this.outputDue();
  }

  private arrivesWithoutConnection(segment: TcpSegment, localPort: number, remotePort: number): void {
    const { source, destination } = this.packet as Ipv4Packet;
    const local = { address: destination, port: localPort };
    const remote = { address: source, port: remotePort };
    const row = this.listeners?.get(localPort);
    if (row !== undefined) this.arrivesInListen(row, segment, local, remote);
    else this.arrivesInClosed(segment, local, remote);
  }

  /** §3.10.7.1: nobody is here. Everything but a reset is answered with one. */
  private arrivesInClosed(segment: TcpSegment, local: Endpoint, remote: Endpoint): void {
    this.drop('tcp-no-connection');
    if (!segment.has(TCP_FLAG.rst)) this.writer.sendReset(segment, local, remote);
  }

  /** §3.10.7.2. `used`: the last sequence number of a connection with the same endpoints that has just ended. */
  private arrivesInListen(
    row: ListenRow,
    segment: TcpSegment,
    local: Endpoint,
    remote: Endpoint,
    used?: number,
  ): void {
    // First, a reset; second, an acknowledgment: of what? Nothing has been sent.
    if (segment.has(TCP_FLAG.rst)) return this.drop('tcp-unexpected');
    if (segment.has(TCP_FLAG.ack)) return this.arrivesInClosed(segment, local, remote);
    // Third: a SYN? Nobody calls himself.
    const isOwn = local.port === remote.port && local.address === remote.address;
    if (!segment.has(TCP_FLAG.syn) || isOwn) return this.drop('tcp-unexpected');
    if (row.opening >= this.backlogOf(row.port)) return this.drop('tcp-backlog-full');
    this.deliver(row.recordedAs);
    // Differs: RFC 9293 §3.10.7.2 keeps text and FIN that come with it until the handshake is done. As with most hosts
    // they are not taken, so that a SYN alone costs no memory: not acknowledged, they come again.
    const listener = row.acceptor.accept(remote);
    const connection = new TcpConnection(this, local, remote, listener, true, row.acceptor.options ?? {});
    row.opening++;
    connection.backlog = row;
    connection.receiver.begin(segment.sequence);
    connection.agree(segment.options);
    connection.sender.offered(segment.window, segment.sequence, segment.acknowledgment);
    this.open(connection, 'SYN-RECEIVED', used);
  }

  /** The connection begins, with a SYN of ours. */
  private open(connection: TcpConnection, state: TcpState, used?: number): void {
    this.table ??= new ConnectionTable(this.context);
    this.table.add(connection);
    this.initialSequence ??= new InitialSequence(this.context);
    connection.sender.begin(this.initialSequence.next(connection.local, connection.remote, used));
    connection.enter(state);
    sendSyn(connection);
  }

  concerns(error: IcmpErrorReport): boolean {
    return this.quoted(error) !== undefined;
  }

  receiveError(error: IcmpErrorReport): void {
    const connection = this.quoted(error);
    if (connection === undefined) return;
    icmpErrorArrives(connection, error);
    connection.tellProgram();
  }

  /** The connection that sent what an ICMP error quotes. */
  private quoted({ view, payload, source, destination }: IcmpErrorReport): TcpConnection | undefined {
    const localPort = sourcePort.get(view, payload);
    return this.table?.find(source, localPort, destination, destinationPort.get(view, payload));
  }

  /** @internal */
  timerFired(connection: TcpConnection, timer: Timer): void {
    timerFired(connection, timer);
    connection.tellProgram();
  }

  private deliver(row: number): void {
    const { recorder } = this.context;
    const { port, frame } = this.packet as Ipv4Packet;
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'tcp', 'deliver', frame, row);
  }

  /** The segment that is being handled is not taken; what follows is due to that. @internal */
  drop(reason: DropReason): void {
    const { recorder } = this.context;
    const { port, frame } = this.packet as Ipv4Packet;
    if (recorder.on) recorder.cause = recorder.dropped(port.id, 'tcp', reason, frame);
  }

  // ---- out ----

  /** @internal */
  transmit(
    connection: TcpConnection,
    sequence: number,
    flags: number,
    size: number,
    options: readonly TcpOption[],
  ): void {
    this.writer.send(connection, sequence, flags, size, options);
  }

  /** @internal */
  reset(connection: TcpConnection, segment: TcpSegment): void {
    this.writer.sendReset(segment, connection.local, connection.remote);
  }

  /**
   * The connection may have something to send. While a segment is being handled it waits, so that the answer of the
   * program, the acknowledgment and the FIN go out together.
   * @internal
   */
  outputLater(connection: TcpConnection): void {
    if (!this.handling) {
      output(connection);
      return;
    }
    connection.outputCause = this.context.recorder.cause;
    if (connection.outputDue) return;
    connection.outputDue = true;
    this.due.push(connection);
  }

  private outputDue(): void {
    const { recorder } = this.context;
    // Sending makes no other connection due, so the list does not grow meanwhile.
    for (const connection of this.due) {
      connection.outputDue = false;
      recorder.cause = connection.outputCause;
      output(connection);
    }
    this.due.length = 0;
  }

  /** Text bytes that fit into one packet to the peer. @internal */
  maximumSegment(connection: TcpConnection): number {
    return this.layer.payloadRoom(connection.remote.address) - TCP_HEADER;
  }

  // ---- what connections tell ----

  /** @internal */
  stateChanged(connection: TcpConnection, from: TcpState): void {
    const { recorder, node } = this.context;
    if (!recorder.on) return;
    const { cause } = recorder;
    const { name: key, state: to } = connection;
    recorder.cause = recorder.record(atNode(node), { kind: 'state', machine: 'tcp', key, from, to });
    if (to !== 'CLOSED') this.table?.record(connection);
    recorder.cause = cause;
  }

  /** @internal */
  forget(connection: TcpConnection): void {
    this.table?.remove(connection);
  }

  // ---- ports ----

  /** A port that no listener has and no connection to the same place. Tries all, from one drawn at random. */
  private freePort(from: Ipv4, to: Endpoint): number | undefined {
    let port = drawNumber(this.context, 'tcp-port', EPHEMERAL_LOW, EPHEMERAL_HIGH);
    for (let tries = EPHEMERAL_LOW; tries <= EPHEMERAL_HIGH + 1; tries++) {
      if (this.isFree(port, from, to)) return port;
      // A port that the lab fixes may lie outside the range.
      port = port >= EPHEMERAL_LOW && port < EPHEMERAL_HIGH ? port + 1 : EPHEMERAL_LOW;
    }
    return undefined;
  }

  private isFree(port: number, from: Ipv4, to: Endpoint): boolean {
    if (port === to.port && from === to.address) return false;
    if (this.listeners?.get(port) !== undefined) return false;
    return this.table?.find(from, port, to.address, to.port) === undefined;
  }
}

function isUndamaged({ frame, payload, length, source, destination }: Ipv4Packet): boolean {
  const sum = sumBytes(frame, payload, length) + pseudoHeaderSum(source, destination, PROTOCOL.tcp, length);
  return fold(sum) === 0xffff;
}

/** A SYN beyond everything that the old connection has received. */
function isNewIncarnation(connection: TcpConnection, segment: TcpSegment): boolean {
  const isSyn = segment.has(TCP_FLAG.syn) && !segment.has(TCP_FLAG.ack) && !segment.has(TCP_FLAG.rst);
  return isSyn && seqLess(connection.receiver.next, segment.sequence);
}
