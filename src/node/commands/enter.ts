// `wirewalk enter NODE`: a shell, or one command, in the namespace of a node that `wirewalk up` has attached.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { suggest } from '../../lab/problem.js';
import { UsageError } from '../usage-error.js';

interface EnterOptions {
  readonly pid?: number;
}

const HELP = `
The node must be attached: \`wirewalk up LAB\` runs in another terminal. Programs
there see the lab's network and nothing else; files are those of this machine.

Examples:
  wirewalk enter pc                                      a shell
  wirewalk enter pc -- curl -v http://www.example.com/
  wirewalk enter pc -- ping -c 3 192.0.2.1
  wirewalk enter pc -- tcpdump -n -i eth0`;

/** Shells' own code for a command that does not exist. */
const NO_SUCH_COMMAND = 127;

export function addEnter(program: Command): void {
  program
    .command('enter')
    .summary('a shell or a command at an attached node')
    .description('Runs a shell or a command of this machine in the network of an attached node.')
    .argument('<node>', 'a node that is attached')
    .argument('[command...]', 'what to run there, behind --; without it a shell')
    .option('--pid <number>', 'of which `wirewalk up`, when several have such a node', parsePid)
    .addHelpText('after', HELP)
    .action(enter);
}

async function enter(node: string, command: readonly string[], { pid }: EnterOptions): Promise<void> {
  const { findNamespaces } = await import('../live/namespace.js');
  const live = findNamespaces().filter(({ isLive }) => isLive);
  const found = live.filter((one) => one.node === node && (pid === undefined || one.pid === pid));
  const [first] = found;
  if (first === undefined) {
    const names = [...new Set(live.map((one) => one.node))];
    const hint =
      names.length === 0
        ? `\`wirewalk up LAB --attach ${node}\` attaches it.`
        : `${suggest(node, names)} \`wirewalk up LAB --attach ${node}\` attaches another one.`;
    throw new UsageError(`No node '${node}' is attached. ${hint}`);
  }
  if (found.length > 1) {
    const pids = found.map((one) => String(one.pid)).join(', ');
    throw new UsageError(`Several labs have '${node}' attached: say which with --pid (${pids}).`);
  }
  if (process.getuid?.() !== 0)
    throw new UsageError('Only root may enter a network namespace: try it with sudo.');
  const shell = [process.env.SHELL ?? '/bin/sh'];
  const words = command.length === 0 ? shell : command;
  process.exitCode = await runThere(first.name, words);
}

function runThere(namespace: string, words: readonly string[]): Promise<number> {
  const child = spawn('ip', ['netns', 'exec', namespace, ...words], {
    stdio: 'inherit',
    env: withoutProxies(process.env),
  });
  // The terminal tells the command too; it decides, and we wait for it.
  const stay = (): void => {};
  const hand = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', stay);
  process.on('SIGTERM', hand);
  process.on('SIGHUP', hand);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`wirewalk: ip (of iproute2) can not be started: ${error.message}\n`);
      resolve(NO_SUCH_COMMAND);
    });
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/** A proxy of this machine's network can't be reached from a lab, and programs would ask it for every page. */
function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:https?|ftp|all|no)_proxy$/i.test(name)),
  );
}

function parsePid(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`--pid ${text}: give the number of a process.`);
  return Number(text);
}
