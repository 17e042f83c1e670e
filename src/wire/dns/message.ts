// DNS messages: a header of 12 bytes, then questions and three sections of resource records.
// Reading list: RFC 1035 §4, RFC 3597, RFC 4035 §3.2 (AD, CD), RFC 6891 (EDNS), RFC 2181 §5, §8.

import type { Problem } from '../dissection.js';
import { bits, flag, layout, uint16 } from '../layout.js';
import { readUint16, readUint32 } from '../octets.js';
import { MessageWriter } from './message-writer.js';
import { readName } from './name.js';
import { type LocatedPart, readData, writeData } from './record-data.js';
import { type DnsRecord, type OptData, optTtl } from './records.js';
import { className, DNS_CLASS, OPCODE_NAMES, RCODE_NAMES, typeName } from './registry.js';

export const dns = layout('dns', 'Domain Name System', 'RFC 1035 §4.1.1', {
  id: uint16('dns.id', 'Transaction ID', 'Chosen by who asks; the answer repeats it.', { format: 'hex' }),
  response: flag('dns.flags.response', 'Response', 'Set in answers, not set in questions.'),
  opcode: bits(4, 'dns.flags.opcode', 'Opcode', 'What kind of question it is.', { names: OPCODE_NAMES }),
  authoritative: flag(
    'dns.flags.authoritative',
    'Authoritative',
    'The answer comes from a server of the zone itself.',
  ),
  truncated: flag(
    'dns.flags.truncated',
    'Truncated',
    'The message was too long and has been cut: ask again with TCP.',
  ),
  recursionDesired: flag('dns.flags.recdesired', 'Recursion desired', 'Please ask others until you know.'),
  recursionAvailable: flag(
    'dns.flags.recavail',
    'Recursion available',
    'This server asks others until it knows.',
  ),
  reserved: flag('dns.flags.z', 'Z', 'Reserved: must be zero.'),
  authenticData: flag(
    'dns.flags.authenticated',
    'Answer authenticated',
    'The server has checked the signatures.',
    { rfc: 'RFC 4035 §3.2.3' },
  ),
  checkingDisabled: flag(
    'dns.flags.checkdisable',
    'Non-authenticated data',
    'Please do not check signatures for me.',
    { rfc: 'RFC 4035 §3.2.2' },
  ),
  rcode: bits(4, 'dns.flags.rcode', 'Reply code', 'Whether it worked, or what went wrong.', {
    names: RCODE_NAMES,
  }),
  questions: uint16('dns.count.queries', 'Questions', 'How many questions follow; in practice one.'),
  answers: uint16('dns.count.answers', 'Answer RRs', 'How many records answer the question.'),
  authorities: uint16('dns.count.auth_rr', 'Authority RRs', 'How many records say who is in charge.'),
  additionals: uint16(
    'dns.count.add_rr',
    'Additional RRs',
    'How many records were added because they will be needed.',
  ),
});

export const DNS_HEADER = 12;

/** A question: which records of which name. */
export interface DnsQuestion {
  name: string;
  /** See `typeName`. */
  type: number;
  /** See `className`. */
  class: number;
}

/** A message without its counts, which are the lengths of its sections. */
export interface DnsMessage {
  /** 16 bits. */
  id: number;
  response: boolean;
  /** 4 bits, see `opcodeName`. */
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  /** The bit Z: 0. */
  reserved: number;
  authenticData: boolean;
  checkingDisabled: boolean;
  /** The 4 bits of the header; {@link fullRcode} has all 12. */
  rcode: number;
  questions: DnsQuestion[];
  answers: DnsRecord[];
  authorities: DnsRecord[];
  additionals: DnsRecord[];
}

/** The sections of records, in their order on the wire. */
export type RecordSection = 'answers' | 'authorities' | 'additionals';

/** A question and its place in the message. */
export interface LocatedQuestion {
  readonly question: DnsQuestion;
  readonly start: number;
  readonly nameEnd: number;
}

/** A record and its place in the message. */
export interface LocatedRecord {
  readonly section: RecordSection;
  readonly record: DnsRecord;
  readonly start: number;
  readonly nameEnd: number;
  readonly dataStart: number;
  readonly end: number;
  /** The parts of the data; none where the data is unknown. */
  readonly parts: readonly LocatedPart[];
}

/** A message with the places of all its parts. */
export interface LocatedMessage {
  readonly message: DnsMessage;
  readonly questions: readonly LocatedQuestion[];
  readonly records: readonly LocatedRecord[];
  readonly problems: readonly Problem[];
  /** Where reading stopped: the end of the bytes when all went well. */
  readonly end: number;
}

