// Lines of zone files: `www 3600 A 192.0.2.1` in a zone, with names that count from the zone's own, and complete names
// in a cache.
// Reading list: RFC 1035 §5.1 (relative names, @).

import { isSubdomain, parseName } from '../wire/dns/name.js';
import { DATA_FORMATS, type DnsRecord } from '../wire/dns/records.js';
import { DNS_CLASS, typeNumber } from '../wire/dns/registry.js';
import { parseRecord } from '../wire/dns/zone-text.js';

/** Seconds, where a line gives none. */
const DEFAULT_TTL = 3600;

export interface ZoneLines {
  /** The zone's name without the dot at the end; `.` for the root. */
  readonly origin: string;
  readonly records: readonly DnsRecord[];
  /** What is wrong, by line from 0; −1: the name of the zone. */
  readonly problems: readonly { readonly line: number; readonly error: string }[];
}

/** Reads the records of a zone. */
export function readZone(name: string, lines: readonly string[]): ZoneLines {
  const origin = name === '.' ? '.' : name.replace(/\.$/, '');
  const parsed = parseName(origin);
  if ('error' in parsed) return { origin, records: [], problems: [{ line: -1, error: parsed.error }] };
  const records: DnsRecord[] = [];
  const problems: { line: number; error: string }[] = [];
  lines.forEach((text, line) => {
    const record = readRecord(text, origin);
    if ('error' in record) problems.push({ line, error: record.error });
    else if (!isSubdomain(record.name, origin))
      problems.push({ line, error: `${record.name} lies outside the zone ${origin}` });
    else records.push(record);
  });
  return { origin, records, problems };
}

/** Reads a record: name, time to live and class (both may be missing), type, data. Without `origin` names are complete. */
export function readRecord(line: string, origin?: string): DnsRecord | { readonly error: string } {
  const match =
    /^\s*(\S+)\s+(?:(\d{1,10})\s+)?(?:IN\s+)?(?:(\d{1,10})\s+)?([A-Za-z][A-Za-z0-9-]*)\s+(\S.*)$/s.exec(line);
  if (match === null) return { error: `"${line}" is no record` };
  const [, owner, ttlBefore, ttlBehind, typeWord, rest] = match as unknown as [
    string,
    string,
    string?,
    string?,
    string?,
    string?,
  ];
  const ttl = Number(ttlBefore ?? ttlBehind ?? DEFAULT_TTL);
  if (ttl > 0x7fffffff) return { error: `a time to live of ${ttl} s is too long; 2147483647 is the limit` };
  const type = typeNumber(typeWord as string);
  if (type === undefined) return { error: `"${typeWord}" is no record type` };
  const name = completed(owner, origin);
  const parsed = parseName(name);
  if ('error' in parsed) return { error: parsed.error };
  const data = parseRecord(typeWord as string, withCompleteNames(type, rest as string, origin));
  if ('error' in data) return data;
  return { name: name === '.' ? name : name.replace(/\.$/, ''), type, class: DNS_CLASS.IN, ttl, data };
}

/** A name as it stands in a zone file, complete: `@` is the zone, what has no dot at its end counts from the zone. */
function completed(name: string, origin: string | undefined): string {
  if (origin === undefined || (name.endsWith('.') && !name.endsWith('\\.'))) return name;
  if (name === '@') return origin;
  return origin === '.' ? name : `${name}.${origin}`;
}

function withCompleteNames(type: number, text: string, origin: string | undefined): string {
  const parts = DATA_FORMATS[type]?.parts ?? [];
  if (origin === undefined || !parts.some(({ shape }) => shape === 'name' || shape === 'plain-name'))
    return text;
  // Types with names have no quoted text, so their words are what stands between spaces.
  const unfolded = text.replace(/(\\.)|[()]/gs, (_, escaped?: string) => escaped ?? ' ');
  const words = unfolded.trim().split(/\s+/);
  return words
    .map((word, i) =>
      parts[i]?.shape === 'name' || parts[i]?.shape === 'plain-name' ? completed(word, origin) : word,
    )
    .join(' ');
}
