// The stub resolver: what it finds without asking, whom it asks and how often, and which answers it believes.

import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  eventsOf,
  expectFrame,
  expectNoLeaks,
  HOST,
  ip,
  prefix,
  steps,
  viewOf,
} from '../../../test/kit.js';
import { formatIpv4 } from '../../base/address.js';
import { MILLISECOND, SECOND } from '../../base/time.js';
import { type DnsMessage, newDnsMessage, readDnsMessage, writeDnsMessage } from '../../wire/dns/message.js';
import type { DnsData, DnsRecord } from '../../wire/dns/records.js';
import { DNS_TYPE, RCODE } from '../../wire/dns/registry.js';
import type { Resolution } from './resolver.js';
import { record } from './zone.js';

expectNoLeaks();

const { A, AAAA, CNAME, SOA } = DNS_TYPE;
const SERVER = '192.0.2.2';
const SECOND_SERVER = '192.0.2.3';
const NAME = 'www.example.org';

const address = (text: string): DnsData => ({ kind: 'A', address: ip(text) });
const answerA = (name = NAME, ttl = 60, to = '203.0.113.80'): DnsRecord => record(name, A, ttl, address(to));
const alias = (from: string, to: string, ttl = 60): DnsRecord =>
  record(from, CNAME, ttl, { kind: 'CNAME', name: to });
const soa = (ttl: number, minimum: number): DnsRecord =>
  record('example.org', SOA, ttl, {
    kind: 'SOA',
    primary: 'ns.example.org',
    mailbox: 'admin.example.org',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum,
  });

/** A host whose DNS servers are the peer, under one or more addresses. */
function client(servers: readonly string[] = [SERVER], pins = {}) {
  const made = bench('host', { eth0: HOST }, { pins });
  const peer = made.peer.eth0;
  for (const server of servers) {
    made.station.stack.ipv4.neighborsOf(made.port.eth0).addPermanent(ip(server), peer.mac);
  }
  const { resolver } = made.station;
  resolver.servers = servers.map(ip);
  const results: Resolution[] = [];
  const look = (name = NAME, type: number = A): void =>
    resolver.query(name, type, (result) => results.push(result));
  /** The question on its way, with where it came from and went to. */
  const question = () => {
    made.world.advance(0);
    const frame = peer.take();
    expectFrame(frame, { 'udp.dstport': 53, 'dns.flags.recdesired': true });
    const { message } = readDnsMessage(frame.slice(42));
    return { message, port: viewOf(frame).getUint16(34), server: formatIpv4(viewOf(frame).getInt32(30)) };
  };
  /** Sends what a server says to a question; `over` is what is not as it should be. */
  const say = (
    asked: ReturnType<typeof question>,
    values: Partial<DnsMessage>,
    over: { from?: string; fromPort?: number; port?: number } = {},
  ): void => {
    const { id, questions } = asked.message;
    const octets = writeDnsMessage(newDnsMessage({ id, response: true, questions, ...values }));
    sayOctets(asked, octets, over);
  };
  const sayOctets = (
    asked: ReturnType<typeof question>,
    octets: Uint8Array,
    over: { from?: string; fromPort?: number; port?: number } = {},
  ): void => {
    const maker = made.from.eth0.withIp({ source: over.from ?? asked.server });
    peer.send(
      maker.udp(octets, { sourcePort: over.fromPort ?? 53, destinationPort: over.port ?? asked.port }),
    );
    made.world.advance(0);
  };
  const found = () =>
    results.map(({ source, error, records }) => [
      source,
      error ??
        records.map(({ data }) => (data.kind === 'A' ? formatIpv4(data.address) : data.kind)).join(' '),
    ]);
  return { ...made, peer, resolver, results, look, question, say, sayOctets, found };
}

describe('without asking', () => {
  it('an address in words is its own answer', () => {
    const { look, found, peer } = client([]);
    look('192.0.2.77');
    expect(found()).toEqual([['literal', '192.0.2.77']]);
    expect(peer.received).toEqual([]);
  });

  it('the hosts file comes first, whatever the case', () => {
    const { resolver, look, found, world } = client();
    resolver.addHost('Printer.home.arpa', ip('192.0.2.9'));
    resolver.addHost('printer.home.arpa', ip('192.0.2.10'));
    resolver.cache.add('printer.home.arpa', A, [answerA('printer.home.arpa')]);
    look('PRINTER.home.arpa');
    expect(found()).toEqual([['hosts', '192.0.2.9 192.0.2.10']]);
    expect([...resolver.hostsFile()]).toHaveLength(2);
    expect(eventsOf(world, 'app').map(({ name }) => name)).toEqual(['resolver.hosts-hit']);
  });

  it('the hosts file is about addresses only', () => {
    const { resolver, look, found } = client([]);
    resolver.addHost('printer.home.arpa', ip('192.0.2.9'));
    look('printer.home.arpa', AAAA);
    expect(found()).toEqual([['server', 'NO SERVER']]);
  });

  it.each(['', 'a..b', `${'x'.repeat(64)}.org`, `${'x.'.repeat(130)}org`])('"%s" is no name', (name) => {
    const { look, found, peer, world } = client();
    look(name);
    world.advance(SECOND);
    expect([found(), peer.received]).toEqual([[['literal', 'BAD NAME']], []]);
  });

  it('without a server, or a way to it, there is no answer', () => {
    const none = client([]);
    none.look();
    expect(none.found()).toEqual([['server', 'NO SERVER']]);
    const far = client([]);
    far.resolver.servers = [ip('203.0.113.1')];
    far.look();
    expect(far.found()).toEqual([['server', 'ENETUNREACH']]);
  });
});

