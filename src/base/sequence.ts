// Sequence number arithmetic modulo 2^32. Reading list: RFC 9293 §3.4, RFC 1982.
//
// As addresses are, these numbers are held as signed 32-bit integers: modulo 2^32 that makes no difference, and an engine
// keeps them in registers and in objects as they are. Two are equal when both are held so. Wherever a person or a program
// outside sees one, it is unsigned: `seqShown`.

/** a < b in sequence space. */
export function seqLess(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** a <= b in sequence space. */
export function seqAtMost(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}

/** a + n modulo 2^32. */
export function seqAdd(a: number, n: number): number {
  return (a + n) | 0;
}

/** How far `a` lies after `b`, signed: -2^31 … 2^31-1. */
export function seqDiff(a: number, b: number): number {
  return (a - b) | 0;
}

/** As it stands in headers: 0 … 2^32-1. */
export function seqShown(a: number): number {
  return a >>> 0;
}

/** The later of two sequence numbers. */
export function seqMax(a: number, b: number): number {
  return seqLess(a, b) ? b : a;
}
