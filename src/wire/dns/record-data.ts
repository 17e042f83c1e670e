// The data of a resource record, part by part: bytes into values with their places, and values into bytes.
// Reading list: RFC 1035 §3.2.1, §3.3, RFC 3597, RFC 6891 §6.1.2, RFC 9460 §2.2.

import type { MessageWriter } from './message-writer.js';
import { readName } from './name.js';
import {
  DATA_FORMATS,
  type DataFormat,
  type DataPart,
  type DnsData,
  type EdnsOption,
  type PartValues,
  valuesOf,
} from './records.js';
import {
  readServiceParameter,
  type ServiceParameter,
  serviceKey,
  writeServiceParameter,
} from './service-parameters.js';

/** A part of a record's data, where it stands in the message, and what it says. */
export interface LocatedPart {
  readonly part: DataPart;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

/** What was read from a record's data; `problem` says why the data is `unknown` although its type is known. */
export interface ReadData {
  readonly data: DnsData;
  readonly parts: readonly LocatedPart[];
  readonly problem?: { readonly field: string; readonly text: string; readonly rfc: string };
}

interface Value {
  readonly value: unknown;
  readonly next: number;
}

type PartError = { readonly error: string; readonly rfc?: string };

/** Reads the data of a record of this type from `[start, end)` of a message; class and ttl matter to OPT only. */
export function readData(
  type: number,
  recordClass: number,
  ttl: number,
  message: Uint8Array,
  start: number,
  end: number,
): ReadData {
  const unknown: DnsData = { kind: 'unknown', bytes: message.slice(start, end) };
  const format: DataFormat | undefined = DATA_FORMATS[type];
  if (format === undefined) return { data: unknown, parts: [] };
  const values: PartValues = { kind: format.kind };
  const parts: LocatedPart[] = [];
  let at = start;
  for (const part of format.parts) {
    const read = readPart(part, message, at, end);
    if ('error' in read) {
      const problem = {
        field: part.filter,
        text: `${part.label}: ${read.error}`,
        rfc: read.rfc ?? format.rfc,
      };
      return { data: unknown, parts: [], problem };
    }
    values[part.key] = read.value;
    parts.push({ part, start: at, end: read.next, value: read.value });
    at = read.next;
  }
  if (at !== end) {
    const text = `${end - at} more bytes than a record of type ${format.kind} has`;
    return { data: unknown, parts: [], problem: { field: 'dns.resp.len', text, rfc: format.rfc } };
  }
  if (format.kind === 'OPT') {
    values.udpSize = recordClass;
    values.extendedRcode = ttl >>> 24;
    values.version = (ttl >>> 16) & 255;
    values.dnssecOk = (ttl & 0x8000) !== 0;
    values.reserved = ttl & 0x7fff;
  }
  return { data: values as unknown as DnsData, parts };
}

function readPart(part: DataPart, message: Uint8Array, at: number, end: number): Value | PartError {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  switch (part.shape) {
    case 'ipv4':
      return at + 4 > end ? short(4, end - at) : { value: view.getInt32(at), next: at + 4 };
    case 'ipv6':
      return at + 16 > end ? short(16, end - at) : { value: message.slice(at, at + 16), next: at + 16 };
    case 'uint16':
      return at + 2 > end ? short(2, end - at) : { value: view.getUint16(at), next: at + 2 };
    case 'uint32':
      return at + 4 > end ? short(4, end - at) : { value: view.getUint32(at), next: at + 4 };
    // A reader should also take compressed names where none may be sent (RFC 3597 §4).
    case 'name':
    case 'plain-name': {
      const read = readName(message, at, end);
      return 'error' in read ? read : { value: read.name, next: read.next };
    }
    case 'strings':
      return readStrings(message, at, end);
    case 'options':
      return readOptions(message, at, end);
    case 'parameters':
      return readParameters(message, at, end);
  }
}

function short(needed: number, there: number): PartError {
  return { error: `${needed} bytes are needed, ${there} are there` };
}

function readStrings(message: Uint8Array, start: number, end: number): Value | PartError {
  const strings: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const next = at + 1 + message[at];
    if (next > end) return { error: 'a character string runs past the end', rfc: 'RFC 1035 §3.3' };
    strings.push(message.slice(at + 1, next));
    at = next;
  }
  return strings.length === 0 ? { error: 'there is no character string' } : { value: strings, next: end };
}

/** The code, length and value triples that EDNS options and service parameters both are. */
function readTriples(message: Uint8Array, start: number, end: number): [number, Uint8Array][] | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const triples: [number, Uint8Array][] = [];
  for (let at = start; at < end; ) {
    const next = at + 4 <= end ? at + 4 + view.getUint16(at + 2) : Number.POSITIVE_INFINITY;
    if (next > end) return undefined;
    triples.push([view.getUint16(at), message.slice(at + 4, next)]);
    at = next;
  }
  return triples;
}

function readOptions(message: Uint8Array, start: number, end: number): Value | PartError {
  const options = readTriples(message, start, end)?.map(([code, bytes]): EdnsOption => ({ code, bytes }));
  return options === undefined ? { error: 'an option runs past the end' } : { value: options, next: end };
}

function readParameters(message: Uint8Array, start: number, end: number): Value | PartError {
  const triples = readTriples(message, start, end);
  if (triples === undefined) return { error: 'a parameter runs past the end' };
  for (let i = 1; i < triples.length; i++) {
    if (triples[i][0] <= triples[i - 1][0]) return { error: `the keys are not in increasing order` };
  }
  return { value: triples.map(([key, bytes]) => readServiceParameter(key, bytes)), next: end };
}

/**
 * Writes a record's data without its length.
 * @throws RangeError for a name, string, option or address that no message can hold
 */
export function writeData(writer: MessageWriter, type: number, data: DnsData): void {
  if (data.kind === 'unknown') {
    writer.octets(data.bytes);
    return;
  }
  const format = DATA_FORMATS[type];
  if (format?.kind !== data.kind)
    throw new RangeError(`a record of type ${type} cannot hold ${data.kind} data`);
  const values = valuesOf(data);
  for (const part of format.parts) writePart(writer, part, values[part.key]);
}

function writePart(writer: MessageWriter, part: DataPart, value: unknown): void {
  switch (part.shape) {
    case 'ipv4':
    case 'uint32':
      writer.uint32(value as number);
      break;
    case 'ipv6':
      writer.octets(exactly(16, value as Uint8Array));
      break;
    case 'uint16':
      writer.uint16(value as number);
      break;
    case 'name':
    case 'plain-name':
      writer.name(value as string, part.shape === 'name');
      break;
    case 'strings':
      for (const string of value as Uint8Array[]) {
        writer.uint8(atMost(255, string).length);
        writer.octets(string);
      }
      break;
    case 'options':
      for (const { code, bytes } of value as EdnsOption[]) writeTriple(writer, code, bytes);
      break;
    case 'parameters':
      for (const parameter of value as ServiceParameter[]) {
        writeTriple(writer, serviceKey(parameter), writeServiceParameter(parameter));
      }
      break;
  }
}

function writeTriple(writer: MessageWriter, code: number, bytes: Uint8Array): void {
  writer.uint16(code);
  writer.uint16(atMost(0xffff, bytes).length);
  writer.octets(bytes);
}

function exactly(length: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`${length} octets are needed, not ${bytes.length}`);
  return bytes;
}

function atMost(length: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length > length) throw new RangeError(`${bytes.length} octets are more than ${length}`);
  return bytes;
}
