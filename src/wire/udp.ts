// UDP: ports and a checksum around a datagram.
// Reading list: RFC 768, RFC 1122 §4.1.

import { layout, uint16 } from './layout.js';

export const udp = layout('udp', 'User Datagram Protocol', 'RFC 768', {
  sourcePort: uint16('udp.srcport', 'Source Port', 'Which program sent it; the answer goes there.'),
  destinationPort: uint16('udp.dstport', 'Destination Port', 'Which program is to get it.'),
  length: uint16('udp.length', 'Length', 'How long the datagram is, header and data, in bytes.'),
  checksum: uint16(
    'udp.checksum',
    'Checksum',
    'Lets the receiver see damage to addresses, header or data; 0 means none was made.',
    {
      format: 'hex',
    },
  ),
});

export const UDP_HEADER = 8;
