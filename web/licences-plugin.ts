// Puts the licences of all packages that the page is made of beside it.

import type { Plugin } from 'vite';
import { licencesOf } from '../scripts/licences.mjs';

/** For the page and, because workers are bundled by themselves, for its workers. */
export function licences(): { readonly page: Plugin; readonly worker: Plugin } {
  const modules = new Set<string>();
  const collect: Plugin['generateBundle'] = (_, bundle) => {
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk') for (const id of chunk.moduleIds) modules.add(id);
  };
  return {
    worker: { name: 'licences-of-worker', generateBundle: collect },
    page: {
      name: 'licences',
      apply: 'build',
      generateBundle: {
        // Behind the list of what is kept for offline: a page works without it.
        order: 'post',
        handler(...given) {
          collect.apply(this, given);
          this.emitFile({ type: 'asset', fileName: 'LICENCES.txt', source: licencesOf(modules) });
        },
      },
    },
  };
}
