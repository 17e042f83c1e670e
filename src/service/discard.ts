// The discard service: whatever comes is thrown away, and nothing is sent. Reading list: RFC 863.

import type { NetworkStack } from '../stack/network-stack.js';
import type { TcpListener } from '../stack/tcp/connection.js';
import { PORT } from '../wire/iana.js';

/** Starts the service, over TCP and over UDP. @throws RangeError when another program has one of the ports */
export function startDiscard(stack: NetworkStack, port: number = PORT.discard): void {
  const socket = stack.udp.open(port, { received: () => {} });
  const refused = stack.tcp.listen(port, { accept: () => DISCARDING });
  if (refused !== undefined || typeof socket === 'string')
    throw new RangeError(`${stack.context.name} has a program on port ${port} already`);
}

const DISCARDING: TcpListener = {
  readable: (connection) => {
    connection.read();
  },
  ended: (connection) => connection.close(),
};
