// IPv4: what a router changes in a packet and what it leaves alone, what a host sends, and whom it takes for itself.
// How packets die is told in src/trace/drop-reasons.test.ts, fragments are in fragments.test.ts.

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
  prefix,
  RIGHT,
  steps,
  type Wanted,
  withIpChecksum,
} from '../../test/kit.js';
import { formatMac } from '../base/address.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import { World } from '../net/world.js';
import { Ping, type PingResult } from '../service/ping.js';

expectNoLeaks();

const BOTH = { left: LEFT, right: RIGHT } as const;
const anywhere = prefix('0.0.0.0/0');

describe('forwarding', () => {
  it('takes one off the time to live and changes the MAC addresses, nothing else', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const packet = fc.record({
      ttl: fc.integer({ min: 2, max: 255 }),
      dscp: fc.integer({ min: 0, max: 63 }),
      ecn: fc.integer({ min: 0, max: 3 }),
      identification: fc.integer({ min: 0, max: 0xffff }),
      dontFragment: fc.integer({ min: 0, max: 1 }),
      reserved: fc.integer({ min: 0, max: 1 }),
      protocol: octet,
      source: fc.integer({ min: 0x01000000, max: 0x7e000000 }),
      size: fc.integer({ min: 0, max: 1400 }),
      options: fc.constantFrom(
        undefined,
        Uint8Array.of(1, 1, 1, 0),
        Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0),
        Uint8Array.of(0x94, 4, 0, 0),
        new Uint8Array(40).fill(1),
      ),
      padding: fc.nat(20),
    });
    fc.assert(
      fc.property(packet, ({ size, options, padding, ...values }) => {
        const { world, port, peer, from } = bench('router', BOTH, { record: 'off' });
        const maker = from.left.withIp({ destination: RIGHT.peer });
        const frame = maker.packet(pattern(size), values, options);
        const padded = new Uint8Array(frame.length + padding).fill(0xee);
        padded.set(frame);
        world.inject(port.left, padded);
        world.advance(0);
        // The sum is mended on the way; made anew it must be the same. Padding does not go on.
        frame[22] = values.ttl - 1;
        const onward = withIpChecksum(frame).subarray(14);
        const cards = { destination: peer.right.mac, source: port.right.mac };
        const expected = new Uint8Array(Math.max(60, frame.length));
        expected.set(maker.ethernet(onward, cards));
        expectBytes(peer.right.take(), expected);
      }),
      { numRuns: 150 },
    );
  });

  it('names the deciding rows: route and neighbour', () => {
    const { world, peer, from } = bench('router', BOTH);
    peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(9)));
    world.advance(SECOND);
    const decision = eventsOf(world, 'decided')[0];
    const row = world.trace().event(decision?.row as number);
    const row2 = world.trace().event(decision?.row2 as number);
    expect(decision).toMatchObject({
      layer: 'ipv4',
      verdict: 'forward',
      interface: world.interface('station:right').id,
    });
    expect(row).toMatchObject({ table: 'route', after: { destination: '198.51.100.0/24' } });
    expect(row2).toMatchObject({ table: 'arp', after: { address: RIGHT.peer } });
    expect(eventsOf(world, 'frame-sent')[1]?.cause).toBe(decision?.seq);
    expect(decision?.cause).toBe(eventsOf(world, 'frame-arrived')[0]?.seq);
  });

  it('goes to the next hop of the longest match', () => {
    const { world, station, peer, from } = bench('router', BOTH);
    station.addRoute(anywhere, ip(LEFT.peer));
    station.addRoute(prefix('10.0.0.0/8'), ip(RIGHT.peer));
    const send = (destination: string) => peer.left.send(from.left.withIp({ destination }).udp(pattern(9)));
    steps(world, peer.right)
      .at(0, 'a packet for the longer prefix', () => send('10.1.2.3'))
      .gets('goes to the right', { 'ip.dst': '10.1.2.3', 'eth.dst': formatMac(peer.right.mac) })
      .at(SECOND, 'a packet for anywhere else', () => send('203.0.113.3'))
      .getsNothing('does not');
    expect(fieldsOf(peer.left.take()).get('ip.dst')).toBe('203.0.113.3');
  });

  it('follows its routes and addresses at once when they change, however many there are', () => {
    const { station, port, peer, from, world } = bench('router', BOTH);
    // So many that it remembers where the last packets went.
    for (let net = 0; net < 20; net++) station.addRoute(prefix(`172.16.${net}.0/24`), ip(RIGHT.peer));
    station.addRoute(prefix('10.0.0.0/8'), ip(RIGHT.peer));
    const frame = from.left.withIp({ destination: '10.1.2.3' }).udp(pattern(9));
    /** Which peer gets the packet now. */
    const whereItGoes = (): string => {
      peer.left.send(frame);
      world.advance(SECOND);
      const got = [peer.left, peer.right].map(({ received }) => received.splice(0).length);
      return got.join(' ');
    };
    expect([whereItGoes(), whereItGoes()]).toEqual(['0 1', '0 1']);
    station.addRoute(prefix('10.1.0.0/16'), ip(LEFT.peer));
    expect([whereItGoes(), whereItGoes()]).toEqual(['1 0', '1 0']);
    station.stack.ipv4.routes.remove(({ prefix: { length } }) => length === 16);
    expect(whereItGoes()).toBe('0 1');
    // Now it has the address itself: an error comes back, as no program wants the packet.
    station.configure(port.right, ip('10.1.2.3'), 8);
    expect(whereItGoes()).toBe('1 0');
  });

  type Refusal = readonly [what: string, make: (from: FrameMaker) => Uint8Array, wanted: Wanted];
  it.each<Refusal>([
    [
      'no time to live',
      (from) => from.udp(pattern(9), {}, { ttl: 1 }),
      { 'icmp.type': 11, 'icmp.code': 0, 'quoted.ip.ttl': 1 },
    ],
    [
      'no route',
      (from) => from.withIp({ destination: '203.0.113.1' }).udp(pattern(9)),
      { 'icmp.type': 3, 'icmp.code': 0 },
    ],
    [
      'too long with DF',
      (from) => from.udp(pattern(1000), {}, { dontFragment: 1 }),
      { 'icmp.type': 3, 'icmp.code': 4, 'icmp.mtu': 576, 'ip.len': 576 },
    ],
    [
      'a source route',
      (from) => from.packet(pattern(20), { protocol: 253 }, Uint8Array.of(131, 7, 4, 10, 0, 0, 1, 0)),
      { 'icmp.type': 3, 'icmp.code': 5, 'quoted.ip.hdr_len': 28 },
    ],
    [
      'an option of impossible length',
      (from) => from.packet(pattern(20), { protocol: 253 }, Uint8Array.of(1, 7, 9, 4)),
      { 'icmp.type': 12, 'icmp.code': 0, 'icmp.pointer': 21 },
    ],
    [
      'a protocol that the router itself does not speak',
      (from) => from.withIp({ destination: '198.51.100.1' }).packet(pattern(20), { protocol: 253 }),
      { 'icmp.type': 3, 'icmp.code': 2, 'ip.src': '192.0.2.1' },
    ],
  ])('refuses with a word to the sender: %s', (_what, make, wanted) => {
    const { world, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, mtu: 576 } });
    const frame = make(from.left.withIp({ destination: RIGHT.peer }));
    peer.left.send(frame);
    world.advance(SECOND);
    const error = peer.left.take();
    const fields = fieldsOf(error);
    for (const [name, value] of Object.entries(wanted))
      expect([name, fields.get(name)]).toEqual([name, value]);
    expect(fields.get('ip.dst')).toBe(LEFT.peer);
    expect(fields.get('ip.dsfield.dscp')).toBe(0xc0 >> 2);
    // It quotes the packet as it came.
    const quoted = error.subarray(42);
    expect(quoted).toEqual(frame.subarray(14, 14 + quoted.length));
    expect([peer.left.received, peer.right.received]).toEqual([[], []]);
    // The error exists because of the drop.
    const drop = eventsOf(world, 'decided').find(({ verdict }) => verdict === 'drop');
    expect(eventsOf(world, 'decided').find(({ verdict }) => verdict === 'send')?.cause).toBe(drop?.seq);
  });

  it('tells a host with a narrower link behind it the MTU of that link, however it is reached', () => {
    const { world, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, mtu: 1280 } });
    const send = (size: number) =>
      peer.left.send(
        from.left.withIp({ destination: RIGHT.peer }).udp(pattern(size), {}, { dontFragment: 1 }),
      );
    steps(world, peer.left)
      .at(0, 'a packet of 1281 bytes', () => send(1253))
      .gets('is refused', { 'icmp.code': 4, 'icmp.mtu': 1280 })
      .at(SECOND, 'one of 1280 bytes', () => send(1252))
      .getsNothing('goes through');
    expect(peer.right.received).toHaveLength(1);
  });
});

