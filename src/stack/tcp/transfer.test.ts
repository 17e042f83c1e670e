// Two hosts that send each other streams, over lines of every kind: what is read is what was written, everything ends,
// and nothing is left.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks, newWorld, pattern } from '../../../test/kit.js';
import { expectDone, pair } from '../../../test/tcp-pair.js';
import { HOUR, MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import type { TcpConnection, TcpListener } from './connection.js';

expectNoLeaks();

describe('a transfer', () => {
  const sizes = [0, 1, 1460, 1461, 100_000, 1_000_000];
  it.each(sizes.flatMap((up) => sizes.map((down) => [up, down] as const)))(
    'of %i bytes up and %i down',
    (up, down) => {
      const streams = { up: pattern(up, 3), down: pattern(down, 4) };
      expectDone(pair(streams), streams.up, streams.down);
    },
  );

  it('of a megabyte takes about as long as the line allows', () => {
    const up = pattern(1_000_000);
    const line = pair({ up, link: { delay: 5 * MILLISECOND, rate: 100_000_000 } });
    line.world.advance(SECOND);
    expect(line.server.bytes.length).toBe(up.length);
    expectDone(line, up, new Uint8Array(0));
    // A window of 256 KiB each 10 ms is more than the line can carry: 80 ms for the bytes, and what the headers take.
    const took = line.world.now - MINUTE;
    expect(took / MILLISECOND).toBeGreaterThan(85);
    expect(took / MILLISECOND).toBeLessThan(130);
  });

  it('over a queue that is too short comes through all the same', () => {
    const up = pattern(300_000);
    expectDone(pair({ up, link: { rate: 10_000_000, queue: 10 } }), up, new Uint8Array(0));
  });

  it('to a program that reads slowly and little waits for it', () => {
    const up = pattern(100_000);
    const line = pair({ up, server: { reads: 700, naps: 20 * MILLISECOND, receiveBuffer: 5000 } });
    let most = 0;
    while (line.server.end === '' && line.world.now < HOUR) {
      line.world.advance(10 * MILLISECOND);
      most = Math.max(most, line.server.connection?.receiver.available ?? 0);
    }
    expect(most).toBeLessThanOrEqual(5000);
    expect(most).toBeGreaterThan(3000);
    expectDone(line, up, new Uint8Array(0));
  });

  it('through buffers of a single byte takes long, but comes through', () => {
    const up = pattern(300);
    const one = { sendBuffer: 1, receiveBuffer: 1 };
    expectDone(pair({ up, down: up, client: one, server: one, link: { loss: 0.1 } }), up, up);
  });

  it('survives a cable that is unplugged for five minutes', () => {
    const up = pattern(500_000);
    const line = pair({ up, link: { rate: 10_000_000 } });
    line.world.advance(50 * MILLISECOND);
    const [link] = line.world.links;
    if (link !== undefined) link.up = false;
    line.world.advance(5 * MINUTE);
    if (link !== undefined) link.up = true;
    expectDone(line, up, new Uint8Array(0));
  });

  it('fails on both sides when the cable stays unplugged', () => {
    const line = pair({ up: pattern(500_000), down: pattern(500_000), link: { rate: 10_000_000 } });
    line.world.advance(50 * MILLISECOND);
    const [link] = line.world.links;
    if (link !== undefined) link.up = false;
    expect(line.world.runToRest(HOUR)).toBe(true);
    expect([line.client.end, line.server.end]).toEqual(['ETIMEDOUT', 'ETIMEDOUT']);
  });
});

describe('any line', () => {
  const bad = fc.integer({ min: 0, max: 20 }).map((percent) => percent / 100);
  const habits = fc.record(
    {
      writes: fc.integer({ min: 1, max: 5000 }),
      reads: fc.integer({ min: 1, max: 5000 }),
      naps: fc.integer({ min: 0, max: 100 }).map((time) => time * MILLISECOND),
      receiveBuffer: fc.integer({ min: 1000, max: 100_000 }),
      sendBuffer: fc.integer({ min: 500, max: 100_000 }),
      nodelay: fc.boolean(),
    },
    { requiredKeys: ['writes', 'reads', 'naps'] },
  );

  it('brings every byte, once and in order, whatever it loses, doubles, damages and reorders', () => {
    let through = 0;
    fc.assert(
      fc.property(
        fc.record({
          loss: bad,
          corruption: bad,
          duplication: bad,
          reordering: bad,
          rate: fc.constantFrom(0, 10_000_000),
        }),
        fc.record({ up: fc.integer({ min: 0, max: 40_000 }), down: fc.integer({ min: 0, max: 40_000 }) }),
        habits,
        habits,
        fc.nat(),
        (link, sizes, client, server, seed) => {
          const up = pattern(sizes.up, 7);
          const down = pattern(sizes.down, 8);
          const line = pair({ link, seed, up, down, client, server });
          expect(line.world.runToRest(100 * HOUR)).toBe(true);
          // On a line as bad as this a handshake may find no way within its three minutes.
          if (!line.client.wasConnected && line.client.end === 'ETIMEDOUT') return;
          through++;
          expectDone(line, up, down);
        },
      ),
      { numRuns: 150, seed: 2026 },
    );
    expect(through).toBeGreaterThan(140);
  });
});

describe('any program', () => {
  const act = fc.record({
    who: fc.constantFrom('client' as const, 'server' as const),
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constant('write' as const) },
      { weight: 4, arbitrary: fc.constant('read' as const) },
      { weight: 2, arbitrary: fc.constant('close' as const) },
      { weight: 1, arbitrary: fc.constant('abort' as const) },
    ),
    size: fc.integer({ min: 0, max: 20_000 }),
    after: fc.integer({ min: 0, max: 5000 }),
  });

  it('may write, read, close and abort at any time: it gets what was written, and is told the end once', () => {
    fc.assert(
      fc.property(
        fc.record({ loss: fc.constantFrom(0, 0.1, 0.3), duplication: fc.constantFrom(0, 0.1) }),
        fc.array(act, { maxLength: 30 }),
        fc.nat(),
        (link, acts, seed) => {
          const world = newWorld({ record: 'off', seed });
          const hosts = { client: world.addHost('client'), server: world.addHost('server') };
          const left = world.addInterface(hosts.client, 'eth0', { address: '192.0.2.1/24' });
          const right = world.addInterface(hosts.server, 'eth0', { address: '192.0.2.2/24' });
          world.connect(left, right, { delay: MILLISECOND, ...link });
          const side = () => ({
            connection: undefined as TcpConnection | undefined,
            sent: 0,
            got: [] as number[],
            ends: [] as string[],
          });
          const sides = { client: side(), server: side() };
          const programOf = (own: ReturnType<typeof side>): TcpListener => ({
            connected: (connection) => {
              own.connection = connection;
            },
            closed: () => void own.ends.push('closed'),
            failed: (_, error) => void own.ends.push(error),
          });
          hosts.server.stack.tcp.listen(80, { accept: () => programOf(sides.server) });
          const call = hosts.client.stack.tcp.connect(
            { address: right.address, port: 80 },
            programOf(sides.client),
          );
          if (typeof call !== 'string') sides.client.connection = call;
          for (const { who, what, size, after } of acts) {
            world.advance(after * MILLISECOND);
            const own = sides[who];
            if (own.connection === undefined) continue;
            if (what === 'write') {
              const bytes = Uint8Array.from({ length: size }, (_, i) => ((own.sent + i) * 31) & 255);
              own.sent += own.connection.write(bytes);
            } else if (what === 'read') own.got.push(...own.connection.read(size));
            else own.connection[what]();
          }
          // What a program leaves unread keeps the other side waiting: in the end both read all, and close.
          for (let rounds = 0; rounds < 100; rounds++) {
            for (const { connection, got } of [sides.client, sides.server]) {
              if (connection !== undefined) got.push(...connection.read());
              connection?.close();
            }
            world.advance(MINUTE);
          }
          expect(world.runToRest(HOUR)).toBe(true);
          expect(world.frames.liveCount).toBe(0);
          for (const [own, other] of [
            [sides.client, sides.server],
            [sides.server, sides.client],
          ] as const) {
            expect(own.ends.length, own.ends.join(', ')).toBeLessThanOrEqual(1);
            expect(own.got.length).toBeLessThanOrEqual(other.sent);
            expect(own.got.every((byte, i) => byte === ((i * 31) & 255))).toBe(true);
          }
          // A reset that got lost leaves the other side waiting for a FIN, which is for its program to end.
          if (sides.client.ends.length === 0) expect(sides.client.connection?.state).toBe('FIN-WAIT-2');
        },
      ),
      { numRuns: 150, seed: 9 },
    );
  });
});
