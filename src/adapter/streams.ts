// What `wirewalk/streams` exports: sockets of a simulated host as streams, in browsers and in Node.

export type { LookupError } from './host-lookup.js';
export { SocketError } from './socket-error.js';
export { connectTcp, type HostAndPort, listenTcp, type TcpStreams } from './tcp-streams.js';
export { type Later, Turns } from './turns.js';
