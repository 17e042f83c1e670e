// The camera: fitting, zooming around a point, panning no further than something stays in view, showing what is asked for.

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Camera, readLetters } from './camera.js';

/** Frames of the screen that were asked for, by number; the test says when they come. */
const frames = new Map<number, (now: number) => void>();
let asked = 0;
let fontSize = '16px';
let still = false;

function nextFrame(now = performance.now()): void {
  const due = [...frames.values()];
  frames.clear();
  for (const draw of due) draw(now);
}

beforeAll(() => {
  vi.stubGlobal('document', { documentElement: {} });
  vi.stubGlobal('getComputedStyle', () => ({ fontSize }));
  vi.stubGlobal('matchMedia', () => ({ matches: still }));
  vi.stubGlobal('requestAnimationFrame', (draw: (now: number) => void) => {
    frames.set(++asked, draw);
    return asked;
  });
  vi.stubGlobal('cancelAnimationFrame', (number: number) => frames.delete(number));
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(() => {
  frames.clear();
  fontSize = '16px';
  still = false;
});

function cameraOf(width = 800, height = 600, contentWidth = 1000, contentHeight = 500, below = 0): Camera {
  readLetters();
  const camera = new Camera();
  camera.resize(width, height, contentWidth, contentHeight, below);
  return camera;
}

/** Where a point of the picture is seen. */
const seen = ({ x, y, scale }: Camera, at: number, down: number) =>
  [at * scale + x, down * scale + y] as const;

describe('fitting', () => {
  it('shows everything, in the middle of the room that is left', () => {
    expect(cameraOf()).toMatchObject({ scale: 0.8, x: 0, y: 100 });
    expect(cameraOf(800, 600, 1000, 500, 100)).toMatchObject({ scale: 0.8, x: 0, y: 50 });
  });

  it('does not blow up a small picture, but as much as the letters of the page', () => {
    expect(cameraOf(2000, 2000, 100, 100)).toMatchObject({ scale: 1.2, x: 940 });
    fontSize = '32px';
    expect(cameraOf(2000, 2000, 100, 100).scale).toBe(2.4);
  });

  it('is made anew when the place has another size, until somebody has moved the picture', () => {
    const camera = cameraOf();
    camera.resize(400, 600, 1000, 500, 0);
    expect(camera.scale).toBe(0.4);
    camera.pan(10, 20);
    const { x, y } = camera;
    camera.resize(500, 700, 1000, 500, 0);
    // What was in the middle stays there.
    expect(camera).toMatchObject({ scale: 0.4, x: x + 50, y: y + 50 });
    // Another picture is another matter.
    camera.resize(500, 700, 2000, 500, 0);
    expect(camera).toMatchObject({ scale: 0.25, touched: false });
  });

  it('waits for a place that has a size', () => {
    const camera = new Camera();
    camera.resize(0, 0, 1000, 500, 0);
    expect(camera.width).toBe(0);
  });
});

describe('zooming', () => {
  it('leaves the point where it is', () => {
    const at = fc.tuple(fc.integer({ min: 100, max: 700 }), fc.integer({ min: 200, max: 400 }));
    fc.assert(
      fc.property(at, fc.double({ min: 0.8, max: 3, noNaN: true }), ([x, y], factor) => {
        const camera = cameraOf();
        const [px, py] = [(x - camera.x) / camera.scale, (y - camera.y) / camera.scale];
        camera.zoom(factor, x, y);
        const [atX, atY] = seen(camera, px, py);
        expect(atX).toBeCloseTo(x, 6);
        expect(atY).toBeCloseTo(y, 6);
      }),
    );
  });

  it('ends where it is useless', () => {
    const camera = cameraOf(800, 600, 4000, 500);
    camera.zoom(1e9);
    expect(camera.scale).toBe(4);
    camera.zoom(1e-9);
    expect(camera.scale).toBeCloseTo(0.2 / 1.5);
    const small = cameraOf(800, 600, 100, 100);
    small.zoom(1e-9);
    expect(small.scale).toBe(0.5);
  });
});

it('never loses the picture, whatever somebody does', () => {
  const deed = fc.oneof(
    fc.tuple(
      fc.constant('pan'),
      fc.integer({ min: -5000, max: 5000 }),
      fc.integer({ min: -5000, max: 5000 }),
    ),
    fc.tuple(fc.constant('zoom'), fc.integer({ min: 1, max: 40 }), fc.integer({ min: -900, max: 900 })),
    fc.tuple(fc.constant('resize'), fc.integer({ min: 300, max: 3000 }), fc.integer({ min: 300, max: 2000 })),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 12 }), (deeds) => {
      const camera = cameraOf();
      for (const [what, a, b] of deeds) {
        if (what === 'pan') camera.pan(a, b);
        else if (what === 'zoom') camera.zoom(a / 10, b, -b);
        else camera.resize(a, b, 1000, 500, 0);
        const { left, right, top, bottom } = camera.view();
        const wide = Math.min(right, 1000) - Math.max(left, 0);
        const high = Math.min(bottom, 500) - Math.max(top, 0);
        expect(wide * camera.scale).toBeGreaterThanOrEqual(63.9);
        expect(high * camera.scale).toBeGreaterThanOrEqual(63.9);
      }
    }),
  );
});

