// Ethernet read for people: the header in both its forms, VLAN tags, padding and the frame check sequence.
// Reading list: IEEE 802.3 §3, IEEE 802.1Q §9, RFC 894, RFC 1042.

import { crc32 } from '../base/crc32.js';
import { dissectArp } from './dissect-arp.js';
import { dissectIpv4 } from './dissect-ipv4.js';
import { cutShort, type Dissected, dataLayers, error, type Part, warning } from './dissect-part.js';
import {
  aliases,
  type DissectedField,
  type DissectedLayer,
  derived,
  dissectLayout,
  octets,
  type Problem,
  rawOctets,
} from './dissection.js';
import {
  ETHERNET_HEADER,
  ETHERNET_MINIMUM,
  ETHERTYPE_MINIMUM,
  ethernet,
  ethernet802,
  FCS_LENGTH,
  vlan,
} from './ethernet.js';
import { ETHERTYPE, ETHERTYPE_NAMES } from './iana.js';
import { allZero, readUint16 } from './octets.js';

/** The longest payload of a frame, and so the largest number that is a length where the type stands. */
const LENGTH_MAXIMUM = 1500;
/** Networks use two tags; more than these come from somebody who wants to see a reader fall. */
const TAGS_MAXIMUM = 8;

/** Dissects a whole frame; `hasFcs` says that its last four bytes are its check sequence. */
export function dissectEthernet(part: Part, hasFcs: boolean): Dissected {
  const { bytes, start } = part;
  if (part.end - start < ETHERNET_HEADER) {
    return cutShort(part, ethernet, dissectLayout(ethernet, bytes, start, part.end));
  }
  // A cut capture has lost its check sequence; a frame too short to have one has none.
  const fcsHere = hasFcs && part.end === part.wholeEnd && part.end - start >= ETHERNET_HEADER + FCS_LENGTH;
  const end = fcsHere ? part.end - FCS_LENGTH : part.end;
  const wholeEnd = hasFcs ? Math.max(end, part.wholeEnd - FCS_LENGTH) : part.wholeEnd;

  const typeOrLength = readUint16(bytes, start + 12);
  const isType = typeOrLength >= ETHERTYPE_MINIMUM;
  const header = isType ? ethernet : ethernet802;
  const fields = dissectLayout<string>(header, bytes, start, end);
  const problems: Problem[] = [];
  if ((bytes[start + 6] & 1) !== 0) {
    problems.push(
      warning('eth.src', 'the source is a group address, which no card has', 'IEEE 802.3 §3.2.3'),
    );
  }

  const inner: Part = { ...part, start: start + ETHERNET_HEADER, end, wholeEnd };
  const carried = isType
    ? dissectType(inner, typeOrLength)
    : dissectLength(inner, typeOrLength, 'eth.len', problems);

  const trailer = dissectTrailer(part, carried.end, end, fcsHere, problems);
  const layer: DissectedLayer = {
    protocol: 'eth',
    title: header.title,
    summary: `${fields[1].text} → ${fields[0].text}`,
    rfc: header.rfc,
    start,
    end: start + ETHERNET_HEADER,
    ...(carried.end < part.end ? { trailer: { start: carried.end, end: part.end } } : {}),
    fields: [...fields, ...aliases('eth.addr', 'Address', fields, ['eth.dst', 'eth.src']), ...trailer],
    problems,
  };
  return { layers: [layer, ...carried.layers], end: part.end };
}

/** The payload behind an EtherType and `tags` VLAN tags. */
export function dissectType(part: Part, type: number, tags = 0): Dissected {
  switch (type) {
    case ETHERTYPE.ipv4:
      return dissectIpv4(part);
    case ETHERTYPE.arp:
      return dissectArp(part);
    case ETHERTYPE.vlan:
      if (tags < TAGS_MAXIMUM) return dissectTag(part, tags + 1);
  }
  return { layers: dataLayers(part.bytes, part.start, part.end, ETHERTYPE_NAMES[type]), end: part.end };
}

function dissectTag(part: Part, tags: number): Dissected {
  const { bytes, start, end } = part;
  const fields = dissectLayout(vlan, bytes, start, end);
  if (end - start < vlan.size) return cutShort(part, vlan, fields);
  const type = readUint16(bytes, start + 2);
  const problems: Problem[] = [];
  if (tags === TAGS_MAXIMUM && type === ETHERTYPE.vlan) {
    problems.push(error('vlan.etype', `more than ${TAGS_MAXIMUM} tags one behind another`));
  }
  const inner: Part = { ...part, start: start + vlan.size };
  const carried =
    type >= ETHERTYPE_MINIMUM
      ? dissectType(inner, type, tags)
      : dissectLength(inner, type, 'vlan.etype', problems);
  const layer: DissectedLayer = {
    protocol: 'vlan',
    title: vlan.title,
    summary: `VLAN ${fields[2].text}`,
    rfc: vlan.rfc,
    start,
    end: inner.start,
    fields,
    problems,
  };
  return { layers: [layer, ...carried.layers], end: carried.end };
}

/** The payload behind a length: other protocols than the Internet's, shown as bytes. */
function dissectLength(part: Part, length: number, field: string, problems: Problem[]): Dissected {
  const { bytes, start, end, wholeEnd } = part;
  if (length > LENGTH_MAXIMUM) {
    problems.push(error(field, `${length} is neither a type nor a length`, 'IEEE 802.3 §3.2.6'));
    return { layers: dataLayers(bytes, start, end), end };
  }
  if (length > wholeEnd - start) {
    problems.push(error(field, `it says ${length} bytes follow, but there are ${wholeEnd - start}`));
  }
  const dataEnd = Math.min(end, start + length);
  return { layers: dataLayers(bytes, start, dataEnd, 'Logical Link Control'), end: dataEnd };
}

/** What stands behind the payload, and the check sequence that was or would be there. */
function dissectTrailer(
  part: Part,
  start: number,
  end: number,
  fcsHere: boolean,
  problems: Problem[],
): DissectedField[] {
  const { bytes } = part;
  const fields: DissectedField[] = [];
  const padded = Math.max(start, Math.min(end, part.start + ETHERNET_MINIMUM));
  const paddingEnd = allZero(bytes, start, padded) ? padded : start;
  if (paddingEnd > start) {
    fields.push(rawOctets('eth.padding', 'Padding', bytes, start, paddingEnd));
  }
  if (end > paddingEnd) {
    fields.push(rawOctets('eth.trailer', 'Trailer', bytes, paddingEnd, end));
  }
  if (part.end < part.wholeEnd) return fields;

  // On the wire the least significant octet goes first; as everywhere, the field is read the other way round.
  const crc = crc32(bytes, part.start, end);
  const expected = ((crc << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0;
  if (!fcsHere) {
    fields.push(derived('eth.fcs', 'Frame check sequence', expected, end, `${hex32(expected)} (computed)`));
    return fields;
  }
  const found = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end);
  fields.push(octets('eth.fcs', 'Frame check sequence', found, end, end + FCS_LENGTH, hex32(found)));
  const good = found === expected;
  fields.push(derived('eth.fcs.status', 'FCS Status', good ? 1 : 0, end, good ? 'Good' : 'Bad'));
  if (!good) {
    problems.push(
      warning(
        'eth.fcs',
        `the check sequence is ${hex32(found)}, but should be ${hex32(expected)}`,
        'IEEE 802.3 §3.2.9',
      ),
    );
  }
  return fields;
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
