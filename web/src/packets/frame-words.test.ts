// Words for a frame's time and place.

import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldRun } from '../state/store.js';
import { runOfLab } from '../test/kit.js';
import { fateOf, layerName, nodeName, placeName, timeText } from './frame-words.js';

let run: HeldRun;
beforeAll(async () => {
  run = await runOfLab('rough');
});

const at = (...sentAt: number[]): HeldRun =>
  ({
    ...run,
    frames: { ...run.frames, length: sentAt.length, sentAt: Float64Array.from(sentAt) },
  }) as HeldRun;

describe('times', () => {
  it.each([
    ['start', 0, -1, '0.000000000'],
    ['start', 1, 0, '0.000000007'],
    ['start', 2, 1, '61.500000000'],
    ['above', 0, -1, '0.000000000'],
    ['above', 1, 0, '0.000000007'],
    ['above', 2, 1, '61.499999993'],
    ['day', 0, -1, '00:00:00.000000000'],
    ['day', 2, 1, '00:01:01.500000000'],
  ] as const)('%s, of frame %i below %i: %s', (clock, frame, above, text) => {
    const first = at(0, 7, 61.5e9);
    const world = { ...first.world, epoch: Date.UTC(2026, 0, 1) / 1000 };
    expect(timeText({ ...first, world }, frame, above, clock)).toBe(text);
  });

  it('of a day that no calendar has are no times of day', () => {
    expect(timeText({ ...at(5), world: { ...run.world, epoch: 1e20 } }, 0, -1, 'day')).toBe('–.000000005');
  });
});

describe('places', () => {
  it('are a node and its port; nothing when no cable leads there', () => {
    expect([placeName(run.world, 0), nodeName(run.world, 0)]).toEqual(['pc:eth0', 'pc']);
    expect([placeName(run.world, -1), nodeName(run.world, -1)]).toEqual(['–', 'nowhere']);
  });
});

describe('fates', () => {
  it('are told of what did not arrive', () => {
    const { frames } = run;
    const lost = frames.lost.indexOf(1);
    expect(fateOf(run, lost)).toBe('lost');
    expect(fateOf(run, 0)).toBe('');
    const endSeq = frames.endSeq.slice();
    endSeq[0] = -1;
    expect(fateOf({ ...run, frames: { ...frames, endSeq } }, 0)).toBe('under way');
  });

  it('the layer has the word that steps have', () => {
    const names = new Set(Array.from({ length: run.frames.length }, (_, frame) => layerName(run, frame)));
    expect([...names].sort()).toEqual(['application', 'link', 'network', 'transport']);
  });
});
