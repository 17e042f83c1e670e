// A listener whose queue is full keeps nothing of a SYN: what it must know again stands in the sequence number of its
// answer, which only who got that answer can acknowledge.
// Reading list: RFC 4987 §3.6 and appendix A (SYN cookies).

import { Hash } from '../../base/hash.js';
import { seqAdd } from '../../base/sequence.js';
import { MINUTE } from '../../base/time.js';
import type { Context } from '../context.js';
import type { Endpoint } from '../endpoint.js';

/** The cookie's clock, and for how many of its ticks an answer is good. */
const TICK = MINUTE;
const GOOD_TICKS = 2;
/** Sizes of segments that a cookie can name, in three bits. */
const SIZES = [536, 896, 1024, 1200, 1360, 1400, 1440, 1460] as const;
/** The number is five bits of clock, three of size, and 24 that prove it. */
const PROOF = 0x00ff_ffff;

export class SynCookies {
  private readonly context: Context;
  private readonly secret: number;

  constructor(context: Context) {
    this.context = context;
    this.secret = context.random.uint32() | 1;
  }

  /** The sequence number for the answer to a SYN. @param theirs its sequence number @param mss what it offers, in bytes */
  make(local: Endpoint, remote: Endpoint, theirs: number, mss: number): number {
    const tick = this.tick;
    let size = SIZES.length - 1;
    while (size > 0 && SIZES[size] > mss) size--;
    const top = ((tick & 31) << 27) | (size << 24);
    return seqAdd(top, this.proof(local, remote, theirs, tick, size));
  }

  /** The segment size that a cookie names; undefined: it is none of ours, or too old. */
  check(local: Endpoint, remote: Endpoint, theirs: number, cookie: number): number | undefined {
    const size = (cookie >>> 24) & 7;
    for (let age = 0; age < GOOD_TICKS; age++) {
      const tick = this.tick - age;
      if (tick < 0 || (tick & 31) !== cookie >>> 27) continue;
      if (this.proof(local, remote, theirs, tick, size) === (cookie & PROOF)) return SIZES[size];
    }
    return undefined;
  }

  private get tick(): number {
    return Math.floor(this.context.clock.now / TICK);
  }

  private proof(local: Endpoint, remote: Endpoint, theirs: number, tick: number, size: number): number {
    const hash = new Hash()
      .addInt(this.secret)
      .addInt(local.address)
      .addInt(local.port)
      .addInt(remote.address);
    const [high] = hash.addInt(remote.port).addInt(theirs).addInt(tick).addInt(size).parts();
    return high & PROOF;
  }
}
