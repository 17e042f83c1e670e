// Frames in a stream: whatever the pieces, the same frames; whatever the bytes, no harm.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';
import { FrameStreamReader, framed } from './frame-stream.js';

function reading() {
  const frames: Buffer[] = [];
  const reader = new FrameStreamReader((frame) => frames.push(Buffer.from(frame)));
  return { frames, reader };
}

/** Hands bytes to the reader in pieces of these lengths, again and again. */
function pushInPieces(reader: FrameStreamReader, bytes: Uint8Array, lengths: readonly number[]): boolean {
  let sound = true;
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    const piece = bytes.slice(at, at + length);
    sound = reader.push(piece) && sound;
    // The piece was only lent.
    piece.fill(0xee);
    at += length;
  }
  return sound;
}

const frame = fc.uint8Array({ minLength: SHORTEST_FRAME, maxLength: 200 });
const pieces = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

describe('FrameStreamReader', () => {
  it('gives the frames back, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), pieces, (sent, lengths) => {
        const { frames, reader } = reading();
        expect(pushInPieces(reader, Buffer.concat(sent.map(framed)), lengths)).toBe(true);
        expect(frames.map((one) => one.toString('hex'))).toEqual(
          sent.map((one) => Buffer.from(one).toString('hex')),
        );
      }),
    );
  });

  it('says the length most significant byte first', () => {
    expect([...framed(new Uint8Array(0x102)).subarray(0, 4)]).toEqual([0, 0, 1, 2]);
  });

  it('takes the longest frame and skips those that are none', () => {
    const { frames, reader } = reading();
    const lengths = [0, 1, 13, 14, LONGEST_FRAME, LONGEST_FRAME + 1, 4096 + 65536, 60];
    for (const length of lengths) expect(reader.push(framed(new Uint8Array(length)))).toBe(true);
    expect(frames.map(({ length }) => length)).toEqual([14, LONGEST_FRAME, 60]);
  });

  it.each([4096 + 65536 + 1, 0x7fffffff, 0x80000000, 0xffffffff])(
    'hears nothing more after a length of %i',
    (length) => {
      const { frames, reader } = reading();
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(length);
      const good = framed(new Uint8Array(60));
      expect(reader.push(Buffer.concat([good, prefix, good]))).toBe(false);
      expect(reader.push(good)).toBe(false);
      expect(frames).toHaveLength(1);
    },
  );

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), pieces, (bytes, lengths) => {
        const { frames, reader } = reading();
        pushInPieces(reader, bytes, lengths);
        for (const { length } of frames) {
          expect(length).toBeGreaterThanOrEqual(SHORTEST_FRAME);
          expect(length).toBeLessThanOrEqual(LONGEST_FRAME);
        }
      }),
    );
  });
});
