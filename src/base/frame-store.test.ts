// The frame store: slots are given out once, given back, and used again.

import { describe, expect, it } from 'vitest';
import { FrameStore, MAX_FRAME_LENGTH } from './frame-store.js';

describe('the frame store', () => {
  it('gives frames of any length, with the IPv4 header on a 4-byte boundary', () => {
    const store = new FrameStore();
    for (const length of [0, 1, 60, 254, 255, 1514, 2046, 2047, 9000, 16383, 65549, MAX_FRAME_LENGTH]) {
      const frame = store.take(length);
      expect(frame.length).toBe(length);
      expect(frame.bytes().length).toBe(length);
      expect((frame.start + 14) % 4).toBe(0);
      expect(frame.u32.buffer).toBe(frame.u8.buffer);
    }
    expect(() => store.take(MAX_FRAME_LENGTH + 1)).toThrow(RangeError);
  });

  it('never gives the same bytes to two owners', () => {
    const store = new FrameStore();
    const frames = Array.from({ length: 10_000 }, (_, index) => {
      const frame = store.take(4);
      frame.view.setUint32(frame.start, index);
      return frame;
    });
    expect(store.liveCount).toBe(10_000);
    frames.forEach((frame, index) => {
      expect(frame.view.getUint32(frame.start)).toBe(index);
    });
    expect(new Set(frames.map((frame) => frame.packetId)).size).toBe(10_000);
    for (const frame of frames) store.release(frame);
    expect(store.liveCount).toBe(0);
  });

  it('uses slots again', () => {
    const store = new FrameStore();
    const first = store.take(100);
    first.next = store.take(100);
    store.release(first);
    const again = store.take(50);
    expect(again).toBe(first);
    expect(again).toMatchObject({
      length: 50,
      next: null,
      cause: -1,
      snapshot: -1,
      damaged: false,
      touched: 50,
    });
  });

  it('copies bytes and origin, and the copy lives on its own', () => {
    const store = new FrameStore();
    const frame = store.takeWith(Uint8Array.of(1, 2, 3));
    frame.cause = 9;
    frame.damaged = true;
    const twin = store.copy(frame);
    expect([...twin.bytes()]).toEqual([1, 2, 3]);
    expect(twin).toMatchObject({ packetId: frame.packetId, cause: 9, damaged: true });
    twin.u8[twin.start] = 7;
    expect([...frame.copyBytes()]).toEqual([1, 2, 3]);
    const other = store.take(3);
    expect(other.packetId).not.toBe(frame.packetId);
  });

  it('remembers how far a frame was changed', () => {
    const frame = new FrameStore().take(60);
    frame.touched = 0;
    frame.touch(14);
    frame.touch(6);
    expect(frame.touched).toBe(14);
  });
});
