// What failed on a socket, as an Error with the name that everybody knows in `code`.

import { formatIpv4 } from '../base/address.js';
import type { Endpoint } from '../stack/endpoint.js';

/** Names of errors as the socket interface has them: `ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT`, `ENOTFOUND`, … */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  readonly code: string;
  /** What was tried: `connect`, `read`, `write`, `listen`, `getaddrinfo`. */
  readonly syscall: string;

  /** @param about the peer's endpoint or the name, as far as it says something */
  constructor(syscall: string, code: string, about?: Endpoint | string) {
    super(socketErrorText(syscall, code, about));
    this.code = code;
    this.syscall = syscall;
  }
}

/** `connect ECONNREFUSED 192.0.2.1:80` */
export function socketErrorText(syscall: string, code: string, about?: Endpoint | string): string {
  if (about === undefined) return `${syscall} ${code}`;
  return `${syscall} ${code} ${typeof about === 'string' ? about : `${formatIpv4(about.address)}:${about.port}`}`;
}
