// Two hosts that send each other streams, over lines of every kind: what is read is what was written, everything ends,
// and nothing is left.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks, newWorld, pattern } from '../../../test/kit.js';
import { Bulk } from '../../../test/proof/bulk.js';
import { PATIENCE, sized } from '../../../test/proof/long.js';
import { expectDone, pair } from '../../../test/tcp-pair.js';
import { problemsOf, watched } from '../../../test/tcp-watch.js';
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

  it('of a megabyte takes as long as slow start and the line say', () => {
    const up = pattern(1_000_000);
    const delay = 5 * MILLISECOND;
    const rate = 100_000_000;
    const line = pair({ up, link: { delay, rate } });
    line.world.advance(SECOND);
    expect(line.server.bytes.length).toBe(up.length);
    expectDone(line, up, new Uint8Array(0));
    const took = line.world.now - MINUTE;
    // A full segment is 1448 bytes of text, and on the wire 1538 with all headers, FCS and gap.
    const segment = (1538 * 8 * SECOND) / rate;
    const roundTrip = 2 * delay + segment;
    // A round trip for the handshake. Every second segment is acknowledged, and each acknowledgment makes the window
    // larger by one: half as much again in each round trip, from ten segments (RFC 6928), until that fills the line.
    let wanted = roundTrip;
    let left = up.length / 1448;
    for (let window = 10; window * segment < roundTrip; window += Math.ceil(window / 2)) {
      left -= window;
      wanted += roundTrip;
    }
    // Then one follows the other without a gap; and a round trip for the last of it and the FINs.
    wanted += left * segment + roundTrip;
    expect(took / wanted).toBeGreaterThan(0.97);
    expect(took / wanted).toBeLessThan(1.03);
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

  it.each(['newreno', 'cubic'] as const)(
    'by %s is the same to the bit in every run of one seed',
    (congestion) => {
      const hashOf = (seed: number): string => {
        const link = { rate: 10_000_000, delay: 20 * MILLISECOND, loss: 0.02, reordering: 0.01, mark: 20 };
        const options = { congestion, ecn: true };
        const total = 1_000_000;
        const bulk = new Bulk({ link, total, seed, record: 'bytes', sender: options, receiver: options });
        expect(bulk.world.runToRest(HOUR)).toBe(true);
        expect([bulk.got, bulk.connection.counts.retransmissions > 5]).toEqual([total, true]);
        return bulk.world.trace().hash();
      };
      expect(hashOf(1)).toBe(hashOf(1));
      expect(hashOf(2)).not.toBe(hashOf(1));
    },
  );

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
  const percent = fc.integer({ min: 0, max: 30 }).map((number) => number / 100);
  const milliseconds = (max: number) => fc.integer({ min: 0, max }).map((time) => time * MILLISECOND);
  const size = (max: number) => fc.integer({ min: 1, max });
  const buffer = fc.oneof(size(100), size(10_000), fc.integer({ min: 60_000, max: 400_000 }));
  const side = fc.record(
    {
      writes: size(5000),
      reads: size(5000),
      naps: milliseconds(100),
      receiveBuffer: buffer,
      sendBuffer: buffer,
      congestion: fc.constantFrom('newreno' as const, 'cubic' as const),
      recovery: fc.constantFrom('rack' as const, 'sack' as const),
      sack: fc.boolean(),
      timestamps: fc.boolean(),
      windowScale: fc.boolean(),
      ecn: fc.boolean(),
      nodelay: fc.boolean(),
      ackDelay: milliseconds(500),
      minimumRto: milliseconds(1000),
      mss: fc.integer({ min: 48, max: 1460 }),
      initialWindow: size(100),
    },
    { requiredKeys: [] },
  );
  const line = fc.record(
    {
      loss: percent,
      corruption: percent,
      duplication: percent,
      reordering: percent,
      delay: milliseconds(50),
      reorderDelay: milliseconds(100),
      rate: fc.constantFrom(0, 1_000_000, 10_000_000),
    },
    { requiredKeys: ['loss', 'corruption', 'duplication', 'reordering'] },
  );
  // A queue that is too short, and one that marks packets in good time (without a rate there is none).
  const queues = fc.record({ queue: fc.integer({ min: 5, max: 100 }), mark: size(10) }, { requiredKeys: [] });

  it('brings every byte, once and in order, whatever it loses, doubles, damages, holds back and marks', {
    timeout: PATIENCE,
  }, () => {
    fc.assert(
      fc.property(
        line,
        queues,
        side,
        side,
        fc.nat(99),
        fc.nat(99),
        fc.nat(),
        (link, more, a, b, ...numbers) => {
          const [up, down, seed] = numbers;
          // Byte for byte through the smallest buffers, else up to 40 kB.
          const least = Math.min(...[a, b].flatMap((of) => [of.receiveBuffer ?? 1e6, of.sendBuffer ?? 1e6]));
          const unit = least < 100 ? 3 : 400;
          const streams = { up: pattern(up * unit, 7), down: pattern(down * unit, 8) };
          const marking = link.rate === undefined || link.rate === 0 ? {} : more;
          // However long it takes: on such a line a quarter of an hour without an answer can be bad luck.
          const patient = { userTimeout: 1e6 * HOUR };
          const both = pair({
            link: { ...link, ...marking },
            seed,
            ...streams,
            client: { ...a, ...patient },
            server: { ...b, ...patient },
          });
          expect(watched(both.world, 1000 * HOUR)).toEqual({ wrong: [], rests: true });
          expectDone(both, streams.up, streams.down);
        },
      ),
      { numRuns: sized(300, 10_000) },
    );
  });
});

