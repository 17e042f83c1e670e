// The TCP layer of a host: which connection is a segment for? Listeners, ports, resets for who asks in vain.
// To read all of TCP, take the files in this order: segment, receive-buffer, receiver, reassembler, send-buffer, sender, scoreboard,
// retransmission-timer, congestion (new-reno, cubic), loss-recovery, rack, connection, negotiation, output, time-outs,
// segment-arrives, acknowledgment-arrives, icmp-error, path-room, syn-cookies, segment-writer, connection-table, tcp.
// Reading list: RFC 9293 §3.10.1 (OPEN), §3.10.7.1–3.10.7.2 (CLOSED, LISTEN), RFC 6056 §3.3 (ports), RFC 4987 (floods).

import type { Ipv4 } from '../../base/address.js';
import { fold, pseudoHeaderSum, sumBytes } from '../../base/checksum.js';
import { seqAdd, seqLess } from '../../base/sequence.js';
import type { Timer } from '../../base/timer.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import { PROTOCOL } from '../../wire/iana.js';
import { ECN, ECN_MASK } from '../../wire/ipv4.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../../wire/tcp.js';
import { findMss, type TcpOption } from '../../wire/tcp-options.js';
import { type Context, drawNumber } from '../context.js';
import { type Endpoint, EPHEMERAL_HIGH, EPHEMERAL_LOW, formatEndpoint } from '../endpoint.js';
import type { IcmpErrorReport, Ipv4Packet, Ipv4Protocol, Ipv4Service } from '../ipv4-packet.js';
import { type ConnectionLayer, TcpConnection, type TcpListener } from './connection.js';
import type { Backlog } from './connection-layer.js';
import { type AllTcpOptions, DEFAULTS, type TcpOptions } from './connection-options.js';
import { ConnectionTable } from './connection-table.js';
import { icmpErrorArrives } from './icmp-error.js';
import { InitialSequence } from './initial-sequence.js';
import { agree, agreeOnOptions } from './negotiation.js';
import { output, sendSyn } from './output.js';
import { TcpSegment } from './segment.js';
import { segmentArrives } from './segment-arrives.js';
import { SegmentWriter } from './segment-writer.js';
import { DEFAULT_MSS } from './sender.js';
import type { TcpState } from './state.js';
import { SynCookies } from './syn-cookies.js';
import { keepTimers, timerFired } from './time-outs.js';

/** A program that waits for connections on a port. */
export interface TcpAcceptor {
  /** A connection is coming in; what is returned is told about it. */
  accept(remote: Endpoint): TcpListener;
  readonly options?: TcpOptions;
  /**
   * Connections whose handshake is not done yet. For more than that nothing is kept until their handshake is done (SYN
   * cookies), or with `cookies: false` they are turned away. Default 128.
   */
  readonly backlog?: number;
  readonly cookies?: boolean;
}

interface ListenRow extends RecordedRow, Backlog {
  readonly port: number;
  readonly acceptor: TcpAcceptor;
}

const DEFAULT_BACKLOG = 128;
const NO_WISHES: TcpOptions = {};
const { sourcePort, destinationPort, dataOffset } = tcp.fields;
const ACK_SYN_RST = TCP_FLAG.ack | TCP_FLAG.syn | TCP_FLAG.rst;

