// A zone's answers: RFC 1034 §4.3.2 step by step.

import { describe, expect, it } from 'vitest';
import { ip } from '../../../test/kit.js';
import type { DnsData } from '../../wire/dns/records.js';
import { DNS_TYPE, rcodeName } from '../../wire/dns/registry.js';
import { formatData } from '../../wire/dns/zone-text.js';
import { record, Zone } from './zone.js';

const { A, AAAA, NS, CNAME, SOA, MX, TXT } = DNS_TYPE;
const ANY = 255;

const a = (address: string): DnsData => ({ kind: 'A', address: ip(address) });
const soa: DnsData = {
  kind: 'SOA',
  primary: 'ns.example.org',
  mailbox: 'admin.example.org',
  serial: 1,
  refresh: 2,
  retry: 3,
  expire: 4,
  minimum: 300,
};
const name = (kind: 'NS' | 'CNAME', target: string): DnsData => ({ kind, name: target });

const zone = new Zone('example.org', [
  record('example.org', SOA, 3600, soa),
  record('example.org', NS, 3600, name('NS', 'ns.example.org')),
  record('example.org', NS, 3600, name('NS', 'ns.elsewhere.net')),
  record('example.org', MX, 60, { kind: 'MX', preference: 10, exchange: 'mail.example.org' }),
  record('ns.example.org', A, 3600, a('192.0.2.53')),
  record('mail.example.org', A, 60, a('192.0.2.25')),
  record('www.example.org', A, 60, a('192.0.2.80')),
  record('www.example.org', A, 60, a('192.0.2.81')),
  record('www.example.org', TXT, 60, { kind: 'TXT', strings: [Uint8Array.of(104, 105)] }),
  record('alias.example.org', CNAME, 60, name('CNAME', 'other.example.org')),
  record('other.example.org', CNAME, 60, name('CNAME', 'WWW.example.org')),
  record('out.example.org', CNAME, 60, name('CNAME', 'www.elsewhere.net')),
  record('nowhere.example.org', CNAME, 60, name('CNAME', 'missing.example.org')),
  record('ring1.example.org', CNAME, 60, name('CNAME', 'ring2.example.org')),
  record('ring2.example.org', CNAME, 60, name('CNAME', 'ring1.example.org')),
  record('into.example.org', CNAME, 60, name('CNAME', 'host.child.example.org')),
  record('child.example.org', NS, 3600, name('NS', 'ns.child.example.org')),
  record('child.example.org', NS, 3600, name('NS', 'ns.elsewhere.net')),
  record('ns.child.example.org', A, 3600, a('198.51.100.53')),
  record('deep.child.example.org', NS, 3600, name('NS', 'ns.deep.child.example.org')),
  record('*.wild.example.org', A, 60, a('192.0.2.99')),
  record('real.wild.example.org', TXT, 60, { kind: 'TXT', strings: [Uint8Array.of(120)] }),
  record('below.empty.wild.example.org', A, 60, a('192.0.2.98')),
  record('*.cwild.example.org', CNAME, 60, name('CNAME', 'www.example.org')),
  record('*.ring.example.org', CNAME, 60, name('CNAME', 'x.ring.example.org')),
]);

/** What a zone says, in words: `AA NOERROR`, answers, authorities, additionals. */
function ask(question: string, type: number, of = zone): readonly string[] {
  const { rcode, authoritative, answers, authorities, additionals } = of.answer(question, type);
  const show = (records: typeof answers): string =>
    records.map((row) => `${row.name} ${formatData(row.data, row.type)}`).join(', ');
  return [
    `${authoritative ? 'AA ' : ''}${rcodeName(rcode)}`,
    show(answers),
    show(authorities),
    show(additionals),
  ];
}

const NEGATIVE = 'example.org ns.example.org. admin.example.org. 1 2 3 4 300';

describe('what is there', () => {
  it.each([
    ['www.example.org', A, 'www.example.org 192.0.2.80, www.example.org 192.0.2.81', ''],
    ['WwW.EXAMPLE.org', A, 'www.example.org 192.0.2.80, www.example.org 192.0.2.81', ''],
    ['www.example.org', TXT, 'www.example.org "hi"', ''],
    ['example.org', SOA, NEGATIVE, ''],
    ['example.org', MX, 'example.org 10 mail.example.org.', 'mail.example.org 192.0.2.25'],
    [
      'example.org',
      NS,
      'example.org ns.example.org., example.org ns.elsewhere.net.',
      'ns.example.org 192.0.2.53',
    ],
    [
      'www.example.org',
      ANY,
      'www.example.org 192.0.2.80, www.example.org 192.0.2.81, www.example.org "hi"',
      '',
    ],
    ['alias.example.org', CNAME, 'alias.example.org other.example.org.', ''],
  ])('%s type %i', (question, type, answers, additionals) => {
    expect(ask(question, type)).toEqual(['AA NOERROR', answers, '', additionals]);
  });
});

