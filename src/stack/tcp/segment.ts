// A TCP segment as the state machine sees it: its header fields, where its text lies, its length in sequence space.
// Reading list: RFC 9293 §3.1, §3.3.1 (SEG variables), RFC 7323 §3.2 (timestamps), RFC 2018 §3 (SACK blocks).

import { seqAdd } from '../../base/sequence.js';
import { TCP_FLAG, TCP_FLAGS_OFFSET, TCP_HEADER } from '../../wire/tcp.js';
import { readTcpOptions, TCP_OPTION, type TcpOption } from '../../wire/tcp-options.js';

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const NO_OPTIONS: readonly TcpOption[] = [];
/** Two no-operations and the timestamps, as one word: so most segments begin their options (RFC 7323 appendix A). */
const USUAL_OPTIONS = 0x0101080a;
const MOST_BLOCKS = 4;

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
  /** As it stands in the header: it counts with the flag only. */
  urgentPointer = 0;
  /** The packet met a queue that grows (RFC 3168: congestion experienced). */
  congestionMet = false;
  /** The memory that holds the text, where the text begins in it, and how long it is. */
  u8: Uint8Array = NO_BYTES;
  textAt = 0;
  textLength = 0;
  /** Timestamps, if there are any: TSval and TSecr. */
  hasTimestamps = false;
  timestamp = 0;
  echo = 0;
  /** SACK blocks: how many, and where the edges of each are. */
  blocks = 0;
  readonly left: number[] = [0, 0, 0, 0];
  readonly right: number[] = [0, 0, 0, 0];
  private view: DataView = NO_VIEW;
  private optionsAt = 0;
  private optionsLength = 0;

  /** Takes over the fields of the segment at `at` of a frame's memory, whose header has been found sound. */
  read(u8: Uint8Array, view: DataView, at: number, headerLength: number, length: number): this {
    this.sequence = view.getInt32(at + 4);
    this.acknowledgment = view.getInt32(at + 8);
    this.flags = u8[at + TCP_FLAGS_OFFSET];
    this.window = view.getUint16(at + 14);
    this.urgentPointer = view.getUint16(at + 18);
    this.congestionMet = false;
    this.u8 = u8;
    this.view = view;
    this.textAt = at + headerLength;
    this.textLength = length - headerLength;
    this.optionsAt = at + TCP_HEADER;
    this.optionsLength = headerLength - TCP_HEADER;
    this.hasTimestamps = false;
    this.blocks = 0;
    if (this.optionsLength > 0) this.readOptions();
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

  /** All of them, read when somebody asks: it is a SYN's options that are agreed on. */
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

  /** The two options that every segment may carry, without making an object of each. */
  private readOptions(): void {
    const { u8, view } = this;
    let at = this.optionsAt;
    const end = at + this.optionsLength;
    if (this.optionsLength >= 12 && view.getUint32(at) === USUAL_OPTIONS) {
      this.readTimestamps(at + 4);
      at += 12;
    }
    while (at < end) {
      const kind = u8[at];
      if (kind === TCP_OPTION.end) return;
      if (kind === TCP_OPTION.nop) {
        at++;
        continue;
      }
      const length = at + 1 < end ? u8[at + 1] : 0;
      if (length < 2 || at + length > end) return;
      if (kind === TCP_OPTION.timestamps && length === 10) this.readTimestamps(at + 2);
      else if (kind === TCP_OPTION.sack && length % 8 === 2) this.readBlocks(at + 2, at + length);
      at += length;
    }
  }

  private readTimestamps(at: number): void {
    this.hasTimestamps = true;
    this.timestamp = this.view.getInt32(at);
    this.echo = this.view.getInt32(at + 4);
  }

  private readBlocks(at: number, end: number): void {
    this.blocks = 0;
    for (let place = at; place < end && this.blocks < MOST_BLOCKS; place += 8) {
      this.left[this.blocks] = this.view.getInt32(place);
      this.right[this.blocks] = this.view.getInt32(place + 4);
      this.blocks++;
    }
  }
}
