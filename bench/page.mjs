// The page in Chromium: opening a big lab, the run, scrubbing through 100,000 events, moving a picture of 500 devices.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';
import { main, root } from '../scripts/prepare.mjs';
import { printCase, readOptions } from './case.mjs';
import { heapOf, linkOf, moveNetwork, openPage, runLab, scrub } from './page-measure.mjs';

const options = readOptions({ hosts: 90, devices: 500, scrubs: 200, seconds: 2 });

/** The labs are written in TypeScript, for the tests. @type {{ module: typeof import('../test/big-labs.js') }} */
const { module: labs } = await runnerImport(path.join(root, 'test/big-labs.ts'), {
  configFile: false,
  logLevel: 'error',
});

const server = spawn(process.execPath, [main, 'serve', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
/** @type {string} */
const address = await new Promise((resolve, reject) => {
  server.stdout.on('data', (piece) => {
    const found = /http:\S+/.exec(String(piece))?.[0];
    if (found !== undefined) resolve(found);
  });
  server.once('exit', () => reject(new Error('wirewalk serve has ended')));
});
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
try {
  const star = await visit('star.yaml', labs.starLab(options.hosts, 100_000));
  const starOpen = star.opened;
  const { took, tasks } = await runLab(star.page);
  await star.page.getByRole('tab', { name: 'Tables' }).click();
  const scrubbed = await scrub(star.page, options.scrubs);
  const events = await eventsOf(star.page);
  const heap = await heapOf(star.page);
  await star.page.close();

  const tree = await visit('tree.yaml', labs.treeLab(options.devices));
  const moved = await moveNetwork(tree.page, options.seconds);
  await tree.page.close();

  printCase({
    case: 'page',
    hosts: options.hosts,
    scrubs: options.scrubs,
    devices: options.devices,
    events,
    frames: scrubbed.frames,
    ms_open: round(starOpen),
    ms_run: round(took),
    ms_longest_task: round(Math.max(0, ...tasks)),
    ms_ready: round(scrubbed.ready.median),
    ms_ready_p95: round(scrubbed.ready.p95),
    ms_painted: round(scrubbed.painted.median),
    ms_painted_p95: round(scrubbed.painted.p95),
    mb_heap: round(heap),
    ms_open_network: round(tree.opened),
    ms_drag: round(moved.drag.median),
    ms_drag_p95: round(moved.drag.p95),
    ms_wheel: round(moved.wheel.median),
    ms_wheel_p95: round(moved.wheel.p95),
  });
} finally {
  await browser.close();
  server.kill();
}

/** @param {string} file @param {string} text */
async function visit(file, text) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const opened = await openPage(page, `${address}#${linkOf(file, text)}`);
  return { page, opened };
}

/** As the help tells it. @param {import('playwright-core').Page} page */
async function eventsOf(page) {
  await page.getByRole('button', { name: 'Help and keys' }).click();
  const told = await page.getByRole('dialog').getByText('trace hash').textContent();
  return Number((/([\d,]+) events/.exec(told ?? '')?.[1] ?? '').replaceAll(',', ''));
}

function findChromium() {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin'];
  const found = folders.map((folder) => path.join(folder, 'chromium')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('chromium is not installed');
  return found;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
