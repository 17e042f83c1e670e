// The list of what Linux's TCP and ours do differently, `found.txt`: one entry per script, the names of its reasons in
// front, act by act below. The reasons stand in `reasons.yaml`. `UPDATE=1` writes the list anew; a person names reasons.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE = path.join(import.meta.dirname, 'found.txt');
const HEAD = `# What Linux's TCP and ours do differently when the same scripts are played: see linux-tcp.test.ts.
# Written by UPDATE=1; the reasons in front, explained in reasons.yaml, are a person's, and stay as they are.
# ~ in front: that they differ there is sure, but not how.
`;

export interface KnownDifference {
  readonly name: string;
  /** Names from reasons.yaml. */
  readonly reasons: readonly string[];
  /** As in an outcome. */
  readonly lines: readonly string[];
  /** That they differ is sure, but not how. */
  readonly isUnsteady: boolean;
}

/** By the names of the scripts. @throws Error with the line that is wrong */
export function parseKnown(text: string): Map<string, KnownDifference> {
  const known = new Map<string, KnownDifference & { readonly lines: string[] }>();
  let last: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('  ')) {
      if (last === undefined) throw new Error(`found.txt: “${line}” belongs to no script`);
      last.push(line);
      continue;
    }
    const [, sign, reasons, name] = /^(~?)\[(.*?)\] (.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`found.txt: “${line}” is no beginning of an entry`);
    last = [];
    known.set(name, {
      name,
      reasons: (reasons as string).split(', '),
      lines: last,
      isUnsteady: sign === '~',
    });
  }
  return known;
}

export function readKnown(): Map<string, KnownDifference> {
  return parseKnown(readFileSync(FILE, 'utf8'));
}

/** Whether what was found now is as the list has it. */
export function isAsKnown(known: KnownDifference | undefined, lines: readonly string[]): boolean {
  if (known === undefined) return lines.length === 0;
  return known.isUnsteady ? lines.length > 0 : known.lines.join('\n') === lines.join('\n');
}

/** What is wrong with the list, one text for each script: nothing when it tells all there is, and nothing else. */
export function checkKnown(
  known: ReadonlyMap<string, KnownDifference>,
  found: ReadonlyMap<string, readonly string[]>,
): string[] {
  const gone = [...known.keys()].filter((name) => !found.has(name));
  return [
    ...gone.map((name) => `${name}\n  is listed, but there is no such script`),
    ...[...found].flatMap(([name, lines]) => {
      const listed = known.get(name);
      if (isAsKnown(listed, lines)) return [];
      if (listed === undefined) return [`${name}\n  differs, and is not listed:\n${lines.join('\n')}`];
      if (lines.length === 0) return [`${name}\n  is listed, but differs no more`];
      return [`${name}\n  differs otherwise than listed, now:\n${lines.join('\n')}`];
    }),
  ];
}

/** Writes the list anew; a script that was not in it gets the reason `?`. */
export function writeKnown(
  known: ReadonlyMap<string, KnownDifference>,
  found: ReadonlyMap<string, readonly string[]>,
): void {
  const entries = [...found].flatMap(([name, lines]) => {
    if (lines.length === 0) return [];
    const { reasons, isUnsteady } = known.get(name) ?? { reasons: ['?'], isUnsteady: false };
    return [[`${isUnsteady ? '~' : ''}[${reasons.join(', ')}] ${name}`, ...lines].join('\n')];
  });
  writeFileSync(FILE, `${HEAD}\n${entries.join('\n')}\n`);
}