describe('who a packet is for', () => {
  it('any address of its own, however many there are, and none that it had', () => {
    const world = new World({ name: 'many' });
    const host = world.addHost('host');
    const ports = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      world.addInterface(host, `p${n}`, { address: `192.0.2.${16 * n}/28` }),
    );
    const { ipv4 } = host.stack;
    expect(ports.map((port) => ipv4.isLocal(port.address))).toEqual(ports.map(() => true));
    expect(ipv4.isLocal(ports[0].address + 1)).toBe(false);
    const before = ports[6].address;
    host.configure(ports[6], before + 1, 28);
    expect([ipv4.isLocal(before), ipv4.isLocal(before + 1)]).toEqual([false, true]);
  });

  /** A host with two interfaces and a program on a port. */
  function listener() {
    const made = bench('host', BOTH);
    const got: string[] = [];
    made.station.stack.udp.open(4000, {
      received: (data, from, to) => got.push(`${data.length} ${from.port} ${to === -1 ? 'all' : to & 255}`),
    });
    return { ...made, got };
  }

  it.each([
    ['the address of the interface', '192.0.2.1', '5 40000 1'],
    ['another address of the host', '198.51.100.1', '5 40000 1'],
    ['everybody on the link', '192.0.2.255', '5 40000 255'],
    ['everybody', '255.255.255.255', '5 40000 all'],
  ])('%s', (_what, destination, wanted) => {
    const { world, port, from, got } = listener();
    world.inject(port.left, from.left.withIp({ destination }).udp(pattern(5)));
    expect(got).toEqual([wanted]);
  });

  it('everybody, from one who has no address yet', () => {
    const { world, port, from, got } = listener();
    world.inject(
      port.left,
      from.left.withIp({ source: '0.0.0.0', destination: '255.255.255.255' }).udp(pattern(5)),
    );
    expect(got).toEqual(['5 40000 all']);
  });

  it('a group, in a frame to the group', () => {
    const { world, port, from, got } = listener();
    const packet = from.left.withIp({ destination: '224.0.0.251' }).udp(pattern(5)).subarray(14);
    world.inject(port.left, from.left.ethernet(packet, { destination: 0x01005e0000fb }));
    expect(got).toEqual(['5 40000 251']);
  });

  it('not the broadcast address of another interface: that is another network', () => {
    const { world, port, from, got } = listener();
    world.inject(port.left, from.left.withIp({ destination: '198.51.100.255' }).udp(pattern(5)));
    expect([got, dropsIn(world)]).toEqual([[], ['ipv4-other-host']]);
  });
});

