// Lifelines: in the order of the picture, as far apart as there is room, and found again by where they are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutNetwork } from 'wirewalk';
import { allFrames } from '../packets/shown-frames.js';
import { runOfLab } from '../test/kit.js';
import {
  type LadderColumns,
  ladderColumns,
  lifelineAt,
  lifelinesBetween,
  nodesFromLeft,
} from './ladder-columns.js';
import { ladderRows } from './ladder-rows.js';
import { arrowAt, rowAt, type Scene } from './ladder-scene.js';
import { ladderSentence, lifelineSentence } from './ladder-sentence.js';

const columnsOf = (count: number, room: number, zoom = 1): LadderColumns =>
  ladderColumns(
    Array.from({ length: count }, (_, node) => node),
    count,
    room,
    16,
    zoom,
  );

describe('lifelines', () => {
  it('stand from left to right as in the picture', async () => {
    const { world } = await runOfLab('three-routers');
    const layout = layoutNetwork(world);
    const nodes = nodesFromLeft(world, layout);
    expect([...nodes].sort((a, b) => a - b)).toEqual(world.nodes.map((_, node) => node));
    const xs = nodes.map((node) => layout.nodes[node]?.x as number);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    // Before there is a picture: as they stand in the lab.
    expect(nodesFromLeft(world, undefined)).toEqual(world.nodes.map((_, node) => node));
  });

  it('fill the room, as long as they are neither too near nor too far', () => {
    expect(columnsOf(10, 1600)).toMatchObject({ step: 160, width: 1600 });
    expect(columnsOf(2, 1600)).toMatchObject({ step: 18 * 16, width: 1600 });
    expect(columnsOf(40, 1600)).toMatchObject({ step: 7 * 16, width: 40 * 7 * 16 });
    expect(columnsOf(500, 340, 0.05).step).toBe(14);
    expect(columnsOf(0, 340).width).toBe(340);
  });

  it('are in the middle of what is too wide for them, and within the picture', () => {
    const any = fc.tuple(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 300, max: 4000 }),
      fc.constantFrom(0.2, 1, 2.5),
    );
    fc.assert(
      fc.property(any, fc.nat(4000), fc.nat(4000), ([count, room, zoom], one, other) => {
        const columns = columnsOf(count, room, zoom);
        const at = Array.from({ length: count }, (_, place) => lifelineAt(columns, place));
        expect(at.every((x) => x > 0 && x < columns.width)).toBe(true);
        expect(Math.abs((at[0] as number) + (at.at(-1) as number) - columns.width)).toBeLessThanOrEqual(1);
        const [left, right] = [Math.min(one, other), Math.max(one, other)];
        const { first, end } = lifelinesBetween(columns, left, right);
        expect(first >= 0 && end <= Math.max(first, count)).toBe(true);
        // A px more or less is nothing: places are rounded.
        for (const [place, x] of at.entries())
          if (x > left + 1 && x < right - 1) expect(place >= first && place < end).toBe(true);
      }),
    );
  });

  it('leave out the devices that nobody wants to see', () => {
    const columns = ladderColumns([4, 1], 6, 800, 16, 1);
    expect([...columns.placeOf]).toEqual([-1, 1, -1, -1, 0, -1]);
  });
});

describe('arrows', () => {
  async function sceneOf(name: string): Promise<Scene> {
    const run = await runOfLab(name);
    const rows = ladderRows(run, allFrames(run.frames.length));
    const columns = columnsOf(run.world.nodes.length, 2000);
    const view = { left: 0, right: 2000, top: 0, bottom: 1000 };
    const all = { first: 0, end: rows.shown.count };
    return {
      ...{ run, rows, columns, rowHeight: 24, rem: 16, view, seen: view, places: all, lifelines: all },
      ...{ frame: -1, step: 0, happened: 0 },
    };
  }

  it('go from lifeline to lifeline, each in its own row, below its pause', async () => {
    const scene = await sceneOf('rough');
    const { frames, world } = scene.run;
    for (let place = 0; place < frames.length; place++) {
      const { from, to, y, way, isLoop } = arrowAt(scene, place);
      const x = (id: number) => lifelineAt(scene.columns, world.interfaces[id]?.node as number);
      expect([from, to]).toEqual([x(frames.from[place] as number), x(frames.to[place] as number)]);
      expect([way, isLoop]).toEqual([to < from ? -1 : 1, false]);
      const { pauseTop, pause, top, height } = rowAt(scene, place);
      expect(top).toBe(pauseTop + pause);
      expect(y > top && y < top + height).toBe(true);
    }
  });

  it('of a port without a cable are short and lead nowhere', async () => {
    const scene = await sceneOf('nat-http');
    const frames = { ...scene.run.frames, to: scene.run.frames.to.slice().fill(-1) };
    const { from, to, way, isLoop } = arrowAt({ ...scene, run: { ...scene.run, frames } }, 0);
    expect([to - from > 10, way, isLoop]).toEqual([true, 1, false]);
  });
});

describe('in words', () => {
  it('says how many frames, between how many devices, in what time, and what was lost', async () => {
    const run = await runOfLab('nat-http');
    const all = allFrames(run.frames.length);
    expect(ladderSentence(run, all, 9, 0)).toMatch(
      /^62 frames between 9 devices, sent within [\d.]+ ms\. Time runs/,
    );
    expect(ladderSentence(run, all, 9, 1)).toContain(' 1 was lost on the way.');
    expect(ladderSentence(run, all, 9, 1200)).toContain(' 1,200 were lost on the way.');
    expect(ladderSentence(run, allFrames(1), 1, 0)).toMatch(/^1 frame of 1 device\. Time/);
    expect(ladderSentence(run, allFrames(0), 9, 0)).toBe('No frame to draw.');
  });

  it('names the lifelines, not more of them than anybody listens to', async () => {
    const run = await runOfLab('campus');
    const nodes = run.world.nodes.map((_, node) => node);
    expect(lifelineSentence(run, nodes.slice(0, 2))).toBe(
      `A line for each device, from left to right: ${run.world.nodes[0]?.name}, ${run.world.nodes[1]?.name}.`,
    );
    expect(lifelineSentence(run, [...nodes, ...nodes])).toMatch(
      new RegExp(` and ${2 * nodes.length - 12} more\\.$`),
    );
  });
});
