// Records as zone files and dig write them: `www.example.org. 300 IN A 192.0.2.1`.
// Reading list: RFC 1035 §5.1, RFC 3597 §5 (unknown types), RFC 9460 §2.1 (service parameters).

import { formatIpv4, parseIpv4 } from '../../base/address.js';
import { encodeUtf8, formatHex, parseHex } from '../../base/text.js';
import { formatIpv6, parseIpv6 } from './ipv6.js';
import { formatName, parseName } from './name.js';
import {
  DATA_FORMATS,
  type DataPart,
  type DnsData,
  type DnsRecord,
  type PartValues,
  valuesOf,
} from './records.js';
import { className, ednsOptionName, typeName, typeNumber } from './registry.js';
import { formatServiceParameter, type ServiceParameter } from './service-parameters.js';

/** Where dig puts time to live, class, type and data: the columns, in characters, when the name leaves them room. */
const DIG_COLUMNS = [24, 32, 40, 48] as const;
const TAB = 8;

/** A record on one line, in the columns and with the tabs of dig. */
export function formatRecord(record: DnsRecord): string {
  if (record.data.kind === 'OPT') return `; ${formatData(record.data, record.type)}`;
  const cells = [
    String(record.ttl),
    className(record.class),
    typeName(record.type),
    formatData(record.data, record.type),
  ];
  let line = formatZoneName(record.name);
  let column = line.length;
  for (const [i, cell] of cells.entries()) {
    const target = Math.max(DIG_COLUMNS[i], column + 1);
    const tabs = Math.floor(target / TAB) - Math.floor(column / TAB);
    const spaces = tabs > 0 ? target % TAB : target - column;
    line += '\t'.repeat(tabs) + ' '.repeat(spaces) + cell;
    column = target + cell.length;
  }
  return line;
}

/** A record's data as text; `\# 2 0abc` when its type or content is not known (RFC 3597 §5). */
export function formatData(data: DnsData, type: number): string {
  if (data.kind === 'unknown') {
    return `\\# ${data.bytes.length} ${formatHex(data.bytes).toUpperCase()}`.trimEnd();
  }
  if (data.kind === 'OPT') {
    const options = data.options.map(({ code, bytes }) => `, ${ednsOptionName(code)}: ${formatHex(bytes)}`);
    const flags = data.dnssecOk ? ' do' : '';
    return `EDNS: version: ${data.version}, flags:${flags}; udp: ${data.udpSize}${options.join('')}`;
  }
  const values = valuesOf(data);
  const parts = DATA_FORMATS[type]?.parts ?? [];
  return parts
    .map((part) => formatPart(part, values[part.key]))
    .join(' ')
    .trimEnd();
}

function formatPart(part: DataPart, value: unknown): string {
  switch (part.shape) {
    case 'ipv4':
      return formatIpv4(value as number);
    case 'ipv6':
      return formatIpv6(value as Uint8Array);
    case 'uint16':
    case 'uint32':
      return String(value);
    case 'name':
    case 'plain-name':
      return formatZoneName(value as string);
    case 'strings':
      return (value as Uint8Array[]).map(formatString).join(' ');
    case 'parameters':
      return (value as ServiceParameter[]).map(formatServiceParameter).join(' ');
    case 'options':
      return '';
  }
}

/** A name as zone files have it: the dot at the end says that nothing is missing; their special characters are escaped. */
export function formatZoneName(name: string): string {
  return name === '.' ? '.' : `${name.replace(/["();@$]/g, '\\$&')}.`;
}

