// Writes docs/reference/ from what the program itself says: the fields of the fixed headers, and the reasons to drop.
// Run `npm run build` first; a test compares.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DROP_REASONS } from '../dist/trace/drop-reasons.js';
import { arp } from '../dist/wire/arp.js';
import { dns } from '../dist/wire/dns/message.js';
import { ethernet } from '../dist/wire/ethernet.js';
import { icmp, icmpEcho, icmpUnreachable } from '../dist/wire/icmp.js';
import { ipv4 } from '../dist/wire/ipv4.js';
import { tcp } from '../dist/wire/tcp.js';
import { udp } from '../dist/wire/udp.js';

const LAYOUTS = [ethernet, arp, ipv4, icmp, icmpEcho, icmpUnreachable, udp, tcp, dns];

/** @param {readonly (readonly string[])[]} rows */
const table = ([head = [], ...rows]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The fields of every fixed header, from the same descriptions that read and write them. */
export function fieldReference() {
  const parts = LAYOUTS.map((layout) => {
    /** @type {readonly import('../dist/wire/layout.js').Field[]} */
    const fields = Object.values(layout.fields);
    const rows = fields.map((field) => [
      `\`${field.filter}\``,
      field.label,
      field.bits % 8 === 0 ? `${field.bits / 8} B` : `${field.bits} bit`,
      `${Math.floor(field.bitOffset / 8)}${field.bitOffset % 8 === 0 ? '' : `.${field.bitOffset % 8}`}`,
      field.meaning,
    ]);
    const head = ['name', 'field', 'size', 'at', 'what it is for'];
    return `## ${layout.title}\n\n${layout.size} bytes, ${layout.rfc}.\n\n${table([head, ...rows])}\n`;
  });
  return `# Fields

Names are Wireshark's display-filter names; they stand in JSON, in checks and in filters. \`at\` is the offset in bytes, behind the point
in bits. Written by \`node scripts/write-reference.mjs\` from the descriptions in \`src/wire/\`.

${parts.join('\n')}`;
}

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
