// A packet of which no byte exists yet, as a dissection: what is known of it has a value, what is open stands as `????`.

import type { RowView } from '../trace/events.js';
import type { DissectedField, DissectedLayer, Dissection, FieldValue } from '../wire/dissection.js';
import { TCP_FLAG } from '../wire/tcp.js';

/** From the outside in; a packet has every layer down to the innermost one that anything is known of. */
const STACK = ['eth', 'ip', 'udp', 'tcp', 'dns', 'http'] as const;

/** A packet to be drawn, and the filter names of its open fields. */
export interface DrawnPacket {
  readonly dissection: Dissection;
  readonly open: ReadonlySet<string>;
}

/** @param known filter names and values @param open filter names of what is not known */
export function knownPacket(known: RowView, open: readonly string[]): DrawnPacket {
  const values = new Map<string, FieldValue>(Object.entries(known));
  const openNames = new Set(open.map(drawnName));
  for (const name of openNames) if (!values.has(name)) values.set(name, '');
  let flags = 0;
  for (const [name, bit] of Object.entries(TCP_FLAG))
    if (values.get(`tcp.flags.${name}`) === true) flags |= bit;
  if (flags !== 0) values.set('tcp.flags', flags);
  const layers = STACK.flatMap((protocol): DissectedLayer[] => {
    const fields: DissectedField[] = [...values]
      .filter(([name]) => name.startsWith(`${protocol}.`))
      .map(([name, value]) => ({ name, label: name, value, text: String(value), bitOffset: 0, bits: 0 }));
    if (fields.length === 0) return [];
    const request = [values.get('http.request.method'), values.get('http.request.uri')].join(' ');
    return [
      {
        protocol,
        title: protocol,
        summary: protocol === 'http' ? request : '',
        start: 0,
        end: 0,
        fields,
        problems: [],
      },
    ];
  });
  return { dissection: { layers, length: 0 }, open: openNames };
}

/** Sequence numbers are drawn raw, as they stand in the header. */
function drawnName(name: string): string {
  return name === 'tcp.seq' || name === 'tcp.ack' ? `${name}_raw` : name;
}
