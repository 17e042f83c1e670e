// Every protocol and field that a frame can have, known before any frame is there: for completion in filters, for
// explanations, and for the field reference in the docs.
// Reading list: wireshark-filter(4).

import { arp } from './arp.js';
import { dns } from './dns/message.js';
import { ethernet, ethernet802, vlan } from './ethernet.js';
import type { FieldEntry, FieldGroup, FieldType } from './field-entry.js';
import { DESCRIBED_GROUPS } from './field-meanings.js';
import {
  icmp,
  icmpEcho,
  icmpExtendedEcho,
  icmpExtension,
  icmpExtensionObject,
  icmpParameterProblem,
  icmpRedirect,
  icmpTimeExceeded,
  icmpTimestamp,
  icmpUnreachable,
} from './icmp.js';
import { ipv4 } from './ipv4.js';
import type { Field, FieldFormat, Layout } from './layout.js';
import { linuxCooked, ppp } from './link-types.js';
import { tcp } from './tcp.js';
import { udp } from './udp.js';

/** A protocol, as a display filter names it. */
export interface ProtocolEntry {
  /** `ip` */
  readonly name: string;
  readonly title: string;
  /** One sentence for a beginner: what the protocol is for. */
  readonly meaning: string;
  /** Where it is defined; absent for what is no protocol: the frame as a whole, and bare data. */
  readonly rfc?: string;
}

const PROTOCOLS: readonly ProtocolEntry[] = [
  { name: 'frame', title: 'Frame', meaning: 'The frame as a whole: how long it is and what is in it.' },
  protocol(ethernet, 'Carries everything over one link, from one network card to another.'),
  protocol(vlan, 'Keeps several networks apart on the same cables and switches.'),
  protocol(linuxCooked, 'Stands for the link where Linux captured on several of them at once.'),
  protocol(ppp, 'Carries packets over a line with two ends.'),
  protocol(arp, 'Finds the network card that has an IPv4 address on this link.'),
  protocol(ipv4, 'Carries packets across networks, from router to router.'),
  protocol(icmp, 'Says that a packet could not be delivered, and answers pings.'),
  protocol(udp, 'Carries single datagrams between programs, without any promise.'),
  protocol(tcp, 'Carries a stream of bytes between programs: complete, in order, each once.'),
  protocol(dns, 'Finds out what is known about a name, such as its address.'),
  {
    name: 'http',
    title: 'Hypertext Transfer Protocol',
    meaning: 'Asks a web server for a page, and brings it.',
    rfc: 'RFC 9112',
  },
  { name: 'data', title: 'Data', meaning: 'What is carried and no protocol known here describes.' },
];

/** Fixed headers, from the outermost protocol in. */
const LAYOUTS: readonly Layout<string>[] = [
  ethernet,
  ethernet802,
  vlan,
  linuxCooked,
  ppp,
  arp,
  ipv4,
  icmp,
  icmpEcho,
  icmpUnreachable,
  icmpTimeExceeded,
  icmpParameterProblem,
  icmpRedirect,
  icmpTimestamp,
  icmpExtendedEcho,
  icmpExtension,
  icmpExtensionObject,
  udp,
  tcp,
  dns,
];

const TYPES: Readonly<Record<FieldFormat, FieldType>> = {
  decimal: 'number',
  hex: 'number',
  flag: 'flag',
  ipv4: 'address',
  mac: 'address',
};

const ORDER: readonly string[] = PROTOCOLS.map(({ name }) => name);

/** Header by header and part by part, the protocols from the outside in, the fields of a header in wire order. */
const GROUPS: readonly FieldGroup[] = [...LAYOUTS.map(groupOf), ...DESCRIBED_GROUPS].sort(
  (a, b) => ORDER.indexOf(a.protocol) - ORDER.indexOf(b.protocol),
);

/** Of fields that stand in several headers, the first counts. */
const FIELDS: ReadonlyMap<string, FieldEntry> = firstOfEachName(GROUPS.flatMap(({ fields }) => fields));

/** Every protocol that is dissected here, from the outside in. */
export function protocolCatalogue(): readonly ProtocolEntry[] {
  return PROTOCOLS;
}

/** Every field that a frame can have, each name once, those of a protocol together. */
export function fieldCatalogue(): readonly FieldEntry[] {
  return [...FIELDS.values()];
}

/** The field of this name, such as `ip.ttl`; undefined when no frame has one. */
export function findField(name: string): FieldEntry | undefined {
  return FIELDS.get(name);
}

/** The same fields by header and part; one that stands in several is in each of them. */
export function fieldGroups(): readonly FieldGroup[] {
  return GROUPS;
}

function protocol({ protocol: name, title, rfc }: Layout<string>, meaning: string): ProtocolEntry {
  return { name, title, meaning, rfc };
}

function groupOf({ protocol: name, title, rfc, size, fields }: Layout<string>): FieldGroup {
  return {
    protocol: name,
    title,
    rfc,
    size,
    fields: Object.values(fields).map((one) => entryOf(one, name, rfc)),
  };
}

function entryOf(field: Field, ofProtocol: string, layoutRfc: string): FieldEntry {
  const { filter: name, label, meaning, format, names, bitOffset, bits, rfc = layoutRfc } = field;
  const entry = { name, label, protocol: ofProtocol, type: TYPES[format], meaning, rfc, bitOffset, bits };
  return names === undefined ? entry : { ...entry, names };
}

function firstOfEachName(fields: readonly FieldEntry[]): Map<string, FieldEntry> {
  const byName = new Map<string, FieldEntry>();
  for (const field of fields) if (!byName.has(field.name)) byName.set(field.name, field);
  return byName;
}
