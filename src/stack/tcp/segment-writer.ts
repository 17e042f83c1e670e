// Makes segments: header, options, text, checksum, and hands them to IPv4.
// Reading list: RFC 9293 §3.1 (format and checksum), §3.5.2 (resets), RFC 7323 §3.2 (timestamps), RFC 2018 §3 (SACK),
// RFC 3168 §6.1 (ECN).

import { complement, pseudoHeaderSum, sumBytes, sumHalves } from '../../base/checksum.js';
import { seqDiff } from '../../base/sequence.js';
import { PROTOCOL } from '../../wire/iana.js';
import { TCP_FLAG, TCP_HEADER } from '../../wire/tcp.js';
import { TCP_OPTION, TCP_OPTIONS_MAXIMUM, type TcpOption, writeTcpOptions } from '../../wire/tcp-options.js';
import type { Endpoint } from '../endpoint.js';
import { type Ipv4Service, PAYLOAD_OFFSET, type SendOptions } from '../ipv4-packet.js';
import type { TcpConnection } from './connection.js';
import type { TcpSegment } from './segment.js';
import type { Sender } from './sender.js';

/** Two no-operations, kind and length of the timestamps, as RFC 7323 appendix A advises. */
const TIMESTAMPS_HEAD = (TCP_OPTION.nop << 24) | (TCP_OPTION.nop << 16) | (TCP_OPTION.timestamps << 8) | 10;
const NO_OPTIONS = new DataView(new ArrayBuffer(0));
const SACK_HEAD = (TCP_OPTION.nop << 24) | (TCP_OPTION.nop << 16) | (TCP_OPTION.sack << 8);