const SECTIONS = ['answers', 'authorities', 'additionals'] as const;

/**
 * Reads a message. Never throws: reading stops where the bytes make no sense, and `rest` has all bytes from there on.
 * Record data that its type does not allow is kept as `unknown`. Every such thing is among the problems.
 */
export function readDnsMessage(bytes: Uint8Array): {
  message: DnsMessage;
  problems: Problem[];
  rest: Uint8Array;
} {
  const located = locateDnsMessage(bytes);
  return { message: located.message, problems: [...located.problems], rest: bytes.slice(located.end) };
}

/** As {@link readDnsMessage}, with the place of every part; for dissection. */
export function locateDnsMessage(bytes: Uint8Array): LocatedMessage {
  const problems: Problem[] = [];
  const questions: LocatedQuestion[] = [];
  const records: LocatedRecord[] = [];
  if (bytes.length < DNS_HEADER) {
    const text = `a header has ${DNS_HEADER} bytes, only ${bytes.length} are there`;
    problems.push({ severity: 'error', field: 'dns.id', text, rfc: dns.rfc });
    return { message: newDnsMessage(), questions, records, problems, end: 0 };
  }
  const header = dns.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  const message = messageOf(header);
  let at = DNS_HEADER;
  for (let i = 0; i < header.questions; i++) {
    const located = locateQuestion(bytes, at);
    if ('severity' in located) {
      problems.push(located, missing('questions', i, header.questions));
      return { message, questions, records, problems, end: at };
    }
    questions.push(located);
    message.questions.push(located.question);
    at = located.nameEnd + 4;
  }
  for (const section of SECTIONS) {
    for (let i = 0; i < header[section]; i++) {
      const located = locateRecord(bytes, at, section, problems);
      if ('severity' in located) {
        problems.push(located, missing(section, i, header[section]));
        return { message, questions, records, problems, end: at };
      }
      records.push(located);
      message[section].push(located.record);
      at = located.end;
    }
  }
  if (at < bytes.length) {
    const text = `${bytes.length - at} bytes follow the last record`;
    problems.push({ severity: 'warning', field: 'dns.extraneous.data', text, rfc: 'RFC 1035 §4.1' });
  }
  return { message, questions, records, problems, end: at };
}

/** A message of a standard query with everything unset but what `values` sets. */
export function newDnsMessage(values: Partial<DnsMessage> = {}): DnsMessage {
  return {
    id: 0,
    response: false,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: false,
    recursionAvailable: false,
    reserved: 0,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
    ...values,
  };
}

