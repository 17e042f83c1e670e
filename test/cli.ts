// The command line as a person uses it: a process with arguments, two streams and an exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const program = path.join(root, 'dist/cli/wirewalk.mjs');

/** What came of a call. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came, for captures. */
  readonly bytes: Buffer;
}

export interface CallOptions {
  readonly cwd?: string;
  /** Added to an environment that says nothing about colours. */
  readonly env?: NodeJS.ProcessEnv;
  /** Another copy of the program than the one that was built here. */
  readonly program?: string;
}

/** The environment of the tests without what they were told about colours and terminals. */
export function plainEnvironment(added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, COLUMNS, ...rest } = process.env;
  return { ...rest, ...added };
}

/** Starts wirewalk; its standard input is empty. */
export function start(args: readonly string[], options: CallOptions = {}): ChildProcess {
  if (!existsSync(program)) throw new Error('dist is empty: run `npm run build` first');
  return spawn(process.execPath, [options.program ?? program, ...args], {
    cwd: options.cwd ?? root,
    env: plainEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Calls wirewalk and waits for its end. */
export function wirewalk(args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  return outcomeOf(start(args, options));
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => out.push(piece));
  child.stderr?.on('data', (piece: Buffer) => err.push(piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code, bytes, stdout: bytes.toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    });
  });
}

/** A folder for one test file; remove it with {@link Folder.remove}. */
export class Folder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'wirewalk-cli-'));

  file(name: string): string {
    return path.join(this.path, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.file(name), text);
    return this.file(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The text of a built-in lab. */
export function labText(name: string): string {
  return readFileSync(path.join(root, 'labs', `${name}.yaml`), 'utf8');
}

/** The text with something replaced that must be there. */
export function changed(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  let result = text;
  for (const [from, to] of changes) {
    if (!result.includes(from)) throw new Error(`the lab has no '${from}' any more: mend this test`);
    result = result.replace(from, to);
  }
  return result;
}

/** Lines longer than `columns` characters. */
export function tooLong(text: string, columns = 80): string[] {
  return text.split('\n').filter((line) => [...line].length > columns);
}