describe('asking', () => {
  it('sends one question from a port and with a number of its own, and gives the answer', () => {
    const { look, question, say, found, world, results } = client([SERVER], {
      'udp-port': [3333],
      'dns-id': [0xbeef],
    });
    look();
    const asked = question();
    expect([asked.port, asked.message.id, asked.server]).toEqual([3333, 0xbeef, SERVER]);
    expect(asked.message.questions).toEqual([{ name: NAME, type: A, class: 1 }]);
    say(asked, { answers: [answerA(), answerA(NAME, 30, '203.0.113.81')] });
    expect(found()).toEqual([['server', '203.0.113.80 203.0.113.81']]);
    expect(results[0]?.message?.id).toBe(0xbeef);
    expect(eventsOf(world, 'app').map(({ name }) => name)).toEqual([
      'resolver.cache-miss',
      'resolver.query',
      'resolver.answer',
    ]);
    expect(eventsOf(world, 'activity-ended')).toMatchObject([
      { ok: true, outcome: '203.0.113.80, 203.0.113.81' },
    ]);
    // The port is given back.
    expect(eventsOf(world, 'table-removed').map(({ table }) => table)).toEqual(['udp']);
  });

  it('asks nothing that it knows, until it is too old', () => {
    const { look, question, say, found, peer, world } = client();
    look();
    say(question(), { answers: [answerA(NAME, 60)] });
    world.advance(59 * SECOND);
    look();
    look('WWW.EXAMPLE.ORG');
    expect(found().slice(1)).toEqual(Array(2).fill(['cache', '203.0.113.80']));
    world.advance(SECOND);
    expect(peer.received).toEqual([]);
    look();
    expect(question().message.questions[0]?.name).toBe(NAME);
  });

  it('keeps each part of a chain of aliases for its own time', () => {
    const { look, question, say, found, world } = client();
    look('a.example.org');
    say(question(), {
      answers: [
        answerA('c.example.org', 20),
        alias('b.example.org', 'c.example.org', 50),
        alias('a.example.org', 'B.example.org', 50),
      ],
    });
    look('b.example.org');
    look('c.example.org');
    expect(found()).toEqual([
      ['server', 'CNAME CNAME 203.0.113.80'],
      ['cache', 'CNAME 203.0.113.80'],
      ['cache', '203.0.113.80'],
    ]);
    world.advance(20 * SECOND);
    look('a.example.org');
    expect(question().message.questions[0]?.name).toBe('a.example.org');
  });

  it('does not believe records that the question did not lead to', () => {
    const { look, question, say, found, resolver } = client();
    look();
    say(question(), {
      answers: [answerA(), answerA('bank.example.com', 60, '198.51.100.66')],
      additionals: [answerA('mail.example.org')],
    });
    expect(found()).toEqual([['server', '203.0.113.80']]);
    expect([...resolver.cache.rows()].map(({ name }) => name)).toEqual([NAME]);
  });

  it('ends in a circle of aliases', () => {
    const { look, question, say, found } = client();
    look();
    say(question(), { answers: [alias(NAME, 'x.example.org'), alias('x.example.org', NAME)] });
    expect(found()[0]?.[1]).toBe('NODATA');
  });

  it('two look-ups at once each get their answer', () => {
    const { look, question, say, found } = client();
    look('a.example.org');
    look('b.example.org');
    const [first, second] = [question(), question()];
    expect([first.port, first.message.id]).not.toEqual([second.port, second.message.id]);
    say(second, { answers: [answerA('b.example.org', 60, '192.0.2.22')] });
    say(first, { answers: [answerA('a.example.org', 60, '192.0.2.11')] });
    expect(found()).toEqual([
      ['server', '192.0.2.22'],
      ['server', '192.0.2.11'],
    ]);
  });
});

