// Every way to die happens once, and the trace names it.

import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  expectNoLeaks,
  FrameMaker,
  HOST,
  ip,
  LEFT,
  newWorld,
  Peer,
  patched,
  pattern,
  RIGHT,
  withIpChecksum,
} from '../../test/kit.js';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import type { World } from '../net/world.js';
import { DROP_REASON_CODES, DROP_REASONS, type DropReason, dropReasonIndex } from './drop-reasons.js';

expectNoLeaks();

/** Where the bytes of a frame lie. */
const AT = {
  ip: 14,
  totalLength: 16,
  flags: 20,
  ttl: 22,
  protocol: 23,
  source: 26,
  destination: 30,
  payload: 34,
};
const BROADCAST_MAC = { destination: 0xffffffffffff };
const OTHER = '203.0.113.9';

/** The frame comes in at a host's only interface. */
function atHost(make: (from: FrameMaker) => Uint8Array): World {
  const { world, port, from } = bench('host', { eth0: HOST });
  world.inject(port.eth0, make(from.eth0));
  return world;
}

/** The frame comes in at the left of a router; its packet is for a machine on the right unless `make` says otherwise. */
function atRouter(make: (from: FrameMaker) => Uint8Array, mtu = 1500): World {
  const { world, port, from } = bench('router', { left: LEFT, right: { ...RIGHT, mtu } });
  world.inject(port.left, make(from.left.withIp({ destination: RIGHT.peer })));
  return world;
}

/** The frame comes in from inside or outside of a translator. */
function atTranslator(side: 'inside' | 'outside', make: (from: FrameMaker) => Uint8Array): World {
  const { world, station, port, from } = bench('nat-router', { inside: LEFT, outside: RIGHT });
  station.translateAt(port.outside);
  const maker = side === 'inside' ? from.inside.withIp({ destination: RIGHT.peer }) : from.outside;
  world.inject(port[side], make(maker));
  return world;
}

/** Three peers at the ports of a switch; `act` sends frames. */
function atSwitch(act: (peers: readonly Peer[], world: World) => void): World {
  const world = newWorld();
  const device = world.addSwitch('switch');
  const peers = ['a', 'b', 'c'].map((name) => new Peer(world, name, world.addInterface(device, name)));
  act(peers, world);
  world.runToRest();
  return world;
}

/** Frames over a link with these properties. */
function overLink(options: ConstructorParameters<typeof Peer>[3], frames: number, length = 100): World {
  const world = newWorld();
  const a = new Peer(world, 'a', new Peer(world, 'b').port, options);
  for (let i = 0; i < frames; i++) a.send(pattern(length));
  world.runToRest();
  return world;
}

const fragment = (from: FrameMaker, offset: number, length: number, more: 0 | 1): Uint8Array =>
  from.packet(pattern(length), { fragmentOffset: offset / 8, moreFragments: more, protocol: 17 });

/** One after the other to the same host. */
function fragmentsAtHost(
  ...list: readonly (readonly [offset: number, length: number, more: 0 | 1])[]
): World {
  const { world, port, from } = bench('host', { eth0: HOST });
  for (const [offset, length, more] of list)
    world.inject(port.eth0, fragment(from.eth0, offset, length, more));
  return world;
}

