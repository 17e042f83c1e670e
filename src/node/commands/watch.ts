// `wirewalk watch [LAB]`: what happens in a running lab, told as it happens.

import type { Command } from 'commander';
import { suggest } from '../../lab/problem.js';
import { addScreenOptions, type ScreenOptions, screenOf } from '../screen.js';
import { UsageError } from '../usage-error.js';

interface WatchOptions extends ScreenOptions {
  readonly brief?: boolean;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly node: readonly string[];
}

const HELP = `
The lab runs in another terminal: wirewalk up LAB. It does not wait for those who
watch: when too much happens at once, a part is left out, and that is said.

Examples:
  wirewalk watch                    the lab that runs, step by step
  wirewalk watch --brief            one line per step
  wirewalk watch --node router      only what the router does
  wirewalk watch nat-http --json    a line of JSON for every step`;

export function addWatch(program: Command): void {
  const command = program
    .command('watch')
    .summary('tell what happens in a running lab, as it happens')
    .description('Tells what happens in a running lab, in the words of a walk, as it happens.')
    .argument('[lab]', 'its name or its process, when more than one runs')
    .option('--brief', 'one line per step')
    .option('--full', 'all there is: whys, losing rows, every field of every frame')
    .option('--json', 'a line of JSON for every step')
    .option(
      '--node <name>',
      'only steps of this node; may be given several times',
      (name: string, before: readonly string[]) => [...before, name],
      [] as readonly string[],
    );
  addScreenOptions(command).addHelpText('after', HELP).action(watch);
}

async function watch(wanted: string | undefined, options: WatchOptions): Promise<void> {
  const [{ findRunning }, { watchSteps }] = await Promise.all([
    import('../live/control-client.js'),
    import('../live/watch-lab.js'),
  ]);
  const lab = await findRunning(wanted);
  const names = lab.greeting.world.nodes.map(({ name }) => name);
  const { node: nodes, json, brief, full } = options;
  for (const name of nodes) {
    if (!names.includes(name))
      throw new UsageError(`There is no node '${name}' in ${lab.greeting.lab}; ${suggest(name, names)}`);
  }
  const form = json ? 'json' : full ? 'full' : brief ? 'brief' : 'normal';
  const { ended, close } = watchSteps(lab, { ...screenOf(options), form, nodes });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
  process.stderr.write(`Watching ${lab.greeting.lab}. Ctrl-C ends it.\n`);
  await ended;
}
