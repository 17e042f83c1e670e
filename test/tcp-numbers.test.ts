// Numbers that nobody should guess: where sequence numbers begin (RFC 6528), and from which port a call comes (RFC 6056).

import { describe, expect, it } from 'vitest';
import { SECOND } from '../src/base/time.js';
import { expectNoLeaks } from './kit.js';
import { USUAL_HOST, USUAL_PEER } from './tcp-script/read-settings.js';
import { PEER_PORT } from './tcp-script/script.js';
import type { SegmentText } from './tcp-script/segment-text.js';
import { Stage } from './tcp-script/stage.js';

expectNoLeaks();

const segment = (flags: number, seq: number): SegmentText => ({
  flags,
  numbers: { seq: { low: seq, high: seq } },
  sackPermitted: false,
  without: [],
  odd: {},
});
const SYN = segment(2, 0);

/** A host with a listener. */
function stage(seed = 1): Stage {
  const made = new Stage(USUAL_HOST, USUAL_PEER, seed);
  made.listen(undefined, true);
  return made;
}

/** The peer's port calls and gives up at once; returns the sequence number that the host has begun with. */
function isnFor(on: Stage, port = PEER_PORT): number {
  on.send(port, SYN);
  on.advanceTo(on.world.now);
  on.send(port, segment(4, 1));
  on.forget();
  return on.talk(port).hostIsn;
}

describe('initial sequence numbers', () => {
  it('of one pair of endpoints grow by one every 4 µs (RFC 6528 §3, RFC 9293 §3.4.1, MUST-8)', () => {
    const on = stage();
    const first = isnFor(on);
    for (const seconds of [1, 2, 60, 3600]) {
      on.advanceTo(seconds * SECOND);
      expect((isnFor(on) - first) >>> 0).toBe((seconds * 250_000) % 2 ** 32);
    }
    on.end();
  });

  it('wrap around after 4.55 hours', () => {
    const on = stage();
    const first = isnFor(on);
    on.advanceTo(17180 * SECOND);
    expect((isnFor(on) - first) >>> 0).toBe(17180 * 250_000 - 2 ** 32);
    on.end();
  });

  it('of different endpoints tell nothing of each other (RFC 6528 §3, SHLD-1)', () => {
    const on = stage();
    const all = Array.from({ length: 200 }, (_, index) => isnFor(on, 41000 + index));
    expect(new Set(all).size).toBe(200);
    // Not the differences of neighbours either, and all over the number space.
    const steps = new Set(all.slice(1).map((isn, index) => (isn - (all[index] as number)) >>> 0));
    expect(steps.size).toBe(199);
    for (let quarter = 0; quarter < 4; quarter++)
      expect(all.filter((isn) => isn >>> 30 === quarter).length).toBeGreaterThan(20);
    on.end();
  });

  it('differ with the seed, and are the same with the same', () => {
    expect(isnFor(stage(1))).toBe(isnFor(stage(1)));
    expect(isnFor(stage(2))).not.toBe(isnFor(stage(1)));
  });

  it('of a connection after TIME-WAIT lie beyond all that the old one has used (RFC 9293 §3.6.1, MAY-2)', () => {
    const on = stage();
    on.send(PEER_PORT, SYN);
    on.advanceTo(on.world.now);
    on.send(PEER_PORT, { ...segment(16, 1), numbers: {} });
    const isn = on.talk(PEER_PORT).hostIsn;
    // More than the clock of the ISN advances meanwhile.
    const program = on.program(PEER_PORT);
    const connection = on.connection(PEER_PORT);
    if (program === undefined || connection === undefined) throw new Error('there is no connection');
    let sent = 0;
    for (let round = 0; round < 2000 && sent < 200_000; round++) {
      if (sent + 1460 <= 200_000) program.write(connection, 1460, undefined, false);
      sent = on.talk(PEER_PORT).received - 1;
      on.advanceTo(on.world.now);
      on.send(PEER_PORT, { ...segment(16, 1), numbers: {} });
    }
    connection.shutdown();
    on.advanceTo(on.world.now);
    on.send(PEER_PORT, { ...segment(17, 1), numbers: {} });
    on.advanceTo(on.world.now);
    expect(on.state(PEER_PORT)).toBe('TIME-WAIT');
    const end = on.talk(PEER_PORT).received;
    expect(end).toBeGreaterThan(190_000);
    on.send(PEER_PORT, segment(2, 100_000));
    on.advanceTo(on.world.now);
    expect(on.state(PEER_PORT)).toBe('SYN-RECEIVED');
    expect((on.talk(PEER_PORT).hostIsn - isn) >>> 0).toBeGreaterThan(end);
    expect((on.talk(PEER_PORT).hostIsn - isn) >>> 0).toBeLessThan(2 ** 31);
    on.forget();
    on.end();
  });
});

