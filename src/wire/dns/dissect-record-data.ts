// The fields of a record's data: one per part, and for lists (strings, EDNS options, service parameters) one per member.
// Reading list: as for `records.ts`; RFC 7873 §4 (cookies).

import { formatIpv4 } from '../../base/address.js';
import { decodeLatin1, formatHex } from '../../base/text.js';
import { type DissectedField, octets, rawOctets } from '../dissection.js';
import { readUint16 } from '../octets.js';
import { formatIpv6 } from './ipv6.js';
import type { LocatedPart } from './record-data.js';
import { ednsOptionName, serviceKeyName } from './registry.js';
import { formatServiceParameter, readServiceParameter, type ServiceParameter } from './service-parameters.js';

const COOKIE = 10;
const CLIENT_COOKIE = 8;

/**
 * The fields that tile `bytes[start … end)`, the data of a record. `parts` have their places from byte `base` on; without
 * parts the data is one field of bytes.
 */
export function dissectData(
  parts: readonly LocatedPart[],
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
): DissectedField[] {
  if (parts.length === 0 && start < end) return [rawOctets('dns.data', 'Data', bytes, start, end)];
  return parts.flatMap((part) => dissectPart(part, bytes, base + part.start, base + part.end));
}

function dissectPart(located: LocatedPart, bytes: Uint8Array, start: number, end: number): DissectedField[] {
  const { part, value } = located;
  switch (part.shape) {
    case 'ipv4':
      return [octets(part.filter, part.label, formatIpv4(value as number), start, end)];
    case 'ipv6':
      return [octets(part.filter, part.label, formatIpv6(value as Uint8Array), start, end)];
    case 'uint16':
    case 'uint32':
      return [octets(part.filter, part.label, value as number, start, end)];
    case 'name':
    case 'plain-name':
      return [octets(part.filter, part.label, value as string, start, end)];
    case 'strings':
      return counted(bytes, start, end, 'dns.txt.length', 'TXT Length', part.filter, part.label);
    case 'options':
      return triples(bytes, start, end).map(([at, next]) => dissectOption(bytes, at, next));
    case 'parameters':
      return triples(bytes, start, end).map(([at, next]) => dissectParameter(bytes, at, next));
  }
}

/** Texts with their length in front of each. */
function counted(
  bytes: Uint8Array,
  start: number,
  end: number,
  lengthFilter: string,
  lengthLabel: string,
  filter: string,
  label: string,
): DissectedField[] {
  const fields: DissectedField[] = [];
  for (let at = start; at < end; ) {
    const next = at + 1 + bytes[at];
    fields.push(octets(lengthFilter, lengthLabel, bytes[at], at, at + 1));
    if (next > at + 1) fields.push(octets(filter, label, decodeLatin1(bytes, at + 1, next), at + 1, next));
    at = next;
  }
  return fields;
}

/** Where each code, length and value begins and ends. The record has been read, so the lengths are true. */
function triples(bytes: Uint8Array, start: number, end: number): [start: number, end: number][] {
  const places: [number, number][] = [];
  for (let at = start; at < end; ) {
    const next = at + 4 + readUint16(bytes, at + 2);
    places.push([at, next]);
    at = next;
  }
  return places;
}

function dissectOption(bytes: Uint8Array, start: number, end: number): DissectedField {
  const code = readUint16(bytes, start);
  const name = ednsOptionName(code);
  const children = [
    octets('dns.opt.code', 'Option Code', code, start, start + 2, `${code} (${name})`),
    octets('dns.opt.len', 'Option Length', end - start - 4, start + 2, start + 4),
  ];
  const serverCookie = start + 4 + CLIENT_COOKIE;
  if (code === COOKIE && end >= serverCookie) {
    children.push(rawOctets('dns.opt.cookie.client', 'Client Cookie', bytes, start + 4, serverCookie));
    if (end > serverCookie)
      children.push(rawOctets('dns.opt.cookie.server', 'Server Cookie', bytes, serverCookie, end));
  } else if (end > start + 4) {
    children.push(rawOctets('dns.opt.data', 'Option Data', bytes, start + 4, end));
  }
  const text = `${name}: ${formatHex(bytes.subarray(start + 4, end))}`;
  return { ...octets('dns.opt', 'Option', text, start, end), children };
}

function dissectParameter(bytes: Uint8Array, start: number, end: number): DissectedField {
  const key = readUint16(bytes, start);
  const parameter = readServiceParameter(key, bytes.subarray(start + 4, end));
  const children = [
    octets('dns.svcb.svcparam.key', 'SvcParamKey', key, start, start + 2, `${key} (${serviceKeyName(key)})`),
    octets('dns.svcb.svcparam.value.length', 'SvcParamValue length', end - start - 4, start + 2, start + 4),
    ...dissectValue(parameter, bytes, start + 4, end),
  ];
  const text = formatServiceParameter(parameter);
  return { ...octets('dns.svcb.svcparam', 'SvcParam', text, start, end), children };
}

function dissectValue(
  parameter: ServiceParameter,
  bytes: Uint8Array,
  start: number,
  end: number,
): DissectedField[] {
  const name = 'dns.svcb.svcparam';
  const each = (size: number, filter: string, label: string, values: readonly (number | string)[]) =>
    values.map((value, i) =>
      octets(`${name}.${filter}`, label, value, start + i * size, start + (i + 1) * size),
    );
  switch (parameter.kind) {
    case 'mandatory':
      return each(2, 'mandatory.key', 'Mandatory key', parameter.keys);
    case 'alpn':
      return counted(bytes, start, end, `${name}.alpn.length`, 'ALPN length', `${name}.alpn`, 'ALPN');
    case 'no-default-alpn':
      return [];
    case 'port':
      return each(2, 'port', 'Port', [parameter.port]);
    case 'ipv4hint':
      return each(4, 'ipv4hint.ip', 'IP', parameter.addresses.map(formatIpv4));
    case 'ipv6hint':
      return each(16, 'ipv6hint.ip', 'IP', parameter.addresses.map(formatIpv6));
    case 'ech':
      return [rawOctets(`${name}.echconfig`, 'ECHConfig', bytes, start, end)];
    case 'unknown':
      return start < end ? [rawOctets(`${name}.value`, 'SvcParamValue', bytes, start, end)] : [];
  }
}
