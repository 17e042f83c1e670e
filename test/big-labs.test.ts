// The big labs are labs, and as big as they say.

import { expect, it } from 'vitest';
import { runCommand } from '../src/lab/console/run-command.js';
import { runLab } from '../src/lab/run-lab.js';
import { starLab, treeLab } from './big-labs.js';
import { labOf } from './lab-runs.js';

it('a star: every host has its page', () => {
  const run = runLab(labOf(starLab(12, 100_000)), { record: 'events' });
  expect(run.finished).toBe(true);
  expect(run.pages.map(({ page }) => page.response?.status)).toEqual(Array(12).fill(200));
  expect(run.world.recorder.length / 12).toBeGreaterThan(1000);
  expect(labOf(starLab(600, 1)).topology.nodes.size).toBe(602);
});

it('a tree: every host has its page or its answers, in more than 100,000 events', () => {
  const run = runLab(labOf(treeLab(500)), { record: 'events', runCommand });
  expect(run.world.nodes).toHaveLength(500);
  expect(run.finished).toBe(true);
  expect(run.pages.filter(({ page }) => page.response?.status !== 200)).toEqual([]);
  expect(run.commands.filter(({ ok }) => !ok)).toEqual([]);
  expect(run.pages.length + run.commands.length).toBe(450);
  expect(run.world.recorder.length).toBeGreaterThan(100_000);
});
