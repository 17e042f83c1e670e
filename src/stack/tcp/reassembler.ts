// Which text has come before the text in front of it: stretches of sequence numbers with gaps between them. The bytes
// themselves lie in the receive buffer already, each in its place.
// Reading list: RFC 9293 §3.10.7.4 (seventh, the segment text), RFC 1122 §4.2.2.20.

import { seqLess, seqMax } from '../../base/sequence.js';

/** Stretches that may be kept apart, so that nobody can make us look through thousands of single bytes. */
export const MAX_STRETCHES = 256;

export class Reassembler {
  /** Where each stretch begins and ends (the number behind it), in order; no two touch. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

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
    starts.splice(before, after - before, from);
    ends.splice(before, after - before, to);
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
    return reached;
  }
}
