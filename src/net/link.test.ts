// Links: when frames arrive, which do not, and what a link can do to them.

import { describe, expect, it } from 'vitest';
import { dropsIn, eventsOf, expectNoLeaks, newWorld, Peer, pattern } from '../../test/kit.js';
import { MICROSECOND, MILLISECOND, SECOND, type Time } from '../base/time.js';
import type { Fault, LinkOptions } from './link.js';
import type { World } from './world.js';

expectNoLeaks();

/** Two cards and a cable between them. */
function pair(options: LinkOptions, seed = 1): { world: World; a: Peer; b: Peer } {
  const world = newWorld({ seed });
  const b = new Peer(world, 'b');
  const a = new Peer(world, 'a', b.port, options);
  return { world, a, b };
}

/** `count` frames of `length` bytes at once; the first byte counts them. */
function sendMany(from: Peer, count: number, length = 100): void {
  for (let i = 0; i < count; i++) from.send(pattern(length, i).fill(i & 255, 0, 1));
}

const times = (peer: Peer): Time[] => peer.received.map(({ time }) => time);
const order = (peer: Peer): number[] => peer.received.map(({ bytes }) => bytes[0] as number);

/** On the wire a frame has 4 bytes of FCS, and 20 of preamble, delimiter and gap around it (IEEE 802.3 §4.4.2). */
const OVERHEAD = 24;
const GIGABIT = 1e9;

describe('time on the link', () => {
  it.each([
    ['without rate or delay', {}, 100, 0],
    ['with a delay', { delay: 5 * MILLISECOND }, 1500, 5 * MILLISECOND],
    ['with a rate: 8 ns per byte at 1 Gbit/s', { rate: GIGABIT }, 1000, (1000 + OVERHEAD) * 8],
    ['with a rate: the shortest frame takes 84 bytes', { rate: GIGABIT }, 10, 84 * 8],
    ['with both', { rate: 1e7, delay: MILLISECOND }, 1000, (1000 + OVERHEAD) * 800 + MILLISECOND],
    ['at a rate that is no whole number of ns per byte', { rate: 3e9 }, 100, Math.round((124 * 8) / 3)],
  ] as const)('%s', (_how, options, length, expected) => {
    const { world, a, b } = pair(options);
    a.send(pattern(length));
    world.runToRest();
    expect(times(b)).toEqual([expected]);
  });

  it('frames follow each other without a gap and without overtaking', () => {
    const { world, a, b } = pair({ rate: GIGABIT, delay: MILLISECOND });
    sendMany(a, 4);
    world.runToRest();
    const each = (100 + OVERHEAD) * 8;
    expect(times(b)).toEqual([1, 2, 3, 4].map((i) => MILLISECOND + i * each));
    expect(order(b)).toEqual([0, 1, 2, 3]);
  });

  it('directions do not wait for each other', () => {
    const { world, a, b } = pair({ rate: GIGABIT });
    sendMany(a, 3);
    b.send(pattern(100));
    world.runToRest();
    expect(times(a)).toEqual([(100 + OVERHEAD) * 8]);
  });

  it('a frame sent by who has just got one goes behind those on their way', () => {
    const { world, a, b } = pair({ rate: GIGABIT, delay: MICROSECOND });
    const { onFrame } = a.tap;
    a.tap.onFrame = (bytes, port) => {
      onFrame(bytes, port);
      if (a.received.length === 1) sendMany(a, 1);
    };
    sendMany(b, 2);
    sendMany(a, 1);
    world.runToRest();
    expect([times(a).length, times(b).length]).toEqual([2, 2]);
  });
});

