// A server for iperf3: an unmodified `iperf3 -c` measures against it, TCP and UDP, there and back. One client at a time, as
// with the original. Reading list: see messages.ts.

import type { Ipv4 } from '../../base/address.js';
import { decodeLatin1 } from '../../base/text.js';
import { NEVER, SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import type { UdpSocket } from '../../stack/udp-socket.js';
import { ControlConnection, type ControlHandler } from './control.js';
import {
  COOKIE_LENGTH,
  IPERF_ERROR,
  IPERF_PORT,
  IPERF_STATE,
  type IperfParameters,
  readParameters,
  readResults,
  streamId,
  writeResults,
} from './messages.js';
import { type Allowance, type IperfStream, TcpSink, TcpSource, UdpSink, UdpSource } from './stream.js';

/** Who does not say what he wants within this time is sent away. */
const GREETING_LIMIT: Time = 10 * SECOND;
/** A test in which nothing happens for so long is over. */
const IDLE_LIMIT: Time = 120 * SECOND;
/** How long the results wait for bytes that are still under way. */
const LATE_LIMIT: Time = 5 * SECOND;
/** Connections that have not said yet what they want. */
const MOST_WAITING = 256;
/** What a client's UDP socket says first, whatever its value, and what it hears. */
const HELLO_LENGTH = 4;
const HELLO = Uint8Array.of(0x36, 0x37, 0x38, 0x39);
const MEMORY = 65_536;

/** Starts the service, over TCP and over UDP. @throws RangeError when another program has one of the ports */
export function startIperf(stack: NetworkStack, port: number = IPERF_PORT): void {
  const server = new IperfServer(stack.context);
  const socket = stack.udp.open(port, { received: (data, from, to) => server.datagram(data, from, to) });
  const refused = stack.tcp.listen(port, { accept: () => new Arrival(server) });
  if (refused !== undefined || typeof socket === 'string')
    throw new RangeError(`${stack.context.name} has a program on port ${port} already`);
  server.socket = socket;
}

class IperfServer {
  readonly context: Context;
  socket: UdpSocket | undefined;
  /** Connections that have not said yet what they want. */
  waiting = 0;
  private test: IperfTest | undefined;

  constructor(context: Context) {
    this.context = context;
  }

  /** A connection has said to which test it belongs; what is returned is told the rest. */
  admit(cookie: string, connection: TcpConnection): TcpListener | undefined {
    const { test } = this;
    if (test === undefined) {
      const begun = new IperfTest(this, cookie, connection);
      this.test = begun;
      return begun.control;
    }
    if (test.cookie === cookie) return test.addConnection(connection);
    connection.write(Uint8Array.of(IPERF_STATE.accessDenied));
    return undefined;
  }

  datagram(data: Uint8Array, from: Endpoint, to: Ipv4): void {
    this.test?.datagram(data, from, to);
  }

  over(test: IperfTest): void {
    if (this.test === test) this.test = undefined;
  }
}

/** A connection until its cookie is here: then it is the control connection of a new test, or a stream of one. */
class Arrival implements TcpListener, TimerOwner {
  private readonly server: IperfServer;
  private readonly cookie = new Uint8Array(COOKIE_LENGTH);
  private filled = 0;
  private isWaiting = false;
  private role: TcpListener | undefined;
  private connection: TcpConnection | undefined;
  private timer: Timer | undefined;

  constructor(server: IperfServer) {
    this.server = server;
  }

  connected(connection: TcpConnection): void {
    const { server } = this;
    if (server.waiting >= MOST_WAITING) {
      connection.abort();
      return;
    }
    server.waiting++;
    this.isWaiting = true;
    this.connection = connection;
    this.timer = server.context.timer(this, 'iperf greeting');
    this.timer.set(server.context.clock.now + GREETING_LIMIT);
  }

  readable(connection: TcpConnection): void {
    if (this.role !== undefined) {
      this.role.readable?.(connection);
      return;
    }
    this.filled += connection.readInto(this.cookie.subarray(this.filled));
    if (this.filled < COOKIE_LENGTH) return;
    this.goOn();
    this.role = this.server.admit(decodeLatin1(this.cookie), connection);
    if (this.role === undefined) connection.close();
    else this.role.readable?.(connection);
  }

  writable(connection: TcpConnection): void {
    this.role?.writable?.(connection);
  }

  ended(connection: TcpConnection): void {
    if (this.role?.ended !== undefined) this.role.ended(connection);
    else connection.close();
  }

  closed(connection: TcpConnection): void {
    this.goOn();
    this.role?.closed?.(connection);
  }

  failed(connection: TcpConnection, error: Parameters<NonNullable<TcpListener['failed']>>[1]): void {
    this.goOn();
    this.role?.failed?.(connection, error);
  }

  timerFired(): void {
    this.goOn();
    this.connection?.abort();
  }

  private goOn(): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.server.waiting--;
    this.timer?.clear();
  }
}

