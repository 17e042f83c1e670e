// The arithmetic of checksums: done again by hand from what is listed, and compared with what the frames hold.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  echoRequest,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { updateChecksum } from '../base/checksum.js';
import { dissect } from '../wire/dissect.js';
import { PROTOCOL } from '../wire/iana.js';
import { icmpTimeExceeded } from '../wire/icmp.js';
import { writeTcpOptions } from '../wire/tcp-options.js';
import { type ChecksumWork, changedChecksums, fullChecksums } from './checksum-work.js';

const DATA = Uint8Array.of(1, 2, 3);
const MSS = writeTcpOptions([{ kind: 'mss', value: 1460 }]);
const datagram = ethernetFrame(ipv4Packet(udpDatagram(DATA)));
const segment = ethernetFrame(ipv4Packet(tcpSegment(DATA, { ack: 1 }, MSS), { protocol: PROTOCOL.tcp }));
const echo = ethernetFrame(ipv4Packet(echoRequest(DATA), { protocol: PROTOCOL.icmp }));

const read = (bytes: Uint8Array) => ({ bytes, dissection: dissect(bytes) });
const full = (bytes: Uint8Array) => fullChecksums(bytes, dissect(bytes));
const between = (before: Uint8Array, after: Uint8Array) => changedChecksums(read(before), read(after));
const kindsOf = (works: readonly ChecksumWork[]) => works.map(({ field, kind, ok }) => [field, kind, ok]);

