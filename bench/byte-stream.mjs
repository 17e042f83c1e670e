// A stream of bytes in which every place can be checked by itself: programs write it into connections, others read it.

import { fail } from 'node:assert/strict';

/** A prime, so that text that has slipped by whole segments, windows or buffers does not look right. */
const PERIOD = 65_521;
/** Bytes of one read at most. */
const READ_SIZE = 65_536;
/** Of every so many reads each byte of the first is checked; of the others the first, the middle and the last one. */
const CHECK_INTERVAL = 64;

/** So long that a read or a write can begin anywhere in the first period. */
const PATTERN = new Uint8Array(PERIOD + READ_SIZE);
for (let i = 0, state = 1; i < PERIOD; i++) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  PATTERN[i] = state >>> 16;
}
PATTERN.copyWithin(PERIOD, 0, READ_SIZE);
const READ = new Uint8Array(READ_SIZE);

/** @typedef {import('../dist/stack/tcp/connection.js').TcpConnection} TcpConnection */

/** A program that writes the stream in pieces, as much as the connection takes. */
export class StreamWriter {
  written = 0;

  /** @param {number} piece bytes of one write, at most 65536 @param {number} total @param {number} place where in the pattern the stream begins */
  constructor(piece, total = Number.POSITIVE_INFINITY, place = 0) {
    this.piece = piece;
    this.total = total;
    this.place = place;
  }

  get done() {
    return this.written >= this.total;
  }

  /** Writes until the connection's buffer is full or everything is written. @param {TcpConnection} connection */
  writeTo(connection) {
    while (this.written < this.total) {
      const size = Math.min(this.piece, this.total - this.written);
      const taken = connection.writeShared(PATTERN.subarray(this.place, this.place + size));
      this.written += taken;
      this.place = wrap(this.place + taken);
      if (taken < size) return;
    }
  }
}

/** A program that reads the stream and looks whether it is right. */
export class StreamReader {
  got = 0;
  reads = 0;

  /** @param {number} place where in the pattern the stream begins */
  constructor(place = 0) {
    this.place = place;
  }

  /** Reads what there is. @param {TcpConnection} connection @throws AssertionError for a wrong byte */
  readFrom(connection) {
    for (let size = connection.readInto(READ); size > 0; size = connection.readInto(READ)) {
      const { place } = this;
      const step = this.reads++ % CHECK_INTERVAL === 0 ? 1 : Math.max(1, (size - 1) >> 1);
      for (let i = 0; i < size; i += step) {
        if (READ[i] !== PATTERN[place + i]) fail(`byte ${this.got + i} is wrong`);
      }
      this.got += size;
      this.place = wrap(place + size);
      if (size < READ_SIZE) return;
    }
  }
}

/** @param {number} place in a period or the one behind it */
const wrap = (place) => (place < PERIOD ? place : place - PERIOD);
