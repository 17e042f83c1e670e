// A TCP connection as a pair of streams, as browsers, Node and others have them: what arrives is read from one, what is
// written into the other is sent. Back-pressure goes through: who does not read closes the window.
// Reading list: WHATWG Streams §2, §4 (ReadableStream), §5 (WritableStream); RFC 9293 §3.9.1 (the calls below them).

import type { Station } from '../device/station.js';
import type { Endpoint } from '../stack/endpoint.js';
import type { TcpConnection, TcpListener } from '../stack/tcp/connection.js';
import type { TcpOptions } from '../stack/tcp/connection-options.js';
import { lookUp } from './host-lookup.js';
import { SocketError } from './socket-error.js';
import type { Turns } from './turns.js';

/** Where a connection goes: a name or an address such as `192.0.2.1`, and a port. */
export interface HostAndPort {
  readonly hostname: string;
  readonly port: number;
}

export interface TcpStreams {
  /**
   * What the peer sends; it ends when the peer has sent all. Cancelled while we may still write, it resets the
   * connection; afterwards what still comes is refused.
   */
  readonly readable: ReadableStream<Uint8Array>;
  /**
   * A write is done when the send buffer has taken the bytes. Closed, it closes our half: the peer reads to the end.
   * Aborted, it resets the connection.
   */
  readonly writable: WritableStream<Uint8Array>;
  /** The connection stands. Fails with a {@link SocketError}. */
  readonly opened: Promise<{ readonly local: Endpoint; readonly remote: Endpoint }>;
  /** Both halves are closed, or the connection was reset by us. Fails with a {@link SocketError}. */
  readonly closed: Promise<void>;
}

/** Opens a connection; names are asked of the station's own resolver. */
export function connectTcp(
  turns: Turns,
  station: Station,
  to: HostAndPort,
  options: TcpOptions = {},
): TcpStreams {
  const streams = new StreamPair(turns);
  const { hostname, port } = to;
  lookUp(station, hostname, ([address], error) => {
    if (streams.isGone) return;
    if (address === undefined) {
      turns.tell(() => streams.fail(new SocketError('getaddrinfo', error ?? 'ENOTFOUND', hostname)));
      return;
    }
    const remote = { address, port };
    const connection = station.stack.tcp.connect(remote, streams.listener, options);
    if (typeof connection === 'string')
      turns.tell(() => streams.fail(new SocketError('connect', connection, remote)));
    else streams.use(connection);
  });
  turns.stir();
  return streams;
}

/**
 * Waits for connections on a port; each is in the stream as soon as it stands. Cancelling it stops listening.
 * @throws SocketError EADDRINUSE: something else has the port
 */
export function listenTcp(
  turns: Turns,
  station: Station,
  port: number,
  options: TcpOptions & { readonly backlog?: number } = {},
): ReadableStream<TcpStreams> {
  const { tcp } = station.stack;
  const { backlog, ...tcpOptions } = options;
  let isListening = true;
  return new ReadableStream<TcpStreams>({
    start: (controller) => {
      const accept = (): TcpListener => {
        const streams = new StreamPair(turns, () => {
          if (isListening) controller.enqueue(streams);
          else streams.abandon(new SocketError('accept', 'ECONNABORTED'));
        });
        return streams.listener;
      };
      const acceptor = { accept, options: tcpOptions, ...(backlog === undefined ? {} : { backlog }) };
      const error = tcp.listen(port, acceptor);
      if (error !== undefined) throw new SocketError('listen', error, { address: 0, port });
    },
    cancel: () => {
      isListening = false;
      tcp.stopListening(port);
    },
  });
}

/** At most so many bytes are read at once. */
const CHUNK = 65536;

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