describe('sending', () => {
  /** A host with a route to everywhere by its peer. */
  function sender(pins = {}) {
    const made = bench('host', { eth0: HOST }, { pins });
    made.station.addRoute(anywhere, ip(HOST.peer));
    const socket = made.station.stack.udp.open(5000, {}, { broadcast: true });
    if (typeof socket === 'string') throw new Error(socket);
    const send = (destination: string, data = pattern(5), options = {}) =>
      socket.send(data, { address: ip(destination), port: 9 }, options);
    return { ...made, send, peer: made.peer.eth0 };
  }

  it('fills in a header with all that is right', () => {
    const { world, send, peer, port } = sender({ 'ip-id': [0x4242] });
    send('203.0.113.9', pattern(5), { ttl: 7, dontFragment: true, trafficClass: 0xb8 });
    world.advance(SECOND);
    expectFrame(peer.take(), {
      'eth.src': formatMac(port.eth0.mac),
      'eth.dst': formatMac(peer.mac),
      'ip.src': '192.0.2.1',
      'ip.dst': '203.0.113.9',
      'ip.id': 0x4242,
      'ip.ttl': 7,
      'ip.dsfield.dscp': 0xb8 >> 2,
      'ip.flags.df': true,
      'ip.len': 33,
      'udp.srcport': 5000,
    });
  });

  it('counts its packets, and begins anew behind the highest number', () => {
    const { world, send, peer } = sender({ 'ip-id': [7, 0xffff] });
    for (let i = 0; i < 3; i++) send('203.0.113.9');
    world.advance(SECOND);
    const ids = peer.takeAll().map((frame) => fieldsOf(frame).get('ip.id') as number);
    expect(ids.slice(0, 2)).toEqual([7, 0xffff]);
    const { world: other, send: sendOther, peer: peerOther } = sender();
    for (let i = 0; i < 3; i++) sendOther('203.0.113.9');
    other.advance(SECOND);
    const [a, b, c] = peerOther.takeAll().map((frame) => fieldsOf(frame).get('ip.id') as number);
    expect([((a as number) + 1) & 0xffff, ((b as number) + 1) & 0xffff]).toEqual([b, c]);
  });

  it.each([
    ['everybody', '255.255.255.255', 'ff:ff:ff:ff:ff:ff'],
    ['everybody on the link', '192.0.2.255', 'ff:ff:ff:ff:ff:ff'],
    ['a group', '224.0.0.251', '01:00:5e:00:00:fb'],
    ['a group whose upper bits do not fit into the MAC address', '239.129.2.3', '01:00:5e:01:02:03'],
  ])('to %s needs no ARP', (_what, destination, wanted) => {
    const { world, send, peer } = sender();
    expect(send(destination)).toBeUndefined();
    world.advance(SECOND);
    expectFrame(peer.take(), { 'eth.dst': wanted, 'ip.dst': destination, 'ip.src': '192.0.2.1' });
  });

  it('says why it does not', () => {
    const { world, send, station, peer } = sender();
    expect(send('203.0.113.9', pattern(65508))).toBe('EMSGSIZE');
    expect(send('203.0.113.9', pattern(1473), { dontFragment: true })).toBe('EMSGSIZE');
    expect(station.stack.ipv4.icmp.sendEcho(ip('203.0.113.9'), 1, 1, pattern(65508), {})).toBe('EMSGSIZE');
    expect(station.stack.ipv4.icmp.sendEcho(ip('203.0.113.9'), 1, 1, pattern(200_000), {})).toBe('EMSGSIZE');
    station.stack.ipv4.routes.remove((route) => route.prefix.length === 0);
    expect(send('203.0.113.9')).toBe('ENETUNREACH');
    world.advance(SECOND);
    expect(peer.received).toEqual([]);
  });

  it('takes the source address of the interface it leaves by', () => {
    const { station } = bench('host', BOTH);
    expect(station.stack.ipv4.sourceFor(ip(LEFT.peer))).toBe(ip('192.0.2.1'));
    expect(station.stack.ipv4.sourceFor(ip(RIGHT.peer))).toBe(ip('198.51.100.1'));
    expect(station.stack.ipv4.sourceFor(ip('203.0.113.1'))).toBeUndefined();
    expect(station.stack.ipv4.payloadRoom(ip(LEFT.peer))).toBe(1480);
  });
});

