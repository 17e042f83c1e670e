// DNS messages: the laws of a codec, compression, EDNS, and the examples of the RFCs.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tilingFaults } from '../../../test/tiling.js';
import { parseIpv4 } from '../../base/address.js';
import { formatHex, parseHex } from '../../base/text.js';
import { dataLayers } from '../dissect-part.js';
import { dissectDns } from './dissect-dns.js';
import {
  type DnsMessage,
  type DnsQuestion,
  fullRcode,
  newDnsMessage,
  optOf,
  readDnsMessage,
  writeDnsMessage,
} from './message.js';
import { formatName } from './name.js';
import { type DnsData, type DnsRecord, optRecord } from './records.js';
import { DNS_CLASS, DNS_TYPE, typeNumber } from './registry.js';
import type { ServiceParameter } from './service-parameters.js';

const uint8 = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffffffff);
const ipv4 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const octets = fc.uint8Array({ maxLength: 20 });
const someOctets = fc.uint8Array({ minLength: 1, maxLength: 20 });
/** Names that often end alike, so that compression has work. */
const name = fc.oneof(
  fc.constantFrom('.', 'org', 'example.org', 'Example.org', 'www.example.org', 'a.www.example.org'),
  fc.array(fc.uint8Array({ minLength: 1, maxLength: 15 }), { maxLength: 6 }).map(formatName),
);

