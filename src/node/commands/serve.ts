// `wirewalk serve [LAB]`: the page in a browser, on loopback.

import path from 'node:path';
import type { Command } from 'commander';
import { builtInLabNames, findLab } from '../lab-source.js';
import { print } from '../screen.js';
import { UsageError } from '../usage-error.js';

interface ServeOptions {
  readonly port?: number;
}

const HELP = `
The page runs the lab in your browser; this program only hands out its files, to
this machine alone. Ctrl-C ends it.

Examples:
  wirewalk serve                  the page, with the built-in labs
  wirewalk serve three-routers    with this lab open
  wirewalk serve ./my-lab.yaml    with your own; reload the page after a change
  wirewalk serve --port 8080`;

export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('serve the page: everything above in a browser')
    .description('Serves the page on loopback and prints its address.')
    .argument('[lab]', 'the lab that is open at first: a built-in lab or a file')
    .option('--port <number>', 'the port; 0 for any that is free (default: 9797 or one behind it)', parsePort)
    .addHelpText('after', HELP)
    .action(serve);
}

async function serve(given: string | undefined, { port }: ServeOptions): Promise<void> {
  const { servePage } = await import('../page-server.js');
  const wanted = given === undefined ? undefined : findLab(given);
  const isOwn = wanted !== undefined && !builtInLabNames().includes(wanted.name);
  const name = wanted === undefined ? '' : isOwn ? path.basename(wanted.file) : wanted.name;
  const server = await servePage({
    ...(port === undefined ? {} : { port }),
    ...(isOwn ? { lab: { name, file: path.resolve(wanted.file) } } : {}),
  });
  const hash = wanted === undefined ? '' : `#${isOwn ? 'served' : 'lab'}=${encodeURIComponent(name)}`;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close());
  print(`wirewalk is at ${server.address}${hash}\nCtrl-C ends it.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new UsageError(`--port ${text}: give a number from 0 to 65535.`);
  return port;
}
