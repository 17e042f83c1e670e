// Frames in a stream of bytes: each behind its length in four bytes, most significant first, as QEMU's `-netdev stream`,
// libvirt and passt have it. What comes may be anything, in pieces of any size.
// Reading list: QEMU's documentation of `-netdev stream`.

import { LONGEST_FRAME, SHORTEST_FRAME } from './frame-port.js';

const PREFIX = 4;
/** What QEMU allows (NET_BUFSIZE and 4096 bytes): whoever says more speaks another language. Bytes. */
const LONGEST_ANNOUNCED = 4096 + 65536;

/** A frame with its length before it, as it goes out. */
export function framed(frame: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX + frame.length);
  bytes.writeUInt32BE(frame.length, 0);
  bytes.set(frame, PREFIX);
  return bytes;
}

/**
 * Takes a stream apart. Frames too short or too long for Ethernet are skipped; memory is bounded whatever the stream
 * says.
 */
export class FrameStreamReader {
  private readonly onFrame: (frame: Uint8Array) => void;
  /** What is not complete yet, in the pieces in which it came: a length, or a length and a part of its frame. */
  private held: Uint8Array[] = [];
  private heldLength = 0;
  /** So many bytes must be there before the next look. */
  private needed = PREFIX;
  private broken = false;

  /** @param onFrame called with each frame; it is only lent until the call returns */
  constructor(onFrame: (frame: Uint8Array) => void) {
    this.onFrame = onFrame;
  }

  /** Takes the next piece of the stream. False when this is no stream of frames: nothing more is read from it then. */
  push(piece: Uint8Array): boolean {
    if (this.broken) return false;
    const length = this.heldLength + piece.length;
    // The piece is only lent.
    if (length < this.needed) this.hold(Uint8Array.from(piece));
    else this.read(this.heldLength === 0 ? piece : Buffer.concat([...this.held, piece], length));
    return !this.broken;
  }

  private read(bytes: Uint8Array): void {
    this.held = [];
    this.heldLength = 0;
    this.needed = PREFIX;
    let at = 0;
    while (bytes.length - at >= PREFIX) {
      const length = lengthAt(bytes, at);
      if (length > LONGEST_ANNOUNCED) {
        this.broken = true;
        return;
      }
      const end = at + PREFIX + length;
      if (end > bytes.length) {
        this.needed = PREFIX + length;
        break;
      }
      if (length >= SHORTEST_FRAME && length <= LONGEST_FRAME) this.onFrame(bytes.subarray(at + PREFIX, end));
      at = end;
    }
    if (at < bytes.length) this.hold(Uint8Array.from(bytes.subarray(at)));
  }

  private hold(bytes: Uint8Array): void {
    this.held.push(bytes);
    this.heldLength += bytes.length;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const [a, b, c, d] = bytes.subarray(at, at + PREFIX) as unknown as [number, number, number, number];
  return a * 0x1000000 + (b << 16) + (c << 8) + d;
}
