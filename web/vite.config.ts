// How the page is built: static files into dist/web, which travel in the package.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { labs } from './labs-plugin.js';
import { licences } from './licences-plugin.js';
import { offline, SERVICE_WORKER } from './offline-plugin.js';
import { noPolicyInDevelopment } from './policy-plugin.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { version } = JSON.parse(readFileSync(at('../package.json'), 'utf8')) as { version: string };

const { page, worker } = licences();

export default defineConfig(({ command }) => {
  // Whoever calls may have another wish (a test runner says `test`), but what is built is for people.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root: at('.'),
    // It may stand in any folder of any server.
    base: './',
    plugins: [react(), labs(at('../labs')), offline(at('./public')), page, noPolicyInDevelopment()],
    define: { __VERSION__: JSON.stringify(version) },
    resolve: { alias: { wirewalk: at('../dist/index.js') } },
    worker: {
      format: 'es',
      plugins: () => [labs(at('../labs')), worker],
      // All that the engine begins with is one file: parts that wait for each other would come one after the other.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'engine', tags: ['$initial'] }] } } },
    },
    build: {
      outDir: at('../dist/web'),
      emptyOutDir: true,
      target: 'es2023',
      // What is inlined as data: would need a weaker content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 900,
      rolldownOptions: {
        input: { index: at('./index.html'), offline: at('./src/offline/service-worker.ts') },
        output: {
          entryFileNames: ({ name }) => (name === 'offline' ? SERVICE_WORKER : 'assets/[name]-[hash].js'),
        },
      },
    },
  };
});
