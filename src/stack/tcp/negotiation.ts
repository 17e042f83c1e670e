// What both sides agree on with their SYNs: the size of segments, and which options they will use.
// Reading list: RFC 9293 §3.7.1 (MSS), RFC 7323 §2.2–§2.3 (window scale) and §3.2 (timestamps), RFC 2018 §2 (SACK),
// RFC 3168 §6.1.1 (ECN).

import { TCP_FLAG } from '../../wire/tcp.js';
import {
  findMss,
  findWindowScale,
  hasSackPermitted,
  TCP_WINDOW_SHIFT_MAXIMUM,
  type TcpOption,
} from '../../wire/tcp-options.js';
import type { TcpConnection } from './connection.js';
import type { TcpSegment } from './segment.js';
import { DEFAULT_MSS } from './sender.js';

/** Differs: RFC 9293 §3.7.1 has no least MSS. With one, nobody can make us send a packet for every byte. */
const LEAST_MSS = 48;

/** The flags of our SYN, or of our answer to the peer's. */
export function synFlags({ state, offersEcn: ecn }: TcpConnection): number {
  const { syn, ack, ece, cwr } = TCP_FLAG;
  // RFC 3168 §6.1.1: who asks for ECN sets both of its flags, who agrees the one.
  if (state === 'SYN-SENT') return ecn ? syn | ece | cwr : syn;
  return ecn ? syn | ack | ece : syn | ack;
}

/** The options of our SYN: what we offer, or of what the peer has offered that which we take up. */
export function synOptions(connection: TcpConnection): TcpOption[] {
  const { offersSack, offersTimestamps, scalesWindows, receiver, tcp, wants } = connection;
  const options: TcpOption[] = [{ kind: 'mss', value: Math.min(wants.mss, tcp.linkSegment(connection)) }];
  // As most stacks have them, so that everything begins at a multiple of four.
  if (offersSack !== offersTimestamps) options.push({ kind: 'nop' }, { kind: 'nop' });
  if (offersSack) options.push({ kind: 'sack-permitted' });
  if (offersTimestamps) {
    const value = connection.timestampAt(tcp.context.clock.now);
    options.push({ kind: 'timestamps', value, echo: receiver.recentTimestamp });
  }
  if (scalesWindows) options.push({ kind: 'nop' }, { kind: 'window-scale', shift: shiftFor(receiver.limit) });
  return options;
}

/** Does this SYN ask for ECN, or does this answer to ours agree to it (RFC 3168 §6.1.1)? */
export function agreesToEcn(segment: TcpSegment): boolean {
  const both = segment.flags & (TCP_FLAG.ece | TCP_FLAG.cwr);
  return segment.has(TCP_FLAG.ack) ? both === TCP_FLAG.ece : both === (TCP_FLAG.ece | TCP_FLAG.cwr);
}

/** The peer's SYN has come: from now on that counts which both sides want. */
export function agree(connection: TcpConnection, segment: TcpSegment): void {
  const { receiver, tcp, wants } = connection;
  connection.timestamps = wants.timestamps && segment.hasTimestamps;
  connection.ecn = wants.ecn && agreesToEcn(segment);
  if (connection.timestamps) receiver.takeTimestamp(segment.timestamp, receiver.next, tcp.context.clock.now);
  agreeOnOptions(connection, segment.options);
}

/** The same for a SYN of which only the options are known, and neither timestamps nor ECN. */
export function agreeOnOptions(connection: TcpConnection, options: readonly TcpOption[]): void {
  const { sender, receiver, tcp, wants } = connection;
  connection.offersTimestamps = connection.timestamps;
  connection.offersEcn = connection.ecn;
  connection.offersSack = wants.sack && hasSackPermitted(options);
  sender.recovery.withSack = connection.offersSack;
  // What is not said counts as the default.
  const room = Math.max(LEAST_MSS, findMss(options) ?? DEFAULT_MSS);
  sender.widest = room;
  sender.resize(Math.min(room, tcp.pathSegment(connection)), connection.optionsLength);
  const shift = wants.windowScale ? findWindowScale(options) : undefined;
  connection.scalesWindows = shift !== undefined;
  if (shift === undefined) return;
  sender.windowShift = shift;
  receiver.windowShift = shiftFor(receiver.limit);
}

/** The least window shift with which a whole receive buffer can be offered (RFC 7323 §2.3). */
function shiftFor(buffer: number): number {
  let shift = 0;
  while (shift < TCP_WINDOW_SHIFT_MAXIMUM && buffer >> shift > 0xffff) shift++;
  return shift;
}
