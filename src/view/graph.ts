// The picture of a network as text that other programs draw: nodes with the shape of their kind, addresses on the cables.
// Reading list: the flowchart syntax of Mermaid, the DOT language of Graphviz.

import { formatDuration } from '../base/time.js';
import type { LinkDescription, NodeDescription, WorldDescription } from '../trace/events.js';

/** Opening and closing marks of a Mermaid node. */
const MERMAID_SHAPES: Readonly<Record<string, readonly [string, string]>> = {
  host: ['[', ']'],
  switch: ['[[', ']]'],
  router: ['((', '))'],
  'nat-router': ['{{', '}}'],
  tap: ['>', ']'],
};

const DOT_SHAPES: Readonly<Record<string, string>> = {
  host: 'box',
  switch: 'box3d',
  router: 'ellipse',
  'nat-router': 'hexagon',
  tap: 'cds',
};

/** A Mermaid flowchart; put it into a fenced block marked `mermaid`. */
export function toMermaid(world: WorldDescription): string {
  const lines = ['graph LR'];
  world.nodes.forEach((node, index) => {
    const [open, close] = MERMAID_SHAPES[node.kind] ?? ['(', ')'];
    lines.push(`  n${index}${open}"${nodeLines(node).map(escapeMermaid).join('<br/>')}"${close}`);
  });
  for (const link of world.links) {
    const label = [link.ends[0], link.ends[1]].map((end) => escapeMermaid(endText(world, end)));
    const properties = escapeMermaid(linkText(link));
    const text = [label[0], ...(properties === '' ? [] : [properties]), label[1]].join('<br/>');
    lines.push(`  n${nodeOf(world, link.ends[0])} ---|"${text}"| n${nodeOf(world, link.ends[1])}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A Graphviz graph. */
export function toDot(world: WorldDescription): string {
  const lines = [
    `graph ${quoteDot(world.name)} {`,
    '  rankdir=LR;',
    '  node [fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
  ];
  for (const node of world.nodes) {
    const label = quoteDot(nodeLines(node).join('\n'));
    lines.push(`  ${quoteDot(node.name)} [shape=${DOT_SHAPES[node.kind] ?? 'box'}, label=${label}];`);
  }
  for (const link of world.links) {
    const [tail, head] = [link.ends[0], link.ends[1]].map((end) => ({
      name: quoteDot(world.nodes[nodeOf(world, end)].name),
      label: quoteDot(endText(world, end)),
    }));
    const label = linkText(link) === '' ? '' : `, label=${quoteDot(linkText(link))}`;
    lines.push(`  ${tail.name} -- ${head.name} [taillabel=${tail.label}, headlabel=${head.label}${label}];`);
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function nodeOf(world: WorldDescription, interfaceId: number): number {
  return world.interfaces[interfaceId].node;
}

function nodeLines({ name, kind, label }: NodeDescription): string[] {
  return [name, label ?? kind];
}

/** `eth0 192.0.2.1/24` */
function endText(world: WorldDescription, interfaceId: number): string {
  const { name, address } = world.interfaces[interfaceId];
  return address === undefined ? name : `${name} ${address}`;
}

/** `5 ms, 1 Gbit/s`; empty for a link without properties. */
export function linkText({ delay, rate }: LinkDescription): string {
  return [...(delay > 0 ? [formatDuration(delay)] : []), ...(rate > 0 ? [formatRate(rate)] : [])].join(', ');
}

/** Bits per second in the largest unit that keeps them at or above 1. */
function formatRate(rate: number): string {
  for (const [unit, factor] of [
    ['Gbit/s', 1e9],
    ['Mbit/s', 1e6],
    ['kbit/s', 1e3],
  ] as const) {
    if (rate >= factor) return `${Number((rate / factor).toFixed(3))} ${unit}`;
  }
  return `${rate} bit/s`;
}

/** Mermaid reads `#name;` as a character, and HTML in labels. */
function escapeMermaid(text: string): string {
  return text
    .replace(/["#&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/\s*\n\s*/g, '<br/>');
}

/** A string of the DOT language: a quotation mark or backslash is escaped, a line break is `\n`. */
function quoteDot(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\r?\n/g, '\\n')}"`;
}
