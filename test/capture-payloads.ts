// What real programs sent: the UDP and TCP payloads of the captures in ../shared/conformance, when they are there.
// Reads classic pcap files with Ethernet, loopback and raw IP frames; IPv4 only.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const folder = fileURLToPath(new URL('../../shared/conformance/captures/', import.meta.url));

/** A payload and where it came from. */
export interface CapturedPayload {
  /** Counts from 1, as tshark does. */
  readonly frame: number;
  readonly protocol: 'udp' | 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** TCP only. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** Like `describe`; without the captures a loud skip. */
export function describeWithCaptures(name: string, tests: () => void): void {
  if (existsSync(folder)) {
    describe(name, tests);
  } else {
    console.warn(`\n!!! ${folder} is missing: ${name} is SKIPPED\n`);
    describe.skip(`${name} (needs the captures)`, tests);
  }
}

/** The payloads of a capture such as `app/name.pcap`. */
export function payloadsOf(capture: string): CapturedPayload[] {
  const file = new Uint8Array(readFileSync(folder + capture));
  const little = file[0] === 0xd4 || file[0] === 0x4d;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const linkHeader = { 0: 4, 1: 14, 101: 0, 113: 16 }[view.getUint32(20, little)];
  if (linkHeader === undefined) throw new Error(`${capture}: unknown link type`);
  const payloads: CapturedPayload[] = [];
  let frame = 0;
  for (let at = 24; at + 16 <= file.length; ) {
    const length = view.getUint32(at + 8, little);
    frame++;
    const payload = payloadOf(file.subarray(at + 16 + linkHeader, at + 16 + length), frame);
    if (payload !== undefined) payloads.push(payload);
    at += 16 + length;
  }
  return payloads;
}

/** What tshark says of each frame of a capture: protocol and Info column, by frame number. */
export function tsharkLinesOf(capture: string): Map<number, { protocol: string; info: string }> {
  const lines = new Map<number, { protocol: string; info: string }>();
  for (const line of readFileSync(`${folder}${capture}.tshark.txt`, 'utf8').split('\n')) {
    const match = /^\s*(\d+)\s+\S+\s+\S+ → \S+\s+(\S+) \d+ (.*)$/.exec(line);
    if (match) lines.set(Number(match[1]), { protocol: match[2], info: match[3].trim() });
  }
  return lines;
}

function payloadOf(packet: Uint8Array, frame: number): CapturedPayload | undefined {
  if (packet.length < 20 || packet[0] >> 4 !== 4) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const at = (packet[0] & 15) * 4;
  // Only whole packets and first fragments have ports.
  if ((view.getUint16(6) & 0x1fff) !== 0 || at + 8 > packet.length) return undefined;
  const end = Math.min(view.getUint16(2), packet.length);
  const ports = { frame, sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
  if (packet[9] === 17) return { ...ports, protocol: 'udp', sequence: 0, bytes: packet.slice(at + 8, end) };
  if (packet[9] !== 6 || at + 20 > packet.length) return undefined;
  const data = at + (packet[at + 12] >> 4) * 4;
  return { ...ports, protocol: 'tcp', sequence: view.getUint32(at + 4), bytes: packet.slice(data, end) };
}
