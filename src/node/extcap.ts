#!/usr/bin/env node
// A program for Wireshark's extcap folder: Wireshark calls it to list the interfaces of running labs, and to capture from
// them. Called by a person it says how to install it.
// Reading list: Wireshark's extcap(4), doc/extcap_example.py.

import { fileURLToPath } from 'node:url';
import { harmless } from '../base/text.js';
import { interfaceName } from '../view/interface-name.js';
import { captureLab } from './live/capture-lab.js';
import { openSink } from './live/capture-sink.js';
import { type RunningLab, runningLabs } from './live/control-client.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

/** Ethernet among the link types. */
const ETHERNET = '{number=1}{name=EN10MB}{display=Ethernet}';

/** An interface as Wireshark lists it: one port of a lab, or all of them. */
interface Listed {
  /** The name by which Wireshark calls for it: letters, digits, dots and dashes. */
  readonly value: string;
  readonly display: string;
  readonly lab: RunningLab;
  /** `node:port`; absent for all. */
  readonly port?: string;
}

const INSTALLATION = `This program is for Wireshark, which calls it from its extcap folder to list the interfaces of
labs that run (wirewalk up). Put a link to it there:

  ln -s ${fileURLToPath(import.meta.url)} FOLDER/wirewalk

FOLDER is what Wireshark shows under Help, About, Folders as its extcap path (tshark -G folders), such as
~/.local/lib/wireshark/extcap or, for all users, /usr/lib/x86_64-linux-gnu/wireshark/extcap.
`;

try {
  await answer(process.argv.slice(2));
} catch (error) {
  // Wireshark shows what an extcap program says on stderr.
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`wirewalk: ${harmless(error.message)}\n`);
  process.exitCode = 1;
}

async function answer(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const wanted = options.get('extcap-interface');
  if (options.has('extcap-interfaces')) return list();
  if (options.has('extcap-dlts')) return say(`dlt ${ETHERNET}`);
  if (options.has('extcap-config')) {
    return say(
      'arg {number=0}{call=--comments}{display=Sentences of the walk as packet comments}' +
        '{tooltip=Frames come a moment later with them}{type=boolean}{default=true}',
    );
  }
  if (options.has('capture') && wanted !== undefined) {
    const fifo = options.get('fifo');
    if (fifo === undefined || fifo === '') throw new UsageError('--capture needs --fifo.');
    return capture(wanted, fifo, options.get('comments') !== 'false');
  }
  process.stdout.write(INSTALLATION);
}

async function list(): Promise<void> {
  say(`extcap {version=${version()}}{help=https://www.wireshark.org/docs/man-pages/extcap.html}`);
  for (const { value, display } of await listed()) say(`interface {value=${value}}{display=${display}}`);
}

/** Every running lab as a whole, and each of its interfaces with a cable. */
async function listed(): Promise<Listed[]> {
  const names = new Set<string>();
  const nameOf = (...parts: readonly string[]): string => {
    const plain = ['wirewalk', ...parts].join('-').replace(/[^\w.-]/g, '_');
    let name = plain;
    for (let twin = 2; names.has(name); twin++) name = `${plain}-${twin}`;
    names.add(name);
    return name;
  };
  return (await runningLabs()).flatMap((lab) => {
    const { lab: title, world } = lab.greeting;
    const shown = sentence(title);
    const plugged = new Set(world.links.flatMap(({ ends }) => ends));
    const ports = world.interfaces.flatMap((_, id): Listed[] => {
      if (!plugged.has(id)) return [];
      const port = interfaceName(world, id);
      return [
        {
          value: nameOf(title, port.replace(':', '-')),
          display: `wirewalk ${shown}: ${sentence(port)}`,
          lab,
          port,
        },
      ];
    });
    return [{ value: nameOf(title), display: `wirewalk ${shown}: all interfaces`, lab }, ...ports];
  });
}

async function capture(wanted: string, fifo: string, comments: boolean): Promise<void> {
  const found = (await listed()).find(({ value }) => value === wanted);
  if (found === undefined) throw new UsageError(`No running lab has the interface ${wanted}.`);
  const { lab, port } = found;
  const sink = await openSink(fifo);
  const { ended, close } = captureLab(lab, sink, {
    comments,
    ...(port === undefined ? {} : { interfaces: [port] }),
  });
  sink.onGone(close);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, close);
  await ended;
  await sink.end();
}

/** `--name value`, `--name=value` and `--name` alone; what is not known is left alone. */
function readOptions(args: readonly string[]): Map<string, string> {
  const options = new Map<string, string>();
  let name: string | undefined;
  for (const arg of args) {
    const [, long, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (long !== undefined) {
      options.set(long, value ?? '');
      name = value === undefined ? long : undefined;
    } else if (name !== undefined) {
      options.set(name, arg);
      name = undefined;
    }
  }
  return options;
}

/** Without what the language of extcap's answers is made of. */
function sentence(text: string): string {
  return harmless(text).replace(/[{}\n\r]/g, ' ');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
