// Where keys lead among the bytes of a frame, and which bytes belong to a field.

import { hex } from './field-filter.js';
import type { FieldNode } from './field-model.js';

/** The byte that a key leads to from the one at `at`; undefined when the key means nothing here. */
export function byteMove(
  key: string,
  ctrl: boolean,
  at: number,
  perRow: number,
  perPage: number,
  length: number,
): number | undefined {
  const row = at - (at % perRow);
  const moves: Readonly<Record<string, number>> = ctrl
    ? { Home: 0, End: length - 1 }
    : {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        ArrowDown: at + perRow < length ? at + perRow : at,
        ArrowUp: at >= perRow ? at - perRow : at,
        PageDown: at + perRow * perPage,
        PageUp: at - perRow * perPage,
        Home: row,
        End: row + perRow - 1,
        Enter: at,
        ' ': at,
      };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return to === undefined ? undefined : Math.max(0, Math.min(to, length - 1));
}

type Span = Pick<FieldNode, 'start' | 'end' | 'trailer'>;

/** Does a field have bits in the bytes from `from` up to but without `to`? */
export function touches(node: Span | undefined, from: number, to: number): boolean {
  if (node === undefined) return false;
  const { start, end, trailer } = node;
  const inTrailer = trailer !== undefined && trailer.start < to && trailer.end > from;
  return inTrailer || (start < to * 8 && end > from * 8);
}

/** The bytes that hold a field, in hexadecimal. */
export function bytesOf({ start, end }: Span, bytes: Uint8Array): string {
  return Array.from(bytes.subarray(start >> 3, Math.ceil(end / 8)), (byte) => hex(byte, 2)).join('');
}
