// Putting fragments together: in any order, each once, within bounds of memory and time.

import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { echoOf, fragmentOf, OPTION_COPIED, type Piece, pieceOf } from '../../test/fragment.js';
import {
  bench,
  dropsIn,
  expectBytes,
  expectNoLeaks,
  fieldsOf,
  HOST,
  pattern,
  steps,
} from '../../test/kit.js';
import { MINUTE, SECOND } from '../base/time.js';
import { dissect } from '../wire/dissect.js';

expectNoLeaks();

/** A host that answers echo requests, however they come. */
function echoHost() {
  const made = bench('host', { eth0: HOST });
  const reply = (): Uint8Array[] => {
    made.world.advance(SECOND);
    return made.peer.eth0.takeAll();
  };
  return { ...made, port: made.port.eth0, from: made.from.eth0, reply };
}

interface Case {
  readonly id: string;
  readonly ip_payload_bytes: number;
  readonly fragments: readonly { offset: number; size: number; more: number }[];
  readonly expect: string;
}

const CASES = new URL('../../../shared/conformance/ipv4/fragments.json', import.meta.url);
const cases = existsSync(CASES) ? (JSON.parse(readFileSync(CASES, 'utf8')) as Case[]) : [];

describe('cases from elsewhere', () => {
  if (cases.length === 0) {
    if (process.env.CI === 'true')
      it('are there', () => expect.fail(`${CASES.pathname} is missing, and CI=true`));
    else {
      console.warn(`\n!!! ${CASES.pathname} is missing: its fragment cases are SKIPPED\n`);
      it.skip('are missing');
    }
  }
  for (const { id, ip_payload_bytes: length, fragments, expect: wanted } of cases) {
    it(`${id}: ${wanted}`, () => {
      const { world, port, from, reply } = echoHost();
      const echo = echoOf(length);
      for (const { offset, size, more } of fragments) {
        world.inject(port, fragmentOf(from, echo, { offset, size, more: more === 1 }));
      }
      const frames = reply();
      if (wanted === 'reply') {
        const back = new Uint8Array(length);
        for (const piece of frames.map(pieceOf)) back.set(piece.payload, piece.offset);
        expect(back[0]).toBe(0);
        expectBytes(back.subarray(4), echo.subarray(4));
      } else expect(frames).toEqual([]);
    });
  }
});

