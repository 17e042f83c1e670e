// How the tests run: unit tests beside their file, those of the page too; everything else in test/.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { labs } from './web/labs-plugin.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests that look at the page in Chromium. */
const PAGE = 'test/page/**/*.test.ts';

/** Tests in which real programs talk to labs. */
const ATTACH = 'test/attach/**/*.test.ts';

export default defineConfig({
  // What the page imports as it is built: the package by its name, and the list of labs.
  plugins: [labs(at('labs'))],
  resolve: { alias: { wirewalk: at('src/index.ts') } },
  test: {
    setupFiles: ['test/setup.ts'],
    // Files share a worker: no module of the package keeps state, tests of the page begin with a state of their own, and
    // a worker per file costs more than most tests.
    pool: 'threads',
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [PAGE, ATTACH],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          include: [PAGE],
          // A browser takes a machine's cores for itself: two at once, after everything else, and with patience.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'attach',
          include: [ATTACH],
          // Labs in real time want the machine for themselves: one after the other, behind everything else.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
