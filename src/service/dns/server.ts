// A DNS server: answers from its zones with authority, and from its cache without.
// Reading list: RFC 1034 §4.3, RFC 1035 §4.2.1 (UDP, 512 bytes), RFC 6891 (EDNS), RFC 8020, RFC 8482 (ANY).

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { NetworkStack } from '../../stack/network-stack.js';
import type { UdpListener, UdpSocket } from '../../stack/udp-socket.js';
import {
  DNS_HEADER,
  type DnsMessage,
  fullRcode,
  newDnsMessage,
  optOf,
  readDnsMessage,
  writeDnsMessage,
} from '../../wire/dns/message.js';
import { isSubdomain, nameLabels } from '../../wire/dns/name.js';
import { optRecord } from '../../wire/dns/records.js';
import { DNS_CLASS, OPCODE, RCODE, rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { PORT } from '../../wire/iana.js';
import { Activity, tell } from '../activity.js';
import { DnsCache } from './cache.js';
import type { Zone, ZoneAnswer } from './zone.js';

/** Without EDNS an answer over UDP has at most this many bytes (RFC 1035 §4.2.1). */
const PLAIN_UDP_SIZE = 512;
/** What we say we can take (RFC 6891 §6.2.5, and the DNS flag day's 1232). */
const OWN_UDP_SIZE = 1232;

export class DnsServer implements UdpListener {
  readonly cache: DnsCache;
  private readonly zones: Zone[] = [];
  private readonly stack: NetworkStack;
  private readonly socket: UdpSocket;

  /** @throws RangeError when something else has the port already */
  constructor(stack: NetworkStack) {
    this.stack = stack;
    this.cache = new DnsCache(stack.context);
    const socket = stack.udp.open(PORT.domain, this);
    if (typeof socket === 'string')
      throw new RangeError(`${stack.context.name} has a program on UDP port 53 already`);
    this.socket = socket;
  }

  addZone(zone: Zone): void {
    this.zones.push(zone);
  }

  received(data: Uint8Array, from: Endpoint, to: Ipv4): void {
    const { message: query, problems } = readDnsMessage(data.slice());
    // Never answer an answer: two servers would talk for ever. What has no whole header has no id to answer to.
    if (query.response || data.length < DNS_HEADER) return;
    const question = query.questions[0];
    const asked = question === undefined ? '' : question.name;
    const type = question === undefined ? '' : typeName(question.type);
    tell(this.stack.context, 'dns.query-received', {
      name: asked,
      type,
      from: formatIpv4(from.address),
      id: query.id,
    });
    const activity = new Activity(this.stack.context, 'dns-answer', asked, {
      type,
      from: formatIpv4(from.address),
    });
    const response = this.respond(
      query,
      problems.some((problem) => problem.severity === 'error'),
    );
    const limit = Math.max(PLAIN_UDP_SIZE, Math.min(optOf(query)?.udpSize ?? PLAIN_UDP_SIZE, OWN_UDP_SIZE));
    let bytes = writeDnsMessage(response);
    if (bytes.length > limit) {
      const cut = { ...response, truncated: true, answers: [], authorities: [], additionals: [] };
      bytes = writeDnsMessage({
        ...cut,
        additionals: response.additionals.filter(({ data: { kind } }) => kind === 'OPT'),
      });
    }
    const outcome = response.answers.map((record) => formatData(record.data, record.type)).join(', ');
    tell(this.stack.context, 'dns.answer-sent', {
      name: asked,
      type,
      rcode: rcodeName(fullRcode(response)),
      data: outcome,
      authoritative: response.authoritative,
      to: formatIpv4(from.address),
      source: sourceOf(response),
    });
    // The answer comes from the address that was asked, as the client checks (RFC 2181 §4.1).
    this.socket.send(bytes, from, this.stack.ipv4.isLocal(to) ? { source: to } : undefined);
    const rcode = fullRcode(response);
    activity.end(rcode === RCODE.NOERROR, outcome || rcodeName(rcode));
  }

  private respond(query: DnsMessage, malformed: boolean): DnsMessage {
    const base = newDnsMessage({
      id: query.id,
      response: true,
      opcode: query.opcode,
      recursionDesired: query.recursionDesired,
      questions: query.questions,
    });
    const opt = optOf(query);
    if (opt !== undefined) base.additionals = [optRecord(OWN_UDP_SIZE)];
    const question = query.questions[0];
    if (malformed || query.questions.length !== 1 || question === undefined)
      return { ...base, rcode: RCODE.FORMERR };
    if (opt !== undefined && opt.version > 0) {
      // BADVERS does not fit into the header: its upper bits are in the OPT record (RFC 6891 §6.1.3).
      return { ...base, additionals: [optRecord(OWN_UDP_SIZE, { extendedRcode: RCODE.BADVERS >> 4 })] };
    }
    if (query.opcode !== OPCODE.QUERY) return { ...base, rcode: RCODE.NOTIMP };
    if (question.class !== DNS_CLASS.IN && question.class !== DNS_CLASS.ANY)
      return { ...base, rcode: RCODE.REFUSED };
    const zone = this.zoneFor(question.name);
    if (zone !== undefined) return withAnswer(base, zone.answer(question.name, question.type));
    const known = this.cache.answer(question.name, question.type);
    if (known !== undefined) {
      return { ...base, recursionAvailable: true, rcode: known.rcode, answers: [...known.records] };
    }
    return { ...base, rcode: RCODE.REFUSED };
  }

  /** The zone with the longest name above the question's. */
  private zoneFor(name: string): Zone | undefined {
    let best: Zone | undefined;
    for (const zone of this.zones) {
      if (!isSubdomain(name, zone.origin)) continue;
      if (best === undefined || nameLabels(zone.origin).length > nameLabels(best.origin).length) best = zone;
    }
    return best;
  }
}

/** Where a response comes from. */
function sourceOf(response: DnsMessage): 'zone' | 'cache' | 'referral' | 'nothing' {
  if (response.authoritative) return 'zone';
  if (response.recursionAvailable) return 'cache';
  return response.authorities.length > 0 ? 'referral' : 'nothing';
}

function withAnswer(base: DnsMessage, answer: ZoneAnswer): DnsMessage {
  return {
    ...base,
    rcode: answer.rcode,
    authoritative: answer.authoritative,
    answers: answer.answers,
    authorities: answer.authorities,
    additionals: [...answer.additionals, ...base.additionals],
  };
}
