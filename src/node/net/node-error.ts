// Errors of sockets as Node throws them: message, `code`, `errno`, `syscall`, and whom it is about.

import { constants } from 'node:os';
import { socketErrorText } from '../../adapter/socket-error.js';
import { formatIpv4 } from '../../base/address.js';
import type { Endpoint } from '../../stack/endpoint.js';

export interface NodeSocketError extends NodeJS.ErrnoException {
  address?: string;
  port?: number;
  hostname?: string;
}

/** `connect ECONNREFUSED 192.0.2.1:80` */
export function nodeError(syscall: string, code: string, about?: Endpoint): NodeSocketError {
  const error: NodeSocketError = new Error(socketErrorText(syscall, code, about));
  const number = constants.errno[code as keyof typeof constants.errno] as number | undefined;
  if (number !== undefined) error.errno = -number;
  error.code = code;
  error.syscall = syscall;
  if (about !== undefined) {
    error.address = formatIpv4(about.address);
    error.port = about.port;
  }
  return error;
}

/** `getaddrinfo ENOTFOUND some.name` */
export function lookupError(code: string, hostname: string): NodeSocketError {
  const error: NodeSocketError = new Error(socketErrorText('getaddrinfo', code, hostname));
  return Object.assign(error, { code, syscall: 'getaddrinfo', hostname });
}
