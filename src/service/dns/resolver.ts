// The stub resolver of an operating system: hosts file, cache, then a question to a DNS server.
// Reading list: RFC 1034 §5.3.1 (stub resolvers), RFC 1123 §6.1.3, RFC 5452 (which answers to believe), RFC 2308.

import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/address.js';
import type { Context } from '../../stack/context.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { DnsMessage, DnsQuestion } from '../../wire/dns/message.js';
import { canonicalName, parseName, sameName } from '../../wire/dns/name.js';
import type { DnsRecord } from '../../wire/dns/records.js';
import { DNS_CLASS, DNS_TYPE, RCODE, rcodeName, typeName } from '../../wire/dns/registry.js';
import { Activity, tell } from '../activity.js';
import { DnsCache, MAX_ALIASES } from './cache.js';
import {
  DnsQuery,
  type DnsQueryAnswer,
  type DnsQueryListener,
  formatRecords,
  type Judgement,
  tellAnswer,
} from './query.js';

/** What a look-up came to. */
export interface Resolution {
  readonly name: string;
  readonly type: number;
  /** All records of the answer, aliases first; empty when it failed. */
  readonly records: readonly DnsRecord[];
  readonly source: 'literal' | 'hosts' | 'cache' | 'server';
  /**
   * Why there is none: a response code's name, or `TIMEOUT`, `NODATA`, `TRUNCATED`, `ENETUNREACH`, `ECONNREFUSED`,
   * `NO SERVER`, `BAD NAME`.
   */
  readonly error?: string;
  /** The whole message, when a server answered. */
  readonly message?: DnsMessage;
}

export type ResolutionHandler = (resolution: Resolution) => void;

export class Resolver {
  /** Asked in this order. */
  servers: Ipv4[] = [];
  readonly cache: DnsCache;
  private readonly stack: NetworkStack;
  private readonly hosts = new Map<string, Ipv4[]>();

  constructor(stack: NetworkStack) {
    this.stack = stack;
    this.cache = new DnsCache(stack.context);
  }

  /** Adds a line to the hosts file. */
  addHost(name: string, address: Ipv4): void {
    const key = canonicalName(name);
    this.hosts.set(key, [...(this.hosts.get(key) ?? []), address]);
  }

  /** Lines of the hosts file. */
  *hostsFile(): Generator<[name: string, address: Ipv4]> {
    for (const [name, addresses] of this.hosts) for (const address of addresses) yield [name, address];
  }

  /** Can this be answered without asking a server? */
  knows(name: string, type: number): boolean {
    const fixed =
      type === DNS_TYPE.A && (parseIpv4(name) !== undefined || this.hosts.has(canonicalName(name)));
    return fixed || this.fromCache(name, type) !== undefined;
  }

  /** Finds the IPv4 addresses of a name. The handler may be called before this returns. */
  lookup(name: string, done: (addresses: Ipv4[], resolution: Resolution) => void): void {
    this.query(name, DNS_TYPE.A, (resolution) => {
      const addresses = resolution.records.flatMap(({ data }) => (data.kind === 'A' ? [data.address] : []));
      done(addresses, resolution);
    });
  }

  /** Finds the records of a name and type. The handler may be called before this returns. */
  query(name: string, type: number, done: ResolutionHandler): void {
    const { context } = this.stack;
    const literal = parseIpv4(name);
    if (literal !== undefined && type === DNS_TYPE.A) {
      done({ name, type, records: [addressRecord(name, literal)], source: 'literal' });
      return;
    }
    const activity = new Activity(context, 'resolve', name, { type: typeName(type) });
    const finish = (resolution: Resolution): void => {
      activity.end(resolution.error === undefined, resolution.error ?? formatRecords(resolution.records));
      done(resolution);
    };
    if ('error' in parseName(name)) {
      tell(context, 'resolver.failed', { name, error: 'BAD NAME' });
      finish({ name, type, records: [], source: 'literal', error: 'BAD NAME' });
      return;
    }
    const fixed = type === DNS_TYPE.A ? this.hosts.get(canonicalName(name)) : undefined;
    if (fixed !== undefined) {
      tell(context, 'resolver.hosts-hit', { name, address: fixed.map(formatIpv4).join(', ') });
      finish({ name, type, records: fixed.map((address) => addressRecord(name, address)), source: 'hosts' });
      return;
    }
    const cached = this.fromCache(name, type);
    if (cached !== undefined) {
      const left = cached.records[0]?.ttl ?? 0;
      const data = formatRecords(cached.records);
      tell(context, 'resolver.cache-hit', {
        name,
        type: typeName(type),
        data: data || (cached.error ?? ''),
        ttl: left,
      });
      finish(cached);
      return;
    }
    tell(context, 'resolver.cache-miss', { name, type: typeName(type) });
    if (this.servers.length === 0) {
      tell(context, 'resolver.failed', { name, error: 'NO SERVER' });
      finish({ name, type, records: [], source: 'server', error: 'NO SERVER' });
      return;
    }
    const question = { name, type, class: DNS_CLASS.IN };
    new DnsQuery(this.stack, this.servers, question, new LookUp(this, context, question, finish)).start();
  }

