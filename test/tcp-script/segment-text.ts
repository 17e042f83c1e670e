// Segments as scripts write them: `SYN+ACK, seq 0, ack 1, win 65535, mss 1460`. The same words say what the peer sends
// and what the host must send; what is not named is as usual there, and may be anything here.

import { parseIpv4 } from '../../src/base/address.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';
import type { Bounds, Words } from './words.js';

export const FLAG_NAMES = [
  ['SYN', TCP_FLAG.syn],
  ['FIN', TCP_FLAG.fin],
  ['RST', TCP_FLAG.rst],
  ['PSH', TCP_FLAG.psh],
  ['URG', TCP_FLAG.urg],
  ['ECE', TCP_FLAG.ece],
  ['CWR', TCP_FLAG.cwr],
  ['ACK', TCP_FLAG.ack],
] as const;

/** Fields with a number. Sequence numbers count from the SYN of their side, which is 0. */
export const NUMBER_FIELDS = ['seq', 'length', 'ack', 'win', 'urgent', 'mss', 'shift', 'ts', 'ecr'] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];

export const OPTION_NAMES = ['mss', 'shift', 'ts', 'sack-permitted', 'sack', 'options'] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

export const ECN_NAMES = ['not-ect', 'ect1', 'ect0', 'ce'] as const;
export type EcnName = (typeof ECN_NAMES)[number];

/** From `left` up to, not including, `right`; relative numbers. */
export type Block = readonly [left: number, right: number];

/** A segment in words. Absent: not named. */
export interface SegmentText {
  /** Absent for `...`, any segment. */
  readonly flags?: number;
  /** Whether PSH is named: it is compared only then. */
  readonly push?: boolean;
  readonly numbers: Readonly<Partial<Record<NumberField, Bounds>>>;
  readonly sackPermitted: boolean;
  readonly sack?: readonly Block[];
  /** Options that must not be there. */
  readonly without: readonly OptionName[];
  readonly text?: string;
  readonly ecn?: EcnName;
  /** For segments from the peer that are wrong on purpose, or odd. */
  readonly odd: OddValues;
}

