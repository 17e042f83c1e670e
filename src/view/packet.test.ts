// The boxes of frames, and their nested form line by line.

import { describe, expect, it } from 'vitest';
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
import { allFields } from '../../test/tiling.js';
import { natHttp } from '../../test/worlds.js';
import { encodeUtf8 } from '../base/text.js';
import { dissect } from '../wire/dissect.js';
import { newDnsMessage, writeDnsMessage } from '../wire/dns/message.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { icmpTimeExceeded } from '../wire/icmp.js';
import { explainWalk } from './explain/explain-walk.js';
import type { StepPacket } from './explain/step.js';
import { type NestedOptions, nested, type PacketBox, packetBoxes, stepBoxes } from './packet.js';

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

describe('boxes', () => {
  it('hold the label, the value and the field of every item, and what is open', () => {
    const boxes = packetBoxes(dissect(ethernetFrame(queryPacket)), new Set(['eth.dst']));
    expect(boxes).toEqual([
      {
        name: 'Ethernet',
        protocol: 'eth',
        items: [
          { label: 'SourceMac', value: '02:00:00:00:00:0A', field: 'eth.src', open: false },
          { label: 'DestMac', value: '????', field: 'eth.dst', open: true },
        ],
        inner: [
          {
            name: 'IP',
            protocol: 'ip',
            items: [
              { label: 'SourceIp', value: '192.0.2.10', field: 'ip.src', open: false },
              { label: 'DestIp', value: '198.51.100.7', field: 'ip.dst', open: false },
            ],
            inner: [
              {
                name: 'UDP',
                protocol: 'udp',
                items: [
                  { label: 'SourcePort', value: '50000', field: 'udp.srcport', open: false },
                  { label: 'DestPort', value: '53', field: 'udp.dstport', open: false },
                ],
                inner: [
                  {
                    name: 'DNS',
                    protocol: 'dns',
                    items: [
                      { label: 'Query', value: 'A', field: 'dns.qry.type', open: false },
                      { label: 'Domain', value: 'www.shop.example', field: 'dns.qry.name', open: false },
                    ],
                    inner: [],
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('hold a line of HTTP, and bare data, without a label', () => {
    const [request] = innermost(packetBoxes(dissect(overTcp(encodeUtf8('GET / HTTP/1.1\r\n\r\n')))));
    expect(request?.items).toEqual([{ value: 'GET / HTTP/1.1', field: 'http.request', open: false }]);
    const [data] = innermost(packetBoxes(dissect(overTcp(Uint8Array.of(1, 2)))));
    expect(data).toEqual({
      name: 'Data',
      protocol: 'data',
      items: [{ value: '2 bytes', field: 'data.data', open: false }],
      inner: [],
    });
  });

  it('name fields that the frame has', () => {
    const names = (box: PacketBox): string[] => [
      ...box.items.flatMap(({ field }) => field ?? []),
      ...box.inner.flatMap(names),
    ];
    for (const frame of [overTcp(encodeUtf8('HTTP/1.1 200 OK\r\n\r\n')), ethernetFrame(queryPacket)]) {
      const dissection = dissect(frame);
      const known = allFields(dissection).map((field) => field.name);
      expect(known).toEqual(expect.arrayContaining(packetBoxes(dissection).flatMap(names)));
    }
  });

  it('of a step show its frame, or what is known of a packet without bytes', () => {
    const world = natHttp();
    world.station('pc').browser.open('http://www.example.com/', () => {});
    world.runToRest();
    const trace = world.trace();
    const packets = explainWalk(trace).phases.flatMap(({ steps }) =>
      steps.flatMap(({ packet }) => packet ?? []),
    );
    const waiting = packets.find((packet): packet is StepPacket & { known: object } => 'known' in packet);
    expect(waiting === undefined ? [] : stepBoxes(trace, waiting)[0]).toMatchObject({ name: 'Ethernet' });
    const open = packets.find((packet) => 'frame' in packet && packet.open.includes('eth.dst'));
    expect(open === undefined ? [] : stepBoxes(trace, open)[0]?.items[1]).toEqual({
      label: 'DestMac',
      value: '????',
      field: 'eth.dst',
      open: true,
    });
    const known = { 'http.request.method': 'GET', 'http.request.uri': '/', 'tcp.flags.syn': true };
    expect(stepBoxes(trace, { known, open: ['ip.dst'], what: 'http' })).toMatchObject([
      {
        name: 'IP',
        items: [{ label: 'DestIp', value: '????', open: true }],
        inner: [{ name: 'TCP', inner: [{ name: 'HTTP', items: [{ value: 'GET /', open: false }] }] }],
      },
    ]);
  });

  it('are none where the trace has no bytes', () => {
    const world = natHttp({ record: 'events' });
    world.station('pc').browser.open('http://www.example.com/', () => {});
    world.runToRest();
    const sent = [...world.trace().events()].find((event) => event.kind === 'frame-sent');
    expect(stepBoxes(world.trace(), { frame: sent?.frame ?? -1, open: [], fresh: true })).toEqual([]);
  });
});

/** The boxes that hold no others. */
function innermost(boxes: readonly PacketBox[]): PacketBox[] {
  return boxes.flatMap((box) => (box.inner.length === 0 ? [box] : innermost(box.inner)));
}
