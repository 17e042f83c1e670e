// A TCP segment as the state machine sees it: its header fields, its text, its length in sequence space.
// Reading list: RFC 9293 §3.1, §3.3.1 (SEG variables).

import { seqAdd } from '../../base/sequence.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../../wire/tcp.js';
import { readTcpOptions, type TcpOption } from '../../wire/tcp-options.js';

/** SEG.SEQ, SEG.ACK, SEG.WND, the flags, the options and the text. */
export interface TcpSegment {
  readonly sequence: number;
  readonly acknowledgment: number;
  /** The octet CWR … FIN; see TCP_FLAG. */
  readonly flags: number;
  /** As it stands in the header, not scaled. */
  readonly window: number;
  readonly options: readonly TcpOption[];
  /** A view that is valid while the segment is handled. */
  readonly text: Uint8Array;
}

const NO_OPTIONS: readonly TcpOption[] = [];
const { sequence, acknowledgment, window } = tcp.fields;

/** Reads the segment at `at` of a frame's memory; its header has been found sound. */
export function readSegment(
  u8: Uint8Array,
  view: DataView,
  at: number,
  headerLength: number,
  length: number,
): TcpSegment {
  return {
    sequence: sequence.get(view, at),
    acknowledgment: acknowledgment.get(view, at),
    flags: u8[at + 13] as number,
    window: window.get(view, at),
    options:
      headerLength === TCP_HEADER
        ? NO_OPTIONS
        : readTcpOptions(u8, at + TCP_HEADER, at + headerLength).options,
    text: u8.subarray(at + headerLength, at + length),
  };
}

/** SEG.LEN: text, and one each for SYN and FIN. */
export function segmentLength(segment: TcpSegment): number {
  let length = segment.text.length;
  if ((segment.flags & TCP_FLAG.syn) !== 0) length++;
  if ((segment.flags & TCP_FLAG.fin) !== 0) length++;
  return length;
}

/** The sequence number behind the segment. */
export function segmentEnd(segment: TcpSegment): number {
  return seqAdd(segment.sequence, segmentLength(segment));
}

export function has(segment: TcpSegment, flag: number): boolean {
  return (segment.flags & flag) !== 0;
}
