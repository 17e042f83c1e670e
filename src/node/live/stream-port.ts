// A frame port over a stream socket: a UNIX socket, or TCP on loopback. QEMU's `-netdev stream`, passt and other labs
// are at the other end. One peer at a time: a cable has two ends.
// Reading list: frame-stream.ts.

import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { UsageError } from '../usage-error.js';
import type { FramePort } from './frame-port.js';
import { FrameStreamReader, framed } from './frame-stream.js';

/** Where a stream socket is: a path, or a port on loopback. */
export type StreamAddress = { readonly path: string } | { readonly host: string; readonly port: number };

export interface StreamPort extends FramePort {
  /** Frames that were lost because the peer does not read. */
  readonly refused: number;
  /** Where it listens, or connects to; with the port that was free when 0 was asked for. */
  readonly address: StreamAddress;
  /** Is somebody at the other end? */
  readonly connected: boolean;
  /** Told when somebody comes or goes. */
  onPeer: (connected: boolean) => void;
}

/** What may wait for a peer that does not read. Frames beyond are lost, as on a card with a full queue. Bytes. */
const MOST_WAITING = 4 << 20;
/** How long a client waits before it tries again, in ms. */
const RETRY = 500;

/** `/run/lab.sock` or `127.0.0.1:7000`. */
export function formatAddress(address: StreamAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}

/** Listens for one peer after the other. @throws UsageError when the place is taken or may not be used */
export async function listenForStream(name: string, address: StreamAddress): Promise<StreamPort> {
  const port = new SocketPort(name, address);
  const server = createServer({ noDelay: true }, (socket) => port.take(socket));
  await bind(server, address);
  const bound = server.address();
  if (bound !== null && typeof bound === 'object' && !('path' in address))
    port.address = { host: address.host, port: bound.port };
  // A listener that breaks leaves the lab running.
  server.on('error', () => {});
  port.end = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Connects, and tries again for as long as nobody is there. */
export function connectStream(name: string, address: StreamAddress): StreamPort {
  const port = new SocketPort(name, address);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const attempt = (): void => {
    const socket = connect({ ...address, noDelay: true } as NetConnectOpts);
    socket.on('connect', () => (closed ? socket.destroy() : port.take(socket)));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!closed) timer = setTimeout(attempt, RETRY);
    });
  };
  port.end = () => {
    closed = true;
    clearTimeout(timer);
  };
  attempt();
  return port;
}

/** Listens at an address; on a UNIX socket only for the same user, and also where a process that ended left its file. */
async function bind(server: Server, address: StreamAddress): Promise<void> {
  const problem = await listen(server, address);
  if (problem === undefined) return;
  if (problem === 'EADDRINUSE' && 'path' in address && (await isLeftOver(address.path))) {
    unlinkSync(address.path);
    const again = await listen(server, address);
    if (again === undefined) return;
  }
  const what = formatAddress(address);
  if (problem === 'EADDRINUSE')
    throw new UsageError(`Something listens at ${what} already, or there is a file of that name.`);
  throw new UsageError(`Nothing can listen at ${what}: ${problem}.`);
}

/** undefined when it listens, otherwise the system's word for why it does not. */
export function listen(server: Server, address: StreamAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    server.once('error', failed);
    // The file is made within this call, and must never be open to others. Only the main thread may say so.
    const mask = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen(address, () => {
        server.off('error', failed);
        if ('path' in address) chmodSync(address.path, 0o600);
        resolve(undefined);
      });
    } finally {
      if (mask !== undefined) process.umask(mask);
    }
  });
}

/** Is the file a socket at which nobody listens? */
export async function isLeftOver(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

class SocketPort implements StreamPort {
  readonly name: string;
  address: StreamAddress;
  onFrame: (frame: Uint8Array) => void = () => {};
  onPeer: (connected: boolean) => void = () => {};
  refused = 0;
  /** Ends what makes new connections. */
  end: () => Promise<void> | void = () => {};
  private peer: Socket | undefined;
  private corked = false;
  private closed = false;

  constructor(name: string, address: StreamAddress) {
    this.name = name;
    this.address = address;
  }

  get connected(): boolean {
    return this.peer !== undefined;
  }

  /** A new peer; a second one at the same time is turned away. */
  take(socket: Socket): void {
    socket.on('error', () => {});
    if (this.peer !== undefined || this.closed) {
      socket.destroy();
      return;
    }
    this.peer = socket;
    const reader = new FrameStreamReader((frame) => this.onFrame(frame));
    socket.on('data', (piece) => {
      if (!this.closed && !reader.push(piece)) socket.destroy();
    });
    socket.on('close', () => {
      if (this.peer !== socket) return;
      this.peer = undefined;
      if (!this.closed) this.onPeer(false);
    });
    this.onPeer(true);
  }

  send(frame: Uint8Array): void {
    const { peer } = this;
    if (peer === undefined || !peer.writable) return;
    if (peer.writableLength > MOST_WAITING) {
      this.refused++;
      return;
    }
    // All frames of one turn go out in one call.
    if (!this.corked) {
      this.corked = true;
      peer.cork();
      queueMicrotask(() => {
        this.corked = false;
        peer.uncork();
      });
    }
    peer.write(framed(frame));
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.peer?.destroy();
    this.peer = undefined;
    await this.end();
  }
}
