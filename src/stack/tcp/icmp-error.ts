// What ICMP errors about its segments do to a connection.
// Reading list: RFC 9293 §3.9.2.2, RFC 5461 (soft errors), RFC 5927 (forged errors), RFC 1191 (path MTU).

import { seqLess } from '../../base/sequence.js';
import { ICMP_TYPE, UNREACHABLE } from '../../wire/iana.js';
import { IPV4_HEADER } from '../../wire/ipv4.js';
import { TCP_HEADER, tcp } from '../../wire/tcp.js';
import type { IcmpErrorReport } from '../ipv4-packet.js';
import type { TcpConnection, TcpError } from './connection.js';

/** The least MTU of a link (RFC 791 §3.2), and what is tried where a router does not tell its own (RFC 1191 §5). */
const LEAST_MTU = 68;
const USUAL_MTU = 576;

/** Takes an error that quotes a segment of the connection. */
export function icmpErrorArrives(connection: TcpConnection, error: IcmpErrorReport): void {
  const { sender, state } = connection;
  // Only who has seen the segment knows its number, and only what is under way can have died (RFC 5927 §4.1).
  const quoted = tcp.fields.sequence.get(error.view, error.payload);
  if (seqLess(quoted, sender.unacknowledged) || !seqLess(quoted, sender.max)) return;
  if (error.type === ICMP_TYPE.destinationUnreachable && error.code === UNREACHABLE.fragmentationNeeded) {
    learnPathMtu(connection, error.mtu);
    return;
  }
  const name = errorName(error);
  if (name === undefined) return;
  // Differs: RFC 9293 §3.9.2.2 (MUST-56) lets a connection survive a soft error. While it is being opened it ends here,
  // as with most stacks (RFC 5461 §4.1): a person should not wait three minutes to hear what is known at once.
  if (state === 'SYN-SENT') connection.fail(name);
  else if (state === 'SYN-RECEIVED' && name === 'ECONNREFUSED') {
    if (connection.passive) connection.finish();
    else connection.fail(name);
  }
  // Differs: RFC 9293 §3.9.2.2 (SHLD-26) ends a connection for a hard error too. Once it stands, whoever forges one
  // would have it too easy (RFC 5927 §5.2), so it only becomes the reason given if the connection dies of silence.
  else connection.softError = name;
}

function errorName({ type, code }: IcmpErrorReport): TcpError | undefined {
  if (type === ICMP_TYPE.timeExceeded) return 'EHOSTUNREACH';
  if (type !== ICMP_TYPE.destinationUnreachable) return undefined;
  if (code === UNREACHABLE.protocol || code === UNREACHABLE.port) return 'ECONNREFUSED';
  return code === UNREACHABLE.network ? 'ENETUNREACH' : 'EHOSTUNREACH';
}

/** The path is narrower than the link it begins with: smaller segments, and what is under way once more. */
function learnPathMtu(connection: TcpConnection, told: number): void {
  const { sender } = connection;
  const mss = Math.max(LEAST_MTU, told === 0 ? USUAL_MTU : told) - IPV4_HEADER - TCP_HEADER;
  if (mss >= sender.mss || !sender.synAcknowledged) return;
  sender.mss = mss;
  sender.goBack();
  connection.tcp.outputLater(connection);
}
