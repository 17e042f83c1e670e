// What the errors of the socket interface are called when a program prints them. Reading list: strerror(3), errno(3).

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTUNREACH: 'No route to host',
  EMSGSIZE: 'Message too long',
  ENETUNREACH: 'Network is unreachable',
  EPIPE: 'Broken pipe',
  ETIMEDOUT: 'Connection timed out',
};

/** The words of strerror(3), or else `otherwise`. */
export function socketErrorText(error: string, otherwise: string = error): string {
  return Object.hasOwn(TEXTS, error) ? (TEXTS[error] as string) : otherwise;
}
