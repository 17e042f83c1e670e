// Where a connection's sequence numbers begin: hard to guess, and different from those of earlier connections.
// Reading list: RFC 6528 §3 (a clock and a keyed hash), RFC 9293 §3.4.1, RFC 1122 §4.2.2.13 (after TIME-WAIT).

import { Hash } from '../../base/hash.js';
import { seqAdd, seqLess } from '../../base/sequence.js';
import type { Context } from '../context.js';
import type { Endpoint } from '../endpoint.js';

/** The clock ticks every 4 µs (RFC 9293 §3.4.1). */
const TICK = 4000;
/** How far behind the last number of an earlier connection a new one begins at least. */
const GAP = 65536;

export class InitialSequence {
  private readonly context: Context;
  private secret = 0;

  constructor(context: Context) {
    this.context = context;
  }

  /** The ISN for a new connection, or what the lab fixes. `used`: the last number of an earlier one, if there was one. */
  next(local: Endpoint, remote: Endpoint, used?: number): number {
    const { context } = this;
    const pinned = context.takePin('isn');
    if (pinned !== undefined) return pinned | 0;
    const [high] = this.hash(local, remote);
    const number = seqAdd(high, Math.floor(context.clock.now / TICK) % 0x100000000);
    if (used === undefined || seqLess(seqAdd(used, GAP), number)) return number;
    return seqAdd(used, GAP);
  }

  /** Where the clock of a connection's timestamps begins (RFC 7323 §5.4). */
  timestampOffset(local: Endpoint, remote: Endpoint): number {
    return this.hash(local, remote)[1] | 0;
  }

  private hash(local: Endpoint, remote: Endpoint): readonly [number, number] {
    if (this.secret === 0) this.secret = this.context.random.uint32() | 1;
    const hash = new Hash().addInt(this.secret).addInt(local.address).addInt(local.port);
    return hash.addInt(remote.address).addInt(remote.port).parts();
  }
}
