// What ICMP errors about its segments do to a connection.
// Reading list: RFC 9293 §3.9.2.2, RFC 5461 (soft errors), RFC 5927 (forged errors), RFC 1191 (path MTU).

import { seqLess } from '../../base/sequence.js';
import { ICMP_TYPE } from '../../wire/iana.js';
import { tcp } from '../../wire/tcp.js';
import type { IcmpErrorReport } from '../ipv4-packet.js';
import { reportedError } from '../socket-error.js';
import type { TcpConnection } from './connection.js';
import { pathTold } from './path-room.js';

/** Takes an error that quotes a segment of the connection. */
export function icmpErrorArrives(connection: TcpConnection, error: IcmpErrorReport): void {
  const { sender, state } = connection;
  // Only who has seen the segment knows its number, and only what is under way can have died (RFC 5927 §4.1).
  const quoted = tcp.fields.sequence.get(error.view, error.payload);
  if (seqLess(quoted, sender.unacknowledged) || !seqLess(quoted, sender.max)) return;
  // Time that ran out on the way is no answer from the peer: as with a host that can not be reached.
  const name = error.type === ICMP_TYPE.timeExceeded ? 'EHOSTUNREACH' : reportedError(error);
  if (name === 'EMSGSIZE') return pathTold(connection, error.mtu);
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
