// A socket as Node's programs know it, on a simulated connection: a Duplex with what `net.Socket` has besides, as far as
// node:http and programs like it use it.
// Reading list: Node's documentation of net.Socket and stream.Duplex; RFC 9293 §3.9.1 (the calls below them).

import type { AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import type { Turns } from '../../adapter/turns.js';
import { formatIpv4 } from '../../base/address.js';
import { MILLISECOND, SECOND } from '../../base/time.js';
import type { Context } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import type { TcpOptions } from '../../stack/tcp/connection-options.js';
import { IdleTimer } from './idle-timer.js';
import { nodeError } from './node-error.js';

export interface SocketOptions {
  /** Our half stays open when the peer has closed its own. Default false: it is closed too. */
  readonly allowHalfOpen?: boolean | undefined;
  /** Bytes that are kept for a program that reads slowly, besides those in the receive buffer. */
  readonly highWaterMark?: number | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAlive?: boolean | undefined;
  /** Simulated ms. */
  readonly keepAliveInitialDelay?: number | undefined;
}

type Written = (error?: Error | null) => void;

/** At most so many bytes are read at once, as libuv does. */
const CHUNK = 65536;
/** As libuv has it. */
const KEEP_ALIVE = { interval: SECOND, probes: 10 } as const;

export class SimulatedSocket extends Duplex {
  /** The name is being asked for, or the handshake is under way. */
  connecting = true;
  /** Simulated ms; 0: none. */
  timeout = 0;
  bytesRead = 0;
  /** @internal */
  readonly listener: TcpListener;
  private readonly turns: Turns;
  private readonly idle: IdleTimer;
  private wishes: Pick<TcpOptions, 'nodelay' | 'keepAlive'> = {};
  private connection: TcpConnection | undefined;
  private sentBytes = 0;
  /** The stream has room for more. */
  private hungry = false;
  private peerEnded = false;
  private resets = false;
  /** What is being written and was not taken yet, and who is to be told when it was. */
  private rest: Uint8Array | undefined;
  private taken: Written | undefined;

  /** @param accepted called when a connection stands that came in */
  constructor(
    turns: Turns,
    context: Context,
    options: SocketOptions,
    accepted?: (socket: SimulatedSocket) => void,
  ) {
    const { allowHalfOpen = false, highWaterMark, noDelay, keepAlive, keepAliveInitialDelay } = options;
    // `close` tells whether there was an error, so it is emitted here.
    super({ allowHalfOpen, highWaterMark, emitClose: false });
    this.turns = turns;
    this.idle = new IdleTimer(context, 'socket time-out', () => turns.tell(() => this.emit('timeout')));
    this.listener = {
      connected: (connection) => {
        this.use(connection);
        turns.tell(() => this.connected(accepted));
      },
      readable: () => {
        if (this.hungry) turns.tell(() => this.feed());
      },
      writable: () => turns.tell(() => this.flush()),
      ended: () => turns.tell(() => this.ended()),
      failed: ({ remote }, code) =>
        turns.tell(() => {
          if (!this.connecting) this.destroy(nodeError('read', code));
          // Who never came in is nobody's trouble.
          else this.destroy(accepted === undefined ? nodeError('connect', code, remote) : undefined);
        }),
    };
    if (noDelay) this.setNoDelay(true);
    if (keepAlive) this.setKeepAlive(true, keepAliveInitialDelay);
  }

  // ---- what net.Socket has besides ----

  get remoteAddress(): string | undefined {
    return addressOf(this.connection?.remote);
  }

  get remotePort(): number | undefined {
    return this.connection?.remote.port;
  }

  get remoteFamily(): string | undefined {
    return this.connection === undefined ? undefined : 'IPv4';
  }

  get localAddress(): string | undefined {
    return addressOf(this.connection?.local);
  }

  get localPort(): number | undefined {
    return this.connection?.local.port;
  }

  get localFamily(): string | undefined {
    return this.connection === undefined ? undefined : 'IPv4';
  }

  /** Also those that still wait here. */
  get bytesWritten(): number {
    return this.sentBytes + this.writableLength;
  }

  get pending(): boolean {
    return this.connection === undefined || this.connecting;
  }

  get readyState(): 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  address(): AddressInfo | Record<string, never> {
    if (this.connection === undefined) return {};
    const { address, port } = this.connection.local;
    return { address: formatIpv4(address), family: 'IPv4', port };
  }

  setNoDelay(noDelay = true): this {
    return this.wish({ nodelay: noDelay });
  }

  /** @param initialDelay simulated ms; 0: as TCP has it */
  setKeepAlive(enable = false, initialDelay = 0): this {
    const keepAlive = initialDelay > 0 ? { idle: initialDelay * MILLISECOND, ...KEEP_ALIVE } : true;
    return this.wish({ keepAlive: enable && keepAlive });
  }

  /** `timeout` is emitted when for so many simulated ms nothing has been sent or received; 0: never. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.timeout = milliseconds;
    this.idle.start(Math.round(milliseconds * MILLISECOND));
    if (callback !== undefined) {
      if (milliseconds > 0) this.once('timeout', callback);
      else this.removeListener('timeout', callback);
    }
    this.turns.stir();
    return this;
  }

  /** Time goes on by itself until this socket's time is up. */
  ref(): this {
    this.idle.setBackground(false);
    this.turns.stir();
    return this;
  }

  /** The time-out of this socket is no reason for time to go on. */
  unref(): this {
    this.idle.setBackground(true);
    return this;
  }

  /** Destroys the socket when all is written. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    this.resets = true;
    return this.destroy();
  }

  // ---- the connection ----

  /** The connection is on its way, or stands. @internal */
  use(connection: TcpConnection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    connection.setOptions(this.wishes);
    this.flush();
  }

  /** Holds from now on, or from when there is a connection. */
  private wish(wishes: Pick<TcpOptions, 'nodelay' | 'keepAlive'>): this {
    this.wishes = { ...this.wishes, ...wishes };
    this.connection?.setOptions(wishes);
    this.turns.stir();
    return this;
  }

  private connected(accepted?: (socket: SimulatedSocket) => void): void {
    if (this.destroyed) return;
    this.connecting = false;
    this.idle.touch();
    if (accepted !== undefined) accepted(this);
    else {
      this.emit('connect');
      this.emit('ready');
    }
    // Reading begins, whether somebody listens or not: the end of the connection must be noticed.
    if (!this.destroyed && !this.isPaused()) this.read(0);
  }

  private feed(): void {
    const { connection } = this;
    while (this.hungry && !this.destroyed) {
      const bytes = connection?.read(CHUNK);
      if (bytes === undefined || bytes.length === 0) {
        if (this.peerEnded) {
          this.hungry = false;
          this.push(null);
        }
        return;
      }
      this.idle.touch();
      this.turns.stir();
      this.bytesRead += bytes.length;
      this.hungry = this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    }
  }

  private ended(): void {
    this.peerEnded = true;
    this.feed();
  }

  private flush(): void {
    const { rest, connection, taken } = this;
    if (rest === undefined || connection === undefined || this.destroyed) return;
    this.rest = rest.subarray(connection.write(rest));
    this.idle.touch();
    this.turns.stir();
    if (this.rest.length > 0) return;
    this.rest = undefined;
    taken?.();
  }

  // ---- what Duplex asks ----

  override _read(): void {
    this.hungry = true;
    this.feed();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Written): void {
    this.rest = chunk;
    this.taken = (error) => {
      this.taken = undefined;
      if (error === undefined) this.sentBytes += chunk.length;
      done(error);
    };
    this.flush();
  }

  /** What was written meanwhile goes out as one. */
  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Written): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: Written): void {
    if (this.connecting) {
      this.once('connect', () => this._final(done));
      return;
    }
    this.connection?.shutdown();
    this.turns.stir();
    done();
  }

  override _destroy(error: Error | null, done: Written): void {
    this.connecting = false;
    this.idle.stop();
    if (this.resets) this.connection?.abort();
    else this.connection?.close();
    this.turns.stir();
    done(error);
    this.taken?.(error ?? nodeError('write', 'ECANCELED'));
    // In a turn of its own, as Node does: who waits for `error` first must not miss it.
    setImmediate(() => this.emit('close', error !== null));
  }
}

function addressOf(endpoint: Endpoint | undefined): string | undefined {
  return endpoint === undefined ? undefined : formatIpv4(endpoint.address);
}
