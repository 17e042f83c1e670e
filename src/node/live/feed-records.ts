// What a running lab tells those who watch, as bytes: messages with a head in JSON, and behind it frames, and where they
// were seen, as records of a few bytes. A frame that was changed on its way is told by its changed beginning.
//
//     message  = length of what follows (4)   length of the head (4)   head   record …
//     frame    = 0 (1)   id (4)   packet id (4)   id of the frame it was before, 2^32 - 1 for none (4)
//                length (4)   how many bytes of its beginning follow (4)   these bytes
//     sighting = 1 sent, 2 arrived (1)   interface (4)   frame (4)   seq of its event (8)   time in ns (8)
//
// All numbers are little-endian; those of eight bytes are IEEE 754.

import type { Time } from '../../base/time.js';
import type { WindowFrame } from '../../trace/window.js';

/** Where a frame was seen. */
export interface Sighting {
  readonly kind: 'frame-sent' | 'frame-arrived';
  readonly interface: number;
  readonly frame: WindowFrame;
  readonly seq: number;
  /** In ns. */
  readonly time: Time;
}

/** A frame as a writer finds it: its first bytes are copied to where they are wanted. */
export interface FrameSource {
  readonly id: number;
  readonly packetId: number;
  /** The frame it was before, which the reader has; −1: none. */
  readonly base: number;
  readonly length: number;
  /** So many bytes of its beginning are told. */
  readonly told: number;
  copyTo(target: Uint8Array): void;
}

/** What a reader hands on, in the order in which it was written. */
export interface RecordListener {
  head(head: Readonly<Record<string, unknown>>): void;
  frame(id: number, frame: WindowFrame): void;
  sighting(sighting: Sighting): void;
}

const LENGTHS = 8;
const FRAME = 0;
const SENT = 1;
const ARRIVED = 2;
const FRAME_HEAD = 21;
const SIGHTING = 25;
const NONE = 0xffffffff;
const LITTLE = true;

/** No message and no frame is longer; who says more is not understood. Bytes. */
const LONGEST_MESSAGE = 64 << 20;
const LONGEST_FRAME = 1 << 20;

/** Puts one message together. */
export class MessageWriter {
  private bytes: Buffer;
  private view: DataView;
  private length = 0;

  /** @param size bytes to begin with */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
    this.view = viewOf(this.bytes);
  }

  frame(frame: FrameSource): void {
    const at = this.grow(FRAME_HEAD + frame.told);
    const { bytes, view } = this;
    bytes[at] = FRAME;
    view.setUint32(at + 1, frame.id, LITTLE);
    view.setUint32(at + 5, frame.packetId, LITTLE);
    view.setUint32(at + 9, frame.base < 0 ? NONE : frame.base, LITTLE);
    view.setUint32(at + 13, frame.length, LITTLE);
    view.setUint32(at + 17, frame.told, LITTLE);
    frame.copyTo(bytes.subarray(at + FRAME_HEAD, at + FRAME_HEAD + frame.told));
  }

  sighting(isArrival: boolean, port: number, frame: number, seq: number, time: Time): void {
    const at = this.grow(SIGHTING);
    const { view } = this;
    this.bytes[at] = isArrival ? ARRIVED : SENT;
    view.setUint32(at + 1, port, LITTLE);
    view.setUint32(at + 5, frame, LITTLE);
    view.setFloat64(at + 9, seq, LITTLE);
    view.setFloat64(at + 17, time, LITTLE);
  }

  /** The message; the writer is empty again. */
  finish(head: object): Buffer[] {
    const json = Buffer.from(JSON.stringify(head), 'utf8');
    const first = Buffer.allocUnsafe(LENGTHS + json.length);
    first.writeUInt32LE(4 + json.length + this.length, 0);
    first.writeUInt32LE(json.length, 4);
    first.set(json, LENGTHS);
    const records = this.bytes.subarray(0, this.length);
    const { length: size } = this.bytes;
    this.length = 0;
    if (records.length === 0) return [first];
    // Little is copied, so that it does not keep all that was made ready.
    if (records.length < size / 4) return [first, Buffer.from(records)];
    this.bytes = Buffer.allocUnsafe(size);
    this.view = viewOf(this.bytes);
    return [first, records];
  }

  /** Room for more; returns where it begins. */
  private grow(added: number): number {
    const at = this.length;
    this.length += added;
    if (this.length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
      this.view = viewOf(larger);
    }
    return at;
  }
}

