// Field by field: is a segment as a script wants it?

import { formatDuration } from '../../src/base/time.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';
import {
  type Block,
  formatBounds,
  formatFlags,
  NUMBER_FIELDS,
  type OptionName,
  type SegmentText,
} from './segment-text.js';
import type { Got } from './talk.js';
import type { Bounds } from './words.js';

export interface Difference {
  readonly field: string;
  readonly wanted: string;
  readonly got: string;
}

export function within(value: number | undefined, { low, high }: Bounds): boolean {
  return value !== undefined && value >= low && value <= high;
}

export function differencesOf(wanted: SegmentText, got: Got): Difference[] {
  const list: Difference[] = [];
  const { flags } = wanted;
  if (flags !== undefined) {
    // PSH only where it is named; whether a host sets it is its own choice with text (RFC 9293 §3.9.1.2).
    const mask = wanted.push === true ? 0xff : 0xff & ~TCP_FLAG.psh;
    if ((flags & mask) !== (got.flags & mask))
      list.push({ field: 'flags', wanted: formatFlags(flags), got: formatFlags(got.flags) });
  }
  for (const field of NUMBER_FIELDS) {
    const bounds = wanted.numbers[field];
    const value = numberOf(got, field);
    if (bounds !== undefined && !within(value, bounds))
      list.push({ field, wanted: formatBounds(bounds), got: value === undefined ? 'none' : String(value) });
  }
  if (wanted.sackPermitted && !got.sackPermitted)
    list.push({ field: 'sack-permitted', wanted: 'there', got: 'none' });
  if (wanted.sack !== undefined && formatBlocks(wanted.sack) !== formatBlocks(got.sack ?? []))
    list.push({
      field: 'sack',
      wanted: formatBlocks(wanted.sack),
      got: formatBlocks(got.sack ?? []) || 'none',
    });
  for (const option of wanted.without) {
    const found = optionOf(got, option);
    if (found !== undefined) list.push({ field: option, wanted: 'none', got: found });
  }
  if (wanted.text !== undefined && wanted.text !== String.fromCharCode(...got.text))
    list.push({
      field: 'text',
      wanted: `"${wanted.text}"`,
      got: JSON.stringify(String.fromCharCode(...got.text)),
    });
  if (wanted.ecn !== undefined && wanted.ecn !== got.ecn)
    list.push({ field: 'ecn', wanted: wanted.ecn, got: got.ecn });
  return list;
}

function numberOf(got: Got, field: (typeof NUMBER_FIELDS)[number]): number | undefined {
  return field === 'length' ? got.text.length : got[field];
}

function optionOf(got: Got, option: OptionName): string | undefined {
  switch (option) {
    case 'options':
      return got.optionBytes === 0 ? undefined : formatGot(got);
    case 'sack-permitted':
      return got.sackPermitted ? 'there' : undefined;
    case 'sack':
      return got.sack === undefined ? undefined : formatBlocks(got.sack);
    default:
      return got[option] === undefined ? undefined : String(got[option]);
  }
}

function formatBlocks(blocks: readonly Block[]): string {
  return blocks.map(([left, right]) => `${left}-${right}`).join(' ');
}

/** A segment as a script would write it. */
export function formatGot(got: Got): string {
  const { seq, text } = got;
  const parts = [
    `${formatFlags(got.flags)} seq ${text.length === 0 ? seq : `${seq}:${seq + text.length}`}`,
    ...(got.ack === undefined ? [] : [`ack ${got.ack}`]),
    `win ${got.win}`,
    ...(got.urgent === 0 ? [] : [`urgent ${got.urgent}`]),
    ...(got.mss === undefined ? [] : [`mss ${got.mss}`]),
    ...(got.shift === undefined ? [] : [`shift ${got.shift}`]),
    ...(got.sackPermitted ? ['sack-permitted'] : []),
    ...(got.ts === undefined ? [] : [`ts ${got.ts}`, `ecr ${got.ecr}`]),
    ...(got.sack === undefined ? [] : [`sack ${formatBlocks(got.sack)}`]),
    ...(got.ecn === 'not-ect' ? [] : [`ecn ${got.ecn}`]),
  ];
  return `${formatDuration(got.time)}: ${parts.join(', ')}`;
}

/** The differences as a table of three columns. */
export function formatDifferences(differences: readonly Difference[]): string[] {
  const rows = [{ field: 'field', wanted: 'wanted', got: 'got' }, ...differences];
  const width = (column: keyof Difference): number => Math.max(...rows.map((row) => row[column].length));
  return rows.map(
    ({ field, wanted, got }) =>
      `  ${field.padEnd(width('field'))}  ${wanted.padEnd(width('wanted'))}  ${got}`,
  );
}