/** One client's test, from its cookie to its end. */
class IperfTest implements ControlHandler, TimerOwner {
  readonly cookie: string;
  readonly control: ControlConnection;
  private readonly server: IperfServer;
  private readonly context: Context;
  private readonly from: Endpoint;
  private readonly timer: Timer;
  private readonly beginning: Timer;
  private readonly omission: Timer;
  private phase: 'parameters' | 'streams' | 'running' | 'results' | 'shown' | 'over' = 'parameters';
  private parameters: IperfParameters | undefined;
  private readonly streams: IperfStream[] = [];
  /** UDP: the streams by the client's port. */
  private readonly byPort = new Map<number, IperfStream>();
  private readonly allowance: Allowance = { left: Number.POSITIVE_INFINITY };
  private memory = new Uint8Array(0);
  private begunAt: Time = NEVER;
  private endedAt: Time = NEVER;
  /** What the client says it sent on each receiving stream; results go out when it is here. */
  private wanted: readonly (readonly [IperfStream, number])[] = [];
  private resultsDue: Time = NEVER;
  /** Bytes and phase at the last look. */
  private seen = '';

  constructor(server: IperfServer, cookie: string, connection: TcpConnection) {
    this.server = server;
    this.context = server.context;
    this.cookie = cookie;
    this.from = connection.remote;
    this.control = new ControlConnection(connection, this);
    this.timer = this.context.timer(this, 'iperf idle');
    this.beginning = this.context.timer(this, 'iperf begin');
    this.omission = this.context.timer(this, 'iperf omit');
    this.timer.set(this.context.clock.now + IDLE_LIMIT);
    this.control.say(IPERF_STATE.parameterExchange);
    this.control.expectText();
  }

  // ---- what the client says ----

  text(text: string | undefined): void {
    if (this.phase === 'parameters') this.agree(text);
    else if (this.phase === 'results') this.compare(text);
  }

  state(state: number): void {
    if (state === IPERF_STATE.testEnd && this.phase === 'running') this.end();
    else if (state === IPERF_STATE.done || state === IPERF_STATE.clientTerminate) this.finish();
    else this.refuse(IPERF_ERROR.message);
  }

  gone(): void {
    this.finish();
  }

  private agree(text: string | undefined): void {
    const read = text === undefined ? { error: IPERF_ERROR.parameters } : readParameters(text);
    if ('error' in read) {
      this.refuse(read.error);
      return;
    }
    this.parameters = read;
    this.memory = new Uint8Array(MEMORY);
    // Datagrams may be lost on the way: the client says when it has enough.
    if (read.bytes > 0 && read.protocol === 'tcp') this.allowance.left = read.bytes;
    this.phase = 'streams';
    this.control.say(IPERF_STATE.createStreams);
  }

  // ---- streams ----

  /** Another connection with this test's cookie. */
  addConnection(connection: TcpConnection): TcpListener | undefined {
    const { parameters, context } = this;
    if (this.phase !== 'streams' || parameters?.protocol !== 'tcp') return undefined;
    const stream = this.isNextOurs(parameters)
      ? new TcpSource(context, connection, parameters, this.allowance)
      : new TcpSink(context, connection, this.memory, () => this.arrived());
    this.add(stream, parameters);
    return stream;
  }

  datagram(data: Uint8Array, from: Endpoint, to: Ipv4): void {
    const { parameters, context, server } = this;
    if (parameters?.protocol !== 'udp' || from.address !== this.from.address) return;
    const known = this.byPort.get(from.port);
    if (known instanceof UdpSink && data.length !== HELLO_LENGTH) known.take(data);
    if (known !== undefined || this.phase !== 'streams' || data.length !== HELLO_LENGTH) return;
    const socket = server.socket as UdpSocket;
    const stream = this.isNextOurs(parameters)
      ? new UdpSource(context, socket, parameters, this.allowance, from, to)
      : new UdpSink(context, parameters.wideCounters);
    this.byPort.set(from.port, stream);
    socket.send(HELLO, from, { source: to });
    this.add(stream, parameters);
  }

