// The library needs nothing but the language: in a context that has neither Node nor a browser it gives the same bytes.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab } from '../src/lab/read-lab.js';
import { runLab } from '../src/lab/run-lab.js';

const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-bare-'));
const labs = ['nat-http', 'three-routers'];

describe('in a bare context', () => {
  const context = vm.createContext({});

  beforeAll(async () => {
    const bundle = await rolldown({
      input: path.join(root, 'dist/index.js'),
      platform: 'browser',
      logLevel: 'warn',
    });
    const file = path.join(folder, 'wirewalk.js');
    await bundle.write({ file, format: 'iife', name: 'wirewalk' });
    await bundle.close();
    vm.runInContext(readFileSync(file, 'utf8'), context);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no host', () => {
    expect(
      vm.runInContext('[typeof process, typeof window, typeof fetch, typeof setTimeout]', context),
    ).toEqual(Array(4).fill('undefined'));
  });

  it.each(labs)('%s gives the same bytes and a walk', (name) => {
    const text = readFileSync(path.join(root, 'labs', `${name}.yaml`), 'utf8');
    const read = readLab(text, name);
    if (!('lab' in read)) throw new Error('the lab does not read');
    context.text = text;
    const [hash, phases] = vm.runInContext(
      `(() => {
        const trace = wirewalk.runLab(wirewalk.readLab(text, 'lab').lab).trace();
        return [trace.hash(), wirewalk.explainWalk(trace).phases.length];
      })()`,
      context,
    );
    expect(hash).toBe(runLab(read.lab).trace().hash());
    expect(phases).toBeGreaterThan(2);
  });
});
