// One TCP connection: its state, its two halves, its timers, and what the program can ask of it and is told.
// What arriving segments do to it is in `segment-arrives.ts`, what it sends in `output.ts`.
// Reading list: RFC 9293 §3.3.2 (states), §3.9.1 (what a program can ask), §3.10.2–3.10.5 (these calls).

import { NEVER, SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import {
  findMss,
  findWindowScale,
  TCP_WINDOW_SHIFT_MAXIMUM,
  type TcpOption,
} from '../../wire/tcp-options.js';
import type { Context } from '../context.js';
import { type Endpoint, formatEndpoint } from '../endpoint.js';
import type { SendOptions } from '../ipv4-packet.js';
import { ChallengeLimit } from './challenge-limit.js';
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

/**
 * What a program does with what its connection tells it. All are optional. Each is called after the segment, time-out
 * or error that it is about has been handled completely, so the program may do with any connection what it likes.
 * The last is either `closed` or `failed`.
 */
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
  /** Bytes, 1 to 2^30; default 256 KiB each. */
  readonly receiveBuffer?: number;
  readonly sendBuffer?: number;
  /** Send small segments at once (no Nagle, RFC 9293 §3.7.4). */
  readonly nodelay?: boolean;
}

/** What a connection needs of the layer it belongs to. */
export interface ConnectionLayer {
  readonly context: Context;
  /** Sends a segment with `size` bytes of text from the connection's buffer, beginning at `sequence`. */
  transmit(
    connection: TcpConnection,
    sequence: number,
    flags: number,
    size: number,
    options: readonly TcpOption[],
  ): void;
  /** Answers a segment with a reset that its sender must believe. */
  reset(connection: TcpConnection, segment: TcpSegment): void;
  /** The segment that is being handled is not taken; what follows is due to that. */
  drop(reason: DropReason): void;
  /** The connection may have something to send, when what is being handled is done with. */
  outputLater(connection: TcpConnection): void;
  timerFired(connection: TcpConnection, timer: Timer): void;
  /** Text bytes that fit into one packet to the peer. */
  maximumSegment(connection: TcpConnection): number;
  stateChanged(connection: TcpConnection, from: TcpState): void;
  /** The connection is closed for good. */
  forget(connection: TcpConnection): void;
}

/** The queue of a listener: connections whose handshake is not done. */
export interface Backlog {
  opening: number;
}

const DEFAULT_BUFFER = 262144;
/** RFC 9293 §3.4.2: how long a segment can live in the network. */
export const MAXIMUM_SEGMENT_LIFETIME: Time = 30 * SECOND;
/** Differs: RFC 9293 §3.7.1 has no least MSS. With one, nobody can make us send a packet for every byte. */
const LEAST_MSS = 48;
/** With the acknowledgment, a peer that is still in SYN-SENT believes it too. */
const RST_ACK = TCP_FLAG.rst | TCP_FLAG.ack;
const NO_OPTIONS: readonly TcpOption[] = [];

/** What the program is still to be told, in this order. */
const NEWS = { connected: 1, readable: 2, ended: 4, writable: 8, closed: 16, failed: 32 } as const;

export class TcpConnection implements TimerOwner {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly listener: TcpListener;
  /** @internal */
  readonly sender: Sender;
  /** @internal */
  readonly receiver: Receiver;
  /** @internal */
  readonly tcp: ConnectionLayer;
  /** The listener's queue, for a connection that came in: it leaves it when the handshake is done. @internal */
  backlog: Backlog | null = null;
  /** Opened by a listener, not by `connect`. */
  readonly passive: boolean;
  /** An acknowledgment is owed: now, or with the next segment before the delay is over. @internal */
  ackNow = false;
  ackLater = false;
  /** Whether our SYN offers, or answers, the window scale option. @internal */
  scalesWindows = true;
  /** Since when the peer owes us a sign of life; NEVER: it does not. @internal */
  waitingSince: Time = NEVER;
  /** How long until a closed window is probed (again). @internal */
  probeInterval: Time = 0;
  /** What ICMP said and the connection survived; cleared by progress. @internal */
  softError: TcpError | undefined;
  /** @internal */
  readonly retransmission: Timer;
  /** @internal */
  readonly delayedAck: Timer;
  /** @internal */
  readonly challenges = new ChallengeLimit();
  /** For every packet of the connection the same. @internal */
  readonly sendOptions: SendOptions;
  /** For the layer: waits for its output, and the event that is due to. @internal */
  outputDue = false;
  outputCause = -1;
  /** For the layer: the next connection with the same hash. @internal */
  nextOfHash: TcpConnection | undefined;
  /** seq of the event that set the connection's row in the table of connections. @internal */
  recordedAs = -1;

