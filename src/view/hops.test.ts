// One packet at every link: through a switch, a translator, a router that cuts it, a link that damages it.

import { describe, expect, it } from 'vitest';
import { bench, expectNoLeaks, LEFT, pattern, RIGHT } from '../../test/kit.js';
import { natHttp } from '../../test/worlds.js';
import { MILLISECOND } from '../base/time.js';
import type { FaultVerdict } from '../net/link.js';
import type { World } from '../net/world.js';
import { frameColumns } from './frame-columns.js';
import { frameLine } from './frame-lines.js';
import { type PacketHop, packetHops } from './hops.js';
import { interfaceName } from './interface-name.js';

expectNoLeaks();

function browsed(record: 'bytes' | 'events' = 'bytes'): World {
  const world = natHttp({ record });
  world.station('pc').browser.open('http://www.example.com/', () => {});
  world.runToRest();
  return world;
}

/** The hops of the first packet that a packet list calls so. */
function hopsOf(world: World, protocol: string): PacketHop[] {
  const trace = world.trace();
  const columns = frameColumns(trace);
  const index = columns.seq.findIndex((_, place) => frameLine(trace, columns, place).protocol === protocol);
  return packetHops(trace, columns, columns.packet[index] as number);
}

const placesOf = (world: World, hops: readonly PacketHop[]) =>
  hops.map(({ from, to }) => [from, to].map((id) => interfaceName(world.trace().world, id)).join(' > '));
const fieldsOf = (hop: PacketHop | undefined) =>
  hop?.fields.map(({ name, before, after }) => `${name} ${before} => ${after}`);
const sumsOf = (hop: PacketHop | undefined) => hop?.checksums.map(({ field, kind, ok }) => [field, kind, ok]);

describe('a DNS query on its way through a translator', () => {
  const world = browsed();
  const hops = hopsOf(world, 'DNS');

  it('is there on every link, each made from the one before', () => {
    expect(placesOf(world, hops)).toEqual([
      'pc:eth0 > switch:p1',
      'switch:p4 > router:lan',
      'router:wan > isp:eth0',
      'isp:dns > dns:eth0',
    ]);
    expect(hops.map(({ before }) => before)).toEqual([-1, 0, 1, 2]);
    expect(hops.map(({ lost, damaged }) => [lost, damaged])).toEqual(hops.map(() => [undefined, []]));
    const columns = frameColumns(world.trace());
    for (const { index, seq, time, bytes } of hops) {
      expect([columns.seq[index], columns.sentAt[index]]).toEqual([seq, time]);
      expect(bytes).toEqual(world.trace().frameBytes(columns.frame[index] as number));
    }
  });

  it('waited for ARP, and is shown in full where it begins', () => {
    expect(fieldsOf(hops[0])).toEqual([]);
    expect(hops[0]?.changed).toEqual([]);
    expect(sumsOf(hops[0])).toEqual([
      ['ip.checksum', 'full', true],
      ['udp.checksum', 'full', true],
    ]);
  });

  it('leaves a switch as it came', () => {
    expect([hops[1]?.changed, hops[1]?.fields, hops[1]?.checksums]).toEqual([[], [], []]);
  });

  it('has another sender behind the translator', () => {
    expect(hops[2]?.changed).toEqual([
      { start: 0, end: 12 },
      { start: 22, end: 23 },
      { start: 24, end: 28 },
      { start: 29, end: 30 },
      { start: 34, end: 36 },
      { start: 40, end: 42 },
    ]);
    expect(hops[2]?.fields.map(({ name }) => name)).toEqual([
      'eth.dst',
      'eth.src',
      'ip.ttl',
      'ip.checksum',
      'ip.src',
      'udp.srcport',
      'udp.checksum',
    ]);
    expect(fieldsOf(hops[2])).toContain('ip.src 192.168.0.10 => 51.0.0.20');
    expect(hops[2]?.fields[4]?.label).toBe('Source Address');
    expect(sumsOf(hops[2])).toEqual([
      ['ip.checksum', 'incremental', true],
      ['udp.checksum', 'incremental', true],
    ]);
    expect(hops[2]?.checksums[1]?.words.map(({ fields }) => fields)).toEqual([
      'ip.src',
      'ip.src',
      'udp.srcport',
    ]);
  });

  it('has another TTL behind a router', () => {
    expect(fieldsOf(hops[3])?.filter((field) => !field.startsWith('eth.'))?.[0]).toBe('ip.ttl 63 => 62');
    expect(sumsOf(hops[3])).toEqual([['ip.checksum', 'incremental', true]]);
  });
});

