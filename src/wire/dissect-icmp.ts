// ICMP read for people: echo, errors with the packet they quote, and extensions behind it.
// Reading list: RFC 792, RFC 1812 §4.3.2.3 (how much is quoted), RFC 4884 (extensions), RFC 8335 (extended echo).

import { sumOctets } from '../base/checksum.js';
import {
  CHECKSUM_STATUS,
  checksumStatus,
  cutShort,
  type Dissected,
  dataLayers,
  error,
  hex16,
  isWhole,
  judgeSum,
  note,
  type Part,
} from './dissect-part.js';
import {
  type DissectedField,
  type DissectedLayer,
  dissectLayout,
  type Problem,
  rawOctets,
} from './dissection.js';
import { ICMP_TYPE, ICMP_TYPE_NAMES, TIME_EXCEEDED_NAMES, UNREACHABLE, UNREACHABLE_NAMES } from './iana.js';
import {
  ICMP_HEADER,
  icmp,
  icmpEcho,
  icmpExtendedEcho,
  icmpExtension,
  icmpExtensionObject,
  icmpParameterProblem,
  icmpRedirect,
  icmpTimeExceeded,
  icmpTimestamp,
  icmpUnreachable,
} from './icmp.js';
import type { Layout } from './layout.js';
import { readUint16 } from './octets.js';

/** The part of the message behind the first word: `quotes` says that a packet follows it. */
interface Body {
  readonly layout: Layout<string>;
  readonly quotes: boolean;
}

const ECHO: Body = { layout: icmpEcho, quotes: false };
const TIMESTAMP: Body = { layout: icmpTimestamp, quotes: false };
const EXTENDED_ECHO: Body = { layout: icmpExtendedEcho, quotes: false };
/** Errors that say nothing but their code. */
const UNUSED: Body = { layout: icmpTimeExceeded, quotes: true };
const FRAGMENTATION_NEEDED: Body = { layout: icmpUnreachable, quotes: true };
const REDIRECT = 5;
const EXTENDED_ECHO_REQUEST = 42;

const BODIES: Readonly<Record<number, Body>> = {
  [ICMP_TYPE.echoReply]: ECHO,
  [ICMP_TYPE.echoRequest]: ECHO,
  [ICMP_TYPE.destinationUnreachable]: UNUSED,
  [REDIRECT]: { layout: icmpRedirect, quotes: true },
  [ICMP_TYPE.timeExceeded]: UNUSED,
  [ICMP_TYPE.parameterProblem]: { layout: icmpParameterProblem, quotes: true },
  13: TIMESTAMP,
  14: TIMESTAMP,
  [EXTENDED_ECHO_REQUEST]: EXTENDED_ECHO,
  43: EXTENDED_ECHO,
};

function bodyOf(type: number, code: number): Body | undefined {
  const needsFragments =
    type === ICMP_TYPE.destinationUnreachable && code === UNREACHABLE.fragmentationNeeded;
  return needsFragments ? FRAGMENTATION_NEEDED : BODIES[type];
}

const CODE_NAMES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [ICMP_TYPE.destinationUnreachable]: UNREACHABLE_NAMES,
  [ICMP_TYPE.timeExceeded]: TIME_EXCEEDED_NAMES,
};

/** Without extensions a quote may be as long as it likes; with them it has at least this many words. */
const QUOTED_WORDS_MINIMUM = 32;

/** Dissects an ICMP message; `dissectQuoted` is asked for the layers of the packet an error quotes. */
export function dissectIcmp(
  part: Part,
  dissectQuoted: (quoted: Part) => readonly DissectedLayer[],
): Dissected {
  const { bytes, start, end } = part;
  const head = dissectLayout(icmp, bytes, start, end);
  if (end - start < icmp.size) return cutShort(part, icmp, head);
  const type = bytes[start];
  const code = bytes[start + 1];
  const body = bodyOf(type, code);
  const headerEnd = start + icmp.size + (body?.layout.size ?? 0);
  const codeName = CODE_NAMES[type]?.[code];
  if (codeName !== undefined) head[1] = { ...(head[1] as DissectedField), text: `${code} (${codeName})` };
  const fields =
    body === undefined ? head : [...head, ...dissectLayout(body.layout, bytes, start + icmp.size, end)];
  if (end < headerEnd) {
    return cutShort(part, { ...icmp, size: headerEnd - start }, fields);
  }

  const problems: Problem[] = [];
  fields.push(judgeChecksum(part, problems));
  const layer = {
    protocol: 'icmp',
    title: icmp.title,
    summary: summarize(type, codeName, bytes, start),
    rfc: icmp.rfc,
    start,
    end: headerEnd,
  };
  if (type === EXTENDED_ECHO_REQUEST && headerEnd < end) {
    fields.push(...dissectExtensions(bytes, headerEnd, end, problems));
    return { layers: [{ ...layer, end, fields, problems }], end };
  }
  // An error never quotes an error (RFC 1122 §3.2.2), and only a liar's bytes would go deeper.
  if (body?.quotes !== true || part.quoted) {
    return { layers: [{ ...layer, fields, problems }, ...dataLayers(bytes, headerEnd, end)], end };
  }

  const quotedEnd = endOfQuote(part, type, problems);
  if (quotedEnd > headerEnd && quotedEnd < part.end)
    fields.push(...dissectExtensions(bytes, quotedEnd, end, problems));
  const quoted = dissectQuoted({
    ...part,
    start: headerEnd,
    end: quotedEnd,
    wholeEnd: quotedEnd,
    fragment: false,
    quoted: true,
  });
  const covered = quoted.at(-1)?.end ?? headerEnd;
  return {
    layers: [
      {
        ...layer,
        ...(quotedEnd < end ? { trailer: { start: quotedEnd, end } } : {}),
        fields,
        problems,
        quoted: [...quoted, ...dataLayers(bytes, covered, quotedEnd, 'Bytes behind the quoted packet')],
      },
    ],
    end,
  };
}

