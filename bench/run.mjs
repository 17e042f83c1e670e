// `npm run bench`: every case beside its peer, mostly a program of ns-3, in alternation, each run in a process of its own.
//
// Machines differ and are shared, so the ratio of two runs in the same round counts, and of all rounds the median. Equal
// work is checked, not assumed: other counts on one side end the bench with exit code 1. A missed goal does not.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, install, main, progress, root } from '../scripts/prepare.mjs';
import { median } from './case.mjs';
import { CASES } from './cases.mjs';
import { prepareNs3 } from './ns3.mjs';

/** @typedef {import('./cases.mjs').Case} Case */
/** @typedef {import('./cases.mjs').Figures} Figures */
/** @typedef {import('./cases.mjs').Goal} Goal */
/** @typedef {{ name: string, what: string, ours: number, peer: number | undefined, ratio: number | undefined, ratios: number[], goal: Goal | undefined, met: boolean | undefined, unit: string }} Row */

const names = new Set(CASES.map(({ name, extra }) => (extra ? `(${name})` : name)));
const USAGE = `npm run bench -- [CASE…] [--rounds N] [--quick] [--json]

Cases: ${[...names].join(', ')}; those in brackets only when named.
  --rounds N   how often each pair is run (default 3); the median ratio is shown
  --quick      one round of a fraction of the work: a smoke test without a verdict
  --json       machine-readable
  --no-build   measure what lies in dist/ as it is`;

