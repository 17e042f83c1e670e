// UDP: ports, lengths, the checksum that may be missing, and what a socket is told.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  eventsOf,
  expectBytes,
  expectFrame,
  expectNoLeaks,
  fieldsOf,
  HOST,
  ip,
  LEFT,
  patched,
  pattern,
  RIGHT,
  steps,
  viewOf,
} from '../../test/kit.js';
import { SECOND } from '../base/time.js';
import type { UdpListener, UdpSocket } from './udp.js';

expectNoLeaks();

function host(mtu = 1500, pins = {}) {
  const made = bench('host', { eth0: { ...HOST, mtu } }, { pins });
  const open = (port: number, listener: Partial<UdpListener> = {}): UdpSocket => {
    const socket = made.station.stack.udp.open(port, { received: () => {}, ...listener });
    if (typeof socket === 'string') throw new Error(socket);
    return socket;
  };
  return {
    ...made,
    open,
    udp: made.station.stack.udp,
    peer: made.peer.eth0,
    port: made.port.eth0,
    from: made.from.eth0,
  };
}

const PEER = { address: ip(HOST.peer), port: 9 };

describe('receiving', () => {
  it('hands the data to the socket on the port, with who sent it', () => {
    const { world, port, from, open } = host();
    const got: unknown[] = [];
    const socket = open(4000, { received: (data, who, to) => got.push([data.slice(), who, to]) });
    open(4001);
    world.inject(port, from.udp(pattern(5), { sourcePort: 1234 }));
    expect(got).toEqual([[pattern(5), { address: ip(HOST.peer), port: 1234 }, ip('192.0.2.1')]]);
    expect(socket.receivedDatagrams).toBe(1);
    const row = eventsOf(world, 'table-set').find(({ table, key }) => table === 'udp' && key === '4000');
    expect(eventsOf(world, 'decided').at(-1)).toMatchObject({
      layer: 'udp',
      verdict: 'deliver',
      row: row?.seq,
    });
  });

  it('gives every size unharmed', () => {
    const size = fc.oneof(fc.nat(64), fc.nat(65507));
    fc.assert(
      fc.property(size, (length) => {
        const { world, port, from, open } = host(65535);
        let got: Uint8Array | undefined;
        open(4000, { received: (data) => (got = data.slice()) });
        world.inject(port, from.udp(pattern(length)));
        expectBytes(got as Uint8Array, pattern(length));
      }),
      { numRuns: 30, examples: [[0], [1], [65507]] },
    );
  });

  it('takes a datagram without a checksum, and one whose sum came out as 0', () => {
    const { world, port, from, open } = host();
    const got: number[] = [];
    open(4000, { received: (data) => got.push(data.length) });
    world.inject(port, from.udp(pattern(3), { checksum: 0 }));
    // Two bytes of data make the sum come out as 0, which is written as all ones.
    const zero = from.udp(pattern(2));
    const sum = viewOf(zero).getUint16(40);
    const data = Uint8Array.of(0, 0);
    viewOf(data).setUint16(0, (viewOf(zero).getUint16(42) + sum) % 0xffff);
    const allOnes = from.udp(data);
    expect(viewOf(allOnes).getUint16(40)).toBe(0xffff);
    world.inject(port, allOnes);
    expect([got, dropsIn(world)]).toEqual([[3, 2], []]);
  });

  it('ends the data where the length field says, not where the packet ends', () => {
    const { world, port, from, open } = host();
    const got: number[] = [];
    open(4000, { received: (data) => got.push(data.length) });
    world.inject(port, from.udp(pattern(20), { length: 13, checksum: 0 }));
    world.inject(port, from.udp(pattern(20), { length: 8, checksum: 0 }));
    expect(got).toEqual([5, 0]);
  });

  it('finds every flipped bit', () => {
    const { world, port, from, open } = host();
    const got: number[] = [];
    open(4000, { received: () => got.push(1) });
    const frame = from.udp(pattern(12));
    for (let bit = 34 * 8; bit < frame.length * 8; bit++) {
      world.inject(port, patched(frame, bit >> 3, (frame[bit >> 3] as number) ^ (0x80 >> (bit & 7))));
    }
    expect(got).toEqual([]);
    expect(new Set(dropsIn(world))).toEqual(new Set(['udp-bad-checksum', 'udp-bad-length']));
  });

  it('a socket that is closed while a datagram is on its way gets nothing', () => {
    const { world, peer, from, open } = host();
    const got: number[] = [];
    const socket = open(4000, { received: () => got.push(1) });
    steps(world, peer)
      .at(0, 'the datagram comes when the socket is closed', () => {
        socket.close();
        peer.send(from.udp(pattern(5)));
      })
      .gets('the sender is told', { 'icmp.type': 3, 'icmp.code': 3 });
    expect(got).toEqual([]);
  });
});

