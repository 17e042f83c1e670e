// What `nc` sends and what it does with what it gets: here no keyboard and no pipe are connected to it.

import { encodeUtf8 } from '../../base/text.js';
import type { Station } from '../../device/station.js';
import type { Call } from './command.js';
import { TextOutput } from './text-output.js';

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

/** Prints what came as text; or only counts it. */
export class Output {
  private readonly call: OutputCall;
  private readonly countsOnly: boolean;
  private readonly text: TextOutput;
  private count = 0;

  constructor(call: OutputCall, countsOnly: boolean) {
    this.call = call;
    this.countsOnly = countsOnly;
    this.text = new TextOutput((text) => call.write(text));
  }

  /** See {@link Call.mustWait}. */
  mustWait(goOn: () => void): boolean {
    return !this.countsOnly && this.call.mustWait(goOn);
  }

  add(bytes: Uint8Array): void {
    this.count += bytes.length;
    if (!this.countsOnly) this.text.add(bytes);
  }

  end(): void {
    if (this.countsOnly) this.call.write(`${this.count} bytes received\n`);
    else this.text.end();
  }
}

type OutputCall = Pick<Call<Station>, 'write' | 'mustWait'>;
