// The first visit: little to load, nothing from elsewhere, nothing to click away, and Enter shows the first step.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithJudge } from '../judge.js';
import { Browser, SIZES, type Size } from './browser.js';
import { Relay } from './relay.js';

/** Bytes of JavaScript, packed, that the first visit may cost: some 5 % above what it does cost. */
const BUDGET = 310_000;

describeWithJudge('chromium', 'the first visit', (program) => {
  const browser = new Browser();
  const relay = new Relay();
  beforeAll(async () => {
    await browser.open(program);
    browser.address = await relay.open(browser.address);
  });
  afterAll(async () => {
    relay.close();
    await browser.close();
  });

  it(`loads less than ${BUDGET / 1000} kB of JavaScript, all of it from here, and complains of nothing`, async () => {
    relay.crossed.length = 0;
    const visitor = await browser.visit({ offline: false });
    const { page, requests } = visitor;
    await visitor.ready();
    await relay.quiet();
    const first = relay.script;
    expect(first).toBeGreaterThan(50_000);
    expect(first).toBeLessThan(BUDGET);
    // The engine counts, too.
    expect(relay.crossed.map(({ path }) => path)).toContainEqual(expect.stringContaining('engine-worker'));

    await visitor.enter();
    await page.getByRole('tab', { name: 'Step' }).waitFor();
    await relay.quiet();
    expect(relay.script).toBeLessThan(BUDGET);
    console.log(
      `JavaScript, packed: ${first} bytes until the first screen stands, ${relay.script} until the first step`,
    );
    // Reading YAML, consoles, captures and the views that nobody has opened are for later.
    const later = /\/(?:lab-reader|console|take-away|table|packet|ladder|terminal|yaml|help|about)/;
    expect(relay.crossed.map(({ path }) => path).filter((path) => later.test(path))).toEqual([]);

    expect(requests).toContainEqual(expect.stringContaining('engine-worker'));
    const here = new URL(browser.address).origin;
    expect(requests.filter((url) => new URL(url).origin !== here && !/^(?:data|blob):/.test(url))).toEqual(
      [],
    );
    await visitor.leave();
  });

  it('is kept for the time without a network only when the first screen stands', async () => {
    relay.crossed.length = 0;
    const visitor = await browser.visit();
    await visitor.ready();
    await visitor.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    const paths = relay.crossed.map(({ path }) => path);
    const lab = paths.findIndex((path) => /^\/assets\/nat-http-.*\.yaml$/.test(path));
    expect(lab).toBeGreaterThan(0);
    expect(paths.indexOf('/service-worker.js')).toBeGreaterThan(lab);
    await visitor.leave();
  });

  it('has fetched the rest by then: what is opened later waits for no server', async () => {
    const visitor = await browser.visit();
    const { page } = visitor;
    await visitor.ready();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await relay.quiet();
    relay.crossed.length = 0;
    await visitor.enter();
    for (const name of ['Console', 'Tables', 'Packet']) {
      const tab = page.getByRole('tab', { name, exact: true });
      await tab.click();
      await page.getByRole('tabpanel', { name, exact: true }).getByRole('heading').first().waitFor();
    }
    await page.getByRole('button', { name: 'Take away' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Capture for Wireshark' }).click();
    await download;
    await relay.quiet();
    expect(relay.crossed.filter(({ path }) => path.startsWith('/assets/'))).toEqual([]);
    await visitor.leave();
  });

  it.each(Object.keys(SIZES) as Size[])(
    'shows address, Enter and the network on a %s, with nothing in the way',
    async (size) => {
      const visitor = await browser.visit({ size });
      const { page } = visitor;
      await visitor.ready();
      expect(await page.locator('#address').inputValue()).toBe('http://www.example.com/');
      expect(await page.locator('dialog[open], [popover]:popover-open').count()).toBe(0);
      // What is in the middle of Enter is Enter; so it is with the devices of the network.
      for (const name of [/^Enter/, /^pc, the computer/, /^web, the web server/]) {
        const button = page.getByRole('button', { name }).first();
        expect(await button.isVisible(), String(name)).toBe(true);
        await button.click({ trial: true });
      }
      expect(await visitor.overhang()).toBeLessThanOrEqual(0);
      await visitor.picture(`first-${size}`);
      await visitor.leave();
    },
  );

  it('shows the first step at once when Enter is pressed, by key and by mouse', async () => {
    for (const press of ['key', 'mouse'] as const) {
      const visitor = await browser.visit();
      const { page } = visitor;
      await visitor.ready();
      if (press === 'key') await page.locator('#address').press('Enter');
      else
        await page
          .getByRole('button', { name: /^Enter/ })
          .first()
          .click();
      await page.getByRole('heading', { name: /^1a\b/ }).first().waitFor();
      await page.waitForFunction(() => location.hash.includes('step=1a'));
      await visitor.leave();
    }
  });

  it('has a policy against script that somebody brings in', async () => {
    const visitor = await browser.visit();
    const { page, context } = visitor;
    const ways = (): Promise<string[]> =>
      page.evaluate(async () => {
        const ran: string[] = [];
        const seen = globalThis as unknown as { ran: (way: string) => void };
        seen.ran = (way) => {
          ran.push(way);
        };
        const script = document.createElement('script');
        script.textContent = "ran('inline script')";
        document.body.append(script);
        const box = document.createElement('div');
        box.innerHTML = `<img src="x" onerror="ran('handler')"><a href="javascript:ran('link')">x</a>`;
        document.body.append(box);
        box.querySelector('a')?.click();
        const data = document.createElement('script');
        data.src = "data:text/javascript,ran('data: script')";
        document.body.append(data);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return ran.sort();
      });
    expect(await ways()).toEqual([]);
    expect(visitor.complaints.join('\n')).toContain('Content Security Policy');
    // The same deeds elsewhere, to see that they are deeds.
    await page.goto('about:blank');
    expect(await ways()).toEqual(['data: script', 'handler', 'inline script', 'link']);
    await context.close();
  });
});
