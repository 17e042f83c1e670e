// A DNS message while it is written: its octets so far, and where its names stand, for compression.
// Reading list: RFC 1035 §4.1.4.

import { parseName } from './name.js';

/** Bytes of a message in the making, with the names written so far, so that later names can point to them. */
export class MessageWriter {
  private bytes = new Uint8Array(512);
  private length = 0;
  private readonly names = new Map<string, number>();
  private readonly compress: boolean;

  constructor(compress: boolean) {
    this.compress = compress;
  }

  /** How many bytes have been written. */
  get position(): number {
    return this.length;
  }

  /** A copy of what has been written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Appends octets as they are. */
  octets(octets: Uint8Array): void {
    this.grow(octets.length);
    this.bytes.set(octets, this.length);
    this.length += octets.length;
  }

  /** Appends the low 8 bits. */
  uint8(value: number): void {
    this.grow(1);
    this.bytes[this.length++] = value;
  }

  /** Appends the low 16 bits, high octet first. */
  uint16(value: number): void {
    this.uint8(value >>> 8);
    this.uint8(value);
  }

  /** Appends the low 32 bits, high octet first. */
  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value);
  }

  /** Sets two octets written before. */
  patchUint16(at: number, value: number): void {
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  /**
   * Writes a name; the longest end of it that stands in the message already becomes a pointer (RFC 1035 §4.1.4).
   * Only an equal spelling will do: a pointer to other cases would change what the reader sees.
   * @throws RangeError when the text is no name, see {@link parseName}
   */
  name(name: string, compress = true): void {
    const parsed = parseName(name);
    if ('error' in parsed) throw new RangeError(parsed.error);
    const { labels } = parsed;
    const ends = endsOf(labels);
    for (const [i, label] of labels.entries()) {
      const known = compress && this.compress ? this.names.get(ends[i]) : undefined;
      if (known !== undefined) {
        this.uint16(0xc000 | known);
        return;
      }
      // A pointer has 14 bits; what lies beyond cannot be pointed to.
      if (compress && this.length < 0x4000 && !this.names.has(ends[i])) this.names.set(ends[i], this.length);
      this.uint8(label.length);
      this.octets(label);
    }
    this.uint8(0);
  }

  private grow(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const bigger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    bigger.set(this.bytes);
    this.bytes = bigger;
  }
}

/** For each label, the name from it on, as a key that is equal for equal octets only. */
function endsOf(labels: readonly Uint8Array[]): string[] {
  const ends: string[] = [];
  let end = '';
  for (let i = labels.length - 1; i >= 0; i--) {
    end = String.fromCharCode(labels[i].length, ...labels[i]) + end;
    ends[i] = end;
  }
  return ends;
}