/** A name for each way to make it happen. */
const WAYS: Readonly<Partial<Record<DropReason, Readonly<Record<string, () => World>>>>> = {
  'queue-full': { 'more frames at once than the queue takes': () => overLink({ rate: 1e6, queue: 2 }, 4) },
  'link-loss': { 'a link that loses everything': () => overLink({ loss: 1 }, 1) },
  'link-fault': {
    'a fault of the lab': () => {
      const world = newWorld();
      const a = new Peer(world, 'a', new Peer(world, 'b').port);
      world.links[0]?.forth.faults.push(() => 'drop');
      a.send(pattern(60));
      return world;
    },
  },
  'link-down': {
    'no cable': () => {
      const { world, station } = bench('host', {});
      const bare = world.addInterface(station, 'eth0', { address: '192.0.2.1/24' });
      station.stack.ipv4.neighborsOf(bare).announce();
      return world;
    },
  },
  'mtu-exceeded': { 'a frame longer than the link takes': () => overLink({ mtu: 600 }, 1, 615) },
  'bad-fcs': { 'a link that damages everything': () => overLink({ corruption: 1 }, 1) },
  'frame-too-short': {
    'a frame without a header, at a host': () => atHost(() => new Uint8Array(13)),
    'an empty frame, at a router': () => atRouter(() => new Uint8Array(0)),
    'a frame without a header, at a switch': () =>
      atSwitch((_peers, world) => world.inject(world.interface('switch:a'), new Uint8Array(13))),
  },
  'other-host': {
    'another card': () => atHost((from) => from.ethernet(pattern(46), { destination: 0x020000000099 })),
    'a group that is not IPv4': () =>
      atHost((from) => from.ethernet(pattern(46), { destination: 0x333300000001 })),
  },
  'unknown-ethertype': {
    IPv6: () => atHost((from) => from.ethernet(pattern(46), { etherType: 0x86dd })),
    'a length in place of a type': () => atHost((from) => from.ethernet(pattern(46), { etherType: 46 })),
  },
  'same-port': {
    'two stations behind one port': () =>
      atSwitch(([a, b], world) => {
        a?.send(framesBetween(a, b).ethernet(pattern(46), { source: 0x020000000077 }));
        world.runToRest();
        a?.send(framesBetween(a, b).ethernet(pattern(46), { destination: 0x020000000077 }));
      }),
  },
  'reserved-group': {
    'a spanning tree message': () =>
      atSwitch(([a, b]) =>
        a?.send(framesBetween(a, b).ethernet(pattern(46), { destination: 0x0180c2000000 })),
      ),
    'the last of the reserved ones': () =>
      atSwitch(([a, b]) =>
        a?.send(framesBetween(a, b).ethernet(pattern(46), { destination: 0x0180c200000f })),
      ),
  },
  'arp-malformed': { 'cut short': () => atHost((from) => from.arp().subarray(0, 41)) },
  'arp-other-target': {
    'for another': () =>
      atHost((from) => from.arp({ senderIp: ip('192.0.2.9'), targetIp: ip('192.0.2.99') })),
  },
  'arp-unasked': {
    'a reply to somebody else': () =>
      atHost((from) => from.arp({ operation: 2, senderIp: ip('192.0.2.9'), targetIp: ip('192.0.2.99') })),
  },
  'neighbor-unresolved': {
    'nobody there': () => {
      const world = atRouter((from) => from.withIp({ destination: '198.51.100.99' }).udp(pattern(9)));
      world.advance(3 * SECOND);
      return world;
    },
  },
  'neighbor-queue-full': {
    'too many wait': () => {
      const { world, port, from } = bench('router', { left: LEFT, right: RIGHT });
      const frame = from.left.withIp({ destination: '198.51.100.99' }).udp(pattern(9));
      for (let i = 0; i < 65; i++) world.inject(port.left, frame);
      return world;
    },
  },
  'no-address': {
    'a packet at a card without address': () => {
      const { world, station } = bench('host', {});
      const bare = world.addInterface(station, 'eth0');
      const { from } = bench('host', { eth0: HOST });
      world.inject(
        bare,
        from.eth0.ethernet(from.eth0.udp(pattern(9)).subarray(14), { destination: bare.mac }),
      );
      return world;
    },
    'a packet to oneself without any card': () => {
      const { world, station } = bench('host', {});
      station.stack.ipv4.icmp.sendEcho(ip('127.0.0.1'), 1, 1, pattern(8), {});
      return world;
    },
  },
  'ipv4-truncated': { 'nothing but an Ethernet header': () => atHost((from) => from.ethernet(pattern(19))) },
  'ipv4-bad-version': {
    'version 6': () => atHost((from) => withIpChecksum(patched(from.udp(pattern(9)), AT.ip, 0x65))),
  },
  'ipv4-bad-header-length': {
    'four words': () => atHost((from) => withIpChecksum(patched(from.udp(pattern(9)), AT.ip, 0x44))),
    'beyond the frame': () => atHost((from) => withIpChecksum(patched(from.udp(pattern(9)), AT.ip, 0x4f))),
  },
  'ipv4-bad-total-length': {
    'beyond the frame': () =>
      atHost((from) => withIpChecksum(patched(from.udp(pattern(9)), AT.totalLength, 0, 38))),
    'below the header': () =>
      atHost((from) => withIpChecksum(patched(from.udp(pattern(9)), AT.totalLength, 0, 19))),
  },
  'ipv4-bad-checksum': {
    'a wrong sum': () => atHost((from) => patched(from.udp(pattern(9)), AT.ttl, 63)),
    'a sum of 0': () => atHost((from) => patched(from.udp(pattern(9)), 24, 0, 0)),
    'wrong with options': () =>
      atHost((from) => patched(from.packet(pattern(9), {}, pattern(4).fill(1)), AT.ttl, 1)),
  },
  'ipv4-bad-options': {
    'an option of length 0': () => atHost((from) => from.packet(pattern(9), {}, Uint8Array.of(7, 0, 0, 0))),
    'an option of length 1': () => atHost((from) => from.packet(pattern(9), {}, Uint8Array.of(7, 1, 0, 0))),
    'an option beyond the header, at a router': () =>
      atRouter((from) => from.packet(pattern(9), {}, Uint8Array.of(7, 5, 4, 0))),
    'an option without a length': () =>
      atRouter((from) => from.packet(pattern(9), {}, Uint8Array.of(1, 1, 1, 7))),
  },
  'ipv4-bad-source': {
    'a loopback address': () => atHost((from) => from.withIp({ source: '127.0.0.1' }).udp(pattern(9))),
    'a group': () => atHost((from) => from.withIp({ source: '224.0.0.1' }).udp(pattern(9))),
    'class E': () => atHost((from) => from.withIp({ source: '240.0.0.1' }).udp(pattern(9))),
    everybody: () => atHost((from) => from.withIp({ source: '255.255.255.255' }).udp(pattern(9))),
    'everybody on this link': () => atHost((from) => from.withIp({ source: '192.0.2.255' }).udp(pattern(9))),
    'network 0': () => atHost((from) => from.withIp({ source: '0.1.2.3' }).udp(pattern(9))),
    'no address, in a packet for one machine': () =>
      atRouter((from) => from.withIp({ source: '0.0.0.0' }).udp(pattern(9))),
  },
  'ipv4-bad-destination': {
    'a loopback address': () => atHost((from) => from.withIp({ destination: '127.0.0.1' }).udp(pattern(9))),
    'no address': () => atRouter((from) => from.withIp({ destination: '0.0.0.0' }).udp(pattern(9))),
    'network 0': () => atRouter((from) => from.withIp({ destination: '0.9.9.9' }).udp(pattern(9))),
  },
  'ipv4-other-host': {
    'a host does not forward': () => atHost((from) => from.withIp({ destination: OTHER }).udp(pattern(9))),
  },
  'ipv4-ttl-exceeded': {
    'one hop left': () => atRouter((from) => from.udp(pattern(9), {}, { ttl: 1 })),
    'none left': () => atRouter((from) => from.udp(pattern(9), {}, { ttl: 0 })),
    'behind a translator': () => atTranslator('inside', (from) => from.udp(pattern(9), {}, { ttl: 1 })),
  },
  'ipv4-no-route': {
    'a router that knows no way': () =>
      atRouter((from) => from.withIp({ destination: OTHER }).udp(pattern(9))),
    'a host that knows no way': () => {
      const { world, station } = bench('host', { eth0: HOST });
      station.stack.ipv4.icmp.sendEcho(ip(OTHER), 1, 1, pattern(8), {});
      return world;
    },
  },
  'ipv4-fragmentation-needed': {
    'forwarding with DF': () => atRouter((from) => from.udp(pattern(600), {}, { dontFragment: 1 }), 576),
    'sending with DF': () => {
      const { world, station } = bench('host', { eth0: HOST });
      station.stack.ipv4.icmp.sendEcho(ip(HOST.peer), 1, 1, pattern(1473), { dontFragment: true });
      return world;
    },
  },
  'ipv4-link-broadcast': {
    'for the host itself': () =>
      atHost((from) => from.ethernet(from.udp(pattern(9)).subarray(14), BROADCAST_MAC)),
    'to be forwarded': () =>
      atRouter((from) => from.ethernet(from.udp(pattern(9)).subarray(14), BROADCAST_MAC)),
  },
  'ipv4-directed-broadcast': {
    'into the next network': () =>
      atRouter((from) => from.withIp({ destination: '198.51.100.255' }).udp(pattern(9))),
  },
  'ipv4-source-route': {
    loose: () => atRouter((from) => from.packet(pattern(9), {}, Uint8Array.of(131, 3, 4, 0))),
    strict: () => atRouter((from) => from.packet(pattern(9), {}, Uint8Array.of(1, 137, 3, 4))),
  },
  'fragment-malformed': {
    'not a multiple of 8': () => fragmentsAtHost([0, 13, 1]),
    empty: () => fragmentsAtHost([8, 0, 0]),
    'beyond the longest packet': () => fragmentsAtHost([65528, 100, 0]),
  },
  'fragment-overlap': {
    'a part twice': () => fragmentsAtHost([0, 16, 1], [8, 16, 1]),
    'and all that comes after it': () => fragmentsAtHost([0, 16, 1], [8, 16, 1], [32, 16, 1]),
    'two ends': () => fragmentsAtHost([16, 8, 0], [32, 8, 0]),
    'an end before the end': () => fragmentsAtHost([32, 8, 1], [16, 8, 0]),
    'something behind the end': () => fragmentsAtHost([16, 8, 0], [32, 8, 1]),
  },
  'fragment-duplicate': { 'the same again': () => fragmentsAtHost([0, 16, 1], [0, 16, 1]) },
  'fragment-mixed-ecn': {
    'one is marked, the other is of no ECN speaker': () => {
      const { world, port, from } = bench('host', { eth0: HOST });
      const piece = (offset: number, more: 0 | 1, ecn: number): Uint8Array =>
        from.eth0.packet(pattern(16), { fragmentOffset: offset / 8, moreFragments: more, ecn });
      world.inject(port.eth0, piece(0, 1, 0));
      world.inject(port.eth0, piece(16, 0, 3));
      return world;
    },
  },
  'reassembly-timeout': {
    'the rest never comes': () => {
      const world = fragmentsAtHost([0, 16, 1]);
      world.advance(MINUTE);
      return world;
    },
  },
  'reassembly-full': {
    'too many packets': () => {
      const { world, port, from } = bench('host', { eth0: HOST });
      for (let i = 0; i < 65; i++) {
        world.inject(port.eth0, from.eth0.packet(pattern(16), { moreFragments: 1, identification: i }));
      }
      return world;
    },
  },
  'protocol-unreachable': { GRE: () => atHost((from) => from.packet(pattern(9), { protocol: 47 })) },
  'icmp-truncated': {
    'no whole header': () => atHost((from) => from.packet(pattern(7), { protocol: 1 })),
    'an error that quotes too little': () => atHost((from) => from.icmp(3, 3, pattern(4 + 27))),
  },
  'icmp-bad-checksum': { damaged: () => atHost((from) => patched(from.echo(pattern(9)), 44, 0x77)) },
  'icmp-unknown-type': {
    redirect: () => atHost((from) => from.icmp(5, 1, pattern(32))),
    timestamp: () => atHost((from) => from.icmp(13, 0, pattern(16))),
  },
  'icmp-unmatched': {
    'an answer to nothing': () => atHost((from) => from.echo(pattern(9), { type: 0 })),
    'an error about nothing': () => atHost((from) => from.icmpError(3, 3, from.udp(pattern(9)))),
  },
  'icmp-broadcast-echo': {
    'everybody on the link': () =>
      atHost((from) => from.withIp({ destination: '192.0.2.255' }).echo(pattern(9))),
    everybody: () => atHost((from) => from.withIp({ destination: '255.255.255.255' }).echo(pattern(9))),
    'a group': () =>
      atHost((from) =>
        from.ethernet(from.withIp({ destination: '224.0.0.1' }).echo(pattern(9)).subarray(14), {
          destination: 0x01005e000001,
        }),
      ),
  },
  'udp-truncated': { 'no whole header': () => atHost((from) => from.packet(pattern(7), { protocol: 17 })) },
  'udp-bad-length': {
    'below the header': () => atHost((from) => from.udp(pattern(9), { length: 7 })),
    'beyond the packet': () => atHost((from) => from.udp(pattern(9), { length: 18 })),
  },
  'udp-bad-checksum': { damaged: () => atHost((from) => patched(from.udp(pattern(9)), 45, 0x77)) },
  'udp-port-unreachable': {
    'nobody listens': () => atHost((from) => from.udp(pattern(9))),
    'nobody listens to a broadcast': () =>
      atHost((from) => from.withIp({ destination: '192.0.2.255' }).udp(pattern(9))),
  },
  'udp-buffer-full': {
    'a program that never reads': () => {
      const made = bench('host', { eth0: HOST });
      made.station.stack.udp.open(4000, {}, { receiveBuffer: 16 });
      made.world.inject(made.port.eth0, made.from.eth0.udp(pattern(9)));
      return made.world;
    },
  },
  'nat-no-entry': {
    'nobody asked for it': () => atTranslator('outside', (from) => from.tcp(pattern(9))),
    'for a machine inside': () =>
      atTranslator('outside', (from) => from.withIp({ destination: LEFT.peer }).udp(pattern(9))),
    'for the inside of the translator itself': () =>
      atTranslator('outside', (from) => from.withIp({ destination: '192.0.2.1' }).echo(pattern(9))),
    'an error from inside about nothing': () =>
      atTranslator('inside', (from) =>
        from.icmpError(3, 3, from.withIp({ source: RIGHT.peer, destination: LEFT.peer }).udp(pattern(9))),
      ),
  },
  'nat-unsupported': {
    'a protocol without ports': () =>
      atTranslator('inside', (from) => from.packet(pattern(20), { protocol: 47 })),
    'a datagram cut short': () => atTranslator('inside', (from) => from.packet(pattern(7), { protocol: 17 })),
  },
  'nat-no-port': {
    'every port is taken': () => {
      // The lab pins a port that is taken, so that no try finds another.
      const pins = { 'nat-udp-port': Array(1000).fill(5000) };
      const pinned = bench('nat-router', { inside: LEFT, outside: RIGHT }, { pins });
      pinned.station.translateAt(pinned.port.outside).forwardPort(17, 5000, ip('192.0.2.7'), 53);
      const frame = pinned.from.inside.withIp({ destination: RIGHT.peer }).udp(pattern(9));
      pinned.world.inject(pinned.port.inside, frame);
      return pinned.world;
    },
  },
};

