// Memory whose sums the processor makes sixteen octets at a time. JavaScript has no such instructions, WebAssembly has,
// but it sees nothing but memory of its own: so frames are put there, where it can be had, and summed in place.
// Where a machine has no WebAssembly, or a page may not use it, all goes on in JavaScript, with the same results.
// Reading list: RFC 1071 §2 (sums may be made in any order, of any width), the program itself in `sum.wat`.

import { SUM_MODULE } from './sum-module.js';

/**
 * Bytes there are at most, for all worlds of a program together; a machine gives what is used of them. They are not
 * given back: a world that comes later, when they are used up, gets other memory.
 */
const LIMIT = 32 * 1024 * 1024;
const PAGE = 65_536;

/** The same memory in three views. */
export interface MemoryViews {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly view: DataView;
}

/** What there is of WebAssembly here; the core is compiled without the types of any host. */
declare const WebAssembly:
  | undefined
  | {
      readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (
        module: object,
        imports: { frames: { memory: object } },
      ) => { readonly exports: { readonly sum: (at: number, length: number) => number } };
    };

const NOWHERE: MemoryViews = viewsOf(new ArrayBuffer(0));
let views = NOWHERE;
let sumWords = (_at: number, _length: number): number => 0;
let wanted = false;
let used = 0;

/** Is this the memory that `sumSimd` can sum? */
export function isSimd(u8: Uint8Array): boolean {
  return u8 === views.u8;
}

/**
 * The sum of the 16-bit words of `length` octets from `at` in this memory, low octet first, unsigned and not folded; a
 * last odd octet counts as a low one. At most 131,072 octets.
 */
export function sumSimd(at: number, length: number): number {
  return sumWords(at, length) >>> 0;
}

/** A piece of this memory, of a multiple of 64 bytes, for good; undefined: there is none, or no more. */
export function takeSimdMemory(
  bytes: number,
): { readonly memory: MemoryViews; readonly at: number } | undefined {
  if (!wanted) open();
  const at = used;
  if (at + bytes > views.u8.length) return undefined;
  used += bytes;
  return { memory: views, at };
}

/** Views of the whole of a buffer, whose length is a multiple of four. */
export function viewsOf(buffer: ArrayBuffer): MemoryViews {
  return { u8: new Uint8Array(buffer), u32: new Uint32Array(buffer), view: new DataView(buffer) };
}

/** Once, when somebody wants it. */
function open(): void {
  wanted = true;
  if (typeof WebAssembly === 'undefined') return;
  try {
    const memory = new WebAssembly.Memory({ initial: LIMIT / PAGE, maximum: LIMIT / PAGE });
    const program = new WebAssembly.Module(SUM_MODULE);
    sumWords = new WebAssembly.Instance(program, { frames: { memory } }).exports.sum;
    views = viewsOf(memory.buffer);
  } catch {
    // An old machine knows no such instructions, a strict page allows none, or there is no room for the memory.
  }
}
