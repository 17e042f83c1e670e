// A long stream over a line that loses every fiftieth frame, both ways: every byte arrives, and memory stays as it is.
// 64 MiB; with WIREWALK_LONG=1 a whole GiB.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { HOUR, MILLISECOND, SECOND } from '../../src/base/time.js';
import type { TcpOptions } from '../../src/stack/tcp/connection-options.js';
import { expectNoLeaks } from '../kit.js';
import { problemsOf } from '../tcp-watch.js';
import { Bulk } from './bulk.js';
import { isLong, PATIENCE, sized } from './long.js';

expectNoLeaks();

const MIB = 2 ** 20;
const TOTAL = sized(64, 1024) * MIB;
const LINE = { rate: 1_000_000_000, delay: 5 * MILLISECOND, loss: 0.02 };
/** What may come and go in a process besides: compiled code, the report of the tests. */
const NOISE = 4 * MIB;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is reachable, in bytes. */
function memory(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const WAYS: Record<string, TcpOptions> = {
  'as connections usually are': {},
  'by NewReno, with ECN, finding loss by counting': { congestion: 'newreno', recovery: 'sack', ecn: true },
  'without SACK and timestamps': { congestion: 'newreno', sack: false, timestamps: false },
};

describe(`a stream of ${TOTAL / MIB} MiB through 2 % loss`, () => {
  it.each(Object.keys(WAYS))('%s', { timeout: PATIENCE }, (name) => {
    const options = WAYS[name] as TcpOptions;
    const begin = performance.now();
    const bulk = new Bulk({ link: LINE, total: TOTAL, sums: true, sender: options, receiver: options });
    const { world, connection } = bulk;
    const samples: number[] = [];
    for (let part = 1; part <= 8; part++) {
      while (bulk.got < (TOTAL * part) / 8 && bulk.ends.length === 0 && world.now < 1000 * HOUR)
        world.advance(SECOND / 10);
      expect(problemsOf(connection)).toEqual([]);
      samples.push(memory());
    }
    expect(world.runToRest(HOUR)).toBe(true);
    expect(bulk.ends.toSorted()).toEqual(['receiver closed', 'sender closed']);
    expect(bulk.got).toBe(TOTAL);
    const [written, read] = bulk.sumsNow();
    expect(read).toBe(written);
    // From the first eighth on nothing grows.
    expect(Math.max(...samples) - (samples[0] as number)).toBeLessThan(NOISE);
    if (!isLong) return;
    const { retransmissions, segmentsSent } = connection.counts;
    const seconds = (performance.now() - begin) / 1000;
    console.log(
      `${name}: ${TOTAL} bytes, SHA-256 ${read}\n  ${segmentsSent} segments, ${retransmissions} sent again;` +
        ` ${(world.now / SECOND).toFixed(0)} s simulated in ${seconds.toFixed(1)} s;` +
        ` memory ${samples.map((bytes) => (bytes / MIB).toFixed(1)).join(' ')} MiB`,
    );
  });
});
