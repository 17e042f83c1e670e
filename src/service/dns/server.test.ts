// The DNS server: what it answers, what it refuses, and what it does not answer at all.

import { describe, expect, it } from 'vitest';
import {
  bench,
  eventsOf,
  expectFrame,
  expectNoLeaks,
  HOST,
  ip,
  LEFT,
  pattern,
  RIGHT,
} from '../../../test/kit.js';
import { HOUR, SECOND } from '../../base/time.js';
import {
  type DnsMessage,
  fullRcode,
  newDnsMessage,
  readDnsMessage,
  writeDnsMessage,
} from '../../wire/dns/message.js';
import { type DnsData, type DnsRecord, optRecord } from '../../wire/dns/records.js';
import { DNS_CLASS, DNS_TYPE, OPCODE, RCODE, rcodeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { record, Zone } from './zone.js';

expectNoLeaks();

const { A, AAAA, CNAME, NS, SOA, TXT } = DNS_TYPE;
const address = (text: string): DnsData => ({ kind: 'A', address: ip(text) });
const text = (length: number): DnsData => ({ kind: 'TXT', strings: [pattern(length)] });

const ZONE = new Zone('example.org', [
  record('example.org', SOA, 60, {
    kind: 'SOA',
    primary: 'ns.example.org',
    mailbox: 'admin.example.org',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum: 30,
  }),
  record('www.example.org', A, 60, address('192.0.2.80')),
  record('child.example.org', NS, 60, { kind: 'NS', name: 'ns.child.example.org' }),
  record('ns.child.example.org', A, 60, address('198.51.100.53')),
  ...[1, 2, 3, 4].map(() => record('big.example.org', TXT, 60, text(200))),
  ...[1, 2, 3].map(() => record('middle.example.org', TXT, 60, text(200))),
  // 512 bytes in all: a header of 12, a question of 23, and a record of 12 + 465.
  record('exact.example.org', TXT, 60, { kind: 'TXT', strings: [pattern(255), pattern(208)] }),
  record('above.example.org', TXT, 60, { kind: 'TXT', strings: [pattern(255), pattern(209)] }),
]);

/** A server with a zone and something in its cache; `ask` sends octets and returns the answer's. */
function server() {
  const made = bench('host', { eth0: HOST });
  const dns = made.station.dnsServer;
  dns.addZone(ZONE);
  dns.addZone(new Zone('sub.example.org', [record('www.sub.example.org', A, 60, address('192.0.2.81'))]));
  dns.cache.add('www.example.net', A, [record('www.example.net', A, 300, address('203.0.113.80'))]);
  dns.cache.add('alias.example.net', CNAME, [
    record('alias.example.net', CNAME, 300, { kind: 'CNAME', name: 'www.example.net' }),
  ]);
  dns.cache.addNegative('none.example.net', A, RCODE.NXDOMAIN, 300);
  dns.cache.addNegative('www.example.net', AAAA, RCODE.NOERROR, 300);
  const send = (octets: Uint8Array): Uint8Array | undefined => {
    made.peer.eth0.send(made.from.eth0.udp(octets, { sourcePort: 4444, destinationPort: 53 }));
    made.world.advance(0);
    const [frame] = made.peer.eth0.takeAll();
    if (frame === undefined) return undefined;
    expectFrame(frame, { 'udp.srcport': 53, 'udp.dstport': 4444, 'ip.src': '192.0.2.1' });
    return frame.slice(42, 42 + ((frame[38] as number) << 8) + (frame[39] as number) - 8);
  };
  const ask = (name: string, type: number, values: Partial<DnsMessage> = {}): DnsMessage => {
    const query = newDnsMessage({ id: 0x4711, questions: [{ name, type, class: DNS_CLASS.IN }], ...values });
    const octets = send(writeDnsMessage(query));
    if (octets === undefined) return expect.fail('no answer came');
    const { message, problems } = readDnsMessage(octets);
    expect(problems).toEqual([]);
    expect([message.id, message.response, message.opcode, message.questions]).toEqual([
      0x4711,
      true,
      query.opcode,
      query.questions,
    ]);
    return message;
  };
  return { ...made, dns, send, ask };
}

const show = (records: readonly DnsRecord[]): string[] =>
  records.map((row) => `${row.name} ${row.ttl} ${formatData(row.data, row.type)}`);

describe('an answer', () => {
  it('from a zone is authoritative', () => {
    const { world, ask } = server();
    const message = ask('www.example.org', A);
    expect(message).toMatchObject({ authoritative: true, recursionAvailable: false, rcode: RCODE.NOERROR });
    expect(show(message.answers)).toEqual(['www.example.org 60 192.0.2.80']);
    expect(eventsOf(world, 'app').map(({ name, data }) => [name, data.name, data.source ?? '-'])).toEqual([
      ['dns.query-received', 'www.example.org', '-'],
      ['dns.answer-sent', 'www.example.org', 'zone'],
    ]);
    expect(eventsOf(world, 'activity-begun')).toHaveLength(1);
    expect(eventsOf(world, 'activity-ended')).toMatchObject([{ ok: true, outcome: '192.0.2.80' }]);
  });

  it('comes from the zone with the longest name', () => {
    const { ask } = server();
    expect(show(ask('www.sub.example.org', A).answers)).toEqual(['www.sub.example.org 60 192.0.2.81']);
    expect(ask('other.sub.example.org', A).rcode).toBe(RCODE.NXDOMAIN);
  });

  it('that there is no such name has the SOA record', () => {
    const message = server().ask('missing.example.org', A);
    expect([rcodeName(message.rcode), message.authoritative, message.authorities.length]).toEqual([
      'NXDOMAIN',
      true,
      1,
    ]);
  });

  it('that hands over is not authoritative and has the glue', () => {
    const { world, ask } = server();
    const message = ask('x.child.example.org', A);
    expect([message.authoritative, show(message.authorities), show(message.additionals)]).toEqual([
      false,
      ['child.example.org 60 ns.child.example.org.'],
      ['ns.child.example.org 60 198.51.100.53'],
    ]);
    expect(eventsOf(world, 'app')[1]?.data.source).toBe('referral');
  });

  it('from the cache is not authoritative and has the time that is left', () => {
    const { world, ask } = server();
    world.advance(100 * SECOND);
    const message = ask('www.example.net', A);
    expect([message.authoritative, message.recursionAvailable, show(message.answers)]).toEqual([
      false,
      true,
      ['www.example.net 200 203.0.113.80'],
    ]);
    expect(eventsOf(world, 'app')[1]?.data.source).toBe('cache');
  });

  it('from the cache follows aliases', () => {
    expect(show(server().ask('alias.example.net', A).answers)).toEqual([
      'alias.example.net 300 www.example.net.',
      'www.example.net 300 203.0.113.80',
    ]);
  });

  it.each([
    ['none.example.net', A, 'NXDOMAIN'],
    ['www.example.net', AAAA, 'NOERROR'],
  ])('from the cache may be that there is none: %s type %i', (name, type, rcode) => {
    const message = server().ask(name, type);
    expect([rcodeName(message.rcode), message.answers]).toEqual([rcode, []]);
  });

  it.each([
    ['a name it knows nothing about', 'www.example.com', {}],
    [
      'another class',
      'www.example.org',
      { questions: [{ name: 'www.example.org', type: A, class: DNS_CLASS.CH }] },
    ],
  ])('to %s is that it refuses', (_what, name, values) => {
    const { world, ask } = server();
    const message = ask(name, A, values);
    expect([rcodeName(message.rcode), message.answers]).toEqual(['REFUSED', []]);
    expect(eventsOf(world, 'app')[1]?.data).toMatchObject({ rcode: 'REFUSED', source: 'nothing' });
  });

  it('repeats whether recursion was wanted', () => {
    for (const recursionDesired of [true, false]) {
      expect(server().ask('www.example.org', A, { recursionDesired }).recursionDesired).toBe(
        recursionDesired,
      );
    }
  });

  it('to another kind of question is that it is not implemented', () => {
    for (const opcode of [OPCODE.STATUS, OPCODE.NOTIFY, OPCODE.UPDATE, 15]) {
      expect(rcodeName(server().ask('www.example.org', A, { opcode }).rcode)).toBe('NOTIMP');
    }
  });

  it('goes out from the address that was asked, also on the far side of a router', () => {
    const { world, station, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    station.dnsServer.addZone(ZONE);
    const query = newDnsMessage({ questions: [{ name: 'www.example.org', type: A, class: 1 }] });
    const ask = (destination: string) =>
      peer.left.send(from.left.withIp({ destination }).udp(writeDnsMessage(query), { destinationPort: 53 }));
    ask('198.51.100.1');
    ask('255.255.255.255');
    world.advance(0);
    expectFrame(peer.left.take(), { 'ip.src': '198.51.100.1', 'dns.a': '192.0.2.80' });
    expectFrame(peer.left.take(), { 'ip.src': '192.0.2.1', 'dns.a': '192.0.2.80' });
  });
});

describe('sizes', () => {
  const size = (message: DnsMessage): number => writeDnsMessage(message).length;

  it.each([
    ['exact.example.org', 512, false],
    ['above.example.org', 35, true],
    ['big.example.org', 33, true],
  ])('without EDNS %s has %i bytes', (name, bytes, truncated) => {
    const message = server().ask(name, TXT);
    expect([size(message), message.truncated]).toEqual([bytes, truncated]);
    if (truncated) expect([message.answers, message.authorities, message.additionals]).toEqual([[], [], []]);
  });

  it.each([
    ['the asker can take it', 'middle.example.org', 1232, false],
    ['the asker can not', 'middle.example.org', 600, true],
    ['we do not send so much, whatever the asker says', 'big.example.org', 800, true],
    ['a size below 512 counts as 512 (RFC 6891 §6.2.3)', 'exact.example.org', 20, true],
    ['the largest size', 'big.example.org', 65535, false],
  ])('with EDNS: %s', (_what, name, udpSize, truncated) => {
    const message = server().ask(name, TXT, { additionals: [optRecord(udpSize)] });
    expect(message.truncated).toBe(truncated);
    expect(message.additionals.map(({ data }) => data.kind)).toEqual(['OPT']);
    expect(size(message)).toBeLessThanOrEqual(Math.max(512, Math.min(udpSize, 1232)));
  });

  it('without EDNS in the question there is none in the answer', () => {
    expect(server().ask('www.example.org', A).additionals).toEqual([]);
  });

  it('a version of EDNS that does not exist is said to be one (RFC 6891 §6.1.3)', () => {
    const message = server().ask('www.example.org', A, { additionals: [optRecord(1232, { version: 1 })] });
    expect([rcodeName(fullRcode(message)), message.answers]).toEqual(['BADVERS', []]);
  });
});

describe('malformed questions', () => {
  const good = writeDnsMessage(
    newDnsMessage({ id: 0x4711, questions: [{ name: 'www.example.org', type: A, class: 1 }] }),
  );
  const count = (octets: Uint8Array, at: number, value: number): Uint8Array =>
    octets.slice().fill(value, at + 1, at + 2);

  it.each([
    ['cut off in the name', good.subarray(0, 20)],
    ['cut off before the class', good.subarray(0, good.length - 1)],
    ['with a pointer into nowhere', Uint8Array.of(...good.subarray(0, 12), 0xc0, 0x40, 0, 1, 0, 1)],
    ['with a pointer to itself', Uint8Array.of(...good.subarray(0, 12), 0xc0, 0x0c, 0, 1, 0, 1)],
    ['without a question', count(good, 4, 0).subarray(0, 12)],
    ['with two questions', count(Uint8Array.of(...good, 0xc0, 12, 0, 1, 0, 1), 4, 2)],
    ['that promise a record and have none', count(good, 10, 1)],
  ])('%s are answered with FORMERR', (_what, octets) => {
    const answer = server().send(octets);
    const { message } = readDnsMessage(answer as Uint8Array);
    expect([rcodeName(message.rcode), message.id, message.response]).toEqual(['FORMERR', 0x4711, true]);
  });

  it.each([
    ['what is too short to have an id and flags', good.subarray(0, 11)],
    ['nothing', new Uint8Array(0)],
    [
      'an answer',
      writeDnsMessage(
        newDnsMessage({ response: true, questions: [{ name: 'www.example.org', type: A, class: 1 }] }),
      ),
    ],
    ['a malformed answer', Uint8Array.of(0, 1, 0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0)],
  ])('%s is not answered', (_what, octets) => {
    expect(server().send(octets)).toBeUndefined();
  });
});

describe('the server', () => {
  it('needs its port', () => {
    const { station } = bench('host', { eth0: HOST });
    station.stack.udp.open(53, { received: () => {} });
    expect(() => station.dnsServer).toThrow(/has a program on UDP port 53 already/);
  });

  it('forgets what is too old', () => {
    const { world, ask } = server();
    world.advance(HOUR);
    expect(rcodeName(ask('www.example.net', A).rcode)).toBe('REFUSED');
  });
});
