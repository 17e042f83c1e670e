// HTTP/1.1 messages out of a byte stream, as the bytes come: head line by line, then the body by the framing rules.
// Strict where leniency has been used to smuggle requests; every refusal says which rule was broken.
// Reading list: RFC 9112 §2.2 (parsing), §5 (fields), §6 (body), §7.1 (chunks), §8 (incomplete messages), §11.2.

import { decodeLatin1 } from '../base/text.js';
import {
  type HttpError,
  type HttpFields,
  type HttpMessage,
  type HttpRequest,
  type HttpResponse,
  headerTokens,
  headerValues,
} from './http.js';

/** How much a reader takes before it refuses, in bytes. */
export interface HttpLimits {
  /** Start line and headers together; also each chunk line, and all trailers. */
  readonly head: number;
  readonly body: number;
}

const DEFAULT_LIMITS: HttpLimits = { head: 64 * 1024, body: 256 * 1024 * 1024 };

/** Takes the bytes of a body as they come; they are only lent. */
export type BodyTaker = (bytes: Uint8Array) => void;

type Kind = 'request' | 'response';
type MessageOf<K extends Kind> = K extends 'request' ? HttpRequest : HttpResponse;

/** What is read next. The line states take a whole line, the others as many bytes as there are. */
type State =
  | 'start-line'
  | 'headers'
  | 'fixed-body'
  | 'body-until-close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailers'
  | 'switched'
  | 'failed';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const CR = 0x0d;
const LF = 0x0a;
const NO_BYTES = new Uint8Array(0);

/**
 * Reads one direction of a connection. Total: any bytes in any pieces give messages or an error, never a throw. After an
 * error nothing more is read; messages that were complete before it can still be taken.
 */
export class HttpReader<K extends Kind> {
  /** What broke the stream; undefined while all is well. */
  error: HttpError | undefined;
  /** Bytes of body the unfinished message has so far; chunk lines are not counted. */
  bodyLength = 0;
  /** Bytes of body the unfinished message will have; undefined when its head does not tell. */
  expectedLength: number | undefined;

  private readonly kind: K;
  private readonly limits: HttpLimits;
  private readonly takerOf: (head: MessageOf<K>) => BodyTaker | undefined;
  private state: State = 'start-line';
  private readonly complete: MessageOf<K>[] = [];
  private message: HttpMessage | undefined;
  private body: Uint8Array[] = [];
  /** Who has the body of the unfinished message in place of {@link body}. */
  private taker: BodyTaker | undefined;
  private trailers: HttpFields = [];
  private nextHasNoBody = false;
  /** Bytes pushed and not read yet, from `at` on; no line end lies before `searched`. */
  private pending: Uint8Array = NO_BYTES;
  private at = 0;
  private searched = 0;
  /** Bytes of the head, the chunk line or the trailers so far. */
  private lineBytes = 0;
  /** Bytes left of the body or of the chunk. */
  private left = 0;

  /**
   * A reader for what clients send (`request`) or servers send (`response`).
   * @param takerOf asked when a head is complete: who takes the body, however long it is? The message's own stays empty
   * then; otherwise it is kept, up to the limit
   */
  constructor(
    kind: K,
    limits: Partial<HttpLimits> = {},
    takerOf: (head: MessageOf<K>) => BodyTaker | undefined = () => undefined,
  ) {
    this.kind = kind;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.takerOf = takerOf;
  }

  /** Takes bytes as the connection delivers them; they are only lent. */
  push(bytes: Uint8Array): void {
    if (this.state === 'failed') return;
    const unread = this.pending.length - this.at;
    let joined = bytes;
    if (unread > 0) {
      joined = new Uint8Array(unread + bytes.length);
      joined.set(this.pending.subarray(this.at));
      joined.set(bytes, unread);
    }
    this.hold(joined);
    while (this.step());
    // Mostly nothing is left.
    if (unread === 0) this.hold(this.pending.slice(this.at));
  }

  /** What is unread is there from now on. */
  private hold(bytes: Uint8Array): void {
    this.pending = bytes;
    this.searched -= this.at;
    this.at = 0;
  }

  /** The next complete message, in order; undefined when there is none yet. Interim responses (1xx) come one by one too. */
  next(): MessageOf<K> | undefined {
    return this.complete.shift();
  }

