// Which text has come before the text in front of it: stretches of sequence numbers with gaps between them. The bytes
// themselves lie in the receive buffer already, each in its place.
// Reading list: RFC 9293 §3.10.7.4 (seventh, the segment text), RFC 1122 §4.2.2.20, RFC 2018 §4 (which blocks to report).

import { seqLess, seqMax } from '../../base/sequence.js';

/** Stretches that may be kept apart, so that nobody can make us look through thousands of single bytes. */
export const MAX_STRETCHES = 256;
/** What has come lately is reported again, in case that acknowledgments get lost. */
const REMEMBERED = 4;

export class Reassembler {
  /** Where each stretch begins and ends (the number behind it), in order; no two touch. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** A number in each of the stretches that have grown lately, the last one first. */
  private readonly lately: number[] = [];

  get isEmpty(): boolean {
    return this.starts.length === 0;
  }

  /** Notes that the bytes from `start` up to, not including, `end` are here. False: too many gaps, not noted. */
  insert(start: number, end: number): boolean {
    const { starts, ends } = this;
    // Most come behind everything that is here, so look from the back.
    let after = starts.length;
    while (after > 0 && seqLess(end, starts[after - 1])) after--;
    // Everything from `before` to `after` overlaps the new stretch or touches it, and becomes one with it.
    let before = after;
    let from = start;
    let to = end;
    while (before > 0 && !seqLess(ends[before - 1], start)) {
      before--;
      if (seqLess(starts[before], from)) from = starts[before];
      to = seqMax(to, ends[before]);
    }
    if (before === after && starts.length >= MAX_STRETCHES) return false;
    if (before === after) {
      starts.splice(before, 0, from);
      ends.splice(before, 0, to);
    } else {
      starts[before] = from;
      ends[before] = to;
      if (after - before > 1) {
        starts.splice(before + 1, after - before - 1);
        ends.splice(before + 1, after - before - 1);
      }
    }
    this.remember(start);
    return true;
  }

  /** Everything before `next` is in order: returns how far that reaches with the text that was here already. */
  take(next: number): number {
    let reached = next;
    while (this.starts.length > 0 && !seqLess(reached, this.starts[0])) {
      reached = seqMax(reached, this.ends[0]);
      this.starts.shift();
      this.ends.shift();
    }
    if (this.starts.length === 0) this.lately.length = 0;
    return reached;
  }

  /** The place of the stretch that holds a number; −1 when none does. */
  find(number: number): number {
    const place = this.from(number);
    return place < this.starts.length && !seqLess(number, this.starts[place]) ? place : -1;
  }

  /** The place of the first stretch that shares a byte with the text from `start` up to `end`; −1 when none does. */
  overlapping(start: number, end: number): number {
    const place = this.from(start);
    return place < this.starts.length && seqLess(this.starts[place], end) ? place : -1;
  }

  /** The place of the first stretch that ends behind a number. */
  private from(number: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seqLess(number, this.ends[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Up to `most` blocks for a SACK option, behind the `taken` first ones: what came last stands first (RFC 2018 §4). */
  report(left: number[], right: number[], taken: number, most: number): number {
    let count = taken;
    for (const number of this.lately) {
      if (count >= most) return count;
      const place = this.find(number);
      if (place >= 0) count = this.add(place, left, right, taken, count);
    }
    // Others follow, so that whoever has lost our reports hears of them too.
    for (let place = this.starts.length - 1; place >= 0 && count < most; place--)
      count = this.add(place, left, right, taken, count);
    return count;
  }

  private add(place: number, left: number[], right: number[], taken: number, count: number): number {
    for (let index = taken; index < count; index++) if (left[index] === this.starts[place]) return count;
    left[count] = this.starts[place];
    right[count] = this.ends[place];
    return count + 1;
  }

  /** The beginning and the end of a stretch. */
  startOf(place: number): number {
    return this.starts[place];
  }

  endOf(place: number): number {
    return this.ends[place];
  }

  private remember(number: number): void {
    const { lately } = this;
    const place = this.find(number);
    // Segment after segment the same stretch grows: there is nothing to move.
    if (lately.length > 0 && this.find(lately[0]) === place) return;
    for (let index = lately.length - 1; index >= 0; index--) {
      const other = this.find(lately[index]);
      if (other < 0 || other === place) lately.splice(index, 1);
    }
    lately.unshift(number);
    if (lately.length > REMEMBERED) lately.length = REMEMBERED;
  }
}
