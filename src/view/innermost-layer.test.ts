// The layer of the innermost thing in a frame, on frames made for the purpose, and on any bytes at all.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arpMessage,
  echoRequest,
  ethernetFrame,
  headerOf,
  ipv4Packet,
  join,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { vlan } from '../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { writeIpv4Options } from '../wire/ipv4-options.js';
import { writeTcpOptions } from '../wire/tcp-options.js';
import { innermostLayer } from './innermost-layer.js';

const NOTHING = new Uint8Array();
const DATA = Uint8Array.of(1);
const ROUTE = writeIpv4Options([{ kind: 'record-route', pointer: 4, addresses: [0] }]);
const MSS = writeTcpOptions([{ kind: 'mss', value: 1460 }]);
const overTcp = (segment: Uint8Array) => ethernetFrame(ipv4Packet(segment, { protocol: PROTOCOL.tcp }));
const padded = (frame: Uint8Array) => join(frame, new Uint8Array(60 - frame.length));
const tagged = (payload: Uint8Array, tags: number) =>
  Array.from({ length: tags }).reduce<{ bytes: Uint8Array; type: number }>(
    ({ bytes, type }) => ({ bytes: join(headerOf(vlan, { etherType: type }), bytes), type: ETHERTYPE.vlan }),
    { bytes: payload, type: ETHERTYPE.ipv4 },
  );

describe('the innermost layer', () => {
  it.each([
    ['ARP', ethernetFrame(arpMessage(), { etherType: ETHERTYPE.arp }), 'link'],
    ['an unknown type', ethernetFrame(DATA, { etherType: 0x88b5 }), 'link'],
    ['nothing', NOTHING, 'link'],
    ['half a MAC address', DATA, 'link'],
    ['IPv4 that is cut short', ethernetFrame(ipv4Packet(NOTHING).subarray(0, 19)), 'link'],
    ['a ping', ethernetFrame(ipv4Packet(echoRequest(DATA), { protocol: PROTOCOL.icmp })), 'network'],
    ['another protocol', ethernetFrame(ipv4Packet(DATA, { protocol: 89 })), 'network'],
    ['a later fragment', ethernetFrame(ipv4Packet(udpDatagram(DATA), { fragmentOffset: 1 })), 'network'],
    ['half a UDP header', ethernetFrame(ipv4Packet(DATA)), 'network'],
    ['an empty datagram', padded(ethernetFrame(ipv4Packet(udpDatagram(NOTHING)))), 'transport'],
    ['a datagram', padded(ethernetFrame(ipv4Packet(udpDatagram(DATA)))), 'application'],
    ['a first fragment', ethernetFrame(ipv4Packet(udpDatagram(DATA), { moreFragments: 1 })), 'application'],
    ['a datagram behind options', ethernetFrame(ipv4Packet(udpDatagram(DATA), {}, ROUTE)), 'application'],
    ['an ACK', padded(overTcp(tcpSegment(NOTHING, { ack: 1 }))), 'transport'],
    ['a SYN with options', padded(overTcp(tcpSegment(NOTHING, { syn: 1 }, MSS))), 'transport'],
    ['a segment with data', overTcp(tcpSegment(DATA, { ack: 1 }, MSS)), 'application'],
    [
      'a datagram behind two VLAN tags',
      ethernetFrame(tagged(ipv4Packet(udpDatagram(DATA)), 2).bytes, { etherType: ETHERTYPE.vlan }),
      'application',
    ],
  ] as const)('of %s', (_name, frame, layer) => {
    expect(innermostLayer(frame)).toBe(layer);
  });

  it('is found in any bytes', () => {
    const frame = ethernetFrame(tagged(overTcp(tcpSegment(DATA, {}, MSS)).subarray(14), 1).bytes, {
      etherType: ETHERTYPE.vlan,
    });
    for (let end = 0; end <= frame.length; end++) innermostLayer(frame.subarray(0, end));
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(255), fc.nat(frame.length), (at, octet, end) => {
        const damaged = frame.slice();
        damaged[at] = octet;
        expect(['link', 'network', 'transport', 'application']).toContain(
          innermostLayer(damaged.subarray(0, end)),
        );
      }),
    );
  });
});
