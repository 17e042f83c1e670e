// The texts on the cables: on no node, on no other text, near their own cable, and all there where there is room.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNetwork, anyTree, network, star } from '../../test/drawn-networks.js';
import { buildWorld } from '../lab/build-world.js';
import { readLab } from '../lab/read-lab.js';
import type { WorldDescription } from '../trace/events.js';
import { CABLE_TEXT_SIZE, type CableText, placeCableTexts } from './cable-labels.js';
import { type Box, overlap } from './layout/ground.js';
import { textWidth } from './layout/text-width.js';
import { layoutNetwork, type NetworkLayout, type Point } from './layout.js';

function labWorld(name: string): WorldDescription {
  const file = path.resolve(import.meta.dirname, '../../labs', `${name}.yaml`);
  const read = readLab(readFileSync(file, 'utf8'), name);
  if (!('lab' in read)) throw new Error('the lab does not read');
  return buildWorld(read.lab, { record: 'off' }).describe();
}

/** What a text covers, from the height of its capitals to its base line; places are rounded, so a px less. */
function boxOf({ text, x, y, anchor }: CableText): Box {
  const width = textWidth(text, CABLE_TEXT_SIZE);
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left: left + 1, right: left + width - 1, top: y - 8, bottom: y };
}

function distanceTo(way: readonly Point[], { left, right, top, bottom }: Box): number {
  const distances = way.slice(1).flatMap((to, i) =>
    Array.from({ length: 101 }, (_, step) => {
      const x = way[i]!.x + ((to.x - way[i]!.x) * step) / 100;
      const y = way[i]!.y + ((to.y - way[i]!.y) * step) / 100;
      return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    }),
  );
  return Math.min(...distances);
}

/** What a text covers together with the address below it or the name above it. */
function blockOf(texts: readonly CableText[], boxes: readonly Box[], index: number): Box {
  const { link, role } = texts[index]!;
  const other = index + (role === 'name' ? 1 : -1);
  const pair = [
    boxes[index]!,
    ...(role !== 'properties' && texts[other]?.link === link ? [boxes[other]!] : []),
  ];
  return {
    left: Math.min(...pair.map(({ left }) => left)),
    right: Math.max(...pair.map(({ right }) => right)),
    top: Math.min(...pair.map(({ top }) => top)),
    bottom: Math.max(...pair.map(({ bottom }) => bottom)),
  };
}

/** What is wrong with the texts of a layout. */
function troubles(texts: readonly CableText[], layout: NetworkLayout): string[] {
  const boxes = texts.map(boxOf);
  const nodes = layout.nodes.map(({ x, y }) => ({
    left: x - layout.nodeWidth / 2,
    right: x + layout.nodeWidth / 2,
    top: y - layout.nodeHeight / 2,
    bottom: y + layout.nodeHeight / 2,
  }));
  return boxes.flatMap((box, i) => [
    ...nodes.flatMap((node, n) => (overlap(box, node) ? [`${texts[i]!.text} is on node ${n}`] : [])),
    ...boxes.flatMap((other, k) =>
      k > i && overlap(box, other) ? [`${texts[i]!.text} is on ${texts[k]!.text}`] : [],
    ),
    ...(box.left < 0 || box.top < 0 || box.right > layout.width || box.bottom > layout.height
      ? [`${texts[i]!.text} is not in the picture`]
      : []),
    ...(distanceTo(layout.links[texts[i]!.link]!, blockOf(texts, boxes, i)) > 12
      ? [`${texts[i]!.text} is far from its cable`]
      : []),
  ]);
}

describe('texts on cables', () => {
  it('are on nothing else, in any network', () => {
    fc.assert(
      fc.property(fc.oneof(anyNetwork, anyTree), fc.constantFrom('right', 'down'), (world, direction) => {
        const layout = layoutNetwork(world, { direction });
        expect(troubles(placeCableTexts(world, layout), layout)).toEqual([]);
      }),
    );
  });

  it.each(
    ['nat-http', 'three-routers', 'campus'].flatMap((lab) =>
      (['right', 'down'] as const).map((way) => [lab, way] as const),
    ),
  )('are all there in %s, drawn %s', (lab, direction) => {
    const world = labWorld(lab);
    const layout = layoutNetwork(world, { direction });
    const texts = placeCableTexts(world, layout);
    expect(troubles(texts, layout)).toEqual([]);
    const shown = (role: CableText['role']): string[] =>
      texts.filter((text) => text.role === role).map(({ text }) => text);
    const used = world.links.flatMap(({ ends }) => ends.map((end) => world.interfaces[end]!));
    expect(shown('name').sort()).toEqual(used.map(({ name }) => name).sort());
    expect(shown('address').sort()).toEqual(used.flatMap(({ address }) => address ?? []).sort());
    expect(shown('properties')).toHaveLength(world.links.length);
  });

  it('name both ends at the leaf where many cables leave a switch at one point', () => {
    const world = star(30);
    const texts = placeCableTexts(world, layoutNetwork(world));
    const names = texts.filter(({ role }) => role === 'name').map(({ text }) => text);
    // The client is in front; the other 29 are a block.
    for (let port = 2; port <= 30; port++) expect(names).toContain(`eth1 – eth${port}`);
    expect(texts.filter(({ role }) => role === 'address')).toHaveLength(30);
  });

  it('are cut when they are long, and left out where there is no room', () => {
    const world = network(['host', 'host'], [[0, 1]]);
    const long = 'x'.repeat(90);
    const named = { ...world, interfaces: world.interfaces.map((one) => ({ ...one, name: long })) };
    const [first] = placeCableTexts(named, layoutNetwork(named));
    expect(first!.text).toMatch(/^x+…$/);
    const narrow = layoutNetwork(named, { labels: false, columnGap: 10 });
    expect(placeCableTexts(named, narrow)).toEqual([]);
  });
});