class StreamPair implements TcpStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: TcpStreams['opened'];
  readonly closed: Promise<void>;
  readonly listener: TcpListener;
  /** The connection has failed, or we have given it up. */
  isGone = false;
  private readonly turns: Turns;
  private readonly opening = deferred<{ readonly local: Endpoint; readonly remote: Endpoint }>();
  private readonly closing = deferred<void>();
  private connection: TcpConnection | undefined;
  private isOpen = false;
  private reader!: ReadableStreamDefaultController<Uint8Array>;
  private writer!: WritableStreamDefaultController;
  /** Nothing more is read: all was, or nobody wants it. */
  private readOver = false;
  /** Our half is closed. */
  private writeOver = false;
  /** Somebody waits for something to read; called when he has got it. */
  private fed: (() => void) | undefined;
  /** What is being written and was not taken yet. */
  private rest: Uint8Array | undefined;
  private taken: Deferred<void> | undefined;

  /** @param accepted called when the connection stands */
  constructor(turns: Turns, accepted?: () => void) {
    this.turns = turns;
    this.opened = this.opening.promise;
    this.closed = this.closing.promise;
    // Who does not ask how it went has not failed to handle it.
    this.opened.catch(() => {});
    this.closed.catch(() => {});
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.reader = controller;
        },
        pull: () => this.pull(),
        cancel: () => this.cancel(),
      },
      // What nobody asks for stays in the receive buffer, where the window counts it.
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        this.writer = controller;
      },
      write: (chunk) => this.write(chunk),
      close: () => this.finish(),
      abort: (reason) => this.reset(reason),
    });
    this.listener = {
      connected: (connection) => {
        this.connection = connection;
        turns.tell(() => {
          this.isOpen = true;
          this.opening.resolve({ local: connection.local, remote: connection.remote });
          accepted?.();
        });
      },
      readable: () => {
        if (this.fed !== undefined) turns.tell(() => this.feed());
      },
      writable: () => turns.tell(() => this.flush()),
      ended: () => turns.tell(() => this.end()),
      closed: () => turns.tell(() => this.close()),
      failed: ({ remote }, code) =>
        turns.tell(() => this.fail(new SocketError(this.isOpen ? 'read' : 'connect', code, remote))),
    };
  }

  /** The connection is on its way. */
  use(connection: TcpConnection): void {
    this.connection = connection;
    this.flush();
  }

  // ---- reading ----

  private pull(): Promise<void> {
    return new Promise((resolve) => {
      this.fed = resolve;
      this.feed();
    });
  }

  private feed(): void {
    const { fed } = this;
    if (fed === undefined || this.readOver || !this.take()) return;
    this.fed = undefined;
    fed();
  }

  /** Hands on what has arrived; false: nothing has. */
  private take(): boolean {
    const bytes = this.connection?.read(CHUNK);
    if (bytes === undefined || bytes.length === 0) return false;
    this.turns.stir();
    this.reader.enqueue(bytes);
    return true;
  }

  /** The peer has sent all. What of it is here already, no more than the receive buffer holds, goes to the reader. */
  private end(): void {
    if (this.readOver) return;
    while (this.take());
    this.readOver = true;
    this.reader.close();
    this.fed?.();
  }

  private cancel(): void {
    this.readOver = true;
    if (this.writeOver) {
      // Unread text would make it a reset, and cost what we have written.
      this.connection?.read();
      this.connection?.close();
      this.turns.stir();
    } else this.abandon(new SocketError('write', 'ECONNABORTED'));
  }

  // ---- writing ----

  private write(chunk: Uint8Array): Promise<void> {
    if (!ArrayBuffer.isView(chunk)) {
      // What the peer has got must not look as if it were all.
      const error = new TypeError('a socket takes bytes: a Uint8Array');
      this.abandon(error);
      throw error;
    }
    this.rest = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.taken = deferred();
    this.flush();
    return this.taken.promise;
  }

  private flush(): void {
    const { rest, connection, taken } = this;
    if (rest === undefined || connection === undefined) return;
    this.rest = rest.subarray(connection.write(rest));
    this.turns.stir();
    if (this.rest.length > 0) return;
    this.rest = undefined;
    taken?.resolve();
  }

  private async finish(): Promise<void> {
    await this.opened;
    this.writeOver = true;
    this.connection?.shutdown();
    this.turns.stir();
  }

  private reset(reason: unknown): void {
    this.abandon(reason instanceof Error ? reason : new SocketError('write', 'ECONNABORTED'));
  }

  // ---- the end ----

  /** Both directions are closed. */
  private close(): void {
    // What ended before its time was given up by us.
    if (!this.readOver) this.reader.error(new SocketError('read', 'ECONNABORTED'));
    this.closing.resolve();
  }

  /** The connection has failed. */
  fail(error: Error): void {
    if (this.isGone) return;
    this.stop(error);
    this.closing.reject(error);
  }

  /** We reset the connection, or do not even open it. */
  abandon(error: Error): void {
    if (this.isGone) return;
    this.stop(error);
    if (this.connection === undefined) this.closing.resolve();
    this.connection?.abort();
    this.turns.stir();
  }

  private stop(error: Error): void {
    this.isGone = true;
    this.opening.reject(error);
    if (!this.readOver) this.reader.error(error);
    this.readOver = true;
    this.fed?.();
    this.writer.error(error);
    this.taken?.reject(error);
  }
}

function deferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
