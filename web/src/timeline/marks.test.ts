// The timeline: bands of phases, one mark for every frame in the lane of its layer, what was lost always to be seen.

import { beforeAll, describe, expect, it } from 'vitest';
import type { HeldRun } from '../state/store.js';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { bands, drawTrack, LANES, type Look, partsOf } from './marks.js';
import { momentTime } from './moment-time.js';

const LOOK: Look = {
  layers: ['link', 'network', 'transport', 'application'],
  ...{
    ink: 'ink',
    band: 'band',
    line: 'line',
    error: 'error',
    ground: 'ground',
    letters: 11,
    family: 'serif',
  },
};

interface Drawn {
  readonly what: 'mark' | 'box' | 'text' | 'cross';
  readonly color: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
}

/** A pen that remembers what it drew; letters are 6 px wide. */
function penOf(): { pen: CanvasRenderingContext2D; drawn: Drawn[] } {
  const drawn: Drawn[] = [];
  const pen = {
    ...{ fillStyle: '', strokeStyle: '', lineWidth: 0, font: '', textBaseline: '', globalAlpha: 1 },
    ...{ clearRect: () => {}, beginPath: () => {}, fill: () => {}, stroke: () => {}, lineTo: () => {} },
    measureText: (text: string) => ({ width: 6 * [...text].length }),
    add(what: Drawn['what'], color: string, x: number, y: number, width = 0, height = 0, text = '') {
      drawn.push({ what, color, x, y, width, height, text });
    },
    fillRect(x: number, y: number, width: number, height: number) {
      this.add('box', this.fillStyle, x, y, width, height);
    },
    roundRect(x: number, y: number, width: number, height: number) {
      this.add('mark', this.fillStyle, x, y, width, height);
    },
    fillText(text: string, x: number, y: number) {
      this.add('text', this.fillStyle, x, y, 6 * [...text].length, 0, text);
    },
    moveTo(x: number, y: number) {
      this.add('cross', this.strokeStyle, x, y);
    },
  };
  return { pen: pen as unknown as CanvasRenderingContext2D, drawn };
}

function drawnOf(run: HeldRun, width: number, height: number): Drawn[] {
  const { pen, drawn } = penOf();
  drawTrack(pen, run, { width, height }, LOOK);
  return drawn;
}

let rough: HeldRun;
beforeAll(async () => {
  rough = await runOfLab('rough');
});

describe('bands', () => {
  it.each(ALL_LABS)(
    'of %s are the phases that send frames, in order, each from its first frame',
    async (name) => {
      const run = await runOfLab(name);
      const found = bands(run);
      const begins = found.map(({ begin }) => begin);
      expect(begins).toEqual([...new Set(begins)].sort((a, b) => a - b));
      for (const { number, title, begin } of found) {
        const phase = run.phases[number - 1];
        expect(title).toBe(phase?.title);
        const steps = Array.from(run.stepOfFrame);
        const isOwn = (step: number): boolean => step >= (phase?.first ?? 0) && step < (phase?.end ?? 0);
        expect(steps.findIndex(isOwn)).toBe(begin);
      }
      const sending = new Set([...run.stepOfFrame].map((step) => run.steps[step]?.phase));
      expect(new Set(found.map(({ number }) => number))).toEqual(sending);
      expect(bands(run)).toBe(found);
    },
  );
});

describe('the parts of the track', () => {
  it('fill it; times are left out where there is no room', () => {
    expect(partsOf({ width: 500, height: 90 }, 11)).toEqual({ bands: 17, lanes: 56, times: 17 });
    expect(partsOf({ width: 500, height: 50 }, 11)).toEqual({ bands: 17, lanes: 33, times: 0 });
  });
});

describe('with room for every frame', () => {
  it('draws each once, in the lane and the colour of its layer, from left to right', () => {
    const marks = drawnOf(rough, 1400, 100).filter(({ what }) => what === 'mark');
    expect(marks.length).toBe(rough.frames.length);
    const lanes = new Map<number, number>();
    for (const [frame, { x, y, width, color }] of marks.entries()) {
      const layer = rough.frames.layer[frame] as number;
      const isLost = rough.frames.lost[frame] === 1;
      expect(color).toBe(isLost ? 'error' : LOOK.layers[layer]);
      expect(lanes.get(layer) ?? y).toBe(y);
      lanes.set(layer, y);
      const cell = 1400 / rough.frames.length;
      expect(x >= frame * cell && x + width <= (frame + 1) * cell + 0.001).toBe(true);
    }
    const heights = LANES.map((layer) => lanes.get(layer) as number);
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  });

  it('crosses out what was lost', () => {
    const crosses = drawnOf(rough, 1400, 100).filter(
      ({ what, color }) => what === 'cross' && color === 'error',
    );
    // Two strokes each.
    expect(crosses.length).toBe(2 * rough.frames.lost.filter((lost) => lost === 1).length);
  });
});

describe('with many frames in a px', () => {
  it('draws every layer where it is, and what was lost in any case', () => {
    const width = 40;
    const { frames } = rough;
    const boxes = drawnOf(rough, width, 100).filter(({ what }) => what === 'box');
    for (let frame = 0; frame < frames.length; frame++) {
      const column = Math.floor(((frame + 0.5) / frames.length) * width);
      const color = LOOK.layers[frames.layer[frame] as number];
      expect(boxes.some((box) => box.color === color && box.x === column)).toBe(true);
      if (frames.lost[frame] === 1)
        expect(boxes.some((box) => box.color === 'error' && box.x === column - 0.5)).toBe(true);
    }
    expect(drawnOf(rough, width, 100).some(({ what }) => what === 'mark')).toBe(false);
  });
});

describe('words on the track', () => {
  it.each([60, 340, 1400, 2500])('stay within it and apart from each other, at %i px', (width) => {
    const texts = drawnOf(rough, width, 100).filter(({ what }) => what === 'text');
    for (const line of new Set(texts.map(({ y }) => y))) {
      const own = texts.filter(({ y }) => y === line).sort((a, b) => a.x - b.x);
      for (const [place, { x, width: wide }] of own.entries()) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + wide).toBeLessThanOrEqual(width + 0.001);
        expect(x + wide).toBeLessThanOrEqual(own[place + 1]?.x ?? width + 0.001);
      }
    }
  });

  it('tell simulated time', () => {
    const times = drawnOf(rough, 1400, 100).filter(
      ({ what, text }) => what === 'text' && / (ns|µs|ms|s|min)$/.test(text),
    );
    expect(times.length).toBeGreaterThan(5);
  });
});

it('draws a run without frames, and one without width', () => {
  const none = { ...rough, frames: { ...rough.frames, length: 0 }, stepOfFrame: new Int32Array() };
  expect(drawnOf(none, 500, 100).some(({ what }) => what === 'mark')).toBe(false);
  expect(() => drawnOf(rough, 0, 0)).not.toThrow();
});

it('knows the simulated time of the moment', () => {
  const at = (seq: number, frame: number, step = 3): number =>
    momentTime({ run: rough, seq, frame, step } as Parameters<typeof momentTime>[0]);
  const frame = 40;
  const seq = rough.frames.seq[frame] as number;
  expect(at(seq, frame)).toBe(rough.frames.sentAt[frame]);
  expect(at(seq + 1, frame)).toBe(rough.steps[3]?.time);
  expect(at(-1, -1)).toBe(rough.steps[3]?.time);
  expect(momentTime({ run: undefined } as Parameters<typeof momentTime>[0])).toBe(0);
});
