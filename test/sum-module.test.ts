// The program in binary that sums frames is the one that stands in `sum.wat`.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sumModule } from '../scripts/write-sum-module.mjs';

it('is made from its text', async () => {
  expect(readFileSync(new URL('../src/base/sum-module.ts', import.meta.url), 'utf8')).toBe(await sumModule());
});
