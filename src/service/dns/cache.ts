// A DNS cache: record sets and "there is none", each until its time to live is over.
// Reading list: RFC 1035 §7.4, RFC 2181 §5 (RRsets), RFC 2308 (negative answers), RFC 8767 §4 (TTL limits).

import { NEVER, SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import type { Context } from '../../stack/context.js';
import { type RecordedRow, RecordedTable } from '../../trace/recorded-table.js';
import { atNode } from '../../trace/recorder.js';
import { canonicalName } from '../../wire/dns/name.js';
import type { DnsRecord } from '../../wire/dns/records.js';
import { DNS_TYPE, rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';

/** Seconds; longer times to live are cut to a week (RFC 8767 §4). */
const MAX_CACHE_TTL = 604800;
/** Aliases followed within one answer. */
export const MAX_ALIASES = 16;

export interface DnsCacheRow extends RecordedRow {
  readonly name: string;
  readonly type: number;
  /** Empty: the name or the type does not exist, as `rcode` tells. */
  readonly records: readonly DnsRecord[];
  readonly rcode: number;
  readonly expires: Time;
}

/** What a cache says to a question. */
export interface CacheAnswer {
  /** Aliases first, each with the time to live that is left. */
  readonly records: readonly DnsRecord[];
  /** False: there is none of this type, or no such name, as `rcode` tells. */
  readonly found: boolean;
  readonly rcode: number;
}

export class DnsCache implements TimerOwner {
  private readonly context: Context;
  private readonly table: RecordedTable<string, DnsCacheRow>;
  private readonly ageing: Timer;

  constructor(context: Context) {
    this.context = context;
    this.ageing = context.timer(this, 'dns cache ageing', true);
    this.table = new RecordedTable(context.recorder, atNode(context.node), 'dns-cache', (row) => ({
      name: row.name,
      type: typeName(row.type),
      data:
        row.records.map((record) => formatData(record.data, record.type)).join(', ') || rcodeName(row.rcode),
      ttl: Math.floor((row.expires - context.clock.now) / SECOND),
    }));
  }

  rows(): IterableIterator<DnsCacheRow> {
    return this.table.values();
  }

  /** The row of a name and type; undefined when nothing is known. */
  find(name: string, type: number): DnsCacheRow | undefined {
    return this.table.get(keyOf(name, type));
  }

  /** The answer to a question, by way of aliases; undefined when the rows do not lead to one. */
  answer(name: string, type: number): CacheAnswer | undefined {
    const aliases: DnsRecord[] = [];
    let wanted = name;
    for (let i = 0; i < MAX_ALIASES; i++) {
      const row = this.find(wanted, type);
      if (row !== undefined) {
        const records = [...aliases, ...this.recordsOf(row)];
        return { records, found: row.records.length > 0, rcode: row.rcode };
      }
      const alias = this.find(wanted, DNS_TYPE.CNAME);
      const target = alias?.records[0]?.data;
      if (alias === undefined || target?.kind !== 'CNAME') return undefined;
      aliases.push(...this.recordsOf(alias));
      wanted = target.name;
    }
    return undefined;
  }

  /** The records of a row with the time to live that is left, in seconds. */
  recordsOf(row: DnsCacheRow): DnsRecord[] {
    const left = Math.max(0, Math.floor((row.expires - this.context.clock.now) / SECOND));
    return row.records.map((record) => ({ ...record, ttl: left }));
  }

  /** Keeps the records of one name and type for the least of their times to live; 0 is not kept. */
  add(name: string, type: number, records: readonly DnsRecord[]): void {
    this.put(name, type, records, 0, Math.min(...records.map((record) => usableTtl(record.ttl))));
  }

  /** Keeps that there is nothing, for `ttl` seconds (RFC 2308 §5). */
  addNegative(name: string, type: number, rcode: number, ttl: number): void {
    this.put(name, type, [], rcode, usableTtl(ttl));
  }

  clear(): void {
    for (const [key] of [...this.table.entries()]) this.table.remove(key, 'cleared');
  }

  timerFired(): void {
    const { now } = this.context.clock;
    let next = NEVER;
    for (const [key, row] of [...this.table.entries()]) {
      if (row.expires <= now) this.table.remove(key, 'aged');
      else if (row.expires < next) next = row.expires;
    }
    if (next !== NEVER) this.ageing.set(next);
  }

  private put(name: string, type: number, records: readonly DnsRecord[], rcode: number, ttl: number): void {
    if (ttl <= 0) return;
    const expires = this.context.clock.now + ttl * SECOND;
    this.table.set(keyOf(name, type), { name, type, records, rcode, expires, recordedAs: -1 });
    if (this.ageing.at > expires) this.ageing.set(expires);
  }
}

/** Seconds a record may be kept: with the upper bit set it counts as 0 (RFC 2181 §8). */
function usableTtl(ttl: number): number {
  return ttl >= 0x80000000 ? 0 : Math.min(ttl, MAX_CACHE_TTL);
}

function keyOf(name: string, type: number): string {
  return `${canonicalName(name)} ${typeName(type)}`;
}
