// The examples of docs/library.md are run, and print what the page shows.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/library.md'), 'utf8');
const shown = new Map(
  [...page.matchAll(/### (examples\/\S+)\n\n```text\n([\s\S]*?)```/g)].map((match) => [match[1], match[2]]),
);

describe('the examples', () => {
  it('are all shown in docs/library.md', () => {
    const files = readdirSync(path.join(root, 'examples')).map((name) => `examples/${name}`);
    expect([...shown.keys()].sort()).toEqual(files.sort());
  });

  it.each([...shown])('%s prints what the page shows', (file, output) => {
    expect(execFileSync(process.execPath, [path.join(root, file as string)], { encoding: 'utf8' })).toBe(
      output,
    );
  });
});
