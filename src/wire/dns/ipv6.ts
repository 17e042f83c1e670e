// IPv6 addresses as text, for AAAA records. Nothing else here speaks IPv6.
// Reading list: RFC 4291 §2.2, RFC 5952.

import { parseIpv4 } from '../../base/address.js';

/** The recommended text of 16 octets: lower case, the longest run of zeros as `::` (RFC 5952 §4). */
export function formatIpv6(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (address[2 * i] << 8) | address[2 * i + 1]);
  let best = 0;
  let bestLength = 1; // One zero group alone is not shortened (RFC 5952 §4.2.2).
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      best = start;
      bestLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestLength === 1) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}

/** The 16 octets of an address text, also with `::` and an IPv4 address at the end; undefined when it is none. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  const given = front.length + (back?.length ?? 0);
  // `::` stands for at least one group.
  if (halves.length === 2 ? given > 14 : given !== 16) return undefined;
  const address = new Uint8Array(16);
  address.set(front);
  if (back !== undefined) address.set(back, 16 - back.length);
  return address;
}

function parseGroups(text: string, last: boolean): number[] | undefined {
  const octets: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [i, group] of groups.entries()) {
    const ipv4 = last && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined)
      octets.push((ipv4 >>> 24) & 255, (ipv4 >>> 16) & 255, (ipv4 >>> 8) & 255, ipv4 & 255);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 255);
    } else return undefined;
  }
  return octets;
}
