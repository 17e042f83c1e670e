// Labs, links and files made to do harm: whatever they hold is shown as text, and the page goes on.

import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatProblem } from '../../src/lab/problem.js';
import { readLab } from '../../src/lab/read-lab.js';
import { labText } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Size, type Visitor } from './browser.js';
import { dropFile, linkOf } from './lab-files.js';

const IMAGE = '<img src=x onerror=alert(1)>';
const SCRIPT = '"><script>alert(2)</script>';
/** Turns what follows from right to left; takes no room; ends a string in C. */
const TURNED = '\u202egnp.exe\u202c';
const UNSEEN = 'zero\u200bwidth\ufeff';
/** What none of the page's own texts may hold. */
const CONTROLS = /\p{Bidi_Control}|(?![\n\t])\p{Cc}/u;
const LONG = 'long'.repeat(2500);
/** As zone files write it. */
const NAME = '\\<img\\032src=x\\032onerror=alert\\(1\\)\\>';

const BODY = `<html>${IMAGE}${SCRIPT}<p>${TURNED}${UNSEEN}\0\u0001\u001b[31m${LONG}</p></html>\n`;

const HOSTILE = JSON.stringify({
  name: 'hostile',
  title: `${IMAGE} ${SCRIPT} ${UNSEEN}`,
  description: `${IMAGE} ${SCRIPT} ${TURNED} ${UNSEEN} ${LONG}`,
  topology: {
    nodes: {
      pc: {
        kind: 'host',
        label: IMAGE,
        interfaces: { eth0: { ip: '10.0.0.1/24' } },
        dns: ['10.0.0.2'],
        browser: { 'user-agent': `${SCRIPT} ${IMAGE}` },
      },
      switch: { kind: 'switch', label: `${SCRIPT} ${UNSEEN}` },
      web: {
        kind: 'host',
        label: 'x'.repeat(80),
        interfaces: { eth0: { ip: '10.0.0.2/24' } },
        services: {
          dns: {
            zones: {
              'evil.test': [
                `@ 60 TXT "${IMAGE}" "\\"><script>alert(2)</script>"`,
                `www 60 CNAME ${NAME}`,
                `${NAME} 60 A 10.0.0.2`,
              ],
            },
          },
          http: {
            sites: {
              '*': {
                '/': {
                  type: `text/html; ${IMAGE}`,
                  headers: {
                    'X-Image': IMAGE,
                    'X-Script': SCRIPT,
                    'X-Long': LONG,
                    'X-Latin': '\u00ff\u0080',
                  },
                  body: BODY,
                },
              },
            },
          },
        },
      },
    },
    links: [{ endpoints: ['pc:eth0', 'switch:p1'] }, { endpoints: ['web:eth0', 'switch:p2'] }],
  },
  script: [
    { node: 'pc', browse: 'http://www.evil.test/' },
    { node: 'pc', run: 'dig evil.test TXT' },
    { node: 'pc', run: 'curl -i http://10.0.0.2/<img/src=x/onerror=alert(1)>' },
  ],
});

