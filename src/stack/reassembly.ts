// Putting fragments together again, with bounded memory and time.
// Reading list: RFC 791 §3.2, RFC 815 (the list of holes), RFC 1122 §3.3.2, RFC 5722 §4 (overlaps), RFC 1858, RFC 3168
// §5.3 (marks of congestion).

import { formatIpv4, type Ipv4 } from '../base/address.js';
import { sumBytes } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { ETHERNET_HEADER } from '../wire/ethernet.js';
import { TIME_EXCEEDED } from '../wire/iana.js';
import { ECN, ECN_MASK, ipv4 } from '../wire/ipv4.js';
import type { Ipv4Service } from './ipv4-packet.js';
import type { NetworkInterface } from './network-interface.js';

const {
  identification,
  moreFragments,
  fragmentOffset,
  protocol,
  source,
  destination,
  totalLength,
  checksum,
} = ipv4.fields;

/** RFC 1122 §3.3.2 recommends 60 to 120 seconds. */
const TIMEOUT: Time = 60 * SECOND;
/** Packets that may wait for fragments at one time, and the bytes of memory their fragments may take. */
const LIMIT = 64;
const MEMORY_LIMIT = 1 << 22;
const MAX_PACKET = 65535;

interface Pieces {
  readonly key: string;
  readonly port: NetworkInterface;
  readonly from: Ipv4;
  /** Fragments in order of offset; no two overlap. */
  readonly fragments: { start: number; end: number; header: number; frame: Frame }[];
  /** Payload length, known when the last fragment is here; −1 before. */
  total: number;
  /** The ECN codepoints of the fragments, a bit for each. */
  codepoints: number;
  /** Overlapping fragments spoil the packet: what still comes of it is dropped too. */
  spoiled: boolean;
  readonly timer: Timer;
}

export class Reassembler implements TimerOwner {
  private readonly layer: Ipv4Service;
  private readonly packets = new Map<string, Pieces>();
  private memory = 0;

  constructor(layer: Ipv4Service) {
    this.layer = layer;
  }

  /** A fragment for us. Takes the frame over; returns the whole packet as one frame when this completes it. */
  receive(
    port: NetworkInterface,
    frame: Frame,
    base: number,
    headerLength: number,
    total: number,
  ): Frame | null {
    const { view, u8 } = frame;
    const start = fragmentOffset.get(view, base) * 8;
    const length = total - headerLength;
    const more = moreFragments.get(view, base) === 1;
    // A fragment that is not the last one must be a multiple of 8 bytes; none may end beyond the longest packet.
    if ((more && length % 8 !== 0) || length === 0 || start + length + headerLength > MAX_PACKET) {
      this.layer.drop(port, frame, 'fragment-malformed');
      return null;
    }
    const room = this.memory + frame.slotSize <= MEMORY_LIMIT;
    const pieces = room ? this.piecesOf(port, frame, base) : undefined;
    if (pieces === undefined) {
      this.layer.drop(port, frame, 'reassembly-full');
      return null;
    }
    if (pieces.spoiled) {
      this.layer.drop(port, frame, 'fragment-overlap');
      return null;
    }
    const end = start + length;
    // The same fragment again is only a duplicate; any other overlap gives the packet up (RFC 5722 §4).
    const twin = pieces.fragments.find((other) => other.start < end && start < other.end);
    if (twin !== undefined) {
      if (twin.start === start && twin.end === end) {
        this.layer.drop(port, frame, 'fragment-duplicate');
        return null;
      }
      return this.spoil(pieces, port, frame);
    }
    // What ends the packet must be the same for all, and nothing may lie beyond it.
    const beyond = pieces.total >= 0 && end > pieces.total;
    const short = !more && pieces.fragments.some((other) => other.end > end);
    if (beyond || short || (!more && pieces.total >= 0 && pieces.total !== end))
      return this.spoil(pieces, port, frame);
    if (!more) pieces.total = end;
    const index = pieces.fragments.findIndex((other) => other.start > start);
    pieces.codepoints |= 1 << (u8[base + 1] & ECN_MASK);
    const piece = { start, end, header: headerLength, frame };
    if (index < 0) pieces.fragments.push(piece);
    else pieces.fragments.splice(index, 0, piece);
    this.memory += frame.slotSize;
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.decided(port.id, 'ipv4', 'hold', frame);
    return this.isComplete(pieces) ? this.join(pieces) : null;
  }

