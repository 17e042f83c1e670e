// How the tests run: unit tests beside their file, everything else in test/.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Files share a worker: no module of ours keeps state, and a worker per file costs more than most tests.
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
  },
});
