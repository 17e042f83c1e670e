// Names to addresses as programs ask for them: by the host's own resolver, with the errors that programs know.
// Reading list: POSIX getaddrinfo, RFC 3493 §6.1, RFC 6761 §6.3 (localhost).

import { type Ipv4, parseIpv4 } from '../base/address.js';
import type { Station } from '../device/station.js';

/** ENOTFOUND: there is no such name, or it has no IPv4 address. EAI_AGAIN: nobody could be asked. */
export type LookupError = 'ENOTFOUND' | 'EAI_AGAIN';

/** What a resolver says when the name is the reason. */
const NO_SUCH_NAME: ReadonlySet<string> = new Set(['NXDOMAIN', 'NODATA', 'BAD NAME']);

const LOCALHOST = /^(?:.*\.)?localhost\.?$/i;
const LOOPBACK = parseIpv4('127.0.0.1') as Ipv4;

/** Finds the addresses of a host; at least one when there is no error. `done` may be called before this returns. */
export function lookUp(
  station: Station,
  hostname: string,
  done: (addresses: Ipv4[], error: LookupError | undefined) => void,
): void {
  if (LOCALHOST.test(hostname)) {
    done([LOOPBACK], undefined);
    return;
  }
  station.resolver.lookup(hostname, (addresses, { error }) => {
    if (addresses.length > 0) done(addresses, undefined);
    else done([], error === undefined || NO_SUCH_NAME.has(error) ? 'ENOTFOUND' : 'EAI_AGAIN');
  });
}
