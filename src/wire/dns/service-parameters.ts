// Service parameters: what an SVCB or HTTPS record says about a service besides its name (ALPN, port, address hints).
// Reading list: RFC 9460 §2.1, §2.2, §7, RFC 9848 (ech).

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { decodeLatin1, encodeLatin1 } from '../../base/text.js';
import { formatIpv6 } from './ipv6.js';
import { serviceKeyName } from './registry.js';

/** One service parameter. What is not as its key demands is `unknown`, so that no octet is lost. */
export type ServiceParameter =
  /** Keys a client must understand to use the record. */
  | { kind: 'mandatory'; keys: number[] }
  /** Protocol names of TLS ALPN such as `h2`, one character per octet. */
  | { kind: 'alpn'; protocols: string[] }
  /** The protocol one would expect without ALPN (HTTP/1.1) is not spoken. */
  | { kind: 'no-default-alpn' }
  | { kind: 'port'; port: number }
  | { kind: 'ipv4hint'; addresses: Ipv4[] }
  /** 16 octets each. */
  | { kind: 'ipv6hint'; addresses: Uint8Array[] }
  /** An ECHConfigList. */
  | { kind: 'ech'; bytes: Uint8Array }
  | { kind: 'unknown'; key: number; bytes: Uint8Array };

const KEYS = {
  mandatory: 0,
  alpn: 1,
  'no-default-alpn': 2,
  port: 3,
  ipv4hint: 4,
  ech: 5,
  ipv6hint: 6,
} as const;

/** The key's number. */
export function serviceKey(parameter: ServiceParameter): number {
  return parameter.kind === 'unknown' ? parameter.key : KEYS[parameter.kind];
}

/** The parameter with this key and value. */
export function readServiceParameter(key: number, bytes: Uint8Array): ServiceParameter {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const filled = bytes.length > 0;
  if (key === KEYS.mandatory && filled && bytes.length % 2 === 0) {
    return { kind: 'mandatory', keys: everyNth(2, bytes, (at) => view.getUint16(at)) };
  }
  if (key === KEYS.alpn) {
    const protocols = readProtocols(bytes);
    if (protocols !== undefined) return { kind: 'alpn', protocols };
  }
  if (key === KEYS['no-default-alpn'] && !filled) return { kind: 'no-default-alpn' };
  if (key === KEYS.port && bytes.length === 2) return { kind: 'port', port: view.getUint16(0) };
  if (key === KEYS.ipv4hint && filled && bytes.length % 4 === 0) {
    return { kind: 'ipv4hint', addresses: everyNth(4, bytes, (at) => view.getInt32(at)) };
  }
  if (key === KEYS.ipv6hint && filled && bytes.length % 16 === 0) {
    return { kind: 'ipv6hint', addresses: everyNth(16, bytes, (at) => bytes.slice(at, at + 16)) };
  }
  if (key === KEYS.ech && filled) return { kind: 'ech', bytes: bytes.slice() };
  return { kind: 'unknown', key, bytes: bytes.slice() };
}

/** The parameter's value on the wire, without key and length. @throws RangeError for a protocol name over 255 octets */
export function writeServiceParameter(parameter: ServiceParameter): Uint8Array {
  switch (parameter.kind) {
    case 'mandatory':
      return joined(parameter.keys.map(twoOctets));
    case 'alpn':
      return joined(parameter.protocols.map(writeProtocol));
    case 'no-default-alpn':
      return new Uint8Array(0);
    case 'port':
      return twoOctets(parameter.port);
    case 'ipv4hint':
      return joined(parameter.addresses.map(fourOctets));
    case 'ipv6hint':
      return joined(parameter.addresses);
    case 'ech':
    case 'unknown':
      return parameter.bytes;
  }
}

/** `alpn=h2,h3`, as zone files have it (RFC 9460 §2.1). */
export function formatServiceParameter(parameter: ServiceParameter): string {
  const name = serviceKeyName(serviceKey(parameter));
  switch (parameter.kind) {
    case 'mandatory':
      return `${name}=${parameter.keys.map(serviceKeyName).join(',')}`;
    case 'alpn':
      return `${name}=${quoteIfNeeded(parameter.protocols.map(escapeListItem).join(','))}`;
    case 'no-default-alpn':
      return name;
    case 'port':
      return `${name}=${parameter.port}`;
    case 'ipv4hint':
      return `${name}=${parameter.addresses.map(formatIpv4).join(',')}`;
    case 'ipv6hint':
      return `${name}=${parameter.addresses.map(formatIpv6).join(',')}`;
    case 'ech':
      return `${name}=${formatBase64(parameter.bytes)}`;
    case 'unknown':
      return parameter.bytes.length === 0 ? name : `${name}=${quoteIfNeeded(decodeLatin1(parameter.bytes))}`;
  }
}

function readProtocols(bytes: Uint8Array): string[] | undefined {
  const protocols: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + bytes[at];
    if (end > bytes.length || end === at + 1) return undefined;
    protocols.push(decodeLatin1(bytes, at + 1, end));
    at = end;
  }
  return protocols.length === 0 ? undefined : protocols;
}

function writeProtocol(protocol: string): Uint8Array {
  if (protocol.length > 255) throw new RangeError(`the protocol name "${protocol}" has more than 255 octets`);
  return joined([Uint8Array.of(protocol.length), encodeLatin1(protocol)]);
}

function everyNth<T>(size: number, bytes: Uint8Array, read: (at: number) => T): T[] {
  return Array.from({ length: bytes.length / size }, (_, i) => read(i * size));
}

function twoOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

function fourOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A comma or backslash inside one item of a list (RFC 9460 appendix A.1). */
function escapeListItem(item: string): string {
  return item.replace(/[,\\]/g, '\\$&');
}

/** A value as a character string of a zone file: in quotes unless plain letters, digits and marks will do. */
function quoteIfNeeded(text: string): string {
  if (/^[!#-'*-:<-[\]-~]+$/.test(text)) return text;
  const escaped = text.replace(/["\\]|[^ -~]/g, (c) =>
    c === '"' || c === '\\' ? `\\${c}` : `\\${String(c.charCodeAt(0)).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 §4. */
function formatBase64(bytes: Uint8Array): string {
  const bits = [...bytes].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,6}/g) ?? [];
  const text = digits.map((six) => BASE64[Number.parseInt(six.padEnd(6, '0'), 2)]).join('');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
