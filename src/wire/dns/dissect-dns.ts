// DNS messages read for people: every question and record with its place, and the one line a packet list shows.
// Names of fields are Wireshark's; it has none for a whole question or record, those are `dns.qry` and `dns.resp` here.
// Reading list: RFC 1035 §4, RFC 6891 §6.1.

import {
  type DissectedField,
  type DissectedLayer,
  derived,
  dissectLayout,
  endOfFields,
  octets,
  rawOctets,
  restOfHeader,
} from '../dissection.js';
import { readUint16 } from '../octets.js';
import { dissectData } from './dissect-record-data.js';
import {
  DNS_HEADER,
  dns,
  type LocatedMessage,
  type LocatedQuestion,
  type LocatedRecord,
  locateDnsMessage,
  type RecordSection,
} from './message.js';
import { nameLabels } from './name.js';
import type { OptData } from './records.js';
import { className, OPCODE, RCODE, typeName } from './registry.js';
import { formatData } from './zone-text.js';

const OPCODE_WORDS: Readonly<Record<number, string>> = {
  [OPCODE.QUERY]: 'Standard query',
  [OPCODE.IQUERY]: 'Inverse query',
  [OPCODE.STATUS]: 'Server status request',
  [OPCODE.NOTIFY]: 'Zone change notification',
  [OPCODE.UPDATE]: 'Dynamic update',
  [OPCODE.DSO]: 'DNS Stateful operations (DSO)',
};

const RCODE_WORDS: Readonly<Record<number, string>> = {
  [RCODE.FORMERR]: 'Format error',
  [RCODE.SERVFAIL]: 'Server failure',
  [RCODE.NXDOMAIN]: 'No such name',
  [RCODE.NOTIMP]: 'Not implemented',
  [RCODE.REFUSED]: 'Refused',
  [RCODE.YXDOMAIN]: 'Name exists',
  [RCODE.YXRRSET]: 'RRset exists',
  [RCODE.NXRRSET]: 'RRset does not exist',
  [RCODE.NOTAUTH]: 'Not authoritative',
  [RCODE.NOTZONE]: 'Name out of zone',
  [RCODE.DSOTYPENI]: 'DSO-Type not implemented',
};

const SECTION_LABELS: Readonly<Record<RecordSection, string>> = {
  answers: 'Answer',
  authorities: 'Authority',
  additionals: 'Additional',
};

/** Dissects the DNS message in `bytes[start … end)` of a frame; over TCP, behind the two octets of its length. */
export function dissectDns(bytes: Uint8Array, start: number, end: number): DissectedLayer {
  const located = locateDnsMessage(bytes.subarray(start, end));
  return {
    protocol: 'dns',
    title: dns.title,
    summary: summarize(located, end - start),
    rfc: dns.rfc,
    start,
    end,
    fields: dissectMessage(located, bytes, start, end),
    problems: located.problems,
  };
}

/** The line of the packet list, in Wireshark's words. */
function summarize(located: LocatedMessage, length: number): string {
  const { message } = located;
  if (length < DNS_HEADER) return `${dns.title}, cut short`;
  const opcode = OPCODE_WORDS[message.opcode] ?? `Unknown operation (${message.opcode})`;
  const words = [
    `${opcode}${message.response ? ' response' : ''} 0x${message.id.toString(16).padStart(4, '0')}`,
  ];
  if (message.response && message.rcode !== RCODE.NOERROR) {
    words.push(RCODE_WORDS[message.rcode] ?? `Unknown error (${message.rcode})`);
  }
  for (const { name, type } of message.questions) words.push(`${typeName(type)} ${shownName(name)}`);
  for (const { record } of located.records) words.push(summarizeRecord(record.type, record.data));
  return words.join(' ');
}

function summarizeRecord(type: number, data: LocatedRecord['record']['data']): string {
  const name = typeName(type);
  switch (data.kind) {
    case 'A':
    case 'AAAA':
      return `${name} ${formatData(data, type)}`;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return `${name} ${shownName(data.name)}`;
    case 'SOA':
      return `${name} ${shownName(data.primary)}`;
    case 'MX':
      return `${name} ${data.preference} ${shownName(data.exchange)}`;
    case 'SRV':
      return `${name} ${data.priority} ${data.weight} ${data.port} ${shownName(data.target)}`;
    default:
      return name;
  }
}

function shownName(name: string): string {
  return name === '.' ? '<Root>' : name;
}