  /**
   * The message whose head is complete and whose body is not, also when it never will be because of an error; its `body`
   * is still empty, see {@link bodyLength}.
   */
  head(): MessageOf<K> | undefined {
    return this.state === 'start-line' || this.state === 'headers'
      ? undefined
      : (this.message as MessageOf<K>);
  }

  /** Says that the next final response answers a HEAD request: whatever its headers say, it has no body (RFC 9112 §6.3). */
  expectNoBody(): void {
    this.nextHasNoBody = true;
  }

  /** True while a body is read that ends only with the connection. */
  get untilClose(): boolean {
    return this.state === 'body-until-close';
  }

  /** The connection was closed: ends a body that lasts until then; any other unfinished message is an error. */
  end(): void {
    if (this.state === 'body-until-close') this.finish();
    else if (this.state === 'start-line' && this.at === this.pending.length) return;
    else if (this.state !== 'failed' && this.state !== 'switched') {
      const rest =
        this.expectedLength === undefined ? '' : ` with ${this.bodyLength} of ${this.expectedLength} bytes`;
      const where = this.head() === undefined ? 'head' : 'body';
      this.fail(`the connection was closed in the middle of a message's ${where}${rest}`, 'RFC 9112 §8');
    }
  }

  /** Bytes that belong to no message here: behind a switch to another protocol (status 101), or behind an error. */
  unread(): Uint8Array {
    return this.pending.slice(this.at);
  }

  /** One step on; false when more bytes are needed or nothing more will be read. */
  private step(): boolean {
    switch (this.state) {
      case 'start-line':
        return this.line(this.startLine);
      case 'headers':
        return this.line(this.headerLine);
      case 'chunk-size':
        return this.line(this.chunkSize);
      case 'trailers':
        return this.line(this.trailerLine);
      case 'chunk-end':
        return this.chunkEnd();
      case 'fixed-body':
      case 'chunk-data':
      case 'body-until-close':
        return this.bodyBytes();
      case 'switched':
      case 'failed':
        return false;
    }
  }

  /** Hands the next line without its end to `read`. A lone LF ends a line of the head, a lone CR nothing (RFC 9112 §2.2). */
  private line(read: (this: HttpReader<K>, line: string) => void): boolean {
    const found = this.pending.indexOf(LF, this.searched);
    const length = (found < 0 ? this.pending.length : found + 1) - this.at;
    if (this.lineBytes + length > this.limits.head) return this.failTooLong();
    if (found < 0) {
      this.searched = this.pending.length;
      return false;
    }
    const cr = found > this.at && this.pending[found - 1] === CR;
    const line = decodeLatin1(this.pending, this.at, cr ? found - 1 : found);
    this.lineBytes += length;
    this.at = found + 1;
    this.searched = this.at;
    if (line.includes('\r')) return this.fail('a CR stands alone in a line', 'RFC 9112 §2.2');
    // Chunk lines must end as they should: two readers that disagree here disagree on where the message ends.
    const chunked = this.state === 'chunk-size' || this.state === 'trailers';
    if (chunked && !cr) return this.fail('a chunk line ends without CR', 'RFC 9112 §7.1');
    read.call(this, line);
    return true;
  }

  private startLine(line: string): void {
    if (this.kind === 'response') this.statusLine(line);
    else if (line === '')
      this.lineBytes = 0; // Some clients send an empty line too many (RFC 9112 §2.2).
    else this.requestLine(line);
  }

  private requestLine(line: string): void {
    const rfc = 'RFC 9112 §3';
    const [method, target, version, ...more] = line.split(' ');
    if (version === undefined || more.length > 0) {
      this.fail('a request line is a method, a target and a version with one space between them', rfc);
    } else if (!TOKEN.test(method)) this.fail(`"${method}" is no method`, 'RFC 9112 §3.1');
    else if (!/^[\x21-\x7e]+$/.test(target)) this.fail(`"${target}" is no request target`, 'RFC 9112 §3.2');
    else if (this.acceptsVersion(version)) {
      this.message = { method, target, version, headers: [], body: NO_BYTES };
      this.state = 'headers';
    }
  }

  private statusLine(line: string): void {
    // The space before an empty reason is often missing.
    const match = /^(\S+) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(line);
    if (match === null) {
      this.fail('a status line is a version, a status of three digits and a reason', 'RFC 9112 §4');
    } else if (this.acceptsVersion(match[1])) {
      const [, version, status, reason = ''] = match;
      this.message = { version, status: Number(status), reason, headers: [], body: NO_BYTES };
      this.state = 'headers';
    }
  }

