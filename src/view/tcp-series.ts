// What each end of a TCP connection did over time, out of the trace: what it sent, what was acknowledged, and how its
// windows moved. For pictures, and for whoever wants to count.
// Reading list: RFC 9293 §3.4 (sequence numbers), RFC 7323 §2.2 (window scale).

import { seqDiff } from '../base/sequence.js';
import type { Time } from '../base/time.js';
import type { RowView, TraceEvent } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { TCP_FLAG } from '../wire/tcp.js';
import { findSackBlocks, findWindowScale } from '../wire/tcp-options.js';
import { FrameFacts } from './explain/facts.js';

/** Congestion and windows from a moment on, in bytes. */
export interface TcpWindows {
  readonly time: Time;
  readonly cwnd: number;
  /** −1: never set. */
  readonly ssthresh: number;
  /** Sent and not acknowledged; of that, reported to have arrived beyond a gap, and taken for lost. */
  readonly flight: number;
  readonly sacked: number;
  readonly lost: number;
  /** What the peer has room for. */
  readonly window: number;
}

/** A segment that takes numbers: with data, SYN or FIN. Numbers count from the SYN, which is 0. */
export interface SentSegment {
  readonly time: Time;
  readonly left: number;
  /** The number behind its last one. */
  readonly right: number;
  /** All of it had been sent before. */
  readonly again: boolean;
  /** It only asks whether the peer's window has opened. */
  readonly probe: boolean;
  /** A link lost it. */
  died: boolean;
}

/** An acknowledgment that has arrived. */
export interface HeardAck {
  readonly time: Time;
  /** Everything before this number has arrived there. */
  readonly number: number;
  /** The number up to which the peer has room. */
  readonly edge: number;
  /** What has arrived there beyond a gap (SACK), up to, not including, `right`. */
  readonly blocks: readonly { readonly left: number; readonly right: number }[];
}

/** The sender takes something for lost. */
export interface FoundLoss {
  readonly time: Time;
  /** `time-out`, `duplicate acknowledgments`, `sack` or `rack`. */
  readonly by: string;
}

/** One end of a connection. */
export interface TcpSeries {
  /** Index into the description's nodes. */
  readonly node: number;
  /** `192.0.2.1:50000` */
  readonly local: string;
  readonly remote: string;
  readonly windows: readonly TcpWindows[];
  readonly sent: readonly SentSegment[];
  readonly acks: readonly HeardAck[];
  readonly losses: readonly FoundLoss[];
  /** Spans in which the peer's window was 0 and something waited. */
  readonly closed: readonly { readonly from: Time; readonly to: Time }[];
  /** Bytes of data that were sent, those that were sent again not counted. */
  readonly bytes: number;
  /** First and last moment at which something was sent or heard. */
  readonly begin: Time;
  readonly end: Time;
}

/** A series while the trace is read. */
interface Open extends TcpSeries {
  readonly windows: TcpWindows[];
  readonly sent: SentSegment[];
  readonly acks: HeardAck[];
  readonly losses: FoundLoss[];
  readonly closed: { from: Time; to: Time }[];
  bytes: number;
  begin: Time;
  end: Time;
  /** The initial number, and behind the highest number so far. */
  readonly initial: number;
  high: number;
  heard: number;
  /** The shift that its SYN announces; −1 without one. */
  shift: number;
  closedSince: Time;
  /** What is sent next is a probe. */
  probing: boolean;
}

/** Both ends of every TCP connection of a trace, those that sent most first. Without bytes in the trace there are none. */
export function tcpSeries(trace: Trace): TcpSeries[] {
  return new SeriesReader(trace).read();
}

class SeriesReader {
  private readonly trace: Trace;
  private readonly all: Open[] = [];
  /** By node and ends, the connection that is open there now. */
  private readonly open = new Map<string, Open>();
  /** The shift that the peer's SYN announces; −1 without one. */
  private readonly peerShifts = new Map<string, number>();
  private readonly ends: ReadonlySet<string>;
  private readonly byPacket = new Map<number, SentSegment>();

  constructor(trace: Trace) {
    this.trace = trace;
    this.ends = endsOf(trace);
  }

  read(): TcpSeries[] {
    for (const event of this.trace.events()) {
      switch (event.kind) {
        case 'frame-sent':
          this.readSent(event);
          break;
        case 'frame-arrived':
          this.readArrived(event);
          break;
        case 'frame-lost': {
          const segment = this.byPacket.get(this.trace.packetId(event.frame));
          if (segment !== undefined) segment.died = true;
          break;
        }
        case 'table-set':
          if (event.table === 'tcp-info') this.readRow(event.node, event.time, event.after);
          break;
        case 'app':
          if (event.name.startsWith('tcp.')) this.readNews(event);
          break;
        default:
      }
    }
    for (const series of this.all) closeSpan(series, series.end);
    return this.all.sort((a, b) => b.bytes - a.bytes);
  }