/**
 * Frames that a reader remembers, because sightings may mean them and others may be told as changes of them: each until
 * another one needs its place. So a writer knows which these are.
 */
const PLACES = 1 << 13;

/** The frames that a reader remembers, as its writer counts them. */
export class ToldFrames {
  private readonly ids = new Float64Array(PLACES).fill(-1);
  private newest = -1;

  /** Is it remembered, by everybody who remembers as many of the latest? */
  has(id: number): boolean {
    return this.ids[id % PLACES] === id && this.newest - id < PLACES;
  }

  add(id: number): void {
    this.ids[id % PLACES] = id;
    if (id > this.newest) this.newest = id;
  }
}

/** Takes messages out of a stream, in pieces of any size. */
export class MessageReader {
  private readonly listener: RecordListener;
  private held: Buffer[] = [];
  private heldLength = 0;
  private needed = LENGTHS;
  private readonly frames: ({ readonly id: number; readonly frame: WindowFrame } | undefined)[] = [];

  constructor(listener: RecordListener) {
    this.listener = listener;
  }

  /** Takes the next piece; it must not change afterwards. False: this is not our language. */
  push(piece: Buffer): boolean {
    this.held.push(piece);
    this.heldLength += piece.length;
    if (this.heldLength < this.needed) return true;
    const [first] = this.held;
    const bytes = this.held.length === 1 ? (first as Buffer) : Buffer.concat(this.held, this.heldLength);
    let at = 0;
    this.needed = LENGTHS;
    while (bytes.length - at >= LENGTHS) {
      const length = bytes.readUInt32LE(at);
      if (length < 4 || length > LONGEST_MESSAGE) return false;
      if (bytes.length - at < 4 + length) {
        this.needed = 4 + length;
        break;
      }
      if (!this.message(bytes.subarray(at + 4, at + 4 + length))) return false;
      at += 4 + length;
    }
    const rest = bytes.subarray(at);
    this.held = rest.length === 0 ? [] : [rest];
    this.heldLength = rest.length;
    return true;
  }

  private message(bytes: Buffer): boolean {
    const headLength = bytes.readUInt32LE(0);
    let at = 4 + headLength;
    if (at > bytes.length) return false;
    const head = parse(bytes.toString('utf8', 4, at));
    if (head === undefined) return false;
    this.listener.head(head);
    const view = viewOf(bytes);
    while (at < bytes.length) {
      const left = bytes.length - at;
      const kind = bytes[at];
      if (kind === FRAME) {
        const length = this.frame(bytes, view, at, left);
        if (length === 0) return false;
        at += length;
      } else if ((kind === SENT || kind === ARRIVED) && left >= SIGHTING) {
        const frame = this.remembered(view.getUint32(at + 5, LITTLE));
        if (frame === undefined) return false;
        this.listener.sighting({
          kind: kind === SENT ? 'frame-sent' : 'frame-arrived',
          interface: view.getUint32(at + 1, LITTLE),
          frame,
          seq: view.getFloat64(at + 9, LITTLE),
          time: view.getFloat64(at + 17, LITTLE),
        });
        at += SIGHTING;
      } else return false;
    }
    return true;
  }

  private remembered(id: number): WindowFrame | undefined {
    const place = this.frames[id % PLACES];
    return place?.id === id ? place.frame : undefined;
  }

  /** Returns the bytes of the record; 0 when it is none. */
  private frame(bytes: Buffer, view: DataView, at: number, left: number): number {
    if (left < FRAME_HEAD) return 0;
    const id = view.getUint32(at + 1, LITTLE);
    const packetId = view.getUint32(at + 5, LITTLE);
    const base = view.getUint32(at + 9, LITTLE);
    const length = view.getUint32(at + 13, LITTLE);
    const told = view.getUint32(at + 17, LITTLE);
    if (length > LONGEST_FRAME || told > length || left < FRAME_HEAD + told) return 0;
    const from = at + FRAME_HEAD;
    let whole: Uint8Array = bytes.subarray(from, from + told);
    if (told < length) {
      const before = this.remembered(base)?.bytes;
      if (before?.length !== length) return 0;
      const changed = Uint8Array.from(before);
      changed.set(whole);
      whole = changed;
    }
    const frame = { packetId, bytes: whole };
    this.frames[id % PLACES] = { id, frame };
    this.listener.frame(id, frame);
    return FRAME_HEAD + told;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
