// What has to be remembered of TCP connections to tell them: where counting begins, what was acknowledged and announced
// last, and which bytes have arrived.
// Reading list: RFC 9293 §3.4 (sequence numbers), RFC 7323 §2.2 (window scale), RFC 5681 §2 (duplicate ACK).

import { seqDiff, seqLess } from '../../base/sequence.js';
import { ETHERNET_HEADER } from '../../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../../wire/iana.js';
import { readUint16 } from '../../wire/octets.js';
import { formatTcpFlags, TCP_FLAG } from '../../wire/tcp.js';
import { findSackBlocks, findWindowScale } from '../../wire/tcp-options.js';
import type { Story } from '../story.js';
import type { FrameFacts, Frames } from './facts.js';

/** Bytes `left` up to, not including, `right`, counted from the SYN. */
export interface ByteRange {
  readonly left: number;
  readonly right: number;
}

/** A segment in numbers that begin with 0 at the SYN. */
export interface SegmentNotes {
  readonly flags: number;
  /** `SYN`, `SYN, ACK`, `ACK`, … */
  readonly flagNames: string;
  readonly from: string;
  readonly to: string;
  /** Relative to the initial number when the SYN was seen, raw otherwise. */
  readonly sequence: number;
  readonly acknowledgment: number;
  /** The raw sequence number. */
  readonly rawSequence: number;
  /** Bytes of data. */
  readonly length: number;
  /** The window it announces, in bytes. */
  readonly window: number;
  /** What its sender has beyond a gap (SACK). */
  readonly sack: readonly ByteRange[];
  /** What its sender has got twice (D-SACK, RFC 2883 §4). */
  readonly twice: ByteRange | undefined;
}

/** What an acknowledgment is beside the one before it. */
export interface AckNotes {
  /** It acknowledges more than the one before. */
  readonly isNew: boolean;
  /** It says again, with no news but that something has arrived: which one in a row this is; 0: it is none such. */
  readonly duplicate: number;
  /** The window of the one before; −1 when there was none. */
  readonly windowBefore: number;
}

/** What arriving data is to its receiver. */
export interface DataNotes {
  /** `next`: what it waits for. `beyond`: something before it is missing. `again`: it is here already. */
  readonly place: 'next' | 'beyond' | 'again';
  /** The byte that was waited for. */
  readonly expected: number;
  /** Up to, not including, this byte everything is there now: more than the segment when it closes a gap. */
  readonly complete: number;
}

interface LastAck {
  number: number;
  window: number;
  duplicates: number;
}

interface ArrivedData {
  next: number;
  /** Was the segment that came last one behind a gap? */
  lastBeyond: boolean;
  beyond: ByteRange[];
}

export class TcpNotes {
  /** seq of the row of windows and timers that was shown last; −1 none. */
  shownInfo = -1;
  /** By `address:port>address:port`: initial sequence numbers, and how far windows are to be shifted. */
  private readonly initial = new Map<string, number>();
  private readonly shifts = new Map<string, number>();
  /** What each way has acknowledged last, where it was sent and where it arrived. */
  private readonly sentAcks = new Map<string, LastAck>();
  private readonly arrivedAcks = new Map<string, LastAck>();
  /** Behind the last number that was sent. */
  private readonly sentTo = new Map<string, number>();
  private readonly arrived = new Map<string, ArrivedData>();

  /** When connections were forgotten, by node and ends: seq of the first time. */
  private readonly forgotten = new Map<string, number>();

  constructor(story: Story, frames: Frames) {
    for (const event of story.events) {
      if (event.kind === 'table-removed' && event.table === 'tcp') {
        const key = `${event.node} ${event.key}`;
        if (!this.forgotten.has(key)) this.forgotten.set(key, event.seq);
      }
      if (event.kind !== 'frame-sent' || !isSyn(story.trace.frameBytes(event.frame))) continue;
      const facts = frames.of(event.frame);
      const way = wayOf(facts).join('>');
      this.initial.set(way, facts.number('tcp.seq_raw'));
      const shift = findWindowScale(facts.tcpOptions());
      if (shift === undefined) this.shifts.delete(way);
      else this.shifts.set(way, shift);
    }
  }

  read(facts: FrameFacts): SegmentNotes {
    const [from, to] = wayOf(facts);
    const flags = facts.number('tcp.flags');
    const rawSequence = facts.number('tcp.seq_raw');
    const acknowledgment =
      (flags & TCP_FLAG.ack) === 0 ? 0 : this.relative(to, from, facts.number('tcp.ack_raw'));
    const blocks = findSackBlocks(facts.tcpOptions()).map(({ left, right }) => ({
      left: this.relative(to, from, left),
      right: this.relative(to, from, right),
    }));
    const twice = isTwice(blocks, acknowledgment) ? blocks[0] : undefined;
    return {
      flags,
      flagNames: formatTcpFlags(flags) || 'no flags',
      from,
      to,
      sequence: this.relative(from, to, rawSequence),
      acknowledgment,
      rawSequence,
      length: facts.number('tcp.len'),
      window: facts.number('tcp.window_size_value') * 2 ** this.shiftOf(from, to, flags),
      sack: twice === undefined ? blocks : blocks.slice(1),
      twice,
    };
  }

  /** Is a segment that reaches a node before event `seq` too late for a connection that there was? */
  isLate(node: number, facts: FrameFacts, seq: number): boolean {
    const [from, to] = wayOf(facts);
    return (this.forgotten.get(`${node} ${to} ${from}`) ?? seq) < seq;
  }

