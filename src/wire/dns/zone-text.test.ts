// Records as text, both ways; the names of the registry; service parameters with the test vectors of RFC 9460.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../base/address.js';
import { encodeLatin1, formatHex, parseHex } from '../../base/text.js';
import { formatIpv6, parseIpv6 } from './ipv6.js';
import { newDnsMessage, readDnsMessage, writeDnsMessage } from './message.js';
import { formatName } from './name.js';
import { type DnsData, optRecord } from './records.js';
import {
  classNumber,
  DNS_TYPE,
  ednsOptionName,
  opcodeName,
  RCODE,
  rcodeName,
  serviceKeyName,
  TYPE_NAMES,
  typeName,
  typeNumber,
} from './registry.js';
import { formatData, formatRecord, parseRecord } from './zone-text.js';

const address = (text: string) => parseIpv4(text) as number;
const a: DnsData = { kind: 'A', address: address('192.0.2.1') };

describe('the registry', () => {
  it('has the numbers of IANA at both ends of every range', () => {
    const samples = {
      A: 1,
      PX: 26,
      GPOS: 27,
      NSEC: 47,
      DNSKEY: 48,
      SMIMEA: 53,
      HIP: 55,
      HTTPS: 65,
      SPF: 99,
      CAA: 257,
    };
    for (const [name, number] of Object.entries(samples)) expect(typeNumber(name)).toBe(number);
    for (const [name, number] of Object.entries(DNS_TYPE)) expect(typeName(number)).toBe(name);
    for (const [number, name] of Object.entries(TYPE_NAMES)) expect(typeNumber(name)).toBe(Number(number));
  });

  it('names what has no name by its number (RFC 3597 §5, RFC 9460 §2.1)', () => {
    expect([typeName(65280), typeNumber('TYPE65280'), typeNumber('type1')]).toEqual(['TYPE65280', 65280, 1]);
    expect([classNumber('in'), classNumber('CLASS42'), classNumber('XX')]).toEqual([1, 42, undefined]);
    expect([typeNumber('TYPE65536'), typeNumber('NOPE'), typeNumber('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([rcodeName(RCODE.NXDOMAIN), rcodeName(12), opcodeName(0), opcodeName(3)]).toEqual([
      'NXDOMAIN',
      'RCODE12',
      'QUERY',
      'OPCODE3',
    ]);
    expect([ednsOptionName(10), ednsOptionName(65001)]).toEqual(['COOKIE', 'OPT65001']);
    expect([serviceKeyName(1), serviceKeyName(667)]).toEqual(['alpn', 'key667']);
  });
});

describe('records as dig prints them', () => {
  it('puts columns at 24, 32, 40 and 48 with tabs', () => {
    const line = formatRecord({ name: 'example.org', type: 1, class: 1, ttl: 300, data: a });
    expect(line).toBe('example.org.\t\t300\tIN\tA\t192.0.2.1');
  });

  it('lets long names and numbers push the columns', () => {
    const name = 'a-long-name-of-a-host.example.org';
    expect(formatRecord({ name, type: 1, class: 1, ttl: 300, data: a })).toBe(`${name}. 300 IN A\t192.0.2.1`);
    expect(formatRecord({ name: '.', type: 1, class: 1, ttl: 86400, data: a })).toBe(
      '.\t\t\t86400\tIN\tA\t192.0.2.1',
    );
  });

  it('escapes what zone files would take for something else', () => {
    const data: DnsData = { kind: 'TXT', strings: [encodeLatin1('say "hi"; \\ \xff'), new Uint8Array(0)] };
    const line = formatRecord({ name: 'a;b\\.c.example', type: 16, class: 1, ttl: 0, data });
    expect(line).toContain('a\\;b\\.c.example.');
    expect(line).toContain('"say \\"hi\\"; \\\\ \\255" ""');
  });

  it('shows EDNS as dig does', () => {
    expect(formatRecord(optRecord(1232, { dnssecOk: true }))).toBe(
      '; EDNS: version: 0, flags: do; udp: 1232',
    );
  });

  it('shows data it does not know in hexadecimal (RFC 3597 §5, its examples)', () => {
    expect(formatData({ kind: 'unknown', bytes: new Uint8Array(0) }, 62347)).toBe('\\# 0');
    expect(formatData({ kind: 'unknown', bytes: parseHex('abcdef01') as Uint8Array }, 731)).toBe(
      '\\# 4 ABCDEF01',
    );
  });
});

describe('data from zone text', () => {
  it.each<[string, string, DnsData]>([
    ['A', '192.0.2.1', a],
    [
      'AAAA',
      '2001:db8::1',
      { kind: 'AAAA', address: parseHex('20010db8000000000000000000000001') as Uint8Array },
    ],
    ['NS', 'ns.example.org.', { kind: 'NS', name: 'ns.example.org' }],
    ['cname', 'example.org', { kind: 'CNAME', name: 'example.org' }],
    ['PTR', '.', { kind: 'PTR', name: '.' }],
    ['MX', '10 mail.example.org.', { kind: 'MX', preference: 10, exchange: 'mail.example.org' }],
    [
      'SRV',
      '0 5 80 www.example.org.',
      { kind: 'SRV', priority: 0, weight: 5, port: 80, target: 'www.example.org' },
    ],
    [
      'TXT',
      'one "two three" "\\"4\\";\\053"',
      { kind: 'TXT', strings: ['one', 'two three', '"4";5'].map(encodeLatin1) },
    ],
    [
      'SOA',
      'ns.example.org. host\\.master.example.org. ( 1 ; serial\n 7200 3600\n 1209600 300 )',
      {
        kind: 'SOA',
        primary: 'ns.example.org',
        mailbox: 'host\\.master.example.org',
        serial: 1,
        refresh: 7200,
        retry: 3600,
        expire: 1209600,
        minimum: 300,
      },
    ],
    ['TYPE731', '\\# 4 abcd ef01', { kind: 'unknown', bytes: parseHex('abcdef01') as Uint8Array }],
  ])('reads %s %s', (type, text, data) => {
    expect(parseRecord(type, text)).toEqual(data);
  });

  it.each([
    ['NOPE', '1', '"NOPE" is no record type'],
    ['A', '192.0.2.256', '"192.0.2.256" is no IPv4 address'],
    ['A', '', 'A data ends before its Address'],
    ['A', '192.0.2.1 192.0.2.2', '"192.0.2.2" is too much for A data'],
    ['AAAA', '::1::', '"::1::" is no IPv6 address'],
    ['MX', 'ten mail.example.org.', '"ten" is no Preference; it is a number from 0 to 65535'],
    ['MX', '65536 mail.example.org.', '"65536" is no Preference; it is a number from 0 to 65535'],
    ['NS', 'a..b', '"a..b" has an empty label'],
    ['TXT', '"open', '""open" has a quote or backslash without an end'],
    ['TXT', 'a\\999', '"\\999" is no octet'],
    ['HTTPS', '1 . port=443', 'HTTPS data must be given as \\# length hex'],
    ['TYPE731', '\\# 3 ab', '"3" is not the number of octets, 1'],
    ['TYPE731', '\\# 1 xy', '"xy" is no hexadecimal'],
  ])('refuses %s %s', (type, text, error) => {
    expect(parseRecord(type, text)).toEqual({ error });
  });

  it('reads what it prints', () => {
    const name = fc.array(fc.uint8Array({ minLength: 1, maxLength: 12 }), { maxLength: 4 }).map(formatName);
    const octets = fc.uint8Array({ maxLength: 30 });
    const kind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
    const data: fc.Arbitrary<DnsData> = fc.oneof(
      fc.record({ kind: kind('A'), address: fc.integer({ min: -0x80000000, max: 0x7fffffff }) }),
      fc.record({ kind: kind('AAAA'), address: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
      fc.record({ kind: kind('NS', 'CNAME', 'PTR'), name }),
      fc.record({ kind: kind('MX'), preference: fc.nat(65535), exchange: name }),
      fc.record({ kind: kind('TXT'), strings: fc.array(octets, { minLength: 1, maxLength: 3 }) }),
      fc.record({ kind: kind('unknown'), bytes: octets }),
    );
    fc.assert(
      fc.property(data, (given) => {
        const type = given.kind === 'unknown' ? 'TYPE731' : given.kind;
        expect(parseRecord(type, formatData(given, typeNumber(type) as number))).toEqual(given);
      }),
    );
  });

  it('never throws', () => {
    const type = fc.constantFrom('A', 'AAAA', 'MX', 'TXT', 'SOA', 'TYPE9');
    fc.assert(
      fc.property(type, fc.string(), (name, text) => {
        parseRecord(name, text);
      }),
    );
  });
});

describe('IPv6 addresses (RFC 5952 §4)', () => {
  it.each([
    ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:0DB8:0::0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8::1:1:1:1:1'],
    ['2001:0:0:1::1', '2001:0:0:1:0:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8:0:0:1:0:0:1'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ])('%s', (short, long) => {
    expect(formatIpv6(parseIpv6(long) as Uint8Array)).toBe(short);
    expect(parseIpv6(short)).toEqual(parseIpv6(long));
  });

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4::5:6:7:8',
    '192.0.2.1::',
  ])('refuses "%s"', (text) => expect(parseIpv6(text)).toBeUndefined());

  it('reads what it prints', () => {
    const address = fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(address, (octets) => {
        const bytes = Uint8Array.from(octets);
        expect(parseIpv6(formatIpv6(bytes))).toEqual(bytes);
      }),
    );
  });
});

describe('service parameters: the test vectors of RFC 9460 appendix D', () => {
  const target = '03666f6f076578616d706c6503636f6d00';
  const targetOrg = '03666f6f076578616d706c65036f726700';
  it.each([
    ['D.1', `0000${target}`, '0 foo.example.com.'],
    ['figure 3', '000100', '1 .'],
    ['figure 4', `0010${target}000300020035`, '16 foo.example.com. port=53'],
    ['figure 5', `0001${target}029b000568656c6c6f`, '1 foo.example.com. key667=hello'],
    ['figure 6', `0001${target}029b000968656c6c6fd2716f6f`, '1 foo.example.com. key667="hello\\210qoo"'],
    [
      'figure 7',
      `0001${target}0006002020010db800000000000000000000000120010db8000000000000000000530001`,
      '1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1',
    ],
    [
      'figure 8',
      '0001076578616d706c6503636f6d00000600102001 0db8 0122 0344 0000 0000 c000 0221'.replaceAll(' ', ''),
      '1 example.com. ipv6hint=2001:db8:122:344::c000:221',
    ],
    [
      'figure 9',
      `0010${targetOrg}000000040001000400010009026832 0568332d3139 00040004c0000201`.replaceAll(' ', ''),
      '16 foo.example.org. mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1',
    ],
    [
      'figure 10',
      `0010${targetOrg}0001000c08665c6f6f2c626172026832`,
      '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
    ],
  ])('%s', (_, hex, text) => {
    const bytes = parseHex(hex) as Uint8Array;
    const raw: DnsData = { kind: 'unknown', bytes };
    const written = writeDnsMessage(
      newDnsMessage({ answers: [{ name: '.', type: 64, class: 1, ttl: 0, data: raw }] }),
    );
    const { message, problems } = readDnsMessage(written);
    expect(problems).toEqual([]);
    const data = message.answers[0]?.data as DnsData;
    expect(formatData(data, DNS_TYPE.SVCB)).toBe(text);
    expect(formatHex(writeDnsMessage(message))).toBe(formatHex(written));
  });

  it('keeps parameters that are out of order or twice there as bytes (RFC 9460 §2.2)', () => {
    for (const hex of ['000100 0003 0002 0035 0001 0003 026832', '000100 0003 0002 0035 0003 0002 0036']) {
      const raw: DnsData = { kind: 'unknown', bytes: parseHex(hex) as Uint8Array };
      const message = newDnsMessage({ answers: [{ name: '.', type: 65, class: 1, ttl: 0, data: raw }] });
      const read = readDnsMessage(writeDnsMessage(message));
      expect(read.message).toEqual(message);
      expect(read.problems).toMatchObject([{ field: 'dns.svcb.svcparam' }]);
    }
  });
});