describe('a packet to oneself', () => {
  it.each(['192.0.2.1', '198.51.100.1', '127.0.0.1', '127.9.9.9'])(
    'to %s never leaves the host, and is answered',
    (address) => {
      const { world, station, peer } = bench('host', BOTH);
      const results: PingResult[] = [];
      new Ping(
        station.stack,
        ip(address),
        { result: (result) => results.push(result), done: () => {} },
        { count: 2, interval: MILLISECOND },
      );
      world.runToRest();
      expect(results.map(({ kind }) => kind)).toEqual(['reply', 'reply']);
      expect([peer.left.received, peer.right.received]).toEqual([[], []]);
      // The trace has the bytes all the same.
      const delivered = eventsOf(world, 'decided').find(({ verdict }) => verdict === 'deliver');
      expect(fieldsOf(world.trace().frameBytes(delivered?.frame as number)).get('ip.dst')).toBe(address);
    },
  );

  it.each(['192.0.2.1', '127.0.0.1'])(
    'to a port of %s where nobody listens is an error for its socket',
    (address) => {
      const { world, station } = bench('host', BOTH);
      const errors: string[] = [];
      const socket = station.stack.udp.open(5000, {
        received: () => {},
        icmpError: (error, to) => errors.push(`${error.type} ${error.code} ${to.port}`),
      });
      if (typeof socket !== 'string') socket.send(pattern(5), { address: ip(address), port: 9 });
      world.runToRest();
      expect(errors).toEqual(['3 3 9']);
    },
  );

  it('goes to the program it is for, in an event of its own', () => {
    const { world, station } = bench('host', BOTH);
    const got: number[] = [];
    station.stack.udp.open(4000, { received: (data) => got.push(data.length) });
    const socket = station.stack.udp.open(0, { received: () => {} });
    if (typeof socket === 'string') return;
    for (const size of [1, 2, 2000]) socket.send(pattern(size), { address: ip('192.0.2.1'), port: 4000 });
    expect(got).toEqual([]);
    world.runToRest();
    expect(got).toEqual([1, 2, 2000]);
  });
});
