// What a program has written and the peer has not acknowledged: a queue of pieces of memory. Some are the program's own,
// which it has promised to leave alone; the others are ours, with copies of what it wrote.

import { RingStore } from '../../base/ring-store.js';

/** The longest piece of ours, in bytes. */
const LONGEST = 65_536;
/** So many places of pieces that are gone may stand before those that are there. */
const MOST_GONE = 256;

/** Text from `from` up to, not including, `to`. In memory of ours there may be room behind it. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly isOurs: boolean;
  from: number;
  to: number;
}

/** In the place of a piece that is gone, so that its memory can go too. */
const GONE: Piece = { bytes: new Uint8Array(0), isOurs: false, from: 0, to: 0 };

export class SendBuffer {
  private readonly store: RingStore;
  /** From `first` on; what stands before it is gone. */
  private readonly pieces: Piece[] = [];
  private first = 0;
  private count = 0;
  /** The place that was read last, and how many bytes stand before that piece: most text is sent in order. */
  private cursor = 0;
  private cursorAt = 0;

  /** @param store where our memory comes from */
  constructor(store = new RingStore()) {
    this.store = store;
  }

  /** Bytes in the buffer. */
  get length(): number {
    return this.count;
  }

  /** Copies the first `length` bytes in. */
  append(source: Uint8Array, length: number): void {
    let done = 0;
    while (done < length) {
      const piece = this.lastWithRoom(length - done);
      const size = Math.min(length - done, piece.bytes.length - piece.to);
      piece.bytes.set(source.subarray(done, done + size), piece.to);
      piece.to += size;
      done += size;
    }
    this.count += length;
  }

  /** Takes the first `length` bytes where they are; they must not change until they are discarded. */
  share(source: Uint8Array, length: number): void {
    if (length === 0) return;
    this.pieces.push({ bytes: source, isOurs: false, from: 0, to: length });
    this.count += length;
  }

  /** Copies `length` bytes from `offset` (0: the oldest held) to `target` at `at`. */
  copyTo(target: Uint8Array, at: number, offset: number, length: number): void {
    if (length === 0) return;
    const { pieces } = this;
    let rest = length;
    let place = at;
    let skip = offset - this.seek(offset);
    for (let index = this.cursor; rest > 0; index++) {
      const { bytes, from, to } = pieces[index] as Piece;
      const begin = from + skip;
      const size = to - begin < rest ? to - begin : rest;
      target.set(bytes.subarray(begin, begin + size), place);
      place += size;
      rest -= size;
      skip = 0;
    }
  }

  /** Forgets the oldest bytes. */
  discard(length: number): void {
    const { pieces } = this;
    let rest = length;
    while (rest > 0) {
      const piece = pieces[this.first] as Piece;
      const size = piece.to - piece.from;
      if (size > rest) {
        piece.from += rest;
        break;
      }
      rest -= size;
      pieces[this.first++] = GONE;
      if (piece.isOurs) this.store.release(piece.bytes);
    }
    this.count -= length;
    this.cursorAt -= length;
    if (this.cursor <= this.first) this.rewind();
    if (this.count === 0 || this.first >= MOST_GONE) this.closeUp();
  }

  /** The places of what is gone go too. */
  private closeUp(): void {
    const { pieces, first } = this;
    if (this.count === 0) pieces.length = 0;
    else pieces.splice(0, first);
    this.cursor -= first;
    this.first = 0;
  }

  private rewind(): void {
    this.cursor = this.first;
    this.cursorAt = 0;
  }

  /** The last piece if it is ours and has room, or a new one. */
  private lastWithRoom(wanted: number): Piece {
    const last = this.pieces[this.pieces.length - 1];
    if (last?.isOurs && last.to < last.bytes.length) return last;
    const piece = { bytes: this.store.take(Math.min(wanted, LONGEST)), isOurs: true, from: 0, to: 0 };
    this.pieces.push(piece);
    return piece;
  }

  /** Moves the cursor to the piece with the byte at `offset`; returns how many bytes stand before that piece. */
  private seek(offset: number): number {
    const { pieces } = this;
    if (offset < this.cursorAt) this.rewind();
    let { cursor: index, cursorAt: before } = this;
    // Not behind the last one, which may still grow.
    for (; index < pieces.length - 1; index++) {
      const { from, to } = pieces[index] as Piece;
      if (offset < before + to - from) break;
      before += to - from;
    }
    this.cursor = index;
    this.cursorAt = before;
    return before;
  }
}