describe('there is none', () => {
  it.each([
    ['the name', RCODE.NXDOMAIN, 'NXDOMAIN'],
    ['the type', RCODE.NOERROR, 'NODATA'],
  ] as const)(
    '%s: kept for the least of the SOA record’s time and minimum (RFC 2308 §5)',
    (_what, rcode, error) => {
      for (const [ttl, minimum, kept] of [
        [30, 300, 30],
        [300, 40, 40],
      ] as const) {
        const { look, question, say, found, world, peer } = client();
        look();
        say(question(), { rcode, authorities: [soa(ttl, minimum)] });
        world.advance((kept - 1) * SECOND);
        look();
        expect(found()).toEqual([
          ['server', error],
          ['cache', error],
        ]);
        world.advance(SECOND);
        look();
        world.advance(0);
        expect(peer.received).toHaveLength(1);
      }
    },
  );

  it('without an SOA record it is not kept', () => {
    const { look, question, say, peer, world } = client();
    look();
    say(question(), { rcode: RCODE.NXDOMAIN });
    look();
    world.advance(0);
    expect(peer.received).toHaveLength(1);
  });

  it('at the end of an alias: that is what is kept', () => {
    const { look, question, say, found, resolver } = client();
    look();
    say(question(), {
      rcode: RCODE.NXDOMAIN,
      answers: [alias(NAME, 'gone.example.org')],
      authorities: [soa(60, 60)],
    });
    look('gone.example.org');
    look();
    expect(found().map(([source, error]) => `${source} ${error}`)).toEqual([
      'server NXDOMAIN',
      'cache NXDOMAIN',
      'cache NXDOMAIN',
    ]);
    expect([...resolver.cache.rows()]).toHaveLength(2);
  });
});

describe('answers that are not believed', () => {
  const strange: Record<
    string,
    (made: ReturnType<typeof client>, asked: ReturnType<ReturnType<typeof client>['question']>) => void
  > = {
    'from another machine': ({ say }, asked) => say(asked, { answers: [answerA()] }, { from: '192.0.2.9' }),
    'from another port': ({ say }, asked) => say(asked, { answers: [answerA()] }, { fromPort: 54 }),
    'to another port': ({ say }, asked) => say(asked, { answers: [answerA()] }, { port: asked.port ^ 1 }),
    'with another number': ({ say }, asked) => say(asked, { id: asked.message.id ^ 1, answers: [answerA()] }),
    'to another question': ({ say }, asked) =>
      say(asked, {
        questions: [{ name: 'x.example.org', type: A, class: 1 }],
        answers: [answerA('x.example.org')],
      }),
    'of another type': ({ say }, asked) => say(asked, { questions: [{ name: NAME, type: AAAA, class: 1 }] }),
    'of another class': ({ say }, asked) => say(asked, { questions: [{ name: NAME, type: A, class: 3 }] }),
    'without a question': ({ say }, asked) => say(asked, { questions: [], answers: [answerA()] }),
    'that are questions': ({ say }, asked) => say(asked, { response: false, answers: [answerA()] }),
    'that are cut off': ({ sayOctets }, asked) => {
      const { id, questions } = asked.message;
      const whole = writeDnsMessage(newDnsMessage({ id, response: true, questions, answers: [answerA()] }));
      sayOctets(asked, whole.subarray(0, whole.length - 2));
    },
    'that are nothing': ({ sayOctets }, asked) => sayOctets(asked, new Uint8Array(0)),
  };
  it.each(Object.entries(strange))('%s', (_what, sayStrange) => {
    const made = client();
    made.look();
    const asked = made.question();
    sayStrange(made, asked);
    expect(made.found()).toEqual([]);
    // The right one is still waited for.
    made.say(asked, { answers: [answerA()] });
    expect(made.found()).toEqual([['server', '203.0.113.80']]);
  });

  it('that come twice count once', () => {
    const { look, question, say, found, world } = client();
    look();
    const asked = question();
    say(asked, { answers: [answerA()] });
    say(asked, { answers: [answerA(NAME, 60, '198.51.100.66')] });
    expect(found()).toEqual([['server', '203.0.113.80']]);
    expect(dropsIn(world)).toEqual(['udp-port-unreachable']);
  });
});

