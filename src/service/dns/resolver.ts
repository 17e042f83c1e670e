// The stub resolver of an operating system: hosts file, cache, then a question to a DNS server.
// Reading list: RFC 1034 §5.3.1 (stub resolvers), RFC 1123 §6.1.3, RFC 5452 (which answers to believe), RFC 2308.

import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Timer, TimerOwner } from '../../base/timer.js';
import { drawNumber } from '../../stack/context.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { IcmpErrorReport } from '../../stack/ipv4-packet.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { UdpListener, UdpSocket } from '../../stack/udp.js';
import { type DnsMessage, newDnsMessage, readDnsMessage, writeDnsMessage } from '../../wire/dns/message.js';
import { canonicalName, parseName, sameName } from '../../wire/dns/name.js';
import type { DnsRecord } from '../../wire/dns/records.js';
import { DNS_CLASS, DNS_TYPE, RCODE, rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { PORT } from '../../wire/iana.js';
import { Activity, tell } from '../activity.js';
import { DnsCache } from './cache.js';

/** What a look-up came to. */
export interface Resolution {
  readonly name: string;
  readonly type: number;
  /** All records of the answer, aliases first; empty when it failed. */
  readonly records: readonly DnsRecord[];
  readonly source: 'literal' | 'hosts' | 'cache' | 'server';
  /** Why there is none: a response code's name, or `TIMEOUT`, `NODATA`, `ENETUNREACH`, `ECONNREFUSED`, `NO SERVER`, `BAD NAME`. */
  readonly error?: string;
  /** The whole message, when a server answered. */
  readonly message?: DnsMessage;
}

export type ResolutionHandler = (resolution: Resolution) => void;

/** How long a server may take, and how often each is asked, as other stub resolvers have it. */
const TIMEOUT: Time = 5 * SECOND;
const ATTEMPTS = 2;
/** Aliases followed within one answer. */
const MAX_ALIASES = 16;

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
      const found = resolution.records.map((record) => formatData(record.data, record.type)).join(', ');
      activity.end(resolution.error === undefined, resolution.error ?? found);
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
      const data = cached.records.map((record) => formatData(record.data, record.type)).join(', ');
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
    new Question(this.stack, this, name, type, finish).ask();
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
    const records: DnsRecord[] = [];
    let next = name;
    for (let i = 0; i < MAX_ALIASES; i++) {
      const row = this.cache.find(next, type);
      if (row !== undefined) {
        records.push(...this.cache.recordsOf(row));
        if (row.records.length > 0) return { name, type, records, source: 'cache' };
        const error = row.rcode === RCODE.NOERROR ? 'NODATA' : rcodeName(row.rcode);
        return { name, type, records, source: 'cache', error };
      }
      const alias = this.cache.find(next, DNS_TYPE.CNAME);
      const target = alias?.records[0]?.data;
      if (alias === undefined || target?.kind !== 'CNAME') return undefined;
      records.push(...this.cache.recordsOf(alias));
      next = target.name;
    }
    return undefined;
  }
}

/** One question on its way: asked of the servers in turn until one answers. */
class Question implements UdpListener, TimerOwner {
  private readonly stack: NetworkStack;
  private readonly resolver: Resolver;
  private readonly name: string;
  private readonly type: number;
  private readonly done: ResolutionHandler;
  private readonly timer: Timer;
  private socket: UdpSocket | null = null;
  private id = 0;
  private server: Ipv4 = 0;
  private asked = 0;
  private failure = 'TIMEOUT';

  constructor(stack: NetworkStack, resolver: Resolver, name: string, type: number, done: ResolutionHandler) {
    this.stack = stack;
    this.resolver = resolver;
    this.name = name;
    this.type = type;
    this.done = done;
    this.timer = stack.context.timer(this, `dns ${name}`);
  }

  ask(): void {
    const { context, udp } = this.stack;
    const { servers } = this.resolver;
    if (this.asked >= ATTEMPTS * servers.length) {
      this.fail(this.failure);
      return;
    }
    this.server = servers[this.asked % servers.length] as Ipv4;
    // A fresh port and id for every try make answers hard to forge (RFC 5452 §9.2).
    this.socket?.close();
    const socket = udp.open(0, this);
    if (typeof socket === 'string') {
      this.fail(socket);
      return;
    }
    this.socket = socket;
    this.id = drawNumber(context, 'dns-id', 0, 0xffff);
    const facts = {
      name: this.name,
      type: typeName(this.type),
      server: formatIpv4(this.server),
      id: this.id,
      'source port': socket.port,
    };
    tell(context, this.asked === 0 ? 'resolver.query' : 'resolver.retry', facts);
    this.asked++;
    const question = { name: this.name, type: this.type, class: DNS_CLASS.IN };
    const message = newDnsMessage({ id: this.id, recursionDesired: true, questions: [question] });
    this.timer.set(context.clock.now + TIMEOUT);
    const error = socket.send(writeDnsMessage(message), { address: this.server, port: PORT.domain });
    if (error !== undefined) this.next(error);
  }

  received(data: Uint8Array, from: Endpoint): void {
    // Only what was asked, by whom it was asked of (RFC 5452 §9.1).
    if (from.address !== this.server || from.port !== PORT.domain) return;
    const { message } = readDnsMessage(data.slice());
    const question = message.questions[0];
    if (!message.response || message.id !== this.id || question === undefined) return;
    if (question.type !== this.type || !sameName(question.name, this.name)) return;
    if (message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN) {
      this.next(rcodeName(message.rcode));
      return;
    }
    this.finish();
    const chain = aliasChain(this.name, this.type, message.answers);
    const records = chain.flat();
    const found = records.some((record) => record.type === this.type);
    tell(this.stack.context, 'resolver.answer', {
      name: this.name,
      type: typeName(this.type),
      rcode: rcodeName(message.rcode),
      data: records.map((record) => formatData(record.data, record.type)).join(', '),
      ttl: records.length === 0 ? 0 : Math.min(...records.map((record) => record.ttl)),
      server: formatIpv4(this.server),
    });
    this.resolver.keep(this.name, this.type, message);
    const base = { name: this.name, type: this.type, source: 'server', message } as const;
    if (found) this.done({ ...base, records });
    else {
      const error = message.rcode === RCODE.NOERROR ? 'NODATA' : rcodeName(message.rcode);
      this.done({ ...base, records, error });
    }
  }

  failed(error: IcmpErrorReport): void {
    if (error.type === 3) this.next(error.code === 3 ? 'ECONNREFUSED' : 'EHOSTUNREACH');
  }

  timerFired(): void {
    this.failure = 'TIMEOUT';
    this.ask();
  }

  /** This server will not answer: the next one. */
  private next(failure: string): void {
    this.failure = failure;
    this.timer.clear();
    this.ask();
  }

  private fail(error: string): void {
    this.finish();
    tell(this.stack.context, 'resolver.failed', { name: this.name, error });
    this.done({ name: this.name, type: this.type, records: [], source: 'server', error });
  }

  private finish(): void {
    this.timer.clear();
    this.socket?.close();
    this.socket = null;
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
