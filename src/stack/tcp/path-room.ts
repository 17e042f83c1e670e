// How long segments may be, when the path to the peer is narrower than the link it begins with: what routers say, what
// silence says where they do not, and when longer ones are tried again.
// Reading list: RFC 1191 §6 (path MTU), RFC 5927 §7 (who may tell it), RFC 2923 §2.1 (black holes).

import { seqDiff } from '../../base/sequence.js';
import { IPV4_HEADER } from '../../wire/ipv4.js';
import { TCP_HEADER } from '../../wire/tcp.js';
import type { TcpConnection } from './connection.js';
import { tell } from './output.js';

/** Every path takes this much (RFC 9293 §3.7.1). */
const SAFE_ROOM = 536;
/**
 * Time-outs in a row after which segments may be too long for the path, and after which also where as long ones have
 * arrived before: that the path has become narrower is less likely than that a bad line has lost so many in a row.
 */
const BLACK_HOLE_ATTEMPTS = 2;
const UNLIKELY_ATTEMPTS = 4;

/** A router says that a segment of ours was too long for what comes behind it. */
export function pathTold(connection: TcpConnection, mtu: number): void {
  connection.tcp.learnPathMtu(connection, mtu);
  if (!connection.sender.synAcknowledged || !narrow(connection, mtu)) return;
  connection.sender.recovery.mustSend = true;
  connection.tcp.outputLater(connection);
}

/** The path as it is known now: others may have learned that it is narrower, or what was known has aged (RFC 1191 §6.3). */
export function followPath(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  const room = tcp.pathSegment(connection);
  if (room < sender.room) narrow(connection, room + IPV4_HEADER + TCP_HEADER);
  else if (room > sender.room && sender.room < sender.widest) {
    const { mss: before } = sender;
    sender.resize(Math.min(room, sender.widest), connection.optionsLength);
    tell(connection, 'tcp.path-mtu', { mss: sender.mss, before });
  }
}

/** Long segments vanish again and again: perhaps they are too long for the path, and nobody says so (RFC 2923 §2.1). */
export function suspectBlackHole(connection: TcpConnection): void {
  const { sender, tcp } = connection;
  const { board, timer } = sender;
  const length = seqDiff(board.endOf(0), board.startOf(0));
  const attempts = length > sender.proven ? BLACK_HOLE_ATTEMPTS : UNLIKELY_ATTEMPTS;
  if (timer.attempts !== attempts || length <= SAFE_ROOM || sender.room <= SAFE_ROOM) return;
  sender.resize(Math.max(SAFE_ROOM, sender.room >> 1), connection.optionsLength);
  tcp.learnPathMtu(connection, sender.room + IPV4_HEADER + TCP_HEADER);
  tell(connection, 'tcp.path-mtu', { mss: sender.mss, told: 0 });
}

/** Smaller segments from now on, and what was too long once more. False: they were small enough. */
function narrow(connection: TcpConnection, told: number): boolean {
  const { sender, tcp } = connection;
  const { board } = sender;
  const room = tcp.pathSegment(connection);
  if (room >= sender.room) return false;
  sender.resize(room, connection.optionsLength);
  tell(connection, 'tcp.path-mtu', { mss: sender.mss, told });
  // Not congestion: they died because of their length (RFC 1191 §6.4).
  for (let index = 0; index < board.size; index++)
    if (seqDiff(board.endOf(index), board.startOf(index)) > sender.mss) board.lose(index);
  return true;
}
