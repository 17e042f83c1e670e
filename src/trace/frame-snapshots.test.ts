// Snapshots of frames: the bytes of a moment, whatever becomes of the frame.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pattern } from '../../test/kit.js';
import { FrameStore } from '../base/frame-store.js';
import { FrameSnapshots } from './frame-snapshots.js';

function snapshotsAt(level: 'events' | 'bytes' = 'bytes') {
  return { snapshots: new FrameSnapshots(level === 'bytes'), store: new FrameStore() };
}

describe('frames', () => {
  it('are kept as they were at each snapshot, whatever is changed afterwards', () => {
    const change = fc.record({
      at: fc.nat(299),
      length: fc.integer({ min: 1, max: 300 }),
      value: fc.nat(255),
    });
    const arrangement = fc.record({
      length: fc.integer({ min: 14, max: 300 }),
      changes: fc.array(change, { maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(arrangement, { minLength: 1, maxLength: 6 }), (arrangements) => {
        const { snapshots, store } = snapshotsAt();
        const kept: [snapshot: number, bytes: Uint8Array, packetId: number][] = [];
        const frames = arrangements.map(({ length }, i) => store.takeWith(pattern(length, i)));
        for (const [i, { changes }] of arrangements.entries()) {
          for (const { at, length, value } of changes) {
            const frame = frames[i] as (typeof frames)[0];
            kept.push([snapshots.keep(frame), frame.copyBytes(), frame.packetId]);
            // Either a byte changes in place, or the frame becomes shorter or longer.
            if (at < frame.length) {
              frame.u8[frame.start + at] = value;
              frame.touch(at + 1);
            } else if (length <= 300) {
              if (length > frame.length) frame.touch(length);
              frame.u8.fill(0, frame.start + frame.length, frame.start + Math.max(length, frame.length));
              frame.length = length;
            }
            kept.push([snapshots.keep(frame), frame.copyBytes(), frame.packetId]);
          }
        }
        for (const [snapshot, bytes, packetId] of kept) {
          expect(snapshots.bytesOf(snapshot)).toEqual(bytes);
          expect(snapshots.lengthOf(snapshot)).toBe(bytes.length);
          expect(snapshots.packetIdOf(snapshot)).toBe(packetId);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('that come after what is forgotten are whole, also where they were seen before', () => {
    const { snapshots, store } = snapshotsAt();
    const slow = store.takeWith(pattern(100));
    const other = store.takeWith(pattern(20));
    const first = snapshots.keep(slow);
    while (snapshots.length < 40_000) {
      other.touch(1);
      snapshots.keep(other);
    }
    slow.touch(1);
    const again = snapshots.keep(slow);
    slow.touch(1);
    const changed = snapshots.keep(slow);
    expect(snapshots.baseOf(changed)).toBe(again);
    snapshots.forget(again);
    expect(snapshots.first).toBeGreaterThan(first);
    expect(snapshots.bytesOf(first)).toEqual(new Uint8Array(0));
    expect([snapshots.bytesOf(again), snapshots.bytesOf(changed)]).toEqual([pattern(100), pattern(100)]);
  });

  it('take bounded memory when the old ones are forgotten', () => {
    const { snapshots, store } = snapshotsAt();
    const frame = store.takeWith(pattern(1000));
    let most = 0;
    for (let i = 0; i < 200_000; i++) {
      frame.touch(1000);
      snapshots.keep(frame);
      if (i % 1000 !== 0) continue;
      snapshots.forget(snapshots.length - 1000);
      most = Math.max(most, snapshots.memory);
    }
    // All of them together are 200 MB; those that can not go yet are fewer than two times 32,768.
    expect(most).toBeGreaterThan(30_000_000);
    expect(most).toBeLessThan(80_000_000);
  });

  it('that did not change share a snapshot', () => {
    const { snapshots, store } = snapshotsAt();
    const frame = store.takeWith(pattern(100));
    const first = snapshots.keep(frame);
    expect(snapshots.keep(frame)).toBe(first);
    frame.touch(1);
    expect(snapshots.keep(frame)).not.toBe(first);
  });

  it('have no bytes at level `events`, but a length and a packet id', () => {
    const { snapshots, store } = snapshotsAt('events');
    const frame = store.takeWith(pattern(100));
    const snapshot = snapshots.keep(frame);
    expect(snapshots.bytesOf(snapshot)).toHaveLength(0);
    expect([snapshots.lengthOf(snapshot), snapshots.packetIdOf(snapshot)]).toEqual([100, frame.packetId]);
  });

  it('up to the longest are kept', () => {
    const { snapshots, store } = snapshotsAt();
    const long = pattern(65549);
    const ids = [1, 2, 3].map((seed) => {
      const frame = store.takeWith(pattern(65549, seed));
      return snapshots.keep(frame);
    });
    expect(snapshots.bytesOf(ids[0] as number)).toEqual(long);
    expect(snapshots.bytesOf(ids[2] as number)).toEqual(pattern(65549, 3));
  });
});
