// The trace of a whole run is what happened in it, to the last byte of every frame at every place.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bench,
  eventsOf,
  expectNoLeaks,
  HOST,
  ip,
  LEFT,
  newWorld,
  Peer,
  pattern,
  prefix,
  RIGHT,
} from '../../test/kit.js';
import { encodeUtf8, formatHex } from '../base/text.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import type { LinkOptions } from '../net/link.js';
import type { World } from '../net/world.js';
import { NetworkInterface } from '../stack/network-interface.js';
import { DNS_CLASS, DNS_TYPE } from '../wire/dns/registry.js';
import { Recorder } from './recorder.js';
import type { RecordLevel } from './trace.js';

expectNoLeaks();

/**
 * A browser behind a translator, a switch that floods, ARP that holds packets, a narrow link that makes fragments, links
 * that damage and duplicate. `watch` sees the world before anything happens in it.
 */
function busyWorld(
  options: { record?: RecordLevel; seed?: number; body?: string; link?: LinkOptions } = {},
  watch: (world: World) => void = () => {},
): World {
  const world = newWorld({ record: options.record ?? 'bytes', seed: options.seed ?? 1 });
  const link = { delay: MILLISECOND, ...options.link };
  const lan = world.addSwitch('lan');
  const pc = world.addHost('pc');
  const other = world.addHost('other');
  const gateway = world.addStation('gateway', 'nat-router');
  const isp = world.addRouter('isp');
  const server = world.addHost('server');
  const port = (device: Parameters<World['addInterface']>[0], name: string, address?: string) =>
    world.addInterface(device, name, address === undefined ? {} : { address });
  world.connect(port(pc, 'eth0', '10.0.0.10/24'), port(lan, 'p1'), link);
  world.connect(port(other, 'eth0', '10.0.0.11/24'), port(lan, 'p2'), link);
  world.connect(port(gateway, 'lan', '10.0.0.1/24'), port(lan, 'p3'), link);
  world.connect(port(gateway, 'wan', '203.0.113.2/24'), port(isp, 'eth0', '203.0.113.1/24'), {
    ...link,
    mtu: 576,
  });
  world.connect(port(isp, 'eth1', '198.51.100.1/24'), port(server, 'eth0', '198.51.100.80/24'), {
    ...link,
    corruption: 0.03,
    duplication: 0.1,
    reordering: 0.05,
  });
  const anywhere = prefix('0.0.0.0/0');
  pc.addRoute(anywhere, ip('10.0.0.1'));
  gateway.addRoute(anywhere, ip('203.0.113.1'));
  server.addRoute(anywhere, ip('198.51.100.1'));
  gateway.translateAt(world.interface('gateway:wan'));
  pc.resolver.servers = [ip('198.51.100.80')];
  const name = 'www.example.net';
  server.dnsServer.cache.add(name, DNS_TYPE.A, [
    {
      name,
      type: DNS_TYPE.A,
      class: DNS_CLASS.IN,
      ttl: 60,
      data: { kind: 'A', address: ip('198.51.100.80') },
    },
  ]);
  const body = encodeUtf8((options.body ?? 'a page ').repeat(700));
  server.httpServer.addSite('*', new Map([['/', { body }]]));
  const echo = server.stack.udp.open(7, {
    received: (data, from) => void (typeof echo === 'string' || echo.send(data, from)),
  });
  watch(world);
  pc.browser.open(`http://${name}/`, () => {});
  const socket = pc.stack.udp.open(0, { received: () => {} });
  if (typeof socket !== 'string') {
    socket.send(pattern(3000), { address: ip('198.51.100.80'), port: 7 });
    socket.send(pattern(30), { address: ip('10.0.0.11'), port: 9 });
    socket.send(pattern(3), { address: ip('10.0.0.77'), port: 9 });
    socket.send(pattern(3), { address: ip('255.255.255.255'), port: 9 });
  }
  world.runToRest(300 * SECOND);
  return world;
}

/** Copies of all frames as they really are, taken where they are put onto a cable and where they come off it. */
function paranoid(world: World): Uint8Array[] {
  const copies: Uint8Array[] = [];
  for (const { device } of world.nodes) {
    for (const port of device.ports) {
      const { cable } = port;
      if (cable === null) continue;
      port.cable = {
        marks: cable.marks,
        mark: (frame) => cable.mark(frame),
        send(frame) {
          copies.push(frame.copyBytes());
          cable.send(frame);
        },
      };
      port.arrive = (frame) => {
        copies.push(frame.copyBytes());
        NetworkInterface.prototype.arrive.call(port, frame);
      };
    }
  }
  return copies;
}