describeWithJudge('chromium', 'hostile input', (program) => {
  const browser = new Browser();

  beforeAll(async () => browser.open(program));
  afterAll(async () => browser.close());

  /** A visit that notes dialogs. */
  async function visit(hash: string, size: Size = 'laptop'): Promise<Visitor & { dialogs?: string[] }> {
    const visitor = await browser.visit({ hash, size });
    visitor.page.on('dialog', (dialog) => {
      visitor.complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return visitor;
  }

  /** Nothing of what a lab holds became a part of the page, nothing was asked of anybody else, and the page is in shape. */
  async function isUnharmed(visitor: Visitor): Promise<void> {
    const found = await visitor.page.evaluate(() => ({
      alien: [
        ...document.querySelectorAll(
          'img:not(.cm-widgetBuffer), iframe, object, embed, script:not([src]), [onerror], [onload]',
        ),
      ].map(({ outerHTML }) => outerHTML.slice(0, 200)),
      scripts: [...document.scripts].filter(({ src }) => !src.startsWith(location.origin)).length,
    }));
    expect(found).toEqual({ alien: [], scripts: 0 });
    const own = new URL(browser.address).origin;
    expect(
      visitor.requests.filter((url) => !/^(?:blob|data):/.test(url) && new URL(url).origin !== own),
    ).toEqual([]);
    expect(visitor.requests.filter((url) => new URL(url).pathname.endsWith('/x'))).toEqual([]);
    expect(await visitor.overhang()).toBeLessThanOrEqual(0);
  }

  /** Everything on the page that can be seen, with the characters that nobody sees. */
  const textOf = (page: Page): Promise<string> => page.evaluate(() => document.body.innerText);

  it('the lab is one that opens', () => {
    const result = readLab(HOSTILE, 'hostile.yaml');
    expect('errors' in result ? result.errors.map(formatProblem) : []).toEqual([]);
  });

  it.each(['laptop', 'phone'] as const)(
    'labels, names, paths, headers and bodies are text: every step, %s',
    async (size) => {
      const visitor = await visit(linkOf('hostile.yaml', HOSTILE), size);
      const { page } = visitor;
      await visitor.ready();
      expect(await textOf(page)).toContain(IMAGE);
      await isUnharmed(visitor);
      await visitor.enter();
      const forward = page
        .getByRole('group', { name: 'Player' })
        .getByRole('button', { name: 'Step forward' });
      for (const tab of size === 'phone' ? ['Step'] : ['Step', 'Packet', 'Tables']) {
        if (size === 'phone') await page.getByRole('button', { name: 'Details' }).click();
        await page.getByRole('tab', { name: tab, exact: true }).click();
        // In a row of tabs the arrows choose tabs.
        await page.evaluate(() => (document.activeElement as HTMLElement).blur());
        await page.keyboard.press('Home');
        let isTold = false;
        for (let step = 0; step < 200; step++) {
          if (!isTold && step % 3 === 0) isTold = (await textOf(page)).includes('<img');
          if ((await forward.getAttribute('aria-disabled')) === 'true') break;
          await page.keyboard.press('ArrowRight');
          if (step % 20 === 0) await isUnharmed(visitor);
        }
        expect(await forward.getAttribute('aria-disabled'), 'the end of the walk').toBe('true');
        expect(isTold, `${tab} shows it`).toBe(true);
        await visitor.picture(`hostile-${tab.toLowerCase()}-${size}-light`);
        await isUnharmed(visitor);
      }
      await visitor.leave();
    },
  );

  it('in the packet: names, headers, the body with what nobody sees', async () => {
    const visitor = await visit(`${linkOf('hostile.yaml', HOSTILE)}&step=1a&side=packet&view=packets`);
    const { page } = visitor;
    const field = page.getByRole('combobox', { name: 'Display filter' });
    const status = page.getByRole('region', { name: 'Run' }).getByRole('search').getByRole('status');
    await field.fill('http.response');
    await field.press('Enter');
    await status.filter({ hasText: /^\d+ of \d+ frames/ }).waitFor();
    await page.getByRole('grid', { name: 'Frames' }).locator('tbody tr').first().click();
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByRole('heading', { level: 3, name: 'Payload' }).waitFor();
    const told = await details.evaluate((element) => (element as HTMLElement).innerText);
    for (const words of [IMAGE, SCRIPT, 'X-Long']) expect(told).toContain(words);
    // Nothing turns what stands behind it, and what ends a string is seen.
    const raw = await details.evaluate((element) => element.textContent ?? '');
    expect(raw).not.toMatch(CONTROLS);
    await isUnharmed(visitor);
    for (const name of ['Open all', /^Show all of /]) {
      for (const button of await details.getByRole('button', { name }).all()) {
        await button.click({ timeout: 2000 }).catch(() => undefined);
      }
    }
    await isUnharmed(visitor);
    await field.fill(`http contains "${IMAGE}"`);
    await status.filter({ hasText: /^\d+ of \d+ frames/ }).waitFor();
    await field.fill(IMAGE);
    await page.getByText('No filter yet').waitFor();
    await field.fill('dns');
    await page.getByRole('tab', { name: 'Ladder' }).click();
    await page
      .getByRole('listbox', { name: 'Frames' })
      .getByRole('option', { name: /img/ })
      .first()
      .waitFor();
    await isUnharmed(visitor);
    await visitor.leave();
  });

  it('in consoles: what commands print, and what is typed becomes the name of a branch', async () => {
    const visitor = await visit(`${linkOf('hostile.yaml', HOSTILE)}&step=1a&side=console`);
    const { page } = visitor;
    await page.locator('.xterm-rows').getByText('pc$').first().waitFor();
    for (const line of [
      'curl http://10.0.0.2/<img/src=x/onerror=alert(1)>',
      'dig www.evil.test',
      IMAGE,
      SCRIPT,
    ]) {
      await page.getByRole('textbox', { name: /^Console of / }).focus();
      await page.keyboard.type(line);
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        (wanted) => document.querySelector('[role=log]')?.textContent?.startsWith(wanted),
        `${line}\n`,
      );
      await isUnharmed(visitor);
    }
    expect(await page.getByRole('group', { name: 'Runs' }).textContent()).toContain(IMAGE);
    await page.getByRole('radio', { name: 'Text' }).check({ force: true });
    const log = page.getByRole('log', { name: 'Console of pc' });
    await log.getByText(IMAGE).first().waitFor();
    expect(await log.textContent()).not.toMatch(CONTROLS);
    await isUnharmed(visitor);
    await visitor.leave();
  });

  it('in the picker, about the lab, in its file, in what is searched for', async () => {
    const visitor = await visit(linkOf(`${IMAGE}.yaml`, HOSTILE));
    const { page } = visitor;
    await page.getByRole('button', { name: /^Lab: / }).click();
    await page.getByRole('menuitem', { name: 'About this lab' }).click();
    const about = page.getByRole('dialog');
    expect(await about.textContent()).toContain(`${IMAGE}.yaml`);
    await isUnharmed(visitor);
    await about.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: /^Lab: / }).click();
    await page.getByRole('menuitem', { name: 'Lab file (YAML)' }).click();
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await isUnharmed(visitor);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await visitor.enter();
    await page.getByRole('searchbox').fill('<img');
    await page.getByRole('region', { name: 'Outline' }).locator('mark').first().waitFor();
    await isUnharmed(visitor);
    await visitor.leave();
  });

  it('a refused file: its name, its text, and the values that are quoted', async () => {
    const visitor = await visit('lab=nat-http');
    const { page } = visitor;
    await visitor.ready();
    const wrong = `name: "${IMAGE.replaceAll('"', '')}"\ntitle: "a\\u202eb"\n"${IMAGE}": ${LONG}\ntopology:\n  nodes:\n    "${IMAGE}": { kind: '${IMAGE}' }\n`;
    const name = `${IMAGE}${'n'.repeat(300)}.yaml`;
    await dropFile(page, name, wrong);
    await page.getByRole('heading', { level: 2, name: /can not be opened yet$/ }).waitFor();
    expect(await page.getByRole('list', { name: 'Mistakes' }).textContent()).toContain(IMAGE);
    await isUnharmed(visitor);
    await page.setViewportSize({ width: 360, height: 740 });
    await isUnharmed(visitor);
    await visitor.picture('hostile-refused-phone-light');
    for (const item of await page.getByRole('list', { name: 'Mistakes' }).getByRole('button').all())
      await item.click();
    await isUnharmed(visitor);
    await visitor.leave();
  });

  it.each([
    ['step', 'lab=nat-http&step=<img src=x onerror=alert(1)>'],
    ['lab', 'lab=<img src=x onerror=alert(1)>'],
    ['path', 'lab=../../etc/passwd'],
    ['served', 'served=../../etc/passwd'],
    ['text', 'file=a&text=AAAA'],
    ['url', `lab=nat-http&step=1a&url=${encodeURIComponent(`javascript:alert(1)//${IMAGE}`)}`],
    ['long url', `lab=nat-http&step=1a&url=${encodeURIComponent(`http://${LONG}/`)}`],
    [
      'typed',
      `lab=nat-http&step=1a&typed=${encodeURIComponent(JSON.stringify([[7, IMAGE, SCRIPT], [-5, 'pc', IMAGE], ['x'], null]))}`,
    ],
    ['numbers', 'lab=nat-http&step=2c&event=1e300&seed=-7&node=__proto__&view=constructor&side=toString'],
    ['numbers within reason', 'lab=nat-http&step=2c&event=99999999&seed=4294967295'],
    ['percent signs', 'lab=nat-http&step=%E0%A4%A&%=%'],
  ])('a link with a hostile %s', async (_, hash) => {
    const visitor = await visit(hash);
    await visitor.ready();
    await isUnharmed(visitor);
    // The page is still one that works.
    await visitor.page.getByLabel('URL to open on the simulated computer').fill('http://www.example.com/');
    await visitor.enter();
    await visitor.page.locator('[aria-current=step]').first().waitFor();
    await visitor.context.close();
    const grave = visitor.complaints.filter((one) => !/404/.test(one));
    expect(grave).toEqual([]);
  });

  it('300 lab files with something changed somewhere: each is opened or refused, and the page goes on', async () => {
    const visitor = await visit('lab=nat-http');
    const { page } = visitor;
    await visitor.ready();
    const texts = fc.sample(damagedLab(), { numRuns: 300, seed: fc.readConfigureGlobal().seed ?? 1 });
    let opened = 0;
    for (let begin = 0; begin < texts.length; begin += 20) {
      const some = texts.slice(begin, begin + 20);
      const outcomes = await openEach(page, some, begin);
      outcomes.forEach((outcome, at) => {
        const result = readLab(some[at] as string, 'x');
        expect(outcome, some[at]).toBe('lab' in result ? 'opened' : 'refused');
        if (outcome === 'opened') opened++;
      });
      // One that is refused has mistakes to look at; one that opens can be run.
      const refused = some[outcomes.lastIndexOf('refused')];
      if (refused !== undefined) {
        expect(await openEach(page, [refused], begin)).toEqual(['refused']);
        await page.getByRole('list', { name: 'Mistakes' }).getByRole('button').first().click();
        await isUnharmed(visitor);
      }
      const sound = some[outcomes.lastIndexOf('opened')];
      if (sound !== undefined) {
        expect(await openEach(page, [sound], begin)).toEqual(['opened']);
        await page.getByRole('button', { name: 'Enter' }).first().click();
        await page.getByRole('slider').waitFor();
        await isUnharmed(visitor);
      }
    }
    expect(opened).toBeGreaterThan(60);
    expect(opened).toBeLessThan(240);
    await dropFile(page, 'good.yaml', labText('nat-http'));
    await page
      .getByRole('button', { name: 'Lab: A web page through a NAT router, frame by frame' })
      .waitFor();
    await visitor.ready();
    await visitor.enter();
    await page.getByText('of 91').first().waitFor();
    await visitor.leave();
  }, 90_000);
});

/** A built-in lab with one to three places overwritten. */
function damagedLab(): fc.Arbitrary<string> {
  return fc.constantFrom('nat-http', 'three-routers', 'campus').chain((name) => {
    const source = labText(name);
    const words = [...source.matchAll(/[A-Za-z0-9./:-]+/g)];
    const edit = fc.record({
      at: fc.nat(source.length - 1),
      length: fc.nat(12),
      by: fc.oneof(
        fc.constantFrom(...words).map(([word]) => word),
        fc.string({ maxLength: 6, unit: 'binary' }),
        fc.constantFrom(
          '',
          '\n',
          '  ',
          '{',
          '[',
          ': ',
          '- ',
          '0',
          '-1',
          '1e99',
          'null',
          'true',
          '~',
          IMAGE,
          TURNED,
        ),
      ),
    });
    // Half of them only get other words in the place of words, so that many are still labs.
    const otherWord = fc
      .record({ place: fc.nat(words.length - 1), by: fc.constantFrom(...words) })
      .map(({ place, by: [by] }) => {
        const { 0: word, index } = words[place] as RegExpExecArray;
        return { at: index, length: word.length, by };
      });
    return (
      fc
        .array(fc.oneof(edit, otherWord), { minLength: 1, maxLength: 3 })
        .map((edits) =>
          edits.reduce((lab, { at, length, by }) => lab.slice(0, at) + by + lab.slice(at + length), source),
        )
        // What a file may not hold at all is refused before it is read: that is another test.
        .map((text) => text.replaceAll('\0', '').toWellFormed())
    );
  });
}

/** Drops files one after the other, as soon as the page has done with the one before. */
function openEach(page: Page, texts: readonly string[], from: number): Promise<string[]> {
  return page.evaluate(
    async ({ texts, from }) => {
      const outcomes: string[] = [];
      for (const [index, text] of texts.entries()) {
        const name = `fuzz-${from + index}.yaml`;
        const isBusy = (): boolean => document.querySelector('header [role=progressbar]') !== null;
        const over = new Promise<string>((resolve) => {
          let wasBusy = false;
          const watcher = new MutationObserver(() => {
            wasBusy ||= isBusy();
            if (!wasBusy || isBusy()) return;
            watcher.disconnect();
            const enter = document.querySelector('header button[type=submit]') as HTMLButtonElement;
            resolve(enter.disabled ? 'refused' : 'opened');
          });
          watcher.observe(document.body, { subtree: true, attributes: true, childList: true });
          setTimeout(() => resolve('nothing happened'), 10_000);
        });
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], name));
        document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: transfer }));
        outcomes.push(await over);
      }
      return outcomes;
    },
    { texts, from },
  );
}