const parameter: fc.Arbitrary<ServiceParameter> = fc.oneof(
  fc.record({
    kind: fc.constant('mandatory' as const),
    keys: fc.array(uint16, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('alpn' as const),
    protocols: fc.array(
      someOctets.map((bytes) => String.fromCharCode(...bytes)),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.constant({ kind: 'no-default-alpn' as const }),
  fc.record({ kind: fc.constant('port' as const), port: uint16 }),
  fc.record({
    kind: fc.constant('ipv4hint' as const),
    addresses: fc.array(ipv4, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('ipv6hint' as const),
    addresses: fc.array(ipv6, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('ech' as const), bytes: someOctets }),
  fc.record({
    kind: fc.constant('unknown' as const),
    key: fc.integer({ min: 7, max: 0xffff }),
    bytes: octets,
  }),
);
const keyOf = (p: ServiceParameter) =>
  p.kind === 'unknown'
    ? p.key
    : ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint'].indexOf(p.kind);
const parameters = fc
  .uniqueArray(parameter, { selector: keyOf, maxLength: 5 })
  .map((all) => all.sort((a, b) => keyOf(a) - keyOf(b)));

const kindOf = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);
const data: fc.Arbitrary<DnsData> = fc.oneof(
  fc.record({ kind: kindOf('A'), address: ipv4 }),
  fc.record({ kind: kindOf('AAAA'), address: ipv6 }),
  fc.record({ kind: kindOf('NS', 'CNAME', 'PTR'), name }),
  fc.record({
    kind: kindOf('SOA'),
    primary: name,
    mailbox: name,
    serial: uint32,
    refresh: uint32,
    retry: uint32,
    expire: uint32,
    minimum: uint32,
  }),
  fc.record({ kind: kindOf('MX'), preference: uint16, exchange: name }),
  fc.record({ kind: kindOf('TXT'), strings: fc.array(octets, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: kindOf('SRV'), priority: uint16, weight: uint16, port: uint16, target: name }),
  fc.record({ kind: kindOf('HTTPS', 'SVCB'), priority: uint16, target: name, parameters }),
  fc.record({
    kind: kindOf('OPT'),
    udpSize: uint16,
    extendedRcode: uint8,
    version: uint8,
    dnssecOk: fc.boolean(),
    reserved: fc.nat(0x7fff),
    options: fc.array(fc.record({ code: uint16, bytes: octets }), { maxLength: 3 }),
  }),
  fc.record({ kind: kindOf('unknown'), bytes: octets }),
);

const record: fc.Arbitrary<DnsRecord> = fc
  .record({
    name,
    class: fc.constantFrom(1, 3, 4711),
    ttl: uint32,
    data,
    other: fc.constantFrom(13, 46, 65280),
  })
  .map(({ other, ...rest }) => {
    if (rest.data.kind !== 'OPT') return { ...rest, type: typeNumber(rest.data.kind) ?? other };
    return { ...optRecordOf(rest.data), name: rest.name };
  });

function optRecordOf(opt: Extract<DnsData, { kind: 'OPT' }>): DnsRecord {
  const flags = (opt.dnssecOk ? 0x8000 : 0) | opt.reserved;
  const ttl = opt.extendedRcode * 0x1000000 + opt.version * 0x10000 + flags;
  return { name: '.', type: DNS_TYPE.OPT, class: opt.udpSize, ttl, data: opt };
}

const question: fc.Arbitrary<DnsQuestion> = fc.record({ name, type: uint16, class: uint16 });
const anyMessage: fc.Arbitrary<DnsMessage> = fc.record({
  id: uint16,
  response: fc.boolean(),
  opcode: fc.nat(15),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  reserved: fc.nat(1),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  rcode: fc.nat(15),
  questions: fc.array(question, { maxLength: 3 }),
  answers: fc.array(record, { maxLength: 5 }),
  authorities: fc.array(record, { maxLength: 3 }),
  additionals: fc.array(record, { maxLength: 3 }),
});

const bytesOf = (hex: string) => parseHex(hex) as Uint8Array;
const address = (text: string) => parseIpv4(text) as number;

/** Where the dissection of the message at `[start, end)` leaves bits without a name or names them twice. */
function faults(frame: Uint8Array, start: number, end: number): string[] {
  const layers = [...dataLayers(frame, 0, start), dissectDns(frame, start, end)];
  return tilingFaults({ layers, length: end });
}

describe('the laws of a codec', () => {
  it('reads what it wrote, compressed or not', () => {
    fc.assert(
      fc.property(anyMessage, fc.boolean(), (message, compress) => {
        const read = readDnsMessage(writeDnsMessage(message, { compress }));
        expect(read.message).toEqual(message);
        expect(read.rest).toHaveLength(0);
        expect(read.problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
      }),
    );
  });

  it('is total: any bytes are read, and reading what was read again changes nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { message, rest } = readDnsMessage(bytes);
        expect(rest.length).toBeLessThanOrEqual(bytes.length);
        writeDnsMessage(message);
      }),
    );
  });

  it('is total on damaged messages, and dissection names every bit', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(), fc.nat(3), fc.nat(20));
    fc.assert(
      fc.property(anyMessage, damage, (message, [flipAt, cutAt, flips, before]) => {
        let bytes: Uint8Array = writeDnsMessage(message);
        for (let i = 0; i < flips; i++) bytes[(flipAt * (i + 1)) % bytes.length] ^= 1 << ((flipAt + i) % 8);
        if (flips === 1) bytes = bytes.slice(0, cutAt % bytes.length);
        const { problems } = readDnsMessage(bytes);
        for (const { text, field } of problems) expect(text !== '' && field.startsWith('dns.')).toBe(true);
        const frame = new Uint8Array(before + bytes.length + 3);
        frame.set(bytes, before);
        expect(faults(frame, before, before + bytes.length)).toEqual([]);
      }),
    );
  });

  it('is total on every truncation and every flipped bit of one message', () => {
    const message = newDnsMessage({
      response: true,
      questions: [{ name: 'www.example.org', type: DNS_TYPE.A, class: DNS_CLASS.IN }],
      answers: [
        {
          name: 'www.example.org',
          type: 5,
          class: 1,
          ttl: 60,
          data: { kind: 'CNAME', name: 'a.example.org' },
        },
        {
          name: 'a.example.org',
          type: 1,
          class: 1,
          ttl: 60,
          data: { kind: 'A', address: address('192.0.2.1') },
        },
      ],
      additionals: [optRecord()],
    });
    const bytes = writeDnsMessage(message);
    for (let length = 0; length < bytes.length; length++) {
      const { problems } = readDnsMessage(bytes.subarray(0, length));
      expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
      expect(faults(bytes, 0, length)).toEqual([]);
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 128 >> (bit & 7);
      expect(faults(flipped, 0, flipped.length)).toEqual([]);
    }
  });
});

describe('what stands on the wire', () => {
  it('writes a query byte for byte', () => {
    const query = newDnsMessage({
      id: 0x1234,
      recursionDesired: true,
      questions: [{ name: 'example.org', type: DNS_TYPE.A, class: DNS_CLASS.IN }],
    });
    const hex = '1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 6f7267 00 0001 0001';
    expect(formatHex(writeDnsMessage(query))).toBe(hex.replaceAll(' ', ''));
  });

  it('puts every flag where RFC 1035 §4.1.1 and RFC 2535 §6.1 have it', () => {
    const flags = (values: Partial<DnsMessage>) =>
      formatHex(writeDnsMessage(newDnsMessage(values)).subarray(2, 4));
    expect(flags({ response: true })).toBe('8000');
    expect(flags({ opcode: 5 })).toBe('2800');
    expect(flags({ authoritative: true })).toBe('0400');
    expect(flags({ truncated: true })).toBe('0200');
    expect(flags({ recursionDesired: true })).toBe('0100');
    expect(flags({ recursionAvailable: true })).toBe('0080');
    expect(flags({ reserved: 1 })).toBe('0040');
    expect(flags({ authenticData: true })).toBe('0020');
    expect(flags({ checkingDisabled: true })).toBe('0010');
    expect(flags({ rcode: 3 })).toBe('0003');
  });

  it('compresses as in the example of RFC 1035 §4.1.4: whole names, ends of names, not the root', () => {
    const record = (owner: string, target: string): DnsRecord => ({
      name: owner,
      type: DNS_TYPE.NS,
      class: 1,
      ttl: 0,
      data: { kind: 'NS', name: target },
    });
    const bytes = writeDnsMessage(
      newDnsMessage({ answers: [record('F.ISI.ARPA', 'FOO.F.ISI.ARPA'), record('ARPA', '.')] }),
    );
    // F.ISI.ARPA at 12; ARPA within it at 18; FOO and a pointer to 12; ARPA as a pointer to 18; the root as itself.
    const hex = `${'01 46 03 495349 04 41525041 00 0002 0001 00000000 0006 03 464f4f c00c'}${'c012 0002 0001 00000000 0001 00'}`;
    expect(formatHex(bytes.subarray(12))).toBe(hex.replaceAll(' ', ''));
  });

  it('does not compress to another spelling, and not inside types that RFC 3597 §4 forbids it', () => {
    const srv: DnsData = { kind: 'SRV', priority: 0, weight: 0, port: 80, target: 'example.org' };
    const bytes = writeDnsMessage(
      newDnsMessage({
        questions: [{ name: 'example.org', type: 1, class: 1 }],
        answers: [{ name: 'EXAMPLE.org', type: DNS_TYPE.SRV, class: 1, ttl: 0, data: srv }],
      }),
    );
    const text = String.fromCharCode(...bytes);
    expect(text.split('example').length - 1).toBe(2);
    expect(text).toContain('\x07EXAMPLE\xc0\x14');
    expect(text.endsWith('\x07example\x03org\0')).toBe(true);
  });

  it('does not point beyond what 14 bits reach', () => {
    const filler: DnsRecord = {
      name: '.',
      type: 99,
      class: 1,
      ttl: 0,
      data: { kind: 'unknown', bytes: new Uint8Array(20000) },
    };
    const late: DnsRecord = {
      name: 'late.example.org',
      type: 2,
      class: 1,
      ttl: 0,
      data: { kind: 'NS', name: 'late.example.org' },
    };
    const message = newDnsMessage({ answers: [filler, late, late] });
    expect(readDnsMessage(writeDnsMessage(message)).message).toEqual(message);
  });

  it.each<[string, DnsRecord]>([
    [
      'a name that is none',
      { name: 'a..b', type: 99, class: 1, ttl: 0, data: { kind: 'unknown', bytes: new Uint8Array(0) } },
    ],
    [
      'a string of 256 octets',
      { name: '.', type: 16, class: 1, ttl: 0, data: { kind: 'TXT', strings: [new Uint8Array(256)] } },
    ],
    [
      '65536 octets',
      { name: '.', type: 99, class: 1, ttl: 0, data: { kind: 'unknown', bytes: new Uint8Array(65536) } },
    ],
    ['data of another type', { name: '.', type: 2, class: 1, ttl: 0, data: { kind: 'A', address: 0 } }],
    [
      'half an address',
      { name: '.', type: 28, class: 1, ttl: 0, data: { kind: 'AAAA', address: new Uint8Array(8) } },
    ],
  ])('throws for %s', (_, record) => {
    expect(() => writeDnsMessage(newDnsMessage({ answers: [record] }))).toThrow(RangeError);
  });
});

describe('messages that lie', () => {
  const header = (counts: string) => `0001 8000 ${counts}`;
  const problemsOf = (hex: string) =>
    readDnsMessage(bytesOf(hex)).problems.map(({ field, text }) => `${field}: ${text}`);

  it('names the count that promises too much', () => {
    expect(problemsOf(header('0002 0000 0000 0000 00 0001 0001'))).toEqual([
      'dns.qry.name: the name runs past the end',
      'dns.count.queries: the header promises 2, only 1 can be read',
    ]);
    expect(problemsOf(header('0000 0001 0000 0000 00 0001 0001 00000000 0004 c000 02'))).toEqual([
      'dns.resp.len: the record says 4 bytes of data, only 3 are there',
      'dns.count.answers: the header promises 1, only 0 can be read',
    ]);
  });

  it('keeps data that does not fit its type, byte for byte', () => {
    const hex = header(
      '0000 0002 0000 0000 00 0001 0001 00000000 0003 c00002 00 0010 0001 00000000 0002 0561',
    );
    const { message, problems, rest } = readDnsMessage(bytesOf(hex));
    expect(message.answers.map((answer) => answer.data)).toEqual([
      { kind: 'unknown', bytes: bytesOf('c00002') },
      { kind: 'unknown', bytes: bytesOf('0561') },
    ]);
    expect(problems.map(({ field }) => field)).toEqual(['dns.a', 'dns.txt']);
    expect(rest).toHaveLength(0);
  });

  it('says how many bytes follow the last record, and keeps them', () => {
    const { problems, rest } = readDnsMessage(bytesOf(header('0000 0000 0000 0000 beef')));
    expect(problems).toMatchObject([{ severity: 'warning', field: 'dns.extraneous.data' }]);
    expect(formatHex(rest)).toBe('beef');
  });

  it('knows that updates name records without data (RFC 2136 §2.5.2)', () => {
    expect(problemsOf('0001 2800 0000 0000 0001 0000 00 0001 00ff 00000000 0000')).toEqual([]);
  });

  it('tells a time to live whose sign bit is set (RFC 2181 §8)', () => {
    const hex = header('0000 0001 0000 0000 00 0001 0001 80000000 0004 c0000201');
    expect(readDnsMessage(bytesOf(hex)).problems).toMatchObject([
      { severity: 'note', field: 'dns.resp.ttl' },
    ]);
  });

  it('does bounded work on many names that point to each other', () => {
    const links = Array.from({ length: 8000 }, (_, i) => [0xc0 | ((12 + 2 * i) >> 8), (12 + 2 * i) & 255]);
    const bytes = Uint8Array.from([...bytesOf('0001 8000 ffff 0000 0000 0000 0000'), ...links.flat()]);
    expect(readDnsMessage(bytes).problems).not.toHaveLength(0);
  });
});

describe('EDNS (RFC 6891)', () => {
  it('writes what dig sends: version 0, DO, a size and a cookie', () => {
    const cookie = { code: 10, bytes: bytesOf('0102030405060708') };
    const message = newDnsMessage({ additionals: [optRecord(1232, { dnssecOk: true, options: [cookie] })] });
    const hex = '00 0029 04d0 00 00 8000 000c 000a 0008 0102030405060708';
    expect(formatHex(writeDnsMessage(message).subarray(12))).toBe(hex.replaceAll(' ', ''));
    expect(optOf(message)?.options).toEqual([cookie]);
  });

  it('adds 8 bits to the response code', () => {
    expect(fullRcode(newDnsMessage({ additionals: [optRecord(512, { extendedRcode: 1 })] }))).toBe(16);
    expect(fullRcode(newDnsMessage({ rcode: 3 }))).toBe(3);
  });
});
