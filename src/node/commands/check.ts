// `wirewalk check LAB…`: runs labs and compares what happened with what their checks demand.

import type { Command } from 'commander';
import type { CheckResult } from '../../lab/check-lab.js';
import type { Lab } from '../../lab/read-lab.js';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { print, printJson, wantsColor } from '../screen.js';
import { addSeedOption } from '../walk-options.js';

interface CheckOptions {
  readonly json?: boolean;
  readonly seed?: number;
}

const HELP = `
Examples:
  wirewalk check nat-http three-routers
  wirewalk check labs/*.yaml --json

Exit codes: 0 all checks hold, 1 at least one does not,
2 a mistake in the call or in a lab file.`;

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .summary('run labs and test what their checks demand')
    .description('Runs the script of each lab and tests everything that its checks demand.')
    .argument('<labs...>', 'built-in labs or files')
    .option('--json', 'as JSON');
  addSeedOption(command).addHelpText('after', HELP).action(check);
}

interface Report {
  readonly lab: Lab;
  readonly finished: boolean;
  readonly results: readonly CheckResult[];
}

async function check(given: readonly string[], options: CheckOptions): Promise<void> {
  // All files are read before the first one runs: a mistake in one of them is no news for later.
  const labs: Lab[] = [];
  for (const name of given) labs.push(await openLab(name));
  const reports: Report[] = [];
  for (const lab of labs) reports.push(await checkOne(lab, options));
  if (options.json) printJson(reports.map(reportAsJson));
  else print(reports.map(formatReport).join('\n\n'));
  process.exitCode = reports.every(isGood) ? 0 : 1;
}

async function checkOne(lab: Lab, options: CheckOptions): Promise<Report> {
  const [{ checkLab }, { explainWalk }] = await Promise.all([
    import('../../lab/check-lab.js'),
    import('../../view/explain/explain-walk.js'),
  ]);
  const run = await carryOut(lab, options);
  const results = checkLab(run, {
    sentences: (trace) =>
      explainWalk(trace, { phases: lab.phases }).phases.flatMap(({ steps }) =>
        steps.map(({ sentence }) => sentence),
      ),
  });
  return { lab, finished: run.finished, results };
}

function isGood({ finished, results }: Report): boolean {
  return finished && results.every(({ ok }) => ok);
}

function reportAsJson(report: Report) {
  const { lab, finished, results } = report;
  const checks = results.map(({ position, ...result }) => ({
    ...result,
    line: position.line,
    column: position.column,
  }));
  return { lab: lab.name, file: lab.file, ok: isGood(report), finished, checks };
}

function formatReport({ lab, finished, results }: Report): string {
  const color = wantsColor(process.stdout);
  const paint = (code: number, text: string): string => (color ? `\x1b[${code}m${text}\x1b[39m` : text);
  const good = results.filter(({ ok }) => ok).length;
  const lines = results.flatMap(({ ok, text, expected, found, position }) => {
    if (ok) return [`  ${paint(32, 'ok')}      ${text}: ${expected}`];
    return [
      `  ${paint(31, 'FAILED')}  ${text}`,
      `            expected  ${expected}`,
      `            found     ${found}`,
      `            ${lab.file}:${position.line}:${position.column}`,
    ];
  });
  if (!finished) lines.push(`  ${paint(31, 'FAILED')}  the run came to no end: it was stopped by a limit`);
  const count = results.length === 0 ? 'no checks' : `${good} of ${results.length} checks hold`;
  return [`${lab.name}: ${count}`, ...lines].join('\n');
}
