// The classic capture format: one header, then packets, in the byte order of the machine that wrote them.
// Reading list: draft-ietf-opsawg-pcap.

import { addProblem, type Capture, type CapturePacket, type CaptureProblem } from './capture.js';
import { readUint32 } from './octets.js';

const FILE_HEADER = 24;
const PACKET_HEADER = 16;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** The most any capture program keeps of a packet, whatever its file says. */
const LENGTH_MAXIMUM = 262144;
const BILLION = 1_000_000_000n;

/** True when the bytes begin as a pcap file. */
export function isPcap(bytes: Uint8Array): boolean {
  return formOf(bytes) !== undefined;
}

/** Reads a pcap file; call {@link isPcap} first. */
export function readPcap(bytes: Uint8Array): Capture {
  const { littleEndian, unit } = formOf(bytes) ?? { littleEndian: true, unit: 1n };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const uint32 = (at: number) => view.getUint32(at, littleEndian);
  const packets: CapturePacket[] = [];
  const problems: CaptureProblem[] = [];
  const capture = { format: 'pcap', packets, names: [], secrets: [], comments: [], problems } as const;
  if (bytes.length < FILE_HEADER) {
    addProblem(
      problems,
      'error',
      'pcap.header',
      0,
      `only ${bytes.length} of the ${FILE_HEADER} bytes are there`,
    );
    return { ...capture, interfaces: [], remainders: [{ type: undefined, start: 0, end: bytes.length }] };
  }
  const major = view.getUint16(4, littleEndian);
  const minor = view.getUint16(6, littleEndian);
  if (major !== 2) {
    addProblem(
      problems,
      'warning',
      'pcap.header.version.major',
      4,
      `the version is ${major}.${minor}, not 2.4`,
    );
  }
  const snapLength = uint32(16);
  const link = uint32(20);
  const linkType = link & 0xffff;
  const fcs = (link & 0x04000000) !== 0 ? { fcsLength: (link >>> 28) * 2 } : {};

  let at = FILE_HEADER;
  while (at + PACKET_HEADER <= bytes.length) {
    const length = uint32(at + 8);
    const originalLength = uint32(at + 12);
    const start = at + PACKET_HEADER;
    const left = bytes.length - start;
    if (length > left) {
      const text = `packet ${packets.length + 1} is to have ${length} bytes, but ${left} are left`;
      addProblem(problems, 'error', 'pcap.packet.included_length', at + 8, text);
      break;
    }
    const fraction = BigInt(uint32(at + 4)) * unit;
    if (fraction >= BILLION) {
      const text = `packet ${packets.length + 1} has a fraction of a second that is more than one`;
      addProblem(problems, 'warning', 'pcap.packet.timestamp.usec', at + 4, text);
    }
    if (length > Math.max(snapLength, LENGTH_MAXIMUM)) {
      const text = `packet ${packets.length + 1} has ${length} bytes, more than any capture keeps`;
      addProblem(problems, 'warning', 'pcap.packet.included_length', at + 8, text);
    }
    if (length > originalLength) {
      const text = `packet ${packets.length + 1} has ${length} bytes, but had ${originalLength} on the wire`;
      addProblem(problems, 'warning', 'pcap.packet.origin_length', at + 12, text);
    }
    packets.push({
      timeNs: BigInt(uint32(at)) * BILLION + fraction,
      interface: 0,
      linkType,
      captured: bytes.subarray(start, start + length),
      originalLength,
      comments: [],
    });
    at = start + length;
  }
  const left = bytes.length - at;
  if (left > 0 && left < PACKET_HEADER) {
    addProblem(
      problems,
      'error',
      'pcap.packet',
      at,
      `the file ends within a packet header, ${left} bytes into it`,
    );
  }
  return {
    ...capture,
    interfaces: [{ linkType, snapLength, ...fcs, ipv4: [], comments: [] }],
    remainders: left > 0 ? [{ type: undefined, start: at, end: bytes.length }] : [],
  };
}

/** Byte order, and nanoseconds per unit of the fraction. */
function formOf(bytes: Uint8Array): { littleEndian: boolean; unit: bigint } | undefined {
  if (bytes.length < 4) return undefined;
  const magic = readUint32(bytes, 0);
  const swapped = readUint32(bytes.slice(0, 4).reverse(), 0);
  for (const [number, littleEndian] of [
    [magic, false],
    [swapped, true],
  ] as const) {
    if (number === MICROSECONDS) return { littleEndian, unit: 1000n };
    if (number === NANOSECONDS) return { littleEndian, unit: 1n };
  }
  return undefined;
}
