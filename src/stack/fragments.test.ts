// Cutting packets: the right bytes, headers and options in every fragment.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { echoOf, OPTION_COPIED, OPTION_FIRST, pieceOf } from '../../test/fragment.js';
import {
  bench,
  eventsOf,
  expectBytes,
  expectFrame,
  expectNoLeaks,
  fieldsOf,
  HOST,
  type IpValues,
  ip,
  LEFT,
  pattern,
  problemsOf,
  RIGHT,
} from '../../test/kit.js';
import { SECOND } from '../base/time.js';

expectNoLeaks();

describe('cutting', () => {
  /** A router with a narrow link to the right. */
  function narrow(mtu: number, payload: number, values: IpValues = {}, options?: Uint8Array) {
    const made = bench('router', { left: LEFT, right: { ...RIGHT, mtu } });
    const data = pattern(payload);
    made.peer.left.send(
      made.from.left.withIp({ destination: RIGHT.peer }).packet(data, { protocol: 253, ...values }, options),
    );
    made.world.advance(SECOND);
    return { ...made, data, frames: made.peer.right.takeAll() };
  }

  it.each([
    // RFC 791 §3.2: as many bytes as fit, in units of 8, in all but the last.
    [
      576,
      1000,
      [
        [0, 552, true],
        [552, 448, false],
      ],
    ],
    [
      577,
      1000,
      [
        [0, 552, true],
        [552, 448, false],
      ],
    ],
    [
      588,
      1000,
      [
        [0, 568, true],
        [568, 432, false],
      ],
    ],
    [1020, 1000, [[0, 1000, false]]],
    [
      1019,
      1000,
      [
        [0, 992, true],
        [992, 8, false],
      ],
    ],
    [
      68,
      100,
      [
        [0, 48, true],
        [48, 48, true],
        [96, 4, false],
      ],
    ],
    [
      28,
      20,
      [
        [0, 8, true],
        [8, 8, true],
        [16, 4, false],
      ],
    ],
  ] as const)('an MTU of %i cuts %i bytes', (mtu, length, wanted) => {
    const { frames, data } = narrow(mtu, length);
    const pieces = frames.map(pieceOf);
    expect(pieces.map(({ offset, size, more }) => [offset, size, more])).toEqual(wanted);
    for (const { offset, payload, id } of pieces) {
      expect(payload).toEqual(data.subarray(offset, offset + payload.length));
      expect(id).toBe(0x1234);
    }
    for (const frame of frames)
      expectFrame(frame, { 'ip.ttl': 63, 'ip.src': LEFT.peer, 'ip.dst': RIGHT.peer });
  });

  it('of a fragment goes on where it began, and keeps "more" when it was not the last', () => {
    for (const more of [0, 1] as const) {
      const { frames } = narrow(68, 96, { fragmentOffset: 100, moreFragments: more });
      expect(frames.map(pieceOf).map(({ offset, size, more: last }) => [offset, size, last])).toEqual([
        [800, 48, true],
        [848, 48, more === 1],
      ]);
    }
  });

  it('copies the options that say so, and leaves the others in the first fragment', () => {
    const options = Uint8Array.of(...OPTION_FIRST, ...OPTION_COPIED);
    const { frames } = narrow(100, 200, {}, options);
    const optionsOf = (frame: Uint8Array) =>
      frame.slice(34, 14 + (fieldsOf(frame).get('ip.hdr_len') as number));
    expect(frames.map(optionsOf)).toEqual([options, ...Array(frames.length - 1).fill(OPTION_COPIED)]);
    expect(frames.map(pieceOf).map(({ size }) => size)).toEqual([64, 72, 64]);
    for (const frame of frames) expect(problemsOf(frame)).toEqual([]);
  });

  it('is one packet in the trace', () => {
    const { world, frames } = narrow(576, 1400);
    const trace = world.trace();
    const ids = eventsOf(world, 'frame-sent')
      .slice(1)
      .map(({ frame }) => trace.packetId(frame));
    expect(ids).toEqual(
      Array(frames.length).fill(trace.packetId(eventsOf(world, 'frame-arrived')[0]?.frame ?? 0)),
    );
  });

  it('and putting together again is the identity, for every size and MTU', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 4000 }),
        fc.integer({ min: 68, max: 1500 }),
        fc.boolean(),
        (size, mtu, withOptions) => {
          const { world, peer, port, from, station } = bench('host', { eth0: { ...HOST, mtu } });
          station.stack.ipv4.icmp.sendEcho(ip(HOST.peer), 7, 1, pattern(size - 8), {});
          const sent = peer.eth0;
          world.advance(0);
          const pieces = sent.takeAll();
          for (const frame of pieces)
            expect(14 + mtu).toBeGreaterThanOrEqual(Math.min(frame.length, pieceOf(frame).size + 34));
          const all = new Uint8Array(size);
          for (const { offset, payload } of pieces.map(pieceOf)) all.set(payload, offset);
          const echo = echoOf(size);
          // The same fragments, sent to the host, come back as one answer with the same data.
          for (const frame of pieces) {
            const { offset, size: length, more } = pieceOf(frame);
            const options = withOptions ? OPTION_COPIED : undefined;
            world.inject(
              port.eth0,
              from.eth0.packet(
                echo.subarray(offset, offset + length),
                { fragmentOffset: offset / 8, moreFragments: more ? 1 : 0, protocol: 1 },
                options,
              ),
            );
          }
          world.advance(0);
          const back = new Uint8Array(size);
          for (const { offset, payload } of sent.takeAll().map(pieceOf)) back.set(payload, offset);
          expectBytes(back.subarray(4), echo.subarray(4));
          expectBytes(all.subarray(8), pattern(size - 8));
        },
      ),
      { numRuns: 40 },
    );
  });
});
