// Random and mutated frames into a running world: nothing throws, nothing leaks, and the network works afterwards.

import { expect, it } from 'vitest';
import { Random } from '../src/base/random.js';
import { encodeUtf8 } from '../src/base/text.js';
import { MILLISECOND, MINUTE, SECOND } from '../src/base/time.js';
import type { World } from '../src/net/world.js';
import { record, Zone } from '../src/service/dns/zone.js';
import { Ping, type PingResult } from '../src/service/ping.js';
import { newDnsMessage, writeDnsMessage } from '../src/wire/dns/message.js';
import { DNS_TYPE } from '../src/wire/dns/registry.js';
import {
  dropsIn,
  expectNoLeaks,
  FrameMaker,
  ip,
  newWorld,
  Peer,
  pattern,
  prefix,
  withIpChecksum,
} from './kit.js';

expectNoLeaks();

const FRAMES = 20_000;
const SERVER = '198.51.100.80';

/** A host and a peer on a switch, a translator, a router, a server with programs, a peer outside. */
function network(seed: number): { world: World; peers: Peer[]; frames: FrameMaker[] } {
  const world = newWorld({ seed, record: 'events' });
  const lan = world.addSwitch('lan');
  const pc = world.addHost('pc');
  const gateway = world.addStation('gateway', 'nat-router');
  const router = world.addRouter('router');
  const server = world.addHost('server');
  const link = { delay: MILLISECOND / 10 };
  const port = (device: Parameters<World['addInterface']>[0], name: string, address?: string) =>
    world.addInterface(device, name, address === undefined ? {} : { address });
  const cards = [
    port(pc, 'eth0', '10.0.0.10/24'),
    port(gateway, 'lan', '10.0.0.1/24'),
    port(gateway, 'wan', '203.0.113.20/24'),
    port(router, 'eth0', '203.0.113.1/24'),
    port(router, 'eth1', '198.51.100.1/24'),
    port(server, 'eth0', `${SERVER}/24`),
  ] as const;
  world.connect(cards[0], port(lan, 'p1'), link);
  world.connect(cards[1], port(lan, 'p2'), link);
  world.connect(cards[2], cards[3], link);
  world.connect(cards[4], cards[5], { ...link, mtu: 1280 });
  const anywhere = prefix('0.0.0.0/0');
  pc.addRoute(anywhere, ip('10.0.0.1'));
  gateway.addRoute(anywhere, ip('203.0.113.1'));
  server.addRoute(anywhere, ip('198.51.100.1'));
  gateway.translateAt(cards[2]).forwardPort(6, 8080, ip('10.0.0.10'), 80);
  for (const station of [pc, server]) {
    station.dnsServer.addZone(
      new Zone('example.org', [
        record('www.example.org', DNS_TYPE.A, 60, { kind: 'A', address: ip(SERVER) }),
      ]),
    );
    station.httpServer.addSite('*', new Map([['/', { body: encodeUtf8('hello') }]]));
    const echo = station.stack.udp.open(7, {
      received: (data, from) => void (typeof echo === 'string' || echo.send(data, from)),
    });
  }
  pc.resolver.servers = [ip(SERVER)];
  const inside = new Peer(world, 'inside', port(lan, 'p3'), link);
  const outside = new Peer(world, 'outside', port(router, 'eth2', '192.0.2.1/24'), link);
  const from = (peer: Peer, source: string, mac: number, destination: string) =>
    new FrameMaker({ mac: peer.mac, ip: ip(source) }, { mac, ip: ip(destination) });
  const far = world.interface('router:eth2').mac;
  return {
    world,
    peers: [inside, outside],
    frames: [
      from(inside, '10.0.0.77', cards[0].mac, '10.0.0.10'),
      from(inside, '10.0.0.77', cards[1].mac, SERVER),
      from(inside, '10.0.0.77', cards[1].mac, '10.0.0.1'),
      from(outside, '192.0.2.2', far, SERVER),
      from(outside, '192.0.2.2', far, '203.0.113.20'),
      from(outside, '192.0.2.2', far, '192.0.2.1'),
    ],
  };
}

