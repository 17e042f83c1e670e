// What a person can do on the page, as functions that change the state. Buttons, keys and the address share them.

import type { LabSource, RunSpec } from '../worker/protocol.js';
import { branchLabel, typedNext } from './branches.js';
import { ask } from './engine-client.js';
import { placeAt } from './place-at.js';
import { type Centre, type HeldRun, type PageState, type Pane, page, type Side, update } from './store.js';

// ---- labs and runs ----

/** Opens a lab; its network stands there, nothing has happened yet. Resolves to false when the file has mistakes. */
export async function openLab(source: LabSource): Promise<boolean> {
  update({ busy: 'Opening the lab', notice: undefined, playing: false });
  const opened = await asked(() => ask('open', source));
  if (opened === undefined) return false;
  if ('problems' in opened) {
    update({ busy: undefined, refused: opened });
    return false;
  }
  releaseAll();
  update({
    lab: opened,
    refused: undefined,
    busy: undefined,
    url: opened.url,
    seed: undefined,
    runs: [],
    run: undefined,
    step: 0,
    seq: -1,
    frame: -1,
    node: -1,
    row: -1,
    filter: '',
    centre: 'network',
    side: 'step',
    pane: 'centre',
  });
  return true;
}

/** Enter: runs the lab with the URL of the address bar and stands at the first step. */
export async function enter(): Promise<void> {
  const { lab, url, seed } = page();
  if (lab === undefined) return;
  const spec: RunSpec = {
    lab: lab.source,
    ...(seed === undefined ? {} : { seed }),
    ...(url === lab.url || url.trim() === '' ? {} : { url: url.trim() }),
    typed: [],
  };
  const run = await carryOut(spec, 'first run');
  if (run === undefined) return;
  releaseAll();
  update({ runs: [run], run, node: -1, row: -1, pane: 'outline', side: 'step' });
  goToStep(0);
}

/** Makes the run that an address describes, branches included; false when that failed. */
export async function restore(spec: RunSpec): Promise<boolean> {
  const first = await carryOut({ ...spec, typed: [] }, 'first run');
  if (first === undefined) return false;
  update({ runs: [first], run: first });
  if (spec.typed.length === 0) return true;
  const branch = await carryOut(spec, branchLabel(spec.typed, first, 1));
  if (branch === undefined) return false;
  update({ runs: [first, branch], run: branch });
  return true;
}

/**
 * Types a command at a node's console at the chosen moment: a new branch of the run, or, at the end of a branch, the
 * same branch carried on. The moment moves to where the command is over. Resolves to what it printed.
 */
export async function typeCommand(
  node: string,
  line: string,
): Promise<{ readonly output: string; readonly exitCode: number } | undefined> {
  const { run, runs, seq } = page();
  if (run === undefined) return undefined;
  const { typed, continues } = typedNext(run, seq, { after: seq, node, line });
  const number = continues ? runs.indexOf(run) : runs.length;
  const first = runs[0] ?? run;
  const branch = await carryOut({ ...run.spec, typed }, branchLabel(typed, first, number));
  if (branch === undefined) return undefined;
  if (continues) {
    void ask('release', { run: run.run });
    update({ runs: runs.map((one) => (one === run ? branch : one)), run: branch });
  } else update({ runs: [...runs, branch], run: branch });
  const result = branch.typed.at(-1);
  if (result !== undefined) goToSeq(Math.max(result.ended, seq));
  return result;
}

/** Looks at another run; the moment is kept where both runs are the same, otherwise it is where the branch begins. */
export function switchRun(run: HeldRun): void {
  const { seq, run: left } = page();
  const typed = [...run.typed, ...(left?.typed ?? [])];
  update({ run, playing: false });
  goToSeq(Math.min(seq, run.length - 1, ...typed.map(({ after }) => after)));
}

async function carryOut(spec: RunSpec, label: string): Promise<HeldRun | undefined> {
  update({ busy: 'Running the lab', notice: undefined, playing: false });
  const answer = await asked(() => ask('run', spec));
  update({ busy: undefined });
  return answer === undefined ? undefined : { ...answer, label };
}

function releaseAll(): void {
  for (const { run } of page().runs) void ask('release', { run });
}

