// Fragments for tests: cut from a payload, and read out of a frame.

import { icmpMessage } from './frames.js';
import { type FrameMaker, fieldsOf, type IpValues, pattern, viewOf } from './kit.js';

export const OPTION_COPIED = Uint8Array.of(0x94, 4, 0, 0); // router alert: goes into every fragment (RFC 2113)
export const OPTION_FIRST = Uint8Array.of(0x07, 7, 4, 0, 0, 0, 0, 1); // record route: stays in the first (RFC 791 §3.1)

/** Which part of a packet a fragment is: offset and size in bytes. */
export interface Piece {
  readonly offset: number;
  readonly size: number;
  readonly more: boolean;
}

/** What a frame carries as a fragment. */
export function pieceOf(frame: Uint8Array): Piece & { payload: Uint8Array; id: number } {
  const fields = fieldsOf(frame);
  const header = fields.get('ip.hdr_len') as number;
  const size = (fields.get('ip.len') as number) - header;
  return {
    offset: ((viewOf(frame).getUint16(20) & 0x1fff) as number) * 8,
    size,
    more: (viewOf(frame).getUint16(20) & 0x2000) !== 0,
    payload: frame.slice(14 + header, 14 + header + size),
    id: viewOf(frame).getUint16(18),
  };
}

/** The fragment of a payload, as a frame. */
export function fragmentOf(
  from: FrameMaker,
  payload: Uint8Array,
  piece: Piece,
  values: IpValues = {},
): Uint8Array {
  const part = new Uint8Array(piece.size);
  part.set(payload.subarray(piece.offset, piece.offset + piece.size));
  return from.packet(part, {
    fragmentOffset: piece.offset / 8,
    moreFragments: piece.more ? 1 : 0,
    protocol: 1,
    identification: 0x77,
    ...values,
  });
}

/** An echo request of this many bytes of IP payload. */
export const echoOf = (length: number): Uint8Array => icmpMessage(8, 0, pattern(length - 4));
