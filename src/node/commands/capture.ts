// `wirewalk capture LAB -w FILE`: runs a lab and writes what passes its interfaces as a file for Wireshark. With --live,
// what passes those of a lab that runs already.

import { type Command, Option } from 'commander';
import { suggest } from '../../lab/problem.js';
import type { WorldDescription } from '../../trace/events.js';
import { writeCapture } from '../capture-file.js';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface CaptureOptions {
  readonly live?: boolean;
  readonly count?: number;
  readonly comments: boolean;
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
  wirewalk capture nat-http -i pc:eth0 -w - | tshark -N n -r -
  wirewalk capture --live -w - | wireshark -k -i -       of the lab that runs
  wirewalk capture --live -i pc:eth0 -c 100 -w pc.pcapng`;

export function addCapture(program: Command): void {
  const command = program
    .command('capture')
    .summary('run a lab and write its frames for Wireshark (pcapng)')
    .description('Runs the script of a lab and writes all frames to a file that Wireshark opens (pcapng).')
    .argument('[lab]', 'a built-in lab or a file; with --live a lab that runs')
    .requiredOption('-w, --write <file>', 'the file; - is standard output')
    .addOption(
      new Option(
        '-i, --interface <node:port>',
        'only this interface; may be given several times (default: all)',
      )
        .argParser((name: string, before: readonly string[]) => [...before, name])
        .default([], 'all'),
    )
    .option('--fcs', 'with the frame check sequence of every frame')
    .option('--live', 'capture from a lab that runs (wirewalk up), until Ctrl-C')
    .addOption(new Option('-c, --count <frames>', 'with --live: end after so many').argParser(parseCount))
    .option('--no-comments', 'with --live: without the sentences of the walk, and so a little sooner');
  addSeedOption(command).addHelpText('after', HELP).action(capture);
}

async function capture(given: string | undefined, options: CaptureOptions): Promise<void> {
  if (options.write === '-' && process.stdout.isTTY) {
    throw new UsageError(
      'A capture is no text for a terminal. Name a file behind -w, or pass it on: wirewalk capture … -w - | tshark -r -',
    );
  }
  if (options.live) return captureLive(given, options);
  if (given === undefined)
    throw new UsageError(
      'Name a lab, as in wirewalk capture nat-http -w FILE, or capture from one that runs with --live.',
    );
  const lab = await openLab(given);
  const trace = (await carryOut(lab, options)).trace();
  checkInterfaces(trace.world, options.interface);
  const { explainWalk } = await import('../../view/explain/explain-walk.js');
  await writeCapture(options.write, trace, explainWalk(trace, { phases: lab.phases }), {
    ...(options.interface.length === 0 ? {} : { interfaces: options.interface }),
    fcs: options.fcs ?? false,
  });
}

async function captureLive(wanted: string | undefined, options: CaptureOptions): Promise<void> {
  if (options.fcs)
    throw new UsageError('--fcs is for labs that are run for the capture: leave it out with --live.');
  const [{ findRunning }, { captureLab }, { openSink }] = await Promise.all([
    import('../live/control-client.js'),
    import('../live/capture-lab.js'),
    import('../live/capture-sink.js'),
  ]);
  const lab = await findRunning(wanted);
  checkInterfaces(lab.greeting.world, options.interface);
  const sink = await openSink(options.write);
  const { comments, count } = options;
  const { ended, close } = captureLab(lab, sink, {
    comments,
    ...(options.interface.length === 0 ? {} : { interfaces: options.interface }),
    ...(count === undefined ? {} : { count }),
  });
  sink.onGone(close);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
  process.stderr.write(`Capturing from ${lab.greeting.lab}. Ctrl-C ends it.\n`);
  const result = await ended;
  await sink.end();
  const lost = result.lost === 0 ? '' : `; ${result.lost} came too fast and are not there`;
  const bare =
    result.unexplained === 0 ? '' : `; ${result.unexplained} events came too fast for their sentences`;
  process.stderr.write(`${result.count} frames${lost}${bare}.\n`);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--count ${text}: give a whole number of frames, at least 1.`);
}

function checkInterfaces(world: WorldDescription, names: readonly string[]): void {
  const known = world.interfaces.map(({ node, name }) => `${world.nodes[node].name}:${name}`);
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError(`There is no interface '${name}'; ${suggest(name, known)}`);
  }
}
