// Names of the numbers in DNS messages, from the IANA registry "Domain Name System (DNS) Parameters".
// Reading list: RFC 6895 (how the registry is kept), RFC 3597 §5 (texts for unknown types and classes).

/** The record types this program speaks, by name. */
export const DNS_TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  SVCB: 64,
  HTTPS: 65,
  AXFR: 252,
  ANY: 255,
} as const;

export const DNS_CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const;

/** Response codes. Those above 15 need EDNS to be sent (RFC 6891 §6.1.3). */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const;

/** Types by number: the ranges of the registry without gaps, first number first. */
const TYPE_RANGES: readonly (readonly [first: number, names: string])[] = [
  [
    1,
    'A NS MD MF CNAME SOA MB MG MR NULL WKS PTR HINFO MINFO MX TXT RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY PX',
  ],
  [
    27,
    'GPOS AAAA LOC NXT EID NIMLOC SRV ATMA NAPTR KX CERT A6 DNAME SINK OPT APL DS SSHFP IPSECKEY RRSIG NSEC',
  ],
  [48, 'DNSKEY DHCID NSEC3 NSEC3PARAM TLSA SMIMEA'],
  [55, 'HIP NINFO RKEY TALINK CDS CDNSKEY OPENPGPKEY CSYNC ZONEMD SVCB HTTPS DSYNC HHIT BRID'],
  [99, 'SPF UINFO UID GID UNSPEC NID L32 L64 LP EUI48 EUI64'],
  [128, 'NXNAME'],
  [249, 'TKEY TSIG IXFR AXFR MAILB MAILA ANY URI CAA AVC DOA AMTRELAY RESINFO WALLET CLA IPN'],
  [32768, 'TA DLV'],
];

/** Names of record types, by number. */
export const TYPE_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  TYPE_RANGES.flatMap(([first, names]) => names.split(' ').map((name, i) => [first + i, name])),
);

export const CLASS_NAMES: Readonly<Record<number, string>> = namesOf(DNS_CLASS);
export const OPCODE_NAMES: Readonly<Record<number, string>> = namesOf(OPCODE);
export const RCODE_NAMES: Readonly<Record<number, string>> = namesOf(RCODE);

/** EDNS options by number (registry "DNS EDNS0 Option Codes"). */
export const EDNS_OPTION_NAMES: Readonly<Record<number, string>> = {
  1: 'LLQ',
  2: 'Update Lease',
  3: 'NSID',
  5: 'DAU',
  6: 'DHU',
  7: 'N3U',
  8: 'Client Subnet',
  9: 'EXPIRE',
  10: 'COOKIE',
  11: 'TCP Keepalive',
  12: 'Padding',
  13: 'CHAIN',
  14: 'Key Tag',
  15: 'Extended DNS Error',
  18: 'Report-Channel',
  19: 'ZONEVERSION',
};

/** Keys of service parameters by number (registry "DNS Service Parameter Keys (SvcParamKeys)", RFC 9460 §14.3). */
export const SERVICE_KEY_NAMES: Readonly<Record<number, string>> = {
  0: 'mandatory',
  1: 'alpn',
  2: 'no-default-alpn',
  3: 'port',
  4: 'ipv4hint',
  5: 'ech',
  6: 'ipv6hint',
  7: 'dohpath',
  8: 'ohttp',
};

const TYPE_NUMBERS = new Map(Object.entries(TYPE_NAMES).map(([number, name]) => [name, Number(number)]));
const CLASS_NUMBERS = new Map<string, number>(Object.entries(DNS_CLASS));

function namesOf(numbers: Readonly<Record<string, number>>): Record<number, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [number, name]));
}

/** `AAAA`; `TYPE123` for a number without a name (RFC 3597 §5). */
export function typeName(type: number): string {
  return TYPE_NAMES[type] ?? `TYPE${type}`;
}

/** The number of `AAAA`, `aaaa` or `TYPE28`; undefined when there is no such type. */
export function typeNumber(name: string): number | undefined {
  const upper = name.toUpperCase();
  return TYPE_NUMBERS.get(upper) ?? numberBehind('TYPE', upper);
}

/** `IN`; `CLASS123` for a number without a name (RFC 3597 §5). */
export function className(number: number): string {
  return CLASS_NAMES[number] ?? `CLASS${number}`;
}

/** The number of `IN`, `in` or `CLASS1`; undefined when there is no such class. */
export function classNumber(name: string): number | undefined {
  const upper = name.toUpperCase();
  return CLASS_NUMBERS.get(upper) ?? numberBehind('CLASS', upper);
}

/** `NXDOMAIN`, as dig prints it; `RCODE12` for a number without a name. */
export function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE${rcode}`;
}

/** `QUERY`, as dig prints it; `OPCODE3` for a number without a name. */
export function opcodeName(opcode: number): string {
  return OPCODE_NAMES[opcode] ?? `OPCODE${opcode}`;
}

/** `COOKIE`; `OPT123` for an EDNS option without a name. */
export function ednsOptionName(code: number): string {
  return EDNS_OPTION_NAMES[code] ?? `OPT${code}`;
}

/** `alpn`; `key123` for a service parameter without a name (RFC 9460 §2.1). */
export function serviceKeyName(key: number): string {
  return SERVICE_KEY_NAMES[key] ?? `key${key}`;
}

function numberBehind(prefix: string, text: string): number | undefined {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  return /^\d{1,5}$/.test(digits) && Number(digits) <= 0xffff ? Number(digits) : undefined;
}
