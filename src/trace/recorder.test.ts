// The recorder: what is read back is what happened, to the last byte of every frame at every place.

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
import { FrameStore } from '../base/frame-store.js';
import { encodeUtf8, formatHex } from '../base/text.js';
import { MILLISECOND, SECOND } from '../base/time.js';
import type { LinkOptions } from '../net/link.js';
import type { World } from '../net/world.js';
import { NetworkInterface } from '../stack/network-interface.js';
import { DNS_CLASS, DNS_TYPE } from '../wire/dns/registry.js';
import { DROP_REASON_CODES } from './drop-reasons.js';
import { type EventDetail, LAYERS, VERDICTS } from './events.js';
import { atNode, Recorder, type RecordLevel } from './recorder.js';

expectNoLeaks();

const WORLD = { name: 'w', seed: 1, epoch: 0, nodes: [], interfaces: [], links: [] };

/** A recorder with two nodes: interfaces 0 and 1 belong to node 0, interface 2 to node 1. */
function recorderAt(level: RecordLevel = 'bytes') {
  const clock = { now: 0 };
  const recorder = new Recorder(level, clock);
  for (const node of [0, 0, 1]) recorder.addInterface(node);
  return { recorder, clock, store: new FrameStore(), trace: recorder.trace(WORLD) };
}

const DETAILS: readonly EventDetail[] = [
  { kind: 'table-set', table: 'arp', key: 'k', after: { a: 1 } },
  { kind: 'table-set', table: 'nat', key: 'k', before: { a: 1 }, after: { a: 2, b: 'x', c: true } },
  { kind: 'table-removed', table: 'mac', key: 'k', before: { a: 1 }, why: 'aged' },
  { kind: 'state', machine: 'tcp', key: 'k', from: 'LISTEN', to: 'SYN-RECEIVED' },
  {
    kind: 'held',
    frame: 3,
    what: 'ipv4',
    waitsFor: 'arp',
    wanted: 'x',
    open: ['eth.dst'],
    known: { 'ip.ttl': 1 },
  },
  { kind: 'released', held: 4, ok: false },
  { kind: 'timer-set', name: 't', at: 5e12 },
  { kind: 'timer-fired', name: 't' },
  { kind: 'activity-begun', activity: 'browse', subject: 'u', data: { x: 1 } },
  { kind: 'activity-ended', begun: 8, ok: true, outcome: 'o' },
  { kind: 'app', name: 'ping.reply', data: { from: 'x' } },
];

describe('events', () => {
  it.each(DETAILS)('$kind is read back as it was recorded', (detail) => {
    const { recorder, clock, trace } = recorderAt();
    clock.now = 123_456_789_012_345;
    expect(recorder.record(atNode(7), detail)).toBe(0);
    recorder.cause = 0;
    expect(recorder.record(2, detail)).toBe(1);
    expect(trace.event(0)).toEqual({ seq: 0, time: clock.now, node: 7, interface: -1, cause: -1, ...detail });
    expect(trace.event(1)).toEqual({ seq: 1, time: clock.now, node: 1, interface: 2, cause: 0, ...detail });
  });

  it('every layer, verdict and reason of a decision is read back, with its rows', () => {
    const { recorder, trace } = recorderAt();
    const expected: unknown[] = [];
    const base = { time: 0, node: 0, interface: 1, cause: -1, kind: 'decided', frame: -1 };
    for (const layer of LAYERS) {
      for (const verdict of VERDICTS) {
        if (verdict === 'drop') continue;
        const seq = recorder.decided(1, layer, verdict, null, 5, 6);
        expected.push({ ...base, seq, layer, verdict, row: 5, row2: 6 });
      }
      for (const reason of DROP_REASON_CODES) {
        const seq = recorder.dropped(1, layer, reason, null, 9);
        expected.push({ ...base, seq, layer, verdict: 'drop', reason, row: 9, row2: -1 });
      }
    }
    recorder.tableRefreshed(1, 77);
    const refreshed = { time: 0, node: 0, interface: 1, cause: -1, kind: 'table-refreshed', row: 77 };
    expected.push({ ...refreshed, seq: expected.length });
    expect([...trace.events()]).toEqual(expected);
    expect(trace.length).toBe(expected.length);
  });

  it('of a frame on its way are a chain of causes', () => {
    const { recorder, store, trace } = recorderAt();
    const frame = store.takeWith(pattern(60));
    recorder.cause = 41;
    recorder.frameSent(0, frame);
    recorder.cause = -1;
    recorder.frameArrived(2, frame);
    expect(recorder.cause).toBe(1);
    recorder.frameLost(2, frame, 'queue-full');
    expect([...trace.events()].map(({ kind, cause }) => [kind, cause])).toEqual([
      ['frame-sent', 41],
      ['frame-arrived', 0],
      ['frame-lost', 1],
    ]);
    expect(trace.event(2)).toMatchObject({ reason: 'queue-full', node: 1, interface: 2 });
  });

  it('outside the trace do not exist', () => {
    const { recorder, trace } = recorderAt();
    recorder.record(0, DETAILS[0] as EventDetail);
    for (const seq of [-1, 1, Number.NaN]) expect(() => trace.event(seq)).toThrow(RangeError);
    expect([...trace.events(1)]).toEqual([]);
    expect([...trace.events(0, 1)]).toHaveLength(1);
  });

  it('go on over the end of a chunk', () => {
    const { recorder, clock, trace } = recorderAt('events');
    const store = new FrameStore();
    const count = 70_000;
    for (let i = 0; i < count; i++) {
      clock.now = i;
      if (i % 3 === 0) {
        const frame = store.take(60);
        recorder.frameSent(0, frame);
        store.release(frame);
      } else recorder.tableRefreshed(0, i);
    }
    expect(trace.length).toBe(count);
    for (const seq of [0, 32766, 32767, 32768, 65535, 65536, count - 1]) {
      expect(trace.event(seq)).toMatchObject({
        seq,
        time: seq,
        kind: seq % 3 === 0 ? 'frame-sent' : 'table-refreshed',
      });
    }
    // The packet ids count the frames, beyond the end of a chunk of snapshots too.
    expect(trace.packetId((trace.event(69_999) as { frame: number }).frame)).toBe(23_334);
  });
});

