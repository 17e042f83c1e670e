// What keeps the page quick when a run is long and a network wide: only what is seen is drawn, memory is bounded, and
// scrubbing shows every moment. How quick it is, `npm run bench page` measures; here it is told only.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { heapOf, moveNetwork, openPage, runLab, scrub, type Times } from '../../bench/page-measure.mjs';
import { starLab, treeLab } from '../big-labs.js';
import { describeWithJudge } from '../judge.js';
import { runText } from '../lab-runs.js';
import { Browser, type Visitor } from './browser.js';
import { linkOf } from './lab-files.js';

const told: string[] = [];
const ms = (time: number): string => `${time.toFixed(1)} ms`;
const shown = ({ median, p95, most }: Times): string =>
  `median ${ms(median)}, p95 ${ms(p95)}, most ${ms(most)}`;

describeWithJudge('chromium', 'how quick the page is', (program) => {
  const browser = new Browser();
  let visitor: Visitor;

  beforeAll(async () => {
    await browser.open(program);
    visitor = await browser.visit();
  });

  afterAll(async () => {
    console.log(told.join('\n'));
    try {
      await visitor?.leave();
    } finally {
      await browser.close();
    }
  });

  /** Opens a lab that comes with the link, on a page that watches itself. */
  async function open(file: string, text: string): Promise<number> {
    await visitor.page.goto('about:blank');
    return openPage(visitor.page, `${browser.address}#${linkOf(file, text)}`);
  }

  it('100,000 events: the run does not hold the page up, and scrubbing shows every moment', async () => {
    const text = starLab(90, 100_000);
    expect(runText(text, { record: 'events' }).world.recorder.length).toBeGreaterThan(100_000);
    const opened = await open('star.yaml', text);
    const { took, tasks } = await runLab(visitor.page);
    await visitor.page.getByRole('tab', { name: 'Tables' }).click();
    const { ready, painted, frames } = await scrub(visitor.page, 60);
    const longest = Math.max(0, ...tasks);
    told.push(
      `a star of 90 hosts: opened in ${ms(opened)}, run in ${ms(took)}, longest task ${ms(longest)}`,
      `scrubbing ${frames} frames, in the page: ${shown(ready)}`,
      `… painted: ${shown(painted)}`,
    );
    expect(frames).toBeGreaterThan(20_000);
    const rows = visitor.page.getByRole('region', { name: 'Outline' }).getByRole('listitem');
    expect(await rows.count()).toBeLessThan(100);
    expect(await heapOf(visitor.page)).toBeLessThan(200);
  });

  it('500 devices: the picture stands soon, and can be moved smoothly', async () => {
    const opened = await open('tree.yaml', treeLab(500));
    await visitor.page.getByText('500 devices on 499 cables').waitFor();
    const { drag, wheel } = await moveNetwork(visitor.page, 1.5);
    told.push(`500 devices: opened in ${ms(opened)}, dragged: ${shown(drag)}, zoomed: ${shown(wheel)}`);
    // What is far outside of the picture is not drawn: close up there are some devices, not all.
    for (let i = 0; i < 12; i++) await visitor.page.getByRole('button', { name: 'Larger' }).click();
    await expect.poll(() => visitor.page.locator('main [data-node]').count()).toBeGreaterThan(0);
    expect(await visitor.page.locator('main [data-node]').count()).toBeLessThan(150);
    const { took } = await runLab(visitor.page);
    told.push(`… run in ${ms(took)}`);
    expect(
      await visitor.page.getByRole('region', { name: 'Outline' }).getByRole('listitem').count(),
    ).toBeLessThan(100);
    expect(await heapOf(visitor.page)).toBeLessThan(300);
  });
});
