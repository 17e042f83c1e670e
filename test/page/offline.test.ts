// After the first visit the page needs no server; and when there is one with a newer page, that one takes over.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, root } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { Browser } from './browser.js';

/** Waits until everything is stored and the service worker answers for the page. */
async function kept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    });
  });
}

/** Names of what is stored, by cache. */
function stored(page: Page): Promise<Record<string, string[]>> {
  return page.evaluate(async () => {
    const all: Record<string, string[]> = {};
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      all[name] = requests.map(({ url }) => url.slice(location.origin.length + 1)).sort();
    }
    return all;
  });
}

describeWithJudge('chromium', 'without a network', (program) => {
  const folder = new Folder();
  afterAll(() => folder.remove());

  describe('the page', () => {
    const browser = new Browser();
    afterAll(() => browser.close());

    it('works after one visit: every lab, every view', { timeout: 60_000 }, async () => {
      const lab = folder.write('mine.yaml', readFileSync(path.join(root, 'labs/campus.yaml'), 'utf8'));
      await browser.open(program, [lab]);
      const visitor = await browser.visit({ size: 'laptop' });
      const { page } = visitor;
      await visitor.ready();
      await kept(page);
      const [files = []] = Object.values(await stored(page));
      const built = readdirSync(path.join(root, 'dist/web'), { recursive: true, encoding: 'utf8' })
        .map((name) => name.split(path.sep).join('/'))
        .filter((name) => /\.(?:js|css|yaml|svg|webmanifest)$/.test(name) && name !== 'service-worker.js');
      expect(files).toEqual(['', ...built].sort());
      // A file that the server was given is stored when it is looked at.
      await page.goto(`${browser.address.replace(/#.*/, '')}#served=mine.yaml`);
      await page.reload();
      await visitor.ready();

      await browser.stopServing();
      await expect(fetch(browser.address)).rejects.toThrow();
      await page.reload();
      await visitor.ready();
      await visitor.enter();
      expect(page.url()).toContain('served=mine.yaml');

      // Nothing but the address, which a server would answer as it answers any other.
      await page.goto(browser.address.replace(/#.*/, '?from=elsewhere'));
      await visitor.ready();
      await visitor.enter();
      for (const [tab, shown] of [
        ['Ladder', page.getByRole('tabpanel', { name: 'Ladder' }).getByRole('heading', { level: 2 })],
        ['Packets', page.getByRole('tabpanel', { name: 'Packets' }).getByText('192.168.0.10').first()],
        ['Tables', page.getByRole('tabpanel', { name: 'Tables' }).getByRole('table').first()],
        ['Packet', page.getByRole('tabpanel', { name: 'Packet', exact: true }).getByRole('heading').first()],
        ['Console', page.getByRole('tabpanel', { name: 'Console' }).getByLabel('Device')],
      ] as const) {
        await page.getByRole('tab', { name: tab, exact: true }).click();
        await shown.waitFor({ state: 'attached', timeout: 10_000 });
        await page
          .getByText(/^Loading/)
          .first()
          .waitFor({ state: 'detached' });
      }
      const labs = readdirSync(path.join(root, 'labs')).map((file) => file.replace('.yaml', ''));
      expect(labs.length).toBeGreaterThan(2);
      for (const name of labs) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, `lab=${name}&step=1a`);
        await page.getByRole('heading', { name: new RegExp(`^${name}\\b`) }).waitFor();
        await visitor.ready();
        expect(await page.getByRole('alert').textContent()).toBe('');
      }
      // The tests of an update that failed: there is no server to ask.
      visitor.complaints.splice(
        0,
        visitor.complaints.length,
        ...visitor.complaints.filter((words) => !words.includes('ERR_CONNECTION_REFUSED')),
      );
      await visitor.leave();
    });
  });

  describe('a newer page', () => {
    const browser = new Browser();
    afterAll(() => browser.close());
    const own = folder.file('own');
    const page = path.join(own, 'dist/web');

    it('takes the place of the old one, which goes on while it is open', { timeout: 60_000 }, async () => {
      mkdirSync(path.join(own, 'dist/cli'), { recursive: true });
      for (const part of ['package.json', 'labs', 'dist/web', 'dist/cli/wirewalk.mjs'])
        cpSync(path.join(root, part), path.join(own, part), { recursive: true });
      await browser.open(program, [], { program: path.join(own, 'dist/cli/wirewalk.mjs') });
      const visitor = await browser.visit();
      await visitor.ready();
      await kept(visitor.page);
      const [oldCache] = Object.keys(await stored(visitor.page));

      // The next version: another title, and one part under another name.
      const change = (file: string, from: string | RegExp, to: string): void => {
        const text = readFileSync(path.join(page, file), 'utf8');
        const changed = text.replaceAll(from, to);
        expect(changed).not.toBe(text);
        writeFileSync(path.join(page, file), changed);
      };
      const version = /version:\s*[`"']([0-9a-f]{16})/;
      const text = readFileSync(path.join(page, 'service-worker.js'), 'utf8');
      const [, old = ''] = /"version":"([0-9a-f]{16})"/.exec(text) ?? version.exec(text) ?? [];
      expect(oldCache).toBe(`wirewalk-${old}`);
      change('service-worker.js', old, '0123456789abcdef');
      change('index.html', '<title>wirewalk</title>', '<title>wirewalk, newer</title>');

      // The old page, still open, asks whether there is something new, and then for a part that it had not loaded.
      await visitor.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update();
        const incoming = registration.installing ?? registration.waiting;
        while (incoming !== null && incoming.state === 'installing')
          await new Promise((resolve) => setTimeout(resolve, 20));
      });
      expect(Object.keys(await stored(visitor.page)).sort()).toEqual(
        [oldCache, 'wirewalk-0123456789abcdef'].sort(),
      );
      expect(await visitor.page.title()).toBe('wirewalk');
      // … it is seen at once by who comes back,
      await visitor.page.reload();
      expect(await visitor.page.title()).toBe('wirewalk, newer');
      await visitor.ready();
      // and when the last page of the old version is closed, that version is gone.
      await visitor.page.close();
      const next = await visitor.context.newPage();
      await next.goto(browser.address);
      await next.waitForFunction(async () => (await caches.keys()).length === 1);
      expect(Object.keys(await stored(next))).toEqual(['wirewalk-0123456789abcdef']);
      await browser.stopServing();
      await next.reload();
      expect(await next.title()).toBe('wirewalk, newer');
      await next
        .getByRole('button', { name: /^Enter/ })
        .first()
        .click();
      await next.waitForFunction(() => location.hash.includes('step='));
      await visitor.context.close();
    });
  });
});
