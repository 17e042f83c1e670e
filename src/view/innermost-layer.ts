// Which layer the innermost thing in a frame belongs to, read in place: a timeline asks this of every frame of a run.
// Reading list: RFC 894, IEEE 802.1Q §9.6, RFC 791 §3.1, RFC 768, RFC 9293 §3.1.

import { ETHERNET_HEADER, vlan } from '../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../wire/iana.js';
import { IPV4_HEADER, ipv4 } from '../wire/ipv4.js';
import { TCP_HEADER, tcp } from '../wire/tcp.js';
import { UDP_HEADER } from '../wire/udp.js';
import type { StepLayer } from './explain/step.js';

/** The bytes before the data that a datagram or segment at `at` carries; undefined when not even its header is there. */
type HeaderLength = (view: DataView, at: number, end: number) => number | undefined;

const HEADER_LENGTHS: Readonly<Record<number, HeaderLength>> = {
  [PROTOCOL.udp]: (_view, at, end) => (at + UDP_HEADER <= end ? UDP_HEADER : undefined),
  [PROTOCOL.tcp]: (view, at, end) =>
    at + TCP_HEADER <= end ? tcp.fields.dataOffset.get(view, at) * 4 : undefined,
};

/**
 * `link`: ARP, and whatever is no IPv4; `network`: ICMP, fragments but the first, other packets; `transport`: UDP and TCP
 * that carry nothing; `application`: UDP and TCP with data.
 */
export function innermostLayer(frame: Uint8Array): StepLayer {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let at = ETHERNET_HEADER;
  // The type stands in the last two bytes of the header, and of every VLAN tag behind it.
  while (at <= frame.length && view.getUint16(at - 2) === ETHERTYPE.vlan) at += vlan.size;
  const isIpv4 = at + IPV4_HEADER <= frame.length && view.getUint16(at - 2) === ETHERTYPE.ipv4;
  return isIpv4 ? layerOfPacket(view, at) : 'link';
}

function layerOfPacket(view: DataView, start: number): StepLayer {
  const { headerWords, totalLength, fragmentOffset, protocol } = ipv4.fields;
  const headerLength = HEADER_LENGTHS[protocol.get(view, start)];
  if (headerLength === undefined || fragmentOffset.get(view, start) !== 0) return 'network';
  const at = start + headerWords.get(view, start) * 4;
  // What lies behind the packet is padding of the frame.
  const end = Math.min(view.byteLength, start + totalLength.get(view, start));
  const length = headerLength(view, at, end);
  if (length === undefined) return 'network';
  return at + length < end ? 'application' : 'transport';
}
