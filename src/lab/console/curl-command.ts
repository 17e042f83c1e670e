// `curl`: one request to a web server, past the browser and its cache, as curl prints it. Reading list: curl(1).

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { encodeUtf8 } from '../../base/text.js';
import { MILLISECOND, NEVER, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Station } from '../../device/station.js';
import { type ExchangeFailure, HttpClient } from '../../service/http/client.js';
import { type HttpFields, type HttpRequest, type HttpResponse, header, keepsAlive } from '../../wire/http.js';
import { formatUrl, parseUrl, resolveUrl, type Url, urlAuthority, urlTarget } from '../../wire/url.js';
import { type Call, type Command, EXIT, wrongUsage } from './command.js';
import { type CurlWanted, curlOptions, parseCurlOptions } from './curl-options.js';
import {
  CURL_EXIT,
  connectFailureText,
  headerLines,
  readingFailure,
  requestLines,
  responseHead,
} from './curl-output.js';
import { type TransferFacts, writeOutVariables } from './curl-write-out.js';
import { knownHosts, resolveHost } from './host-names.js';
import type { OptionProblem } from './options.js';
import { TextOutput } from './text-output.js';

const MAX_REDIRECTS = 50;
/** So far into a body it is looked whether it is a text. Bytes. */
const LOOKED_AT = 2000;

export const curlCommand: Command = {
  name: 'curl',
  usage:
    "curl [-iIsSvL] [-o /dev/null] [-d DATA] [-X METHOD] [-H 'NAME: VALUE'] [-A AGENT]\n     [-w FORMAT] [-m SECONDS] [--connect-timeout SECONDS] [--limit-rate RATE]\n     [--keepalive-time SECONDS | --no-keepalive] [--no-tcp-nodelay] URL",
  help: 'fetch a page from a web server',
  options:
    '-v show what is said, -i with the head, -I the head alone, -s no errors, -S but errors, -L follow redirects,\n-d what to post, -w what to print at the end, such as %{http_code}, -m and --connect-timeout seconds to wait,\n--limit-rate bytes a second (64K, 1M): what is not read waits, and the window closes,\n--keepalive-time seconds of silence before the server is asked whether it is there; 60 by default',
  isProgram: true,
  run: (call) => {
    const options = parseCurlOptions(call.args);
    if ('problem' in options) return wrongUsage(call, problemText(options));
    const urls = [...options.operands, ...options.values('url')];
    const [url] = urls;
    if (url === undefined) return wrongUsage(call, 'curl: no URL given');
    if (urls.length > 1) return wrongUsage(call, `curl: one URL at a time: '${urls[1]}' is too much`);
    const wanted = curlOptions(options);
    if ('error' in wanted) return wrongUsage(call, `curl: ${wanted.error}`);
    const transfer = new CurlTransfer(call, wanted);
    transfer.begin(url);
    return () => transfer.stop();
  },
  complete: (station) => knownHosts(station).map((host) => `http://${host}/`),
};

function problemText({ problem, option }: OptionProblem): string {
  return `curl: option ${option}: ${problem === 'unknown' ? 'is unknown' : 'requires parameter'}`;
}

/** One run: name, connection, request, response, and again for a redirect. */
class CurlTransfer implements TimerOwner {
  private readonly call: Call<Station>;
  private readonly wanted: CurlWanted;
  /** What is posted. */
  private data: string | undefined;
  private readonly client: HttpClient;
  private readonly maxTime: Timer;
  private readonly connectTime: Timer;
  private readonly startedAt: Time;
  private readonly facts: TransferFacts;
  private connected = false;
  private exchanging = false;
  private over = false;
  /** Of the body that is printed. */
  private text: TextOutput | undefined;
  /** The response that is being printed, and bytes of its body so far. */
  private begun: HttpResponse | undefined;
  private bodyLength = 0;

  constructor(call: Call<Station>, wanted: CurlWanted) {
    const { stack } = call.device;
    this.call = call;
    this.wanted = wanted;
    this.data = wanted.data;
    // The program ends with its one request, and its connection with it.
    const { limitRate, tcp } = wanted;
    this.client = new HttpClient(stack, {
      keepAlive: false,
      mustWait: (goOn) => !wanted.discard && call.mustWait(goOn),
      tcp,
      ...(limitRate === undefined ? {} : { readRate: limitRate }),
    });
    this.maxTime = stack.context.timer(this, 'curl max time');
    this.connectTime = stack.context.timer(this, 'curl connect time');
    this.startedAt = stack.context.clock.now;
    this.facts = { method: wanted.method ?? 'GET', connects: 0, redirects: 0, started: this.startedAt };
  }

  begin(text: string): void {
    this.facts.url = text;
    const url = readUrl(text);
    if ('error' in url) {
      this.fail(url.exitCode, url.error);
      return;
    }
    if (this.wanted.maxTime !== NEVER) this.maxTime.set(this.startedAt + this.wanted.maxTime);
    this.open(url);
  }

