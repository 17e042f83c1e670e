// The list of the built-in labs with their titles, made while the page is built: a file in labs/ is enough to appear.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const MODULE = 'virtual:labs';
const ENDING = '.yaml';

export function labs(folder: string): Plugin {
  return {
    name: 'labs',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
      const list = files.sort().map((file) => {
        const text = readFileSync(path.join(folder, file), 'utf8');
        const name = file.slice(0, -ENDING.length);
        const [, , title = name] = /^title: *(["']?)(.+)\1$/m.exec(text) ?? [];
        return { name, title };
      });
      return `export const labs = ${JSON.stringify(list)};`;
    },
  };
}
