// Tells the service worker, while the page is built, which files it has to keep.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Plugin } from 'vite';

/** The service worker's file: not in assets/, because it may only keep what lies beside it. */
export const SERVICE_WORKER = 'service-worker.js';
const PLACE = '__OFFLINE__';

export function offline(publicFolder: string): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[SERVICE_WORKER];
        if (worker?.type !== 'chunk') return;
        const built = Object.keys(bundle).filter((file) => file !== SERVICE_WORKER && file !== 'index.html');
        const files = ['./', ...built, ...readdirSync(publicFolder)].sort();
        const hash = createHash('sha256').update(worker.code);
        for (const file of Object.values(bundle))
          hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
        const version = hash.digest('hex').slice(0, 16);
        worker.code = worker.code.replaceAll(PLACE, `(${JSON.stringify({ version, files })})`);
      },
    },
  };
}
