// Frames that are shown, and their places.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOfLab } from '../test/kit.js';
import { allFrames, firstNotBelow, lastSentBy, type ShownFrames, someFrames } from './shown-frames.js';

const ascending = fc
  .uniqueArray(fc.nat(200), { maxLength: 60 })
  .map((frames) => Int32Array.from(frames.sort((a, b) => a - b)));

function expectSound(shown: ShownFrames, frames: readonly number[]): void {
  expect(shown.count).toBe(frames.length);
  expect(frames.map((_, place) => shown.frameAt(place))).toEqual(frames);
  for (let frame = -1; frame <= 201; frame++) {
    expect(shown.placeOf(frame)).toBe(frames.indexOf(frame));
    expect(shown.placeFrom(frame)).toBe(frames.filter((one) => one < frame).length);
  }
}

describe('frames and their places', () => {
  it('are the same as long as nothing is filtered', () => {
    for (const count of [0, 1, 150]) {
      expectSound(
        allFrames(count),
        Array.from({ length: count }, (_, place) => place),
      );
    }
  });

  it('are those that a filter leaves', () => {
    fc.assert(
      fc.property(ascending, (frames) => expectSound(someFrames(frames), [...frames])),
      { numRuns: 40 },
    );
  });

  it('lead from one to the other and back', () => {
    fc.assert(
      fc.property(ascending, (frames) => {
        const shown = someFrames(frames);
        for (let place = 0; place < shown.count; place++)
          expect(shown.placeOf(shown.frameAt(place))).toBe(place);
        expect(shown.frameAt(shown.count)).toBe(-1);
      }),
    );
  });
});

it('finds the first that is not below', () => {
  fc.assert(
    fc.property(ascending, fc.integer({ min: -5, max: 210 }), (column, wanted) => {
      expect(firstNotBelow(column, wanted)).toBe([...column].filter((one) => one < wanted).length);
    }),
  );
});

it('knows which frames have been sent by an event', async () => {
  const run = await runOfLab('nat-http');
  for (let seq = -1; seq < run.length; seq++) {
    const sent = run.frames.seq.filter((one) => one <= seq).length;
    expect(lastSentBy(run, seq)).toBe(sent - 1);
  }
});