describe('servers that do not answer', () => {
  it('are asked in turn, twice each, for five seconds every time, always with new numbers', () => {
    const { world, look, question, found, peer } = client([SERVER, SECOND_SERVER]);
    const asked: ReturnType<typeof question>[] = [];
    const script = steps(world, peer).at(0, 'a name is looked up', () => look());
    for (let i = 0; i < 4; i++) {
      script.at(i * 5 * SECOND, `question ${i + 1}`).holds('has been sent', () => asked.push(question()));
    }
    script
      .at(20 * SECOND - 1, 'almost twenty seconds')
      .holds('nothing is known', () => expect(found()).toEqual([]))
      .at(20 * SECOND, 'the time is up')
      .holds('it fails', () => expect(found()).toEqual([['server', 'TIMEOUT']]))
      .at(60 * SECOND, 'later')
      .getsNothing('nobody is asked any more');
    expect(asked.map(({ server }) => server)).toEqual([SERVER, SECOND_SERVER, SERVER, SECOND_SERVER]);
    expect(new Set(asked.map(({ port }) => port)).size).toBe(4);
    expect(new Set(asked.map(({ message }) => message.id)).size).toBe(4);
    expect(eventsOf(world, 'app').map(({ name }) => name)).toEqual([
      'resolver.cache-miss',
      'resolver.query',
      'resolver.retry',
      'resolver.retry',
      'resolver.retry',
      'resolver.failed',
    ]);
  });

  it('the answer to an earlier question comes too late', () => {
    const { world, look, question, say, found } = client([SERVER, SECOND_SERVER]);
    look();
    const first = question();
    world.advance(5 * SECOND);
    const second = question();
    say(first, { answers: [answerA(NAME, 60, '198.51.100.66')] });
    expect(found()).toEqual([]);
    say(second, { answers: [answerA()] });
    expect(found()).toEqual([['server', '203.0.113.80']]);
  });

  it.each([
    ['SERVFAIL', { rcode: RCODE.SERVFAIL }],
    ['REFUSED', { rcode: RCODE.REFUSED }],
    ['NOTIMP', { rcode: RCODE.NOTIMP }],
    ['TRUNCATED', { truncated: true }],
  ])('%s: the next one is asked at once', (error, values) => {
    const { look, question, say, found } = client([SERVER, SECOND_SERVER]);
    look();
    say(question(), values);
    const second = question();
    expect(second.server).toBe(SECOND_SERVER);
    say(second, { answers: [answerA()] });
    expect(found()).toEqual([['server', '203.0.113.80']]);
    const alone = client();
    alone.look();
    for (let i = 0; i < 2; i++) alone.say(alone.question(), values);
    expect(alone.found()).toEqual([['server', error]]);
  });

  it.each([
    [3, 3, 'ECONNREFUSED'],
    [3, 1, 'EHOSTUNREACH'],
    [3, 13, 'EHOSTUNREACH'],
  ])('ICMP type %i code %i: the next one at once, in the end %s', (type, code, error) => {
    const { world, look, found, peer, from } = client([SERVER, SECOND_SERVER]);
    look();
    for (let i = 0; i < 4; i++) {
      world.advance(MILLISECOND);
      peer.send(from.eth0.icmpError(type, code, peer.take()));
    }
    world.advance(MILLISECOND);
    expect([found(), peer.received]).toEqual([[['server', error]], []]);
  });

  it('a time exceeded on the way is no answer: it may get through the next time', () => {
    const { world, look, found, peer, from } = client();
    look();
    world.advance(0);
    peer.send(from.eth0.icmpError(11, 0, peer.take()));
    world.advance(4 * SECOND);
    expect([found(), peer.received]).toEqual([[], []]);
  });

  it('a server that is not there: ARP tells, and the next is asked', () => {
    const { world, resolver, look, question, say, found, peer } = client([SERVER]);
    resolver.servers = [ip('192.0.2.99'), ip(SERVER)];
    look();
    world.advance(3 * SECOND);
    for (const { bytes } of peer.received.splice(0, 3))
      expectFrame(bytes, { 'arp.dst.proto_ipv4': '192.0.2.99' });
    say(question(), { answers: [answerA()] });
    expect(found()).toEqual([['server', '203.0.113.80']]);
  });
});

describe('look-up', () => {
  it('gives the addresses only', () => {
    const { resolver, question, say } = client();
    const got: unknown[] = [];
    resolver.lookup(NAME, (addresses, { error }) => got.push([addresses.map(formatIpv4), error]));
    say(question(), { answers: [alias(NAME, 'x.example.org'), answerA('x.example.org')] });
    resolver.lookup('192.0.2.55', (addresses) => got.push(addresses.map(formatIpv4)));
    expect(got).toEqual([[['203.0.113.80'], undefined], ['192.0.2.55']]);
  });

  it('through a router reaches a server far away', () => {
    const { station, resolver, look, question, say, found } = client();
    station.addRoute(prefix('0.0.0.0/0'), ip(HOST.peer));
    resolver.servers = [ip('203.0.113.53')];
    look();
    const asked = question();
    expect(asked.server).toBe('203.0.113.53');
    say(asked, { answers: [answerA()] });
    expect(found()).toEqual([['server', '203.0.113.80']]);
  });
});
