// An Ethernet switch: learns which address sits behind which port, forwards to one port, or floods.
// Reading list: IEEE 802.1D §7.7–7.9.

import { formatMac, type Mac, macFromParts } from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { MINUTE, NEVER, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { Context } from '../stack/context.js';
import type { FrameReceiver, NetworkInterface } from '../stack/network-interface.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { destinationHigh, destinationLow, ETHERNET_HEADER, sourceHigh, sourceLow } from '../wire/ethernet.js';

/** IEEE 802.1D §7.9.2: 300 seconds by default. */
const DEFAULT_AGEING: Time = 5 * MINUTE;

export interface MacRow extends RecordedRow {
  readonly mac: Mac;
  readonly macHigh: number;
  readonly macLow: number;
  readonly port: NetworkInterface;
  expires: Time;
  /** False once it has left the table. */
  live: boolean;
}

export class Switch implements FrameReceiver, TimerOwner {
  readonly kind = 'switch';
  readonly context: Context;
  readonly ports: NetworkInterface[] = [];
  ageing = DEFAULT_AGEING;
  private readonly table: RecordedTable<Mac, MacRow>;
  /** The same rows by the lower 32 bits of the address, which are an integer; two addresses seldom share them. */
  private readonly byLow = new Map<number, MacRow>();
  /** By port: the last source that came from it and the last destination it sent to. Most frames are like the last. */
  private readonly lastFrom: (MacRow | undefined)[] = [];
  private readonly lastTo: (MacRow | undefined)[] = [];
  private readonly timer: Timer;

  constructor(context: Context) {
    this.context = context;
    this.timer = context.timer(this, 'mac table ageing', true);
    this.table = new RecordedTable(
      context.recorder,
      atNode(context.node),
      'mac',
      (row) => ({ mac: formatMac(row.mac), port: row.port.name }),
      formatMac,
    );
  }

  addPort(port: NetworkInterface): void {
    this.ports.push(port);
  }

  rows(): IterableIterator<MacRow> {
    return this.table.values();
  }

  /** A frame has arrived on a port. Takes the frame over. */
  receive(port: NetworkInterface, frame: Frame): void {
    if (frame.length < ETHERNET_HEADER) return this.drop(port, frame, 'frame-too-short', -1);
    const { view, start } = frame;
    this.learn(port, sourceHigh(view, start), sourceLow(view, start));
    // Where does the destination sit? A group sits everywhere: no frame comes from it, so no row has it.
    const high = destinationHigh(view, start);
    const low = destinationLow(view, start);
    const row = this.recall(this.lastTo, port, high, low);
    if (row === undefined) {
      // 01-80-C2-00-00-0x are for the bridge itself (IEEE 802.1D §7.12.6).
      if (high === 0x0180 && low >>> 4 === 0xc200000) return this.drop(port, frame, 'reserved-group', -1);
      return this.flood(port, frame);
    }
    if (row.port === port) return this.drop(port, frame, 'same-port', row.recordedAs);
    const { recorder } = this.context;
    if (recorder.on) frame.cause = recorder.decided(port.id, 'switch', 'forward', frame, row.recordedAs);
    row.port.transmit(frame);
  }

  timerFired(): void {
    const { now } = this.context.clock;
    let next = NEVER;
    for (const row of [...this.table.values()]) {
      if (row.expires <= now) this.remove(row);
      else if (row.expires < next) next = row.expires;
    }
    if (next !== NEVER) this.timer.set(next);
  }

  // Differs: IEEE 802.1D §7.8 does not learn addresses whose first octet is odd. Here cards may have them, see the
  // stack's link layer; only the broadcast address is nobody's.
  private learn(port: NetworkInterface, high: number, low: number): void {
    const expires = this.context.clock.now + this.ageing;
    const known = this.recall(this.lastFrom, port, high, low);
    if (known !== undefined && known.port === port) {
      known.expires = expires;
      this.table.refresh(known);
      return;
    }
    if (high === 0xffff && low === -1) return;
    const mac = macFromParts(high, low);
    const row: MacRow = { mac, macHigh: high, macLow: low, port, expires, live: true, recordedAs: -1 };
    if (known !== undefined) known.live = false;
    this.table.set(mac, row);
    this.byLow.set(low, row);
    if (this.timer.at > expires) this.timer.set(expires);
  }

  /** As `find`, with a look at what the port had last. */
  private recall(
    last: (MacRow | undefined)[],
    port: NetworkInterface,
    high: number,
    low: number,
  ): MacRow | undefined {
    const before = last[port.index];
    if (before?.live && before.macLow === low && before.macHigh === high) return before;
    const row = this.find(high, low);
    last[port.index] = row;
    return row;
  }

  private find(high: number, low: number): MacRow | undefined {
    const row = this.byLow.get(low);
    return row === undefined || row.macHigh === high ? row : this.table.get(macFromParts(high, low));
  }

  private remove(row: MacRow): void {
    this.table.remove(row.mac, 'aged');
    row.live = false;
    if (this.byLow.get(row.macLow) !== row) return;
    this.byLow.delete(row.macLow);
    // Another address with the same lower bits takes the place over.
    for (const other of this.table.values())
      if (other.macLow === row.macLow) this.byLow.set(row.macLow, other);
  }

  /** Out of every port but the one it came from: copies for all but the last. */
  private flood(port: NetworkInterface, frame: Frame): void {
    const { recorder, frames } = this.context;
    if (recorder.on) frame.cause = recorder.decided(port.id, 'switch', 'flood', frame);
    let last: NetworkInterface | null = null;
    for (const out of this.ports) {
      if (out === port || out.cable === null) continue;
      if (last !== null) last.transmit(frames.copy(frame));
      last = out;
    }
    if (last === null) frames.release(frame);
    else last.transmit(frame);
  }

  private drop(port: NetworkInterface, frame: Frame, reason: DropReason, row: number): void {
    const { recorder, frames } = this.context;
    if (recorder.on) recorder.dropped(port.id, 'switch', reason, frame, row);
    frames.release(frame);
  }
}
