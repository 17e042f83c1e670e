#!/usr/bin/env node
// The command line: runs one command and turns what goes wrong into sentences on stderr and an exit code.

import { CommanderError } from 'commander';
import { harmless } from '../base/text.js';
import { buildProgram } from './program.js';
import { UsageError } from './usage-error.js';

/** 0: it worked. 1: the network or a check failed. 2: a mistake in the call or in a lab file. */
const BAD_USAGE = 2;
/** A mistake in this program, as BSD's sysexits.h has it. */
const OUR_MISTAKE = 70;

// Who reads us may stop at any time, as `head` does: then there is nothing left to say, and no reason to complain.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : BAD_USAGE;
  } else if (error instanceof UsageError) {
    // A message may quote a lab file, and that may hold anything.
    process.stderr.write(`wirewalk: ${harmless(error.message)}\n`);
    process.exitCode = BAD_USAGE;
  } else {
    process.stderr.write(`wirewalk: a mistake in wirewalk itself; please report it.\n${describe(error)}\n`);
    process.exitCode = OUR_MISTAKE;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
