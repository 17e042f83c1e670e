// An HTTP client: one request at a time on a connection, connections kept for the next request to the same server.
// Reading list: RFC 9112 §9 (connection management), RFC 9110 §6–7.

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import type { TcpOptions } from '../../stack/tcp/connection-options.js';
import type { TcpError } from '../../stack/tcp/listener.js';
import {
  type HttpRequest,
  type HttpResponse,
  header,
  keepsAlive,
  writeHttpRequest,
} from '../../wire/http.js';
import { type BodyTaker, HttpReader } from '../../wire/http-reader.js';
import { Activity, holdBack, letGo, tell } from '../activity.js';
import { ReadingPace } from '../reading-pace.js';

/** Why there is no response: a connection error's name, or what was wrong with what came. */
export interface ExchangeFailure {
  readonly error: TcpError | 'EADDRINUSE' | 'closed' | 'malformed';
  readonly text: string;
  /** What was there when the connection broke off behind the head of a response. */
  readonly partial?: PartialResponse;
}

/** A response whose head is complete and whose body is not. */
export interface PartialResponse {
  /** Without its body. */
  readonly response: HttpResponse;
  /** Bytes of body that came, and how many should have come; undefined when the head does not tell. */
  readonly received: number;
  readonly expected: number | undefined;
}

export type ExchangeHandler = (
  response: HttpResponse | undefined,
  failure: ExchangeFailure | undefined,
) => void;

export interface HttpClientOptions {
  /** Keep connections for later requests; otherwise the client closes when the response is complete. Default true. */
  readonly keepAlive?: boolean;
  /** How long an unused connection is kept, in ns. Default 30 s. */
  readonly idleTimeout?: Time;
  /** How long the program takes to notice that a connection stands, in ns. Default 0. */
  readonly reaction?: Time;
  /** How fast responses are read, in bytes per second; absent: as they come. */
  readonly readRate?: number;
  /** True: nobody takes more of what is read for the moment; then nothing is read until `goOn` is called. */
  readonly mustWait?: (goOn: () => void) => boolean;
  /** Of its connections; otherwise as the host has them. */
  readonly tcp?: TcpOptions;
}

/** What may be of interest while an exchange goes on. */
export interface ExchangeListener {
  /** A connection was opened for it. */
  readonly connected?: (connection: TcpConnection) => void;
  /**
   * Takes the body of the response as it comes, from a `head` that is always the same; the response's own is empty then. The
   * bytes are only lent.
   */
  readonly body?: (head: HttpResponse, bytes: Uint8Array) => void;
}

const DEFAULT_IDLE_TIMEOUT: Time = 30 * SECOND;
const NO_BYTES = new Uint8Array(0);

export class HttpClient {
  readonly stack: NetworkStack;
  readonly keepAlive: boolean;
  readonly idleTimeout: Time;
  readonly reaction: Time;
  readonly readRate: number | undefined;
  readonly mustWait: (goOn: () => void) => boolean;
  readonly tcp: TcpOptions;
  private readonly connections: HttpConnection[] = [];

  constructor(stack: NetworkStack, options: HttpClientOptions = {}) {
    this.stack = stack;
    this.keepAlive = options.keepAlive ?? true;
    this.idleTimeout = options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT;
    this.reaction = options.reaction ?? 0;
    this.readRate = options.readRate;
    this.mustWait = options.mustWait ?? (() => false);
    this.tcp = options.tcp ?? {};
  }

  /** Is there an open connection to this server that nobody uses? */
  hasIdle(to: Endpoint): boolean {
    return this.connections.some((connection) => connection.isIdleTo(to));
  }

  /** Sends a request and waits for its response. */
  exchange(to: Endpoint, request: HttpRequest, done: ExchangeHandler, listener: ExchangeListener = {}): void {
    const idle = this.connections.find((connection) => connection.isIdleTo(to));
    if (idle !== undefined) {
      idle.reuse(request, done, listener);
      return;
    }
    const connection = new HttpConnection(this, to);
    this.connections.push(connection);
    connection.open(request, done, listener);
  }

  /** What has come so far of the response that is waited for; undefined: not even its head. */
  partial(): PartialResponse | undefined {
    for (const connection of this.connections) {
      const partial = connection.partial();
      if (partial !== undefined) return partial;
    }
    return undefined;
  }

  /** Closes all connections; who waits for a response is told nothing more. */
  close(): void {
    for (const connection of [...this.connections]) connection.abandon();
  }

  /** @internal */
  forget(connection: HttpConnection): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
  }
}