  /** Keeps what an answer says, in sets by name and type; only what the question led to. @internal */
  keep(name: string, type: number, message: DnsMessage): void {
    const chain = aliasChain(name, type, message.answers);
    for (const set of chain) this.cache.add((set[0] as DnsRecord).name, (set[0] as DnsRecord).type, set);
    const last = chain.at(-1)?.[0];
    const reached = last !== undefined && last.type === type;
    const soa = message.authorities.find((record) => record.data.kind === 'SOA');
    if (
      !reached &&
      soa?.data.kind === 'SOA' &&
      (message.rcode === RCODE.NXDOMAIN || message.rcode === RCODE.NOERROR)
    ) {
      const end = last?.data.kind === 'CNAME' ? last.data.name : name;
      this.cache.addNegative(end, type, message.rcode, Math.min(soa.ttl, soa.data.minimum));
    }
  }

  private fromCache(name: string, type: number): Resolution | undefined {
    const answer = this.cache.answer(name, type);
    if (answer === undefined) return undefined;
    const base = { name, type, records: answer.records, source: 'cache' } as const;
    if (answer.found) return base;
    return { ...base, error: answer.rcode === RCODE.NOERROR ? 'NODATA' : rcodeName(answer.rcode) };
  }
}

/** A look-up that has to ask: which answers to believe, and what they say. */
class LookUp implements DnsQueryListener {
  private readonly resolver: Resolver;
  private readonly context: Context;
  private readonly question: DnsQuestion;
  private readonly done: ResolutionHandler;

  constructor(resolver: Resolver, context: Context, question: DnsQuestion, done: ResolutionHandler) {
    this.resolver = resolver;
    this.context = context;
    this.question = question;
    this.done = done;
  }

  judge({ message, malformed }: DnsQueryAnswer): Judgement {
    // Only what was asked (RFC 5452 §9.1).
    const question = message.questions[0];
    if (question === undefined || malformed) return 'wait';
    if (question.type !== this.question.type || question.class !== this.question.class) return 'wait';
    if (!sameName(question.name, this.question.name)) return 'wait';
    // Differs: RFC 1123 §6.1.3.2 asks again with TCP; a part of an answer is none.
    if (message.truncated) return { next: 'TRUNCATED' };
    if (message.rcode === RCODE.NOERROR || message.rcode === RCODE.NXDOMAIN) return 'take';
    return { next: rcodeName(message.rcode) };
  }

  answered(answer: DnsQueryAnswer): void {
    const { name, type } = this.question;
    const { message } = answer;
    const records = aliasChain(name, type, message.answers).flat();
    tellAnswer(this.context, this.question, answer, records);
    this.resolver.keep(name, type, message);
    const base = { name, type, records, source: 'server', message } as const;
    if (records.some((record) => record.type === type)) this.done(base);
    else this.done({ ...base, error: message.rcode === RCODE.NOERROR ? 'NODATA' : rcodeName(message.rcode) });
  }

  failed(error: string): void {
    const { name, type } = this.question;
    this.done({ name, type, records: [], source: 'server', error });
  }
}

/** The record sets that lead from the name to the type asked for: aliases, then the set itself, if it is there. */
function aliasChain(name: string, type: number, answers: readonly DnsRecord[]): DnsRecord[][] {
  const chain: DnsRecord[][] = [];
  let next = name;
  for (let i = 0; i < MAX_ALIASES; i++) {
    const current = next;
    const set = answers.filter((record) => record.type === type && sameName(record.name, current));
    if (set.length > 0) {
      chain.push(set);
      break;
    }
    const alias = answers.find((record) => record.type === DNS_TYPE.CNAME && sameName(record.name, current));
    if (alias?.data.kind !== 'CNAME') break;
    chain.push([alias]);
    next = alias.data.name;
  }
  return chain;
}

function addressRecord(name: string, address: Ipv4): DnsRecord {
  return { name, type: DNS_TYPE.A, class: DNS_CLASS.IN, ttl: 0, data: { kind: 'A', address } };
}
