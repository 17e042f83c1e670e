// ARP on one interface: the cache from IPv4 addresses to MAC addresses, and the packets that wait for an answer.
// Reading list: RFC 826 (the algorithm), RFC 1122 §2.3.2, RFC 5227 §2.4.

import {
  formatIpv4,
  formatMac,
  type Ipv4,
  MAC_BROADCAST,
  type Mac,
  macHigh,
  macLow,
} from '../base/address.js';
import type { Frame } from '../base/frame-store.js';
import { MINUTE, NEVER, SECOND, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { ARP_HARDWARE_ETHERNET, ARP_LENGTH, ARP_REPLY, ARP_REQUEST, arp } from '../wire/arp.js';
import { ETHERNET_HEADER, ethernet, writeEthernetHeader } from '../wire/ethernet.js';
import { ETHERTYPE } from '../wire/iana.js';
import type { NetworkInterface } from './network-interface.js';

/** How long an entry is believed without being confirmed (RFC 1122 §2.3.2.1 leaves it open; "a few minutes"). */
const DEFAULT_LIFETIME: Time = 5 * MINUTE;
/** Requests per address, and the time between them: at most one a second (RFC 1122 §2.3.2.1). */
const REQUESTS = 3;
const REQUEST_INTERVAL: Time = SECOND;
/** Packets that may wait for one address; one is the least a host must keep (RFC 1122 §2.3.2.2). */
const QUEUE_LIMIT = 64;

export interface NeighborEntry extends RecordedRow {
  readonly address: Ipv4;
  readonly mac: Mac;
  readonly macHigh: number;
  readonly macLow: number;
  state: 'incomplete' | 'reachable' | 'permanent';
  expires: Time;
}

/** An address that is being asked for. */
interface Question {
  readonly entry: NeighborEntry;
  readonly waiting: { frame: Frame; held: number; forwarded: boolean; routeRow: number }[];
  asked: number;
  readonly timer: Timer;
}

/** Told when nobody answered: the frame is still the cache's and is released afterwards. */
export type UnresolvedHandler = (port: NetworkInterface, frame: Frame, forwarded: boolean) => void;

const { operation, senderMac, senderIp, targetMac, targetIp } = arp.fields;

export class NeighborCache implements TimerOwner {
  lifetime = DEFAULT_LIFETIME;
  private readonly port: NetworkInterface;
  private readonly table: RecordedTable<Ipv4, NeighborEntry>;
  private readonly unresolved: UnresolvedHandler;
  private questions: Map<Ipv4, Question> | undefined;
  private ageing: Timer | undefined;

  constructor(port: NetworkInterface, unresolved: UnresolvedHandler) {
    this.port = port;
    this.unresolved = unresolved;
    this.table = new RecordedTable(
      port.context.recorder,
      port.id,
      'arp',
      (entry) => ({
        address: formatIpv4(entry.address),
        mac: entry.state === 'incomplete' ? '????' : formatMac(entry.mac),
        interface: port.name,
        state: entry.state,
      }),
      formatIpv4,
    );
  }

  entries(): IterableIterator<NeighborEntry> {
    return this.table.values();
  }

  /** The entry whose MAC address is known and still good; undefined otherwise. */
  find(address: Ipv4): NeighborEntry | undefined {
    const entry = this.table.get(address);
    return entry === undefined || entry.state === 'incomplete' ? undefined : entry;
  }

  /** Puts an entry there by hand; it does not age. What waited for it goes on. */
  addPermanent(address: Ipv4, mac: Mac): void {
    this.settle(newEntry(address, mac, 'permanent', NEVER));
  }

  /** Takes an entry away, as `arp -d` does. Returns false when there is none whose MAC address is known. */
  remove(address: Ipv4): boolean {
    if (this.find(address) === undefined) return false;
    this.table.remove(address, 'cleared');
    return true;
  }

  /** Puts an entry there as if it had just been learned. */
  learn(address: Ipv4, mac: Mac): void {
    this.confirm(address, mac);
  }

  /**
   * Sends a frame to the neighbour with this address, at once or when its MAC address is known. Takes the frame over.
   * The frame's Ethernet source and type are filled in here too. Returns the deciding entry's seq, −1 when it waits.
   */
  send(frame: Frame, nextHop: Ipv4, forwarded: boolean, routeRow: number): void {
    const entry = this.table.get(nextHop);
    if (entry === undefined || entry.state === 'incomplete') {
      this.writeHeader(frame, NOBODY);
      this.hold(frame, nextHop, forwarded, routeRow);
      return;
    }
    this.writeHeader(frame, entry);
    const { port } = this;
    const { recorder } = port.context;
    if (recorder.on) {
      const verdict = forwarded ? 'forward' : 'send';
      frame.cause = recorder.decided(port.id, 'ipv4', verdict, frame, routeRow, entry.recordedAs);
    }
    port.transmit(frame);
  }

  /** An ARP message has arrived. Takes the frame over. RFC 826, "Packet Reception", in its order. */
  receive(frame: Frame): void {
    const { view, start } = frame;
    const { recorder, frames } = this.port.context;
    const base = start + ETHERNET_HEADER;
    // Is it ARP for IPv4 over Ethernet, whole?
    if (!isSound(frame, base)) return this.drop(frame, 'arp-malformed');
    const sender = senderIp.get(view, base);
    const mac = senderMac.get(view, base);
    const isRequest = operation.get(view, base) === ARP_REQUEST;
    const forMe = this.port.prefix !== null && targetIp.get(view, base) === this.port.address;
    if (mac === MAC_BROADCAST) return this.drop(frame, 'arp-malformed');
    if (recorder.on && forMe) {
      recorder.cause = recorder.decided(this.port.id, 'arp', isRequest ? 'reply' : 'deliver', frame);
    }
    // Do I have an entry for the sender already, or am I asked for? A probe has no sender address (RFC 5227 §2.1).
    const known = this.table.get(sender) !== undefined;
    const mine = sender === this.port.address;
    if (sender !== 0 && !mine && (known || forMe)) this.confirm(sender, mac);
    // Am I the target of a request?
    if (forMe && isRequest) {
      frames.release(frame);
      this.reply(mac, sender);
      return;
    }
    if (recorder.on && !forMe) {
      if (known) recorder.decided(this.port.id, 'arp', 'deliver', frame);
      else recorder.dropped(this.port.id, 'arp', isRequest ? 'arp-other-target' : 'arp-unasked', frame);
    }
    frames.release(frame);
  }

  /** Says who we are to everybody on the link (RFC 5227 §2.3). */
  announce(): void {
    this.request(this.port.address);
  }

  timerFired(timer: Timer): void {
    if (timer === this.ageing) {
      this.age();
      return;
    }
    for (const question of this.questions?.values() ?? []) {
      if (question.timer === timer) {
        this.askAgain(question);
        return;
      }
    }
  }

  private writeHeader(frame: Frame, to: { readonly macHigh: number; readonly macLow: number }): void {
    const { macHigh: high, macLow: low } = this.port;
    writeEthernetHeader(frame.view, frame.start, to.macHigh, to.macLow, high, low, ETHERTYPE.ipv4);
    frame.touch(ETHERNET_HEADER);
  }

  private hold(frame: Frame, nextHop: Ipv4, forwarded: boolean, routeRow: number): void {
    const { context } = this.port;
    const { recorder } = context;
    this.questions ??= new Map();
    let question = this.questions.get(nextHop);
    if (question !== undefined && question.waiting.length >= QUEUE_LIMIT) {
      this.drop(frame, 'neighbor-queue-full');
      return;
    }
    let held = -1;
    const cause = recorder.cause;
    if (recorder.on) {
      const snapshot = recorder.snapshot(frame);
      recorder.cause = recorder.decided(this.port.id, 'ipv4', 'hold', frame, routeRow);
      held = recorder.record(this.port.id, {
        kind: 'held',
        frame: snapshot,
        what: 'ipv4',
        waitsFor: 'arp',
        wanted: formatIpv4(nextHop),
        open: ['eth.dst'],
      });
      recorder.cause = held;
    }
    if (question === undefined) {
      const entry = newEntry(nextHop, 0, 'incomplete', NEVER);
      this.table.set(nextHop, entry);
      question = { entry, waiting: [], asked: 1, timer: context.timer(this, `arp ${formatIpv4(nextHop)}`) };
      this.questions.set(nextHop, question);
      this.request(nextHop);
      question.timer.set(context.clock.now + REQUEST_INTERVAL);
    }
    question.waiting.push({ frame, held, forwarded, routeRow });
    recorder.cause = cause;
  }

  private askAgain(question: Question): void {
    if (question.asked < REQUESTS) {
      question.asked++;
      this.request(question.entry.address);
      question.timer.set(this.port.context.clock.now + REQUEST_INTERVAL);
      return;
    }
    const { recorder, frames } = this.port.context;
    this.questions?.delete(question.entry.address);
    this.table.remove(question.entry.address, 'failed');
    const cause = recorder.cause;
    for (const { frame, held, forwarded } of question.waiting) {
      if (recorder.on) {
        recorder.cause = recorder.record(this.port.id, { kind: 'released', held, ok: false });
        recorder.dropped(this.port.id, 'arp', 'neighbor-unresolved', frame);
      }
      this.unresolved(this.port, frame, forwarded);
      frames.release(frame);
      recorder.cause = cause;
    }
  }

  /** The neighbour says that it has this MAC address. */
  private confirm(address: Ipv4, mac: Mac): void {
    const { clock } = this.port.context;
    const entry = this.table.get(address);
    if (entry?.state === 'permanent') return;
    const expires = clock.now + this.lifetime;
    if (entry?.state === 'reachable' && entry.mac === mac) {
      entry.expires = expires;
      this.table.refresh(entry);
      return;
    }
    this.settle(newEntry(address, mac, 'reachable', expires));
    this.ageing ??= this.port.context.timer(this, 'arp ageing', true);
    if (this.ageing.at > expires) this.ageing.set(expires);
  }

  /** Puts an entry with a MAC address into the table: whoever waited for it goes on. */
  private settle(row: NeighborEntry): void {
    const { recorder } = this.port.context;
    this.table.set(row.address, row);
    const question = this.questions?.get(row.address);
    if (question === undefined) return;
    question.timer.clear();
    this.questions?.delete(row.address);
    const cause = recorder.cause;
    for (const { frame, held, forwarded, routeRow } of question.waiting) {
      this.writeHeader(frame, row);
      if (recorder.on) {
        recorder.cause = recorder.record(this.port.id, { kind: 'released', held, ok: true });
        const verdict = forwarded ? 'forward' : 'send';
        frame.cause = recorder.decided(this.port.id, 'ipv4', verdict, frame, routeRow, row.recordedAs);
      }
      this.port.transmit(frame);
      recorder.cause = cause;
    }
  }

  private age(): void {
    const { now } = this.port.context.clock;
    let next = NEVER;
    for (const entry of [...this.table.values()]) {
      if (entry.expires <= now) this.table.remove(entry.address, 'aged');
      else if (entry.expires < next) next = entry.expires;
    }
    if (next !== NEVER) this.ageing?.set(next);
  }

  private request(address: Ipv4): void {
    const frame = this.message(MAC_BROADCAST);
    const base = frame.start + ETHERNET_HEADER;
    operation.set(frame.view, base, ARP_REQUEST);
    targetMac.set(frame.view, base, 0);
    targetIp.set(frame.view, base, address);
    this.port.transmit(frame);
  }

  private reply(toMac: Mac, toIp: Ipv4): void {
    const frame = this.message(toMac);
    const base = frame.start + ETHERNET_HEADER;
    operation.set(frame.view, base, ARP_REPLY);
    targetMac.set(frame.view, base, toMac);
    targetIp.set(frame.view, base, toIp);
    this.port.transmit(frame);
  }

  /** A frame with an ARP message from us; what it asks or answers is left to the caller. */
  private message(to: Mac): Frame {
    const { port } = this;
    const frame = port.context.frames.take(ETHERNET_HEADER + ARP_LENGTH);
    const base = frame.start + ETHERNET_HEADER;
    ethernet.write(frame.view, frame.start, { destination: to, source: port.mac, etherType: ETHERTYPE.arp });
    arp.write(frame.view, base, {
      hardwareType: ARP_HARDWARE_ETHERNET,
      protocolType: ETHERTYPE.ipv4,
      hardwareSize: 6,
      protocolSize: 4,
      operation: 0,
      senderMac: port.mac,
      senderIp: port.address,
      targetMac: 0,
      targetIp: 0,
    });
    return frame;
  }

  private drop(frame: Frame, reason: DropReason): void {
    const { recorder, frames } = this.port.context;
    if (recorder.on) recorder.dropped(this.port.id, 'arp', reason, frame);
    frames.release(frame);
  }
}

/** The destination while it is unknown. */
const NOBODY = { macHigh: 0, macLow: 0 };

function newEntry(address: Ipv4, mac: Mac, state: NeighborEntry['state'], expires: Time): NeighborEntry {
  return { address, mac, macHigh: macHigh(mac), macLow: macLow(mac), state, expires, recordedAs: -1 };
}

function isSound(frame: Frame, base: number): boolean {
  if (frame.length < ETHERNET_HEADER + ARP_LENGTH) return false;
  const message = arp.read(frame.view, base);
  return (
    message.hardwareType === ARP_HARDWARE_ETHERNET &&
    message.protocolType === ETHERTYPE.ipv4 &&
    message.hardwareSize === 6 &&
    message.protocolSize === 4 &&
    (message.operation === ARP_REQUEST || message.operation === ARP_REPLY)
  );
}
