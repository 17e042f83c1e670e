// IPv4 read for people: the header and its options, which lengths and checksums lie, and what the packet carries.
// Reading list: RFC 791 §3.1, RFC 1122 §3.2.1, RFC 6864 §4 (identification).

import { sumOctets } from '../base/checksum.js';
import { dissectIcmp } from './dissect-icmp.js';
import { dissectIpv4Options } from './dissect-ipv4-options.js';
import {
  CHECKSUM_STATUS,
  checksumStatus,
  cutShort,
  type Dissected,
  dataLayers,
  error,
  judgeSum,
  note,
  type Part,
  warning,
} from './dissect-part.js';
import { dissectTcp } from './dissect-tcp.js';
import { dissectUdp } from './dissect-udp.js';
import {
  aliases,
  type DissectedField,
  type DissectedLayer,
  derived,
  dissectLayout,
  endOfFields,
  type Problem,
  restOfHeader,
} from './dissection.js';
import { PROTOCOL, PROTOCOL_NAMES } from './iana.js';
import { IPV4_HEADER, ipv4 } from './ipv4.js';
import { readUint16 } from './octets.js';

const PACKET_MAXIMUM = 65535;

/** Dissects an IPv4 packet and what it carries; bytes behind its total length belong to the frame. */
export function dissectIpv4(part: Part): Dissected {
  const { bytes, start, end } = part;
  const present = end - start;
  const version = present > 0 ? bytes[start] >> 4 : 4;
  if (version !== 4) return dissectOtherVersion(part, version);
  const fields = dissectLayout(ipv4, bytes, start, end);
  const addresses = aliases('ip.addr', 'Source or Destination Address', fields, ['ip.src', 'ip.dst']);
  const fixed = [...fields, ...addresses];
  if (present < IPV4_HEADER) return cutShort(part, ipv4, fixed);

  const problems: Problem[] = [];
  const headerLength = (bytes[start] & 15) * 4;
  const headerEnd = Math.min(end, start + Math.max(IPV4_HEADER, headerLength));
  const { packetEnd, packetWholeEnd } = judgeLengths(part, headerLength, problems);
  const options = dissectIpv4Options(bytes, start + IPV4_HEADER, headerEnd);
  if (options.problem !== undefined) problems.push(error('ip.opt.len', options.problem, 'RFC 791 §3.1'));

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = ipv4.read(view, start);
  judgeFragment(header, packetWholeEnd - start - headerLength, part.quoted, problems);
  if (header.ttl === 0 && !part.quoted) {
    problems.push(
      warning('ip.ttl', 'a packet with nothing left to live must not be sent', 'RFC 1122 §3.2.1.7'),
    );
  }
  if (header.reserved !== 0) problems.push(note('ip.flags.rb', 'the reserved bit is set', 'RFC 791 §3.1'));

  const [source, destination] = addresses;
  const layer: DissectedLayer = {
    protocol: 'ip',
    title: ipv4.title,
    summary: `${source.text} → ${destination.text}${describeFragment(header)}`,
    rfc: ipv4.rfc,
    start,
    end: headerEnd,
    fields: [
      ...fixed,
      ...options.fields,
      derived(
        'ip.dsfield',
        'Differentiated Services Field',
        bytes[start + 1],
        start + 1,
        hex8(bytes[start + 1]),
      ),
      derived('ip.flags', 'Flags', bytes[start + 6] >> 5, start + 6, hex8(bytes[start + 6] >> 5)),
      judgeChecksum(part, headerLength, problems),
    ],
    problems,
  };

  const inner: Part = {
    ...part,
    start: headerEnd,
    end: Math.max(headerEnd, packetEnd),
    wholeEnd: Math.max(headerEnd, packetWholeEnd),
    fragment: header.moreFragments !== 0,
  };
  const lengthsLie = headerLength < IPV4_HEADER || packetWholeEnd < start + headerLength;
  if (lengthsLie) return { layers: [layer, ...dataLayers(bytes, headerEnd, end)], end };
  const carried =
    header.fragmentOffset !== 0
      ? { layers: dataLayers(bytes, inner.start, inner.end, 'Fragment data'), end: inner.end }
      : dissectProtocol(inner, header, problems);
  const rest = dataLayers(bytes, carried.end, inner.end, 'Bytes behind the message');
  return { layers: [layer, ...carried.layers, ...rest], end: inner.end };
}

type Header = Readonly<Record<keyof typeof ipv4.fields, number>>;

function dissectProtocol(inner: Part, header: Header, problems: Problem[]): Dissected {
  if (inner.start === inner.end) {
    if (inner.wholeEnd > inner.end || inner.quoted) return { layers: [], end: inner.end };
    problems.push(
      note('ip.len', `the packet carries nothing, though its protocol is ${nameOf(header.protocol)}`),
    );
    return { layers: [], end: inner.end };
  }
  switch (header.protocol) {
    case PROTOCOL.icmp:
      return dissectIcmp(inner, (quoted) => dissectIpv4(quoted).layers);
    case PROTOCOL.tcp:
      return dissectTcp(inner, header);
    case PROTOCOL.udp:
      return dissectUdp(inner, header);
    default:
      return {
        layers: dataLayers(inner.bytes, inner.start, inner.end, PROTOCOL_NAMES[header.protocol]),
        end: inner.end,
      };
  }
}

