// What a connection needs of the TCP layer that it belongs to, and of the listener that it came in by.

import type { Timer } from '../../base/timer.js';
import type { DropReason } from '../../trace/drop-reasons.js';
import type { TcpOption } from '../../wire/tcp-options.js';
import type { Context } from '../context.js';
import type { TcpSegment } from './segment.js';
import type { TcpState } from './state.js';

/** What a connection needs of the layer it belongs to. */
export interface LayerOf<Connection> {
  readonly context: Context;
  /**
   * Sends a segment with `size` bytes of text from the connection's buffer, beginning at `sequence`.
   * @param options of a SYN; undefined: those that every segment of the connection carries
   * @param isNew text that is sent for the first time: the network may mark it in place of losing it
   */
  transmit(
    connection: Connection,
    sequence: number,
    flags: number,
    size: number,
    options?: readonly TcpOption[],
    isNew?: boolean,
  ): void;
  /** Answers a segment with a reset that its sender must believe. */
  reset(connection: Connection, segment: TcpSegment): void;
  /** The segment that is being handled is not taken; what follows is due to that. */
  drop(reason: DropReason): void;
  /** The connection may have something to send, when what is being handled is done with. */
  outputLater(connection: Connection): void;
  timerFired(connection: Connection, timer: Timer): void;
  /** Bytes of text and options that fit into one packet to the peer: by the link it leaves by, and by what is known of the path. */
  linkSegment(connection: Connection): number;
  pathSegment(connection: Connection): number;
  /** The path to the peer takes packets of so many bytes at most. */
  learnPathMtu(connection: Connection, mtu: number): void;
  stateChanged(connection: Connection, from: TcpState): void;
  /** The connection is closed for good. */
  forget(connection: Connection): void;
}

/** The queue of a listener: connections whose handshake is not done. */
export interface Backlog {
  opening: number;
}
