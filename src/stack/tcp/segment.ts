// A TCP segment as the state machine sees it: its header fields, where its text lies, its length in sequence space.
// Reading list: RFC 9293 §3.1, §3.3.1 (SEG variables).

import { seqAdd } from '../../base/sequence.js';
import { TCP_FLAG, TCP_FLAGS_OFFSET, TCP_HEADER, tcp } from '../../wire/tcp.js';
import { readTcpOptions, type TcpOption } from '../../wire/tcp-options.js';

const NO_BYTES = new Uint8Array(0);
const NO_OPTIONS: readonly TcpOption[] = [];
const { sequence, acknowledgment, window } = tcp.fields;

/**
 * SEG.SEQ, SEG.ACK, SEG.WND, the flags, the text. A host has one such object, which holds the segment it is handling:
 * nobody keeps it, or the bytes it points to.
 */
export class TcpSegment {
  sequence = 0;
  acknowledgment = 0;
  /** The octet CWR … FIN; see TCP_FLAG. */
  flags = 0;
  /** As it stands in the header, not scaled. */
  window = 0;
  /** The memory that holds the text, where the text begins in it, and how long it is. */
  u8: Uint8Array = NO_BYTES;
  textAt = 0;
  textLength = 0;
  private optionsAt = 0;
  private optionsLength = 0;

  /** Takes over the fields of the segment at `at` of a frame's memory, whose header has been found sound. */
  read(u8: Uint8Array, view: DataView, at: number, headerLength: number, length: number): this {
    this.sequence = sequence.get(view, at);
    this.acknowledgment = acknowledgment.get(view, at);
    this.flags = u8[at + TCP_FLAGS_OFFSET];
    this.window = window.get(view, at);
    this.u8 = u8;
    this.textAt = at + headerLength;
    this.textLength = length - headerLength;
    this.optionsAt = at + TCP_HEADER;
    this.optionsLength = headerLength - TCP_HEADER;
    return this;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** SEG.LEN: text, and one each for SYN and FIN. */
  get length(): number {
    return this.textLength + (this.has(TCP_FLAG.syn) ? 1 : 0) + (this.has(TCP_FLAG.fin) ? 1 : 0);
  }

  /** The sequence number behind the segment. */
  get end(): number {
    return seqAdd(this.sequence, this.length);
  }

  /** Read when somebody asks: only a SYN's options mean something here. */
  get options(): readonly TcpOption[] {
    if (this.optionsLength === 0) return NO_OPTIONS;
    return readTcpOptions(this.u8, this.optionsAt, this.optionsAt + this.optionsLength).options;
  }

  /** The SYN has been taken: what is left begins behind it. */
  skipSyn(): void {
    if (!this.has(TCP_FLAG.syn)) return;
    this.flags &= ~TCP_FLAG.syn;
    this.sequence = seqAdd(this.sequence, 1);
  }

  /** There is no room for the text: the header is all that is left. */
  dropText(): void {
    this.flags &= ~TCP_FLAG.fin;
    this.textLength = 0;
  }
}
