// A frame as boxes in boxes: each layer with the few fields that matter on the way, unknown ones as `????`.
//
//     Ethernet[ SourceMac=02:00:00:00:00:0A, DestMac=????,
//       IP[ SourceIp=192.0.2.10, DestIp=198.51.100.53,
//         UDP[ SourcePort=50000, DestPort=53, DNS[ Query=A, Domain=www.shop.test ] ] ] ]

import type { DissectedField, DissectedLayer, Dissection } from '../wire/dissection.js';
import { rcodeName, typeName } from '../wire/dns/registry.js';
import { ICMP_TYPE_NAMES } from '../wire/iana.js';
import { formatTcpFlags } from '../wire/tcp.js';

/** How the boxes are drawn. */
export interface NestedOptions {
  /** Fields that are not known yet, by filter name, such as `eth.dst`. They do not count within quoted packets. */
  readonly open?: ReadonlySet<string>;
  /** Where lines are broken; the closing brackets at the end may stand beyond it. 80 unless given. */
  readonly columns?: number;
}

interface Box {
  readonly name: string;
  /** `Name=value`, or a text that speaks for itself. */
  readonly items: readonly string[];
  readonly inner: readonly Box[];
}

const UNKNOWN = '????';
const STEP = 2;

/** The frame as nested boxes, one string per line. */
export function nested(dissection: Dissection, options: NestedOptions = {}): string[] {
  const open = options.open ?? new Set();
  const columns = options.columns ?? 80;
  const layers = dissection.layers.filter((layer) => layer.protocol !== 'frame');
  return boxesOf(layers, open).flatMap((box) => draw(box, 0, columns));
}

/** Layers that carry all that follows them; the others stand side by side. */
const CARRIERS: ReadonlySet<string> = new Set(['eth', 'vlan', 'sll', 'ppp', 'ip', 'udp', 'tcp']);

function boxesOf(layers: readonly DissectedLayer[], open: ReadonlySet<string>): Box[] {
  const [first, ...rest] = layers;
  if (first === undefined) return [];
  const carries = CARRIERS.has(first.protocol);
  const inner = carries ? boxesOf(rest, open) : boxesOf(first.quoted ?? [], new Set());
  const box: Box = { ...labelOf(first, open), inner };
  return carries ? [box] : [box, ...boxesOf(rest, open)];
}

type Label = Omit<Box, 'inner'>;

/** Name of the box, and its items as `[name, field]`. */
const FIXED: Readonly<Record<string, readonly [string, readonly (readonly [string, string])[]]>> = {
  eth: [
    'Ethernet',
    [
      ['SourceMac', 'eth.src'],
      ['DestMac', 'eth.dst'],
    ],
  ],
  vlan: ['VLAN', [['Id', 'vlan.id']]],
  ip: [
    'IP',
    [
      ['SourceIp', 'ip.src'],
      ['DestIp', 'ip.dst'],
    ],
  ],
  udp: [
    'UDP',
    [
      ['SourcePort', 'udp.srcport'],
      ['DestPort', 'udp.dstport'],
    ],
  ],
  tcp: [
    'TCP',
    [
      ['SourcePort', 'tcp.srcport'],
      ['DestPort', 'tcp.dstport'],
      ['Flags', 'tcp.flags'],
      ['Seq', 'tcp.seq_raw'],
      ['Ack', 'tcp.ack_raw'],
      ['Len', 'tcp.len'],
    ],
  ],
  arp: [
    'ARP',
    [
      ['Operation', 'arp.opcode'],
      ['SenderMac', 'arp.src.hw_mac'],
      ['SenderIp', 'arp.src.proto_ipv4'],
      ['TargetMac', 'arp.dst.hw_mac'],
      ['TargetIp', 'arp.dst.proto_ipv4'],
    ],
  ],
  icmp: [
    'ICMP',
    [
      ['Type', 'icmp.type'],
      ['Code', 'icmp.code'],
      ['Id', 'icmp.ident'],
      ['Seq', 'icmp.seq'],
    ],
  ],
};