export interface OddValues {
  readonly checksum?: 'wrong' | 'zero';
  /** The data offset, in words. */
  readonly offset?: number;
  readonly reserved?: number;
  /** The segment is cut after so many bytes. */
  readonly cut?: number;
  /** Bytes of options, in place of all others. */
  readonly options?: Uint8Array;
  /** To the broadcast address. */
  readonly broadcast?: boolean;
  /** From another address than the peer's. */
  readonly source?: string;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads the rest of a line as a segment. `exact`: numbers must be single ones, because somebody has to send it. */
export function readSegment(words: Words, exact: boolean): SegmentText {
  const numbers: Partial<Record<NumberField, Bounds>> = {};
  const odd: Mutable<OddValues> = {};
  const without: OptionName[] = [];
  const segment: Mutable<SegmentText> = { numbers, sackPermitted: false, without, odd };
  readFlags(words, segment, exact);
  while (!words.isOver && words.ahead !== 'or') {
    const field = words.take('a field');
    const numeric = NUMBER_FIELDS.find((name) => name === field);
    if (numeric === 'seq') readRange(words, numbers);
    else if (numeric !== undefined) numbers[numeric] = words.bounds(`the value of ${field}`);
    else readOther(words, field, segment, without, odd, exact);
  }
  if (exact) {
    for (const [name, { low, high }] of Object.entries(numbers)) {
      if (low !== high) words.fail(`${name} has no single value`, 'What the peer sends must be exact.');
    }
  }
  return segment;
}

function readFlags(words: Words, segment: Mutable<SegmentText>, exact: boolean): void {
  if (words.has('...')) {
    if (exact) words.fail('“...” can not be sent', 'Name the flags, as ACK or SYN+ACK.');
    return;
  }
  const names = words.take('flags, as ACK or SYN+ACK');
  if (names === 'none') {
    segment.flags = 0;
    return;
  }
  let flags = 0;
  for (const name of names.split('+')) {
    const bit = FLAG_NAMES.find(([known]) => known === name)?.[1];
    if (bit === undefined) {
      const all = FLAG_NAMES.map(([known]) => known).join(', ');
      words.fail(`“${name}” is no flag`, `Flags are ${all}, joined as SYN+ACK; no flag at all is “none”.`);
    }
    flags |= bit;
  }
  segment.flags = flags;
  segment.push = (flags & TCP_FLAG.psh) !== 0;
}

/** `seq 1`, or with the length `seq 1:1001`. */
function readRange(words: Words, numbers: Partial<Record<NumberField, Bounds>>): void {
  const [from, to] = words.ahead.split(':').map(Number) as [number, number?];
  if (to === undefined) {
    numbers.seq = words.bounds('a sequence number');
    return;
  }
  if (!/^-?\d+:-?\d+$/.test(words.ahead) || to < from) {
    words.fail(
      `“${words.ahead}” is no range of numbers`,
      'It is written as seq 1:1001, the end behind the last byte.',
    );
  }
  words.take('a range');
  numbers.seq = { low: from, high: from };
  numbers.length = { low: to - from, high: to - from };
}

function readOther(
  words: Words,
  field: string,
  segment: Mutable<SegmentText>,
  without: OptionName[],
  odd: Mutable<OddValues>,
  exact: boolean,
): void {
  switch (field) {
    case 'sack-permitted':
      segment.sackPermitted = true;
      return;
    case 'sack':
      segment.sack = readBlocks(words);
      return;
    case 'no':
      without.push(words.choice('option', OPTION_NAMES));
      return;
    case 'text':
      segment.text = words.quoted('the text');
      return;
    case 'ecn':
      segment.ecn = words.choice('ECN mark', ECN_NAMES);
      return;
    default:
  }
  if (!exact || !readOdd(words, field, odd)) {
    const own = exact
      ? ', checksum wrong, offset 4, reserved 5, cut 12, options 0102ff, broadcast, source 192.0.2.9'
      : '';
    words.fail(
      `“${field}” is no field of a segment`,
      `Fields are ${NUMBER_FIELDS.join(', ')}, sack-permitted, sack, no OPTION, text, ecn${own}.`,
    );
  }
}

function readBlocks(words: Words): Block[] {
  const blocks: Block[] = [];
  for (;;) {
    const match = /^(\d+)-(\d+)$/.exec(words.ahead);
    if (match === null) break;
    blocks.push([Number(match[1]), Number(match[2])]);
    words.take('a block');
  }
  if (blocks.length === 0)
    words.fail(`“${words.ahead}” is no block`, 'Blocks are written as sack 1001-2001 3001-4001.');
  return blocks;
}

function readOdd(words: Words, field: string, odd: Mutable<OddValues>): boolean {
  switch (field) {
    case 'checksum':
      odd.checksum = words.choice('checksum', ['wrong', 'zero']);
      return true;
    case 'offset':
      odd.offset = words.number('a number of words');
      return true;
    case 'reserved':
      odd.reserved = words.number('the reserved bits, 1 to 15');
      return true;
    case 'cut':
      odd.cut = words.number('a number of bytes');
      return true;
    case 'broadcast':
      odd.broadcast = true;
      return true;
    case 'source': {
      const address = words.take('an IPv4 address');
      if (parseIpv4(address) === undefined)
        words.fail(`“${address}” is no address`, 'Write it as 192.0.2.9.');
      odd.source = address;
      return true;
    }
    case 'options': {
      const hex = words.take('bytes in hex');
      if (!/^([\da-f]{2}){1,40}$/.test(hex)) words.fail(`“${hex}” are no bytes`, 'Write them as 0204ffff.');
      odd.options = Uint8Array.from(hex.match(/../g) as string[], (byte) => Number.parseInt(byte, 16));
      return true;
    }
    default:
      return false;
  }
}

/** `SYN+ACK` */
export function formatFlags(flags: number): string {
  const names = FLAG_NAMES.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? 'none' : names.join('+');
}

export function formatBounds({ low, high }: Bounds): string {
  if (low === high) return String(low);
  if (high === Number.POSITIVE_INFINITY) return `>=${low}`;
  return low === Number.NEGATIVE_INFINITY ? `<=${high}` : `${low}..${high}`;
}
