// What the page knows of the built-in labs, made while it is built: the list of them with their titles, and with `?data`
// behind the name of its file what a lab says, as data. A file in labs/ is enough to appear.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { labData } from '../scripts/lab-data.mjs';

const MODULE = 'virtual:labs';
const ENDING = '.yaml';
const AS_DATA = `${ENDING}?data`;

export function labs(folder: string): Plugin {
  return {
    name: 'labs',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id.endsWith(AS_DATA)) {
        const file = id.slice(0, -'?data'.length);
        this.addWatchFile(file);
        return `export default ${JSON.stringify(labData(file))};`;
      }
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
