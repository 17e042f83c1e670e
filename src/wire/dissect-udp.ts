// UDP read for people.
// Reading list: RFC 768, RFC 1122 §4.1.3.4 (checksums).

import { pseudoHeaderSum, sumOctets } from '../base/checksum.js';
import {
  CHECKSUM_STATUS,
  checksumStatus,
  cutShort,
  type Dissected,
  error,
  isWhole,
  judgeSum,
  type Part,
  warning,
} from './dissect-part.js';
import { dissectPayload } from './dissect-payload.js';
import {
  aliases,
  type DissectedField,
  type DissectedLayer,
  dissectLayout,
  type Problem,
} from './dissection.js';
import { PROTOCOL } from './iana.js';
import { readUint16 } from './octets.js';
import { UDP_HEADER, udp } from './udp.js';

/** Dissects a datagram and what it carries. `network` has the addresses of the packet around it. */
export function dissectUdp(
  part: Part,
  network: { readonly source: number; readonly destination: number },
): Dissected {
  const { bytes, start, end } = part;
  const header = dissectLayout(udp, bytes, start, end);
  const ports = aliases('udp.port', 'Source or Destination Port', header, ['udp.srcport', 'udp.dstport']);
  const fields = [...header, ...ports];
  if (end - start < UDP_HEADER) return cutShort(part, udp, fields);

  const sourcePort = readUint16(bytes, start);
  const destinationPort = readUint16(bytes, start + 2);
  const length = readUint16(bytes, start + 4);
  const problems: Problem[] = [];
  const wholeEnd = judgeLength(part, length, problems);
  const payloadEnd = Math.min(end, wholeEnd);
  const payload = dissectPayload(
    { ...part, start: start + UDP_HEADER, end: payloadEnd, wholeEnd },
    'udp',
    sourcePort,
    destinationPort,
  );
  const layer: DissectedLayer = {
    protocol: 'udp',
    title: udp.title,
    summary: `${sourcePort} → ${destinationPort} Len=${Math.max(0, wholeEnd - start - UDP_HEADER)}`,
    rfc: udp.rfc,
    start,
    end: start + UDP_HEADER,
    fields: [...fields, judgeChecksum(part, wholeEnd, network, problems)],
    problems,
  };
  return { layers: [layer, ...payload], end: payloadEnd };
}

/** Where the datagram ends by its own length, as far as that can be believed. */
function judgeLength(part: Part, length: number, problems: Problem[]): number {
  const { start, wholeEnd } = part;
  if (length < UDP_HEADER) {
    problems.push(error('udp.length', `${length} bytes are not even the header of ${UDP_HEADER}`, 'RFC 768'));
    return wholeEnd;
  }
  if (start + length <= wholeEnd) {
    const behind = wholeEnd - start - length;
    if (behind > 0) {
      problems.push(
        warning('udp.length', `the datagram ends ${behind} bytes before its packet does`, 'RFC 768'),
      );
    }
    return start + length;
  }
  if (!part.fragment && !part.quoted) {
    const there = wholeEnd - start;
    problems.push(
      error('udp.length', `the datagram is to have ${length} bytes, but there are ${there}`, 'RFC 768'),
    );
  }
  return wholeEnd;
}

function judgeChecksum(
  part: Part,
  wholeEnd: number,
  network: { readonly source: number; readonly destination: number },
  problems: Problem[],
): DissectedField {
  const { bytes, start } = part;
  const at = start + 6;
  const found = readUint16(bytes, at);
  if (found === 0) return checksumStatus('udp.checksum', CHECKSUM_STATUS.absent, at);
  const length = readUint16(bytes, start + 4);
  if (!isWhole(part) || start + length !== wholeEnd) {
    return checksumStatus('udp.checksum', CHECKSUM_STATUS.unverified, at);
  }
  const sum =
    pseudoHeaderSum(network.source, network.destination, PROTOCOL.udp, length) +
    sumOctets(bytes, start, at) +
    sumOctets(bytes, at + 2, wholeEnd);
  return judgeSum('udp.checksum', at, sum, found, 'RFC 1122 §4.1.3.4', problems);
}
