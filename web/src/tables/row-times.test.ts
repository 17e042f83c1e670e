// Times beside rows: how long they are still good, and when they last proved so.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MICROSECOND, MILLISECOND, MINUTE, SECOND } from 'wirewalk';
import { ageOf, columnTitle, countdownOf } from './row-times.js';

const note = (setAt: number, confirmedAt = setAt) => ({ setAt, confirmedAt, step: -1 });

describe('counting down', () => {
  const row = { name: 'www.example.com', ttl: 300 };
  const left = (now: number) => countdownOf('dns-cache', row, note(2 * SECOND), now)?.left;

  it('counts whole seconds from when the row was set to nothing', () => {
    expect(left(2 * SECOND)).toBe(300);
    expect(left(3 * SECOND - 1)).toBe(300);
    expect(left(3 * SECOND)).toBe(299);
    expect(left(302 * SECOND)).toBe(0);
    expect(left(900 * SECOND)).toBe(0);
  });

  it('says of how many, in which column', () => {
    expect(countdownOf('dns-cache', row, note(0), SECOND)).toEqual({ column: 'ttl', left: 299, of: 300 });
    expect(countdownOf('http-cache', { 'fresh for': 60 }, note(0), 0)).toEqual({
      ...{ column: 'fresh for', left: 60, of: 60 },
    });
  });

  it('is only for rows that expire', () => {
    expect(countdownOf('arp', { ttl: 300 }, note(0), 0)).toBeUndefined();
    expect(countdownOf('dns-cache', { ttl: '????' }, note(0), 0)).toBeUndefined();
    expect(countdownOf('dns-cache', row, undefined, 0)).toBeUndefined();
  });

  it('calls the column by what it shows', () => {
    expect(columnTitle('dns-cache', 'ttl')).toBe('ttl left');
    expect(columnTitle('dns-cache', 'name')).toBe('name');
    expect(columnTitle('route', 'ttl')).toBe('ttl');
  });
});

describe('growing old', () => {
  it.each([
    ['arp', {}, 0, 0, 'confirmed just now'],
    ['arp', { state: 'incomplete' }, 0, 3 * MILLISECOND, 'asked 3 ms ago'],
    ['mac', {}, SECOND, SECOND + 12_345 * MICROSECOND, 'last seen 12.35 ms ago'],
    ['nat', {}, 0, 2.0149 * SECOND, 'last used 2.01 s ago'],
    ['nat', {}, 0, 59.96 * SECOND, 'last used 1 min ago'],
    ['nat', {}, 0, 3 * MINUTE, 'last used 3 min ago'],
    ['arp', {}, 0, 1234, 'confirmed 1.2 µs ago'],
    // Too short to be told.
    ['arp', {}, 0, 20, 'confirmed just now'],
    ['route', {}, 0, SECOND, ''],
    ['tcp', { state: 'ESTABLISHED' }, 0, SECOND, ''],
  ] as const)('%s %j set at %i, now %i: %s', (table, row, at, now, text) => {
    expect(ageOf(table, row, note(at), now)).toBe(text);
  });

  it('counts from when the row last proved good', () => {
    expect(ageOf('arp', {}, note(0, 5 * SECOND), 6 * SECOND)).toBe('confirmed 1 s ago');
    expect(ageOf('arp', {}, undefined, 6 * SECOND)).toBe('');
  });

  it('is short at any age', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * 24 * 60 }), fc.nat(MINUTE), (minutes, rest) => {
        const text = ageOf('arp', {}, note(0), minutes * MINUTE + rest);
        expect(text).toMatch(/^confirmed (just now|\d{1,4}(\.\d{1,3})? (µs|ms|s|min|h) ago)$/);
        expect(text).not.toContain(' 0 ');
      }),
    );
  });
});