  private current: TcpState = 'CLOSED';
  private timeWait: Timer | undefined;
  private news = 0;
  private error: TcpError = 'ECONNRESET';
  private wantsWritable = false;

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
    this.sender = new Sender(options.sendBuffer ?? DEFAULT_BUFFER, options.nodelay ?? false);
    this.receiver = new Receiver(options.receiveBuffer ?? DEFAULT_BUFFER);
    this.sendOptions = { source: local.address, dontFragment: true };
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

  // ---- what the program asks ----

  /** Takes as many bytes as there is room for and returns how many; `writable` is called when there is room again. */
  write(bytes: Uint8Array): number {
    if (!this.takesText()) return 0;
    const taken = this.sender.take(bytes);
    if (taken < bytes.length) this.wantsWritable = true;
    if (taken > 0) this.tcp.outputLater(this);
    return taken;
  }

  /** Up to `max` bytes, in order; empty when nothing is there. */
  read(max = Number.POSITIVE_INFINITY): Uint8Array {
    const bytes = this.receiver.read(max);
    if (bytes.length > 0) this.tellWindow();
    return bytes;
  }

  /** As `read`, into memory of the caller's; returns how many bytes it got. */
  readInto(target: Uint8Array): number {
    const size = this.receiver.readInto(target);
    if (size > 0) this.tellWindow();
    return size;
  }

  /** No more will be written: a FIN follows what is in the buffer. Reading goes on (RFC 9293 §3.10.4). */
  close(): void {
    switch (this.current) {
      case 'SYN-SENT':
        this.finish();
        this.tellProgram();
        return;
      case 'SYN-RECEIVED':
        this.sender.finish();
        // What has been written goes first, and that must wait until the handshake is done.
        if (this.sender.unsent === 0) this.enter('FIN-WAIT-1');
        break;
      case 'ESTABLISHED':
        this.sender.finish();
        this.enter('FIN-WAIT-1');
        break;
      case 'CLOSE-WAIT':
        this.sender.finish();
        this.enter('LAST-ACK');
        break;
      default:
        return;
    }
    this.tcp.outputLater(this);
  }

  /** Ends the connection at once, with a reset where the peer counts on us (RFC 9293 §3.10.5). */
  abort(): void {
    switch (this.current) {
      case 'CLOSED':
        return;
      case 'SYN-RECEIVED':
      case 'ESTABLISHED':
      case 'FIN-WAIT-1':
      case 'FIN-WAIT-2':
      case 'CLOSE-WAIT':
        this.tcp.transmit(this, this.sender.quietSequence, RST_ACK, 0, NO_OPTIONS);
        break;
      default:
    }
    this.finish();
    this.tellProgram();
  }

  private takesText(): boolean {
    if (this.sender.finAt >= 0) return false;
    return (
      this.current === 'ESTABLISHED' ||
      this.current === 'CLOSE-WAIT' ||
      this.current === 'SYN-SENT' ||
      this.current === 'SYN-RECEIVED'
    );
  }

  /** After reading: the peer may be waiting for the window to open. */
  private tellWindow(): void {
    if (this.current !== 'ESTABLISHED' && this.current !== 'FIN-WAIT-1' && this.current !== 'FIN-WAIT-2')
      return;
    if (!this.receiver.hasNewsOfWindow(this.sender.mss)) return;
    this.ackNow = true;
    this.tcp.outputLater(this);
  }

  // ---- what the program is told ----

