// A server as Node's programs know it, on a port of a simulated host.
// Reading list: Node's documentation of net.Server.

import { EventEmitter } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Turns } from '../../adapter/turns.js';
import { parseIpv4 } from '../../base/address.js';
import type { Station } from '../../device/station.js';
import { EPHEMERAL_HIGH, EPHEMERAL_LOW } from '../../stack/endpoint.js';
import { nodeError } from './node-error.js';
import { SimulatedSocket, type SocketOptions } from './socket.js';

export interface ServerOptions extends SocketOptions {
  /** What comes in waits until the program reads. */
  readonly pauseOnConnect?: boolean | undefined;
}

export interface ListenOptions {
  /** 0: a free one. */
  readonly port?: number | undefined;
  /** Only any address of the host: absent, `0.0.0.0`, `::` or one of its own. */
  readonly host?: string | undefined;
  /** Connections whose handshake is not done. */
  readonly backlog?: number | undefined;
}

type Callback = (error?: Error) => void;

/** Emits `listening`, `connection`, `close`, `error` and `drop` as net.Server does. */
export class SimulatedServer extends EventEmitter {
  /** Connections beyond these are reset. */
  maxConnections = Number.POSITIVE_INFINITY;
  private readonly turns: Turns;
  private readonly station: Station;
  private readonly options: ServerOptions;
  private readonly sockets = new Set<SimulatedSocket>();
  private port = -1;
  private isClosing = false;

  constructor(
    turns: Turns,
    station: Station,
    options: ServerOptions,
    listener?: (socket: SimulatedSocket) => void,
  ) {
    super();
    this.turns = turns;
    this.station = station;
    this.options = options;
    if (listener !== undefined) this.on('connection', listener);
  }

  get listening(): boolean {
    return this.port >= 0;
  }

  listen(port?: number, host?: string, backlog?: number, callback?: Callback): this;
  listen(port?: number, host?: string, callback?: Callback): this;
  listen(port?: number, callback?: Callback): this;
  listen(options: ListenOptions, callback?: Callback): this;
  listen(...args: unknown[]): this {
    const { port = 0, host, backlog } = listenOptions(args);
    const callback = args.find((arg) => typeof arg === 'function') as Callback | undefined;
    if (this.listening) {
      throw Object.assign(new Error('Listen method has been called more than once without closing.'), {
        code: 'ERR_SERVER_ALREADY_LISTEN',
      });
    }
    if (callback !== undefined) this.once('listening', callback);
    const error = this.isOurs(host) ? this.listenOn(port, backlog) : 'EADDRNOTAVAIL';
    process.nextTick(() => {
      if (error === undefined) this.emit('listening');
      else this.emit('error', nodeError('listen', error, { address: parseIpv4(host ?? '') ?? 0, port }));
    });
    return this;
  }

  /** No more connections; those that stand go on. `close` follows when the last of them has ended. */
  close(callback?: Callback): this {
    if (callback !== undefined) {
      if (this.listening) this.once('close', callback);
      else {
        const error = Object.assign(new Error('Server is not running.'), { code: 'ERR_SERVER_NOT_RUNNING' });
        this.once('close', () => callback(error));
      }
    }
    if (this.listening) this.station.stack.tcp.stopListening(this.port);
    this.port = -1;
    this.isClosing = true;
    this.turns.stir();
    this.emitCloseIfDone();
    return this;
  }

  address(): AddressInfo | null {
    return this.listening ? { address: '0.0.0.0', family: 'IPv4', port: this.port } : null;
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this.sockets.size);
    return this;
  }

  /** A port of the simulated world keeps no process from ending. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  private isOurs(host: string | undefined): boolean {
    if (host === undefined || host === '' || host === '::' || host === 'localhost') return true;
    const address = parseIpv4(host);
    return address !== undefined && (address === 0 || this.station.stack.ipv4.isLocal(address));
  }

  private listenOn(port: number, backlog?: number): 'EADDRINUSE' | undefined {
    const acceptor = {
      accept: () => {
        const { turns, station, options } = this;
        return new SimulatedSocket(turns, station.context, options, (socket) => this.accepted(socket))
          .listener;
      },
      ...(backlog === undefined ? {} : { backlog }),
    };
    const last = port === 0 ? EPHEMERAL_HIGH : port;
    for (let tried = port === 0 ? EPHEMERAL_LOW : port; tried <= last; tried++) {
      if (this.station.stack.tcp.listen(tried, acceptor) !== undefined) continue;
      this.port = tried;
      this.isClosing = false;
      return undefined;
    }
    return 'EADDRINUSE';
  }

  private accepted(socket: SimulatedSocket): void {
    if (this.port < 0 || this.sockets.size >= this.maxConnections) {
      const { localAddress, localPort, remoteAddress, remotePort } = socket;
      if (this.listening)
        this.emit('drop', {
          ...{ localAddress, localPort, localFamily: 'IPv4' },
          ...{ remoteAddress, remotePort, remoteFamily: 'IPv4' },
        });
      socket.resetAndDestroy();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.emitCloseIfDone();
    });
    if (this.options.pauseOnConnect) socket.pause();
    this.emit('connection', socket);
  }

  private emitCloseIfDone(): void {
    if (!this.isClosing || this.sockets.size > 0) return;
    this.isClosing = false;
    process.nextTick(() => this.emit('close'));
  }
}

function listenOptions(args: readonly unknown[]): ListenOptions {
  const [first, host, backlog] = args;
  if (typeof first === 'object' && first !== null) return first as ListenOptions;
  return {
    port: typeof first === 'number' ? first : Number(typeof first === 'string' ? first : 0),
    host: typeof host === 'string' ? host : undefined,
    backlog: typeof backlog === 'number' ? backlog : undefined,
  };
}
