// Explicit congestion notification in front of a link: a packet whose sender understands it is marked where the queue
// grows, long before one has to be thrown away.
// Reading list: RFC 3168 §5 (the four codepoints), RFC 7567 §4.2 (why queues should speak early), RFC 1624 (the sum).

import { updateChecksum } from '../base/checksum.js';
import type { Frame } from '../base/frame-store.js';
import { ETHERNET_HEADER, ethernet } from '../wire/ethernet.js';
import { ETHERTYPE } from '../wire/iana.js';
import { ECN, ECN_MASK, IPV4_HEADER } from '../wire/ipv4.js';

/**
 * Sets "congestion experienced" in a frame's IPv4 packet. Returns false, and changes nothing, where there is no such
 * packet, where its sender does not understand ECN (a mark would be lost on it), and where the mark is set already.
 */
export function markCongestion(frame: Frame): boolean {
  const { view, u8, start } = frame;
  const base = start + ETHERNET_HEADER;
  if (frame.length < ETHERNET_HEADER + IPV4_HEADER) return false;
  if (ethernet.fields.etherType.get(view, start) !== ETHERTYPE.ipv4 || u8[base] >> 4 !== 4) return false;
  const codepoint = u8[base + 1] & ECN_MASK;
  if (codepoint === ECN.notCapable || codepoint === ECN.experienced) return false;
  const word = view.getUint16(base);
  view.setUint16(base, word | ECN.experienced);
  view.setUint16(base + 10, updateChecksum(view.getUint16(base + 10), word, word | ECN.experienced));
  frame.touch(ETHERNET_HEADER + IPV4_HEADER);
  return true;
}
