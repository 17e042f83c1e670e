// The commands of the README and of docs/ as a reader types them: every one is executed, and what a page shows as
// output must be what comes. Blocks marked ```sh; a line that begins with `$ ` is a command, and what follows up to the
// next one is its output, in which a line `…` stands for any number of lines.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, plainEnvironment, program, root } from './cli.js';

/** Commands that are not executed here, each with its reason. Whatever is not listed is executed. */
const ELSEWHERE: readonly { readonly command: RegExp; readonly reason: string }[] = [
  { command: /^git clone /, reason: 'needs the network; the test runs in the clone' },
  { command: /^npm (?:test|run check|run bench)\b/, reason: 'runs this very test, or for minutes' },
  {
    command: /^(?:npm (?:install|i|pack|publish)|npx wirewalk)\b/,
    reason: 'test/package.test.ts packs and installs',
  },
  { command: /^(?:wireshark|xdg-open) /, reason: 'opens a window' },
  { command: /^(?:sudo|apt(?:-get)?) /, reason: 'changes the machine' },
];

/** Commands that serve until they are stopped: they have done what they should when they say where. */
const SERVES = /^(?:npm start(?! --)|wirewalk serve)\b/;

interface Shown {
  /** Line of the page, from 1. */
  readonly line: number;
  readonly command: string;
  /** undefined: the page shows no output. */
  readonly output: readonly string[] | undefined;
}

/** All commands of a page. A line that ends with a backslash goes on in the next one. */
function commandsOf(page: string): Shown[] {
  const commands: { line: number; command: string; output: string[] }[] = [];
  let fence: string | undefined;
  let language = '';
  let dollars = false;
  const lines = page.split('\n');
  lines.forEach((text, index) => {
    const mark = /^\s*(`{3,}|~{3,})\s*(\w*)/.exec(text);
    if (fence === undefined && mark !== null) {
      [, fence, language] = mark as unknown as [string, string, string];
      const end = lines.findIndex((one, at) => at > index && one.trim() === fence);
      dollars = lines.slice(index, end).some((one) => one.startsWith('$ '));
      return;
    }
    if (fence !== undefined && text.trim() === fence) {
      fence = undefined;
      return;
    }
    if (fence === undefined) return;
    const last = commands.at(-1);
    if (language !== 'sh') {
      // Such a block would not be executed, and nobody would notice.
      if (text.startsWith('$ '))
        throw new Error(`line ${index + 1}: a command in a block marked '${language}', not 'sh'`);
    } else if (last?.command.endsWith('\\') && last.line + last.command.split('\n').length === index + 1) {
      last.command += `\n${text}`;
    } else if (text.startsWith('$ ')) commands.push({ line: index + 1, command: text.slice(2), output: [] });
    else if (dollars) last?.output.push(text);
    else if (text.trim() !== '' && !text.startsWith('#'))
      commands.push({ line: index + 1, command: text, output: [] });
  });
  return commands.map(({ line, command, output }) => {
    while (output.at(-1)?.trim() === '') output.pop();
    return { line, command, output: output.length === 0 ? undefined : output };
  });
}

/** Does the output fit what the page shows? `…` alone on a line fits any lines. */
function fits(shown: readonly string[], lines: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return lines.length === 0;
  if (first.trim() === '…') {
    return lines.some((_, from) => fits(rest, lines.slice(from))) || fits(rest, []);
  }
  return lines.length > 0 && first.trimEnd() === lines[0]!.trimEnd() && fits(rest, lines.slice(1));
}

const folder = new Folder();
const bin = folder.file('bin');

/** Pages of the house with their commands; those of docs/ that have any. */
const PAGES = ['README.md', ...pagesBelow('docs')]
  .map((page) => ({ page, shown: commandsOf(textOf(page)) }))
  .filter(({ page, shown }) => page === 'README.md' || shown.length > 0);

function textOf(page: string): string {
  const file = path.join(root, page);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function pagesBelow(at: string): string[] {
  if (!existsSync(path.join(root, at))) return [];
  return readdirSync(path.join(root, at), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return pagesBelow(`${at}/${entry.name}`);
    return entry.name.endsWith('.md') ? [`${at}/${entry.name}`] : [];
  });
}

beforeAll(() => {
  mkdirSync(bin);
  chmodSync(program, 0o755);
  symlinkSync(program, path.join(bin, 'wirewalk'));
  // Pages that name a built-in lab by its path count from the top of the repository.
  symlinkSync(path.join(root, 'labs'), folder.file('labs'));
});
afterAll(() => folder.remove());

/** `npm start` works in the clone only; everything else leaves its files in a folder of its own. */
function surroundings(command: string) {
  return {
    cwd: /^npm (?:start|run)\b/.test(command) ? root : folder.path,
    env: plainEnvironment({ PATH: `${bin}${path.delimiter}${process.env.PATH}` }),
  };
}

function type(command: string) {
  return spawnSync('sh', ['-c', command], {
    ...surroundings(command),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    maxBuffer: 1 << 28,
  });
}

/** Starts a command that serves, stops it as Ctrl-C does when it has said where, and returns what it printed. */
function serve(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], {
    ...surroundings(command),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives it one: npm, its shell and the program hear Ctrl-C together.
    detached: true,
  });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  };
  const limit = setTimeout(stop, 60_000);
  let printed = '';
  let stopped = false;
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.toString();
    if (stopped || !/http:\/\/127\.0\.0\.1:\d+\//.test(printed)) return;
    stopped = true;
    stop();
  });
  return new Promise((resolve) => {
    child.on('close', () => {
      clearTimeout(limit);
      resolve(printed);
    });
  });
}

describe('the page’s commands', () => {
  it('are found, with what they print', () => {
    const page = [
      ...['text', '```sh', '$ one', 'out 1', '', 'out 2', '', '$ two \\', '    --more', '```'],
      ...['```sh', '# a comment', 'three', '```', '```yaml', 'name: x', '```'],
    ];
    expect(commandsOf(page.join('\n'))).toEqual([
      { line: 3, command: 'one', output: ['out 1', '', 'out 2'] },
      { line: 8, command: 'two \\\n    --more', output: undefined },
      { line: 13, command: 'three', output: undefined },
    ]);
    expect(() => commandsOf('```console\n$ one\n```')).toThrow(
      "line 2: a command in a block marked 'console'",
    );
  });

  it('print what is shown, or more where there is an ellipsis', () => {
    expect(fits(['a', '…', 'd'], ['a', 'b', 'c', 'd'])).toBe(true);
    expect(fits(['a', '  …'], ['a'])).toBe(true);
    expect(fits(['…', 'd'], ['a', 'd', 'e'])).toBe(false);
    expect(fits(['a'], ['a', 'b'])).toBe(false);
    expect(fits(['…', 'b', '…'], ['a', 'b', 'c'])).toBe(true);
  });
});

