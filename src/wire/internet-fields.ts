// Fields of IPv4, ICMP and UDP that have no fixed place: options, extensions, and what is worked out.
// Reading list: RFC 791 §3.1, RFC 1108, RFC 2113, RFC 4884 §7–8, RFC 768.

import {
  addressField as address,
  bytesField as bytes,
  fieldGroup,
  numberField as number,
  textField as text,
} from './field-entry.js';

/** What the numbers of a `….checksum.status` mean. */
export const CHECKSUM_STATUS_MEANING =
  'Whether the checksum fits the bytes: 1 good, 0 bad, 2 not checked, 3 none was made.';

export const ipv4Fields = fieldGroup('ip', 'IPv4, what is worked out', 'RFC 791 §3.1', {
  'ip.addr': address(
    'Source or Destination Address',
    'Source and destination under one name: a filter fits if either does.',
  ),
  'ip.dsfield': number(
    'Differentiated Services Field',
    'The byte that holds the codepoint and the congestion notification.',
    'RFC 2474 §3',
  ),
  'ip.flags': number('Flags', 'The three flags about fragments as one number.'),
  'ip.checksum.status': number('Checksum Status', CHECKSUM_STATUS_MEANING, 'RFC 1122 §3.2.1.2'),
});

export const ipv4OptionFields = fieldGroup('ip', 'IPv4 options', 'RFC 791 §3.1', {
  'ip.opt.type': number('Type', 'Which option this is.'),
  'ip.opt.len': number('Length', 'Bytes of the option, its type and length included.'),
  'ip.opt.ptr': number('Pointer', 'Where in the option the next router writes, counted in bytes from 1.'),
  'ip.opt.overflow': number('Overflow', 'How many routers found no room for their clock.'),
  'ip.opt.flag': number(
    'Flag',
    'Whether routers write clocks only (0) or their addresses too (1), or only named ones do (3).',
  ),
  'ip.opt.time_stamp': number('Time stamp', 'The clock of a router, in milliseconds since midnight UT.'),
  'ip.opt.time_stamp_addr': address('Address', 'The router that the clock behind it belongs to.'),
  'ip.opt.sec_cl': number('Classification Level', 'How secret the packet is.', 'RFC 1108 §2'),
  'ip.opt.sec_prot_auth_flags': bytes(
    'Protection Authority Flags',
    'Whose rules protect the packet.',
    'RFC 1108 §2',
  ),
  'ip.opt.sid': number('Stream Identifier', 'Which stream of a network long gone the packet belongs to.'),
  'ip.opt.ra': number(
    'Router Alert',
    '0: every router on the way looks at the packet, even if it only passes it on.',
    'RFC 2113 §2.1',
  ),
  'ip.opt.padding': bytes('Padding', 'Zeros that fill the header up to a whole word of 4 bytes.'),
  'ip.rec_rt': address('Recorded Route', 'A router on the way has put its address here.'),
  'ip.src_rt': address('Source Route', 'A router that the packet must still pass.'),
  'ip.empty_rt': address('Empty Route', 'Room for the address of a router further on.'),
  'ip.options.eol': number('End of Options List', 'No option follows.'),
  'ip.options.nop': number('No Operation', 'One byte of nothing, so that the next option starts on a word.'),
  'ip.options.record_route': text('Record Route', 'Every router on the way writes its address here.'),
  'ip.options.route': text(
    'Loose Source Route',
    'Routers the packet must pass, with others allowed in between.',
  ),
  'ip.options.source_route': text('Strict Source Route', 'Every router the packet must pass, and no other.'),
  'ip.options.timestamp': text('Time Stamp', 'Every router on the way writes its clock here.'),
  'ip.options.security': text('Security', 'How secret the packet is, in military networks.', 'RFC 1108 §2'),
  'ip.options.sid': text('Stream ID', 'A leftover of an early network; not used any more.', 'RFC 6814'),
  'ip.options.routeralert': text(
    'Router Alert',
    'Asks every router on the way to look inside.',
    'RFC 2113 §2',
  ),
  'ip.options.unknown': text(
    'Unknown option',
    'An option that is not known here; routers pass it on as it is.',
  ),
});

export const icmpFields = fieldGroup('icmp', 'ICMP, checks and extensions', 'RFC 792', {
  'icmp.checksum.status': number('Checksum Status', CHECKSUM_STATUS_MEANING),
  'icmp.ext.checksum.status': number('Checksum Status', CHECKSUM_STATUS_MEANING, 'RFC 4884 §7'),
  'icmp.ext': bytes('ICMP Multi-Part Extensions', 'Extensions that are too short to be read.', 'RFC 4884 §7'),
  'icmp.ext.data': bytes(
    'Data',
    'What the extension says, such as an MPLS label or an interface.',
    'RFC 4884 §8',
  ),
});

export const udpFields = fieldGroup('udp', 'UDP, what is worked out', 'RFC 768', {
  'udp.port': number(
    'Source or Destination Port',
    'Both ports under one name: a filter fits if either does.',
  ),
  'udp.checksum.status': number('Checksum Status', CHECKSUM_STATUS_MEANING, 'RFC 1122 §4.1.3.4'),
});
