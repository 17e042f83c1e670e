// Fields of DNS behind the header: questions, records with their data, and the options of EDNS.
// Reading list: RFC 1035 §4.1, RFC 6891 §6.1, RFC 7873 §4, RFC 9460 §2.2 and §7, and those of the record types.

import {
  addressField as address,
  bytesField as bytes,
  type FieldText,
  type FieldType,
  fieldGroup,
  flagField as flag,
  numberField as number,
  textField as text,
} from '../field-entry.js';
import { DATA_FORMATS, type DataPart, type PartShape } from './records.js';

export const dnsFields = fieldGroup('dns', 'DNS questions and records', 'RFC 1035 §4.1', {
  'dns.length': number(
    'Length',
    'Of the message that follows, in bytes; TCP itself knows no messages.',
    'RFC 1035 §4.2.2',
  ),
  'dns.flags': number('Flags', 'What kind of message this is and how it went.', 'RFC 1035 §4.1.1'),
  'dns.qry': text(
    'Question',
    'What is asked: records of one type that belong to one name.',
    'RFC 1035 §4.1.2',
  ),
  'dns.qry.name': text('Name', 'Whose records are wanted.', 'RFC 1035 §4.1.2'),
  'dns.qry.name.len': number('Name Length', 'How many characters the name has.', 'RFC 1035 §3.1'),
  'dns.count.labels': number('Label Count', 'How many parts the name has between its dots.', 'RFC 1035 §3.1'),
  'dns.qry.type': number('Type', 'Which records are wanted.', 'RFC 1035 §4.1.2'),
  'dns.qry.class': number('Class', 'Which naming system; IN is the Internet.', 'RFC 1035 §4.1.2'),
  'dns.resp': text('Answer', 'A resource record: one thing that is known about a name.', 'RFC 1035 §4.1.3'),
  'dns.resp.name': text('Name', 'Whose record it is.', 'RFC 1035 §4.1.3'),
  'dns.resp.type': number('Type', 'What the data says.', 'RFC 1035 §4.1.3'),
  'dns.resp.class': number('Class', 'Which naming system; IN is the Internet.', 'RFC 1035 §4.1.3'),
  'dns.resp.ttl': number('Time to live', 'How long a cache may keep it, in seconds.', 'RFC 1035 §4.1.3'),
  'dns.resp.len': number('Data length', 'Bytes of data that follow.', 'RFC 1035 §4.1.3'),
  'dns.data': bytes('Data', 'The data of a record whose type is not known here.', 'RFC 3597 §3'),
  'dns.txt.length': number('TXT Length', 'How many characters follow.', 'RFC 1035 §3.3'),
  'dns.extraneous.data': bytes(
    'Extraneous Data Bytes',
    'Bytes behind the last record that belong to nothing.',
  ),
});

export const dnsEdnsFields = fieldGroup('dns', 'DNS, the OPT record of EDNS', 'RFC 6891 §6.1.2', {
  'dns.rr.udp_payload_size': number(
    'UDP payload size',
    'The longest answer over UDP that the sender can take, in bytes.',
  ),
  'dns.resp.ext_rcode': number(
    'Higher bits in extended RCODE',
    'Eight more bits for the reply code, whose four have become too few.',
    'RFC 6891 §6.1.3',
  ),
  'dns.resp.edns0_version': number(
    'EDNS0 version',
    'The version of EDNS that the sender speaks; 0.',
    'RFC 6891 §6.1.3',
  ),
  'dns.resp.z': number('Z', 'Sixteen flags, of which one has a meaning so far.', 'RFC 6891 §6.1.4'),
  'dns.resp.z.do': flag('DO bit', 'The sender wants the signatures of DNSSEC too.', 'RFC 3225 §3'),
  'dns.resp.z.reserved': number('Reserved', 'Not used: zero.', 'RFC 6891 §6.1.4'),
  'dns.opt.code': number('Option Code', 'Which option this is.'),
  'dns.opt.len': number('Option Length', 'Bytes of the option, code and length not counted.'),
  'dns.opt.data': bytes('Option Data', 'What the option says.'),
  'dns.opt.cookie.client': bytes(
    'Client Cookie',
    'A value of the client: who answers with it has seen the question.',
    'RFC 7873 §4',
  ),
  'dns.opt.cookie.server': bytes(
    'Server Cookie',
    'A value of the server: a client that gives it back is where it says it is.',
    'RFC 7873 §4',
  ),
});

export const dnsServiceFields = fieldGroup('dns', 'DNS, parameters of a service', 'RFC 9460 §2.2', {
  'dns.svcb.svcparam.key': number('SvcParamKey', 'Which parameter this is.'),
  'dns.svcb.svcparam.value.length': number('SvcParamValue length', 'Bytes of the value that follow.'),
  'dns.svcb.svcparam.mandatory.key': number(
    'Mandatory key',
    'A parameter that a client must understand to use the record.',
    'RFC 9460 §8',
  ),
  'dns.svcb.svcparam.alpn.length': number('ALPN length', 'How many characters follow.', 'RFC 9460 §7.1'),
  'dns.svcb.svcparam.alpn': text('ALPN', 'A protocol that the service speaks, such as h2.', 'RFC 9460 §7.1'),
  'dns.svcb.svcparam.port': number('Port', 'The port at which the service is.', 'RFC 9460 §7.2'),
  'dns.svcb.svcparam.ipv4hint.ip': address(
    'IP',
    'An address to try while the question for addresses is under way.',
    'RFC 9460 §7.3',
  ),
  'dns.svcb.svcparam.ipv6hint.ip': address(
    'IP',
    'An address to try while the question for addresses is under way.',
    'RFC 9460 §7.3',
  ),
  'dns.svcb.svcparam.echconfig': bytes(
    'ECHConfig',
    'Keys with which a client hides the name of the site.',
    'RFC 9848',
  ),
  'dns.svcb.svcparam.value': bytes('SvcParamValue', 'What the parameter says.'),
});

const TYPES: Readonly<Record<PartShape, FieldType>> = {
  ipv4: 'address',
  ipv6: 'address',
  uint16: 'number',
  uint32: 'number',
  name: 'text',
  'plain-name': 'text',
  strings: 'text',
  options: 'text',
  parameters: 'text',
};

/** The data of the record types, from the descriptions that read and write them; HTTPS has the parts of SVCB. */
export const dnsDataFields = fieldGroup(
  'dns',
  'DNS, the data of records',
  'RFC 1035 §3.3',
  Object.fromEntries(
    Object.values(DATA_FORMATS)
      .filter(({ kind }) => kind !== 'HTTPS')
      .flatMap(({ parts, rfc }) => parts.map((part) => [part.filter, textOf(part, rfc)])),
  ),
);

function textOf({ label, meaning, shape }: DataPart, rfc: string): FieldText {
  return { label, type: TYPES[shape], meaning, rfc };
}
