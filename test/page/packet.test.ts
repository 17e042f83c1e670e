// Looking into frames: every field, every byte, and the same packet on every cable, as Node reads them.

import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dissect } from '../../src/wire/dissect.js';
import type { DissectedField, DissectedLayer } from '../../src/wire/dissection.js';
import { describeWithJudge } from '../judge.js';
import { allFields, flatten } from '../tiling.js';
import { Browser, type Visitor } from './browser.js';
import { frameOf, type NodeRun, nodeRun, stepNamed } from './node-run.js';

/** A row of the tree of fields: `fields` have a value, layers a summary. */
interface TreeLine {
  readonly name: string;
  readonly label: string;
  readonly text: string;
}

/** Names that stand for several fields: they are told at the field that they mean, not in a row of their own. */
const ALIAS = /\.(addr|port|host)$/;
/** Of longer texts the beginning is shown. */
const SHOWN = 300;

describeWithJudge('chromium', 'looking into frames', (program) => {
  const browser = new Browser();
  let visitor: Visitor;
  let page: Page;
  let run: NodeRun;

  beforeAll(async () => {
    run = nodeRun('nat-http');
    await browser.open(program);
    visitor = await browser.visit({ hash: 'lab=nat-http&step=1a&side=packet' });
    page = visitor.page;
    await page.waitForFunction(() => document.querySelector('[aria-current=step]') !== null);
  });

  afterAll(async () => {
    try {
      await visitor?.leave();
    } finally {
      await browser.close();
    }
  });

  const bytesOf = (frame: number): Uint8Array => run.trace.frameBytes(run.frames.frame[frame] as number);

  /** Goes to the moment of a frame by its place in the list of all. */
  async function lookAt(frame: number): Promise<void> {
    const title = page.getByRole('heading', { level: 2, name: /^Frame \d+/ });
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    for (let at = 0; at <= frame; at++) await page.keyboard.press('ArrowRight');
    await title.filter({ hasText: new RegExp(`^Frame ${frame + 1} of `) }).waitFor();
  }

  it('every frame has the fields that Node finds in it', async () => {
    const tree = page.getByRole('treegrid', { name: 'Fields' });
    await lookAt(0);
    for (let frame = 0; frame < run.frames.length; frame++) {
      if (frame > 0) await page.getByRole('button', { name: 'Next frame' }).click();
      await page
        .getByRole('heading', { level: 2, name: `Frame ${frame + 1} of ${run.frames.length}` })
        .waitFor();
      await page.getByRole('button', { name: 'Open all' }).click();
      const { layers } = dissect(bytesOf(frame));
      const fields = allFields({ layers, length: 0 }).filter(
        ({ name, bits }) => bits > 0 || !ALIAS.test(name),
      );
      const wanted = [
        ...flatten(layers).map(({ protocol, title, summary }) => ({
          name: protocol,
          label: title,
          text: summary,
        })),
        ...fields.map(({ name, label, text }) => ({ name, label, text })),
      ].map((line) => ({
        ...line,
        text: line.text.length > SHOWN ? `${line.text.slice(0, SHOWN)}…` : line.text,
      }));
      expect(sorted(await linesOf(tree)), `frame ${frame + 1}`).toEqual(sorted(wanted));
    }
  });

  it('a chosen field tells its meaning and its RFC, and lights its bytes and no others', async () => {
    for (const step of ['2b', '2g', '4f']) {
      const frame = Math.max(0, frameOf(run, stepNamed(run, step)));
      await lookAt(frame);
      await page.getByRole('button', { name: 'Open all' }).click();
      const tree = page.getByRole('treegrid', { name: 'Fields' });
      await tree.focus();
      await page.keyboard.press('Home');
      const found = dissect(bytesOf(frame));
      const unmet = [...allFields(found).filter(({ bits }) => bits > 0)];
      const rows = Number(await tree.getAttribute('aria-rowcount'));
      for (let row = 1; row <= rows; row++) {
        const { name, text, lit } = await chosen(page);
        const at = unmet.findIndex(
          (field) =>
            field.name === name && (text === field.text || field.text.startsWith(text.replace(/…$/, ''))),
        );
        if (at >= 0) {
          const [field] = unmet.splice(at, 1) as [DissectedField];
          expect(lit, `${name} of frame ${frame + 1}`).toEqual(bytesOfField(field));
          const card = page.locator('section[aria-labelledby=packet-fields]');
          const told = await card.textContent();
          expect(told).toContain(field.meaning);
          if (field.rfc !== undefined) expect(told).toContain(field.rfc);
        }
        await page.keyboard.press('ArrowDown');
      }
      expect(
        unmet.map(({ name }) => name),
        'fields that no row has',
      ).toEqual([]);
    }
  });

  it('every byte leads to the innermost field that holds it', async () => {
    const frame = frameOf(run, stepNamed(run, '2k'));
    await lookAt(frame);
    const found = dissect(bytesOf(frame));
    const hex = page.getByRole('grid', { name: 'Bytes of the frame' });
    for (let byte = 0; byte < bytesOf(frame).length; byte++) {
      await hex.locator(`td[data-byte="${byte}"]`).click();
      const { name } = await chosen(page);
      const wanted = innermost(found.layers, byte);
      // Bits that make one field together (`ip.dsfield`) are chosen together.
      expect([wanted, wanted.replace(/\.\w+$/, '')], `byte ${byte}`).toContain(name);
    }
  });

  it('what is not known yet is ????: the destination of the query at 2d', async () => {
    const own = await browser.visit({ hash: 'lab=nat-http&step=2d&side=packet' });
    const side = own.page.getByRole('region', { name: 'Details' });
    await side.getByRole('heading', { name: 'A packet that waits' }).waitFor();
    expect(await side.textContent()).toContain('????');
    await side.getByRole('button', { name: 'Open all' }).click();
    const lines = await linesOf(side.getByRole('treegrid', { name: 'Fields' }));
    expect(lines.filter(({ text }) => text === '????').map(({ name }) => name)).toEqual([
      'eth.dst',
      'eth.fcs',
    ]);
    await side.locator('td[data-byte="0"]').click();
    await side.getByRole('heading', { level: 4, name: 'Destination eth.dst' }).waitFor();
    expect(await side.locator('section[aria-labelledby=packet-fields]').textContent()).toContain(
      '???? not known yet',
    );
    for (let byte = 0; byte < 6; byte++) {
      expect(await side.locator(`td[data-byte="${byte}"]`).textContent()).toBe('??');
    }
    // Its source is known.
    expect(await side.locator('td[data-byte="6"]').textContent()).toBe('aa');
    await own.page.getByRole('slider').press('End');
    await own.page.waitForFunction(
      () => !document.querySelector('section[aria-label=Details]')?.textContent?.includes('????'),
    );
    await own.leave();
  });

  it('on every cable: what changed is lit, byte for byte, and the checksums are worked out', async () => {
    const first = frameOf(run, stepNamed(run, '2k'));
    const packet = run.frames.packet[first];
    const hops = [...run.frames.packet.keys()].filter((frame) => run.frames.packet[frame] === packet);
    expect(hops.length, 'pc, switch, router, isp, core').toBe(5);
    await lookAt(first);
    const cards = page.getByRole('region', { name: 'The same packet on every link' }).locator('ol > li');
    expect(await cards.count()).toBe(hops.length);
    for (const [place, frame] of hops.entries()) {
      const card = cards.nth(place);
      const bytes = bytesOf(frame);
      const before = bytesOf(hops[place - 1] ?? frame);
      expect(before.length).toBe(bytes.length);
      const differs = [...bytes.keys()].flatMap((at) =>
        before[at] === bytes[at] ? [] : [[at, hex2(before[at]), hex2(bytes[at])]],
      );
      const details = card.locator('details', { hasText: 'bytes changed' });
      expect(await details.count()).toBe(differs.length === 0 ? 0 : 1);
      if (differs.length > 0) {
        await details.locator('summary').click();
        expect(await changedIn(details)).toEqual(differs);
      }
      // A box that hands the packet on as it is works out nothing.
      if (place > 0 && differs.length === 0) continue;
      // RFC 791 and RFC 768: the IP header of 20 bytes begins at 14.
      await checkSum(card, 'IPv4 header checksum', (bytes[24] ?? 0) * 256 + (bytes[25] ?? 0));
      // The UDP checksum follows when addresses or ports change; a TTL is none of its business.
      const isTranslated = differs.some(([at]) => Number(at) >= 26);
      if (place === 0 || isTranslated)
        await checkSum(card, 'UDP checksum', (bytes[40] ?? 0) * 256 + (bytes[41] ?? 0));
    }
  });

  it('the HTTP body is shown as text', async () => {
    const frame = [...run.frames.seq.keys()].find((one) =>
      allFields(dissect(bytesOf(one))).some(({ name }) => name === 'http.file_data'),
    );
    await lookAt(frame as number);
    const body = page.getByRole('region', { name: 'HTTP: body' });
    expect(await body.textContent()).toContain('<h1>An example page</h1>');
    expect(await visitor.axe()).toEqual([]);
    // With room, the links stand side by side.
    await page.setViewportSize({ width: 2560, height: 1440 });
    await page.getByRole('region', { name: 'Links side by side' }).scrollIntoViewIfNeeded();
    expect(await visitor.axe()).toEqual([]);
    await visitor.picture('packet-hops-desk-light');
  });
});