describe('the queue', () => {
  it('takes as many frames as it may behind the one that is being sent, and drops the rest', () => {
    const { world, a, b } = pair({ rate: GIGABIT, queue: 3 });
    sendMany(a, 10);
    expect(world.links[0]?.back.queued + (world.links[0]?.forth.queued as number)).toBe(3);
    world.runToRest();
    expect(order(b)).toEqual([0, 1, 2, 3]);
    expect(dropsIn(world)).toEqual(Array(6).fill('queue-full'));
  });

  it('has room again as soon as the next frame begins to be sent, long before it arrives', () => {
    const each = (100 + OVERHEAD) * 8;
    const { world, a, b } = pair({ rate: GIGABIT, queue: 1, delay: SECOND });
    sendMany(a, 2);
    world.advance(each - 1);
    a.send(new Uint8Array(100).fill(7));
    world.advance(1);
    a.send(new Uint8Array(100).fill(8));
    world.runToRest();
    expect(order(b)).toEqual([0, 1, 8]);
  });

  it('is empty again when all has arrived', () => {
    const { world, a, b } = pair({ rate: GIGABIT, queue: 5 });
    for (let round = 0; round < 3; round++) {
      sendMany(a, 6);
      world.runToRest();
      expect(order(b)).toEqual([0, 1, 2, 3, 4, 5]);
      b.takeAll();
    }
  });

  it('of length 0 lets only a free link be used', () => {
    const { world, a, b } = pair({ rate: GIGABIT, queue: 0 });
    sendMany(a, 2);
    world.runToRest();
    sendMany(a, 1);
    world.runToRest();
    expect(order(b)).toEqual([0, 0]);
  });

  it('never fills where the rate is unlimited', () => {
    const { world, a, b } = pair({ queue: 1, delay: SECOND });
    sendMany(a, 50);
    world.runToRest();
    expect(b.received).toHaveLength(50);
  });
});

describe('the MTU', () => {
  it.each([
    [1500, 1514, true],
    [1500, 1515, false],
    [576, 590, true],
    [576, 591, false],
    [9000, 9014, true],
    [28, 60, true],
  ])('of %i carries a frame of %i bytes: %s', (mtu, length, carried) => {
    const { world, a, b } = pair({ mtu });
    a.send(pattern(length));
    world.runToRest();
    expect(b.received).toHaveLength(carried ? 1 : 0);
    expect(dropsIn(world)).toEqual(carried ? [] : ['mtu-exceeded']);
  });

  it('is told to both cards', () => {
    const { a, b } = pair({ mtu: 1280 });
    expect([a.port.mtu, b.port.mtu]).toEqual([1280, 1280]);
  });
});

