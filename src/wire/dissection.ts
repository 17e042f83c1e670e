// What a dissection is: the layers of a frame, every field with its place, value and words, and what is wrong with it.
// The spans of a layer's fields tile the layer: no byte without a name.

import { formatIpv4, formatMac } from '../base/address.js';
import { formatHex } from '../base/text.js';
import { meaningOf } from './field-meanings.js';
import type { Field, Layout } from './layout.js';

/** A field's value as display filters compare it: numbers as numbers, flags as booleans, addresses and names as text. */
export type FieldValue = number | string | boolean;

export interface DissectedField {
  /** Wireshark's display-filter name, such as `ip.ttl`; `data` for bytes without a meaning of their own. */
  readonly name: string;
  readonly label: string;
  readonly value: FieldValue;
  /** For people: `0x0800 (IPv4)`. */
  readonly text: string;
  /** What the field is for, in one sentence. */
  readonly meaning?: string;
  /** Where the field is defined, if elsewhere than its layer. */
  readonly rfc?: string;
  /** Offset from the start of the frame, in bits. */
  readonly bitOffset: number;
  /** Width in bits; 0 for fields that were worked out and stand nowhere. */
  readonly bits: number;
  readonly children?: readonly DissectedField[];
}

/** Something wrong or noteworthy; Wireshark calls it expert information. */
export interface Problem {
  /** `error`: malformed. `warning`: wrong but readable (bad checksum). `note`: unusual. */
  readonly severity: 'note' | 'warning' | 'error';
  /** The field that lies, by its filter name. */
  readonly field: string;
  readonly text: string;
  readonly rfc?: string;
}

export interface DissectedLayer {
  /** Wireshark's protocol name: `eth`, `arp`, `ip`, `icmp`, `udp`, `tcp`, `dns`, `http`, `data`. */
  readonly protocol: string;
  readonly title: string;
  /** One line, as the Info column of a packet list. */
  readonly summary: string;
  readonly rfc?: string;
  /** Bytes from the start of the frame: this layer's own header, not what it carries. */
  readonly start: number;
  readonly end: number;
  /** Bytes of this layer behind what it carries: padding and FCS of a frame, extensions of an ICMP error. */
  readonly trailer?: { readonly start: number; readonly end: number };
  /** In wire order, those of the trailer last; fields of no width may stand anywhere. */
  readonly fields: readonly DissectedField[];
  readonly problems: readonly Problem[];
  /** The packet an ICMP error quotes, layer by layer; it lies between header and trailer. */
  readonly quoted?: readonly DissectedLayer[];
}

export interface Dissection {
  /** From the outside in; the first is `frame`, which has no bytes of its own, only facts about the whole. */
  readonly layers: readonly DissectedLayer[];
  /** Length of the frame, in bytes. */
  readonly length: number;
}

/** The fields of a fixed header at byte `start` of a frame; a header that is cut short gives the fields that are there. */
export function dissectLayout<Name extends string>(
  header: Layout<Name>,
  bytes: Uint8Array,
  start: number,
  end = bytes.length,
): DissectedField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: DissectedField[] = [];
  for (const field of Object.values(header.fields) as Field[]) {
    // A field of bits within two octets is read as two octets, so both must be there.
    if (start * 8 + field.bitOffset + field.bits > end * 8) break;
    const number = field.get(view, start);
    const value = fieldValue(field, number);
    const { rfc } = field;
    const dissected: DissectedField = {
      name: field.filter,
      label: field.label,
      value,
      // Addresses are text already.
      text: typeof value === 'string' ? value : formatField(field, number),
      meaning: field.meaning,
      bitOffset: start * 8 + field.bitOffset,
      bits: field.bits,
    };
    fields.push(rfc === undefined ? dissected : { ...dissected, rfc });
  }
  return fields;
}

/** The value of a header field as display filters compare it. */
export function fieldValue(field: Field, value: number): FieldValue {
  if (field.format === 'ipv4') return formatIpv4(value);
  if (field.format === 'mac') return formatMac(value);
  if (field.format === 'flag') return value !== 0;
  return value * (field.unit ?? 1);
}

/** `0x0800 (IPv4)`, `64`, `set`, `192.0.2.1`, `20 bytes (5)`. */
export function formatField(field: Field, value: number): string {
  if (field.unit !== undefined) return `${value * field.unit} bytes (${value})`;
  const name = field.names?.[value];
  const plain =
    field.format === 'ipv4'
      ? formatIpv4(value)
      : field.format === 'mac'
        ? formatMac(value)
        : field.format === 'flag'
          ? value !== 0
            ? 'set'
            : 'not set'
          : field.format === 'hex'
            ? `0x${value.toString(16).padStart(Math.ceil(field.bits / 4), '0')}`
            : String(value);
  return name === undefined ? plain : `${plain} (${name})`;
}

/** A field of whole octets at byte `start`; its text is the value's unless given. */
export function octets(
  name: string,
  label: string,
  value: FieldValue,
  start: number,
  end: number,
  text: string = String(value),
): DissectedField {
  const bitOffset = start * 8;
  const bits = (end - start) * 8;
  // Written out, because a literal is made many times faster than a copy with additions.
  const { meaning, rfc } = meaningOf(name);
  if (meaning === undefined) return { name, label, value, text, bitOffset, bits };
  if (rfc === undefined) return { name, label, value, text, meaning, bitOffset, bits };
  return { name, label, value, text, meaning, rfc, bitOffset, bits };
}

/** A field that was worked out and stands nowhere; `start` is the byte it belongs to. */
export function derived(
  name: string,
  label: string,
  value: FieldValue,
  start: number,
  text: string = String(value),
): DissectedField {
  return octets(name, label, value, start, start, text);
}

/** The values of other fields again, under the name that means any of them: `ip.addr` for `ip.src` and `ip.dst`. */
export function aliases(
  name: string,
  label: string,
  fields: readonly DissectedField[],
  ofNames: readonly string[],
): DissectedField[] {
  return fields
    .filter((field) => ofNames.includes(field.name))
    .map((field) => derived(name, label, field.value, field.bitOffset >> 3, field.text));
}

/** Bytes shown as they are: their value is lower-case hexadecimal without separators. */
export function rawOctets(
  name: string,
  label: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): DissectedField {
  const value = formatHex(bytes.subarray(start, end));
  return octets(name, label, value, start, end, shortened(value));
}

/** The bits from `fromBit` to byte `end` that belong to no field, as one field `data`; nothing when there are none. */
export function restOfHeader(bytes: Uint8Array, fromBit: number, end: number): DissectedField[] {
  if (fromBit >= end * 8) return [];
  const start = fromBit >> 3;
  const whole = rawOctets('data', 'Rest of a header that is cut short', bytes, start, end);
  return [{ ...whole, bitOffset: fromBit, bits: end * 8 - fromBit }];
}

/** The bit behind the last field; `start` (bytes) when there is none. */
export function endOfFields(fields: readonly DissectedField[], start: number): number {
  let end = start * 8;
  for (const field of fields) if (field.bitOffset + field.bits > end) end = field.bitOffset + field.bits;
  return end;
}

const SHOWN_HEX = 64;

function shortened(hex: string): string {
  return hex.length <= SHOWN_HEX ? hex : `${hex.slice(0, SHOWN_HEX)}… (${hex.length / 2} bytes)`;
}
