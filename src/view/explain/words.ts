// Words for sentences: names, lists, numbers and times as people write them.

import { parseIpv4 } from '../../base/address.js';
import { formatDuration, MICROSECOND, MILLISECOND, SECOND, type Time } from '../../base/time.js';
import type { WorldDescription } from '../../trace/events.js';

/** How a node is called within a sentence. */
export function nodeName(world: WorldDescription, node: number): string {
  const description = world.nodes[node];
  return description?.label ?? description?.name ?? `node ${node}`;
}

/** The nodes that are called by their names alone. */
export function bareNames(world: WorldDescription): ReadonlySet<string> {
  return new Set(world.nodes.flatMap(({ name, label }) => (label === undefined ? [name] : [])));
}

/** A sentence begins with a capital, unless it begins with the bare name of a node. */
export function capital(bare: ReadonlySet<string>, sentence: string): string {
  const first = sentence.charAt(0).toUpperCase();
  if (sentence.startsWith(first)) return sentence;
  for (const { index } of sentence.matchAll(/[\s,]/g))
    if (bare.has(sentence.slice(0, index))) return sentence;
  return first + sentence.slice(1);
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 byte`, `2 bytes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `once`, `a second time`, `a third time`, `a 4th time`. */
export function times(number: number): string {
  if (number <= 1) return 'once';
  return ['', '', 'a second time', 'a third time'][number] ?? `a ${number}th time`;
}

/** What codes of failures mean. */
const FAILURES: Readonly<Record<string, string>> = {
  NXDOMAIN: 'this name does not exist',
  NODATA: 'the name exists, but not with what was asked for',
  REFUSED: 'the server does not answer such questions',
  SERVFAIL: 'the server could not find out',
  TIMEOUT: 'no answer came in time',
  'NO SERVER': 'no DNS server is configured',
  'BAD NAME': 'this is no valid host name',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side has reset the connection',
  ETIMEDOUT: 'no answer came in time',
  EHOSTUNREACH: 'the machine can not be reached',
  ENETUNREACH: 'no route leads there',
};

/** `nobody listens there (ECONNREFUSED)`; what is no code stays as it is. */
export function failureText(code: string): string {
  const text = FAILURES[code];
  return text === undefined ? code : `${text} (${code})`;
}

/** Is this a code of a failure? */
export function isFailure(code: string): boolean {
  return FAILURES[code] !== undefined;
}

/** Do the records of an answer lead to the address by another name? */
export function hasAlias(data: string): boolean {
  const parts = data.split(', ').map((part) => parseIpv4(part) !== undefined);
  return parts.includes(true) && parts.includes(false);
}

/** What records say of a name: `www.example.org is another name for web.example.org, which is 192.0.2.1`. */
export function meaningOf(name: string, data: string): string {
  const parts = data.split(', ');
  const addresses = parts.filter((part) => parseIpv4(part) !== undefined);
  const aliases = parts
    .filter((part) => parseIpv4(part) === undefined)
    .map((part) => part.replace(/\.$/, ''));
  if (!hasAlias(data)) return `${name} is ${list(parts)}`;
  return `${name} is another name for ${aliases.join(', that for ')}, which is ${list(addresses)}`;
}

/** Seconds in words a person would use: `86399 s (24 hours)`. */
export function lifetime(seconds: number): string {
  const units: readonly [number, string][] = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  for (const [size, unit] of units) {
    const amount = Math.round(seconds / size);
    if (seconds >= size * 0.99 && amount >= 1 && seconds > 90) return `${seconds} s (${count(amount, unit)})`;
  }
  return `${seconds} s`;
}

/** Durations from, and to what they are rounded: about four digits. */
const ROUNDED_TO: readonly (readonly [from: Time, step: Time])[] = [
  [SECOND, MILLISECOND],
  [100 * MILLISECOND, 100 * MICROSECOND],
  [MILLISECOND, 10 * MICROSECOND],
  [10 * MICROSECOND, MICROSECOND / 10],
];

/** How long something took, in about four digits: `14.8 ms`. */
export function duration(time: Time): string {
  const step = ROUNDED_TO.find(([from]) => time >= from)?.[1] ?? 1;
  return formatDuration(Math.round(time / step) * step);
}