describe('links that are not perfect', () => {
  const count = 2000;

  it.each([
    ['loss', 'link-loss'],
    ['corruption', 'bad-fcs'],
  ] as const)('%s kills about as many frames as it says, and says so', (what, reason) => {
    const { world, a, b } = pair({ [what]: 0.1 });
    sendMany(a, count);
    world.runToRest();
    const gone = count - b.received.length;
    expect(gone).toBeGreaterThan(count * 0.07);
    expect(gone).toBeLessThan(count * 0.13);
    expect(dropsIn(world)).toEqual(Array(gone).fill(reason));
  });

  it('corruption flips one bit, which the trace shows at the arrival', () => {
    const { world, a } = pair({ corruption: 1 });
    const sent = pattern(100);
    a.send(sent);
    world.runToRest();
    const arrival = eventsOf(world, 'frame-arrived')[0];
    const arrived = world.trace().frameBytes(arrival?.frame as number);
    const flipped = [...arrived].map((byte, i) => byte ^ (sent[i] as number)).filter((bits) => bits !== 0);
    expect(flipped).toHaveLength(1);
    expect([1, 2, 4, 8, 16, 32, 64, 128]).toContain(flipped[0]);
    expect(world.trace().frameBytes(eventsOf(world, 'frame-sent')[0]?.frame as number)).toEqual(sent);
  });

  it('duplication sends some frames twice', () => {
    const { world, a, b } = pair({ duplication: 0.1 });
    sendMany(a, count);
    world.runToRest();
    expect(b.received.length).toBeGreaterThan(count * 1.07);
    expect(b.received.length).toBeLessThan(count * 1.13);
  });

  it('reordering holds frames back: the others overtake them, none is lost', () => {
    const { world, a, b } = pair({ reordering: 0.2, delay: 2 * MILLISECOND, reorderDelay: 5 * MILLISECOND });
    for (let i = 0; i < 200; i++) {
      sendMany(a, 1, 100 + i);
      world.advance(MILLISECOND);
    }
    world.runToRest();
    const lengths = b.received.map(({ bytes }) => bytes.length);
    expect([...lengths].sort((x, y) => x - y)).toEqual(Array.from({ length: 200 }, (_, i) => 100 + i));
    expect(lengths).not.toEqual([...lengths].sort((x, y) => x - y));
    for (const { time, bytes } of b.received) {
      const sent = (bytes.length - 100) * MILLISECOND;
      expect([2 * MILLISECOND, 7 * MILLISECOND]).toContain(time - sent);
    }
  });

  it.each([
    ['loss', 0, 50],
    ['loss', 1, 0],
    ['duplication', 1, 100],
  ] as const)('%s of %d is exact', (what, probability, arrived) => {
    const { world, a, b } = pair({ [what]: probability });
    sendMany(a, 50);
    world.runToRest();
    expect(b.received).toHaveLength(arrived);
  });

  it('the same seed has the same accidents, another seed has others', () => {
    const run = (seed: number): string => {
      const { world, a, b } = pair(
        { loss: 0.2, corruption: 0.1, duplication: 0.1, reordering: 0.3, rate: GIGABIT },
        seed,
      );
      sendMany(a, 100);
      world.runToRest();
      return `${order(b).join()} ${times(b).join()}`;
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });
});

describe('faults', () => {
  /** The fault on both directions of the only link. */
  function withFault(fault: Fault, options: LinkOptions = {}): ReturnType<typeof pair> {
    const all = pair(options);
    all.world.links[0]?.forth.faults.push(fault);
    return all;
  }

  it.each([
    ['pass', 1, []],
    ['drop', 0, ['link-fault']],
    ['damage', 0, ['bad-fcs']],
    ['duplicate', 2, []],
  ] as const)('%s', (verdict, arrived, drops) => {
    const { world, a, b } = withFault(() => verdict);
    a.send(pattern(80));
    world.runToRest();
    expect(b.received).toHaveLength(arrived);
    expect(dropsIn(world)).toEqual(drops);
    for (const { bytes } of b.received) expect(bytes).toEqual(pattern(80));
  });

  it('delay one frame and leave the next alone', () => {
    let seen = 0;
    const { world, a, b } = withFault(() => (seen++ === 0 ? { delay: SECOND } : 'pass'), {
      delay: MILLISECOND,
    });
    sendMany(a, 2);
    world.runToRest();
    expect(order(b)).toEqual([1, 0]);
    expect(times(b)).toEqual([MILLISECOND, SECOND + MILLISECOND]);
  });

  it('the first that does not let the frame pass decides', () => {
    const { world, a, b } = withFault(() => 'pass');
    world.links[0]?.forth.faults.push(
      () => 'drop',
      () => 'duplicate',
    );
    a.send(pattern(80));
    world.runToRest();
    expect(b.received).toEqual([]);
  });
});

describe('pulling the cable', () => {
  it('kills what is sent then; what is under way still arrives; plugged in again it works', () => {
    const { world, a, b } = pair({ delay: SECOND });
    const link = world.links[0];
    if (link === undefined) return;
    sendMany(a, 1);
    world.advance(1);
    link.up = false;
    expect(link.up).toBe(false);
    a.send(pattern(70));
    b.send(pattern(70));
    world.runToRest();
    expect(times(b)).toEqual([SECOND]);
    expect(dropsIn(world)).toEqual(['link-down', 'link-down']);
    link.up = true;
    sendMany(a, 1);
    world.runToRest();
    expect(b.received).toHaveLength(2);
  });

  it('the trace still shows the frame that could not be sent', () => {
    const { world, a } = pair({});
    const link = world.links[0];
    if (link !== undefined) link.up = false;
    a.send(pattern(70));
    const drop = eventsOf(world, 'decided')[0];
    expect(drop?.reason).toBe('link-down');
    expect(world.trace().frameBytes(drop?.frame as number)).toEqual(pattern(70));
  });

  it('a second cable does not go into a plugged port', () => {
    const { world, a } = pair({});
    const other = world.addInterface(world.addTap('c'), 'eth0');
    expect(() => world.connect(a.port, other)).toThrow(/has a cable already/);
  });
});

describe('short frames', () => {
  it('are padded with zeros to 60 bytes', () => {
    const { world, a, b } = pair({});
    a.send(pattern(20));
    world.runToRest();
    const bytes = b.take();
    expect(bytes).toHaveLength(60);
    expect(bytes.subarray(0, 20)).toEqual(pattern(20));
    expect(bytes.subarray(20).every((byte) => byte === 0)).toBe(true);
  });
});
