// The peer's side of one connection. It is no TCP: it sends the segments that a script tells it to, and keeps those it
// gets. All it does by itself is to count, so that a script can leave out numbers that are as usual.

import { complement, pseudoHeaderSum, sumOctets } from '../../src/base/checksum.js';
import { seqAdd, seqDiff } from '../../src/base/sequence.js';
import { MILLISECOND, type Time } from '../../src/base/time.js';
import { PROTOCOL } from '../../src/wire/iana.js';
import { TCP_FLAG, tcp } from '../../src/wire/tcp.js';
import { readTcpOptions, type TcpOption, writeTcpOptions } from '../../src/wire/tcp-options.js';
import type { FrameMaker } from '../frame-maker.js';
import { headerOf, join } from '../frames.js';
import { HOST_PORT, type PeerSettings } from './script.js';
import { type Block, ECN_NAMES, type EcnName, type NumberField, type SegmentText } from './segment-text.js';

/** A segment that the host has sent, in the numbers of scripts. */
export interface Got {
  readonly time: Time;
  readonly flags: number;
  /** Counted from the host's SYN and from the peer's; `ack` only with the flag. */
  readonly seq: number;
  readonly ack: number | undefined;
  readonly win: number;
  readonly urgent: number;
  readonly reserved: number;
  readonly text: Uint8Array;
  readonly options: readonly TcpOption[];
  readonly optionBytes: number;
  readonly mss: number | undefined;
  readonly shift: number | undefined;
  readonly sackPermitted: boolean;
  readonly sack: readonly Block[] | undefined;
  /** Counted from the first the host has sent. */
  readonly ts: number | undefined;
  /** As the peer has sent it. */
  readonly ecr: number | undefined;
  readonly ecn: EcnName;
  readonly frame: Uint8Array;
}

/** What the host knows of the peer from its SYN. */
export interface PeerSyn {
  readonly mss: number | undefined;
  readonly shift: number | undefined;
  readonly sack: boolean;
  readonly timestamps: boolean;
  readonly ecn: boolean;
}

/** Byte `at` (from 0) of the stream that the peer sends. The one that programs write is another. */
export function peerByte(at: number): number {
  return (at * 7 + (at >> 8) + 33) & 255;
}

export class Talk {
  readonly port: number;
  hostPort = HOST_PORT;
  hostIsn = 0;
  /** Whether the host has ever sent a SYN here: its numbers are known. */
  hasHostSyn = false;
  /** What the peer sends next. */
  next = 0;
  /** What the peer has in order from the host. */
  received = 0;
  /** What its last SYN said. */
  syn: PeerSyn | undefined;
  /** Right edge of the window that the peer has offered, and how it counts. */
  edge = 0;
  /** Segments from the host that no step has looked at. */
  readonly got: Got[] = [];
  /** The host's segments by the number they begin with: the newest of each, as frames. */
  readonly frames = new Map<number, Uint8Array>();
  /** Where the SYN stands that the host has answered: the stream begins behind it. */
  private synAt = 0;
  private newestSynAt = 0;
  /** Text the peer has sent that is not as `peerByte` has it. */
  hasOwnText = false;
  private readonly settings: PeerSettings;
  private readonly early = new Map<number, number>();
  private hostClock: number | undefined;
  private lastHostClock = 0;

  constructor(port: number, settings: PeerSettings) {
    this.port = port;
    this.settings = settings;
  }

  // ---- out ----

