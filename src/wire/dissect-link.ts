// The outermost layer of a frame, by link type: Ethernet, and the others in which captures of IPv4 come.
// Reading list: the registry of link-layer header types at tcpdump.org (LINKTYPE_…), RFC 1661 and RFC 1662 (PPP).

import { dissectEthernet, dissectType } from './dissect-ethernet.js';
import { dissectIpv4 } from './dissect-ipv4.js';
import { cutShort, type Dissected, dataLayers, type Part } from './dissect-part.js';
import { type DissectedLayer, dissectLayout } from './dissection.js';
import { ETHERTYPE } from './iana.js';
import type { Layout } from './layout.js';
import { LINK_TYPE, linuxCooked, ppp } from './link-types.js';
import { readUint16 } from './octets.js';

const PPP_IPV4 = 0x0021;

/** Dissects a frame of the given link type; `hasFcs` says that an Ethernet frame ends with its check sequence. */
export function dissectLink(part: Part, linkType: number, hasFcs: boolean): Dissected {
  const { bytes, start } = part;
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return dissectEthernet(part, hasFcs);
    case LINK_TYPE.rawIp:
    case LINK_TYPE.rawIpv4:
      return dissectIpv4(part);
    case LINK_TYPE.linuxCooked:
      return dissectBehind(part, linuxCooked, () => readUint16(bytes, start + 14));
    case LINK_TYPE.ppp:
      return dissectBehind(part, ppp, () => (readUint16(bytes, start + 2) === PPP_IPV4 ? ETHERTYPE.ipv4 : 0));
    default:
      return { layers: [], end: start };
  }
}

/** A header without more to judge; `etherType` reads from it what it carries, 0 for anything unknown here. */
function dissectBehind(part: Part, header: Layout<string>, etherType: () => number): Dissected {
  const { bytes, start, end } = part;
  const fields = dissectLayout(header, bytes, start, end);
  if (end - start < header.size) return cutShort(part, header, fields);
  const layer: DissectedLayer = {
    protocol: header.protocol,
    title: header.title,
    summary: header.title,
    rfc: header.rfc,
    start,
    end: start + header.size,
    fields,
    problems: [],
  };
  const type = etherType();
  const carried =
    type === 0
      ? { layers: dataLayers(bytes, layer.end, end), end }
      : dissectType({ ...part, start: layer.end }, type);
  return { layers: [layer, ...carried.layers], end: carried.end };
}
