// `wirewalk schema`: what a lab file may hold, for editors.

import type { Command } from 'commander';
import { printJson } from '../screen.js';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .summary('print the JSON Schema of lab files')
    .description(
      'Prints the JSON Schema of lab files. An editor that knows it completes keys and marks mistakes.',
    )
    .addHelpText('after', '\nExamples:\n  wirewalk schema > lab.schema.json')
    .action(async () => {
      const { labJsonSchema } = await import('../../lab/schema.js');
      printJson(labJsonSchema());
    });
}
