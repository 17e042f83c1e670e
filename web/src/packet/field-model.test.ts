// Fields as a tree: every byte has its field and every field its bytes, in frames of the labs and in damaged ones.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DissectedField, dissect } from 'wirewalk';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { runOf } from '../worker/runs.js';
import { filterOf } from './field-filter.js';
import {
  ancestorsOf,
  coverOf,
  type FieldModel,
  type FieldNode,
  fieldModel,
  fieldsInByte,
  UNKNOWN,
} from './field-model.js';

const NONE: ReadonlySet<string> = new Set();
const frames = new Map<string, Uint8Array>();

beforeAll(async () => {
  // One of each kind, by what its layers and its length are.
  for (const name of ALL_LABS) {
    const { trace, frames: columns } = runOf((await runOfLab(name)).run);
    for (const frame of columns.frame) {
      const bytes = trace.frameBytes(frame);
      const kind = dissect(bytes).layers.map(({ summary }) => summary.replace(/[0-9a-f]+/g, '').slice(0, 40));
      frames.set(`${name} ${kind.join('|')}`, bytes);
    }
  }
});

const modelOf = (bytes: Uint8Array): FieldModel => fieldModel(dissect(bytes), NONE);

function walk(nodes: readonly FieldNode[]): FieldNode[] {
  return nodes.flatMap((node) => [node, ...walk(node.children)]);
}

function expectSound(model: FieldModel): void {
  const all = walk(model.roots);
  // Collected, because there are very many.
  const wrong: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  check(model.byKey.size === all.length && all.every((node) => model.byKey.get(node.key) === node), 'keys');
  for (const node of all) {
    check(node.level === ancestorsOf(node).length + 1, `level of ${node.key}`);
    check(
      node.children.every(({ parent }) => parent === node),
      `children of ${node.key}`,
    );
    check(node.start <= node.end && node.end <= model.length * 8, `place of ${node.key}`);
  }
  const troubled = all.filter(({ problems }) => problems.length > 0).map(({ key }) => key);
  expect(model.troubled.map(({ key }) => key).sort()).toEqual(troubled.sort());
  expect(model.ofByte.length).toBe(model.length);
  for (let byte = 0; byte < model.length; byte++) {
    const owner = model.ofByte[byte];
    check(owner !== undefined && coverOf(owner, byte) !== 'none', `owner of byte ${byte}`);
    const inside = fieldsInByte(model, byte);
    check(
      inside.every((node, place) => node.start >= (inside[place - 1]?.start ?? 0)),
      `order in byte ${byte}`,
    );
    // The innermost field that holds it whole, or else the first that holds bits of it.
    const isWhole = owner !== undefined && coverOf(owner, byte) === 'whole';
    const [first] = inside;
    const holdsFirst = first !== undefined && [first, ...ancestorsOf(first)].some((node) => node === owner);
    const isOwn = isWhole || (holdsFirst && inside.every((node) => coverOf(node, byte) === 'part'));
    check(
      inside.length === 0 || (isOwn && owner?.isLayer === false),
      `owner of byte ${byte} among its fields`,
    );
    check(
      inside.every((node) => coverOf(node, byte) !== 'none'),
      `fields in byte ${byte}`,
    );
  }
  expect(wrong).toEqual([]);
}

