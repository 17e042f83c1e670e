// The timeline in Chromium: scrubbed by mouse, keys and touch; at every moment the tables are those that Node folds.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/base/time.js';
import { FRAME_LAYERS } from '../../src/view/frame-columns.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import {
  device,
  follow,
  linkTo,
  PATIENCE,
  plainTables,
  readTables,
  standsAt,
  stepNow,
  track,
} from './person.js';
import { LABS, LOSSY, type Told, toldLab, toldTables, toldText } from './told.js';

describeWithJudge('chromium', 'the timeline of the page', (program) => {
  const browser = new Browser();
  beforeAll(() => browser.open(program));
  afterAll(() => browser.close());

  describe('the tables of any moment', () => {
    it.each(LABS)('%s: at ten moments they are those that Node folds from the trace', async (name) => {
      const visitor = await browser.visit();
      // High enough for the tables of all devices at once.
      await visitor.page.setViewportSize({ width: 1440, height: 9000 });
      await follow(browser, visitor, `lab=${name}&step=1a&side=tables`);
      await device(visitor, 'All devices');
      const told = toldLab(name);
      const different = new Set<string>();
      // To and fro, as somebody does who looks for something.
      for (const tenth of [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]) {
        const share = (tenth + 0.5) / 10;
        await pointAt(visitor, share);
        const frame = Math.floor(share * told.frames.length);
        await standsAtFrame(visitor, told, frame);
        const expected = toldTables(told, told.frames.seq[frame] as number);
        await expect.poll(async () => plainTables(await readTables(visitor)), PATIENCE).toEqual(expected);
        different.add(JSON.stringify(expected));
      }
      expect(different.size).toBeGreaterThan(5);
      await visitor.leave();
    });
  });

  describe('scrubbing', () => {
    const told = toldLab('nat-http');
    const total = told.frames.length;

    it('by mouse: the walk follows the pointer while it is held down', async () => {
      const visitor = await browser.visit();
      const { mouse } = visitor.page;
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      const { x, y, width } = await boxOf(visitor);
      const place = (share: number): [number, number] => [x + share * width, y];
      await mouse.move(...place(0.1));
      expect(await stepNow(visitor)).toBe('1a');
      await mouse.down();
      await standsAtFrame(visitor, told, Math.floor(0.1 * total));
      for (const share of [0.3, 0.62, 0.45]) {
        await mouse.move(...place(share), { steps: 4 });
        await standsAtFrame(visitor, told, Math.floor(share * total));
      }
      // Beyond the edge is the last frame; and it is over when the button is let go.
      await mouse.move(x + width + 200, y + 300);
      await standsAtFrame(visitor, told, total - 1);
      await mouse.up();
      await mouse.move(...place(0.2));
      await standsAtFrame(visitor, told, total - 1);
      await visitor.leave();
    });

    it('by keys: frames, phases, first and last; each said in words', async () => {
      const visitor = await browser.visit();
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      const slider = track(visitor);
      await slider.focus();
      expect(await slider.getAttribute('aria-valuemax')).toBe(String(total));
      const { keyboard } = visitor.page;
      for (const frame of [0, 1, 2, 3]) {
        await keyboard.press(frame % 2 === 0 ? 'ArrowRight' : 'ArrowUp');
        await standsAtFrame(visitor, told, frame);
      }
      await keyboard.press('ArrowLeft');
      await standsAtFrame(visitor, told, 2);
      await keyboard.press('ArrowDown');
      await standsAtFrame(visitor, told, 1);
      await keyboard.press('PageDown');
      await standsAt(visitor, '3a');
      await keyboard.press('PageUp');
      await standsAt(visitor, '2a');
      await keyboard.press('End');
      await standsAt(visitor, '5s');
      expect(await slider.getAttribute('aria-valuenow')).toBe(String(total));
      await keyboard.press('Home');
      await standsAt(visitor, '1a');
      expect(await slider.getAttribute('aria-valuetext')).toMatch(
        /^step 1a, 0 ns, before the first frame: URL: http/,
      );
      await visitor.leave();
    });

    it('by touch on a phone: the page stays where it is', async () => {
      const visitor = await browser.visit({ size: 'phone' });
      await follow(browser, visitor, 'lab=nat-http&step=1a');
      const finger = await visitor.context.newCDPSession(visitor.page);
      const { x, y, width } = await boxOf(visitor);
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share = 0) =>
        finger.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: type === 'touchEnd' ? [] : [{ x: x + share * width, y }],
        });
      await touch('touchStart', 0.2);
      await standsAtFrame(visitor, told, Math.floor(0.2 * total));
      for (const share of [0.25, 0.35, 0.5, 0.65, 0.75]) await touch('touchMove', share);
      await standsAtFrame(visitor, told, Math.floor(0.75 * total));
      for (const share of [0.6, 0.4]) await touch('touchMove', share);
      await standsAtFrame(visitor, told, Math.floor(0.4 * total));
      await touch('touchEnd');
      expect(await visitor.page.evaluate(() => [scrollX, scrollY, visualViewport?.scale])).toEqual([0, 0, 1]);
      await visitor.leave();
    });
  });

  describe('marks', () => {
    it.each(['light', 'dark'] as const)(
      '%s: every frame stands in the colour of its layer',
      async (theme) => {
        const visitor = await browser.visit({ theme });
        await follow(browser, visitor, 'lab=nat-http&step=1a');
        const { frames } = toldLab('nat-http');
        const layers = [...frames.layer.subarray(0, frames.length)].map((layer) => FRAME_LAYERS[layer]);
        expect(await coloursOf(visitor, frames.length)).toEqual(layers);
        await visitor.leave();
      },
    );

    it('a frame that is lost stands out', async () => {
      const visitor = await browser.visit({ hash: `${linkTo('lossy.yaml', LOSSY)}&step=1a` });
      await standsAt(visitor, '1a');
      const { frames } = toldText(LOSSY);
      const colours = await coloursOf(visitor, frames.length);
      const lost = colours.flatMap((colour, frame) => (colour?.includes('error') ? [frame] : []));
      expect(lost).toEqual([...frames.lost].flatMap((isLost, frame) => (isLost === 1 ? [frame] : [])));
      expect(lost).toHaveLength(1);
      await visitor.leave();
    });
  });
});

