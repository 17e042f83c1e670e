// URLs of the schemes http and https: what a person types, and what a link in a page means.
// Reading list: RFC 3986 (syntax §3, resolution §5), RFC 9110 §4.2 (http and https).

import { type Ipv4, parseIpv4 } from '../base/address.js';
import { encodeUtf8 } from '../base/text.js';
import { isValidHostName } from './dns/name.js';

/** An absolute http or https URL without its fragment, which servers never see. */
export interface Url {
  readonly scheme: 'http' | 'https';
  /** A host name in lower case without a dot at the end, or an IPv4 address in dotted decimal. */
  readonly host: string;
  /** The host as an address; undefined when it is a name that must be looked up. */
  readonly address: Ipv4 | undefined;
  /** 1 … 65535. */
  readonly port: number;
  /** Begins with `/`; no `.` and `..` segments. */
  readonly path: string;
  /** Without the `?`; undefined when there is none, which is not the same as an empty one. */
  readonly query: string | undefined;
}

/** Why a text is no URL this program can open, in one sentence. */
export interface UrlError {
  readonly error: string;
}

/** The port a scheme means when a URL names none. */
export const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** The five parts of a reference (RFC 3986 §3); undefined where a part is missing. */
interface Reference {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
}

/** Reads a URL as a person types it: `http://` may be missing, white space around it does not count. */
export function parseUrl(text: string): Url | UrlError {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'the URL is empty' };
  // `host:8080` looks like a scheme, but no scheme is followed by a port number.
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))/i.test(trimmed);
  const full = hasScheme ? trimmed : `http:${trimmed.startsWith('//') ? '' : '//'}${trimmed}`;
  const { scheme, authority, path, query } = split(full);
  return urlOf(scheme as string, authority, removeDotSegments(path), query);
}

/** The URL a reference in a page means, such as the target of a link (RFC 3986 §5.2.2). */
export function resolveUrl(base: Url, reference: string): Url | UrlError {
  const { scheme, authority, path, query } = split(reference.trim());
  if (scheme !== undefined) return urlOf(scheme, authority, removeDotSegments(path), query);
  if (authority !== undefined) return urlOf(base.scheme, authority, removeDotSegments(path), query);
  const baseAuthority = urlAuthority(base);
  if (path === '') return urlOf(base.scheme, baseAuthority, base.path, query ?? base.query);
  const merged = path.startsWith('/') ? path : base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
  return urlOf(base.scheme, baseAuthority, removeDotSegments(merged), query);
}

/** The URL's text; the port only when it is not the scheme's own. */
export function formatUrl(url: Url): string {
  return `${urlOrigin(url)}${urlTarget(url)}`;
}

/** `http://www.example.org:8080`: what must be equal for two pages to share one origin (RFC 6454 §4). */
export function urlOrigin(url: Url): string {
  return `${url.scheme}://${urlAuthority(url)}`;
}

/** Host, and port unless it is the scheme's own: the value of the Host header (RFC 9110 §7.2). */
export function urlAuthority(url: Url): string {
  return url.port === DEFAULT_PORT[url.scheme] ? url.host : `${url.host}:${url.port}`;
}

/** Path and query: the target of a request to the server itself (RFC 9112 §3.2.1). */
export function urlTarget(url: Url): string {
  return url.query === undefined ? url.path : `${url.path}?${url.query}`;
}

/** RFC 3986 appendix B; the fragment is dropped. */
function split(text: string): Reference {
  const match = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text) as RegExpExecArray;
  const [, scheme, authority, path = '', query] = match;
  return { scheme, authority, path, query };
}

function urlOf(
  scheme: string,
  authority: string | undefined,
  path: string,
  query: string | undefined,
): Url | UrlError {
  const known = scheme.toLowerCase();
  if (known !== 'http' && known !== 'https') return { error: `"${scheme}:" is not http: or https:` };
  if (authority === undefined) return { error: `"${scheme}:" must be followed by // and a host` };
  const server = parseAuthority(authority, DEFAULT_PORT[known]);
  if ('error' in server) return server;
  const cleanPath = encodeUnsafe(path === '' ? '/' : path);
  const cleanQuery = query === undefined ? undefined : encodeUnsafe(query);
  const broken = /%(?![0-9a-f]{2}).{0,2}/i.exec(`${cleanPath} ${cleanQuery ?? ''}`)?.[0].trim();
  if (broken !== undefined) return { error: `"${broken}" is no percent sign with two hexadecimal digits` };
  return { scheme: known, ...server, path: cleanPath, query: cleanQuery };
}

function parseAuthority(
  authority: string,
  defaultPort: number,
): Pick<Url, 'host' | 'address' | 'port'> | UrlError {
  // RFC 9110 §4.2.4: a name before the @ is mostly there to deceive people about the host behind it.
  if (authority.includes('@'))
    return { error: 'a URL with a user name or password (before the @) is not opened' };
  if (authority.startsWith('['))
    return { error: `${authority} is an IPv6 address; only IPv4 is spoken here` };
  const [, name = '', portText = ''] = /^([^:]*)(?::(.*))?$/s.exec(authority) as RegExpExecArray;
  const port = portText === '' ? defaultPort : Number(portText);
  if (!/^\d{0,9}$/.test(portText) || port < 1 || port > 65535) {
    return { error: `"${portText}" is no port; ports are 1 to 65535` };
  }
  const host = asciiLowerCase(name.endsWith('.') ? name.slice(0, -1) : name);
  if (host === '') return { error: 'the URL has no host' };
  const address = parseIpv4(host);
  if (address === undefined && /(?:^|\.)\d+$/.test(host)) return { error: `"${host}" is no IPv4 address` };
  if (address === undefined && !isValidHostName(host)) {
    const hint = /^[\x21-\x7e]*$/.test(host)
      ? ''
      : ' (only ASCII letters: names of other scripts begin with xn--)';
    return { error: `"${host}" is no host name${hint}` };
  }
  return { host, address, port };
}

/** RFC 3986 §5.2.4. */
function removeDotSegments(path: string): string {
  const out: string[] = [];
  const segments = path.split('/');
  const last = segments.length - 1;
  for (const [i, segment] of segments.entries()) {
    if (segment === '..') {
      if (out.length > 1) out.pop();
    } else if (segment !== '.') out.push(segment);
    if (i === last && (segment === '.' || segment === '..')) out.push('');
  }
  return out.join('/');
}

/** What no URL may hold as UTF-8 octets with percent signs, as browsers do (RFC 3987 §3.1). */
function encodeUnsafe(text: string): string {
  return text.replace(/[^!#-;=?-Z_a-z~[\]]+/g, (unsafe) =>
    Array.from(encodeUtf8(unsafe), (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );
}

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
