// The Internet checksum: one's complement sum of 16-bit words, whole, over parts and incremental.
// Reading list: RFC 1071, RFC 1624.

import { isSimd, sumSimd } from './simd-memory.js';

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** For fewer octets it is quicker to stay here. */
const SIMD_LEAST = 512;

/** Memory that can be summed: the same bytes as octets and as 32-bit words of the machine's byte order. */
export interface Summable {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
}

/**
 * One's complement sum of `length` octets from `start`, not yet complemented, folded to 16 bits, in network order.
 * `start` must be even; a last odd octet counts as the high half of a word (RFC 1071 §4.1).
 */
export function sumBytes(memory: Summable, start: number, length: number): number {
  const { u8, u32 } = memory;
  if (length >= SIMD_LEAST && isSimd(u8)) return sumThere(start, length);
  const end = start + length;
  let position = start;
  let head = 0;
  if ((position & 2) !== 0 && length >= 2) {
    head = (u8[position] << 8) | u8[position + 1];
    position += 2;
  }
  // Four lanes of 32-bit words, two at a time; a lane stays exact in a double for far more words than a frame can have.
  let word = position >> 2;
  const words = (end - position) >> 2;
  const wordsEnd = word + words;
  const lanesEnd = word + (words & ~7);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (; word < lanesEnd; word += 8) {
    a += u32[word] + u32[word + 4];
    b += u32[word + 1] + u32[word + 5];
    c += u32[word + 2] + u32[word + 6];
    d += u32[word + 3] + u32[word + 7];
  }
  for (; word < wordsEnd; word++) a += u32[word];
  // 2^16 is 1 modulo 65535, so a sum of 32-bit words folds to the sum of their halves.
  let sum = fold(a + b + c + d);
  if (LITTLE_ENDIAN) sum = ((sum & 255) << 8) | (sum >> 8);
  position += words << 2;
  if (end - position >= 2) {
    head += (u8[position] << 8) | u8[position + 1];
    position += 2;
  }
  if (position < end) head += u8[position] << 8;
  return fold(sum + head);
}

/** The same by the processor's own instructions. */
function sumThere(start: number, length: number): number {
  const sum = fold(sumSimd(start, length));
  return ((sum & 255) << 8) | (sum >> 8);
}

/** Adds carries back in until 16 bits remain (RFC 1071 §1). Never 0 becomes 0xffff or the other way round. */
export function fold(sum: number): number {
  // The part above 32 bits is small; an integer shift does not reach it.
  const low = sum | 0;
  let folded = (low & 0xffff) + (low >>> 16);
  if (sum >= 0x100000000) folded += Math.floor(sum / 0x100000000);
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}

/** The checksum field for data that sums to `sum`: its complement. */
export function complement(sum: number): number {
  return ~fold(sum) & 0xffff;
}

/** The pseudo-header sum of IPv4 (RFC 9293 §3.1, RFC 768): addresses, protocol, length of the upper layer. */
export function pseudoHeaderSum(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  return sumHalves(source) + sumHalves(destination) + protocol + length;
}

/** The sum of both 16-bit halves of a word. */
export function sumHalves(word: number): number {
  return (word >>> 16) + (word & 0xffff);
}

/** The new checksum field when one 16-bit word changes: HC' = ~(~HC + ~m + m') (RFC 1624 §3, equation 3). */
export function updateChecksum(checksum: number, oldWord: number, newWord: number): number {
  let sum = (~checksum & 0xffff) + (~oldWord & 0xffff) + newWord;
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** As {@link updateChecksum} for a 32-bit word, such as an address. */
export function updateChecksum32(checksum: number, oldWord: number, newWord: number): number {
  return updateChecksum(
    updateChecksum(checksum, oldWord >>> 16, newWord >>> 16),
    oldWord & 0xffff,
    newWord & 0xffff,
  );
}

/** Sum over a plain byte array at any offset, as {@link sumBytes}; for code off the fast path. */
export function sumOctets(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let sum = 0;
  let position = start;
  for (; position + 1 < end; position += 2) sum += (bytes[position] << 8) | bytes[position + 1];
  if (position < end) sum += bytes[position] << 8;
  return fold(sum);
}
