// All frames of a run as columns: typed arrays that a timeline draws from, and that one thread can hand to another
// without copying.

import type { TraceEvent } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import type { StepLayer } from './explain/step.js';
import { innermostLayer } from './innermost-layer.js';

/** What {@link FrameColumns.layer} counts, from the link up; the same words as those of steps. */
export const FRAME_LAYERS = [
  'link',
  'network',
  'transport',
  'application',
] as const satisfies readonly StepLayer[];

/** The frames of a trace in the order in which they were sent; every array has `length` entries. */
export interface FrameColumns {
  readonly length: number;
  /** seq of the frame's `frame-sent`; ascending. */
  readonly seq: Int32Array;
  /** seq of its first `frame-arrived`, or else of its `frame-lost`; −1 while it is under way when the trace ends. */
  readonly endSeq: Int32Array;
  /** 1: lost on the link. */
  readonly lost: Uint8Array;
  /** When it was handed to the link, and when `endSeq` happened, in ns; `endAt` is −1 while it is under way. */
  readonly sentAt: Float64Array;
  readonly endAt: Float64Array;
  /** Interface ids: the sender's, and that of the other end of the cable, −1 without one. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /**
   * Index into {@link FRAME_LAYERS}: the layer of the innermost thing the frame carries. ARP is link; ICMP, bare IP and
   * later fragments are network; UDP and TCP are transport, with data application. Without bytes in the trace always link.
   */
  readonly layer: Uint8Array;
  /** The same for one packet at every place: `trace.packetId`. */
  readonly packet: Int32Array;
  /** For `trace.frameBytes`. */
  readonly frame: Int32Array;
}

type FrameEnd = Extract<TraceEvent, { readonly kind: 'frame-arrived' | 'frame-lost' }>;

/** Every frame that a trace has so far. */
export function frameColumns(trace: Trace): FrameColumns {
  const columns = emptyColumns(countSent(trace));
  const otherEnds = otherEndsOf(trace);
  let count = 0;
  for (let seq = 0; seq < trace.length; seq++) {
    const kind = trace.kindOf(seq);
    if (kind !== 'frame-sent' && kind !== 'frame-arrived' && kind !== 'frame-lost') continue;
    const event = trace.event(seq);
    if (event.kind === 'frame-sent') {
      columns.seq[count] = seq;
      columns.sentAt[count] = event.time;
      columns.from[count] = event.interface;
      columns.to[count] = otherEnds[event.interface] ?? -1;
      columns.layer[count] = layerOf(trace, event.frame);
      columns.packet[count] = trace.packetId(event.frame);
      columns.frame[count] = event.frame;
      count++;
    } else if (event.kind === 'frame-arrived' || event.kind === 'frame-lost') endFrame(columns, count, event);
  }
  return columns;
}

/** The place of the frame that was sent at event `seq`; −1 when that event sent none. */
export function frameIndex(columns: FrameColumns, seq: number): number {
  return placeOf(columns.seq, columns.length, seq);
}

function emptyColumns(length: number): FrameColumns {
  return {
    length,
    seq: new Int32Array(length),
    endSeq: new Int32Array(length).fill(-1),
    lost: new Uint8Array(length),
    sentAt: new Float64Array(length),
    endAt: new Float64Array(length).fill(-1),
    from: new Int32Array(length),
    to: new Int32Array(length),
    layer: new Uint8Array(length),
    packet: new Int32Array(length),
    frame: new Int32Array(length),
  };
}

function countSent(trace: Trace): number {
  let count = 0;
  for (let seq = 0; seq < trace.length; seq++) if (trace.kindOf(seq) === 'frame-sent') count++;
  return count;
}

/** By interface id, the interface at the other end of its cable. */
function otherEndsOf({ world }: Trace): number[] {
  const others: number[] = [];
  for (const { ends } of world.links) {
    others[ends[0]] = ends[1];
    others[ends[1]] = ends[0];
  }
  return others;
}

function layerOf(trace: Trace, frame: number): number {
  return FRAME_LAYERS.indexOf(innermostLayer(trace.frameBytes(frame)));
}

/** Notes the end of one of the first `count` frames. A frame that was doubled can be lost and arrive, or arrive twice. */
function endFrame(columns: FrameColumns, count: number, event: FrameEnd): void {
  const index = placeOf(columns.seq, count, event.cause);
  if (index < 0) return;
  const isLost = event.kind === 'frame-lost';
  const hasArrived = columns.endSeq[index] >= 0 && columns.lost[index] === 0;
  if (hasArrived || (isLost && columns.endSeq[index] >= 0)) return;
  columns.endSeq[index] = event.seq;
  columns.endAt[index] = event.time;
  columns.lost[index] = isLost ? 1 : 0;
}

/** The place of a number among the first `count` of an ascending column; −1 when it is not there. */
function placeOf(column: Int32Array, count: number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low < count && column[low] === wanted ? low : -1;
}
