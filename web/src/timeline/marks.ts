// The timeline as a picture: every frame a mark in the lane of its layer, phases above, times below.

import { FRAME_LAYERS, formatDuration } from 'wirewalk';
import type { HeldRun } from '../state/store.js';

/** From above: the order in which a packet is wrapped. Indices of the columns' layers. */
export const LANES = [3, 2, 1, 0] as const;

/** Frames that belong to a phase, from `begin` until the next band begins. */
export interface Band {
  readonly number: number;
  readonly title: string;
  readonly begin: number;
}

const bandsOf = new WeakMap<HeldRun['frames'], readonly Band[]>();

/** The phases that send frames, by their first one. */
export function bands(run: HeldRun): readonly Band[] {
  const known = bandsOf.get(run.frames);
  if (known !== undefined) return known;
  const first = new Map<number, number>();
  const phaseOfStep = new Int32Array(run.steps.length);
  for (const [phase, { first, end }] of run.phases.entries()) phaseOfStep.fill(phase, first, end);
  for (let frame = run.frames.length - 1; frame >= 0; frame--) {
    const step = run.stepOfFrame[frame] as number;
    if (step >= 0) first.set(phaseOfStep[step] as number, frame);
  }
  const found = [...first]
    .map(([phase, begin]) => ({
      begin,
      number: run.phases[phase]?.number ?? 0,
      title: run.phases[phase]?.title ?? '',
    }))
    .sort((a, b) => a.begin - b.begin);
  bandsOf.set(run.frames, found);
  return found;
}

/** Colours and fonts as the page has them now. */
export interface Look {
  readonly layers: readonly string[];
  readonly ink: string;
  readonly band: string;
  readonly line: string;
  readonly error: string;
  readonly ground: string;
  /** Size of small letters, in px, and their family. */
  readonly letters: number;
  readonly family: string;
}

export interface TrackSize {
  readonly width: number;
  readonly height: number;
}

/** Heights of the parts of a track. */
export function partsOf(
  { height }: TrackSize,
  letters: number,
): { bands: number; lanes: number; times: number } {
  const line = Math.ceil(letters * 1.5);
  const times = height > 3.4 * line ? line : 0;
  return { bands: line, lanes: height - line - times, times };
}

/** Draws everything but the playhead; takes time once per run, size and theme. */
export function drawTrack(pen: CanvasRenderingContext2D, run: HeldRun, size: TrackSize, look: Look): void {
  const parts = partsOf(size, look.letters);
  pen.clearRect(0, 0, size.width, size.height);
  pen.font = `${look.letters}px ${look.family}`;
  pen.textBaseline = 'middle';
  drawBands(pen, run, size, parts.bands, look);
  drawLanes(pen, run, size, parts, look);
  if (parts.times > 0) drawTimes(pen, run, size, parts.times, look);
}

const NARROWEST_BAND = 8;

function drawBands(
  pen: CanvasRenderingContext2D,
  run: HeldRun,
  size: TrackSize,
  height: number,
  look: Look,
): void {
  const scale = size.width / Math.max(1, run.frames.length);
  const all = bands(run);
  all.forEach(({ number, title, begin }, index) => {
    const left = begin * scale;
    const right = (all[index + 1]?.begin ?? run.frames.length) * scale;
    // Where phases are too narrow to be told apart, none is marked.
    if (right - left < NARROWEST_BAND) return;
    pen.fillStyle = look.band;
    if (index % 2 === 0) pen.fillRect(left, 0, right - left, height);
    pen.fillStyle = look.line;
    if (index > 0) pen.fillRect(Math.round(left), 0, 1, size.height);
    pen.fillStyle = look.ink;
    const room = right - left - 10;
    const label = [`${number} ${title}`, `${number}`].find((text) => pen.measureText(text).width <= room);
    const cut = room > 70 ? shortened(pen, `${number} ${title}`, room) : label;
    if (cut !== undefined) pen.fillText(cut, left + 5, height / 2 + 0.5);
  });
}

