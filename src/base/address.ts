// Addresses as numbers: MAC addresses (48 bits), IPv4 addresses and prefixes (32 bits), and their texts.
// Reading list: RFC 791 §3.2, RFC 4632 (CIDR), IEEE 802 (EUI-48).

/** A MAC address (EUI-48) as an integer 0 … 2^48-1, most significant octet first. */
export type Mac = number;

/** An IPv4 address as a signed 32-bit integer, network order (V8 keeps such integers unboxed). */
export type Ipv4 = number;

/** An IPv4 prefix (RFC 4632): `network` has all bits below `length` cleared. */
export interface Ipv4Prefix {
  readonly network: Ipv4;
  /** Prefix length in bits, 0 … 32. */
  readonly length: number;
}

export const MAC_BROADCAST: Mac = 0xffffffffffff;
export const IPV4_ANY: Ipv4 = 0;
export const IPV4_BROADCAST: Ipv4 = -1;

const TWO_32 = 0x100000000;

/** Reads `aa:bb:cc:dd:ee:ff`, also with `-`, or `aabb.ccdd.eeff`; undefined when the text is not a MAC address. */
export function parseMac(text: string): Mac | undefined {
  const hex =
    /^([0-9a-f]{2}([:-])[0-9a-f]{2}(\2[0-9a-f]{2}){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i.test(text)
      ? text.replace(/[:.-]/g, '')
      : undefined;
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

/** `aa:bb:cc:dd:ee:ff`, lower case. */
export function formatMac(mac: Mac): string {
  const hex = mac.toString(16).padStart(12, '0');
  return `${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}:${hex.slice(8, 10)}:${hex.slice(10, 12)}`;
}

/** True for group addresses (multicast and broadcast): the lowest bit of the first octet is set. */
export function isGroupMac(mac: Mac): boolean {
  return (Math.floor(mac / 0x10000000000) & 1) === 1;
}

/** Reads dotted decimal, four numbers 0 … 255 without leading zeros; undefined when it is anything else. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    address = (address << 8) | octet;
  }
  return address;
}

/** Dotted decimal. */
export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The netmask of a prefix length 0 … 32. */
export function maskOf(length: number): Ipv4 {
  return length === 0 ? 0 : -1 << (32 - length);
}

/** The prefix length of a netmask; undefined when its ones are not contiguous. */
export function lengthOfMask(mask: Ipv4): number | undefined {
  const length = Math.clz32(~mask);
  return maskOf(length) === mask ? length : undefined;
}

/** The prefix of `length` bits that holds `address`. */
export function prefixOf(address: Ipv4, length: number): Ipv4Prefix {
  return { network: address & maskOf(length), length };
}

export function inPrefix(address: Ipv4, prefix: Ipv4Prefix): boolean {
  return (address & maskOf(prefix.length)) === prefix.network;
}

/** The directed broadcast address of a prefix, or undefined where none exists (/31 and /32, RFC 3021). */
export function directedBroadcast(prefix: Ipv4Prefix): Ipv4 | undefined {
  return prefix.length >= 31 ? undefined : prefix.network | ~maskOf(prefix.length);
}

/** Reads `10.0.0.0/8` into the address as written and the prefix it lies in; undefined when malformed. */
export function parseCidr(text: string): { address: Ipv4; prefix: Ipv4Prefix } | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const address = parseIpv4(match[1] as string);
  const length = Number(match[2]);
  if (address === undefined || length > 32) return undefined;
  return { address, prefix: prefixOf(address, length) };
}

export function formatPrefix(prefix: Ipv4Prefix): string {
  return `${formatIpv4(prefix.network)}/${prefix.length}`;
}

export function isMulticast(address: Ipv4): boolean {
  return address >>> 28 === 0xe;
}

export function isLoopback(address: Ipv4): boolean {
  return address >>> 24 === 127;
}

/** The upper 16 bits of a MAC address. */
export function macHigh(mac: Mac): number {
  return Math.floor(mac / TWO_32);
}

/** The lower 32 bits of a MAC address, signed. */
export function macLow(mac: Mac): number {
  return mac | 0;
}

export function macFromParts(high16: number, low32: number): Mac {
  return high16 * TWO_32 + (low32 >>> 0);
}
