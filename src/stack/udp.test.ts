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
import type { ReportedError } from './socket-error.js';
import type { UdpListener, UdpOptions, UdpSocket } from './udp-socket.js';

expectNoLeaks();

function host(mtu = 1500, pins = {}) {
  const made = bench('host', { eth0: { ...HOST, mtu } }, { pins });
  const open = (port: number, listener: UdpListener = {}, options: UdpOptions = {}): UdpSocket => {
    const socket = made.station.stack.udp.open(port, { received: () => {}, ...listener }, options);
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
      icmpError: (error: { type: number; code: number }, to: { port: number }) =>
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
    const listener = (name: string): UdpListener => ({
      received: () => {},
      icmpError: () => told.push(name),
    });
    // What lies where a later fragment has no ports looks like the port of another socket.
    const socket = made.station.stack.udp.open(5000, listener('ours'));
    made.station.stack.udp.open(0x1313, listener('another'));
    if (typeof socket !== 'string') socket.send(new Uint8Array(3000).fill(0x13), PEER);
    made.world.advance(10 * SECOND);
    expect(told).toEqual(['ours']);
  });
});

describe('a connected socket', () => {
  function connected(options: UdpOptions = {}) {
    const made = host();
    const got: string[] = [];
    const told: string[] = [];
    const socket = made.udp.connect(
      PEER,
      {
        received: (data, who) => got.push(`${data.length} from ${who.port}`),
        failed: (error) => told.push(error),
      },
      options,
    );
    if (typeof socket === 'string') throw new Error(socket);
    return { ...made, socket, got, told };
  }

  it('sends to its peer and to nobody else', () => {
    const { world, peer, socket } = connected();
    expect(socket.remote).toEqual(PEER);
    expect(socket.local).toEqual({ address: ip('192.0.2.1'), port: socket.port });
    expect([socket.send(pattern(5)), socket.send(pattern(6), PEER)]).toEqual([undefined, undefined]);
    expect(socket.send(pattern(5), { ...PEER, port: 10 })).toBe('EISCONN');
    expect(socket.send(pattern(5), { ...PEER, address: ip('192.0.2.9') })).toBe('EISCONN');
    world.advance(0);
    expect(peer.takeAll().map((frame) => fieldsOf(frame).get('udp.length'))).toEqual([13, 14]);
    expect(socket.sentDatagrams).toBe(2);
  });

  it('hears its peer and nobody else: to the others the port is closed', () => {
    const { world, port, from, socket, got } = connected();
    const to = { destinationPort: socket.port };
    world.inject(port, from.udp(pattern(1), { ...to, sourcePort: 9 }));
    world.inject(port, from.udp(pattern(2), { ...to, sourcePort: 10 }));
    world.inject(port, from.withIp({ source: '192.0.2.9' }).udp(pattern(3), { ...to, sourcePort: 9 }));
    world.inject(port, from.withIp({ destination: '192.0.2.255' }).udp(pattern(4), { ...to, sourcePort: 9 }));
    expect(got).toEqual(['1 from 9']);
    expect(dropsIn(world)).toEqual(Array(3).fill('udp-port-unreachable'));
  });

  it.each<[string, number, number, ReportedError[]]>([
    ['network', 3, 0, ['ENETUNREACH']],
    ['host', 3, 1, ['EHOSTUNREACH']],
    ['protocol', 3, 2, ['ECONNREFUSED']],
    ['port', 3, 3, ['ECONNREFUSED']],
    ['too long', 3, 4, ['EMSGSIZE']],
    ['forbidden', 3, 13, ['EHOSTUNREACH']],
    ['time exceeded', 11, 0, []],
    ['parameter problem', 12, 0, []],
  ])('is told once what ICMP says: %s', (_name, type, code, expected) => {
    const { world, peer, port, from, socket, told, open } = connected();
    const others: string[] = [];
    const other = (name: string): UdpListener => ({
      failed: () => others.push(name),
      icmpError: () => others.push(`${name} raw`),
    });
    open(5000, other('unconnected'));
    open(5001, other('to another')).connect({ ...PEER, port: 10 });
    socket.send(pattern(5));
    world.advance(0);
    world.inject(port, from.icmpError(type, code, peer.take()));
    expect([told, others]).toEqual([expected, []]);
    // It can go on.
    expect(socket.send(pattern(5))).toBeUndefined();
    world.advance(SECOND);
    expect(told).toEqual(expected);
  });

  it('is not told about what it sent before to another', () => {
    const { world, peer, port, from, socket, told } = connected();
    socket.send(pattern(5));
    world.advance(0);
    socket.connect({ ...PEER, port: 10 });
    world.inject(port, from.icmpError(3, 3, peer.take()));
    expect(told).toEqual([]);
    expect(dropsIn(world)).toEqual(['icmp-unmatched']);
  });

  it('learns that nobody answers ARP', () => {
    const made = bench('host', { eth0: { ...HOST, asks: true } });
    made.peer.eth0.addresses.clear();
    const told: string[] = [];
    const { udp } = made.station.stack;
    const socket = udp.connect(PEER, { failed: (error) => told.push(error) });
    if (typeof socket !== 'string') socket.send(pattern(5));
    made.world.advance(10 * SECOND);
    expect(told).toEqual(['EHOSTUNREACH']);
  });

  it('can talk with another, and with everybody again', () => {
    const { world, port, from, socket, got } = connected();
    const hear = (sourcePort: number) =>
      world.inject(port, from.udp(pattern(1), { destinationPort: socket.port, sourcePort }));
    expect(socket.connect({ ...PEER, port: 10 })).toBeUndefined();
    hear(9);
    hear(10);
    socket.disconnect();
    expect([socket.remote, socket.local.address]).toEqual([undefined, 0]);
    hear(9);
    expect(got).toEqual(['1 from 10', '1 from 9']);
    expect(socket.send(pattern(1))).toBe('EDESTADDRREQ');
    socket.close();
    const rows = eventsOf(world, 'table-set').filter(({ table }) => table === 'udp');
    const local = `192.0.2.1:${socket.port}`;
    expect(rows.map(({ after }) => after)).toEqual([
      { local, remote: '192.0.2.2:9' },
      { local, remote: '192.0.2.2:10' },
      { local: `*:${socket.port}` },
    ]);
  });

  it('can not be had without a way, a port or a socket', () => {
    const { udp, open, world } = host();
    const nowhere = { address: ip('203.0.113.1'), port: 9 };
    expect(udp.connect(nowhere, {})).toBe('ENETUNREACH');
    expect(dropsIn(world)).toEqual(['ipv4-no-route']);
    expect(udp.connect({ ...PEER, port: 0 }, {})).toBe('EADDRNOTAVAIL');
    expect([...udp.list()]).toEqual([]);
    const socket = open(5000);
    socket.close();
    expect([socket.connect(PEER), socket.send(pattern(1), PEER)]).toEqual(['EBADF', 'EBADF']);
  });
});

