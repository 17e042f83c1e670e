// A client of iperf3: measures against an iperf3 server, a real or a simulated one, how fast bytes get there and back.
// Reading list: see messages.ts; iperf3(1).

import type { Ipv4 } from '../../base/address.js';
import { encodeLatin1 } from '../../base/text.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import { ControlConnection, type ControlHandler } from './control.js';
import {
  COOKIE_LENGTH,
  IPERF_STATE,
  type IperfParameters,
  type IperfResults,
  readResults,
  type StreamReport,
  streamId,
  writeParameters,
  writeResults,
} from './messages.js';
import { type Allowance, TcpSink, TcpSource } from './stream.js';

/** What a client counts of one stream in a time. */
export interface Interval {
  /** Since the beginning of the test. */
  readonly from: Time;
  readonly to: Time;
  readonly bytes: number;
  /** Of one that sends, otherwise −1: retransmissions, and the congestion window in bytes at the end. */
  readonly retransmits: number;
  readonly window: number;
}

/** Why there is no result: nobody is there, or the words of what went wrong then. */
export type IperfFailure =
  | { readonly kind: 'unreachable'; readonly error: string }
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'busy' | 'terminated' | 'closed' };

export interface IperfClientListener {
  /** A stream is connected. */
  connected(index: number, local: Endpoint, remote: Endpoint): void;
  /** One for each stream. */
  interval(streams: readonly Interval[]): void;
  /** What both ends have counted, stream by stream, each the sender's and the receiver's view. */
  done(streams: readonly { readonly sent: StreamReport; readonly received: StreamReport }[]): void;
  failed(why: IperfFailure): void;
}

export type IperfClientOptions = Omit<IperfParameters, 'protocol' | 'direction' | 'wideCounters' | 'omit'> & {
  readonly direction: 'up' | 'down';
  /** Between two intervals; 0: only one, at the end. */
  readonly interval: Time;
};

const COOKIE_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const MEMORY = 65_536;

interface Stream {
  readonly connection: TcpConnection;
  readonly flow: TcpSource | TcpSink;
  /** At the end of the last interval. */
  bytes: number;
  retransmits: number;
}

export class IperfClient implements ControlHandler, TimerOwner {
  private readonly stack: NetworkStack;
  private readonly context: Context;
  private readonly server: Endpoint;
  private readonly options: IperfClientOptions;
  private readonly listener: IperfClientListener;
  private readonly cookie: Uint8Array;
  private readonly memory = new Uint8Array(MEMORY);
  private readonly allowance: Allowance;
  private readonly streams: Stream[] = [];
  private readonly end: Timer;
  private readonly tick: Timer;
  private control: ControlConnection | undefined;
  private phase: 'begins' | 'running' | 'results' | 'over' = 'begins';
  private begunAt: Time = 0;
  private lastTick: Time = 0;
  private ours: IperfResults | undefined;
  private theirs: IperfResults | undefined;

  constructor(
    stack: NetworkStack,
    address: Ipv4,
    port: number,
    options: IperfClientOptions,
    listener: IperfClientListener,
  ) {
    this.stack = stack;
    this.context = stack.context;
    this.server = { address, port };
    this.options = options;
    this.listener = listener;
    this.allowance = { left: options.bytes > 0 ? options.bytes : Number.POSITIVE_INFINITY };
    this.end = this.context.timer(this, 'iperf end');
    this.tick = this.context.timer(this, 'iperf interval');
    const { random } = this.context;
    let cookie = '';
    while (cookie.length < COOKIE_LENGTH - 1) cookie += COOKIE_CHARACTERS[random.between(0, 31)];
    this.cookie = encodeLatin1(`${cookie}\0`);
  }

  begin(): void {
    this.open((connection) => {
      this.control = new ControlConnection(connection, this);
      return this.control;
    });
  }

  /** Ends it before its time. */
  stop(): void {
    if (this.phase === 'over') return;
    this.control?.say(IPERF_STATE.clientTerminate);
    this.finish();
  }

  // ---- what the server says ----

  state(state: number): void {
    switch (state) {
      case IPERF_STATE.parameterExchange:
        this.control?.tell(
          writeParameters({ ...this.options, protocol: 'tcp', omit: 0, wideCounters: false }),
        );
        return;
      case IPERF_STATE.createStreams:
        if (this.streams.length > 0) return this.fail({ kind: 'closed' });
        for (let index = 0; index < this.options.parallel && this.phase !== 'over'; index++) this.addStream();
        return;
      case IPERF_STATE.testStart:
        return;
      case IPERF_STATE.testRunning:
        this.run();
        return;
      case IPERF_STATE.exchangeResults:
        if (this.ours === undefined) return this.fail({ kind: 'closed' });
        this.control?.tell(writeResults(this.ours));
        this.control?.expectText();
        return;
      case IPERF_STATE.displayResults:
        this.show();
        return;
      case IPERF_STATE.accessDenied:
        return this.fail({ kind: 'busy' });
      case IPERF_STATE.serverTerminate:
        return this.fail({ kind: 'terminated' });
      default:
        this.fail({ kind: 'closed' });
    }
  }