class HttpConnection implements TcpListener, TimerOwner {
  private readonly client: HttpClient;
  private readonly to: Endpoint;
  private readonly idle: Timer;
  private readonly wake: Timer;
  private readonly pace: ReadingPace | undefined;
  private readonly reader = new HttpReader('response', {}, (head) => this.takerOf(head));
  private readonly goOn = (): void => this.readable();
  private listener: ExchangeListener = {};
  /** Bytes of body that the listener took. */
  private taken = 0;
  private tcp: TcpConnection | null = null;
  private established = false;
  /** No request may follow on this connection. */
  private spent = false;
  private peerIsDone = false;
  private request: HttpRequest | null = null;
  private done: ExchangeHandler | null = null;
  private outgoing: Uint8Array = new Uint8Array(0);
  private held = -1;
  private connecting: Activity | null = null;
  private requesting: Activity | null = null;
  private closing: Activity | null = null;
  /** What ends now ends because nobody wants the rest. */
  private givesUp = false;

  constructor(client: HttpClient, to: Endpoint) {
    this.client = client;
    this.to = to;
    this.idle = client.stack.context.timer(this, 'http idle');
    this.wake = client.stack.context.timer(this, 'http client wakes up');
    if (client.readRate !== undefined)
      this.pace = new ReadingPace(client.stack.context, client.readRate, (most) => this.readSome(most));
  }

  isIdleTo(to: Endpoint): boolean {
    const same = to.address === this.to.address && to.port === this.to.port;
    return same && this.established && !this.spent && this.done === null && this.closing === null;
  }

  open(request: HttpRequest, done: ExchangeHandler, listener: ExchangeListener): void {
    const { context, tcp } = this.client.stack;
    this.request = request;
    this.done = done;
    this.listener = listener;
    const server = `${formatIpv4(this.to.address)}:${this.to.port}`;
    this.held = holdBack(context, 'http', 'tcp', server, ['tcp.srcport', 'tcp.seq', 'tcp.ack', 'eth.dst'], {
      'ip.dst': formatIpv4(this.to.address),
      'tcp.dstport': this.to.port,
      'http.request.method': request.method,
      'http.request.uri': request.target,
      'http.host': header(request, 'Host') ?? '',
    });
    this.connecting = new Activity(context, 'connect', server);
    const connection = tcp.connect(this.to, this, this.client.tcp);
    if (typeof connection === 'string') this.fail({ error: connection, text: describe(connection, this.to) });
    else this.tcp = connection;
  }

  /** The next request on a connection that is open already. */
  reuse(request: HttpRequest, done: ExchangeHandler, listener: ExchangeListener): void {
    this.idle.clear();
    this.request = request;
    this.done = done;
    this.listener = listener;
    const server = `${formatIpv4(this.to.address)}:${this.to.port}`;
    tell(this.client.stack.context, 'browser.connection-reused', { server });
    this.sendRequest();
  }

  // ---- what TCP tells ----

  connected(connection: TcpConnection): void {
    this.tcp = connection;
    this.established = true;
    this.connecting?.end(true, connection.name);
    this.listener.connected?.(connection);
    const { context } = this.client.stack;
    if (this.client.reaction > 0) this.wake.set(context.clock.now + this.client.reaction);
    else this.begin();
  }

  readable(): void {
    if (this.pace !== undefined) this.pace.wake();
    else while (this.readSome(Number.POSITIVE_INFINITY) > 0 && this.peerIsDone);
  }

  writable(): void {
    this.flush();
  }

  ended(): void {
    this.peerIsDone = true;
    this.readable();
  }

  closed(): void {
    this.closing?.end(true, this.givesUp ? 'broken off with a reset' : 'both directions are closed');
    this.forget();
  }

  failed(_connection: TcpConnection, error: TcpError): void {
    this.fail({ error, text: describe(error, this.to) });
    this.closing?.end(false, error);
    this.forget();
  }

  timerFired(timer: Timer): void {
    if (timer === this.wake) this.begin();
    else this.close();
  }

  // ---- inside ----

  /** Returns how many bytes were read: none while nobody takes them. */
  private readSome(most: number): number {
    if (this.client.mustWait(this.goOn)) return 0;
    const bytes = this.tcp?.read(most) ?? NO_BYTES;
    if (bytes.length === 0) {
      if (this.peerIsDone) this.endReached();
      return 0;
    }
    this.reader.push(bytes);
    for (let message = this.reader.next(); message !== undefined; message = this.reader.next()) {
      if (message.status >= 200) this.complete(message);
    }
    const { error } = this.reader;
    if (error !== undefined) this.fail({ error: 'malformed', text: error.text, ...this.whatCame() });
    return bytes.length;
  }

