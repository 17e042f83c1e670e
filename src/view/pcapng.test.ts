// Runs as captures, read back with our own reader; test/tshark.test.ts asks tshark.

import { describe, expect, it } from 'vitest';
import { natHttp } from '../../test/worlds.js';
import { crc32 } from '../base/crc32.js';
import { World } from '../net/world.js';
import type { Trace } from '../trace/trace.js';
import { readCapture } from '../wire/capture-file.js';
import { interfaceName } from './interface-name.js';
import { type TracePcapngOptions, tracePcapng } from './pcapng.js';

function walkedNatHttp(): Trace {
  const world = natHttp();
  world.station('pc').browser.open('http://www.example.com/', () => {});
  world.runToRest();
  return world.trace();
}

const trace = walkedNatHttp();

function captureOf(options: TracePcapngOptions = {}, of = trace) {
  const capture = readCapture(new Uint8Array(Buffer.concat(tracePcapng(of, options))));
  expect(capture.problems).toEqual([]);
  expect(capture.remainders).toEqual([]);
  return capture;
}

describe('a run as a capture', () => {
  it('has every interface of the lab by name, with MAC, address and where its cable leads', () => {
    const { interfaces } = captureOf();
    expect(interfaces.map(({ name }) => name)).toEqual(
      trace.world.interfaces.map((_, id) => interfaceName(trace.world, id)),
    );
    const pc = interfaces.find(({ name }) => name === 'pc:eth0');
    expect(pc).toMatchObject({
      description: 'the computer (host), cable to switch:p1',
      mac: 0xaaaaaaaaaaaa,
      ipv4: [{ address: 0xc0a8000a | 0, mask: 0xffffff00 | 0 }],
    });
    expect(interfaces.find(({ name }) => name === 'laptop:eth0')?.description).toBe(
      'host, cable to switch:p2',
    );
  });

  it('has every frame once where it is sent and once where it arrives, with bytes, time and direction', () => {
    const { packets, interfaces } = captureOf();
    const sightings = [...trace.events()].filter(
      (event) => event.kind === 'frame-sent' || event.kind === 'frame-arrived',
    );
    expect(packets.length).toBe(sightings.length);
    packets.forEach((packet, index) => {
      const event = sightings[index]!;
      expect(interfaces[packet.interface]!.name).toBe(interfaceName(trace.world, event.interface));
      expect(packet.timeNs).toBe(BigInt(trace.world.epoch) * 1_000_000_000n + BigInt(event.time));
      expect(packet.direction).toBe(event.kind === 'frame-sent' ? 'outbound' : 'inbound');
      expect([...packet.captured]).toEqual([...trace.frameBytes((event as { frame: number }).frame)]);
    });
  });

  it('gives the same packet the same id at every place', () => {
    const { packets, interfaces } = captureOf();
    const places = packets.filter(({ packetId }) => packetId === packets[0]!.packetId);
    expect(new Set(places.map((packet) => interfaces[packet.interface]!.name))).toEqual(
      new Set([
        'pc:eth0',
        'switch:p1',
        'switch:p2',
        'switch:p3',
        'switch:p4',
        'laptop:eth0',
        'phone:eth0',
        'router:lan',
      ]),
    );
  });

  it('can look from one place, and from several', () => {
    const one = captureOf({ interfaces: ['pc:eth0'] });
    expect(one.interfaces.map(({ name }) => name)).toEqual(['pc:eth0']);
    expect(one.packets.every((packet) => packet.interface === 0)).toBe(true);
    const both = captureOf({ interfaces: ['router:wan', 'pc:eth0', 'pc:eth0'] });
    expect(both.interfaces.map(({ name }) => name)).toEqual(['pc:eth0', 'router:wan']);
    expect(both.interfaces[0]!.statistics).toEqual({ received: BigInt(one.packets.length), dropped: 0n });
    expect(() => tracePcapng(trace, { interfaces: ['pc:eth1'] })).toThrow('there is no interface pc:eth1');
  });

  it('carries comments, names and who wrote it', () => {
    const first = [...trace.events()].find(({ kind }) => kind === 'frame-sent')!;
    const capture = captureOf({
      comments: new Map([[first.seq, ['Who has it?', 'größer']]]),
      application: 'wirewalk 1',
    });
    expect(capture.application).toBe('wirewalk 1');
    expect(capture.comments[0]).toMatch(/^nat-http, seed 1/);
    expect(capture.packets[0]!.comments).toEqual(['Who has it?', 'größer']);
    expect(capture.packets[1]!.comments).toEqual([]);
    expect(capture.names).toContainEqual({ address: '93.184.216.34', names: ['www.example.com', 'web'] });
    expect(capture.names).toContainEqual({ address: '192.168.0.1', names: ['router'] });
  });

  it('appends the FCS when asked', () => {
    const { packets, interfaces } = captureOf({ fcs: true });
    expect(interfaces.every(({ fcsLength }) => fcsLength === 4)).toBe(true);
    for (const { captured } of packets) {
      const end = captured.length - 4;
      const view = new DataView(captured.buffer, captured.byteOffset);
      expect(view.getUint32(end, true)).toBe(crc32(captured, 0, end));
    }
  });

  it('shows that a frame was damaged on the way: its FCS no longer fits', () => {
    const world = new World();
    const [a, b] = ['a', 'b'].map((name, index) => {
      return world.addInterface(world.addTap(name), 'port', { mac: index + 1 });
    });
    world.connect(a!, b!, { corruption: 1, rate: 1e9 });
    const tap = world.node('a')!.device;
    if (tap.kind === 'tap') tap.send(new Uint8Array(64));
    world.runToRest();
    const { packets, interfaces } = captureOf({ fcs: true }, world.trace());
    expect(interfaces[0]!.speed).toBe(1_000_000_000n);
    expect(interfaces[0]!.ipv4).toEqual([]);
    const good = packets.map(({ captured }) => {
      const end = captured.length - 4;
      return (
        new DataView(captured.buffer, captured.byteOffset).getUint32(end, true) === crc32(captured, 0, end)
      );
    });
    expect(good).toEqual([true, false]);
  });

  it('needs the bytes', () => {
    const world = new World({ record: 'events' });
    expect(() => tracePcapng(world.trace())).toThrow("the run was recorded at level 'events'");
  });

  it('is a file without packets when nothing happened', () => {
    expect(captureOf({}, new World().trace()).packets).toEqual([]);
  });
});
