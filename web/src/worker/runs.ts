// The labs and runs that the worker holds, and how a run becomes what the page shows of it.

import {
  buildWorld,
  explainWalk,
  type FrameColumns,
  frameColumns,
  type Lab,
  type LabProblem,
  type LabReading,
  type LabRun,
  layoutNetwork,
  readLabData,
  runLab,
  type Step,
  startOf,
  type Trace,
  type Walk,
} from 'wirewalk';
import { fetchLab } from '../lab/built-in-labs.js';
import { builtInData } from './built-in-data.js';
import type {
  LabSource,
  OpenedLab,
  PhaseHead,
  RefusedLab,
  RunAnswer,
  RunSpec,
  StepHead,
} from './protocol.js';

/** Events that are told at most: telling more takes longer than anybody waits. */
const TOLD_EVENTS = 300_000;

/** A run with everything that questions about it need. */
export interface WorkerRun {
  readonly lab: Lab;
  /** Of the lab's file. */
  readonly text: string;
  readonly done: LabRun;
  readonly trace: Trace;
  readonly walk: Walk;
  readonly steps: readonly Step[];
  readonly frames: FrameColumns;
  readonly framesOfStep: readonly (readonly number[])[];
  /** By event: the step that tells it, −1 when none does. */
  readonly stepOfEvent: Int32Array;
}

interface ReadLab {
  readonly lab: Lab;
  readonly file: string;
  readonly text: string;
}

const runs = new Map<number, WorkerRun>();
let lastRun = 0;

/** @throws Error when the run was released */
export function runOf(run: number): WorkerRun {
  const held = runs.get(run);
  if (held === undefined) throw new Error('This run is not held any more.');
  return held;
}

export function releaseRun(run: number): boolean {
  return runs.delete(run);
}

/** Reads a lab and builds its world, without letting anything happen in it. */
export async function openLab(source: LabSource): Promise<OpenedLab | RefusedLab> {
  const read = await readSource(source);
  if ('problems' in read) return read;
  const { lab, file, text } = read;
  const world = buildWorld(lab, { record: 'off' });
  const description = world.describe();
  const browse = lab.script.find((step) => 'browse' in step);
  const start = description.nodes.findIndex(({ name }) => name === lab.script[0]?.node);
  const at = start < 0 ? {} : { start };
  return {
    source,
    file,
    text,
    name: lab.name,
    title: lab.title ?? lab.name,
    description: lab.description ?? '',
    seed: lab.seed,
    url: browse !== undefined && 'browse' in browse ? browse.browse.text : '',
    world: description,
    layout: layoutNetwork(description, at),
    layoutDown: layoutNetwork(description, { ...at, direction: 'down' }),
    consoles: description.nodes.map(({ kind }) => kind !== 'tap'),
  };
}

/** What carries out command lines: labs whose script has none do without. */
async function loadConsole() {
  const { runCommand, startCommand } = await import('./console-code.js');
  return { runCommand, startCommand };
}

/** Carries out a run and holds it. @throws Error when the lab has mistakes or can not be fetched */
export async function startRun(spec: RunSpec): Promise<RunAnswer> {
  const read = await readSource(spec.lab);
  if ('problems' in read) throw new Error(`${read.file} has mistakes: ${read.problems[0]?.message ?? ''}`);
  const { lab, text } = read;
  const isTyped = spec.typed.length > 0 || lab.script.some((step) => 'run' in step);
  const done = runLab(lab, {
    ...(isTyped ? await loadConsole() : {}),
    typed: spec.typed,
    ...(spec.seed === undefined ? {} : { seed: spec.seed }),
    ...(spec.url === undefined ? {} : { url: spec.url }),
  });
  const trace = done.trace();
  const walk = explainWalk(trace, { phases: lab.phases, limit: TOLD_EVENTS });
  const frames = frameColumns(trace);
  const steps = walk.phases.flatMap((phase) => phase.steps);
  const places = placesOfFrames(trace, steps, frames);
  const run = ++lastRun;
  const { framesOfStep } = places;
  runs.set(run, {
    ...{ lab, text, done, trace, walk, steps, frames, framesOfStep },
    stepOfEvent: stepsOfEvents(trace, steps),
  });
  return {
    run,
    spec,
    world: trace.world,
    length: trace.length,
    start: startOf(trace),
    title: walk.title,
    ok: walk.ok && done.finished,
    summary: walk.summary,
    phases: phaseHeads(walk),
    steps: stepHeads(trace, walk),
    frames,
    stepOfFrame: places.stepOfFrame,
    frameOfStep: places.frameOfStep,
    typed: done.typed,
    finished: done.finished,
  };
}

/** How a lab becomes what it says: the built-in ones are data already. */
async function readerFor(source: LabSource): Promise<(text: string, file: string) => LabReading> {
  if (source.kind !== 'built-in') return (await import('./lab-reader.js')).readLab;
  const data = await builtInData(source.name);
  return (_, file) => readLabData(data, file);
}

async function readSource(source: LabSource): Promise<ReadLab | RefusedLab> {
  const [{ file, text }, read] = await Promise.all([fetchLab(source), readerFor(source)]);
  const result = read(text, file);
  if ('lab' in result) return { lab: result.lab, file, text };
  const problems: readonly LabProblem[] = result.errors;
  return { file, text, problems };
}

function phaseHeads(walk: Walk): PhaseHead[] {
  let first = 0;
  return walk.phases.map(({ number, title, steps, outcome }) => {
    const head = { number, title, first, end: first + steps.length };
    first = head.end;
    return outcome === undefined ? head : { ...head, outcome };
  });
}

function stepHeads(trace: Trace, walk: Walk): StepHead[] {
  const nodes = new Map(trace.world.nodes.map(({ name }, index) => [name, index]));
  return walk.phases.flatMap((phase) =>
    phase.steps.map(({ id, node, nodeLabel, layer, headline, sentence, seq, lastSeq, time, drop }) => ({
      ...{ id, nodeLabel, layer, headline, sentence, seq, lastSeq, time },
      phase: phase.number,
      node: nodes.get(node) ?? -1,
      failed: drop !== undefined && !drop.harmless,
    })),
  );
}

/** By event: the place of the first step that tells it. */
function stepsOfEvents(trace: Trace, steps: readonly Step[]): Int32Array {
  const places = new Int32Array(trace.length).fill(-1);
  for (let place = steps.length - 1; place >= 0; place--)
    for (const seq of steps[place]?.events ?? []) places[seq] = place;
  return places;
}

/** Which step sends a frame, and which frame is to be looked at in a step: one that it sends, or else the one that came. */
function placesOfFrames(trace: Trace, steps: readonly Step[], frames: FrameColumns) {
  const bySeq = new Map<number, number>();
  for (let frame = 0; frame < frames.length; frame++) bySeq.set(frames.seq[frame] as number, frame);
  const stepOfFrame = new Int32Array(frames.length).fill(-1);
  const frameOfStep = new Int32Array(steps.length).fill(-1);
  const framesOfStep = steps.map((step, place) => {
    const sent: number[] = [];
    let came = -1;
    for (const seq of step.events) {
      const kind = trace.kindOf(seq);
      if (kind === 'frame-sent') {
        const frame = bySeq.get(seq);
        if (frame === undefined) continue;
        sent.push(frame);
        stepOfFrame[frame] = place;
      } else if (came < 0 && (kind === 'frame-arrived' || kind === 'frame-lost')) {
        came = bySeq.get(trace.event(seq).cause) ?? -1;
      }
    }
    frameOfStep[place] = sent[0] ?? came;
    return sent;
  });
  return { stepOfFrame, frameOfStep, framesOfStep };
}
