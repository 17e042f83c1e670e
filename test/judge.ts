// Outside judges: programs that know the protocols and were not written by us. A missing judge is a loud skip on
// a person's machine and a failure where `CI=true`, so that nobody believes in a judgement that never happened.

import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** The path of an installed program, or undefined. Looks in PATH and where Debian keeps the programs of root. */
export function judge(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const missed = new Set<string>();

/** Like `describe`, with the path of the judge. `tests` runs while tests are collected: call the judge inside `it`. */
export function describeWithJudge(program: string, name: string, tests: (path: string) => void): void {
  const found = judge(program);
  if (found !== undefined) {
    describe(name, () => tests(found));
  } else if (process.env.CI === 'true') {
    it(`${name}: needs ${program}`, () => {
      expect.fail(`${program} is not installed, and CI=true: every judge must be heard`);
    });
  } else {
    if (!missed.has(program)) console.warn(`\n!!! ${program} is not installed: its judgement is SKIPPED\n`);
    missed.add(program);
    describe.skip(`${name} (needs ${program})`, () => tests(program));
  }
}
