// `wirewalk URL`: opens a URL in a lab's browser and tells what happens until the page is there.

import type { Command } from 'commander';
import { nearest } from '../../lab/problem.js';
import type { Lab } from '../../lab/read-lab.js';
import { parseUrl, type Url } from '../../wire/url.js';
import { carryOut } from '../carry-out.js';
import { openLab } from '../open-lab.js';
import { labServing } from '../serving-lab.js';
import { UsageError } from '../usage-error.js';
import { addWalkOptions, tellRun, type WalkOptions } from '../walk-options.js';

interface UrlOptions extends WalkOptions {
  readonly lab?: string;
  readonly node?: string;
}

const HELP = `
Examples:
  wirewalk http://www.example.com/                 walk from the URL to the page
  wirewalk http://www.example.com/ --step 2c       one step in full
  wirewalk http://www.example.com/ --pcap out.pcapng    for Wireshark
  wirewalk http://www.example.com/ --lab three-routers  in another network

Exit codes: 0 the page came, 1 the network failed,
2 a mistake in the call or in a lab file.`;

/** Makes a walk what the program does with a URL and no command. */
export function addWalk(program: Command): void {
  program
    .argument('[url]', 'the URL to open, such as http://www.example.com/')
    .option(
      '--lab <lab>',
      'the network: a built-in lab or a file (default: the built-in lab that serves the host)',
    )
    .option('--node <name>', 'whose browser opens the URL (default: the one the lab’s script names)');
  addWalkOptions(program).addHelpText('after', HELP).action(walk);
}

async function walk(text: string | undefined, options: UrlOptions, program: Command): Promise<void> {
  if (text === undefined) program.help({ error: true });
  const url = readUrl(text, program);
  const lab = withBrowserAt(
    options.lab === undefined ? await labServing(url) : await openLab(options.lab),
    options.node,
    { ...url, text },
  );
  const run = await carryOut(lab, { ...options, url: text });
  process.exitCode = (await tellRun(run, options)) ? 0 : 1;
}

function readUrl(text: string, program: Command): Url {
  const commands = program.commands.map((command) => command.name());
  // A single word may be a host's name, but more likely somebody meant a command.
  const meant = /^[a-z-]+$/.test(text) ? nearest(text, commands) : undefined;
  if (meant !== undefined) throw new UsageError(`There is no command '${text}'. Did you mean '${meant}'?`);
  const url = parseUrl(text);
  if ('error' in url) throw new UsageError(`'${text}' can not be opened: ${url.error}.`);
  return url;
}

/** The lab with a script in which this node opens the URL first. */
function withBrowserAt(lab: Lab, node: string | undefined, browse: Url & { readonly text: string }): Lab {
  if (node === undefined) return lab;
  const hosts = [...lab.topology.nodes].filter(([, { kind }]) => kind !== 'switch').map(([name]) => name);
  if (!hosts.includes(node)) {
    const kind = lab.topology.nodes.get(node)?.kind;
    if (kind !== undefined) throw new UsageError(`${node} is a ${kind}: nobody can open a browser there.`);
    throw new UsageError(
      `There is no node '${node}' in ${lab.name}. Browsers can be opened on ${hosts.join(', ')}.`,
    );
  }
  const first = lab.script.findIndex((step) => 'browse' in step);
  const step = { at: lab.script[first]?.at, node, browse };
  return { ...lab, script: first < 0 ? [...lab.script, step] : lab.script.with(first, step) };
}
