// The single values of a lab file: how they are written, and what they mean. Each schema reads text into the unit the
// engine counts in; its description goes into the JSON Schema that editors show.

import * as z from 'zod/mini';
import {
  type Ipv4,
  type Ipv4Prefix,
  isLoopback,
  isMulticast,
  MAC_BROADCAST,
  parseCidr,
  parseIpv4,
  parseMac,
} from '../base/address.js';
import { parseBase64 } from '../base/base64.js';
import { formatDuration, parseDuration, type Time } from '../base/time.js';
import { type DisplayFilter, parseFilter } from '../wire/display-filter.js';
import { parseUrl, type Url } from '../wire/url.js';
import { converted } from './mapping.js';

/** The words of a problem and its mend, in one text: zod's issues have no place for two. */
export const MEND_MARK = '\u0000';

interface Reading<T> {
  readonly value?: T;
  readonly error?: string;
  readonly mend?: string;
}

/** A schema for a value that is written as text. */
function text<T>(description: string, pattern: string | undefined, read: (text: string) => Reading<T>) {
  const about = pattern === undefined ? { description } : { description, pattern };
  return converted(z.string(), reading(read)).register(z.globalRegistry, about);
}

/** A schema for a value that is written as text or as a plain number. */
function textOrNumber<T>(description: string, read: (text: string) => Reading<T>) {
  const written = z.union([z.string(), z.number()]);
  return converted(written, reading(read)).register(z.globalRegistry, { description });
}

/** Takes the outcome of reading to zod. */
function reading<T>(read: (text: string) => Reading<T>) {
  return (input: string | number, context: z.core.ParsePayload): T => {
    const { value, error, mend } = read(String(input));
    if (value !== undefined) return value;
    const message = `${error ?? 'is not understood'}${MEND_MARK}${mend ?? ''}`;
    context.issues.push({ code: 'custom', message, input });
    return z.NEVER;
  };
}

const DOTTED = '(\\d{1,3}\\.){3}\\d{1,3}';

function readAddress(input: string): Reading<Ipv4> {
  const value = parseIpv4(input);
  if (value !== undefined) return { value };
  return { error: 'is no IPv4 address', mend: 'write four numbers from 0 to 255, such as 192.0.2.1' };
}

export const ipv4 = text('An IPv4 address.', `^${DOTTED}$`, readAddress);

/** An address that one machine can have. */
export const hostAddress = text('The IPv4 address of one machine.', `^${DOTTED}$`, (input): Reading<Ipv4> => {
  const reading = readAddress(input);
  if (reading.value === undefined) return reading;
  const problem = notAMachine(reading.value);
  return problem === undefined
    ? reading
    : { error: problem, mend: 'write the address of a machine, such as 192.0.2.1' };
});

/** An address with the length of its network's prefix. */
export interface AddressWithPrefix {
  readonly address: Ipv4;
  readonly prefix: Ipv4Prefix;
}

export const interfaceAddress = text(
  'IPv4 address and prefix length, such as 192.168.99.10/24.',
  `^${DOTTED}/\\d{1,2}$`,
  (input): Reading<AddressWithPrefix> => {
    const value = parseCidr(input);
    if (value === undefined) {
      const mend =
        parseIpv4(input) === undefined
          ? 'write it as 192.0.2.1/24'
          : `write it with its prefix length: ${input}/24`;
      return { error: 'is no address with prefix length', mend };
    }
    const problem = notAMachine(value.address);
    if (problem !== undefined)
      return { error: problem, mend: 'write the address of a machine, such as 192.0.2.1/24' };
    const { address, prefix } = value;
    if (prefix.length < 31 && address === prefix.network) {
      return {
        error: 'is the network itself (all host bits 0), which no machine has',
        mend: 'count on from here: the first machine has 1 more',
      };
    }
    if (prefix.length < 31 && (address & ~(-1 << (32 - prefix.length))) === ~(-1 << (32 - prefix.length))) {
      return {
        error: 'is the broadcast address of its network (all host bits 1), which no machine has',
        mend: 'the last machine has 1 less',
      };
    }
    return { value };
  },
);

