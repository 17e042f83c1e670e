// TCP options: what the two ends of a connection agree on, and what they say beside the data.
// Reading list: RFC 9293 §3.1 and §3.2 (list, MSS), RFC 7323 (window scale, timestamps), RFC 2018 (SACK),
// RFC 5482 (user timeout), RFC 2385 (MD5), RFC 5925 (TCP-AO), RFC 7413 (Fast Open), IANA "TCP Option Kind Numbers".

import { readUint16, readUint32, writeUint16, writeUint32 } from './octets.js';
import {
  type CommonOption,
  type OptionCodec,
  type OptionList,
  optionLength,
  optionNumber,
  readOptionList,
  writeOptionList,
} from './option-list.js';

type OwnOption =
  /** The longest segment the sender can take, in bytes of data. */
  | { readonly kind: 'mss'; readonly value: number }
  /** The window field counts in units of 2^shift bytes. */
  | { readonly kind: 'window-scale'; readonly shift: number }
  | { readonly kind: 'sack-permitted' }
  | { readonly kind: 'sack'; readonly blocks: readonly SackBlock[] }
  /** The sender's clock, and the last clock value it saw from the other end. */
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  /** How long unacknowledged data may wait, in minutes or seconds. */
  | { readonly kind: 'user-timeout'; readonly inMinutes: boolean; readonly timeout: number }
  | { readonly kind: 'md5'; readonly digest: Uint8Array }
  | {
      readonly kind: 'authentication';
      readonly keyId: number;
      readonly nextKeyId: number;
      readonly mac: Uint8Array;
    }
  /** An empty cookie is a request for one. */
  | { readonly kind: 'fast-open'; readonly cookie: Uint8Array };

/** One option. Reading and writing lose nothing: whatever has no better name is `unknown` or `tail`. */
export type TcpOption = OwnOption | CommonOption;

/** Data that arrived out of order: sequence numbers `left` up to, not including, `right`. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/** The names of option numbers. */
export const TCP_OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'End of Option List',
  1: 'No-Operation',
  2: 'Maximum Segment Size',
  3: 'Window Scale',
  4: 'SACK Permitted',
  5: 'SACK',
  8: 'Timestamps',
  14: 'Alternate Checksum Request',
  19: 'MD5 Signature',
  28: 'User Timeout',
  29: 'Authentication (TCP-AO)',
  30: 'Multipath TCP',
  34: 'Fast Open Cookie',
  69: 'Encryption Negotiation',
  172: 'Accurate ECN Order 0',
  174: 'Accurate ECN Order 1',
  253: 'Experiment 1',
  254: 'Experiment 2',
};

/** The most bytes of options a TCP header has room for. */
export const TCP_OPTIONS_MAXIMUM = 40;
/** A larger shift count counts as this one (RFC 7323 §2.3). */
export const TCP_WINDOW_SHIFT_MAXIMUM = 14;

/**
 * Reads the options in `bytes[start … end)`. Never throws; `problem` says where the list is malformed. Writing the
 * result gives the same bytes again.
 */
export function readTcpOptions(bytes: Uint8Array, start: number, end: number): OptionList<TcpOption> {
  return readOptionList(CODEC, bytes, start, end);
}

/** Writes options one behind the other, then zeros up to a multiple of 4 bytes (unless a tail ends the list). */
export function writeTcpOptions(options: readonly TcpOption[]): Uint8Array {
  return writeOptionList(CODEC, options);
}

/** Bytes an option takes, its kind and length octets included. */
export function tcpOptionLength(option: TcpOption): number {
  return optionLength(CODEC, option);
}

/** The number that stands for an option on the wire; undefined for a tail. */
export function tcpOptionNumber(option: TcpOption): number | undefined {
  return optionNumber(CODEC, option);
}

/** The maximum segment size an option list announces, in bytes; undefined when it announces none. */
export function findMss(options: readonly TcpOption[]): number | undefined {
  for (const option of options) if (option.kind === 'mss') return option.value;
  return undefined;
}

/** The window shift an option list announces, at most 14 (RFC 7323 §2.3); undefined when it announces none. */
export function findWindowScale(options: readonly TcpOption[]): number | undefined {
  for (const option of options) {
    if (option.kind === 'window-scale') return Math.min(option.shift, TCP_WINDOW_SHIFT_MAXIMUM);
  }
  return undefined;
}

/** True when the sender understands selective acknowledgments. */
export function hasSackPermitted(options: readonly TcpOption[]): boolean {
  for (const option of options) if (option.kind === 'sack-permitted') return true;
  return false;
}

