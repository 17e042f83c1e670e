// `wirewalk run LAB`: carries out a lab's script and tells the walk.

import type { Command } from 'commander';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { addWalkOptions, tellRun, type WalkOptions } from '../walk-options.js';

const HELP = `
Examples:
  wirewalk run three-routers
  wirewalk run ./my-lab.yaml --brief
  wirewalk run nat-http --json > walk.json
  wirewalk run tcp-loss --plot tcp-loss.svg

Exit codes: 0 all went well, 1 the network failed,
2 a mistake in the call or in the lab file.`;

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run the script of a lab and tell the walk')
    .description('Carries out what the script of a lab says and tells everything that happens.')
    .argument('<lab>', 'a built-in lab or a file');
  addWalkOptions(command).addHelpText('after', HELP).action(run);
}

async function run(given: string, options: WalkOptions): Promise<void> {
  const lab = await openLab(given);
  const result = await carryOut(lab, options);
  process.exitCode = (await tellRun(result, options)) ? 0 : 1;
}