describe('frames of the labs', () => {
  it('are of many kinds', () => {
    expect(frames.size).toBeGreaterThan(40);
  });

  it('have a field for every byte, and every field knows its bytes', () => {
    for (const bytes of frames.values()) expectSound(modelOf(bytes));
  });

  it('lose no field of the dissection, but those that only stand for others', () => {
    for (const bytes of frames.values()) {
      const dissection = dissect(bytes);
      const model = fieldModel(dissection, NONE);
      const shown = walk(model.roots).flatMap(({ name, aliases }) => [name, ...aliases]);
      const layers = [...dissection.layers];
      for (const { quoted = [] } of layers) layers.push(...quoted);
      const names = (fields: readonly DissectedField[]): string[] =>
        fields.flatMap(({ name, children = [] }) => [name, ...names(children)]);
      const given = layers.flatMap(({ protocol, fields }) => [protocol, ...names(fields)]);
      expect(shown.sort()).toEqual(given.sort());
    }
  });

  it('have the same keys for the same fields at every hop', () => {
    const keys = (bytes: Uint8Array) => [...modelOf(bytes).byKey.keys()];
    const [first] = frames.values();
    const other = Uint8Array.from(first as Uint8Array);
    other[0] = 0x02;
    expect(keys(other)).toEqual(keys(first as Uint8Array));
  });

  it('stand flags and their parts below the whole', () => {
    const tcp = [...frames.entries()].find(([kind]) => kind.includes('[SYN]'))?.[1] as Uint8Array;
    const model = modelOf(tcp);
    expect(model.byKey.get('tcp/tcp.flags')?.children.map(({ name }) => name)).toContain('tcp.flags.syn');
    expect(model.byKey.get('ip/ip.src')?.aliases).toContain('ip.addr');
    const offset = 14;
    expect(fieldsInByte(model, offset).map(({ name }) => name)).toEqual(['ip.version', 'ip.hdr_len']);
    expect(model.layers.map(({ name }) => name)).toEqual(['eth', 'ip', 'tcp']);
  });
});

describe('damaged frames', () => {
  it('keep every promise, whatever stands in them', () => {
    const all = [...frames.values()];
    const damaged = fc
      .tuple(
        fc.nat(all.length - 1),
        fc.array(fc.tuple(fc.nat(1500), fc.nat(255)), { maxLength: 6 }),
        fc.nat(1500),
      )
      .map(([which, changes, cut]) => {
        const bytes = Uint8Array.from(all[which] as Uint8Array);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes.subarray(0, 1 + (cut % (2 * bytes.length)));
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 80 })), (bytes) =>
        expectSound(modelOf(bytes)),
      ),
      { numRuns: 150 },
    );
  });
});

describe('what is not known yet', () => {
  const open = new Set(['eth.dst']);

  it('is shown as such in its field, in the line of its layer and in the sum over all', () => {
    for (const bytes of frames.values()) {
      const whole = modelOf(bytes);
      const model = fieldModel(dissect(bytes), open);
      const field = model.byKey.get('eth/eth.dst');
      expect(field).toMatchObject({ text: UNKNOWN, value: undefined, open: true });
      expect(model.byKey.get('eth')?.text).toMatch(/^\S+ → \?\?\?\?/);
      const others = [...model.byKey.values()].filter(
        ({ name }) => !['eth', 'eth.dst', 'eth.fcs'].includes(name),
      );
      expect(others.filter((node) => node.open)).toEqual([]);
      expect(others.map(({ text }) => text)).toEqual(others.map(({ key }) => whole.byKey.get(key)?.text));
      expect(filterOf(field as FieldNode)).toBe('eth.dst');
    }
  });

  it('is nothing when everything is known', () => {
    for (const bytes of frames.values()) {
      expect([...modelOf(bytes).byKey.values()].some((node) => node.open)).toBe(false);
    }
  });
});

it('an ICMP error holds the packet that it quotes, as layers of its own', async () => {
  const quoting = [...frames.values()]
    .map(modelOf)
    .filter(({ layers }) => layers.filter(({ name }) => name === 'ip').length === 2);
  expect(quoting.length).toBeGreaterThan(1);
  for (const { byKey: nodes } of quoting) {
    const inner = nodes.get('icmp/ip');
    expect(inner).toMatchObject({ level: 2, isLayer: true, layer: 'network' });
    expect(nodes.get('icmp/ip/ip.src')?.value).not.toBe(nodes.get('ip/ip.src')?.value);
  }
});
