// Text that arrived before the text in front of it: kept until the gap is closed, within the receive window.
// Reading list: RFC 9293 §3.10.7.4 (seventh, the segment text), RFC 1122 §4.2.2.20.

import { seqAdd, seqDiff } from '../../base/sequence.js';

interface Island {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export class Reassembler {
  /** In order of sequence number; no two overlap. */
  private islands: Island[] = [];

  /** Bytes held. */
  get length(): number {
    let total = 0;
    for (const island of this.islands) total += island.bytes.length;
    return total;
  }

  get isEmpty(): boolean {
    return this.islands.length === 0;
  }

  /** Keeps a copy of what is new in these bytes. What is held already stays as it came first. */
  insert(sequence: number, bytes: Uint8Array): void {
    let from = sequence;
    let rest = bytes;
    const islands: Island[] = [];
    for (const island of this.islands) {
      const end = seqAdd(island.sequence, island.bytes.length);
      if (rest.length > 0) {
        const before = Math.min(rest.length, Math.max(0, seqDiff(island.sequence, from)));
        if (before > 0) islands.push({ sequence: from, bytes: rest.slice(0, before) });
        const covered = Math.max(before, Math.min(rest.length, Math.max(0, seqDiff(end, from))));
        if (covered > 0) {
          from = seqAdd(from, covered);
          rest = rest.subarray(covered);
        }
      }
      islands.push(island);
    }
    if (rest.length > 0) islands.push({ sequence: from, bytes: rest.slice() });
    this.islands = islands;
  }

  /** Takes out the bytes that begin at or before `next` and reach beyond it, in order. */
  take(next: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let expected = next;
    while (this.islands.length > 0) {
      const island = this.islands[0] as Island;
      const skip = seqDiff(expected, island.sequence);
      if (skip < 0) break;
      this.islands.shift();
      if (skip >= island.bytes.length) continue;
      const fresh = island.bytes.subarray(skip);
      taken.push(fresh);
      expected = seqAdd(expected, fresh.length);
    }
    return taken;
  }
}