/** `"text"`, what is no printable ASCII as `\DDD`. */
function formatString(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) {
    if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet >= 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${String(octet).padStart(3, '0')}`;
  }
  return `"${text}"`;
}

/**
 * The data of a record from its text in a zone file: `10 mail.example.org.` for MX. Names are complete with or without
 * the dot at the end; lines may be folded with parentheses. Types without a text of their own take `\# length hex`.
 * @param type a type's name, such as `AAAA`
 * @returns the data, or in `error` one sentence that names the offending word
 */
export function parseRecord(type: string, text: string): DnsData | { error: string } {
  const number = typeNumber(type);
  if (number === undefined) return { error: `"${type}" is no record type` };
  const words = splitWords(text);
  if ('error' in words) return words;
  if (words[0]?.text === '\\#') return parseUnknown(words.slice(1));
  const format = DATA_FORMATS[number];
  const known = format?.parts.every(({ shape }) => shape !== 'options' && shape !== 'parameters') === true;
  if (format === undefined || !known)
    return { error: `${typeName(number)} data must be given as \\# length hex` };
  const values: PartValues = { kind: format.kind };
  let at = 0;
  for (const part of format.parts) {
    const word = words[at];
    if (word === undefined) return { error: `${format.kind} data ends before its ${part.label}` };
    const value = part.shape === 'strings' ? parseStrings(words.slice(at)) : parsePart(part, word.text);
    if (isError(value)) return value;
    values[part.key] = value;
    at = part.shape === 'strings' ? words.length : at + 1;
  }
  if (at < words.length) return { error: `"${words[at].text}" is too much for ${format.kind} data` };
  return values as unknown as DnsData;
}

function parsePart(part: DataPart, word: string): unknown {
  switch (part.shape) {
    case 'ipv4':
      return parseIpv4(word) ?? { error: `"${word}" is no IPv4 address` };
    case 'ipv6':
      return parseIpv6(word) ?? { error: `"${word}" is no IPv6 address` };
    case 'uint16':
      return parseNumber(part, word, 0xffff);
    case 'uint32':
      return parseNumber(part, word, 0xffffffff);
    default: {
      const name = parseName(word);
      return 'error' in name ? name : formatName(name.labels);
    }
  }
}

function parseNumber(part: DataPart, word: string, most: number): number | { error: string } {
  if (/^\d{1,10}$/.test(word) && Number(word) <= most) return Number(word);
  return { error: `"${word}" is no ${part.label}; it is a number from 0 to ${most}` };
}

function parseStrings(words: readonly Word[]): Uint8Array[] | { error: string } {
  const strings: Uint8Array[] = [];
  for (const { text } of words) {
    const octets: number[] = [];
    for (const piece of text.match(/\\\d{3}|\\[\s\S]|[^\\]+|\\/g) ?? []) {
      const digits = /^\\(\d{3})$/.exec(piece)?.[1];
      if (digits === undefined) octets.push(...encodeUtf8(piece.startsWith('\\') ? piece.slice(1) : piece));
      else if (Number(digits) <= 255) octets.push(Number(digits));
      else return { error: `"${piece}" is no octet` };
    }
    if (octets.length > 255)
      return { error: `a string of ${octets.length} octets is too long; 255 is the limit` };
    strings.push(Uint8Array.from(octets));
  }
  return strings;
}

function parseUnknown(words: readonly Word[]): DnsData | { error: string } {
  const length = words[0]?.text ?? '';
  const hex = words
    .slice(1)
    .map((word) => word.text)
    .join('');
  const bytes = parseHex(hex);
  if (bytes === undefined) return { error: `"${hex}" is no hexadecimal` };
  if (String(bytes.length) !== length)
    return { error: `"${length}" is not the number of octets, ${bytes.length}` };
  return { kind: 'unknown', bytes };
}

interface Word {
  /** Without its quotes, escapes as they are. */
  readonly text: string;
}

/** Words between white space; quotes hold one together, parentheses and what follows a semicolon do not count. */
function splitWords(text: string): Word[] | { error: string } {
  const words: Word[] = [];
  const pattern = /\s+|[()]|;[^\n]*|"((?:\\[\s\S]|[^"\\])*)"|((?:\\[\s\S]|[^\s()";\\])+)/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) return { error: `"${text.slice(start)}" has a quote or backslash without an end` };
    const word = match[1] ?? match[2];
    if (word !== undefined) words.push({ text: word });
  }
  return words;
}

function isError(value: unknown): value is { error: string } {
  return typeof value === 'object' && value !== null && 'error' in value;
}
