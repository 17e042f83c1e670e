// What acknowledgments tell a sender, where it is easy to believe too much: round trips, order, marks.
// (What they tell of losses stands in the scripts, `test/tcp-scripts/`.)

import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from '../../../test/kit.js';
import { Bulk } from '../../../test/proof/bulk.js';
import { MILLISECOND, SECOND } from '../../base/time.js';

expectNoLeaks();

const LINK = { rate: 1_000_000_000, delay: 5 * MILLISECOND };

describe('a round trip', () => {
  it('does not hold a time-out where an acknowledgment got lost', () => {
    const bulk = new Bulk({ link: LINK, total: 100, holds: true });
    const { world, back, connection } = bulk;
    world.advance(12 * MILLISECOND);
    expect(connection.state).toBe('ESTABLISHED');
    // The text arrives; what it is answered with does not, nor when the tail is probed.
    let silent = true;
    back.faults.push(() => (silent ? 'drop' : 'pass'));
    world.advance(SECOND);
    expect([bulk.got, connection.counts.retransmissions, connection.sender.allAcknowledged]).toEqual([
      100,
      1,
      false,
    ]);
    silent = false;
    world.advance(SECOND);
    expect([connection.counts.retransmissions, connection.sender.allAcknowledged]).toEqual([2, true]);
    // 10 ms, and 40 ms where an acknowledgment waits: not the second that the time-out took.
    expect(connection.sender.timer.smoothed).toBeLessThan(50 * MILLISECOND);
    connection.abort();
  });
});

describe('segments that one acknowledgment reports', () => {
  it('have not overtaken each other, whatever else it acknowledges', () => {
    const bulk = new Bulk({ link: LINK });
    const { world, forth, connection } = bulk;
    let count = 0;
    // Every 51st is lost: every other time the one before it is reported together with the one behind it.
    forth.faults.push(({ length }) => (length > 1000 && ++count % 51 === 0 ? 'drop' : 'pass'));
    world.advance(2 * SECOND);
    expect(connection.counts.retransmissions).toBeGreaterThan(20);
    expect([connection.info().reordering, connection.counts.duplicatesReported]).toEqual([false, 0]);
    connection.abort();
  });
});

describe('marks and losses', () => {
  it.each([
    ['before', 198],
    ['behind', 206],
  ])('of one round trip count once: marks %s the loss', (_, from) => {
    const options = { ecn: true, congestion: 'newreno' } as const;
    const bulk = new Bulk({ link: LINK, sender: options, receiver: options });
    const { world, forth, connection } = bulk;
    let count = 0;
    const isText = (length: number): boolean => length > 1000;
    forth.faults.push(({ length }) => (isText(length) && ++count === 200 ? 'drop' : 'pass'));
    forth.addMarker(({ length }) => isText(length) && count >= from && count < 215);
    const { congestion } = connection.sender;
    const thresholds = new Set<number>();
    while (world.now < SECOND) {
      world.engine.step();
      thresholds.add(congestion.threshold);
    }
    expect(connection.counts.retransmissions).toBe(1);
    expect([...thresholds].length).toBe(2);
    connection.abort();
  });
});
