// The `run` steps of a lab's script, carried out by the console of the node.

import type { RunCommand } from '../run-lab.js';
import { startCommand } from './console.js';

/** Runs a line on a node's console; give it to `runLab`. It is ok when the command's exit code is 0. */
export const runCommand: RunCommand = (world, node, line, done) => {
  let output = '';
  startCommand(world, node, line, {
    write: (text) => {
      output += text;
    },
    done: (exitCode) => done({ output, ok: exitCode === 0 }),
  });
};
