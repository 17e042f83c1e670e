// NAPT: many inside hosts behind one outside address, told apart by ports.
//
// One inside endpoint keeps its external port whatever it talks to (endpoint-independent mapping, RFC 4787 REQ-1); one row
// stands for one inside endpoint and one remote address, and lets in only what comes from that address
// (address-dependent filtering, REQ-8).
// Reading list: RFC 3022 §2–4, RFC 4787 (UDP), RFC 5382 (TCP), RFC 5508 (ICMP).

import { formatIpv4, type Ipv4 } from '../base/address.js';
import { sumBytes, updateChecksum, updateChecksum32 } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { MINUTE, NEVER, SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { ICMP_TYPE, PROTOCOL, PROTOCOL_NAMES } from '../wire/iana.js';
import { ICMP_HEADER } from '../wire/icmp.js';
import { IPV4_HEADER, ipv4 } from '../wire/ipv4.js';
import { TCP_FLAG } from '../wire/tcp.js';
import { type Context, drawNumber, type PinName } from './context.js';
import { EPHEMERAL_HIGH } from './endpoint.js';
import type { NetworkInterface } from './network-interface.js';

/** How long a row lives without traffic, by protocol and state (RFC 4787 REQ-5, RFC 5382 REQ-5, RFC 5508 REQ-2). */
export const NAT_TIMEOUTS: Readonly<Record<string, Time>> = {
  udp: 5 * MINUTE,
  icmp: 60 * SECOND,
  'tcp-opening': 4 * MINUTE,
  'tcp-established': 124 * MINUTE,
  'tcp-closing': 4 * MINUTE,
};

export interface NatRow extends RecordedRow {
  readonly protocol: number;
  readonly inside: Ipv4;
  /** Port, or the identifier of ICMP echo. */
  readonly insidePort: number;
  /** 0: any remote (a forwarded port). */
  readonly remote: Ipv4;
  readonly externalPort: number;
  state: string;
  expires: Time;
  /** FINs seen: 1 from inside, 2 from outside. */
  fins: number;
}

/** Rows that share one inside endpoint. */
interface InsideEndpoint {
  readonly externalPort: number;
  readonly rows: Map<Ipv4, NatRow>;
}

const TWO_32 = 0x100000000;
const PIN: Readonly<Record<number, PinName>> = {
  [PROTOCOL.tcp]: 'nat-tcp-port',
  [PROTOCOL.udp]: 'nat-udp-port',
  [PROTOCOL.icmp]: 'nat-icmp-id',
};
/** Byte of the checksum within the header of a protocol. */
const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [PROTOCOL.tcp]: 16,
  [PROTOCOL.udp]: 6,
  [PROTOCOL.icmp]: 2,
};

const { source, destination, protocol, checksum, headerWords, totalLength } = ipv4.fields;

export class Nat implements TimerOwner {
  private readonly context: Context;
  private readonly outside: NetworkInterface;
  private readonly table: RecordedTable<number, NatRow>;
  /** By protocol, inside address and inside port. */
  private readonly insides = new Map<number, InsideEndpoint>();
  private readonly ageing: Timer;
  /** Packets from outside that fitted no row. */
  unmatched = 0;

  constructor(context: Context, outside: NetworkInterface) {
    this.context = context;
    this.outside = outside;
    this.ageing = context.timer(this, 'nat ageing', true);
    this.table = new RecordedTable(
      context.recorder,
      atNode(context.node),
      'nat',
      (row) => ({
        protocol: PROTOCOL_NAMES[row.protocol] as string,
        inside: formatIpv4(row.inside),
        'inside port': row.insidePort,
        remote: row.remote === 0 ? 'any' : formatIpv4(row.remote),
        external: formatIpv4(this.outside.address),
        'external port': row.externalPort,
        state: row.state,
      }),
      (_key, row) => rowName(row),
    );
  }

  isOutside(port: NetworkInterface): boolean {
    return port === this.outside;
  }

  rows(): IterableIterator<NatRow> {
    return this.table.values();
  }