describe('any program', () => {
  const act = fc.record({
    who: fc.constantFrom('client' as const, 'server' as const),
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constant('write' as const) },
      { weight: 4, arbitrary: fc.constant('read' as const) },
      { weight: 1, arbitrary: fc.constant('shutdown' as const) },
      { weight: 1, arbitrary: fc.constant('close' as const) },
      { weight: 1, arbitrary: fc.constant('abort' as const) },
    ),
    urgent: fc.boolean(),
    size: fc.integer({ min: 0, max: 20_000 }),
    after: fc.integer({ min: 0, max: 5000 }),
  });

  const options = fc.record(
    {
      linger: fc.integer({ min: 0, max: 5 }).map((time) => time * SECOND),
      userTimeout: fc.integer({ min: 1, max: 60 }).map((time) => time * SECOND),
      keepAlive: fc.constantFrom(true, { idle: 3 * SECOND, interval: SECOND, probes: 3 }),
      receiveBuffer: fc.integer({ min: 2000, max: 100_000 }),
      sendBuffer: fc.integer({ min: 1, max: 100_000 }),
      sack: fc.boolean(),
      timestamps: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  it('may write, read, shut down, close and abort at any time: it gets what was written, and is told the end once', {
    timeout: PATIENCE,
  }, () => {
    fc.assert(
      fc.property(
        fc.record({ loss: fc.constantFrom(0, 0.1, 0.3), duplication: fc.constantFrom(0, 0.1) }),
        fc.array(act, { maxLength: 30 }),
        options,
        options,
        fc.nat(),
        (link, acts, near, far, seed) => {
          const world = newWorld({ record: 'off', seed });
          const hosts = { client: world.addHost('client'), server: world.addHost('server') };
          const left = world.addInterface(hosts.client, 'eth0', { address: '192.0.2.1/24' });
          const right = world.addInterface(hosts.server, 'eth0', { address: '192.0.2.2/24' });
          world.connect(left, right, { delay: MILLISECOND, ...link });
          const side = () => ({
            connection: undefined as TcpConnection | undefined,
            sent: 0,
            got: [] as number[],
            isOver: false,
          });
          const sides = { client: side(), server: side() };
          // A caller that was not heard calls again: that is another connection.
          const programOf = (own: ReturnType<typeof side>): TcpListener => {
            let ends = 0;
            const end = (): void => expect(++ends).toBe(1);
            return {
              connected: (connection) => {
                own.connection = connection;
                own.isOver = false;
              },
              closed: () => {
                own.isOver = true;
                end();
              },
              failed: () => {
                own.isOver = true;
                end();
              },
            };
          };
          hosts.server.stack.tcp.listen(80, { accept: () => programOf(sides.server), options: far });
          const call = hosts.client.stack.tcp.connect(
            { address: right.address, port: 80 },
            programOf(sides.client),
            near,
          );
          if (typeof call !== 'string') sides.client.connection = call;
          const isSound = (): void => {
            for (const { stack } of Object.values(hosts))
              for (const connection of stack.tcp.list()) expect(problemsOf(connection)).toEqual([]);
          };
          for (const { who, what, size, urgent, after } of acts) {
            world.advance(after * MILLISECOND);
            const own = sides[who];
            if (own.connection === undefined) continue;
            if (what === 'write') {
              const bytes = Uint8Array.from({ length: size }, (_, i) => ((own.sent + i) * 31) & 255);
              own.sent += own.connection.write(bytes, urgent);
            } else if (what === 'read') own.got.push(...own.connection.read(size));
            else own.connection[what]();
            isSound();
          }
          // What a program leaves unread keeps the other side waiting: in the end both read all, and close.
          for (let rounds = 0; rounds < 1000; rounds++) {
            for (const { connection, got } of [sides.client, sides.server]) {
              if (connection !== undefined) got.push(...connection.read());
              connection?.shutdown();
            }
            world.advance(MINUTE / 10);
            isSound();
          }
          expect(world.runToRest(HOUR)).toBe(true);
          expect(world.frames.liveCount).toBe(0);
          for (const [own, other] of [
            [sides.client, sides.server],
            [sides.server, sides.client],
          ] as const) {
            expect(own.got.length).toBeLessThanOrEqual(other.sent);
            expect(own.got.every((byte, i) => byte === ((i * 31) & 255))).toBe(true);
          }
          // A reset that got lost leaves the other side waiting for a FIN, which is for its program to end.
          if (!sides.client.isOver) expect(sides.client.connection?.state).toBe('FIN-WAIT-2');
        },
      ),
      { numRuns: sized(200, 10_000) },
    );
  });
});