  /** Do we send on the next stream? Of both directions the client's come first. */
  private isNextOurs({ direction, parallel }: IperfParameters): boolean {
    return direction === 'down' || (direction === 'both' && this.streams.length >= parallel);
  }

  private add(stream: IperfStream, { direction, parallel }: IperfParameters): void {
    this.streams.push(stream);
    if (this.streams.length < (direction === 'both' ? 2 * parallel : parallel)) return;
    this.phase = 'running';
    this.control.say(IPERF_STATE.testStart);
    this.control.say(IPERF_STATE.testRunning);
    // Bytes go behind these words, not in front of them.
    this.beginning.set(this.context.clock.now);
  }

  private begin(): void {
    const { omit } = this.parameters as IperfParameters;
    this.begunAt = this.context.clock.now;
    if (omit > 0) this.omission.set(this.begunAt + omit * SECOND);
    for (const stream of this.streams) stream.start();
  }

  // ---- the end ----

  private end(): void {
    this.phase = 'results';
    this.endedAt = this.context.clock.now;
    this.omission.clear();
    for (const stream of this.streams) if (stream.sends) stream.stop();
    this.control.say(IPERF_STATE.exchangeResults);
    this.control.expectText();
  }

  /** The client has told what it has seen. */
  private compare(text: string | undefined): void {
    const results = text === undefined ? undefined : readResults(text);
    if (results === undefined) {
      this.refuse(IPERF_ERROR.results);
      return;
    }
    const sent = new Map(results.streams.map(({ id, bytes }) => [id, bytes]));
    this.wanted = this.streams.map((stream, index) => [stream, sent.get(streamId(index)) ?? 0]);
    this.resultsDue = this.context.clock.now + LATE_LIMIT;
    this.timer.set(this.resultsDue);
    this.arrived();
  }

  /**
   * Differs: iperf3 tells what has come until it heard of the end; what was under way then is missing on one side. Here the
   * results wait for it.
   */
  private arrived(): void {
    if (this.resultsDue === NEVER || this.phase !== 'results') return;
    const isLate = this.context.clock.now >= this.resultsDue;
    const isWaiting = this.wanted.some(
      ([stream, bytes]) => stream instanceof TcpSink && stream.bytes < bytes && !stream.isOver,
    );
    if (isWaiting && !isLate) return;
    this.phase = 'shown';
    this.timer.set(this.context.clock.now + IDLE_LIMIT);
    const sends = this.streams.some((stream) => stream.sends);
    const isTcp = this.parameters?.protocol === 'tcp';
    this.control.tell(
      writeResults({
        hasRetransmits: sends ? (isTcp ? 1 : 0) : -1,
        congestion: this.streams[0]?.congestion,
        streams: this.streams.map((stream, index) => {
          const { bytes, retransmits, jitter, errors, packets, lastAt } = stream;
          const seconds = Math.max(this.endedAt, stream.sends ? 0 : lastAt) - this.begunAt;
          return {
            id: streamId(index),
            bytes,
            retransmits,
            jitter,
            errors,
            packets,
            seconds: seconds / SECOND,
          };
        }),
      }),
    );
    this.control.say(IPERF_STATE.displayResults);
  }

  timerFired(timer: Timer): void {
    if (timer === this.beginning) {
      this.begin();
      return;
    }
    if (timer === this.omission) {
      this.begunAt = this.context.clock.now;
      for (const stream of this.streams) stream.reset();
      return;
    }
    if (this.phase === 'results' && this.resultsDue !== NEVER) {
      this.arrived();
      return;
    }
    const seen = `${this.phase} ${this.streams.reduce((sum, { bytes }) => sum + bytes, 0)}`;
    if (seen === this.seen) {
      this.control.say(IPERF_STATE.serverTerminate);
      this.finish();
      return;
    }
    this.seen = seen;
    this.timer.set(this.context.clock.now + IDLE_LIMIT);
  }

  /** The client hears what is wrong, in the numbers of iperf3. */
  private refuse(error: number): void {
    const told = new DataView(new ArrayBuffer(9));
    told.setUint8(0, IPERF_STATE.serverError);
    told.setInt32(1, error);
    this.control.send(new Uint8Array(told.buffer));
    this.finish();
  }

  private finish(): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    this.timer.clear();
    this.beginning.clear();
    this.omission.clear();
    for (const stream of this.streams) stream.close();
    this.control.close();
    this.server.over(this);
  }
}
