// A web server: answers requests on connections it keeps open, from the pages of its sites or by a handler.
// Reading list: RFC 9110, RFC 9112 §9 (connections), RFC 9110 §13 (conditional requests).

import { encodeUtf8 } from '../../base/text.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { wallClock } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import {
  checkHost,
  type HttpFields,
  type HttpRequest,
  type HttpResponse,
  header,
  headerTokens,
  keepsAlive,
  STATUS_REASONS,
  writeHttpResponse,
} from '../../wire/http.js';
import { formatHttpDate, parseHttpDate } from '../../wire/http-caching.js';
import { type BodyTaker, HttpReader } from '../../wire/http-reader.js';
import { PORT } from '../../wire/iana.js';
import { parseUrl, urlTarget } from '../../wire/url.js';
import { tell } from '../activity.js';
import type { Receipt } from './uploads.js';

/** A page of a site. */
export interface Page {
  /** Default 200. */
  readonly status?: number;
  /** Header lines besides Date, Server, Content-Length and Content-Type. */
  readonly headers?: HttpFields;
  /** Default `text/html`. */
  readonly type?: string;
  readonly body: Uint8Array;
  /** What takes and answers what is sent to this page by POST or PUT, see uploads.ts; absent: it can only be read. */
  readonly receipt?: () => Receipt;
}

/** Pages by path; a path is compared with its query. */
export type Site = ReadonlyMap<string, Page>;

/** Makes a response; Date, Server and Content-Length are added where they are missing. */
export type RequestHandler = (request: HttpRequest, from: Endpoint) => HttpResponse;

const SERVER_NAME = 'wirewalk';

export class HttpServer {
  /** When set, it answers in place of the sites. */
  handler: RequestHandler | null = null;
  readonly stack: NetworkStack;
  private readonly sites = new Map<string, Site>();

  /** @throws RangeError when something else has the port already */
  constructor(stack: NetworkStack, port: number = PORT.http) {
    this.stack = stack;
    const acceptor = { accept: (remote: Endpoint) => new HttpServerConnection(this, remote) };
    if (stack.tcp.listen(port, acceptor) !== undefined) {
      throw new RangeError(`${stack.context.name} has a program on TCP port ${port} already`);
    }
  }

  /** Serves a site under a host name; `*` is for every other name. */
  addSite(host: string, site: Site): void {
    this.sites.set(host.toLowerCase(), site);
  }

  /**
   * The response to a request, complete.
   * @param receipt what took its body, see {@link receiptFor}
   */
  respond(request: HttpRequest, from: Endpoint, receipt?: Receipt): HttpResponse {
    if (this.handler !== null) return this.completed(this.handler(request, from));
    return this.completed(receipt?.answer(request) ?? this.fromSites(request));
  }

  /** What takes the body of a request whose head is complete, and answers it; undefined: no page here wants it. */
  receiptFor(request: HttpRequest): Receipt | undefined {
    if (request.method !== 'POST' && request.method !== 'PUT') return undefined;
    const page = this.find(request);
    return 'problem' in page ? undefined : page.receipt?.();
  }

  /** A page that says what went wrong. */
  errorPage(status: number, text: string): HttpResponse {
    const body = encodeUtf8(
      `<!doctype html><title>${status}</title><h1>${status} ${STATUS_REASONS[status] ?? ''}</h1><p>${escapeHtml(text)}</p>\n`,
    );
    return this.completed({
      version: 'HTTP/1.1',
      status,
      reason: STATUS_REASONS[status] ?? '',
      headers: [['Content-Type', 'text/html']],
      body,
    });
  }

