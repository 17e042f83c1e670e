// Finds running labs and talks to one of them.

import { connect, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { UsageError } from '../usage-error.js';
import { labSockets } from './control-folder.js';
import type { Executed, Greeting, Inspected, Question, Wish } from './control-messages.js';
import { MessageReader, type RecordListener } from './feed-records.js';
import { readGreeting, readMessages, writeMessage } from './json-lines.js';

/** How long a lab may take to greet, in ms: one that is busy is slow. */
const PATIENCE = 5_000;

/** A lab that runs in another process. */
export interface RunningLab {
  readonly path: string;
  readonly greeting: Greeting;
}

/** All labs that run on this machine for this user, in the order of their names. */
export async function runningLabs(): Promise<RunningLab[]> {
  const labs = await Promise.all(
    labSockets().map(async ({ path }) => {
      const greeting = await greetingFrom(path);
      return greeting === undefined ? [] : [{ path, greeting }];
    }),
  );
  return labs.flat();
}

/**
 * The running lab that is meant.
 * @param wanted its name or its process; the only one that runs unless given
 * @throws UsageError when there is none, or more than one
 */
export async function findRunning(wanted?: string): Promise<RunningLab> {
  const all = await runningLabs();
  const lines = all.map(({ greeting: { lab, pid } }) => `${lab} (process ${pid})`).join(', ');
  const fitting = all.filter(
    ({ greeting: { lab, pid } }) => wanted === undefined || lab === wanted || String(pid) === wanted,
  );
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return found;
  if (all.length === 0)
    throw new UsageError('No lab is running. `wirewalk up LAB` in another terminal starts one.');
  if (found === undefined) throw new UsageError(`No lab '${wanted}' is running. There is ${lines}.`);
  throw new UsageError(`More than one lab is running: ${lines}. Say which, by its name or its process.`);
}

/** What happens in a lab from now on, as far as it is wished. Ends when the lab does, or when `close` is called. */
export function watchLab(
  { path }: RunningLab,
  wish: Wish,
  listener: RecordListener,
): { readonly ended: Promise<void>; close(): void } {
  const socket = connect({ path });
  socket.on('error', () => {});
  const reader = new MessageReader(listener);
  readGreeting(
    socket,
    () => writeMessage(socket, { ask: 'watch', ...wish }),
    (piece) => {
      if (!reader.push(piece)) socket.destroy();
    },
  );
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return { ended, close: () => socket.destroy() };
}

/** All tables of a lab as they stand. @throws UsageError when the lab ends meanwhile */
export async function inspectLab({ path }: RunningLab): Promise<Inspected> {
  return new Promise((resolve, reject) => {
    const socket = ask(path, { ask: 'inspect' }, (message) => resolve(message as unknown as Inspected));
    socket.on('close', () => reject(new UsageError('The lab has ended.')));
  });
}

/**
 * Types a line at a node's console; the result is its exit code. As long as `out` takes no more, the command waits.
 * @throws UsageError when the lab ends meanwhile
 */
export async function execInLab(
  { path }: RunningLab,
  node: string,
  line: string,
  out: Writable,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = ask(path, { ask: 'exec', node, line }, (message) => {
      const { write: text, done } = message as Executed;
      if (typeof text === 'string' && !out.write(text) && !socket.isPaused()) {
        socket.pause();
        out.once('drain', () => socket.resume());
      }
      if (typeof done === 'number') resolve(done);
    });
    socket.on('close', () => reject(new UsageError('The lab has ended.')));
  });
}

/** Asks; every line behind the greeting is a part of the answer. */
function ask(
  path: string,
  question: Question,
  onMessage: (message: Readonly<Record<string, unknown>>) => void,
): Socket {
  const socket = connect({ path });
  let greeted = false;
  socket.on('error', () => {});
  readMessages(socket, (message) => {
    if (greeted) onMessage(message);
    else {
      greeted = true;
      writeMessage(socket, question);
    }
  });
  return socket;
}

/** undefined when nobody answers. */
function greetingFrom(path: string): Promise<Greeting | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    socket.on('error', () => {});
    readMessages(socket, (message) => {
      if ('world' in message) resolve(message as unknown as Greeting);
      socket.destroy();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
