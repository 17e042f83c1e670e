// The character generator: sends lines of characters, as fast as they are taken, until the client has enough of them.
// Reading list: RFC 864.

import { encodeLatin1 } from '../base/text.js';
import type { NetworkStack } from '../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../stack/tcp/connection.js';
import { PORT } from '../wire/iana.js';

/** Characters of a line, without its end. */
const LINE = 72;
const FIRST = 0x20;
const LAST = 0x7e;

/**
 * Starts the service, over TCP.
 * @param limit bytes after which it closes; without a limit the client must
 * @throws RangeError when another program has the port
 */
export function startChargen(
  stack: NetworkStack,
  limit: number = Number.POSITIVE_INFINITY,
  port: number = PORT.chargen,
): void {
  const refused = stack.tcp.listen(port, { accept: () => new ChargenConnection(limit) });
  if (refused !== undefined)
    throw new RangeError(`${stack.context.name} has a program on TCP port ${port} already`);
}

class ChargenConnection implements TcpListener {
  private readonly limit: number;
  private sent = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  connected(connection: TcpConnection): void {
    this.pump(connection);
  }

  writable(connection: TcpConnection): void {
    this.pump(connection);
  }

  /** What the client says is thrown away (RFC 864). */
  readable(connection: TcpConnection): void {
    connection.read();
  }

  ended(connection: TcpConnection): void {
    connection.close();
  }

  private pump(connection: TcpConnection): void {
    while (this.sent < this.limit) {
      const at = this.sent % PATTERN.length;
      const piece = PATTERN.subarray(at, at + Math.min(PATTERN.length, this.limit - this.sent));
      const taken = connection.writeShared(piece);
      this.sent += taken;
      if (taken < piece.length) return;
    }
    // What the client still says is thrown away, not refused.
    connection.shutdown();
  }
}

/** All lines there are: each begins one character further on than the one before. */
const PATTERN = allLines();

function allLines(): Uint8Array {
  const count = LAST - FIRST + 1;
  let text = '';
  for (let line = 0; line < count; line++) {
    for (let place = 0; place < LINE; place++) text += String.fromCharCode(FIRST + ((line + place) % count));
    text += '\r\n';
  }
  return encodeLatin1(text);
}
