// What the picture shows at a moment: frames that a step sends, the one it is about, those still on their way.

import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldRun } from '../state/store.js';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { framesOfStep, marksAt, sentUntil } from './moment.js';

/** Every interface has the cable that is plugged into it. */
function cables({ world }: HeldRun): Map<number, number> {
  return new Map(world.links.flatMap(({ ends }, link) => ends.map((end) => [end, link] as const)));
}

describe.each(ALL_LABS)('%s', (name) => {
  let run: HeldRun;
  beforeAll(async () => {
    run = await runOfLab(name);
  });

  it('knows the frames of each step, as the worker does', async () => {
    for (const place of run.steps.keys()) {
      const { frames } = await answerTo('step', { run: run.run, place });
      expect([...framesOfStep(run, place)]).toEqual([...frames].sort((a, b) => a - b));
    }
  });

  it('shows after a step what it sent, each frame once, from the right end of the cable', () => {
    const cableOf = cables(run);
    for (const [place, { lastSeq, node }] of run.steps.entries()) {
      const marks = marksAt(run, cableOf, place, lastSeq);
      const sent = marks.filter(({ state }) => state === 'sent');
      const count = sent.reduce((sum, mark) => sum + mark.count, 0);
      expect(count).toBe(framesOfStep(run, place).length);
      for (const { from, to, link, back, frame } of marks) {
        const ends = run.world.links[link]?.ends.map((end) => run.world.interfaces[end]?.node);
        expect(back ? [to, from] : [from, to]).toEqual(ends);
        expect(run.world.interfaces[run.frames.from[frame] as number]?.node).toBe(from);
      }
      for (const { from } of sent) expect(from).toBe(node);
    }
  });

  it('shows nothing that has not been sent, and nothing under way that has arrived', () => {
    const cableOf = cables(run);
    const { seq, endSeq } = run.frames;
    for (let now = -1; now < run.length; now += 3) {
      const marks = marksAt(run, cableOf, 0, now);
      for (const { frame, state } of marks) {
        expect(seq[frame]).toBeLessThanOrEqual(now);
        if (state === 'come') expect(endSeq[frame]).toBeLessThanOrEqual(now);
        if (state === 'under way')
          expect((endSeq[frame] as number) < 0 || (endSeq[frame] as number) > now).toBe(true);
      }
      expect(sentUntil(run, now)).toBe(seq.filter((one) => one <= now).length);
    }
  });
});

it('in a step that sends nothing, shows the frame that it is about', async () => {
  const run = await runOfLab('nat-http');
  const cableOf = cables(run);
  const silent = run.steps.flatMap((_, place) => (framesOfStep(run, place).length === 0 ? [place] : []));
  const shown = silent.flatMap((place) => marksAt(run, cableOf, place, run.steps[place]?.lastSeq ?? 0));
  expect(shown.filter(({ state }) => state === 'come').length).toBeGreaterThan(5);
  expect(shown.some(({ state }) => state === 'sent')).toBe(false);
});

it('shows that a frame was lost once it is', async () => {
  const run = await runOfLab('rough');
  const frame = run.frames.lost.indexOf(1);
  const place = run.stepOfFrame[frame] as number;
  const marks = marksAt(run, cables(run), place, run.length - 1);
  expect(marks).toContainEqual(expect.objectContaining({ frame, state: 'sent', lost: true }));
});
