// The picture of a network as an SVG that stands alone: no scripts, no fonts, no other files. What comes from a lab is
// text and nothing else.
// Reading list: SVG 1.1 §7 (coordinates), §9 (shapes), §10 (text); SVG Accessibility (title and desc).

import type { NodeDescription, WorldDescription } from '../trace/events.js';
import { CABLE_TEXT_SIZE, placeCableTexts } from './cable-labels.js';
import { deviceIcon } from './device-icons.js';
import { linkText } from './graph.js';
import { fitLines, fitText } from './layout/text-width.js';
import { layoutNetwork, type NetworkLayout, type Point } from './layout.js';
import { escaped } from './xml-text.js';

export interface SvgOptions {
  /** Where everything stands; by default as {@link layoutNetwork} puts it. */
  readonly layout?: NetworkLayout;
  /** `auto` (the default) follows what the reader's screen prefers. */
  readonly theme?: 'light' | 'dark' | 'auto';
}

type Palette = Readonly<Record<'ground' | 'card' | 'edge' | 'ink' | 'soft' | 'cable', string>> & {
  readonly kinds: Readonly<Record<string, string>>;
};

const LIGHT: Palette = {
  ground: '#f8f9fb',
  card: '#ffffff',
  edge: '#d3d9e3',
  ink: '#1a2230',
  soft: '#566074',
  cable: '#8d99ad',
  kinds: { host: '#2460c8', switch: '#0b7a63', router: '#b1480c', 'nat-router': '#8338bd', tap: '#566074' },
};
const DARK: Palette = {
  ground: '#10151d',
  card: '#1a222e',
  edge: '#364254',
  ink: '#e9edf4',
  soft: '#a6b1c4',
  cable: '#66758c',
  kinds: { host: '#7fb0ff', switch: '#4fd0ac', router: '#ffab6b', 'nat-router': '#cf9dfb', tap: '#a6b1c4' },
};

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const [NAME_SIZE, LABEL_SIZE, LABEL_LINE, ICON_SIZE] = [13, 11, 12.5, 26];
/** Between a node's edge and its text, and the radius of corners, in px. */
const [PADDING, CORNER] = [8, 12];
/** Bold letters are wider than the estimate. */
const BOLD = 1.08;

/** The network as an SVG document, drawn for one px per unit; ends with a line break. */
export function toSvg(world: WorldDescription, options: SvgOptions = {}): string {
  const layout = options.layout ?? layoutNetwork(world);
  const { width, height } = layout;
  const title = `Network ${world.name}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(inWords(world))}</desc>`,
    `<style>${styles(options.theme ?? 'auto')}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    '<g class="cables">',
    ...world.links.map((_, link) => drawCable(world, layout, link)).filter((line) => line !== ''),
    '</g>',
    '<g class="texts">',
    ...placeCableTexts(world, layout).map(
      ({ role, text, x, y, anchor }) =>
        `<text class="${role}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`,
    ),
    '</g>',
    '<g class="nodes">',
    ...world.nodes.map((node, index) => drawNode(node, layout, layout.nodes[index])),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The path (`d` attribute) of a cable through its points, with corners rounded by at most `radius` px. */
export function cablePath(points: readonly Point[], radius = 12): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    if (next === undefined) path += `L${corner.x} ${corner.y}`;
    else {
      const into = towards(corner, points[index], radius);
      const out = towards(corner, next, radius);
      path += `L${into.x} ${into.y}Q${corner.x} ${corner.y} ${out.x} ${out.y}`;
    }
  });
  return path;
}

