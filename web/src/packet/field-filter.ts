// The display filter that finds a field with its value again, and a field's place and value in words.

import type { FieldValue } from 'wirewalk';
import type { FieldNode } from './field-model.js';

/** A longer value makes a filter that nobody reads. */
const LONGEST_VALUE = 200;

/** `ip.ttl == 64`, `dns.qry.name == "www.example.com"`; only the name where there is no value to compare with. */
export function filterOf({ name, value }: Pick<FieldNode, 'name' | 'value'>): string {
  // A name without a dot is a protocol's, which has no value of its own.
  if (value === undefined || !name.includes('.')) return name;
  const written = valueText(value);
  return written.length > LONGEST_VALUE ? name : `${name} == ${written}`;
}

/** Both filters at once. */
export function joinedFilter(filter: string, added: string): string {
  const old = filter.trim();
  if (old === '') return added;
  return /\|\||\bor\b/.test(old) ? `(${old}) && ${added}` : `${old} && ${added}`;
}

function valueText(value: FieldValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return String(value);
  // Addresses and bytes need no quotes.
  if (/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{2}(:[0-9a-f]{2}){5}|([0-9a-f]{2})+)$/.test(value)) return value;
  return `"${value.replace(/["\\\n\r\t]|[^\x20-\x7e]/g, escaped)}"`;
}

function escaped(character: string): string {
  const known: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '"': '\\"',
    '\\': '\\\\',
  };
  const code = character.charCodeAt(0);
  return known[character] ?? (code < 0x20 || code === 0x7f ? `\\x${hex(code, 2)}` : character);
}

/** What is copied of a field. */
export function copiedValue({ value, text, open }: FieldNode): string {
  return value === undefined || open || typeof value === 'boolean' ? text : String(value);
}

/** `byte 22 (0x16), 1 byte`, `bits 4–7 of byte 14 (0x0e)`. */
export function placeText({ start, end, trailer }: Pick<FieldNode, 'start' | 'end' | 'trailer'>): string {
  const behind =
    trailer === undefined ? '' : `, and ${rangeText(trailer.start, trailer.end)} behind what it carries`;
  if (start === end) return 'nowhere in the frame: worked out from what stands there';
  const first = start >> 3;
  const last = (end - 1) >> 3;
  const isWhole = start % 8 === 0 && end % 8 === 0;
  if (isWhole) return `${rangeText(first, last + 1)}${behind}`;
  if (first === last) {
    const [from, to] = [start % 8, (end - 1) % 8];
    return `${from === to ? `bit ${from}` : `bits ${from} to ${to}`} of byte ${offsetText(first)}`;
  }
  return `bit ${start % 8} of byte ${offsetText(first)} to bit ${(end - 1) % 8} of byte ${offsetText(last)}`;
}

function rangeText(start: number, end: number): string {
  if (end - start === 1) return `byte ${offsetText(start)}`;
  return `bytes ${offsetText(start)} to ${offsetText(end - 1)}`;
}

function offsetText(byte: number): string {
  return `${byte} (0x${hex(byte, 2)})`;
}

/** `8 bits`, `4 bytes`. */
export function widthText({ start, end }: Pick<FieldNode, 'start' | 'end'>): string {
  const bits = end - start;
  if (bits === 0) return '';
  if (bits % 8 !== 0 || bits === 8) return bits === 1 ? '1 bit' : `${bits} bits`;
  return `${bits / 8} bytes`;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
