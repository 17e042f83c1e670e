// The world: how it is built, what it refuses, how time passes in it, and what it tells of itself.

import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  eventsOf,
  expectNoLeaks,
  fieldsOf,
  HOST,
  ip,
  newWorld,
  Peer,
  pattern,
} from '../../test/kit.js';
import { formatMac } from '../base/address.js';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';

expectNoLeaks();

describe('building', () => {
  it('describes what was built', () => {
    const world = newWorld({ name: 'small', seed: 7, epoch: 1000 });
    const host = world.addHost('h');
    const lan = world.addSwitch('s');
    const a = world.addInterface(host, 'eth0', { address: '192.0.2.1/24', mac: '02-00-5E-00-53-01' });
    const b = world.addInterface(lan, 'p1');
    world.connect(a, b, { delay: 5, rate: 1e9, mtu: 1400 });
    expect(world.describe()).toEqual({
      name: 'small',
      seed: 7,
      epoch: 1000,
      nodes: [
        { name: 'h', kind: 'host', interfaces: [0] },
        { name: 's', kind: 'switch', interfaces: [1] },
      ],
      interfaces: [
        { node: 0, name: 'eth0', mac: '02:00:5e:00:53:01', address: '192.0.2.1/24' },
        { node: 1, name: 'p1', mac: formatMac(b.mac) },
      ],
      links: [{ ends: [0, 1], delay: 5, rate: 1e9, mtu: 1400 }],
    });
    expect([world.station('h'), world.interface('s:p1'), world.node('s')?.device]).toEqual([host, b, lan]);
  });

  it('makes up MAC addresses that are unicast, local and different', () => {
    const world = newWorld();
    const host = world.addHost('h');
    const macs = Array.from({ length: 300 }, (_, i) => world.addInterface(host, `e${i}`).mac);
    expect(new Set(macs).size).toBe(300);
    for (const address of macs) expect(Math.floor(address / 2 ** 40) & 3).toBe(2);
  });

  it.each([
    ['a node twice', 'there is a node named h already'],
    ['an interface twice', 'there is an interface h:eth0 already'],
    ['a MAC address that is none', '02:00 is no MAC address; write it as 02:00:00:00:00:01'],
    [
      'an address without prefix length',
      '192.0.2.1 is no address with prefix length for h:e2; write it as 192.0.2.1/24',
    ],
    ['an address that is none', '192.0.2.256/24 is no address'],
    ['an address on a switch', 'is no address with prefix length for s:e4'],
    ['a station that is a switch', 'there is no host or router named s'],
    ['an interface that is not there', 'there is no interface h:e9'],
    ['a node that is not there', 'there is no interface x:eth0'],
  ])('refuses %s', (what, message) => {
    const world = newWorld();
    const host = world.addHost('h');
    const lan = world.addSwitch('s');
    world.addInterface(host, 'eth0');
    const act: Record<string, () => unknown> = {
      'a node twice': () => world.addRouter('h'),
      'an interface twice': () => world.addInterface(host, 'eth0'),
      'a MAC address that is none': () => world.addInterface(host, 'e1', { mac: '02:00' }),
      'an address without prefix length': () => world.addInterface(host, 'e2', { address: '192.0.2.1' }),
      'an address that is none': () => world.addInterface(host, 'e3', { address: '192.0.2.256/24' }),
      'an address on a switch': () => world.addInterface(lan, 'e4', { address: '192.0.2.1/24' }),
      'a station that is a switch': () => world.station('s'),
      'an interface that is not there': () => world.interface('h:e9'),
      'a node that is not there': () => world.interface('x:eth0'),
    };
    expect(act[what]).toThrow(message);
    expect(act[what]).toThrow(RangeError);
    // What was refused has left nothing behind.
    expect(world.describe().interfaces).toHaveLength(1);
  });
});

describe('time', () => {
  it('passes as far as it is told, or to rest', () => {
    const { world, peer, from } = bench('host', { eth0: { ...HOST, delay: MILLISECOND } });
    world.advance(SECOND);
    expect(world.now).toBe(SECOND);
    peer.eth0.send(from.eth0.echo(pattern(5)));
    expect(world.runToRest()).toBe(true);
    expect(world.now).toBe(SECOND + 2 * MILLISECOND);
    peer.eth0.send(from.eth0.echo(pattern(5)));
    expect(world.runToRest(MILLISECOND)).toBe(false);
    expect(world.runToRest(MILLISECOND)).toBe(true);
  });

  it('at rest has nothing under way, though tables still age', () => {
    const { world, peer, from, station, port } = bench('host', { eth0: HOST });
    peer.eth0.send(from.eth0.arp({ senderIp: ip('192.0.2.9') }));
    world.runToRest();
    expect(world.now).toBe(0);
    const neighbors = station.stack.ipv4.neighborsOf(port.eth0);
    expect(neighbors.find(ip('192.0.2.9'))).toBeDefined();
    world.advance(5 * MINUTE);
    expect(neighbors.find(ip('192.0.2.9'))).toBeUndefined();
  });
});

describe('frames from outside', () => {
  it('come in at an interface as from its cable', () => {
    const { world, port, peer, from } = bench('host', { eth0: HOST });
    world.inject(port.eth0, from.eth0.echo(pattern(5)));
    world.advance(0);
    expect(fieldsOf(peer.eth0.take()).get('icmp.type')).toBe(0);
    expect([
      port.eth0.receivedFrames,
      port.eth0.receivedBytes,
      port.eth0.sentFrames,
      port.eth0.sentBytes,
    ]).toEqual([1, 47, 1, 60]);
    expect(eventsOf(world, 'frame-arrived')[0]?.cause).toBe(-1);
  });

  it('may be as long as the store can hold, and no longer', () => {
    const { world, port } = bench('host', { eth0: HOST });
    world.inject(port.eth0, new Uint8Array(131070));
    expect(dropsIn(world)).toEqual(['other-host']);
    expect(() => world.inject(port.eth0, new Uint8Array(131071))).toThrow(RangeError);
  });
});

describe('pins', () => {
  it('are used in their order, then chance decides', () => {
    const world = newWorld();
    const host = world.addHost('h', { 'udp-port': [4000, 4001], isn: [] });
    const take = (): number | undefined => host.context.takePin('udp-port');
    expect([take(), take(), take(), take(), host.context.takePin('isn')]).toEqual([
      4000,
      4001,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('chance', () => {
  it('of one node does not depend on other nodes', () => {
    const draw = (others: number): number => {
      const world = newWorld({ seed: 3 });
      for (let i = 0; i < others; i++) world.addHost(`other${i}`).context.random.uint32();
      return world.addHost('h').context.random.uint32();
    };
    expect(draw(0)).toBe(draw(5));
  });
});

describe('a tap', () => {
  it('without a cable loses what it sends', () => {
    const world = newWorld();
    const alone = new Peer(world, 'alone');
    alone.send(pattern(60));
    expect(dropsIn(world)).toEqual(['link-down']);
  });
});
