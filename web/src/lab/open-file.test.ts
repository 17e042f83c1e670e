// Files that somebody brings: what is a lab is opened, what can not be one is refused in words.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { page, START, update } from '../state/store.js';
import { labSource, startEngine } from '../test/kit.js';
import { FILE_LIMIT, openFile, openFiles } from './open-file.js';

beforeAll(startEngine);
beforeEach(() => update(START));

const LAB = labSource('three-routers').text;
const file = (name: string, ...parts: BlobPart[]): File => new File(parts, name);

describe('a lab file', () => {
  it('is opened under its name', async () => {
    expect(await openFile(file('mine.yaml', LAB))).toBe(true);
    expect(page().lab).toMatchObject({ file: 'mine.yaml', name: 'three-routers', source: { kind: 'text' } });
    expect(page().notice).toBeUndefined();
  });

  it('with mistakes shows them', async () => {
    expect(await openFile(file('bad.yaml', 'name: x\nnodes: 1\n'))).toBe(false);
    expect(page().refused).toMatchObject({ file: 'bad.yaml', text: 'name: x\nnodes: 1\n' });
    expect(page().refused?.problems.length).toBeGreaterThan(0);
  });

  it('may have a mark of its encoding, no name or a very long one', async () => {
    expect(await openFile(file('', '\ufeff', LAB))).toBe(true);
    expect(page().lab?.file).toBe('lab.yaml');
    expect(await openFile(file(`${'long '.repeat(100)}.yaml`, LAB))).toBe(true);
    expect(page().lab?.file.length).toBe(200);
  });

  it('is as large as the limit at most', async () => {
    const { size } = file('', LAB);
    const filled = (length: number): File => file('large.yaml', LAB, `#${' '.repeat(length - size - 1)}`);
    expect(filled(FILE_LIMIT).size).toBe(FILE_LIMIT);
    expect(await openFile(filled(FILE_LIMIT))).toBe(true);
    expect(await openFile(filled(FILE_LIMIT + 1))).toBe(false);
    expect(page().notice).toBe('large.yaml has 1.1 MB; a lab file has at most 1 MB.');
  });
});

describe('what is no lab file', () => {
  const NO_TEXT = 'is not text: a lab is a YAML file in UTF-8.';

  it.each([
    [
      'picture.png',
      file('picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff)),
      `picture.png ${NO_TEXT}`,
    ],
    ['zeros.bin', file('zeros.bin', 'name: a\0b'), `zeros.bin ${NO_TEXT}`],
    ['old.yaml', file('old.yaml', Uint8Array.of(0x6e, 0xfc)), `old.yaml ${NO_TEXT}`],
  ])('%s is refused, and the lab that is open stays', async (_, brought, notice) => {
    await openFile(file('mine.yaml', LAB));
    const { lab } = page();
    expect(await openFile(brought)).toBe(false);
    expect(page()).toMatchObject({ notice, lab });
  });

  it('is not even read when it is too large', async () => {
    const huge = {
      name: 'huge.yaml',
      size: 35_200_000,
      arrayBuffer: () => Promise.reject(new Error('read!')),
    };
    expect(await openFile(huge as unknown as File)).toBe(false);
    expect(page().notice).toBe('huge.yaml has 36 MB; a lab file has at most 1 MB.');
  });

  it('may be a folder', async () => {
    const folder = { name: 'labs', size: 4096, arrayBuffer: () => Promise.reject(new Error('not readable')) };
    expect(await openFile(folder as unknown as File)).toBe(false);
    expect(page().notice).toBe('labs can not be read. Is it a folder?');
  });
});

describe('several files', () => {
  it('of them the first is opened, and the others are told', async () => {
    await openFiles([file('a.yaml', LAB), file('b.yaml', LAB)]);
    expect(page().lab?.file).toBe('a.yaml');
    expect(page().notice).toBe('One lab is open at a time: this is a.yaml; the other file was left aside.');
    await openFiles([file('b.yaml', LAB), file('a.yaml', LAB), file('c.yaml', LAB)]);
    expect(page().notice).toContain('this is b.yaml; the other 2 files were left aside.');
  });

  it('without any, nothing happens', async () => {
    const before = page();
    await openFiles([]);
    expect(page()).toBe(before);
  });
});
