// What a program hears of its connection. Reading list: RFC 9293 §3.9.1, POSIX's names of errors.

/** Why a connection failed, by the names of the socket interface. */
export type TcpError = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENETUNREACH';

/**
 * What a program does with what its connection tells it. All are optional. Each is called after the segment, time-out
 * or error that it is about has been handled completely, so the program may do with any connection what it likes.
 * The last is either `closed` or `failed`.
 */
export interface ListenerOf<Connection> {
  /** The handshake is done. */
  connected?(connection: Connection): void;
  /** There is something to read. */
  readable?(connection: Connection): void;
  /** There is room to write again after `write` took less than it was given. */
  writable?(connection: Connection): void;
  /** The peer has sent all it will. */
  ended?(connection: Connection): void;
  /** There is urgent text: up to `connection.urgent` bytes from the next one to read. */
  urgent?(connection: Connection): void;
  /** Both directions are closed. */
  closed?(connection: Connection): void;
  failed?(connection: Connection, error: TcpError): void;
}

/** What a program can be told, in the order in which it is. */
export const NEWS = {
  connected: 1,
  urgent: 2,
  readable: 4,
  ended: 8,
  writable: 16,
  closed: 32,
  failed: 64,
} as const;

/** Tells one of the news. @param error why, when it is that the connection has failed */
export function tellListener<Connection>(
  listener: ListenerOf<Connection>,
  connection: Connection,
  news: number,
  error: TcpError,
): void {
  switch (news) {
    case NEWS.connected:
      listener.connected?.(connection);
      break;
    case NEWS.urgent:
      listener.urgent?.(connection);
      break;
    case NEWS.readable:
      listener.readable?.(connection);
      break;
    case NEWS.ended:
      listener.ended?.(connection);
      break;
    case NEWS.writable:
      listener.writable?.(connection);
      break;
    case NEWS.closed:
      listener.closed?.(connection);
      break;
    default:
      listener.failed?.(connection, error);
  }
}
