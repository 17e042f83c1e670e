// What can be taken away from the page, byte for byte what the command line writes; and the labs that can be brought.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLab } from '../../src/lab/read-lab.js';
import { captureComments } from '../../src/view/capture-comments.js';
import { tracePcapng } from '../../src/view/pcapng.js';
import { changed, Folder, labText, root, wirewalk } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { runTshark } from '../tshark.js';
import { Browser, type Visitor } from './browser.js';
import { dropFile } from './lab-files.js';
import { hashOf, nodeRun, stepNamed } from './node-run.js';

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

/** Two mistakes: a key that does not exist, and a gateway that is no address. */
const WRONG = changed(
  labText('nat-http'),
  ['seed: 1', 'sed: 1'],
  ['gateway: 192.168.0.1', 'gateway: 192.168.0.256'],
);

describeWithJudge('chromium', 'taking away and bringing', (program) => {
  const browser = new Browser();
  const folder = new Folder();
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    await browser.open(program);
    visitor = await browser.visit({ hash: 'lab=nat-http&step=2d' });
    page = visitor.page;
    await page.locator('[aria-current=step]').first().waitFor();
  });

  afterAll(async () => {
    folder.remove();
    try {
      await visitor?.leave();
    } finally {
      await browser.close();
    }
  });

  /** Opens the menu and takes something: the name of the file and its bytes. */
  async function take(title: string, at?: string): Promise<{ name: string; bytes: Buffer }> {
    await page.getByRole('button', { name: 'Take away' }).click();
    const menu = page.getByRole('dialog', { name: 'Take away' });
    if (at !== undefined) await menu.getByRole('combobox').selectOption(at);
    const coming = page.waitForEvent('download');
    await menu.getByRole('button', { name: title }).click();
    const download = await coming;
    await menu.getByRole('status').filter({ hasText: 'is in your downloads' }).waitFor();
    await page.keyboard.press('Escape');
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  it('the capture is the one of the command line', async () => {
    const { name, bytes } = await take('Capture for Wireshark');
    expect(name).toBe('nat-http.pcapng');
    const wanted = await wirewalk(['capture', 'nat-http', '-w', '-']);
    expect(bytes.equals(wanted.bytes)).toBe(true);
  });

  it('of one interface too', async () => {
    const { bytes } = await take('Capture for Wireshark', 'router:wan');
    const wanted = await wirewalk(['capture', 'nat-http', '-i', 'router:wan', '-w', '-']);
    expect(bytes.equals(wanted.bytes)).toBe(true);
  });

  it('the walk is that of --markdown and --json', async () => {
    const text = await take('Walk as text');
    expect(text.name).toBe('nat-http.md');
    expect(text.bytes.toString()).toBe((await wirewalk(['run', 'nat-http', '--markdown'])).stdout);
    const data = await take('Walk as data');
    expect(data.name).toBe('nat-http.json');
    expect(JSON.parse(data.bytes.toString())).toEqual(
      JSON.parse((await wirewalk(['run', 'nat-http', '--json'])).stdout),
    );
  });

  it('the picture is that of `wirewalk graph`, the lab is its file', async () => {
    const picture = await take('Network as a picture');
    expect(picture.name).toBe('nat-http.svg');
    expect(picture.bytes.toString()).toBe((await wirewalk(['graph', 'nat-http', '--format', 'svg'])).stdout);
    const lab = await take('Lab file');
    expect(lab.name).toBe('nat-http.yaml');
    expect(lab.bytes.toString()).toBe(labText('nat-http'));
  });

  it('a branch has a capture of its own', async () => {
    const line = 'ping -c 1 192.168.0.20';
    await page.getByRole('tab', { name: 'Console' }).click();
    await page.getByRole('radio', { name: 'Text' }).check({ force: true });
    await page.getByRole('textbox', { name: 'Command on pc' }).fill(line);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('group', { name: 'Runs' }).waitFor();
    const { bytes } = await take('Capture for Wireshark');
    const { trace, walk } = nodeRun('nat-http', [
      { after: stepNamed(nodeRun('nat-http'), '2d').lastSeq, node: 'pc', line },
    ]);
    const wanted = Buffer.concat([
      ...tracePcapng(trace, { comments: captureComments(walk, trace), application: `wirewalk ${version}` }),
    ]);
    expect(bytes.equals(wanted)).toBe(true);
    expect(bytes.length).not.toBe((await wirewalk(['capture', 'nat-http', '-w', '-'])).bytes.length);
  });

  describeWithJudge('tshark', 'the capture', (tshark) => {
    it('is read without a complaint', async () => {
      const { bytes } = await take('Capture for Wireshark');
      const file = folder.file('taken.pcapng');
      writeFileSync(file, bytes);
      const frames = (await runTshark(tshark, file)).trim().split('\n');
      expect(frames.length).toBeGreaterThan(100);
      // `ip.checksum.status == 0`: bad. A group address as source is a fact of this lab.
      const bad =
        '_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0';
      expect(await runTshark(tshark, file, '-Y', bad)).toBe('');
      expect(await runTshark(tshark, file, '-Y', 'icmp.type == 8')).toContain('192.168.0.20');
    });
  });

  it('a copied link shows this moment', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Take away' }).click();
    const menu = page.getByRole('dialog', { name: 'Take away' });
    await menu.getByRole('button', { name: 'Copy link' }).click();
    await menu.getByRole('status').filter({ hasText: 'The link is copied' }).waitFor();
    expect(await visitor.axe()).toEqual([]);
    await visitor.picture('take-away-laptop-light');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  });

  it('what the picker shows can be read by everyone', async () => {
    for (const [name, shown] of [
      [undefined, 'lab-picker'],
      ['About this lab', 'about-lab'],
      ['Lab file (YAML)', 'lab-file'],
    ] as const) {
      await page.getByRole('button', { name: /^Lab: / }).click();
      if (name !== undefined) {
        await page.getByRole('menuitem', { name }).click();
        await page.getByRole('dialog').getByRole('heading', { level: 2 }).waitFor();
        await page.getByRole('dialog').locator('table, .cm-content').first().waitFor();
      }
      expect(await visitor.axe(), shown).toEqual([]);
      expect(await visitor.overhang(), shown).toBeLessThanOrEqual(0);
      await visitor.picture(`${shown}-laptop-light`);
      await page.keyboard.press('Escape');
    }
  });

  it('every built-in lab can be chosen', async () => {
    const titles = new Map<string, string>();
    for (const name of ['campus', 'three-routers', 'nat-http']) {
      await page.getByRole('button', { name: /^Lab: / }).click();
      const item = page.getByRole('menuitemradio', { name: new RegExp(` ${name}$`) });
      titles.set(name, (await item.textContent()) ?? '');
      await item.click();
      const lab = readLab(labText(name), `labs/${name}.yaml`);
      const title = 'lab' in lab ? lab.lab.title : undefined;
      await page.getByRole('button', { name: `Lab: ${title}` }).waitFor();
      expect(titles.get(name)).toBe(`${title} ${name}`);
      await visitor.enter();
      await page.locator('[aria-current=step]').filter({ hasText: '1a' }).first().waitFor();
      await expect.poll(async () => (await hashOf(page)).get('lab')).toBe(name);
    }
  });

  it('a file that is dropped opens, and its link opens it elsewhere', async () => {
    const text = changed(labText('three-routers'), ['name: three-routers', 'name: my-routers']);
    await dropFile(page, 'mine.yaml', text);
    await page.getByRole('button', { name: /^Lab: / }).waitFor();
    await visitor.enter();
    const { bytes } = await take('Lab file');
    expect(bytes.toString()).toBe(text);
    await expect.poll(async () => (await hashOf(page)).get('file')).toBe('mine.yaml');
    const other = await browser.visit({ hash: await page.evaluate(() => location.hash.slice(1)) });
    await other.page.getByRole('heading', { level: 2, name: /^my-routers: / }).waitFor();
    await other.leave();
    // The picker leads back to it.
    await page.getByRole('button', { name: /^Lab: / }).click();
    await page.getByRole('menuitemradio', { name: / nat-http$/ }).click();
    await page
      .getByRole('button', { name: 'Lab: A web page through a NAT router, frame by frame' })
      .waitFor();
    await page.getByRole('button', { name: /^Lab: / }).click();
    await page.getByRole('menuitemradio', { name: / mine\.yaml$/ }).click();
    await visitor.enter();
    await page.getByRole('heading', { level: 2, name: /^my-routers: / }).waitFor();
  });

  it('a lab with mistakes is shown with them, mended, and opened', async () => {
    const result = readLab(WRONG, 'wrong.yaml');
    const errors = 'errors' in result ? result.errors : [];
    expect(errors.length).toBeGreaterThanOrEqual(2);
    await dropFile(page, 'wrong.yaml', WRONG);
    await page.getByRole('heading', { level: 2, name: 'wrong.yaml can not be opened yet' }).waitFor();
    const items = page.getByRole('list', { name: 'Mistakes' }).getByRole('listitem');
    expect(await items.count()).toBe(errors.length);
    const editor = page.getByRole('textbox', { name: 'Lab file wrong.yaml' });
    for (const [place, { line, column, length, path: at, message, mend, source }] of errors.entries()) {
      const told = (await items.nth(place).textContent()) ?? '';
      expect(told).toContain(`Line ${line}: column ${column}`);
      for (const part of [at, message, mend ?? '']) expect(told).toContain(part);
      // Its button leads to the place in the text.
      await items.nth(place).getByRole('button').click();
      expect(await page.evaluate(() => getSelection()?.toString())).toBe(
        source.slice(column - 1, column - 1 + length),
      );
      expect(await editor.evaluate((element) => element.contains(document.activeElement))).toBe(true);
      await page
        .locator('.cm-lintRange-error', { hasText: source.slice(column - 1, column - 1 + length) })
        .first()
        .waitFor();
    }
    expect(await visitor.axe()).toEqual([]);
    await visitor.picture('refused-laptop-light');
    // Mended one after the other, at the place where the button leads.
    await items.filter({ hasText: 'sed' }).first().getByRole('button').click();
    await page.keyboard.type('seed');
    await expect.poll(() => items.count()).toBe(errors.length - 1);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 2, name: 'wrong.yaml can not be opened yet' }).waitFor();
    await items.filter({ hasText: '192.168.0.256' }).first().getByRole('button').click();
    await page.keyboard.type('192.168.0.1');
    await page.getByText('No mistakes any more').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page
      .getByRole('button', { name: 'Lab: A web page through a NAT router, frame by frame' })
      .waitFor();
    await visitor.enter();
    await page.getByText('of 91').first().waitFor();
  });

  it.each([
    ['big.yaml', 'x'.repeat(1_100_000), 'big.yaml has 1.1 MB; a lab file has at most 1 MB.'],
    ['photo.jpg', new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70]), 'photo.jpg is not text'],
    ['zero.yaml', 'name: a\0b', 'zero.yaml is not text'],
  ])('%s is refused in words, and nothing is lost', async (name, content, words) => {
    // The address follows after a moment.
    await expect.poll(async () => (await hashOf(page)).get('file')).toBe('wrong.yaml');
    const before = await page.evaluate(() => location.hash);
    await dropFile(page, name, content);
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    await page.getByText('of 91').first().waitFor();
    expect(await page.evaluate(() => location.hash)).toBe(before);
    await page.getByRole('button', { name: 'Put away' }).click();
    expect(await page.getByRole('alert').filter({ hasText: words }).count()).toBe(0);
  });

  it('an empty file is shown as one with mistakes, and the way back leads back', async () => {
    await dropFile(page, 'empty.yaml', '');
    await page.getByRole('heading', { level: 2, name: 'empty.yaml can not be opened yet' }).waitFor();
    expect(await page.getByRole('list', { name: 'Mistakes' }).getByRole('listitem').count()).toBeGreaterThan(
      0,
    );
    await page
      .getByRole('button', { name: 'Back to the lab that was open' })
      .or(page.getByRole('button', { name: /^Back to / }))
      .first()
      .click();
    await page.getByText('of 91').first().waitFor();
    await page.locator('[aria-current=step]').first().waitFor();
  });
});