/** Frames that mean something, to be mutated. */
function good(maker: FrameMaker, random: Random): Uint8Array {
  const data = pattern(random.between(0, 60), random.between(0, 255));
  const dns = writeDnsMessage(
    newDnsMessage({ id: 7, questions: [{ name: 'www.example.org', type: 1, class: 1 }] }),
  );
  const fragment = {
    identification: random.between(0, 9),
    fragmentOffset: random.between(0, 9),
    moreFragments: random.between(0, 1),
  };
  const flags = {
    syn: random.between(0, 1),
    ack: random.between(0, 1),
    fin: random.between(0, 1),
    rst: random.between(0, 1),
  };
  const kinds = [
    () => maker.arp({ operation: random.between(1, 2) }),
    () => maker.udp(data, { destinationPort: 7 }),
    () => maker.udp(dns, { destinationPort: 53, sourcePort: random.between(1, 5) }),
    () =>
      maker.tcp(data, {
        ...flags,
        destinationPort: 80,
        sourcePort: random.between(1, 5),
        sequence: random.between(0, 300),
      }),
    () => maker.tcp(encodeUtf8('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), { ...flags, destinationPort: 8080 }),
    () => maker.echo(data),
    () =>
      maker.icmpError(
        random.between(3, 12),
        random.between(0, 5),
        maker.udp(data),
        random.between(8, 8 + data.length),
      ),
    () => maker.packet(pattern(random.between(1, 8) * 8), { protocol: 17, ...fragment }),
    () =>
      maker.packet(
        data,
        { protocol: random.between(0, 255), ttl: random.between(0, 3) },
        Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0),
      ),
  ];
  return (kinds[random.between(0, kinds.length - 1)] as () => Uint8Array)();
}

function mutated(frame: Uint8Array, random: Random): Uint8Array {
  const copy = frame.slice();
  for (let i = random.between(0, 4); i > 0; i--)
    copy[random.between(0, copy.length - 1)] = random.between(0, 255);
  const cut = random.between(0, 9) === 0 ? copy.subarray(0, random.between(0, copy.length)) : copy;
  // Most get through the checks of the header, so that what is behind them is tried too.
  return cut.length >= 34 && random.between(0, 3) > 0 ? withIpChecksum(cut) : cut;
}

it.each([1, 2])(`survives ${FRAMES / 2} frames, seed %i`, (seed) => {
  const { world, peers, frames } = network(seed);
  const random = new Random(seed);
  for (let i = 0; i < FRAMES / 2; i++) {
    const which = random.between(0, frames.length - 1);
    const maker = frames[which] as FrameMaker;
    const frame =
      random.between(0, 9) === 0
        ? Uint8Array.from({ length: random.between(0, 200) }, () => random.between(0, 255))
        : mutated(good(maker, random), random);
    const target = random.between(0, 9) === 0 ? random.between(0, 1) : Number(which > 2);
    if (random.between(0, 9) > 0) (peers[target] as Peer).send(frame);
    else
      world.inject(
        world.interface(
          ['pc:eth0', 'gateway:lan', 'gateway:wan', 'router:eth0', 'server:eth0'][
            random.between(0, 4)
          ] as string,
        ),
        frame,
      );
    world.advance(random.between(0, 1) * MILLISECOND);
    for (const peer of peers) peer.received.length = 0;
  }
  // The frames have tried something: many ways to die, and some to live.
  expect(new Set(dropsIn(world)).size).toBeGreaterThan(25);
  world.advance(10 * MINUTE);
  expect(world.frames.liveCount).toBe(0);
  const results: PingResult[] = [];
  const pc = world.station('pc');
  new Ping(pc.stack, ip(SERVER), { result: (result) => results.push(result), done: () => {} }, { count: 3 });
  let page = '';
  pc.browser.open('http://www.example.org/', ({ text, error }) => (page = error ?? text));
  world.advance(20 * SECOND);
  expect(results.map(({ kind }) => kind)).toEqual(['reply', 'reply', 'reply']);
  expect(page).toBe('hello');
});
