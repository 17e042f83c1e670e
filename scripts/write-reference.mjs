// Writes docs/reference/ from what the program itself says: every field of a frame, and the reasons to drop.
// Run `npm run build` first; a test compares.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DROP_REASONS } from '../dist/trace/drop-reasons.js';
import { fieldGroups, protocolCatalogue } from '../dist/wire/field-catalogue.js';

/** @param {readonly (readonly string[])[]} rows */
const table = ([head = [], ...rows]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Every protocol and every field, from the same descriptions that read, write and dissect them. */
export function fieldReference() {
  const protocols = protocolCatalogue().map(({ name, title, meaning, rfc }) => [
    `\`${name}\``,
    title,
    meaning,
    rfc ?? '',
  ]);
  return `# Fields

Names are Wireshark's display-filter names; they stand in JSON, in checks and in filters. \`at\` is the offset in bytes, behind the point
in bits. Written by \`node scripts/write-reference.mjs\` from the descriptions in \`src/wire/\`.

## Protocols

${table([['name', 'protocol', 'what it is for', 'source'], ...protocols])}

${fieldGroups().map(groupReference).join('\n')}`;
}

/** @param {import('../dist/wire/field-entry.js').FieldGroup} group */
function groupReference({ title, rfc, size, fields }) {
  const isFixed = size !== undefined;
  const head = ['name', 'field', ...(isFixed ? ['size', 'at'] : ['kind']), 'what it is for'];
  const rows = fields.map(({ name, label, type, meaning, bits = 0, bitOffset = 0, rfc: own }) => [
    `\`${name}\``,
    label,
    ...(isFixed ? [sizeText(bits), placeText(bitOffset)] : [type]),
    own === undefined || own === rfc ? meaning : `${meaning} (${own})`,
  ]);
  const about = [...(isFixed ? [`${size} bytes`] : []), ...(rfc === undefined ? [] : [rfc])].join(', ');
  return `## ${title}\n\n${about === '' ? '' : `${about}.\n\n`}${table([head, ...rows])}\n`;
}

/** @param {number} bits */
const sizeText = (bits) => (bits % 8 === 0 ? `${bits / 8} B` : `${bits} bit`);

/** @param {number} bitOffset */
const placeText = (bitOffset) =>
  `${Math.floor(bitOffset / 8)}${bitOffset % 8 === 0 ? '' : `.${bitOffset % 8}`}`;

/** Every reason for which a packet can die. */
export function dropReference() {
  const rows = Object.entries(DROP_REASONS).map(([code, { sentence, rfc, mend }]) => [
    `\`${code}\``,
    sentence,
    rfc,
    mend,
  ]);
  return `# Why packets die

Every drop in the trace has one of these reasons; walk, JSON and captures use the same words. Written by
\`node scripts/write-reference.mjs\` from \`src/trace/drop-reasons.ts\`.

${table([['reason', 'what it means', 'source', 'what to do about it'], ...rows])}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = new URL('../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('fields.md', folder), fieldReference());
  writeFileSync(new URL('drops.md', folder), dropReference());
}