/** So many px from one point to another, but not beyond the middle. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.sqrt((to.x - from.x) ** 2 + (to.y - from.y) ** 2);
  const share = length === 0 ? 0 : Math.min(distance / length, 0.5);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return { x: round(from.x + (to.x - from.x) * share), y: round(from.y + (to.y - from.y) * share) };
}

function drawCable(world: WorldDescription, { links }: NetworkLayout, link: number): string {
  if (links[link].length < 2) return '';
  return `<g><title>${escaped(cableInWords(world, link))}</title><path class="cable" d="${cablePath(links[link])}"/></g>`;
}

function drawNode(node: NodeDescription, { nodeWidth, nodeHeight }: NetworkLayout, { x, y }: Point): string {
  const kind = Object.hasOwn(LIGHT.kinds, node.kind) ? node.kind : 'tap';
  const room = nodeWidth - 2 * PADDING;
  const name = fitText(oneLine(node.name), NAME_SIZE * BOLD, room);
  const most = Math.floor((nodeHeight - ICON_SIZE - NAME_SIZE - 2 * PADDING + 2) / LABEL_LINE);
  const label = most < 1 ? [] : fitLines(oneLine(node.label ?? node.kind), LABEL_SIZE, room, most);
  const content = ICON_SIZE + 4 + NAME_SIZE + label.length * LABEL_LINE;
  const top = y - content / 2;
  const base = top + ICON_SIZE + 2 + NAME_SIZE;
  const scale = ICON_SIZE / 24;
  return [
    `<g class="${kind}"><title>${escaped(nodeInWords(node))}</title>`,
    `<rect class="card" x="${x - nodeWidth / 2}" y="${y - nodeHeight / 2}" width="${nodeWidth}" height="${nodeHeight}" rx="${CORNER}"/>`,
    `<path class="icon" transform="translate(${x - ICON_SIZE / 2} ${top}) scale(${Number(scale.toFixed(4))})" d="${deviceIcon(node.kind).join('')}"/>`,
    `<text class="node" x="${x}" y="${base}">${escaped(name)}</text>`,
    ...label.map(
      (line, index) =>
        `<text class="label" x="${x}" y="${base + (index + 1) * LABEL_LINE}">${escaped(line)}</text>`,
    ),
    '</g>',
  ].join('');
}

function styles(theme: 'light' | 'dark' | 'auto'): string {
  const shape = [
    `text{font-family:${FONT}}`,
    '.card{stroke-width:1.25}',
    '.icon{fill:none;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}',
    '.cable{fill:none;stroke-width:2;stroke-linejoin:round}',
    `.node,.label{text-anchor:middle}.node{font-size:${NAME_SIZE}px;font-weight:600}.label{font-size:${LABEL_SIZE}px}`,
    `.texts text{font-size:${CABLE_TEXT_SIZE}px;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}`,
    '.name{font-weight:600}.properties{font-style:italic}',
  ].join('');
  if (theme === 'auto') return `${shape}${colors(LIGHT)}@media (prefers-color-scheme:dark){${colors(DARK)}}`;
  return shape + colors(theme === 'dark' ? DARK : LIGHT);
}

function colors({ ground, card, edge, ink, soft, cable, kinds }: Palette): string {
  return [
    `.ground{fill:${ground}}.card{fill:${card};stroke:${edge}}.cable{stroke:${cable}}`,
    `.node{fill:${ink}}.label{fill:${soft}}.texts text{fill:${soft};stroke:${ground}}.texts .name{fill:${ink}}`,
    ...Object.entries(kinds).map(([kind, color]) => `.${kind} .icon{stroke:${color}}`),
  ].join('');
}

/** What the picture shows, for whoever does not see it. */
function inWords(world: WorldDescription): string {
  const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
  const cables = world.links.slice(0, MOST_WORDS).map((_, link) => `${cableInWords(world, link)}.`);
  const more =
    world.links.length > MOST_WORDS ? [`And ${count(world.links.length - MOST_WORDS, 'more cable')}.`] : [];
  return [
    `${count(world.nodes.length, 'node')}, ${count(world.links.length, 'cable')}.`,
    ...cables,
    ...more,
  ].join(' ');
}

const MOST_WORDS = 50;

/** `pc eth0 192.0.2.1/24 – switch p1 (10 µs, 1 Gbit/s)` */
function cableInWords(world: WorldDescription, link: number): string {
  const [from, to] = world.links[link].ends.map((end) => {
    const port = world.interfaces[end];
    if (port === undefined) return '?';
    return [world.nodes[port.node]?.name, port.name, port.address]
      .filter((word) => word !== undefined)
      .join(' ');
  });
  const properties = linkText(world.links[link]);
  return `${from} – ${to}${properties === '' ? '' : ` (${properties})`}`;
}

function nodeInWords({ name, kind, label }: NodeDescription): string {
  return label === undefined ? `${name}, ${kind}` : `${name}, ${label} (${kind})`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
