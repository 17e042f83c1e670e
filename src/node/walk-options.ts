// How a walk is told, and the options for it: what `wirewalk URL` and `wirewalk run` share.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LabRun } from '../lab/run-lab.js';
import type { Step, Walk } from '../view/explain/step.js';
import { writeCapture } from './capture-file.js';
import { STDOUT, writePlot } from './plot-file.js';
import { addScreenOptions, print, printJson, type ScreenOptions, screenOf } from './screen.js';
import { UsageError } from './usage-error.js';

export interface WalkOptions extends ScreenOptions {
  readonly seed?: number;
  readonly brief?: boolean;
  readonly full?: boolean;
  readonly step?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly pcap?: string;
  readonly plot?: string;
  readonly connection?: string;
  readonly limit?: number;
}

export function addWalkOptions(command: Command): Command {
  command
    .addOption(new Option('--brief', 'one line per step').conflicts(['full', 'step']))
    .option('--full', 'all there is: whys, losing rows, every field of every frame')
    .option('--step <id>', 'one step in full, such as 2c, or one phase, such as 2')
    .addOption(new Option('--json', 'the walk as JSON').conflicts(['markdown', 'brief', 'full', 'step']))
    .addOption(new Option('--markdown', 'the walk as Markdown').conflicts(['brief', 'step']))
    .option('--limit <events>', 'tell more or fewer than 10000 events of a long run', parseLimit)
    .option('--pcap <file>', 'also write all frames to a file for Wireshark (pcapng)')
    .option('--plot <file>', 'also draw TCP over time (SVG); - in place of the walk to standard output')
    .option('--connection <text>', 'with --plot: only ends of connections that contain this, such as :80');
  return addScreenOptions(addSeedOption(command));
}

/** Adds `--seed`. */
export function addSeedOption(command: Command): Command {
  return command.option('--seed <number>', 'draw other random values (default: the lab’s seed)', parseSeed);
}

const LARGEST_SEED = 0xffffffff;

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= LARGEST_SEED) return seed;
  throw new InvalidArgumentError(`give a whole number from 0 to ${LARGEST_SEED}.`);
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give a whole number of events, at least 1.');
}

/** Prints the walk of a run as the options want it, and writes the capture. Returns whether all went well. */
export async function tellRun(run: LabRun, options: WalkOptions): Promise<boolean> {
  const [{ explainWalk }, { renderWalk }, { walkToJson }, { walkToMarkdown }] = await Promise.all([
    import('../view/explain/explain-walk.js'),
    import('../view/text.js'),
    import('../view/json.js'),
    import('../view/markdown.js'),
  ]);
  if (options.pcap === '-') {
    throw new UsageError(
      '--pcap - would mix the capture with the walk; use wirewalk capture LAB -w - instead.',
    );
  }
  if (options.connection !== undefined && options.plot === undefined)
    throw new UsageError('--connection chooses what --plot draws; it means nothing without it.');
  const trace = run.trace();
  const { limit } = options;
  const walk = explainWalk(trace, { phases: run.lab.phases, ...(limit === undefined ? {} : { limit }) });
  if (options.step !== undefined) checkStep(walk, options.step);
  if (options.pcap !== undefined) await writeCapture(options.pcap, trace, walk);
  if (options.plot !== undefined) await writePlot(options.plot, trace, options.connection);
  if (options.plot === STDOUT) return walk.ok && run.finished;
  if (options.json) printJson(walkToJson(walk, trace));
  else if (options.markdown) print(walkToMarkdown(walk, trace));
  else {
    const detail = options.full ? 'full' : options.brief ? 'brief' : 'normal';
    const step = options.step === undefined ? {} : { step: options.step };
    print(renderWalk(walk, trace, { ...screenOf(options), detail, ...step }));
  }
  return walk.ok && run.finished;
}

/** A step such as `2c`, or a whole phase such as `2`. @throws UsageError when there is none */
function checkStep(walk: Walk, wanted: string): void {
  if (!walk.phases.some(({ number }) => String(number) === wanted)) findStep(walk, wanted);
}

/** The step with an id such as `2c`. @throws UsageError when there is none */
export function findStep(walk: Walk, id: string): Step {
  const steps = walk.phases.flatMap((phase) => phase.steps);
  const found = steps.find((step) => step.id === id.toLowerCase());
  if (found !== undefined) return found;
  const phases = walk.phases.filter((phase) => phase.steps.length > 0);
  const ranges = phases.map(({ steps: ofPhase }) => `${ofPhase[0].id} to ${ofPhase[ofPhase.length - 1].id}`);
  throw new UsageError(
    `There is no step '${id}'. ${ranges.length === 0 ? 'This walk has no steps.' : `The steps are ${ranges.join(', ')}.`}`,
  );
}
