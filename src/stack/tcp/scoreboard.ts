// What is under way, segment by segment: when each was sent, and whether the peer has it, although text before it is
// missing, or the network has lost it.
// Reading list: RFC 6675 §2 and §4 (scoreboard, pipe), RFC 8985 §5.1 (what is kept for each segment), RFC 2018 §8.

import { seqAtMost, seqDiff, seqLess } from '../../base/sequence.js';
import type { Time } from '../../base/time.js';

const SACKED = 1;
const LOST = 2;
const RETRANSMITTED = 4;

const LEAST_CAPACITY = 8;
const NONE: number[] = [];
/** A time that is no whole number: so an engine knows from the beginning that the array holds such numbers. */
const NO_TIME: Time = 0.5;

/**
 * Segments in the order of their sequence numbers, which follow each other without gaps from `start` on. A segment is
 * one of three: under way, here at the peer (SACKed), or lost; what is sent again is under way again.
 */
export class Scoreboard {
  /** Where the first one begins: SND.UNA. */
  start = 0;
  /** How many there are. */
  size = 0;
  /** Sequence numbers of those the peer has beyond a gap, and of those that are lost and not sent again. */
  sacked = 0;
  lost = 0;
  /** How many segments are SACKed. */
  sackedSegments = 0;

  /** Rings, whose length is a power of two. Most are short: then an array is a quarter of what a typed one is. */
  private ends = NONE;
  private times = NONE;
  private marks = NONE;
  private first = 0;
  /** No segment before this one is lost. */
  private lostFrom = 0;

  begin(start: number): void {
    this.start = start;
  }

  /** Behind the last one. */
  get end(): number {
    return this.size === 0 ? this.start : this.ends[this.slot(this.size - 1)];
  }

  startOf(index: number): number {
    return index === 0 ? this.start : this.ends[this.slot(index - 1)];
  }

  endOf(index: number): number {
    return this.ends[this.slot(index)];
  }

  /** When it was sent last. */
  sentAt(index: number): Time {
    return this.times[this.slot(index)];
  }

  isSacked(index: number): boolean {
    return (this.marks[this.slot(index)] & SACKED) !== 0;
  }

  isLost(index: number): boolean {
    return (this.marks[this.slot(index)] & LOST) !== 0;
  }

  /** Sent more than once: what comes back tells nothing about the way there (Karn). */
  wasRetransmitted(index: number): boolean {
    return (this.marks[this.slot(index)] & RETRANSMITTED) !== 0;
  }

  /** Sequence numbers that are in the network, as far as one can know (RFC 6675 §4: pipe). */
  get pipe(): number {
    return seqDiff(this.end, this.start) - this.sacked - this.lost;
  }

  // ---- what is sent ----

  /** A segment up to, not including, `end` has been sent for the first time. */
  sent(end: number, now: Time): void {
    if (this.size === this.ends.length) this.grow();
    const slot = this.slot(this.size++);
    this.ends[slot] = end;
    this.times[slot] = now;
    this.marks[slot] = 0;
  }

  /** It has been sent again. */
  resent(index: number, now: Time): void {
    const slot = this.slot(index);
    if ((this.marks[slot] & LOST) !== 0) this.lost -= this.lengthOf(index);
    this.marks[slot] = (this.marks[slot] & ~LOST) | RETRANSMITTED;
    this.times[slot] = now;
  }

  /** Makes two of one, because it must be sent again in smaller pieces. */
  split(index: number, at: number): void {
    if (this.size === this.ends.length) this.grow();
    for (let place = this.size; place > index; place--) {
      const from = this.slot(place - 1);
      const to = this.slot(place);
      this.ends[to] = this.ends[from];
      this.times[to] = this.times[from];
      this.marks[to] = this.marks[from];
    }
    this.size++;
    this.ends[this.slot(index)] = at;
    if (this.isSacked(index)) this.sackedSegments++;
  }

  /** Makes one of it and the next one, both lost, because there is room for both in one segment. */
  join(index: number): void {
    const into = this.slot(index + 1);
    this.marks[into] |= this.marks[this.slot(index)];
    for (let place = index + 1; place < this.size; place++) {
      const from = this.slot(place);
      const to = this.slot(place - 1);
      this.ends[to] = this.ends[from];
      this.times[to] = this.times[from];
      this.marks[to] = this.marks[from];
    }
    this.size--;
  }