  /** Tells the program what has happened. Called when it has been handled completely. @internal */
  tellProgram(): void {
    // The program may do anything meanwhile, also end the connection: look at the news anew each time.
    while (this.news !== 0) {
      const first = this.news & -this.news;
      this.news ^= first;
      this.tell(first);
    }
  }

  private tell(news: number): void {
    const { listener } = this;
    switch (news) {
      case NEWS.connected:
        listener.connected?.(this);
        break;
      case NEWS.readable:
        listener.readable?.(this);
        break;
      case NEWS.ended:
        listener.ended?.(this);
        break;
      case NEWS.writable:
        listener.writable?.(this);
        break;
      case NEWS.closed:
        listener.closed?.(this);
        break;
      default:
        listener.failed?.(this, this.error);
    }
  }

  /** There is something new to read. @internal */
  textArrived(): void {
    this.news |= NEWS.readable;
  }

  /** There may be room to write again. @internal */
  roomFreed(): void {
    if (!this.wantsWritable || this.sender.room === 0 || this.sender.finAt >= 0) return;
    this.wantsWritable = false;
    this.news |= NEWS.writable;
  }

  // ---- states ----

  /** Moves to another state, and notes what of it concerns the program. @internal */
  enter(state: TcpState): void {
    const from = this.current;
    this.current = state;
    this.tcp.stateChanged(this, from);
    switch (state) {
      case 'ESTABLISHED':
        this.news |= NEWS.connected;
        break;
      case 'CLOSE-WAIT':
      case 'CLOSING':
        this.news |= NEWS.ended;
        break;
      case 'TIME-WAIT':
        this.news |= from === 'FIN-WAIT-2' ? NEWS.ended | NEWS.closed : NEWS.closed;
        this.startTimeWait();
        break;
      default:
    }
  }

  /** The connection is gone, as it should be. @internal */
  finish(): void {
    // In TIME-WAIT the program has been told already.
    this.end(this.current === 'TIME-WAIT' ? this.news : NEWS.closed);
  }

  /** The connection is gone, as it should not be. @internal */
  fail(error: TcpError): void {
    this.error = error;
    this.end(NEWS.failed);
  }

  private end(news: number): void {
    this.news = news;
    this.retransmission.clear();
    this.delayedAck.clear();
    this.timeWait?.clear();
    this.handshakeOver();
    this.enter('CLOSED');
    this.tcp.forget(this);
  }

  /** The handshake has succeeded or failed: a place in the listener's queue is free. @internal */
  handshakeOver(): void {
    if (this.backlog === null) return;
    this.backlog.opening--;
    this.backlog = null;
  }

  /** (Re)starts 2 MSL, as a repeated FIN does (RFC 9293 §3.10.7.4). @internal */
  startTimeWait(): void {
    const { context } = this.tcp;
    this.retransmission.clear();
    this.timeWait ??= context.timer(this, `tcp time-wait ${this.name}`);
    this.timeWait.set(context.clock.now + 2 * MAXIMUM_SEGMENT_LIFETIME);
  }

  timerFired(timer: Timer): void {
    if (timer === this.timeWait) this.finish();
    else this.tcp.timerFired(this, timer);
  }

  // ---- what both sides agree on ----

  /** The options of the peer's SYN; what it does not say counts as the default. @internal */
  agree(options: readonly TcpOption[]): void {
    const { sender, receiver, tcp } = this;
    const wanted = Math.max(LEAST_MSS, findMss(options) ?? DEFAULT_MSS);
    sender.mss = Math.min(wanted, tcp.maximumSegment(this));
    const shift = findWindowScale(options);
    this.scalesWindows = shift !== undefined;
    if (shift === undefined) return;
    sender.windowShift = shift;
    receiver.windowShift = this.wantedShift;
  }

  /** The least window shift with which the whole receive buffer can be offered (RFC 7323 §2.3). @internal */
  get wantedShift(): number {
    let shift = 0;
    while (shift < TCP_WINDOW_SHIFT_MAXIMUM && this.receiver.limit >> shift > 0xffff) shift++;
    return shift;
  }
}
