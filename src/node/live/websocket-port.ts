// A frame port over a WebSocket on loopback: one binary message is one frame, so that virtual machines within a page
// are hosts of a lab. Any page may try to connect, so it asks for a token that only this machine's user has seen.
// Reading list: RFC 6455 §10 (security), §5.6 (binary messages).

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { UsageError } from '../usage-error.js';
import { type FramePort, LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';

const LOOPBACK = '127.0.0.1';
const TOKEN_BYTES = 16;
/** What may wait for a peer that does not read. Frames beyond are lost. Bytes. */
const MOST_WAITING = 4 << 20;
/** Close codes of RFC 6455 §7.4.1. */
const UNSUPPORTED_DATA = 1003;
const TRY_AGAIN_LATER = 1013;

export interface WebSocketPort extends FramePort {
  /** `ws://127.0.0.1:PORT/?token=…`: whoever has it is the other end. */
  readonly url: string;
  readonly connected: boolean;
  /** Told when somebody comes or goes. */
  onPeer: (connected: boolean) => void;
}

/**
 * Listens on loopback for one peer after the other.
 * @param port 0: any that is free
 * @throws UsageError when the port is taken
 */
export async function openWebSocketPort(name: string, port: number): Promise<WebSocketPort> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const server = new WebSocketServer({
    host: LOOPBACK,
    port,
    maxPayload: LONGEST_FRAME,
    perMessageDeflate: false,
    verifyClient: ({ req }: { req: IncomingMessage }, answer: (ok: boolean, code?: number) => void) =>
      isOurs(req, token) ? answer(true) : answer(false, 401),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken.`
            : `Port ${port} can not be used: ${error.code ?? error.message}.`,
        ),
      ),
    );
  });
  server.removeAllListeners('error');
  server.on('error', () => {});
  return new ServerPort(name, server, token);
}

/** Does the request come by an address of this machine, with the token? */
function isOurs({ headers, url = '' }: IncomingMessage, token: string): boolean {
  // A name that somebody lets point to loopback is not ours (DNS rebinding).
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/i.test(headers.host ?? '')) return false;
  const given = Buffer.from(/[?&]token=([\da-f]+)/i.exec(url)?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

class ServerPort implements WebSocketPort {
  readonly name: string;
  readonly url: string;
  onFrame: (frame: Uint8Array) => void = () => {};
  onPeer: (connected: boolean) => void = () => {};
  private readonly server: WebSocketServer;
  private peer: WebSocket | undefined;
  private closed = false;

  constructor(name: string, server: WebSocketServer, token: string) {
    this.name = name;
    this.server = server;
    this.url = `ws://${LOOPBACK}:${(server.address() as AddressInfo).port}/?token=${token}`;
    server.on('connection', (socket) => this.take(socket));
  }

  get connected(): boolean {
    return this.peer !== undefined;
  }

  private take(socket: WebSocket): void {
    socket.on('error', () => {});
    if (this.peer !== undefined || this.closed) {
      socket.close(TRY_AGAIN_LATER, 'somebody is at this port already');
      return;
    }
    this.peer = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, isBinary) => {
      if (this.closed) return;
      if (!isBinary) socket.close(UNSUPPORTED_DATA, 'frames are binary messages');
      else if (data.length >= SHORTEST_FRAME) this.onFrame(data);
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
    if (peer === undefined || peer.readyState !== peer.OPEN || peer.bufferedAmount > MOST_WAITING) return;
    // The frame is only lent, and the socket may take it later.
    peer.send(Uint8Array.from(frame), { binary: true });
  }

  close(): Promise<void> | void {
    if (this.closed) return;
    this.closed = true;
    for (const client of this.server.clients) client.terminate();
    this.peer = undefined;
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
