// The fields of IPv4 options, one group per option.
// Reading list: RFC 791 §3.1.

import { formatIpv4 } from '../base/address.js';
import { type DissectedField, octets, rawOctets } from './dissection.js';
import {
  IPV4_OPTION_NAMES,
  type Ipv4Option,
  type Ipv4RouteOption,
  type Ipv4TimestampOption,
  ipv4OptionLength,
  ipv4OptionNumber,
  readIpv4Options,
} from './ipv4-options.js';

/** Wireshark's names for whole options. */
const GROUPS: Readonly<Record<Ipv4Option['kind'], string>> = {
  end: 'ip.options.eol',
  nop: 'ip.options.nop',
  'record-route': 'ip.options.record_route',
  'loose-source-route': 'ip.options.route',
  'strict-source-route': 'ip.options.source_route',
  timestamp: 'ip.options.timestamp',
  security: 'ip.options.security',
  'stream-id': 'ip.options.sid',
  'router-alert': 'ip.options.routeralert',
  unknown: 'ip.options.unknown',
  tail: 'ip.opt.padding',
};

/** The options in `bytes[start … end)` as fields that tile them, and what is malformed. */
export function dissectIpv4Options(
  bytes: Uint8Array,
  start: number,
  end: number,
): { fields: DissectedField[]; problem?: string } {
  const { options, problem } = readIpv4Options(bytes, start, end);
  const fields: DissectedField[] = [];
  let at = start;
  for (const option of options) {
    const next = at + ipv4OptionLength(option);
    if (next > at) fields.push(dissectOption(option, bytes, at, next));
    at = next;
  }
  if (at < end) fields.push(rawOctets('ip.opt.padding', 'Padding', bytes, at, end));
  return problem === undefined ? { fields } : { fields, problem };
}

function dissectOption(option: Ipv4Option, bytes: Uint8Array, start: number, end: number): DissectedField {
  const name = GROUPS[option.kind];
  if (option.kind === 'tail') return rawOctets(name, 'Padding', bytes, start, end);
  const number = ipv4OptionNumber(option) as number;
  const label = IPV4_OPTION_NAMES[number] ?? `Option ${number}`;
  const type = octets('ip.opt.type', 'Type', number, start, start + 1, `${number} (${label})`);
  if (end === start + 1) return { ...octets(name, label, number, start, end, label), children: [type] };
  const length = octets('ip.opt.len', 'Length', end - start, start + 1, start + 2);
  const { text, fields } = dissectData(option, bytes, start + 2, end);
  return { ...octets(name, label, text, start, end), children: [type, length, ...fields] };
}

function dissectData(
  option: Ipv4Option,
  bytes: Uint8Array,
  start: number,
  end: number,
): { text: string; fields: DissectedField[] } {
  switch (option.kind) {
    case 'record-route':
    case 'loose-source-route':
    case 'strict-source-route':
      return {
        text: option.addresses.map(formatIpv4).join(', '),
        fields: dissectRoute(option, start),
      };
    case 'timestamp':
      return { text: `${option.words.length} words`, fields: dissectTimestamps(option, start) };
    case 'security': {
      const fields = [octets('ip.opt.sec_cl', 'Classification Level', option.level, start, start + 1)];
      if (end > start + 1) {
        const flags = rawOctets(
          'ip.opt.sec_prot_auth_flags',
          'Protection Authority Flags',
          bytes,
          start + 1,
          end,
        );
        fields.push(flags);
      }
      return { text: `level ${option.level}`, fields };
    }
    case 'stream-id':
      return field('ip.opt.sid', 'Stream Identifier', option.id, start, end);
    case 'router-alert':
      return field('ip.opt.ra', 'Router Alert', option.value, start, end);
    default:
      return start < end
        ? { text: `${end - start} bytes`, fields: [rawOctets('data', 'Data', bytes, start, end)] }
        : { text: '', fields: [] };
  }
}

function field(name: string, label: string, value: number, start: number, end: number) {
  return { text: String(value), fields: [octets(name, label, value, start, end)] };
}

/** Slots before the pointer are used up; in source routes the others are still to come. */
function dissectRoute(option: Ipv4RouteOption, start: number): DissectedField[] {
  const fields = [octets('ip.opt.ptr', 'Pointer', option.pointer, start, start + 1)];
  option.addresses.forEach((address, index) => {
    const at = start + 1 + 4 * index;
    const isFilled = 4 + 4 * index < option.pointer;
    const name = isFilled ? 'ip.rec_rt' : option.kind === 'record-route' ? 'ip.empty_rt' : 'ip.src_rt';
    const label = isFilled
      ? 'Recorded Route'
      : option.kind === 'record-route'
        ? 'Empty Route'
        : 'Source Route';
    fields.push(octets(name, label, formatIpv4(address), at, at + 4));
  });
  return fields;
}

function dissectTimestamps(option: Ipv4TimestampOption, start: number): DissectedField[] {
  const at = start + 1;
  const fields: DissectedField[] = [
    octets('ip.opt.ptr', 'Pointer', option.pointer, start, at),
    { ...octets('ip.opt.overflow', 'Overflow', option.overflow, at, at), bits: 4 },
    { ...octets('ip.opt.flag', 'Flag', option.form, at, at), bitOffset: at * 8 + 4, bits: 4 },
  ];
  const withAddresses = option.form === 1 || option.form === 3;
  option.words.forEach((word, index) => {
    const from = at + 1 + 4 * index;
    const isAddress = withAddresses && index % 2 === 0 && index + 1 < option.words.length;
    fields.push(
      isAddress
        ? octets('ip.opt.time_stamp_addr', 'Address', formatIpv4(word | 0), from, from + 4)
        : octets('ip.opt.time_stamp', 'Time stamp', word, from, from + 4),
    );
  });
  return fields;
}
