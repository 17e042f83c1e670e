// ICMP: echoes of every size, errors that quote enough and go only where they may, and not too many of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  eventsOf,
  expectBytes,
  expectFrame,
  expectNoLeaks,
  type FrameMaker,
  fieldsOf,
  HOST,
  ip,
  LEFT,
  pattern,
  RIGHT,
  steps,
} from '../../test/kit.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import type { EchoListener } from './icmp.js';

expectNoLeaks();

function host(mtu = 1500) {
  const made = bench('host', { eth0: { ...HOST, mtu } });
  return {
    ...made,
    peer: made.peer.eth0,
    port: made.port.eth0,
    from: made.from.eth0,
    icmp: made.station.stack.ipv4.icmp,
  };
}

describe('echo', () => {
  it('comes back with the same identifier, number and data', () => {
    const { world, peer, from } = host();
    steps(world, peer)
      .at(0, 'a request comes', () =>
        peer.send(from.echo(pattern(56), { id: 0x1234, sequence: 99 }, { ttl: 3, identification: 5 })),
      )
      .gets('it is answered', {
        'icmp.type': 0,
        'icmp.code': 0,
        'icmp.ident': 0x1234,
        'icmp.seq': 99,
        'ip.src': '192.0.2.1',
        'ip.dst': HOST.peer,
        'ip.ttl': 64,
        'ip.len': 84,
      });
    expect(eventsOf(world, 'decided').map(({ layer, verdict }) => `${layer} ${verdict}`)).toEqual([
      'ipv4 deliver',
      'icmp reply',
      'ipv4 send',
    ]);
  });

  it('comes back whatever its size', () => {
    const size = fc.oneof(
      fc.nat(70),
      fc.integer({ min: 1460, max: 1480 }),
      fc.integer({ min: 0, max: 65507 }),
    );
    fc.assert(
      fc.property(size, fc.integer({ min: 0, max: 255 }), (length, seed) => {
        const { world, port, peer, from } = host(65535);
        const data = pattern(length, seed);
        world.inject(port, from.echo(data));
        world.advance(0);
        const reply = peer.take();
        expectFrame(reply, { 'icmp.type': 0, 'ip.len': length + 28 });
        expectBytes(reply.subarray(42, 42 + length), data);
      }),
      {
        numRuns: 60,
        examples: [
          [0, 1],
          [1, 1],
          [65507, 1],
          [65506, 1],
        ],
      },
    );
  });

  it('of the longest packet comes back in fragments over an ordinary link', () => {
    const { world, station, peer, from, port } = host();
    world.inject(port, from.echo(pattern(65507)));
    world.advance(SECOND);
    expect(peer.received.length).toBe(45);
    expect(station.ports[0]?.sentFrames).toBe(45);
  });

  it('goes back to the address that was asked, not to another of the same host', () => {
    const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    steps(world, peer.left)
      .at(0, 'a request for the far side of the router', () =>
        peer.left.send(from.left.withIp({ destination: '198.51.100.1' }).echo(pattern(8))),
      )
      .gets('is answered by the far side', { 'ip.src': '198.51.100.1', 'icmp.type': 0 });
  });

  it('is handed to the program that has the identifier', () => {
    const { world, peer, port, from, icmp } = host();
    const got: string[] = [];
    const listener = (name: string): EchoListener => ({
      echoReply: (who, number, ttl, data) =>
        got.push(`${name} ${who === ip(HOST.peer)} ${number} ${ttl} ${data.length}`),
      echoError: (error, number) =>
        got.push(`${name} ${error.type} ${error.code} ${error.from === ip('192.0.2.77')} ${number}`),
    });
    expect([
      icmp.listen(7, listener('a')),
      icmp.listen(7, listener('b')),
      icmp.listen(8, listener('b')),
    ]).toEqual([true, false, true]);
    icmp.sendEcho(ip(HOST.peer), 7, 5, pattern(11), { ttl: 9 });
    world.advance(0);
    const request = peer.take();
    expectFrame(request, { 'icmp.type': 8, 'icmp.ident': 7, 'icmp.seq': 5, 'ip.ttl': 9 });
    world.inject(port, from.echo(pattern(11), { type: 0, id: 7, sequence: 5 }, { ttl: 60 }));
    world.inject(port, from.withIp({ source: '192.0.2.77' }).icmpError(11, 0, request));
    icmp.stopListening(7);
    world.inject(port, from.echo(pattern(11), { type: 0, id: 7 }));
    expect(got).toEqual(['a true 5 60 11', 'a 11 0 true 5']);
    expect(dropsIn(world)).toEqual(['icmp-unmatched']);
  });
});

