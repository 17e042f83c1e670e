// What a datagram or segment carries: its port says which protocol, and the bytes must agree.
// Reading list: RFC 1035 §4.2 (DNS over UDP and TCP), RFC 9112 §2 (HTTP), IANA "Service Name and Port Number Registry".

import { dataLayers, type Part, type PayloadProtocol } from './dissect-part.js';
import { type DissectedLayer, octets, type Problem } from './dissection.js';
import { dissectDns } from './dns/dissect-dns.js';
import { dissectHttp, looksLikeHttp } from './http-dissect.js';
import { PORT } from './iana.js';
import { readUint16 } from './octets.js';

const USUAL_PORTS: Readonly<Record<'udp' | 'tcp', Readonly<Record<number, PayloadProtocol>>>> = {
  udp: { [PORT.domain]: 'dns' },
  tcp: { [PORT.domain]: 'dns' },
};

/** The layers of `part`, the payload between these ports; they cover all of it. */
export function dissectPayload(
  part: Part,
  transport: 'udp' | 'tcp',
  sourcePort: number,
  destinationPort: number,
): DissectedLayer[] {
  const { bytes, start, end } = part;
  if (start >= end) return [];
  // The server has the lower port, nearly always.
  const lower = Math.min(sourcePort, destinationPort);
  const higher = Math.max(sourcePort, destinationPort);
  const protocol = protocolOf(part, transport, lower) ?? protocolOf(part, transport, higher);
  if (protocol === 'dns') {
    return transport === 'tcp' ? dissectDnsStream(part) : withRest(part, dissectDns(bytes, start, end), end);
  }
  // A request or status line is told from anything else on every port; later segments of a message are not.
  const isHttp =
    protocol === 'http' ||
    (protocol === undefined && transport === 'tcp' && looksLikeHttp(bytes, start, end));
  return isHttp ? withRest(part, dissectHttp(bytes, start, end), end) : dataLayers(bytes, start, end);
}

function protocolOf(part: Part, transport: 'udp' | 'tcp', port: number): PayloadProtocol | undefined {
  return part.ports[transport]?.[port] ?? USUAL_PORTS[transport][port];
}

/** DNS messages in a segment, each behind its length; one that goes on in the next segment is shown as data. */
function dissectDnsStream(part: Part): DissectedLayer[] {
  const { bytes, start, end } = part;
  const layers: DissectedLayer[] = [];
  let at = start;
  while (at + 2 < end) {
    const length = readUint16(bytes, at);
    const next = at + 2 + length;
    if (length === 0 || next > end) break;
    const message = dissectDns(bytes, at + 2, next);
    const prefix = octets('dns.length', 'Length', length, at, at + 2);
    layers.push(...withRest(part, { ...message, start: at, fields: [prefix, ...message.fields] }, next));
    at = next;
  }
  return [...layers, ...dataLayers(bytes, at, end, layers.length === 0 ? undefined : 'Part of a message')];
}

/** A message and what is behind it; one that was cut off on the way here can not be blamed for its end. */
function withRest(part: Part, message: DissectedLayer, end: number): DissectedLayer[] {
  const { bytes, wholeEnd, fragment } = part;
  const isCut = wholeEnd > part.end || fragment;
  const layer = isCut ? { ...message, problems: message.problems.map(asNote) } : message;
  return [layer, ...dataLayers(bytes, layer.end, end)];
}

function asNote(problem: Problem): Problem {
  return { ...problem, severity: 'note' };
}
