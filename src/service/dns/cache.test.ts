// The DNS cache: sets of records until their time is over.

import { describe, expect, it } from 'vitest';
import { bench, eventsOf, expectNoLeaks, HOST, ip } from '../../../test/kit.js';
import { HOUR, SECOND } from '../../base/time.js';
import type { DnsData } from '../../wire/dns/records.js';
import { DNS_TYPE, RCODE } from '../../wire/dns/registry.js';
import { record } from './zone.js';

expectNoLeaks();

const { A, AAAA, CNAME } = DNS_TYPE;
const address = (text: string): DnsData => ({ kind: 'A', address: ip(text) });

function empty() {
  const { world, station } = bench('host', { eth0: HOST });
  const { cache } = station.resolver;
  const has = (name: string, type: number = A) => cache.find(name, type) !== undefined;
  return { world, cache, has };
}

describe('DnsCache', () => {
  it('keeps a set for the least of its times, whatever the case of the name', () => {
    const { world, cache, has } = empty();
    cache.add('www.example.org', A, [
      record('www.example.org', A, 100, address('192.0.2.1')),
      record('www.example.org', A, 60, address('192.0.2.2')),
    ]);
    world.advance(20 * SECOND);
    const row = cache.find('WWW.Example.ORG', A);
    expect(cache.recordsOf(row as NonNullable<typeof row>).map(({ ttl }) => ttl)).toEqual([40, 40]);
    expect([has('www.example.org', AAAA), has('example.org')]).toEqual([false, false]);
    world.advance(40 * SECOND - 1);
    expect(has('www.example.org')).toBe(true);
    world.advance(1);
    expect(has('www.example.org')).toBe(false);
    expect(eventsOf(world, 'table-removed').map(({ key, why }) => [key, why])).toEqual([
      ['www.example.org A', 'aged'],
    ]);
  });

  it.each([
    ['0 is not kept', 0, 0],
    ['a second is', 1, 1],
    ['a week is the most (RFC 8767 §4)', 0x7fffffff, 604800],
    ['with the upper bit set it counts as 0 (RFC 2181 §8)', 0x80000000, 0],
    ['and so with all bits', 0xffffffff, 0],
  ])('time to live: %s', (_what, ttl, seconds) => {
    const { world, cache, has } = empty();
    cache.add('x', A, [record('x', A, ttl, address('192.0.2.1'))]);
    cache.addNegative('y', A, RCODE.NXDOMAIN, ttl);
    expect([has('x'), has('y')]).toEqual([seconds > 0, seconds > 0]);
    if (seconds === 0) return;
    world.advance(seconds * SECOND - 1);
    expect([has('x'), has('y')]).toEqual([true, true]);
    world.advance(1);
    expect([has('x'), has('y')]).toEqual([false, false]);
  });

  it('replaces a set by a newer one, which lives its own time', () => {
    const { world, cache, has } = empty();
    cache.add('x', A, [record('x', A, 100, address('192.0.2.1'))]);
    cache.add('x', A, [record('x', A, 10, address('192.0.2.2'))]);
    expect(cache.find('x', A)?.records).toHaveLength(1);
    world.advance(10 * SECOND);
    expect(has('x')).toBe(false);
    cache.add('x', A, [record('x', A, 10, address('192.0.2.1'))]);
    cache.add('x', A, [record('x', A, 100, address('192.0.2.2'))]);
    world.advance(99 * SECOND);
    expect(has('x')).toBe(true);
  });

  it('answers by way of aliases, up to sixteen', () => {
    const { cache } = empty();
    const alias = (i: number): void =>
      cache.add(`a${i}`, CNAME, [record(`a${i}`, CNAME, 60, { kind: 'CNAME', name: `a${i + 1}` })]);
    cache.add('a20', A, [record('a20', A, 30, address('192.0.2.1'))]);
    for (let i = 0; i < 20; i++) alias(i);
    expect(cache.answer('a10', A)?.records.map(({ name, ttl }) => `${name} ${ttl}`)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `a${i + 10} 60`),
      'a20 30',
    ]);
    expect(cache.answer('a4', A)).toBeUndefined();
    expect(cache.answer('a5', A)?.found).toBe(true);
    expect(cache.answer('a19', CNAME)?.records).toHaveLength(1);
    cache.addNegative('a20', AAAA, RCODE.NOERROR, 60);
    expect(cache.answer('a19', AAAA)).toMatchObject({ found: false, rcode: RCODE.NOERROR });
    cache.add('ring', CNAME, [record('ring', CNAME, 60, { kind: 'CNAME', name: 'ring' })]);
    expect(cache.answer('ring', A)).toBeUndefined();
  });

  it('shows its rows, and can be emptied', () => {
    const { world, cache } = empty();
    cache.add('x', A, [record('x', A, 100, address('192.0.2.1')), record('x', A, 100, address('192.0.2.2'))]);
    cache.addNegative('y', AAAA, RCODE.NXDOMAIN, 50);
    const shown = eventsOf(world, 'table-set').filter(({ table }) => table === 'dns-cache');
    expect(shown.map(({ key, after }) => [key, after])).toEqual([
      ['x A', { name: 'x', type: 'A', data: '192.0.2.1, 192.0.2.2', ttl: 100 }],
      ['y AAAA', { name: 'y', type: 'AAAA', data: 'NXDOMAIN', ttl: 50 }],
    ]);
    cache.clear();
    expect([...cache.rows()]).toEqual([]);
    expect(eventsOf(world, 'table-removed').map(({ why }) => why)).toEqual(['cleared', 'cleared']);
    world.advance(HOUR);
    expect(eventsOf(world, 'table-removed')).toHaveLength(2);
  });
});
