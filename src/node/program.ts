// The commands and how they are called. Each command loads what it needs when it runs, so that all start quickly.

import { Command } from 'commander';
import { addCapture } from './commands/capture.js';
import { addCheck } from './commands/check.js';
import { addEnter } from './commands/enter.js';
import { addExec } from './commands/exec.js';
import { addGraph } from './commands/graph.js';
import { addInspect } from './commands/inspect.js';
import { addLabs } from './commands/labs.js';
import { addRun } from './commands/run.js';
import { addSchema } from './commands/schema.js';
import { addServe } from './commands/serve.js';
import { addUp } from './commands/up.js';
import { addWalk } from './commands/walk.js';
import { addWatch } from './commands/watch.js';
import { wantsColor } from './screen.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

/** The whole command line. Its errors are thrown: CommanderError when it has been printed, UsageError when not. */
export function buildProgram(): Command {
  const program = new Command('wirewalk')
    .description(
      'Type a URL into a simulated computer and see everything that happens until the page is there.',
    )
    .version(version())
    .enablePositionalOptions()
    .helpCommand(false)
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'wirewalk: ')),
      getOutHasColors: () => wantsColor(process.stdout),
      getErrHasColors: () => wantsColor(process.stderr),
    })
    .configureHelp({
      minWidthToWrap: 30,
      styleTitle: (title) => `\x1b[1m${title}\x1b[22m`,
      subcommandTerm: (command) => `${command.name()} ${argumentsOf(command)}`.trim(),
    })
    .exitOverride();
  addWalk(program);
  for (const add of [
    addRun,
    addLabs,
    addInspect,
    addExec,
    addCapture,
    addGraph,
    addCheck,
    addSchema,
    addServe,
    addUp,
    addEnter,
    addWatch,
  ])
    add(program);
  program.hook('preSubcommand', (_, command) => {
    const [misplaced] = program.options.filter(
      (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (misplaced !== undefined) {
      const flag = misplaced.long ?? misplaced.flags;
      const has = command.options.some(({ long }) => long === flag);
      throw new UsageError(
        has
          ? `${flag} belongs behind the command: wirewalk ${command.name()} … ${flag} …`
          : `${flag} is no option of ${command.name()}.`,
      );
    }
  });
  return program;
}

/** `<lab> [node]` */
function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
      return argument.required ? `<${name}>` : `[${name}]`;
    })
    .join(' ');
}