describe('a packet of which there are many', () => {
  it('was flooded: every copy comes from the same hop', () => {
    const world = browsed();
    const hops = hopsOf(world, 'ARP');
    expect(placesOf(world, hops)).toEqual([
      'pc:eth0 > switch:p1',
      'switch:p2 > laptop:eth0',
      'switch:p3 > phone:eth0',
      'switch:p4 > router:lan',
    ]);
    expect(hops.map(({ before, changed }) => [before, changed])).toEqual([
      [-1, []],
      [0, []],
      [0, []],
      [0, []],
    ]);
    expect(hops[0]?.checksums).toEqual([]);
  });

  it('was cut: fragments come from the same hop, with what is theirs', () => {
    const { world, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, mtu: 576 } });
    peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(700)));
    world.advance(MILLISECOND);
    const hops = hopsOf(world, 'UDP');
    expect(hops.map(({ before }) => before)).toEqual([-1, 0, 0]);
    expect(fieldsOf(hops[1])?.map((field) => field.split(' ')[0])).toEqual([
      'eth.dst',
      'eth.src',
      'ip.len',
      'ip.flags.mf',
      'ip.ttl',
      'ip.checksum',
    ]);
    expect(fieldsOf(hops[2])).toContain('ip.frag_offset 0 => 69');
    // Its data stands where the header of the datagram stood.
    expect(hops[2]?.fields.at(-1)).toMatchObject({ name: 'data.data', before: '' });
    for (const hop of hops.slice(1)) expect(sumsOf(hop)).toEqual([['ip.checksum', 'incremental', true]]);
  });

  it('waited for ARP on the way: each goes on from where it was held, not from the answer', () => {
    const { world, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, asks: true } });
    for (const data of [pattern(4), pattern(5)])
      peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(data));
    world.advance(MILLISECOND);
    const columns = frameColumns(world.trace());
    const ways = [...new Set(columns.packet)].map((id) => packetHops(world.trace(), columns, id));
    expect(ways.map((hops) => hops.map(({ before }) => before))).toEqual([[-1, 0], [-1, 0], [-1], [-1]]);
  });

  it('was doubled by a link: both go on from there', () => {
    const hops = faulty('duplicate');
    expect(hops.map(({ before }) => before)).toEqual([-1, 0, 0]);
  });
});

/** A datagram through a router, with a fault on the cable before it. */
function faulty(verdict: FaultVerdict): PacketHop[] {
  const { world, peer, from, port } = bench('router', { left: LEFT, right: RIGHT });
  world.links.find(({ b }) => b === port.left)?.forth.faults.push(() => verdict);
  peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(60)));
  world.advance(MILLISECOND);
  return hopsOf(world, 'UDP');
}

describe('the fate of a hop', () => {
  it('is a loss with its reason', () => {
    const hops = faulty('drop');
    expect(hops.map(({ lost, damaged }) => [lost, damaged])).toEqual([['link-fault', []]]);
  });

  it('is damage: one byte arrives otherwise than it was sent', () => {
    const hops = faulty('damage');
    expect(hops.length).toBe(1);
    expect(hops[0]?.lost).toBeUndefined();
    const [range, ...others] = hops[0]?.damaged ?? [];
    expect(others).toEqual([]);
    expect((range?.end ?? 0) - (range?.start ?? 0)).toBe(1);
    // What was sent is sound.
    expect(sumsOf(hops[0])).toEqual([
      ['ip.checksum', 'full', true],
      ['udp.checksum', 'full', true],
    ]);
  });
});

it('shows who sent a wrong checksum', () => {
  const { world, peer, from } = bench('router', { left: LEFT, right: RIGHT });
  peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(60), { checksum: 1 }));
  world.advance(MILLISECOND);
  const hops = hopsOf(world, 'UDP');
  expect(sumsOf(hops[0])?.[1]).toEqual(['udp.checksum', 'full', false]);
  // A router has nothing to do with it.
  expect(sumsOf(hops[1])).toEqual([['ip.checksum', 'incremental', true]]);
});

it('knows the way also in a run without bytes', () => {
  const world = browsed('events');
  const trace = world.trace();
  const columns = frameColumns(trace);
  const hops = packetHops(trace, columns, columns.packet[0] as number);
  expect(hops.map(({ before }) => before)).toEqual([-1, 0, 0, 0]);
  expect(hops[0]).toMatchObject({ bytes: new Uint8Array(), dissection: { layers: [] }, checksums: [] });
  expect(packetHops(trace, columns, -5)).toEqual([]);
});
