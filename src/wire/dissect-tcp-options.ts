// The fields of TCP options, one group per option.
// Reading list: as for `tcp-options.ts`.

import { formatHex } from '../base/text.js';
import { type DissectedField, derived, octets, rawOctets } from './dissection.js';
import { readUint16 } from './octets.js';
import {
  readTcpOptions,
  TCP_OPTION_NAMES,
  type TcpOption,
  tcpOptionLength,
  tcpOptionNumber,
} from './tcp-options.js';

/** Wireshark's names for whole options, and what the summary of a segment calls them. */
const GROUPS: Readonly<Record<TcpOption['kind'], string>> = {
  end: 'tcp.options.eol',
  nop: 'tcp.options.nop',
  mss: 'tcp.options.mss',
  'window-scale': 'tcp.options.wscale',
  'sack-permitted': 'tcp.options.sack_perm',
  sack: 'tcp.options.sack',
  timestamps: 'tcp.options.timestamp',
  md5: 'tcp.options.md5',
  'user-timeout': 'tcp.options.user_to',
  authentication: 'tcp.options.ao',
  'fast-open': 'tcp.options.tfo',
  unknown: 'tcp.options.unknown',
  tail: 'data',
};

const EXPERIMENTS: ReadonlySet<number> = new Set([253, 254]);
/** What Fast Open used before it had a number (RFC 7413 §4.1.1, appendix A). */
const FAST_OPEN_EXPERIMENT = 0xf989;

/** The options in `bytes[start … end)` as fields that tile them, their short form, and what is malformed. */
export function dissectTcpOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
): { fields: DissectedField[]; options: readonly TcpOption[]; problem?: string } {
  const { options, problem } = readTcpOptions(bytes, start, end);
  const fields: DissectedField[] = [];
  let at = start;
  for (const option of options) {
    const next = at + tcpOptionLength(option);
    if (next > at) fields.push(dissectOption(option, bytes, at, next));
    at = next;
  }
  if (at < end) fields.push(rawOctets('data', 'Padding', bytes, at, end));
  return problem === undefined ? { fields, options } : { fields, options, problem };
}

/** `MSS=1460 WS=128 SACK_PERM`, as the summary of a segment ends; empty when there is nothing to say. */
export function summarizeTcpOptions(options: readonly TcpOption[]): string {
  let text = '';
  for (const option of options) {
    if (option.kind === 'mss') text += ` MSS=${option.value}`;
    else if (option.kind === 'window-scale') text += ` WS=${2 ** Math.min(option.shift, 14)}`;
    else if (option.kind === 'sack-permitted') text += ' SACK_PERM';
    else if (option.kind === 'timestamps') text += ` TSval=${option.value} TSecr=${option.echo}`;
    else if (option.kind === 'sack')
      for (const { left, right } of option.blocks) text += ` SACK=${left}-${right}`;
  }
  return text;
}

function dissectOption(option: TcpOption, bytes: Uint8Array, start: number, end: number): DissectedField {
  const name = GROUPS[option.kind];
  if (option.kind === 'tail') return rawOctets(name, 'Padding', bytes, start, end);
  const number = tcpOptionNumber(option) as number;
  const label = TCP_OPTION_NAMES[number] ?? `Option ${number}`;
  const kind = octets('tcp.option_kind', 'Kind', number, start, start + 1, `${number} (${label})`);
  if (end === start + 1) return { ...octets(name, label, number, start, end, label), children: [kind] };
  const length = octets('tcp.option_len', 'Length', end - start, start + 1, start + 2);
  const { text, fields } = dissectData(option, bytes, start + 2, end);
  return { ...octets(name, label, text, start, end), children: [kind, length, ...fields] };
}