  /** Lets connections from outside to `externalPort` in, to an inside server. Returns false when the port is taken. */
  forwardPort(number: number, externalPort: number, inside: Ipv4, insidePort: number): boolean {
    if (this.isTaken(number, externalPort)) return false;
    this.addRow(number, inside, insidePort, 0, externalPort, 'forwarded', NEVER);
    return true;
  }

  /** Translates a packet that leaves for the outside, in place; a reason when it must be dropped. */
  sendOutside(port: NetworkInterface, frame: Frame, base: number, headerLength: number): DropReason | null {
    const { view } = frame;
    const number = protocol.get(view, base);
    const at = base + headerLength;
    const end = base + totalLength.get(view, base);
    if (number === PROTOCOL.icmp && isIcmpError(view, at, end))
      return this.sendErrorOutside(port, frame, base, at);
    const portAt = insidePortAt(number, view, at, end);
    if (portAt === undefined) return 'nat-unsupported';
    const inside = source.get(view, base);
    const remote = destination.get(view, base);
    const row = this.rowForInside(number, inside, view.getUint16(portAt), remote);
    if (row === undefined) return 'nat-no-port';
    this.noteTraffic(row, number === PROTOCOL.tcp ? view.getUint8(at + 13) : 0, 1);
    this.recordTranslation(port, frame, row);
    replaceAddress(view, base, base + 12, number, at, this.outside.address);
    replacePort(view, portAt, number, at, row.externalPort);
    frame.touch(at + 20 - frame.start);
    return null;
  }

  /** An ICMP error of our own that leaves for the outside: what it quotes must look as it did there. */
  sendOwnOutside(port: NetworkInterface, frame: Frame, base: number): void {
    const { view } = frame;
    const at = base + IPV4_HEADER;
    if (isIcmpError(view, at, base + totalLength.get(view, base)))
      this.sendErrorOutside(port, frame, base, at);
  }

  /** Takes the translation of a packet that could not leave for the outside back, in place. */
  undo(frame: Frame, base: number, headerLength: number): void {
    const { view } = frame;
    const number = protocol.get(view, base);
    const at = base + headerLength;
    const portAt = insidePortAt(number, view, at, base + totalLength.get(view, base));
    if (portAt === undefined) return;
    const row = this.rowForOutside(number, view.getUint16(portAt), destination.get(view, base));
    if (row === undefined) return;
    replaceAddress(view, base, base + 12, number, at, row.inside);
    replacePort(view, portAt, number, at, row.insidePort);
    frame.touch(at + 20 - frame.start);
  }

  /** The row that a packet from outside to our address fits; undefined: it is for the router itself, or for nobody. */
  findOutside(frame: Frame, base: number, headerLength: number): NatRow | undefined {
    const { view } = frame;
    const number = protocol.get(view, base);
    const at = base + headerLength;
    const end = base + totalLength.get(view, base);
    if (number === PROTOCOL.icmp && isIcmpError(view, at, end)) {
      const quoted = quotedPacket(view, at, end);
      const portAt = quoted && insidePortAt(quoted.protocol, view, quoted.payload, end);
      // A damaged error must not get a new, right sum (RFC 5508 REQ-3).
      if (quoted === undefined || portAt === undefined || !icmpSumFits(frame, at, end)) return undefined;
      return this.rowForOutside(
        quoted.protocol,
        view.getUint16(portAt),
        destination.get(view, quoted.header),
      );
    }
    const portAt = externalPortAt(number, view, at, end);
    return portAt === undefined
      ? undefined
      : this.rowForOutside(number, view.getUint16(portAt), source.get(view, base));
  }

  /** Is this the address that inside hosts have outside? */
  isExternal(address: Ipv4): boolean {
    return address === this.outside.address;
  }

