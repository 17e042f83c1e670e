// How quick the page is, measured in a browser that shows it: for `npm run bench page` and, more loosely, for a test.

import { deflateRawSync } from 'node:zlib';

/** @typedef {import('playwright-core').Page} Page */
/** Milliseconds. @typedef {{ median: number, p95: number, most: number, all: readonly number[] }} Times */

/**
 * What stands behind the # of the page's address for a lab that comes with the link.
 * @param {string} file @param {string} text
 */
export function linkOf(file, text) {
  const packed = deflateRawSync(Buffer.from(text)).toString('base64url');
  return `file=${encodeURIComponent(file)}&text=${packed}`;
}

/**
 * Opens a page and waits until the network of the lab stands there: ms from the request on. Long tasks are counted from here.
 * @param {Page} page @param {string} address
 */
export async function openPage(page, address) {
  await page.addInitScript(() => {
    const watched = /** @type {any} */ (globalThis);
    watched.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) watched.longTasks.push([startTime, duration]);
    }).observe({ type: 'longtask' });
  });
  await page.goto(address);
  return page.evaluate(async () => {
    const stands = () =>
      /** @type {HTMLButtonElement | null} */ (document.querySelector('header button[type=submit]'))
        ?.disabled === false && document.querySelector('main svg path') !== null;
    while (!stands()) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now();
  });
}

/**
 * Presses Enter and waits for the first step: ms until it is painted, and the longest time for which the page answered nobody.
 * @param {Page} page
 */
export function runLab(page) {
  return page.evaluate(async () => {
    const watched = /** @type {any} */ (globalThis);
    watched.longTasks.length = 0;
    const begin = performance.now();
    /** @type {HTMLButtonElement} */ (document.querySelector('header button[type=submit]')).click();
    while (document.querySelector('[aria-current=step]') === null) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const took = performance.now() - begin;
    // What was long is told a little later.
    await new Promise((resolve) => setTimeout(resolve, 300));
    /** @type {number[]} */
    const tasks = watched.longTasks.map((/** @type {[number, number]} */ [, duration]) => duration);
    return { took, tasks };
  });
}

/**
 * Scrubs to places all over the timeline, and measures for each the ms until outline, tables and timeline have that moment:
 * in the page, and painted (the frame of the screen that follows).
 * @param {Page} page with a run and the tab Tables open @param {number} count
 * @returns {Promise<{ ready: Times, painted: Times, frames: number }>}
 */
