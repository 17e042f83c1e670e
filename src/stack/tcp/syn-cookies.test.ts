// Cookies: what they hold, for whom they are good, and how long.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newWorld } from '../../../test/kit.js';
import { seqAdd } from '../../base/sequence.js';
import { MINUTE, SECOND } from '../../base/time.js';
import type { World } from '../../net/world.js';
import type { Endpoint } from '../endpoint.js';
import { SynCookies } from './syn-cookies.js';

function baker(): { readonly world: World; readonly cookies: SynCookies } {
  const world = newWorld({ record: 'off' });
  return { world, cookies: new SynCookies(world.addHost('host').context) };
}

const LOCAL: Endpoint = { address: 1, port: 80 };
const REMOTE: Endpoint = { address: 2, port: 50_000 };

describe('a SYN cookie', () => {
  it.each([
    [64, 536],
    [536, 536],
    [537, 536],
    [1024, 1024],
    [1399, 1360],
    [1459, 1440],
    [1460, 1460],
    [8960, 1460],
  ])('for segments of %i bytes says %i', (mss, expected) => {
    const { cookies } = baker();
    expect(cookies.check(LOCAL, REMOTE, 7, cookies.make(LOCAL, REMOTE, 7, mss))).toBe(expected);
  });

  it('is good for who got it, at any time, and for nobody else', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const end = fc.record({ address: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), port });
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const change = fc.constantFrom('address', 'port', 'sequence', 'cookie');
    fc.assert(
      fc.property(end, end, number, fc.nat(100), change, fc.integer({ min: 1, max: 1000 }), (...drawn) => {
        const [local, remote, theirs, minutes, what, by] = drawn;
        const { world, cookies } = baker();
        world.advance(minutes * MINUTE);
        const cookie = cookies.make(local, remote, theirs, 1460);
        expect(cookie | 0).toBe(cookie);
        expect(cookies.check(local, remote, theirs, cookie)).toBe(1460);
        const other = {
          address: what === 'address' ? (remote.address + by) | 0 : remote.address,
          port: what === 'port' ? 1 + ((remote.port + by) % 65_535) : remote.port,
        };
        const sequence = what === 'sequence' ? seqAdd(theirs, by) : theirs;
        const guess = what === 'cookie' ? seqAdd(cookie, by) : cookie;
        expect(cookies.check(local, other, sequence, guess)).toBeUndefined();
      }),
    );
  });

  it('gets old, and comes round to nobody', () => {
    const { world, cookies } = baker();
    world.advance(30 * MINUTE + 30 * SECOND);
    const cookie = cookies.make(LOCAL, REMOTE, 7, 1460);
    const isGood = (): boolean => cookies.check(LOCAL, REMOTE, 7, cookie) !== undefined;
    world.advance(MINUTE);
    expect(isGood()).toBe(true);
    for (let minute = 0; minute < 100; minute++) {
      world.advance(MINUTE);
      expect(isGood()).toBe(false);
    }
  });

  it('of another host is worth nothing', () => {
    const { world, cookies } = baker();
    const others = new SynCookies(world.addHost('other').context);
    expect(others.check(LOCAL, REMOTE, 7, cookies.make(LOCAL, REMOTE, 7, 1460))).toBeUndefined();
  });

  it('can not be guessed: of a hundred thousand numbers hardly one is good', () => {
    const { world, cookies } = baker();
    const { random } = world;
    let good = 0;
    for (let count = 0; count < 100_000; count++)
      if (cookies.check(LOCAL, REMOTE, random.uint32(), random.uint32()) !== undefined) good++;
    expect(good).toBeLessThan(2);
  });
});