describe('events', () => {
  it('outside the trace do not exist', () => {
    const recorder = new Recorder('bytes', { now: 0 });
    recorder.addInterface(0);
    const trace = recorder.trace({ name: 'w', seed: 1, epoch: 0, nodes: [], interfaces: [], links: [] });
    recorder.record(0, { kind: 'timer-fired', name: 't' });
    for (const seq of [-1, 1, Number.NaN]) expect(() => trace.event(seq)).toThrow(RangeError);
    expect([...trace.events(1)]).toEqual([]);
    expect([...trace.events(0, 1)]).toHaveLength(1);
  });
});

describe('the bytes on every hop', () => {
  it('are those that were on the wire: forwarded, translated, flooded, held, in fragments, damaged', () => {
    let copies: Uint8Array[] = [];
    const seen = new Set<string>();
    for (const seed of [1, 2, 3]) {
      const world = busyWorld({ seed }, (built) => {
        copies = paranoid(built);
      });
      const trace = world.trace();
      const recorded = [...trace.events()].flatMap((event) => {
        if (event.kind === 'decided') seen.add(event.reason ?? event.verdict);
        return event.kind === 'frame-sent' || event.kind === 'frame-arrived'
          ? [trace.frameBytes(event.frame)]
          : [];
      });
      expect(recorded.length).toBe(copies.length);
      expect(recorded.length).toBeGreaterThan(200);
      const wrong = recorded.findIndex((bytes, i) => formatHex(bytes) !== formatHex(copies[i] as Uint8Array));
      expect(wrong, 'the first frame whose bytes are not those of the wire').toBe(-1);
    }
    // The runs had it all.
    expect([...seen]).toEqual(
      expect.arrayContaining(['translate', 'flood', 'forward', 'hold', 'bad-fcs', 'neighbor-unresolved']),
    );
  });

  it('are those of mutated frames that a router forwards', () => {
    const mutation = fc.array(fc.record({ at: fc.nat(79), value: fc.nat(255) }), { maxLength: 4 });
    fc.assert(
      fc.property(mutation, fc.integer({ min: 1, max: 64 }), (mutations, ttl) => {
        const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
        const copies = paranoid(world);
        const frame = from.left.withIp({ destination: RIGHT.peer }).udp(pattern(40), {}, { ttl });
        for (const { at, value } of mutations) if (at >= 14) frame[at] = value;
        peer.left.send(frame);
        world.advance(SECOND);
        const trace = world.trace();
        const recorded = [...trace.events()].flatMap((event) =>
          event.kind === 'frame-sent' || event.kind === 'frame-arrived'
            ? [trace.frameBytes(event.frame)]
            : [],
        );
        expect(recorded).toEqual(copies);
      }),
      { numRuns: 60 },
    );
  });

  it('are those of a frame that was damaged and then sent twice', () => {
    const world = newWorld();
    const far = new Peer(world, 'b');
    const near = new Peer(world, 'a', far.port, { corruption: 1, duplication: 1 });
    const copies = paranoid(world);
    near.send(pattern(100));
    world.runToRest();
    const trace = world.trace();
    const arrived = eventsOf(world, 'frame-arrived').map(({ frame }) => trace.frameBytes(frame));
    expect(arrived).toHaveLength(2);
    expect(arrived).toEqual(copies.slice(1));
    expect(arrived[0]).not.toEqual(pattern(100));
  });

  it('of an injected frame are those that came in', () => {
    const { world, port, from } = bench('host', { eth0: HOST });
    const frame = from.eth0.echo(pattern(11));
    world.inject(port.eth0, frame);
    const arrival = eventsOf(world, 'frame-arrived')[0];
    expect(world.trace().frameBytes(arrival?.frame as number)).toEqual(frame);
  });
});

describe('levels', () => {
  it('off keeps nothing', () => {
    const trace = busyWorld({ record: 'off' }).trace();
    expect([trace.length, trace.level]).toEqual([0, 'off']);
  });

  it('do not change what happens: events are the same with and without bytes', () => {
    const events = (record: RecordLevel) =>
      [...busyWorld({ record }).trace().events()].map((event) => ({ ...event, frame: 0 }));
    expect(events('events')).toEqual(events('bytes'));
    expect(busyWorld({ record: 'off' }).engine.turns).toBe(busyWorld({ record: 'bytes' }).engine.turns);
  });
});

describe('the hash', () => {
  it('is equal for equal runs and differs with the seed, a byte or a table', () => {
    const hash = busyWorld().trace().hash();
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(busyWorld().trace().hash()).toBe(hash);
    expect(busyWorld({ seed: 2 }).trace().hash()).not.toBe(hash);
    expect(busyWorld({ body: 'another page' }).trace().hash()).not.toBe(hash);
    expect(
      busyWorld({ link: { delay: 2 * MILLISECOND } })
        .trace()
        .hash(),
    ).not.toBe(hash);
  });
});