  /** The row that a packet from inside to our address outside fits; undefined: it is for the router itself. */
  findHairpin(frame: Frame, base: number, headerLength: number): NatRow | undefined {
    const { view } = frame;
    const number = protocol.get(view, base);
    const at = base + headerLength;
    if (number !== PROTOCOL.tcp && number !== PROTOCOL.udp) return undefined;
    const portAt = externalPortAt(number, view, at, base + totalLength.get(view, base));
    if (portAt === undefined) return undefined;
    return this.rowForOutside(number, view.getUint16(portAt), this.outside.address);
  }

  /** Translates a packet from outside back, in place, by the row that `findOutside` found. */
  receiveOutside(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    row: NatRow,
  ): void {
    const { view } = frame;
    const number = protocol.get(view, base);
    const at = base + headerLength;
    this.recordTranslation(port, frame, row);
    if (number === PROTOCOL.icmp && isIcmpError(view, at, base + totalLength.get(view, base))) {
      this.translateError(frame, base, at, 'in', row);
      return;
    }
    this.noteTraffic(row, number === PROTOCOL.tcp ? view.getUint8(at + 13) : 0, 2);
    replaceAddress(view, base, base + 16, number, at, row.inside);
    replacePort(view, number === PROTOCOL.icmp ? at + 4 : at + 2, number, at, row.insidePort);
    frame.touch(at + 20 - frame.start);
  }

  timerFired(): void {
    const { now } = this.context.clock;
    let next = NEVER;
    for (const [key, row] of [...this.table.entries()]) {
      if (row.expires <= now) {
        this.removeRow(key, row);
      } else if (row.expires < next) next = row.expires;
    }
    if (next !== NEVER) this.ageing.set(next);
  }

  private rowForInside(number: number, inside: Ipv4, insidePort: number, remote: Ipv4): NatRow | undefined {
    const endpoint = this.insides.get(endpointKey(number, insidePort, inside));
    const row = endpoint?.rows.get(remote) ?? endpoint?.rows.get(0);
    if (row !== undefined) return row;
    const externalPort = endpoint?.externalPort ?? this.freePort(number);
    if (externalPort === undefined) return undefined;
    const state = number === PROTOCOL.tcp ? 'tcp-opening' : number === PROTOCOL.udp ? 'udp' : 'icmp';
    return this.addRow(number, inside, insidePort, remote, externalPort, state, 0);
  }

  private rowForOutside(number: number, externalPort: number, remote: Ipv4): NatRow | undefined {
    return (
      this.table.get(endpointKey(number, externalPort, remote)) ??
      this.table.get(endpointKey(number, externalPort, 0))
    );
  }

  private addRow(
    number: number,
    inside: Ipv4,
    insidePort: number,
    remote: Ipv4,
    externalPort: number,
    state: string,
    expires: Time,
  ): NatRow {
    const row: NatRow = {
      protocol: number,
      inside,
      insidePort,
      remote,
      externalPort,
      state,
      expires,
      fins: 0,
      recordedAs: -1,
    };
    const key = endpointKey(number, insidePort, inside);
    let endpoint = this.insides.get(key);
    if (endpoint === undefined) {
      endpoint = { externalPort, rows: new Map() };
      this.insides.set(key, endpoint);
    }
    endpoint.rows.set(remote, row);
    this.table.set(endpointKey(number, externalPort, remote), row);
    return row;
  }

  private removeRow(key: number, row: NatRow): void {
    this.table.remove(key, 'aged');
    const insideKey = endpointKey(row.protocol, row.insidePort, row.inside);
    const endpoint = this.insides.get(insideKey);
    endpoint?.rows.delete(row.remote);
    if (endpoint?.rows.size === 0) this.insides.delete(insideKey);
  }

