// Dissection of frames made for the purpose: names, values, places, and who lies.

import { describe, expect, it } from 'vitest';
import {
  arpMessage,
  CLIENT,
  echoRequest,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  ROUTER,
  SERVER,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { allFields, flatten, tilingFaults } from '../../test/tiling.js';
import { complement, sumOctets } from '../base/checksum.js';
import { encodeUtf8 } from '../base/text.js';
import { type DissectOptions, dissect } from './dissect.js';
import type { Dissection } from './dissection.js';
import { newDnsMessage, writeDnsMessage } from './dns/message.js';
import { withFcs } from './ethernet.js';
import { ETHERTYPE, PROTOCOL } from './iana.js';
import { icmpUnreachable } from './icmp.js';
import { writeIpv4Options } from './ipv4-options.js';
import { writeTcpOptions } from './tcp-options.js';

const NOTHING = new Uint8Array();
const QUERY = writeDnsMessage(
  newDnsMessage({ id: 7, recursionDesired: true, questions: [{ name: 'host.example', type: 1, class: 1 }] }),
);

/** Dissects and checks that no byte was forgotten. */
function read(frame: Uint8Array, options?: DissectOptions): Dissection {
  const dissection = dissect(frame, options);
  expect(tilingFaults(dissection)).toEqual([]);
  return dissection;
}

function valuesOf(dissection: Dissection, name: string): unknown[] {
  return allFields(dissection)
    .filter((field) => field.name === name)
    .map((field) => field.value);
}

function firstOf(dissection: Dissection, name: string): unknown {
  return valuesOf(dissection, name)[0];
}

/** `severity field` of every problem. */
function problemsOf(dissection: Dissection): string[] {
  return flatten(dissection.layers).flatMap((layer) =>
    layer.problems.map(({ severity, field }) => `${severity} ${field}`),
  );
}

describe('Ethernet', () => {
  it('tells padding from what is carried', () => {
    const frame = join(ethernetFrame(arpMessage(), { etherType: ETHERTYPE.arp }), new Uint8Array(18));
    const dissection = read(frame);
    expect(dissection.layers.map((layer) => layer.protocol)).toEqual(['frame', 'eth', 'arp']);
    expect(firstOf(dissection, 'eth.padding')).toBe('00'.repeat(18));
    expect(dissection.layers[1]).toMatchObject({ start: 0, end: 14, trailer: { start: 42, end: 60 } });
    expect(problemsOf(dissection)).toEqual([]);
  });

  it('calls other bytes at the end a trailer', () => {
    const frame = join(ethernetFrame(arpMessage(), { etherType: ETHERTYPE.arp }), [1, 2, 3]);
    expect(firstOf(read(frame), 'eth.trailer')).toBe('010203');
  });

  it('computes the check sequence where there is none, and judges it where there is', () => {
    const frame = ethernetFrame(ipv4Packet(udpDatagram(NOTHING)));
    const computed = read(frame);
    const field = allFields(computed).find(({ name }) => name === 'eth.fcs');
    expect(field).toMatchObject({ bits: 0, bitOffset: frame.length * 8 });

    const whole = withFcs(frame);
    const present = read(whole, { fcs: true });
    expect(firstOf(present, 'eth.fcs')).toBe(field?.value);
    expect(firstOf(present, 'eth.fcs.status')).toBe(1);
    expect(problemsOf(present)).toEqual([]);

    whole[20] = (whole[20] as number) ^ 1;
    expect(problemsOf(read(whole, { fcs: true }))).toContain('warning eth.fcs');
  });

  it('shows VLAN tags, also one behind another', () => {
    const tags = [0x81, 0x00, 0x60, 0x05, 0x81, 0x00, 0x10, 0x06, 0x08, 0x00];
    const frame = join(ethernetFrame(NOTHING).subarray(0, 12), tags, ipv4Packet(udpDatagram(NOTHING)));
    const dissection = read(frame);
    expect(valuesOf(dissection, 'vlan.id')).toEqual([5, 6]);
    expect(valuesOf(dissection, 'vlan.priority')).toEqual([3, 0]);
    expect(valuesOf(dissection, 'vlan.dei')).toEqual([false, true]);
    expect(firstOf(dissection, 'frame.protocols')).toBe('eth:ethertype:vlan:ethertype:vlan:ethertype:ip:udp');
  });

  it('gives up on towers of tags', () => {
    const tower = Uint8Array.from({ length: 4000 }, (_, index) => (index % 4 === 0 ? 0x81 : 0));
    const dissection = read(join(ethernetFrame(NOTHING).subarray(0, 12), tower));
    expect(problemsOf(dissection)).toEqual(['error vlan.etype']);
    expect(dissection.layers.length).toBeLessThan(12);
  });

  it('reads the length form of IEEE 802.3', () => {
    const frame = join(ethernetFrame(Uint8Array.of(0x42, 0x42, 3), { etherType: 3 }), new Uint8Array(43));
    const dissection = read(frame);
    expect(firstOf(dissection, 'eth.len')).toBe(3);
    expect(firstOf(dissection, 'data.len')).toBe(3);
    expect(problemsOf(read(frame.subarray(0, 16)))).toEqual(['error eth.len']);
  });

  it('names a frame that ends within its header', () => {
    expect(problemsOf(read(Uint8Array.of(1, 2, 3)))).toEqual(['error eth']);
    expect(read(NOTHING).layers.map((layer) => layer.protocol)).toEqual(['frame', 'eth']);
  });
});

describe('ARP', () => {
  const arpFrame = (values: Parameters<typeof arpMessage>[0]) =>
    read(ethernetFrame(arpMessage(values), { etherType: ETHERTYPE.arp }));
  const summaryOf = (dissection: Dissection) => dissection.layers[2]?.summary;

  it('tells requests, replies, probes and announcements apart', () => {
    expect(summaryOf(arpFrame({}))).toBe('Who has 192.0.2.1? Tell 192.0.2.10');
    expect(summaryOf(arpFrame({ operation: 2 }))).toBe('192.0.2.10 is at 02:00:00:00:00:0a');
    expect(summaryOf(arpFrame({ senderIp: 0 }))).toBe('Who has 192.0.2.1? (probe)');
    expect(summaryOf(arpFrame({ targetIp: CLIENT }))).toBe('Announcement for 192.0.2.10: 02:00:00:00:00:0a');
  });

  it('names the size that lies', () => {
    expect(problemsOf(arpFrame({ hardwareSize: 200 }))).toEqual(['error arp.hw.size']);
    expect(problemsOf(arpFrame({ protocolSize: 3 }))).toEqual(['error arp.proto.size']);
  });
});

describe('IPv4', () => {
  const packet = (...parts: Parameters<typeof ipv4Packet>) => read(ethernetFrame(ipv4Packet(...parts)));

  it('gives header lengths in bytes and addresses under both their names', () => {
    const dissection = packet(udpDatagram(NOTHING));
    expect(firstOf(dissection, 'ip.hdr_len')).toBe(20);
    expect(valuesOf(dissection, 'ip.addr')).toEqual(['192.0.2.10', '198.51.100.7']);
    expect(firstOf(dissection, 'ip.checksum.status')).toBe(1);
    expect(firstOf(dissection, 'udp.checksum.status')).toBe(1);
    expect(problemsOf(dissection)).toEqual([]);
  });

  it.each([
    ['ip.version', { version: 5 }],
    ['ip.hdr_len', { headerWords: 4 }],
    ['ip.hdr_len', { headerWords: 15 }],
    ['ip.len', { totalLength: 19 }],
    ['ip.len', { totalLength: 2000 }],
    ['ip.ttl', { ttl: 0 }],
    ['ip.flags.rb', { reserved: 1 }],
    ['ip.checksum', { checksum: 0x1111 }],
    ['ip.frag_offset', { fragmentOffset: 8191 }],
    ['ip.len', { moreFragments: 1 }],
  ])('names %s when it lies: %o', (field, values) => {
    const problems = packet(udpDatagram(Uint8Array.of(1, 2, 3)), values);
    expect(problemsOf(problems).map((text) => text.split(' ')[1])).toContain(field);
  });

  it('believes that a capture was cut, when told so', () => {
    const whole = ethernetFrame(ipv4Packet(udpDatagram(new Uint8Array(200))));
    const cut = read(whole.subarray(0, 60), { originalLength: whole.length });
    expect(problemsOf(cut)).toEqual(['note frame.cap_len']);
    expect(firstOf(cut, 'udp.checksum.status')).toBe(2);
    expect(problemsOf(read(whole.subarray(0, 60)))).toContain('error ip.len');
  });

  it('reads later fragments as data and judges no checksum over the first', () => {
    const datagram = udpDatagram(new Uint8Array(24));
    const first = packet(datagram.subarray(0, 16), { moreFragments: 1 });
    expect(first.layers.map((layer) => layer.protocol)).toEqual(['frame', 'eth', 'ip', 'udp', 'data']);
    expect(firstOf(first, 'udp.checksum.status')).toBe(2);
    const second = packet(datagram.subarray(16), { fragmentOffset: 2 });
    expect(second.layers.map((layer) => layer.protocol)).toEqual(['frame', 'eth', 'ip', 'data']);
    expect([...problemsOf(first), ...problemsOf(second)]).toEqual([]);
  });

  it('shows options', () => {
    const options = writeIpv4Options([
      { kind: 'router-alert', value: 0 },
      { kind: 'record-route', pointer: 8, addresses: [ROUTER, 0] },
    ]);
    const dissection = packet(udpDatagram(NOTHING), {}, options);
    expect(valuesOf(dissection, 'ip.opt.type')).toEqual([148, 7, 0]);
    expect(valuesOf(dissection, 'ip.opt.len')).toEqual([4, 11]);
    expect(firstOf(dissection, 'ip.rec_rt')).toBe('192.0.2.1');
    expect(firstOf(dissection, 'ip.empty_rt')).toBe('0.0.0.0');
    expect(problemsOf(dissection)).toEqual([]);
    expect(problemsOf(packet(NOTHING, {}, Uint8Array.of(7, 9, 4, 0)))).toContain('error ip.opt.len');
  });

  it('leaves what is behind the total length to the frame', () => {
    const frame = join(ethernetFrame(ipv4Packet(udpDatagram(Uint8Array.of(1)))), new Uint8Array(17));
    expect(firstOf(read(frame), 'eth.padding')).toBe('00'.repeat(17));
  });
});

describe('ICMP', () => {
  it('reads echo', () => {
    const dissection = read(
      ethernetFrame(ipv4Packet(echoRequest(Uint8Array.of(1, 2)), { protocol: PROTOCOL.icmp })),
    );
    expect(dissection.layers.at(-2)?.summary).toBe('Echo Request id=0x0007 seq=1');
    expect(firstOf(dissection, 'icmp.checksum.status')).toBe(1);
    expect(firstOf(dissection, 'data.data')).toBe('0102');
  });

  const refused = ipv4Packet(udpDatagram(QUERY, { destinationPort: 53 }));
  const errorFrame = (code: number, quote: Uint8Array, nextHopMtu = 0, quotedWords = 0) =>
    ethernetFrame(
      ipv4Packet(icmpMessage(3, code, join(headerOf(icmpUnreachable, { nextHopMtu, quotedWords }), quote)), {
        protocol: PROTOCOL.icmp,
        source: SERVER,
        destination: CLIENT,
      }),
    );

  it('reads the packet that an error quotes, cut or whole', () => {
    const dissection = read(errorFrame(3, refused));
    const error = dissection.layers.at(-1);
    expect(error).toMatchObject({ protocol: 'icmp', summary: 'Destination Unreachable (Port Unreachable)' });
    expect(error?.quoted?.map((layer) => layer.protocol)).toEqual(['ip', 'udp', 'dns']);
    expect(firstOf(dissection, 'frame.protocols')).toBe('eth:ethertype:ip:icmp:ip:udp:dns');
    const cut = read(errorFrame(4, refused.subarray(0, 28), 1400));
    expect(cut.layers.at(-1)?.quoted?.map((layer) => layer.protocol)).toEqual(['ip', 'udp']);
    expect(firstOf(cut, 'icmp.mtu')).toBe(1400);
    expect([...problemsOf(dissection), ...problemsOf(cut)]).toEqual([]);
  });

  it('does not blame a message that was cut on the way into an error', () => {
    const dissection = read(errorFrame(3, refused.subarray(0, 50)));
    expect(dissection.layers.at(-1)?.quoted?.at(-1)?.protocol).toBe('dns');
    expect(problemsOf(dissection).filter((problem) => !problem.startsWith('note'))).toEqual([]);
  });

  it('finds extensions of routers that give no length', () => {
    const object = [0, 8, 1, 1, 0x00, 0x06, 0x41, 0x40];
    const extension = join([0x20, 0, 0, 0], object);
    const sum = complement(sumOctets(join([0x20, 0, 0, 0], object)));
    extension.set([sum >> 8, sum & 255], 2);
    const quote = join(refused, new Uint8Array(128 - refused.length));
    expect(firstOf(read(errorFrame(3, join(quote, extension))), 'icmp.ext.data')).toBe('00064140');
    extension[2] = 1;
    expect(firstOf(read(errorFrame(3, join(quote, extension))), 'icmp.ext.data')).toBeUndefined();
  });

  it('reads extensions behind the quote and names a length that lies', () => {
    const quote = join(refused, new Uint8Array(128 - refused.length));
    const object = [0, 8, 1, 1, 0x00, 0x06, 0x41, 0x40];
    const dissection = read(errorFrame(3, join(quote, [0x20, 0, 0, 0], object), 0, 32));
    expect(firstOf(dissection, 'icmp.ext.class')).toBe(1);
    expect(firstOf(dissection, 'icmp.ext.data')).toBe('00064140');
    expect(dissection.layers.at(-1)?.trailer).toEqual({
      start: 14 + 20 + 8 + 128,
      end: 14 + 20 + 8 + 128 + 12,
    });
    expect(problemsOf(dissection)).toEqual([]);
    expect(problemsOf(read(errorFrame(3, join(quote, [0x20, 0, 0, 0, 9, 9, 1, 1]), 0, 32)))).toEqual([
      'error icmp.ext.length',
    ]);
    expect(problemsOf(read(errorFrame(3, quote, 0, 200)))).toEqual(['error icmp.length']);
  });

  it('does not follow an error into an error', () => {
    const inner = errorFrame(3, refused).subarray(14);
    const dissection = read(errorFrame(3, inner));
    expect(dissection.layers.at(-1)?.quoted?.map((layer) => layer.protocol)).toEqual(['ip', 'icmp', 'data']);
  });

  it('judges the checksum', () => {
    const message = echoRequest(NOTHING);
    message[2] = 0;
    expect(problemsOf(read(ethernetFrame(ipv4Packet(message, { protocol: PROTOCOL.icmp }))))).toEqual([
      'warning icmp.checksum',
    ]);
  });
});

describe('UDP', () => {
  const datagram = (...parts: Parameters<typeof udpDatagram>) =>
    read(ethernetFrame(ipv4Packet(udpDatagram(...parts))));

  it('reads DNS by its port, and by ports a caller names', () => {
    const query = datagram(QUERY, { destinationPort: 53 });
    expect(firstOf(query, 'dns.qry.name')).toBe('host.example');
    const frame = ethernetFrame(ipv4Packet(udpDatagram(QUERY, { destinationPort: 5353 })));
    expect(dissect(frame).layers.at(-1)?.protocol).toBe('data');
    expect(dissect(frame, { ports: { udp: { 5353: 'dns' } } }).layers.at(-1)?.protocol).toBe('dns');
  });

  it('knows a checksum that was not made', () => {
    expect(firstOf(datagram(NOTHING, { checksum: 0 }), 'udp.checksum.status')).toBe(3);
  });

  it.each([
    ['error udp.length', { length: 7 }],
    ['error udp.length', { length: 500 }],
    ['warning udp.length', { length: 9 }],
    ['warning udp.checksum', { checksum: 1 }],
  ])('finds: %s %o', (problem, values) => {
    expect(problemsOf(datagram(Uint8Array.of(1, 2, 3), values))).toContain(problem);
  });
});

describe('TCP', () => {
  const segment = (...parts: Parameters<typeof tcpSegment>) =>
    read(ethernetFrame(ipv4Packet(tcpSegment(...parts), { protocol: PROTOCOL.tcp })));

  it('reads header and options of a SYN', () => {
    const options = writeTcpOptions([
      { kind: 'mss', value: 1460 },
      { kind: 'sack-permitted' },
      { kind: 'timestamps', value: 100, echo: 0 },
      { kind: 'nop' },
      { kind: 'window-scale', shift: 7 },
    ]);
    const dissection = segment(NOTHING, { syn: 1 }, options);
    expect(firstOf(dissection, 'tcp.hdr_len')).toBe(40);
    expect(firstOf(dissection, 'tcp.flags')).toBe(2);
    expect(firstOf(dissection, 'tcp.flags.syn')).toBe(true);
    expect(firstOf(dissection, 'tcp.len')).toBe(0);
    expect(firstOf(dissection, 'tcp.options.mss_val')).toBe(1460);
    expect(firstOf(dissection, 'tcp.options.wscale.multiplier')).toBe(128);
    expect(firstOf(dissection, 'tcp.options.timestamp.tsval')).toBe(100);
    expect(dissection.layers.at(-1)?.summary).toBe(
      '50000 → 9 [SYN] Seq=1000 Win=65535 Len=0 MSS=1460 SACK_PERM TSval=100 TSecr=0 WS=128',
    );
    expect(problemsOf(dissection)).toEqual([]);
  });

  it.each([
    ['error tcp.hdr_len', { ack: 1, dataOffset: 4 }],
    ['error tcp.hdr_len', { ack: 1, dataOffset: 15 }],
    ['warning tcp.checksum', { ack: 1, checksum: 1 }],
    ['warning tcp.flags', { syn: 1, fin: 1 }],
    ['note tcp.flags', {}],
    ['note tcp.ack_raw', { syn: 1, acknowledgment: 5 }],
    ['note tcp.urgent_pointer', { ack: 1, urgentPointer: 5 }],
    ['note tcp.flags.res', { ack: 1, reserved: 1 }],
  ])('finds: %s %o', (problem, values) => {
    expect(problemsOf(segment(Uint8Array.of(1, 2, 3), values))).toContain(problem);
  });

  it('reads DNS messages behind their lengths, and leaves unfinished ones alone', () => {
    const prefix = [QUERY.length >> 8, QUERY.length & 255];
    const two = segment(join(prefix, QUERY, prefix, QUERY.subarray(0, 5)), { destinationPort: 53, ack: 1 });
    expect(two.layers.map((layer) => layer.protocol)).toEqual(['frame', 'eth', 'ip', 'tcp', 'dns', 'data']);
    expect(firstOf(two, 'dns.length')).toBe(QUERY.length);
  });

  it('reads HTTP where it begins, on any port', () => {
    const request = encodeUtf8('GET / HTTP/1.1\r\nHost: host.example\r\n\r\n');
    expect(firstOf(segment(request, { ack: 1, destinationPort: 80 }), 'http.request.method')).toBe('GET');
    expect(firstOf(segment(request, { ack: 1, destinationPort: 8000 }), 'http.host')).toBe('host.example');
    expect(segment(request.subarray(5), { ack: 1, destinationPort: 80 }).layers.at(-1)?.protocol).toBe(
      'data',
    );
  });
});

describe('other link types', () => {
  const packet = ipv4Packet(udpDatagram(NOTHING));

  it('reads raw IP, PPP and Linux cooked captures, and shows others as bytes', () => {
    expect(firstOf(read(packet, { linkType: 101 }), 'frame.protocols')).toBe('ip:udp');
    const ppp = join([0xff, 0x03, 0x00, 0x21], packet);
    expect(firstOf(read(ppp, { linkType: 9 }), 'frame.protocols')).toBe('ppp:ip:udp');
    const cooked = join([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0], packet);
    expect(firstOf(read(cooked, { linkType: 113 }), 'frame.protocols')).toBe('sll:ethertype:ip:udp');
    expect(firstOf(read(packet, { linkType: 9999 }), 'frame.protocols')).toBe('data');
  });
});