/** Where the packet ends: among the bytes that are there, and had the capture not cut it off. */
function judgeLengths(
  part: Part,
  headerLength: number,
  problems: Problem[],
): { packetEnd: number; packetWholeEnd: number } {
  const { bytes, start, end, wholeEnd } = part;
  const totalLength = readUint16(bytes, start + 2);
  if (headerLength < IPV4_HEADER) {
    problems.push(error('ip.hdr_len', `a header has at least 20 bytes, not ${headerLength}`, 'RFC 791 §3.1'));
  } else if (start + headerLength > wholeEnd && !part.quoted) {
    const there = wholeEnd - start;
    problems.push(error('ip.hdr_len', `the header is to have ${headerLength} bytes, but there are ${there}`));
  }
  if (totalLength === 0) {
    // What a capture shows on a host whose network card cuts the data into packets.
    problems.push(
      warning('ip.len', 'the length is 0: a network card fills it in later, or it lies', 'RFC 791 §3.1'),
    );
    return { packetEnd: end, packetWholeEnd: wholeEnd };
  }
  if (totalLength < Math.max(headerLength, IPV4_HEADER)) {
    problems.push(
      error('ip.len', `${totalLength} bytes are not even a header of ${headerLength}`, 'RFC 791 §3.1'),
    );
    return { packetEnd: end, packetWholeEnd: start + totalLength };
  }
  if (start + totalLength > wholeEnd) {
    if (part.quoted) return { packetEnd: end, packetWholeEnd: start + totalLength };
    const there = wholeEnd - start;
    problems.push(
      error('ip.len', `the packet is to have ${totalLength} bytes, but there are ${there}`, 'RFC 791 §3.1'),
    );
    return { packetEnd: end, packetWholeEnd: wholeEnd };
  }
  return { packetEnd: Math.min(end, start + totalLength), packetWholeEnd: start + totalLength };
}

function judgeFragment(header: Header, payload: number, quoted: boolean, problems: Problem[]): void {
  const offset = header.fragmentOffset * 8;
  const isFragment = offset > 0 || header.moreFragments !== 0;
  if (!isFragment || quoted) return;
  if (offset + payload + IPV4_HEADER > PACKET_MAXIMUM) {
    problems.push(
      error('ip.frag_offset', `the fragment ends beyond the longest packet, ${PACKET_MAXIMUM} bytes`),
    );
  }
  if (header.moreFragments !== 0 && payload % 8 !== 0) {
    const text = `all fragments but the last carry a multiple of 8 bytes, not ${payload}`;
    problems.push(error('ip.len', text, 'RFC 791 §3.2'));
  }
  if (header.dontFragment !== 0) {
    problems.push(note('ip.flags.df', 'a fragment of a packet that must not be fragmented', 'RFC 6864 §4'));
  }
}

function judgeChecksum(part: Part, headerLength: number, problems: Problem[]): DissectedField {
  const { bytes, start, end } = part;
  const at = start + 10;
  if (headerLength < IPV4_HEADER || start + headerLength > end) {
    return checksumStatus('ip.checksum', CHECKSUM_STATUS.unverified, at);
  }
  const sum = sumOctets(bytes, start, at) + sumOctets(bytes, at + 2, start + headerLength);
  return judgeSum('ip.checksum', at, sum, readUint16(bytes, at), 'RFC 1122 §3.2.1.2', problems);
}

function describeFragment(header: Header): string {
  const offset = header.fragmentOffset * 8;
  if (offset === 0 && header.moreFragments === 0) return '';
  const last = header.moreFragments === 0 ? ', the last' : '';
  return ` (fragment at ${offset}${last}, ID 0x${header.identification.toString(16).padStart(4, '0')})`;
}

/** A header whose version is not 4: where its fields are is not known. */
function dissectOtherVersion(part: Part, version: number): Dissected {
  const { bytes, start, end } = part;
  const fields = dissectLayout(ipv4, bytes, start, end).slice(0, 1);
  const layer: DissectedLayer = {
    protocol: 'ip',
    title: ipv4.title,
    summary: `IP version ${version}, where 4 was promised`,
    rfc: ipv4.rfc,
    start,
    end,
    fields: [...fields, ...restOfHeader(bytes, endOfFields(fields, start), end)],
    problems: [error('ip.version', `the version is ${version}, not 4`, 'RFC 1122 §3.2.1.1')],
  };
  return { layers: [layer], end };
}

function nameOf(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? String(protocol);
}

function hex8(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
