// The pages of docs/ are true: the generated ones are up to date, and every lab they show reads, runs and holds.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropReference, fieldReference } from '../scripts/write-reference.mjs';
import { checkLab } from '../src/lab/check-lab.js';
import { runCommand } from '../src/lab/console/run-command.js';
import { readLab } from '../src/lab/read-lab.js';
import { runLab } from '../src/lab/run-lab.js';

const root = path.resolve(import.meta.dirname, '..');
const page = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');

describe('docs/reference (node scripts/write-reference.mjs)', () => {
  it('fields.md is up to date', () => {
    expect(page('reference/fields.md')).toBe(fieldReference());
  });

  it('drops.md is up to date', () => {
    expect(page('reference/drops.md')).toBe(dropReference());
  });
});

describe('docs/labs.md', () => {
  const labs = [...page('labs.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text as string);

  it('shows labs', () => {
    expect(labs.length).toBeGreaterThan(3);
  });

  it.each(labs.map((text) => [/^name: (.*)$/m.exec(text)?.[1], text]))(
    '%s reads, runs and holds',
    (_name, text) => {
      const read = readLab(text as string, 'docs/labs.md');
      if (!('lab' in read)) throw new Error(read.errors.map(({ message }) => message).join('\n'));
      const run = runLab(read.lab, { runCommand });
      expect(run.finished).toBe(true);
      expect(run.pages.map(({ page: { error } }) => error).filter((error) => error !== undefined)).toEqual(
        [],
      );
      expect(run.commands.filter(({ ok }) => !ok)).toEqual([]);
      expect(checkLab(run).filter(({ ok }) => !ok)).toEqual([]);
    },
  );
});