export class Tcp implements Ipv4Protocol, ConnectionLayer {
  readonly context: Context;
  /** What connections of this host are like where neither program nor listener say otherwise. */
  defaults: TcpOptions = {};
  /** The same for listeners: see `TcpAcceptor`. */
  defaultBacklog = DEFAULT_BACKLOG;
  defaultCookies = true;
  private readonly layer: Ipv4Service;
  private readonly writer: SegmentWriter;
  // Most hosts never open a connection: what is needed for one is made then.
  private listeners: RecordedTable<number, ListenRow> | undefined;
  private table: ConnectionTable | undefined;
  private initialSequence: InitialSequence | undefined;
  private cookies: SynCookies | undefined;
  private segment: TcpSegment | undefined;
  private wished: { options: TcpOptions; defaults: TcpOptions; all: AllTcpOptions } | undefined;
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
    options = NO_WISHES,
  ): TcpConnection | 'ENETUNREACH' | 'EADDRINUSE' {
    // TCP speaks with one machine (RFC 9293 §3.9.2.3, MUST-46).
    const from = this.layer.isGroup(to.address) ? undefined : this.layer.sourceFor(to.address);
    if (from === undefined) {
      const { recorder, node } = this.context;
      if (recorder.on) recorder.dropped(atNode(node), 'ipv4', 'ipv4-no-route', null);
      return 'ENETUNREACH';
    }
    const port = this.freePort(from, to, options.reuse ?? this.defaults.reuse ?? false);
    if (port === undefined) return 'EADDRINUSE';
    // One in TIME-WAIT gives way; the new one's numbers begin beyond its last (RFC 1122 §4.2.2.13).
    const before = this.table?.find(from, port, to.address, to.port);
    before?.finish();
    const local = { address: from, port };
    const connection = new TcpConnection(this, local, to, listener, false, this.allOptions(options));
    this.open(connection, 'SYN-SENT', before?.sender.max);
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
    return row === undefined ? 0 : (row.acceptor.backlog ?? this.defaultBacklog);
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
      segment.congestionMet = (u8[packet.header + 1] & ECN_MASK) === ECN.experienced;
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
      connection.receiver.keep();
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
    if (row !== undefined && !this.completesCookie(row, segment, local, remote))
      this.arrivesInListen(row, segment, local, remote);
    else if (row === undefined) this.arrivesInClosed(segment, local, remote);
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
    if (row.opening >= this.backlogOf(row.port)) return this.arrivesInFlood(row, segment, local, remote);
    this.deliver(row.recordedAs);
    // Differs: RFC 9293 §3.10.7.2 keeps text and FIN that come with it until the handshake is done. As with most hosts
    // they are not taken, so that a SYN alone costs no memory: not acknowledged, they come again.
    const connection = this.accept(row, local, remote);
    row.opening++;
    connection.backlog = row;
    connection.receiver.begin(segment.sequence);
    agree(connection, segment);
    connection.sender.offered(segment.window, segment.sequence, segment.acknowledgment);
    this.open(connection, 'SYN-RECEIVED', used);
  }

  private accept(row: ListenRow, local: Endpoint, remote: Endpoint): TcpConnection {
    const { acceptor } = row;
    const wants = this.allOptions(acceptor.options ?? NO_WISHES);
    return new TcpConnection(this, local, remote, acceptor.accept(remote), true, wants);
  }

  // ---- floods ----

  /** The queue is full: the answer holds all that must be known, and nothing is kept (RFC 4987 §3.6). */
  private arrivesInFlood(row: ListenRow, segment: TcpSegment, local: Endpoint, remote: Endpoint): void {
    if (!(row.acceptor.cookies ?? this.defaultCookies)) return this.drop('tcp-backlog-full');
    this.deliver(row.recordedAs);
    this.cookies ??= new SynCookies(this.context);
    const mss = findMss(segment.options) ?? DEFAULT_MSS;
    const cookie = this.cookies.make(local, remote, segment.sequence, mss);
    const { recorder, node } = this.context;
    if (recorder.on) {
      const data = { connection: `${formatEndpoint(local)} → ${formatEndpoint(remote)}` };
      recorder.cause = recorder.record(atNode(node), { kind: 'app', name: 'tcp.cookie-sent', data });
    }
    const wants = this.allOptions(row.acceptor.options ?? NO_WISHES);
    const room = Math.min(wants.mss, this.layer.linkRoom(remote.address) - TCP_HEADER);
    const offered: TcpOption[] = [{ kind: 'mss', value: room }];
    const acknowledged = seqAdd(segment.sequence, 1);
    const window = Math.min(0xffff, wants.receiveBuffer);
    this.writer.sendSynAck(local, remote, cookie, acknowledged, window, offered);
  }

  /** An acknowledgment that proves that its sender got our cookie: the connection stands. */
  private completesCookie(row: ListenRow, segment: TcpSegment, local: Endpoint, remote: Endpoint): boolean {
    const { cookies } = this;
    if (cookies === undefined || (segment.flags & ACK_SYN_RST) !== TCP_FLAG.ack) return false;
    const ours = seqAdd(segment.acknowledgment, -1);
    const theirs = seqAdd(segment.sequence, -1);
    const mss = cookies.check(local, remote, theirs, ours);
    if (mss === undefined) return false;
    const connection = this.accept(row, local, remote);
    connection.receiver.begin(theirs);
    agreeOnOptions(connection, [{ kind: 'mss', value: mss }]);
    // The window that the cookie has told.
    connection.receiver.windowField(connection.sender.mss, false);
    this.table ??= new ConnectionTable(this.context);
    this.table.add(connection);
    connection.sender.begin(ours);
    connection.enter('SYN-RECEIVED');
    this.arrivesAt(connection, segment);
    return true;
  }

  /** The connection begins, with a SYN of ours. */
  private open(connection: TcpConnection, state: TcpState, used?: number): void {
    this.table ??= new ConnectionTable(this.context);
    this.table.add(connection);
    this.initialSequence ??= new InitialSequence(this.context);
    const { local, remote } = connection;
    connection.sender.begin(this.initialSequence.next(local, remote, used));
    connection.timestampOffset = this.initialSequence.timestampOffset(local, remote);
    connection.enter(state);
    sendSyn(connection);
    keepTimers(connection);
    this.table.recordInfo(connection);
  }

  /** What a connection is to be like. Most are to be like the one before, and share the answer. */
  private allOptions(options: TcpOptions): AllTcpOptions {
    const { defaults, wished } = this;
    if (wished?.options === options && wished.defaults === defaults) return wished.all;
    const all = { ...DEFAULTS, ...defaults, ...options };
    this.wished = { options, defaults, all };
    return all;
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
    this.table?.recordInfo(connection);
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
    options?: readonly TcpOption[],
    isNew = false,
  ): void {
    this.writer.send(connection, sequence, flags, size, options, isNew);
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
      this.outputNow(connection);
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
    const { due } = this;
    for (let index = 0; index < due.length; index++) {
      const connection = due[index] as TcpConnection;
      connection.outputDue = false;
      recorder.cause = connection.outputCause;
      this.outputNow(connection);
    }
    // One by one: setting the length would give back the memory, which the next segment needs again.
    while (due.length > 0) due.pop();
  }

  private outputNow(connection: TcpConnection): void {
    output(connection);
    keepTimers(connection);
    this.table?.recordInfo(connection);
  }

  /** @internal */
  linkSegment(connection: TcpConnection): number {
    return this.layer.linkRoom(connection.remote.address) - TCP_HEADER;
  }

  /** @internal */
  pathSegment(connection: TcpConnection): number {
    return this.layer.payloadRoom(connection.remote.address) - TCP_HEADER;
  }

  /** @internal */
  learnPathMtu(connection: TcpConnection, mtu: number): void {
    this.layer.learnPathMtu(connection.remote.address, mtu);
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
  private freePort(from: Ipv4, to: Endpoint, reuse: boolean): number | undefined {
    let port = drawNumber(this.context, 'tcp-port', EPHEMERAL_LOW, EPHEMERAL_HIGH);
    for (let tries = EPHEMERAL_LOW; tries <= EPHEMERAL_HIGH + 1; tries++) {
      if (this.isFree(port, from, to, reuse)) return port;
      // A port that the lab fixes may lie outside the range.
      port = port >= EPHEMERAL_LOW && port < EPHEMERAL_HIGH ? port + 1 : EPHEMERAL_LOW;
    }
    return undefined;
  }

  private isFree(port: number, from: Ipv4, to: Endpoint, reuse: boolean): boolean {
    if (port === to.port && from === to.address) return false;
    if (this.listeners?.get(port) !== undefined) return false;
    const held = this.table?.find(from, port, to.address, to.port);
    if (held === undefined) return true;
    // A connection that only waits for old segments to die may make room.
    return reuse && held.state === 'TIME-WAIT';
  }
}

function isUndamaged({ frame, payload, length, source, destination }: Ipv4Packet): boolean {
  const sum = sumBytes(frame, payload, length) + pseudoHeaderSum(source, destination, PROTOCOL.tcp, length);
  return fold(sum) === 0xffff;
}

/** A SYN that is newer than everything the old connection has received: RFC 6191 §2, RFC 1122 §4.2.2.13. */
function isNewIncarnation(connection: TcpConnection, segment: TcpSegment): boolean {
  const isSyn = segment.has(TCP_FLAG.syn) && !segment.has(TCP_FLAG.ack) && !segment.has(TCP_FLAG.rst);
  if (!isSyn) return false;
  const { receiver } = connection;
  const isBeyond = seqLess(receiver.next, segment.sequence);
  if (!connection.timestamps || !segment.hasTimestamps) return isBeyond;
  // Where both have timestamps these decide; the number does only when they are the same.
  if (segment.timestamp === receiver.recentTimestamp) return isBeyond;
  return seqLess(receiver.recentTimestamp, segment.timestamp);
}
