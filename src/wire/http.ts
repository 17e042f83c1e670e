// HTTP/1.1 messages: a start line, header lines, an empty line and a body.
// Reading list: RFC 9110 (what messages mean), RFC 9112 (how they look on a connection).

import { encodeLatin1 } from '../base/text.js';

/** Header or trailer lines in their order: name as spelled, value without white space around it; one character per octet. */
export type HttpFields = [name: string, value: string][];

/** A request. Its `headers` and `body` are as on the wire, chunks apart: a chunked body is here in one piece. */
export interface HttpRequest {
  /** Case-sensitive: `GET`. */
  method: string;
  /** `/path?query`, or another form of RFC 9112 §3.2. */
  target: string;
  /** `HTTP/1.1`. */
  version: string;
  headers: HttpFields;
  body: Uint8Array;
  /** The lines behind the last chunk, when there are any. */
  trailers?: HttpFields;
}

/** A response, see {@link HttpRequest}. */
export interface HttpResponse {
  /** `HTTP/1.1`. */
  version: string;
  /** 100 … 999. */
  status: number;
  /** The words behind the status; may be empty. */
  reason: string;
  headers: HttpFields;
  body: Uint8Array;
  /** The lines behind the last chunk, when there are any. */
  trailers?: HttpFields;
}

export type HttpMessage = HttpRequest | HttpResponse;

/** Why a message is wrong, and the status a server answers it with. */
export interface HttpError {
  readonly text: string;
  readonly rfc: string;
  /** 400, 413, 414, 431, 501 or 505. */
  readonly status: number;
}

/** Names of status codes (registry "HTTP Status Codes"). */
export const STATUS_REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** A request's octets. Nothing is added: who wants a Host or Content-Length header gives one. The body goes as it is. */
export function writeHttpRequest(request: HttpRequest): Uint8Array {
  return writeMessage(`${request.method} ${request.target} ${request.version}`, request);
}

/** A response's octets. Nothing is added, see {@link writeHttpRequest}. */
export function writeHttpResponse(response: HttpResponse): Uint8Array {
  return writeMessage(`${response.version} ${response.status} ${response.reason}`, response);
}

function writeMessage(startLine: string, message: HttpMessage): Uint8Array {
  const head = encodeLatin1(`${startLine}\r\n${linesOf(message.headers)}\r\n`);
  const bytes = new Uint8Array(head.length + message.body.length);
  bytes.set(head);
  bytes.set(message.body, head.length);
  return bytes;
}

function linesOf(fields: HttpFields): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

/**
 * A body as chunks (RFC 9112 §7.1), for messages with `Transfer-Encoding: chunked`; an empty piece is left out because
 * it would end the body.
 */
export function writeChunked(pieces: readonly Uint8Array[], trailers: HttpFields = []): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    parts.push(encodeLatin1(`${piece.length.toString(16)}\r\n`), piece, encodeLatin1('\r\n'));
  }
  parts.push(encodeLatin1(`0\r\n${linesOf(trailers)}\r\n`));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * The value of a header, whatever its case; several lines of one name are joined by `, ` (RFC 9110 §5.3). Undefined when
 * there is none. For Set-Cookie, which cannot be joined, see {@link headerValues}.
 */
export function header(message: { readonly headers: HttpFields }, name: string): string | undefined {
  const values = headerValues(message, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The value of each line of this name, in their order. */
export function headerValues(message: { readonly headers: HttpFields }, name: string): string[] {
  const lower = name.toLowerCase();
  return message.headers.filter(([other]) => other.toLowerCase() === lower).map(([, value]) => value);
}

/** The members of a comma-separated list header, lower-case, such as those of Connection (RFC 9110 §5.6.1). */
export function headerTokens(message: { readonly headers: HttpFields }, name: string): string[] {
  const members = (header(message, name) ?? '').split(',');
  return members.map((member) => member.trim().toLowerCase()).filter((member) => member !== '');
}

/**
 * True when the sender keeps the connection open behind this message (RFC 9112 §9.3). A response that ends only with the
 * connection cannot, see `HttpReader.untilClose`.
 */
export function keepsAlive(message: HttpMessage): boolean {
  const options = headerTokens(message, 'Connection');
  if (options.includes('close')) return false;
  if (message.version !== 'HTTP/1.0') return true;
  return options.includes('keep-alive');
}

/** What is wrong with a request's Host header (RFC 9112 §3.2); undefined when nothing is. */
export function checkHost(request: HttpRequest): HttpError | undefined {
  const rfc = 'RFC 9112 §3.2';
  const hosts = headerValues(request, 'Host');
  if (hosts.length > 1) return { text: 'there is more than one Host header', rfc, status: 400 };
  if (hosts.length === 0) {
    const needed = request.version !== 'HTTP/1.0';
    return needed ? { text: 'an HTTP/1.1 request must have a Host header', rfc, status: 400 } : undefined;
  }
  if (!/^(?:[a-z0-9._~%!$&'()*+,;=-]*|\[[0-9a-f:.]+\])(?::\d*)?$/i.test(hosts[0])) {
    return { text: `"${hosts[0]}" is no host with or without port`, rfc, status: 400 };
  }
  return undefined;
}