  // ---- what is known of it ----

  /** The first one that ends behind a sequence number; `size` when there is none. */
  at(sequence: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqLess(sequence, this.endOf(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The peer has it. True: that is news. */
  sack(index: number): boolean {
    const slot = this.slot(index);
    const mark = this.marks[slot];
    if ((mark & SACKED) !== 0) return false;
    const length = this.lengthOf(index);
    if ((mark & LOST) !== 0) this.lost -= length;
    this.marks[slot] = (mark & ~LOST) | SACKED;
    this.sacked += length;
    this.sackedSegments++;
    return true;
  }

  /** The network has lost it. True: that is news. */
  lose(index: number): boolean {
    const slot = this.slot(index);
    if ((this.marks[slot] & (SACKED | LOST)) !== 0) return false;
    this.marks[slot] |= LOST;
    this.lost += this.lengthOf(index);
    if (index < this.lostFrom) this.lostFrom = index;
    return true;
  }

  /** Nobody has taken what is under way: all of it goes out again. */
  loseAll(): void {
    for (let index = 0; index < this.size; index++) this.lose(index);
  }

  /** The first one that is lost; −1 when none is. */
  get firstLost(): number {
    if (this.lost === 0) {
      this.lostFrom = this.size;
      return -1;
    }
    let index = this.lostFrom;
    while (index < this.size && !this.isLost(index)) index++;
    this.lostFrom = index;
    return index < this.size ? index : -1;
  }

  /** The peer has thrown away what it had reported: nothing of it counts (RFC 2018 §8). */
  forgetSacked(): void {
    for (let index = 0; index < this.size; index++) this.marks[this.slot(index)] &= ~SACKED;
    this.sacked = 0;
    this.sackedSegments = 0;
  }

  /** Everything before `acknowledgment` has arrived. Segments of which a part has arrived become shorter. */
  acknowledged(acknowledgment: number): void {
    while (this.size > 0 && seqAtMost(this.endOf(0), acknowledgment)) {
      const slot = this.slot(0);
      const length = seqDiff(this.ends[slot], this.start);
      const mark = this.marks[slot];
      if ((mark & LOST) !== 0) this.lost -= length;
      if ((mark & SACKED) !== 0) {
        this.sacked -= length;
        this.sackedSegments--;
      }
      this.start = this.ends[slot];
      this.first = (this.first + 1) & (this.ends.length - 1);
      this.size--;
      if (this.lostFrom > 0) this.lostFrom--;
    }
    if (this.size > 0) {
      const part = seqDiff(acknowledgment, this.start);
      if (part > 0 && this.isLost(0)) this.lost -= part;
      if (part > 0 && this.isSacked(0)) this.sacked -= part;
    }
    this.start = acknowledgment;
  }

  /** What the peer has beyond gaps, for people: `1449-2897 4345-5793`, counted from `origin`. */
  describe(origin: number): string {
    const runs: string[] = [];
    let from = -1;
    for (let index = 0; index <= this.size; index++) {
      const has = index < this.size && this.isSacked(index);
      if (has && from < 0) from = seqDiff(this.startOf(index), origin);
      if (has || from < 0) continue;
      runs.push(`${from}-${seqDiff(this.startOf(index), origin)}`);
      from = -1;
    }
    return runs.join(' ');
  }

  private lengthOf(index: number): number {
    return seqDiff(this.endOf(index), this.startOf(index));
  }

  private slot(index: number): number {
    return (this.first + index) & (this.ends.length - 1);
  }

  private grow(): void {
    const capacity = Math.max(LEAST_CAPACITY, 2 * this.ends.length);
    const ends: number[] = new Array(capacity).fill(0);
    const times: Time[] = new Array(capacity).fill(NO_TIME);
    const marks: number[] = new Array(capacity).fill(0);
    for (let index = 0; index < this.size; index++) {
      const slot = this.slot(index);
      ends[index] = this.ends[slot];
      times[index] = this.times[slot];
      marks[index] = this.marks[slot];
    }
    this.ends = ends;
    this.times = times;
    this.marks = marks;
    this.first = 0;
  }
}
