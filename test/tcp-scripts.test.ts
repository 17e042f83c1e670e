// TCP held to its RFCs: every script and every cell of the tables in tcp-scripts/ is played. How to write one:
// docs/tcp-scripts.md.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectNoLeaks } from './kit.js';
import { readCells } from './tcp-script/read-cells.js';
import { readScripts } from './tcp-script/read-script.js';
import { runScript } from './tcp-script/run-script.js';

expectNoLeaks();

const folder = path.join(import.meta.dirname, 'tcp-scripts');
const textOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const read = (ending: string): { readonly name: string; readonly text: string }[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: textOf(name) }));

const scripts = read('.tcp').map(({ name, text }) => ({ name, ...readScripts(name, text) }));
const tables = read('.cells').map(({ name, text }) => ({ name, scripts: readCells(name, text, textOf) }));
const openings = new Map(scripts.flatMap(({ openings: own }) => [...own]));
const files = [...scripts, ...tables].filter((file) => file.scripts.length > 0);

it('has scripts and tables', () => {
  expect(scripts.flatMap((file) => file.scripts).length).toBeGreaterThan(100);
  expect(tables.flatMap((file) => file.scripts).length).toBeGreaterThan(500);
});

for (const { name, scripts: all } of files) {
  describe(name, () => {
    it.each(all.map((script) => [script.title, script.from, script] as const))('%s (%s)', (_, __, script) => {
      runScript(script, openings);
    });
  });
}
