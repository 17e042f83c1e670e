// IPv4 options: the route a packet took or must take, clocks on the way, and rarer things.
// Reading list: RFC 791 §3.1, RFC 1108 (security), RFC 2113 (router alert), RFC 6814 (which are dead), RFC 7126 (what
// to do with them), IANA "IP Option Numbers".

import type { Ipv4 } from '../base/address.js';
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

/** A list of routers: filled in on the way (record route), or to be visited, with or without others in between. */
export interface Ipv4RouteOption {
  readonly kind: 'record-route' | 'loose-source-route' | 'strict-source-route';
  /** Where the next address stands, as octets from the start of the option, counted from 1; 4 is the first. */
  readonly pointer: number;
  readonly addresses: readonly Ipv4[];
}

/** Routers enter their clocks here: milliseconds since midnight UT. */
export interface Ipv4TimestampOption {
  readonly kind: 'timestamp';
  /** Where the next entry stands, as in {@link Ipv4RouteOption}; 5 is the first. */
  readonly pointer: number;
  /** Routers that found no room, 0 … 15. */
  readonly overflow: number;
  /** 0: clocks only; 1: each behind the address of its router; 3: addresses given, only those routers enter clocks. */
  readonly form: number;
  /** 32-bit words: clocks, or addresses and clocks in turn. */
  readonly words: readonly number[];
}

type OwnOption =
  | Ipv4RouteOption
  | Ipv4TimestampOption
  /** Classification level and protection authority flags (RFC 1108 §2). */
  | { readonly kind: 'security'; readonly level: number; readonly flags: Uint8Array }
  | { readonly kind: 'stream-id'; readonly id: number }
  /** Asks every router on the way to look at the packet; 0 is the only value in wide use. */
  | { readonly kind: 'router-alert'; readonly value: number };

/** One option. Reading and writing lose nothing: whatever has no better name is `unknown` or `tail`. */
export type Ipv4Option = OwnOption | CommonOption;

/** The names of option numbers; a number holds copy flag, class and number proper. */
export const IPV4_OPTION_NAMES: Readonly<Record<number, string>> = {
  0: 'End of Options List',
  1: 'No Operation',
  7: 'Record Route',
  11: 'MTU Probe',
  12: 'MTU Reply',
  25: 'Quick-Start',
  68: 'Time Stamp',
  82: 'Traceroute',
  130: 'Security',
  131: 'Loose Source Route',
  133: 'Extended Security',
  134: 'Commercial Security',
  136: 'Stream ID',
  137: 'Strict Source Route',
  148: 'Router Alert',
};

/** The most bytes of options an IPv4 header has room for. */
export const IPV4_OPTIONS_MAXIMUM = 40;

/**
 * Reads the options in `bytes[start … end)`. Never throws; `problem` says where the list is malformed. Writing the
 * result gives the same bytes again.
 */
export function readIpv4Options(bytes: Uint8Array, start: number, end: number): OptionList<Ipv4Option> {
  return readOptionList(CODEC, bytes, start, end);
}

/** Writes options one behind the other, then zeros up to a multiple of 4 bytes (unless a tail ends the list). */
export function writeIpv4Options(options: readonly Ipv4Option[]): Uint8Array {
  return writeOptionList(CODEC, options);
}

/** Bytes an option takes, its type and length octets included. */
export function ipv4OptionLength(option: Ipv4Option): number {
  return optionLength(CODEC, option);
}

/** The number that stands for an option on the wire; undefined for a tail. */
export function ipv4OptionNumber(option: Ipv4Option): number | undefined {
  return optionNumber(CODEC, option);
}

/** True when every fragment of a packet must carry the option, not only the first (RFC 791 §3.1). */
export function isCopiedOption(option: Ipv4Option): boolean {
  return (ipv4OptionNumber(option) ?? 0) >= 0x80;
}

const CODEC: OptionCodec<OwnOption> = {
  numbers: {
    'record-route': 7,
    timestamp: 68,
    security: 130,
    'loose-source-route': 131,
    'stream-id': 136,
    'strict-source-route': 137,
    'router-alert': 148,
  },

  read(number, bytes, start, end) {
    const length = end - start;
    switch (number) {
      case 7:
        return readRoute('record-route', bytes, start, end);
      case 131:
        return readRoute('loose-source-route', bytes, start, end);
      case 137:
        return readRoute('strict-source-route', bytes, start, end);
      case 68:
        return length >= 2 && length % 4 === 2
          ? {
              kind: 'timestamp',
              pointer: bytes[start],
              overflow: bytes[start + 1] >> 4,
              form: bytes[start + 1] & 15,
              words: readWords(bytes, start + 2, end),
            }
          : undefined;
      case 130:
        return length >= 1
          ? { kind: 'security', level: bytes[start], flags: bytes.slice(start + 1, end) }
          : undefined;
      case 136:
        return length === 2 ? { kind: 'stream-id', id: readUint16(bytes, start) } : undefined;
      case 148:
        return length === 2 ? { kind: 'router-alert', value: readUint16(bytes, start) } : undefined;
      default:
        return undefined;
    }
  },

  length(option) {
    switch (option.kind) {
      case 'timestamp':
        return 2 + 4 * option.words.length;
      case 'security':
        return 1 + option.flags.length;
      case 'stream-id':
      case 'router-alert':
        return 2;
      default:
        return 1 + 4 * option.addresses.length;
    }
  },

  write(option, bytes, at) {
    switch (option.kind) {
      case 'timestamp':
        bytes[at] = option.pointer;
        bytes[at + 1] = (option.overflow << 4) | option.form;
        writeWords(option.words, bytes, at + 2);
        break;
      case 'security':
        bytes[at] = option.level;
        bytes.set(option.flags, at + 1);
        break;
      case 'stream-id':
        writeUint16(bytes, at, option.id);
        break;
      case 'router-alert':
        writeUint16(bytes, at, option.value);
        break;
      default:
        bytes[at] = option.pointer;
        writeWords(option.addresses, bytes, at + 1);
    }
  },
};

function readRoute(
  kind: Ipv4RouteOption['kind'],
  bytes: Uint8Array,
  start: number,
  end: number,
): Ipv4RouteOption | undefined {
  if ((end - start) % 4 !== 1) return undefined;
  return { kind, pointer: bytes[start], addresses: readWords(bytes, start + 1, end).map((word) => word | 0) };
}

function readWords(bytes: Uint8Array, start: number, end: number): number[] {
  const words: number[] = [];
  for (let at = start; at < end; at += 4) words.push(readUint32(bytes, at));
  return words;
}

function writeWords(words: readonly number[], bytes: Uint8Array, at: number): void {
  words.forEach((word, index) => {
    writeUint32(bytes, at + 4 * index, word);
  });
}
