// The packet list with its display filter, and the ladder: the same frames as Node finds, and every row a way to its moment.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { frameLine, matchingFrames } from '../../src/view/frame-lines.js';
import { parseFilter } from '../../src/wire/display-filter.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import { frameOf, hashOf, type NodeRun, nodeRun, stepNamed } from './node-run.js';

/** Wide enough for all columns. */
const SCREEN = { width: 2000, height: 1000 };

describeWithJudge('chromium', 'packet list and ladder', (program) => {
  const browser = new Browser();
  let visitor: Visitor;
  let page: Page;
  let run: NodeRun;

  beforeAll(async () => {
    run = nodeRun('nat-http');
    await browser.open(program);
    visitor = await browser.visit({ hash: 'lab=nat-http&step=1a&view=packets' });
    page = visitor.page;
    await page.setViewportSize(SCREEN);
    await page.getByRole('combobox', { name: 'Display filter' }).waitFor();
  });

  afterAll(async () => {
    try {
      await visitor?.leave();
    } finally {
      await browser.close();
    }
  });

  /** Types a display filter in the place of the one that stands there. */
  async function filterBy(text: string): Promise<void> {
    const field = page.getByRole('combobox', { name: 'Display filter' });
    await field.fill('');
    await page.getByText(`${run.frames.length} frames, no filter`).waitFor();
    await field.fill(text);
  }

  const status = () => page.getByRole('region', { name: 'Run' }).getByRole('search').getByRole('status');
  const grid = () => page.getByRole('grid', { name: 'Frames' });

  it('its rows are those of Node', async () => {
    const rows = await grid().evaluate(async (table) => {
      const found = new Map<number, Record<string, string>>();
      for (let top = 0; top <= table.scrollHeight; top += Math.max(100, table.clientHeight - 100)) {
        table.scrollTop = top;
        const lacks = (): boolean =>
          [...table.querySelectorAll('[data-column=info]')].some(({ textContent }) => textContent === '…');
        await new Promise(requestAnimationFrame);
        for (let tries = 0; tries < 100 && lacks(); tries++) await new Promise(requestAnimationFrame);
        for (const row of table.querySelectorAll('tbody tr')) {
          const cells = [...row.querySelectorAll<HTMLElement>('td')];
          found.set(
            Number(row.getAttribute('aria-rowindex')) - 2,
            Object.fromEntries(cells.map(({ dataset, textContent }) => [dataset.column ?? '', textContent])),
          );
        }
      }
      return [...found.entries()].sort(([a], [b]) => a - b).map(([, cells]) => cells);
    });
    const { nodes, interfaces } = run.trace.world;
    const place = (id: number | undefined): string => {
      const one = interfaces[id ?? -1];
      return `${nodes[one?.node ?? -1]?.name}:${one?.name}`;
    };
    const wanted = [...run.frames.seq.keys()].map((frame) => {
      const { number, time, source, destination, protocol, length, info } = frameLine(
        run.trace,
        run.frames,
        frame,
      );
      return {
        number: String(number),
        time: (time / 1e9).toFixed(9),
        where: `${place(run.frames.from[frame])} → ${place(run.frames.to[frame])}`,
        ...{ source, destination, protocol, length: String(length), info },
      };
    });
    expect(rows).toEqual(wanted);
  });

  it.each([
    'arp',
    'dns',
    'tcp.flags.syn == 1',
    'ip.addr == 192.168.0.10',
    'ip.src == 192.168.0.10 && udp.srcport == 3333',
    'tcp.port in {80, 443} and not tcp.flags.syn',
    'http.request or http.response',
    'frame.len > 100',
    'ip.ttl < 64 && !(ip.dst == 51.0.0.0/24)',
    'dns.qry.name contains "example" || eth.dst == ff:ff:ff:ff:ff:ff',
    'icmp',
  ])('filter %s', async (text) => {
    const filter = parseFilter(text);
    if ('error' in filter) throw new Error(filter.error);
    const matches = matchingFrames(run.trace, run.frames, filter);
    await filterBy(text);
    if (matches.length === 0) {
      await page.getByText(`No frame fits: 0 of ${run.frames.length} frames`).waitFor();
      await page.getByText('No frame fits this filter.').waitFor();
      return;
    }
    await status()
      .filter({ hasText: `${matches.length} of ${run.frames.length} frames` })
      .waitFor();
    await page.waitForFunction(
      (count) => document.querySelector('[role=grid][aria-label=Frames]')?.ariaRowCount === count,
      String(matches.length + 1),
    );
    const shown = await grid().locator('tbody tr [data-column=number]').allTextContents();
    expect(shown.map((number) => Number(number) - 1)).toEqual([...matches].slice(0, shown.length));
    expect(shown.length).toBeGreaterThanOrEqual(Math.min(20, matches.length));
  });

  it.each([
    ['ip.src =', 7],
    ['tcp.port == 80 &&& dns', 16],
    ['(dns', 4],
    ['tcp.port == 80 and or dns', 20],
    ['dns.qry.name == "', 16],
  ])('a wrong filter is underlined where it is wrong: %s', async (text, least) => {
    const filter = parseFilter(text);
    if (!('error' in filter)) throw new Error(`${text} is right`);
    await filterBy(text);
    await status().filter({ hasText: filter.error }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Display filter' }).getAttribute('aria-invalid')).toBe(
      'true',
    );
    // A bracket may have been closed by the editor.
    const { before, marked } = await page
      .getByRole('combobox', { name: 'Display filter' })
      .evaluate((field) => {
        const mark = field.querySelector('.filter-wrong');
        const range = document.createRange();
        range.setStart(field, 0);
        if (mark !== null) range.setEndBefore(mark);
        return { before: range.toString().length, marked: mark?.textContent ?? undefined };
      });
    expect(marked, 'nothing is underlined').toBeDefined();
    expect(Math.min(filter.position, text.length)).toBeGreaterThanOrEqual(least - 1);
    expect(before).toBeLessThanOrEqual(filter.position);
    expect(before + (marked?.length ?? 0)).toBeGreaterThanOrEqual(Math.min(filter.position, text.length));
    // All frames are there as long as it is wrong.
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(run.frames.length + 1));
  });

  it('says so when no frame can have a name', async () => {
    await filterBy('quic.version');
    await status().filter({ hasText: 'No field or protocol is called quic.version' }).waitFor();
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(run.frames.length + 1));
  });

  it('proposes the names of fields', async () => {
    const field = page.getByRole('combobox', { name: 'Display filter' });
    await filterBy('');
    await field.pressSequentially('tcp.fl');
    const option = page.getByRole('option', { name: /^tcp\.flags\.syn / });
    await option.waitFor();
    await option.click();
    await page.waitForFunction(
      () => document.querySelector('[role=combobox]')?.textContent === 'tcp.flags.syn',
    );
    await page.keyboard.type(' == 1');
    await page.keyboard.press('Enter');
    const filter = parseFilter('tcp.flags.syn == 1');
    const count = 'error' in filter ? -1 : matchingFrames(run.trace, run.frames, filter).length;
    await status()
      .filter({ hasText: `${count} of ${run.frames.length} frames` })
      .waitFor();
  });

  it('a row that is chosen is the moment, for mouse and keyboard', async () => {
    await filterBy('tcp');
    const filter = parseFilter('tcp');
    const matches = 'error' in filter ? [] : [...matchingFrames(run.trace, run.frames, filter)];
    await status()
      .filter({ hasText: `${matches.length} of` })
      .waitFor();
    await grid().locator('tbody tr').nth(3).click();
    await isMoment(matches[3] as number);
    await grid().focus();
    await page.keyboard.press('ArrowDown');
    await isMoment(matches[4] as number);
    await page.keyboard.press('End');
    await isMoment(matches.at(-1) as number);
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { level: 2, name: `Frame ${(matches.at(-1) as number) + 1} of` })
      .waitFor();
  });

  /** All of the page stands where this frame is sent. */
  async function isMoment(frame: number): Promise<void> {
    await page.waitForFunction(
      (sent) => document.querySelector('[role=slider]')?.getAttribute('aria-valuenow') === sent,
      String(frame + 1),
    );
    const step = run.steps.find(({ events }) => events.includes(run.frames.seq[frame] as number));
    const current = page.getByRole('region', { name: 'Outline' }).locator('[aria-current=step]');
    await expect.poll(() => current.textContent()).toContain(step?.id);
    await expect.poll(async () => (await hashOf(page)).get('step')).toBe(step?.id);
  }

  it('the ladder has the same filter, and an arrow for every frame that fits', async () => {
    await page.getByRole('tab', { name: 'Ladder' }).click();
    const list = page.getByRole('listbox', { name: 'Frames' });
    const field = page.getByRole('combobox', { name: 'Display filter' });
    await field.waitFor();
    expect(await field.textContent()).toBe('tcp');
    const filter = parseFilter('tcp');
    const matches = 'error' in filter ? [] : [...matchingFrames(run.trace, run.frames, filter)];
    expect(await list.getByRole('option').first().getAttribute('aria-setsize')).toBe(String(matches.length));
    await filterBy('');
    await expect
      .poll(() => list.getByRole('option').first().getAttribute('aria-setsize'))
      .toBe(String(run.frames.length));
  });

  it('the ladder tells each frame, zooms, and leads to the moment', async () => {
    const list = page.getByRole('listbox', { name: 'Frames' });
    await list.focus();
    await page.keyboard.press('Home');
    await isMoment(0);
    const { nodes, interfaces } = run.trace.world;
    const name = (id: number | undefined): string => nodes[interfaces[id ?? -1]?.node ?? -1]?.name ?? '';
    for (const frame of [0, 3]) {
      const { protocol, info } = frameLine(run.trace, run.frames, frame);
      const way = `${name(run.frames.from[frame])} to ${name(run.frames.to[frame])}`;
      const option = list.getByRole('option', { name: new RegExp(`^Frame ${frame + 1}, `) });
      await expect.poll(() => option.getAttribute('aria-label')).toContain(`${way}: ${protocol} ${info}`);
    }
    // As many arrows as rows.
    const drawn = await list.evaluate((element) => ({
      arrows: element.querySelectorAll('svg g[data-layer]').length,
      rows: element.querySelectorAll('[role=option]').length,
      height: element.scrollHeight,
    }));
    expect(drawn.arrows).toBe(drawn.rows);
    expect(drawn.rows).toBeGreaterThan(10);

    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: '125 %' }).waitFor();
    const larger = await list.evaluate((element) => element.scrollHeight);
    expect(larger / drawn.height).toBeCloseTo(1.25, 1);
    await page.getByRole('button', { name: '125 %' }).click();
    await page.getByRole('button', { name: '100 %' }).waitFor();
    await page.keyboard.down('Control');
    await list.hover();
    await page.mouse.wheel(0, 240);
    await page.keyboard.up('Control');
    await page.getByRole('button', { name: '50 %' }).waitFor();
    await page.getByRole('button', { name: '50 %' }).click();

    await list.getByRole('option', { name: /^Frame 5, / }).click();
    await isMoment(4);
    const wanted = frameOf(run, stepNamed(run, '3b'));
    const slider = page.getByRole('slider');
    await slider.press('PageDown');
    await slider.press('ArrowRight');
    await isMoment(wanted);
    const chosen = list.getByRole('option', { selected: true });
    await expect.poll(() => chosen.getAttribute('aria-label')).toContain(`Frame ${wanted + 1}, `);
    // It came into view by itself.
    const box = await chosen.boundingBox();
    const room = await list.boundingBox();
    expect(box?.y ?? 0).toBeGreaterThanOrEqual(room?.y ?? 0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((room?.y ?? 0) + (room?.height ?? 0));
  });

  it('the ladder as a table is the packet list', async () => {
    await page.getByRole('button', { name: 'As a table' }).click();
    await grid().waitFor();
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(run.frames.length + 1));
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.getByRole('listbox', { name: 'Frames' }).waitFor();
    expect(await visitor.axe()).toEqual([]);
  });
});
