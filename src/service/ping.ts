// ping: echo requests one after the other, and what came back. Reading list: RFC 792, RFC 1122 §3.2.2.6.

import type { Ipv4 } from '../base/address.js';
import { formatIpv4 } from '../base/address.js';
import { SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import { drawNumber } from '../stack/context.js';
import type { EchoListener } from '../stack/icmp.js';
import type { IcmpErrorReport, SendError } from '../stack/ipv4-packet.js';
import type { NetworkStack } from '../stack/network-stack.js';
import { Activity, tell } from './activity.js';

export interface PingOptions {
  /** Requests to send; may be infinite. Default 4. */
  readonly count?: number;
  /** Bytes of data in each. Default 56. */
  readonly size?: number;
  /** Between two requests, in ns. Default 1 s. */
  readonly interval?: Time;
  /** How long an answer may take, in ns. Default 1 s. */
  readonly timeout?: Time;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
}

/** What became of one request. */
export type PingResult =
  | {
      readonly kind: 'reply';
      readonly sequence: number;
      readonly from: Ipv4;
      readonly bytes: number;
      readonly ttl: number;
      readonly time: Time;
    }
  | { readonly kind: 'error'; readonly sequence: number; readonly error: IcmpErrorReport }
  | { readonly kind: 'unsent'; readonly sequence: number; readonly error: SendError }
  | { readonly kind: 'timeout'; readonly sequence: number };

/** Told of every result as it comes, and of the end. */
export interface PingListener {
  result(result: PingResult): void;
  done(sent: number, received: number): void;
}

export class Ping implements EchoListener, TimerOwner {
  readonly id: number;
  private readonly stack: NetworkStack;
  private readonly to: Ipv4;
  private readonly listener: PingListener;
  private readonly count: number;
  private readonly size: number;
  private readonly interval: Time;
  private readonly timeout: Time;
  private readonly options: PingOptions;
  private readonly activity: Activity;
  private readonly nextTimer: Timer;
  private readonly endTimer: Timer;
  private readonly sentAt = new Map<number, Time>();
  private sent = 0;
  private received = 0;

  /** Begins at once. */
  constructor(stack: NetworkStack, to: Ipv4, listener: PingListener, options: PingOptions = {}) {
    this.stack = stack;
    this.to = to;
    this.listener = listener;
    this.options = options;
    this.count = options.count ?? 4;
    this.size = options.size ?? 56;
    this.interval = options.interval ?? SECOND;
    this.timeout = options.timeout ?? SECOND;
    this.nextTimer = stack.context.timer(this, 'ping next');
    this.endTimer = stack.context.timer(this, 'ping end');
    let id = drawNumber(stack.context, 'icmp-id', 1, 0xffff);
    while (!stack.ipv4.icmp.listen(id, this)) id = (id % 0xffff) + 1;
    this.id = id;
    this.activity = new Activity(stack.context, 'ping', formatIpv4(to));
    this.send();
  }

  /** Ends before its time. */
  stop(): void {
    this.activity.during(() => this.finish());
  }

  echoReply(from: Ipv4, sequence: number, ttl: number, data: Uint8Array): void {
    const at = this.sentAt.get(sequence);
    if (at === undefined) return;
    this.sentAt.delete(sequence);
    this.received++;
    const time = this.stack.context.clock.now - at;
    tell(this.stack.context, 'ping.reply', { from: formatIpv4(from), sequence, ttl, time });
    this.listener.result({ kind: 'reply', sequence, from, bytes: data.length + 8, ttl, time });
    this.endIfDone();
  }

  echoError(error: IcmpErrorReport, sequence: number): void {
    if (!this.sentAt.delete(sequence)) return;
    this.listener.result({ kind: 'error', sequence, error });
    this.endIfDone();
  }

  timerFired(timer: Timer): void {
    if (timer === this.nextTimer) this.send();
    else this.finish();
  }

  private send(): void {
    const { context, ipv4 } = this.stack;
    this.sent++;
    // The field has 16 bits.
    const sequence = this.sent & 0xffff;
    const data = new Uint8Array(this.size);
    for (let i = 0; i < data.length; i++) data[i] = i & 255;
    this.sentAt.set(sequence, context.clock.now);
    const cause = context.recorder.cause;
    if (this.activity.seq >= 0) context.recorder.cause = this.activity.seq;
    const error = ipv4.icmp.sendEcho(this.to, this.id, sequence, data, {
      ...(this.options.ttl === undefined ? {} : { ttl: this.options.ttl }),
      dontFragment: this.options.dontFragment ?? false,
    });
    context.recorder.cause = cause;
    if (error !== undefined) {
      this.sentAt.delete(sequence);
      this.listener.result({ kind: 'unsent', sequence, error });
    }
    if (this.sent < this.count) this.nextTimer.set(context.clock.now + this.interval);
    else if (this.sentAt.size === 0) this.endTimer.set(context.clock.now);
    else this.endTimer.set(context.clock.now + this.timeout);
  }

  private endIfDone(): void {
    if (this.sent === this.count && this.sentAt.size === 0) this.finish();
  }

  private finish(): void {
    this.nextTimer.clear();
    this.endTimer.clear();
    this.stack.ipv4.icmp.stopListening(this.id);
    for (const sequence of this.sentAt.keys()) {
      tell(this.stack.context, 'ping.timeout', { sequence });
      this.listener.result({ kind: 'timeout', sequence });
    }
    this.sentAt.clear();
    this.activity.end(this.received > 0, `${this.received} of ${this.sent} answered`);
    this.listener.done(this.sent, this.received);
  }
}
