// A frame as boxes in boxes: each layer with the few fields that matter on the way, unknown ones as `????`.
//
//     Ethernet[ SourceMac=02:00:00:00:00:0A, DestMac=????,
//       IP[ SourceIp=192.0.2.10, DestIp=198.51.100.53,
//         UDP[ SourcePort=50000, DestPort=53, DNS[ Query=A, Domain=www.shop.test ] ] ] ]

import type { Trace } from '../trace/trace.js';
import { dissect } from '../wire/dissect.js';
import type { DissectedField, DissectedLayer, Dissection } from '../wire/dissection.js';
import { rcodeName, typeName } from '../wire/dns/registry.js';
import { ICMP_TYPE_NAMES } from '../wire/iana.js';
import { formatTcpFlags, TCP_FLAG } from '../wire/tcp.js';
import type { StepPacket } from './explain/step.js';
import { type DrawnPacket, knownPacket } from './known-packet.js';

/** How the boxes are drawn. */
export interface NestedOptions {
  /** Fields that are not known yet, by filter name, such as `eth.dst`. They do not count within quoted packets. */
  readonly open?: ReadonlySet<string>;
  /** Where lines are broken; the closing brackets at the end may stand beyond it. 80 unless given. */
  readonly columns?: number;
}

/** A layer as a box: what matters on the way, and the boxes of what it carries or quotes. */
export interface PacketBox {
  /** `Ethernet`, `IP`, `DNS`. */
  readonly name: string;
  /** Wireshark's protocol name, such as `ip`. */
  readonly protocol: string;
  readonly items: readonly BoxItem[];
  readonly inner: readonly PacketBox[];
}

/** `label=value`, or a value that speaks for itself. */
export interface BoxItem {
  readonly label?: string;
  /** `????` while it is not known. */
  readonly value: string;
  /** The filter name of the field it comes from; absent where it comes from no single one. */
  readonly field?: string;
  /** True while the value is not known. */
  readonly open: boolean;
}

const UNKNOWN = '????';
const STEP = 2;
const NONE: ReadonlySet<string> = new Set();

/** The frame as nested boxes, one string per line. */
export function nested(dissection: Dissection, options: NestedOptions = {}): string[] {
  const columns = options.columns ?? 80;
  return packetBoxes(dissection, options.open).flatMap((box) => draw(box, 0, columns));
}

/** The frame as boxes; `open` has the filter names of fields that are not known yet, outside of quoted packets. */
export function packetBoxes(dissection: Dissection, open: ReadonlySet<string> = NONE): PacketBox[] {
  return boxesOf(
    dissection.layers.filter((layer) => layer.protocol !== 'frame'),
    open,
  );
}

/** The boxes of a step's packet: a frame of the trace, or what is known of one; none when the trace has no bytes. */
export function stepBoxes(trace: Trace, packet: StepPacket): PacketBox[] {
  const drawn = drawnPacket(trace, packet);
  return drawn === undefined ? [] : packetBoxes(drawn.dissection, drawn.open);
}

/** A step's packet, dissected; undefined when it is a frame and the trace has no bytes. */
export function drawnPacket(trace: Trace, packet: StepPacket): DrawnPacket | undefined {
  if ('known' in packet) return knownPacket(packet.known, packet.open);
  const bytes = trace.frameBytes(packet.frame);
  return bytes.length === 0 ? undefined : { dissection: dissect(bytes), open: new Set(packet.open) };
}

/** Layers that carry all that follows them; the others stand side by side. */
const CARRIERS: ReadonlySet<string> = new Set(['eth', 'vlan', 'sll', 'ppp', 'ip', 'udp', 'tcp']);

function boxesOf(layers: readonly DissectedLayer[], open: ReadonlySet<string>): PacketBox[] {
  const [first, ...rest] = layers;
  if (first === undefined) return [];
  const carries = CARRIERS.has(first.protocol);
  const inner = carries ? boxesOf(rest, open) : boxesOf(first.quoted ?? [], NONE);
  const box: PacketBox = {
    name: nameOf(first),
    protocol: first.protocol,
    items: itemsOf(first, open),
    inner,
  };
  return carries ? [box] : [box, ...boxesOf(rest, open)];
}

/** Name of the box, and its items as `[label, field]`. */
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

function nameOf({ protocol, title }: DissectedLayer): string {
  return VARIABLE[protocol] ?? FIXED[protocol]?.[0] ?? title;
}

/** Names of boxes whose items depend on what they hold. */
const VARIABLE: Readonly<Record<string, string>> = { dns: 'DNS', http: 'HTTP', data: 'Data' };

