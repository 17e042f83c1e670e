// Frames as they were at moments of their way: once in full, at later hops only the bytes in front that changed.

import type { Frame } from '../base/frame-store.js';
import { dropChunks } from './chunks.js';

/** Snapshots per chunk, as a power of two. Memory of a chunk that is not yet written to costs nothing. */
const CHUNK_BITS = 15;
const CHUNK_SNAPSHOTS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_SNAPSHOTS - 1;
/** Words of a snapshot: base, byte chunk, offset, stored length, full length, packet id. */
const SNAPSHOT_WORDS = 6;
/** Chunks of frame bytes double from the least to the most, so that a short trace stays small. */
const LEAST_BYTE_CHUNK = 1 << 16;
const MOST_BYTE_CHUNK = 1 << 23;
/** Frames begin at 2 modulo 4 in their memory and here, so that they can be copied by words. */
const MISALIGNMENT = 2;

/** Frame bytes of a chunk: the same memory as octets and as words. */
interface ByteChunk {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
}

export class FrameSnapshots {
  private readonly keepsBytes: boolean;
  private count = 0;
  private firstKept = 0;
  /** Chunks that were forgotten leave their places empty. */
  private readonly chunks: (Int32Array | undefined)[] = [];
  private words = new Int32Array(0);
  private readonly byteChunks: (ByteChunk | undefined)[] = [];
  private byteChunk: ByteChunk = newByteChunk(0);
  private byteOffset = 0;

  /** @param keepsBytes or only lengths and packet ids */
  constructor(keepsBytes: boolean) {
    this.keepsBytes = keepsBytes;
  }

  /** The first snapshot that is still kept. */
  get first(): number {
    return this.firstKept;
  }

  /** Bytes of memory that the frames take which are kept. */
  get memory(): number {
    return this.byteChunks.reduce((sum, chunk) => sum + (chunk?.u8.length ?? 0), 0);
  }

  /** Keeps a frame as it is now; returns the snapshot's id, which may be that of an equal one before. */
  keep(frame: Frame): number {
    const base = this.isInNewestChunk(frame.snapshot) ? frame.snapshot : -1;
    const { length } = frame;
    let stored = 0;
    let offset = 0;
    if (this.keepsBytes) {
      const touched = base < 0 || frame.snapshotLength !== length ? length : frame.touched;
      if (base >= 0 && touched === 0) return base;
      stored = touched < length ? touched : length;
      offset = this.keepBytes(frame, stored);
    }
    const id = this.count++;
    const place = id & CHUNK_MASK;
    if (place === 0) {
      this.words = new Int32Array(CHUNK_SNAPSHOTS * SNAPSHOT_WORDS);
      this.chunks.push(this.words);
    }
    const words = this.words;
    const at = place * SNAPSHOT_WORDS;
    words[at] = base;
    words[at + 1] = this.byteChunks.length - 1;
    words[at + 2] = offset;
    words[at + 3] = stored;
    words[at + 4] = length;
    words[at + 5] = frame.packetId;
    frame.snapshot = id;
    frame.snapshotLength = length;
    frame.touched = 0;
    return id;
  }

  /** May the next one be told as a change of this one? Chunks stand alone, so that old ones can go. */
  private isInNewestChunk(snapshot: number): boolean {
    return snapshot >= this.firstKept && snapshot >> CHUNK_BITS === this.count >> CHUNK_BITS;
  }

  /** Copies the first bytes of a frame into the current chunk, or a new one; returns where they begin. */
  private keepBytes(frame: Frame, length: number): number {
    const needed = (MISALIGNMENT + length + 3) & ~3;
    if (this.byteOffset + needed > this.byteChunk.u8.length) {
      const doubled = Math.min(MOST_BYTE_CHUNK, this.byteChunk.u8.length * 2);
      this.byteChunk = newByteChunk(Math.max(needed, doubled, LEAST_BYTE_CHUNK));
      this.byteChunks.push(this.byteChunk);
      this.byteOffset = 0;
    }
    const at = this.byteOffset;
    const from = frame.start - MISALIGNMENT;
    if (needed > 128) this.byteChunk.u8.set(frame.u8.subarray(from, from + needed), at);
    else {
      // Few bytes go faster word by word than through a call into the machine.
      const { u32 } = this.byteChunk;
      const source = frame.u32;
      const shift = (from - at) >> 2;
      for (let word = at >> 2; word < (at + needed) >> 2; word++) u32[word] = source[word + shift] as number;
    }
    this.byteOffset = at + needed;
    return at + MISALIGNMENT;
  }

