// Streams between two hosts while somebody sends mutated copies of their segments, and ICMP errors about them, who knows
// everything but must not lie about the text: nothing throws, nothing hangs, and no byte is read that was not written.
// 20,000 of them; with WIREWALK_LONG=1 a million.

import { describe, expect, it } from 'vitest';
import { complement, pseudoHeaderSum, sumOctets } from '../../src/base/checksum.js';
import { Random } from '../../src/base/random.js';
import { seqAdd, seqDiff } from '../../src/base/sequence.js';
import { HOUR, MILLISECOND, SECOND } from '../../src/base/time.js';
import type { NetworkInterface } from '../../src/stack/network-interface.js';
import type { TcpConnection } from '../../src/stack/tcp/connection.js';
import type { TcpOptions } from '../../src/stack/tcp/connection-options.js';
import { PROTOCOL } from '../../src/wire/iana.js';
import { TCP_FLAG } from '../../src/wire/tcp.js';
import { bench, expectNoLeaks, FrameMaker, HOST, pattern, viewOf } from '../kit.js';
import { expectDone, type Pair, pair } from '../tcp-pair.js';
import { problemsOf } from '../tcp-watch.js';
import { isLong, PATIENCE, sized } from './long.js';

expectNoLeaks();

const WANTED = sized(20_000, 1_000_000);
const IP = 14;
const TCP = 34;
const STREAM = 150_000;
/** Mutants in one pair of streams, and the frames they are made from: of the last ones. */
const PER_ROUND = 500;
const REMEMBERED = 30;

/** A segment that was on the cable, and where it was going. */
interface Caught {
  readonly frame: Uint8Array;
  readonly to: Side;
}

/** An end of the cable, with the text that goes to it. */
interface Side {
  readonly port: NetworkInterface;
  readonly text: Uint8Array;
  /** Sequence number of the first byte of that text. */
  readonly base: number;
}

/** Puts the right lengths and checksums into a frame. */
function mend(frame: Uint8Array): void {
  const view = viewOf(frame);
  view.setUint16(IP + 2, frame.length - IP);
  view.setUint16(IP + 10, 0);
  view.setUint16(IP + 10, complement(sumOctets(frame, IP, TCP)));
  const length = frame.length - TCP;
  view.setUint16(TCP + 16, 0);
  const pseudo = pseudoHeaderSum(view.getInt32(IP + 12), view.getInt32(IP + 16), PROTOCOL.tcp, length);
  view.setUint16(TCP + 16, complement(pseudo + sumOctets(frame, TCP, frame.length)));
}

/** Mostly close to a number, sometimes far from it. */
function near(number: number, random: Random): number {
  if (random.chance(0.9)) return seqAdd(number, random.between(-3000, 3000));
  return random.chance(0.5) ? random.uint32() : seqAdd(number, 0x7fffffff + random.between(-2, 2));
}

/** Options: what there was, SACK blocks, timestamps, nonsense; a multiple of four bytes, 40 at most. */
function mutatedOptions(options: Uint8Array, acknowledgment: number, random: Random): Uint8Array {
  const kind = random.between(0, 5);
  if (kind === 0) return options;
  const made = new Uint8Array(random.between(0, 10) * 4);
  const view = viewOf(made);
  if (kind === 1) for (let i = 0; i < made.length; i++) made[i] = random.between(0, 255);
  if (kind === 2 && made.length >= 12) {
    // Timestamps, as they were or nearly, and SACK blocks behind them where there is room.
    made.set([1, 1, 8, 10]);
    const at = options.length >= 12 ? 4 : -1;
    view.setUint32(4, at < 0 ? random.uint32() : near(viewOf(options).getUint32(at), random));
    view.setUint32(8, at < 0 ? random.uint32() : near(viewOf(options).getUint32(at + 4), random));
  }
  const from = kind === 2 ? 12 : 0;
  if (kind === 2 || kind === 3) {
    const blocks = Math.floor((made.length - from - 4) / 8);
    if (blocks > 0) made.set([1, 1, 5, 2 + 8 * blocks], from);
    for (let at = from + 4; at < from + 4 + 8 * blocks; at += 8) {
      const left = near(acknowledgment, random);
      view.setUint32(at, left);
      view.setUint32(at + 4, random.chance(0.9) ? seqAdd(left, random.between(0, 5000)) : random.uint32());
    }
  }
  // Options of a SYN, and lengths that do not fit.
  if (kind === 4 && made.length >= 8)
    made.set([2, 4, random.between(0, 5), 0, 3, 3, random.between(0, 255), 0]);
  if (kind === 5 && made.length > 0) made.set([random.between(0, 30), random.between(0, 45)]);
  return made;
}

