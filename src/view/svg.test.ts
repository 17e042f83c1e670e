// The picture as SVG: well-formed whatever a lab holds, complete, and in the colours that are asked for.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNetwork, network } from '../../test/drawn-networks.js';
import { readXml } from '../../test/read-xml.js';
import type { WorldDescription } from '../trace/events.js';
import { DEVICE_ICONS, deviceIcon } from './device-icons.js';
import { layoutNetwork } from './layout.js';
import { cablePath, toSvg } from './svg.js';

const HOSTILE = [
  '</title><script>alert(1)</script>',
  '"><image href="https://example.invalid/x.png"/>',
  "' onload='alert(1)",
  '&amp;&#0;&x;',
  ']]>',
  '<!--',
  'a\u202eb\u0000c\u001bd\ud800e\ufffff',
  '}</style><style>*{display:none}',
  '\n\t',
  '',
];

function hostile(text: string): WorldDescription {
  const world = network(
    ['host', text, 'router'],
    [
      [0, 1],
      [1, 2],
    ],
  );
  return {
    ...world,
    name: text,
    nodes: world.nodes.map((node) => ({ ...node, name: text, label: text })),
    interfaces: world.interfaces.map((one) => ({ ...one, name: text, address: text })),
  };
}

describe('a network as SVG', () => {
  it('is well-formed and holds nothing but drawing and text, whatever is in the lab', () => {
    const harmlessElements = ['svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'text'];
    const anyText = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
    );
    for (const text of HOSTILE) readXml(toSvg(hostile(text)));
    fc.assert(
      fc.property(anyText, anyNetwork, (text, world) => {
        for (const svg of [toSvg(hostile(text)), toSvg({ ...world, name: text })]) {
          const { elements } = readXml(svg);
          expect(elements.filter((element) => !harmlessElements.includes(element))).toEqual([]);
        }
      }),
    );
  });

  it('shows every node by name and label, and says in words who is linked with whom', () => {
    const world = network(
      ['host', 'switch', 'nat-router'],
      [
        [0, 1],
        [1, 2],
      ],
      ['pc', 'sw', 'home & castle'],
    );
    const labelled = {
      ...world,
      nodes: world.nodes.map((node, i) => (i === 0 ? { ...node, label: 'the computer' } : node)),
    };
    const { texts, elements } = readXml(toSvg(labelled));
    expect(texts).toEqual(
      expect.arrayContaining(['pc', 'the computer', 'sw', 'switch', 'home &amp; castle', 'nat-router']),
    );
    expect(texts).toEqual(expect.arrayContaining(['Network drawn', 'pc, the computer (host)', 'sw, switch']));
    expect(texts.find((text) => text.startsWith('3 nodes, 2 cables.'))).toContain(
      'pc eth1 198.51.100.101/24 – sw eth1. sw eth2 – home &amp; castle eth1 198.51.103.101/24 (1.5 ms, 100 Mbit/s).',
    );
    expect(elements.filter((element) => element === 'path')).toHaveLength(3 + 2);
  });

  it('breaks long labels and shortens what is longer still', () => {
    const world = network(['host'], [], ['a-name-that-nobody-would-ever-give-to-a-machine']);
    const label = 'the machine in the corner of the cellar, behind the old boiler';
    const { texts } = readXml(toSvg({ ...world, nodes: [{ ...world.nodes[0]!, label }] }));
    const shown = texts.filter((text) => text.trim() !== '').slice(-3);
    expect(shown[0]).toMatch(/^a-name-.*…$/);
    expect(shown[1]).toBe('the machine in the');
    expect(shown[2]).toMatch(/^corner of .*…$/);
  });

  it('is light, dark, or what the screen prefers', () => {
    const world = network(['host'], []);
    const [light, dark, auto] = (['light', 'dark', 'auto'] as const).map((theme) => toSvg(world, { theme }));
    const ground = (svg: string): string | undefined => /\.ground\{fill:(#\w+)\}/.exec(svg)?.[1];
    expect(ground(light!)).not.toBe(ground(dark!));
    expect(light).not.toContain('prefers-color-scheme');
    expect(auto).toContain(`@media (prefers-color-scheme:dark){.ground{fill:${ground(dark!)}}`);
    expect(ground(auto!)).toBe(ground(light!));
    expect(toSvg(world)).toBe(auto);
  });

  it('is drawn by the layout that is given', () => {
    const world = network(['host', 'host'], [[0, 1]]);
    const layout = layoutNetwork(world, { direction: 'down', nodeWidth: 60, nodeHeight: 30 });
    const svg = toSvg(world, { layout });
    expect(svg).toContain(`viewBox="0 0 ${layout.width} ${layout.height}"`);
    expect(svg.match(/width="60" height="30"/g)).toHaveLength(2);
    readXml(toSvg(network([], [])));
  });

  it('draws each kind in its own way, and what nobody has drawn yet as a box', () => {
    const kinds = Object.keys(DEVICE_ICONS);
    expect(kinds).toEqual(['host', 'switch', 'router', 'nat-router', 'tap']);
    const drawn = [...kinds, 'constructor'].map((kind) => deviceIcon(kind).join(''));
    expect(new Set(drawn).size).toBe(kinds.length + 1);
    expect(deviceIcon('constructor')).toBe(deviceIcon('toaster'));
    const numbers = drawn
      .join(' ')
      .match(/-?\d+(?:\.\d+)?/g)!
      .map(Number);
    expect(Math.max(...numbers)).toBeLessThan(24);
    const svg = toSvg(network([...kinds, 'toaster'], []));
    for (const icon of drawn) expect(svg).toContain(`d="${icon}"`);
  });
});

describe('the path of a cable', () => {
  it('rounds corners, by no more than there is room for', () => {
    const corner = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 100, y: 10 },
    ];
    expect(cablePath(corner, 12)).toBe('M0 0L88 0Q100 0 100 5L100 10');
    expect(cablePath(corner.slice(0, 2))).toBe('M0 0L100 0');
    expect(cablePath([])).toBe('');
  });
});