function dissectMessage(
  located: LocatedMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
): DissectedField[] {
  const header = dissectLayout(dns, bytes, start, end);
  if (end - start < DNS_HEADER) return [...header, ...restOfHeader(bytes, endOfFields(header, start), end)];
  const [id, ...flagsAndCounts] = header;
  const fields = [id, flagsField(bytes, start, flagsAndCounts.slice(0, 10)), ...flagsAndCounts.slice(10)];
  for (const question of located.questions) fields.push(dissectQuestion(question, start));
  for (const record of located.records) fields.push(dissectRecord(record, bytes, start));
  const rest = start + located.end;
  if (rest < end) {
    const extra = located.problems.every(({ severity }) => severity !== 'error');
    const label = extra ? 'Extraneous Data Bytes' : 'Bytes that cannot be read';
    fields.push(rawOctets(extra ? 'dns.extraneous.data' : 'data', label, bytes, rest, end));
  }
  return fields;
}

function flagsField(bytes: Uint8Array, start: number, children: readonly DissectedField[]): DissectedField {
  const value = readUint16(bytes, start + 2);
  const set = children.filter((child) => child.value === true).map((child) => child.label);
  const text = `0x${value.toString(16).padStart(4, '0')}${set.length === 0 ? '' : ` (${set.join(', ')})`}`;
  return { ...octets('dns.flags', 'Flags', value, start + 2, start + 4, text), children };
}

function dissectQuestion({ question, start, nameEnd }: LocatedQuestion, base: number): DissectedField {
  const from = base + start;
  const at = base + nameEnd;
  const children = [
    octets('dns.qry.name', 'Name', question.name, from, at, shownName(question.name)),
    derived('dns.qry.name.len', 'Name Length', shownName(question.name).length, from),
    derived('dns.count.labels', 'Label Count', nameLabels(question.name).length, from),
    typeField('dns.qry.type', question.type, at),
    classField('dns.qry.class', question.class, at + 2),
  ];
  const text = `${shownName(question.name)}: type ${typeName(question.type)}, class ${className(question.class)}`;
  return { ...octets('dns.qry', 'Question', text, from, at + 4), children };
}

function dissectRecord(located: LocatedRecord, bytes: Uint8Array, base: number): DissectedField {
  const { record, section } = located;
  const { name, type, data } = record;
  const start = base + located.start;
  const at = base + located.nameEnd;
  const dataStart = base + located.dataStart;
  const end = base + located.end;
  const isOpt = data.kind === 'OPT';
  const children = [
    octets('dns.resp.name', 'Name', name, start, at, shownName(name)),
    typeField('dns.resp.type', type, at),
    ...(isOpt
      ? dissectOpt(data, at + 2)
      : [classField('dns.resp.class', record.class, at + 2), ttlField(record.ttl, at + 4)]),
    octets('dns.resp.len', 'Data length', end - dataStart, at + 8, dataStart),
    ...dissectData(located.parts, bytes, base, dataStart, end),
  ];
  const head = `${shownName(name)}: type ${typeName(type)}`;
  const shown = data.kind === 'unknown' ? `${data.bytes.length} bytes` : formatData(data, type);
  const text = isOpt ? head : `${head}, class ${className(record.class)}, ${shown}`;
  return { ...octets('dns.resp', SECTION_LABELS[section], text, start, end), children };
}

function typeField(filter: string, type: number, at: number): DissectedField {
  return octets(filter, 'Type', type, at, at + 2, `${type} (${typeName(type)})`);
}

function classField(filter: string, value: number, at: number): DissectedField {
  const text = `0x${value.toString(16).padStart(4, '0')} (${className(value)})`;
  return octets(filter, 'Class', value, at, at + 2, text);
}

function ttlField(ttl: number, at: number): DissectedField {
  return octets('dns.resp.ttl', 'Time to live', ttl, at, at + 4, `${ttl} seconds`);
}

/** The octets in which an OPT record has EDNS fields where others have class and time to live. */
function dissectOpt(data: OptData, at: number): DissectedField[] {
  const flags = (data.dnssecOk ? 0x8000 : 0) | data.reserved;
  const bit = { bitOffset: (at + 4) * 8, bits: 1 };
  const others = { bitOffset: (at + 4) * 8 + 1, bits: 15 };
  return [
    octets('dns.rr.udp_payload_size', 'UDP payload size', data.udpSize, at, at + 2, `${data.udpSize} bytes`),
    octets('dns.resp.ext_rcode', 'Higher bits in extended RCODE', data.extendedRcode, at + 2, at + 3),
    octets('dns.resp.edns0_version', 'EDNS0 version', data.version, at + 3, at + 4),
    {
      ...octets('dns.resp.z', 'Z', flags, at + 4, at + 6, `0x${flags.toString(16).padStart(4, '0')}`),
      children: [
        {
          ...derived('dns.resp.z.do', 'DO bit', data.dnssecOk, at + 4, data.dnssecOk ? 'set' : 'not set'),
          ...bit,
        },
        { ...derived('dns.resp.z.reserved', 'Reserved', data.reserved, at + 4), ...others },
      ],
    },
  ];
}