/** The segment with anything in its headers changed, but for flags that are not allowed, and the text that belongs where it says. */
function mutated({ frame, to }: Caught, allowed: number, random: Random): Uint8Array {
  const old = viewOf(frame);
  const header = ((frame[TCP + 12] as number) >> 4) * 4;
  const half = () => random.chance(0.3);
  const sequence = half() ? near(old.getUint32(TCP + 4), random) : old.getUint32(TCP + 4);
  const flags = (half() ? random.between(0, 255) : (frame[TCP + 13] as number)) & allowed;
  const acknowledgment = old.getUint32(TCP + 8);
  const before = frame.subarray(TCP + 20, TCP + header);
  const options = half() ? mutatedOptions(before, acknowledgment, random) : before;
  // What it says of the text must be true: a SYN takes the place in front of its first byte.
  const place = seqDiff(seqAdd(sequence, (flags & TCP_FLAG.syn) !== 0 ? 1 : 0), to.base);
  const wanted = half() ? random.between(0, 2000) : frame.length - TCP - header;
  const text = place < 0 ? new Uint8Array(0) : to.text.subarray(place, place + wanted);
  const made = new Uint8Array(TCP + 20 + options.length + text.length);
  made.set(frame.subarray(0, TCP + 20));
  made.set(options, TCP + 20);
  made.set(text, TCP + 20 + options.length);
  const view = viewOf(made);
  view.setUint32(TCP + 4, sequence);
  if (half()) view.setUint32(TCP + 8, near(acknowledgment, random));
  made[TCP + 12] = ((20 + options.length) / 4) << 4;
  made[TCP + 13] = flags;
  if (half()) view.setUint16(TCP + 14, random.chance(0.5) ? 0 : random.between(0, 0xffff));
  if (half()) view.setUint16(TCP + 18, random.between(0, 0xffff));
  // The ECN field, and the reserved bits.
  if (half()) made[IP + 1] = random.between(0, 3);
  if (half()) made[TCP + 12] = (made[TCP + 12] as number) | random.between(0, 15);
  mend(made);
  return made;
}

/** An ICMP error about the segment, to who has sent it; what it quotes is changed in places. */
function error({ frame, to }: Caught, from: Side, random: Random): Uint8Array {
  const quoted = frame.slice();
  if (random.chance(0.5)) viewOf(quoted).setUint32(TCP + 4, near(viewOf(quoted).getUint32(TCP + 4), random));
  if (random.chance(0.1)) quoted[random.between(IP, TCP + 7)] = random.between(0, 255);
  const maker = new FrameMaker(
    { mac: to.port.mac, ip: to.port.address },
    { mac: from.port.mac, ip: from.port.address },
  );
  const type = random.chance(0.8) ? 3 : random.between(0, 20);
  const code = random.chance(0.3) ? 4 : random.between(0, 15);
  const bytes = random.chance(0.9) ? random.between(8, 20) : random.between(0, 8);
  return maker.icmpError(type, code, quoted, bytes, random.between(0, 3000));
}

/** Two hosts that talk over a line that is not perfect, with options drawn for each. */
function talk(round: number, random: Random, up: Uint8Array, down: Uint8Array): Pair {
  const options = (): TcpOptions => ({
    congestion: random.chance(0.5) ? 'cubic' : 'newreno',
    recovery: random.chance(0.5) ? 'rack' : 'sack',
    sack: random.chance(0.8),
    timestamps: random.chance(0.6),
    windowScale: random.chance(0.7),
    ecn: random.chance(0.6),
    nodelay: random.chance(0.5),
    receiveBuffer: random.chance(0.5) ? 20_000 : 200_000,
  });
  const link = { rate: 20_000_000, loss: 0.01, reordering: 0.01, mark: 5 };
  const slow = { reads: 3000, naps: MILLISECOND };
  return pair({ up, down, seed: round, link, client: options(), server: { ...slow, ...options() } });
}

/** Both ends, as soon as they know each other. */
function sidesOf({ world }: Pair, up: Uint8Array, down: Uint8Array): readonly [Side, Side] | undefined {
  const [client] = world.station('client').stack.tcp.list();
  if (client === undefined || client.state === 'SYN-SENT') return undefined;
  const side = (name: string, text: Uint8Array, initial: number): Side => ({
    port: world.interface(`${name}:eth0`),
    text,
    base: seqAdd(initial, 1),
  });
  return [side('client', down, client.receiver.initial), side('server', up, client.sender.initial)];
}

function connectionsOf({ world }: Pair): TcpConnection[] {
  return ['client', 'server'].flatMap((name) => [...world.station(name).stack.tcp.list()]);
}

/**
 * A pair of streams under attack, until one of them ends or enough has been sent. Returns how many.
 * @param attack what comes in, and at which end
 */
