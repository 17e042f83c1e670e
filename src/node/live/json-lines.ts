// Messages over a stream socket, each a line of JSON. What comes may be anything: lines have an end or are refused.

import type { Socket } from 'node:net';

/** The longest line that is taken. Bytes. */
const LONGEST_LINE = 64 << 20;

/**
 * Reads messages. A line that is no JSON object, or too long, ends the connection.
 * @param longest bytes of the longest line
 */
export function readMessages(
  socket: Socket,
  onMessage: (message: Readonly<Record<string, unknown>>) => void,
  longest = LONGEST_LINE,
): void {
  let pieces: Buffer[] = [];
  let length = 0;
  socket.on('data', (piece: Buffer) => {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      const line = Buffer.concat([...pieces, piece.subarray(from, end)]).toString('utf8');
      pieces = [];
      length = 0;
      from = end + 1;
      const message = parse(line);
      if (message === undefined) {
        socket.destroy();
        return;
      }
      onMessage(message);
      if (socket.destroyed) return;
    }
    pieces.push(piece.subarray(from));
    length += piece.length - from;
    if (length > longest) socket.destroy();
  });
}

/** Waits for the first message, behind which nothing comes until something is asked; what comes then goes to `onRest`. */
export function readGreeting(socket: Socket, onGreeting: () => void, onRest: (piece: Buffer) => void): void {
  let isGreeted = false;
  socket.on('data', (piece: Buffer) => {
    if (isGreeted) onRest(piece);
    else if (piece.includes(0x0a)) {
      isGreeted = true;
      onGreeting();
    }
  });
}

export function writeMessage(socket: Socket, message: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