  /** The bytes of a segment as the script words it, ready to go into a packet. */
  write(segment: SegmentText, from: FrameMaker, now: Time): Uint8Array {
    const { settings } = this;
    const { numbers, odd } = segment;
    const flags = segment.flags ?? 0;
    const value = (name: NumberField): number | undefined => numbers[name]?.low;
    const seq = value('seq') ?? this.next;
    const text = this.textOf(segment, seq);
    const options = odd.options ?? writeTcpOptions(this.optionsOf(segment, flags, now));
    const hasAck = (flags & TCP_FLAG.ack) !== 0;
    const ack = value('ack') ?? this.received;
    const win = value('win') ?? Math.min(0xffff, settings.window);
    const header = headerOf(tcp, {
      sourcePort: this.port,
      destinationPort: this.hostPort,
      sequence: seqAdd(settings.isn, seq),
      acknowledgment: hasAck ? seqAdd(this.hostIsn, ack) : 0,
      dataOffset: odd.offset ?? 5 + Math.ceil(options.length / 4),
      reserved: (odd.reserved ?? 0) >> 1,
      ae: (odd.reserved ?? 0) & 1,
      window: win,
      urgentPointer: value('urgent') ?? 0,
    });
    header[13] = flags;
    const padding = new Uint8Array((4 - (options.length % 4)) % 4);
    const bytes = join(header, options, padding, text);
    const view = new DataView(bytes.buffer);
    const pseudo = pseudoHeaderSum(from.source.ip, from.destination.ip, PROTOCOL.tcp, bytes.length);
    const right = complement(pseudo + sumOctets(bytes));
    view.setUint16(16, odd.checksum === 'zero' ? 0 : odd.checksum === 'wrong' ? right ^ 0x5555 : right);
    const isSound = odd.checksum === undefined && odd.offset === undefined && odd.cut === undefined;
    if (isSound) this.count(segment, options, seq, text.length, hasAck ? ack : undefined, win);
    return odd.cut === undefined ? bytes : bytes.subarray(0, odd.cut);
  }

  private textOf(segment: SegmentText, seq: number): Uint8Array {
    if (segment.text !== undefined) {
      this.hasOwnText = true;
      return Uint8Array.from(segment.text, (letter) => letter.charCodeAt(0));
    }
    const isSyn = ((segment.flags ?? 0) & TCP_FLAG.syn) !== 0;
    const first = isSyn ? 0 : seq - this.synAt - 1;
    return Uint8Array.from({ length: segment.numbers.length?.low ?? 0 }, (_, index) =>
      peerByte(first + index),
    );
  }

  private optionsOf(segment: SegmentText, flags: number, now: Time): TcpOption[] {
    const { settings } = this;
    const { numbers, without } = segment;
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    const options: TcpOption[] = [];
    const may = (name: (typeof without)[number]): boolean =>
      !without.includes(name) && !without.includes('options');
    const mss = numbers.mss?.low ?? (isSyn ? settings.mss : undefined);
    if (mss !== undefined && may('mss')) options.push({ kind: 'mss', value: mss });
    const sackPermitted = segment.sackPermitted || (isSyn && settings.sack);
    if (sackPermitted && may('sack-permitted')) options.push({ kind: 'sack-permitted' });
    const wantsClock = numbers.ts !== undefined || numbers.ecr !== undefined || settings.timestamps;
    if (wantsClock && may('ts')) {
      const value = numbers.ts?.low ?? settings.clock + Math.floor(now / MILLISECOND);
      const hasAck = (flags & TCP_FLAG.ack) !== 0;
      const echo =
        numbers.ecr === undefined
          ? hasAck
            ? this.lastHostClock
            : 0
          : seqAdd(this.hostClock ?? 0, numbers.ecr.low);
      options.push({ kind: 'timestamps', value: value >>> 0, echo });
    }
    const shift = numbers.shift?.low ?? (isSyn ? settings.shift : undefined);
    if (shift !== undefined && may('shift')) options.push({ kind: 'window-scale', shift });
    if (segment.sack !== undefined) {
      const blocks = segment.sack.map(([left, right]) => ({
        left: seqAdd(this.hostIsn, left),
        right: seqAdd(this.hostIsn, right),
      }));
      options.push({ kind: 'sack', blocks });
    }
    return options;
  }

