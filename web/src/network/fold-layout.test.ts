// Folding: a long chain becomes rows, and it is still the same network: nothing lies over anything, no cable comes loose.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutNetwork, type NetworkLayout, type WorldDescription } from 'wirewalk';
import { LABS, runOfLab } from '../test/kit.js';
import { foldLayout, scaleIn } from './fold-layout.js';
import { grown, meet, type Point, placeOn, type Rect } from './geometry.js';
import { nodeEnds } from './scene.js';

/** A tree: every node but the first has a cable to one before it. */
function treeOf(parents: readonly number[]): WorldDescription {
  const links = parents.map((parent, index) => [parent, index + 1] as const);
  const ends = links.flat();
  return {
    ...{ name: 'tree', seed: 1, epoch: 0 },
    nodes: Array.from({ length: parents.length + 1 }, (_, node) => ({
      name: `n${node}`,
      kind: 'router',
      interfaces: ends.flatMap((end, id) => (end === node ? [id] : [])),
    })),
    interfaces: ends.map((node, id) => ({ node, name: `e${id}`, mac: '02:00:00:00:00:01' })),
    links: links.map((_, link) => ({ ends: [2 * link, 2 * link + 1], delay: 0, rate: 0, mtu: 1500 })),
  };
}

const chainOf = (length: number): WorldDescription => treeOf(Array.from({ length: length - 1 }, (_, i) => i));

/** Mostly a chain, with branches here and there. */
const tree = fc
  .array(fc.integer({ min: 0, max: 9 }), { maxLength: 24 })
  .map((list) => treeOf(list.map((back, index) => Math.max(0, index - (back < 7 ? 0 : back - 6)))));
const place = fc.tuple(fc.integer({ min: 320, max: 2600 }), fc.integer({ min: 240, max: 1500 }));

function boxOf({ x, y }: Point, { nodeWidth, nodeHeight }: NetworkLayout): Rect {
  return {
    left: x - nodeWidth / 2,
    right: x + nodeWidth / 2,
    top: y - nodeHeight / 2,
    bottom: y + nodeHeight / 2,
  };
}

/** How a cable leaves a device: whatever is mirrored stays as far from its middle. */
function grip(way: readonly Point[], end: number, node: Point | undefined): readonly number[] {
  const point = way.at(end);
  if (point === undefined || node === undefined) return [];
  return [Math.abs(point.x - node.x), point.y - node.y].map(Math.round);
}

/** Does a cable run over a device that it does not belong to? Looked at every few px. */
function crosses(layout: NetworkLayout, link: number, own: readonly number[]): boolean {
  const way = layout.links[link] ?? [];
  const inner = layout.nodes.flatMap((node, index) =>
    own.includes(index) ? [] : [grown(boxOf(node, layout), -4)],
  );
  return inner.some((box) => {
    for (let step = 0; step <= 100; step++) {
      const { x, y } = placeOn(way, step / 100);
      if (x > box.left && x < box.right && y > box.top && y < box.bottom) return true;
    }
    return false;
  });
}

function expectSame(folded: NetworkLayout, layout: NetworkLayout, world: WorldDescription): void {
  const ends = nodeEnds(world);
  expect(folded.nodes.length).toBe(layout.nodes.length);
  const boxes = folded.nodes.map((node) => boxOf(node, folded));
  for (const [a, box] of boxes.entries()) {
    for (const other of boxes.slice(a + 1)) expect(meet(box, other)).toBe(false);
    expect(box.left >= 0 && box.top >= 0 && box.right <= folded.width && box.bottom <= folded.height).toBe(
      true,
    );
  }
  for (const [link, way] of folded.links.entries()) {
    const before = layout.links[link] as readonly Point[];
    const [a, b] = ends[link] as readonly [number, number];
    for (const [end, node] of [
      [0, a],
      [-1, b],
    ] as const) {
      const [now, then] = [grip(way, end, folded.nodes[node]), grip(before, end, layout.nodes[node])];
      for (const [axis, value] of now.entries())
        expect(Math.abs(value - (then[axis] as number))).toBeLessThanOrEqual(1);
    }
    if (!crosses(layout, link, [a, b])) expect(crosses(folded, link, [a, b]), `cable ${link}`).toBe(false);
    for (const { x, y } of way) {
      expect(x >= 0 && x <= folded.width && y >= 0 && y <= folded.height).toBe(true);
    }
  }
}

describe('folding', () => {
  it('leaves a picture as it is that is large enough', () => {
    const layout = layoutNetwork(chainOf(3));
    expect(foldLayout(layout, nodeEnds(chainOf(3)), 2000, 1200, 1.2)).toBe(layout);
  });

  it('makes rows of a long chain, there and back', () => {
    const world = chainOf(16);
    const layout = layoutNetwork(world);
    const folded = foldLayout(layout, nodeEnds(world), 1000, 700, 1.2);
    const rows = [...new Set(folded.nodes.map(({ y }) => y))];
    expect(rows.length).toBeGreaterThan(1);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    // Each row goes on below the end of the one before.
    for (const [place, y] of rows.entries()) {
      const xs = folded.nodes.filter((node) => node.y === y).map(({ x }) => x);
      expect(xs).toEqual(xs.toSorted((a, b) => (place % 2 === 0 ? a - b : b - a)));
    }
    expect(scaleIn(folded, 1000, 700, 1.2)).toBeGreaterThan(1.5 * scaleIn(layout, 1000, 700, 1.2));
    expectSame(folded, layout, world);
  });

  it('keeps every network what it is, and never makes it smaller', () => {
    fc.assert(
      fc.property(tree, place, (world, [width, height]) => {
        const layout = layoutNetwork(world);
        const folded = foldLayout(layout, nodeEnds(world), width, height, 1.2);
        if (folded === layout) return;
        expect(scaleIn(folded, width, height, 1.2)).toBeGreaterThan(scaleIn(layout, width, height, 1.2));
        expectSame(folded, layout, world);
      }),
      { numRuns: 60 },
    );
  });

  it.each(LABS)('keeps the lab %s what it is, at any size', async (name) => {
    const { world } = await runOfLab(name);
    for (const direction of ['right', 'down'] as const) {
      const layout = layoutNetwork(world, { direction });
      for (const [width, height] of [
        [340, 600],
        [390, 700],
        [700, 700],
        [1440, 500],
        [2560, 1200],
      ] as const)
        expectSame(foldLayout(layout, nodeEnds(world), width, height, 1.2), layout, world);
    }
  });

  it('knows nothing to fold where there is one device, or none', () => {
    for (const world of [treeOf([]), { ...treeOf([]), nodes: [], interfaces: [] }]) {
      const layout = layoutNetwork(world);
      expect(foldLayout(layout, nodeEnds(world), 10, 10, 1.2)).toBe(layout);
    }
  });
});