describe('ports of calls', () => {
  /** The host's port of a call to each of these ports of the peer's. */
  function portsOf(on: Stage, peers: readonly number[]): number[] {
    return peers.map((port) => {
      expect(on.connect(port)).toBeUndefined();
      on.advanceTo(on.world.now);
      on.forget();
      return on.talk(port).hostPort;
    });
  }

  const peers = Array.from({ length: 100 }, (_, index) => 30000 + index);

  it('are ephemeral ones, and do not follow each other (RFC 6056 §3.2, §3.3)', () => {
    const on = stage();
    const ports = portsOf(on, peers);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(1024);
      expect(port).toBeLessThanOrEqual(65535);
    }
    const neighbours = ports
      .slice(1)
      .filter((port, index) => Math.abs(port - (ports[index] as number)) === 1);
    expect(neighbours.length).toBeLessThan(5);
    expect(Math.max(...ports) - Math.min(...ports)).toBeGreaterThan(5000);
    on.end();
  });

  it('differ with the seed, and are the same with the same', () => {
    const first = portsOf(stage(1), peers);
    expect(portsOf(stage(1), peers)).toEqual(first);
    expect(portsOf(stage(2), peers)).not.toEqual(first);
  });

  it('are all different for one place to call', () => {
    const on = new Stage({ ...USUAL_HOST, ports: [50000, 50000, 50000] }, USUAL_PEER);
    const ports: number[] = [];
    for (let call = 0; call < 3; call++) {
      on.connect(PEER_PORT);
      on.advanceTo(on.world.now);
      ports.push(on.talk(PEER_PORT).hostPort);
      on.forget();
    }
    expect(new Set(ports).size).toBe(3);
    on.end();
  });

  /** A connection from port 50000 in TIME-WAIT, and a second call to the same place, from 50000 if it may. */
  function secondPort(reuse: boolean): { readonly port: number; readonly gap: number } {
    const host = { ...USUAL_HOST, ports: [50000, 50000], options: { reuse } };
    const on = new Stage(host, USUAL_PEER);
    const now = (): void => void on.advanceTo(on.world.now);
    on.connect(PEER_PORT);
    now();
    on.send(PEER_PORT, segment(18, 0));
    now();
    on.connection(PEER_PORT)?.shutdown();
    now();
    on.send(PEER_PORT, { ...segment(17, 1), numbers: {} });
    now();
    expect(on.state(PEER_PORT)).toBe('TIME-WAIT');
    const isn = on.talk(PEER_PORT).hostIsn;
    expect(on.connect(PEER_PORT)).toBeUndefined();
    now();
    on.forget();
    const { hostPort: port, hostIsn } = on.talk(PEER_PORT);
    on.end();
    return { port, gap: (hostIsn - isn) >>> 0 };
  }

  it('are those of connections in TIME-WAIT only where the program says so', () => {
    expect(secondPort(false).port).not.toBe(50000);
  });

  it('and then the numbers go on beyond the old ones (RFC 1122 §4.2.2.13)', () => {
    const { port, gap } = secondPort(true);
    expect(port).toBe(50000);
    expect(gap).toBeGreaterThan(2);
    expect(gap).toBeLessThan(2 ** 31);
  });
});
