// An Ethernet switch: learns which address sits behind which port, forwards to one port, or floods.
// Reading list: IEEE 802.1D §7.7–7.9.

import { formatMac, MAC_BROADCAST, type Mac } from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { MINUTE, NEVER, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { Context } from '../stack/context.js';
import type { FrameReceiver, NetworkInterface } from '../stack/network-interface.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { ETHERNET_HEADER, ethernet } from '../wire/ethernet.js';

/** IEEE 802.1D §7.9.2: 300 seconds by default. */
const DEFAULT_AGEING: Time = 5 * MINUTE;

export interface MacRow extends RecordedRow {
  readonly mac: Mac;
  readonly port: NetworkInterface;
  expires: Time;
}

const { destination, source } = ethernet.fields;

export class Switch implements FrameReceiver, TimerOwner {
  readonly kind = 'switch';
  readonly context: Context;
  readonly ports: NetworkInterface[] = [];
  ageing = DEFAULT_AGEING;
  private readonly table: RecordedTable<Mac, MacRow>;
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
    this.learn(port, source.get(view, start));
    // Where does the destination sit? A group sits everywhere: no frame comes from it, so no row has it.
    const to = destination.get(view, start);
    const row = this.table.get(to);
    if (row === undefined) {
      // 01-80-C2-00-00-0x are for the bridge itself (IEEE 802.1D §7.12.6).
      if (to >= 0x0180c2000000 && to <= 0x0180c200000f) return this.drop(port, frame, 'reserved-group', -1);
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
      if (row.expires <= now) this.table.remove(row.mac, 'aged');
      else if (row.expires < next) next = row.expires;
    }
    if (next !== NEVER) this.timer.set(next);
  }

  // Differs: IEEE 802.1D §7.8 does not learn addresses whose first octet is odd. Here cards may have them, see the
  // stack's link layer; only the broadcast address is nobody's.
  private learn(port: NetworkInterface, mac: Mac): void {
    if (mac === MAC_BROADCAST) return;
    const expires = this.context.clock.now + this.ageing;
    const row = this.table.get(mac);
    if (row !== undefined && row.port === port) {
      row.expires = expires;
      this.table.refresh(row);
      return;
    }
    this.table.set(mac, { mac, port, expires, recordedAs: -1 });
    if (this.timer.at > expires) this.timer.set(expires);
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
