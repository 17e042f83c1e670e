// The control socket of a running lab: who may open it can look at the lab, and type at its consoles.

import { createServer, type Server, type Socket } from 'node:net';
import { startCommand } from '../../lab/console/console.js';
import type { Lab } from '../../lab/read-lab.js';
import type { World } from '../../net/world.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';
import { socketPath } from './control-folder.js';
import type { Greeting, Watched } from './control-messages.js';
import { Feed } from './feed.js';
import { readMessages, writeMessage } from './json-lines.js';
import { listen } from './stream-port.js';

/** A lab that runs, as the control socket needs it. */
export interface ControlledLab {
  readonly lab: Lab;
  readonly world: World;
  /** Names of the nodes that are outside of it. */
  readonly attached: readonly string[];
  /** Lets something happen in the world, at the moment of real time. */
  inject(act: () => void): void;
}

export interface ControlServer {
  readonly path: string;
  close(): Promise<void>;
}

/** Questions are short. Bytes. */
const LONGEST_QUESTION = 1 << 16;
/** What may wait for a watcher that does not read. Bytes. */
const MOST_WAITING = 8 << 20;

/** Opens the socket by which `watch`, `inspect --live`, `capture --live` and Wireshark find the lab. */
export async function serveControl(lab: ControlledLab): Promise<ControlServer> {
  const path = socketPath(lab.lab.name);
  const feed = new Feed(lab.world);
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    writeMessage(socket, greetingOf(lab));
    let asked = false;
    readMessages(
      socket,
      (message) => {
        if (asked) return;
        asked = true;
        answer(socket, lab, feed, message);
      },
      LONGEST_QUESTION,
    );
  });
  const problem = await listen(server, { path });
  if (problem !== undefined)
    throw new UsageError(`The control socket ${path} can not be opened: ${problem}.`);
  server.on('error', () => {});
  return {
    path,
    close: () => {
      feed.close();
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function greetingOf({ lab, world, attached }: ControlledLab): Greeting {
  const { name, phases } = lab;
  return {
    wirewalk: version(),
    lab: name,
    pid: process.pid,
    phases: phases ?? 'activity',
    world: world.describe(),
    attached,
  };
}

function answer(
  socket: Socket,
  lab: ControlledLab,
  feed: Feed,
  question: Readonly<Record<string, unknown>>,
): void {
  switch (question.ask) {
    case 'inspect':
      lab.inject(() => {
        writeMessage(socket, { now: lab.world.now, tables: feed.tables() });
        socket.end();
      });
      return;
    case 'exec':
      return exec(socket, lab, String(question.node), String(question.line));
    case 'watch':
      return watch(socket, lab, feed, question.frames === true);
    default:
      socket.destroy();
  }
}

function watch(socket: Socket, lab: ControlledLab, feed: Feed, framesOnly: boolean): void {
  lab.inject(() => {
    if (socket.destroyed) return;
    const end = feed.watch({
      framesOnly,
      take: (message: Watched) => writeMessage(socket, message),
      get isReady() {
        return socket.writableLength < MOST_WAITING;
      },
    });
    socket.on('close', end);
  });
}

/** Types a line at a node's console. Who hangs up stops it, as Ctrl-C does. */
function exec(socket: Socket, { world, inject }: ControlledLab, node: string, line: string): void {
  inject(() => {
    let over = false;
    const run = startCommand(world, node, line, {
      write: (text) => writeMessage(socket, { write: text }),
      done: (exitCode) => {
        over = true;
        writeMessage(socket, { done: exitCode });
        socket.end();
      },
    });
    socket.on('close', () => {
      if (!over) inject(() => run.stop());
    });
  });
}