async function asked<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    update({ busy: undefined, notice: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

// ---- the moment ----

/** Chooses a step; tables are those after it. A place outside is the nearest end. */
export function goToStep(place: number, motion = false): void {
  const { run, motion: moved } = page();
  if (run === undefined) return;
  const step = Math.max(0, Math.min(place, run.steps.length - 1));
  const head = run.steps[step];
  update({
    step,
    seq: head?.lastSeq ?? run.length - 1,
    frame: run.frameOfStep[step] ?? -1,
    row: -1,
    motion: motion ? moved + 1 : moved,
  });
}

/** Chooses a frame: the moment at which it is handed to the cable. */
export function goToFrame(frame: number): void {
  const { run } = page();
  const seq = run?.frames.seq[frame];
  if (run === undefined || seq === undefined) return;
  const own = run.stepOfFrame[frame] ?? -1;
  update({ step: own >= 0 ? own : placeAt(run, seq), seq, frame, row: -1 });
}

/** Chooses the moment after an event, and the step that stands there. */
export function goToSeq(seq: number): void {
  const { run } = page();
  if (run === undefined) return;
  const step = placeAt(run, seq);
  update({
    step,
    seq: Math.max(-1, Math.min(seq, run.length - 1)),
    frame: run.frameOfStep[step] ?? -1,
    row: -1,
  });
}

export function stepForward(): void {
  goToStep(page().step + 1, true);
}

export function stepBack(): void {
  goToStep(page().step - 1);
}

export function goToStart(): void {
  goToStep(0);
}

export function goToEnd(): void {
  goToStep(Number.MAX_SAFE_INTEGER);
}

/** The first step of the next phase (1) or of this or the one before (−1). */
export function goToPhase(way: 1 | -1): void {
  const { run, step } = page();
  if (run === undefined) return;
  const starts = run.phases.map(({ first }) => first);
  const target = way === 1 ? starts.find((first) => first > step) : starts.findLast((first) => first < step);
  if (target !== undefined) goToStep(target);
}

/** One frame further or back. */
export function goByFrame(way: 1 | -1): void {
  const { run, frame, seq } = page();
  if (run === undefined) return;
  const { frames } = run;
  if (frame >= 0 && frames.seq[frame] === seq) return goToFrame(frame + way);
  let next = 0;
  while (next < frames.length && (frames.seq[next] as number) <= seq) next++;
  goToFrame(way === 1 ? next : next - 1);
}

export function togglePlay(): void {
  const { run, playing, step } = page();
  if (run === undefined) return;
  if (!playing && step >= run.steps.length - 1) goToStart();
  update({ playing: !playing });
}

export function setSpeed(speed: number): void {
  update({ speed });
}

// ---- what is looked at ----

/** Looks at a node: its tables, unless its console is open. */
export function selectNode(node: number, row = -1): void {
  const side: Side = page().side === 'console' && row < 0 ? 'console' : 'tables';
  update({ node, row, allNodes: false, side, pane: 'side' });
}

/** Looks at a device: where the step happens, at the row that decided it, or else at the one that it made. */
export async function openDevice(node: number): Promise<void> {
  selectNode(node);
  const { run, step } = page();
  if (run === undefined || run.steps[step]?.node !== node || page().side !== 'tables') return;
  const { decisions, changes, node: name } = (await ask('step', { run: run.run, place: step })).step;
  const made = changes.find((one) => one.node === name && (one.kind === 'added' || one.kind === 'changed'));
  const row = decisions.find(({ seq }) => seq >= 0)?.seq ?? made?.seq ?? -1;
  const now = page();
  if (now.run === run && now.step === step && now.node === node) update({ row });
}

export function openConsole(node: number): void {
  update({ node, side: 'console', pane: 'side' });
}

/** Looks into a frame without moving the moment. */
export function inspectFrame(frame: number): void {
  update({ frame, side: 'packet', pane: 'side' });
}

export function showCentre(centre: Centre): void {
  update({ centre, pane: 'centre' });
}

export function showSide(side: Side): void {
  update({ side, pane: 'side' });
}

export function showPane(pane: Pane): void {
  update({ pane });
}

export function setFilter(filter: string): void {
  update({ filter });
}

export type { PageState };