describe('sending', () => {
  it('makes the header right for every size, in one piece or in fragments', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(40), fc.nat(65507)), (length) => {
        const { world, peer, open } = host(65535);
        expect(open(5000).send(pattern(length), PEER)).toBeUndefined();
        world.advance(0);
        const frame = peer.take();
        expectFrame(frame, {
          'udp.srcport': 5000,
          'udp.dstport': 9,
          'udp.length': length + 8,
          'udp.checksum.status': 1,
        });
        expectBytes(frame.subarray(42, 42 + length), pattern(length));
      }),
      { numRuns: 30, examples: [[0], [1], [65507]] },
    );
    const { world, peer, open } = host();
    open(5000).send(pattern(65507), PEER);
    world.advance(0);
    expect(peer.received).toHaveLength(45);
  });

  it('writes a sum of 0 as all ones', () => {
    const { world, peer, open } = host();
    const socket = open(5000);
    socket.send(Uint8Array.of(0, 0), PEER);
    world.advance(0);
    const sum = viewOf(peer.take()).getUint16(40);
    const data = new Uint8Array(2);
    viewOf(data).setUint16(0, sum);
    socket.send(data, PEER);
    world.advance(0);
    const frame = peer.take();
    expect(viewOf(frame).getUint16(40)).toBe(0xffff);
    expectFrame(frame, { 'udp.checksum.status': 1 });
  });

  it('refuses what is too long, and what has no route', () => {
    const { world, open, peer } = host();
    const socket = open(5000);
    expect(socket.send(new Uint8Array(65508), PEER)).toBe('EMSGSIZE');
    expect(socket.send(new Uint8Array(1_000_000), PEER)).toBe('EMSGSIZE');
    expect(socket.send(pattern(5), { address: ip('203.0.113.1'), port: 9 })).toBe('ENETUNREACH');
    expect(socket.sentDatagrams).toBe(0);
    world.advance(SECOND);
    expect([peer.received, dropsIn(world)]).toEqual([[], ['ipv4-no-route']]);
  });
});

describe('ports', () => {
  it('can be had once', () => {
    const { udp, open } = host();
    const socket = open(4000);
    expect(udp.open(4000, { received: () => {} })).toBe('EADDRINUSE');
    socket.close();
    const second = open(4000);
    // Closing the first again does not take the port from the second.
    socket.close();
    expect([...udp.list()]).toEqual([second]);
  });

  it('that nobody asked for are dynamic ones, pinned ones first, none twice', () => {
    const { udp, open } = host(1500, { 'udp-port': [7777, 7777, 8888] });
    const ports = [open(0), open(0), open(0), open(0)].map(({ port }) => port);
    expect(ports.slice(0, 2)).toEqual([7777, 8888]);
    for (const port of ports.slice(2)) expect(port).toBeGreaterThanOrEqual(49152);
    expect(new Set(ports).size).toBe(4);
    expect([...udp.list()]).toHaveLength(4);
  });

  it('are rows of a table while they are open', () => {
    const { world, open } = host();
    open(4000).close();
    expect(
      eventsOf(world, 'table-set')
        .filter(({ table }) => table === 'udp')
        .map(({ after }) => after),
    ).toEqual([{ local: '*:4000' }]);
    expect(eventsOf(world, 'table-removed').map(({ table, why }) => [table, why])).toEqual([
      ['udp', 'closed'],
    ]);
  });
});

describe('errors', () => {
  it('go to the socket that sent the datagram, with its destination', () => {
    const { world, peer, port, from, open } = host();
    const told: string[] = [];
    const listener = (name: string) => ({
      failed: (error: { type: number; code: number }, to: { port: number }) =>
        told.push(`${name} ${error.type} ${error.code} ${to.port}`),
    });
    open(5000, listener('a'));
    const socket = open(5001, listener('b'));
    open(5002);
    socket.send(pattern(5), { ...PEER, port: 77 });
    world.advance(0);
    world.inject(port, from.icmpError(3, 3, peer.take()));
    expect(told).toEqual(['b 3 3 77']);
  });

  it('about the later fragments of a datagram reach nobody by mistake', () => {
    // Nobody answers ARP: every fragment fails, but only the first tells whose it was.
    const made = bench('host', { eth0: { ...HOST, asks: true } });
    made.peer.eth0.addresses.clear();
    const told: string[] = [];
    const listener = (name: string): UdpListener => ({ received: () => {}, failed: () => told.push(name) });
    // What lies where a later fragment has no ports looks like the port of another socket.
    const socket = made.station.stack.udp.open(5000, listener('ours'));
    made.station.stack.udp.open(0x1313, listener('another'));
    if (typeof socket !== 'string') socket.send(new Uint8Array(3000).fill(0x13), PEER);
    made.world.advance(10 * SECOND);
    expect(told).toEqual(['ours']);
  });
});

describe('a router', () => {
  it('has programs too', () => {
    const { world, station, port, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    const socket = station.stack.udp.open(4000, {
      received: (data, who) => void (typeof socket === 'string' || socket.send(data, who)),
    });
    world.inject(port.left, from.left.udp(pattern(5)));
    world.advance(SECOND);
    expect(fieldsOf(peer.left.take()).get('udp.srcport')).toBe(4000);
  });
});