  /** All that the server has sent is read. */
  private endReached(): void {
    this.spent = true;
    this.reader.end();
    const message = this.reader.next();
    if (message !== undefined) this.complete(message);
    else if (this.done !== null) {
      const text = this.reader.error?.text ?? 'the server closed the connection without an answer';
      this.fail({ error: 'closed', text, ...this.whatCame() });
    }
    this.close();
  }

  /** The connection stands: what waited for it goes out. */
  private begin(): void {
    if (this.request === null || this.closing !== null) return;
    letGo(this.client.stack.context, this.held, true);
    this.sendRequest();
  }

  private sendRequest(): void {
    const { context } = this.client.stack;
    const request = this.request as HttpRequest;
    const facts = { method: request.method, target: request.target, host: header(request, 'Host') ?? '' };
    this.requesting = new Activity(context, 'request', `${request.method} ${request.target}`, facts);
    if (request.method === 'HEAD') this.reader.expectNoBody();
    this.taken = 0;
    this.outgoing = writeHttpRequest(request);
    tell(context, 'http.request-sent', { ...facts, bytes: this.outgoing.length });
    this.flush();
  }

  private flush(): void {
    if (this.tcp === null || this.outgoing.length === 0) return;
    this.outgoing = this.outgoing.subarray(this.tcp.writeShared(this.outgoing));
  }

  private takerOf(head: HttpResponse): BodyTaker | undefined {
    const { body } = this.listener;
    if (body === undefined) return undefined;
    return (bytes) => {
      this.taken += bytes.length;
      body(head, bytes);
    };
  }

  private complete(response: HttpResponse): void {
    const { done, request } = this;
    if (done === null || request === null) return;
    tell(this.client.stack.context, 'http.response-received', {
      status: response.status,
      reason: response.reason,
      bytes: this.taken + response.body.length,
      target: request.target,
    });
    this.requesting?.end(true, `${response.status} ${response.reason}`);
    this.done = null;
    this.request = null;
    if (!this.client.keepAlive || !keepsAlive(response)) this.spent = true;
    done(response, undefined);
    // What was asked for next may have taken this connection already.
    if (this.done !== null) return;
    if (this.spent) this.close();
    else this.idle.set(this.client.stack.context.clock.now + this.client.idleTimeout);
  }

  private fail(failure: ExchangeFailure): void {
    const { done } = this;
    this.connecting?.end(false, failure.error);
    this.requesting?.end(false, failure.error);
    if (!this.established) letGo(this.client.stack.context, this.held, false);
    this.done = null;
    if (this.tcp === null || this.tcp.state === 'CLOSED') this.forget();
    else this.close();
    done?.(undefined, failure);
  }

  private whatCame(): Pick<ExchangeFailure, 'partial'> {
    const partial = this.partial();
    return partial === undefined ? {} : { partial };
  }

  /** @internal */
  partial(): PartialResponse | undefined {
    const response = this.reader.head();
    if (response === undefined) return undefined;
    const { bodyLength: received, expectedLength: expected } = this.reader;
    return { response, received, expected };
  }

  /** Nobody waits for the response any more. @internal */
  abandon(): void {
    this.done = null;
    this.connecting?.end(false, 'given up');
    this.requesting?.end(false, 'given up');
    if (!this.established) letGo(this.client.stack.context, this.held, false);
    this.beginClosing();
    // Nobody will read what is still to come; what is here already and unread makes it a reset.
    this.givesUp = true;
    this.tcp?.close();
    this.givesUp = false;
  }

  /** Nothing more is written, and nobody reads what may still come. */
  private close(): void {
    if (this.beginClosing()) this.tcp?.close();
  }

  /** False: it is being closed already, or there is nothing to close. */
  private beginClosing(): boolean {
    if (this.closing !== null || this.tcp === null) return false;
    this.idle.clear();
    this.pace?.stop();
    this.closing = new Activity(this.client.stack.context, 'close', this.tcp.name);
    return true;
  }

  private forget(): void {
    this.idle.clear();
    this.wake.clear();
    this.pace?.stop();
    this.client.forget(this);
  }
}

function describe(error: TcpError | 'EADDRINUSE', to: Endpoint): string {
  const server = `${formatIpv4(to.address as Ipv4)} port ${to.port}`;
  switch (error) {
    case 'ECONNREFUSED':
      return `${server} refused the connection: nobody listens there`;
    case 'ECONNRESET':
      return `${server} reset the connection`;
    case 'ETIMEDOUT':
      return `${server} did not answer in time`;
    case 'EHOSTUNREACH':
      return `there is no way to ${server}: the host can not be reached`;
    case 'ENETUNREACH':
      return `there is no way to ${server}: no route leads to its network`;
    case 'EADDRINUSE':
      return `no local port is free for a connection to ${server}`;
  }
}