/** Where the quoted packet ends: at the end, unless its length in words is given (RFC 4884 §4). */
function endOfQuote(part: Part, type: number, problems: Problem[]): number {
  const { bytes, start, end } = part;
  const words = type === REDIRECT ? 0 : bytes[start + 5];
  if (words === 0) {
    const old = start + ICMP_HEADER + QUOTED_WORDS_MINIMUM * 4;
    return type !== REDIRECT && isExtension(bytes, old, end) ? old : end;
  }
  const quotedEnd = start + ICMP_HEADER + words * 4;
  if (quotedEnd > end) {
    if (isWhole(part)) {
      const there = end - start - ICMP_HEADER;
      problems.push(
        error(
          'icmp.length',
          `the quote is to have ${words * 4} bytes, but there are ${there}`,
          'RFC 4884 §4',
        ),
      );
    }
    return end;
  }
  if (words < QUOTED_WORDS_MINIMUM && quotedEnd < end) {
    const text = `with extensions, a quote has at least ${QUOTED_WORDS_MINIMUM * 4} bytes, not ${words * 4}`;
    problems.push(note('icmp.length', text, 'RFC 4884 §5'));
  }
  return quotedEnd;
}

/** Routers older than RFC 4884 put extensions behind 128 bytes of quote and give no length (RFC 4884 §5.5). */
function isExtension(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + icmpExtension.size > end || bytes[at] >> 4 !== 2) return false;
  return readUint16(bytes, at + 2) !== 0 && sumOctets(bytes, at, end) === 0xffff;
}

/** The extension structure in `bytes[start … end)`, as fields that tile it. */
function dissectExtensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  problems: Problem[],
): DissectedField[] {
  const fields = dissectLayout(icmpExtension, bytes, start, end);
  if (end - start < icmpExtension.size) {
    problems.push(
      error('icmp.ext', `${end - start} bytes are not even the header of extensions`, 'RFC 4884 §7'),
    );
    return [rawOctets('icmp.ext', 'ICMP Multi-Part Extensions', bytes, start, end)];
  }
  if (bytes[start] >> 4 !== 2) {
    problems.push(error('icmp.ext.version', `the version is ${bytes[start] >> 4}, not 2`, 'RFC 4884 §7'));
  }
  const checksum = readUint16(bytes, start + 2);
  if (checksum === 0) fields.push(checksumStatus('icmp.ext.checksum', CHECKSUM_STATUS.absent, start + 2));
  else {
    const sum = sumOctets(bytes, start, start + 2) + sumOctets(bytes, start + 4, end);
    fields.push(judgeSum('icmp.ext.checksum', start + 2, sum, checksum, 'RFC 4884 §7', problems));
  }
  let at = start + icmpExtension.size;
  while (at + icmpExtensionObject.size <= end) {
    const length = readUint16(bytes, at);
    fields.push(...dissectLayout(icmpExtensionObject, bytes, at, end));
    const data = at + icmpExtensionObject.size;
    const isLie = length < icmpExtensionObject.size || at + length > end;
    if (isLie) {
      problems.push(
        error(
          'icmp.ext.length',
          `the object is to have ${length} bytes, but there are ${end - at}`,
          'RFC 4884 §8',
        ),
      );
    }
    const next = isLie ? end : at + length;
    if (next > data) fields.push(rawOctets('icmp.ext.data', 'Data', bytes, data, next));
    at = next;
  }
  if (at < end) fields.push(rawOctets('data', 'Rest', bytes, at, end));
  return fields;
}

function judgeChecksum(part: Part, problems: Problem[]): DissectedField {
  const { bytes, start, end } = part;
  const at = start + 2;
  if (!isWhole(part)) return checksumStatus('icmp.checksum', CHECKSUM_STATUS.unverified, at);
  const sum = sumOctets(bytes, start, at) + sumOctets(bytes, at + 2, end);
  return judgeSum('icmp.checksum', at, sum, readUint16(bytes, at), 'RFC 792', problems);
}

function summarize(type: number, codeName: string | undefined, bytes: Uint8Array, start: number): string {
  const name = ICMP_TYPE_NAMES[type] ?? `ICMP type ${type}`;
  if (BODIES[type] === ECHO || BODIES[type] === TIMESTAMP) {
    return `${name} id=0x${hex16(readUint16(bytes, start + 4))} seq=${readUint16(bytes, start + 6)}`;
  }
  return codeName === undefined ? name : `${name} (${codeName})`;
}
