// The field tree: what stands open, and what keys do, as the treegrid pattern has it.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { dissect } from 'wirewalk';
import { runOfLab } from '../test/kit.js';
import { runOf } from '../worker/runs.js';
import { ancestorsOf, type FieldModel, fieldModel } from './field-model.js';
import { allToggled, openAtFirst, treeMove, visibleRows } from './tree-rows.js';

const NONE: ReadonlyMap<string, boolean> = new Map();
let model: FieldModel;

beforeAll(async () => {
  const { trace, frames } = runOf((await runOfLab('nat-http')).run);
  const bytes = trace.frameBytes(frames.frame[frames.length - 1] as number).slice();
  // A wrong checksum of the IP header.
  bytes[24] = ~(bytes[24] as number);
  model = fieldModel(dissect(bytes), new Set());
});

describe('what is seen', () => {
  it('at first: the innermost layer, and everything around a problem', () => {
    const open = openAtFirst(model);
    expect(open.has(model.roots.at(-1)?.key ?? '')).toBe(true);
    expect(model.troubled.map(({ name }) => name)).toContain('ip.checksum');
    const shown = visibleRows(model, open, NONE).map(({ node }) => node.key);
    for (const { key } of model.troubled) expect(shown).toContain(key);
    expect(shown).not.toContain('eth/eth.dst');
  });

  it('is what is open, in order, below what is around it', () => {
    const keys = [...model.byKey.keys()];
    const toggles = fc.array(fc.tuple(fc.constantFrom(...keys), fc.boolean())).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(toggles, (toggled) => {
        const first = openAtFirst(model);
        const rows = visibleRows(model, first, toggled);
        const isOpen = (key: string): boolean => toggled.get(key) ?? first.has(key);
        const shown = new Set(rows.map(({ node }) => node.key));
        for (const node of model.byKey.values())
          expect(shown.has(node.key)).toBe(ancestorsOf(node).every(({ key }) => isOpen(key)));
        for (const { node, expanded, position, siblings } of rows) {
          expect(expanded).toBe(node.children.length > 0 && isOpen(node.key));
          const around = node.parent?.children ?? model.roots;
          expect([around[position - 1], siblings]).toEqual([node, around.length]);
        }
      }),
    );
  });

  it('is everything, or only the layers, at one press', () => {
    const first = openAtFirst(model);
    expect(visibleRows(model, first, allToggled(model, true)).length).toBe(model.byKey.size);
    expect(visibleRows(model, first, allToggled(model, false)).length).toBe(model.roots.length);
  });
});

describe('keys', () => {
  const move = (key: string, at: number, toggled: ReadonlyMap<string, boolean> = NONE) => {
    const rows = visibleRows(model, new Set(['ip']), toggled);
    return treeMove(key, rows, at, 5);
  };
  const rows = () => visibleRows(model, new Set(['ip']), NONE);
  const ip = () => rows().findIndex(({ node }) => node.key === 'ip');

  it('go down and up, by pages and to the ends', () => {
    const last = rows().length - 1;
    expect([move('ArrowDown', 0), move('ArrowDown', last), move('ArrowUp', 1), move('ArrowUp', 0)]).toEqual([
      { to: 1 },
      { to: last },
      { to: 0 },
      { to: 0 },
    ]);
    expect([move('PageDown', 1), move('PageUp', 3), move('Home', 9), move('End', 0)]).toEqual([
      { to: 6 },
      { to: 0 },
      { to: 0 },
      { to: last },
    ]);
  });

  it('right opens, then goes in; left goes out, then closes', () => {
    expect(move('ArrowRight', 0)).toEqual({ toggle: true });
    expect(move('ArrowRight', ip())).toEqual({ to: ip() + 1 });
    expect(move('ArrowLeft', ip() + 2)).toEqual({ to: ip() });
    expect(move('ArrowLeft', ip())).toEqual({ toggle: false });
    expect(move('ArrowLeft', 0)).toEqual({ to: 0 });
    // What has nothing in it stays.
    expect(move('ArrowRight', ip() + 1)).toEqual({ to: ip() + 1 });
  });

  it('Enter and space open and close; other keys are for others', () => {
    expect([move('Enter', ip()), move(' ', 0), move('Enter', ip() + 1)]).toEqual([
      { toggle: false },
      { toggle: true },
      { to: ip() + 1 },
    ]);
    expect(move('a', 0)).toBeUndefined();
    expect(move('Tab', 0)).toBeUndefined();
  });

  it('begin at the first row when none is chosen', () => {
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Enter'])
      expect(move(key, -1)).toEqual({ to: 0 });
  });
});
