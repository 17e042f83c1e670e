// The layout of a network: what must hold of every network, and the order in which a reader meets things.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyNetwork, anyTree, mesh, network, star } from '../../test/drawn-networks.js';
import type { WorldDescription } from '../trace/events.js';
import { type Box, Ground, overlap } from './layout/ground.js';
import { type LayoutOptions, layoutNetwork, type NetworkLayout, type Point } from './layout.js';

const options: fc.Arbitrary<LayoutOptions> = fc.record(
  {
    direction: fc.constantFrom('right', 'down'),
    aspect: fc.double({ min: 0.2, max: 5, noNaN: true }),
    labels: fc.boolean(),
    nodeWidth: fc.integer({ min: 20, max: 300 }),
    nodeHeight: fc.integer({ min: 20, max: 300 }),
    start: fc.nat({ max: 60 }),
  },
  { requiredKeys: [] },
);

function boxes({ nodes, nodeWidth, nodeHeight }: NetworkLayout): Box[] {
  return nodes.map(({ x, y }) => ({
    left: x - nodeWidth / 2,
    right: x + nodeWidth / 2,
    top: y - nodeHeight / 2,
    bottom: y + nodeHeight / 2,
  }));
}

function overlaps(found: readonly Box[]): string[] {
  return found.flatMap((a, i) =>
    found.slice(i + 1).flatMap((b, k) => (overlap(a, b) ? [`${i} and ${i + 1 + k}`] : [])),
  );
}

/** Nodes behind which a cable runs. */
function hidden(layout: NetworkLayout): number[] {
  const ground = new Ground({ left: 0, top: 0, right: layout.width, bottom: layout.height });
  for (const way of layout.links) ground.addLine(way);
  return boxes(layout).flatMap((box, node) => (ground.lines(box) > 0 ? [node] : []));
}

const nodeOf = (world: WorldDescription, link: number, end: 0 | 1): number =>
  world.interfaces[world.links[link]!.ends[end]]!.node;

const CHAIN = ['host', 'switch', 'router', 'nat-router', 'router', 'host'];

/** A chain whose description names its nodes in another order than the cables do. */
const shuffled = network(
  ['router', 'host', 'router', 'switch', 'host'],
  [
    [3, 0],
    [2, 4],
    [1, 3],
    [2, 0],
  ],
);

