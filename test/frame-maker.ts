// Raw frames by the layouts of the wire, from one card to another, for tests: right unless a test says otherwise.

import { type Ipv4, type Ipv4Prefix, type Mac, parseCidr, parseIpv4, parseMac } from '../src/base/address.js';
import { complement, pseudoHeaderSum, sumOctets } from '../src/base/checksum.js';
import { ARP_REQUEST, arp } from '../src/wire/arp.js';
import { ethernet } from '../src/wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../src/wire/iana.js';
import type { ipv4 } from '../src/wire/ipv4.js';
import type { Layout } from '../src/wire/layout.js';
import { tcp } from '../src/wire/tcp.js';
import { udp } from '../src/wire/udp.js';
import { headerOf, icmpMessage, ipv4Packet, join } from './frames.js';

export function ip(text: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw new RangeError(`${text} is no IPv4 address`);
  return address;
}

export function mac(text: string): Mac {
  const address = parseMac(text);
  if (address === undefined) throw new RangeError(`${text} is no MAC address`);
  return address;
}

export function prefix(text: string): Ipv4Prefix {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new RangeError(`${text} is no prefix`);
  return cidr.prefix;
}

/** Bytes that differ from place to place. */
export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) + seed) & 255);
}

type Values<L> = L extends Layout<infer Name> ? Partial<Record<Name, number>> : never;
export type IpValues = Values<typeof ipv4>;

interface Side {
  readonly mac: Mac;
  readonly ip: Ipv4;
}

/** Makes frames from one card to another with right lengths and checksums, unless values say otherwise. */
export class FrameMaker {
  readonly source: Side;
  readonly destination: Side;

  constructor(source: Side, destination: Side) {
    this.source = source;
    this.destination = destination;
  }

  /** The same with another IP address at either end: what comes from or goes to a machine behind the card. */
  withIp(addresses: { readonly source?: string; readonly destination?: string }): FrameMaker {
    const { source, destination } = this;
    return new FrameMaker(
      addresses.source === undefined ? source : { ...source, ip: ip(addresses.source) },
      addresses.destination === undefined ? destination : { ...destination, ip: ip(addresses.destination) },
    );
  }

  ethernet(payload: Uint8Array, values: Values<typeof ethernet> = {}): Uint8Array {
    const header = {
      destination: this.destination.mac,
      source: this.source.mac,
      etherType: ETHERTYPE.ipv4,
      ...values,
    };
    return join(headerOf(ethernet, header), payload);
  }

  arp(values: Values<typeof arp> = {}, frame: Values<typeof ethernet> = {}): Uint8Array {
    const message = headerOf(arp, {
      hardwareType: 1,
      protocolType: ETHERTYPE.ipv4,
      hardwareSize: 6,
      protocolSize: 4,
      operation: ARP_REQUEST,
      senderMac: this.source.mac,
      senderIp: this.source.ip,
      targetMac: 0,
      targetIp: this.destination.ip,
      ...values,
    });
    return this.ethernet(message, { etherType: ETHERTYPE.arp, destination: 0xffffffffffff, ...frame });
  }

  /** `options` must be a multiple of 4 bytes long. */
  packet(payload: Uint8Array, values: IpValues = {}, options?: Uint8Array): Uint8Array {
    const addresses = { source: this.source.ip, destination: this.destination.ip };
    return this.ethernet(ipv4Packet(payload, { ...addresses, ...values }, options));
  }

  udp(data: Uint8Array, values: Values<typeof udp> = {}, packet: IpValues = {}): Uint8Array {
    return this.packet(this.udpDatagram(data, values), { protocol: PROTOCOL.udp, ...packet });
  }

  udpDatagram(data: Uint8Array, values: Values<typeof udp> = {}): Uint8Array {
    const ports = { sourcePort: 40000, destinationPort: 4000, length: 8 + data.length };
    const bytes = join(headerOf(udp, { ...ports, ...values }), data);
    if (values.checksum === undefined)
      viewOf(bytes).setUint16(6, this.transportChecksum(bytes, PROTOCOL.udp) || 0xffff);
    return bytes;
  }

  tcp(data: Uint8Array, values: Values<typeof tcp> = {}, packet: IpValues = {}): Uint8Array {
    const header = { sourcePort: 40000, destinationPort: 80, dataOffset: 5, window: 65535, ...values };
    const bytes = join(headerOf(tcp, header), data);
    if (values.checksum === undefined)
      viewOf(bytes).setUint16(16, this.transportChecksum(bytes, PROTOCOL.tcp));
    return this.packet(bytes, { protocol: PROTOCOL.tcp, ...packet });
  }

  /** An ICMP message; `rest` is all behind the checksum. */
  icmp(type: number, code: number, rest: Uint8Array, packet: IpValues = {}): Uint8Array {
    return this.packet(icmpMessage(type, code, rest), { protocol: PROTOCOL.icmp, ...packet });
  }

  echo(
    data: Uint8Array,
    values: { type?: number; id?: number; sequence?: number } = {},
    packet: IpValues = {},
  ) {
    const second = new Uint8Array(4);
    viewOf(second).setUint16(0, values.id ?? 7);
    viewOf(second).setUint16(2, values.sequence ?? 1);
    return this.icmp(values.type ?? 8, 0, join(second, data), packet);
  }

  /** An ICMP error that quotes a frame's packet: its header and `quoted` bytes of its payload. */
  icmpError(type: number, code: number, about: Uint8Array, quoted = 8, word = 0): Uint8Array {
    const second = new Uint8Array(4);
    viewOf(second).setUint32(0, word);
    const header = ((about[14] as number) % 16) << 2;
    return this.icmp(type, code, join(second, about.subarray(14, 14 + header + quoted)));
  }

  private transportChecksum(bytes: Uint8Array, protocol: number): number {
    const pseudo = pseudoHeaderSum(this.source.ip, this.destination.ip, protocol, bytes.length);
    return complement(pseudo + sumOctets(bytes));
  }
}

/** The frame with other bytes from `at` on. */
export function patched(frame: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = frame.slice();
  copy.set(bytes, at);
  return copy;
}

/** The frame with the checksum of its IP header made anew. */
export function withIpChecksum(frame: Uint8Array): Uint8Array {
  const copy = patched(frame, 24, 0, 0);
  const length = ((copy[14] as number) & 15) * 4;
  viewOf(copy).setUint16(24, complement(sumOctets(copy, 14, Math.min(copy.length, 14 + length))));
  return copy;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