function itemsOf(layer: DissectedLayer, open: ReadonlySet<string>): BoxItem[] {
  if (layer.protocol === 'dns') return dnsItems(layer, open);
  if (layer.protocol === 'http') return [httpItem(layer)];
  if (layer.protocol === 'data') {
    return [{ value: `${layer.end - layer.start} bytes`, field: 'data.data', open: false }];
  }
  const [, wanted = []] = FIXED[layer.protocol] ?? [];
  const items = wanted.flatMap(([label, field]) => {
    const found = layer.fields.find((one) => one.name === field);
    return found === undefined ? [] : [item(label, field, shownValue(found), open)];
  });
  return layer.protocol === 'tcp' ? [...items, ...tcpNews(layer)] : items;
}

/** What only some segments say: that there is no room for more, and what has arrived beyond a gap. */
function tcpNews({ fields }: DissectedLayer): BoxItem[] {
  const value = (name: string) => fields.find((field) => field.name === name)?.value;
  const isClosed = value('tcp.window_size_value') === 0 && (Number(value('tcp.flags')) & TCP_FLAG.rst) === 0;
  const [left, right] = ['tcp.options.sack_le', 'tcp.options.sack_re'].map((name) =>
    fieldsNamed(fields, name),
  ) as [DissectedField[], DissectedField[]];
  return [
    ...(isClosed ? [item('Window', 'tcp.window_size_value', '0')] : []),
    ...left.map((edge, place) =>
      item('Sack', 'tcp.options.sack_le', `${edge.value}–${right[place]?.value ?? '?'}`),
    ),
  ];
}

function item(label: string, field: string, value: string, open: ReadonlySet<string> = NONE): BoxItem {
  const isOpen = open.has(field);
  return { label, value: isOpen ? UNKNOWN : value, field, open: isOpen };
}

/** The request or status line. */
function httpItem({ summary, fields }: DissectedLayer): BoxItem {
  const line = fields.find(({ name }) => name === 'http.request' || name === 'http.response');
  return { value: summary, ...(line === undefined ? {} : { field: line.name }), open: false };
}

function shownValue({ name, value, text }: DissectedField): string {
  if (name === 'tcp.flags') return formatTcpFlags(Number(value)).replaceAll(', ', ',');
  if (name === 'arp.opcode') return value === 1 ? 'request' : value === 2 ? 'reply' : text;
  if (name === 'icmp.type') return ICMP_TYPE_NAMES[Number(value)] ?? text;
  if (name.endsWith('_mac') || name === 'eth.src' || name === 'eth.dst') return String(value).toUpperCase();
  return String(value);
}

/** Of a query what is asked, of an answer what it says. */
function dnsItems(layer: DissectedLayer, open: ReadonlySet<string>): BoxItem[] {
  const values = (name: string) => fieldsNamed(layer.fields, name).map((field) => field.value);
  const [type] = values('dns.qry.type');
  const [domain] = values('dns.qry.name');
  const isAnswer = values('dns.flags.response')[0] === true;
  const items: BoxItem[] = [];
  if (type !== undefined) {
    items.push(item(isAnswer ? 'Answer' : 'Query', 'dns.qry.type', typeName(Number(type)), open));
  }
  if (domain !== undefined) items.push(item('Domain', 'dns.qry.name', String(domain), open));
  if (!isAnswer) return items;
  const [rcode] = values('dns.flags.rcode');
  if (rcode !== undefined && rcode !== 0)
    items.push(item('Error', 'dns.flags.rcode', rcodeName(Number(rcode))));
  for (const [label, name] of [
    ['Alias', 'dns.cname'],
    ['Address', 'dns.a'],
    ['Address', 'dns.aaaa'],
    ['NameServer', 'dns.ns'],
  ] as const) {
    for (const value of values(name)) items.push(item(label, name, String(value)));
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
function draw(box: PacketBox, indent: number, columns: number): string[] {
  const below = ' '.repeat(indent + box.name.length + 2);
  const lines = [`${' '.repeat(indent)}${box.name}[`];
  box.items.map(itemText).forEach((item, index) => {
    const isLast = index === box.items.length - 1 && box.inner.length === 0;
    const text = shorten(item, columns - below.length - 1) + (isLast ? '' : ',');
    const last = lines.length - 1;
    if (index > 0 && lines[last].length + 1 + text.length > columns) lines.push(below + text);
    else lines[last] += ` ${text}`;
  });
  const wrapped = lines.length > 1;
  box.inner.forEach((inner, index) => {
    const comma = index < box.inner.length - 1 ? ',' : '';
    const flat =
      inner.inner.length === 0
        ? `${inner.name}[ ${inner.items.map(itemText).join(', ')} ]${comma}`
        : undefined;
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

function itemText({ label, value }: BoxItem): string {
  return label === undefined ? value : `${label}=${value}`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}