describe('errors about our packets', () => {
  function withSocket() {
    const made = host();
    const got: string[] = [];
    const socket = made.station.stack.udp.open(5000, {
      received: () => {},
      icmpError: ({ type, code, mtu, from }, to) =>
        got.push(`${type} ${code} ${mtu} ${from & 255} ${to.address & 255}:${to.port}`),
    });
    if (typeof socket === 'string') throw new Error(socket);
    socket.send(pattern(5), { address: ip(HOST.peer), port: 9 });
    made.world.advance(0);
    return { ...made, got, ours: made.peer.take() };
  }

  it.each([
    ['port unreachable', 3, 3, 0, '3 3 0 2 2:9'],
    ['fragmentation needed, with the MTU', 3, 4, 1280, '3 4 1280 2 2:9'],
    ['no MTU with another code', 3, 1, 1280, '3 1 0 2 2:9'],
    ['time exceeded', 11, 0, 0, '11 0 0 2 2:9'],
    ['parameter problem', 12, 0, 0x14000000, '12 0 0 2 2:9'],
  ])('%s is told to the socket', (_what, type, code, word, wanted) => {
    const { world, port, from, ours, got } = withSocket();
    world.inject(port, from.icmpError(type, code, ours, 8, word));
    expect([got, dropsIn(world)]).toEqual([[wanted], []]);
  });

  it.each<[string, (ours: Uint8Array, from: FrameMaker) => Uint8Array]>([
    ['of another host', (ours, from) => from.icmpError(3, 3, ours.with(29, 0x09))],
    ['with a header that is too short', (ours, from) => from.icmpError(3, 3, ours.with(14, 0x44), 12)],
    ['that are later fragments', (ours, from) => from.icmpError(3, 3, ours.with(21, 1))],
    ['of a protocol we do not speak', (ours, from) => from.icmpError(3, 3, ours.with(23, 47))],
  ])('that quote packets %s concern nobody', (_what, make) => {
    const { world, port, from, ours, got } = withSocket();
    world.inject(port, make(ours, from));
    expect([got, dropsIn(world)]).toEqual([[], ['icmp-unmatched']]);
  });

  it('that quote too little are dropped', () => {
    const { world, port, from, ours, got } = withSocket();
    world.inject(port, from.icmpError(3, 3, ours, 7));
    expect([got, dropsIn(world)]).toEqual([[], ['icmp-truncated']]);
  });
});