/** The blocks of out-of-order data the sender of the list has; empty when it reports none. */
export function findSackBlocks(options: readonly TcpOption[]): readonly SackBlock[] {
  for (const option of options) if (option.kind === 'sack') return option.blocks;
  return [];
}

/** The timestamps an option list carries; undefined when it carries none. */
export function findTimestamps(
  options: readonly TcpOption[],
): { readonly value: number; readonly echo: number } | undefined {
  for (const option of options) if (option.kind === 'timestamps') return option;
  return undefined;
}

/** Numbers for code that reads and writes options where they lie. */
export const TCP_OPTION = { end: 0, nop: 1, sack: 5, timestamps: 8 } as const;

const CODEC: OptionCodec<OwnOption> = {
  numbers: {
    mss: 2,
    'window-scale': 3,
    'sack-permitted': 4,
    sack: TCP_OPTION.sack,
    timestamps: TCP_OPTION.timestamps,
    md5: 19,
    'user-timeout': 28,
    authentication: 29,
    'fast-open': 34,
  },

  read(number, bytes, start, end) {
    const length = end - start;
    switch (number) {
      case 2:
        return length === 2 ? { kind: 'mss', value: readUint16(bytes, start) } : undefined;
      case 3:
        return length === 1 ? { kind: 'window-scale', shift: bytes[start] } : undefined;
      case 4:
        return length === 0 ? { kind: 'sack-permitted' } : undefined;
      case 5:
        return length > 0 && length % 8 === 0
          ? { kind: 'sack', blocks: readSackBlocks(bytes, start, end) }
          : undefined;
      case 8:
        return length === 8
          ? { kind: 'timestamps', value: readUint32(bytes, start), echo: readUint32(bytes, start + 4) }
          : undefined;
      case 19:
        return length === 16 ? { kind: 'md5', digest: bytes.slice(start, end) } : undefined;
      case 28: {
        if (length !== 2) return undefined;
        const word = readUint16(bytes, start);
        return { kind: 'user-timeout', inMinutes: word >= 0x8000, timeout: word & 0x7fff };
      }
      case 29: {
        if (length < 2) return undefined;
        const mac = bytes.slice(start + 2, end);
        return { kind: 'authentication', keyId: bytes[start], nextKeyId: bytes[start + 1], mac };
      }
      case 34: {
        // RFC 7413 §4.1.1: 4 to 16 bytes, an even number of them; none at all asks for a cookie.
        const fits = length === 0 || (length >= 4 && length <= 16 && length % 2 === 0);
        return fits ? { kind: 'fast-open', cookie: bytes.slice(start, end) } : undefined;
      }
      default:
        return undefined;
    }
  },

  length(option) {
    switch (option.kind) {
      case 'mss':
      case 'user-timeout':
        return 2;
      case 'window-scale':
        return 1;
      case 'sack-permitted':
        return 0;
      case 'sack':
        return 8 * option.blocks.length;
      case 'timestamps':
        return 8;
      case 'md5':
        return option.digest.length;
      case 'authentication':
        return 2 + option.mac.length;
      case 'fast-open':
        return option.cookie.length;
    }
  },

  write(option, bytes, at) {
    switch (option.kind) {
      case 'mss':
        writeUint16(bytes, at, option.value);
        break;
      case 'window-scale':
        bytes[at] = option.shift;
        break;
      case 'sack-permitted':
        break;
      case 'sack':
        option.blocks.forEach((block, index) => {
          writeUint32(bytes, at + 8 * index, block.left);
          writeUint32(bytes, at + 8 * index + 4, block.right);
        });
        break;
      case 'timestamps':
        writeUint32(bytes, at, option.value);
        writeUint32(bytes, at + 4, option.echo);
        break;
      case 'md5':
        bytes.set(option.digest, at);
        break;
      case 'user-timeout':
        writeUint16(bytes, at, (option.inMinutes ? 0x8000 : 0) | option.timeout);
        break;
      case 'authentication':
        bytes[at] = option.keyId;
        bytes[at + 1] = option.nextKeyId;
        bytes.set(option.mac, at + 2);
        break;
      case 'fast-open':
        bytes.set(option.cookie, at);
        break;
    }
  },
};

function readSackBlocks(bytes: Uint8Array, start: number, end: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let at = start; at < end; at += 8) {
    blocks.push({ left: readUint32(bytes, at), right: readUint32(bytes, at + 4) });
  }
  return blocks;
}
