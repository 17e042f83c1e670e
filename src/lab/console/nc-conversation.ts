// A conversation of `nc` over TCP: what it has goes out, what comes is printed, until one of both ends it.
// Reading list: nc(1), as OpenBSD and Debian have it; RFC 9293 §3.6 (half-close).

import { NEVER, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { ReadingPace } from '../../service/reading-pace.js';
import type { Context } from '../../stack/context.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import type { TcpError } from '../../stack/tcp/listener.js';
import type { Input, Output } from './nc-data.js';

/** What is read at once. */
const PORTION = 16384;

export interface NcManners {
  /** Say when there is no more to send (-N). */
  readonly shutsDown: boolean;
  /** Quit so long after there is no more to send (-q); NEVER: wait for the peer. */
  readonly quitAfter: Time;
  /** Quit when nothing happens for so long (-w). */
  readonly patience: Time;
  /** Bytes per second; undefined: as they come. */
  readonly readRate: number | undefined;
}

/** How it ended: over, nobody there, or broken off. */
export type NcEnd = 'over' | { readonly error: TcpError; readonly connected: boolean };

export class NcConversation implements TcpListener, TimerOwner {
  private readonly manners: NcManners;
  private readonly input: Input | undefined;
  private readonly output: Output;
  private readonly connectedTo: (connection: TcpConnection) => void;
  private readonly done: (end: NcEnd) => void;
  private readonly context: Context;
  private readonly quit: Timer;
  private readonly idle: Timer;
  private readonly pace: ReadingPace | undefined;
  private connection: TcpConnection | undefined;
  private established = false;
  private peerIsDone = false;
  private saidAll = false;
  private isOver = false;
  private readonly goOn = (): void => this.readable();

  /** @param input undefined: there is nothing to send, and no end of it either (-d) */
  constructor(
    context: Context,
    manners: NcManners,
    input: Input | undefined,
    output: Output,
    connectedTo: (connection: TcpConnection) => void,
    done: (end: NcEnd) => void,
  ) {
    this.context = context;
    this.manners = manners;
    this.input = input;
    this.output = output;
    this.connectedTo = connectedTo;
    this.done = done;
    this.quit = context.timer(this, 'nc quits');
    this.idle = context.timer(this, 'nc has waited');
    const { readRate } = manners;
    if (readRate !== undefined) this.pace = new ReadingPace(context, readRate, (most) => this.readSome(most));
  }

  /** The connection is being opened. */
  begin(connection: TcpConnection): void {
    this.connection = connection;
    this.stir();
  }

  /** The program ends, and its connection with it. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.quit.clear();
    this.idle.clear();
    this.pace?.stop();
    this.connection?.close();
  }

  connected(connection: TcpConnection): void {
    if (this.isOver) return;
    this.connection = connection;
    this.established = true;
    this.connectedTo(connection);
    // Who only wanted to know whether somebody listens has ended it.
    if (this.isOver) return;
    this.stir();
    this.sendOn();
  }

  writable(): void {
    this.sendOn();
  }

  readable(): void {
    if (this.isOver) return;
    if (this.pace !== undefined) this.pace.wake();
    else while (this.readSome(PORTION) > 0);
  }

  ended(): void {
    this.peerIsDone = true;
    this.readable();
  }

  /** Who called may have gone before he was there; and when both sides have said all, some of it may wait to be read. */
  closed(): void {
    if (this.established) this.ended();
    else this.finish({ error: 'ECONNRESET', connected: false });
  }

  failed(_connection: TcpConnection, error: TcpError): void {
    this.finish({ error, connected: this.established });
  }

  timerFired(timer: Timer): void {
    if (timer === this.idle && !this.established) this.finish({ error: 'ETIMEDOUT', connected: false });
    else this.finish('over');
  }

  /** Returns how many bytes were read: none while nobody takes them. */
  private readSome(most: number): number {
    if (this.output.mustWait(this.goOn)) return 0;
    const bytes = this.connection?.read(most) ?? new Uint8Array(0);
    if (bytes.length > 0) {
      this.stir();
      this.output.add(bytes);
    } else this.endIfDone();
    return bytes.length;
  }

  private sendOn(): void {
    const { input, connection } = this;
    if (this.isOver || input === undefined || connection === undefined || this.saidAll) return;
    while (!input.isOver) {
      const piece = input.peek();
      const taken = connection.write(piece);
      input.take(taken);
      if (taken > 0) this.stir();
      if (taken < piece.length) return;
    }
    this.saidAll = true;
    const { shutsDown, quitAfter } = this.manners;
    if (shutsDown) connection.shutdown();
    if (quitAfter !== NEVER) this.quit.set(this.context.clock.now + quitAfter);
    this.endIfDone();
  }

  /** Over, when the peer has said all it will and so have we. */
  private endIfDone(): void {
    if (this.peerIsDone && (this.saidAll || this.input === undefined)) this.finish('over');
  }

  /** Something happens: the patience begins anew. */
  private stir(): void {
    const { patience } = this.manners;
    if (patience !== NEVER) this.idle.set(this.context.clock.now + patience);
  }

  private finish(end: NcEnd): void {
    if (this.isOver) return;
    this.stop();
    this.output.end();
    this.done(end);
  }
}
