// Questions about an IPv4 header where it lies in a frame's memory, and writing one: the frame's way asks them, and
// nothing is allocated.
// Reading list: RFC 791 §3.1, RFC 1122 §3.2.1, RFC 1812 §5.2.2 and §5.3.7.

import { IPV4_BROADCAST, type Ipv4, isMulticast } from '../base/address.js';
import { complement, sumBytes, sumHalves } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { IPV4_HEADER } from '../wire/ipv4.js';
import type { NetworkInterface } from './network-interface.js';

/**
 * The common header: five words, the third still without its sum. The sum is taken from the numbers: reading back what
 * was written a moment ago in smaller pieces would make the processor wait.
 */
export function writeIpv4Header(
  view: DataView,
  base: number,
  first: number,
  second: number,
  third: number,
  from: Ipv4,
  to: Ipv4,
): void {
  const sum = sumHalves(first) + sumHalves(second) + sumHalves(third) + sumHalves(from) + sumHalves(to);
  view.setInt32(base, first);
  view.setInt32(base + 4, second);
  view.setInt32(base + 8, third | complement(sum));
  view.setInt32(base + 12, from);
  view.setInt32(base + 16, to);
}

/** The sum over a sound header is all ones (RFC 1071 §1). The common header is five words, summed in halves. */
export function headerSumFits(frame: Frame, base: number, length: number): boolean {
  if (length !== IPV4_HEADER) return sumBytes(frame, base, length) === 0xffff;
  const u32 = frame.u32;
  const word = base >> 2;
  const a = u32[word] | 0;
  const b = u32[word + 1] | 0;
  const c = u32[word + 2] | 0;
  const d = u32[word + 3] | 0;
  const e = u32[word + 4] | 0;
  const low = (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff) + (e & 0xffff);
  const sum = low + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16) + (e >>> 16);
  // All ones is all ones in either byte order, so the machine's own does.
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

/** RFC 1122 §3.2.1.3, RFC 1812 §5.3.7: no machine can have this address here. */
export function isBadSource(from: Ipv4, port: NetworkInterface): boolean {
  const first = from >>> 24;
  if (first === 0) return from !== 0;
  return first === 127 || first >= 224 || from === port.broadcast;
}

/** Broadcast or multicast. */
export function isGroup(to: Ipv4, port: NetworkInterface): boolean {
  return to === IPV4_BROADCAST || to === port.broadcast || isMulticast(to);
}

/** More fragments, or an offset. */
export function isFragment(view: DataView, base: number): boolean {
  return (view.getUint16(base + 6) & 0x3fff) !== 0;
}

/** Where in the header an option has an impossible length (RFC 1122 §3.2.1.8); 0 when all are sound. */
export function badOptionAt(u8: Uint8Array, base: number, headerLength: number): number {
  for (let at = IPV4_HEADER; at < headerLength; ) {
    const type = u8[base + at];
    if (type === 0) return 0;
    const length = type === 1 ? 1 : at + 1 < headerLength ? u8[base + at + 1] : 0;
    if (length === 0 || (type !== 1 && length < 2) || at + length > headerLength) return at;
    at += length;
  }
  return 0;
}

/** Of a header whose options are sound. */
export function hasSourceRoute(u8: Uint8Array, base: number, headerLength: number): boolean {
  let at = base + IPV4_HEADER;
  const end = base + headerLength;
  while (at < end) {
    const type = u8[at];
    if (type === 0) return false;
    if (type === 131 || type === 137) return true;
    at += type === 1 ? 1 : u8[at + 1];
  }
  return false;
}