  stop(): void {
    this.over = true;
    this.maxTime.clear();
    this.connectTime.clear();
    this.client.close();
  }

  timerFired(): void {
    const waited = Math.round(this.elapsed / MILLISECOND);
    const what = this.connected
      ? `Operation timed out after ${waited} milliseconds with ${this.whatCame()} received`
      : this.exchanging
        ? `Connection timed out after ${waited} milliseconds`
        : `Resolving timed out after ${waited} milliseconds`;
    this.info(what);
    this.info('Closing connection 0');
    this.client.close();
    this.fail(CURL_EXIT.timedOut, what);
  }

  /** `0 bytes`, `300 out of 1000 bytes` */
  private whatCame(): string {
    const { received = 0, expected } = this.client.partial() ?? {};
    return expected === undefined ? `${received} bytes` : `${received} out of ${expected} bytes`;
  }

  private get elapsed(): Time {
    return this.call.world.now - this.startedAt;
  }

  private open(url: Url): void {
    this.connected = false;
    this.exchanging = false;
    this.facts.url = formatUrl(url);
    this.connectTime.set(this.call.world.now + this.wanted.connectTimeout);
    const found = (address: Ipv4): void => {
      if (!this.over) this.exchange(url, address);
    };
    resolveHost(this.call.device, url.host, found, () => {
      if (this.over) return;
      this.info(`Could not resolve host: ${url.host}`);
      this.info('Closing connection 0');
      this.fail(CURL_EXIT.couldNotResolve, `Could not resolve host: ${url.host}`);
    });
  }

  private exchange(url: Url, address: Ipv4): void {
    const { facts } = this;
    this.exchanging = true;
    const server = formatIpv4(address);
    facts.remote = { address: server, port: url.port };
    facts.nameLookup ??= this.call.world.now;
    this.info(`  Trying ${server}:${url.port}...`);
    const request = this.requestFor(url);
    const startedAt = this.call.world.now;
    this.client.exchange(
      { address, port: url.port },
      request,
      (response, failure) => {
        if (this.over) return;
        if (response !== undefined) this.receive(url, response);
        else if (failure !== undefined) this.broken(url, server, failure, startedAt === this.call.world.now);
      },
      {
        connected: (connection) => {
          if (this.over) return;
          this.connected = true;
          this.connectTime.clear();
          facts.connect ??= this.call.world.now;
          facts.local = { address: formatIpv4(connection.local.address), port: connection.local.port };
          this.info(`Connected to ${url.host} (${server}) port ${url.port} (#${facts.connects++})`);
          if (this.wanted.verbose) this.call.write(requestLines(request));
        },
        body: (head, bytes) => this.print(head, bytes),
      },
    );
  }

  private requestFor(url: Url): HttpRequest {
    const headers: HttpFields = [
      ['Host', urlAuthority(url)],
      ['User-Agent', this.wanted.userAgent],
      ['Accept', '*/*'],
    ];
    const usual = this.wanted.head ? 'HEAD' : this.data === undefined ? 'GET' : 'POST';
    const method = this.wanted.method ?? usual;
    this.facts.method = method;
    const body = encodeUtf8(this.data ?? '');
    if (this.data !== undefined) {
      headers.push(['Content-Length', String(body.length)]);
      headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
    }
    for (const line of this.wanted.headers) setHeader(headers, line);
    return { method, target: urlTarget(url), version: 'HTTP/1.1', headers, body };
  }

  /** The head of a response is there: says so, and decides what becomes of its body. */
  private beginResponse(head: HttpResponse): void {
    if (this.begun === head) return;
    const { wanted, call, facts } = this;
    this.begun = head;
    this.bodyLength = 0;
    facts.response = head;
    facts.startTransfer = call.world.now;
    if (wanted.verbose) call.write(headerLines('< ', responseHead(head)));
    if ((wanted.include || wanted.head) && !wanted.discard) call.write(headerLines('', responseHead(head)));
    const isPrinted = !wanted.discard && this.redirectOf(head) === undefined;
    this.text = isPrinted ? new TextOutput((text) => call.write(text)) : undefined;
  }

  /** A piece of a body. */
  private print(head: HttpResponse, bytes: Uint8Array): void {
    if (this.over) return;
    this.beginResponse(head);
    const { call, facts } = this;
    const looked = this.bodyLength;
    this.bodyLength += bytes.length;
    facts.downloaded = (facts.downloaded ?? 0) + bytes.length;
    if (this.text === undefined) return;
    if (looked >= LOOKED_AT || !bytes.includes(0)) {
      this.text.add(bytes);
      return;
    }
    call.write(BINARY_WARNING);
    this.info(`Closing connection ${facts.connects - 1}`);
    this.client.close();
    this.fail(CURL_EXIT.writeError, 'Failure writing output to destination');
  }

