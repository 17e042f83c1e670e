// What the worker answers to each question. What the first screen and the first walk do without is loaded when it is
// asked for.

import { frameLine, matchingFrames, parseFilter, stepBoxes } from 'wirewalk';
import type { Answer, Ask, FilterAnswer, StepAnswer, Subject } from './protocol.js';
import { openLab, releaseRun, runOf, startRun } from './runs.js';
import { lookupAnswer, tablesAnswer } from './table-answers.js';

type Answers = { [S in Subject]: (ask: Ask<S>) => Answer<S> | Promise<Answer<S>> };

const ANSWERS: Answers = {
  open: openLab,
  run: startRun,
  step: stepAnswer,
  tables: tablesAnswer,
  lookup: lookupAnswer,
  packet: async (ask) => (await import('./packet-answer.js')).packetAnswer(ask),
  held: async (ask) => (await import('./packet-answer.js')).heldAnswer(ask),
  lines: ({ run, frames }) => {
    const held = runOf(run);
    return frames.map((frame) => frameLine(held.trace, held.frames, frame));
  },
  filter: filterAnswer,
  fields: async () => (await import('./field-names.js')).fieldCatalogue(),
  commands: async ({ run, node }) => {
    const { commandNames } = await import('./console-code.js');
    const found = runOf(run).done.world.nodes[node];
    return { node, names: found === undefined ? [] : commandNames(found.device) };
  },
  complete: async ({ run, node, partial }) => {
    const { completeCommand } = await import('./console-code.js');
    return completeCommand(runOf(run).done.world, node, partial);
  },
  takeAway: async (ask) => (await import('./take-away.js')).fileAnswer(ask),
  hash: ({ run }) => runOf(run).trace.hash(),
  release: ({ run }) => releaseRun(run),
};

export function answerTo<S extends Subject>(subject: S, ask: Ask<S>): Answer<S> | Promise<Answer<S>> {
  return ANSWERS[subject](ask);
}

/** Frames that are judged before others may ask. */
const SLICE = 400;

/** Long runs have many frames: between slices the worker answers other questions. */
async function filterAnswer({ run, text }: Ask<'filter'>): Promise<FilterAnswer> {
  const { trace, frames } = runOf(run);
  const filter = parseFilter(text);
  if ('error' in filter) return filter;
  const slices: Int32Array[] = [];
  for (let from = 0; from < frames.length; from += SLICE) {
    if (from > 0) await new Promise((resolve) => setTimeout(resolve));
    slices.push(matchingFrames(trace, frames, filter, from, Math.min(from + SLICE, frames.length)));
  }
  const matches = new Int32Array(slices.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const slice of slices) {
    matches.set(slice, at);
    at += slice.length;
  }
  return { matches, names: filter.fields };
}

function stepAnswer({ run, place }: Ask<'step'>): StepAnswer {
  const { steps, trace, framesOfStep } = runOf(run);
  const step = steps[place];
  if (step === undefined) throw new Error(`The walk has no step ${place}.`);
  const boxes = step.packet === undefined ? [] : stepBoxes(trace, step.packet);
  return { run, place, step, boxes, frames: framesOfStep[place] ?? [] };
}
