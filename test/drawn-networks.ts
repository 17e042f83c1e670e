// Networks to be drawn: descriptions without a world behind them, made by hand or at random.

import fc from 'fast-check';
import type { WorldDescription } from '../src/trace/events.js';

export type Cable = readonly [number, number];

/**
 * A description: nodes by kind, cables by the indices of their nodes. Whoever is no switch has an address at every
 * interface. `names` in place of `n0`, `n1` …
 */
export function network(
  kinds: readonly string[],
  cables: readonly Cable[],
  names?: readonly string[],
): WorldDescription {
  const nodes = kinds.map((kind, i) => ({ name: names?.[i] ?? `n${i}`, kind, interfaces: [] as number[] }));
  const interfaces: WorldDescription['interfaces'][number][] = [];
  const plug = (node: number): number => {
    const id = interfaces.length;
    const port = nodes[node]!.interfaces.push(id);
    const address = { address: `198.51.${100 + (id % 100)}.${100 + (port % 100)}/24` };
    const mac = '02:00:00:00:00:01';
    interfaces.push({ node, name: `eth${port}`, mac, ...(kinds[node] === 'switch' ? {} : address) });
    return id;
  };
  const links = cables.map(([a, b], i) => ({
    ends: [plug(a), plug(b)] as const,
    delay: (i % 3) * 1_500_000,
    rate: (i % 2) * 100_000_000,
    mtu: 1500,
  }));
  return { name: 'drawn', seed: 1, epoch: 0, nodes, interfaces, links };
}

/** A switch (node 0), so many hosts, and what else is plugged into the switch. */
export function star(hosts: number, ...others: readonly string[]): WorldDescription {
  const kinds = ['switch', ...Array<string>(hosts).fill('host'), ...others];
  return network(
    kinds,
    kinds.slice(1).map((_, i) => [i + 1, 0] as const),
  );
}

/** All pairs linked. */
export function mesh(count: number): WorldDescription {
  const cables: Cable[] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) cables.push([a, b]);
  return network(Array<string>(count).fill('router'), cables);
}

/** Any network: parts that do not hang together, parallel cables and cables from a node to itself too. */
export const anyNetwork: fc.Arbitrary<WorldDescription> = fc
  .array(fc.constantFrom('host', 'switch', 'router', 'nat-router', 'tap', 'what'), { maxLength: 40 })
  .chain((kinds) => {
    const node = fc.nat({ max: Math.max(0, kinds.length - 1) });
    const cables = fc.array(fc.tuple(node, node), { maxLength: kinds.length === 0 ? 0 : kinds.length * 2 });
    return cables.map((chosen) => network(kinds, chosen));
  });

/** A tree: every node but the first is plugged into an earlier one. Many of them into few, so that there are blocks. */
export const anyTree: fc.Arbitrary<WorldDescription> = fc
  .array(fc.tuple(fc.constantFrom('host', 'switch', 'router'), fc.nat(), fc.boolean()), { maxLength: 80 })
  .map((nodes) =>
    network(
      ['host', ...nodes.map(([kind]) => kind)],
      nodes.map(([, parent, isLow], i) => [parent % (isLow ? Math.min(4, i + 1) : i + 1), i + 1] as const),
    ),
  );
