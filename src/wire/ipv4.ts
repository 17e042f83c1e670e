// The IPv4 header. Options are in `ipv4-options.ts`.
// Reading list: RFC 791 §3.1, RFC 2474 (DSCP), RFC 3168 (ECN), RFC 6864 (identification).

import { PROTOCOL_NAMES } from './iana.js';
import { bits, flag, ipv4Address, layout, uint8, uint16 } from './layout.js';

/** The lower two bits of the octet of the codepoints (RFC 3168 §5): who speaks ECN, and where a queue grew. */
export const ECN_MASK = 3;
export const ECN = { notCapable: 0, capable1: 1, capable0: 2, experienced: 3 } as const;
const ECN_NAMES: Readonly<Record<number, string>> = { 0: 'Not-ECT', 1: 'ECT(1)', 2: 'ECT(0)', 3: 'CE' };

export const ipv4 = layout('ip', 'Internet Protocol Version 4', 'RFC 791 §3.1', {
  version: bits(4, 'ip.version', 'Version', 'Which version of IP this is; here always 4.'),
  headerWords: bits(
    4,
    'ip.hdr_len',
    'Header Length',
    'Length of the header in words of 4 bytes; 5 without options.',
    {
      unit: 4,
    },
  ),
  dscp: bits(
    6,
    'ip.dsfield.dscp',
    'Differentiated Services Codepoint',
    'Which treatment the packet asks for.',
    { rfc: 'RFC 2474 §3' },
  ),
  ecn: bits(
    2,
    'ip.dsfield.ecn',
    'Explicit Congestion Notification',
    'Whether the sender understands it (1 or 2), and whether a queue has grown on the way (3).',
    { names: ECN_NAMES, rfc: 'RFC 3168 §5' },
  ),
  totalLength: uint16('ip.len', 'Total Length', 'How long the packet is, header and payload, in bytes.'),
  identification: uint16('ip.id', 'Identification', 'The fragments of one packet share it.', {
    format: 'hex',
    rfc: 'RFC 6864 §3',
  }),
  reserved: flag('ip.flags.rb', 'Reserved bit', 'Not used: must be zero.'),
  dontFragment: flag('ip.flags.df', "Don't fragment", 'Routers must not cut this packet into fragments.'),
  moreFragments: flag('ip.flags.mf', 'More fragments', 'Set on all fragments but the last.'),
  fragmentOffset: bits(
    13,
    'ip.frag_offset',
    'Fragment Offset',
    'Where the fragment belongs, in units of 8 bytes.',
  ),
  ttl: uint8(
    'ip.ttl',
    'Time to Live',
    'Every router takes one off; at zero the packet is dropped, so loops end.',
  ),
  protocol: uint8('ip.proto', 'Protocol', 'Which protocol the payload belongs to.', {
    names: PROTOCOL_NAMES,
  }),
  checksum: uint16(
    'ip.checksum',
    'Header Checksum',
    'Lets every router see that the header was damaged; it covers the header only.',
    {
      format: 'hex',
    },
  ),
  source: ipv4Address('ip.src', 'Source Address', 'Who sent the packet.'),
  destination: ipv4Address('ip.dst', 'Destination Address', 'Who is to get it.'),
});

/** Bytes of a header without options. */
export const IPV4_HEADER = 20;
export const IPV4_DEFAULT_TTL = 64;
/** Every host must be able to take packets of this many bytes (RFC 791 §3.1, RFC 1122 §3.3.2). */
export const IPV4_MINIMUM_MTU = 68;
