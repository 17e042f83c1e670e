// Writes src/base/sum-module.ts from src/base/sum.wat: the same program in binary.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const SOURCE = new URL('../src/base/sum.wat', import.meta.url);
const TARGET = new URL('../src/base/sum-module.ts', import.meta.url);
/** Bytes on a line. */
const WIDTH = 16;

/** The text of the module that holds the program. @returns {Promise<string>} */
export async function sumModule() {
  const { parseWat } = await wabt();
  const { buffer } = parseWat('sum.wat', readFileSync(SOURCE, 'utf8'), { simd: true }).toBinary({});
  const lines = [];
  for (let at = 0; at < buffer.length; at += WIDTH) {
    lines.push(`  ${[...buffer.subarray(at, at + WIDTH)].map(hex).join(', ')},`);
  }
  return `// What \`sum.wat\` says, in binary. Made by scripts/write-sum-module.mjs.

// biome-ignore format: as many bytes on each line
export const SUM_MODULE = Uint8Array.of(
${lines.join('\n')}
);
`;
}

/** @param {number} byte */
const hex = (byte) => `0x${byte.toString(16).padStart(2, '0')}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await sumModule());
