// Lists of options as IPv4 and TCP have them: two options of one octet (end, no operation), all others with a kind, a
// length that counts both, and data.
// Reading list: RFC 791 §3.1, RFC 9293 §3.1.

import { allZero } from './octets.js';

/** What every such list can hold, besides the options of its protocol. */
export type CommonOption =
  | { readonly kind: 'end' }
  | { readonly kind: 'nop' }
  /** An option nobody here knows, or one whose length does not fit its kind. */
  | { readonly kind: 'unknown'; readonly number: number; readonly data: Uint8Array }
  /** Bytes that are no option: behind the end of the list, or from a lying length on. Nothing is padded behind it. */
  | { readonly kind: 'tail'; readonly bytes: Uint8Array };

/** The options of a list, and where it is malformed. */
export interface OptionList<Option> {
  readonly options: Option[];
  readonly problem?: string;
}

/** How the options of one protocol are read and written. */
export interface OptionCodec<Option extends { readonly kind: string }> {
  /** The numbers of the kinds this codec knows. */
  readonly numbers: { readonly [K in Exclude<Option['kind'], 'unknown' | 'tail'>]: number };
  /** The option with this number and the data `bytes[start … end)`; undefined when it is none or has a wrong length. */
  read(number: number, bytes: Uint8Array, start: number, end: number): Option | undefined;
  /** Bytes of data, without kind and length. Asked only about options that have data. */
  length(option: Option): number;
  /** Puts the data at `bytes[at]`. */
  write(option: Option, bytes: Uint8Array, at: number): void;
}

/** Reads the list in `bytes[start … end)`. Never throws; writing the result gives the same bytes again. */
export function readOptionList<Option extends { readonly kind: string }>(
  codec: OptionCodec<Option>,
  bytes: Uint8Array,
  start: number,
  end: number,
): OptionList<Option | CommonOption> {
  const known: readonly number[] = Object.values(codec.numbers);
  const options: (Option | CommonOption)[] = [];
  let problem: string | undefined;
  let at = start;
  while (at < end) {
    const number = bytes[at];
    if (number <= 1) {
      options.push({ kind: number === 0 ? 'end' : 'nop' });
      at++;
      if (number === 0) break;
      continue;
    }
    const left = end - at;
    const length = left > 1 ? bytes[at + 1] : 0;
    if (length < 2 || length > left) {
      problem ??=
        left === 1
          ? `option ${number} has no length`
          : `option ${number} says it has ${length} bytes; the least is 2, and ${left} are left`;
      break;
    }
    const option = codec.read(number, bytes, at + 2, at + length);
    if (option === undefined && known.includes(number))
      problem ??= `option ${number} can not have ${length} bytes`;
    options.push(option ?? { kind: 'unknown', number, data: bytes.slice(at + 2, at + length) });
    at += length;
  }
  // Up to three zeros at the end of whole words are what the writer puts there by itself.
  const isPadding = allZero(bytes, at, end);
  if (!isPadding) problem ??= 'the bytes behind the end of the option list are not zero';
  if (!isPadding || end - at > 3 || (end - start) % 4 !== 0) {
    options.push({ kind: 'tail', bytes: bytes.slice(at, end) });
  }
  return problem === undefined ? { options } : { options, problem };
}

/** Writes options one behind the other, then zeros up to a multiple of 4 bytes (unless a tail ends the list). */
export function writeOptionList<Option extends { readonly kind: string }>(
  codec: OptionCodec<Option>,
  options: readonly (Option | CommonOption)[],
): Uint8Array {
  let length = 0;
  for (const option of options) length += optionLength(codec, option);
  const bytes = new Uint8Array(options.at(-1)?.kind === 'tail' ? length : (length + 3) & ~3);
  let at = 0;
  for (const option of options) {
    writeOption(codec, option, bytes, at);
    at += optionLength(codec, option);
  }
  return bytes;
}

/** Bytes an option takes, kind and length octets included. */
export function optionLength<Option extends { readonly kind: string }>(
  codec: OptionCodec<Option>,
  option: Option | CommonOption,
): number {
  if (isCommon(option)) {
    if (option.kind === 'unknown') return 2 + option.data.length;
    return option.kind === 'tail' ? option.bytes.length : 1;
  }
  return 2 + codec.length(option);
}

/** The number that stands for an option on the wire; undefined for a tail. */
export function optionNumber<Option extends { readonly kind: string }>(
  codec: OptionCodec<Option>,
  option: Option | CommonOption,
): number | undefined {
  if (!isCommon(option)) return (codec.numbers as Readonly<Record<string, number>>)[option.kind];
  if (option.kind === 'unknown') return option.number;
  return option.kind === 'tail' ? undefined : option.kind === 'end' ? 0 : 1;
}

function writeOption<Option extends { readonly kind: string }>(
  codec: OptionCodec<Option>,
  option: Option | CommonOption,
  bytes: Uint8Array,
  at: number,
): void {
  if (isCommon(option) && option.kind === 'tail') {
    bytes.set(option.bytes, at);
    return;
  }
  bytes[at] = optionNumber(codec, option) as number;
  if (isCommon(option)) {
    if (option.kind !== 'unknown') return;
    bytes.set(option.data, at + 2);
  } else codec.write(option, bytes, at + 2);
  bytes[at + 1] = optionLength(codec, option);
}

function isCommon(option: { readonly kind: string }): option is CommonOption {
  return (
    option.kind === 'end' || option.kind === 'nop' || option.kind === 'unknown' || option.kind === 'tail'
  );
}
