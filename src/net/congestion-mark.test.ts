// Marks of congestion: which packets get one, where the queue grows, and what the trace has of it.

import { describe, expect, it } from 'vitest';
import { headerOf } from '../../test/frames.js';
import {
  bench,
  eventsOf,
  expectFrame,
  expectNoLeaks,
  fieldsOf,
  newWorld,
  Peer,
  pattern,
  withIpChecksum,
} from '../../test/kit.js';
import { FrameStore } from '../base/frame-store.js';
import { ethernet } from '../wire/ethernet.js';
import { ECN } from '../wire/ipv4.js';
import { markCongestion } from './congestion-mark.js';
import type { LinkOptions } from './link.js';

expectNoLeaks();

const MAKER = bench('host', { eth0: { address: '192.0.2.1/24', peer: '192.0.2.2' } }).from.eth0;
const packet = (ecn: number, dscp = 0): Uint8Array => MAKER.udp(pattern(100), {}, { ecn, dscp });
const codepoints = (peer: Peer): unknown[] =>
  peer.received.map(({ bytes }) => fieldsOf(bytes).get('ip.dsfield.ecn'));

describe('a mark', () => {
  const frames = new FrameStore();

  it.each([
    [ECN.capable0, 0, true],
    [ECN.capable1, 46, true],
    [ECN.capable0, 63, true],
    [ECN.notCapable, 46, false],
    [ECN.experienced, 0, false],
  ])('on codepoint %i with DSCP %i: %s; the sum is that of the new header', (ecn, dscp, marked) => {
    const bytes = packet(ecn, dscp);
    const frame = frames.takeWith(bytes);
    expect(markCongestion(frame)).toBe(marked);
    const wanted = bytes.slice();
    if (marked) wanted[15] = (dscp << 2) | ECN.experienced;
    expect(frame.copyBytes()).toEqual(withIpChecksum(wanted));
    frames.release(frame);
  });

  it('keeps a wrong sum wrong: damage is not mended on the way', () => {
    const bytes = packet(ECN.capable0);
    bytes[24] = (bytes[24] as number) ^ 0x10;
    const frame = frames.takeWith(bytes);
    expect(markCongestion(frame)).toBe(true);
    expect(frame.copyBytes()).not.toEqual(withIpChecksum(frame.copyBytes()));
    frames.release(frame);
  });

  it.each([
    ['ARP', MAKER.arp()],
    ['a frame that ends in the header', packet(ECN.capable0).subarray(0, 33)],
    ['another version of IP', packet(ECN.capable0).fill(0x65, 14, 15)],
    [
      'no IP at all',
      new Uint8Array([
        ...headerOf(ethernet, { destination: 1, source: 2, etherType: 0x88cc }),
        ...pattern(50),
      ]),
    ],
  ])('goes on nothing but IPv4: %s', (_what, bytes) => {
    const frame = frames.takeWith(bytes);
    expect(markCongestion(frame)).toBe(false);
    expect(frame.copyBytes()).toEqual(bytes);
    frames.release(frame);
  });
});

describe('the queue of a link', () => {
  function pair(options: LinkOptions) {
    const world = newWorld();
    const b = new Peer(world, 'b');
    const a = new Peer(world, 'a', b.port, options);
    return { world, a, b };
  }

  it('marks with so many frames waiting or more, and again not when they are gone', () => {
    const { world, a, b } = pair({ rate: 1e6, mark: 2 });
    for (let i = 0; i < 6; i++) a.send(packet(ECN.capable0));
    world.runToRest();
    a.send(packet(ECN.capable0));
    world.runToRest();
    // The first is being sent, two wait; the others find two or more waiting.
    expect(codepoints(b)).toEqual([2, 2, 2, 3, 3, 3, 2]);
    for (const { bytes } of b.received) expectFrame(bytes, {});
  });

  it('leaves who does not speak ECN alone, until there is no room at all', () => {
    const { world, a, b } = pair({ rate: 1e6, mark: 1, queue: 3 });
    for (let i = 0; i < 6; i++) a.send(packet(ECN.notCapable));
    world.runToRest();
    expect(codepoints(b)).toEqual([0, 0, 0, 0]);
    expect(eventsOf(world, 'frame-lost').map(({ reason }) => reason)).toEqual(['queue-full', 'queue-full']);
    expect(eventsOf(world, 'decided')).toEqual([]);
  });

  it('does not mark what it drops', () => {
    const { world, a, b } = pair({ rate: 1e6, mark: 1, queue: 2 });
    for (let i = 0; i < 5; i++) a.send(packet(ECN.capable0));
    world.runToRest();
    expect(codepoints(b)).toEqual([2, 2, 3]);
    expect(eventsOf(world, 'decided').filter(({ verdict }) => verdict === 'mark')).toHaveLength(1);
  });

  it('marks nothing when the lab does not say so, or where nothing ever waits', () => {
    for (const options of [{ rate: 1e6 }, { mark: 1 }]) {
      const { world, a, b } = pair(options);
      for (let i = 0; i < 20; i++) a.send(packet(ECN.capable0));
      world.runToRest();
      expect(new Set(codepoints(b))).toEqual(new Set([2]));
    }
  });

  it('is told by the trace: the frame is marked before it is sent, and arrives as it was sent', () => {
    const { world, a } = pair({ rate: 1e6, mark: 1 });
    for (let i = 0; i < 3; i++) a.send(packet(ECN.capable0));
    world.runToRest();
    const trace = world.trace();
    const ecn = (frame: number) => fieldsOf(trace.frameBytes(frame)).get('ip.dsfield.ecn');
    const [mark, ...more] = eventsOf(world, 'decided');
    expect([mark?.layer, mark?.verdict, mark?.interface, more]).toEqual(['link', 'mark', a.port.id, []]);
    expect(ecn(mark?.frame as number)).toBe(3);
    const sent = eventsOf(world, 'frame-sent');
    const arrived = eventsOf(world, 'frame-arrived');
    expect(sent.map(({ frame }) => ecn(frame))).toEqual([2, 2, 3]);
    expect(arrived.map(({ frame }) => frame)).toEqual(sent.map(({ frame }) => frame));
    expect(mark?.seq).toBe((sent[2]?.seq as number) - 1);
  });

  it('marks single frames that somebody names, each of them counted', () => {
    const { world, a, b } = pair({ rate: 1e6, mark: 1 });
    let seen = 0;
    world.links[0]?.back.addMarker(() => ++seen === 2);
    world.links[0]?.forth.addMarker(() => ++seen === 2);
    for (let i = 0; i < 4; i++) a.send(packet(ECN.capable0));
    world.runToRest();
    expect([seen, codepoints(b)]).toEqual([4, [2, 3, 3, 3]]);
  });
});
