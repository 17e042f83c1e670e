// Which node stands in which column: as many columns from the first as there are cables on the way to it, so that a
// packet travels in one direction. Many leaves of one node stand together as a block.

import type { CableGraph } from './cable-graph.js';

/** What stands in a column: a node, or a block of leaves. */
export interface Unit {
  /** One node; of a block, its leaves in the order in which they are read. */
  readonly nodes: readonly number[];
  /** Of a block: the node that all its leaves are plugged into. */
  readonly hub: number | undefined;
  readonly column: number;
  /** Neighbours in the column before, in the next one, and in the same. */
  readonly before: Unit[];
  readonly after: Unit[];
  readonly beside: Unit[];
  /** Place in its column, from 0. */
  place: number;
}

/** More leaves than these are a block. */
const MOST_LEAVES = 6;
const FORWARDERS = new Set(['switch', 'router', 'nat-router']);

/** The columns of a connected part, each with its units in a first order: as one meets them going from neighbour to neighbour. */
export function columnsOf(graph: CableGraph, part: readonly number[], root: number): Unit[][] {
  const { column, children } = spread(graph, root);
  const isLeaf = (node: number): boolean => node !== root && graph.neighbors[node].length === 1;
  seatOwnLan(graph, root, column, children, isLeaf);

  const units = new Map<number, Unit>();
  const columns: Unit[][] = [];
  const add = (nodes: readonly number[]): void => {
    const at = column.get(nodes[0]) as number;
    const hub = nodes.length > 1 ? graph.neighbors[nodes[0]][0] : undefined;
    const unit: Unit = { nodes, hub, column: at, before: [], after: [], beside: [], place: 0 };
    columns[at] ??= [];
    unit.place = columns[at].push(unit) - 1;
    for (const node of nodes) units.set(node, unit);
  };
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!units.has(node)) add(node === root ? withSiblings(root) : [node]);
    const next = children.get(node) ?? [];
    for (const side of [-1, 1]) {
      const leaves = next.filter(
        (leaf) =>
          isLeaf(leaf) && !units.has(leaf) && column.get(leaf) === (column.get(node) as number) + side,
      );
      if (leaves.length > MOST_LEAVES) add(leaves);
    }
    waiting.push(...next.filter((child) => !units.has(child)).reverse());
  }
  connect(graph, part, units);
  return columns;

  /** The root, with the leaves beside it if they are many. */
  function withSiblings(root: number): number[] {
    const [hub, ...others] = graph.neighbors[root];
    if (hub === undefined || others.length > 0) return [root];
    const siblings = (children.get(hub) ?? []).filter((leaf) => isLeaf(leaf) && column.get(leaf) === 0);
    return siblings.length >= MOST_LEAVES ? [root, ...siblings] : [root];
  }
}

/** Columns by the number of cables from the root, and who was reached from whom. */
function spread({ neighbors }: CableGraph, root: number) {
  const column = new Map([[root, 0]]);
  const children = new Map<number, number[]>();
  for (const [node, at] of column) {
    const reached = neighbors[node].filter((next) => !column.has(next));
    for (const next of reached) column.set(next, at + 1);
    children.set(node, reached);
  }
  return { column, children };
}

/** The hosts on the root's own LAN stand before their switch, as the root does, if the switch leads on to somewhere. */
function seatOwnLan(
  { kinds, neighbors }: CableGraph,
  root: number,
  column: Map<number, number>,
  children: ReadonlyMap<number, readonly number[]>,
  isLeaf: (node: number) => boolean,
): void {
  if (FORWARDERS.has(kinds[root])) return;
  const lan = [root];
  for (const member of lan) {
    for (const bridge of children.get(member) ?? []) if (kinds[bridge] === 'switch') lan.push(bridge);
    if (member === root) continue;
    const isHost = (node: number): boolean => isLeaf(node) && !FORWARDERS.has(kinds[node]);
    const at = column.get(member) as number;
    const leadsOn = neighbors[member].some((next) => (column.get(next) as number) >= at && !isHost(next));
    if (!leadsOn) continue;
    for (const host of children.get(member) ?? []) if (isHost(host)) column.set(host, at - 1);
  }
}

/** Tells the units of their neighbours; each neighbour once, in the order of the links. */
function connect({ neighbors }: CableGraph, part: readonly number[], units: ReadonlyMap<number, Unit>): void {
  for (const node of part) {
    const unit = units.get(node) as Unit;
    for (const next of neighbors[node]) {
      const other = units.get(next) as Unit;
      const side =
        other.column < unit.column ? unit.before : other.column > unit.column ? unit.after : unit.beside;
      if ((unit.hub === undefined || side.length === 0) && (other.hub === undefined || !side.includes(other)))
        side.push(other);
    }
  }
}
