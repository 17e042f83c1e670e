// A packet's way over its links, in places and fields.

import { beforeAll, describe, expect, it } from 'vitest';
import type { PacketHop } from 'wirewalk';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { changedBytes, changedFields, hasBranches, placeName, placesAfter, wayOf } from './hop-model.js';

const hopsAfter = (...before: number[]): PacketHop[] => before.map((one) => ({ before: one }) as PacketHop);

describe('the way of a packet', () => {
  const straight = hopsAfter(-1, 0, 1, 2);
  /** 0 → 1 → (2 → 4, 3). */
  const flooded = hopsAfter(-1, 0, 1, 1, 2);

  it('branches where a box sent it on more than once', () => {
    expect(hasBranches(straight)).toBe(false);
    expect(hasBranches(flooded)).toBe(true);
    // Two that begin are no branch.
    expect(hasBranches(hopsAfter(-1, -1))).toBe(false);
    expect(hasBranches([])).toBe(false);
  });

  it('is what leads to a place and what comes of it', () => {
    expect(wayOf(flooded, 0)).toEqual([0, 1, 2, 3, 4]);
    expect(wayOf(flooded, 2)).toEqual([0, 1, 2, 4]);
    expect(wayOf(flooded, 3)).toEqual([0, 1, 3]);
    expect(wayOf(straight, -1)).toEqual([0, 1, 2, 3]);
    expect(placesAfter(flooded, 1)).toEqual([2, 3]);
    expect(placesAfter(flooded, 4)).toEqual([]);
  });

  it('ends even where hops would go round in a circle', () => {
    expect(wayOf(hopsAfter(1, 0), 0)).toEqual([0, 1]);
  });
});

describe('through a NAT router', () => {
  let hops: readonly PacketHop[];
  beforeAll(async () => {
    const run = await runOfLab('nat-http');
    const dns = await answerTo('filter', { run: run.run, text: 'dns.flags.response == 0' });
    if (!('matches' in dns)) throw new Error('a filter of ours is wrong');
    ({ hops } = await answerTo('packet', { run: run.run, frame: dns.matches[0] as number }));
  });

  it('source, port, TTL and both checksums change, each where it does', () => {
    const fields = new Map(changedFields(hops).map((field) => [field.name, field]));
    expect([...fields.keys()]).toEqual(
      expect.arrayContaining(['eth.dst', 'eth.src', 'ip.ttl', 'ip.checksum', 'ip.src', 'udp.srcport']),
    );
    expect(fields.has('ip.dst')).toBe(false);
    expect(fields.get('ip.ttl')?.values.map(({ text }) => text)).toEqual(['64', '64', '63', '62', '61']);
    expect(fields.get('ip.ttl')?.values.map(({ changed }) => changed)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(fields.get('udp.srcport')?.values.map(({ changed }) => changed)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('counts bytes', () => {
    expect(changedBytes(hops[0] as PacketHop)).toBe(0);
    expect(
      changedBytes({
        changed: [
          { start: 0, end: 6 },
          { start: 8, end: 9 },
        ],
      }),
    ).toBe(7);
  });
});

it.each(ALL_LABS)('%s: what differs from the hop before is said to have changed there', async (name) => {
  const run = await runOfLab(name);
  const packets = new Set<number>();
  for (let frame = 0; frame < run.frames.length; frame++) {
    const packet = run.frames.packet[frame] as number;
    if (packets.has(packet)) continue;
    packets.add(packet);
    const { hops } = await answerTo('packet', { run: run.run, frame });
    for (const { values, label } of changedFields(hops)) {
      expect(label).not.toBe('');
      for (const [place, { before }] of hops.entries()) {
        const here = values[place];
        const there = values[before];
        if (here === undefined || there === undefined || here.text === '' || there.text === '') continue;
        // A fragment is shorter, and what is left of it is as it was.
        const isCut = hops[place]?.bytes.length !== hops[before]?.bytes.length;
        if (here.text !== there.text && !isCut) expect(here.changed).toBe(true);
      }
    }
  }
});

it('names the places', async () => {
  const { world } = await runOfLab('nat-http');
  expect(placeName(world, 0)).toBe('pc:eth0');
  expect(placeName(world, -1)).toBe('nowhere');
});
