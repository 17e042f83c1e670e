// The address: who opens it elsewhere sees exactly the same, and no address, however broken, breaks the page.

import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changed, labText } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';

/** What a person sees of the moment: the tabs, the step, the timeline, and all of the right side. */
async function seen(page: Page) {
  const texts = (selector: string) => page.locator(selector).allInnerTexts();
  return {
    tabs: await page.getByRole('tab', { selected: true }).allInnerTexts(),
    details: await texts('section[aria-label="Details"]'),
    timeline: await texts('section[aria-label="Timeline"] p'),
    status: await page.getByRole('status').allInnerTexts(),
    network: await page.getByRole('heading', { level: 2 }).allInnerTexts(),
  };
}

/** The link of the moment, when the address has come to say it. */
async function linkOf({ page }: Visitor, ...words: readonly string[]): Promise<string> {
  await page.waitForFunction((all) => all.every((word) => location.hash.includes(word)), words);
  // It follows the moment with a delay.
  await page.waitForTimeout(400);
  return page.evaluate(() => location.hash.slice(1));
}

/** A lab as an address holds it. */
const packed = (text: string | Buffer): string => deflateRawSync(text).toString('base64url');

describeWithJudge('chromium', 'a link', (program) => {
  const browser = new Browser();
  beforeAll(() => browser.open(program));
  afterAll(() => browser.close());

  /** Opens a link in a browser that knows nothing and expects what the other one shows. */
  async function expectSame(visitor: Visitor, hash: string): Promise<Visitor> {
    const shown = await seen(visitor.page);
    expect(shown.details?.join('').length).toBeGreaterThan(100);
    const other = await browser.visit({ hash });
    await expect.poll(() => seen(other.page), { timeout: 10_000 }).toEqual(shown);
    // Who opens it does not change it.
    expect(await linkOf(other)).toBe(hash);
    return other;
  }

  it('holds lab, seed, step, views and device', async () => {
    const visitor = await browser.visit({ hash: 'lab=three-routers&seed=7' });
    const { page } = visitor;
    await visitor.enter();
    for (let times = 0; times < 9; times++)
      await page.getByRole('group', { name: 'Player' }).getByRole('button', { name: 'Step forward' }).click();
    await page.getByRole('button', { name: /^R1, .*open its tables/ }).click();
    await page.getByRole('tab', { name: 'Ladder' }).click();
    const hash = await linkOf(visitor, 'view=ladder', 'side=tables', 'node=R1');
    expect(hash).toMatch(/^lab=three-routers&seed=7&step=1j&/);
    const other = await expectSame(visitor, hash);
    expect((await seen(other.page)).details?.join()).toContain('R1');
    await other.leave();
    await visitor.leave();
  });

  it('holds the moment and the frame, when they are not those of the step', async () => {
    const visitor = await browser.visit({ hash: 'lab=nat-http&step=2f' });
    const { page } = visitor;
    await page.getByRole('heading', { name: /^2f\b/ }).first().waitFor();
    await page.getByRole('tab', { name: 'Packet', exact: true }).click();
    await page.getByRole('heading', { level: 1 }).click();
    // The switch sends the frame out of all its ports: the step ends with the last one, and this is the one before.
    await page.keyboard.press(',');
    await page.keyboard.press(',');
    const hash = await linkOf(visitor, 'side=packet', 'event=');
    await (await expectSame(visitor, hash)).leave();

    // A frame that is looked at without going to its moment.
    const elsewhere = hash.replace(/event=\d+&(?:frame=\d+&)?/, 'frame=40&');
    const before = await seen(page);
    await visitor.go(elsewhere);
    await expect.poll(async () => (await seen(page)).details).not.toEqual(before.details);
    await (await expectSame(visitor, elsewhere)).leave();
    await visitor.leave();
  });

  it('holds what was typed on a console', async () => {
    const visitor = await browser.visit({ hash: 'lab=nat-http&step=2g&node=laptop&side=console' });
    const { page } = visitor;
    const terminal = page.getByRole('tabpanel', { name: 'Console' }).locator('textarea');
    await terminal.pressSequentially('ping -c 1 192.168.0.1');
    await terminal.press('Enter');
    await linkOf(visitor, 'typed=', 'ping');
    await visitor.ready();
    await page.getByRole('tab', { name: 'Step' }).click();
    const hash = await linkOf(visitor, 'typed=');
    expect(new URLSearchParams(hash).get('typed')).toMatch(
      /^\[\[\d+,"laptop","ping -c 1 192\.168\.0\.1"\]\]$/,
    );
    const other = await expectSame(visitor, hash);
    // The first run is there, too.
    await other.page
      .getByText(/branch 1/i)
      .first()
      .waitFor();
    await other.leave();
    await visitor.leave();
  });

  it('holds a lab file that somebody brought', async () => {
    const text = changed(labText('campus'), ['name: campus', 'name: côté-jardin-ß']);
    const named = changed(text, ['name: côté-jardin-ß', 'name: brought']);
    const visitor = await browser.visit();
    const { page } = visitor;
    await visitor.ready();
    await drop(page, 'my läb.yaml', `${named}\n# Grüße, 你好 & <b>=+%\n`);
    await page.waitForFunction(() => location.hash.includes('text='));
    await visitor.enter();
    await page.getByRole('tab', { name: 'Tables' }).click();
    const hash = await linkOf(visitor, 'side=tables');
    expect(new URLSearchParams(hash).get('file')).toBe('my läb.yaml');
    const other = await expectSame(visitor, hash);
    expect((await seen(other.page)).network?.join()).toContain('brought');
    await other.leave();
    await visitor.leave();
  });

  it('says so when a lab file is too long for it', async () => {
    let noise = 1;
    const line = (): string => {
      noise = (noise * 48271) % 2147483647;
      return noise.toString(36);
    };
    const long = `${labText('campus')}\n# ${Array.from({ length: 20_000 }, line).join(' ')}\n`;
    const visitor = await browser.visit();
    await visitor.ready();
    await drop(visitor.page, 'long.yaml', long);
    await visitor.page.waitForFunction(() => location.hash.includes('file='));
    await visitor.enter();
    const hash = await linkOf(visitor, 'step=1a');
    expect(hash.length).toBeLessThan(200);
    const other = await browser.visit({ hash });
    await other.ready();
    await other.page
      .getByRole('alert')
      .getByText(/^long\.yaml is too long to be held in an address/)
      .waitFor();
    // Not another lab as if it were this one.
    await expect.poll(() => linkOf(other)).toBe('lab=nat-http');
    await other.leave();
    await visitor.leave();
  });

  it('to a lab file with mistakes shows them', async () => {
    const text = changed(labText('campus'), ['kind: switch', 'kind: swich']);
    const visitor = await browser.visit({ hash: `file=mine.yaml&text=${packed(text)}&step=2a` });
    await visitor.page.getByRole('heading', { name: /mine\.yaml/ }).waitFor();
    await visitor.page
      .getByText(/did you mean switch\?/i)
      .first()
      .waitFor();
    // Nothing takes their place, and the address still holds the file.
    await visitor.page.waitForTimeout(500);
    expect(await visitor.page.getByRole('heading', { name: /mine\.yaml/ }).isVisible()).toBe(true);
    expect(visitor.page.url()).toContain('#file=mine.yaml&text=');
    await visitor.leave();
  });

  /** Each with what is said about it; whatever it is, the first lab stands there. */
  const BROKEN: readonly (readonly [what: string, hash: string, words: RegExp])[] = [
    ['an unknown lab', 'lab=nat-htp&step=2c', /There is no lab 'nat-htp'/],
    ['markup for a lab', 'lab=<img src=x onerror=alert(1)>', /There is no lab '<img src=x/],
    ['a path for a lab', 'lab=../../package.json', /There is no lab '\.\.\/\.\.\/package\.json'/],
    ['a lab that is not served', 'served=../package.json', /can not be fetched: the server says 404/],
    ['another server’s lab', 'served=//evil.example/x.yaml', /can not be fetched: the server says 404/],
    ['a step that is not there', 'lab=nat-http&step=99z', /This run has no step 99z/],
    ['a text that is not packed', 'text=%%%&step=1a', /The lab in this address is damaged/],
    [
      'a text that is cut',
      `text=${packed(labText('campus')).slice(0, 500)}`,
      /The lab in this address is damaged/,
    ],
    ['a bomb', `text=${packed(Buffer.alloc(60_000_000))}`, /The lab in this address is damaged/],
    ['huge numbers', 'lab=nat-http&step=1a&event=99999999999999999999&seed=1e400&frame=-7', /^$/],
    ['another end', 'lab=nat-http&step=1a&event=9007199254740991&frame=123456789&seed=4294967296', /^$/],
    ['typing that makes no sense', 'lab=nat-http&step=1a&typed=[[1,2],null,{"a":1},["x","y","z"]]', /^$/],
    ['typing at nobody', 'lab=nat-http&step=1a&typed=[[5,"nobody","ping"],[-9,"pc","\\u0000 $(x)"]]', /^$/],
    ['views that are not there', 'lab=nat-http&step=1a&view=__proto__&side=constructor&node=toString', /^$/],
    ['only signs', '&&==%00%ff%u0000&=&step', /^$/],
  ];

  it('that is broken shows the first lab and says what is wrong', async () => {
    const visitor = await browser.visit({ offline: false });
    const { page } = visitor;
    const notices = page.getByRole('alert').locator('p');
    for (const [what, hash, words] of BROKEN) {
      await visitor.go(hash);
      const said = async (): Promise<boolean> => words.test((await notices.allInnerTexts()).join('\n'));
      await expect.poll(said, { message: what }).toBe(true);
      await page
        .getByRole('button', { name: /^pc, the computer/ })
        .first()
        .waitFor();
    }
    expect(visitor.complaints.filter((one) => !/status of 404/.test(one))).toEqual([]);
    await visitor.context.close();
  });

  it('of any kind, one after the other, leaves the page as it is to be', { timeout: 60_000 }, async () => {
    const visitor = await browser.visit({ offline: false });
    const { page } = visitor;
    await visitor.ready();
    const tried = hashes(200);
    for (const [place, hash] of tried.entries()) {
      // Most come faster than they can be shown.
      if (place % 8 === 0) await visitor.go(hash);
      else
        await page.evaluate((wanted) => {
          location.hash = wanted;
        }, hash);
    }
    await visitor.go('lab=three-routers&step=1c&side=tables');
    await page.getByRole('heading', { name: /^three-routers/ }).waitFor();
    await expect.poll(() => linkOf(visitor)).toBe('lab=three-routers&step=1c&side=tables');
    const fresh = await browser.visit({ hash: 'lab=three-routers&step=1c&side=tables', offline: false });
    await expect.poll(() => seen(fresh.page)).toEqual(await seen(page));
    await fresh.leave();
    expect(visitor.complaints.filter((one) => !/status of 404/.test(one))).toEqual([]);
    await visitor.context.close();
  });
});

/** Lets a file fall on the page. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([file, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], file, { type: 'application/yaml' }));
      return data;
    },
    [name, text] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}

/** Addresses as no one would write them, always the same. */
function hashes(count: number): string[] {
  let state = 20261121;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const noise = (): string =>
    Array.from({ length: below(40) }, () => String.fromCharCode(33 + below(900))).join('');
  const values: readonly (() => string)[] = [
    noise,
    () => String(below(2 ** 31) - 2 ** 30),
    () =>
      pick([
        'nat-http',
        'campus',
        'three-routers',
        '',
        'null',
        '-1',
        '1e309',
        '0x10',
        '[]',
        '{}',
        '%',
        '%zz',
      ]),
    () =>
      pick(['1a', '2c', '3b', 'end', 'ladder', 'packets', 'tables', 'packet', 'console', 'pc', 'R1', 'all']),
    () =>
      `[[${below(400)},"pc","${pick(['ping -c 1 8.8.8.8', 'dig', 'curl -v x', 'arp -a', '\\u001b[2J'])}"]]`,
    () => encodeURIComponent(packed(noise())),
    () =>
      pick(['http://www.example.com/', 'http://', 'https://x', 'javascript:1', 'http://[::1]/', '//', ' ']),
    () => pick(['ip.ttl == 64', 'tcp.flags.syn', '((', 'ip.addr == "', 'x']),
  ];
  const keys = 'lab served file text seed url typed step event frame view side node nodes filter x'.split(
    ' ',
  );
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(6) }, () => `${pick(keys)}=${pick(values)()}`).join('&'),
  );
}
