// The nested form of frames, line by line.

import { expect, it } from 'vitest';
import {
  arpMessage,
  echoRequest,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  ROUTER,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { encodeUtf8 } from '../base/text.js';
import { dissect } from '../wire/dissect.js';
import { newDnsMessage, writeDnsMessage } from '../wire/dns/message.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { icmpTimeExceeded } from '../wire/icmp.js';
import { type NestedOptions, nested } from './packet.js';

const question = { name: 'www.shop.example', type: 1, class: 1 };
const query = writeDnsMessage(newDnsMessage({ questions: [question] }));
const queryPacket = ipv4Packet(udpDatagram(query, { destinationPort: 53 }));

const draw = (frame: Uint8Array, options?: NestedOptions) => nested(dissect(frame), options);
const overTcp = (payload: Uint8Array) =>
  ethernetFrame(
    ipv4Packet(tcpSegment(payload, { destinationPort: 80, ack: 1, psh: 1, acknowledgment: 501 }), {
      protocol: PROTOCOL.tcp,
    }),
  );

it('draws a query that waits for the address of the next hop', () => {
  expect(draw(ethernetFrame(queryPacket), { open: new Set(['eth.dst']) })).toEqual([
    'Ethernet[ SourceMac=02:00:00:00:00:0A, DestMac=????,',
    '  IP[ SourceIp=192.0.2.10, DestIp=198.51.100.7,',
    '    UDP[ SourcePort=50000, DestPort=53, DNS[ Query=A, Domain=www.shop.example ] ] ] ]',
  ]);
});

it('draws an answer', () => {
  const answer = writeDnsMessage(
    newDnsMessage({
      response: true,
      questions: [question],
      answers: [{ name: question.name, type: 1, class: 1, ttl: 60, data: { kind: 'A', address: ROUTER } }],
    }),
  );
  expect(draw(ethernetFrame(ipv4Packet(udpDatagram(answer, { sourcePort: 53 })))).slice(2)).toEqual([
    '    UDP[ SourcePort=53, DestPort=9,',
    '      DNS[ Answer=A, Domain=www.shop.example, Address=192.0.2.1 ] ] ] ]',
  ]);
});

it('draws ARP', () => {
  const frame = ethernetFrame(arpMessage(), { etherType: ETHERTYPE.arp, destination: 0xffffffffffff });
  expect(draw(frame, { open: new Set(['arp.dst.hw_mac']) })).toEqual([
    'Ethernet[ SourceMac=02:00:00:00:00:0A, DestMac=FF:FF:FF:FF:FF:FF,',
    '  ARP[ Operation=request, SenderMac=02:00:00:00:00:0A, SenderIp=192.0.2.10,',
    '       TargetMac=????, TargetIp=192.0.2.1 ] ]',
  ]);
});

it('draws TCP and the first line of HTTP', () => {
  expect(
    draw(overTcp(encodeUtf8('GET /index.html HTTP/1.1\r\nHost: www.shop.example\r\n\r\n'))).slice(1),
  ).toEqual([
    '  IP[ SourceIp=192.0.2.10, DestIp=198.51.100.7,',
    '    TCP[ SourcePort=50000, DestPort=80, Flags=PSH,ACK, Seq=1000, Ack=501,',
    '         Len=52,',
    '      HTTP[ GET /index.html HTTP/1.1 ] ] ] ]',
  ]);
});

it('keeps long lines within the columns', () => {
  const lines = draw(overTcp(encodeUtf8(`GET /${'a'.repeat(200)} HTTP/1.1\r\n\r\n`)), { columns: 60 });
  expect(lines).toEqual([
    'Ethernet[ SourceMac=02:00:00:00:00:0A,',
    '          DestMac=02:00:00:00:00:0B,',
    '  IP[ SourceIp=192.0.2.10, DestIp=198.51.100.7,',
    '    TCP[ SourcePort=50000, DestPort=80, Flags=PSH,ACK,',
    '         Seq=1000, Ack=501, Len=218,',
    `      HTTP[ GET /${'a'.repeat(41)}… ] ] ] ]`,
  ]);
});

it('draws what an error quotes, where nothing is open', () => {
  const error = icmpMessage(11, 0, join(headerOf(icmpTimeExceeded, {}), queryPacket));
  const lines = draw(ethernetFrame(ipv4Packet(error, { protocol: PROTOCOL.icmp })), {
    open: new Set(['ip.dst']),
  });
  expect(lines.slice(1)).toEqual([
    '  IP[ SourceIp=192.0.2.10, DestIp=????,',
    '    ICMP[ Type=Time Exceeded, Code=0,',
    '      IP[ SourceIp=192.0.2.10, DestIp=198.51.100.7,',
    '        UDP[ SourcePort=50000, DestPort=53,',
    '          DNS[ Query=A, Domain=www.shop.example ] ] ] ] ] ]',
  ]);
});

it('draws messages of one segment side by side', () => {
  const prefixed = join([0, query.length], query);
  const segment = tcpSegment(join(prefixed, prefixed), { destinationPort: 53, ack: 1 });
  const lines = draw(ethernetFrame(ipv4Packet(segment, { protocol: PROTOCOL.tcp })));
  expect(lines.slice(-2)).toEqual([
    '      DNS[ Query=A, Domain=www.shop.example ],',
    '      DNS[ Query=A, Domain=www.shop.example ] ] ] ]',
  ]);
});

it('draws echo with its data', () => {
  const lines = draw(ethernetFrame(ipv4Packet(echoRequest(new Uint8Array(3)), { protocol: PROTOCOL.icmp })));
  expect(lines.slice(1)).toEqual([
    '  IP[ SourceIp=192.0.2.10, DestIp=198.51.100.7,',
    '    ICMP[ Type=Echo Request, Code=0, Id=7, Seq=1 ], Data[ 3 bytes ] ] ]',
  ]);
});
