// How the tests run: unit tests beside their file, those of the page too; everything else in test/.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { labs } from './web/labs-plugin.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // What the page imports as it is built: the package by its name, and the list of labs.
  plugins: [labs(at('labs'))],
  resolve: { alias: { wirewalk: at('src/index.ts') } },
  test: {
    setupFiles: ['test/setup.ts'],
    include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts'],
    // Files share a worker: no module of ours keeps state, and a worker per file costs more than most tests.
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
  },
});
