// Sequence numbers, durations, random numbers, hashes and check sequences.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.js';
import { Hash, hashText } from './hash.js';
import { Random } from './random.js';
import { seqAdd, seqAtMost, seqDiff, seqLess, seqMax } from './sequence.js';
import { encodeUtf8 } from './text.js';
import {
  formatDuration,
  formatSeconds,
  HOUR,
  MILLISECOND,
  MINUTE,
  NEVER,
  parseDuration,
  SECOND,
} from './time.js';

describe('CRC-32', () => {
  it('gives the check value everybody gives', () => {
    expect(crc32(encodeUtf8('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
    expect(crc32(new Uint8Array(32))).toBe(0x190a55ad);
    expect(crc32(encodeUtf8('xx123456789x'), 2, 11)).toBe(0xcbf43926);
  });

  it('leaves the same rest behind every frame with its check sequence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const fcs = crc32(bytes);
        const whole = Uint8Array.of(...bytes, fcs & 255, (fcs >> 8) & 255, (fcs >> 16) & 255, fcs >>> 24);
        expect(crc32(whole)).toBe(0x2144df1c);
      }),
    );
  });
});

describe('sequence numbers', () => {
  const seq = fc.nat(0xffffffff);
  const step = fc.integer({ min: 1, max: 0x7fffffff });

  it('go round', () => {
    expect(seqAdd(0xffffffff, 1)).toBe(0);
    expect(seqLess(0xfffffff0, 5)).toBe(true);
    expect(seqDiff(5, 0xfffffffb)).toBe(10);
    expect(seqMax(0xfffffff0, 5)).toBe(5);
  });

  it('are in order within half the space', () => {
    fc.assert(
      fc.property(seq, step, (a, n) => {
        const b = seqAdd(a, n);
        expect([seqLess(a, b), seqLess(b, a), seqAtMost(a, b), seqAtMost(a, a), seqLess(a, a)]).toEqual([
          true,
          false,
          true,
          true,
          false,
        ]);
        expect(seqDiff(b, a)).toBe(n);
        expect(seqMax(a, b)).toBe(b);
      }),
    );
  });
});

describe('durations', () => {
  it.each([
    ['0', 0],
    ['10ms', 10 * MILLISECOND],
    ['1.5 s', 1.5 * SECOND],
    [' 5min ', 5 * MINUTE],
    ['2h', 2 * HOUR],
    ['3us', 3000],
    ['3µs', 3000],
    ['7ns', 7],
    ['0.0000000016s', 2],
  ])('reads %j', (text, time) => expect(parseDuration(text)).toBe(time));

  it.each(['', '5', '5 weeks', '-1s', '1s2', 's'])('does not read %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('writes the largest unit that fits', () => {
    expect(
      [0, 999, 1500, 12.5 * MILLISECOND, 3 * SECOND, 4 * MINUTE, 2 * HOUR, NEVER].map(formatDuration),
    ).toEqual(['0 ns', '999 ns', '1.5 µs', '12.5 ms', '3 s', '4 min', '2 h', 'never']);
    expect(formatSeconds(1_024_000)).toBe('0.001024');
    expect(formatSeconds(61 * SECOND + 999_999_600)).toBe('62.000000');
  });
});

describe('random numbers', () => {
  const draw = (random: Random, count = 5) => Array.from({ length: count }, () => random.uint32());

  it('are the same for the same seed and name, here and everywhere', () => {
    expect(draw(new Random(7, 'pc'))).toEqual(draw(new Random(7, 'pc')));
    expect(draw(new Random(7, 'pc'))).not.toEqual(draw(new Random(8, 'pc')));
    expect(draw(new Random(7, 'pc'))).not.toEqual(draw(new Random(7, 'router')));
    expect(draw(new Random(7).split('pc'))).toEqual(draw(new Random(7, 'pc')));
  });

  it('do not depend on what other streams draw', () => {
    const one = new Random(1);
    draw(one);
    expect(draw(one.split('a'))).toEqual(draw(new Random(1).split('a')));
  });

  it('lie between their bounds and reach both', () => {
    const random = new Random(3);
    const drawn = Array.from({ length: 500 }, () => random.between(-2, 3));
    expect(new Set(drawn)).toEqual(new Set([-2, -1, 0, 1, 2, 3]));
    expect(random.between(5, 5)).toBe(5);
  });

  it('are spread evenly', () => {
    const random = new Random(11);
    const buckets = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) {
      const bucket = random.uint32() >>> 28;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });

  it('are true as often as asked', () => {
    const random = new Random(5);
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(Math.abs(hits - 2500)).toBeLessThan(200);
    expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });
});

describe('the hash', () => {
  it('tells texts, orders and lengths apart', () => {
    const digests = [
      new Hash(),
      new Hash().addInt(0),
      new Hash().addInt(0).addInt(0),
      new Hash().addInt(1).addInt(2),
      new Hash().addInt(2).addInt(1),
      new Hash().addText('a').addText('b'),
      new Hash().addText('ab'),
      new Hash().addBytes(Uint8Array.of(1, 2)),
    ].map((hash) => hash.digest());
    expect(new Set(digests).size).toBe(digests.length);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(hashText('pc')).toEqual(hashText('pc'));
  });

  it('can be looked at on the way', () => {
    const hash = new Hash().addInt(1);
    const before = hash.digest();
    expect(hash.digest()).toBe(before);
    expect(hash.addInt(2).digest()).toBe(new Hash().addInt(1).addInt(2).digest());
  });
});
