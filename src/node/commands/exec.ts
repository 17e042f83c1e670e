// `wirewalk exec LAB NODE -- COMMAND`: types a command on a node of a lab; with --live, of one that runs.

import { type Command, Option } from 'commander';
import { parseDuration, type Time } from '../../base/time.js';
import { suggest } from '../../lab/problem.js';
import type { Lab } from '../../lab/read-lab.js';
import type { TypedResult } from '../../lab/typed-commands.js';
import { carryOut } from '../carry-out.js';
import { MOMENTS, momentOf } from '../moment.js';
import { openLab } from '../open-lab.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface ExecOptions {
  readonly at: string;
  readonly fresh?: boolean;
  readonly live?: boolean;
  readonly limit: Time;
  readonly seed?: number;
}

const HELP = `
The lab's script runs first, so tables and caches are as it leaves them; with
--fresh they are as at the start. With --at the command is typed in the middle
of the script, which then goes on beside it. The command really runs in the
simulated machine, and its exit code is the one of wirewalk.

Examples:
  wirewalk exec nat-http pc -- arp -a
  wirewalk exec nat-http router -- show ip nat translations
  wirewalk exec nat-http pc --fresh -- curl http://www.example.com/
  wirewalk exec nat-http pc --at 2e -- arp -a      while the request is out
  wirewalk exec three-routers switch -- show mac address-table
  wirewalk exec nat-http pc -- help      which commands there are
  wirewalk exec --live nat-http laptop -- arp -a      in the lab that runs`;

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
    .addOption(new Option('--fresh', 'do not run the lab’s script first').conflicts(['at', 'live']))
    .addOption(
      new Option('--live', 'in a lab that runs (wirewalk up), in real time').conflicts(['at', 'seed']),
    )
    .option('--at <when>', `when to type it: ${MOMENTS}`, 'end')
    .addOption(
      new Option('--limit <time>', 'stop the command after this simulated time, as Ctrl-C does')
        .argParser(parseLimit)
        .default(parseLimit(DEFAULT_LIMIT), DEFAULT_LIMIT),
    );
  addSeedOption(command).addHelpText('after', HELP).action(exec);
}

async function exec(
  given: string,
  node: string,
  words: readonly string[],
  options: ExecOptions,
): Promise<void> {
  if (options.live) return execLive(given, node, lineOf(words));
  const lab = await openLab(given);
  const names = [...lab.topology.nodes.keys()];
  if (!names.includes(node))
    throw new UsageError(`There is no node '${node}' in ${lab.name}; ${suggest(node, names)}`);
  const { output, exitCode } = await typed(lab, node, lineOf(words), options);
  process.stdout.write(output);
  process.exitCode = exitCode;
}

/** Types it in a running lab; Ctrl-C stops it there. */
async function execLive(given: string, node: string, line: string): Promise<void> {
  const { execInLab, findRunning } = await import('../live/control-client.js');
  const lab = await findRunning(given);
  const { world, attached } = lab.greeting;
  const names = world.nodes.map(({ name }) => name);
  if (!names.includes(node))
    throw new UsageError(`There is no node '${node}' in ${lab.greeting.lab}; ${suggest(node, names)}`);
  if (attached.includes(node))
    throw new UsageError(`${node} is outside of the lab: wirewalk enter ${node} -- ${line}`);
  process.exitCode = await execInLab(lab, node, line, process.stdout);
}

/** What the command prints, and its exit code. */
async function typed(
  lab: Lab,
  node: string,
  line: string,
  { at, fresh, limit, ...options }: ExecOptions,
): Promise<{ readonly output: string; readonly exitCode: number }> {
  if (fresh || at === 'end') {
    const [{ runCommandToEnd }, { buildWorld }] = await Promise.all([
      import('../../lab/console/console.js'),
      import('../../lab/build-world.js'),
    ]);
    const world = fresh ? buildWorld(lab, options) : (await carryOut(lab, options)).world;
    return runCommandToEnd(world, node, line, limit);
  }
  const { seq } = await momentOf(at, lab, (await carryOut(lab, options)).trace());
  const run = await carryOut(lab, { ...options, typed: [{ after: seq, node, line, limit }] });
  return run.typed[0] as TypedResult;
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
