// What a datagram or segment carries: its port says which protocol, and the bytes must agree.
// Reading list: RFC 1035 §4.2 (DNS over UDP and TCP), RFC 9112 §2 (HTTP), IANA "Service Name and Port Number Registry".

import { dataLayers, type Part, type PayloadProtocol } from './dissect-part.js';
import { type DissectedLayer, octets } from './dissection.js';
import { dissectDns } from './dns/dissect-dns.js';
import { dissectHttp, looksLikeHttp } from './http-dissect.js';
import { PORT } from './iana.js';
import { readUint16 } from './octets.js';

const USUAL_PORTS: Readonly<Record<'udp' | 'tcp', Readonly<Record<number, PayloadProtocol>>>> = {
  udp: { [PORT.domain]: 'dns' },
  tcp: { [PORT.domain]: 'dns', [PORT.http]: 'http', 8080: 'http' },
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
    return transport === 'udp' ? withRest(dissectDns(bytes, start, end), bytes, end) : dissectDnsStream(part);
  }
  // A start line of HTTP is told from anything else on every port; the rest of a message in later segments is not.
  const mayBeHttp = protocol === 'http' || (protocol === undefined && transport === 'tcp');
  if (mayBeHttp && looksLikeHttp(bytes, start, end)) {
    return withRest(dissectHttp(bytes, start, end), bytes, end);
  }
  return dataLayers(bytes, start, end);
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
    const meaning = 'Of the message that follows, in bytes; TCP itself knows no messages.';
    const prefix = octets('dns.length', 'Length', length, at, at + 2, String(length), meaning);
    layers.push(...withRest({ ...message, start: at, fields: [prefix, ...message.fields] }, bytes, next));
    at = next;
  }
  return [...layers, ...dataLayers(bytes, at, end, layers.length === 0 ? undefined : 'Part of a message')];
}

function withRest(layer: DissectedLayer, bytes: Uint8Array, end: number): DissectedLayer[] {
  return [layer, ...dataLayers(bytes, layer.end, end)];
}
