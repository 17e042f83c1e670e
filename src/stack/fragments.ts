// Cutting a packet into fragments. Reading list: RFC 791 §3.2 ("An Example Fragmentation Procedure"), RFC 1812 §5.2.6.

import { sumBytes } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { ETHERNET_HEADER } from '../wire/ethernet.js';
import { IPV4_HEADER, ipv4 } from '../wire/ipv4.js';
import type { Context } from './context.js';

const { headerWords, totalLength, moreFragments, fragmentOffset, checksum } = ipv4.fields;

export class Fragmenter {
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  /** Fragments that fit into `mtu`, in order. Takes the frame over; the fragments share its packet id and cause. */
  split(frame: Frame, mtu: number): Frame[] {
    const { frames } = this.context;
    const base = frame.start + ETHERNET_HEADER;
    const headerLength = headerWords.get(frame.view, base) * 4;
    const firstOptions = frame.u8.slice(base + IPV4_HEADER, base + headerLength);
    const laterOptions = copiedOptions(firstOptions);
    const payloadLength = totalLength.get(frame.view, base) - headerLength;
    const firstOffset = fragmentOffset.get(frame.view, base);
    const wasLast = moreFragments.get(frame.view, base) === 0;
    const pieces: Frame[] = [];
    for (let done = 0; done < payloadLength; ) {
      const options = done === 0 ? firstOptions : laterOptions;
      const header = IPV4_HEADER + options.length;
      const room = Math.max(8, (mtu - header) & ~7);
      const rest = payloadLength - done;
      const size = rest <= mtu - header ? rest : room;
      const piece = frames.take(ETHERNET_HEADER + header + size);
      const to = piece.start + ETHERNET_HEADER;
      piece.packetId = frame.packetId;
      piece.cause = frame.cause;
      piece.u8.set(frame.u8.subarray(frame.start, base + IPV4_HEADER), piece.start);
      piece.u8.set(options, to + IPV4_HEADER);
      const from = base + headerLength + done;
      piece.u8.set(frame.u8.subarray(from, from + size), to + header);
      headerWords.set(piece.view, to, header / 4);
      totalLength.set(piece.view, to, header + size);
      fragmentOffset.set(piece.view, to, firstOffset + done / 8);
      moreFragments.set(piece.view, to, done + size < payloadLength || !wasLast ? 1 : 0);
      checksum.set(piece.view, to, 0);
      checksum.set(piece.view, to, ~sumBytes(piece, to, header) & 0xffff);
      pieces.push(piece);
      done += size;
    }
    frames.release(frame);
    return pieces;
  }
}

/** The options that every fragment carries: those with the copied flag (RFC 791 §3.1), padded to a word. */
function copiedOptions(options: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at < options.length; ) {
    const type = options[at] as number;
    if (type === 0) break;
    const length = type === 1 ? 1 : Math.max(2, options[at + 1] ?? 2);
    if ((type & 0x80) !== 0) kept.push(...options.subarray(at, at + length));
    at += length;
  }
  while (kept.length % 4 !== 0) kept.push(0);
  return Uint8Array.from(kept);
}