describe('errors we send', () => {
  it('quote the header and as much as fits into 576 bytes (RFC 1812 §4.3.2.3)', () => {
    for (const [size, quoted] of [
      [0, 28],
      [8, 36],
      [520, 548],
      [521, 548],
      [1400, 548],
    ] as const) {
      const { world, peer, from } = host();
      const frame = from.udp(pattern(size));
      peer.send(frame);
      world.advance(SECOND);
      const error = peer.take();
      expectFrame(error, {
        'icmp.type': 3,
        'icmp.code': 3,
        'ip.len': 28 + quoted,
        'quoted.udp.dstport': 4000,
      });
      expect(error.slice(42, 42 + quoted)).toEqual(frame.slice(14, 14 + quoted));
    }
  });

  it('quote options too', () => {
    const { world, peer, from } = host();
    peer.send(from.packet(pattern(30), { protocol: 253 }, Uint8Array.of(1, 1, 1, 1)));
    world.advance(SECOND);
    expectFrame(peer.take(), { 'icmp.code': 2, 'quoted.ip.hdr_len': 24, 'ip.len': 28 + 54 });
  });

  it.each<[string, (from: FrameMaker) => Uint8Array]>([
    // RFC 1122 §3.2.2, RFC 1812 §4.3.2.7
    ['an ICMP error', (from) => from.icmp(3, 3, pattern(36), { ttl: 1 })],
    ['a redirect', (from) => from.icmp(5, 3, pattern(36), { ttl: 1 })],
    ['a source quench', (from) => from.icmp(4, 3, pattern(36), { ttl: 1 })],
    ['a later fragment', (from) => from.udp(pattern(36), {}, { ttl: 1, fragmentOffset: 5 })],
    [
      'a packet in a link broadcast',
      (from) =>
        from.ethernet(from.udp(pattern(36), {}, { ttl: 1 }).subarray(14), { destination: 0xffffffffffff }),
    ],
    ['a packet to everybody', (from) => from.withIp({ destination: '255.255.255.255' }).udp(pattern(5))],
    [
      'a packet to everybody on the link',
      (from) => from.withIp({ destination: '192.0.2.255' }).udp(pattern(5)),
    ],
    [
      'a packet to everybody of a protocol nobody speaks',
      (from) => from.withIp({ destination: '192.0.2.255' }).packet(pattern(5), { protocol: 253 }),
    ],
    ['a packet to a group', (from) => from.withIp({ destination: '224.0.0.9' }).udp(pattern(5))],
    [
      'a packet from nobody',
      (from) => from.withIp({ source: '0.0.0.0', destination: '255.255.255.255' }).udp(pattern(5)),
    ],
    ['a packet from a group', (from) => from.withIp({ source: '224.0.0.9' }).udp(pattern(5), {}, { ttl: 1 })],
    [
      'a packet from everybody',
      (from) => from.withIp({ source: '192.0.2.255' }).udp(pattern(5), {}, { ttl: 1 }),
    ],
    ['a packet with a wrong checksum', (from) => from.udp(pattern(5), {}, { ttl: 1, checksum: 0x1234 })],
  ])('are never about %s', (_what, make) => {
    const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    peer.left.send(make(from.left.withIp({ destination: RIGHT.peer })));
    world.advance(SECOND);
    expect(dropsIn(world)).toHaveLength(1);
    expect([peer.left.received, peer.right.received]).toEqual([[], []]);
  });

  it.each<[string, (from: FrameMaker) => Uint8Array]>([
    ['an echo request', (from) => from.echo(pattern(5), {}, { ttl: 1 })],
    ['an echo reply', (from) => from.echo(pattern(5), { type: 0 }, { ttl: 1 })],
    ['the first fragment', (from) => from.udp(pattern(36), {}, { ttl: 1, moreFragments: 1 })],
  ])('may be about %s', (_what, make) => {
    const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    peer.left.send(make(from.left.withIp({ destination: RIGHT.peer })));
    world.advance(SECOND);
    expect(fieldsOf(peer.left.take()).get('icmp.type')).toBe(11);
  });

  it('are not more than 50 at once and then one a millisecond (RFC 1812 §4.3.2.8)', () => {
    const { world, peer, from } = host();
    const count = (): number => {
      world.advance(0);
      return peer.takeAll().length;
    };
    const flood = (): void => {
      for (let i = 0; i < 200; i++) peer.send(from.udp(pattern(5)));
    };
    flood();
    expect(count()).toBe(50);
    world.advance(7.5 * MILLISECOND);
    flood();
    expect(count()).toBe(7);
    world.advance(0.5 * MILLISECOND);
    flood();
    expect(count()).toBe(1);
    world.advance(60 * SECOND);
    flood();
    expect(count()).toBe(50);
  });
});