  private acceptsVersion(version: string): boolean {
    const major = /^HTTP\/(\d)\.\d$/.exec(version)?.[1];
    if (major === undefined) this.fail(`"${version}" is no HTTP version`, 'RFC 9112 §2.3');
    else if (major !== '1') this.fail(`${version} is not spoken here`, 'RFC 9112 §2.3', 505);
    else return true;
    return false;
  }

  private headerLine(line: string): void {
    const message = this.message as HttpMessage;
    if (line === '') this.headComplete(message);
    else this.fieldLine(message.headers, line);
  }

  private trailerLine(line: string): void {
    if (line === '') this.finish();
    else this.fieldLine(this.trailers, line);
  }

  private fieldLine(fields: HttpFields, line: string): void {
    if (line[0] === ' ' || line[0] === '\t') {
      this.foldedLine(fields, line);
      return;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    const value = trimSpace(line.slice(colon + 1));
    if (colon < 0) this.fail(`the header line "${line}" has no colon`, 'RFC 9112 §5');
    else if (/[ \t]$/.test(name))
      this.fail('there is white space between a header name and its colon', 'RFC 9112 §5.1');
    else if (!TOKEN.test(name)) this.fail(`"${name}" is no header name`, 'RFC 9110 §5.1');
    else if (!FIELD_VALUE.test(value))
      this.fail(`the header ${name} has a control character`, 'RFC 9110 §5.5');
    else fields.push([name, value]);
  }

  /** A line that goes on with the header before it: long obsolete, refused in requests, joined in responses. */
  private foldedLine(fields: HttpFields, line: string): void {
    const last = fields.at(-1);
    if (last === undefined) this.fail('white space stands before the first header', 'RFC 9112 §2.2');
    else if (this.kind === 'request') this.fail('a header goes on in a second line', 'RFC 9112 §5.2');
    else if (!FIELD_VALUE.test(line))
      this.fail(`the header ${last[0]} has a control character`, 'RFC 9110 §5.5');
    else last[1] = trimSpace(`${last[1]} ${trimSpace(line)}`);
  }

  /** How long the body is (RFC 9112 §6.3, in its order). */
  private headComplete(message: HttpMessage): void {
    this.taker = this.takerOf(message as MessageOf<K>);
    const response = 'status' in message;
    if (response && this.hasNoBody(message.status)) {
      this.finish();
      if (message.status === 101) this.state = 'switched';
    } else if (headerValues(message, 'Transfer-Encoding').length > 0) this.transferCoding(message);
    else if (headerValues(message, 'Content-Length').length > 0) this.contentLength(message);
    else if (response) this.state = 'body-until-close';
    else this.finish();
  }

  private hasNoBody(status: number): boolean {
    if (status < 200) return true;
    const answersHead = this.nextHasNoBody;
    this.nextHasNoBody = false;
    return answersHead || status === 204 || status === 304;
  }

  private transferCoding(message: HttpMessage): void {
    const request = 'method' in message;
    const codings = headerTokens(message, 'Transfer-Encoding');
    const chunked = codings.indexOf('chunked');
    if (message.version === 'HTTP/1.0') {
      this.fail('an HTTP/1.0 message has a Transfer-Encoding header', 'RFC 9112 §6.1');
    } else if (request && headerValues(message, 'Content-Length').length > 0) {
      // In a response chunks win; in a request the two are how requests are smuggled past a proxy.
      this.fail('a request has both Transfer-Encoding and Content-Length', 'RFC 9112 §6.3');
    } else if (chunked >= 0 && chunked !== codings.length - 1) {
      this.fail('chunked is not the last transfer coding, or it is there twice', 'RFC 9112 §6.1');
    } else if (request && chunked < 0) {
      this.fail('a request whose last transfer coding is not chunked has no length', 'RFC 9112 §6.3');
    } else if (request && codings.length > 1) {
      this.fail(`the transfer coding "${codings[0]}" is not spoken here`, 'RFC 9112 §6.1', 501);
    } else if (chunked < 0) this.state = 'body-until-close';
    else this.enterLines('chunk-size');
  }

  private contentLength(message: HttpMessage): void {
    const lengths = headerValues(message, 'Content-Length').flatMap((value) =>
      value.split(',').map(trimSpace),
    );
    const wrong = lengths.find((length) => !/^\d{1,15}$/.test(length));
    const length = Number(lengths[0]);
    if (wrong !== undefined) this.fail(`the Content-Length "${wrong}" is no length`, 'RFC 9112 §6.3');
    else if (lengths.some((other) => Number(other) !== length)) {
      this.fail(`there are different Content-Lengths: ${lengths.join(', ')}`, 'RFC 9112 §6.3');
    } else if (length > this.bodyLimit) this.failTooMuch();
    else {
      this.expectedLength = length;
      this.left = length;
      if (length === 0) this.finish();
      else this.state = 'fixed-body';
    }
  }

  private chunkSize(line: string): void {
    const digits = /^([0-9a-f]{1,16})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(line)?.[1];
    const size = Number.parseInt(digits ?? '', 16);
    if (digits === undefined) this.fail(`"${line}" is no chunk size`, 'RFC 9112 §7.1');
    else if (size === 0) this.enterLines('trailers');
    else if (this.bodyLength + size > this.bodyLimit) this.failTooMuch();
    else {
      this.left = size;
      this.state = 'chunk-data';
    }
  }

  private chunkEnd(): boolean {
    const there = this.pending.length - this.at;
    const good =
      (there < 1 || this.pending[this.at] === CR) && (there < 2 || this.pending[this.at + 1] === LF);
    if (!good) return this.fail('a chunk is longer than its size says', 'RFC 9112 §7.1');
    if (there < 2) return false;
    this.at += 2;
    this.enterLines('chunk-size');
    return true;
  }

  private bodyBytes(): boolean {
    const there = this.pending.length - this.at;
    if (there === 0) return false;
    const taken = this.state === 'body-until-close' ? there : Math.min(there, this.left);
    if (this.bodyLength + taken > this.bodyLimit) return this.failTooMuch();
    if (this.taker === undefined) this.body.push(this.pending.slice(this.at, this.at + taken));
    else this.taker(this.pending.subarray(this.at, this.at + taken));
    this.bodyLength += taken;
    this.at += taken;
    this.left -= taken;
    if (this.state === 'fixed-body' && this.left === 0) this.finish();
    else if (this.state === 'chunk-data' && this.left === 0) this.state = 'chunk-end';
    return true;
  }

  private enterLines(state: 'start-line' | 'chunk-size' | 'trailers'): void {
    this.state = state;
    this.lineBytes = 0;
    this.searched = this.at;
  }

  private finish(): void {
    const message = this.message as HttpMessage;
    message.body = this.joinedBody();
    if (this.trailers.length > 0) message.trailers = this.trailers;
    this.complete.push(message as MessageOf<K>);
    this.message = undefined;
    this.body = [];
    this.trailers = [];
    this.bodyLength = 0;
    this.expectedLength = undefined;
    this.enterLines('start-line');
  }

  private get bodyLimit(): number {
    return this.taker === undefined ? this.limits.body : Number.MAX_SAFE_INTEGER;
  }

  private joinedBody(): Uint8Array {
    if (this.taker !== undefined) return NO_BYTES;
    if (this.body.length === 1) return this.body[0];
    const joined = new Uint8Array(this.bodyLength);
    let at = 0;
    for (const piece of this.body) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }

  private failTooLong(): false {
    const limit = this.limits.head;
    if (this.state === 'start-line') {
      return this.fail(`the start line is longer than ${limit} bytes`, 'RFC 9112 §3', 414);
    }
    if (this.state === 'chunk-size')
      return this.fail(`a chunk line is longer than ${limit} bytes`, 'RFC 9112 §7.1.1');
    return this.fail(`the headers are longer than ${limit} bytes`, 'RFC 6585 §5', 431);
  }

  private failTooMuch(): false {
    return this.fail(`the body is longer than ${this.bodyLimit} bytes`, 'RFC 9110 §15.5.14', 413);
  }

  private fail(text: string, rfc: string, status = 400): false {
    this.error = { text, rfc, status };
    if (this.state === 'headers') this.message = undefined;
    this.state = 'failed';
    return false;
  }
}

/** Without the spaces and tabs around it (OWS, RFC 9110 §5.6.3); other white space is content. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return text.slice(start, end);
}
