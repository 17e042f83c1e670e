// What a person does at the page, and what they read there: by roles and names, as with a screen reader.

import { deflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Browser, Visitor } from './browser.js';

/** How long an answer may take on a machine that is busy with other tests, in ms. */
export const PATIENCE = { timeout: 15_000, interval: 30 };

/** Follows a link to the page, as somebody does who gets one: `lab=nat-http&step=2m`. */
export async function follow(browser: Browser, { page }: Visitor, hash: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${browser.address.replace(/#.*$/, '')}#${hash}`);
  const step = new URLSearchParams(hash).get('step');
  if (step === null) await page.getByRole('button', { name: 'Enter', disabled: false }).first().waitFor();
  else await standsAt({ page }, step);
}

/** The words of a link that carries a lab file of somebody's own. */
export function linkTo(file: string, text: string): string {
  return `file=${file}&text=${deflateRawSync(text).toString('base64url')}`;
}

type At = Pick<Visitor, 'page'>;

export const timeline = ({ page }: At) => page.getByRole('region', { name: 'Timeline' });
export const outline = ({ page }: At) => page.getByRole('region', { name: 'Outline' });
export const details = ({ page }: At) => page.getByRole('region', { name: 'Details' });
export const player = ({ page }: At) => page.getByRole('group', { name: 'Player' });
export const track = ({ page }: At) => page.getByRole('slider', { name: /^Timeline/ });
export const address = ({ page }: At) => page.getByRole('textbox', { name: /^URL to open/ });
export const search = ({ page }: At) => page.getByRole('searchbox', { name: 'Search the steps' });

/** A device of the picture, by its name. */
export const drawn = ({ page }: At, name: string) =>
  page.getByRole('button', { name: new RegExp(`^${name}, .*; open its tables$`) });

/** `2m`: the step at which the walk stands, as the player says it. */
export function stepNow(at: At): Promise<string> {
  return timeline(at).getByRole('strong').innerText();
}

/** Waits until the walk stands at a step. */
export async function standsAt(at: At, id: string): Promise<void> {
  await timeline(at)
    .getByRole('strong')
    .filter({ hasText: new RegExp(`^${id}$`) })
    .waitFor();
}

/** Walks forward or back to a step, key by key. */
export async function walkTo(at: At, steps: readonly { readonly id: string }[], id: string): Promise<void> {
  const now = await stepNow(at);
  const [from, to] = [now, id].map((wanted) => steps.findIndex((step) => step.id === wanted)) as [
    number,
    number,
  ];
  if (from < 0 || to < 0)
    throw new Error(`the walk has no step ${from < 0 ? now : id} any more: mend this test`);
  const key = from < to ? 'ArrowRight' : 'ArrowLeft';
  for (let presses = Math.abs(to - from); presses > 0; presses--) await at.page.keyboard.press(key);
  await standsAt(at, id);
}

/** Chooses a view of the run or of the details. On a small screen its pane comes first. */
export async function view(at: At, name: string): Promise<void> {
  const panes = at.page.getByRole('navigation', { name: 'Panes' });
  if (await panes.isVisible()) {
    const pane = ['Network', 'Ladder', 'Packets'].includes(name) ? 'Network' : 'Details';
    await panes.getByRole('button', { name: pane }).click();
  }
  const tab = at.page.getByRole('tab', { name, exact: true });
  await tab.click();
  expect(await tab.getAttribute('aria-selected')).toBe('true');
}

/** Chooses whose tables are shown: the name of a device, `All devices`, or `Where the step is`. */
export async function device(at: At, name: string): Promise<void> {
  const list = details(at).getByLabel('Device', { exact: true });
  await list.waitFor();
  const label = (await list.getByRole('option').allInnerTexts()).find(
    (text) => text === name || text.endsWith(`(${name})`) || text.startsWith(`${name}:`),
  );
  if (label === undefined) throw new Error(`there is no device ${name} to choose`);
  await list.selectOption({ label });
}

/** A row of a table with the line below it. */
export interface ShownRow {
  /** Text of its cells; of a value that has just changed, the new one. */
  readonly cells: readonly string[];
  /** What is said of it: `+ added`, `★ decides`, why, how old, where it was made. */
  readonly note: string;
}

export interface ShownTable {
  /** `ARP cache eth0 of pc` */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly ShownRow[];
}

/** The tables that stand in the details; without those of interfaces, which never change. */
export async function readTables(at: At): Promise<ShownTable[]> {
  const tables = await details(at).evaluate((pane) =>
    [...pane.querySelectorAll('table')].map((table) => ({
      caption: table.caption?.textContent ?? '',
      columns: [...table.querySelectorAll('thead th')].map((head) => head.textContent),
      lines: [...table.querySelectorAll('tbody tr')].map((line) => {
        const cells = [...line.querySelectorAll('td')];
        const [only] = cells;
        const isNote = cells.length === 1 && only?.hasAttribute('colspan') === true;
        const text = (cell: Element): string => {
          const copy = cell.cloneNode(true) as Element;
          for (const gone of copy.querySelectorAll('del')) gone.remove();
          for (const unseen of copy.querySelectorAll('.unseen')) unseen.remove();
          // A lifetime that counts down: what is left, without `of 3600`.
          return (copy.querySelector('ins') ?? copy).textContent.trim().replace(/^(\d+ s)of \d+$/, '$1');
        };
        if (!isNote) return { cells: cells.map(text) };
        const said = [...(only?.firstElementChild?.children ?? [])] as HTMLElement[];
        return { note: said.map((part) => part.innerText.replaceAll(/\s+/g, ' ').trim()).join('; ') };
      }),
    })),
  );
  return tables
    .filter(({ caption }) => !caption.startsWith('Interfaces of'))
    .map(({ caption, columns, lines }) => {
      const rows: { cells: string[]; note: string }[] = [];
      for (const { cells, note } of lines) {
        const last = rows.at(-1);
        if (cells !== undefined) rows.push({ cells, note: '' });
        else if (last !== undefined) last.note = note ?? '';
      }
      return { caption, columns, rows };
    });
}

/** Tables as they stand: without what is said of rows, and without what the step removed. */
export function plainTables(
  tables: readonly ShownTable[],
): { caption: string; columns: readonly string[]; rows: (readonly string[])[] }[] {
  return tables
    .map(({ caption, columns, rows }) => ({
      caption,
      columns,
      rows: rows.filter(({ note }) => !note.includes('− removed')).map(({ cells }) => cells),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** A row of the tables that are shown, by table and the text of a cell. */
export async function readRow(
  at: At,
  caption: string,
  cell: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const table = (await readTables(at)).find((one) => one.caption === caption);
  const row = table?.rows.find(({ cells }) => cells.includes(cell));
  if (table === undefined || row === undefined) return undefined;
  return {
    ...Object.fromEntries(table.columns.map((column, index) => [column, row.cells[index] ?? ''])),
    note: row.note,
  };
}

/** Every row of the outline from its top to its end, as text; it draws only what is seen. */
export async function readOutline(at: At): Promise<string[]> {
  const list = outline(at).getByRole('list', { name: /^Phases and steps/ });
  const rows = new Map<number, string>();
  const collect = async (): Promise<void> => {
    const seen = await list.evaluate((element) =>
      [...element.querySelectorAll<HTMLElement>(':scope > li')].map(
        (row) =>
          [
            Number(row.dataset.index),
            row.innerText.replaceAll(/\s+/g, ' ').replaceAll(' ,', ',').trim(),
          ] as const,
      ),
    );
    for (const [index, text] of seen) rows.set(index, text);
  };
  const scroll = (to: 'top' | 'on') =>
    list.evaluate(async (element, where) => {
      const scroller = element.parentElement as HTMLElement;
      const before = scroller.scrollTop;
      scroller.scrollTop = where === 'top' ? 0 : before + scroller.clientHeight;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return where === 'top' || scroller.scrollTop > before;
    }, to);
  await scroll('top');
  do await collect();
  while (await scroll('on'));
  await collect();
  const last = Math.max(...rows.keys());
  return Array.from({ length: last + 1 }, (_, index) => rows.get(index) ?? `(row ${index} is missing)`);
}
