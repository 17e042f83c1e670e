// The walk as Markdown, for pages and pull requests.

import type { Trace } from '../trace/trace.js';
import type { Change, Decision, Phase, Step, StepPacket, Walk } from './explain/step.js';
import { drawnPacket, nested } from './packet.js';
import { describeBefore, describeRow } from './rows.js';
import { TABLE_TITLES } from './tables.js';

/** The walk as a Markdown document that ends with a line break. */
export function walkToMarkdown(walk: Walk, trace: Trace): string {
  const lines = [
    `# ${escaped(walk.title)}`,
    '',
    ...walk.summary.flatMap((sentence) => [escaped(sentence), '']),
  ];
  for (const phase of walk.phases) lines.push(...phaseLines(phase, trace));
  return `${lines.join('\n').trimEnd()}\n`;
}

function phaseLines(phase: Phase, trace: Trace): string[] {
  const lines = [`## ${phase.number}. ${escaped(phase.title)}`, ''];
  for (const step of phase.steps) lines.push(...stepLines(step, trace));
  if (phase.outcome !== undefined) {
    lines.push(`**${phase.outcome.ok ? 'Outcome' : 'Failed'}:** ${escaped(phase.outcome.sentence)}`, '');
  }
  return lines;
}

function stepLines(step: Step, trace: Trace): string[] {
  const lines = [`**${step.id}** ${escaped(step.sentence)}`, ''];
  const items = [
    ...step.decisions.map(decisionText),
    ...step.changes.filter(({ kind, quiet }) => kind !== 'refreshed' && quiet !== true).map(changeText),
  ];
  if (step.drop?.harmless === false)
    items.push(`Dropped (\`${step.drop.reason}\`, ${escaped(step.drop.rfc)}). ${escaped(step.drop.mend)}`);
  if (items.length > 0) lines.push(...items.map((item) => `- ${item}`), '');
  const drawn = step.packet === undefined ? [] : drawPacket(step.packet, trace);
  if (drawn.length > 0) lines.push('```text', ...drawn, '```', '');
  return lines;
}

function decisionText({ table, row, why }: Decision): string {
  if (row === undefined) return `${TABLE_TITLES[table]}: ${escaped(why)}`;
  return `${TABLE_TITLES[table]}: \`${describeRow(table, row)}\` (${escaped(why)})`;
}

function changeText({ kind, table, before, after }: Change): string {
  const row = after ?? before ?? {};
  const was = before === undefined || after === undefined ? '' : describeBefore(table, before, after);
  return `${TABLE_TITLES[table]}, row ${kind}: \`${describeRow(table, row)}\`${was === '' ? '' : ` (was \`${was}\`)`}`;
}

function drawPacket(packet: StepPacket, trace: Trace): string[] {
  if ('frame' in packet && !packet.fresh) return [];
  const drawn = drawnPacket(trace, packet);
  return drawn === undefined ? [] : nested(drawn.dissection, { open: drawn.open });
}

/** Signs that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, (sign) => `\\${sign}`);
}
