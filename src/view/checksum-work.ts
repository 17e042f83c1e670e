// The arithmetic of Internet checksums, word by word, so that a person can do it again by hand: the whole sum of a new
// packet, and the short way of a router that changed a few words.
// Reading list: RFC 1071 §1–2 (the sum), RFC 1624 §3 (changing it), RFC 768 and RFC 9293 §3.1 (the pseudo-header).

import { fold, sumOctets } from '../base/checksum.js';
import { CHECKSUM_STATUS } from '../wire/dissect-part.js';
import type { DissectedField, DissectedLayer, Dissection, FieldValue } from '../wire/dissection.js';
import { readUint16 } from '../wire/octets.js';

/** A 16-bit word of a sum; the payload is one word too, its sum. */
export interface ChecksumWord {
  /** Filter names of the fields that lie in it, `, ` between them; of a payload, its protocol. */
  readonly fields: string;
  /** Byte of the frame where it begins; −1 for the length of a TCP segment, which stands nowhere. */
  readonly at: number;
  /** Bytes of the frame it covers: 2; 1 for the protocol in a pseudo-header; all of a payload. */
  readonly length: number;
  /** Of the pseudo-header: what TCP and UDP sum besides their own bytes. */
  readonly pseudo: boolean;
  /** What it was, where it changed; of a full sum absent. */
  readonly before?: number;
  /** What it counts now; the checksum itself counts as 0. */
  readonly after: number;
}

/** How a checksum comes about. */
export interface ChecksumWork {
  readonly protocol: 'ip' | 'icmp' | 'udp' | 'tcp';
  /** `ip.checksum` */
  readonly field: string;
  /**
   * `full`: the complement of the sum of all words. `incremental`: HC' = ~(~HC + ~m + m') over the words that changed.
   * `none`: UDP with 0, which means that nobody summed anything.
   */
  readonly kind: 'full' | 'incremental' | 'none';
  readonly rfc: string;
  /** Of `incremental`: HC, the checksum before. */
  readonly previous?: number;
  /** All words, or those that changed. */
  readonly words: readonly ChecksumWord[];
  /** With its carries; of `incremental` the sum of ~HC and all ~m and m'. */
  readonly sum: number;
  /** The carries added back in until 16 bits remain. */
  readonly folded: number;
  /** The complement of `folded`; UDP sends 0xffff where that is 0. */
  readonly result: number;
  /** What stands in the frame. */
  readonly stored: number;
  /** The two agree; 0 and 0xffff are both zero in this arithmetic. */
  readonly ok: boolean;
}

/** Every checksum of a frame in full, from the outside in; only those all of whose bytes are there. */
export function fullChecksums(bytes: Uint8Array, dissection: Dissection): ChecksumWork[] {
  return sumsOf(bytes, dissection).map(fullWork);
}

/** A frame and what was read in it. */
export interface SummedFrame {
  readonly bytes: Uint8Array;
  readonly dissection: Dissection;
}

/**
 * The checksums that had to change with the frame, from the outside in: the short way where single words of headers
 * changed, in full where a payload did or where there was no such sum before.
 */
export function changedChecksums(before: SummedFrame, after: SummedFrame): ChecksumWork[] {
  const sumsBefore = sumsOf(before.bytes, before.dissection);
  return sumsOf(after.bytes, after.dissection).flatMap((sum) => {
    const old = sumsBefore.find(({ protocol }) => protocol === sum.protocol);
    return old === undefined ? [fullWork(sum)] : changedWork(old, sum);
  });
}

// ---- what is summed ----

type Protocol = ChecksumWork['protocol'];

/** All words of one checksum. */
interface Sum {
  readonly protocol: Protocol;
  readonly words: readonly ChecksumWord[];
  readonly stored: number;
  /** Nobody made it. */
  readonly absent: boolean;
}

/** Where the checksum stands in its header, in bytes. */
const CHECKSUM_AT: Readonly<Record<Protocol, number>> = { ip: 10, icmp: 2, udp: 6, tcp: 16 };

function isSummed(protocol: string): protocol is Protocol {
  return Object.hasOwn(CHECKSUM_AT, protocol);
}

function sumsOf(bytes: Uint8Array, { layers }: Dissection): Sum[] {
  const ip = layers.find(({ protocol }) => protocol === 'ip');
  if (ip === undefined) return [];
  return layers.flatMap((layer, index) => {
    const { protocol, start } = layer;
    if (!isSummed(protocol)) return [];
    // The dissector says whether everything that the sum covers is here.
    const status = valueIn(layer, `${protocol}.checksum.status`);
    if (status === undefined || status === CHECKSUM_STATUS.unverified) return [];
    const stored = readUint16(bytes, start + CHECKSUM_AT[protocol]);
    const carried = layer.quoted?.[0] ?? layers[index + 1];
    const words = [
      ...pseudoWords(bytes, ip, layer),
      ...headerWords(bytes, layer),
      ...payloadWords(bytes, ip, layer, carried?.protocol ?? 'data'),
    ];
    return [{ protocol, words, stored, absent: status === CHECKSUM_STATUS.absent }];
  });
}