/** The rows of the tree, from the first to the last, however many are drawn at once. */
async function linesOf(tree: Locator): Promise<TreeLine[]> {
  return tree.evaluate(async (table) => {
    const scroller = table.parentElement?.parentElement as HTMLElement;
    const count = Number(table.getAttribute('aria-rowcount'));
    const found = new Map<number, TreeLine>();
    const words = (cell: Element | null | undefined): string =>
      [...(cell?.childNodes ?? [])]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map(({ textContent }) => textContent)
        .join('');
    const collect = (): void => {
      for (const row of table.querySelectorAll('tr')) {
        const cells = [...row.cells];
        const [first] = cells;
        const isLayer = cells.length === 2;
        const value = isLayer
          ? [...(first?.children ?? [])].at(-1)
          : (cells[1]?.querySelector('mark') ??
            cells[1]?.querySelector(':scope > span:not([data-severity])'));
        found.set(Number(row.getAttribute('aria-rowindex')), {
          name: cells.at(-1)?.textContent ?? '',
          label: words(first),
          text: (value?.textContent ?? '').replace(/^ /, ''),
        });
      }
    };
    const page = Math.max(100, scroller.clientHeight - 40);
    for (let top = 0; found.size < count && top < 100_000; top += page) {
      scroller.scrollTop = top;
      scroller.dispatchEvent(new Event('scroll'));
      await new Promise((resolve) => setTimeout(resolve));
      collect();
    }
    return [...found.values()];
  });
}

