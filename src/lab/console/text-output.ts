// Bytes as they come from the network, printed as text: whole characters at a time. Reading list: RFC 3629.

import { decodeUtf8 } from '../../base/text.js';

const CR = 0x0d;

export class TextOutput {
  private readonly write: (text: string) => void;
  private begun: Uint8Array = new Uint8Array(0);

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  add(bytes: Uint8Array): void {
    let all = bytes;
    if (this.begun.length > 0) {
      all = new Uint8Array(this.begun.length + bytes.length);
      all.set(this.begun);
      all.set(bytes, this.begun.length);
    }
    const whole = wholeCharacters(all);
    this.begun = all.slice(whole);
    if (whole > 0) this.write(decodeUtf8(all, 0, whole));
  }

  /** Nothing more comes: a character that was begun is no character. */
  end(): void {
    if (this.begun.length > 0) this.write(decodeUtf8(this.begun));
    this.begun = new Uint8Array(0);
  }
}

/** Where the last character begins that is not complete yet (RFC 3629 §3), or a CR whose LF may come; the length when all are. */
function wholeCharacters(bytes: Uint8Array): number {
  if (bytes.at(-1) === CR) return bytes.length - 1;
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const octet = bytes[bytes.length - back] as number;
    if ((octet & 0xc0) === 0x80) continue;
    const needed = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