/** By frame: which layers' colours, or that of errors, are seen in the middle of its place. */
function coloursOf(visitor: Visitor, total: number): Promise<string[]> {
  return track(visitor)
    .locator('canvas')
    .evaluate(
      (element, [count, names]) => {
        const canvas = element as HTMLCanvasElement;
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const pen = copy.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
        pen.drawImage(canvas, 0, 0);
        const page = getComputedStyle(document.documentElement);
        const colours = names.map((name) => {
          const hex = page.getPropertyValue(`--${name}`).trim();
          return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join();
        });
        return Array.from({ length: count }, (_, frame) => {
          const x = Math.round(((frame + 0.5) / count) * canvas.width);
          const { data } = pen.getImageData(x, 0, 1, canvas.height);
          const found = new Set<string>();
          for (let at = 0; at < data.length; at += 4) {
            const name = names[colours.indexOf([...data.subarray(at, at + 3)].join())];
            if (name !== undefined && data[at + 3] === 255) found.add(name);
          }
          return [...found].join();
        });
      },
      [total, [...FRAME_LAYERS, 'error']] as const,
    );
}

/** The place of the marks. */
async function boxOf(visitor: Visitor): Promise<{ x: number; y: number; width: number }> {
  const box = await track(visitor).boundingBox();
  if (box === null) throw new Error('the timeline is not seen');
  return { x: box.x, y: box.y + box.height / 2, width: box.width };
}

async function pointAt(visitor: Visitor, share: number): Promise<void> {
  const { x, y, width } = await boxOf(visitor);
  await visitor.page.mouse.click(x + share * width, y);
}

/** Waits until the timeline says that this frame is the last one that was sent, and checks its words. */
async function standsAtFrame(visitor: Visitor, { frames, steps, trace }: Told, frame: number): Promise<void> {
  const seq = frames.seq[frame] as number;
  const step = steps.find(({ events }) => events.includes(seq));
  const time = formatDuration(trace.event(seq).time);
  await expect
    .poll(() => track(visitor).getAttribute('aria-valuetext'), PATIENCE)
    .toBe(`step ${step?.id}, ${time}, frame ${frame + 1} of ${frames.length}: ${step?.headline}`);
  expect(await stepNow(visitor)).toBe(step?.id);
}
