// How fast a connection is on a line that loses every n-th segment, next to what the formulas say: its window, averaged
// over time, in segments. With WIREWALK_LONG=1 more lines, and a table.
// Reading list: Mathis, Semke, Mahdavi, Ott: The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm (1997);
// RFC 9438 §5.1–§5.2 (CUBIC's response function); RFC 3168 §6.1.2 (a mark counts as a loss).

import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { MILLISECOND, SECOND, type Time } from '../../src/base/time.js';
import type { CongestionName, TcpOptions } from '../../src/stack/tcp/connection-options.js';
import { expectNoLeaks } from '../kit.js';
import { Bulk } from './bulk.js';
import { isLong, PATIENCE } from './long.js';

expectNoLeaks();

interface Case {
  readonly congestion: CongestionName;
  readonly roundTrip: Time;
  /** One of so many segments is lost. */
  readonly oneOf: number;
  /** How loss is found; `mark`: nothing is lost, packets are marked in place of that. */
  readonly by: 'rack' | 'sack' | 'duplicates' | 'mark';
  readonly delayedAck: boolean;
  /** Each segment with that probability, not every n-th. */
  readonly random?: boolean;
}

/**
 * Mathis et al.: MSS/RTT · C/√p. C is √(3/2), whether acknowledgments wait or not: the window grows by the bytes that are
 * acknowledged, not by the number of acknowledgments (RFC 3465).
 */
function mathis(oneOf: number): number {
  return Math.sqrt(1.5 * oneOf);
}

/** RFC 9438 §5.1, figure 6, with C = 0.4 and β = 0.7; where Reno would be quicker, as Reno (§4.3, the same C with any β). */
function cubic(oneOf: number, roundTrip: Time): number {
  return Math.max(1.054 * ((roundTrip / SECOND) * oneOf) ** 0.75, mathis(oneOf));
}

/**
 * What Mathis et al. leave out, because it does not matter where windows are large: a loss is heard a round trip later, and
 * the window does not grow in the round trip of the recovery. So of n segments from one loss to the next 2k are sent until
 * the loss is heard, k in the recovery, and then k, k+1, …, 2k.
 */
function withRecovery(oneOf: number): number {
  const k = (-4.5 + Math.sqrt(4.5 ** 2 + 6 * oneOf)) / 3;
  return oneOf / (k + 3);
}

/** The window, in segments: text that arrives in a round trip, over some 30 losses. */
function measured(one: Case): number {
  const { congestion, roundTrip, oneOf, by, delayedAck } = one;
  const expected = modelOf(one);
  const cycle = (oneOf / expected) * roundTrip;
  const options: TcpOptions = {
    congestion,
    recovery: by === 'sack' ? 'sack' : 'rack',
    sack: by !== 'duplicates',
    ecn: by === 'mark',
    ackDelay: delayedAck ? 40 * MILLISECOND : 0,
    receiveBuffer: 2 ** 28,
    sendBuffer: 2 ** 24,
  };
  const link = { rate: 10_000_000_000, delay: roundTrip / 2, queue: 1e6 };
  const { world, forth, connection } = new Bulk({ link, sender: options, receiver: options });
  const random = new Random(1, 'losses');
  let count = 0;
  const isHit = (length: number): boolean => {
    if (length < 500) return false;
    return one.random ? random.chance(1 / oneOf) : ++count % oneOf === 0;
  };
  if (by === 'mark') forth.addMarker(({ length }) => isHit(length));
  else forth.faults.push(({ length }) => (isHit(length) ? 'drop' : 'pass'));
  // Slow start, and the first losses, do not count.
  world.advance(Math.floor(15 * cycle) + SECOND);
  const before = connection.counts.bytesAcknowledged;
  const duration = Math.floor((one.random ? 150 : 30) * cycle);
  world.advance(duration);
  const arrived = connection.counts.bytesAcknowledged - before;
  connection.abort();
  return (arrived / connection.sender.mss) * (roundTrip / duration);
}

function modelOf({ congestion, roundTrip, oneOf }: Case): number {
  return congestion === 'newreno' ? mathis(oneOf) : cubic(oneOf, roundTrip);
}

const MS = MILLISECOND;
const usual = { by: 'rack', delayedAck: true } as const;
const SHORT: readonly Case[] = [
  { congestion: 'newreno', roundTrip: 20 * MS, oneOf: 300, ...usual },
  { congestion: 'newreno', roundTrip: 20 * MS, oneOf: 1000, ...usual },
  { congestion: 'newreno', roundTrip: 100 * MS, oneOf: 1000, by: 'sack', delayedAck: false },
  { congestion: 'newreno', roundTrip: 20 * MS, oneOf: 1000, by: 'duplicates', delayedAck: true },
  { congestion: 'newreno', roundTrip: 20 * MS, oneOf: 1000, by: 'mark', delayedAck: false },
  { congestion: 'newreno', roundTrip: 20 * MS, oneOf: 1000, ...usual, random: true },
  { congestion: 'cubic', roundTrip: 20 * MS, oneOf: 300, ...usual },
  { congestion: 'cubic', roundTrip: 20 * MS, oneOf: 1000, by: 'mark', delayedAck: true },
  { congestion: 'cubic', roundTrip: 200 * MS, oneOf: 1000, ...usual },
  { congestion: 'cubic', roundTrip: 200 * MS, oneOf: 3000, by: 'duplicates', delayedAck: false },
];
const WHOLE: readonly Case[] = (['newreno', 'cubic'] as const).flatMap((congestion) =>
  [10, 50, 200].flatMap((milliseconds) =>
    [300, 1000, 3000, 10_000].flatMap((oneOf) =>
      (['rack', 'sack', 'duplicates', 'mark'] as const).flatMap((by) =>
        [false, true].map((delayedAck) => ({
          congestion,
          roundTrip: milliseconds * MS,
          oneOf,
          by,
          delayedAck,
        })),
      ),
    ),
  ),
);

const nameOf = ({ congestion, roundTrip, oneOf, by, delayedAck, random }: Case): string =>
  `${congestion}, ${roundTrip / MS} ms, ${random ? 'at random' : 'every'} 1 of ${oneOf}, by ${by}` +
  `${delayedAck ? ', delayed acknowledgments' : ''}`;

describe('the throughput under loss', () => {
  const cases = isLong ? [...SHORT, ...WHOLE] : SHORT;
  it.each(cases.map((one) => [nameOf(one), one] as const))(
    '%s: within 15 percent of the formula',
    { timeout: PATIENCE },
    (name, one) => {
      const window = measured(one);
      const ratio = window / modelOf(one);
      if (isLong)
        console.log(
          `${name}: ${window.toFixed(1)} of ${modelOf(one).toFixed(1)} segments, ${ratio.toFixed(3)}`,
        );
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
    },
  );

  // There the formulas are too simple.
  it.each([100, 300, 1000])(
    'with every %i-th lost: within 5 percent of what a recovery takes besides',
    (oneOf) => {
      for (const delayedAck of [false, true]) {
        const window = measured({ congestion: 'newreno', roundTrip: 20 * MS, oneOf, by: 'rack', delayedAck });
        expect(window / withRecovery(oneOf)).toBeGreaterThan(0.95);
        expect(window / withRecovery(oneOf)).toBeLessThan(1.05);
      }
    },
  );
});
