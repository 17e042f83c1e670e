// ICMPv4: answers echo requests, says why packets died, and tells the protocols above what others say of theirs.
// Reading list: RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3 (what a router sends, and when not), RFC 1191 §4.

import type { Ipv4 } from '../base/address.js';
import { sumBytes } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { MILLISECOND, type Time } from '../base/time.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { ICMP_TYPE, PROTOCOL, UNREACHABLE } from '../wire/iana.js';
import { ICMP_HEADER, icmp, icmpEcho, icmpUnreachable } from '../wire/icmp.js';
import { IPV4_HEADER, ipv4 } from '../wire/ipv4.js';
import {
  type IcmpErrorReport,
  type Ipv4Packet,
  type Ipv4Protocol,
  type Ipv4Service,
  PAYLOAD_OFFSET,
  type SendError,
  type SendOptions,
} from './ipv4-packet.js';
import type { NetworkInterface } from './network-interface.js';
import { plateauBelow } from './path-mtu.js';

/** An error message is at most this long as an IP packet (RFC 1812 §4.3.2.3). */
const MAX_ERROR = 576;
/** The data of an echo request in the longest IP packet. */
const MAX_ECHO_DATA = 65535 - IPV4_HEADER - ICMP_HEADER;
/** Errors a node may send in a burst, and how long one of them takes to come back (RFC 1812 §4.3.2.8). */
const ERROR_BURST = 50;
const ERROR_INTERVAL: Time = MILLISECOND;

/** A program that pings. */
export interface EchoListener {
  /** An echo reply for the listener's identifier. `data` is a copy of what was sent back. */
  echoReply(from: Ipv4, sequence: number, ttl: number, data: Uint8Array): void;
  /** An ICMP error about one of the listener's requests. */
  echoError(error: IcmpErrorReport, sequence: number): void;
}

const { type, code, checksum } = icmp.fields;
const { identifier, sequence } = icmpEcho.fields;

