// What `nc` sends and what it does with what it gets: here no keyboard and no pipe are connected to it.

import { decodeUtf8, encodeUtf8 } from '../../base/text.js';

/** Bytes that stand in for the standard input, to be taken in pieces. */
export class Input {
  private readonly bytes: Uint8Array;
  private readonly length: number;
  private at = 0;

  /** `length` bytes, made of the given ones again and again. */
  private constructor(bytes: Uint8Array, length: number) {
    this.bytes = bytes;
    this.length = length;
  }

  /** A line of text. */
  static text(text: string): Input {
    const bytes = encodeUtf8(`${text}\n`);
    return new Input(bytes, bytes.length);
  }

  /** So many bytes of filler. */
  static filler(length: number): Input {
    return new Input(FILLER, length);
  }

  static empty(): Input {
    return new Input(FILLER, 0);
  }

  get isOver(): boolean {
    return this.at === this.length;
  }

  /** The next bytes; less than is left where the filler begins anew. */
  peek(): Uint8Array {
    const from = this.at % this.bytes.length;
    return this.bytes.subarray(from, Math.min(this.bytes.length, from + this.length - this.at));
  }

  /** So many of them are gone. */
  take(count: number): void {
    this.at += count;
  }
}

const FILLER = filler(16384);

function filler(length: number): Uint8Array {
  const text = 'wirewalk ';
  return Uint8Array.from({ length: length - (length % text.length) }, (_, i) =>
    text.charCodeAt(i % text.length),
  );
}

/** Prints what came as text, whole characters at a time; or only counts it. */
export class Output {
  private readonly write: (text: string) => void;
  private readonly countsOnly: boolean;
  private count = 0;
  private begun: Uint8Array = new Uint8Array(0);

  constructor(write: (text: string) => void, countsOnly: boolean) {
    this.write = write;
    this.countsOnly = countsOnly;
  }

  add(bytes: Uint8Array): void {
    this.count += bytes.length;
    if (this.countsOnly) return;
    const all = new Uint8Array(this.begun.length + bytes.length);
    all.set(this.begun);
    all.set(bytes, this.begun.length);
    const whole = wholeCharacters(all);
    this.begun = all.slice(whole);
    if (whole > 0) this.write(decodeUtf8(all, 0, whole));
  }

  end(): void {
    if (this.countsOnly) this.write(`${this.count} bytes received\n`);
    else if (this.begun.length > 0) this.write(decodeUtf8(this.begun));
    this.begun = new Uint8Array(0);
  }
}

/** Where the last character begins that is not complete yet (RFC 3629 §3); the length when all are. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const octet = bytes[bytes.length - back] as number;
    if ((octet & 0xc0) === 0x80) continue;
    const needed = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