export async function scrub(page, count) {
  const found = await page.evaluate(async (wanted) => {
    const slider = /** @type {HTMLElement} */ (document.querySelector('[role=slider]'));
    const total = Number(slider.getAttribute('aria-valuemax'));
    const box = slider.getBoundingClientRect();
    /** All of the page tells the same moment: `step 2c, 12.06 ms, frame 7 of 62: …`. @param {string} before */
    const settled = (before) => {
      const told = slider.getAttribute('aria-valuetext') ?? '';
      const [, step, time] = /^step (\S+), (.*?), /.exec(told) ?? [];
      if (told === before || step === undefined) return false;
      const current = document.querySelector('[aria-current=step]')?.textContent ?? '';
      const panel = [...document.querySelectorAll('[role=tabpanel]')].at(-1)?.textContent ?? '';
      return (
        current.startsWith(step) &&
        panel.includes(`Simulated time: ${time}`) &&
        panel.includes(`after ${step}`)
      );
    };
    // The page follows a pointer once per frame of the screen: what is measured begins when it does.
    const { requestAnimationFrame: later } = window;
    /** @param {string} type @param {number} x */
    const point = (type, x) => {
      window.requestAnimationFrame = (act) => {
        act(performance.now());
        return 0;
      };
      slider.dispatchEvent(
        new PointerEvent(type, { bubbles: true, pointerId: 1, button: 0, clientX: x, clientY: box.top + 4 }),
      );
      window.requestAnimationFrame = later;
    };
    // Pointers that no hand moves can not be captured.
    let held = false;
    slider.setPointerCapture = () => {
      held = true;
    };
    slider.hasPointerCapture = () => held;
    const ready = [];
    const painted = [];
    point('pointerdown', box.left);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (let i = 0; i < wanted; i++) {
      // Now here, now there, and at no special moment of the screen's clock.
      const share = ((i * 0.6180339887) % 1) * 0.998 + 0.001;
      await new Promise((resolve) => setTimeout(resolve, 20 + ((i * 7) % 17)));
      const before = slider.getAttribute('aria-valuetext') ?? '';
      const begin = performance.now();
      point('pointermove', box.left + share * box.width);
      const done = await new Promise((resolve) => {
        const look = () => {
          if (settled(before)) finish(performance.now());
        };
        const watcher = new MutationObserver(look);
        const late = setTimeout(() => finish(Number.NaN), 2000);
        /** @param {number} at */
        const finish = (at) => {
          watcher.disconnect();
          clearTimeout(late);
          resolve(at);
        };
        watcher.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        look();
      });
      if (Number.isNaN(done))
        throw new Error(`scrub ${i}: ${slider.getAttribute('aria-valuetext')} is not everywhere`);
      // The row of the step is there; it has to be in view as well.
      const isSeen = () => {
        const row = document.querySelector('[aria-current=step]');
        const at = row?.getBoundingClientRect();
        const list = row?.closest('ol')?.parentElement?.getBoundingClientRect();
        return list !== undefined && at !== undefined && at.bottom > list.top && at.top < list.bottom;
      };
      do await new Promise(requestAnimationFrame);
      while (!isSeen() && performance.now() - begin < 2000);
      if (!isSeen()) throw new Error(`scrub ${i}: the step is not in view`);
      ready.push(done - begin);
      painted.push(performance.now() - begin);
    }
    return { ready, painted, total };
  }, count);
  return { ready: timesOf(found.ready), painted: timesOf(found.painted), frames: found.total };
}

/**
 * Drags the picture of the network to and fro and turns the wheel, for a while, as a hand does.
 * @param {Page} page with the tab Network open @param {number} seconds
 * @returns {Promise<{ drag: Times, wheel: Times }>} from one frame of the screen to the next
 */
export async function moveNetwork(page, seconds) {
  const box = await page.locator('main svg').first().boundingBox();
  if (box === null) throw new Error('there is no picture of the network');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.getByRole('button', { name: 'Larger' }).click();
  await page.mouse.move(x, y);
  await page.mouse.down();
  const drag = await framesDuring(page, seconds, async (turn) => {
    const angle = turn / 9;
    await page.mouse.move(x + 200 * Math.sin(angle), y + 120 * Math.sin(angle * 1.7));
  });
  await page.mouse.up();
  await page.mouse.move(x, y);
  const wheel = await framesDuring(page, seconds, async (turn) => {
    await page.mouse.wheel(0, turn % 24 < 12 ? -90 : 90);
  });
  return { drag, wheel };
}

/** @param {Page} page @param {number} seconds @param {(turn: number) => Promise<void>} act */
async function framesDuring(page, seconds, act) {
  await page.evaluate(() => {
    const watched = /** @type {any} */ (globalThis);
    /** @type {number[]} */
    const times = [];
    watched.frames = times;
    let last = performance.now();
    const tick = () => {
      if (watched.frames !== times) return;
      const now = performance.now();
      times.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; performance.now() < end; turn++) {
    await act(turn);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  const frames = await page.evaluate(() => {
    const watched = /** @type {any} */ (globalThis);
    /** @type {number[]} */
    const times = watched.frames;
    watched.frames = undefined;
    return times;
  });
  return timesOf(frames.slice(1));
}

/** Megabytes that the scripts of the page hold, after a cleaning; its worker has a heap of its own. @param {Page} page */
export async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/** @param {readonly number[]} values @returns {Times} */
export function timesOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  /** @param {number} share */
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), most: at(1), all: values };
}
