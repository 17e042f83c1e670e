// ICMP errors across NAPT: the quoted packet is translated with them, both ways, and those of the translator itself.

import { describe, expect, it } from 'vitest';
import {
  dropsIn,
  eventsOf,
  expectFrame,
  expectNoLeaks,
  ip,
  newWorld,
  patched,
  pattern,
  prefix,
  problemsOf,
} from '../../test/kit.js';
import { EXTERNAL, INSIDE, OUTSIDE, SERVER, translator } from '../../test/translator.js';
import { formatIpv4 } from '../base/address.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import { type HopResult, Traceroute } from '../service/traceroute.js';

expectNoLeaks();

describe('an ICMP error from outside', () => {
  it.each([
    ['UDP', 8],
    ['UDP', 9 + 8],
    ['TCP', 8],
    ['TCP', 20],
    ['TCP', 25],
    ['ICMP', 8],
  ] as const)('about %s, quoting %i bytes, is translated outside and inside', (what, quoted) => {
    const { outward, inward, client, from, world } = translator();
    const request =
      what === 'UDP'
        ? client.udp(pattern(9), { sourcePort: 3333 })
        : what === 'TCP'
          ? client.tcp(pattern(5), { sourcePort: 3333 })
          : client.echo(pattern(9), { id: 3333 });
    const error = from.outside.icmpError(11, 0, outward(request), quoted);
    const back = inward(error);
    const name = what === 'ICMP' ? 'quoted.icmp.ident' : `quoted.${what.toLowerCase()}.srcport`;
    expectFrame(back, {
      'ip.src': OUTSIDE.peer,
      'ip.dst': INSIDE.peer,
      'icmp.type': 11,
      'quoted.ip.src': INSIDE.peer,
      'quoted.ip.dst': SERVER,
      'quoted.ip.ttl': 63,
      [name]: 3333,
    });
    // But for its time to live, the quote is what the host sent: the sums are those of its packet.
    const original = request.slice(14, 34 + quoted);
    original[8] = 63;
    const got = back.slice(42, 62 + quoted);
    original.set(got.subarray(10, 12), 10);
    expect(got).toEqual(original);
    expect(dropsIn(world)).toEqual([]);
  });

  it('that concerns nothing is for the translator itself, which knows nothing of it', () => {
    const { through, from, server, world } = translator();
    const never = from.outside.withIp({ source: EXTERNAL, destination: SERVER }).echo(pattern(9));
    expect(through('outside', server.icmpError(3, 3, never))).toEqual([]);
    expect(dropsIn(world)).toEqual(['icmp-unmatched']);
  });

  it('that is damaged is not mended (RFC 5508 REQ-3)', () => {
    const { outward, through, client, from, world } = translator();
    const error = from.outside.icmpError(11, 0, outward(client.udp(pattern(9))), 12);
    expect(through('outside', patched(error, error.length - 1, 0x55))).toEqual([]);
    expect(dropsIn(world)).toEqual(['icmp-bad-checksum']);
  });

  it.each([
    ['too little of the packet', (error: Uint8Array) => error.subarray(0, error.length - 1)],
    ['a header that is too short', (error: Uint8Array) => patched(error, 42, 0x42)],
    ['a header that is too long', (error: Uint8Array) => patched(error, 42, 0x4f)],
  ])('that quotes %s is dropped', (_what, spoil) => {
    const { outward, through, client, from, world } = translator();
    const error = spoil(from.outside.icmpError(11, 0, outward(client.udp(pattern(0)))));
    const rest = error.slice(38);
    expect(through('outside', from.outside.icmp(11, 0, rest))).toEqual([]);
    expect(dropsIn(world)).toHaveLength(1);
  });
});

describe('an ICMP error whose quoted header has an impossible length', () => {
  it('is dropped, also when what lies in place of its ports fits a row', () => {
    // A header of 8 bytes would have its time to live and protocol where the ports are.
    const { outward, through, client, from } = translator({ pins: { 'nat-udp-port': [0x2711] } });
    const out = outward(client.udp(pattern(9), {}, { ttl: 0x28 }));
    const rest = from.outside.icmpError(11, 0, out, 17).slice(38);
    rest[4] = 0x42;
    expect(through('outside', from.outside.icmp(11, 0, rest))).toEqual([]);
  });
});

describe('an ICMP error from inside', () => {
  it.each(['udp', 'tcp', 'icmp'] as const)('about %s shows the outside nothing of the inside', (protocol) => {
    const { outward, inward, client, server, from } = translator();
    const made =
      protocol === 'icmp'
        ? [client.echo(pattern(9), { id: 3333 }), server.echo(pattern(9), { type: 0, id: 20000 })]
        : [
            client[protocol](pattern(9), { sourcePort: 3333 }),
            server[protocol](pattern(9), { destinationPort: protocol === 'udp' ? 10000 : 15000 }),
          ];
    outward(made[0] as Uint8Array);
    const delivered = inward(made[1] as Uint8Array);
    const error = from.inside.withIp({ destination: SERVER }).icmpError(3, 3, delivered, 17);
    const out = outward(error);
    const name = protocol === 'icmp' ? 'quoted.icmp.ident' : `quoted.${protocol}.dstport`;
    expectFrame(out, {
      'ip.src': EXTERNAL,
      'ip.dst': SERVER,
      'quoted.ip.src': SERVER,
      'quoted.ip.dst': EXTERNAL,
      [name]: protocol === 'udp' ? 10000 : protocol === 'tcp' ? 15000 : 20000,
    });
  });

  it('that is damaged is dropped', () => {
    const { outward, inward, through, client, server, from, world } = translator();
    outward(client.udp(pattern(9), { sourcePort: 3333 }));
    const delivered = inward(server.udp(pattern(9), { destinationPort: 10000 }));
    const error = from.inside.withIp({ destination: SERVER }).icmpError(3, 3, delivered, 9);
    expect(through('inside', patched(error, error.length - 1, 0x99))).toEqual([]);
    expect(dropsIn(world)).toEqual(['icmp-bad-checksum']);
  });
});