  timerFired(timer: Timer): void {
    for (const pieces of this.packets.values()) {
      if (pieces.timer !== timer) continue;
      this.expire(pieces);
      return;
    }
  }

  private piecesOf(port: NetworkInterface, frame: Frame, base: number): Pieces | undefined {
    const { view } = frame;
    const { context } = this.layer;
    const from = source.get(view, base);
    const to = destination.get(view, base);
    const key = `${formatIpv4(from)} ${formatIpv4(to)} ${protocol.get(view, base)} ${identification.get(view, base)}`;
    let pieces = this.packets.get(key);
    if (pieces === undefined) {
      if (this.packets.size >= LIMIT) return undefined;
      const timer = context.timer(this, `reassembly ${key}`);
      pieces = { key, port, from, fragments: [], total: -1, codepoints: 0, spoiled: false, timer };
      timer.set(context.clock.now + TIMEOUT);
      this.packets.set(key, pieces);
    }
    return pieces;
  }

  private isComplete(pieces: Pieces): boolean {
    if (pieces.total < 0) return false;
    let expected = 0;
    for (const fragment of pieces.fragments) {
      if (fragment.start !== expected) return false;
      expected = fragment.end;
    }
    return expected === pieces.total;
  }

  private join(pieces: Pieces): Frame | null {
    const { frames } = this.layer.context;
    const first = pieces.fragments[0] as Pieces['fragments'][number];
    const header = ETHERNET_HEADER + first.header;
    // The header of the whole is that of the first fragment, which may be longer than those of the others.
    if (first.header + pieces.total > MAX_PACKET) return this.giveUp(pieces, 'fragment-malformed');
    // A mark on one of them is a mark on the whole, which must not reach a sender that never spoke of ECN (RFC 3168 §5.3).
    const isMarked = (pieces.codepoints & (1 << ECN.experienced)) !== 0;
    const isStranger = (pieces.codepoints & (1 << ECN.notCapable)) !== 0;
    if (isMarked && isStranger) return this.giveUp(pieces, 'fragment-mixed-ecn');
    const whole = frames.take(header + pieces.total);
    whole.packetId = first.frame.packetId;
    whole.cause = this.layer.context.recorder.cause;
    whole.u8.set(first.frame.u8.subarray(first.frame.start, first.frame.start + header), whole.start);
    for (const { start, end, header: length, frame } of pieces.fragments) {
      const from = frame.start + ETHERNET_HEADER + length;
      whole.u8.set(frame.u8.subarray(from, from + end - start), whole.start + header + start);
    }
    const base = whole.start + ETHERNET_HEADER;
    totalLength.set(whole.view, base, first.header + pieces.total);
    whole.view.setUint16(base + 6, 0);
    if (isMarked) whole.u8[base + 1] = (whole.u8[base + 1] as number) | ECN.experienced;
    checksum.set(whole.view, base, 0);
    checksum.set(whole.view, base, ~sumBytes(whole, base, first.header) & 0xffff);
    this.forget(pieces);
    return whole;
  }

  private giveUp(pieces: Pieces, reason: DropReason): null {
    const { recorder } = this.layer.context;
    if (recorder.on) recorder.dropped(pieces.port.id, 'ipv4', reason, pieces.fragments[0]?.frame ?? null);
    this.forget(pieces);
    return null;
  }

  private spoil(pieces: Pieces, port: NetworkInterface, frame: Frame): null {
    pieces.spoiled = true;
    this.release(pieces);
    this.layer.drop(port, frame, 'fragment-overlap');
    return null;
  }

  /** Time is up: tell the sender if the first fragment is here (RFC 1122 §3.3.2). */
  private expire(pieces: Pieces): void {
    const first = pieces.fragments[0];
    if (first !== undefined && first.start === 0) {
      const base = first.frame.start + ETHERNET_HEADER;
      this.layer.icmp.sendError(pieces.port, first.frame, base, 11, TIME_EXCEEDED.reassembly);
    }
    const { recorder } = this.layer.context;
    if (recorder.on && !pieces.spoiled) {
      recorder.dropped(pieces.port.id, 'ipv4', 'reassembly-timeout', first?.frame ?? null);
    }
    this.forget(pieces);
  }

  private forget(pieces: Pieces): void {
    pieces.timer.clear();
    this.packets.delete(pieces.key);
    this.release(pieces);
  }

  private release(pieces: Pieces): void {
    for (const { frame } of pieces.fragments) {
      this.memory -= frame.slotSize;
      this.layer.context.frames.release(frame);
    }
    pieces.fragments.length = 0;
  }
}
