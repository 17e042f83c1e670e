// The echo service: whatever comes is sent back, over TCP and over UDP. Reading list: RFC 862.

import type { NetworkStack } from '../stack/network-stack.js';
import type { TcpConnection, TcpListener } from '../stack/tcp/connection.js';
import { PORT } from '../wire/iana.js';

/** What is read at once. */
const PORTION = 16384;
const NOTHING = new Uint8Array(0);

/** Starts the service. @throws RangeError when another program has one of the ports */
export function startEcho(stack: NetworkStack, port: number = PORT.echo): void {
  const socket = stack.udp.open(port, {
    received: (data, from) => {
      if (typeof socket !== 'string') socket.send(data, from);
    },
  });
  const refused = stack.tcp.listen(port, { accept: () => new EchoConnection() });
  if (refused !== undefined || typeof socket === 'string')
    throw new RangeError(`${stack.context.name} has a program on port ${port} already`);
}

/**
 * One client's connection. Nothing is read as long as what was read last does not fit into the send buffer: so a client
 * that does not take its bytes back finds the window closed, and costs no more memory than the two buffers.
 */
class EchoConnection implements TcpListener {
  private rest = NOTHING;
  private peerIsDone = false;

  readable(connection: TcpConnection): void {
    this.pump(connection);
  }

  writable(connection: TcpConnection): void {
    this.pump(connection);
  }

  ended(connection: TcpConnection): void {
    this.peerIsDone = true;
    this.pump(connection);
  }

  private pump(connection: TcpConnection): void {
    for (;;) {
      this.rest = this.rest.subarray(connection.write(this.rest));
      if (this.rest.length > 0) return;
      this.rest = connection.read(PORTION) as Uint8Array<ArrayBuffer>;
      if (this.rest.length === 0) break;
    }
    if (this.peerIsDone) connection.close();
  }
}
