// A conversation of `nc` over UDP: nobody says when it is over. Reading list: nc(1), RFC 768.

import { NEVER } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { ReportedError } from '../../stack/socket-error.js';
import type { UdpListener, UdpSocket } from '../../stack/udp-socket.js';
import type { NcManners } from './nc-conversation.js';
import type { Input, Output } from './nc-data.js';

export class NcDatagrams implements UdpListener, TimerOwner {
  private readonly context: Context;
  private readonly manners: Pick<NcManners, 'quitAfter' | 'patience'>;
  private readonly input: Input | undefined;
  private readonly output: Output;
  private readonly met: (peer: Endpoint) => void;
  private readonly done: (error: ReportedError | undefined) => void;
  private readonly quit: Timer;
  private readonly idle: Timer;
  private socket: UdpSocket | undefined;
  private hasPeer = false;
  private isOver = false;

  /** @param met told of the first who sends something to a socket that listens */
  constructor(
    context: Context,
    manners: Pick<NcManners, 'quitAfter' | 'patience'>,
    input: Input | undefined,
    output: Output,
    met: (peer: Endpoint) => void,
    done: (error: ReportedError | undefined) => void,
  ) {
    this.context = context;
    this.manners = manners;
    this.input = input;
    this.output = output;
    this.met = met;
    this.done = done;
    this.quit = context.timer(this, 'nc quits');
    this.idle = context.timer(this, 'nc has waited');
  }

  /** With a socket that is connected, or one that waits for the first who comes. */
  begin(socket: UdpSocket): void {
    this.socket = socket;
    this.hasPeer = socket.remote !== undefined;
    if (this.hasPeer) {
      this.stir();
      this.sendAll();
    }
  }

  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.quit.clear();
    this.idle.clear();
    this.socket?.close();
  }

  received(data: Uint8Array, from: Endpoint): void {
    if (!this.hasPeer) {
      this.hasPeer = true;
      this.socket?.connect(from);
      this.met(from);
      this.sendAll();
    }
    this.stir();
    this.output.add(data);
  }

  failed(error: ReportedError): void {
    this.finish(error);
  }

  timerFired(): void {
    this.finish(undefined);
  }

  private sendAll(): void {
    const { input, socket } = this;
    if (input === undefined || socket === undefined) return;
    while (!input.isOver) {
      const piece = input.peek();
      socket.send(piece);
      input.take(piece.length);
    }
    const { quitAfter } = this.manners;
    if (quitAfter !== NEVER) this.quit.set(this.context.clock.now + quitAfter);
  }

  private stir(): void {
    const { patience } = this.manners;
    if (patience !== NEVER) this.idle.set(this.context.clock.now + patience);
  }

  private finish(error: ReportedError | undefined): void {
    if (this.isOver) return;
    this.stop();
    this.output.end();
    this.done(error);
  }
}
