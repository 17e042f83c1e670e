// The network as a picture in two languages.

import { describe, expect, it } from 'vitest';
import type { WorldDescription } from '../trace/events.js';
import { toDot, toMermaid } from './graph.js';

const world: WorldDescription = {
  name: 'a "small" lab',
  seed: 1,
  epoch: 0,
  nodes: [
    { name: 'pc', kind: 'host', interfaces: [0], label: 'the "pc" & <more>\\' },
    { name: 'sw-1', kind: 'switch', interfaces: [1, 2] },
    { name: 'gw', kind: 'nat-router', interfaces: [3] },
  ],
  interfaces: [
    { node: 0, name: 'eth0', mac: '02:00:00:00:00:01', address: '192.0.2.10/24' },
    { node: 1, name: 'p1', mac: '02:00:00:00:00:02' },
    { node: 1, name: 'p2', mac: '02:00:00:00:00:03' },
    { node: 2, name: 'lan', mac: '02:00:00:00:00:04', address: '192.0.2.1/24' },
  ],
  links: [
    { ends: [0, 1], delay: 0, rate: 0, mtu: 1500 },
    { ends: [2, 3], delay: 1_500_000, rate: 100_000_000, mtu: 1500 },
  ],
};

describe('the network as a picture', () => {
  it('is a Mermaid flowchart', () => {
    expect(toMermaid(world)).toBe(
      [
        'graph LR',
        '  n0["pc<br/>the #34;pc#34; #38; #60;more#62;#92;"]',
        '  n1[["sw-1<br/>switch"]]',
        '  n2{{"gw<br/>nat-router"}}',
        '  n0 ---|"eth0 192.0.2.10/24<br/>p1"| n1',
        '  n1 ---|"p2<br/>1.5 ms, 100 Mbit/s<br/>lan 192.0.2.1/24"| n2',
        '',
      ].join('\n'),
    );
  });

  it('is a Graphviz graph', () => {
    expect(toDot(world)).toBe(
      [
        'graph "a \\"small\\" lab" {',
        '  rankdir=LR;',
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        '  "pc" [shape=box, label="pc\\nthe \\"pc\\" & <more>\\\\"];',
        '  "sw-1" [shape=box3d, label="sw-1\\nswitch"];',
        '  "gw" [shape=hexagon, label="gw\\nnat-router"];',
        '  "pc" -- "sw-1" [taillabel="eth0 192.0.2.10/24", headlabel="p1"];',
        '  "sw-1" -- "gw" [taillabel="p2", headlabel="lan 192.0.2.1/24", label="1.5 ms, 100 Mbit/s"];',
        '}',
        '',
      ].join('\n'),
    );
  });
});