  /** Remembers what has been sent. */
  private count(
    segment: SegmentText,
    options: Uint8Array,
    seq: number,
    length: number,
    ack: number | undefined,
    win: number,
  ): void {
    const flags = segment.flags ?? 0;
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    const end = seq + length + (isSyn ? 1 : 0) + ((flags & TCP_FLAG.fin) === 0 ? 0 : 1);
    if (segment.numbers.seq === undefined || seq === this.next) this.next = Math.max(this.next, end);
    if (isSyn) {
      this.newestSynAt = seq;
      const said = readTcpOptions(options, 0, options.length).options;
      this.syn = {
        mss: said.find((option) => option.kind === 'mss')?.value,
        shift: said.find((option) => option.kind === 'window-scale')?.shift,
        sack: said.some((option) => option.kind === 'sack-permitted'),
        timestamps: said.some((option) => option.kind === 'timestamps'),
        ecn: (flags & TCP_FLAG.ece) !== 0,
      };
      this.edge = Math.max(this.edge, (ack ?? 1) + win);
    } else if (ack !== undefined) {
      this.edge = Math.max(this.edge, ack + win * 2 ** Math.min(14, this.syn?.shift ?? 0));
    }
  }

  // ---- in ----

  /** Takes a TCP segment out of a frame of the host's. */
  read(frame: Uint8Array, time: Time): Got {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const at = 34;
    const header = tcp.read(view, at);
    const flags = frame[at + 13] as number;
    const textAt = at + header.dataOffset * 4;
    const text = frame.slice(textAt, 14 + view.getUint16(16));
    const { options } = readTcpOptions(frame, at + 20, textAt);
    if ((flags & TCP_FLAG.syn) !== 0) this.hostBegins(header.sequence);
    const clock = options.find((option) => option.kind === 'timestamps');
    if (clock !== undefined) {
      this.hostClock ??= clock.value;
      this.lastHostClock = clock.value;
    }
    const { isn } = this.settings;
    const blocks = options.find((option) => option.kind === 'sack')?.blocks;
    const got: Got = {
      time,
      flags,
      seq: seqDiff(header.sequence, this.hostIsn),
      ack: (flags & TCP_FLAG.ack) === 0 ? undefined : seqDiff(header.acknowledgment, isn),
      win: header.window,
      urgent: header.urgentPointer,
      reserved: header.reserved * 2 + header.ae,
      text,
      options,
      optionBytes: textAt - at - 20,
      mss: options.find((option) => option.kind === 'mss')?.value,
      shift: options.find((option) => option.kind === 'window-scale')?.shift,
      sackPermitted: options.some((option) => option.kind === 'sack-permitted'),
      sack: blocks?.map(({ left, right }) => [seqDiff(left, isn), seqDiff(right, isn)] as const),
      ts: clock === undefined ? undefined : seqDiff(clock.value, this.hostClock ?? 0),
      ecr: clock?.echo,
      ecn: ECN_NAMES[(frame[15] as number) & 3] as EcnName,
      frame,
    };
    if ((flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === (TCP_FLAG.syn | TCP_FLAG.ack))
      this.synAt = this.newestSynAt;
    this.take(got);
    this.got.push(got);
    return got;
  }

  private hostBegins(isn: number): void {
    if (this.hasHostSyn && isn !== this.hostIsn) {
      this.received = 0;
      this.early.clear();
      this.frames.clear();
      this.edge = 0;
      this.hostClock = undefined;
    }
    this.hostIsn = isn;
    this.hasHostSyn = true;
  }

  private take(got: Got): void {
    if ((got.flags & TCP_FLAG.rst) !== 0) return;
    const end = endOf(got);
    if (end === got.seq) return;
    this.frames.set(got.seq, got.frame);
    this.early.set(got.seq, Math.max(end, this.early.get(got.seq) ?? end));
    for (let moved = true; moved; ) {
      moved = false;
      for (const [from, to] of this.early) {
        if (from > this.received) continue;
        this.early.delete(from);
        moved ||= to > this.received;
        this.received = Math.max(this.received, to);
      }
    }
  }
}

/** The number behind a segment. */
export function endOf({ seq, flags, text }: Got): number {
  return seq + text.length + ((flags & TCP_FLAG.syn) === 0 ? 0 : 1) + ((flags & TCP_FLAG.fin) === 0 ? 0 : 1);
}
