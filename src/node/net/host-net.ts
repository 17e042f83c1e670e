// What `node:net` is to a machine: sockets, servers and names of one simulated host.
// Reading list: Node's documentation of net, dns.lookup and http.Agent.

import type { LookupAddress, LookupOptions } from 'node:dns';
import { Agent, type AgentOptions, type Server as HttpServer } from 'node:http';
import { lookUp } from '../../adapter/host-lookup.js';
import type { Turns } from '../../adapter/turns.js';
import { formatIpv4, parseIpv4 } from '../../base/address.js';
import { MILLISECOND } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import { lookupError, nodeError } from './node-error.js';
import { type ServerOptions, SimulatedServer } from './server.js';
import { SimulatedSocket, type SocketOptions } from './socket.js';

export interface ConnectOptions extends SocketOptions {
  /** Also as text. */
  readonly port?: number | string | null | undefined;
  /** A name or an address; default `localhost`. */
  readonly host?: string | null | undefined;
  /** Simulated ms, as for `setTimeout`. */
  readonly timeout?: number | undefined;
  readonly lookup?: Lookup | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;
/** As `dns.lookup`. */
export type Lookup = (hostname: string, options: LookupOptions, callback: LookupCallback) => void;

/** All functions can be handed on without their object. */
export class HostNet {
  readonly station: Station;
  private readonly turns: Turns;

  constructor(turns: Turns, station: Station) {
    this.turns = turns;
    this.station = station;
  }

  /** As `net.connect`: options, or port and host; `connected` is a listener of `connect`. */
  readonly connect: {
    // http.request hands on a function that it calls itself.
    (options: ConnectOptions, connected?: (...args: never) => void): SimulatedSocket;
    (port: number, host?: string, connected?: () => void): SimulatedSocket;
    (port: number, connected?: () => void): SimulatedSocket;
  } = (...args: unknown[]) => {
    const options = connectOptions(args);
    const socket = new SimulatedSocket(this.turns, this.station.context, options);
    const connected = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (connected !== undefined) socket.once('connect', connected);
    if (options.timeout) socket.setTimeout(options.timeout);
    const { signal } = options;
    if (signal !== undefined) abortBy(socket, signal);
    this.open(socket, options);
    return socket;
  };

  readonly createConnection = this.connect;

  /** As `net.createServer`. */
  readonly createServer: {
    (options?: ServerOptions, listener?: (socket: SimulatedSocket) => void): SimulatedServer;
    (listener?: (socket: SimulatedSocket) => void): SimulatedServer;
  } = (...args: unknown[]) => {
    const [first] = args;
    const options = typeof first === 'object' && first !== null ? (first as ServerOptions) : {};
    const listener = args.find((arg) => typeof arg === 'function') as
      | ((socket: SimulatedSocket) => void)
      | undefined;
    return new SimulatedServer(this.turns, this.station, options, listener);
  };

  /**
   * A port whose connections go to a server of `node:http`, which needs not listen itself. What is returned is closed when
   * no more are to come.
   */
  readonly serve = (server: HttpServer, port: number, listening?: () => void): SimulatedServer => {
    // http.Server is a net.Server that lets the other half stay open, and has these of it; the delay in s.
    const { noDelay, keepAlive, keepAliveInitialDelay = 0 } = server as ServerOptions;
    const options = {
      ...{ allowHalfOpen: true, noDelay, keepAlive },
      keepAliveInitialDelay: keepAliveInitialDelay * 1000,
    };
    const connections = this.createServer(options, (socket) => server.emit('connection', socket));
    connections.on('error', (error) => server.emit('error', error));
    // As when http.Server is closed: who says nothing is not waited for.
    const { close } = connections;
    connections.close = (callback) => {
      close.call(connections, callback);
      server.closeIdleConnections();
      return connections;
    };
    return connections.listen(port, listening);
  };

  /** For `http.request`: as `new http.Agent(options)`, on this host. */
  readonly agent = (options: AgentOptions = {}): Agent =>
    Object.assign(new Agent(options), { createConnection: this.connect });

  /** As `dns.lookup`: asks the host's own resolver. */
  readonly lookup: {
    (hostname: string, options: LookupOptions | number, callback: LookupCallback): void;
    (hostname: string, callback: LookupCallback): void;
  } = (hostname: string, ...rest: unknown[]) => {
    const callback = rest.at(-1) as LookupCallback;
    const first = rest.length > 1 ? rest[0] : undefined;
    const { family, all } = (typeof first === 'number' ? { family: first } : (first ?? {})) as LookupOptions;
    const { turns } = this;
    lookUp(this.station, hostname, (addresses, error) => {
      const none = error ?? (family === 6 || family === 'IPv6' ? 'ENOTFOUND' : undefined);
      const found = addresses.map((address) => ({ address: formatIpv4(address), family: 4 }));
      turns.tell(() => {
        if (none !== undefined) callback(lookupError(none, hostname), all ? [] : '');
        else if (all) callback(null, found);
        else callback(null, (found[0] as LookupAddress).address, 4);
      });
    });
    turns.stir();
  };

  /** Settled after so many simulated ms. */
  readonly sleep = (milliseconds: number): Promise<void> =>
    this.turns.sleep(this.station, Math.round(milliseconds * MILLISECOND));

  private open(socket: SimulatedSocket, options: ConnectOptions): void {
    const host = options.host || 'localhost';
    const port = Number(options.port);
    const { lookup = this.lookup } = options;
    const found: LookupCallback = (error, address, family) => {
      socket.emit('lookup', error, address, family, host);
      if (socket.destroyed) return;
      const [first] = typeof address === 'string' ? [{ address }] : address;
      if (error === null) this.dial(socket, first?.address ?? '', port);
      else socket.destroy(error);
    };
    if (parseIpv4(host) !== undefined)
      process.nextTick(() => socket.destroyed || this.dial(socket, host, port));
    else lookup(host, { family: 4, all: false }, found);
    this.turns.stir();
  }

  private dial(socket: SimulatedSocket, address: string, port: number): void {
    const remote = { address: parseIpv4(address) ?? 0, port };
    const connection = this.station.stack.tcp.connect(remote, socket.listener);
    if (typeof connection === 'string') socket.destroy(nodeError('connect', connection, remote));
    else socket.use(connection);
    this.turns.stir();
  }
}

/** @throws RangeError ERR_SOCKET_BAD_PORT */
function connectOptions(args: readonly unknown[]): ConnectOptions {
  const [first, second] = args;
  const options: ConnectOptions =
    typeof first === 'object' && first !== null
      ? first
      : { port: first as number, ...(typeof second === 'string' ? { host: second } : {}) };
  const port = Number(options.port ?? Number.NaN);
  if (Number.isInteger(port) && port >= 0 && port <= 0xffff) return options;
  throw Object.assign(new RangeError(`Port should be >= 0 and < 65536. Received ${options.port}.`), {
    code: 'ERR_SOCKET_BAD_PORT',
  });
}

function abortBy(socket: SimulatedSocket, signal: AbortSignal): void {
  const abort = (): void => {
    const error = new Error('The operation was aborted', { cause: signal.reason });
    socket.destroy(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
  };
  if (signal.aborted) process.nextTick(abort);
  else signal.addEventListener('abort', abort, { once: true });
}