  private fromSites(request: HttpRequest): HttpResponse {
    const page = this.find(request);
    if ('problem' in page) return this.errorPage(page.problem, page.text);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const response = this.errorPage(405, 'This page can only be read.');
      response.headers.push(['Allow', page.receipt === undefined ? 'GET, HEAD' : 'GET, HEAD, POST, PUT']);
      return response;
    }
    const headers: HttpFields = [...(page.headers ?? [])];
    if (isUnchanged(request, headers)) {
      return { version: 'HTTP/1.1', status: 304, reason: 'Not Modified', headers, body: new Uint8Array(0) };
    }
    headers.push(['Content-Type', page.type ?? 'text/html']);
    const status = page.status ?? 200;
    return { version: 'HTTP/1.1', status, reason: STATUS_REASONS[status] ?? '', headers, body: page.body };
  }

  /** The page that is asked for, or why there is none. */
  private find(request: HttpRequest): Page | { readonly problem: number; readonly text: string } {
    const wrong = checkHost(request);
    if (wrong !== undefined) return { problem: wrong.status, text: wrong.text };
    const { host, target } = askedFor(request);
    const site = this.sites.get(host) ?? this.sites.get('*');
    if (site === undefined) return { problem: 404, text: `There is no site ${host} here.` };
    const page = site.get(target) ?? site.get(target.replace(/\?.*$/, ''));
    return page ?? { problem: 404, text: `There is no page ${target} here.` };
  }

  private completed(response: HttpResponse): HttpResponse {
    const { context } = this.stack;
    const headers: HttpFields = [];
    if (header(response, 'Date') === undefined) headers.push(['Date', formatHttpDate(wallClock(context))]);
    if (header(response, 'Server') === undefined) headers.push(['Server', SERVER_NAME]);
    headers.push(...response.headers);
    const framed =
      header(response, 'Content-Length') !== undefined || header(response, 'Transfer-Encoding') !== undefined;
    if (!framed && response.status !== 304 && response.status !== 204) {
      headers.push(['Content-Length', String(response.body.length)]);
    }
    return { ...response, headers };
  }
}

/**
 * How long the client may take to close its half after ours. Closed at once, what it still sends would be answered with a
 * reset, and that could cost it our last response (RFC 9112 §9.6).
 */
const LINGERING: Time = 30 * SECOND;

/** One client's connection. */
class HttpServerConnection implements TcpListener, TimerOwner {
  private readonly server: HttpServer;
  private readonly remote: Endpoint;
  private readonly reader = new HttpReader('request', {}, (head) => this.takerOf(head));
  /** Of requests that are not answered yet. */
  private readonly receipts = new Map<HttpRequest, Receipt>();
  private lingering: { readonly connection: TcpConnection; readonly timer: Timer } | undefined;
  private outgoing: Uint8Array = new Uint8Array(0);
  private lastResponse = false;
  private peerIsDone = false;
  /** The request whose body was last looked at by {@link askForBody}. */
  private asked: HttpRequest | undefined;

  constructor(server: HttpServer, remote: Endpoint) {
    this.server = server;
    this.remote = remote;
  }

  readable(connection: TcpConnection): void {
    const bytes = connection.read();
    // Behind the last response nothing counts any more, but it is taken.
    if (this.lastResponse) return;
    this.reader.push(bytes);
    for (
      let request = this.reader.next();
      request !== undefined && !this.lastResponse;
      request = this.reader.next()
    ) {
      this.answer(connection, request);
    }
    if (this.reader.error !== undefined && !this.lastResponse) {
      this.lastResponse = true;
      const response = this.server.errorPage(this.reader.error.status, this.reader.error.text);
      response.headers.push(['Connection', 'close']);
      this.send(connection, response, false);
    }
    this.askForBody(connection);
  }

  writable(connection: TcpConnection): void {
    this.flush(connection);
  }

  ended(connection: TcpConnection): void {
    this.lastResponse = true;
    this.peerIsDone = true;
    if (this.outgoing.length === 0) this.close(connection);
  }

  closed(): void {
    this.lingering?.timer.clear();
  }

  failed(): void {
    this.lingering?.timer.clear();
  }

  timerFired(): void {
    this.lingering?.connection.close();
  }

  /** Only a handler gets whole bodies: pages take them as they come, or not at all. */
  private takerOf(head: HttpRequest): BodyTaker | undefined {
    if (this.server.handler !== null) return undefined;
    const receipt = this.server.receiptFor(head);
    if (receipt === undefined) return nobody;
    this.receipts.set(head, receipt);
    return (bytes) => receipt.take(bytes);
  }

