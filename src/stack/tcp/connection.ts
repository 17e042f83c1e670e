// One TCP connection: its state, its two halves, its timers, and what the program can ask of it and is told.
// What arriving segments do to it is in `segment-arrives.ts`, what it sends in `output.ts`.
// Reading list: RFC 9293 §3.3.2 (states), §3.9.1 (what a program can ask), §3.10.2–3.10.5 (these calls), RFC 1122
// §4.2.2.13 (closing with text unread).

import { MILLISECOND, NEVER, SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { ECN } from '../../wire/ipv4.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import { type Endpoint, formatEndpoint } from '../endpoint.js';
import type { SendOptions } from '../ipv4-packet.js';
import { ChallengeLimit } from './challenge-limit.js';
import type { Backlog, LayerOf } from './connection-layer.js';
import {
  type AllTcpOptions,
  type KeepAlive,
  type TcpOptions,
  USUAL_KEEP_ALIVE,
} from './connection-options.js';
import { infoOf, type TcpInfo, type TimeOut } from './info.js';
import { type ListenerOf, NEWS, type TcpError, tellListener } from './listener.js';
import { MOST_BLOCKS, Receiver } from './receiver.js';
import { Sender } from './sender.js';
import type { TcpState } from './state.js';

/** What a program does with what its connection tells it. */
export type TcpListener = ListenerOf<TcpConnection>;
export type ConnectionLayer = LayerOf<TcpConnection>;

/** Bytes that timestamps take in every segment. */
const TIMESTAMPS_LENGTH = 12;
/** Differs: RFC 9293 §3.6 lets a peer that does not close keep us for ever. When the program is gone, this long. */
const ORPHAN_LIFETIME: Time = 60 * SECOND;
/** With the acknowledgment, a peer that is still in SYN-SENT believes it too. */
const RST_ACK = TCP_FLAG.rst | TCP_FLAG.ack;

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
  /** As the host and the program want it. @internal */
  readonly wants: AllTcpOptions;
  /** What both sides have agreed on (RFC 7323, RFC 3168; SACK: `sender.recovery.withSack`). @internal */
  timestamps = false;
  ecn = false;
  /** The program is gone: what still comes is for nobody. @internal */
  detached = false;
  /** @internal */
  timestampOffset = 0;
  /** An acknowledgment is owed: now, or with the next segment before the delay is over. @internal */
  ackNow = false;
  ackLater = false;
  /** Whether our SYN offers, or answers, these options. @internal */
  scalesWindows: boolean;
  offersSack: boolean;
  offersTimestamps: boolean;
  offersEcn: boolean;
  /** When our SYN went out, for the first time. @internal */
  synSentAt: Time = NEVER;
  /** Since when the peer owes us a sign of life; NEVER: it does not. @internal */
  waitingSince: Time = NEVER;
  /** When anything came from the peer last. @internal */
  heardAt: Time = NEVER;
  /** When the retransmission time-out is due (RFC 6298), and what the timer is set for. @internal */
  timeOutAt: Time = NEVER;
  timerIsFor: TimeOut = 'rto';
  /** From when on the wait for a tail loss probe counts (RFC 8985 §7.2). @internal */
  tailSince: Time = NEVER;
  /** Keep-alive probes that nobody has answered. @internal */
  keepAliveProbes = 0;
  /** How long until a closed window is probed (again). @internal */
  probeInterval: Time = 0;
  /** What ICMP said and the connection survived; cleared by progress. @internal */
  softError: TcpError | undefined;
  /** @internal */
  readonly retransmission: Timer;
  /** @internal */
  readonly delayedAck: Timer;
  /** @internal */
  keepAliveTimer: Timer | undefined;
  /** For every packet of the connection the same. @internal */
  readonly sendOptions: SendOptions;
  /** Counts of a lifetime. @internal */
  readonly counts = {
    bytesSent: 0,
    bytesAcknowledged: 0,
    bytesReceived: 0,
    segmentsSent: 0,
    segmentsReceived: 0,
    retransmissions: 0,
    duplicatesReported: 0,
  };
  /** For the layer: waits for its output, and the event that is due to. @internal */
  outputDue = false;
  outputCause = -1;
  /** For the layer: the next connection with the same hash. @internal */
  nextOfHash: TcpConnection | undefined;
  /** seq of the event that set the connection's row in the table of connections. @internal */
  recordedAs = -1;

  private current: TcpState = 'CLOSED';
  private markable: SendOptions | undefined;
  private limit: ChallengeLimit | undefined;
  private timeWait: Timer | undefined;
  private lingering: Timer | undefined;
  private lingersFor: Time | undefined;
  private userTimeout: Time | undefined;
  private keepsAlive: KeepAlive | undefined;
  private news = 0;
  private error: TcpError = 'ECONNRESET';
  private wantsWritable = false;

  constructor(
    tcp: ConnectionLayer,
    local: Endpoint,
    remote: Endpoint,
    listener: TcpListener,
    passive: boolean,
    wants: AllTcpOptions,
  ) {
    this.tcp = tcp;
    this.local = local;
    this.remote = remote;
    this.listener = listener;
    this.passive = passive;
    this.wants = wants;
    this.scalesWindows = wants.windowScale;
    this.offersSack = wants.sack;
    this.offersTimestamps = wants.timestamps;
    this.offersEcn = wants.ecn;
    const { rings } = tcp.context;
    this.sender = new Sender(wants, rings);
    this.receiver = new Receiver(wants.receiveBuffer, rings);
    this.lingersFor = wants.linger;
    this.userTimeout = wants.userTimeout;
    this.keepsAlive = keepAliveOf(wants.keepAlive);
    this.sendOptions = { source: local.address, dontFragment: true };
    this.retransmission = tcp.context.timer(this, this.timerName('tcp retransmission'));
    this.delayedAck = tcp.context.timer(this, this.timerName('tcp delayed ack'));
  }

  /** `192.0.2.1:50000 → 192.0.2.2:80` */
  get name(): string {
    return `${formatEndpoint(this.local)} → ${formatEndpoint(this.remote)}`;
  }

  /** Only a trace tells whose timer it is. @internal */
  timerName(what: string): string {
    return this.tcp.context.recorder.on ? `${what} ${this.name}` : what;
  }

  get state(): TcpState {
    return this.current;
  }

  /** As `sendOptions`, for text that the network may mark (ECN). @internal */
  get markableOptions(): SendOptions {
    this.markable ??= { ...this.sendOptions, trafficClass: ECN.capable0 };
    return this.markable;
  }

  /** @internal */
  get challenges(): ChallengeLimit {
    this.limit ??= new ChallengeLimit();
    return this.limit;
  }

  // ---- what the program asks ----

  /**
   * Takes as many bytes as there is room for and returns how many; `writable` is called when there is room again.
   * @param urgent the peer's program is to hear at once that there is something up to the last of these bytes
   */
  write(bytes: Uint8Array, urgent = false): number {
    return this.take(bytes, urgent, false);
  }

  /**
   * As `write`, but without a copy: nobody may change these bytes as long as the connection stands. For what stays the
   * same anyway, as the pages of a server do.
   */
  writeShared(bytes: Uint8Array): number {
    return this.take(bytes, false, true);
  }

  private take(bytes: Uint8Array, urgent: boolean, isShared: boolean): number {
    if (!this.takesText()) return 0;
    const taken = this.sender.take(bytes, isShared);
    if (taken < bytes.length) this.wantsWritable = true;
    if (taken === 0) return 0;
    if (urgent) this.sender.markUrgent();
    this.tcp.outputLater(this);
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

  /** Bytes, from the next one to read, up to the end of what the peer calls urgent; 0: nothing is. */
  get urgent(): number {
    return this.receiver.urgent;
  }

  /** No more will be written: a FIN follows what is in the buffer. Reading goes on (RFC 9293 §3.10.4). */
  shutdown(): void {
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

  /**
   * The program is done with the connection, in both directions: what it has written still goes out, what comes is for
   * nobody any more. Text that it has not read means that something went wrong: the peer hears that by a reset.
   */
  close(): void {
    if (this.detached || this.current === 'CLOSED') return;
    this.detached = true;
    if (this.receiver.available > 0 || this.lingersFor === 0) {
      this.abort();
      return;
    }
    if (this.lingersFor !== undefined && this.current !== 'TIME-WAIT') {
      const { context } = this.tcp;
      this.lingering = context.timer(this, this.timerName('tcp linger'));
      this.lingering.set(context.clock.now + this.lingersFor);
    }
    this.shutdown();
    if (this.current === 'FIN-WAIT-2') this.startEnd(ORPHAN_LIFETIME);
  }

  /** Changes what can be changed while the connection stands. */
  setOptions(options: Pick<TcpOptions, 'nodelay' | 'keepAlive' | 'userTimeout' | 'linger'>): void {
    const { nodelay, keepAlive, userTimeout, linger } = options;
    if (nodelay !== undefined) this.sender.nodelay = nodelay;
    if (keepAlive !== undefined) this.keepsAlive = keepAliveOf(keepAlive);
    if (userTimeout !== undefined) this.userTimeout = userTimeout;
    if (linger !== undefined) this.lingersFor = linger;
    this.tcp.outputLater(this);
  }

  /** The connection as it is now: windows, timers, what is under way, and what there has been. */
  info(): TcpInfo {
    return infoOf(this);
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
        this.tcp.transmit(this, this.sender.quietSequence, RST_ACK, 0);
        break;
      default:
    }
    this.finish();
    this.tellProgram();
  }

  private takesText(): boolean {
    if (this.sender.finAt !== undefined) return false;
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
      tellListener(this.listener, this, first, this.error);
    }
  }

  /** There is something new to read. @internal */
  textArrived(): void {
    this.news |= NEWS.readable;
  }

  /** The peer has something urgent to say. @internal */
  urgentTold(): void {
    this.news |= NEWS.urgent;
  }

  /** There may be room to write again. @internal */
  roomFreed(): void {
    if (!this.wantsWritable || this.sender.free === 0 || this.sender.finAt !== undefined) return;
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
      case 'FIN-WAIT-2':
        if (this.detached) this.startEnd(ORPHAN_LIFETIME);
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
    this.lingering?.clear();
    this.keepAliveTimer?.clear();
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
    this.retransmission.clear();
    this.keepAliveTimer?.clear();
    this.lingering?.clear();
    this.startEnd(2 * this.wants.segmentLifetime);
  }

  /** The connection ends when this time is over. */
  private startEnd(after: Time): void {
    const { context } = this.tcp;
    this.timeWait ??= context.timer(this, this.timerName('tcp time-wait'));
    this.timeWait.set(context.clock.now + after);
  }

  timerFired(timer: Timer): void {
    if (timer === this.timeWait) {
      this.finish();
      this.tellProgram();
    } else if (timer === this.lingering) this.abort();
    else this.tcp.timerFired(this, timer);
  }

  /** When TIME-WAIT is over; NEVER before it has begun. @internal */
  get endsAt(): Time {
    return this.timeWait?.at ?? NEVER;
  }

  /** How long the peer may owe us an answer; undefined: as long as is usual. @internal */
  get patience(): Time | undefined {
    return this.userTimeout;
  }

  /** @internal */
  get keepAlive(): KeepAlive | undefined {
    return this.keepsAlive;
  }

  // ---- what both sides agree on ----

  /** Bytes of options that every segment carries. @internal */
  get optionsLength(): number {
    return this.timestamps ? TIMESTAMPS_LENGTH : 0;
  }

  /** Our clock as timestamps have it, in ms; it begins where nobody can know (RFC 7323 §5.4, §7.1). @internal */
  timestampAt(time: Time): number {
    return (this.timestampOffset + Math.floor(time / MILLISECOND)) | 0;
  }

  /** SACK blocks that a segment has room for. @internal */
  get mostBlocks(): number {
    return this.timestamps ? MOST_BLOCKS - 1 : MOST_BLOCKS;
  }
}

function keepAliveOf(option: boolean | KeepAlive): KeepAlive | undefined {
  if (option === false) return undefined;
  return option === true ? USUAL_KEEP_ALIVE : option;
}
