// The catalogue of fields: it names exactly what dissection yields, tried on frames made to have every field there is.

import { describe, expect, it } from 'vitest';
import {
  arpMessage,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  ROUTER,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { allFields } from '../../test/tiling.js';
import { encodeUtf8 } from '../base/text.js';
import { arp } from './arp.js';
import { type DissectOptions, dissect } from './dissect.js';
import { newDnsMessage, writeDnsMessage } from './dns/message.js';
import type { DnsData, DnsRecord } from './dns/records.js';
import { ethernet, vlan, withFcs } from './ethernet.js';
import { fieldCatalogue, fieldGroups, findField, protocolCatalogue } from './field-catalogue.js';
import { httpHeaderFields } from './http-fields.js';
import { ETHERTYPE, PROTOCOL } from './iana.js';
import { type Ipv4Option, writeIpv4Options } from './ipv4-options.js';
import { LINK_TYPE, linuxCooked, ppp } from './link-types.js';
import { type TcpOption, writeTcpOptions } from './tcp-options.js';

// ---- frames that have everything ----

const DATA = Uint8Array.of(1, 2, 3, 4);
const overArp = (message: Uint8Array) => ethernetFrame(message, { etherType: ETHERTYPE.arp });
const overIp = (protocol: number, payload: Uint8Array) => ethernetFrame(ipv4Packet(payload, { protocol }));
const overTcp = (payload: Uint8Array, port: number) =>
  overIp(PROTOCOL.tcp, tcpSegment(payload, { destinationPort: port, ack: 1 }));
const withIpOptions = (...options: readonly Ipv4Option[]) =>
  ethernetFrame(ipv4Packet(udpDatagram(DATA), {}, writeIpv4Options(options)));
const withTcpOptions = (...options: readonly TcpOption[]) =>
  overIp(PROTOCOL.tcp, tcpSegment(DATA, { ack: 1 }, writeTcpOptions(options)));
const withIcmp = (type: number, code: number, ...rest: readonly (Uint8Array | readonly number[])[]) =>
  overIp(PROTOCOL.icmp, icmpMessage(type, code, join(...rest)));

const name = 'host.example';
const record = (type: number, data: DnsData): DnsRecord => ({ name, type, class: 1, ttl: 60, data });
const answer = writeDnsMessage(
  newDnsMessage({
    response: true,
    questions: [{ name, type: 255, class: 1 }],
    answers: [
      record(1, { kind: 'A', address: ROUTER }),
      record(2, { kind: 'NS', name }),
      record(5, { kind: 'CNAME', name }),
      record(6, {
        kind: 'SOA',
        primary: name,
        mailbox: name,
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      }),
      record(12, { kind: 'PTR', name }),
      record(15, { kind: 'MX', preference: 10, exchange: name }),
      record(16, { kind: 'TXT', strings: [DATA] }),
      record(28, { kind: 'AAAA', address: new Uint8Array(16) }),
      record(33, { kind: 'SRV', priority: 1, weight: 2, port: 3, target: name }),
      record(65, {
        kind: 'HTTPS',
        priority: 1,
        target: name,
        parameters: [
          { kind: 'mandatory', keys: [1] },
          { kind: 'alpn', protocols: ['h2'] },
          { kind: 'port', port: 443 },
          { kind: 'ipv4hint', addresses: [ROUTER] },
          { kind: 'ech', bytes: DATA },
          { kind: 'ipv6hint', addresses: [new Uint8Array(16)] },
          { kind: 'unknown', key: 999, bytes: DATA },
        ],
      }),
      record(999, { kind: 'unknown', bytes: DATA }),
    ],
    additionals: [
      record(41, {
        kind: 'OPT',
        udpSize: 1232,
        extendedRcode: 0,
        version: 0,
        dnssecOk: true,
        reserved: 0,
        options: [
          { code: 10, bytes: new Uint8Array(16) },
          { code: 999, bytes: DATA },
        ],
      }),
    ],
  }),
);

const headerLines = httpHeaderFields.fields.map(({ label }) => `${label}: 4\r\n`).join('');
const extension = join([0x20, 0, 0, 0], [0, 8, 1, 1], DATA);
const quoted = ipv4Packet(udpDatagram(DATA));

const FRAMES: readonly (readonly [Uint8Array, DissectOptions?])[] = [
  [withFcs(join(overArp(arpMessage()), new Uint8Array(18), [1])), { fcs: true }],
  [join(headerOf(ethernet, { etherType: 4 }), DATA)],
  [ethernetFrame(join(headerOf(vlan, { etherType: ETHERTYPE.ipv4 }), quoted), { etherType: ETHERTYPE.vlan })],
  [join(headerOf(linuxCooked, { protocol: ETHERTYPE.ipv4 }), quoted), { linkType: LINK_TYPE.linuxCooked }],
  [join(headerOf(ppp, { protocol: 0x21 }), quoted), { linkType: LINK_TYPE.ppp }],
  [overArp(arpMessage({ senderIp: ROUTER, targetIp: ROUTER, targetMac: 0 }))],
  [overArp(arpMessage({ senderIp: 0 }))],
  [
    overArp(
      join(
        headerOf(arp, { hardwareType: 6, protocolType: 7, hardwareSize: 8, protocolSize: 6 }),
        [1, 2, 3, 4, 5, 6, 7, 8],
      ),
    ),
  ],
  [ethernetFrame(quoted.subarray(0, 11))],
  [withIpOptions({ kind: 'record-route', pointer: 8, addresses: [1, 2] }, { kind: 'nop' }, { kind: 'end' })],
  [withIpOptions({ kind: 'loose-source-route', pointer: 4, addresses: [1] })],
  [withIpOptions({ kind: 'strict-source-route', pointer: 4, addresses: [1] })],
  [withIpOptions({ kind: 'timestamp', pointer: 13, overflow: 0, form: 1, words: [1, 2] })],
  [withIpOptions({ kind: 'security', level: 1, flags: DATA }, { kind: 'stream-id', id: 1 })],
  [withIpOptions({ kind: 'router-alert', value: 0 }, { kind: 'unknown', number: 30, data: DATA })],
  [withIcmp(8, 0, [0, 1, 0, 2], DATA)],
  [withIcmp(3, 4, [0, 32, 5, 220], quoted, new Uint8Array(128 - quoted.length), extension)],
  [withIcmp(11, 0, [0, 0, 0, 0], quoted)],
  [withIcmp(12, 0, [8, 0, 0, 0], quoted)],
  [withIcmp(5, 0, [192, 0, 2, 1], quoted)],
  [withIcmp(13, 0, new Uint8Array(16))],
  [withIcmp(42, 0, [0, 1, 2, 0], [1, 2])],
  [
    withTcpOptions(
      { kind: 'mss', value: 1460 },
      { kind: 'window-scale', shift: 7 },
      { kind: 'sack-permitted' },
    ),
  ],
  [withTcpOptions({ kind: 'sack', blocks: [{ left: 1, right: 2 }] }, { kind: 'nop' }, { kind: 'end' })],
  [withTcpOptions({ kind: 'timestamps', value: 1, echo: 2 })],
  [withTcpOptions({ kind: 'md5', digest: new Uint8Array(16) })],
  [withTcpOptions({ kind: 'user-timeout', inMinutes: true, timeout: 5 })],
  [withTcpOptions({ kind: 'authentication', keyId: 1, nextKeyId: 2, mac: DATA })],
  [withTcpOptions({ kind: 'fast-open', cookie: DATA })],
  [withTcpOptions({ kind: 'fast-open', cookie: new Uint8Array() })],
  [withTcpOptions({ kind: 'unknown', number: 77, data: DATA }, { kind: 'unknown', number: 253, data: DATA })],
  [overIp(PROTOCOL.udp, udpDatagram(join(answer, DATA), { sourcePort: 53 }))],
  [overTcp(join([answer.length >> 8, answer.length & 255], answer), 53)],
  [overTcp(encodeUtf8(`POST / HTTP/1.1\r\n${headerLines}X-Other: 1\r\nno header\r\n\r\nbody`), 80)],
  [overTcp(encodeUtf8('HTTP/1.1 200 OK\r\nno header\r\n\r\n'), 80)],
];

const found = FRAMES.flatMap(([frame, options]) => allFields(dissect(frame, options)));
const catalogue = fieldCatalogue();

// ---- what must be true ----

describe('the catalogue of fields', () => {
  it('names exactly the fields that frames have', () => {
    const yielded = new Set(found.map((field) => field.name));
    const known = new Set(catalogue.map((field) => field.name));
    expect(
      [...yielded].filter((one) => !known.has(one)),
      'fields that the catalogue lacks',
    ).toEqual([]);
    expect(
      [...known].filter((one) => !yielded.has(one)),
      'fields that no frame has',
    ).toEqual([]);
    expect(known.size).toBe(catalogue.length);
  });

  it('tells what each is for in a sentence, and where that stands', () => {
    const protocols = protocolCatalogue().map((protocol) => protocol.name);
    for (const { name: filter, label, meaning, protocol, rfc } of catalogue) {
      expect(meaning, filter).toMatch(/^[A-Z0-9][^\n]{3,100}\.$/);
      expect(label, filter).not.toBe('');
      expect(protocols, filter).toContain(protocol);
      if (protocol !== 'frame' && protocol !== 'data')
        expect(rfc, filter).toMatch(/^(?:RFC \d|IEEE|LINKTYPE)/);
    }
  });

  it('gives values the type that dissection gives them', () => {
    const types = { number: 'number', flag: 'boolean', text: 'string', address: 'string', bytes: 'string' };
    const wrong = found.filter((field) => {
      const type = findField(field.name)?.type;
      return type === undefined || typeof field.value !== types[type];
    });
    expect(wrong.map(({ name, value }) => [name, value])).toEqual([]);
  });

  it('means addresses and bytes where it says so', () => {
    const shapes = { address: /^[\da-f.:]+$/, bytes: /^(?:[\da-f]{2})*$/ };
    for (const { name: filter, value } of found) {
      const type = findField(filter)?.type;
      if (type === 'address' || type === 'bytes') expect(value, filter).toMatch(shapes[type]);
    }
  });

  it('calls a field as dissection calls it', () => {
    const labels = new Map<string, string[]>();
    for (const { name: filter, label } of found) labels.set(filter, [...(labels.get(filter) ?? []), label]);
    // Records are called by their section, unknown things by their number, lines by their name.
    const named = ['data', 'http.unknown_header', 'ip.options.unknown', 'tcp.options.unknown'];
    const other = catalogue.filter(({ name: filter, label }) => !labels.get(filter)?.includes(label));
    expect(other.map((field) => field.name).filter((filter) => !named.includes(filter))).toEqual([]);
  });

  it('gives every dissected field the meaning and the source that stand in it', () => {
    const meanings = new Map<string, Set<string>>();
    for (const { fields } of fieldGroups()) {
      for (const field of fields) {
        const texts = meanings.get(field.name) ?? new Set();
        meanings.set(field.name, texts.add(field.meaning));
      }
    }
    for (const field of found) expect(meanings.get(field.name), field.name).toContain(field.meaning);
    expect(found.find((field) => field.name === 'ip.dsfield.ecn')?.rfc).toBe('RFC 3168 §5');
    expect(found.find((field) => field.name === 'tcp.options.mss_val')?.rfc).toBe('RFC 9293 §3.7.1');
    expect(found.find((field) => field.name === 'ip.ttl')?.rfc).toBeUndefined();
  });

  it('knows the names of values, and places in fixed headers', () => {
    expect(findField('arp.opcode')).toMatchObject({ names: { 1: 'request' }, bitOffset: 48, bits: 16 });
    expect(findField('dns.a')).toEqual({
      name: 'dns.a',
      label: 'Address',
      protocol: 'dns',
      type: 'address',
      meaning: 'The IPv4 address of the name.',
      rfc: 'RFC 1035 §3.4.1',
    });
    expect(findField('no.such')).toBeUndefined();
  });
});

describe('the catalogue of protocols', () => {
  it('has every layer that frames have, each once', () => {
    const layers = new Set(FRAMES.flatMap((one) => dissect(...one).layers.map(({ protocol }) => protocol)));
    expect(
      protocolCatalogue()
        .map((protocol) => protocol.name)
        .sort(),
    ).toEqual([...layers].sort());
  });
});
