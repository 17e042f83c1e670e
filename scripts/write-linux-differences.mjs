// Writes docs/linux-differences.md from the list of what Linux's TCP and ours do differently. A test compares.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = new URL('../test/attach/linux-tcp/', import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, folder), 'utf8');

/** Headings of the page, in its order, and what stands below them. */
const KINDS = {
  linux: ['Where Linux differs from the RFC', 'What the RFC says is what wirewalk does.'],
  open: ['Where the RFC leaves the choice', 'Or has no word on it.'],
  left: ['What Linux does more', 'It is allowed, and wirewalk leaves it out.'],
  play: [
    'What only seems to differ',
    'The two cannot be set or asked alike: memory, timers, and what programs can say.',
  ],
};

/**
 * @typedef {{ kind: keyof typeof KINDS, title: string, linux: string, ours: string, because: string }} Reason
 * @returns {{ reasons: Map<string, Reason>, scripts: { names: string[], script: string }[] }}
 */
export function readLinuxDifferences() {
  const reasons = new Map(
    Object.entries(/** @type {Record<string, Reason>} */ (parse(read('reasons.yaml')))),
  );
  const scripts = read('found.txt')
    .split('\n')
    .flatMap((line) => {
      const match = /^~?\[(.*?)\] (.*)$/.exec(line);
      return match === null ? [] : [{ names: String(match[1]).split(', '), script: String(match[2]) }];
    });
  return { reasons, scripts };
}

/** The page. */
export function linuxDifferences() {
  const { reasons, scripts } = readLinuxDifferences();
  const sections = Object.entries(KINDS).map(([kind, [title, about]]) => {
    const entries = [...reasons].filter(([, reason]) => reason.kind === kind);
    const texts = entries.map(([name, reason]) => {
      const count = scripts.filter(({ names }) => names.includes(name)).length;
      return `### ${reason.title}

- **Linux**: ${reason.linux}
- **wirewalk**: ${reason.ours}
- ${reason.because}. \`${name}\`, ${count === 1 ? 'one script' : `${count} scripts`}.
`;
    });
    return `## ${title}\n\n${about}\n\n${texts.join('\n')}`;
  });
  return `# What Linux's TCP does otherwise

The scripts and tables that hold wirewalk's TCP to its RFCs ([TCP scripts](tcp-scripts.md)) are played against Linux too: the same segments, the
same calls of a program, in a network namespace, in real time (\`test/attach/linux-tcp.test.ts\`). What Linux sends, its state and what its
program gets are compared with wirewalk's, act by act; pauses are shortened, for both. Every difference is listed, with its reason,
in \`test/attach/linux-tcp/found.txt\`; one that is not listed fails the test, and so does one that is gone. The kernel is 6.18.

So that choices of speed hide nothing, Linux is set up for this: a least time-out of 1 s (its own is 200 ms), CUBIC unless a script says
otherwise, no memory of earlier connections, acknowledgments delayed from the beginning (its own are prompt for the first segments),
no limit for answers to what does not fit, ECN only where a script wants it. Not compared are PSH, exact windows, initial numbers, ports,
the values of Linux's own clock and window scale, and when an acknowledgment is sent that may wait.

Written by \`node scripts/write-linux-differences.mjs\`.

${sections.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/linux-differences.md', import.meta.url), linuxDifferences());
