// One packet at every link it crosses, side by side: which bytes the box in between has changed, which fields those are,
// and how the checksums follow.
// Reading list: RFC 1812 §5.3.1 (TTL), RFC 1624 (checksums on the way), RFC 3022 §4.1 (NAT).

import type { Time } from '../base/time.js';
import type { DropReason } from '../trace/drop-reasons.js';
import type { Trace } from '../trace/trace.js';
import { dissect } from '../wire/dissect.js';
import type { DissectedField, DissectedLayer, Dissection } from '../wire/dissection.js';
import { type ChecksumWork, changedChecksums, fullChecksums } from './checksum-work.js';
import type { Rewrite } from './explain/facts.js';
import type { FrameColumns } from './frame-columns.js';

/** Bytes `start` up to but without `end` of a frame. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A packet on one link. */
export interface PacketHop {
  /** Place in the columns. */
  readonly index: number;
  /** seq of its `frame-sent`, and when that was, in ns. */
  readonly seq: number;
  readonly time: Time;
  /** Interface ids; `to` is −1 without a cable. */
  readonly from: number;
  readonly to: number;
  /** Why it was lost on this link. */
  readonly lost: DropReason | undefined;
  /** As it was sent, without FCS; empty when the trace has no bytes. */
  readonly bytes: Uint8Array;
  readonly dissection: Dissection;
  /** Place in the list of the hop that this one was made from; −1 where the packet begins. A flood makes several of one. */
  readonly before: number;
  /** The bytes that differ from that hop, or that it did not have; none where the packet begins. */
  readonly changed: readonly ByteRange[];
  /** The fields they belong to, outermost first; `before` is empty for what was not there. */
  readonly fields: readonly Rewrite[];
  /** Where the packet begins all its checksums, further on those that changed. */
  readonly checksums: readonly ChecksumWork[];
  /** The bytes that the link damaged: they arrived otherwise than they were sent. */
  readonly damaged: readonly ByteRange[];
}

/** The hops of a packet in the order in which they were sent; empty when no packet has this id. */
export function packetHops(trace: Trace, columns: FrameColumns, packetId: number): PacketHop[] {
  const frames = new Map<number, ReadFrame>();
  const places = new Map<number, number>();
  const hops: PacketHop[] = [];
  columns.packet.forEach((packet, index) => {
    if (packet !== packetId) return;
    const seq = columns.seq[index];
    const before = placeBefore(trace, seq, packetId, places);
    places.set(seq, hops.length);
    const frame = readFrame(trace, columns.frame[index], frames);
    const previous = hops[before];
    hops.push({
      index,
      seq,
      time: columns.sentAt[index],
      from: columns.from[index],
      to: columns.to[index],
      ...fateOf(trace, columns, index, frame),
      ...frame,
      before,
      ...(previous === undefined ? beginning(frame) : changesOf(previous, frame)),
    });
  });
  return hops;
}

type ReadFrame = Pick<PacketHop, 'bytes' | 'dissection'>;
type Changes = Pick<PacketHop, 'changed' | 'fields' | 'checksums'>;

/** The frame of a snapshot; copies that a switch makes share theirs. */
function readFrame(trace: Trace, snapshot: number, known: Map<number, ReadFrame>): ReadFrame {
  let frame = known.get(snapshot);
  if (frame === undefined) {
    const bytes = trace.frameBytes(snapshot);
    frame = { bytes, dissection: bytes.length === 0 ? { layers: [], length: 0 } : dissect(bytes) };
    known.set(snapshot, frame);
  }
  return frame;
}

/** The place of the hop from whose arrival the frame sent at `seq` was made; `places` has those so far by their seq. */
function placeBefore(
  trace: Trace,
  seq: number,
  packetId: number,
  places: ReadonlyMap<number, number>,
): number {
  const [first = seq] = places.keys();
  // Causes are older than what they lead to, and nothing older than the first hop has to do with another one.
  for (let at = trace.event(seq).cause; at > first; ) {
    const event = trace.event(at);
    if (event.kind === 'frame-arrived' && trace.packetId(event.frame) === packetId)
      return places.get(event.cause) ?? -1;
    // What waited goes on from where it was held, not from the answer that it waited for.
    at = event.kind === 'released' ? event.held : event.cause;
  }
  return -1;
}

function fateOf(
  trace: Trace,
  columns: FrameColumns,
  index: number,
  sent: ReadFrame,
): Pick<PacketHop, 'lost' | 'damaged'> {
  const event = columns.endSeq[index] < 0 ? undefined : trace.event(columns.endSeq[index]);
  if (event?.kind === 'frame-lost') return { lost: event.reason, damaged: [] };
  const isDamaged = event?.kind === 'frame-arrived' && event.frame !== columns.frame[index];
  return {
    lost: undefined,
    damaged: isDamaged ? differences(sent.bytes, trace.frameBytes(event.frame)) : [],
  };
}

function beginning({ bytes, dissection }: ReadFrame): Changes {
  return { changed: [], fields: [], checksums: fullChecksums(bytes, dissection) };
}

function changesOf(before: ReadFrame, after: ReadFrame): Changes {
  const changed = differences(before.bytes, after.bytes);
  if (changed.length === 0 && before.bytes.length === after.bytes.length) {
    return { changed, fields: [], checksums: [] };
  }
  return {
    changed,
    fields: rewritesOf(before.dissection, after.dissection, changed),
    checksums: changedChecksums(before, after),
  };
}

/** The ranges of `after` that are not as in `before`, in order; what is beyond the end of `before` too. */
function differences(before: Uint8Array, after: Uint8Array): ByteRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (let at = 0; at < after.length; at++) {
    if (at < before.length && after[at] === before[at]) continue;
    const last = ranges.at(-1);
    if (last?.end === at) last.end++;
    else ranges.push({ start: at, end: at + 1 });
  }
  return ranges;
}

/** The fields of `after` in the changed ranges, each with what stood at its place before. */
function rewritesOf(before: Dissection, after: Dissection, changed: readonly ByteRange[]): Rewrite[] {
  const old = new Map(leavesOf(before.layers).map((field) => [placeOf(field), field]));
  return leavesOf(after.layers).flatMap((field) => {
    const { name, label, value, text, bitOffset, bits } = field;
    const isTouched = changed.some(({ start, end }) => bitOffset < end * 8 && bitOffset + bits > start * 8);
    const was = old.get(placeOf(field));
    return isTouched && was?.value !== value ? [{ name, label, before: was?.text ?? '', after: text }] : [];
  });
}

function placeOf({ bitOffset, bits }: DissectedField): string {
  return `${bitOffset} ${bits}`;
}

/** The fields that stand in the frame and have no parts, those of quoted packets too. */
function leavesOf(layers: readonly DissectedLayer[]): DissectedField[] {
  const leaves = (field: DissectedField): DissectedField[] =>
    field.children?.flatMap(leaves) ?? (field.bits > 0 ? [field] : []);
  return layers.flatMap((layer) => [...layer.fields.flatMap(leaves), ...leavesOf(layer.quoted ?? [])]);
}
