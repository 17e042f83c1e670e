// Typing at the consoles of devices: each command goes on from the chosen moment, as a branch of the run.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TypedCommand } from '../../src/lab/typed-commands.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';
import { hashOf, type NodeRun, nodeRun, stepNamed } from './node-run.js';

const PING = 'ping -c 1 93.184.216.34';

describeWithJudge('chromium', 'consoles', (program) => {
  const browser = new Browser();
  let visitor: Visitor;
  let page: Page;
  let trunk: NodeRun;
  let afterQuery: number;

  beforeAll(async () => {
    trunk = nodeRun('nat-http');
    afterQuery = stepNamed(trunk, '2c').lastSeq;
    await browser.open(program);
    visitor = await browser.visit({ hash: 'lab=nat-http&step=2c&side=console' });
    page = visitor.page;
    await page.locator('.xterm-rows').getByText('pc$').waitFor();
  });

  afterAll(async () => {
    try {
      await visitor?.leave();
    } finally {
      await browser.close();
    }
  });

  /** What is to be seen in the terminal, without blanks: it breaks lines where they fit. */
  const screen = async (at = page): Promise<string> => {
    const rows = await at.locator('.xterm-rows > div').allTextContents();
    return rows.join('').replace(/\s+/g, '');
  };
  const terminalSays = (words: string, at = page) =>
    expect.poll(() => screen(at), { timeout: 12_000 }).toContain(words.replace(/\s+/g, ''));
  const runs = () => page.getByRole('group', { name: 'Runs' }).getByRole('radio');
  const labels = () => page.getByRole('group', { name: 'Runs' }).locator('label').allTextContents();

  /** Types as a person does, at whatever has the focus; waits until the command is over. */
  async function type(line: string): Promise<void> {
    await page.getByRole('textbox', { name: /^Console of / }).focus();
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (wanted) => document.querySelector('[role=log]')?.textContent?.startsWith(wanted),
      `${line}\n`,
    );
  }

  /** What a command printed, as the text of the console has it. */
  async function printed(node: string, place: number): Promise<string> {
    await page.getByRole('radio', { name: 'Text' }).check({ force: true });
    const outputs = page.getByRole('log', { name: `Console of ${node}` }).locator('pre');
    const output = await outputs.nth(place).textContent();
    await page.getByRole('radio', { name: 'Terminal' }).check({ force: true });
    await page.locator('.xterm-rows').waitFor();
    return `${output}\n`;
  }

  /** The hash of the trace, as the help tells it. */
  async function traceHash(at = page): Promise<string> {
    await at.getByRole('button', { name: 'Help and keys' }).click();
    const told = at.getByRole('dialog').getByText('trace hash').locator('code');
    await expect.poll(() => told.textContent()).toMatch(/^[0-9a-f]{8,}/);
    const hash = await told.textContent();
    await at.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    return hash ?? '';
  }

  const chooseRun = async (place: number): Promise<void> => {
    await runs().nth(place).check({ force: true });
  };

  it('a ping typed at 2c is a branch with a name of its own; the first run stays as it was', async () => {
    expect(await page.getByRole('group', { name: 'Runs' }).count()).toBe(0);
    expect(await traceHash()).toBe(trunk.trace.hash());
    await type(PING);
    const branch = nodeRun('nat-http', [{ after: afterQuery, node: 'pc', line: PING }]);
    expect(branch.typed[0]?.output).toContain('1 received');
    expect(await labels()).toEqual(['first run', `branch 1 pc: ${PING}, after 2c`]);
    expect(await runs().nth(1).isChecked()).toBe(true);
    await terminalSays('1 packets transmitted, 1 received');
    await terminalSays('This went on as branch 1 at 2c.');
    expect(await printed('pc', 0)).toBe(branch.typed[0]?.output);
    expect(await traceHash()).toBe(branch.trace.hash());
    // The moment is where the command was over.
    const ended = branch.typed[0]?.ended ?? -1;
    await expect.poll(async () => (await hashOf(page)).get('event') ?? String(ended)).toBe(String(ended));
    await chooseRun(0);
    expect(await traceHash()).toBe(trunk.trace.hash());
    await page
      .getByText(`of ${trunk.steps.length} `)
      .or(page.getByText(`of ${trunk.steps.length}`))
      .first()
      .waitFor();
    await chooseRun(1);
    expect(await traceHash()).toBe(branch.trace.hash());
  });

  it('what is typed at the end of a branch carries it on', async () => {
    const typed = await typedInHash(page);
    await page.getByRole('slider').press('End');
    const end = branchOf(typed).steps.at(-1)?.lastSeq;
    await type('arp -a');
    expect(await labels()).toEqual(['first run', `branch 1 pc: ${PING}; arp -a, after 2c`]);
    const lines = await typedInHash(page);
    expect(lines.map(({ line }) => line)).toEqual([PING, 'arp -a']);
    expect(lines[1]?.after).toBe(end);
    const branch = branchOf(lines);
    expect(await printed('pc', 1)).toBe(branch.typed[1]?.output);
    expect(await traceHash()).toBe(branch.trace.hash());
  });

  it('what is typed after going back begins another branch', async () => {
    await chooseRun(0);
    await page.getByRole('slider').press('Home');
    await type('dig +short www.example.com');
    const names = await labels();
    expect(names).toHaveLength(3);
    expect(names[2]).toBe('branch 2 pc: dig +short www.example.com, after 1a');
    const lines = await typedInHash(page);
    const branch = branchOf(lines);
    expect(branch.typed[0]?.output).toBe('93.184.216.34\n');
    expect(await printed('pc', 2)).toBe('93.184.216.34\n');
    expect(await traceHash()).toBe(branch.trace.hash());
    // The branches beside it are what they were.
    await chooseRun(1);
    expect((await typedInHash(page)).map(({ line }) => line)).toEqual([PING, 'arp -a']);
    await chooseRun(2);
  });

  it('a link to a branch shows the same elsewhere', async () => {
    await expect.poll(async () => (await hashOf(page)).get('typed')).toContain('dig');
    const link = await page.evaluate(() => location.hash.slice(1));
    const other = await browser.visit({ hash: link });
    await other.page.getByRole('group', { name: 'Runs' }).waitFor();
    expect(await other.page.getByRole('group', { name: 'Runs' }).locator('label').allTextContents()).toEqual([
      'first run',
      'branch 1 pc: dig +short www.example.com, after 1a',
    ]);
    expect(await traceHash(other.page)).toBe(await traceHash());
    await terminalSays('pc$ dig +short www.example.com 93.184.216.34', other.page);
    expect(await other.page.locator('[aria-current=step]').first().textContent()).toBe(
      await page.locator('[aria-current=step]').first().textContent(),
    );
    expect(await other.page.evaluate(() => location.hash.slice(1))).toBe(link);
    await other.leave();
  });

  it('Tab completes, twice it lists; the arrow up brings back what was typed', async () => {
    const field = page.getByRole('textbox', { name: /^Console of / });
    await field.focus();
    await page.keyboard.type('pi');
    await page.keyboard.press('Tab');
    await terminalSays('pc$ ping');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Control+C');
    await terminalSays('pc$ ping ^C');
    await page.keyboard.type('tr');
    await page.keyboard.press('Tab');
    await terminalSays('pc$ traceroute');
    await page.keyboard.press('Control+U');
    await page.keyboard.type('c');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await terminalSays('pc$ c cat curl');
    await page.keyboard.press('Control+U');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await terminalSays('pc$ arp -a');
    await page.keyboard.press('Control+C');
    await terminalSays('pc$ arp -a ^C');
    // Nothing of it was run.
    expect(await labels()).toHaveLength(3);
  });

  it('a line that is abandoned by Ctrl-C is gone', async () => {
    const before = await page.evaluate(() => location.hash);
    await page.getByRole('textbox', { name: /^Console of / }).focus();
    await page.keyboard.type('ping 192.0.2.');
    await page.keyboard.press('Control+C');
    await terminalSays('ping 192.0.2.^C pc$');
    await page.keyboard.press('Enter');
    expect(await labels()).toHaveLength(3);
    expect(await page.evaluate(() => location.hash)).toBe(before);
  });

  it('a command that nobody knows says so', async () => {
    await type('frobnicate --now');
    const lines = await typedInHash(page);
    const branch = branchOf(lines);
    expect(branch.typed.at(-1)?.exitCode).toBe(127);
    expect(await printed('pc', 3)).toBe(branch.typed.at(-1)?.output);
    await terminalSays('exit code 127');
  });

  it('the switch shows its MAC address table', async () => {
    await chooseRun(0);
    await page.getByRole('slider').press('End');
    await page.getByRole('combobox', { name: 'Device' }).selectOption({ label: 'switch: the switch' });
    await terminalSays('switch#');
    await type('show mac address-table');
    const branch = branchOf([
      { after: trunk.trace.length - 1, node: 'switch', line: 'show mac address-table' },
    ]);
    expect(branch.typed[0]?.output).toContain('aaaa.aaaa.aaaa');
    expect(await printed('switch', 0)).toBe(branch.typed[0]?.output);
    expect(await visitor.axe()).toEqual([]);
  });
});

/** What was typed, as the link tells it. */
async function typedInHash(page: Page): Promise<TypedCommand[]> {
  // The address follows after a moment.
  await page.waitForTimeout(400);
  const list = JSON.parse((await hashOf(page)).get('typed') ?? '[]') as [number, string, string][];
  return list.map(([after, node, line]) => ({ after, node, line }));
}

function branchOf(typed: readonly TypedCommand[]): NodeRun {
  return nodeRun('nat-http', typed);
}
