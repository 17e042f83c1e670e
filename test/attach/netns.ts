// Labs in real time, with real programs in them. A program is started by one function only, inside of the namespace of
// its node: without the namespace it refuses, so nothing of it ever reaches the machine's own network.

import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
} from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Outcome, outcomeOf, start } from '../cli.js';
import { judge } from '../judge.js';

const NAMESPACES = '/run/netns';
/** `wirewalk up` is there, or has failed, within this time. ms. */
const START_LIMIT = 20_000;
/** A program that takes longer is ended. ms. */
const PROGRAM_LIMIT = 60_000;

/** Why no namespace can be attached here; undefined when one can. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return 'there is no /dev/net/tun';
  }
  return undefined;
}

let warned = false;

/** Like `describe`, where namespaces can be made and these programs are there; elsewhere a loud skip, see judge.ts. */
export function describeAttached(name: string, programs: readonly string[], tests: () => void): void {
  const reason = whyNot();
  if (reason !== undefined) {
    if (!warned) console.warn(`\n!!! ${reason}: what real programs say of live labs is SKIPPED\n`);
    warned = true;
    describe.skip(`${name} (${reason})`, tests);
    return;
  }
  const missing = ['ip', ...programs].filter((program) => judge(program) === undefined);
  if (missing.length === 0) describe(name, tests);
  else if (process.env.CI === 'true') {
    it(`${name}: needs ${missing.join(', ')}`, () => {
      expect.fail(`${missing.join(', ')}: not installed, and CI=true: every judge must be heard`);
    });
  } else {
    console.warn(`\n!!! ${missing.join(', ')}: not installed, the judgement is SKIPPED\n`);
    describe.skip(`${name} (needs ${missing.join(', ')})`, tests);
  }
}

export interface RunOptions {
  /** A folder for what it writes, and for what it reads by names without a path. */
  readonly home?: string;
  /** What the program reads; nothing when absent. */
  readonly input?: Uint8Array;
  /** ms. */
  readonly limit?: number;
  /** Ends it earlier. */
  readonly stop?: AbortSignal;
}

/**
 * The one way in which a test starts a program that speaks to a network. Who starts it also ends it.
 * @throws Error when there is no such namespace
 */
export function startIn(
  namespace: string,
  program: string,
  args: readonly string[],
  home = tmpdir(),
): ChildProcessWithoutNullStreams {
  if (!/^ww-\d+-/.test(namespace) || !existsSync(path.join(NAMESPACES, namespace)))
    throw new Error(`there is no namespace ${namespace}: ${program} must not run outside of it`);
  const child = spawn(judge('ip') as string, ['netns', 'exec', namespace, program, ...args], {
    // Nothing of this machine's settings: no proxies, no certificates, no languages.
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: home,
      LANG: 'C.UTF-8',
    },
    cwd: home,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // It may end before it has read everything.
  child.stdin.on('error', () => {});
  return child;
}

/** Starts a program by {@link startIn} and waits for its end. @throws Error when there is no such namespace */
export function runIn(
  namespace: string,
  program: string,
  args: readonly string[],
  { home = tmpdir(), input, limit = PROGRAM_LIMIT, stop }: RunOptions = {},
): Promise<Outcome> {
  const child = startIn(namespace, program, args, home);
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  stop?.addEventListener('abort', () => child.kill('SIGKILL'));
  return outcomeOf(child).finally(() => clearTimeout(timer));
}

/** A running `wirewalk up`. */
export class LiveLab {
  readonly child: ChildProcess;
  /** What came of it, once it has ended. */
  readonly outcome: Promise<Outcome>;
  /** What it has said so far. */
  said = '';
  /** A home for programs, as long as the lab runs. */
  readonly home = mkdtempSync(path.join(tmpdir(), 'wirewalk-attach-'));

  private constructor(child: ChildProcess) {
    this.child = child;
    this.outcome = outcomeOf(child);
  }

  /** Starts `wirewalk up …` and waits until it is there. @throws Error with what it said when it is not */
  static async up(...args: readonly string[]): Promise<LiveLab> {
    const lab = new LiveLab(start(['up', ...args]));
    const isUp = new Promise<boolean>((resolve) => {
      lab.child.stdout?.on('data', (piece: Buffer) => {
        lab.said += piece;
        if (lab.said.includes('Ctrl-C ends it.')) resolve(true);
      });
      void lab.outcome.then(() => resolve(false));
      setTimeout(() => resolve(false), START_LIMIT).unref();
    });
    if (await isUp) return lab;
    const { stdout, stderr } = await lab.down('SIGKILL');
    throw new Error(`wirewalk up ${args.join(' ')} does not run:\n${stdout}${stderr}`);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  namespace(node: string): string {
    return `ww-${this.pid}-${node}`;
  }

  /** Runs a program at an attached node and waits for its end. @throws Error when the node has no namespace */
  run(node: string, program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return runIn(this.namespace(node), program, args, { home: this.home, ...options });
  }

  /** As {@link run}, for a program that must not fail; what it printed. */
  async expect(node: string, program: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(node, program, args);
    expect(code, `${program} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  }

  /** Ends it, as Ctrl-C does, and waits until it is gone. */
  async down(signal: NodeJS.Signals = 'SIGINT'): Promise<Outcome> {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), START_LIMIT);
    const outcome = await this.outcome;
    clearTimeout(timer);
    rmSync(this.home, { recursive: true, force: true });
    return outcome;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a lab must leave as it was: cards, addresses, routes, rules, namespaces, and the files by which names are found. */
export function stateOfMachine(): Record<string, unknown> {
  const told = (...args: string[]): string => execFileSync(judge('ip') as string, args, { encoding: 'utf8' });
  const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    cards: readdirSync('/sys/class/net').sort(),
    addresses: told('-brief', 'address'),
    routes: told('route', 'show', 'table', 'all'),
    rules: told('rule'),
    forwarding: text('/proc/sys/net/ipv4/ip_forward'),
    namespaces: namespaces(NAMESPACES),
    files: namespaces('/etc/netns'),
    resolver: text('/etc/resolv.conf'),
    hosts: text('/etc/hosts'),
    order: text('/etc/nsswitch.conf'),
  };
}

/** Names in a folder, without those of programs that run meanwhile and are none of ours. */
function namespaces(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => !isOthers(name)).sort();
}

function isOthers(name: string): boolean {
  const pid = /^ww-(\d+)-/.exec(name)?.[1];
  if (pid === undefined) return false;
  // The 2nd word behind the name of the program is its parent.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : undefined;
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent !== undefined && Number(parent) !== process.pid;
}
