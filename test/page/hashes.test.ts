// What runs in the browser is what runs in Node: for every built-in lab the same bytes, so the same hash of the trace.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLab, runCommand, runLab, startCommand } from '../../src/index.js';
import { labText, root } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { Browser, type Visitor } from './browser.js';

interface Typed {
  readonly after: number;
  readonly node: string;
  readonly line: string;
}

const names = readdirSync(path.join(root, 'labs')).map((file) => file.replace(/\.yaml$/, ''));

/** The hash as Node has it. */
function hashOf(
  name: string,
  options: { readonly seed?: number; readonly typed?: readonly Typed[] } = {},
): string {
  const read = readLab(labText(name), name);
  if (!('lab' in read)) throw new Error(`${name} has mistakes`);
  return runLab(read.lab, { runCommand, startCommand, ...options })
    .trace()
    .hash();
}

/** The hash as the page tells it in its help. */
async function hashOn({ page }: Visitor): Promise<string> {
  await page.getByRole('button', { name: 'Help and keys' }).click();
  const words = page.getByText(/^This run: .* trace hash [0-9a-f]{16}/);
  await words.waitFor();
  const hash = /trace hash ([0-9a-f]+)/.exec((await words.textContent()) ?? '')?.[1] ?? '';
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  return hash;
}

describeWithJudge('chromium', 'a run in the browser', (program) => {
  const browser = new Browser();
  let visitor: Visitor;
  beforeAll(async () => {
    await browser.open(program);
    visitor = await browser.visit();
    await visitor.ready();
  });
  afterAll(async () => {
    await visitor.leave();
    await browser.close();
  });

  it.each(names)('of %s has the same hash as in Node', async (name) => {
    await visitor.go(`lab=${name}`);
    await visitor.enter();
    expect(await hashOn(visitor)).toBe(hashOf(name));
  });

  it('with another seed, too, and that is another hash', async () => {
    await visitor.go('lab=three-routers&seed=7');
    await visitor.enter();
    expect(visitor.page.url()).toContain('seed=7');
    expect(await hashOn(visitor)).toBe(hashOf('three-routers', { seed: 7 }));
    expect(hashOf('three-routers', { seed: 7 })).not.toBe(hashOf('three-routers'));
  });

  it('with what was typed in the middle of it, too', async () => {
    const typed = [
      { after: 40, node: 'laptop', line: 'ping -c 2 192.168.0.1' },
      { after: 200, node: 'pc', line: 'dig www.example.com' },
    ];
    const words = new URLSearchParams({
      lab: 'nat-http',
      typed: JSON.stringify(typed.map(({ after, node, line }) => [after, node, line])),
      step: '1a',
    });
    await visitor.go(words.toString());
    expect(await hashOn(visitor)).toBe(hashOf('nat-http', { typed }));
    expect(hashOf('nat-http', { typed })).not.toBe(hashOf('nat-http'));
  });
});