describe('what is not there', () => {
  it.each([
    ['a name', 'missing.example.org', A, 'NXDOMAIN'],
    ['a name below one that is there', 'x.www.example.org', A, 'NXDOMAIN'],
    ['a type', 'www.example.org', AAAA, 'NOERROR'],
    ['a type at the top', 'example.org', A, 'NOERROR'],
    ['records at a name that has only names below it (RFC 8020)', 'wild.example.org', A, 'NOERROR'],
  ])('%s is denied with the SOA record', (_what, question, type, rcode) => {
    expect(ask(question, type)).toEqual([`AA ${rcode}`, '', NEGATIVE, '']);
  });

  it('is denied for the SOA record’s minimum at most (RFC 2308 §3)', () => {
    expect(zone.answer('missing.example.org', A).authorities[0]?.ttl).toBe(300);
    const short = new Zone('example.org', [record('example.org', SOA, 5, soa)]);
    expect(short.answer('missing.example.org', A).authorities[0]?.ttl).toBe(5);
  });
});

describe('aliases', () => {
  it.each([
    [
      'a chain within the zone',
      'alias.example.org',
      'AA NOERROR',
      'alias.example.org other.example.org., other.example.org WWW.example.org., www.example.org 192.0.2.80, www.example.org 192.0.2.81',
      '',
    ],
    ['one that leaves the zone', 'out.example.org', 'AA NOERROR', 'out.example.org www.elsewhere.net.', ''],
    [
      'one to a name that is not there',
      'nowhere.example.org',
      'AA NXDOMAIN',
      'nowhere.example.org missing.example.org.',
      NEGATIVE,
    ],
    [
      'a circle, each once',
      'ring1.example.org',
      'AA NOERROR',
      'ring1.example.org ring2.example.org., ring2.example.org ring1.example.org.',
      '',
    ],
    [
      'a wildcard that means itself',
      'x.ring.example.org',
      'AA NOERROR',
      'x.ring.example.org x.ring.example.org.',
      '',
    ],
  ])('%s', (_what, question, verdict, answers, authorities) => {
    expect(ask(question, A)).toEqual([verdict, answers, authorities, '']);
  });

  it('into a zone that is handed over ends in a referral', () => {
    expect(ask('into.example.org', A)).toEqual([
      'AA NOERROR',
      'into.example.org host.child.example.org.',
      'child.example.org ns.child.example.org., child.example.org ns.elsewhere.net.',
      'ns.child.example.org 198.51.100.53',
    ]);
  });
});

describe('what is handed over', () => {
  it.each([
    ['the zone itself', 'child.example.org', A],
    ['its NS records', 'child.example.org', NS],
    ['a name in it', 'www.child.example.org', A],
    ['its name server, whose address is only glue here', 'ns.child.example.org', A],
    ['a zone below it: the highest cut counts', 'x.deep.child.example.org', A],
  ])('%s is a referral, with glue', (_what, question, type) => {
    expect(ask(question, type)).toEqual([
      'NOERROR',
      '',
      'child.example.org ns.child.example.org., child.example.org ns.elsewhere.net.',
      'ns.child.example.org 198.51.100.53',
    ]);
  });

  it('by the root is everything below it', () => {
    const root = new Zone('.', [
      record('.', NS, 60, name('NS', 'a.root-servers.net')),
      record('org', NS, 60, name('NS', 'a.nic.org')),
      record('a.nic.org', A, 60, a('192.0.2.1')),
    ]);
    expect(ask('www.example.org', A, root)).toEqual(['NOERROR', '', 'org a.nic.org.', 'a.nic.org 192.0.2.1']);
    expect(ask('.', NS, root)[0]).toBe('AA NOERROR');
    expect(ask('nowhere', A, root)[0]).toBe('AA NXDOMAIN');
  });
});

describe('wildcards, RFC 4592', () => {
  it.each([
    [
      'stand for names that are not there',
      'some.wild.example.org',
      A,
      'AA NOERROR',
      'some.wild.example.org 192.0.2.99',
    ],
    ['at any depth', 'a.b.c.wild.example.org', A, 'AA NOERROR', 'a.b.c.wild.example.org 192.0.2.99'],
    ['and for themselves', '*.wild.example.org', A, 'AA NOERROR', '*.wild.example.org 192.0.2.99'],
    ['have only their types', 'some.wild.example.org', TXT, 'AA NOERROR', ''],
    ['not for a name that is there with another type', 'real.wild.example.org', A, 'AA NOERROR', ''],
    ['not below a name that is there', 'x.real.wild.example.org', A, 'AA NXDOMAIN', ''],
    ['not for a name with only names below it', 'empty.wild.example.org', A, 'AA NOERROR', ''],
    ['not below such a name', 'x.empty.wild.example.org', A, 'AA NXDOMAIN', ''],
    [
      'may be aliases',
      'q.cwild.example.org',
      A,
      'AA NOERROR',
      'q.cwild.example.org www.example.org., www.example.org 192.0.2.80, www.example.org 192.0.2.81',
    ],
  ])('%s', (_what, question, type, verdict, answers) => {
    expect(ask(question, type).slice(0, 2)).toEqual([verdict, answers]);
  });
});

describe('a zone', () => {
  it('gives back the records it was made of', () => {
    expect(zone.records).toHaveLength(25);
    expect([zone.origin, new Zone('x', []).records]).toEqual(['example.org', []]);
  });
});
