// traceroute: datagrams that die one router further each time, and who says so. Reading list: RFC 1393 §1, RFC 792.

import { formatIpv4, type Ipv4 } from '../base/address.js';
import { SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { IcmpErrorReport } from '../stack/ipv4-packet.js';
import type { NetworkStack } from '../stack/network-stack.js';
import type { UdpListener, UdpSocket } from '../stack/udp-socket.js';
import { Activity } from './activity.js';

export interface TracerouteOptions {
  /** Default 30. */
  readonly maxHops?: number;
  /** Per hop. Default 3. */
  readonly probes?: number;
  /** Per probe, in ns. Default 2 s. */
  readonly timeout?: Time;
}

/** One probe's fate. `code`: of an ICMP unreachable message, when it was not the port that could not be reached. */
export interface ProbeResult {
  readonly from: Ipv4 | undefined;
  readonly time: Time;
  readonly code?: number;
}

/** One line of the output. */
export interface HopResult {
  readonly hop: number;
  readonly probes: readonly ProbeResult[];
}

export interface TracerouteListener {
  hop(result: HopResult): void;
  /** `reached`: the destination itself answered. */
  done(reached: boolean): void;
}

/** The first port tried, as traceroute always did; nobody listens there. */
const FIRST_PORT = 33434;

export class Traceroute implements UdpListener, TimerOwner {
  private readonly stack: NetworkStack;
  private readonly to: Ipv4;
  private readonly listener: TracerouteListener;
  private readonly maxHops: number;
  private readonly probes: number;
  private readonly timeout: Time;
  private readonly activity: Activity;
  private readonly timer: Timer;
  private readonly socket: UdpSocket | null;
  private hop = 1;
  private results: ProbeResult[] = [];
  private port = FIRST_PORT;
  private sentAt: Time = 0;
  private reached = false;
  private over = false;

  /** Begins at once. */
  constructor(stack: NetworkStack, to: Ipv4, listener: TracerouteListener, options: TracerouteOptions = {}) {
    this.stack = stack;
    this.to = to;
    this.listener = listener;
    this.maxHops = options.maxHops ?? 30;
    this.probes = options.probes ?? 3;
    this.timeout = options.timeout ?? 2 * SECOND;
    this.timer = stack.context.timer(this, 'traceroute');
    this.activity = new Activity(stack.context, 'traceroute', formatIpv4(to));
    const socket = stack.udp.open(0, this);
    this.socket = typeof socket === 'string' ? null : socket;
    // The first probe goes out in an event of its own, so that the caller knows this object before it is told anything.
    this.timer.set(stack.context.clock.now);
  }

  /** Ends before its time. */
  stop(): void {
    this.activity.during(() => this.finish());
  }

  received(): void {
    // A program listens on the port after all: that is an answer too.
    this.reached = true;
    this.note({ from: this.to, time: this.stack.context.clock.now - this.sentAt });
  }

  icmpError(error: IcmpErrorReport, to: { readonly port: number }): void {
    if (to.port !== this.port - 1 || this.over) return;
    const time = this.stack.context.clock.now - this.sentAt;
    if (error.type === 11) this.note({ from: error.from, time });
    else if (error.type === 3) {
      this.reached = true;
      this.note(error.code === 3 ? { from: error.from, time } : { from: error.from, time, code: error.code });
    }
  }

  timerFired(): void {
    if (this.sentAt === 0 && this.results.length === 0 && this.port === FIRST_PORT) this.send();
    else this.note({ from: undefined, time: 0 });
  }

  private send(): void {
    const { context } = this.stack;
    this.sentAt = context.clock.now;
    if (this.activity.seq >= 0) context.recorder.cause = this.activity.seq;
    const error = this.socket?.send(
      new Uint8Array(32),
      { address: this.to, port: this.port },
      { ttl: this.hop },
    );
    this.port++;
    if (error !== undefined || this.socket === null) this.finish();
    else this.timer.set(context.clock.now + this.timeout);
  }

  private note(result: ProbeResult): void {
    this.timer.clear();
    this.results.push(result);
    if (this.results.length < this.probes) {
      this.send();
      return;
    }
    this.listener.hop({ hop: this.hop, probes: this.results });
    this.results = [];
    this.hop++;
    if (this.reached || this.hop > this.maxHops) this.finish();
    else this.send();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.timer.clear();
    this.socket?.close();
    this.activity.end(this.reached, this.reached ? `reached after ${this.hop - 1} hops` : 'not reached');
    this.listener.done(this.reached);
  }
}
