// Rows of a packet list, compared with what Wireshark shows in its columns, and frames picked by a display filter.

import { describe, expect, it } from 'vitest';
import {
  arpMessage,
  echoRequest,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { bench, expectNoLeaks, HOST } from '../../test/kit.js';
import { natHttp } from '../../test/worlds.js';
import { MILLISECOND } from '../base/time.js';
import type { Trace } from '../trace/trace.js';
import { type DisplayFilter, parseFilter } from '../wire/display-filter.js';
import { dissect } from '../wire/dissect.js';
import { ethernet, vlan } from '../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { frameColumns } from './frame-columns.js';
import { frameLine, matchingFrames } from './frame-lines.js';

expectNoLeaks();

function browsed(record: 'bytes' | 'events' = 'bytes'): Trace {
  const world = natHttp({ record });
  world.station('pc').browser.open('http://www.example.com/', () => {});
  world.runToRest();
  return world.trace();
}

const trace = browsed();
const columns = frameColumns(trace);
const lines = Array.from({ length: columns.length }, (_, index) => frameLine(trace, columns, index));
const filterOf = (text: string): DisplayFilter => {
  const filter = parseFilter(text);
  if ('error' in filter) throw new Error(filter.error);
  return filter;
};

/** The row of a frame that a host puts onto its cable. */
function lineOf(frame: Uint8Array) {
  const { world, peer } = bench('host', { eth0: HOST });
  peer.eth0.send(frame);
  world.advance(MILLISECOND);
  const { protocol, info, source, destination } = frameLine(world.trace(), frameColumns(world.trace()), 0);
  return [protocol, info, source, destination];
}

const DATA = new Uint8Array(50).fill(7);
const CARDS = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'];
const HOSTS = ['192.0.2.10', '198.51.100.7'];

describe('a row of a packet list', () => {
  it('tells a walk as Wireshark does', () => {
    expect(lines[0]).toEqual({
      number: 1,
      time: columns.sentAt[0],
      source: 'aa:aa:aa:aa:aa:aa',
      destination: 'Broadcast',
      protocol: 'ARP',
      info: 'Who has 192.168.0.1? Tell 192.168.0.10',
      length: 60,
    });
    const told = new Map(
      lines.map(({ protocol, source, destination, info }) => [protocol, [source, destination, info]]),
    );
    expect([...told.keys()]).toEqual(['ARP', 'DNS', 'TCP', 'HTTP']);
    const query = lines.find(({ protocol }) => protocol === 'DNS');
    expect(query).toMatchObject({ source: '192.168.0.10', destination: '8.8.8.8' });
    expect(query?.info).toMatch(/^Standard query 0x[\da-f]{4} A www\.example\.com$/);
    expect(lines.find(({ protocol }) => protocol === 'TCP')?.info).toMatch(/^9999 → 80 \[SYN\] Seq=/);
    expect(lines.find(({ protocol }) => protocol === 'HTTP')?.info).toBe('GET / HTTP/1.1');
    expect(lines.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
  });

  it.each([
    [
      'a ping',
      ethernetFrame(ipv4Packet(echoRequest(DATA), { protocol: PROTOCOL.icmp })),
      ['ICMP', 'Echo Request id=0x0007 seq=1', ...HOSTS],
    ],
    [
      'an error, not what it quotes',
      ethernetFrame(
        ipv4Packet(icmpMessage(11, 0, join(new Uint8Array(4), ipv4Packet(udpDatagram(DATA)))), {
          protocol: PROTOCOL.icmp,
        }),
      ),
      ['ICMP', 'Time Exceeded (Time to Live Exceeded in Transit)', ...HOSTS],
    ],
    ['a datagram', ethernetFrame(ipv4Packet(udpDatagram(DATA))), ['UDP', '50000 → 9 Len=50', ...HOSTS]],
    [
      'data in the middle of a stream',
      ethernetFrame(ipv4Packet(tcpSegment(DATA, { ack: 1 }), { protocol: PROTOCOL.tcp })),
      ['TCP', '50000 → 9 [ACK] Seq=1000 Ack=0 Win=65535 Len=50', ...HOSTS],
    ],
    [
      'a later fragment',
      ethernetFrame(ipv4Packet(DATA, { fragmentOffset: 10 })),
      ['IPv4', `${HOSTS.join(' → ')} (fragment at 80, the last, ID 0x1234)`, ...HOSTS],
    ],
    [
      'a protocol that is known by name only',
      ethernetFrame(ipv4Packet(DATA, { protocol: 89 })),
      ['OSPF', 'OSPF (50 bytes)', ...HOSTS],
    ],
    [
      'another protocol',
      ethernetFrame(ipv4Packet(DATA, { protocol: 253 })),
      ['IPv4', HOSTS.join(' → '), ...HOSTS],
    ],
    ['IPv6', ethernetFrame(DATA, { etherType: 0x86dd }), ['IPv6', 'IPv6 (50 bytes)', ...CARDS]],
    ['another type', ethernetFrame(DATA, { etherType: 0x88b5 }), ['0x88b5', 'Data (50 bytes)', ...CARDS]],
    [
      'another type behind a VLAN tag',
      ethernetFrame(join(headerOf(vlan, { id: 5, etherType: 0x88b5 }), DATA), { etherType: ETHERTYPE.vlan }),
      ['0x88b5', 'Data (50 bytes)', ...CARDS],
    ],
    [
      'an 802.3 frame',
      join(headerOf(ethernet, { destination: 0xffffffffffff, etherType: 50 }), DATA),
      ['LLC', 'Logical Link Control (50 bytes)', '00:00:00:00:00:00', 'Broadcast'],
    ],
    [
      'ARP for other addresses',
      ethernetFrame(join(arpMessage({ protocolSize: 255 }), DATA), { etherType: ETHERTYPE.arp }),
      ['ARP', 'ARP for other addresses than IPv4 over Ethernet', ...CARDS],
    ],
    [
      'a packet whose version lies',
      ethernetFrame(DATA),
      ['IPv4', 'IP version 0, where 4 was promised', ...CARDS],
    ],
  ])('tells %s', (_name, frame, line) => {
    expect(lineOf(frame)).toEqual(line);
  });

  it('knows of a run without bytes who sent to whom', () => {
    const bare = browsed('events');
    expect(frameLine(bare, frameColumns(bare), 0)).toEqual({
      ...lines[0],
      source: 'pc:eth0',
      destination: 'switch:p1',
      protocol: '',
      info: 'The run was recorded without bytes',
    });
  });
});

describe('frames that fit a filter', () => {
  it.each([
    'tcp.flags.syn == 1',
    'dns || http',
    '!ip',
    'ip.addr == 192.168.0.10 && tcp.len > 0',
    'frame',
    'no.such',
  ])('%s: those that it fits one by one', (text) => {
    const filter = filterOf(text);
    const one = lines.flatMap((_, index) =>
      filter.matches(dissect(trace.frameBytes(columns.frame[index]))) ? [index] : [],
    );
    expect([...matchingFrames(trace, columns, filter)]).toEqual(one);
  });

  it('are found in slices too', () => {
    const filter = filterOf('tcp');
    const all = [...matchingFrames(trace, columns, filter)];
    const slices = [0, 7, 14, 21, columns.length].flatMap((from, place, ends) => [
      ...matchingFrames(trace, columns, filter, from, ends[place + 1] ?? columns.length + 100),
    ]);
    expect(all.length).toBeGreaterThan(10);
    expect(slices).toEqual(all);
  });

  it('are all for a filter that asks for nothing, and none without bytes for any other', () => {
    const bare = browsed('events');
    const count = (text: string) => matchingFrames(bare, frameColumns(bare), filterOf(text)).length;
    expect(count('')).toBe(columns.length);
    expect(count('frame')).toBe(0);
    expect(count('!tcp')).toBe(0);
  });
});