function dissectData(
  option: TcpOption,
  bytes: Uint8Array,
  start: number,
  end: number,
): { text: string; fields: DissectedField[] } {
  switch (option.kind) {
    case 'mss':
      return one(octets('tcp.options.mss_val', 'MSS Value', option.value, start, end));
    case 'window-scale': {
      const multiplier = 2 ** Math.min(option.shift, 14);
      return {
        text: `multiply by ${multiplier}`,
        fields: [
          octets('tcp.options.wscale.shift', 'Shift count', option.shift, start, end),
          derived('tcp.options.wscale.multiplier', 'Multiplier', multiplier, start),
        ],
      };
    }
    case 'sack': {
      const fields = option.blocks.flatMap(({ left, right }, index) => [
        octets('tcp.options.sack_le', 'Left edge', left, start + 8 * index, start + 8 * index + 4),
        octets('tcp.options.sack_re', 'Right edge', right, start + 8 * index + 4, start + 8 * index + 8),
      ]);
      fields.push(derived('tcp.options.sack.count', 'SACK Count', option.blocks.length, start));
      return { text: option.blocks.map(({ left, right }) => `${left}-${right}`).join(' '), fields };
    }
    case 'timestamps':
      return {
        text: `TSval ${option.value}, TSecr ${option.echo}`,
        fields: [
          octets('tcp.options.timestamp.tsval', 'Timestamp value', option.value, start, start + 4),
          octets('tcp.options.timestamp.tsecr', 'Timestamp echo reply', option.echo, start + 4, end),
        ],
      };
    case 'md5':
      return one(rawOctets('tcp.options.md5.digest', 'MD5 digest', bytes, start, end));
    case 'user-timeout': {
      const unit = option.inMinutes ? 'minutes' : 'seconds';
      return {
        text: `${option.timeout} ${unit}`,
        fields: [
          {
            ...octets('tcp.options.user_to_granularity', 'Granularity', option.inMinutes, start, start, unit),
            bits: 1,
          },
          {
            ...octets('tcp.options.user_to_val', 'User Timeout', option.timeout, start, start),
            bitOffset: start * 8 + 1,
            bits: 15,
          },
        ],
      };
    }
    case 'authentication': {
      const fields = [
        octets('tcp.options.ao.keyid', 'KeyID', option.keyId, start, start + 1),
        octets('tcp.options.ao.rnextkeyid', 'RNextKeyID', option.nextKeyId, start + 1, start + 2),
      ];
      if (end > start + 2) fields.push(rawOctets('tcp.options.ao.mac', 'MAC', bytes, start + 2, end));
      return { text: `key ${option.keyId}`, fields };
    }
    case 'fast-open':
      return option.cookie.length === 0
        ? {
            text: 'request',
            fields: [derived('tcp.options.tfo.request', 'Fast Open Cookie Request', true, start)],
          }
        : one(rawOctets('tcp.options.tfo.cookie', 'Fast Open Cookie', bytes, start, end));
    case 'unknown':
      if (EXPERIMENTS.has(option.number) && option.data.length >= 2)
        return dissectExperiment(bytes, start, end);
      return option.data.length === 0
        ? { text: '', fields: [] }
        : {
            text: formatHex(option.data),
            fields: [rawOctets('tcp.options.unknown.payload', 'Payload', bytes, start, end)],
          };
    default:
      return { text: '', fields: [] };
  }
}

/** Options for trials say in their first two bytes whose trial it is (RFC 6994 §3). */
function dissectExperiment(
  bytes: Uint8Array,
  start: number,
  end: number,
): { text: string; fields: DissectedField[] } {
  const id = readUint16(bytes, start);
  const text = `0x${id.toString(16).padStart(4, '0')}`;
  const fields = [
    octets('tcp.options.experimental.exid', 'Experiment Identifier', id, start, start + 2, text),
  ];
  if (end > start + 2) {
    fields.push(
      id === FAST_OPEN_EXPERIMENT
        ? rawOctets('tcp.options.tfo.cookie', 'Fast Open Cookie', bytes, start + 2, end)
        : rawOctets('tcp.options.experimental.data', 'Data', bytes, start + 2, end),
    );
  }
  return { text: `experiment ${text}`, fields };
}

function one(field: DissectedField): { text: string; fields: DissectedField[] } {
  return { text: field.text, fields: [field] };
}
