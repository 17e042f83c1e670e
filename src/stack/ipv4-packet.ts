// What passes between IPv4 and the protocols above it: packets, errors, and what the layer does for them.

import type { Ipv4 } from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { ETHERNET_HEADER } from '../wire/ethernet.js';
import { IPV4_HEADER } from '../wire/ipv4.js';
import type { Context } from './context.js';
import type { NetworkInterface } from './network-interface.js';

/** A packet for a protocol above: the frame, where its IP header and payload are, and its addresses. */
export interface Ipv4Packet {
  readonly port: NetworkInterface;
  readonly frame: Frame;
  /** Byte of the IP header in the frame's memory. */
  readonly header: number;
  /** Byte of the payload in the frame's memory, and its length. */
  readonly payload: number;
  readonly length: number;
  readonly source: Ipv4;
  readonly destination: Ipv4;
  /** Broadcast or multicast: never answered with an error. */
  readonly group: boolean;
}

/** The packet that a layer is handling: one object serves for all of them, because nobody keeps it. */
export class PacketInHand implements Ipv4Packet {
  port!: NetworkInterface;
  frame!: Frame;
  header = 0;
  payload = 0;
  length = 0;
  source: Ipv4 = 0;
  destination: Ipv4 = 0;
  group = false;
}

/** A protocol above IPv4. It does not take the frame over: IPv4 releases it when `receive` returns true. */
export interface Ipv4Protocol {
  /** Returns false when it has taken the frame over (to send it back changed). */
  receive(packet: Ipv4Packet): boolean;
  /** Would `receive` find a taker? A translator asks before it drops what fits none of its rows. */
  accepts(view: DataView, payload: number, length: number, from: Ipv4, to: Ipv4): boolean;
  /** Can the packet that an ICMP error quotes have come from a program here? */
  concerns?(error: IcmpErrorReport): boolean;
  /** An ICMP error that concerns us; `payload` is where the quoted upper-layer header begins. */
  receiveError?(error: IcmpErrorReport): void;
}

/** What an ICMP error says about a packet of ours. */
export interface IcmpErrorReport {
  readonly type: number;
  readonly code: number;
  /** Who says so. */
  readonly from: Ipv4;
  /**
   * For code 4 of type 3 the longest packet that the next hop would take; where the router does not tell, what RFC 1191
   * §5 tries next. Otherwise 0.
   */
  readonly mtu: number;
  /** Protocol of the quoted packet. */
  readonly protocol: number;
  /** Source and destination of the quoted packet, and the first bytes of its payload (at least 8). */
  readonly source: Ipv4;
  readonly destination: Ipv4;
  readonly view: DataView;
  readonly payload: number;
  readonly length: number;
}

/** What can be said about a packet to be sent; the rest has defaults. */
export interface SendOptions {
  readonly ttl?: number;
  readonly dontFragment?: boolean;
  /** DSCP and ECN octet. */
  readonly trafficClass?: number;
  /** The source address; otherwise that of the outgoing interface. */
  readonly source?: Ipv4;
}

/** Why nothing was sent, as the socket interface names it; undefined: on its way. */
export type SendError = 'ENETUNREACH' | 'EMSGSIZE' | 'EINVAL';

/** Where the payload of a packet built by us begins, counted from the frame's start. */
export const PAYLOAD_OFFSET = ETHERNET_HEADER + IPV4_HEADER;

/** What IPv4 does for the protocols above it. */
export interface Ipv4Service {
  readonly context: Context;
  /** Who tells senders that their packets died. */
  readonly icmp: ErrorSender;
  addProtocol(number: number, handler: Ipv4Protocol): void;
  protocolFor(number: number): Ipv4Protocol | undefined;
  /** Is this one of our addresses? */
  isLocal(address: Ipv4): boolean;
  /** A frame for a payload of `length` bytes at PAYLOAD_OFFSET, to be filled and given to `send`. */
  takeFrame(length: number): Frame;
  /** The address a packet to this destination would come from; undefined when no route leads there. */
  sourceFor(to: Ipv4): Ipv4 | undefined;
  /** Is this a broadcast or multicast address, as far as one can tell from here? */
  isGroup(to: Ipv4): boolean;
  /** Longest payload that the first link towards this destination takes, however narrow the path behind it is. */
  linkRoom(to: Ipv4): number;
  /** Longest payload that goes to this destination in one piece, as far as one knows (RFC 1191). */
  payloadRoom(to: Ipv4): number;
  /**
   * Packets to this destination must not be longer than `mtu` bytes: a router has told so (RFC 1191 §3), or none came
   * through. It holds for all protocols, for ten minutes; what is not below the present estimate changes nothing.
   */
  learnPathMtu(to: Ipv4, mtu: number): void;
  /** Sends the payload in a frame made by `takeFrame`. Takes the frame over, also when it returns an error. */
  send(frame: Frame, protocol: number, to: Ipv4, options?: SendOptions): SendError | undefined;
  /** Drops a frame with a reason. Takes the frame over. */
  drop(port: NetworkInterface, frame: Frame, reason: DropReason): void;
}

export interface ErrorSender {
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
    type: number,
    code: number,
    word?: number,
  ): void;
}