function sorted(lines: readonly TreeLine[]): string[] {
  return lines.map(({ name, label, text }) => `${name} | ${label} | ${text}`).sort();
}

/** The row that is chosen in the tree, and the bytes that are lit. */
async function chosen(page: Page): Promise<{ name: string; text: string; lit: number[] }> {
  return page.evaluate(async () => {
    const find = (): HTMLTableRowElement | null =>
      document.querySelector('[role=treegrid] tr[aria-selected=true]');
    await new Promise(requestAnimationFrame);
    // What hides it is opened first, and the tree scrolls to it.
    for (let tries = 0; tries < 50 && find() === null; tries++) await new Promise(requestAnimationFrame);
    const row = find();
    const cells = [...(row?.cells ?? [])];
    const value =
      cells[1]?.querySelector('mark') ?? cells[1]?.querySelector(':scope > span:not([data-severity])');
    return {
      name: cells.at(-1)?.textContent ?? '',
      text: cells.length === 2 ? '' : (value?.textContent ?? ''),
      lit: [...document.querySelectorAll<HTMLElement>('td[data-byte][data-lit]')].map(({ dataset }) =>
        Number(dataset.byte),
      ),
    };
  });
}

function bytesOfField({ bitOffset, bits }: DissectedField): number[] {
  const first = Math.floor(bitOffset / 8);
  const end = Math.ceil((bitOffset + bits) / 8);
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** The smallest field that holds the byte whole; when bits of it are fields, the first of these. */
function innermost(layers: readonly DissectedLayer[], byte: number): string {
  const fields = allFields({ layers: [...layers], length: 0 }).filter(({ bits }) => bits > 0);
  const whole = fields.filter(
    ({ bitOffset, bits }) => bitOffset <= byte * 8 && bitOffset + bits >= byte * 8 + 8,
  );
  const part = fields.filter(
    ({ bitOffset, bits }) => bitOffset < byte * 8 + 8 && bitOffset + bits > byte * 8,
  );
  const best =
    whole.length > 0 ? whole.sort((a, b) => a.bits - b.bits) : part.sort((a, b) => a.bitOffset - b.bitOffset);
  return best[0]?.name ?? '';
}

/** What is lit in the bytes before and after: place, before, after. */
async function changedIn(details: Locator): Promise<(number | string)[][]> {
  return details.evaluate((element) => {
    const changes: [number, string, string][] = [];
    for (const group of element.querySelectorAll('tbody')) {
      const [was, is] = [...group.querySelectorAll('tr')];
      const from = Number.parseInt(was?.querySelector('th')?.textContent ?? '', 16);
      const cells = (row: Element | undefined): HTMLElement[] => [...(row?.querySelectorAll('td') ?? [])];
      cells(is).forEach((cell, column) => {
        const old = cells(was)[column];
        if (cell.dataset.changed !== undefined || old?.dataset.changed !== undefined)
          changes.push([from + column, old?.textContent ?? '', cell.textContent ?? '']);
      });
    }
    return changes;
  });
}

/** Opens the arithmetic of a checksum and does it again. */
async function checkSum(card: Locator, title: string, stored: number): Promise<void> {
  const details = card.locator('details', { hasText: title });
  await details.locator('summary').click();
  const code = `0x${stored.toString(16).padStart(4, '0')}`;
  expect(await details.locator('summary').textContent()).toContain(code);
  await details.getByText('In the frame').waitFor();
  const told = await details.evaluate((element) => ({
    sums: [...element.querySelectorAll('tbody tr')].map(
      (row) => row.querySelector('td:last-of-type')?.textContent ?? '',
    ),
    ending: element.querySelector('dl')?.textContent ?? '',
  }));
  let sum = Number(told.sums.at(-1));
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  expect(`0x${(~sum & 0xffff).toString(16).padStart(4, '0')}`, title).toBe(code);
  expect(told.ending).toContain(`In the frame${code} ✓ the same`);
}

function hex2(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0');
}
