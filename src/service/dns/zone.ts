// A zone: the names one server answers for with authority, and where it hands over to others.
// Reading list: RFC 1034 §4.3.2 (the algorithm), §4.3.3 (wildcards), RFC 2308 §2 (there is none), RFC 4592.

import { canonicalName, isSubdomain, parentName, sameName } from '../../wire/dns/name.js';
import type { DnsRecord } from '../../wire/dns/records.js';
import { DNS_CLASS, DNS_TYPE, RCODE } from '../../wire/dns/registry.js';

/** What a zone says to a question. */
export interface ZoneAnswer {
  readonly rcode: number;
  /** False for a referral. */
  readonly authoritative: boolean;
  readonly answers: DnsRecord[];
  readonly authorities: DnsRecord[];
  readonly additionals: DnsRecord[];
}

const MAX_ALIASES = 16;

export class Zone {
  /** The name at its top, such as `example.org`; `.` for the root. */
  readonly origin: string;
  private readonly byName = new Map<string, DnsRecord[]>();

  constructor(origin: string, records: readonly DnsRecord[]) {
    this.origin = origin;
    for (const record of records) {
      const key = canonicalName(record.name);
      const there = this.byName.get(key);
      if (there === undefined) this.byName.set(key, [record]);
      else there.push(record);
    }
  }

  get records(): DnsRecord[] {
    return [...this.byName.values()].flat();
  }

  answer(name: string, type: number): ZoneAnswer {
    const answers: DnsRecord[] = [];
    let wanted = name;
    for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      const cut = this.cutAbove(wanted);
      if (cut !== undefined) return this.referral(cut, answers);
      const records = this.recordsAt(wanted);
      if (records === undefined) return this.negative(RCODE.NXDOMAIN, answers);
      const matching = records.filter((record) => record.type === type || type === 255);
      if (matching.length > 0) {
        answers.push(...matching);
        return {
          rcode: RCODE.NOERROR,
          authoritative: true,
          answers,
          authorities: [],
          additionals: this.glue(matching),
        };
      }
      const alias = records.find((record) => record.type === DNS_TYPE.CNAME);
      if (alias?.data.kind !== 'CNAME') return this.negative(RCODE.NOERROR, answers);
      // Aliases in a circle lead nowhere: each is told once.
      if (answers.some((told) => sameName(told.name, alias.name))) break;
      answers.push(alias);
      wanted = alias.data.name;
      // The rest of the chain is somebody else's: whoever asked goes on there.
      if (!isSubdomain(wanted, this.origin)) break;
    }
    return { rcode: RCODE.NOERROR, authoritative: true, answers, authorities: [], additionals: [] };
  }

  /** The records at a name, by wildcard if need be; empty where the name only has names below it; undefined: none. */
  private recordsAt(name: string): DnsRecord[] | undefined {
    const key = canonicalName(name);
    const exact = this.byName.get(key);
    if (exact !== undefined) return exact;
    if (this.hasBelow(key)) return [];
    // The closest ancestor that exists decides which wildcard counts (RFC 4592 §3.3.1).
    for (
      let parent = parentName(key);
      parent !== undefined && isSubdomain(parent, this.origin);
      parent = parentName(parent)
    ) {
      const wildcard = this.byName.get(parent === '.' ? '*' : `*.${parent}`);
      if (wildcard !== undefined) return wildcard.map((record) => ({ ...record, name }));
      if (this.byName.has(parent) || this.hasBelow(parent)) return undefined;
    }
    return undefined;
  }

  private hasBelow(key: string): boolean {
    for (const other of this.byName.keys()) if (other !== key && isSubdomain(other, key)) return true;
    return false;
  }

  /** The highest delegation at or above a name, below the zone's own top. */
  private cutAbove(name: string): string | undefined {
    let cut: string | undefined;
    for (
      let at: string | undefined = canonicalName(name);
      at !== undefined && !sameName(at, this.origin);
      at = parentName(at)
    ) {
      if (this.byName.get(at)?.some((record) => record.type === DNS_TYPE.NS)) cut = at;
    }
    return cut;
  }

  private referral(cut: string, answers: DnsRecord[]): ZoneAnswer {
    const authorities = (this.byName.get(canonicalName(cut)) ?? []).filter(
      (record) => record.type === DNS_TYPE.NS,
    );
    return {
      rcode: RCODE.NOERROR,
      authoritative: answers.length > 0,
      answers,
      authorities,
      additionals: this.glue(authorities),
    };
  }

  private negative(rcode: number, answers: DnsRecord[]): ZoneAnswer {
    const soa = (this.byName.get(canonicalName(this.origin)) ?? []).find(
      (record) => record.type === DNS_TYPE.SOA,
    );
    const authorities =
      soa?.data.kind === 'SOA' ? [{ ...soa, ttl: Math.min(soa.ttl, soa.data.minimum) }] : [];
    return { rcode, authoritative: true, answers, authorities, additionals: [] };
  }

  /** Addresses of the names that records point to, as far as the zone has them. */
  private glue(records: readonly DnsRecord[]): DnsRecord[] {
    const glue: DnsRecord[] = [];
    for (const { data } of records) {
      const target =
        data.kind === 'NS'
          ? data.name
          : data.kind === 'MX'
            ? data.exchange
            : data.kind === 'SRV'
              ? data.target
              : undefined;
      if (target === undefined || !isSubdomain(target, this.origin)) continue;
      for (const record of this.byName.get(canonicalName(target)) ?? []) {
        if (record.type === DNS_TYPE.A || record.type === DNS_TYPE.AAAA) glue.push(record);
      }
    }
    return glue;
  }
}

/** A record in class IN. */
export function record(name: string, type: number, ttl: number, data: DnsRecord['data']): DnsRecord {
  return { name, type, class: DNS_CLASS.IN, ttl, data };
}