/** A frame with other octets in places. */
function patched(frame: Uint8Array, patches: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const copy = frame.slice();
  for (const [at, octets] of Object.entries(patches)) copy.set(octets, Number(at));
  return copy;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** What a student does: one's complement addition, a word at a time. */
function addByHand(words: readonly number[]): number {
  return words.reduce((sum, next) => (sum + next > 0xffff ? sum + next - 0xffff : sum + next), 0);
}

describe('a whole sum', () => {
  it('of an IPv4 header has every word with its fields', () => {
    const [ip] = full(datagram);
    expect(ip).toMatchObject({
      protocol: 'ip',
      field: 'ip.checksum',
      kind: 'full',
      rfc: 'RFC 1071 §1',
      stored: word(datagram, 24),
      ok: true,
    });
    expect(ip?.words.map(({ fields, at, after }) => [at, fields, after])).toEqual([
      [14, 'ip.version, ip.hdr_len, ip.dsfield.dscp, ip.dsfield.ecn', 0x4500],
      [16, 'ip.len', 31],
      [18, 'ip.id', 0x1234],
      [20, 'ip.flags.rb, ip.flags.df, ip.flags.mf, ip.frag_offset', 0],
      [22, 'ip.ttl, ip.proto', 0x4011],
      [24, 'ip.checksum', 0],
      [26, 'ip.src', 0xc000],
      [28, 'ip.src', 0x020a],
      [30, 'ip.dst', 0xc633],
      [32, 'ip.dst', 0x6407],
    ]);
    expect(ip?.words.every((one) => one.length === 2 && !one.pseudo && one.before === undefined)).toBe(true);
    expect(ip?.sum).toBe(ip?.words.reduce((sum, { after }) => sum + after, 0));
    expect(ip?.folded).toBe(addByHand(ip?.words.map(({ after }) => after) ?? []));
    expect(ip?.result).toBe(0xffff - (ip?.folded ?? 0));
  });

  it('of UDP has the pseudo-header, the header and the payload as one', () => {
    const udp = full(datagram)[1];
    expect(udp).toMatchObject({ field: 'udp.checksum', kind: 'full', stored: word(datagram, 40), ok: true });
    expect(
      udp?.words.map(({ pseudo, at, length, fields, after }) => [pseudo, at, length, fields, after]),
    ).toEqual([
      [true, 26, 2, 'ip.src', 0xc000],
      [true, 28, 2, 'ip.src', 0x020a],
      [true, 30, 2, 'ip.dst', 0xc633],
      [true, 32, 2, 'ip.dst', 0x6407],
      [true, 23, 1, 'ip.proto', 17],
      [true, 38, 2, 'udp.length', 11],
      [false, 34, 2, 'udp.srcport', 50000],
      [false, 36, 2, 'udp.dstport', 9],
      [false, 38, 2, 'udp.length', 11],
      [false, 40, 2, 'udp.checksum', 0],
      // The odd octet at the end counts as the high half of a word.
      [false, 42, 3, 'data', 0x0102 + 0x0300],
    ]);
  });

  it('of TCP counts the options, and a length that stands nowhere', () => {
    const tcp = full(segment)[1];
    expect(tcp).toMatchObject({ field: 'tcp.checksum', kind: 'full', stored: word(segment, 50), ok: true });
    const lines = tcp?.words.map(({ at, fields, after }) => [at, fields, after]) ?? [];
    expect(lines[5]).toEqual([-1, 'ip.len, ip.hdr_len', 27]);
    expect(lines.slice(-3)).toEqual([
      [54, 'tcp.option_kind, tcp.option_len', 0x0204],
      [56, 'tcp.options.mss_val', 1460],
      [58, 'data', 0x0402],
    ]);
    expect(tcp?.words.filter(({ fields }) => fields === 'tcp.seq_raw').length).toBe(2);
  });

  it('of ICMP has no pseudo-header', () => {
    const icmp = full(echo)[1];
    expect(icmp?.words.map(({ fields }) => fields)).toEqual([
      'icmp.type, icmp.code',
      'icmp.checksum',
      'icmp.ident',
      'icmp.seq',
      'data',
    ]);
    expect(icmp).toMatchObject({ field: 'icmp.checksum', ok: true });
  });

  it('leaves the padding of the frame alone', () => {
    expect(kindsOf(full(join(segment, new Uint8Array(4).fill(9))))).toEqual([
      ['ip.checksum', 'full', true],
      ['tcp.checksum', 'full', true],
    ]);
  });

  it('is there for any payload, and right', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        for (const frame of [
          ethernetFrame(ipv4Packet(udpDatagram(data))),
          ethernetFrame(ipv4Packet(tcpSegment(data), { protocol: PROTOCOL.tcp })),
        ]) {
          const works = full(frame);
          expect(works.map(({ ok }) => ok)).toEqual([true, true]);
          for (const { words, folded } of works)
            expect(addByHand(words.map(({ after }) => after))).toBe(folded);
        }
      }),
    );
  });

  it('says so when the frame holds another one', () => {
    const damaged = patched(datagram, { 43: [99] });
    expect(kindsOf(full(damaged))).toEqual([
      ['ip.checksum', 'full', true],
      ['udp.checksum', 'full', false],
    ]);
    expect(full(damaged)[1]?.stored).toBe(word(datagram, 40));
  });

  it('of UDP is sent as 0xffff where it is 0', () => {
    const frame = ethernetFrame(ipv4Packet(udpDatagram(Uint8Array.of(0, 0))));
    const [, udp] = full(frame);
    // A payload that brings the sum to 0xffff.
    const zero = ethernetFrame(
      ipv4Packet(udpDatagram(Uint8Array.of((udp?.result ?? 0) >> 8, (udp?.result ?? 0) & 255))),
    );
    expect(full(zero)[1]).toMatchObject({ folded: 0xffff, result: 0xffff, stored: 0xffff, ok: true });
  });

  it('is none where UDP has none', () => {
    const frame = ethernetFrame(ipv4Packet(udpDatagram(DATA, { checksum: 0 })));
    expect(full(frame)[1]).toEqual({
      protocol: 'udp',
      field: 'udp.checksum',
      kind: 'none',
      rfc: 'RFC 768',
      words: [],
      sum: 0,
      folded: 0,
      result: 0,
      stored: 0,
      ok: true,
    });
  });

  it.each([
    ['a first fragment', ethernetFrame(ipv4Packet(udpDatagram(DATA), { moreFragments: 1 })), ['ip.checksum']],
    ['a later fragment', ethernetFrame(ipv4Packet(DATA, { fragmentOffset: 2 })), ['ip.checksum']],
    ['a packet that is cut short', datagram.subarray(0, 43), ['ip.checksum']],
    ['a header that is cut short', datagram.subarray(0, 30), []],
    ['a header whose length lies', patched(datagram, { 14: [0x4f] }), []],
    ['a datagram whose length lies', patched(datagram, { 38: [0, 99] }), ['ip.checksum']],
    ['no packet at all', ethernetFrame(DATA, { etherType: 0x88b5 }), []],
  ])('of %s is there as far as its bytes are', (_name, frame, fields) => {
    expect(full(frame).map(({ field }) => field)).toEqual(fields);
  });
});

