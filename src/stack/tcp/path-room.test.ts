// Paths that are narrower than the link, for a time or for good, where somebody says so or nobody does.

import { describe, expect, it } from 'vitest';
import { eventsOf, expectNoLeaks } from '../../../test/kit.js';
import { Bulk } from '../../../test/proof/bulk.js';
import { MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import type { RecordLevel } from '../../trace/trace.js';

expectNoLeaks();

/** With timestamps, on a link of 1500 bytes. */
const FULL = 1448;
const WAYS = [{ sack: true }, { sack: false }] as const;

/** A stream that never ends, and what of its frames may pass. */
function stream(options: { readonly sack: boolean }, record: RecordLevel = 'off') {
  const link = { rate: 1_000_000, delay: 5 * MILLISECOND };
  const bulk = new Bulk({ link, record, sender: options, receiver: { ...options, receiveBuffer: 20_000 } });
  const path = { longest: 1514 };
  bulk.forth.faults.push(({ length }) => (length > path.longest ? 'drop' : 'pass'));
  return { bulk, path, sender: bulk.connection.sender };
}

describe.each(WAYS)('a path (SACK: $sack)', (options) => {
  it('that swallows long packets from the beginning is found out after two time-outs', () => {
    const { bulk, path, sender } = stream(options);
    path.longest = 1000;
    bulk.world.advance(2 * SECOND);
    expect([sender.mss, bulk.got]).toEqual([FULL, 0]);
    bulk.world.advance(8 * SECOND);
    expect(sender.mss).toBeLessThan(950);
    const { got } = bulk;
    bulk.world.advance(SECOND);
    expect(bulk.got - got).toBeGreaterThan(90_000);
    bulk.connection.abort();
  });

  it('that has taken long packets is not suspected because of a short silence, but of a long one', () => {
    const { bulk, path, sender } = stream(options);
    const { world } = bulk;
    world.advance(SECOND);
    path.longest = 0;
    world.advance(4 * SECOND);
    expect([sender.timer.attempts, sender.mss]).toEqual([2, FULL]);
    path.longest = 1514;
    world.advance(5 * SECOND);
    expect(sender.mss).toBe(FULL);
    path.longest = 1000;
    world.advance(20 * SECOND);
    expect(sender.mss).toBeLessThan(950);
    const { got } = bulk;
    world.advance(SECOND);
    expect(bulk.got - got).toBeGreaterThan(90_000);
    bulk.connection.abort();
  });

  it('is tried again with long packets after ten minutes', () => {
    const { bulk, path, sender } = stream(options, 'events');
    path.longest = 1000;
    bulk.world.advance(10 * SECOND);
    expect(sender.mss).toBeLessThan(950);
    path.longest = 1514;
    bulk.world.advance(9 * MINUTE);
    expect(sender.mss).toBeLessThan(950);
    bulk.world.advance(2 * MINUTE);
    expect(sender.mss).toBe(FULL);
    const told = eventsOf(bulk.world, 'app').filter(({ name }) => name === 'tcp.path-mtu');
    expect(told.at(-1)?.data).toMatchObject({ mss: FULL });
    expect(told.at(-1)?.data.before).toBeLessThan(950);
    bulk.connection.abort();
  });

  it('of which another program has learned that it is narrower needs no guessing', () => {
    const { bulk, path, sender } = stream(options);
    const { world, connection } = bulk;
    world.advance(SECOND);
    path.longest = 1014;
    world.station('sender').stack.ipv4.learnPathMtu(connection.remote.address, 1000);
    world.advance(3 * SECOND);
    expect(sender.mss).toBe(1000 - 52);
    const { got } = bulk;
    world.advance(SECOND);
    expect(bulk.got - got).toBeGreaterThan(90_000);
    path.longest = 1514;
    world.advance(11 * MINUTE);
    expect(sender.mss).toBe(FULL);
    connection.abort();
  });
});
