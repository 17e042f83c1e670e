// `wirewalk capture LAB -w FILE`: runs a lab and writes what passes its interfaces as a file for Wireshark.

import { type Command, Option } from 'commander';
import { suggest } from '../../lab/problem.js';
import type { WorldDescription } from '../../trace/events.js';
import { writeCapture } from '../capture-file.js';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface CaptureOptions {
  readonly write: string;
  readonly interface: readonly string[];
  readonly fcs?: boolean;
  readonly seed?: number;
}

const HELP = `
Every frame stands in the file once per interface it passes, with the sentences
of the walk as comments.

Examples:
  wirewalk capture nat-http -w nat-http.pcapng
  wirewalk capture nat-http -i pc:eth0 -w pc.pcapng
  wirewalk capture nat-http -i router:lan -i router:wan -w both-sides.pcapng
  wirewalk capture nat-http -i pc:eth0 -w - | tshark -N n -r -`;

export function addCapture(program: Command): void {
  const command = program
    .command('capture')
    .summary('run a lab and write its frames for Wireshark (pcapng)')
    .description('Runs the script of a lab and writes all frames to a file that Wireshark opens (pcapng).')
    .argument('<lab>', 'a built-in lab or a file')
    .requiredOption('-w, --write <file>', 'the file; - is standard output')
    .addOption(
      new Option(
        '-i, --interface <node:port>',
        'only this interface; may be given several times (default: all)',
      )
        .argParser((name: string, before: readonly string[]) => [...before, name])
        .default([], 'all'),
    )
    .option('--fcs', 'with the frame check sequence of every frame');
  addSeedOption(command).addHelpText('after', HELP).action(capture);
}

async function capture(given: string, options: CaptureOptions): Promise<void> {
  if (options.write === '-' && process.stdout.isTTY) {
    throw new UsageError(
      'A capture is no text for a terminal. Name a file behind -w, or pass it on: wirewalk capture … -w - | tshark -r -',
    );
  }
  const lab = await openLab(given);
  const trace = (await carryOut(lab, options)).trace();
  checkInterfaces(trace.world, options.interface);
  const { explainWalk } = await import('../../view/explain/explain-walk.js');
  await writeCapture(options.write, trace, explainWalk(trace, { phases: lab.phases }), {
    ...(options.interface.length === 0 ? {} : { interfaces: options.interface }),
    fcs: options.fcs ?? false,
  });
}

function checkInterfaces(world: WorldDescription, names: readonly string[]): void {
  const known = world.interfaces.map(({ node, name }) => `${world.nodes[node].name}:${name}`);
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError(`There is no interface '${name}'; ${suggest(name, known)}`);
  }
}
