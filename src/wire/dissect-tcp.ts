// TCP read for people: header, options, flags, and what a segment carries as far as one segment tells.
// Reading list: RFC 9293 §3.1.

import { pseudoHeaderSum, sumOctets } from '../base/checksum.js';
import { formatHex } from '../base/text.js';
import {
  CHECKSUM_STATUS,
  checksumStatus,
  cutShort,
  type Dissected,
  dataLayers,
  error,
  isWhole,
  judgeSum,
  note,
  type Part,
  warning,
} from './dissect-part.js';
import { dissectPayload } from './dissect-payload.js';
import { dissectTcpOptions, summarizeTcpOptions } from './dissect-tcp-options.js';
import {
  aliases,
  type DissectedField,
  type DissectedLayer,
  derived,
  dissectLayout,
  type Problem,
} from './dissection.js';
import { PROTOCOL } from './iana.js';
import { readUint16 } from './octets.js';
import { formatTcpFlags, TCP_FLAG, TCP_HEADER, tcp } from './tcp.js';

/** Dissects a segment and what it carries. `network` has the addresses of the packet around it. */
export function dissectTcp(
  part: Part,
  network: { readonly source: number; readonly destination: number },
): Dissected {
  const { bytes, start, end, wholeEnd } = part;
  const header = dissectLayout(tcp, bytes, start, end);
  const ports = aliases('tcp.port', 'Source or Destination Port', header, ['tcp.srcport', 'tcp.dstport']);
  const fixed = [...header, ...ports];
  if (end - start < TCP_HEADER) return cutShort(part, tcp, fixed);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = tcp.read(view, start);
  const problems: Problem[] = [];
  const headerLength = values.dataOffset * 4;
  const headerEnd = Math.min(end, start + Math.max(TCP_HEADER, headerLength));
  if (headerLength < TCP_HEADER) {
    problems.push(
      error('tcp.hdr_len', `a header has at least 20 bytes, not ${headerLength}`, 'RFC 9293 §3.1'),
    );
  } else if (start + headerLength > wholeEnd && !part.quoted && !part.fragment) {
    const there = wholeEnd - start;
    problems.push(
      error('tcp.hdr_len', `the header is to have ${headerLength} bytes, but there are ${there}`),
    );
  }
  const options = dissectTcpOptions(bytes, start + TCP_HEADER, headerEnd);
  const optionsAreCut = headerEnd < start + headerLength;
  if (options.problem !== undefined && !optionsAreCut) {
    problems.push(error('tcp.options', options.problem, 'RFC 9293 §3.1'));
  }

  const length = Math.max(0, wholeEnd - start - Math.max(TCP_HEADER, headerLength));
  const flags = readUint16(bytes, start + 12) & 0xfff;
  judgeFlags(values, flags, problems);
  const status = judgeChecksum(part, network, problems);
  const flagNames = formatTcpFlags(flags) || 'no flags';
  const ack = values.ack !== 0 ? ` Ack=${values.acknowledgment}` : '';
  const layer: DissectedLayer = {
    protocol: 'tcp',
    title: tcp.title,
    summary:
      `${values.sourcePort} → ${values.destinationPort} [${flagNames}] Seq=${values.sequence}${ack} ` +
      `Win=${values.window} Len=${length}${summarizeTcpOptions(options.options)}`,
    rfc: tcp.rfc,
    start,
    end: headerEnd,
    fields: [
      ...fixed,
      ...options.fields,
      ...(options.fields.length > 0 ? [shownOptions(bytes, start, headerEnd)] : []),
      derived(
        'tcp.flags',
        'Flags',
        flags,
        start + 12,
        `0x${flags.toString(16).padStart(3, '0')} (${flagNames})`,
      ),
      derived('tcp.len', 'Segment Length', length, start, `${length} bytes`),
      status,
    ],
    problems,
  };
  // Behind a header that lies about its length nothing can be trusted.
  const payload =
    headerLength < TCP_HEADER
      ? dataLayers(bytes, headerEnd, end)
      : dissectPayload({ ...part, start: headerEnd }, 'tcp', values.sourcePort, values.destinationPort);
  return { layers: [layer, ...payload], end };
}

function shownOptions(bytes: Uint8Array, start: number, end: number): DissectedField {
  const hex = formatHex(bytes.subarray(start + TCP_HEADER, end));
  return derived('tcp.options', 'Options', hex, start + TCP_HEADER);
}

type Header = Readonly<Record<keyof typeof tcp.fields, number>>;

function judgeFlags(header: Header, flags: number, problems: Problem[]): void {
  if (header.syn !== 0 && (header.fin !== 0 || header.rst !== 0)) {
    problems.push(
      warning('tcp.flags', 'one segment can not both open and end a connection', 'RFC 9293 §3.5'),
    );
  }
  if ((flags & (TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst)) === 0) {
    problems.push(
      note('tcp.flags', 'only a segment that opens or resets a connection may lack ACK', 'RFC 9293 §3.1'),
    );
  }
  if (header.ack === 0 && header.acknowledgment !== 0) {
    problems.push(
      note('tcp.ack_raw', 'the acknowledgment number is not zero, but does not count', 'RFC 9293 §3.1'),
    );
  }
  if (header.urg === 0 && header.urgentPointer !== 0) {
    problems.push(
      note('tcp.urgent_pointer', 'the urgent pointer is not zero, but does not count', 'RFC 9293 §3.1'),
    );
  }
  if (header.reserved !== 0) {
    problems.push(note('tcp.flags.res', 'a reserved bit is set', 'RFC 9293 §3.1'));
  }
}

function judgeChecksum(
  part: Part,
  network: { readonly source: number; readonly destination: number },
  problems: Problem[],
): DissectedField {
  const { bytes, start, end } = part;
  const at = start + 16;
  if (!isWhole(part)) return checksumStatus('tcp.checksum', CHECKSUM_STATUS.unverified, at);
  const sum =
    pseudoHeaderSum(network.source, network.destination, PROTOCOL.tcp, end - start) +
    sumOctets(bytes, start, at) +
    sumOctets(bytes, at + 2, end);
  return judgeSum('tcp.checksum', at, sum, readUint16(bytes, at), 'RFC 9293 §3.1 (MUST-3)', problems);
}