describe('a socket with an address', () => {
  function router() {
    const made = bench('router', { left: LEFT, right: RIGHT });
    const got: string[] = [];
    const open = (name: string, options: UdpOptions) =>
      made.station.stack.udp.open(4000, { received: () => got.push(name) }, options);
    return { ...made, got, open };
  }
  const left = ip('192.0.2.1');
  const right = ip('198.51.100.1');

  it('gets what is sent there, and leaves the port free at the others', () => {
    const { world, port, from, got, open, station } = router();
    expect(typeof open('left', { address: left })).toBe('object');
    expect(open('left again', { address: left })).toBe('EADDRINUSE');
    expect(open('any', {})).toBe('EADDRINUSE');
    expect(open('no address of ours', { address: ip('192.0.2.7') })).toBe('EADDRNOTAVAIL');
    expect(typeof open('right', { address: right })).toBe('object');
    world.inject(port.left, from.left.udp(pattern(1)));
    world.inject(port.right, from.right.udp(pattern(1)));
    // Across: the packet comes in on the left, but is for the address on the right.
    world.inject(port.left, from.left.withIp({ destination: '198.51.100.1' }).udp(pattern(1)));
    expect(got).toEqual(['left', 'right', 'right']);
    expect([...station.stack.udp.list()].map(String)).toEqual(['192.0.2.1:4000', '198.51.100.1:4000']);
  });

  it('sends from there, whichever way the datagram goes', () => {
    const { world, peer, open } = router();
    const socket = open('right', { address: right });
    if (typeof socket === 'string') throw new Error(socket);
    socket.send(pattern(1), PEER);
    world.advance(0);
    expect(fieldsOf(peer.left.take()).get('ip.src')).toBe('198.51.100.1');
    expect(socket.send(pattern(1), PEER, { source: ip('192.0.2.7') })).toBe('EADDRNOTAVAIL');
    expect(socket.send(pattern(1), PEER, { source: left })).toBeUndefined();
    world.advance(0);
    expect(fieldsOf(peer.left.take()).get('ip.src')).toBe('192.0.2.1');
  });
});

