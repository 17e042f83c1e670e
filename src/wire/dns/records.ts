// Resource records: what a record of each type says, and where its parts stand in the record's data.
// Each type is described once; reading, writing, zone-file text and dissection all follow the description.
// Reading list: RFC 1035 §3.2, §3.3, RFC 3596 (AAAA), RFC 2782 (SRV), RFC 6891 (OPT), RFC 9460 (SVCB, HTTPS), RFC 3597.

import type { Ipv4 } from '../../base/address.js';
import type { ServiceParameter } from './service-parameters.js';

/** One resource record. */
export interface DnsRecord {
  /** The owner name. */
  name: string;
  /** See `typeName`. */
  type: number;
  /** See `className`. OPT records put their UDP size here. */
  class: number;
  /** Seconds, 0 … 2^32-1 on the wire; values from 2^31 on mean 0 (RFC 2181 §8). OPT records put their flags here. */
  ttl: number;
  data: DnsData;
}

/** What a record says. Data that is not as its type demands is `unknown`, so that no octet is lost. */
export type DnsData =
  | { kind: 'A'; address: Ipv4 }
  /** 16 octets. */
  | { kind: 'AAAA'; address: Uint8Array }
  | { kind: 'NS' | 'CNAME' | 'PTR'; name: string }
  | SoaData
  | { kind: 'MX'; preference: number; exchange: string }
  /** Each string has at most 255 octets. */
  | { kind: 'TXT'; strings: Uint8Array[] }
  | { kind: 'SRV'; priority: number; weight: number; port: number; target: string }
  | OptData
  /** Parameters must be in increasing order of their keys (RFC 9460 §2.2); they are written as given. */
  | { kind: 'HTTPS' | 'SVCB'; priority: number; target: string; parameters: ServiceParameter[] }
  | { kind: 'unknown'; bytes: Uint8Array };

/** The start of a zone's authority (RFC 1035 §3.3.13); times in seconds. */
export interface SoaData {
  kind: 'SOA';
  /** The name server that has the original of the zone. */
  primary: string;
  /** The mailbox of the person in charge, its `@` written as a dot. */
  mailbox: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  /** The time to live of "there is no such name" (RFC 2308 §4). */
  minimum: number;
}

/** EDNS(0): what the sender can do (RFC 6891 §6.1). On writing, these fields make the record's class and ttl. */
export interface OptData {
  kind: 'OPT';
  /** The largest UDP payload the sender can take, in bytes. */
  udpSize: number;
  /** The upper 8 bits of the 12-bit response code. */
  extendedRcode: number;
  version: number;
  /** DO: the sender wants DNSSEC records (RFC 3225). */
  dnssecOk: boolean;
  /** The 15 flag bits without a meaning yet; 0. */
  reserved: number;
  options: EdnsOption[];
}

/** An EDNS option, see `ednsOptionName`. */
export interface EdnsOption {
  code: number;
  bytes: Uint8Array;
}

/** How a part of a record's data is written on the wire. The last three go on to the end of the data. */
export type PartShape =
  | 'ipv4'
  | 'ipv6'
  | 'uint16'
  | 'uint32'
  | 'name'
  | 'plain-name'
  | 'strings'
  | 'options'
  | 'parameters';

/** A part of a record's data. */
export interface DataPart {
  /** The key of the part in {@link DnsData}. */
  readonly key: string;
  readonly shape: PartShape;
  /** Wireshark's display-filter name. */
  readonly filter: string;
  readonly label: string;
  /** One sentence: what the part is for. */
  readonly meaning: string;
}

/** The data of one record type. */
export interface DataFormat {
  readonly kind: DnsData['kind'];
  readonly parts: readonly DataPart[];
  readonly rfc: string;
}

function part(key: string, shape: PartShape, filter: string, label: string, meaning: string): DataPart {
  return { key, shape, filter, label, meaning };
}

const SERVICE_PARTS = [
  part(
    'priority',
    'uint16',
    'dns.svcb.svcpriority',
    'SvcPriority',
    '0 means that everything stands under another name; otherwise the lowest is tried first.',
  ),
  part(
    'target',
    'plain-name',
    'dns.svcb.targetname',
    'TargetName',
    'The name of the machine that offers the service.',
  ),
  part(
    'parameters',
    'parameters',
    'dns.svcb.svcparam',
    'SvcParam',
    'Something a client should know before it connects.',
  ),
];

/**
 * The record types with data of their own, by number. A `name` may be compressed, a `plain-name` must not be: only the
 * types of RFC 1035 may use compression inside their data (RFC 3597 §4).
 */
