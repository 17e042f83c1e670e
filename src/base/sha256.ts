// SHA-256, of bytes as they come. Reading list: RFC 6234 §4.1, §5.1, §6.2.

import { formatHex } from './text.js';

/** The first 32 bits of the fractions of the cube roots of the first 64 primes (RFC 6234 §5.1). */
const K = Int32Array.from(
  (
    '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 ' +
    'd807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 ' +
    'e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da ' +
    '983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 ' +
    '27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 ' +
    'a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 ' +
    '19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 ' +
    '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2'
  )
    .split(' ')
    .map((word) => Number.parseInt(word, 16)),
);

/** Of the square roots of the first eight primes (RFC 6234 §6.1). */
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

const BLOCK = 64;
/** The length of the message in bits stands in the last eight bytes of the last block. */
const LENGTH_AT = BLOCK - 8;

/** A running digest: what is pushed in pieces counts as if it had come at once. */
export class Sha256 {
  private readonly state = Int32Array.from(START);
  private readonly words = new Int32Array(BLOCK);
  private readonly block = new Uint8Array(BLOCK);
  /** Bytes in the block that is not full yet. */
  private held = 0;
  private length = 0;

  /** Takes the next piece; at most 2^53 bytes in all. */
  push(bytes: Uint8Array): this {
    this.length += bytes.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(BLOCK - this.held, bytes.length);
      this.block.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < BLOCK) return this;
      this.mix(this.block, 0);
      this.held = 0;
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.mix(bytes, at);
    this.block.set(bytes.subarray(at));
    this.held = bytes.length - at;
    return this;
  }

  /** The digest of all that was pushed, in 64 hexadecimal digits. Nothing may be pushed afterwards. */
  hex(): string {
    const { block, state } = this;
    block.fill(0, this.held);
    block[this.held] = 0x80;
    if (this.held >= LENGTH_AT) {
      this.mix(block, 0);
      block.fill(0);
    }
    const end = new DataView(block.buffer);
    end.setUint32(LENGTH_AT, Math.floor(this.length / 2 ** 29));
    end.setUint32(LENGTH_AT + 4, (this.length << 3) >>> 0);
    this.mix(block, 0);
    const digest = new DataView(new ArrayBuffer(32));
    for (const [index, word] of state.entries()) digest.setInt32(4 * index, word);
    return formatHex(new Uint8Array(digest.buffer));
  }

  /** One block (RFC 6234 §6.2). */
  private mix(bytes: Uint8Array, from: number): void {
    const { state, words } = this;
    for (let t = 0, at = from; t < 16; t++, at += 4) {
      words[t] =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
    }
    for (let t = 16; t < BLOCK; t++) {
      const x = words[t - 2] as number;
      const y = words[t - 15] as number;
      const sigma1 = turn(x, 17) ^ turn(x, 19) ^ (x >>> 10);
      const sigma0 = turn(y, 7) ^ turn(y, 18) ^ (y >>> 3);
      words[t] = (sigma1 + (words[t - 7] as number) + sigma0 + (words[t - 16] as number)) | 0;
    }
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let t = 0; t < BLOCK; t++) {
      const choice = (e & f) ^ (~e & g);
      const one =
        (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + (K[t] as number) + (words[t] as number)) | 0;
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] = (state[0] as number) + a;
    state[1] = (state[1] as number) + b;
    state[2] = (state[2] as number) + c;
    state[3] = (state[3] as number) + d;
    state[4] = (state[4] as number) + e;
    state[5] = (state[5] as number) + f;
    state[6] = (state[6] as number) + g;
    state[7] = (state[7] as number) + h;
  }
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