describe('a sum that changes on the way', () => {
  /** As a router does it: TTL less one, and the checksum by RFC 1624. */
  function routed(frame: Uint8Array): Uint8Array {
    const ttl = word(frame, 22);
    const sum = updateChecksum(word(frame, 24), ttl, ttl - 256);
    return patched(frame, { 22: [(ttl >> 8) - 1], 24: [sum >> 8, sum & 255] });
  }

  it('lists the word with the TTL and goes the short way', () => {
    const after = routed(datagram);
    const [ip, ...others] = between(datagram, after);
    expect(others).toEqual([]);
    expect(ip).toEqual({
      protocol: 'ip',
      field: 'ip.checksum',
      kind: 'incremental',
      rfc: 'RFC 1624 §3',
      previous: word(datagram, 24),
      words: [
        { fields: 'ip.ttl, ip.proto', at: 22, length: 2, pseudo: false, before: 0x4011, after: 0x3f11 },
      ],
      sum: 0xffff - word(datagram, 24) + (0xffff - 0x4011) + 0x3f11,
      folded: 0xffff - word(after, 24),
      result: word(after, 24),
      stored: word(after, 24),
      ok: true,
    });
  });

  /** The frame with both checksums as their words add up, whatever its maker thought of the addresses. */
  function summed(frame: Uint8Array, transportAt: number): Uint8Array {
    const [ip, transport] = full(frame).map(({ result }) => [result >> 8, result & 255]);
    return patched(frame, { 24: ip ?? [], [transportAt]: transport ?? [] });
  }

  it.each([
    ['udp', PROTOCOL.udp, udpDatagram, 40],
    ['tcp', PROTOCOL.tcp, tcpSegment, 50],
  ] as const)(
    'lists what a translator changes in %s, and comes to the whole sum',
    (name, protocol, make, at) => {
      const [inside, insidePort] = [0x0a000001, 50000];
      const sent = (source: number, sourcePort: number) =>
        summed(ethernetFrame(ipv4Packet(make(DATA, { sourcePort }), { protocol, source, checksum: 0 })), at);
      fc.assert(
        fc.property(fc.nat(0xffffffff), fc.nat(0xffff), (outside, port) => {
          const works = between(sent(inside, insidePort), sent(outside | 0, port));
          for (const work of works) {
            expect(work).toMatchObject({ kind: 'incremental', ok: true });
            const { previous = 0, words, folded } = work;
            const summands = words.flatMap(({ before = 0, after }) => [0xffff - before, after]);
            expect(addByHand([0xffff - previous, ...summands]) % 0xffff).toBe(folded % 0xffff);
          }
          const words = works.find(({ field }) => field === `${name}.checksum`)?.words ?? [];
          expect(words.some(({ fields }) => fields === 'ip.src')).toBe(outside !== inside);
          expect(words.some(({ fields }) => fields === `${name}.srcport`)).toBe(port !== insidePort);
          expect(words.every(({ fields }) => /^(?:ip\.src|\w+\.srcport)$/.test(fields))).toBe(true);
        }),
      );
    },
  );

  it('is told in full where a payload has changed', () => {
    const quoting = (sourcePort: number, checksum?: number) => {
      const values = checksum === undefined ? { sourcePort } : { sourcePort, checksum };
      const quote = ipv4Packet(udpDatagram(DATA, values));
      const error = icmpMessage(11, 0, join(headerOf(icmpTimeExceeded, {}), quote));
      return ethernetFrame(ipv4Packet(error, { protocol: PROTOCOL.icmp }));
    };
    const [icmp, ...others] = between(quoting(1, 5), quoting(2, 5));
    expect(others).toEqual([]);
    expect(icmp).toMatchObject({ field: 'icmp.checksum', kind: 'full', ok: true });
    expect(icmp?.words.at(-1)).toMatchObject({ fields: 'ip', at: 42 });
    // A quoted checksum that was mended makes up for the port: the sum around it need not change.
    expect(between(quoting(1), quoting(2))).toEqual([]);
  });

  it('stays wrong when it was wrong', () => {
    const wrong = patched(datagram, { 24: [0, 1] });
    expect(kindsOf(between(wrong, routed(wrong)))).toEqual([['ip.checksum', 'incremental', true]]);
    expect(kindsOf(full(routed(wrong)))[0]).toEqual(['ip.checksum', 'full', false]);
    expect(kindsOf(between(datagram, patched(routed(datagram), { 24: [0, 1] })))).toEqual([
      ['ip.checksum', 'incremental', false],
    ]);
  });

  it('stays none where UDP has none', () => {
    const none = ethernetFrame(ipv4Packet(udpDatagram(DATA, { checksum: 0 })));
    const translated = ethernetFrame(ipv4Packet(udpDatagram(DATA, { checksum: 0, sourcePort: 1 })));
    expect(kindsOf(between(none, translated))).toEqual([['udp.checksum', 'none', true]]);
    expect(kindsOf(between(datagram, none))).toEqual([['udp.checksum', 'none', true]]);
  });

  it('is nothing where nothing that it covers has changed', () => {
    expect(between(datagram, patched(datagram, { 0: [2, 9, 9, 9, 9, 9] }))).toEqual([]);
    expect(between(datagram, patched(datagram, { 40: [1, 1] })).map(({ ok }) => ok)).toEqual([false]);
  });

  it('is told in full where the packet was cut into fragments', () => {
    const whole = ethernetFrame(ipv4Packet(udpDatagram(new Uint8Array(64))));
    const fragment = ethernetFrame(ipv4Packet(new Uint8Array(32), { fragmentOffset: 5 }));
    expect(kindsOf(between(fragment, whole))).toEqual([
      ['ip.checksum', 'incremental', true],
      ['udp.checksum', 'full', true],
    ]);
    expect(kindsOf(between(whole, fragment))).toEqual([['ip.checksum', 'incremental', true]]);
  });
});
