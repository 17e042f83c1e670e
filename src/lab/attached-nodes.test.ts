// Nodes that are outside: taps in their places, everything else as it was.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tap } from '../device/tap.js';
import { buildWorld } from './build-world.js';
import { type Lab, readLab } from './read-lab.js';

function labNamed(name: string): Lab {
  const result = readLab(readFileSync(`labs/${name}.yaml`, 'utf8'), `${name}.yaml`);
  if ('errors' in result) throw new Error('the lab has mistakes');
  return result.lab;
}

describe('a world with nodes that are outside', () => {
  const lab = labNamed('three-routers');
  const whole = buildWorld(lab).describe();
  const world = buildWorld(lab, { attached: ['A', 'I2'] });
  const attached = world.describe();

  it('has taps in their places', () => {
    for (const [name, isTap] of [
      ['A', true],
      ['I2', true],
      ['R1', false],
      ['switch', false],
    ] as const)
      expect(world.node(name)?.device instanceof Tap, name).toBe(isTap);
  });

  it('is the same in everything else: nodes, cards, MAC addresses, cables', () => {
    const cards = (one: typeof whole) => one.interfaces.map(({ node, name, mac }) => ({ node, name, mac }));
    expect(cards(attached)).toEqual(cards(whole));
    expect(attached.links).toEqual(whole.links);
    expect(attached.nodes.map(({ name, label }) => ({ name, label }))).toEqual(
      whole.nodes.map(({ name, label }) => ({ name, label })),
    );
  });
});
