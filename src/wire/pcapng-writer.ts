// Writing captures that Wireshark opens: one named interface per port, nanoseconds, directions, comments, names, keys.
// Block by block, for live streams, or a whole file at once.
// Reading list: draft-ietf-opsawg-pcapng §4.

import type { Ipv4, Mac } from '../base/address.js';
import { encodeUtf8 } from '../base/text.js';
import type { Time } from '../base/time.js';
import { LINK_TYPE } from './link-types.js';
import { BLOCK, BYTE_ORDER_MAGIC, NAME_RECORD, OPTION, PACKET_FLAGS, SECRETS } from './pcapng.js';

/** What the file says about itself. */
export interface SectionContent {
  readonly comments?: readonly string[];
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
}

/** A place where packets are seen; packets name it by its place in the order of descriptions. */
export interface InterfaceContent {
  readonly name: string;
  readonly description?: string;
  /** Ethernet unless given. */
  readonly linkType?: number;
  /** Bits per second. */
  readonly speed?: number;
  readonly mac?: Mac;
  readonly ipv4?: readonly { readonly address: Ipv4; readonly mask: number }[];
  /** Bytes of frame check sequence at the end of every packet. */
  readonly fcsLength?: number;
  readonly comments?: readonly string[];
}

/** One packet at one interface. */
export interface PacketContent {
  readonly interface: number;
  /** Nanoseconds after the moment the file's times count from. */
  readonly time: Time;
  readonly bytes: Uint8Array;
  /** How long the packet was, in bytes, when `bytes` is only its beginning. */
  readonly originalLength?: number;
  readonly comments?: readonly string[];
  readonly direction?: 'inbound' | 'outbound';
  /** The same number for one packet seen at several interfaces. */
  readonly packetId?: number;
}

/** A name and an address it has. */
export interface NameContent {
  readonly address: Ipv4;
  readonly names: readonly string[];
}

/** What an interface counted from the start to the end of the capture. */
export interface StatisticsContent {
  readonly interface: number;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly received: number;
  readonly dropped: number;
}

/** A whole capture. */
export interface PcapngContent {
  readonly section: SectionContent;
  readonly interfaces: readonly InterfaceContent[];
  readonly names?: readonly NameContent[];
  /** Lines of a TLS key log (`CLIENT_RANDOM …`). */
  readonly tlsKeyLog?: string;
  /** The moment times count from, in nanoseconds since 1970-01-01 00:00 UTC. */
  readonly epochNs: bigint;
  readonly packets: Iterable<PacketContent>;
  readonly statistics?: readonly StatisticsContent[];
}

/** The blocks of a whole file, in order; joined they are the file. */
export function* writePcapng(content: PcapngContent): Generator<Uint8Array> {
  yield writeSection(content.section);
  for (const one of content.interfaces) yield writeInterface(one);
  if (content.names !== undefined && content.names.length > 0) yield writeNames(content.names);
  if (content.tlsKeyLog !== undefined && content.tlsKeyLog !== '') yield writeTlsKeyLog(content.tlsKeyLog);
  for (const packet of content.packets) yield writePacket(packet, content.epochNs);
  for (const one of content.statistics ?? []) yield writeStatistics(one, content.epochNs);
}

/** The block every file begins with. */
export function writeSection(section: SectionContent): Uint8Array {
  const out = new BlockWriter(BLOCK.section);
  out.uint32(BYTE_ORDER_MAGIC).uint16(1).uint16(0);
  // −1: the length of the section is not given.
  out.uint32(0xffffffff).uint32(0xffffffff);
  for (const comment of section.comments ?? []) out.textOption(OPTION.comment, comment);
  if (section.hardware !== undefined) out.textOption(OPTION.section.hardware, section.hardware);
  if (section.os !== undefined) out.textOption(OPTION.section.os, section.os);
  if (section.application !== undefined) out.textOption(OPTION.section.application, section.application);
  return out.finish();
}

/** An interface; its times are in nanoseconds. */
export function writeInterface(one: InterfaceContent): Uint8Array {
  const out = new BlockWriter(BLOCK.interface);
  out.uint16(one.linkType ?? LINK_TYPE.ethernet).uint16(0);
  // 0: packets are kept whole.
  out.uint32(0);
  out.textOption(OPTION.interface.name, one.name);
  if (one.description !== undefined) out.textOption(OPTION.interface.description, one.description);
  for (const { address, mask } of one.ipv4 ?? []) {
    out.option(OPTION.interface.ipv4, [...octetsOf(address), ...octetsOf(mask)]);
  }
  if (one.mac !== undefined) {
    out.option(OPTION.interface.mac, [
      ...octetsOf(Math.floor(one.mac / 0x100000000)).slice(2),
      ...octetsOf(one.mac % 0x100000000),
    ]);
  }
  if (one.speed !== undefined) out.uint64Option(OPTION.interface.speed, BigInt(one.speed));
  out.option(OPTION.interface.timeResolution, [9]);
  if (one.fcsLength !== undefined) out.option(OPTION.interface.fcsLength, [one.fcsLength]);
  for (const comment of one.comments ?? []) out.textOption(OPTION.comment, comment);
  return out.finish();
}

