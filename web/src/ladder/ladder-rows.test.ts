// Rows of a ladder: time runs down, pauses make room, floods move together, and nothing is drawn over something else.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allFrames, someFrames } from '../packets/shown-frames.js';
import type { HeldRun } from '../state/store.js';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { ladderRows, pauseHeight, placesBetween } from './ladder-rows.js';

let run: HeldRun;
beforeAll(async () => {
  run = await runOfLab('nat-http');
});

const MS = 1e6;

/** A run of frames: when sent, from which interface to which, of which packet. */
function runWith(
  frames: readonly (readonly [at: number, from: number, to: number, packet: number])[],
): HeldRun {
  return {
    ...run,
    frames: {
      ...run.frames,
      length: frames.length,
      sentAt: Float64Array.from(frames, ([at]) => at),
      from: Int32Array.from(frames, ([, from]) => from),
      to: Int32Array.from(frames, ([, , to]) => to),
      packet: Int32Array.from(frames, ([, , , packet]) => packet),
      lost: new Uint8Array(frames.length),
    },
  };
}

const rowsOf = (held: HeldRun) => ladderRows(held, allFrames(held.frames.length));

describe('heights', () => {
  it('a frame has one row, and a pause before it room as long as it is long', () => {
    const rows = rowsOf(
      runWith([
        [0, 0, 3, 1],
        [MS - 1, 0, 3, 2],
        [3 * MS, 0, 3, 3],
      ]),
    );
    expect([...rows.pauses]).toEqual([0, 0, 2 * MS + 1]);
    expect([...rows.tops]).toEqual([0, 1, 2, 3 + pauseHeight(2 * MS + 1)]);
  });

  it('a longer pause takes more room, but never much', () => {
    expect(pauseHeight(0)).toBe(0);
    expect(pauseHeight(MS)).toBeGreaterThan(0.3);
    const long = [1, 10, 100, 1e3, 1e6, 1e9].map((times) => pauseHeight(times * MS));
    expect(long).toEqual(long.toSorted((a, b) => a - b));
    expect(long.at(-1)).toBeLessThan(3);
  });

  it('what a switch floods at once moves together; what others send at that moment does not', async () => {
    const { world } = run;
    const ports = world.nodes.find(({ kind }) => kind === 'switch')?.interfaces as readonly number[];
    const [p1, p2, p3] = ports as [number, number, number];
    const rows = rowsOf(
      runWith([
        [5, p1, 0, 1],
        [5, p2, 1, 1],
        [5, p3, 2, 1],
        [5, 0, p1, 1],
        [5, p1, 0, 2],
        [6, p2, 1, 2],
      ]),
    );
    expect([...rows.joined]).toEqual([0, 1, 1, 0, 0, 0]);
    expect([...rows.tops]).toEqual([0, 1, 1.5, 2, 3, 4, 5]);
  });
});

it('counts the frames of every device, and what was lost', async () => {
  for (const name of ALL_LABS) {
    const held = await runOfLab(name);
    const { frames, world } = held;
    const rows = rowsOf(held);
    const counted = new Map<number, number>();
    for (let frame = 0; frame < frames.length; frame++) {
      const ends = [frames.from[frame], frames.to[frame]].map(
        (id) => world.interfaces[id as number]?.node ?? -1,
      );
      for (const node of new Set(ends)) counted.set(node, (counted.get(node) ?? 0) + 1);
    }
    expect([...rows.framesOfNode]).toEqual(world.nodes.map((_, node) => counted.get(node) ?? 0));
    expect(rows.lost).toBe(frames.lost.filter((one) => one === 1).length);
  }
});

it('a filter leaves its frames in order, with the pauses between them', async () => {
  const held = await runOfLab('rough');
  const shown = fc
    .uniqueArray(fc.nat(held.frames.length - 1))
    .map((frames) => someFrames(Int32Array.from(frames.sort((a, b) => a - b))));
  fc.assert(
    fc.property(shown, (some) => {
      const { tops, pauses } = ladderRows(held, some);
      expect(tops.length).toBe(some.count + 1);
      for (let place = 0; place < some.count; place++) {
        const height = (tops[place + 1] as number) - (tops[place] as number);
        expect(height).toBeGreaterThanOrEqual(0.5);
        if (place === 0) continue;
        const at = (one: number) => held.frames.sentAt[some.frameAt(one)] as number;
        const passed = at(place) - at(place - 1);
        expect(pauses[place]).toBe(passed >= MS ? passed : 0);
      }
    }),
  );
});

it('knows which rows are seen between two heights', async () => {
  const rows = rowsOf(await runOfLab('rough'));
  const { tops, shown } = rows;
  const height = tops[shown.count] as number;
  const edge = fc.double({ min: -5, max: height + 5, noNaN: true });
  fc.assert(
    fc.property(edge, edge, (one, other) => {
      const [top, bottom] = [Math.min(one, other), Math.max(one, other)];
      const { first, end } = placesBetween(rows, top, bottom);
      expect(first >= 0 && end >= first && end <= shown.count).toBe(true);
      for (let place = 0; place < shown.count; place++) {
        const isSeen = (tops[place + 1] as number) > top && (tops[place] as number) < bottom;
        if (isSeen) expect(place >= first && place < end).toBe(true);
      }
      // No more than what is seen and a row at its edge.
      for (let place = first + 1; place < end; place++) expect(tops[place]).toBeLessThan(bottom);
    }),
  );
  expect(placesBetween(rowsOf(runWith([])), 0, 100)).toEqual({ first: 0, end: 0 });
});
