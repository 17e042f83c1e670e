// What kind of frames a capture holds.
// Reading list: the registry of link-layer header types at tcpdump.org (LINKTYPE_…).

import { layout, macAddress, uint8, uint16 } from './layout.js';

/** Numbers of the link types that are dissected. */
export const LINK_TYPE = { ethernet: 1, ppp: 9, rawIp: 101, linuxCooked: 113, rawIpv4: 228 } as const;

/** The names of link types seen most. */
export const LINK_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'BSD loopback',
  1: 'Ethernet',
  9: 'PPP',
  101: 'Raw IP',
  105: 'IEEE 802.11',
  113: 'Linux cooked capture',
  127: 'IEEE 802.11 with radiotap',
  228: 'Raw IPv4',
  229: 'Raw IPv6',
  276: 'Linux cooked capture v2',
};

/** The header Linux puts before a packet that was captured on all interfaces at once. */
export const linuxCooked = layout('sll', 'Linux cooked capture', 'LINKTYPE_LINUX_SLL', {
  packetType: uint16('sll.pkttype', 'Packet type', 'To whom the packet went.', {
    names: { 0: 'to us', 1: 'broadcast', 2: 'multicast', 3: 'to another host', 4: 'sent by us' },
  }),
  hardwareType: uint16('sll.hatype', 'Link-layer address type', 'The kind of link; 1 is Ethernet.'),
  addressLength: uint16('sll.halen', 'Link-layer address length', 'How many bytes of the address count.'),
  source: macAddress(
    'sll.src.eth',
    'Source',
    'The network card that sent the frame, if the link has such addresses.',
  ),
  unused: uint16('sll.unused', 'Unused', 'Not used.'),
  protocol: uint16('sll.etype', 'Protocol', 'Which protocol the payload belongs to.', { format: 'hex' }),
});

/** The header of PPP as it stands in captures of serial links. */
export const ppp = layout('ppp', 'Point-to-Point Protocol', 'RFC 1662 §3.1', {
  address: uint8('ppp.address', 'Address', 'Always 255, all stations.', { format: 'hex' }),
  control: uint8('ppp.control', 'Control', 'Always 3, unnumbered information.', { format: 'hex' }),
  protocol: uint16('ppp.protocol', 'Protocol', 'Which protocol the payload belongs to.', {
    format: 'hex',
    names: { 33: 'IPv4', 87: 'IPv6' },
  }),
});
