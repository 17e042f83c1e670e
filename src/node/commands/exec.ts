// `wirewalk exec LAB NODE -- COMMAND`: types a command on a node of a lab.

import type { Command } from 'commander';
import { parseDuration, type Time } from '../../base/time.js';
import { suggest } from '../../lab/problem.js';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface ExecOptions {
  readonly fresh?: boolean;
  readonly limit: Time;
  readonly seed?: number;
}

const HELP = `
The lab's script runs first, so tables and caches are as it leaves them; with
--fresh they are as at the start. The command really runs in the simulated
machine, and its exit code is the one of wirewalk.

Examples:
  wirewalk exec nat-http pc -- arp -a
  wirewalk exec nat-http router -- show ip nat translations
  wirewalk exec nat-http pc --fresh -- curl http://www.example.com/
  wirewalk exec three-routers switch -- show mac address-table
  wirewalk exec nat-http pc -- help      which commands there are`;

const DEFAULT_LIMIT = '10min';

export function addExec(program: Command): void {
  const command = program
    .command('exec')
    .summary('run a command on a node: ping, dig, curl, arp, ip, show …')
    .description('Runs a command on a node of a lab.')
    .argument('<lab>', 'a built-in lab or a file')
    .argument('<node>', 'the machine')
    .argument('<command...>', 'what to type there, behind --')
    .showHelpAfterError(
      '(What is typed on the node stands behind --, as in wirewalk exec LAB NODE -- ping -c 1 HOST.)',
    )
    .option('--fresh', 'do not run the lab’s script first')
    .option(
      '--limit <time>',
      'stop the command after this simulated time, as Ctrl-C does',
      parseLimit,
      parseLimit(DEFAULT_LIMIT),
    );
  addSeedOption(command).addHelpText('after', HELP).action(exec);
}

async function exec(
  given: string,
  node: string,
  words: readonly string[],
  options: ExecOptions,
): Promise<void> {
  const lab = await openLab(given);
  const names = [...lab.topology.nodes.keys()];
  if (!names.includes(node))
    throw new UsageError(`There is no node '${node}' in ${lab.name}; ${suggest(node, names)}`);
  const [{ runCommandToEnd }, { buildWorld }] = await Promise.all([
    import('../../lab/console/console.js'),
    import('../../lab/build-world.js'),
  ]);
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const world = options.fresh ? buildWorld(lab, seed) : (await carryOut(lab, seed)).world;
  const { output, exitCode } = runCommandToEnd(world, node, lineOf(words), options.limit);
  process.stdout.write(output);
  process.exitCode = exitCode;
}

/** The words as one line that a shell takes apart into the same words; a single word is a line already. */
function lineOf(words: readonly string[]): string {
  if (words.length === 1) return words[0] as string;
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

function parseLimit(text: string): Time {
  const limit = parseDuration(text);
  if (limit === undefined || limit === 0)
    throw new UsageError(`--limit ${text}: give a time such as 30s or 10min.`);
  return limit;
}
