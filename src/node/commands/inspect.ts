// `wirewalk inspect LAB`: every table of every node, at the end or at any point of the run; with --live, as they stand now
// in a lab that runs.

import type { Command } from 'commander';
import { formatDuration } from '../../base/time.js';
import { suggest } from '../../lab/problem.js';
import type { NodeTables } from '../../view/tables.js';
import { carryOut } from '../carry-out.js';
import { MOMENTS, momentOf } from '../moment.js';
import { openLab } from '../open-lab.js';
import { print, printJson, screenOf } from '../screen.js';
import { UsageError } from '../usage-error.js';
import { addSeedOption } from '../walk-options.js';

interface InspectOptions {
  readonly live?: boolean;
  readonly at: string;
  readonly json?: boolean;
  readonly seed?: number;
}

const HELP = `
Examples:
  wirewalk inspect nat-http             all tables at the end
  wirewalk inspect nat-http pc          those of one node
  wirewalk inspect nat-http --at 2c     as step 2c of the walk leaves them
  wirewalk inspect nat-http router --at 3ms --json
  wirewalk inspect --live router        as they stand in the lab that runs`;

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .summary('show the tables of a lab’s nodes at any step')
    .description(
      'Runs the script of a lab and shows the tables of its nodes as they stand at a step or a time.',
    )
    .argument('[lab]', 'a built-in lab or a file; with --live a lab that runs')
    .argument('[node]', 'only this node')
    .option('--at <when>', MOMENTS, 'end')
    .option('--live', 'the tables of a lab that runs (wirewalk up), as they stand now')
    .option('--json', 'as JSON');
  addSeedOption(command).addHelpText('after', HELP).action(inspect);
}

async function inspect(
  given: string | undefined,
  node: string | undefined,
  options: InspectOptions,
): Promise<void> {
  if (options.live) return inspectLive(given, node, options);
  if (given === undefined)
    throw new UsageError(
      'Name a lab, as in wirewalk inspect nat-http, or look at one that runs with --live.',
    );
  const lab = await openLab(given);
  const names = [...lab.topology.nodes.keys()];
  if (node !== undefined && !names.includes(node)) {
    throw new UsageError(`There is no node '${node}' in ${lab.name}; ${suggest(node, names)}`);
  }
  const trace = (await carryOut(lab, options)).trace();
  const moment = await momentOf(options.at, lab, trace);
  const { tablesAt } = await import('../../view/tables.js');
  const all = tablesAt(trace, moment.seq).filter(({ name }) => node === undefined || name === node);
  if (options.json) printJson({ lab: lab.name, at: moment.title, nodes: all.map(nodeAsJson) });
  else print(await formatNodes(`${lab.name}, ${moment.title}`, all));
}

async function inspectLive(
  given: string | undefined,
  node: string | undefined,
  { at, json }: InspectOptions,
): Promise<void> {
  if (at !== 'end')
    throw new UsageError('A lab that runs has no past to look at: --at and --live exclude each other.');
  const { findRunning, inspectLab, runningLabs } = await import('../live/control-client.js');
  // A single word is the lab, or else a node of the one that runs.
  const isLab = (await runningLabs()).some(
    ({ greeting: { lab, pid } }) => given === lab || given === String(pid),
  );
  const lab = await findRunning(isLab || node !== undefined ? given : undefined);
  const wanted = isLab ? node : (node ?? given);
  const names = lab.greeting.world.nodes.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted))
    throw new UsageError(`There is no node '${wanted}' in ${lab.greeting.lab}; ${suggest(wanted, names)}`);
  const { now, tables } = await inspectLab(lab);
  const all = tables.filter(({ name }) => wanted === undefined || name === wanted);
  const title = `${formatDuration(now)} after it began`;
  if (json) printJson({ lab: lab.greeting.lab, at: title, nodes: all.map(nodeAsJson) });
  else print(await formatNodes(`${lab.greeting.lab}, ${title}`, all));
}

/** Rows as they are, with the names that checks use. */
function nodeAsJson({ name, tables }: NodeTables) {
  const shown = tables.map(({ table, interface: port, rows }) => {
    return { table, ...(port === undefined ? {} : { interface: port }), rows: rows.map(({ row }) => row) };
  });
  return { node: name, tables: shown };
}

async function formatNodes(title: string, nodes: readonly NodeTables[]): Promise<string> {
  const [{ formatTable, TABLE_TITLES }, { wrapText }, { describeRow, shownRow }] = await Promise.all([
    import('../../view/tables.js'),
    import('../../view/wrap.js'),
    import('../../view/rows.js'),
  ]);
  const { width } = screenOf({});
  const blocks = nodes.map(({ name, tables }) => {
    const lines = tables.flatMap(({ table, interface: port, rows }) => {
      const heading = `  ${TABLE_TITLES[table]}${port === undefined ? '' : ` of ${port}`}`;
      if (rows.length === 0) return [`${heading}: empty`];
      const columns = formatTable(rows.map(({ row }) => shownRow(table, row))).map((line) => `    ${line}`);
      // A table that is wider than the screen is told row by row.
      if (columns.every((line) => line.length <= width)) return [heading, ...columns];
      return [
        heading,
        ...rows.flatMap(({ row }) => wrapText(describeRow(table, row), width, '    ', '      ')),
      ];
    });
    return [name, ...(lines.length === 0 ? ['  no table has ever held a row'] : lines)].join('\n');
  });
  return [wrapText(title, width).join('\n'), ...blocks].join('\n\n');
}