  private readSent(event: Extract<TraceEvent, { kind: 'frame-sent' }>): void {
    const facts = new FrameFacts(this.trace.frameBytes(event.frame));
    if (!facts.has('tcp')) return;
    const [from, to] = waysOf(facts);
    const key = `${event.node} ${from} ${to}`;
    if (!this.ends.has(key)) return;
    const flags = facts.number('tcp.flags');
    const number = facts.number('tcp.seq_raw');
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    let series = this.open.get(key);
    // A SYN with another number opens another connection between the same ports.
    if (series === undefined || (isSyn && number !== series.initial)) {
      series = newSeries(event, from, to, isSyn ? number : number - 1);
      this.all.push(series);
      this.open.set(key, series);
    }
    if (isSyn) series.shift = findWindowScale(facts.tcpOptions()) ?? -1;
    series.end = event.time;
    const length = facts.number('tcp.len') + bit(flags, TCP_FLAG.syn) + bit(flags, TCP_FLAG.fin);
    if (length === 0) return;
    const left = series.high + seqDiff(number, (series.initial + series.high) >>> 0);
    const right = left + length;
    const again = right <= series.high;
    const segment = { time: event.time, left, right, again, probe: series.probing, died: false };
    series.probing = false;
    series.sent.push(segment);
    this.byPacket.set(this.trace.packetId(event.frame), segment);
    series.high = Math.max(series.high, right);
    series.bytes = Math.max(series.bytes, right - 1 - bit(flags, TCP_FLAG.fin));
  }

  private readArrived(event: Extract<TraceEvent, { kind: 'frame-arrived' }>): void {
    const facts = new FrameFacts(this.trace.frameBytes(event.frame));
    if (!facts.has('tcp')) return;
    const [from, to] = waysOf(facts);
    const key = `${event.node} ${to} ${from}`;
    const series = this.open.get(key);
    const flags = facts.number('tcp.flags');
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    // Who is called hears the other SYN before it sends its own.
    if (isSyn) this.peerShifts.set(key, findWindowScale(facts.tcpOptions()) ?? -1);
    if (series === undefined) return;
    series.end = event.time;
    if ((flags & TCP_FLAG.ack) === 0 || (flags & TCP_FLAG.rst) !== 0) return;
    const raw = facts.number('tcp.ack_raw');
    const number = series.heard + seqDiff(raw, (series.initial + series.heard) >>> 0);
    // What acknowledges less is late, more than was sent is wrong.
    if (number < series.heard || number > series.high) return;
    series.heard = number;
    const peerShift = this.peerShifts.get(key) ?? -1;
    const isScaled = !isSyn && series.shift >= 0 && peerShift >= 0;
    const window = facts.number('tcp.window_size_value') * (isScaled ? 2 ** peerShift : 1);
    const at = (edge: number): number => number + seqDiff(edge, raw);
    const blocks = findSackBlocks(facts.tcpOptions())
      .map(({ left, right }) => ({ left: at(left), right: at(right) }))
      .filter(({ left }) => left > number);
    series.acks.push({ time: event.time, number, edge: number + window, blocks });
  }

  private readRow(node: number, time: Time, row: RowView): void {
    const series = this.open.get(`${node} ${row.local} ${row.remote}`);
    if (series === undefined) return;
    const value = (column: string): number => Number(row[column] ?? 0);
    const last = series.windows.at(-1);
    if (last?.time === time) series.windows.pop();
    series.windows.push({
      ...{ time, cwnd: value('cwnd'), ssthresh: value('ssthresh'), flight: value('flight') },
      ...{ sacked: value('sacked'), lost: value('lost'), window: value('window') },
    });
  }

  private readNews({ node, time, name, data }: Extract<TraceEvent, { kind: 'app' }>): void {
    const series = this.open.get(`${node} ${String(data.connection ?? '').replace(' → ', ' ')}`);
    if (series === undefined) return;
    if (name === 'tcp.loss-detected') series.losses.push({ time, by: String(data.by ?? '') });
    else if (name === 'tcp.window-probed') series.probing = true;
    else if (name === 'tcp.window-closed' && series.closedSince < 0) series.closedSince = time;
    else if (name === 'tcp.window-opened') closeSpan(series, time);
  }
}

function newSeries(
  { node, time }: { readonly node: number; readonly time: Time },
  local: string,
  remote: string,
  initial: number,
): Open {
  return {
    ...{ node, local, remote, windows: [], sent: [], acks: [], losses: [], closed: [], bytes: 0 },
    ...{ begin: time, end: time, initial: initial >>> 0, high: 0, heard: 0 },
    ...{ shift: -1, closedSince: -1, probing: false },
  };
}

function closeSpan(series: Open, time: Time): void {
  if (series.closedSince < 0) return;
  series.closed.push({ from: series.closedSince, to: time });
  series.closedSince = -1;
}

/** `node local remote` of every connection that some node has had: what routers only pass on is not theirs. */
function endsOf(trace: Trace): Set<string> {
  const ends = new Set<string>();
  for (let seq = 0; seq < trace.length; seq++) {
    if (trace.kindOf(seq) !== 'table-set') continue;
    const event = trace.event(seq);
    if (event.kind !== 'table-set' || (event.table !== 'tcp' && event.table !== 'tcp-info')) continue;
    ends.add(`${event.node} ${event.after.local} ${event.after.remote}`);
  }
  return ends;
}

function waysOf(facts: FrameFacts): [from: string, to: string] {
  return [
    `${facts.text('ip.src')}:${facts.text('tcp.srcport')}`,
    `${facts.text('ip.dst')}:${facts.text('tcp.dstport')}`,
  ];
}

function bit(flags: number, mask: number): 0 | 1 {
  return (flags & mask) === 0 ? 0 : 1;
}
