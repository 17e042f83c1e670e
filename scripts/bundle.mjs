// Puts each program with all it needs into one file in dist/cli: it starts in half the time, because Node need not find
// and read some three hundred modules. The licences of what they contain stand beside them.

import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'dist/cli');

/** Module of dist/node -> program. */
const PROGRAMS = { main: 'wirewalk.mjs', extcap: 'wirewalk-extcap.mjs' };

/** @type {Set<string>} */
const modules = new Set();
for (const [module, program] of Object.entries(PROGRAMS)) {
  const out = path.join(folder, program);
  const bundle = await rolldown({
    input: path.join(root, `dist/node/${module}.js`),
    platform: 'node',
    // Node's own modules stay outside, and what is machine code: koffi, and what ws would take if it were there.
    external: [/^node:/, 'koffi', 'bufferutil', 'utf-8-validate'],
    // The types of these packages are tested where they are made.
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    file: out,
    format: 'esm',
    codeSplitting: false,
    minify: true,
    comments: false,
  });
  await bundle.close();
  chmodSync(out, 0o755);
  for (const chunk of output) if (chunk.type === 'chunk') for (const id of chunk.moduleIds) modules.add(id);
}
writeFileSync(path.join(folder, 'LICENCES.txt'), licencesOf([...modules]));
