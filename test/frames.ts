// Frames for tests, built from named fields with right lengths and checksums unless a test says otherwise.

import { parseIpv4, parseMac } from '../src/base/address.js';
import { complement, pseudoHeaderSum, sumOctets } from '../src/base/checksum.js';
import { arp } from '../src/wire/arp.js';
import { ethernet } from '../src/wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../src/wire/iana.js';
import { icmp, icmpEcho } from '../src/wire/icmp.js';
import { ipv4 } from '../src/wire/ipv4.js';
import type { Layout } from '../src/wire/layout.js';
import { tcp } from '../src/wire/tcp.js';
import { udp } from '../src/wire/udp.js';

export const CLIENT_MAC = parseMac('02:00:00:00:00:0a') as number;
export const ROUTER_MAC = parseMac('02:00:00:00:00:0b') as number;
export const CLIENT = parseIpv4('192.0.2.10') as number;
export const ROUTER = parseIpv4('192.0.2.1') as number;
export const SERVER = parseIpv4('198.51.100.7') as number;

type Values<L> = L extends Layout<infer Name> ? Partial<Record<Name, number>> : never;

/** The bytes of a fixed header; fields that are not named are zero. */
export function headerOf<Name extends string>(
  layout: Layout<Name>,
  values: Partial<Record<Name, number>>,
): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const zeros = Object.fromEntries(Object.keys(layout.fields).map((name) => [name, 0])) as Record<
    Name,
    number
  >;
  layout.write(new DataView(bytes.buffer), 0, { ...zeros, ...values });
  return bytes;
}

export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function ethernetFrame(payload: Uint8Array, values: Values<typeof ethernet> = {}): Uint8Array {
  const header = { destination: ROUTER_MAC, source: CLIENT_MAC, etherType: ETHERTYPE.ipv4, ...values };
  return join(headerOf(ethernet, header), payload);
}

export function arpMessage(values: Values<typeof arp> = {}): Uint8Array {
  return headerOf(arp, {
    hardwareType: 1,
    protocolType: ETHERTYPE.ipv4,
    hardwareSize: 6,
    protocolSize: 4,
    operation: 1,
    senderMac: CLIENT_MAC,
    senderIp: CLIENT,
    targetIp: ROUTER,
    ...values,
  });
}

/** A packet; `options` must be a multiple of 4 bytes long. */
export function ipv4Packet(
  payload: Uint8Array,
  values: Values<typeof ipv4> = {},
  options: Uint8Array = new Uint8Array(),
): Uint8Array {
  const header = join(
    headerOf(ipv4, {
      version: 4,
      headerWords: 5 + options.length / 4,
      totalLength: 20 + options.length + payload.length,
      identification: 0x1234,
      ttl: 64,
      protocol: PROTOCOL.udp,
      source: CLIENT,
      destination: SERVER,
      ...values,
    }),
    options,
  );
  if (values.checksum === undefined) putUint16(header, 10, complement(sumOctets(header)));
  return join(header, payload);
}

export function udpDatagram(payload: Uint8Array, values: Values<typeof udp> = {}): Uint8Array {
  const ports = { sourcePort: 50000, destinationPort: 9, length: 8 + payload.length };
  const bytes = join(headerOf(udp, { ...ports, ...values }), payload);
  if (values.checksum === undefined) putUint16(bytes, 6, transportChecksum(bytes, PROTOCOL.udp) || 0xffff);
  return bytes;
}

export function tcpSegment(
  payload: Uint8Array,
  values: Values<typeof tcp> = {},
  options: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bytes = join(
    headerOf(tcp, {
      sourcePort: 50000,
      destinationPort: 9,
      sequence: 1000,
      dataOffset: 5 + options.length / 4,
      window: 65535,
      ...values,
    }),
    options,
    payload,
  );
  if (values.checksum === undefined) putUint16(bytes, 16, transportChecksum(bytes, PROTOCOL.tcp));
  return bytes;
}

/** A message whose second word and body are given. */
export function icmpMessage(type: number, code: number, rest: Uint8Array): Uint8Array {
  const bytes = join(headerOf(icmp, { type, code }), rest);
  putUint16(bytes, 2, complement(sumOctets(bytes)));
  return bytes;
}

export function echoRequest(data: Uint8Array): Uint8Array {
  return icmpMessage(8, 0, join(headerOf(icmpEcho, { identifier: 7, sequence: 1 }), data));
}

/** The checksum between {@link CLIENT} and {@link SERVER}. */
function transportChecksum(bytes: Uint8Array, protocol: number): number {
  return complement(pseudoHeaderSum(CLIENT, SERVER, protocol, bytes.length) + sumOctets(bytes));
}

function putUint16(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer).setUint16(at, value);
}
