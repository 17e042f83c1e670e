// Ethernet II: the frame that carries everything over one link.
// Reading list: IEEE 802.3 §3, RFC 894, RFC 1042 (the 802.3 form), IEEE 802.1Q §9 (VLAN tags).

import { crc32 } from '../base/crc32.js';
import { ETHERTYPE_NAMES } from './iana.js';
import { bits, flag, layout, macAddress, uint16 } from './layout.js';

export const ethernet = layout('eth', 'Ethernet II', 'IEEE 802.3 §3, RFC 894', {
  destination: macAddress(
    'eth.dst',
    'Destination',
    'The network card on this link that is to take the frame.',
  ),
  source: macAddress('eth.src', 'Source', 'The network card that sent the frame onto this link.'),
  etherType: uint16('eth.type', 'Type', 'Which protocol the payload belongs to.', {
    format: 'hex',
    names: ETHERTYPE_NAMES,
  }),
});

/** The IEEE 802.3 form: a length where Ethernet II has a type. */
export const ethernet802 = layout('eth', 'IEEE 802.3 Ethernet', 'IEEE 802.3 §3', {
  destination: macAddress(
    'eth.dst',
    'Destination',
    'The network card on this link that is to take the frame.',
  ),
  source: macAddress('eth.src', 'Source', 'The network card that sent the frame onto this link.'),
  length: uint16('eth.len', 'Length', 'How many bytes follow, padding not counted.'),
});

/** The tag that says which virtual LAN a frame belongs to; it stands between the addresses and the type. */
export const vlan = layout('vlan', '802.1Q Virtual LAN', 'IEEE 802.1Q §9.6', {
  priority: bits(
    3,
    'vlan.priority',
    'Priority',
    'How urgent the frame is: the higher, the sooner it is sent on.',
  ),
  dropEligible: flag('vlan.dei', 'DEI', 'Where a queue is full, this frame may be dropped before others.'),
  id: bits(12, 'vlan.id', 'ID', 'Which virtual LAN the frame belongs to.'),
  etherType: uint16('vlan.etype', 'Type', 'Which protocol the payload belongs to.', {
    format: 'hex',
    names: ETHERTYPE_NAMES,
  }),
});

export const ETHERNET_HEADER = 14;
/** The shortest frame without FCS; shorter ones are padded with zeros (IEEE 802.3 §3.2.8). */
export const ETHERNET_MINIMUM = 60;
export const FCS_LENGTH = 4;
/** Preamble, start delimiter and gap between frames: time on the wire that is not in the frame, in bytes. */
export const ETHERNET_OVERHEAD = 20;
/** Values of the type field below this are lengths (IEEE 802.3 §3.2.6). */
export const ETHERTYPE_MINIMUM = 0x0600;

// The frame path handles MAC addresses in two integers, upper 16 bits and lower 32 bits signed: a 48-bit number would
// be a floating-point one.

/** Upper 16 bits of the MAC addresses of IPv4 groups (RFC 1112 §6.4); the next 8 bits are 0x5e. */
const IPV4_GROUP_HIGH = 0x0100;

/** Is the frame addressed to everybody or to an IPv4 group? */
export function isToGroup(view: DataView, start: number): boolean {
  const high = view.getUint16(start);
  const low = view.getInt32(start + 2);
  return (high === 0xffff && low === -1) || (high === IPV4_GROUP_HIGH && low >>> 24 === 0x5e);
}

export function destinationHigh(view: DataView, start: number): number {
  return view.getUint16(start);
}

export function destinationLow(view: DataView, start: number): number {
  return view.getInt32(start + 2);
}

export function sourceHigh(view: DataView, start: number): number {
  return view.getUint16(start + 6);
}

export function sourceLow(view: DataView, start: number): number {
  return view.getInt32(start + 8);
}

/** Writes a whole header from addresses in parts. */
export function writeEthernetHeader(
  view: DataView,
  start: number,
  toHigh: number,
  toLow: number,
  fromHigh: number,
  fromLow: number,
  type: number,
): void {
  view.setUint16(start, toHigh);
  view.setInt32(start + 2, toLow);
  view.setUint16(start + 6, fromHigh);
  view.setInt32(start + 8, fromLow);
  view.setUint16(start + 12, type);
}

/** The frame check sequence of a frame's bytes, as the number whose octets go out least significant first. */
export function frameCheckSequence(frame: Uint8Array): number {
  return crc32(frame);
}

/** The frame with its FCS behind it, as it stands on the wire. */
export function withFcs(frame: Uint8Array): Uint8Array {
  const out = new Uint8Array(frame.length + FCS_LENGTH);
  out.set(frame);
  new DataView(out.buffer).setUint32(frame.length, frameCheckSequence(frame), true);
  return out;
}