export const prefix = text(
  'A network, such as 10.0.0.0/8.',
  `^${DOTTED}/\\d{1,2}$`,
  (input): Reading<Ipv4Prefix> => {
    const value = parseCidr(input);
    if (value === undefined)
      return { error: 'is no network', mend: 'write it as 10.0.0.0/8; 0.0.0.0/0 is the default route' };
    if (value.address !== value.prefix.network)
      return {
        error: 'has bits set behind the prefix',
        mend: 'set the host bits to 0, or lengthen the prefix',
      };
    return { value: value.prefix };
  },
);

export const base64 = text(
  'Bytes in base64 (RFC 4648 §4); white space does not count.',
  '^[A-Za-z0-9+/=\\s]*$',
  (input): Reading<Uint8Array> => {
    const value = parseBase64(input);
    if (value !== undefined) return { value };
    return { error: 'is no base64', mend: 'write what `base64 FILE` prints, behind a | and indented' };
  },
);

export const mac = text(
  'A MAC address, such as 02:00:00:00:00:01.',
  '^[0-9A-Fa-f:.-]+$',
  (input): Reading<number> => {
    const value = parseMac(input);
    if (value === undefined)
      return { error: 'is no MAC address', mend: 'write six pairs of hexadecimal digits: 02:00:00:00:00:01' };
    if (value === 0 || value === MAC_BROADCAST)
      return { error: 'is no address of a card', mend: 'write, for example, 02:00:00:00:00:01' };
    return { value };
  },
);

/** 100 days: simulated time is exact for 104. */
const MAX_DURATION: Time = 100 * 24 * 3600 * 1_000_000_000;

export const duration = textOrNumber(
  'A time with its unit: 500us, 10ms, 1.5s, 5min, 2h; or 0.',
  (input): Reading<Time> => {
    const value = parseDuration(input);
    if (value === undefined)
      return {
        error: 'is no time',
        mend: `write a number with ns, us, ms, s, min, h or d${/^\d+$/.test(input) ? `: ${input}ms or ${input}s?` : ''}`,
      };
    return value > MAX_DURATION ? { error: 'is too long', mend: 'at most 100d' } : { value };
  },
);

/** A time from `low` to `high` ns. */
export function durationBetween(low: Time, high: Time) {
  return duration.check(
    z.refine((time) => time >= low, `is too short${MEND_MARK}at least ${shortTime(low)}`),
    z.refine((time) => time <= high, `is too long${MEND_MARK}at most ${shortTime(high)}`),
  );
}

function shortTime(time: Time): string {
  return formatDuration(time).replace(' ', '');
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, k: 1000, kb: 1000, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
};

/** `1500`, `64KiB`, `1.5 MB` as a whole number of bytes; undefined when the text is none. */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d{1,12}(?:\.\d{1,9})?)\s*([a-z]{0,3})\s*$/i.exec(text);
  const unit = (match?.[2] ?? '').toLowerCase();
  if (match === null || !Object.hasOwn(SIZE_UNITS, unit)) return undefined;
  const bytes = Number(match[1]) * (SIZE_UNITS[unit] as number);
  return Number.isInteger(bytes) ? bytes : undefined;
}

/** A number of bytes from `low` to `high`. */
export function size(low: number, high: number) {
  return textOrNumber('Bytes: 1500, 64KiB, 1MB.', (input): Reading<number> => {
    const value = parseSize(input);
    if (value === undefined) return { error: 'is no number of bytes', mend: 'write 1500, 64KiB or 1MB' };
    if (value < low) return { error: 'is too small', mend: `at least ${low}` };
    return value > high ? { error: 'is too large', mend: `at most ${high}` } : { value };
  });
}

const RATE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

export const rate = textOrNumber(
  'Bits per second: 9600, 10M, 100Mbit, 1Gbit/s.',
  (input): Reading<number> => {
    const match = /^\s*(\d{1,12}(?:\.\d{1,9})?)\s*([kmgt]?)(?:bit|bps|bit\/s|b\/s)?\s*$/i.exec(input);
    const value =
      match === null ? 0 : Number(match[1]) * (RATE_UNITS[(match[2] as string).toLowerCase()] as number);
    if (value >= 1 && value <= 1e15) return { value };
    return {
      error: 'is no rate',
      mend: 'write bits per second: 9600, 10M, 100Mbit, 1Gbit/s; leave it out for a link without limit',
    };
  },
);