export class SegmentWriter {
  private readonly layer: Ipv4Service;
  /** The options of the segment that is being made: a multiple of four bytes. */
  private options: DataView = NO_OPTIONS;
  private optionsLength = 0;
  /** Where the usual ones are made; most hosts never send a segment. */
  private usual: DataView | undefined;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
  }

  /**
   * Sends a segment of a connection with `size` bytes of text from its buffer, beginning at `number`.
   * @param options of a SYN; undefined: those that every segment of the connection carries
   * @param mayBeMarked the network may say in it that a queue grows (ECN)
   */
  send(
    connection: TcpConnection,
    number: number,
    flags: number,
    size: number,
    options: readonly TcpOption[] | undefined,
    mayBeMarked: boolean,
  ): void {
    const { local, remote, sender, receiver, counts } = connection;
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    const isReset = (flags & TCP_FLAG.rst) !== 0;
    const acknowledges = (flags & TCP_FLAG.ack) !== 0;
    let all = flags;
    if (receiver.echoesCongestion && !isSyn && !isReset) all |= TCP_FLAG.ece;
    const urgent = sender.urgentEnd === undefined ? 0 : Math.min(0xffff, seqDiff(sender.urgentEnd, number));
    if (urgent > 0 && !isSyn && !isReset) all |= TCP_FLAG.urg;
    if (options !== undefined) this.setOptions(options);
    else this.setUsualOptions(connection, isReset);
    // The window of a SYN is never scaled (RFC 7323 §2.2); that of a reset means nothing.
    const field = isReset ? 0 : receiver.windowField(sender.mss, !isSyn);
    if (acknowledges) receiver.reported();
    counts.segmentsSent++;
    const pointer = (all & TCP_FLAG.urg) === 0 ? 0 : urgent;
    const how = mayBeMarked ? connection.markableOptions : connection.sendOptions;
    this.write(
      local,
      remote,
      number,
      acknowledges ? receiver.next : 0,
      all,
      field,
      pointer,
      sender,
      size,
      how,
    );
  }

  /** Answers a segment with a reset that its sender must believe (RFC 9293 §3.5.2). */
  sendReset(segment: TcpSegment, local: Endpoint, remote: Endpoint): void {
    const how = { source: local.address, dontFragment: true };
    this.optionsLength = 0;
    if (segment.has(TCP_FLAG.ack)) {
      this.write(local, remote, segment.acknowledgment, 0, TCP_FLAG.rst, 0, 0, null, 0, how);
    } else {
      const flags = TCP_FLAG.rst | TCP_FLAG.ack;
      this.write(local, remote, 0, segment.end, flags, 0, 0, null, 0, how);
    }
  }

  /** A SYN, ACK for which no connection is kept (RFC 4987 §3.6). */
  sendSynAck(
    local: Endpoint,
    remote: Endpoint,
    number: number,
    acknowledged: number,
    windowField: number,
    options: readonly TcpOption[],
  ): void {
    this.setOptions(options);
    const flags = TCP_FLAG.syn | TCP_FLAG.ack;
    const how = { source: local.address, dontFragment: true };
    this.write(local, remote, number, acknowledged, flags, windowField, 0, null, 0, how);
  }

  // ---- options ----

  private setOptions(options: readonly TcpOption[]): void {
    const bytes = writeTcpOptions(options);
    this.options = new DataView(bytes.buffer, bytes.byteOffset);
    this.optionsLength = bytes.length;
  }

  /** Timestamps, and what has come beyond a gap. A reset says that there is nothing more to say. */
  private setUsualOptions(connection: TcpConnection, isReset: boolean): void {
    const { receiver, sender, timestamps, tcp: layer } = connection;
    this.optionsLength = 0;
    if (isReset) return;
    this.usual ??= new DataView(new ArrayBuffer(TCP_OPTIONS_MAXIMUM));
    const options = this.usual;
    this.options = options;
    let at = 0;
    if (timestamps) {
      options.setUint32(0, TIMESTAMPS_HEAD);
      options.setUint32(4, connection.timestampAt(layer.context.clock.now));
      options.setUint32(8, receiver.recentTimestamp);
      at = 12;
    }
    if (sender.recovery.withSack && receiver.hasReport) {
      const blocks = receiver.report(connection.mostBlocks);
      options.setUint32(at, SACK_HEAD | (2 + 8 * blocks));
      at += 4;
      for (let block = 0; block < blocks; block++, at += 8) {
        options.setUint32(at, receiver.left[block]);
        options.setUint32(at + 4, receiver.right[block]);
      }
    }
    this.optionsLength = at;
  }

  // ---- the segment ----

  private write(
    local: Endpoint,
    remote: Endpoint,
    number: number,
    acknowledged: number,
    flags: number,
    windowField: number,
    pointer: number,
    sender: Sender | null,
    size: number,
    how: SendOptions,
  ): void {
    const { options, optionsLength } = this;
    const headerLength = TCP_HEADER + optionsLength;
    const length = headerLength + size;
    const frame = this.layer.takeFrame(length);
    const { view } = frame;
    const at = frame.start + PAYLOAD_OFFSET;
    // The header as words. As with IPv4's, its sum is taken from the numbers.
    const first = (local.port << 16) | remote.port;
    const fourth = ((headerLength >> 2) << 28) | (flags << 16) | windowField;
    view.setInt32(at, first);
    view.setInt32(at + 4, number);
    view.setInt32(at + 8, acknowledged);
    view.setInt32(at + 12, fourth);
    let sum = pseudoHeaderSum(local.address, remote.address, PROTOCOL.tcp, length) + pointer;
    sum += sumHalves(first) + sumHalves(number) + sumHalves(acknowledged) + sumHalves(fourth);
    for (let place = 0; place < optionsLength; place += 4) {
      const word = options.getInt32(place);
      view.setInt32(at + TCP_HEADER + place, word);
      sum += sumHalves(word);
    }
    if (size > 0) {
      sender?.copyText(frame.u8, at + headerLength, number, size);
      sum += sumBytes(frame, at + headerLength, size);
    }
    view.setInt32(at + 16, (complement(sum) << 16) | pointer);
    this.layer.send(frame, PROTOCOL.tcp, remote.address, how);
  }
}
