// Fields around the frame and its Ethernet header, and of ARP: what is worked out, and what has no fixed place.
// Reading list: IEEE 802.3 §3, RFC 826, RFC 5227 §1.1.

import {
  addressField as address,
  bytesField as bytes,
  fieldGroup,
  flagField as flag,
  numberField as number,
  textField as text,
} from './field-entry.js';

export const frameFields = fieldGroup('frame', 'Frame', undefined, {
  'frame.len': number('Length on the wire', 'How many bytes the frame had on the wire.'),
  'frame.cap_len': number('Length captured', 'How many bytes of the frame the capture kept.'),
  'frame.protocols': text('Protocols in frame', 'What was found in the frame, from the outside in.'),
});

export const dataFields = fieldGroup('data', 'Data', undefined, {
  'data.data': bytes('Data', 'What is carried, byte by byte; nothing known here says more about it.'),
  'data.len': number('Length', 'How many bytes of data there are.'),
  data: bytes('Data', 'Bytes that belong to no field: padding, or what is left of a part that is cut short.'),
});

export const ethernetFields = fieldGroup('eth', 'Ethernet, around the payload', 'IEEE 802.3 §3', {
  'eth.addr': address('Address', 'Source and destination under one name: a filter fits if either does.'),
  'eth.padding': bytes('Padding', 'Zeros that bring the frame up to the shortest length, 60 bytes.'),
  'eth.trailer': bytes('Trailer', 'Bytes behind the payload that belong to no protocol.'),
  'eth.fcs': number(
    'Frame check sequence',
    'Lets the receiver see that the frame was damaged on the way.',
    'IEEE 802.3 §3.2.9',
  ),
  'eth.fcs.status': number(
    'FCS Status',
    'Whether the check sequence fits the frame: 1 good, 0 bad.',
    'IEEE 802.3 §3.2.9',
  ),
});

export const arpFields = fieldGroup('arp', 'ARP, what a message amounts to', 'RFC 826', {
  'arp.isgratuitous': flag(
    'Is gratuitous',
    'Sender and target are the same address: nobody is asked, everybody is told.',
    'RFC 5227 §3',
  ),
  'arp.isprobe': flag(
    'Is probe',
    'Asks whether an address is taken before using it, and so gives no sender address.',
    'RFC 5227 §1.1',
  ),
  'arp.isannouncement': flag(
    'Is announcement',
    'Tells everybody on the link who has this address from now on.',
    'RFC 5227 §1.1',
  ),
  'arp.src.hw': bytes(
    'Sender hardware address',
    'The link-layer address of the sender, if it is no MAC address.',
  ),
  'arp.src.proto': bytes(
    'Sender protocol address',
    'The network address of the sender, if it is no IPv4 address.',
  ),
  'arp.dst.hw': bytes(
    'Target hardware address',
    'The link-layer address that is wanted, if it is no MAC address.',
  ),
  'arp.dst.proto': bytes(
    'Target protocol address',
    'The network address that is asked for, if it is no IPv4 address.',
  ),
});
