// Makes segments: header, options, text, checksum, and hands them to IPv4.
// Reading list: RFC 9293 §3.1 (format and checksum), §3.5.2 (resets).

import { fold, pseudoHeaderSum, sumBytes } from '../../base/checksum.js';
import { PROTOCOL } from '../../wire/iana.js';
import { TCP_FLAG, TCP_HEADER, tcp } from '../../wire/tcp.js';
import { type TcpOption, writeTcpOptions } from '../../wire/tcp-options.js';
import type { Endpoint } from '../endpoint.js';
import { type Ipv4Service, PAYLOAD_OFFSET, type SendOptions } from '../ipv4-packet.js';
import type { TcpConnection } from './connection.js';
import type { TcpSegment } from './segment.js';
import type { Sender } from './sender.js';

const NO_OPTIONS: readonly TcpOption[] = [];
const { sourcePort, destinationPort, sequence, acknowledgment, window, checksum, urgentPointer } = tcp.fields;
/** Byte of the data offset, the reserved bits, which stay 0, and the flags. */
const OFFSET_AND_FLAGS = 12;

export class SegmentWriter {
  private readonly layer: Ipv4Service;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
  }

  /** Sends a segment of a connection with `size` bytes of text from its buffer, beginning at `number`. */
  send(
    connection: TcpConnection,
    number: number,
    flags: number,
    size: number,
    options: readonly TcpOption[],
  ): void {
    const { local, remote, sender, receiver } = connection;
    const acknowledged = (flags & TCP_FLAG.ack) === 0 ? 0 : receiver.next;
    // The window of a SYN is never scaled (RFC 7323 §2.2); that of a reset means nothing.
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    const field = (flags & TCP_FLAG.rst) === 0 ? receiver.windowField(sender.mss, !isSyn) : 0;
    const how = connection.sendOptions;
    this.write(local, remote, number, acknowledged, flags, field, options, sender, size, how);
  }

  /** Answers a segment with a reset that its sender must believe (RFC 9293 §3.5.2). */
  sendReset(segment: TcpSegment, local: Endpoint, remote: Endpoint): void {
    const how = { source: local.address, dontFragment: true };
    if (segment.has(TCP_FLAG.ack)) {
      const number = segment.acknowledgment;
      this.write(local, remote, number, 0, TCP_FLAG.rst, 0, NO_OPTIONS, null, 0, how);
    } else {
      const flags = TCP_FLAG.rst | TCP_FLAG.ack;
      this.write(local, remote, 0, segment.end, flags, 0, NO_OPTIONS, null, 0, how);
    }
  }

  private write(
    local: Endpoint,
    remote: Endpoint,
    number: number,
    acknowledged: number,
    flags: number,
    windowField: number,
    options: readonly TcpOption[],
    sender: Sender | null,
    size: number,
    how: SendOptions,
  ): void {
    const optionBytes = options.length === 0 ? null : writeTcpOptions(options);
    const headerLength = optionBytes === null ? TCP_HEADER : TCP_HEADER + optionBytes.length;
    const length = headerLength + size;
    const frame = this.layer.takeFrame(length);
    const { view, u8 } = frame;
    const at = frame.start + PAYLOAD_OFFSET;
    sourcePort.set(view, at, local.port);
    destinationPort.set(view, at, remote.port);
    sequence.set(view, at, number);
    acknowledgment.set(view, at, acknowledged);
    view.setUint16(at + OFFSET_AND_FLAGS, ((headerLength >> 2) << 12) | flags);
    window.set(view, at, windowField);
    checksum.set(view, at, 0);
    urgentPointer.set(view, at, 0);
    if (optionBytes !== null) u8.set(optionBytes, at + TCP_HEADER);
    if (size > 0) sender?.copyText(u8, at + headerLength, number, size);
    const pseudo = pseudoHeaderSum(local.address, remote.address, PROTOCOL.tcp, length);
    checksum.set(view, at, ~fold(sumBytes(frame, at, length) + pseudo) & 0xffff);
    this.layer.send(frame, PROTOCOL.tcp, remote.address, how);
  }
}