function shortened(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let letters = [...text.slice(0, 200)];
  const share = room / pen.measureText(letters.join('')).width;
  letters = letters.slice(0, Math.ceil(letters.length * share) + 1);
  while (letters.length > 1 && pen.measureText(`${letters.join('')}…`).width > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

function drawLanes(
  pen: CanvasRenderingContext2D,
  run: HeldRun,
  { width }: TrackSize,
  parts: { bands: number; lanes: number },
  look: Look,
): void {
  const { frames } = run;
  const top = parts.bands + 3;
  const lane = (parts.lanes - 6) / LANES.length;
  const cell = width / Math.max(1, frames.length);
  const laneOf = FRAME_LAYERS.map((_, layer) => top + LANES.indexOf(layer as 0 | 1 | 2 | 3) * lane);
  pen.fillStyle = look.line;
  for (const y of laneOf) pen.fillRect(0, Math.round(y + lane / 2), width, 0.5);
  const mark = Math.max(3, lane - 1.5);
  if (cell >= 2) {
    const wide = Math.min(cell * 0.7, Math.max(2, cell - 1), 14);
    for (let frame = 0; frame < frames.length; frame++) {
      const layer = frames.layer[frame] as number;
      const isLost = frames.lost[frame] === 1;
      const left = (frame + 0.5) * cell - wide / 2;
      pen.fillStyle = isLost ? look.error : (look.layers[layer] as string);
      const y = (laneOf[layer] as number) + (lane - mark) / 2;
      pen.beginPath();
      pen.roundRect(left, y, wide, mark, Math.min(2, wide / 2));
      pen.fill();
      if (isLost) drawCross(pen, (frame + 0.5) * cell, y + mark / 2, Math.max(3.5, mark * 0.62), look);
    }
    return;
  }
  drawDense(pen, run, width, { laneOf, lane, mark }, look);
}

function drawCross(pen: CanvasRenderingContext2D, x: number, y: number, arm: number, look: Look): void {
  for (const [color, lineWidth] of [
    [look.ground, 4],
    [look.error, 1.75],
  ] as const) {
    pen.strokeStyle = color;
    pen.lineWidth = lineWidth;
    pen.beginPath();
    pen.moveTo(x - arm, y - arm);
    pen.lineTo(x + arm, y + arm);
    pen.moveTo(x + arm, y - arm);
    pen.lineTo(x - arm, y + arm);
    pen.stroke();
  }
}

/** Several frames in a px: each layer is as strong as it is frequent, and what was lost is always seen. */
function drawDense(
  pen: CanvasRenderingContext2D,
  { frames }: HeldRun,
  width: number,
  { laneOf, lane, mark }: { laneOf: readonly number[]; lane: number; mark: number },
  look: Look,
): void {
  const columns = Math.ceil(width);
  const counts = new Uint32Array(columns * 4);
  const lost = new Uint8Array(columns * 4);
  for (let frame = 0; frame < frames.length; frame++) {
    const at = Math.floor(((frame + 0.5) / frames.length) * columns) * 4 + (frames.layer[frame] as number);
    counts[at] = (counts[at] as number) + 1;
    if (frames.lost[frame] === 1) lost[at] = 1;
  }
  for (let layer = 0; layer < 4; layer++) {
    const y = (laneOf[layer] as number) + (lane - mark) / 2;
    pen.fillStyle = look.layers[layer] as string;
    for (let column = 0; column < columns; column++) {
      const here = counts.subarray(column * 4, column * 4 + 4);
      const count = here[layer] as number;
      if (count === 0) continue;
      const all = (here[0] as number) + (here[1] as number) + (here[2] as number) + (here[3] as number);
      pen.globalAlpha = 0.35 + (0.65 * count) / all;
      pen.fillRect(column, y, 1, mark);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = look.error;
    for (let column = 0; column < columns; column++) {
      if (lost[column * 4 + layer] === 1) pen.fillRect(column - 0.5, y - 2, 2, mark + 4);
    }
  }
}

/** Simulated time at some frames, as far apart as their letters need. */
function drawTimes(
  pen: CanvasRenderingContext2D,
  run: HeldRun,
  size: TrackSize,
  height: number,
  look: Look,
): void {
  const { frames } = run;
  const cell = size.width / Math.max(1, frames.length);
  const y = size.height - height / 2;
  pen.fillStyle = look.ink;
  if (frames.length === 0) {
    pen.fillText('No frame was sent.', 0, y + 0.5);
    return;
  }
  const gap = Math.max(76, look.letters * 7);
  let free = 0;
  for (let x = 0; x < size.width; x += gap) {
    const frame = Math.min(frames.length - 1, Math.floor(x / cell));
    const label = formatDuration(frames.sentAt[frame] ?? 0);
    const at = (frame + 0.5) * cell;
    const { width } = pen.measureText(label);
    const left = Math.max(0, Math.min(size.width - width, at - width / 2));
    if (left < free) continue;
    free = left + width + 14;
    pen.fillRect(Math.round(at), size.height - height - 2, 1, 3);
    pen.fillText(label, left, y + 0.5);
  }
}
