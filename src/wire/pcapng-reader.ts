// The newer capture format: sections of blocks, several interfaces, comments, names and keys.
// Reading list: draft-ietf-opsawg-pcapng.

import { formatIpv4 } from '../base/address.js';
import { decodeUtf8 } from '../base/text.js';
import {
  addProblem,
  type Capture,
  type CaptureInterface,
  type CaptureName,
  type CapturePacket,
  type CaptureProblem,
  type CaptureRemainder,
  type CaptureSecrets,
} from './capture.js';
import { formatIpv6 } from './dns/ipv6.js';
import {
  BLOCK,
  BLOCK_MINIMUM,
  BYTE_ORDER_MAGIC,
  type Clock,
  clockOf,
  NAME_RECORD,
  OPTION,
  PACKET_FLAGS,
  timeOf,
} from './pcapng.js';

/** A block between its two lengths. */
interface Block {
  readonly type: number;
  /** Bytes of the file: where the block begins, and where its content does and ends. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

interface Option {
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** True when the bytes begin as a pcapng file. */
export function isPcapng(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a
  );
}

/** Reads a pcapng file; call {@link isPcapng} first. */
export function readPcapng(bytes: Uint8Array): Capture {
  return new PcapngReader(bytes).read();
}

class PcapngReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly packets: CapturePacket[] = [];
  private readonly interfaces: CaptureInterface[] = [];
  private readonly clocks: Clock[] = [];
  private readonly names: CaptureName[] = [];
  private readonly secrets: CaptureSecrets[] = [];
  private readonly comments: string[] = [];
  private readonly remainders: CaptureRemainder[] = [];
  private readonly problems: CaptureProblem[] = [];
  private origin: { application?: string; hardware?: string; os?: string } = {};
  /** Of the section that is being read. */
  private littleEndian = true;
  private firstInterface = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Capture {
    let at = 0;
    while (at < this.bytes.length) {
      const block = this.blockAt(at);
      if (block === undefined) {
        // Without a length that can be believed nobody knows where the next block begins.
        this.remainders.push({ type: undefined, start: at, end: this.bytes.length });
        break;
      }
      this.readBlock(block);
      at = block.end + 4;
    }
    return {
      format: 'pcapng',
      packets: this.packets,
      interfaces: this.interfaces,
      names: this.names,
      secrets: this.secrets,
      comments: this.comments,
      ...this.origin,
      remainders: this.remainders,
      problems: this.problems,
    };
  }

  private blockAt(at: number): Block | undefined {
    const left = this.bytes.length - at;
    if (left < BLOCK_MINIMUM) {
      this.problem('error', 'pcapng.block', at, `the file ends within a block, ${left} bytes into it`);
      return undefined;
    }
    const type = this.uint32(at);
    if (type === BLOCK.section && !this.readByteOrder(at)) return undefined;
    const length = this.uint32(at + 4);
    if (length < BLOCK_MINIMUM || length % 4 !== 0 || length > left) {
      const least = length > left ? `${left} are left` : `the least is ${BLOCK_MINIMUM}, in steps of 4`;
      this.problem(
        'error',
        'pcapng.block.length',
        at + 4,
        `the block is to have ${length} bytes, but ${least}`,
      );
      return undefined;
    }
    const end = at + length - 4;
    const trailer = this.uint32(end);
    if (trailer !== length) {
      const text = `the length behind the block is ${trailer}, the one before it ${length}`;
      this.problem('warning', 'pcapng.block.length_trailer', end, text);
    }
    return { type, at, start: at + 8, end };
  }

  private readByteOrder(at: number): boolean {
    for (const littleEndian of [true, false]) {
      if (this.view.getUint32(at + 8, littleEndian) === BYTE_ORDER_MAGIC) {
        this.littleEndian = littleEndian;
        return true;
      }
    }
    this.problem(
      'error',
      'pcapng.section_header.byte_order_magic',
      at + 8,
      'the magic number is wrong in both orders',
    );
    return false;
  }

  private readBlock(block: Block): void {
    const size = block.end - block.start;
    const least = LEAST_SIZES[block.type];
    if (least === undefined || size < least) {
      if (least !== undefined) {
        this.problem(
          'error',
          'pcapng.block.length',
          block.at + 4,
          `${size} bytes of content, but ${least} are needed`,
        );
      }
      this.remainders.push({ type: block.type, start: block.at, end: block.end + 4 });
      return;
    }
    switch (block.type) {
      case BLOCK.section:
        this.readSection(block);
        break;
      case BLOCK.interface:
        this.readInterface(block);
        break;
      case BLOCK.packet:
        this.readPacket(block, this.uint32(block.start));
        break;
      case BLOCK.oldPacket:
        this.readPacket(block, this.uint16(block.start));
        break;
      case BLOCK.simplePacket:
        this.readSimplePacket(block);
        break;
      case BLOCK.names:
        this.readNames(block);
        break;
      case BLOCK.statistics:
        this.readStatistics(block);
        break;
      default:
        this.readSecrets(block);
    }
  }

  private readSection(block: Block): void {
    this.firstInterface = this.interfaces.length;
    const major = this.uint16(block.start + 4);
    if (major !== 1) {
      this.problem(
        'warning',
        'pcapng.section_header.version.major',
        block.start + 4,
        `the version is ${major}, not 1`,
      );
    }
    for (const option of this.options(block.start + 16, block.end)) {
      if (option.code === OPTION.comment) this.comments.push(this.text(option));
      else if (option.code === OPTION.section.hardware) this.origin.hardware ??= this.text(option);
      else if (option.code === OPTION.section.os) this.origin.os ??= this.text(option);
      else if (option.code === OPTION.section.application) this.origin.application ??= this.text(option);
    }
  }

  private readInterface(block: Block): void {
    const ipv4: { address: number; mask: number }[] = [];
    const comments: string[] = [];
    const found: Writable<CaptureInterface> = {
      linkType: this.uint16(block.start),
      snapLength: this.uint32(block.start + 4),
      ipv4,
      comments,
    };
    let resolution = 6;
    let offset = 0n;
    for (const option of this.options(block.start + 8, block.end)) {
      const { code, start } = option;
      const size = option.end - start;
      if (code === OPTION.comment) comments.push(this.text(option));
      else if (code === OPTION.interface.name) found.name = this.text(option);
      else if (code === OPTION.interface.description) found.description = this.text(option);
      else if (code === OPTION.interface.ipv4 && size === 8) {
        // Addresses stand in network order in both kinds of file.
        ipv4.push({ address: this.view.getInt32(start), mask: this.view.getInt32(start + 4) });
      } else if (code === OPTION.interface.mac && size === 6) {
        found.mac = this.view.getUint16(start) * 0x100000000 + this.view.getUint32(start + 2);
      } else if (code === OPTION.interface.speed && size === 8) found.speed = this.uint64(start);
      else if (code === OPTION.interface.timeResolution && size === 1) resolution = this.bytes[start];
      else if (code === OPTION.interface.fcsLength && size === 1) found.fcsLength = this.bytes[start];
      else if (code === OPTION.interface.timeOffset && size === 8)
        offset = BigInt.asIntN(64, this.uint64(start));
    }
    this.interfaces.push(found);
    this.clocks.push(clockOf(resolution, offset));
  }

  private readPacket(block: Block, localId: number): void {
    const index = this.firstInterface + localId;
    const medium = this.interfaces[index];
    if (medium === undefined) {
      const known = this.interfaces.length - this.firstInterface;
      this.problem(
        'error',
        'pcapng.interface_id',
        block.start,
        `interface ${localId}, but the section has ${known}`,
      );
      this.remainders.push({ type: block.type, start: block.at, end: block.end + 4 });
      return;
    }
    const length = this.uint32(block.start + 12);
    const originalLength = this.uint32(block.start + 16);
    const start = block.start + 20;
    if (length > block.end - start) {
      const text = `packet ${this.packets.length + 1} is to have ${length} bytes, but its block has ${block.end - start}`;
      this.problem('error', 'pcapng.packet.captured_length', block.start + 12, text);
    } else if (length > originalLength) {
      const text = `packet ${this.packets.length + 1} has ${length} bytes, but had ${originalLength} on the wire`;
      this.problem('warning', 'pcapng.packet.packet_length', block.start + 16, text);
    }
    const end = Math.min(block.end, start + length);
    const ticks = (BigInt(this.uint32(block.start + 4)) << 32n) | BigInt(this.uint32(block.start + 8));
    const comments: string[] = [];
    const packet: Writable<CapturePacket> = {
      timeNs: timeOf(ticks, this.clocks[index]),
      interface: index,
      linkType: medium.linkType,
      captured: this.bytes.subarray(start, end),
      originalLength,
      comments,
    };
    for (const option of this.options(start + padded(length), block.end)) {
      const size = option.end - option.start;
      if (option.code === OPTION.comment) comments.push(this.text(option));
      else if (option.code === OPTION.packet.flags && size === 4) {
        const flags = this.uint32(option.start);
        const direction = flags & PACKET_FLAGS.directionMask;
        if (direction === PACKET_FLAGS.inbound) packet.direction = 'inbound';
        if (direction === PACKET_FLAGS.outbound) packet.direction = 'outbound';
        const fcsLength = (flags >> PACKET_FLAGS.fcsShift) & PACKET_FLAGS.fcsMask;
        if (fcsLength > 0) packet.fcsLength = fcsLength;
      } else if (option.code === OPTION.packet.packetId && size === 8 && block.type === BLOCK.packet) {
        packet.packetId = this.uint64(option.start);
      }
    }
    this.packets.push(packet);
  }

  /** A packet without a time, on the section's first interface; as long as the block, unless the interface cut it. */
  private readSimplePacket(block: Block): void {
    const medium = this.interfaces[this.firstInterface];
    if (medium === undefined) {
      this.problem('error', 'pcapng.interface_id', block.start, 'a packet before any interface');
      this.remainders.push({ type: block.type, start: block.at, end: block.end + 4 });
      return;
    }
    const originalLength = this.uint32(block.start);
    const start = block.start + 4;
    const kept = medium.snapLength === 0 ? originalLength : Math.min(originalLength, medium.snapLength);
    if (kept > block.end - start) {
      const text = `packet ${this.packets.length + 1} is to have ${kept} bytes, but its block has ${block.end - start}`;
      this.problem('error', 'pcapng.packet.packet_length', block.start, text);
    }
    this.packets.push({
      timeNs: undefined,
      interface: this.firstInterface,
      linkType: medium.linkType,
      captured: this.bytes.subarray(start, Math.min(block.end, start + kept)),
      originalLength,
      comments: [],
    });
  }

  private readNames(block: Block): void {
    let at = block.start;
    while (at + 4 <= block.end) {
      const type = this.uint16(at);
      const length = this.uint16(at + 2);
      const start = at + 4;
      if (type === NAME_RECORD.end) return;
      if (start + length > block.end) {
        const text = `the record is to have ${length} bytes, but ${block.end - start} are left`;
        this.problem('error', 'pcapng.records.record.length', at + 2, text);
        return;
      }
      const size = type === NAME_RECORD.ipv4 ? 4 : type === NAME_RECORD.ipv6 ? 16 : 0;
      if (size > 0 && length > size) {
        const address = this.bytes.subarray(start, start + size);
        const names = decodeUtf8(this.bytes, start + size, start + length).split('\0');
        this.names.push({
          address: size === 4 ? formatIpv4(this.view.getInt32(start)) : formatIpv6(address),
          names: names.filter((name) => name !== ''),
        });
      }
      at = start + padded(length);
    }
  }

  private readStatistics(block: Block): void {
    const index = this.firstInterface + this.uint32(block.start);
    const medium = this.interfaces[index];
    if (medium === undefined) {
      this.problem(
        'warning',
        'pcapng.interface_id',
        block.start,
        'statistics of an interface that is not described',
      );
      return;
    }
    const statistics: { received?: bigint; dropped?: bigint } = {};
    for (const { code, start, end } of this.options(block.start + 12, block.end)) {
      if (end - start !== 8) continue;
      if (code === OPTION.statistics.received) statistics.received = this.uint64(start);
      if (code === OPTION.statistics.dropped) statistics.dropped = this.uint64(start);
    }
    this.interfaces[index] = { ...medium, statistics };
  }

  private readSecrets(block: Block): void {
    const length = this.uint32(block.start + 4);
    const start = block.start + 8;
    if (length > block.end - start) {
      const text = `the secrets are to have ${length} bytes, but the block has ${block.end - start}`;
      this.problem('error', 'pcapng.dsb.secrets_length', block.start + 4, text);
    }
    const data = this.bytes.subarray(start, Math.min(block.end, start + length));
    this.secrets.push({ type: this.uint32(block.start), data });
  }

  private options(start: number, end: number): Option[] {
    const options: Option[] = [];
    let at = start;
    while (at + 4 <= end) {
      const code = this.uint16(at);
      const length = this.uint16(at + 2);
      if (code === OPTION.end) break;
      if (at + 4 + length > end) {
        const text = `option ${code} is to have ${length} bytes, but ${end - at - 4} are left`;
        this.problem('error', 'pcapng.options.option.length', at + 2, text);
        break;
      }
      options.push({ code, start: at + 4, end: at + 4 + length });
      at += 4 + padded(length);
    }
    return options;
  }

  private text({ start, end }: Option): string {
    let last = end;
    while (last > start && this.bytes[last - 1] === 0) last--;
    return decodeUtf8(this.bytes, start, last);
  }

  private uint16(at: number): number {
    return this.view.getUint16(at, this.littleEndian);
  }

  private uint32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  private uint64(at: number): bigint {
    return this.view.getBigUint64(at, this.littleEndian);
  }

  private problem(severity: CaptureProblem['severity'], field: string, at: number, text: string): void {
    addProblem(this.problems, severity, field, at, text);
  }
}

/** The least content of each kind of block, in bytes. */
const LEAST_SIZES: Readonly<Record<number, number>> = {
  [BLOCK.section]: 16,
  [BLOCK.interface]: 8,
  [BLOCK.oldPacket]: 20,
  [BLOCK.simplePacket]: 4,
  [BLOCK.names]: 0,
  [BLOCK.statistics]: 12,
  [BLOCK.packet]: 20,
  [BLOCK.secrets]: 8,
};

/** Everything in the file begins at a multiple of 4 bytes. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
