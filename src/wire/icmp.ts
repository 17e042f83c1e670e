// ICMPv4: echo, and what routers and hosts say when a packet could not be delivered.
// Reading list: RFC 792, RFC 1122 §3.2.2, RFC 1191 §4 (next-hop MTU), RFC 1812 §4.3, RFC 4884 (extensions).

import { ICMP_TYPE_NAMES } from './iana.js';
import { bits, ipv4Address, layout, uint8, uint16, uint32 } from './layout.js';

const QUOTED_WORDS = 'Length of the quoted packet in words of 4 bytes; 0 when no extension follows it.';

export const icmp = layout('icmp', 'Internet Control Message Protocol', 'RFC 792', {
  type: uint8('icmp.type', 'Type', 'What kind of message this is.', { names: ICMP_TYPE_NAMES }),
  code: uint8('icmp.code', 'Code', 'What exactly is the matter, within the type.'),
  checksum: uint16(
    'icmp.checksum',
    'Checksum',
    'Lets the receiver see damage; it covers the whole message.',
    { format: 'hex' },
  ),
});

/** The second word of an echo request or reply. */
export const icmpEcho = layout('icmp', 'Echo', 'RFC 792', {
  identifier: uint16('icmp.ident', 'Identifier', 'Tells the pings of one host apart.'),
  sequence: uint16('icmp.seq', 'Sequence Number', 'Counts the requests.'),
});

/** The second word of Destination Unreachable; `nextHopMtu` is zero but for code 4 (RFC 1191 §4). */
export const icmpUnreachable = layout('icmp', 'Destination Unreachable', 'RFC 792, RFC 1191 §4', {
  unused: uint8('icmp.unused', 'Unused', 'Not used: zero.'),
  quotedWords: uint8('icmp.length', 'Length', QUOTED_WORDS),
  nextHopMtu: uint16('icmp.mtu', 'MTU of next hop', 'The longest packet that would have fitted.'),
});

/** The second word of Time Exceeded, and of Destination Unreachable but for code 4. */
export const icmpTimeExceeded = layout('icmp', 'Time Exceeded', 'RFC 792, RFC 4884 §4.2', {
  unused: uint8('icmp.unused', 'Unused', 'Not used: zero.'),
  quotedWords: uint8('icmp.length', 'Length', QUOTED_WORDS),
  unused2: uint16('icmp.unused', 'Unused', 'Not used: zero.'),
});

/** The second word of Parameter Problem. */
export const icmpParameterProblem = layout('icmp', 'Parameter Problem', 'RFC 792, RFC 4884 §4.3', {
  pointer: uint8('icmp.pointer', 'Pointer', 'Which byte of the quoted packet was wrong, counted from 0.'),
  quotedWords: uint8('icmp.length', 'Length', QUOTED_WORDS),
  unused: uint16('icmp.unused', 'Unused', 'Not used: zero.'),
});

/** The second word of Redirect. */
export const icmpRedirect = layout('icmp', 'Redirect', 'RFC 792', {
  gateway: ipv4Address(
    'icmp.redir_gw',
    'Gateway Address',
    'The better next hop for packets like the quoted one.',
  ),
});

/** What follows the first word of Timestamp and Timestamp Reply; clocks are milliseconds since midnight UT. */
export const icmpTimestamp = layout('icmp', 'Timestamp', 'RFC 792', {
  identifier: uint16('icmp.ident', 'Identifier', 'Tells the requests of one host apart.'),
  sequence: uint16('icmp.seq', 'Sequence Number', 'Counts the requests.'),
  originate: uint32('icmp.originate_timestamp', 'Originate Timestamp', 'When the request was sent.'),
  receive: uint32('icmp.receive_timestamp', 'Receive Timestamp', 'When the request arrived.'),
  transmit: uint32('icmp.transmit_timestamp', 'Transmit Timestamp', 'When the reply was sent.'),
});

/** The second word of Extended Echo Request and Reply. */
export const icmpExtendedEcho = layout('icmp', 'Extended Echo', 'RFC 8335 §2', {
  identifier: uint16('icmp.ident', 'Identifier', 'Tells the probes of one host apart.'),
  sequence: uint8('icmp.ext.echo.seq', 'Sequence Number', 'Counts the requests.'),
  state: uint8('icmp.ext.echo.state', 'State', 'Flags: of the request L; of the reply state, A, 4 and 6.', {
    format: 'hex',
  }),
});

/** What follows the quoted packet in errors with extensions, and the words of Extended Echo Request (RFC 8335). */
export const icmpExtension = layout('icmp', 'ICMP Multi-Part Extensions', 'RFC 4884 §7', {
  version: bits(4, 'icmp.ext.version', 'Version', 'Which version of extensions this is; always 2.'),
  reserved: bits(12, 'icmp.ext.res', 'Reserved', 'Not used: zero.'),
  checksum: uint16(
    'icmp.ext.checksum',
    'Checksum',
    'Lets the receiver see damage in the extensions; 0 means none was made.',
    {
      format: 'hex',
    },
  ),
});

/** The header of one extension object. */
export const icmpExtensionObject = layout('icmp', 'Extension object', 'RFC 4884 §8', {
  length: uint16('icmp.ext.length', 'Length', 'How long the object is, this header included, in bytes.'),
  class: uint8('icmp.ext.class', 'Class', 'What kind of object this is.', {
    names: { 1: 'MPLS Label Stack', 2: 'Interface Information', 3: 'Interface Identification' },
  }),
  subtype: uint8('icmp.ext.ctype', 'C-Type', 'What exactly it is, within the class.'),
});

/** Bytes before what an ICMP message carries. */
export const ICMP_HEADER = 8;