export class Icmp implements Ipv4Protocol {
  /** False: packets die here without a word to their senders. Echo requests are answered all the same. */
  sendsErrors = true;
  private readonly layer: Ipv4Service;
  private listeners: Map<number, EchoListener> | undefined;
  private credit = ERROR_BURST;
  private creditAt: Time = 0;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
  }

  /** Hands echo replies with this identifier to a program. Returns false when another one has it already. */
  listen(id: number, listener: EchoListener): boolean {
    this.listeners ??= new Map();
    if (this.listeners.has(id)) return false;
    this.listeners.set(id, listener);
    return true;
  }

  stopListening(id: number): void {
    this.listeners?.delete(id);
  }

  accepts(view: DataView, payload: number, length: number): boolean {
    if (length < ICMP_HEADER) return false;
    if (type.get(view, payload) !== ICMP_TYPE.echoReply) return true;
    return this.listeners?.has(identifier.get(view, payload + 4)) ?? false;
  }

  receive(packet: Ipv4Packet): boolean {
    const { frame, payload, length } = packet;
    const { view } = frame;
    if (length < ICMP_HEADER) return this.drop(packet, 'icmp-truncated');
    if (sumBytes(frame, payload, length) !== 0xffff) return this.drop(packet, 'icmp-bad-checksum');
    switch (type.get(view, payload)) {
      case ICMP_TYPE.echoRequest:
        return this.receiveEchoRequest(packet);
      case ICMP_TYPE.echoReply:
        return this.receiveEchoReply(packet);
      case ICMP_TYPE.destinationUnreachable:
      case ICMP_TYPE.timeExceeded:
      case ICMP_TYPE.parameterProblem:
        return this.receiveErrorMessage(packet);
      default:
        return this.drop(packet, 'icmp-unknown-type');
    }
  }

  /** Sends an echo request with the given data. EMSGSIZE: over 65507 bytes. */
  sendEcho(
    to: Ipv4,
    id: number,
    number: number,
    data: Uint8Array,
    options: SendOptions,
  ): SendError | undefined {
    if (data.length > MAX_ECHO_DATA) return 'EMSGSIZE';
    const frame = this.layer.takeFrame(ICMP_HEADER + data.length);
    const at = frame.start + PAYLOAD_OFFSET;
    identifier.set(frame.view, at + 4, id);
    sequence.set(frame.view, at + 4, number);
    frame.u8.set(data, at + ICMP_HEADER);
    this.finish(frame, ICMP_TYPE.echoRequest, 0);
    return this.layer.send(frame, PROTOCOL.icmp, to, options);
  }

  /**
   * Tells the sender of a packet that it died here, unless RFC 1122 §3.2.2 forbids it. The frame stays the caller's.
   * @param base byte of the packet's IP header in the frame's memory
   * @param word the message's second word: the next-hop MTU with code 4 of type 3, the pointer in its first octet with
   *   type 12, otherwise 0
   */
  sendError(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    errorType: number,
    errorCode: number,
    word = 0,
  ): void {
    if (!this.sendsErrors) return;
    const { view, u8 } = frame;
    const from = ipv4.fields.source.get(view, base);
    const to = ipv4.fields.destination.get(view, base);
    // Never about another error, a later fragment, a group, or to nobody in particular.
    const headerLength = ipv4.fields.headerWords.get(view, base) * 4;
    const total = ipv4.fields.totalLength.get(view, base);
    if (ipv4.fields.fragmentOffset.get(view, base) !== 0) return;
    if (from === 0 || from >>> 28 >= 14) return;
    if (to >>> 28 === 14 || to === -1 || to === port.broadcast) return;
    if (ipv4.fields.protocol.get(view, base) === PROTOCOL.icmp && isError(view.getUint8(base + headerLength)))
      return;
    if (!this.takeCredit()) return;
    const quoted = Math.min(total, MAX_ERROR - IPV4_HEADER - ICMP_HEADER);
    const error = this.layer.takeFrame(ICMP_HEADER + quoted);
    const at = error.start + PAYLOAD_OFFSET;
    error.view.setUint32(at + 4, word);
    error.u8.set(u8.subarray(base, base + quoted), at + ICMP_HEADER);
    this.finish(error, errorType, errorCode);
    this.layer.send(error, PROTOCOL.icmp, from, { trafficClass: 0xc0 });
  }

  /** Tells the protocol that sent a packet of ours what became of it, as if a router had said so. */
  reportOwn(frame: Frame, base: number, errorType: number, errorCode: number, from: Ipv4): void {
    const end = base + ipv4.fields.totalLength.get(frame.view, base);
    const report = this.readReport(frame.view, base, end, errorType, errorCode, 0, from);
    if (report !== undefined && this.concerns(report)) this.hand(report);
  }

  private receiveEchoRequest(packet: Ipv4Packet): boolean {
    if (packet.group) return this.drop(packet, 'icmp-broadcast-echo');
    const { frame, payload, length, port } = packet;
    const { recorder } = this.layer.context;
    const reply = this.layer.takeFrame(length);
    const at = reply.start + PAYLOAD_OFFSET;
    reply.u8.set(frame.u8.subarray(payload, payload + length), at);
    this.finish(reply, ICMP_TYPE.echoReply, 0);
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'icmp', 'reply', frame);
    this.layer.send(reply, PROTOCOL.icmp, packet.source, { source: packet.destination });
    return true;
  }

  private receiveEchoReply(packet: Ipv4Packet): boolean {
    const { frame, payload, length, header, port } = packet;
    const { view } = frame;
    const listener = this.listeners?.get(identifier.get(view, payload + 4));
    if (listener === undefined) return this.drop(packet, 'icmp-unmatched');
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'icmp', 'deliver', frame);
    const data = frame.u8.slice(payload + ICMP_HEADER, payload + length);
    const number = sequence.get(view, payload + 4);
    listener.echoReply(packet.source, number, ipv4.fields.ttl.get(view, header), data);
    return true;
  }

  private receiveErrorMessage(packet: Ipv4Packet): boolean {
    const { frame, payload, length, port } = packet;
    const { view } = frame;
    const { recorder } = this.layer.context;
    // It must quote a whole IP header and 8 bytes behind it (RFC 792).
    const quoted = payload + ICMP_HEADER;
    const end = payload + length;
    if (quoted + IPV4_HEADER + 8 > end) return this.drop(packet, 'icmp-truncated');
    const errorType = type.get(view, payload);
    const errorCode = code.get(view, payload);
    const needsMtu =
      errorType === ICMP_TYPE.destinationUnreachable && errorCode === UNREACHABLE.fragmentationNeeded;
    const told = icmpUnreachable.fields.nextHopMtu.get(view, payload + 4);
    // Routers from before 1990 do not tell: then what is tried is a usual length below that of the packet.
    const lost = ipv4.fields.totalLength.get(view, quoted);
    const mtu = needsMtu ? told || plateauBelow(lost) : 0;
    const report = this.readReport(view, quoted, end, errorType, errorCode, mtu, packet.source);
    if (report === undefined || !this.concerns(report)) return this.drop(packet, 'icmp-unmatched');
    if (recorder.on) recorder.cause = recorder.decided(port.id, 'icmp', 'deliver', frame);
    this.hand(report);
    return true;
  }

  /** What an error says; undefined when the quoted packet can not have been ours. */
  private readReport(
    view: DataView,
    quoted: number,
    end: number,
    errorType: number,
    errorCode: number,
    mtu: number,
    from: Ipv4,
  ): IcmpErrorReport | undefined {
    const headerLength = ipv4.fields.headerWords.get(view, quoted) * 4;
    const inner = quoted + headerLength;
    const source = ipv4.fields.source.get(view, quoted);
    if (headerLength < IPV4_HEADER || inner + 8 > end || !this.layer.isLocal(source)) return undefined;
    // A later fragment does not tell which program sent it.
    if (ipv4.fields.fragmentOffset.get(view, quoted) !== 0) return undefined;
    return {
      type: errorType,
      code: errorCode,
      from,
      mtu,
      protocol: ipv4.fields.protocol.get(view, quoted),
      source,
      destination: ipv4.fields.destination.get(view, quoted),
      view,
      payload: inner,
      length: end - inner,
    };
  }

  concerns(report: IcmpErrorReport): boolean {
    if (report.protocol === PROTOCOL.icmp) return this.pinger(report) !== undefined;
    return this.layer.protocolFor(report.protocol)?.concerns?.(report) ?? false;
  }

  private hand(report: IcmpErrorReport): void {
    // TCP looks first whether it can be true (RFC 5927 §4.1), and then says so itself.
    if (report.mtu > 0 && report.protocol !== PROTOCOL.tcp)
      this.layer.learnPathMtu(report.destination, report.mtu);
    if (report.protocol === PROTOCOL.icmp) {
      this.pinger(report)?.echoError(report, sequence.get(report.view, report.payload + 4));
    } else this.layer.protocolFor(report.protocol)?.receiveError?.(report);
  }

  /** The program whose echo request an error quotes. */
  private pinger({ view, payload }: IcmpErrorReport): EchoListener | undefined {
    if (type.get(view, payload) !== ICMP_TYPE.echoRequest) return undefined;
    return this.listeners?.get(identifier.get(view, payload + 4));
  }

  /** Fills in type, code and checksum of a message whose rest is in place. */
  private finish(frame: Frame, messageType: number, messageCode: number): void {
    const at = frame.start + PAYLOAD_OFFSET;
    icmp.write(frame.view, at, { type: messageType, code: messageCode, checksum: 0 });
    checksum.set(frame.view, at, ~sumBytes(frame, at, frame.length - PAYLOAD_OFFSET) & 0xffff);
  }

  /** A bucket of credit that fills with time. */
  private takeCredit(): boolean {
    const { now } = this.layer.context.clock;
    const earned = Math.floor((now - this.creditAt) / ERROR_INTERVAL);
    if (earned > 0) {
      this.credit = Math.min(ERROR_BURST, this.credit + earned);
      this.creditAt += earned * ERROR_INTERVAL;
    }
    if (this.credit === 0) return false;
    this.credit--;
    return true;
  }

  private drop(packet: Ipv4Packet, reason: DropReason): boolean {
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.dropped(packet.port.id, 'icmp', reason, packet.frame);
    return true;
  }
}

function isError(messageType: number): boolean {
  return (
    messageType === ICMP_TYPE.destinationUnreachable ||
    messageType === 4 ||
    messageType === 5 ||
    messageType === ICMP_TYPE.timeExceeded ||
    messageType === ICMP_TYPE.parameterProblem
  );
}
