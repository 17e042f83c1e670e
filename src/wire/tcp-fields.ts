// Fields of TCP that have no fixed place: its options, and what is worked out.
// Reading list: RFC 9293 §3.1–3.2, RFC 7323 (window scale, timestamps), RFC 2018 (SACK), RFC 7413 (fast open), and those
// named at the fields.

import {
  bytesField as bytes,
  fieldGroup,
  flagField as flag,
  numberField as number,
  textField as text,
} from './field-entry.js';
import { CHECKSUM_STATUS_MEANING } from './internet-fields.js';

export const tcpFields = fieldGroup('tcp', 'TCP, what is worked out', 'RFC 9293 §3.1', {
  'tcp.port': number(
    'Source or Destination Port',
    'Both ports under one name: a filter fits if either does.',
  ),
  'tcp.flags': number('Flags', 'All flags as one number: what kind of segment this is.'),
  'tcp.len': number('Segment Length', 'Bytes of data in this segment.'),
  'tcp.checksum.status': number('Checksum Status', CHECKSUM_STATUS_MEANING),
  'tcp.options': bytes('Options', 'All options, byte by byte.'),
});

export const tcpOptionFields = fieldGroup('tcp', 'TCP options', 'RFC 9293 §3.2', {
  'tcp.option_kind': number('Kind', 'Which option this is.'),
  'tcp.option_len': number('Length', 'Bytes of the option, its kind and length included.'),
  'tcp.options.eol': number('End of Option List', 'No option follows.'),
  'tcp.options.nop': number('No-Operation', 'One byte of nothing, so that the next option starts on a word.'),
  'tcp.options.mss': text(
    'Maximum Segment Size',
    'Tells the other side how much data one segment may bring.',
    'RFC 9293 §3.7.1',
  ),
  'tcp.options.mss_val': number(
    'MSS Value',
    'The most bytes of data that the sender of this option wants in one segment.',
    'RFC 9293 §3.7.1',
  ),
  'tcp.options.wscale': text('Window Scale', 'Makes windows beyond 64 KB possible.', 'RFC 7323 §2.2'),
  'tcp.options.wscale.shift': number(
    'Shift count',
    'How often the window of this side is to be doubled to get its real size.',
    'RFC 7323 §2.2',
  ),
  'tcp.options.wscale.multiplier': number(
    'Multiplier',
    'What the window of this side is to be multiplied by.',
    'RFC 7323 §2.2',
  ),
  'tcp.options.sack_perm': text(
    'SACK Permitted',
    'This side understands selective acknowledgments.',
    'RFC 2018 §2',
  ),
  'tcp.options.sack': text(
    'SACK',
    'What has arrived beyond a gap, so that only the gap has to be sent again.',
    'RFC 2018 §3',
  ),
  'tcp.options.sack_le': number('Left edge', 'The first byte of a block that has arrived.', 'RFC 2018 §3'),
  'tcp.options.sack_re': number('Right edge', 'The byte behind a block that has arrived.', 'RFC 2018 §3'),
  'tcp.options.sack.count': number('SACK Count', 'How many blocks are named.', 'RFC 2018 §3'),
  'tcp.options.timestamp': text(
    'Timestamps',
    'Lets both sides measure the round trip, and tells old segments from new ones.',
    'RFC 7323 §3',
  ),
  'tcp.options.timestamp.tsval': number('Timestamp value', 'The clock of the sender.', 'RFC 7323 §3.2'),
  'tcp.options.timestamp.tsecr': number(
    'Timestamp echo reply',
    'The clock that the other side sent last, returned to it.',
    'RFC 7323 §3.2',
  ),
  'tcp.options.md5': text(
    'MD5 Signature',
    'Proves that the segment comes from who shares the key.',
    'RFC 2385',
  ),
  'tcp.options.md5.digest': bytes(
    'MD5 digest',
    'The proof: a digest over the segment and the key.',
    'RFC 2385 §2.0',
  ),
  'tcp.options.user_to': text(
    'User Timeout',
    'How long this side waits for an acknowledgment before it gives up.',
    'RFC 5482 §3',
  ),
  'tcp.options.user_to_granularity': flag(
    'Granularity',
    'Set: the time is in minutes; not set: in seconds.',
    'RFC 5482 §3.3',
  ),
  'tcp.options.user_to_val': number('User Timeout', 'The time, in minutes or seconds.', 'RFC 5482 §3.3'),
  'tcp.options.ao': text(
    'Authentication (TCP-AO)',
    'Proves that the segment comes from who shares the key.',
    'RFC 5925 §2.2',
  ),
  'tcp.options.ao.keyid': number('KeyID', 'Which of the shared keys made the proof.', 'RFC 5925 §2.2'),
  'tcp.options.ao.rnextkeyid': number(
    'RNextKeyID',
    'Which key the other side should use next.',
    'RFC 5925 §2.2',
  ),
  'tcp.options.ao.mac': bytes('MAC', 'The proof: a code over the segment and the key.', 'RFC 5925 §2.2'),
  'tcp.options.tfo': text(
    'Fast Open Cookie',
    'Lets a known client send data in its very first segment.',
    'RFC 7413 §3',
  ),
  'tcp.options.tfo.request': flag(
    'Fast Open Cookie Request',
    'The client asks for a cookie to use next time.',
    'RFC 7413 §4.1.1',
  ),
  'tcp.options.tfo.cookie': bytes(
    'Fast Open Cookie',
    'Shows that the client was here before.',
    'RFC 7413 §4.1.1',
  ),
  'tcp.options.unknown': text(
    'Unknown option',
    'An option that is not known here; who does not know it skips it.',
  ),
  'tcp.options.unknown.payload': bytes('Payload', 'What that option says.'),
  'tcp.options.experimental.exid': number(
    'Experiment Identifier',
    'Whose trial the option belongs to.',
    'RFC 6994 §3',
  ),
  'tcp.options.experimental.data': bytes('Data', 'What the trial puts there.', 'RFC 6994 §3'),
});