function besiege(line: Pair, up: Uint8Array, down: Uint8Array, random: Random, attack: Attack): number {
  const { world, client, server } = line;
  const caught: Caught[] = [];
  let sides: readonly [Side, Side] | undefined;
  const [link] = world.links;
  for (const [to, direction] of [link?.back, link?.forth].entries()) {
    direction?.faults.push((frame) => {
      // Segments alone, not our own errors.
      if (sides !== undefined && frame.u8[frame.start + IP + 9] === PROTOCOL.tcp)
        caught.push({ frame: frame.copyBytes(), to: sides[to] as Side });
      if (caught.length > REMEMBERED) caught.shift();
      return 'pass';
    });
  }
  let sent = 0;
  const isOver = () => client.end !== '' || server.end !== '' || sent >= PER_ROUND;
  for (const until = world.now + 600 * SECOND; !isOver() && world.now < until; ) {
    world.advance(MILLISECOND);
    sides ??= sidesOf(line, up, down);
    if (sides === undefined || caught.length === 0) continue;
    for (let times = random.between(1, 6); times > 0 && !isOver(); times--, sent++) {
      const one = caught[random.between(0, caught.length - 1)] as Caught;
      const { bytes, at } = attack(one, sides[one.to === sides[0] ? 1 : 0] as Side);
      world.inject(at.port, bytes);
      expect(connectionsOf(line).flatMap(problemsOf)).toEqual([]);
    }
  }
  return sent;
}

type Attack = (one: Caught, from: Side) => { readonly bytes: Uint8Array; readonly at: Side };

/** What has been read is what was written, as far as it goes. */
function expectTrue({ client, server }: Pair, up: Uint8Array, down: Uint8Array): void {
  for (const [got, whole] of [
    [server.bytes, up],
    [client.bytes, down],
  ] as const) {
    expect(got.length).toBeLessThanOrEqual(whole.length);
    expect(Buffer.compare(got, whole.subarray(0, got.length))).toBe(0);
  }
}

describe('mutated segments', () => {
  it(`do no harm when their checksums are wrong: ${WANTED / 5}`, { timeout: PATIENCE }, () => {
    const random = new Random(7, 'damaged');
    for (let round = 0, sent = 0; sent < WANTED / 5; round++) {
      const [up, down] = [pattern(STREAM, round), pattern(STREAM, round + 1)];
      const line = talk(round, random, up, down);
      sent += besiege(line, up, down, random, ({ frame, to }) => {
        const bytes = frame.slice();
        const at = random.between(TCP, bytes.length - 1);
        bytes[at] = (bytes[at] as number) ^ (1 << random.between(0, 7));
        return { bytes, at: to };
      });
      expectDone(line, up, down);
    }
  });

  it(`and errors about them never bring a wrong byte: ${(WANTED * 4) / 5}`, { timeout: PATIENCE }, () => {
    const random = new Random(7, 'mutated');
    const ends = new Map<string, number>();
    let read = 0;
    for (let round = 0, sent = 0; sent < (WANTED * 4) / 5; round++) {
      const [up, down] = [pattern(STREAM, round), pattern(STREAM, round + 1)];
      const line = talk(round, random, up, down);
      const { world, client, server } = line;
      // Resets and FINs end most streams soon: in every other round there are none.
      const allowed = round % 2 === 0 ? 0xff : ~(TCP_FLAG.rst | TCP_FLAG.fin | TCP_FLAG.syn);
      sent += besiege(line, up, down, random, (one, from) => {
        if (random.chance(0.1)) return { bytes: error(one, from, random), at: from };
        return { bytes: mutated(one, allowed, random), at: one.to };
      });
      for (const connection of connectionsOf(line)) connection.abort();
      expect(world.runToRest(100 * HOUR)).toBe(true);
      expect(connectionsOf(line)).toEqual([]);
      expect(world.frames.liveCount).toBe(0);
      expect(world.engine.pending).toBe(0);
      expectTrue(line, up, down);
      read += server.bytes.length + client.bytes.length;
      for (const { end } of [client, server]) ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    // They have tried something, and much was read all the same.
    expect(ends.get('ECONNRESET')).toBeGreaterThan(0);
    expect(ends.get('closed')).toBeGreaterThan(0);
    expect(read).toBeGreaterThan(WANTED * 20);
    if (isLong)
      console.log(`${read} bytes read; ends: ${[...ends].map((pair) => pair.join(' × ')).join(', ')}`);
  });

  it('of random bytes do nothing to a host that listens', () => {
    const { world, station, peer, from } = bench('host', { eth0: HOST }, { record: 'off' });
    station.stack.tcp.listen(80, { accept: () => ({}) });
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
    const states = [...station.stack.tcp.list()].map(({ state }) => state);
    expect(states.filter((state) => state !== 'ESTABLISHED' && state !== 'CLOSE-WAIT')).toEqual([]);
  });
});