describe('sockets that share a port', () => {
  it('must all want to', () => {
    const { udp, open } = host();
    open(4000, {}, { reuse: true });
    expect(udp.open(4000, {})).toBe('EADDRINUSE');
    expect(typeof udp.open(4000, {}, { reuse: true })).toBe('object');
  });

  it('get what fits them best: peer before address before any, then the latest', () => {
    const { world, port, from, open } = host();
    const got: string[] = [];
    const share = (name: string, options: UdpOptions = {}) =>
      open(4000, { received: () => got.push(name) }, { ...options, reuse: true });
    const hear = (sourcePort = 9) => world.inject(port, from.udp(pattern(1), { sourcePort }));
    share('first').connect(PEER);
    share('address', { address: ip('192.0.2.1') });
    share('any');
    const later = share('later');
    hear();
    hear(10);
    [...world.station('station').stack.udp.list()][1]?.close();
    hear(10);
    later.close();
    hear(10);
    expect(got).toEqual(['first', 'address', 'later', 'any']);
    const keys = eventsOf(world, 'table-set').flatMap(({ table, key }) => (table === 'udp' ? [key] : []));
    expect(keys).toEqual(['4000', '4000', '192.0.2.1:4000', '4000 (2)', '4000 (3)']);
  });

  it('all get what is for everybody', () => {
    const { world, port, from, open } = host();
    const got: string[] = [];
    const sockets = ['a', 'b', 'c', 'd'].map((name) =>
      open(
        4000,
        {
          received: () => {
            got.push(name);
            // What the first does about it: the third hears nothing more.
            if (name === 'a') sockets[2]?.close();
          },
        },
        { reuse: true, ...(name === 'b' ? { address: ip('192.0.2.1') } : {}) },
      ),
    );
    world.inject(port, from.withIp({ destination: '192.0.2.255' }).udp(pattern(1)));
    expect([got, dropsIn(world)]).toEqual([['a', 'd'], []]);
  });
});

describe('reading', () => {
  /** A socket whose program takes datagrams when it likes. */
  function reader(options: UdpOptions = {}) {
    const made = host();
    let told = 0;
    const socket = made.udp.open(4000, { readable: () => told++ }, options);
    if (typeof socket === 'string') throw new Error(socket);
    const hear = (size: number) => made.world.inject(made.port, made.from.udp(pattern(size)));
    return { ...made, socket, hear, told: () => told };
  }

  it('gives datagrams in order, whole, with who sent them', () => {
    const { socket, hear, told } = reader();
    hear(3);
    hear(0);
    hear(1000);
    expect([told(), socket.available, socket.receivedDatagrams]).toEqual([3, 1003 + 24, 3]);
    expect(socket.read()).toEqual({
      data: pattern(3),
      from: { address: ip(HOST.peer), port: 40000 },
      to: ip('192.0.2.1'),
    });
    expect([socket.read()?.data.length, socket.read()?.data.length, socket.read()]).toEqual([
      0,
      1000,
      undefined,
    ]);
    expect(socket.available).toBe(0);
  });

  it('too slowly loses what does not fit into the buffer, and no more', () => {
    const { world, socket, hear } = reader({ receiveBuffer: 300 });
    for (const size of [100, 100, 100, 68]) hear(size);
    expect(dropsIn(world)).toEqual(['udp-buffer-full']);
    expect(socket.available).toBe(108 + 108 + 76);
    expect(socket.read()?.data.length).toBe(100);
    hear(101);
    expect(dropsIn(world)).toEqual(['udp-buffer-full']);
    expect([socket.read(), socket.read(), socket.read()].map((one) => one?.data.length)).toEqual([
      100, 68, 101,
    ]);
  });

  it('never, empty datagrams fill it too', () => {
    const { socket, hear } = reader({ receiveBuffer: 80 });
    for (let i = 0; i < 100; i++) hear(0);
    expect([socket.available, socket.receivedDatagrams]).toEqual([80, 10]);
  });

  it('is over when the socket is closed', () => {
    const { socket, hear } = reader();
    hear(3);
    socket.close();
    expect([socket.read(), socket.available]).toEqual([undefined, 0]);
  });
});

describe('options', () => {
  it('hold for every datagram that does not say otherwise', () => {
    const { world, peer, open } = host();
    const socket = open(5000, {}, { ttl: 3, trafficClass: 0xb8, dontFragment: true });
    socket.send(pattern(1), PEER);
    socket.send(pattern(1), PEER, { ttl: 9, dontFragment: false });
    world.advance(0);
    const asked = ['ip.ttl', 'ip.dsfield', 'ip.flags.df'];
    const seen = peer.takeAll().map((frame) => asked.map((name) => Number(fieldsOf(frame).get(name))));
    expect(seen).toEqual([
      [3, 0xb8, 1],
      [9, 0xb8, 0],
    ]);
    expect(socket.send(pattern(1473), PEER)).toBe('EMSGSIZE');
  });

  it('nobody shouts who has not said so', () => {
    const { world, peer, udp, open } = host();
    const quiet = open(5000);
    const loud = open(5001, {}, { broadcast: true });
    for (const address of ['255.255.255.255', '192.0.2.255'].map(ip)) {
      expect(quiet.send(pattern(1), { address, port: 9 })).toBe('EACCES');
      expect(udp.connect({ address, port: 9 }, {})).toBe('EACCES');
      expect(loud.send(pattern(1), { address, port: 9 })).toBeUndefined();
    }
    world.advance(0);
    expect(peer.takeAll().map((frame) => fieldsOf(frame).get('udp.srcport'))).toEqual([5001, 5001]);
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
