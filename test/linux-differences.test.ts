// docs/linux-differences.md tells what the list of differences from Linux's TCP says, and the list is complete in itself.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { linuxDifferences, readLinuxDifferences } from '../scripts/write-linux-differences.mjs';

const page = path.resolve(import.meta.dirname, '../docs/linux-differences.md');
const { reasons, scripts } = readLinuxDifferences();

it('the page is up to date (node scripts/write-linux-differences.mjs)', () => {
  expect(readFileSync(page, 'utf8')).toBe(linuxDifferences());
});

it('every difference has a reason, and every reason a difference', () => {
  expect(scripts.length).toBeGreaterThan(100);
  const named = new Set(scripts.flatMap(({ names }) => names));
  expect([...named].filter((name) => !reasons.has(name))).toEqual([]);
  expect([...reasons.keys()].filter((name) => !named.has(name))).toEqual([]);
});

it.each([...reasons])('%s says what, and where that stands', (_, { linux, ours, because, title, kind }) => {
  expect(['linux', 'open', 'left', 'play']).toContain(kind);
  expect([linux, ours, title].filter((text) => text === '')).toEqual([]);
  expect(because).toMatch(/RFC \d+/);
});