  // ---- forgetting ----

  /** How many have been kept so far, those that were forgotten included. */
  get length(): number {
    return this.count;
  }

  /** Forgets what had been kept by some time, in whole chunks. */
  forget(before: number): void {
    const first = before >> CHUNK_BITS;
    const kept = this.chunks[first];
    if (kept === undefined) return;
    this.firstKept = first << CHUNK_BITS;
    dropChunks(this.chunks, first);
    // Its first one has the oldest bytes.
    dropChunks(this.byteChunks, kept[1] as number);
  }

  /** Forgets all. What comes later has numbers of its own: whoever still has an old one finds nothing behind it. */
  clear(): void {
    dropChunks(this.chunks, this.chunks.length);
    dropChunks(this.byteChunks, this.byteChunks.length);
    this.count = this.chunks.length << CHUNK_BITS;
    this.firstKept = this.count;
    this.words = new Int32Array(0);
    this.byteChunk = newByteChunk(0);
    this.byteOffset = 0;
  }

  // ---- reading ----

  /** The bytes of a frame; none when they are not kept, or not any more. */
  bytesOf(snapshot: number): Uint8Array {
    const bytes = new Uint8Array(this.keepsBytes ? this.lengthOf(snapshot) : 0);
    this.copyTo(bytes, snapshot);
    return bytes;
  }

  /** Copies the first bytes of a frame, as many as there is room for. */
  copyTo(target: Uint8Array, snapshot: number): void {
    const length = Math.min(target.length, this.lengthOf(snapshot));
    let covered = 0;
    for (let id = snapshot; id >= this.firstKept && covered < length; ) {
      const chunk = this.chunks[id >> CHUNK_BITS] as Int32Array;
      const at = (id & CHUNK_MASK) * SNAPSHOT_WORDS;
      const stored = Math.min(chunk[at + 3] as number, length);
      if (stored > covered) {
        const { u8 } = this.byteChunks[chunk[at + 1] as number] as ByteChunk;
        const offset = chunk[at + 2] as number;
        target.set(u8.subarray(offset + covered, offset + stored), covered);
        covered = stored;
      }
      id = chunk[at] as number;
    }
  }

  /** The frame that a frame was before somebody changed it; −1: there is none, or of another length. */
  baseOf(snapshot: number): number {
    const base = snapshot < this.firstKept ? -1 : this.field(snapshot, 0);
    return base >= this.firstKept && this.lengthOf(base) === this.lengthOf(snapshot) ? base : -1;
  }

  /** So many of its first bytes may differ from that. */
  changedOf(snapshot: number): number {
    return this.field(snapshot, 3);
  }

  /** Length of the frame in bytes; 0 when it is not there. */
  lengthOf(snapshot: number): number {
    return this.field(snapshot, 4);
  }

  /** Packet id of the frame; 0 when it is not there. */
  packetIdOf(snapshot: number): number {
    return this.field(snapshot, 5);
  }

  private field(snapshot: number, field: number): number {
    if (snapshot < this.firstKept || snapshot < 0) return 0;
    const chunk = this.chunks[snapshot >> CHUNK_BITS] as Int32Array;
    return chunk[(snapshot & CHUNK_MASK) * SNAPSHOT_WORDS + field] as number;
  }
}

function newByteChunk(size: number): ByteChunk {
  const memory = new ArrayBuffer((size + 3) & ~3);
  return { u8: new Uint8Array(memory), u32: new Uint32Array(memory) };
}