  /** Moves a TCP row through its life and every row's end into the future. `side`: 1 from inside, 2 from outside. */
  private noteTraffic(row: NatRow, flags: number, side: 1 | 2): void {
    if (row.state === 'forwarded') return;
    let state = row.state;
    if (row.protocol === PROTOCOL.tcp) {
      if ((flags & TCP_FLAG.rst) !== 0) state = 'tcp-closing';
      else if ((flags & TCP_FLAG.fin) !== 0) {
        row.fins |= side;
        if (row.fins === 3) state = 'tcp-closing';
      } else if (side === 1 && (flags & TCP_FLAG.syn) !== 0 && state === 'tcp-closing') {
        // The same ports again: a new connection.
        state = 'tcp-opening';
        row.fins = 0;
      } else if (side === 1 && (flags & TCP_FLAG.syn) === 0 && state === 'tcp-opening')
        state = 'tcp-established';
    }
    row.expires = this.context.clock.now + (NAT_TIMEOUTS[state] as Time);
    if (this.ageing.at > row.expires) this.ageing.set(row.expires);
    if (state !== row.state) {
      row.state = state;
      this.table.set(endpointKey(row.protocol, row.externalPort, row.remote), row);
    } else this.table.refresh(row);
  }

  private isTaken(number: number, externalPort: number): boolean {
    for (const row of this.table.values()) {
      if (row.protocol === number && row.externalPort === externalPort) return true;
    }
    return false;
  }

  /** A port at random (RFC 4787 §4.2.2 allows it; it does not tell what the inside host uses). */
  private freePort(number: number): number | undefined {
    for (let tries = 0; tries < 1000; tries++) {
      const port = drawNumber(this.context, PIN[number] as PinName, 1024, EPHEMERAL_HIGH);
      if (!this.isTaken(number, port)) return port;
    }
    return undefined;
  }

  /** An ICMP error from inside about a packet that came from outside (RFC 5508 §4.2). */
  private sendErrorOutside(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    at: number,
  ): DropReason | null {
    const { view } = frame;
    const end = base + totalLength.get(view, base);
    const quoted = quotedPacket(view, at, end);
    const portAt = quoted && externalPortAt(quoted.protocol, view, quoted.payload, end);
    if (quoted === undefined || portAt === undefined) return 'nat-unsupported';
    if (!icmpSumFits(frame, at, end)) return 'icmp-bad-checksum';
    const inside = destination.get(view, quoted.header);
    const endpoint = this.insides.get(endpointKey(quoted.protocol, view.getUint16(portAt), inside));
    const row = endpoint?.rows.get(source.get(view, quoted.header)) ?? endpoint?.rows.get(0);
    if (row === undefined) return 'nat-no-entry';
    this.recordTranslation(port, frame, row);
    this.translateError(frame, base, at, 'out', row);
    return null;
  }

  /**
   * Changes the address outside and, in the quoted packet, address and port; then makes the ICMP sum anew. The quoted
   * packet goes the other way than the error: an error that comes in quotes a packet that went out.
   */
  private translateError(frame: Frame, base: number, at: number, way: 'in' | 'out', row: NatRow): void {
    const { view } = frame;
    const end = base + totalLength.get(view, base);
    const quoted = quotedPacket(view, at, end);
    if (quoted === undefined) return;
    const incoming = way === 'in';
    const address = incoming ? row.inside : this.outside.address;
    const portNumber = incoming ? row.insidePort : row.externalPort;
    const portAt = (incoming ? insidePortAt : externalPortAt)(
      quoted.protocol,
      view,
      quoted.payload,
      end,
    ) as number;
    // The sum of the quoted transport header can be mended only where the quote reaches that far.
    const reaches = quoted.payload + (CHECKSUM_AT[row.protocol] as number) + 2 <= end;
    const number = reaches ? row.protocol : 0;
    replaceAddress(
      view,
      quoted.header,
      quoted.header + (incoming ? 12 : 16),
      number,
      quoted.payload,
      address,
    );
    replacePort(view, portAt, number, quoted.payload, portNumber);
    replaceAddress(view, base, base + (incoming ? 16 : 12), PROTOCOL.icmp, at, address);
    view.setUint16(at + 2, 0);
    view.setUint16(at + 2, ~sumBytes(frame, at, end - at) & 0xffff);
    frame.touch(frame.length);
  }

  private recordTranslation(port: NetworkInterface, frame: Frame, row: NatRow): void {
    const { recorder } = this.context;
    if (!recorder.on) return;
    recorder.cause = recorder.decided(port.id, 'nat', 'translate', frame, row.recordedAs);
    frame.cause = recorder.cause;
  }
}