/** Frames from one peer to another. */
function framesBetween(a: Peer | undefined, b: Peer | undefined): FrameMaker {
  return new FrameMaker({ mac: a?.mac ?? 0, ip: ip('192.0.2.5') }, { mac: b?.mac ?? 0, ip: ip('192.0.2.6') });
}

describe.each(Object.entries(WAYS))('%s', (reason, ways) => {
  it.each(Object.entries(ways))('%s', (_way, make) => {
    const world = make();
    world.advance(MILLISECOND);
    expect(dropsIn(world)).toContain(reason);
    expect(dropsIn(world).filter((other) => other !== reason)).toEqual([]);
  });
});

describe('the table', () => {
  it('has no reason that never happens, but for those that are told', () => {
    const missing = DROP_REASON_CODES.filter(
      // What TCP drops is tested beside it.
      (code) => WAYS[code] === undefined && !code.startsWith('tcp-'),
    );
    expect(missing).toEqual([]);
  });

  it.each(DROP_REASON_CODES.map((code) => [code, DROP_REASONS[code]] as const))(
    '%s has a sentence, a source and a mend',
    (code, { sentence, rfc, mend }) => {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [sentence, mend]) expect(text).toMatch(/^[A-Z].*\.$/);
      expect(rfc).toMatch(/^(RFC \d+|IEEE 802)/);
    },
  );

  it('numbers its reasons from 0', () => {
    expect(DROP_REASON_CODES.map(dropReasonIndex)).toEqual(DROP_REASON_CODES.map((_, i) => i));
  });
});