describe('errors of the translator itself', () => {
  it('about a packet that can not go in quote it as it came from outside', () => {
    const { outward, peer, world, client, server } = translator({ insideMtu: 600 });
    outward(client.udp(pattern(1), { sourcePort: 3333 }));
    const big = server.udp(pattern(1000), { destinationPort: 10000 }, { dontFragment: 1 });
    peer.outside.send(big);
    world.advance(0);
    const error = peer.outside.take();
    expectFrame(error, {
      'icmp.type': 3,
      'icmp.code': 4,
      'icmp.mtu': 600,
      'ip.src': EXTERNAL,
      'ip.dst': SERVER,
      'quoted.ip.dst': EXTERNAL,
      'quoted.udp.dstport': 10000,
    });
    expect(error.slice(42)).toEqual(big.slice(14, 14 + error.length - 42));
  });

  it('about a host that is gone quote its packet as it came from outside', () => {
    const made = translator();
    made.outward(made.client.withIp({ source: '10.0.0.55' }).udp(pattern(1), { sourcePort: 3333 }));
    made.peer.outside.send(made.server.udp(pattern(5), { destinationPort: 10000 }));
    made.world.advance(4 * SECOND);
    expectFrame(made.peer.outside.take(), {
      'icmp.type': 3,
      'icmp.code': 1,
      'quoted.ip.dst': EXTERNAL,
      'quoted.udp.dstport': 10000,
      'quoted.ip.ttl': 63,
    });
  });

  it.each(['udp', 'tcp', 'icmp'] as const)(
    'about %s whose next hop outside does not answer reach the host inside',
    (protocol) => {
      const { world, peer, client } = translator({ asks: true });
      peer.outside.addresses.clear();
      const frame =
        protocol === 'icmp'
          ? client.echo(pattern(9), { id: 3333 })
          : client[protocol](pattern(9), { sourcePort: 3333 });
      peer.inside.send(frame);
      world.advance(4 * SECOND);
      const name = protocol === 'icmp' ? 'quoted.icmp.ident' : `quoted.${protocol}.srcport`;
      expectFrame(peer.inside.take(), {
        'icmp.type': 3,
        'icmp.code': 1,
        'ip.dst': INSIDE.peer,
        'quoted.ip.src': INSIDE.peer,
        'quoted.ip.dst': SERVER,
        [name]: 3333,
      });
    },
  );

  it.each([
    ['inside', 'quoted.udp.srcport', 3333],
    ['outside', 'quoted.udp.dstport', 10000],
  ] as const)('about a packet from %s whose time is up quote it as it came', (side, name, value) => {
    const { world, peer, client, server, outward } = translator();
    outward(client.udp(pattern(1), { sourcePort: 3333 }));
    const frame =
      side === 'inside'
        ? client.udp(pattern(9), { sourcePort: 3333 }, { ttl: 1 })
        : server.udp(pattern(9), { destinationPort: 10000 }, { ttl: 1 });
    peer[side].send(frame);
    world.advance(0);
    expectFrame(peer[side].take(), { 'icmp.type': 11, [name]: value });
  });
});

describe('traceroute from inside', () => {
  it('sees every router on the way with its own address, and the end', () => {
    const world = newWorld();
    const pc = world.addHost('pc');
    const gateway = world.addStation('gateway', 'nat-router');
    const one = world.addRouter('one');
    const two = world.addRouter('two');
    const server = world.addHost('server');
    const wire = (a: typeof pc, left: string, b: typeof pc, right: string) =>
      world.connect(
        world.addInterface(a, `to-${b.name}`, { address: left }),
        world.addInterface(b, `to-${a.name}`, { address: right }),
        { delay: MILLISECOND },
      );
    wire(pc, '10.0.0.10/24', gateway, '10.0.0.1/24');
    wire(gateway, '203.0.113.20/24', one, '203.0.113.1/24');
    wire(one, '192.0.2.1/24', two, '192.0.2.2/24');
    wire(two, '198.51.100.1/24', server, '198.51.100.8/24');
    const anywhere = prefix('0.0.0.0/0');
    pc.addRoute(anywhere, ip('10.0.0.1'));
    gateway.addRoute(anywhere, ip('203.0.113.1'));
    one.addRoute(anywhere, ip('192.0.2.2'));
    two.addRoute(anywhere, ip('192.0.2.1'));
    server.addRoute(anywhere, ip('198.51.100.1'));
    gateway.translateAt(world.interface('gateway:to-one'));
    const hops: HopResult[] = [];
    let reached = false;
    new Traceroute(pc.stack, ip(SERVER), { hop: (hop) => hops.push(hop), done: (end) => (reached = end) });
    world.runToRest();
    const seen = hops.map(({ probes }) => probes.map(({ from }) => formatIpv4(from ?? 0)));
    expect(seen).toEqual(
      ['10.0.0.1', '203.0.113.1', '192.0.2.2', SERVER].map((address) => Array(3).fill(address)),
    );
    expect([reached, dropsIn(world).filter((reason) => reason !== 'ipv4-ttl-exceeded')]).toEqual([
      true,
      Array(3).fill('udp-port-unreachable'),
    ]);
    for (const { frame } of eventsOf(world, 'frame-sent'))
      expect(problemsOf(world.trace().frameBytes(frame))).toEqual([]);
  });
});
