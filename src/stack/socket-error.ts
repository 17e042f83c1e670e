// What an ICMP error means to a program: the name that the socket interface gives it.
// Reading list: RFC 1122 §4.1.3.3 (UDP), §4.2.3.9 (TCP), RFC 9293 §3.9.2.2.

import { ICMP_TYPE, UNREACHABLE } from '../wire/iana.js';
import type { IcmpErrorReport } from './ipv4-packet.js';

/** What ICMP can tell a socket. */
export type ReportedError = 'ECONNREFUSED' | 'EHOSTUNREACH' | 'ENETUNREACH' | 'EMSGSIZE';

/** undefined: it says nothing that a socket has a name for. */
export function reportedError({ type, code }: IcmpErrorReport): ReportedError | undefined {
  // That time ran out, or a header was odd, can be over with the next packet.
  if (type !== ICMP_TYPE.destinationUnreachable) return undefined;
  switch (code) {
    case UNREACHABLE.protocol:
    case UNREACHABLE.port:
      return 'ECONNREFUSED';
    case UNREACHABLE.network:
      return 'ENETUNREACH';
    case UNREACHABLE.fragmentationNeeded:
      return 'EMSGSIZE';
    default:
      return 'EHOSTUNREACH';
  }
}
