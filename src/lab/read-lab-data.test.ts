// A lab as plain data is the lab as a text; what is wrong is said as well, without a line.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LabProblem } from './problem.js';
import { readLab } from './read-lab.js';
import { type Lab, readLabData } from './read-lab-data.js';
import { runLab } from './run-lab.js';

function labOf(result: ReturnType<typeof readLabData>): Lab {
  if ('errors' in result) throw new Error(result.errors[0]?.message ?? '');
  return result.lab;
}

function errorsOf(result: ReturnType<typeof readLabData>): readonly LabProblem[] {
  return 'errors' in result ? result.errors : [];
}

const wordsOf = (problems: readonly LabProblem[]) =>
  problems.map(({ path, message, mend }) => ({ path, message, mend })).sort(byPath);

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : Number(a.path > b.path);
}

const LABS = readdirSync('labs').map((file) => readFileSync(`labs/${file}`, 'utf8'));

describe('a lab that is plain data', () => {
  it.each(LABS)('is the lab that stands in its file: %#', (text) => {
    const data: unknown = parse(text);
    const before = JSON.stringify(data);
    const lab = labOf(readLabData(data, 'a.yaml'));
    expect(JSON.stringify(data)).toBe(before);
    const options = { runCommand: () => ({ output: '', exitCode: 0 }) };
    const run = (one: Lab) => runLab(one, options).trace().hash();
    expect(run(lab)).toBe(run(labOf(readLab(text, 'a.yaml'))));
  });

  it('is told what is wrong in the same words', () => {
    const text = LABS[0] as string;
    const data = parse(text) as { name: unknown; script: unknown[]; checks: unknown };
    data.name = 'No Name';
    data.script.push({ node: 'nobody', browse: 'ftp://x/' }, { node: 'nobody', run: 'ping' });
    data.checks = [{ tabel: 'arp' }];
    const problems = errorsOf(readLabData(data, 'a.yaml'));
    expect(problems.length).toBeGreaterThan(3);
    expect(wordsOf(problems)).toEqual(wordsOf(errorsOf(readLab(JSON.stringify(data), 'a.yaml'))));
    for (const { file, line, column, source } of problems)
      expect({ file, line, column, source }).toEqual({ file: 'a.yaml', line: 1, column: 1, source: '' });
  });

  it('is refused when it is none', () => {
    const ring: Record<string, unknown> = {};
    ring.topology = ring;
    for (const data of [undefined, null, 1, 'x', [], {}, ring, 1n, () => {}, new Map([['name', 'x']])])
      expect(errorsOf(readLabData(data, 'a')).length, String(data)).toBeGreaterThan(0);
    expect(errorsOf(readLabData(ring, 'a'))[0]?.message).toBe('this is no plain data');
    expect(errorsOf(readLabData(undefined, 'a'))[0]?.message).toBe('the file is empty');
  });
});
