// The values of display filters: how a value as written is compared with one from a frame.
// Reading list: wireshark-filter(4).

import { maskOf, parseCidr, parseIpv4, parseMac } from '../base/address.js';
import { decodeLatin1, encodeUtf8, parseHex } from '../base/text.js';
import type { FieldValue } from './dissection.js';
import type { Token } from './filter-tokens.js';

/** Octets `from` up to but without `to`. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** A value as written, in every way it can be read. */
export interface Literal {
  readonly text: string;
  readonly number: number | undefined;
  readonly mac: number | undefined;
  readonly address: number | undefined;
  readonly mask: number;
}

export function literalOf(token: Token, isSlice: boolean): Literal {
  const { text } = token;
  if (isSlice) {
    const bytes = token.kind === 'word' ? parseHex(text.replace(/^0x/i, '').replaceAll('-', ':')) : undefined;
    return {
      text: decodeLatin1(bytes ?? encodeUtf8(text)),
      number: undefined,
      mac: undefined,
      address: undefined,
      mask: -1,
    };
  }
  if (token.kind === 'string')
    return { text, number: undefined, mac: parseMac(text), address: parseIpv4(text), mask: -1 };
  const cidr = parseCidr(text);
  return {
    text,
    number: numberOf(text),
    mac: parseMac(text),
    address: cidr?.prefix.network ?? parseIpv4(text),
    mask: cidr === undefined ? -1 : maskOf(cidr.prefix.length),
  };
}

/** Decimal or hexadecimal; flags are 1 and 0, or `true` and `false`. */
function numberOf(text: string): number | undefined {
  if (/^(-?\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text)) return Number(text);
  if (/^true$/i.test(text)) return 1;
  return /^false$/i.test(text) ? 0 : undefined;
}

/** Below, at, or above the literal: −1, 0, 1; undefined when the two can not be compared. */
export function order(value: FieldValue, literal: Literal): number | undefined {
  if (typeof value !== 'string')
    return literal.number === undefined ? undefined : sign(Number(value) - literal.number);
  if (literal.mac !== undefined) {
    const mac = parseMac(value);
    if (mac !== undefined) return sign(mac - literal.mac);
  }
  if (literal.address !== undefined) {
    const address = parseIpv4(value);
    if (address !== undefined) return sign(((address & literal.mask) >>> 0) - (literal.address >>> 0));
  }
  return value === literal.text ? 0 : value < literal.text ? -1 : 1;
}

function sign(difference: number): number {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

export function holds(order: number | undefined, relation: string): boolean {
  if (order === undefined) return false;
  if (relation === '==') return order === 0;
  if (relation === '<') return order < 0;
  if (relation === '>') return order > 0;
  return relation === '<=' ? order <= 0 : order >= 0;
}

export function textOf(value: FieldValue): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/** The octets of a value: of addresses and bytes those on the wire, of names and numbers those of their text. */
export function octetsOf(value: FieldValue): Uint8Array {
  const text = textOf(value);
  const address = parseIpv4(text);
  if (typeof value === 'string' && address !== undefined) {
    return Uint8Array.from([address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255]);
  }
  return (typeof value === 'string' ? parseHex(text) : undefined) ?? encodeUtf8(text);
}

export function cut(value: FieldValue, { from, to }: Slice): Uint8Array {
  return octetsOf(value).subarray(from, to);
}