/**
 * A packet; `epochNs` as in {@link PcapngContent}.
 * @param room zeros into which the block is written when it fits; then the result is their beginning
 */
export function writePacket(packet: PacketContent, epochNs: bigint, room?: Uint8Array): Uint8Array {
  const out = new BlockWriter(BLOCK.packet, packet.bytes.length, room);
  out.uint32(packet.interface).time(epochNs + BigInt(packet.time));
  out.uint32(packet.bytes.length).uint32(packet.originalLength ?? packet.bytes.length);
  out.padded(packet.bytes);
  for (const comment of packet.comments ?? []) out.textOption(OPTION.comment, comment);
  if (packet.direction !== undefined) {
    out.uint32Option(
      OPTION.packet.flags,
      packet.direction === 'inbound' ? PACKET_FLAGS.inbound : PACKET_FLAGS.outbound,
    );
  }
  if (packet.packetId !== undefined) out.uint64Option(OPTION.packet.packetId, BigInt(packet.packetId));
  return out.finish();
}

/** Names of addresses, so that a reader needs no DNS. */
export function writeNames(names: readonly NameContent[]): Uint8Array {
  const out = new BlockWriter(BLOCK.names);
  for (const { address, names: ofAddress } of names) {
    const text = encodeUtf8(`${ofAddress.join('\0')}\0`);
    out.record(NAME_RECORD.ipv4, Uint8Array.of(...octetsOf(address), ...text));
  }
  out.uint16(NAME_RECORD.end).uint16(0);
  return out.finish();
}

/** Keys of TLS sessions; must stand before the packets they open. */
export function writeTlsKeyLog(lines: string): Uint8Array {
  const out = new BlockWriter(BLOCK.secrets);
  const data = encodeUtf8(lines);
  out.uint32(SECRETS.tlsKeyLog).uint32(data.length).padded(data);
  return out.finish();
}

/** What an interface counted; stands at the end. */
export function writeStatistics(one: StatisticsContent, epochNs: bigint): Uint8Array {
  const out = new BlockWriter(BLOCK.statistics);
  out.uint32(one.interface).time(epochNs + BigInt(one.endTime));
  out.timeOption(OPTION.statistics.startTime, epochNs + BigInt(one.startTime));
  out.timeOption(OPTION.statistics.endTime, epochNs + BigInt(one.endTime));
  out.uint64Option(OPTION.statistics.received, BigInt(one.received));
  out.uint64Option(OPTION.statistics.dropped, BigInt(one.dropped));
  return out.finish();
}

function octetsOf(word: number): number[] {
  return [(word >>> 24) & 255, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
}

/** The longest option, in bytes; a longer text is cut at a character. */
const OPTION_MAXIMUM = 0xffff;

/** Builds one block, little-endian. */
class BlockWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private at = 8;
  private hasOptions = false;

  /** @param room zeros; what does not fit goes elsewhere */
  constructor(type: number, expected = 0, room: Uint8Array = new Uint8Array(expected + 128)) {
    this.bytes = room;
    this.view = new DataView(room.buffer, room.byteOffset, room.length);
    this.view.setUint32(0, type, true);
  }

  uint16(value: number): this {
    this.reserve(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
    return this;
  }

  uint32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  /** The upper half first, whatever the byte order. */
  time(ns: bigint): this {
    return this.uint32(Number((ns >> 32n) & 0xffffffffn)).uint32(Number(ns & 0xffffffffn));
  }

  /** Bytes, then zeros up to a multiple of 4. */
  padded(bytes: ArrayLike<number>): this {
    const length = Math.ceil(bytes.length / 4) * 4;
    this.reserve(length);
    this.bytes.set(bytes, this.at);
    this.at += length;
    return this;
  }

  record(code: number, bytes: ArrayLike<number>): this {
    return this.uint16(code).uint16(bytes.length).padded(bytes);
  }

  option(code: number, bytes: ArrayLike<number>): this {
    this.hasOptions = true;
    return this.record(code, bytes);
  }

  textOption(code: number, text: string): this {
    let bytes = encodeUtf8(text);
    if (bytes.length > OPTION_MAXIMUM) {
      let end = OPTION_MAXIMUM;
      while ((bytes[end] & 0xc0) === 0x80) end--;
      bytes = bytes.subarray(0, end);
    }
    return this.option(code, bytes);
  }

  uint32Option(code: number, value: number): this {
    this.hasOptions = true;
    return this.uint16(code).uint16(4).uint32(value);
  }

  uint64Option(code: number, value: bigint): this {
    this.hasOptions = true;
    return this.uint16(code)
      .uint16(8)
      .uint32(Number(value & 0xffffffffn))
      .uint32(Number((value >> 32n) & 0xffffffffn));
  }

  timeOption(code: number, ns: bigint): this {
    this.hasOptions = true;
    return this.uint16(code).uint16(8).time(ns);
  }

  /** The block, with its length at both ends. */
  finish(): Uint8Array {
    if (this.hasOptions) this.uint16(OPTION.end).uint16(0);
    const length = this.at + 4;
    this.uint32(length);
    this.view.setUint32(4, length, true);
    return this.bytes.subarray(0, length);
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