const { values, positionals } = readCommandLine();
const { quick, json } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 3));
const unknown = positionals.filter((name) => !CASES.some((one) => one.name === name));
if (values.help || unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  if (unknown.length > 0) console.error(`there is no case ${unknown.join(', ')}\n`);
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

if (!install() || !(values['no-build'] || build())) process.exit(1);
const chosen = CASES.filter(({ name, extra }) =>
  positionals.length > 0 ? positionals.includes(name) : extra !== true,
);
/** @type {{ folder?: string, missing?: string }} */
const peer = chosen.some((one) => one.peer !== undefined && !isOurs(one.peer)) ? prepareNs3() : {};
if (peer.missing !== undefined) progress(`NO PEER: ${peer.missing}`);

/** @type {string[]} */
const notes = peer.missing === undefined ? [] : [`NO PEER, no ratios: ${peer.missing}`];
/** @type {string[]} */
const unequal = [];
/** @type {string[]} */
const failed = [];
/** @type {Row[]} */
const rows = [];
for (const one of chosen) {
  const missing = await one.missing?.();
  if (missing !== undefined) {
    notes.push(`SKIPPED ${one.name}: ${missing}`);
    continue;
  }
  if (one.ours.some(({ program }) => program === 'walk.mjs') && !existsSync(main)) {
    notes.push(`SKIPPED ${one.name}: ${path.relative(root, main)} does not exist`);
    continue;
  }
  try {
    measure(one);
  } catch (error) {
    failed.push(`${one.name}: ${error instanceof Error ? error.message : error}`);
  }
}

if (json) printJson();
else printTable();
if (unequal.length > 0 || failed.length > 0) process.exitCode = 1;

function readCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Runs a case and its peer in alternation and adds its rows. @param {Case} one */
function measure(one) {
  const small = quick ? (one.quick ?? []) : [];
  /** @type {Figures[][]} */
  const ours = one.ours.map(() => []);
  /** @type {Figures[]} */
  const theirs = [];
  const withPeer = one.peer !== undefined && (peer.folder !== undefined || isOurs(one.peer));
  for (let round = 1; round <= rounds; round++) {
    one.ours.forEach((variant, index) => {
      progress(`${variant.name}, round ${round} of ${rounds} …`);
      const args = [path.join(root, 'bench', variant.program), ...variant.args, ...small];
      ours[index].push(runProgram(process.execPath, args));
      // A B A B …: the peer comes right after the first variant of each round.
      if (index === 0 && withPeer) theirs.push(runPeer(one, small));
    });
  }
  if (withPeer && one.confirm) {
    progress(`${one.name}: the peer's count …`);
    theirs.push({ ...runPeer(one, [...small, ...one.confirm]), confirmed: 1 });
  }
  for (const figures of ours.flat()) {
    for (const complaint of one.complaints(figures, theirs)) {
      if (!unequal.includes(complaint)) unequal.push(complaint);
    }
  }
  const timed = theirs.filter((figures) => figures.confirmed === undefined);
  one.ours.forEach((variant, index) => {
    for (const figure of one.figures) {
      const own = ours[index].map((figures) => Number(figures[figure.ours]));
      const key = figure.peer;
      const other = key === undefined ? [] : timed.map((figures) => Number(figures[key]));
      const ratios = other.map((value, round) => own[round] / value);
      const ratio = ratios.length > 0 ? median(ratios) : undefined;
      const goal = figure.goal ?? variant.goal;
      const value = goal?.of === 'ratio' ? ratio : median(own);
      rows.push({
        name: variant.name,
        what: figure.what,
        unit: figure.unit,
        ours: median(own),
        peer: other.length > 0 ? median(other) : undefined,
        ratio,
        ratios,
        goal,
        met: quick || goal === undefined || value === undefined ? undefined : isMet(goal, value),
      });
    }
  });
}

/** Is the peer one of the programs of this folder, and none of ns-3? @param {NonNullable<Case['peer']>} peer */
function isOurs({ program }) {
  return program.endsWith('.mjs');
}

/** @param {Case} one @param {readonly string[]} more */
function runPeer(one, more) {
  const { program, args } = /** @type {NonNullable<Case['peer']>} */ (one.peer);
  if (program.endsWith('.mjs'))
    return runProgram(process.execPath, [path.join(root, 'bench', program), ...args, ...more]);
  return runProgram(path.join(/** @type {string} */ (peer.folder), program), [...args, ...more]);
}

/** Runs a program that prints one JSON line. @param {string} program @param {readonly string[]} args @returns {Figures} */
function runProgram(program, args) {
  const run = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const line = run.stdout?.trim().split('\n').at(-1) ?? '';
  if (run.status === 0 && line.startsWith('{')) return JSON.parse(line);
  const said = /^\w*Error\b.*/m.exec(run.stderr ?? '')?.[0] ?? run.stderr?.trim();
  const why = run.error?.message ?? `exit code ${run.status ?? run.signal}, ${said}`;
  throw new Error(`${[path.basename(program), ...args.map((arg) => path.basename(arg))].join(' ')}: ${why}`);
}

/** @param {Goal} goal @param {number} value */
function isMet(goal, value) {
  return goal.atLeast === undefined ? value <= /** @type {number} */ (goal.atMost) : value >= goal.atLeast;
}

function printJson() {
  const [cpu] = cpus();
  const machine = { cpu: cpu?.model, cores: cpus().length, node: process.version, quick, rounds };
  console.log(JSON.stringify({ machine, rows, notes, unequal, failed }, null, 2));
}

function printTable() {
  const head = ['case', 'figure', 'wirewalk', 'peer', 'ratio', 'of the rounds', 'wanted', ''];
  const lines = rows.map((row) => [
    row.name,
    row.what,
    show(row.ours, row.unit),
    row.peer === undefined ? '–' : show(row.peer, row.unit),
    row.ratio === undefined ? '–' : `${short(row.ratio)}×`,
    row.ratios.length < 2 ? '' : `${short(Math.min(...row.ratios))}–${short(Math.max(...row.ratios))}`,
    row.goal === undefined ? '' : showGoal(row),
    row.met === undefined ? '' : row.met ? 'ok' : 'MISS',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column].length)),
  );
  const left = new Set([0, 1, 7]);
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, column) =>
      left.has(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(cells.join('  ').trimEnd());
  }
  const [cpu] = cpus();
  console.log(
    `\n${quick ? 'QUICK, so no verdict: a fraction of the work, ' : ''}median of ${rounds} round(s); ${cpu?.model}, Node.js ${process.version}`,
  );
  for (const note of notes) console.log(`\n${note}`);
  for (const failure of failed) console.log(`\nFAILED ${failure}`);
  for (const complaint of unequal) console.log(`\nUNEQUAL WORK, no comparison: ${complaint}`);
}

/** @param {Row} row */
function showGoal({ goal, unit }) {
  const bound = goal?.atLeast ?? goal?.atMost ?? 0;
  const sign = goal?.atLeast === undefined ? '≤' : '≥';
  return `${sign} ${goal?.of === 'ratio' ? `${bound}×` : show(bound, unit)}`;
}

/** @param {number} value @param {string} unit */
function show(value, unit) {
  if (unit === 's' || unit === 'ms' || unit === 'µs' || unit === 'MB') return `${short(value)} ${unit}`;
  const [scaled, prefix] =
    value >= 1e6 ? [value / 1e6, 'M'] : value >= 1e3 ? [value / 1e3, 'k'] : [value, ''];
  return `${short(scaled)} ${prefix}${unit}`;
}

/** Three digits. @param {number} value */
function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