  /** A raw number of what one end sends to the other, counted from its SYN; as it is when the SYN was not seen. */
  relative(from: string, to: string, number: number): number {
    const initial = this.initial.get(`${from}>${to}`);
    return initial === undefined ? number : seqDiff(number, initial) >>> 0;
  }

  /** Notes what a sender sends. */
  noteSent(facts: FrameFacts): AckNotes {
    const segment = this.read(facts);
    const way = `${segment.from}>${segment.to}`;
    const end = segment.sequence + sequenceLength(segment);
    this.sentTo.set(way, Math.max(this.sentTo.get(way) ?? 0, end));
    return noteAck(this.sentAcks, way, segment, false);
  }

  /** Notes what the acknowledgment of a segment says to whom it reaches. */
  noteArrivedAck(facts: FrameFacts): AckNotes {
    const segment = this.read(facts);
    const isAwaited = (this.sentTo.get(`${segment.to}>${segment.from}`) ?? 0) > segment.acknowledgment;
    return noteAck(this.arrivedAcks, `${segment.from}>${segment.to}`, segment, isAwaited);
  }

  /** Notes the data of a segment where it arrives. */
  noteArrivedData(facts: FrameFacts): DataNotes {
    const segment = this.read(facts);
    const way = `${segment.from}>${segment.to}`;
    const left = segment.sequence;
    const right = left + segment.length;
    let data = this.arrived.get(way);
    if (data === undefined) {
      data = { next: this.initial.has(way) ? 1 : left, beyond: [], lastBeyond: false };
      this.arrived.set(way, data);
    }
    const expected = data.next;
    data.lastBeyond = left > expected;
    if (left > expected) {
      const isHere = data.beyond.some((range) => range.left <= left && right <= range.right);
      data.beyond.push({ left, right });
      return { place: isHere ? 'again' : 'beyond', expected, complete: expected };
    }
    if (right <= expected) return { place: 'again', expected, complete: expected };
    data.next = right;
    const beyond = data.beyond.sort((a, b) => a.left - b.left);
    for (const range of beyond) if (range.left <= data.next) data.next = Math.max(data.next, range.right);
    data.beyond = beyond.filter((range) => range.left > (data as ArrivedData).next);
    return { place: 'next', expected, complete: data.next };
  }

  /** The byte that the receiver of a segment waits for; undefined when that is not known. */
  expected({ from, to }: SegmentNotes): number | undefined {
    const way = `${from}>${to}`;
    return this.arrived.get(way)?.next ?? (this.initial.has(way) ? 1 : undefined);
  }

  /** Is an acknowledgment the answer to data behind a gap? */
  lastArrivedBeyond({ from, to }: SegmentNotes): boolean {
    return this.arrived.get(`${to}>${from}`)?.lastBeyond ?? false;
  }

  /** Windows in SYNs are never scaled; others are when both sides have agreed to it. */
  private shiftOf(from: string, to: string, flags: number): number {
    if ((flags & TCP_FLAG.syn) !== 0 || !this.shifts.has(`${to}>${from}`)) return 0;
    return this.shifts.get(`${from}>${to}`) ?? 0;
  }
}

function noteAck(
  acks: Map<string, LastAck>,
  way: string,
  segment: SegmentNotes,
  isAwaited: boolean,
): AckNotes {
  const { flags, acknowledgment: number, window } = segment;
  const before = acks.get(way);
  const windowBefore = before?.window ?? -1;
  if ((flags & TCP_FLAG.ack) === 0 || (before !== undefined && seqLess(number, before.number)))
    return { isNew: false, duplicate: 0, windowBefore };
  const isNew = before === undefined || before.number !== number;
  const isDuplicate =
    !isNew &&
    isAwaited &&
    sequenceLength(segment) === 0 &&
    window > 0 &&
    window === windowBefore &&
    !isReset(flags);
  const duplicates = isDuplicate ? before.duplicates + 1 : isNew ? 0 : before.duplicates;
  acks.set(way, { number, window, duplicates });
  return { isNew, duplicate: isDuplicate ? duplicates : 0, windowBefore };
}

/** How many numbers a segment takes: its data, SYN and FIN. */
function sequenceLength({ flags, length }: SegmentNotes): number {
  return length + ((flags & TCP_FLAG.syn) === 0 ? 0 : 1) + ((flags & TCP_FLAG.fin) === 0 ? 0 : 1);
}

function isReset(flags: number): boolean {
  return (flags & TCP_FLAG.rst) !== 0;
}

/** Does the first block tell of something that came twice: acknowledged already, or within the second one? */
function isTwice([first, second]: readonly ByteRange[], acknowledgment: number): boolean {
  if (first === undefined) return false;
  if (first.right <= acknowledgment) return true;
  return second !== undefined && second.left <= first.left && first.right <= second.right;
}

function wayOf(facts: FrameFacts): [from: string, to: string] {
  return [
    `${facts.text('ip.src')}:${facts.text('tcp.srcport')}`,
    `${facts.text('ip.dst')}:${facts.text('tcp.dstport')}`,
  ];
}

/** Looks only as far as needed: most frames of a long trace are no SYN. */
function isSyn(bytes: Uint8Array): boolean {
  const header = ETHERNET_HEADER + ((bytes[ETHERNET_HEADER] ?? 0) & 15) * 4;
  return (
    bytes.length > header + 13 &&
    readUint16(bytes, 12) === ETHERTYPE.ipv4 &&
    bytes[ETHERNET_HEADER + 9] === PROTOCOL.tcp &&
    (bytes[header + 13] & TCP_FLAG.syn) !== 0
  );
}
