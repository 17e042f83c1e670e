// Labs that somebody brought: the latest first, each file once, not too many.

import { beforeAll, expect, it } from 'vitest';
import { labSource } from '../test/kit.js';
import type { LabSource, OpenedLab } from '../worker/protocol.js';
import { openLab } from '../worker/runs.js';
import { keepUnfinished, withBrought } from './brought-labs.js';

let opened: OpenedLab;
beforeAll(async () => {
  opened = (await openLab(labSource('nat-http'))) as OpenedLab;
});

const brought = (file: string, text = ''): OpenedLab => {
  const source: LabSource = { kind: 'text', file, text };
  return { ...opened, file, source };
};
const files = (lab: OpenedLab | undefined): string[] => withBrought(lab).map(({ file }) => file);

it('keeps them from the latest on, each file once, eight at most', () => {
  const before = files(undefined).length;
  files(brought('a.yaml'));
  expect(files(brought('b.yaml')).slice(0, 2)).toEqual(['b.yaml', 'a.yaml']);
  expect(files(brought('a.yaml', 'mended')).slice(0, 2)).toEqual(['a.yaml', 'b.yaml']);
  expect(files(undefined).length).toBe(Math.min(8, before + 2));
  for (let i = 0; i < 12; i++) files(brought(`${i}.yaml`));
  expect(files(undefined)).toEqual([11, 10, 9, 8, 7, 6, 5, 4].map((number) => `${number}.yaml`));
});

it('does not keep what comes with the page, and nothing twice', () => {
  const before = withBrought(undefined);
  expect(withBrought({ ...opened, source: { kind: 'built-in', name: 'nat-http' } })).toBe(before);
  const one = brought('one.yaml');
  const after = withBrought(one);
  expect(withBrought(one)).toBe(after);
});

it('keeps a file that is left with its mistakes', () => {
  keepUnfinished('half.yaml', 'name: [');
  expect(withBrought(undefined)[0]).toEqual({
    source: { kind: 'text', file: 'half.yaml', text: 'name: [' },
    file: 'half.yaml',
    title: 'Not finished: it has mistakes',
  });
});
