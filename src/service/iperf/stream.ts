// The streams of an iperf3 test: who sends, sends as much or as fast as it may, and who receives, counts.
// Reading list: RFC 3550 §6.4.1 and appendix A.8 (jitter).

import type { Ipv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { SendOptions } from '../../stack/ipv4-packet.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import type { UdpSocket } from '../../stack/udp-socket.js';
import type { IperfParameters } from './messages.js';

/** What all streams of one direction share. */
export interface Allowance {
  /** Bytes that may still be sent. */
  left: number;
}

/** One stream of a test, as far as this end counts it. */
export interface IperfStream {
  readonly sends: boolean;
  bytes: number;
  /** When bytes last came or went. */
  lastAt: Time;
  /** −1: not known at this end. */
  readonly retransmits: number;
  readonly jitter: number;
  readonly errors: number;
  readonly packets: number;
  /** The name that Linux has for how TCP sends. */
  readonly congestion: string | undefined;
  /** Sends from now on. */
  start(): void;
  /** Sends no more, though what has been written still goes out; counts no more. */
  stop(): void;
  /** All counts begin anew. */
  reset(): void;
  /** Gives everything back. */
  close(): void;
}

/** Written at a time, whatever the client calls a block: digits, so that a person who looks into a packet sees what it is. */
const FILLER = Uint8Array.from({ length: 131_072 }, (_, index) => 0x30 + (index % 10));

/** Tells a sender when its next piece is due at a given rate. */
class Pace {
  private readonly rate: number;
  private begin: Time = 0;
  private sent = 0;

  /** @param rate bit/s; 0: no limit */
  constructor(rate: number) {
    this.rate = rate;
  }

  start(now: Time): void {
    this.begin = now;
    this.sent = 0;
  }

  count(bytes: number): void {
    this.sent += bytes;
  }

  /** When more may go. */
  get dueAt(): Time {
    return this.rate === 0 ? 0 : this.begin + Math.ceil((this.sent * 8 * SECOND) / this.rate);
  }
}

/** Sends over TCP. */
export class TcpSource implements IperfStream, TcpListener, TimerOwner {
  readonly sends = true;
  bytes = 0;
  lastAt: Time = 0;
  readonly jitter = 0;
  readonly errors = 0;
  readonly packets = 0;
  private readonly context: Context;
  private readonly connection: TcpConnection;
  private readonly length: number;
  private readonly allowance: Allowance;
  private readonly sentAll: () => void;
  private readonly pace: Pace;
  private readonly timer: Timer;
  private running = false;
  private retransmitsBefore = 0;

  /** @param sentAll called when all that may be sent is written */
  constructor(
    context: Context,
    connection: TcpConnection,
    { length, rate }: Pick<IperfParameters, 'length' | 'rate'>,
    allowance: Allowance,
    sentAll: () => void = () => {},
  ) {
    this.context = context;
    this.connection = connection;
    this.length = Math.min(length, FILLER.length);
    this.allowance = allowance;
    this.sentAll = sentAll;
    this.pace = new Pace(rate);
    this.timer = context.timer(this, 'iperf pace');
  }

  get congestion(): string {
    return congestionOf(this.connection);
  }

  get retransmits(): number {
    return this.connection.info().retransmissions - this.retransmitsBefore;
  }

  start(): void {
    this.running = true;
    this.pace.start(this.context.clock.now);
    this.pump();
  }

  stop(): void {
    this.running = false;
    this.timer.clear();
    this.connection.close();
  }

  reset(): void {
    this.bytes = 0;
    this.retransmitsBefore = this.connection.info().retransmissions;
  }

  close(): void {
    this.stop();
  }

  writable(): void {
    this.pump();
  }

  timerFired(): void {
    this.pump();
  }

  /** Who only receives says nothing; and would he, it is for nobody. */
  readable(connection: TcpConnection): void {
    connection.read();
  }

  private pump(): void {
    const { allowance, connection, pace, context } = this;
    while (this.running && allowance.left > 0) {
      const { now } = context.clock;
      if (pace.dueAt > now) {
        this.timer.set(pace.dueAt);
        return;
      }
      const size = Math.min(this.length, allowance.left);
      const taken = connection.writeShared(FILLER.subarray(0, size));
      this.bytes += taken;
      allowance.left -= taken;
      pace.count(taken);
      if (taken > 0) this.lastAt = now;
      if (taken < size) return;
    }
    if (this.running) this.sentAll();
  }

  /** The congestion window. Bytes. */
  get window(): number {
    return this.connection.info().cwnd;
  }
}

/** Receives over TCP, and throws away. */
export class TcpSink implements IperfStream, TcpListener {
  readonly sends = false;
  bytes = 0;
  lastAt: Time = 0;
  readonly retransmits = -1;
  readonly jitter = 0;
  readonly errors = 0;
  readonly packets = 0;
  /** Nothing more can come. */
  isOver = false;
  private readonly context: Context;
  private readonly connection: TcpConnection;
  private readonly memory: Uint8Array;
  private readonly arrived: () => void;
  private counts = true;

  /** @param memory where it reads to @param arrived called behind everything that came */
  constructor(context: Context, connection: TcpConnection, memory: Uint8Array, arrived: () => void) {
    this.context = context;
    this.connection = connection;
    this.memory = memory;
    this.arrived = arrived;
  }

  get congestion(): string {
    return congestionOf(this.connection);
  }

  start(): void {}

  /** What still comes does not count. */
  stop(): void {
    this.counts = false;
  }

  reset(): void {
    this.bytes = 0;
  }

  close(): void {
    this.connection.close();
  }

  readable(connection: TcpConnection): void {
    for (;;) {
      const size = connection.readInto(this.memory);
      if (size === 0) break;
      if (this.counts) this.bytes += size;
    }
    if (!this.counts) return;
    this.lastAt = this.context.clock.now;
    this.arrived();
  }

  ended(): void {
    this.end();
  }

  failed(): void {
    this.end();
  }

  private end(): void {
    this.isOver = true;
    this.arrived();
  }
}

function congestionOf(connection: TcpConnection): string {
  const { congestion } = connection.info();
  return congestion === 'newreno' ? 'reno' : congestion;
}

/** Where the fields of a datagram begin: when it was sent, in seconds and µs, and its number, from 1 on. */
const MICROSECONDS = 4;
const NUMBER = 8;
const NUMBER_LOW = 12;
const TWO_32 = 2 ** 32;
/** UDP asks nobody how fast it may go: who sets no limit gets this one. bit/s. */
const FASTEST = 1e9;

/** Sends datagrams at a steady rate. */
export class UdpSource implements IperfStream, TimerOwner {
  readonly sends = true;
  bytes = 0;
  packets = 0;
  lastAt: Time = 0;
  readonly retransmits = -1;
  readonly jitter = 0;
  readonly errors = 0;
  readonly congestion = undefined;
  private readonly context: Context;
  private readonly socket: UdpSocket;
  private readonly to: Endpoint | undefined;
  private readonly options: SendOptions;
  private readonly wide: boolean;
  private readonly datagram: Uint8Array;
  private readonly view: DataView;
  private readonly allowance: Allowance;
  private readonly pace: Pace;
  private readonly timer: Timer;
  private number = 0;

  /** @param to undefined: the socket is connected */
  constructor(
    context: Context,
    socket: UdpSocket,
    { length, rate, wideCounters }: Pick<IperfParameters, 'length' | 'rate' | 'wideCounters'>,
    allowance: Allowance,
    to?: Endpoint,
    from?: Ipv4,
  ) {
    this.context = context;
    this.socket = socket;
    this.to = to;
    this.options = from === undefined ? {} : { source: from };
    this.wide = wideCounters;
    this.datagram = FILLER.slice(0, length);
    this.view = new DataView(this.datagram.buffer);
    this.allowance = allowance;
    this.pace = new Pace(rate === 0 ? FASTEST : rate);
    this.timer = context.timer(this, 'iperf pace');
  }

  start(): void {
    this.pace.start(this.context.clock.now);
    this.timerFired();
  }

  stop(): void {
    this.timer.clear();
  }

  reset(): void {
    this.bytes = 0;
    this.packets = 0;
  }

  close(): void {
    this.stop();
  }

  timerFired(): void {
    const { context, datagram, view, pace, allowance } = this;
    if (allowance.left <= 0) return;
    const { now } = context.clock;
    view.setUint32(0, Math.floor(now / SECOND));
    view.setUint32(MICROSECONDS, Math.floor((now % SECOND) / 1000));
    this.number++;
    if (this.wide) {
      view.setUint32(NUMBER, Math.floor(this.number / TWO_32));
      view.setUint32(NUMBER_LOW, this.number % TWO_32);
    } else view.setUint32(NUMBER, this.number % TWO_32);
    this.socket.send(datagram, this.to, this.options);
    this.bytes += datagram.length;
    this.packets++;
    this.lastAt = now;
    allowance.left -= datagram.length;
    pace.count(datagram.length);
    this.timer.set(pace.dueAt);
  }
}

/** Counts datagrams: how many, how many are missing, and how unevenly they come. */
export class UdpSink implements IperfStream {
  readonly sends = false;
  bytes = 0;
  lastAt: Time = 0;
  readonly retransmits = -1;
  /** Seconds. */
  jitter = 0;
  errors = 0;
  readonly congestion = undefined;
  private readonly context: Context;
  private readonly wide: boolean;
  private highest = 0;
  private highestBefore = 0;
  private transit = 0;
  private received = 0;

  constructor(context: Context, wide: boolean) {
    this.context = context;
    this.wide = wide;
  }

  /** As many as were sent, as far as this end can know. */
  get packets(): number {
    return this.highest - this.highestBefore;
  }

  start(): void {}

  stop(): void {}

  reset(): void {
    this.bytes = 0;
    this.errors = 0;
    this.highestBefore = this.highest;
  }

  close(): void {}

  take(data: Uint8Array): void {
    if (data.length < (this.wide ? 16 : 12)) return;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const { now } = this.context.clock;
    this.bytes += data.length;
    this.lastAt = now;
    const number = this.wide
      ? view.getUint32(NUMBER) * TWO_32 + view.getUint32(NUMBER_LOW)
      : view.getUint32(NUMBER);
    if (number > this.highest) {
      this.errors += number - this.highest - 1;
      this.highest = number;
      // One that comes late was taken for lost.
    } else if (this.errors > 0) this.errors--;
    // The clocks of the two ends have nothing to do with each other: only differences count.
    const transit = now / SECOND - (view.getUint32(0) + view.getUint32(MICROSECONDS) / 1e6);
    const change = this.received++ === 0 ? 0 : Math.abs(transit - this.transit);
    this.transit = transit;
    this.jitter += (change - this.jitter) / 16;
  }
}
