// The control socket of a running lab: who may open it can look at the lab, and type at its consoles.

import { createServer, type Server, type Socket } from 'node:net';
import { startCommand } from '../../lab/console/console.js';
import type { Lab } from '../../lab/read-lab.js';
import type { World } from '../../net/world.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';
import { socketPath } from './control-folder.js';
import type { Greeting, Wish } from './control-messages.js';
import { Feed } from './feed.js';
import { readMessages, writeMessage } from './json-lines.js';
import { listen } from './stream-port.js';
import { widen } from './wide-socket.js';

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
/** With so much output waiting, a command reads no more from its network. Bytes. */
const MOST_OUTPUT = 1 << 18;

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
      return watch(socket, lab, feed, wishOf(question));
    default:
      socket.destroy();
  }
}

function wishOf({ events, sightings }: Readonly<Record<string, unknown>>): Wish {
  const ports = Array.isArray(sightings) ? sightings.filter((id) => typeof id === 'number') : [];
  return { events: events === true, sightings: ports };
}

function watch(socket: Socket, lab: ControlledLab, feed: Feed, wish: Wish): void {
  void widen(socket, MOST_WAITING);
  lab.inject(() => {
    if (socket.destroyed) return;
    const end = feed.watch({
      ...wish,
      take: (message) => {
        if (!socket.writable) return;
        socket.cork();
        for (const part of message) socket.write(part);
        socket.uncork();
      },
      get isReady() {
        return socket.writableLength < MOST_WAITING;
      },
    });
    socket.on('close', end);
  });
}

/** Types a line at a node's console. Who hangs up stops it, as Ctrl-C does; who reads slowly slows it down. */
function exec(socket: Socket, { world, inject }: ControlledLab, node: string, line: string): void {
  inject(() => {
    let over = false;
    const run = startCommand(world, node, line, {
      write: (text) => {
        writeMessage(socket, { write: text });
        // A command that can not wait has no end either, or nobody who reads.
        if (socket.writableLength > MOST_WAITING) socket.destroy();
      },
      get isFull() {
        return socket.writableLength > MOST_OUTPUT;
      },
      done: (exitCode) => {
        over = true;
        writeMessage(socket, { done: exitCode });
        socket.end();
      },
    });
    socket.on('drain', () => {
      if (!over) inject(() => run.goOn());
    });
    socket.on('close', () => {
      if (!over) inject(() => run.stop());
    });
  });
}