describe('showing a device', () => {
  const box = (left: number, top: number) => ({ left, top, right: left + 80, bottom: top + 60 });

  it('moves nothing when it is in view', () => {
    const camera = cameraOf();
    const before = { ...camera };
    camera.reveal(box(100, 100), 40);
    expect(camera).toMatchObject({ x: before.x, y: before.y });
  });

  it('moves as little as needed, with a margin', () => {
    still = true;
    const camera = cameraOf(800, 600, 1000, 500);
    camera.zoom(2);
    camera.reveal(box(0, 0), 40);
    expect(seen(camera, 0, 0)).toEqual([40, 40]);
    camera.reveal(box(900, 400), 40);
    const [right, bottom] = seen(camera, 980, 460);
    expect([right, bottom].map((at) => Math.round(at))).toEqual([760, 560]);
  });

  it('does not hide it behind what stands below', () => {
    still = true;
    const camera = cameraOf(800, 600, 1000, 500, 200);
    camera.zoom(4);
    camera.reveal(box(400, 400), 20);
    expect(seen(camera, 0, 460)[1]).toBeLessThanOrEqual(380.001);
  });
});

describe('gliding', () => {
  it('comes to its end, by degrees', () => {
    const camera = cameraOf();
    const began = performance.now();
    camera.pan(-100, 0, true);
    expect(camera.x).toBe(0);
    nextFrame(began + 60);
    expect(camera.x < 0 && camera.x > -100).toBe(true);
    nextFrame(began + 10_000);
    expect(camera.x).toBe(-100);
    nextFrame();
    nextFrame();
    expect(frames.size).toBe(0);
  });

  it('is left out for whoever wants less motion', () => {
    still = true;
    const camera = cameraOf();
    camera.pan(-100, 0, true);
    expect(camera.x).toBe(-100);
  });

  it('gives way to the next wish', () => {
    const camera = cameraOf();
    camera.pan(-100, 0, true);
    camera.fit();
    nextFrame(performance.now() + 10_000);
    nextFrame();
    expect(camera).toMatchObject({ x: 0, y: 100, scale: 0.8 });
  });
});

it('tells whoever watches, once per frame of the screen', () => {
  const camera = cameraOf();
  let told = 0;
  const stop = camera.watch(() => told++);
  expect(told).toBe(1);
  nextFrame();
  camera.pan(1, 0);
  camera.pan(2, 0);
  expect(told).toBe(2);
  nextFrame();
  expect(told).toBe(3);
  stop();
  camera.pan(1, 0);
  nextFrame();
  expect(told).toBe(3);
});