  private receive(url: Url, response: HttpResponse): void {
    const { wanted, call, facts } = this;
    this.beginResponse(response);
    const next = this.redirectOf(response);
    if (this.text !== undefined) this.text.end();
    else if (wanted.verbose && this.bodyLength > 0) call.write(`{ [${this.bodyLength} bytes data]\n`);
    const number = facts.connects - 1;
    this.info(
      staysOpen(response, this.bodyLength)
        ? `Connection #${number} to host ${url.host} left intact`
        : `Closing connection ${number}`,
    );
    if (next === undefined) this.end(EXIT.ok);
    else this.redirect(url, next, response.status);
  }

  /** Where to go on, when it is to be gone on. */
  private redirectOf(response: HttpResponse): string | undefined {
    return this.wanted.follow && isRedirect(response) ? header(response, 'Location') : undefined;
  }

  private redirect(from: Url, location: string, status: number): void {
    const next = resolveUrl(from, location);
    // What was posted here is not posted there (RFC 9110 §15.4.2 to §15.4.4); 307 and 308 want just that.
    if (status < 304) this.data = undefined;
    if (++this.facts.redirects > MAX_REDIRECTS) {
      this.fail(CURL_EXIT.tooManyRedirects, `Maximum (${MAX_REDIRECTS}) redirects followed`);
    } else if ('error' in next)
      this.fail(CURL_EXIT.malformedUrl, `The redirect target URL could not be parsed: ${next.error}`);
    else if (next.scheme !== 'http') this.fail(CURL_EXIT.unsupported, unsupported(next.scheme));
    else {
      this.info(`Issue another request to this URL: '${formatUrl(next)}'`);
      this.open(next);
    }
  }

  /** There is no response, or not all of one. */
  private broken(url: Url, server: string, failure: ExchangeFailure, atOnce: boolean): void {
    if (!this.connected) {
      const why = connectFailureText(failure);
      this.info(
        atOnce
          ? `Immediate connect fail for ${server}: ${why}`
          : `connect to ${server} port ${url.port} failed: ${why}`,
      );
      const waited = Math.round(this.elapsed / MILLISECOND);
      const what = `Failed to connect to ${url.host} port ${url.port} after ${waited} ms: Couldn't connect to server`;
      this.info(what);
      this.info('Closing connection 0');
      this.fail(failure.error === 'ETIMEDOUT' ? CURL_EXIT.timedOut : CURL_EXIT.couldNotConnect, what);
      return;
    }
    const head = failure.partial?.response;
    if (head !== undefined) this.beginResponse(head);
    this.text?.end();
    const { exitCode, text } = readingFailure(failure);
    this.info(text);
    this.info(`Closing connection ${this.facts.connects - 1}`);
    this.fail(exitCode, text);
  }

  private info(text: string): void {
    if (this.wanted.verbose) this.call.write(`* ${text}\n`);
  }

  private fail(exitCode: number, text: string): void {
    this.facts.error = text;
    if (this.wanted.showErrors) this.call.write(`curl: (${exitCode}) ${text}\n`);
    this.end(exitCode);
  }

  private end(exitCode: number): void {
    this.over = true;
    this.maxTime.clear();
    this.connectTime.clear();
    this.facts.exitCode = exitCode;
    this.call.write(writeOutVariables(this.wanted.writeOut, this.facts, this.call.world.now));
    this.call.done(exitCode);
  }
}

const BINARY_WARNING =
  'Warning: Binary output can mess up your terminal. Use "-o /dev/null" to throw it\nWarning: away.\n';

function readUrl(text: string): Url | { error: string; exitCode: number } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http')
    return { error: unsupported(scheme), exitCode: CURL_EXIT.unsupported };
  const url = parseUrl(text);
  if ('error' in url) {
    return {
      error: `URL using bad/illegal format or missing URL: ${url.error}`,
      exitCode: CURL_EXIT.malformedUrl,
    };
  }
  return url.scheme === 'http' ? url : { error: unsupported(url.scheme), exitCode: CURL_EXIT.unsupported };
}

function unsupported(scheme: string): string {
  return `Protocol "${scheme}" not supported or disabled in libcurl`;
}

/** `Name: value` sets a header, `Name:` takes it away, `Name;` sends it empty. */
function setHeader(headers: HttpFields, line: string): void {
  const match = /^([^:;]+)([:;])(.*)$/.exec(line);
  if (match === null) return;
  const [, name = '', mark, rest = ''] = match;
  const value = rest.trim();
  const empty = mark === ';';
  const at = headers.findIndex(([other]) => other.toLowerCase() === name.toLowerCase());
  if (value === '' && !empty) {
    if (at >= 0) headers.splice(at, 1);
  } else if (at >= 0) headers[at] = [name, empty ? '' : value];
  else headers.push([name, empty ? '' : value]);
}

function isRedirect({ status }: HttpResponse): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Could another request follow on the connection? Not when the body lasted until its end. */
function staysOpen(response: HttpResponse, bodyLength: number): boolean {
  const framed =
    header(response, 'Content-Length') !== undefined || header(response, 'Transfer-Encoding') !== undefined;
  return keepsAlive(response) && (framed || bodyLength === 0);
}
