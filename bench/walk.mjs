// The full walk of one URL as a user runs it: from process start to exit, in ms.

import { spawnSync } from 'node:child_process';
import { main } from '../scripts/prepare.mjs';
import { median, printCase, readOptions, secondsFor } from './case.mjs';

const options = readOptions({ runs: 11, url: 'http://www.example.com/' });

/** @param {readonly string[]} args */
function milliseconds(args) {
  /** @type {import('node:child_process').SpawnSyncReturns<string> | undefined} */
  let run;
  const seconds = secondsFor(() => {
    run = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  });
  if (run?.status !== 0) throw new Error(`${args.join(' ')} ended with ${run?.status}: ${run?.stderr}`);
  return { took: seconds * 1000, printed: run.stdout.length };
}

const command = [main, options.url];
milliseconds(command); // the first run finds the files on disk
/** @type {number[]} */
const walks = [];
/** @type {number[]} */
const bare = [];
let printed = 0;
for (let i = 0; i < options.runs; i++) {
  const walk = milliseconds(command);
  walks.push(walk.took);
  printed = walk.printed;
  bare.push(milliseconds(['-e', '0']).took);
}
if (printed === 0) throw new Error('the walk printed nothing');
printCase({
  case: 'walk',
  runs: options.runs,
  printed,
  ms: Math.round(median(walks)),
  ms_least: Math.round(Math.min(...walks)),
  ms_most: Math.round(Math.max(...walks)),
  /** Node.js alone. */
  ms_node: Math.round(median(bare)),
});