  private answer(connection: TcpConnection, request: HttpRequest): void {
    const { context } = this.server.stack;
    tell(context, 'http.request-received', {
      method: request.method,
      target: request.target,
      host: header(request, 'Host') ?? '',
    });
    const response = this.server.respond(request, this.remote, this.receipts.get(request));
    this.receipts.delete(request);
    if (!keepsAlive(response)) this.lastResponse = true;
    else if (!keepsAlive(request)) {
      this.lastResponse = true;
      response.headers.push(['Connection', 'close']);
    } else if (request.version === 'HTTP/1.0') response.headers.push(['Connection', 'keep-alive']);
    tell(context, 'http.response-sent', {
      status: response.status,
      reason: response.reason,
      bytes: response.body.length,
      target: request.target,
    });
    this.send(connection, response, request.method === 'HEAD');
  }

  /** A client that waits with the body until it may send it gets its word (RFC 9110 §10.1.1), unless it did not wait. */
  private askForBody(connection: TcpConnection): void {
    const request = this.reader.head();
    if (request === undefined || request === this.asked || this.lastResponse) return;
    this.asked = request;
    if (this.reader.bodyLength > 0 || request.version === 'HTTP/1.0') return;
    if (!headerTokens(request, 'Expect').includes('100-continue')) return;
    const [version, status, reason] = ['HTTP/1.1', 100, 'Continue'] as const;
    tell(this.server.stack.context, 'http.response-sent', {
      status,
      reason,
      bytes: 0,
      target: request.target,
    });
    this.send(connection, { version, status, reason, headers: [], body: new Uint8Array(0) }, true);
  }

  private send(connection: TcpConnection, response: HttpResponse, headOnly: boolean): void {
    const bytes = writeHttpResponse(headOnly ? { ...response, body: new Uint8Array(0) } : response);
    const joined = new Uint8Array(this.outgoing.length + bytes.length);
    joined.set(this.outgoing);
    joined.set(bytes, this.outgoing.length);
    this.outgoing = joined;
    this.flush(connection);
  }

  private flush(connection: TcpConnection): void {
    const taken = connection.writeShared(this.outgoing);
    this.outgoing = this.outgoing.subarray(taken);
    if (this.outgoing.length === 0 && this.lastResponse) this.close(connection);
  }

  private close(connection: TcpConnection): void {
    if (this.peerIsDone) {
      this.lingering?.timer.clear();
      connection.close();
      return;
    }
    connection.shutdown();
    const { context } = this.server.stack;
    this.lingering ??= { connection, timer: context.timer(this, 'http lingering close') };
    this.lingering.timer.set(context.clock.now + LINGERING);
  }
}

/** RFC 9110 §13.1: has the client the page already? */
function isUnchanged(request: HttpRequest, headers: HttpFields): boolean {
  const etag = header({ headers }, 'ETag');
  const noneMatch = header(request, 'If-None-Match');
  if (noneMatch !== undefined) {
    return (
      etag !== undefined &&
      noneMatch.split(',').some((tag) => tag.trim() === '*' || weakly(tag) === weakly(etag))
    );
  }
  const modified = parseHttpDate(header({ headers }, 'Last-Modified') ?? '');
  const since = parseHttpDate(header(request, 'If-Modified-Since') ?? '');
  return modified !== undefined && since !== undefined && modified <= since;
}

/** Host without port, and path; a target with a host of its own overrules the Host header (RFC 9112 §3.2.2). */
function askedFor(request: HttpRequest): { host: string; target: string } {
  const url = /^https?:/i.test(request.target) ? parseUrl(request.target) : undefined;
  if (url !== undefined && !('error' in url)) return { host: url.host, target: urlTarget(url) };
  return {
    host: (header(request, 'Host') ?? '').replace(/:\d+$/, '').toLowerCase(),
    target: request.target,
  };
}

/** Takes what nobody wants. */
function nobody(): void {}

function weakly(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