function labelOf(layer: DissectedLayer, open: ReadonlySet<string>): Label {
  if (layer.protocol === 'dns') return { name: 'DNS', items: dnsItems(layer, open) };
  if (layer.protocol === 'http') return { name: 'HTTP', items: [layer.summary] };
  if (layer.protocol === 'data') return { name: 'Data', items: [`${layer.end - layer.start} bytes`] };
  const fixed = FIXED[layer.protocol];
  if (fixed === undefined) return { name: layer.title, items: [] };
  const [name, wanted] = fixed;
  const items = wanted.flatMap(([label, field]) => {
    const found = layer.fields.find((one) => one.name === field);
    if (found === undefined) return [];
    return [`${label}=${open.has(field) ? UNKNOWN : shownValue(found)}`];
  });
  return { name, items };
}

function shownValue({ name, value, text }: DissectedField): string {
  if (name === 'tcp.flags') return formatTcpFlags(Number(value)).replaceAll(', ', ',');
  if (name === 'arp.opcode') return value === 1 ? 'request' : value === 2 ? 'reply' : text;
  if (name === 'icmp.type') return ICMP_TYPE_NAMES[Number(value)] ?? text;
  if (name.endsWith('_mac') || name === 'eth.src' || name === 'eth.dst') return String(value).toUpperCase();
  return String(value);
}

/** Of a query what is asked, of an answer what it says. */
function dnsItems(layer: DissectedLayer, open: ReadonlySet<string>): string[] {
  const values = (name: string) => fieldsNamed(layer.fields, name).map((field) => field.value);
  const shown = (name: string, text: string) => (open.has(name) ? UNKNOWN : text);
  const [type] = values('dns.qry.type');
  const [domain] = values('dns.qry.name');
  const isAnswer = values('dns.flags.response')[0] === true;
  const items: string[] = [];
  if (type !== undefined) {
    items.push(`${isAnswer ? 'Answer' : 'Query'}=${shown('dns.qry.type', typeName(Number(type)))}`);
  }
  if (domain !== undefined) items.push(`Domain=${shown('dns.qry.name', String(domain))}`);
  if (!isAnswer) return items;
  const [rcode] = values('dns.flags.rcode');
  if (rcode !== undefined && rcode !== 0) items.push(`Error=${rcodeName(Number(rcode))}`);
  for (const [label, name] of [
    ['Alias', 'dns.cname'],
    ['Address', 'dns.a'],
    ['Address', 'dns.aaaa'],
    ['NameServer', 'dns.ns'],
  ] as const) {
    for (const value of values(name)) items.push(`${label}=${value}`);
  }
  return items;
}

function fieldsNamed(fields: readonly DissectedField[], name: string): DissectedField[] {
  return fields.flatMap((field) => [
    ...(field.name === name ? [field] : []),
    ...fieldsNamed(field.children ?? [], name),
  ]);
}

/** The lines of a box that begins at column `indent`. */
function draw(box: Box, indent: number, columns: number): string[] {
  const below = ' '.repeat(indent + box.name.length + 2);
  const lines = [`${' '.repeat(indent)}${box.name}[`];
  box.items.forEach((item, index) => {
    const isLast = index === box.items.length - 1 && box.inner.length === 0;
    const text = shorten(item, columns - below.length - 1) + (isLast ? '' : ',');
    const last = lines.length - 1;
    if (index > 0 && lines[last].length + 1 + text.length > columns) lines.push(below + text);
    else lines[last] += ` ${text}`;
  });
  const wrapped = lines.length > 1;
  box.inner.forEach((inner, index) => {
    const comma = index < box.inner.length - 1 ? ',' : '';
    const flat = inner.inner.length === 0 ? `${inner.name}[ ${inner.items.join(', ')} ]${comma}` : undefined;
    const last = lines.length - 1;
    if (flat !== undefined && !wrapped && lines[last].length + 1 + flat.length <= columns)
      lines[last] += ` ${flat}`;
    else {
      lines.push(...draw(inner, indent + STEP, columns));
      lines[lines.length - 1] += comma;
    }
  });
  lines[lines.length - 1] += ' ]';
  return lines;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}
