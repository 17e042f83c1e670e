// One TCP connection: its state, its two halves, its timers, and what the program can ask of it.
// What arriving segments do to it is in `segment-arrives.ts`.
// Reading list: RFC 9293 §3.3.2 (states), §3.10.2–3.10.5 (calls), §3.10.8 (time-outs), RFC 1122 §4.2.3.2 (delayed ACK).

import type { Ipv4 } from '../../base/address.js';
import { seqAdd } from '../../base/sequence.js';
import { MILLISECOND, NEVER, SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { TcpOption } from '../../wire/tcp-options.js';
import type { Context } from '../context.js';
import { type Endpoint, formatEndpoint } from '../endpoint.js';
import type { IcmpErrorReport } from '../ipv4-packet.js';
import { Receiver } from './receiver.js';
import type { TcpSegment } from './segment.js';
import { DEFAULT_MSS, Sender } from './sender.js';

/** RFC 9293 §3.3.2. */
export type TcpState =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** Why a connection failed, by the names of the socket interface. */
export type TcpError = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENETUNREACH';

/** What a program does with what its connection tells it. All are optional; each is called in an event of its cause. */
export interface TcpListener {
  /** The handshake is done. */
  connected?(connection: TcpConnection): void;
  /** There is something to read. */
  readable?(connection: TcpConnection): void;
  /** There is room to write again after `write` took less than it was given. */
  writable?(connection: TcpConnection): void;
  /** The peer has sent all it will. */
  ended?(connection: TcpConnection): void;
  /** Both directions are closed. */
  closed?(connection: TcpConnection): void;
  failed?(connection: TcpConnection, error: TcpError): void;
}

/** Options of a connection. */
export interface TcpOptions {
  /** Bytes; default 256 KiB each. */
  readonly receiveBuffer?: number;
  readonly sendBuffer?: number;
  /** Send small segments at once (no Nagle). */
  readonly nodelay?: boolean;
}

/** What a connection needs of the layer it belongs to. */
export interface ConnectionLayer {
  readonly context: Context;
  /** Sends a segment with `size` bytes of text from the connection's buffer, beginning at `number`. */
  transmit(
    connection: TcpConnection,
    number: number,
    acknowledged: number,
    flags: number,
    window: number,
    size: number,
    options: readonly TcpOption[],
  ): void;
  /** Answers a segment with a reset that its sender must believe. */
  resetFor(connection: TcpConnection, segment: TcpSegment): void;
  /** The connection has something to send. */
  later(connection: TcpConnection): void;
  /** Text bytes that fit into one packet to this address. */
  maximumSegment(to: Ipv4): number;
  stateChanged(connection: TcpConnection, from: TcpState, to: TcpState): void;
  tellRetransmission(connection: TcpConnection, size: number, fin: boolean): void;
  /** The handshake of a connection from a listener is done. */
  accepted(connection: TcpConnection): void;
  /** The connection is closed for good. */
  forget(connection: TcpConnection): void;
}

const DEFAULT_BUFFER = 262144;
/** RFC 9293 §3.4.2: how long a segment can live in the network. */
const MAXIMUM_SEGMENT_LIFETIME: Time = 30 * SECOND;
/** Below the 500 ms of RFC 1122 §4.2.3.2. */
const ACK_DELAY: Time = 40 * MILLISECOND;
/** RFC 9293 §3.8.3 (R2): at least 100 s for data, at least 3 minutes for a SYN. */
const GIVE_UP_DATA: Time = 100 * SECOND;
const GIVE_UP_SYN: Time = 180 * SECOND;

export class TcpConnection implements TimerOwner {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly listener: TcpListener;
  readonly sender: Sender;
  readonly receiver: Receiver;
  /** @internal */
  readonly tcp: ConnectionLayer;
  /** An acknowledgment is owed: now, or with the next segment before the delay is over. */
  ackNow = false;
  ackLater = false;

  private current: TcpState = 'CLOSED';
  /** Opened by LISTEN: a reset in SYN-RECEIVED is no failure (RFC 9293 §3.10.7.4). */
  readonly passive: boolean;
  private windowScaling: boolean;
  private wantsWritable = false;
  /** When what is unacknowledged was first sent. */
  private unacknowledgedSince: Time = NEVER;
  private lastSoftError: TcpError | undefined;
  private readonly retransmission: Timer;
  private readonly delayedAck: Timer;
  private timeWait: Timer | undefined;

  constructor(
    tcp: ConnectionLayer,
    local: Endpoint,
    remote: Endpoint,
    listener: TcpListener,
    passive: boolean,
    options: TcpOptions,
  ) {
    this.tcp = tcp;
    this.local = local;
    this.remote = remote;
    this.listener = listener;
    this.passive = passive;
    this.sender = new Sender(options.sendBuffer ?? DEFAULT_BUFFER);
    this.sender.nodelay = options.nodelay ?? false;
    this.receiver = new Receiver(options.receiveBuffer ?? DEFAULT_BUFFER);
    this.windowScaling = true;
    this.retransmission = tcp.context.timer(this, `tcp retransmission ${this.name}`);
    this.delayedAck = tcp.context.timer(this, `tcp delayed ack ${this.name}`);
  }

  /** `192.0.2.1:50000 → 192.0.2.2:80` */
  get name(): string {
    return `${formatEndpoint(this.local)} → ${formatEndpoint(this.remote)}`;
  }

  get state(): TcpState {
    return this.current;
  }

  // ---- calls of the program (RFC 9293 §3.10.1–3.10.5) ----

  /** Takes as many bytes as there is room for and returns how many; `writable` is called when there is room again. */
  write(bytes: Uint8Array): number {
    if (this.sender.finQueued || !this.canSend()) return 0;
    const accepted = this.sender.buffer.append(bytes);
    if (accepted < bytes.length) this.wantsWritable = true;
    this.tcp.later(this);
    return accepted;
  }

  /** Up to `max` bytes, in order; empty when nothing is there. */
  read(max = Number.POSITIVE_INFINITY): Uint8Array {
    const bytes = this.receiver.read(max);
    // The peer may be waiting for the window to open.
    if (bytes.length > 0 && this.isSynchronized() && this.receiver.wouldOpen(this.sender.mss)) {
      this.ackNow = true;
      this.tcp.later(this);
    }
    return bytes;
  }

  /** No more will be written: a FIN follows what is in the buffer. Reading goes on. */
  close(): void {
    switch (this.current) {
      case 'SYN-SENT':
      case 'LISTEN':
        this.finish();
        return;
      case 'SYN-RECEIVED':
      case 'ESTABLISHED':
        this.sender.finQueued = true;
        this.enter('FIN-WAIT-1');
        break;
      case 'CLOSE-WAIT':
        this.sender.finQueued = true;
        this.enter('LAST-ACK');
        break;
      default:
        return;
    }
    this.tcp.later(this);
  }

  /** Ends the connection at once with a reset. */
  abort(): void {
    if (this.isSynchronized() && this.current !== 'TIME-WAIT') {
      this.tcp.transmit(
        this,
        this.sender.next,
        this.receiver.next,
        TCP_FLAG.rst | TCP_FLAG.ack,
        0,
        0,
        NO_OPTIONS,
      );
    }
    this.finish();
  }

  // ---- states ----

  /** @internal */
  enter(state: TcpState): void {
    const from = this.current;
    if (from === state) return;
    this.current = state;
    this.tcp.stateChanged(this, from, state);
    if (state === 'TIME-WAIT') this.startTimeWait();
  }

  /** States in which both sequence numbers are known to both sides. */
  isSynchronized(): boolean {
    return this.current !== 'CLOSED' && this.current !== 'LISTEN' && this.current !== 'SYN-SENT';
  }

  private canSend(): boolean {
    return (
      this.current === 'SYN-SENT' ||
      this.current === 'SYN-RECEIVED' ||
      this.current === 'ESTABLISHED' ||
      this.current === 'CLOSE-WAIT'
    );
  }

  /** (Re)starts 2 MSL, as a repeated FIN does (RFC 9293 §3.10.7.4). @internal */
  startTimeWait(): void {
    this.retransmission.clear();
    this.delayedAck.clear();
    this.timeWait ??= this.tcp.context.timer(this, `tcp time-wait ${this.name}`);
    this.timeWait.set(this.tcp.context.clock.now + 2 * MAXIMUM_SEGMENT_LIFETIME);
  }

  /** The connection is gone: timers off, forgotten by the layer. @internal */
  finish(): void {
    this.retransmission.clear();
    this.delayedAck.clear();
    this.timeWait?.clear();
    const wasTimeWait = this.current === 'TIME-WAIT';
    this.enter('CLOSED');
    this.tcp.forget(this);
    if (!wasTimeWait) this.listener.closed?.(this);
  }

  /** @internal */
  fail(error: TcpError): void {
    this.retransmission.clear();
    this.delayedAck.clear();
    this.timeWait?.clear();
    this.enter('CLOSED');
    this.tcp.forget(this);
    this.listener.failed?.(this, error);
  }

  // ---- opening ----

  /** Sends our SYN: SYN-SENT. @internal */
  connect(initial: number): void {
    this.sender.begin(initial);
    this.enter('SYN-SENT');
    this.sendSyn();
  }

  /** Answers a SYN: SYN-RECEIVED. @internal */
  accept(initial: number): void {
    this.sender.begin(initial);
    this.enter('SYN-RECEIVED');
    this.sendSyn();
  }

  /** The peer's SYN tells its MSS and whether windows are scaled; what it does not say counts as the default. @internal */
  agree(mss: number | undefined, windowScale: number | undefined): void {
    // No smaller than the least a host must take, so that nobody makes us send one byte at a time.
    this.sender.mss = Math.max(
      64,
      Math.min(mss ?? DEFAULT_MSS, this.tcp.maximumSegment(this.remote.address)),
    );
    this.windowScaling = windowScale !== undefined;
    if (windowScale === undefined) return;
    this.sender.windowShift = Math.min(14, windowScale);
    this.receiver.windowShift = this.wantedShift();
  }

  private sendSyn(): void {
    const { sender, receiver } = this;
    const isAnswer = this.current === 'SYN-RECEIVED';
    const options: TcpOption[] = [{ kind: 'mss', value: this.tcp.maximumSegment(this.remote.address) }];
    if (this.windowScaling)
      options.push({ kind: 'nop' }, { kind: 'window-scale', shift: this.wantedShift() });
    const flags = isAnswer ? TCP_FLAG.syn | TCP_FLAG.ack : TCP_FLAG.syn;
    // The window of a SYN is never scaled (RFC 7323 §2.2).
    const window = receiver.windowField(sender.mss, false);
    this.tcp.transmit(this, sender.initial, isAnswer ? receiver.next : 0, flags, window, 0, options);
    if (sender.next === sender.initial) sender.sent(1, this.tcp.context.clock.now);
    this.ackSent();
    this.armRetransmission();
  }

  private wantedShift(): number {
    let shift = 0;
    while (this.receiver.limit >> shift > 0xffff) shift++;
    return Math.min(14, shift);
  }

  // ---- sending ----

  /** Sends what may be sent: text, the FIN, or an acknowledgment that is due. @internal */
  output(): void {
    if (this.isSynchronized() && this.current !== 'TIME-WAIT' && this.current !== 'SYN-RECEIVED') {
      while (this.sendNext());
    } else if (this.current === 'SYN-RECEIVED' && this.sender.synAcknowledged) {
      while (this.sendNext());
    }
    if (this.ackNow && this.isSynchronized()) this.sendAck();
    else if (this.ackLater && this.delayedAck.at === NEVER) {
      this.delayedAck.set(this.tcp.context.clock.now + ACK_DELAY);
    }
  }

  /** An acknowledgment by itself. @internal */
  sendAck(): void {
    const { sender, receiver } = this;
    const window = receiver.windowField(sender.mss, true);
    this.tcp.transmit(this, sender.max, receiver.next, TCP_FLAG.ack, window, 0, NO_OPTIONS);
    this.ackSent();
  }

  private sendNext(): boolean {
    const { sender } = this;
    const size = sender.nextSize();
    const last = size === sender.unsent;
    const fin = sender.finQueued && last && (sender.finAt < 0 || seqAdd(sender.next, size) === sender.finAt);
    if (size === 0 && !(fin && sender.finDue)) {
      if (sender.unsent > 0 && sender.inFlight === 0) this.armRetransmission();
      return false;
    }
    this.sendText(size, fin, last);
    return true;
  }

  private sendText(size: number, fin: boolean, last: boolean): void {
    const { sender, receiver } = this;
    const { now } = this.tcp.context.clock;
    let flags: number = TCP_FLAG.ack;
    // PSH when this empties the buffer (RFC 9293 §3.9.1.2).
    if (size > 0 && last) flags |= TCP_FLAG.psh;
    if (fin) {
      flags |= TCP_FLAG.fin;
      sender.finAt = seqAdd(sender.next, size);
    }
    const again = sender.next !== sender.max;
    const window = receiver.windowField(sender.mss, true);
    if (sender.allAcknowledged) this.unacknowledgedSince = now;
    if (again) this.tcp.tellRetransmission(this, size, fin);
    this.tcp.transmit(this, sender.next, receiver.next, flags, window, size, NO_OPTIONS);
    sender.sent(size + (fin ? 1 : 0), now);
    this.ackSent();
    if (this.retransmission.at === NEVER) this.armRetransmission();
  }

  private ackSent(): void {
    this.ackNow = false;
    this.ackLater = false;
    this.delayedAck.clear();
  }

  // ---- time-outs ----

  timerFired(timer: Timer): void {
    if (timer === this.delayedAck) {
      if (this.ackLater) this.sendAck();
    } else if (timer === this.timeWait) this.finish();
    else this.retransmissionFired();
  }

  /** @internal */
  acknowledgmentProgressed(): void {
    this.unacknowledgedSince = this.tcp.context.clock.now;
    if (this.sender.allAcknowledged) this.retransmission.clear();
    else this.armRetransmission();
    if (this.wantsWritable && this.sender.buffer.room > 0) {
      this.wantsWritable = false;
      this.listener.writable?.(this);
    }
  }

  private armRetransmission(): void {
    const { now } = this.tcp.context.clock;
    if (this.unacknowledgedSince === NEVER) this.unacknowledgedSince = now;
    this.retransmission.set(now + this.sender.timer.timeout);
  }

  private retransmissionFired(): void {
    const { sender } = this;
    const { now } = this.tcp.context.clock;
    const opening = this.current === 'SYN-SENT' || this.current === 'SYN-RECEIVED';
    const waited = now - this.unacknowledgedSince;
    // A peer that answers probes of its closed window is alive: it may keep it closed for ever (RFC 9293 §3.8.6.1).
    if (waited >= (opening ? GIVE_UP_SYN : GIVE_UP_DATA)) {
      this.fail(this.lastSoftError ?? 'ETIMEDOUT');
      return;
    }
    sender.timer.backOff();
    if (opening) {
      this.tcp.tellRetransmission(this, 0, false);
      sender.goBack();
      sender.next = seqAdd(sender.initial, 1);
      this.sendSyn();
      return;
    }
    if (sender.window === 0 && sender.unsent > 0 && sender.inFlight === 0) {
      this.sendText(1, false, false);
    } else {
      sender.goBack();
      const size = Math.min(sender.mss, sender.textFrom(sender.next), Math.max(1, sender.window));
      const last = size === sender.textFrom(sender.next);
      const fin = sender.finQueued && last && sender.finAt >= 0;
      if (size > 0 || fin) this.sendText(size, fin, last);
    }
    this.armRetransmission();
  }

  // ---- ICMP (RFC 9293 §3.9.2.2, RFC 5461) ----

  /** @internal */
  icmpError(error: IcmpErrorReport): void {
    if (error.type !== 3) return;
    const hard = error.code === 2 || error.code === 3;
    const name: TcpError = hard ? 'ECONNREFUSED' : error.code === 0 ? 'ENETUNREACH' : 'EHOSTUNREACH';
    if (error.code === 4) return;
    // While opening, an unreachable peer is a failure; later it may be a passing one.
    if (this.current === 'SYN-SENT') this.fail(name);
    else this.lastSoftError = name;
  }
}

const NO_OPTIONS: readonly TcpOption[] = [];