function messageOf(header: ReturnType<typeof dns.read>): DnsMessage {
  return {
    id: header.id,
    response: header.response === 1,
    opcode: header.opcode,
    authoritative: header.authoritative === 1,
    truncated: header.truncated === 1,
    recursionDesired: header.recursionDesired === 1,
    recursionAvailable: header.recursionAvailable === 1,
    reserved: header.reserved,
    authenticData: header.authenticData === 1,
    checkingDisabled: header.checkingDisabled === 1,
    rcode: header.rcode,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

function missing(section: 'questions' | RecordSection, read: number, promised: number): Problem {
  const text = `the header promises ${promised}, only ${read} can be read`;
  return { severity: 'error', field: dns.fields[section].filter, text, rfc: dns.rfc };
}

function locateQuestion(bytes: Uint8Array, start: number): LocatedQuestion | Problem {
  const read = readName(bytes, start);
  if ('error' in read) return { severity: 'error', field: 'dns.qry.name', text: read.error, rfc: read.rfc };
  const at = read.next;
  if (at + 4 > bytes.length) {
    return {
      severity: 'error',
      field: 'dns.qry.type',
      text: 'the question is cut off',
      rfc: 'RFC 1035 §4.1.2',
    };
  }
  const question = { name: read.name, type: readUint16(bytes, at), class: readUint16(bytes, at + 2) };
  return { question, start, nameEnd: at };
}

function locateRecord(
  bytes: Uint8Array,
  start: number,
  section: RecordSection,
  problems: Problem[],
): LocatedRecord | Problem {
  const read = readName(bytes, start);
  if ('error' in read) return { severity: 'error', field: 'dns.resp.name', text: read.error, rfc: read.rfc };
  const at = read.next;
  const dataStart = at + 10;
  if (dataStart > bytes.length) {
    return {
      severity: 'error',
      field: 'dns.resp.type',
      text: 'the record is cut off',
      rfc: 'RFC 1035 §4.1.3',
    };
  }
  const type = readUint16(bytes, at);
  const recordClass = readUint16(bytes, at + 2);
  const ttl = readUint32(bytes, at + 4);
  const length = readUint16(bytes, at + 8);
  const end = dataStart + length;
  if (end > bytes.length) {
    const text = `the record says ${length} bytes of data, only ${bytes.length - dataStart} are there`;
    return { severity: 'error', field: 'dns.resp.len', text, rfc: 'RFC 1035 §4.1.3' };
  }
  const { data, parts, problem } = readData(type, recordClass, ttl, bytes, dataStart, end);
  // An update asks for or deletes records by naming them without data (RFC 2136 §2.4, §2.5).
  const bare = length === 0 && (recordClass === DNS_CLASS.ANY || recordClass === DNS_CLASS.NONE);
  if (problem !== undefined && !bare) {
    const text = `${read.name} ${className(recordClass)} ${typeName(type)}: ${problem.text}`;
    problems.push({ severity: 'error', field: problem.field, text, rfc: problem.rfc });
  }
  if (ttl >= 0x80000000 && data.kind !== 'OPT') {
    const text = `the upper bit of the time to live ${ttl} is set, so it counts as 0`;
    problems.push({ severity: 'note', field: 'dns.resp.ttl', text, rfc: 'RFC 2181 §8' });
  }
  const record = { name: read.name, type, class: recordClass, ttl, data };
  return { section, record, start, nameEnd: at, dataStart, end, parts };
}

/**
 * Writes a message; names are compressed unless `compress` is false (RFC 1035 §4.1.4). The fields of OPT data make the
 * class and ttl of their record.
 * @throws RangeError for what no message can hold: see `parseName` for names, 255 octets for a string, 65535 octets of
 *   data, 65535 records, data of another type than the record's
 */
export function writeDnsMessage(message: DnsMessage, options: { compress?: boolean } = {}): Uint8Array {
  const writer = new MessageWriter(options.compress ?? true);
  writer.octets(headerOf(message));
  for (const question of message.questions) {
    writer.name(question.name);
    writer.uint16(question.type);
    writer.uint16(question.class);
  }
  for (const section of SECTIONS) for (const record of message[section]) writeRecord(writer, record);
  return writer.finish();
}

function headerOf(message: DnsMessage): Uint8Array {
  const bytes = new Uint8Array(DNS_HEADER);
  for (const section of ['questions', ...SECTIONS] as const) {
    if (message[section].length > 0xffff)
      throw new RangeError(`a message cannot hold more than 65535 ${section}`);
  }
  dns.write(new DataView(bytes.buffer), 0, {
    id: message.id,
    response: Number(message.response),
    opcode: message.opcode,
    authoritative: Number(message.authoritative),
    truncated: Number(message.truncated),
    recursionDesired: Number(message.recursionDesired),
    recursionAvailable: Number(message.recursionAvailable),
    reserved: message.reserved,
    authenticData: Number(message.authenticData),
    checkingDisabled: Number(message.checkingDisabled),
    rcode: message.rcode,
    questions: message.questions.length,
    answers: message.answers.length,
    authorities: message.authorities.length,
    additionals: message.additionals.length,
  });
  return bytes;
}

function writeRecord(writer: MessageWriter, record: DnsRecord): void {
  const { data } = record;
  writer.name(record.name);
  writer.uint16(record.type);
  writer.uint16(data.kind === 'OPT' ? data.udpSize : record.class);
  writer.uint32(data.kind === 'OPT' ? optTtl(data) : record.ttl);
  const lengthAt = writer.position;
  writer.uint16(0);
  writeData(writer, record.type, data);
  const length = writer.position - lengthAt - 2;
  if (length > 0xffff) throw new RangeError(`${length} octets are more than a record can hold`);
  writer.patchUint16(lengthAt, length);
}

/** The message's EDNS data; undefined when it has none. */
export function optOf(message: DnsMessage): OptData | undefined {
  for (const { data } of message.additionals) if (data.kind === 'OPT') return data;
  return undefined;
}

/** The response code with the upper 8 bits that EDNS adds (RFC 6891 §6.1.3). */
export function fullRcode(message: DnsMessage): number {
  return ((optOf(message)?.extendedRcode ?? 0) << 4) | message.rcode;
}
