// How long a packet may be on the whole way to a destination: what routers have told by ICMP, kept for a while.
// Reading list: RFC 1191 §3 (the host), §5 (routers that do not tell), §6.3 (ageing), RFC 8899 §1.1 (why not to rely on it).

import { formatIpv4, type Ipv4 } from '../base/address.js';
import { MINUTE, NEVER, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { IPV4_MINIMUM_MTU } from '../wire/ipv4.js';
import type { Context } from './context.js';

/** After this time a longer packet may be tried again: the path may have become wider (RFC 1191 §6.3). */
const LIFETIME: Time = 10 * MINUTE;
/** Destinations; beyond, the one that was learned first makes room. */
const LIMIT = 4096;
/** MTUs of links that there were, for routers that do not tell theirs (RFC 1191 §7.1). */
const PLATEAUS = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296] as const;

export interface PathMtu extends RecordedRow {
  readonly destination: Ipv4;
  /** Bytes of the longest packet that goes through, as far as one knows. */
  readonly mtu: number;
  expires: Time;
}

export class PathMtuCache implements TimerOwner {
  private readonly context: Context;
  private readonly table: RecordedTable<Ipv4, PathMtu>;
  private readonly ageing: Timer;

  constructor(context: Context) {
    this.context = context;
    this.table = new RecordedTable(
      context.recorder,
      atNode(context.node),
      'path-mtu',
      ({ destination, mtu }) => ({ destination: formatIpv4(destination), mtu }),
      formatIpv4,
    );
    this.ageing = context.timer(this, 'path mtu ageing', true);
  }

  /** What is known about the path to a destination; undefined: nothing narrower than the first link. */
  find(to: Ipv4): PathMtu | undefined {
    return this.table.get(to);
  }

  entries(): IterableIterator<PathMtu> {
    return this.table.values();
  }

  /**
   * A router says that packets to this destination must not be longer than `mtu` bytes. What it says only ever narrows
   * the path (RFC 1191 §3).
   * @param current what fits so far
   */
  learn(to: Ipv4, mtu: number, current: number): void {
    const expires = this.context.clock.now + LIFETIME;
    const known = this.table.get(to);
    const told = Math.max(IPV4_MINIMUM_MTU, mtu);
    if (known?.mtu === told) {
      known.expires = expires;
      this.table.refresh(known);
      return;
    }
    if (told >= current) return;
    if (known === undefined && this.table.size >= LIMIT) this.forgetFirst();
    this.table.set(to, { destination: to, mtu: told, expires, recordedAs: -1 });
    if (this.ageing.at > expires) this.ageing.set(expires);
  }

  timerFired(): void {
    const { now } = this.context.clock;
    let next = NEVER;
    for (const row of [...this.table.values()]) {
      if (row.expires <= now) this.table.remove(row.destination, 'aged');
      else if (row.expires < next) next = row.expires;
    }
    if (next !== NEVER) this.ageing.set(next);
  }

  private forgetFirst(): void {
    for (const { destination } of this.table.values()) {
      this.table.remove(destination, 'replaced');
      return;
    }
  }
}

/** What to try when a packet of `length` bytes was too long and the router does not say for what (RFC 1191 §5). */
export function plateauBelow(length: number): number {
  return PLATEAUS.find((plateau) => plateau < length) ?? IPV4_MINIMUM_MTU;
}
