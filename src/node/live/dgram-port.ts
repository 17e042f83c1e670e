// A frame port over UDP on loopback: one datagram is one frame, as QEMU's `-netdev dgram` has it.

import { createSocket, type Socket } from 'node:dgram';
import { UsageError } from '../usage-error.js';
import { type FramePort, LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';

const LOOPBACK = '127.0.0.1';
/** The longest datagram of UDP over IPv4. Bytes. */
const LONGEST_DATAGRAM = 65507;
/** What the system may keep for us while we are busy, and for the peer. Bytes. */
const SYSTEM_QUEUE = 4 << 20;

/**
 * Frames come from and go to one port of this machine.
 * @param local the port of our own @param remote the port of the peer
 * @throws UsageError when the port is taken
 */
export async function openDgramPort(name: string, local: number, remote: number): Promise<FramePort> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: SYSTEM_QUEUE, sendBufferSize: SYSTEM_QUEUE });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(
          error.code === 'EADDRINUSE'
            ? `UDP port ${local} is taken.`
            : `UDP port ${local} can not be used: ${error.code ?? error.message}.`,
        ),
      ),
    );
    socket.bind(local, LOOPBACK, resolve);
  });
  // The system lets nobody else through to a socket that is connected.
  await new Promise<void>((resolve) => socket.connect(remote, LOOPBACK, () => resolve()));
  socket.removeAllListeners('error');
  // A peer that is not there yet shows as an error of ICMP: its frames are lost, and that is all.
  socket.on('error', () => {});
  return new DgramPort(name, socket);
}

class DgramPort implements FramePort {
  readonly name: string;
  onFrame: (frame: Uint8Array) => void = () => {};
  private readonly socket: Socket;
  private closed = false;

  constructor(name: string, socket: Socket) {
    this.name = name;
    this.socket = socket;
    socket.on('message', (frame) => {
      if (!this.closed && frame.length >= SHORTEST_FRAME && frame.length <= LONGEST_FRAME)
        this.onFrame(frame);
    });
  }

  send(frame: Uint8Array): void {
    if (this.closed || frame.length > LONGEST_DATAGRAM) return;
    // The frame is only lent, and the system may take it later.
    this.socket.send(Uint8Array.from(frame), () => {});
  }

  close(): Promise<void> | void {
    if (this.closed) return;
    this.closed = true;
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }
}