describe('every layout', () => {
  it('keeps nodes apart and in the picture, with a distance between them', () => {
    fc.assert(
      fc.property(fc.oneof(anyNetwork, anyTree), options, (world, chosen) => {
        const layout = layoutNetwork(world, chosen);
        expect(layout.nodes).toHaveLength(world.nodes.length);
        const wide = boxes(layout).map(({ left, right, top, bottom }) => ({
          left: left - 6,
          right: right + 6,
          top: top - 6,
          bottom: bottom + 6,
        }));
        expect(overlaps(wide)).toEqual([]);
        for (const { left, right, top, bottom } of wide) {
          expect(Math.min(left, top, layout.width - right, layout.height - bottom)).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('leads every cable from the edge of one node to the edge of the other, within the picture', () => {
    fc.assert(
      fc.property(fc.oneof(anyNetwork, anyTree), options, (world, chosen) => {
        const layout = layoutNetwork(world, chosen);
        const around = boxes(layout);
        const isOnEdge = ({ x, y }: Point, { left, right, top, bottom }: Box): boolean =>
          x >= left &&
          x <= right &&
          y >= top &&
          y <= bottom &&
          (x === left || x === right || y === top || y === bottom);
        expect(layout.links).toHaveLength(world.links.length);
        layout.links.forEach((way, link) => {
          expect(way.length).toBeGreaterThan(1);
          expect(isOnEdge(way[0]!, around[nodeOf(world, link, 0)]!), `cable ${link}`).toBe(true);
          expect(isOnEdge(way.at(-1)!, around[nodeOf(world, link, 1)]!), `cable ${link}`).toBe(true);
          for (const { x, y } of way)
            expect(Math.min(x, y, layout.width - x, layout.height - y)).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it('is made of whole numbers, and the same every time', () => {
    fc.assert(
      fc.property(anyNetwork, options, (world, chosen) => {
        const layout = layoutNetwork(world, chosen);
        expect(layoutNetwork(structuredClone(world), chosen)).toEqual(layout);
        const points = [...layout.nodes, ...layout.links.flat(), { x: layout.width, y: layout.height }];
        expect(points.filter(({ x, y }) => !Number.isInteger(x) || !Number.isInteger(y))).toEqual([]);
      }),
    );
  });

  it('runs no cable of a tree behind a node', () => {
    fc.assert(
      fc.property(anyTree, options, (world, chosen) => {
        expect(hidden(layoutNetwork(world, chosen))).toEqual([]);
      }),
    );
  });
});

describe('reading from left to right', () => {
  it('follows the packet, on one line', () => {
    const world = network(
      CHAIN,
      CHAIN.slice(1).map((_, i) => [i, i + 1] as const),
    );
    const { nodes, links } = layoutNetwork(world);
    expect(nodes.map(({ x }) => x)).toEqual(nodes.map(({ x }) => x).sort((a, b) => a - b));
    expect(new Set(nodes.map(({ y }) => y)).size).toBe(1);
    expect(links.map((way) => way.length)).toEqual(links.map(() => 2));
    expect(
      layoutNetwork(shuffled)
        .nodes.map(({ x }) => x)
        .map((x, _, all) => [...all].sort((a, b) => a - b).indexOf(x)),
    ).toEqual([2, 0, 3, 1, 4]);
  });

  it('begins with the node that is asked for', () => {
    const { nodes } = layoutNetwork(shuffled, { start: 4 });
    expect(nodes[4]!.x).toBe(Math.min(...nodes.map(({ x }) => x)));
    expect(nodes[1]!.x).toBe(Math.max(...nodes.map(({ x }) => x)));
    expect(layoutNetwork(shuffled, { start: 99 })).toEqual(layoutNetwork(shuffled));
  });

  it('goes down when it is asked to, with nodes as wide and high as before', () => {
    const { nodes, width, height, nodeWidth, nodeHeight } = layoutNetwork(shuffled, { direction: 'down' });
    expect(new Set(nodes.map(({ x }) => x)).size).toBe(1);
    expect([1, 3, 0, 2, 4].map((node) => nodes[node]!.y)).toEqual(
      nodes.map(({ y }) => y).sort((a, b) => a - b),
    );
    expect(height).toBeGreaterThan(width);
    expect([nodeWidth, nodeHeight]).toEqual([132, 84]);
  });

  it('seats the hosts of the own LAN with the client, before their switch, and servers behind theirs', () => {
    //  0 pc, 1 and 2 its neighbours, 3 switch, 4 router, 5 switch, 6 and 7 servers
    const kinds = ['host', 'host', 'host', 'switch', 'router', 'switch', 'host', 'host'];
    const world = network(kinds, [
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
      [5, 7],
    ]);
    const { nodes } = layoutNetwork(world);
    const x = nodes.map((node) => node.x);
    expect(new Set(x.slice(0, 3)).size).toBe(1);
    expect([x[0], x[3], x[4], x[5], x[6]]).toEqual([...new Set(x)].sort((a, b) => a - b));
    expect(x[6]).toBe(x[7]);
    // The switch is at the middle of its fan, so the way from there on is straight.
    expect(new Set([nodes[1]!.y, nodes[3]!.y, nodes[4]!.y, nodes[5]!.y]).size).toBe(1);
  });

  it('puts a client at the left and its peers at the right where the LAN leads nowhere', () => {
    const [hub, first, ...others] = layoutNetwork(star(5)).nodes;
    expect(first!.x).toBeLessThan(hub!.x);
    for (const other of others) expect(other.x).toBeGreaterThan(hub!.x);
  });

  it('unties what crosses', () => {
    const world = network(
      ['host', 'router', 'router', 'router', 'host', 'host', 'host'],
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 6],
        [2, 5],
        [3, 4],
      ],
    );
    const { nodes } = layoutNetwork(world);
    const order = (indices: readonly number[]): number[] =>
      [...indices].sort((a, b) => nodes[a]!.y - nodes[b]!.y);
    expect(order([4, 5, 6])).toEqual(order([1, 2, 3]).map((router) => 7 - router));
  });
});

describe('many leaves', () => {
  it.each([
    ['right', 16 / 9],
    ['right', 1],
    ['down', 9 / 16],
  ] as const)('are a block of nearly the wanted shape (%s, %d)', (direction, aspect) => {
    const layout = layoutNetwork(star(500), { direction, aspect });
    const shape = layout.width / layout.height / aspect;
    expect(shape).toBeGreaterThan(0.75);
    expect(shape).toBeLessThan(1.35);
    expect(overlaps(boxes(layout))).toEqual([]);
    expect(hidden(layout)).toEqual([]);
  });

  it('of the own LAN stand before their switch, the client first', () => {
    const { nodes } = layoutNetwork(star(40, 'router'));
    const [hub, client] = [nodes[0]!, nodes[1]!];
    for (const leaf of nodes.slice(1, 41)) {
      expect(leaf.x).toBeLessThan(hub.x);
      expect(leaf.y > client.y || (leaf.y === client.y && leaf.x >= client.x)).toBe(true);
    }
    expect(nodes[41]!.x).toBeGreaterThan(hub.x);
  });

  it('in a tree of 500 nodes are rows, one for each switch', () => {
    const kinds = ['host', 'router'];
    const cables: [number, number][] = [[0, 1]];
    const plug = (kind: string, into: number): number => {
      cables.push([into, kinds.push(kind) - 1]);
      return kinds.length - 1;
    };
    for (let branch = 0; branch < 8; branch++) {
      const router = plug('router', 1);
      for (let s = 0; s < 5; s++) {
        const hub = plug('switch', router);
        for (let host = 0; host < 11; host++) plug('host', hub);
      }
    }
    const layout = layoutNetwork(network(kinds, cables));
    expect(overlaps(boxes(layout))).toEqual([]);
    expect(layout.height / layout.width).toBeLessThan(3);
  });
});

describe('unusual networks', () => {
  it('may be empty, or of one node', () => {
    expect(layoutNetwork(network([], []))).toMatchObject({ nodes: [], links: [] });
    const { nodes, width, height } = layoutNetwork(network(['tap'], []));
    expect(nodes).toEqual([{ x: width / 2, y: height / 2 }]);
  });

  it('keeps parallel cables apart', () => {
    const { links } = layoutNetwork(
      network(
        ['host', 'host'],
        [
          [0, 1],
          [1, 0],
          [0, 1],
        ],
      ),
    );
    expect(new Set(links.map(([point]) => point!.y)).size).toBe(3);
    for (const [from, to] of links) expect(from!.y).toBe(to!.y);
  });

  it('draws a ring as two rows', () => {
    const ring = Array.from({ length: 12 }, (_, i) => [i, (i + 1) % 12] as const);
    const layout = layoutNetwork(network(Array<string>(12).fill('router'), ring));
    const rows = new Set(layout.nodes.map(({ y }) => y));
    expect(rows.size).toBe(3);
    expect(layout.nodes[0]!.y).toBe(layout.nodes[6]!.y);
    expect(hidden(layout)).toEqual([]);
  });

  it.each([4, 5, 8, 10])('draws a mesh of %d on a circle, no cable behind a node', (count) => {
    const layout = layoutNetwork(mesh(count));
    expect(overlaps(boxes(layout))).toEqual([]);
    expect(hidden(layout)).toEqual([]);
    const center = { x: layout.width / 2, y: layout.height / 2 };
    if (count % 2 > 0) return;
    const radii = layout.nodes.map(({ x, y }) => Math.hypot(x - center.x, y - center.y));
    expect(Math.max(...radii) - Math.min(...radii)).toBeLessThan(6);
  });

  it('leaves out a link to an interface that is not there', () => {
    const world = network(['host', 'host'], [[0, 1]]);
    const broken = { ...world, links: [{ ...world.links[0]!, ends: [0, 7] as const }] };
    expect(layoutNetwork(broken).links).toEqual([[]]);
  });

  it('is not overwhelmed by thousands of nodes in a row or in a crowd', () => {
    const row = network(
      Array<string>(5000).fill('router'),
      Array.from({ length: 4999 }, (_, i) => [i, i + 1] as const),
    );
    expect(new Set(layoutNetwork(row).nodes.map(({ y }) => y)).size).toBe(1);
    const crowd = network(Array<string>(5000).fill('host'), []);
    const { width, height } = layoutNetwork(crowd);
    expect(width / height).toBeGreaterThan(1);
    expect(width / height).toBeLessThan(3);
  });
});
