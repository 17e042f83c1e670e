// `wirewalk labs`: the labs that come with the program.

import type { Command } from 'commander';
import { builtInLabNames, readBuiltInLab } from '../lab-source.js';
import { readSource } from '../open-lab.js';
import { print, printJson } from '../screen.js';

export function addLabs(program: Command): void {
  program
    .command('labs')
    .summary('list the built-in labs')
    .description(
      'Lists the labs that come with wirewalk. Wherever a command wants a LAB, a file of your own will do too.',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  wirewalk labs\n  wirewalk labs --json')
    .action(showLabs);
}

async function showLabs({ json = false }: { readonly json?: boolean }): Promise<void> {
  const labs = [];
  for (const name of builtInLabNames()) {
    const source = readBuiltInLab(name);
    const { title, description, topology } = await readSource(source);
    labs.push({
      name,
      title: title ?? '',
      description: description ?? '',
      file: source.file,
      nodes: topology.nodes.size,
    });
  }
  if (json) printJson(labs);
  else {
    const width = Math.max(...labs.map(({ name }) => name.length));
    print(labs.map(({ name, title }) => `${name.padEnd(width)}  ${title}`.trimEnd()).join('\n'));
  }
}