describe('putting together', () => {
  const echo = echoOf(2400);
  const thirds: readonly Piece[] = [
    { offset: 0, size: 800, more: true },
    { offset: 800, size: 800, more: true },
    { offset: 1600, size: 800, more: false },
  ];

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]], [[1, 0, 2]], [[0, 0, 2, 1]], [[2, 2, 1, 1, 0]]])(
    'works in the order %j',
    (order) => {
      const { world, port, from, reply } = echoHost();
      for (const i of order) world.inject(port, fragmentOf(from, echo, thirds[i] as Piece));
      expect(reply().length).toBe(2);
      expect(dropsIn(world)).toEqual(Array(order.length - 3).fill('fragment-duplicate'));
    },
  );

  it.each([
    ['a missing first', [1, 2]],
    ['a missing middle', [0, 2]],
    ['a missing last', [0, 1]],
  ])('%s fragment is waited for', (_what, order) => {
    const { world, port, from, reply } = echoHost();
    for (const i of order) world.inject(port, fragmentOf(from, echo, thirds[i] as Piece));
    expect([reply(), dropsIn(world)]).toEqual([[], []]);
  });

  it('keeps packets apart that differ in sender, receiver, protocol or identification', () => {
    const { world, port, from, reply } = echoHost();
    const [first, middle, last] = thirds as [Piece, Piece, Piece];
    const strangers = [
      fragmentOf(from.withIp({ source: '192.0.2.77' }), echo, middle),
      fragmentOf(from, echo, middle, { protocol: 17 }),
      fragmentOf(from, echo, middle, { identification: 0x78 }),
      fragmentOf(from.withIp({ destination: '192.0.2.255' }), echo, middle),
    ];
    for (const frame of [fragmentOf(from, echo, first), fragmentOf(from, echo, last), ...strangers]) {
      world.inject(port, frame);
    }
    expect(reply()).toEqual([]);
    world.inject(port, fragmentOf(from, echo, middle));
    expect(reply().length).toBe(2);
  });

  it('makes the longest packet there is, and no longer one', () => {
    const { world, station, port, peer, from } = bench('host', { eth0: { ...HOST, mtu: 65535 } });
    const got: number[] = [];
    station.stack.udp.open(4000, { received: (data) => got.push(data.length) });
    const datagram = from.eth0.udpDatagram(pattern(65507));
    const cut = 32760;
    const parts: Piece[] = [
      { offset: 0, size: cut, more: true },
      { offset: cut, size: 65515 - cut, more: false },
    ];
    for (const piece of parts)
      world.inject(port.eth0, fragmentOf(from.eth0, datagram, piece, { protocol: 17 }));
    expect(got).toEqual([65507]);
    // With options in the first fragment the whole would be longer than a packet can say.
    const withOptions = from.eth0.packet(
      datagram.subarray(0, cut),
      { moreFragments: 1, protocol: 17, identification: 0x79 },
      OPTION_COPIED,
    );
    world.inject(port.eth0, withOptions);
    const rest = fragmentOf(from.eth0, datagram, parts[1] as Piece, { protocol: 17, identification: 0x79 });
    world.inject(port.eth0, rest);
    expect([got, dropsIn(world)]).toEqual([[65507], ['fragment-malformed']]);
    expect(peer.eth0.received).toEqual([]);
  });

  it('gives up after 60 seconds and tells the sender, when the first fragment is there', () => {
    const { world, peer, from } = echoHost();
    steps(world, peer.eth0)
      .at(0, 'the first fragment comes', () => peer.eth0.send(fragmentOf(from, echo, thirds[0] as Piece)))
      .at(30 * SECOND, 'the last one', () => peer.eth0.send(fragmentOf(from, echo, thirds[2] as Piece)))
      .at(60 * SECOND - 1, 'the middle one does not come')
      .getsNothing('the host waits')
      .at(60 * SECOND, 'the time is up')
      .gets('it says so', {
        'icmp.type': 11,
        'icmp.code': 1,
        'ip.dst': HOST.peer,
        'ip.len': 576,
        'quoted.ip.flags.mf': true,
        'quoted.ip.frag_offset': 0,
      })
      .at(61 * SECOND, 'the middle one at last', () =>
        peer.eth0.send(fragmentOf(from, echo, thirds[1] as Piece)),
      )
      .at(MINUTE * 3, 'and nothing with it')
      .getsNothing('it waits alone and in vain; without the first fragment nobody is told');
    expect(dropsIn(world)).toEqual(['reassembly-timeout', 'reassembly-timeout']);
  });

  it('an overlap spoils the packet for good (RFC 5722 §4)', () => {
    const { world, port, from, reply } = echoHost();
    world.inject(port, fragmentOf(from, echo, thirds[0] as Piece));
    world.inject(port, fragmentOf(from, echo, { offset: 792, size: 808, more: true }));
    for (const piece of thirds) world.inject(port, fragmentOf(from, echo, piece));
    expect(reply()).toEqual([]);
    expect(dropsIn(world)).toEqual(Array(4).fill('fragment-overlap'));
    // After its time the same identification is a new packet.
    world.advance(MINUTE);
    for (const piece of thirds) world.inject(port, fragmentOf(from, echo, piece));
    expect(reply()).toHaveLength(2);
  });

  it.each([
    ['none spoke of ECN', [0, 0, 0], 0],
    ['all did', [2, 2, 2], 2],
    ['the first was marked', [3, 2, 2], 3],
    ['the last was marked', [2, 2, 3], 3],
    ['one came by a path that changes codepoints', [2, 1, 2], 2],
    ['one came by a path that clears them', [2, 0, 2], 2],
    ['one is marked, and another never spoke of ECN', [2, 3, 0], undefined],
    ['the first never spoke of ECN, and another is marked', [0, 0, 3], undefined],
  ])('loses no mark of congestion, and makes none (RFC 3168 §5.3): %s', (_what, ecn, wanted) => {
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
    ] as const) {
      const { world, station, port, from } = echoHost();
      const got: unknown[] = [];
      station.stack.ipv4.addProtocol(253, {
        accepts: () => true,
        receive: ({ frame }) => {
          const problems = dissect(frame.copyBytes()).layers[1]?.problems ?? [];
          got.push([fieldsOf(frame.copyBytes()).get('ip.dsfield.ecn'), problems]);
          return true;
        },
      });
      for (const i of order) {
        const values = { ecn: ecn[i] as number, protocol: 253 };
        world.inject(port, fragmentOf(from, echo, thirds[i] as Piece, values));
      }
      expect([got, dropsIn(world)]).toEqual(
        wanted === undefined ? [[], ['fragment-mixed-ecn']] : [[[wanted, []]], []],
      );
    }
  });

  it('keeps to its memory: neither too many packets nor too many bytes', () => {
    const { world, port, from } = echoHost();
    for (let id = 0; id < 200; id++) {
      world.inject(port, fragmentOf(from, echo, thirds[0] as Piece, { identification: id }));
    }
    expect(world.frames.liveCount).toBe(64);
    world.advance(2 * MINUTE);
    expect(world.frames.liveCount).toBe(0);
    for (let id = 0; id < 64; id++) {
      for (let offset = 0; offset < 4800; offset += 16) {
        const piece = { offset, size: 8, more: true };
        world.inject(port, fragmentOf(from, echo, piece, { identification: id }));
      }
    }
    expect(world.frames.liveCount).toBeLessThan(20_000);
    expect(new Set(dropsIn(world).slice(200))).toEqual(new Set(['reassembly-full']));
  });

  it('gives its memory back with every packet', () => {
    const { world, port, from, peer } = echoHost();
    for (let identification = 0; identification < 1000; identification++) {
      for (const piece of thirds) world.inject(port, fragmentOf(from, echo, piece, { identification }));
    }
    world.advance(0);
    expect([peer.eth0.received.length, dropsIn(world)]).toEqual([2000, []]);
  });

  it('works for any cut of any packet, in any order, with some fragments twice', () => {
    const cutting = fc.record({
      length: fc.integer({ min: 16, max: 3000 }),
      cuts: fc.uniqueArray(fc.integer({ min: 1, max: 370 }), { maxLength: 8 }),
      order: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
      again: fc.array(fc.nat(8), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(cutting, ({ length, cuts, order, again }) => {
        const { world, port, from, reply } = echoHost();
        const whole = echoOf(length);
        const ends = [...cuts.map((cut) => cut * 8).filter((cut) => cut < length), length].sort(
          (a, b) => a - b,
        );
        const pieces = ends.map((end, i) => {
          const offset = i === 0 ? 0 : (ends[i - 1] as number);
          return { offset, size: end - offset, more: end < length };
        });
        const shuffled = pieces.map((piece, i) => ({ piece, at: order[i] as number }));
        shuffled.sort((a, b) => a.at - b.at);
        const sent = shuffled.map(({ piece }) => piece);
        // A repeated fragment before the last one is a duplicate of what waits.
        const repeated = again.flatMap((i) => (i < sent.length - 1 ? [sent[i] as Piece] : []));
        const last = sent.pop() as Piece;
        for (const piece of [...sent, ...repeated, last]) world.inject(port, fragmentOf(from, whole, piece));
        const back = new Uint8Array(length);
        for (const piece of reply().map(pieceOf)) back.set(piece.payload, piece.offset);
        expectBytes(back.subarray(4), whole.subarray(4));
        expect(dropsIn(world)).toEqual(Array(repeated.length).fill('fragment-duplicate'));
      }),
      { numRuns: 60 },
    );
  });
});
