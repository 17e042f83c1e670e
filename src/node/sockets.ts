// What `wirewalk/node` exports: the simulated network for programs of Node.

export { Turns } from '../adapter/turns.js';
export {
  type ConnectOptions,
  HostNet,
  type Lookup,
  type LookupCallback,
} from './net/host-net.js';
export { type ListenOptions, type ServerOptions, SimulatedServer } from './net/server.js';
export { SimulatedNet, simulatedNet } from './net/simulated-net.js';
export { SimulatedSocket, type SocketOptions } from './net/socket.js';
