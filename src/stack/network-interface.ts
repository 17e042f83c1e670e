// A network interface: a card with a MAC address, a cable to put frames on, and perhaps an IPv4 address.

import {
  directedBroadcast,
  formatMac,
  type Ipv4,
  type Ipv4Prefix,
  type Mac,
  macHigh,
  macLow,
} from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { destinationHigh, destinationLow, ETHERNET_MINIMUM } from '../wire/ethernet.js';
import type { Context } from './context.js';

/** The sending side of a link. */
export interface Cable {
  /** Does it look at frames before they are sent, see `mark`? */
  readonly marks: boolean;
  /** The queue in front of the link may be long: then packets that can carry the news are marked (RFC 3168 §5). */
  mark(frame: Frame): void;
  /** Takes the frame over. */
  send(frame: Frame): void;
}

/** What the interface belongs to. */
export interface FrameReceiver {
  /** Takes the frame over. */
  receive(port: NetworkInterface, frame: Frame): void;
}

export const DEFAULT_MTU = 1500;

export class NetworkInterface {
  /** Index in the trace. */
  readonly id: number;
  /** Place among the interfaces of its device. */
  readonly index: number;
  readonly name: string;
  readonly mac: Mac;
  /** The MAC address as the frame path compares it: upper 16 bits, lower 32 bits signed. */
  readonly macHigh: number;
  readonly macLow: number;
  readonly context: Context;
  readonly receiver: FrameReceiver;
  /** Longest layer-3 packet, in bytes. */
  mtu = DEFAULT_MTU;
  cable: Cable | null = null;

  /** The IPv4 address with its network; 0 and null without one. */
  address: Ipv4 = 0;
  prefix: Ipv4Prefix | null = null;
  /** The directed broadcast address of the network, or the limited one where there is none. */
  broadcast: Ipv4 = -1;

  /** Counters, as `ip -s link` shows them. */
  sentFrames = 0;
  sentBytes = 0;
  receivedFrames = 0;
  receivedBytes = 0;

  constructor(context: Context, id: number, index: number, name: string, mac: Mac, receiver: FrameReceiver) {
    this.context = context;
    this.id = id;
    this.index = index;
    this.name = name;
    this.mac = mac;
    this.macHigh = macHigh(mac);
    this.macLow = macLow(mac);
    this.receiver = receiver;
  }

  /** `eth0 (aa:bb:cc:dd:ee:ff)` */
  toString(): string {
    return `${this.name} (${formatMac(this.mac)})`;
  }

  setAddress(address: Ipv4, prefix: Ipv4Prefix): void {
    this.address = address;
    this.prefix = prefix;
    this.broadcast = directedBroadcast(prefix) ?? -1;
  }

  /** Is the frame addressed to this card alone? */
  isAddressed(frame: Frame): boolean {
    const { view, start } = frame;
    return destinationHigh(view, start) === this.macHigh && destinationLow(view, start) === this.macLow;
  }

  /** Puts a frame on the cable, padded to the minimum length. Takes the frame over. */
  transmit(frame: Frame): void {
    if (frame.length < ETHERNET_MINIMUM) pad(frame);
    const { cable } = this;
    const { recorder, frames } = this.context;
    if (cable === null) {
      if (recorder.on) {
        const { cause } = recorder;
        recorder.snapshot(frame);
        if (frame.cause >= 0) recorder.cause = frame.cause;
        recorder.dropped(this.id, 'link', 'link-down', frame);
        recorder.cause = cause;
      }
      frames.release(frame);
      return;
    }
    this.sentFrames++;
    this.sentBytes += frame.length;
    if (cable.marks) cable.mark(frame);
    if (recorder.on) recorder.frameSent(this.id, frame);
    cable.send(frame);
  }

  /** A frame comes in from the cable. Takes the frame over. */
  arrive(frame: Frame): void {
    this.receivedFrames++;
    this.receivedBytes += frame.length;
    const { recorder, frames } = this.context;
    if (recorder.on) recorder.frameArrived(this.id, frame);
    if (frame.damaged) {
      if (recorder.on) recorder.dropped(this.id, 'link', 'bad-fcs', frame);
      frames.release(frame);
      return;
    }
    this.receiver.receive(this, frame);
  }
}

/** Zeros up to the shortest frame Ethernet knows; every slot is long enough. */
function pad(frame: Frame): void {
  const { u8, start } = frame;
  for (let at = start + frame.length; at < start + ETHERNET_MINIMUM; at++) u8[at] = 0;
  frame.length = ETHERNET_MINIMUM;
  frame.touch(ETHERNET_MINIMUM);
}
