// Writes schema/lab.schema.json from the program's own schema of lab files. Run `npm run build` first.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labJsonSchema } from '../dist/lab/schema.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = fileURLToPath(new URL('lab.schema.json', folder));
writeFileSync(file, `${JSON.stringify(labJsonSchema(), null, 2)}\n`);
console.log(file);