  text(text: string | undefined): void {
    this.theirs = text === undefined ? undefined : readResults(text);
    if (this.theirs === undefined) this.fail({ kind: 'closed' });
  }

  error(code: number): void {
    this.fail({ kind: 'refused', code });
  }

  gone(): void {
    this.fail({ kind: 'closed' });
  }

  // ---- streams ----

  private addStream(): void {
    const { context, options, allowance } = this;
    this.open((connection) => {
      const index = this.streams.length;
      const flow =
        options.direction === 'up'
          ? new TcpSource(context, connection, options, allowance, () => this.check())
          : new TcpSink(context, connection, this.memory, () => this.check());
      this.streams.push({ connection, flow, bytes: 0, retransmits: 0 });
      this.listener.connected(index, connection.local, connection.remote);
      return flow;
    });
  }

  /** Opens a connection of this test; `take` is called when it stands, and what it returns hears the rest. */
  private open(take: (connection: TcpConnection) => TcpListener): void {
    let role: TcpListener | undefined;
    const connection = this.stack.tcp.connect(this.server, {
      connected: (made) => {
        if (this.phase === 'over') {
          made.abort();
          return;
        }
        made.write(this.cookie);
        role = take(made);
      },
      readable: (made) => role?.readable?.(made),
      writable: (made) => role?.writable?.(made),
      ended: (made) => role?.ended?.(made),
      closed: (made) => role?.closed?.(made),
      failed: (made, error) => {
        if (role === undefined) this.fail({ kind: 'unreachable', error });
        else role.failed?.(made, error);
      },
    });
    if (typeof connection === 'string') this.fail({ kind: 'unreachable', error: connection });
  }

  // ---- the test ----

  private run(): void {
    if (this.phase !== 'begins') return;
    this.phase = 'running';
    const { now } = this.context.clock;
    this.begunAt = now;
    this.lastTick = now;
    if (this.options.time > 0) this.end.set(now + this.options.time * SECOND);
    if (this.options.interval > 0) this.tick.set(now + this.options.interval);
    for (const { flow } of this.streams) flow.start();
  }

  /** Has as much passed as was wanted? */
  private check(): void {
    if (this.phase !== 'running' || this.options.bytes === 0) return;
    const passed = this.streams.reduce((sum, { flow }) => sum + flow.bytes, 0);
    if (passed >= this.options.bytes) this.stopMeasuring();
  }

  timerFired(timer: Timer): void {
    if (timer === this.end) this.stopMeasuring();
    else {
      this.tellInterval();
      this.tick.set(this.context.clock.now + this.options.interval);
    }
  }

  private tellInterval(): void {
    const { now } = this.context.clock;
    if (now === this.lastTick && this.lastTick !== this.begunAt) return;
    this.listener.interval(
      this.streams.map((stream) => {
        const { flow } = stream;
        const bytes = flow.bytes - stream.bytes;
        const retransmits = flow.sends ? flow.retransmits - stream.retransmits : -1;
        stream.bytes = flow.bytes;
        stream.retransmits = flow.retransmits;
        return {
          from: this.lastTick - this.begunAt,
          to: now - this.begunAt,
          bytes,
          retransmits,
          window: flow instanceof TcpSource ? flow.window : -1,
        };
      }),
    );
    this.lastTick = now;
  }

  private stopMeasuring(): void {
    this.phase = 'results';
    this.tellInterval();
    this.end.clear();
    this.tick.clear();
    this.ours = this.results();
    for (const { flow } of this.streams) flow.stop();
    this.control?.say(IPERF_STATE.testEnd);
  }

  private results(): IperfResults {
    const seconds = (this.lastTick - this.begunAt) / SECOND;
    return {
      hasRetransmits: this.options.direction === 'up' ? 1 : -1,
      congestion: this.streams[0]?.flow.congestion,
      streams: this.streams.map(({ flow }, index) => {
        const { bytes, retransmits, jitter, errors, packets } = flow;
        return { id: streamId(index), bytes, retransmits, jitter, errors, packets, seconds };
      }),
    };
  }

  private show(): void {
    const { ours, theirs } = this;
    if (ours === undefined || theirs === undefined) return this.fail({ kind: 'closed' });
    this.control?.say(IPERF_STATE.done);
    this.finish();
    this.listener.done(
      ours.streams.map((own) => {
        const other = theirs.streams.find(({ id }) => id === own.id) ?? { ...own, bytes: 0, retransmits: -1 };
        return this.options.direction === 'up'
          ? { sent: own, received: other }
          : { sent: other, received: own };
      }),
    );
  }

  private fail(why: IperfFailure): void {
    if (this.phase === 'over') return;
    this.finish();
    this.listener.failed(why);
  }

  private finish(): void {
    this.phase = 'over';
    this.end.clear();
    this.tick.clear();
    for (const { flow } of this.streams) flow.close();
    this.control?.close();
  }
}
