// What each field without a fixed place is for, by its name: the dissectors ask here for every such field they find.

import { dnsDataFields, dnsEdnsFields, dnsFields, dnsServiceFields } from './dns/dns-fields.js';
import type { FieldEntry, FieldGroup } from './field-entry.js';
import { httpFields, httpHeaderFields } from './http-fields.js';
import { icmpFields, ipv4Fields, ipv4OptionFields, udpFields } from './internet-fields.js';
import { arpFields, dataFields, ethernetFields, frameFields } from './link-fields.js';
import { tcpFields, tcpOptionFields } from './tcp-fields.js';

/** All fields that no layout describes, from the outermost protocol in. */
export const DESCRIBED_GROUPS: readonly FieldGroup[] = [
  frameFields,
  ethernetFields,
  arpFields,
  ipv4Fields,
  ipv4OptionFields,
  icmpFields,
  udpFields,
  tcpFields,
  tcpOptionFields,
  dnsFields,
  dnsDataFields,
  dnsEdnsFields,
  dnsServiceFields,
  httpFields,
  httpHeaderFields,
  dataFields,
];

/** What a field is for, and where that is defined. */
export type FieldMeaning = Partial<Pick<FieldEntry, 'meaning' | 'rfc'>>;

const MEANINGS: ReadonlyMap<string, FieldMeaning> = new Map(
  DESCRIBED_GROUPS.flatMap(({ fields }) =>
    fields.map(({ name, meaning, rfc }) => [name, rfc === undefined ? { meaning } : { meaning, rfc }]),
  ),
);

const NOTHING: FieldMeaning = {};

/** What the field of this name is for; nothing for a name that is written down nowhere. */
export function meaningOf(name: string): FieldMeaning {
  return MEANINGS.get(name) ?? NOTHING;
}