describe('frames', () => {
  it('are kept as they were at each snapshot, whatever is changed afterwards', () => {
    const change = fc.record({
      at: fc.nat(299),
      length: fc.integer({ min: 1, max: 300 }),
      value: fc.nat(255),
    });
    const arrangement = fc.record({
      length: fc.integer({ min: 14, max: 300 }),
      changes: fc.array(change, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(arrangement, { minLength: 1, maxLength: 6 }), (arrangements) => {
        const { recorder, store, trace } = recorderAt();
        const kept: [snapshot: number, bytes: Uint8Array, packetId: number][] = [];
        const frames = arrangements.map(({ length }, i) => store.takeWith(pattern(length, i)));
        for (const [i, { changes }] of arrangements.entries()) {
          for (const { at, length, value } of changes) {
            const frame = frames[i] as (typeof frames)[0];
            kept.push([recorder.snapshot(frame), frame.copyBytes(), frame.packetId]);
            // Either a byte changes in place, or the frame becomes shorter or longer.
            if (at < frame.length) {
              frame.u8[frame.start + at] = value;
              frame.touch(at + 1);
            } else if (length <= 300) {
              if (length > frame.length) frame.touch(length);
              frame.u8.fill(0, frame.start + frame.length, frame.start + Math.max(length, frame.length));
              frame.length = length;
            }
            kept.push([recorder.snapshot(frame), frame.copyBytes(), frame.packetId]);
          }
        }
        for (const [snapshot, bytes, packetId] of kept) {
          expect(trace.frameBytes(snapshot)).toEqual(bytes);
          expect(trace.frameLength(snapshot)).toBe(bytes.length);
          expect(trace.packetId(snapshot)).toBe(packetId);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('that did not change share a snapshot', () => {
    const { recorder, store } = recorderAt();
    const frame = store.takeWith(pattern(100));
    const first = recorder.snapshot(frame);
    expect(recorder.snapshot(frame)).toBe(first);
    frame.touch(1);
    expect(recorder.snapshot(frame)).not.toBe(first);
  });

  it('have no bytes at level `events`, but a length and a packet id', () => {
    const { recorder, store, trace } = recorderAt('events');
    const frame = store.takeWith(pattern(100));
    const snapshot = recorder.snapshot(frame);
    expect(trace.frameBytes(snapshot)).toHaveLength(0);
    expect([trace.frameLength(snapshot), trace.packetId(snapshot)]).toEqual([100, frame.packetId]);
  });

  it('up to the longest are kept', () => {
    const { recorder, store, trace } = recorderAt();
    const long = pattern(65549);
    const snapshots = [1, 2, 3].map((seed) => {
      const frame = store.takeWith(pattern(65549, seed));
      return recorder.snapshot(frame);
    });
    expect(trace.frameBytes(snapshots[0] as number)).toEqual(long);
    expect(trace.frameBytes(snapshots[2] as number)).toEqual(pattern(65549, 3));
  });
});

describe('levels', () => {
  it('off keeps nothing and costs no event', () => {
    const { recorder } = recorderAt('off');
    expect([recorder.on, recorder.record(0, DETAILS[0] as EventDetail), recorder.length]).toEqual([
      false,
      -1,
      0,
    ]);
    const world = busyWorld({ record: 'off' });
    expect(world.trace().length).toBe(0);
    expect(world.trace().level).toBe('off');
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
