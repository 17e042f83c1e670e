// Streams between two hosts while somebody sends mutated segments: nothing throws, nothing is left, and no byte is read
// that was not written.

import { describe, expect, it } from 'vitest';
import { bench, expectNoLeaks, HOST, pattern } from '../../../test/kit.js';
import { expectDone, pair } from '../../../test/tcp-pair.js';
import { complement, pseudoHeaderSum, sumOctets } from '../../base/checksum.js';
import { Random } from '../../base/random.js';
import { HOUR, MILLISECOND } from '../../base/time.js';
import { PROTOCOL } from '../../wire/iana.js';
import type { TcpConnection } from './connection.js';

expectNoLeaks();

const IP = 14;
const TCP = 34;

/** Puts the right checksums into a frame again. */
function mend(frame: Uint8Array): void {
  const view = new DataView(frame.buffer);
  view.setUint16(IP + 10, 0);
  view.setUint16(IP + 10, complement(sumOctets(frame, IP, TCP)));
  const length = view.getUint16(IP + 2) - 20;
  view.setUint16(TCP + 16, 0);
  const pseudo = pseudoHeaderSum(view.getInt32(IP + 12), view.getInt32(IP + 16), PROTOCOL.tcp, length);
  view.setUint16(TCP + 16, complement(pseudo + sumOctets(frame, TCP, TCP + length)));
}

/** Bytes of a TCP header that may change without a change of what the text is or where it belongs. */
const HARMLESS = [0, 1, 2, 3, 8, 9, 10, 11, 13, 14, 15, 18, 19];

type Mutate = (frame: Uint8Array, random: Random) => void;

const MUTATIONS: Record<string, Mutate> = {
  'with wrong checksums': (frame, random) => {
    frame[random.between(TCP, frame.length - 1)] ^= 1 << random.between(0, 7);
  },
  'in what the header says besides': (frame, random) => {
    for (let count = random.between(1, 3); count > 0; count--) {
      frame[TCP + (HARMLESS[random.between(0, HARMLESS.length - 1)] as number)] = random.between(0, 255);
    }
    mend(frame);
  },
  'in anything, close to what is expected': (frame, random) => {
    const view = new DataView(frame.buffer);
    const at = random.chance(0.5) ? TCP + 4 : TCP + 8;
    view.setUint32(at, (view.getUint32(at) + random.between(-3000, 3000)) >>> 0);
    if (random.chance(0.5)) frame[TCP + 13] = random.between(0, 255);
    if (random.chance(0.1)) frame[TCP + 12] = random.between(0, 255);
    mend(frame);
  },
};

describe('mutated segments', () => {
  it.each([
    ['with wrong checksums', 20_000],
    ['in what the header says besides', 20_000],
    ['in anything, close to what is expected', 20_000],
  ] as const)('%s: %i of them do no harm they must not do', (kind, wanted) => {
    const random = new Random(7, kind);
    const mutate = MUTATIONS[kind] as Mutate;
    let sent = 0;
    for (let round = 0; sent < wanted; round++) {
      const up = pattern(60_000, round);
      const down = pattern(60_000, round + 1);
      const slow = { reads: 3000, naps: MILLISECOND, receiveBuffer: 20_000 };
      const line = pair({ up, down, seed: round, link: { rate: 20_000_000, loss: 0.01 }, server: slow });
      const { world } = line;
      const caught: { readonly bytes: Uint8Array; readonly to: 0 | 1 }[] = [];
      const [link] = world.links;
      for (const [to, direction] of [
        [1, link?.forth],
        [0, link?.back],
      ] as const) {
        direction?.faults.push((frame) => {
          if (caught.length < 40 && random.chance(0.2)) caught.push({ bytes: frame.copyBytes(), to });
          return 'pass';
        });
      }
      const ports = [world.interface('client:eth0'), world.interface('server:eth0')] as const;
      while (line.client.end === '' && line.server.end === '' && world.now < HOUR) {
        world.advance(MILLISECOND);
        for (const { bytes, to } of caught.splice(0)) {
          for (let times = random.between(1, 6); times > 0; times--) {
            const copy = bytes.slice();
            mutate(copy, random);
            world.inject(ports[to], copy);
            sent++;
          }
        }
      }
      if (kind === 'with wrong checksums') expectDone(line, up, down);
      expect(world.runToRest(100 * HOUR)).toBe(true);
      expect(world.frames.liveCount).toBe(0);
      expect(world.engine.pending).toBe(0);
      if (kind === 'in anything, close to what is expected') continue;
      // A forged reset or FIN may end a stream early, but nothing may be in it that was not sent.
      for (const [got, whole] of [
        [line.server.bytes, up],
        [line.client.bytes, down],
      ] as const) {
        expect(Buffer.compare(got, whole.subarray(0, got.length))).toBe(0);
      }
    }
  });

  it('of random bytes do nothing to a host that listens', () => {
    const { world, station, peer, from } = bench('host', { eth0: HOST }, { record: 'off' });
    const connections: TcpConnection[] = [];
    station.stack.tcp.listen(80, { accept: () => ({ connected: (one) => void connections.push(one) }) });
    const random = new Random(3);
    for (let count = 0; count < 5000; count++) {
      const bytes = Uint8Array.from({ length: random.between(0, 80) }, () => random.between(0, 255));
      const frame = from.eth0.packet(bytes, { protocol: PROTOCOL.tcp });
      if (bytes.length >= 20) {
        if (random.chance(0.7)) frame.set([0, 80], TCP + 2);
        if (random.chance(0.7)) frame[TCP + 12] = 0x50;
        mend(frame);
      }
      peer.eth0.send(frame);
      world.advance(random.between(0, MILLISECOND));
    }
    expect(world.runToRest(HOUR)).toBe(true);
    expect(
      [...station.stack.tcp.list()].filter(({ state }) => state !== 'ESTABLISHED' && state !== 'CLOSE-WAIT'),
    ).toEqual([]);
  });
});
