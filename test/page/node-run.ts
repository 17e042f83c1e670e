// The run that the page makes, made here: what the page shows is compared with it.

import type { Page } from 'playwright-core';
import { startCommand } from '../../src/lab/console/console.js';
import { runCommand } from '../../src/lab/console/run-command.js';
import type { Lab } from '../../src/lab/read-lab.js';
import { runLab } from '../../src/lab/run-lab.js';
import type { TypedCommand, TypedResult } from '../../src/lab/typed-commands.js';
import type { Trace } from '../../src/trace/trace.js';
import { explainWalk } from '../../src/view/explain/explain-walk.js';
import type { Step, Walk } from '../../src/view/explain/step.js';
import { type FrameColumns, frameColumns } from '../../src/view/frame-columns.js';
import { labOf, labText } from '../lab-runs.js';

export interface NodeRun {
  readonly lab: Lab;
  readonly trace: Trace;
  readonly walk: Walk;
  readonly steps: readonly Step[];
  readonly frames: FrameColumns;
  readonly typed: readonly TypedResult[];
}

export function nodeRun(name: string, typed: readonly TypedCommand[] = []): NodeRun {
  const lab = labOf(labText(name), `labs/${name}.yaml`);
  const run = runLab(lab, { runCommand, startCommand, typed });
  const trace = run.trace();
  const walk = explainWalk(trace, { phases: lab.phases });
  const steps = walk.phases.flatMap((phase) => phase.steps);
  return { lab, trace, walk, steps, frames: frameColumns(trace), typed: run.typed };
}

/** The step with an id such as `2d`. */
export function stepNamed({ steps }: NodeRun, id: string): Step {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`the walk has no step ${id}`);
  return step;
}

/** The first frame that a step sends: its place in the columns. */
export function frameOf({ frames, trace }: NodeRun, { events }: Step): number {
  const sent = events.find((seq) => trace.kindOf(seq) === 'frame-sent');
  return frames.seq.indexOf(sent ?? -1);
}

/** What stands behind the # of the address now. */
export async function hashOf(page: Page): Promise<URLSearchParams> {
  return new URLSearchParams((await page.evaluate(() => location.hash)).slice(1));
}