describe.each(PAGES)('$page', ({ page, shown }) => {
  if (page === 'README.md') {
    it('has commands to type', () => {
      expect(shown.map(({ command }) => command)).toContainEqual(expect.stringMatching(/^npm start\b/));
    });
  }

  for (const { line, command, output } of shown) {
    const elsewhere = ELSEWHERE.find((one) => one.command.test(command));
    if (elsewhere !== undefined) {
      it.skip(`line ${line}: ${command} (not here: ${elsewhere.reason})`);
      continue;
    }
    if (SERVES.test(command)) {
      it(`line ${line}: ${command}`, { timeout: 90_000 }, async () => {
        expect(await serve(command)).toMatch(/wirewalk is at http:\/\/127\.0\.0\.1:\d+\//);
      });
      continue;
    }
    it(`line ${line}: ${command}`, { timeout: 90_000 }, () => {
      const { status, stdout, stderr } = type(command);
      const expected = Number(/# exit code (\d+)$/.exec(command)?.[1] ?? 0);
      expect({ status, stderr: status === expected ? '' : stderr }).toEqual({ status: expected, stderr: '' });
      if (output === undefined) return;
      // npm says first what it is about to run.
      const printed = stdout.replace(/^\n?(?:> .*\n)+\n?/, '');
      const lines = printed.replace(/\n$/, '').split('\n');
      if (!fits(output, lines)) expect(lines).toEqual(output);
    });
  }
});
