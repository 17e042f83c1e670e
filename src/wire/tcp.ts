// The TCP header. Options are in `tcp-options.ts`.
// Reading list: RFC 9293 §3.1, RFC 3168 §6.1 (CWR, ECE), RFC 9768 (AE).

import { bits, flag, layout, uint16, uint32 } from './layout.js';

export const tcp = layout('tcp', 'Transmission Control Protocol', 'RFC 9293 §3.1', {
  sourcePort: uint16('tcp.srcport', 'Source Port', 'Which program sent it.'),
  destinationPort: uint16('tcp.dstport', 'Destination Port', 'Which program is to get it.'),
  sequence: uint32(
    'tcp.seq_raw',
    'Sequence Number',
    'The number of the first byte of this segment in the stream.',
  ),
  acknowledgment: uint32(
    'tcp.ack_raw',
    'Acknowledgment Number',
    'The number of the next byte that is expected.',
  ),
  dataOffset: bits(
    4,
    'tcp.hdr_len',
    'Data Offset',
    'Length of the header in words of 4 bytes; 5 without options.',
    {
      unit: 4,
    },
  ),
  reserved: bits(3, 'tcp.flags.res', 'Reserved', 'Not used: must be zero.', { format: 'flag' }),
  ae: flag(
    'tcp.flags.ae',
    'Accurate ECN',
    'Counts, with two other flags, how often the network said that a queue grows.',
    {
      rfc: 'RFC 9768 §3.1',
    },
  ),
  cwr: flag('tcp.flags.cwr', 'Congestion Window Reduced', 'The sender has slowed down.', {
    rfc: 'RFC 3168 §6.1',
  }),
  ece: flag('tcp.flags.ece', 'ECN-Echo', 'The network says that a queue grows.', { rfc: 'RFC 3168 §6.1' }),
  urg: flag('tcp.flags.urg', 'Urgent', 'The urgent pointer counts.'),
  ack: flag('tcp.flags.ack', 'Acknowledgment', 'The acknowledgment number counts.'),
  psh: flag('tcp.flags.push', 'Push', 'Hand the data to the program now.'),
  rst: flag('tcp.flags.reset', 'Reset', 'Ends the connection at once.'),
  syn: flag('tcp.flags.syn', 'Syn', 'Opens a connection: synchronises sequence numbers.'),
  fin: flag('tcp.flags.fin', 'Fin', 'No more data from this side.'),
  window: uint16(
    'tcp.window_size_value',
    'Window',
    'How many bytes the sender of this segment can still take.',
  ),
  checksum: uint16('tcp.checksum', 'Checksum', 'Lets the receiver see damage to addresses, header or data.', {
    format: 'hex',
  }),
  urgentPointer: uint16(
    'tcp.urgent_pointer',
    'Urgent Pointer',
    'How far urgent data goes, if the flag Urgent is set.',
  ),
});

/** The octet that holds CWR … FIN, and its bits. */
export const TCP_FLAGS_OFFSET = 13;
export const TCP_FLAG = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

/** Bytes of a header without options. */
export const TCP_HEADER = 20;

/** `SYN, ACK` for 0x12. */
export function formatTcpFlags(flags: number): string {
  const names: string[] = [];
  for (const [bit, name] of [
    [TCP_FLAG.syn, 'SYN'],
    [TCP_FLAG.fin, 'FIN'],
    [TCP_FLAG.rst, 'RST'],
    [TCP_FLAG.psh, 'PSH'],
    [TCP_FLAG.ack, 'ACK'],
    [TCP_FLAG.urg, 'URG'],
    [TCP_FLAG.ece, 'ECE'],
    [TCP_FLAG.cwr, 'CWR'],
  ] as const) {
    if ((flags & bit) !== 0) names.push(name);
  }
  return names.join(', ');
}