export const DATA_FORMATS: Readonly<Record<number, DataFormat>> = {
  1: {
    kind: 'A',
    rfc: 'RFC 1035 §3.4.1',
    parts: [part('address', 'ipv4', 'dns.a', 'Address', 'The IPv4 address of the name.')],
  },
  2: {
    kind: 'NS',
    rfc: 'RFC 1035 §3.3.11',
    parts: [
      part('name', 'name', 'dns.ns', 'Name Server', 'A server that has the original records of this zone.'),
    ],
  },
  5: {
    kind: 'CNAME',
    rfc: 'RFC 1035 §3.3.1',
    parts: [
      part(
        'name',
        'name',
        'dns.cname',
        'CNAME',
        'The real name of which the other is an alias: the question goes on with it.',
      ),
    ],
  },
  6: {
    kind: 'SOA',
    rfc: 'RFC 1035 §3.3.13',
    parts: [
      part(
        'primary',
        'name',
        'dns.soa.mname',
        'Primary name server',
        'The server that has the original of the zone.',
      ),
      part(
        'mailbox',
        'name',
        'dns.soa.rname',
        "Responsible authority's mailbox",
        'The mail address of who is in charge, its @ written as a dot.',
      ),
      part(
        'serial',
        'uint32',
        'dns.soa.serial_number',
        'Serial Number',
        'Grows with every change of the zone, so that copies know they are old.',
      ),
      part(
        'refresh',
        'uint32',
        'dns.soa.refresh_interval',
        'Refresh Interval',
        'How often a copy asks whether the zone has changed, in seconds.',
      ),
      part(
        'retry',
        'uint32',
        'dns.soa.retry_interval',
        'Retry Interval',
        'How soon it asks again when nobody answered, in seconds.',
      ),
      part(
        'expire',
        'uint32',
        'dns.soa.expire_limit',
        'Expire limit',
        'How long a copy may go on answering without having reached the original, in seconds.',
      ),
      part(
        'minimum',
        'uint32',
        'dns.soa.minimum_ttl',
        'Minimum TTL',
        'How long a cache may remember that something does not exist, in seconds.',
      ),
    ],
  },
  12: {
    kind: 'PTR',
    rfc: 'RFC 1035 §3.3.12',
    parts: [
      part('name', 'name', 'dns.ptr.domain_name', 'Domain Name', 'The name that belongs to the address.'),
    ],
  },
  15: {
    kind: 'MX',
    rfc: 'RFC 1035 §3.3.9',
    parts: [
      part(
        'preference',
        'uint16',
        'dns.mx.preference',
        'Preference',
        'Of several mail servers, the one with the lowest number is tried first.',
      ),
      part(
        'exchange',
        'name',
        'dns.mx.mail_exchange',
        'Mail Exchange',
        'The server that takes mail for this name.',
      ),
    ],
  },
  16: {
    kind: 'TXT',
    rfc: 'RFC 1035 §3.3.14',
    parts: [part('strings', 'strings', 'dns.txt', 'TXT', 'Text for people or programs.')],
  },
  28: {
    kind: 'AAAA',
    rfc: 'RFC 3596 §2.2',
    parts: [part('address', 'ipv6', 'dns.aaaa', 'AAAA Address', 'The IPv6 address of the name.')],
  },
  33: {
    kind: 'SRV',
    rfc: 'RFC 2782',
    parts: [
      part(
        'priority',
        'uint16',
        'dns.srv.priority',
        'Priority',
        'Of several servers, those with the lowest number are tried first.',
      ),
      part(
        'weight',
        'uint16',
        'dns.srv.weight',
        'Weight',
        'How many of the clients this one of equal servers is to get.',
      ),
      part('port', 'uint16', 'dns.srv.port', 'Port', 'The port at which the service is.'),
      part('target', 'plain-name', 'dns.srv.target', 'Target', 'The machine that offers the service.'),
    ],
  },
  41: {
    kind: 'OPT',
    rfc: 'RFC 6891 §6.1.2',
    parts: [
      part('options', 'options', 'dns.opt', 'Option', 'Something more that the sender can do or wants.'),
    ],
  },
  64: { kind: 'SVCB', rfc: 'RFC 9460 §2.2', parts: SERVICE_PARTS },
  65: { kind: 'HTTPS', rfc: 'RFC 9460 §9', parts: SERVICE_PARTS },
};

/** The values of a record's data by the keys of its parts; what walks the parts needs them without their types. */
export type PartValues = Record<string, unknown>;

/** The data as values by key, see {@link PartValues}. */
export function valuesOf(data: DnsData): PartValues {
  return data as unknown as PartValues;
}

/** An EDNS(0) record with the given wishes; `udpSize` in bytes (with 1232 a packet fits the smallest MTU of IPv6). */
export function optRecord(
  udpSize = 1232,
  wishes: { dnssecOk?: boolean; extendedRcode?: number; version?: number; options?: EdnsOption[] } = {},
): DnsRecord {
  const data: OptData = {
    kind: 'OPT',
    udpSize,
    extendedRcode: wishes.extendedRcode ?? 0,
    version: wishes.version ?? 0,
    dnssecOk: wishes.dnssecOk ?? false,
    reserved: 0,
    options: wishes.options ?? [],
  };
  return { name: '.', type: 41, class: udpSize, ttl: optTtl(data), data };
}

/** The 32 bits an OPT record has where others have their time to live (RFC 6891 §6.1.3). */
export function optTtl(data: OptData): number {
  const flags = (data.dnssecOk ? 0x8000 : 0) | (data.reserved & 0x7fff);
  return (((data.extendedRcode & 255) << 24) | ((data.version & 255) << 16) | flags) >>> 0;
}