/** The packet that an ICMP error quotes: its header, payload and protocol; undefined when it is cut too short. */
function quotedPacket(
  view: DataView,
  at: number,
  end: number,
): { header: number; payload: number; protocol: number } | undefined {
  const header = at + ICMP_HEADER;
  const length = headerWords.get(view, header) * 4;
  const payload = header + length;
  if (length < IPV4_HEADER || payload + 8 > end) return undefined;
  return { header, payload, protocol: protocol.get(view, header) };
}

function icmpSumFits(frame: Frame, at: number, end: number): boolean {
  return sumBytes(frame, at, end - at) === 0xffff;
}

/** `UDP 192.0.2.10 50000 -> 198.51.100.8 40000` */
function rowName(row: NatRow): string {
  const inside = `${PROTOCOL_NAMES[row.protocol]} ${formatIpv4(row.inside)} ${row.insidePort}`;
  return `${inside} -> ${row.remote === 0 ? 'any' : formatIpv4(row.remote)} ${row.externalPort}`;
}

/** 18 bits of protocol and port above 32 bits of address: exact in a double. */
function endpointKey(number: number, portNumber: number, address: Ipv4): number {
  return (number * 65536 + portNumber) * TWO_32 + (address >>> 0);
}

/** Where the inside endpoint's port stands in a packet from inside. */
function insidePortAt(number: number, view: DataView, at: number, end: number): number | undefined {
  if (at + 8 > end) return undefined;
  if (number === PROTOCOL.tcp || number === PROTOCOL.udp) return at;
  return number === PROTOCOL.icmp && view.getUint8(at) === ICMP_TYPE.echoRequest ? at + 4 : undefined;
}

/** Where the external port stands in a packet from outside. */
function externalPortAt(number: number, view: DataView, at: number, end: number): number | undefined {
  if (at + 8 > end) return undefined;
  if (number === PROTOCOL.tcp || number === PROTOCOL.udp) return at + 2;
  return number === PROTOCOL.icmp && view.getUint8(at) === ICMP_TYPE.echoReply ? at + 4 : undefined;
}

function isIcmpError(view: DataView, at: number, end: number): boolean {
  if (at + ICMP_HEADER + IPV4_HEADER > end) return false;
  const type = view.getUint8(at);
  return (
    type === ICMP_TYPE.destinationUnreachable ||
    type === ICMP_TYPE.timeExceeded ||
    type === ICMP_TYPE.parameterProblem
  );
}

/** Replaces an address in an IP header and mends the sums that cover it: IP's, and TCP's or UDP's pseudo-header. */
function replaceAddress(
  view: DataView,
  base: number,
  addressAt: number,
  number: number,
  at: number,
  to: Ipv4,
): void {
  const from = view.getInt32(addressAt);
  view.setInt32(addressAt, to);
  checksum.set(view, base, updateChecksum32(checksum.get(view, base), from, to));
  if (number === PROTOCOL.tcp || number === PROTOCOL.udp) {
    const sumAt = at + (CHECKSUM_AT[number] as number);
    const old = view.getUint16(sumAt);
    // A UDP checksum of 0 means none: it stays none (RFC 3022 §4.1).
    if (number === PROTOCOL.tcp || old !== 0)
      view.setUint16(sumAt, nonZero(number, updateChecksum32(old, from, to)));
  }
}

function replacePort(view: DataView, portAt: number, number: number, at: number, to: number): void {
  const from = view.getUint16(portAt);
  view.setUint16(portAt, to);
  const offset = CHECKSUM_AT[number];
  if (offset === undefined) return;
  const old = view.getUint16(at + offset);
  if (number !== PROTOCOL.udp || old !== 0) {
    view.setUint16(at + offset, nonZero(number, updateChecksum(old, from, to)));
  }
}

function nonZero(number: number, sum: number): number {
  return number === PROTOCOL.udp && sum === 0 ? 0xffff : sum;
}