export const probability = textOrNumber('How often it happens: 1% or 0.01.', (input): Reading<number> => {
  const match = /^\s*(\d{1,9}(?:\.\d{1,12})?)\s*(%?)\s*$/.exec(input);
  const value = match === null ? -1 : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (value >= 0 && value <= 1) return { value };
  return { error: 'is no probability', mend: 'write 1% or 0.01; at most 100% or 1' };
});

export const instant = text(
  'Date and time in UTC, such as 2026-01-01T00:00:00Z.',
  undefined,
  (input): Reading<number> => {
    const value = parseInstant(input);
    if (value !== undefined) return { value };
    return { error: 'is no date and time', mend: 'write it as 2026-01-01T00:00:00Z, from 1970 to 9999' };
  },
);

export const url = text(
  'A URL, such as http://www.example.org/.',
  undefined,
  (input): Reading<Url & { readonly text: string }> => {
    const value = parseUrl(input);
    if (!('error' in value)) return { value: { ...value, text: input } };
    return { error: `can not be opened: ${value.error}`, mend: 'write it as http://www.example.org/' };
  },
);

/** A display filter that was found sound; `matches` is compiled. */
export interface LabFilter extends DisplayFilter {
  readonly text: string;
}

export const filter = text(
  'A Wireshark display filter, such as tcp.flags.syn == 1.',
  undefined,
  (input): Reading<LabFilter> => {
    const value = parseFilter(input);
    if ('matches' in value) return { value: { ...value, text: input } };
    return {
      error: `is no filter: ${value.error} at character ${value.position + 1}`,
      mend: 'write it as for Wireshark: ip.src == 192.0.2.1 && tcp.flags.syn == 1',
    };
  },
);

/** One end of a link. */
export interface EndpointName {
  readonly node: string;
  readonly port: string;
}

export const endpoint = text(
  'Node and interface: pc:eth0.',
  '^[^:]+:[^:]+$',
  (input): Reading<EndpointName> => {
    const match = /^([^:]+):([^:]+)$/.exec(input);
    if (match === null)
      return { error: 'names no interface', mend: 'write node and interface with a colon between: pc:eth0' };
    return { value: { node: match[1] as string, port: match[2] as string } };
  },
);

/** A schema for text that must look a certain way. */
export function word(pattern: RegExp, error: string, mend: string) {
  return z.string().check(z.regex(pattern, { error: `${error}${MEND_MARK}${mend}` }));
}

/** Names that need no quoting in a command line, a capture file or a diagram. */
export const nodeName = word(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
  'is no name for a node',
  'up to 63 letters, digits, -, _ and ., beginning with a letter or digit',
);
export const portName = word(
  /^[A-Za-z0-9][A-Za-z0-9_./-]{0,31}$/,
  'is no name for an interface',
  'up to 32 letters, digits, -, _, . and /, beginning with a letter or digit',
);

/** Why no machine can have this address; undefined when one can. */
function notAMachine(address: Ipv4): string | undefined {
  if (address >>> 24 === 0) return 'begins with 0, which means "this network"';
  if (isLoopback(address)) return 'is a loopback address, which every machine has for itself';
  if (isMulticast(address)) return 'is a multicast address, which stands for a group';
  if (address >>> 28 === 15) return 'lies above 240.0.0.0, which is reserved';
  return undefined;
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Seconds since 1970-01-01 UTC of `2026-01-01`, `2026-01-01T12:30Z` or `2026-01-01T12:30:00Z` (RFC 3339 §5.6). */
function parseInstant(input: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?Z?)?$/.exec(input.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = (DAYS_IN_MONTH[month - 1] ?? 0) + (isLeap && month === 2 ? 1 : 0);
  if (year < 1970 || day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return undefined;
  const before = year - 1;
  const leaps = (y: number) => Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const wholeYears = (year - 1970) * 365 + leaps(before) - leaps(1969);
  const inYear = (DAYS_BEFORE_MONTH[month - 1] as number) + (isLeap && month > 2 ? 1 : 0) + day - 1;
  return (wholeYears + inYear) * 86400 + hour * 3600 + minute * 60 + second;
}
