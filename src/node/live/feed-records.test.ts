// Messages of records: what is written is read, in pieces of any size, and nonsense does no harm.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameSource, MessageReader, MessageWriter, ToldFrames } from './feed-records.js';

/** A frame, or a change of the beginning of one that was told before. */
function source(id: number, bytes: Uint8Array, base = -1, told = bytes.length): FrameSource {
  return {
    id,
    packetId: id + 1,
    base,
    length: bytes.length,
    told,
    copyTo: (to) => to.set(bytes.subarray(0, told)),
  };
}

function listening() {
  const heard: unknown[] = [];
  const reader = new MessageReader({
    head: (head) => heard.push(head),
    frame: (id, { packetId, bytes }) => heard.push([id, packetId, [...bytes]]),
    sighting: ({ kind, interface: port, frame, seq, time }) =>
      heard.push([kind, port, frame.packetId, seq, time, [...frame.bytes]]),
  });
  return { heard, reader };
}

describe('messages', () => {
  const writer = new MessageWriter(16);
  writer.frame(source(7, Uint8Array.of(1, 2, 3, 4)));
  writer.sighting(false, 2, 7, 2 ** 40, 1.5e15);
  writer.frame(source(8, Uint8Array.of(9, 2, 3, 4), 7, 1));
  writer.sighting(true, 3, 8, 2 ** 40 + 1, 1.5e15 + 1);
  const first = Buffer.concat(writer.finish({ now: 1 }));
  const second = Buffer.concat(writer.finish({ now: 2, word: 'größer' }));
  const stream = Buffer.concat([first, second]);
  const meant = [
    { now: 1 },
    [7, 8, [1, 2, 3, 4]],
    ['frame-sent', 2, 8, 2 ** 40, 1.5e15, [1, 2, 3, 4]],
    [8, 9, [9, 2, 3, 4]],
    ['frame-arrived', 3, 9, 2 ** 40 + 1, 1.5e15 + 1, [9, 2, 3, 4]],
    { now: 2, word: 'größer' },
  ];

  it('in pieces of any size', () => {
    for (let width = 1; width <= stream.length; width++) {
      const { heard, reader } = listening();
      for (let at = 0; at < stream.length; at += width)
        expect(reader.push(Buffer.from(stream.subarray(at, at + width)))).toBe(true);
      expect(heard).toEqual(meant);
    }
  });

  it('nonsense is refused, and never more than that', () => {
    const change = fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(change, fc.uint8Array({ maxLength: 40 }), (changes, tail) => {
        const bytes = Buffer.concat([stream, tail]);
        for (const [at, value] of changes) bytes[at] = value;
        const { reader } = listening();
        expect([true, false]).toContain(reader.push(bytes));
      }),
    );
  });

  it.each([
    ['a frame that nobody told', (writer: MessageWriter) => writer.sighting(true, 1, 99, 0, 0)],
    [
      'a change of such a frame',
      (writer: MessageWriter) => writer.frame(source(2, new Uint8Array(4), 99, 1)),
    ],
  ])('%s is refused', (_, write) => {
    const writer = new MessageWriter(64);
    write(writer);
    const { reader } = listening();
    expect(reader.push(Buffer.concat(writer.finish({ now: 0 })))).toBe(false);
  });
});

it('a writer counts on no frame that a reader has forgotten', () => {
  const told = new ToldFrames();
  const writer = new MessageWriter(1 << 16);
  const { reader } = listening();
  const frame = new Uint8Array(60);
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { minLength: 100, maxLength: 300 }), (ids) => {
      for (const id of ids) {
        if (!told.has(id)) {
          writer.frame(source(id, frame));
          told.add(id);
        }
        writer.sighting(false, 0, id, 0, 0);
      }
      expect(reader.push(Buffer.concat(writer.finish({ now: 0 })))).toBe(true);
    }),
  );
});