function pseudoWords(bytes: Uint8Array, ip: DissectedLayer, layer: DissectedLayer): ChecksumWord[] {
  if (layer.protocol !== 'udp' && layer.protocol !== 'tcp') return [];
  const addresses = [12, 14, 16, 18].map((offset) => {
    const fields = offset < 16 ? 'ip.src' : 'ip.dst';
    return pseudoWord(fields, ip.start + offset, 2, readUint16(bytes, ip.start + offset));
  });
  const protocol = pseudoWord('ip.proto', ip.start + 9, 1, bytes[ip.start + 9]);
  const length = endOf(bytes, ip, layer) - layer.start;
  const lengthWord =
    layer.protocol === 'udp'
      ? pseudoWord('udp.length', layer.start + 4, 2, length)
      : pseudoWord('ip.len, ip.hdr_len', -1, 2, length);
  return [...addresses, protocol, lengthWord];
}

function pseudoWord(fields: string, at: number, length: number, after: number): ChecksumWord {
  return { fields, at, length, pseudo: true, after };
}

/** The words of the header, each with its fields. */
function headerWords(bytes: Uint8Array, layer: DissectedLayer): ChecksumWord[] {
  const fields = layer.fields.flatMap(leaves).filter(({ bits }) => bits > 0);
  const checksumAt = layer.start + CHECKSUM_AT[layer.protocol as Protocol];
  const words: ChecksumWord[] = [];
  for (let at = layer.start; at < layer.end; at += 2) {
    const names = fields
      .filter(({ bitOffset, bits }) => bitOffset < at * 8 + 16 && bitOffset + bits > at * 8)
      .map(({ name }) => name);
    const after = at === checksumAt ? 0 : sumOctets(bytes, at, Math.min(at + 2, layer.end));
    words.push({ fields: [...new Set(names)].join(', '), at, length: 2, pseudo: false, after });
  }
  return words;
}

/** What the message carries, as one word. */
function payloadWords(
  bytes: Uint8Array,
  ip: DissectedLayer,
  layer: DissectedLayer,
  fields: string,
): ChecksumWord[] {
  const end = endOf(bytes, ip, layer);
  if (layer.protocol === 'ip' || end <= layer.end) return [];
  const after = sumOctets(bytes, layer.end, end);
  return [{ fields, at: layer.end, length: end - layer.end, pseudo: false, after }];
}

/** Where the message in a packet ends, by its own length or that of the packet. */
function endOf(bytes: Uint8Array, ip: DissectedLayer, layer: DissectedLayer): number {
  if (layer.protocol === 'udp') return layer.start + readUint16(bytes, layer.start + 4);
  const length = readUint16(bytes, ip.start + 2);
  return length === 0 ? bytes.length : ip.start + length;
}

function valueIn({ fields }: DissectedLayer, name: string): FieldValue | undefined {
  return fields.find((field) => field.name === name)?.value;
}

function leaves(field: DissectedField): readonly DissectedField[] {
  return field.children === undefined ? [field] : field.children.flatMap(leaves);
}

// ---- the arithmetic ----

function fullWork({ protocol, words, stored, absent }: Sum): ChecksumWork {
  const about = { protocol, field: `${protocol}.checksum`, stored };
  if (absent)
    return { ...about, kind: 'none', rfc: 'RFC 768', words: [], sum: 0, folded: 0, result: 0, ok: true };
  const sum = words.reduce((total, { after }) => total + after, 0);
  return { ...about, kind: 'full', rfc: 'RFC 1071 §1', words, ...finish(protocol, sum, stored) };
}

/** The work for a sum that was another one before; nothing when nothing that it covers has changed. */
function changedWork(old: Sum, sum: Sum): ChecksumWork[] {
  const { protocol, stored } = sum;
  const words = pairWords(old.words, sum.words);
  if (words === undefined || old.absent !== sum.absent) return [fullWork(sum)];
  const changed = words.filter(({ before, after }) => before !== after);
  if (changed.length === 0) return old.stored === stored ? [] : [fullWork(sum)];
  // A payload is no word: who changes it sums anew.
  if (sum.absent || changed.some(({ length }) => length > 2)) return [fullWork(sum)];
  const previous = old.stored;
  const total = changed.reduce(
    (all, { before = 0, after }) => all + inverse(before) + after,
    inverse(previous),
  );
  return [
    {
      protocol,
      field: `${protocol}.checksum`,
      kind: 'incremental',
      rfc: 'RFC 1624 §3',
      previous,
      words: changed,
      ...finish(protocol, total, stored),
      stored,
    },
  ];
}

/** Each word with what it was before; undefined when they are not the same words. */
function pairWords(
  old: readonly ChecksumWord[],
  words: readonly ChecksumWord[],
): (ChecksumWord & { readonly before: number })[] | undefined {
  const pairs = words.flatMap((word, index) => {
    const was = old[index];
    return was?.at === word.at && was.length === word.length ? [{ ...word, before: was.after }] : [];
  });
  return pairs.length === words.length && words.length === old.length ? pairs : undefined;
}

function finish(protocol: Protocol, sum: number, stored: number) {
  const folded = fold(sum);
  const complement = inverse(folded);
  // A UDP checksum of 0 would say that there is none (RFC 768).
  const result = protocol === 'udp' && complement === 0 ? 0xffff : complement;
  return { sum, folded, result, ok: result % 0xffff === stored % 0xffff };
}

function inverse(word: number): number {
  return ~word & 0xffff;
}
