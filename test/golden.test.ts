// The walk of every built-in lab as a reviewed text: a changed byte is a readable difference. UPDATE=1 writes them anew.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { carryOut } from '../src/node/carry-out.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import { renderWalk } from '../src/view/text.js';
import { labOf, labText } from './lab-runs.js';

const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));
const LABS = fileURLToPath(new URL('../labs/', import.meta.url));
const names = readdirSync(LABS).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []));

it.each(names)('%s reads as reviewed', async (name) => {
  const run = await carryOut(labOf(labText(name), `labs/${name}.yaml`));
  const trace = run.trace();
  const walk = explainWalk(trace, { phases: run.lab.phases });
  compare(`${name}.txt`, renderWalk(walk, trace));
  compare(`${name}.brief.txt`, renderWalk(walk, trace, { detail: 'brief' }));
});

function compare(file: string, text: string): void {
  const path = GOLDEN + file;
  if (process.env.UPDATE === '1') writeFileSync(path, `${text}\n`);
  expect(existsSync(path), `${path} is missing: UPDATE=1 writes it`).toBe(true);
  expect(`${text}\n`, `${file} has changed: read the difference, then UPDATE=1`).toBe(
    readFileSync(path, 'utf8'),
  );
}
