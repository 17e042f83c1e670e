// A network as the picture draws it: everything about its devices and cables that stays the same while packets move.

import {
  type CableText,
  cablePath,
  type NetworkLayout,
  placeCableTexts,
  type WorldDescription,
} from 'wirewalk';
import { boundsOf, grown, meet, type Point, type Rect } from './geometry.js';
import { cableWords, calledNode, deviceWords } from './words.js';

export interface SceneNode {
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  /** How people call it: `the home router`. */
  readonly called: string;
  /** For whoever does not see it. */
  readonly words: string;
  /** Its centre. */
  readonly x: number;
  readonly y: number;
}

export interface SceneCable {
  readonly index: number;
  /** From the edge of the first node to that of the second. */
  readonly way: readonly Point[];
  readonly path: string;
  readonly bounds: Rect;
  /** Nodes, and interfaces, at its ends. */
  readonly nodes: readonly [number, number];
  readonly interfaces: readonly [number, number];
  readonly words: string;
}

export interface Scene {
  readonly world: WorldDescription;
  readonly layout: NetworkLayout;
  readonly nodes: readonly SceneNode[];
  /** By the index of the link; undefined when one of its ends is missing. */
  readonly cables: readonly (SceneCable | undefined)[];
  /** By interface: the index of its cable. */
  readonly cableOf: ReadonlyMap<number, number>;
}

/** The nodes at the ends of each link, −1 where an interface does not exist. */
export function nodeEnds({ links, interfaces }: WorldDescription): (readonly [number, number])[] {
  return links.map(({ ends: [a, b] }) => [interfaces[a]?.node ?? -1, interfaces[b]?.node ?? -1] as const);
}

export function sceneOf(world: WorldDescription, layout: NetworkLayout): Scene {
  const ends = nodeEnds(world);
  const cableOf = new Map<number, number>();
  const cables = world.links.map((link, index): SceneCable | undefined => {
    const way = layout.links[index] ?? [];
    const nodes = ends[index] ?? [-1, -1];
    if (way.length < 2) return undefined;
    for (const end of link.ends) cableOf.set(end, index);
    const words = cableWords(world, link);
    return {
      index,
      way,
      path: cablePath(way),
      bounds: grown(boundsOf(way), 4),
      nodes,
      interfaces: link.ends,
      words,
    };
  });
  const nodes = world.nodes.map((node, index): SceneNode => {
    const { x, y } = layout.nodes[index] ?? { x: 0, y: 0 };
    return {
      ...{ index, x, y, name: node.name, kind: node.kind },
      called: calledNode(world, index),
      words: deviceWords(world, index),
    };
  });
  return { world, layout, nodes, cables, cableOf };
}

export function nodeBox({ layout }: Scene, { x, y }: Point): Rect {
  const [halfWidth, halfHeight] = [layout.nodeWidth / 2, layout.nodeHeight / 2];
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}

export function nodesIn(scene: Scene, window: Rect): readonly SceneNode[] {
  return scene.nodes.filter((node) => meet(nodeBox(scene, node), window));
}

export function cablesIn(scene: Scene, window: Rect): readonly SceneCable[] {
  return scene.cables.filter((cable) => cable !== undefined && meet(cable.bounds, window)) as SceneCable[];
}

/** The nearest node in the direction of an arrow key; undefined when there is none. */
export function nodeTowards(scene: Scene, from: number, dx: number, dy: number): number | undefined {
  const here = scene.nodes[from];
  if (here === undefined) return undefined;
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { index, x, y } of scene.nodes) {
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const aside = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    // What lies more aside than ahead is reached with the other arrows.
    if (index === from || along < 1 || aside > 2 * along) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [index, cost];
  }
  return best;
}

/** The text on cables, by link; `size` makes it so many times larger than the layout's own. */
export type CableTexts = ReadonlyMap<number, readonly CableText[]>;

const placed = new WeakMap<NetworkLayout, Map<number, CableTexts>>();

/**
 * Places of the cables' texts for a size of letters. Where letters are larger there is room for fewer of them, which is
 * the same as placing letters of the usual size in a smaller picture.
 */
export function cableTexts({ world, layout }: Scene, size: number): CableTexts {
  const known = placed.get(layout) ?? new Map<number, CableTexts>();
  placed.set(layout, known);
  const before = known.get(size);
  if (before !== undefined) return before;
  const texts = new Map<number, CableText[]>();
  for (const text of placeCableTexts(world, shrunk(layout, size))) {
    const own = texts.get(text.link) ?? [];
    own.push({ ...text, x: text.x * size, y: text.y * size });
    texts.set(text.link, own);
  }
  known.set(size, texts);
  return texts;
}

function shrunk(layout: NetworkLayout, size: number): NetworkLayout {
  const point = ({ x, y }: Point): Point => ({ x: x / size, y: y / size });
  return {
    width: layout.width / size,
    height: layout.height / size,
    nodeWidth: layout.nodeWidth / size,
    nodeHeight: layout.nodeHeight / size,
    nodes: layout.nodes.map(point),
    links: layout.links.map((way) => way.map(point)),
  };
}
