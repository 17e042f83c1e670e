// The frame store: frames are real bytes in slots of big ArrayBuffers, taken and given back, never allocated per hop.
//
// A frame has exactly one owner. Sending a frame gives it away; who wants to keep it copies it; who drops it releases
// it. There are no reference counts.

import { takeSimdMemory, viewsOf } from './simd-memory.js';

/** Bytes kept free before the Ethernet header, so that the IPv4 header behind it falls on a 4-byte boundary. */
const HEADROOM = 2;
const CHUNK_SLOTS_BYTES = 1 << 20;
/**
 * Slot sizes in bytes: small frames (ARP, ACKs), standard frames, jumbo frames, the largest IPv4 packet. Those in use are
 * odd multiples of 64, the line of a processor's cache: with powers of two all headers would share a few places in it.
 */
const SMALL = 320;
const STANDARD = 1600;
const JUMBO = 16448;
const LARGEST = 131072;
const SLOT_SIZES = [SMALL, STANDARD, JUMBO, LARGEST] as const;

/** The longest frame the store can hold, in bytes. */
export const MAX_FRAME_LENGTH = LARGEST - HEADROOM;

/** A frame: `length` bytes from `start` in the memory it shares with the other slots of its chunk. */
export class Frame {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly view: DataView;
  /** Where the Ethernet header begins; always 2 modulo 4. */
  readonly start: number;
  readonly slotSize: number;
  /** Bytes in the frame, from the destination MAC address on, without the FCS. */
  length = 0;

  /** The same for one packet on its whole way, copies made by a flooding switch included. */
  packetId = 0;
  /** The event that led to this frame (−1: none). */
  cause = -1;
  /** The recorder's last snapshot of this frame (−1: none), and how many leading bytes may differ from it. */
  snapshot = -1;
  snapshotLength = 0;
  touched = 0;
  /** True when a link damaged the frame: its FCS no longer fits. */
  damaged = false;

  /** Links queue frames through these: the one behind, when it arrives, its place among equal times. */
  next: Frame | null = null;
  arrivesAt = 0;
  order = 0;
  sendStartsAt = 0;

  constructor(u8: Uint8Array, u32: Uint32Array, view: DataView, slot: number, slotSize: number) {
    this.u8 = u8;
    this.u32 = u32;
    this.view = view;
    this.start = slot + HEADROOM;
    this.slotSize = slotSize;
  }

  /** Says that bytes before offset `end` (counted from the Ethernet header) may have changed. */
  touch(end: number): void {
    if (end > this.touched) this.touched = end;
  }

  /** The frame's bytes where they lie; valid only as long as the frame is. */
  bytes(): Uint8Array {
    return this.u8.subarray(this.start, this.start + this.length);
  }

  /** A copy of the frame's bytes. */
  copyBytes(): Uint8Array {
    return this.u8.slice(this.start, this.start + this.length);
  }
}

export class FrameStore {
  private readonly free: Frame[][] = SLOT_SIZES.map(() => []);
  private nextPacketId = 1;
  private live = 0;

  /** Frames taken and not yet released. */
  get liveCount(): number {
    return this.live;
  }

  /** A frame of `length` bytes whose content is whatever the slot held. @throws RangeError beyond MAX_FRAME_LENGTH */
  take(length: number): Frame {
    const frame = this.takeSlot(length);
    frame.packetId = this.nextPacketId++;
    frame.cause = -1;
    frame.snapshot = -1;
    frame.touched = length;
    frame.damaged = false;
    return frame;
  }

  /** A frame with a copy of these bytes. */
  takeWith(bytes: Uint8Array): Frame {
    const frame = this.take(bytes.length);
    frame.u8.set(bytes, frame.start);
    return frame;
  }

  /** A second frame with the same bytes and the same packet id, as a switch makes when it floods. */
  copy(frame: Frame): Frame {
    const twin = this.takeSlot(frame.length);
    if (twin.u8 === frame.u8) twin.u8.copyWithin(twin.start, frame.start, frame.start + frame.length);
    else twin.u8.set(frame.bytes(), twin.start);
    twin.packetId = frame.packetId;
    twin.cause = frame.cause;
    twin.snapshot = frame.snapshot;
    twin.snapshotLength = frame.snapshotLength;
    twin.touched = frame.touched;
    twin.damaged = frame.damaged;
    return twin;
  }

  /** Gives the slot back. The frame must not be used afterwards. */
  release(frame: Frame): void {
    this.live--;
    frame.next = null;
    const size = frame.slotSize;
    this.free[size === SMALL ? 0 : size === STANDARD ? 1 : size === JUMBO ? 2 : 3].push(frame);
  }

  private takeSlot(length: number): Frame {
    const needed = length + HEADROOM;
    const size = needed <= SMALL ? 0 : needed <= STANDARD ? 1 : needed <= JUMBO ? 2 : 3;
    if (needed > LARGEST)
      throw new RangeError(`a frame of ${length} bytes is longer than ${MAX_FRAME_LENGTH}`);
    const free = this.free[size];
    if (free.length === 0) this.grow(size);
    const frame = free.pop() as Frame;
    frame.length = length;
    this.live++;
    return frame;
  }

  private grow(size: number): void {
    const slotSize = SLOT_SIZES[size] as number;
    // The first chunks are small, so that a small lab costs little memory.
    const first = this.live === 0 ? CHUNK_SLOTS_BYTES / 16 : CHUNK_SLOTS_BYTES;
    const bytes = Math.max(first, slotSize);
    const simd = first === CHUNK_SLOTS_BYTES ? takeSimdMemory(bytes) : undefined;
    const { u8, u32, view } = simd?.memory ?? viewsOf(new ArrayBuffer(bytes));
    const at = simd?.at ?? 0;
    const free = this.free[size] as Frame[];
    for (let place = Math.floor(bytes / slotSize) - 1; place >= 0; place--) {
      free.push(new Frame(u8, u32, view, at + place * slotSize, slotSize));
    }
  }
}
