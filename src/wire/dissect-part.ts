// What the dissectors of the single protocols share: the part of a frame they are given, and what they give back.

import { complement, fold } from '../base/checksum.js';
import type { DissectedField, DissectedLayer, Problem } from './dissection.js';
import { derived, endOfFields, rawOctets, restOfHeader } from './dissection.js';

/** What the payload of a port is read as; `http` also where no message begins, `data` whatever it looks like. */
export type PayloadProtocol = 'dns' | 'http' | 'data';

/** Ports whose payload is to be read as something else than usual. */
export interface PortProtocols {
  readonly udp?: Readonly<Record<number, PayloadProtocol>>;
  readonly tcp?: Readonly<Record<number, PayloadProtocol>>;
}

/** The part of a frame that belongs to one protocol and what it carries. */
export interface Part {
  /** The whole frame. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Where the bytes that are there end. */
  readonly end: number;
  /** Where the part would end had the capture not cut it off; `end` in a whole frame. */
  readonly wholeEnd: number;
  /** The first fragment of a packet: lengths may point beyond it, checksums cover what is not here. */
  readonly fragment: boolean;
  /** Quoted in an ICMP error: it may end anywhere. */
  readonly quoted: boolean;
  readonly ports: PortProtocols;
}

/** The layers found, and where the bytes they cover end; what is behind belongs to the layer around. */
export interface Dissected {
  readonly layers: readonly DissectedLayer[];
  readonly end: number;
}

/** Values of the `….checksum.status` fields. */
export const CHECKSUM_STATUS = { bad: 0, good: 1, unverified: 2, absent: 3 } as const;

const STATUS_TEXTS = ['Bad', 'Good', 'Unverified', 'Not present'] as const;

/** True when all bytes a checksum covers are there. */
export function isWhole(part: Part): boolean {
  return part.end === part.wholeEnd && !part.fragment && !part.quoted;
}

/** Malformed: the field contradicts what is there. */
export function error(field: string, text: string, rfc?: string): Problem {
  return rfc === undefined ? { severity: 'error', field, text } : { severity: 'error', field, text, rfc };
}

/** Wrong, but readable. */
export function warning(field: string, text: string, rfc?: string): Problem {
  return rfc === undefined ? { severity: 'warning', field, text } : { severity: 'warning', field, text, rfc };
}

/** Unusual. */
export function note(field: string, text: string, rfc?: string): Problem {
  return rfc === undefined ? { severity: 'note', field, text } : { severity: 'note', field, text, rfc };
}

/** The field `NAME.checksum.status`. */
export function checksumStatus(name: string, status: number, start: number): DissectedField {
  return derived(`${name}.status`, 'Checksum Status', status, start, STATUS_TEXTS[status]);
}

/**
 * Judges a checksum: `sum` is that of everything it covers but itself (and may be unfolded), `found` what stands there.
 * The result is its status field.
 */
export function judgeSum(
  field: string,
  at: number,
  sum: number,
  found: number,
  rfc: string,
  problems: Problem[],
): DissectedField {
  const good = fold(sum + found) === 0xffff;
  if (!good) {
    const expected = complement(sum) === 0 ? 0xffff : complement(sum);
    problems.push(
      warning(field, `the checksum is 0x${hex16(found)}, but should be 0x${hex16(expected)}`, rfc),
    );
  }
  return checksumStatus(field, good ? CHECKSUM_STATUS.good : CHECKSUM_STATUS.bad, at);
}

/** Four hexadecimal digits. */
export function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/** Bytes without a dissector of their own. */
export function dataLayer(bytes: Uint8Array, start: number, end: number, title = 'Data'): DissectedLayer {
  const length = end - start;
  return {
    protocol: 'data',
    title,
    summary: `${title} (${length} ${length === 1 ? 'byte' : 'bytes'})`,
    start,
    end,
    fields: [rawOctets('data.data', 'Data', bytes, start, end), derived('data.len', 'Length', length, start)],
    problems: [],
  };
}

/** The data layer for `bytes[start … end)`, or nothing when that is empty. */
export function dataLayers(bytes: Uint8Array, start: number, end: number, title?: string): DissectedLayer[] {
  return start < end ? [dataLayer(bytes, start, end, title)] : [];
}

/** The layer for a header that ends before it should: the fields that are there, and the bits left over. */
export function cutShort(
  part: Part,
  header: { readonly protocol: string; readonly title: string; readonly rfc: string; readonly size: number },
  fields: readonly DissectedField[],
): Dissected {
  const { bytes, start, end } = part;
  const text = `only ${end - start} of the ${header.size} bytes of the header are there`;
  const expected = part.quoted || end < part.wholeEnd;
  const layer: DissectedLayer = {
    protocol: header.protocol,
    title: header.title,
    summary: `${header.title}, cut short`,
    rfc: header.rfc,
    start,
    end,
    fields: [...fields, ...restOfHeader(bytes, endOfFields(fields, start), end)],
    problems: [expected ? note(header.protocol, text) : error(header.protocol, text, header.rfc)],
  };
  return { layers: [layer], end };
}
