// Frames as the rows of a packet list, and those of them that fit a display filter. A row is made when somebody looks at
// it, because it takes a whole dissection.

import type { Time } from '../base/time.js';
import type { Trace } from '../trace/trace.js';
import type { DisplayFilter } from '../wire/display-filter.js';
import { dissect } from '../wire/dissect.js';
import type { DissectedLayer, Dissection, FieldValue } from '../wire/dissection.js';
import { ETHERTYPE_NAMES, PROTOCOL_NAMES } from '../wire/iana.js';
import type { FrameColumns } from './frame-columns.js';
import { interfaceName } from './interface-name.js';

/** One row of a packet list, with the columns that Wireshark shows. */
export interface FrameLine {
  /** Place in the columns, from 1. */
  readonly number: number;
  /** When it was sent, in ns. */
  readonly time: Time;
  /** The IP addresses if it has any, otherwise the MAC addresses, `Broadcast` for that to all. */
  readonly source: string;
  readonly destination: string;
  /** `ARP`, `DNS`, `TCP`, `HTTP`, `ICMP`; of a frame that nothing is known about the type, as `0x88b5`. */
  readonly protocol: string;
  /** The summary of the innermost layer. */
  readonly info: string;
  /** Bytes, without FCS. */
  readonly length: number;
}

/** The row of the frame at place `index`, from 0. A run recorded without bytes knows only who sent to whom. */
export function frameLine(trace: Trace, columns: FrameColumns, index: number): FrameLine {
  const frame = columns.frame[index];
  const about = {
    number: index + 1,
    time: columns.sentAt[index],
    length: trace.frameLength(frame),
  };
  const bytes = trace.frameBytes(frame);
  if (bytes.length === 0) return { ...about, ...lineWithoutBytes(trace, columns, index) };
  const dissection = dissect(bytes);
  return { ...about, ...addressesOf(dissection), ...contentOf(dissection) };
}

/**
 * The places of the frames that a filter fits, among those from place `from` up to but without `to`: so a long run can be
 * looked through in slices. Of a run recorded without bytes only a filter that asks for nothing fits any frame.
 */
export function matchingFrames(
  trace: Trace,
  columns: FrameColumns,
  filter: DisplayFilter,
  from = 0,
  to: number = columns.length,
): Int32Array {
  const asksForNothing = filter.fields.length === 0;
  const found: number[] = [];
  for (let index = from; index < Math.min(to, columns.length); index++) {
    if (asksForNothing || fits(trace.frameBytes(columns.frame[index]), filter)) found.push(index);
  }
  return Int32Array.from(found);
}

function fits(bytes: Uint8Array, filter: DisplayFilter): boolean {
  return bytes.length > 0 && filter.matches(dissect(bytes));
}

type Ends = Pick<FrameLine, 'source' | 'destination'>;
type Content = Pick<FrameLine, 'protocol' | 'info'>;

function lineWithoutBytes({ world }: Trace, columns: FrameColumns, index: number): Ends & Content {
  const to = columns.to[index];
  return {
    source: interfaceName(world, columns.from[index]),
    destination: to < 0 ? '' : interfaceName(world, to),
    protocol: '',
    info: 'The run was recorded without bytes',
  };
}

function addressesOf({ layers }: Dissection): Ends {
  const ip = layers.find(({ protocol }) => protocol === 'ip');
  const source = ip && valueOfField(ip, 'ip.src');
  const destination = ip && valueOfField(ip, 'ip.dst');
  if (source !== undefined && destination !== undefined) {
    return { source: String(source), destination: String(destination) };
  }
  const ethernet = layers.find(({ protocol }) => protocol === 'eth');
  return { source: macOf(ethernet, 'eth.src'), destination: macOf(ethernet, 'eth.dst') };
}

function macOf(ethernet: DissectedLayer | undefined, name: string): string {
  const mac = ethernet === undefined ? undefined : valueOfField(ethernet, name);
  return mac === 'ff:ff:ff:ff:ff:ff' ? 'Broadcast' : String(mac ?? '');
}

function valueOfField({ fields }: DissectedLayer, name: string): FieldValue | undefined {
  return fields.find((field) => field.name === name)?.value;
}

/** What a packet list calls the protocols that are dissected. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  eth: 'Ethernet',
  vlan: 'VLAN',
  arp: 'ARP',
  ip: 'IPv4',
  icmp: 'ICMP',
  udp: 'UDP',
  tcp: 'TCP',
  dns: 'DNS',
  http: 'HTTP',
};

/** Protocols that are known by name only: what they carry is data under their name. */
const NAMED: ReadonlySet<string> = new Set([
  ...Object.values(ETHERTYPE_NAMES),
  ...Object.values(PROTOCOL_NAMES),
]);
const LOGICAL_LINK_CONTROL = 'Logical Link Control';

function contentOf({ layers }: Dissection): Content {
  const innermost = layers.findLast(({ protocol }) => protocol !== 'data') as DissectedLayer;
  const data = layers[layers.indexOf(innermost) + 1];
  if (data !== undefined && ['eth', 'vlan', 'ip'].includes(innermost.protocol)) {
    if (NAMED.has(data.title)) return { protocol: data.title, info: data.summary };
    if (data.title === LOGICAL_LINK_CONTROL) return { protocol: 'LLC', info: data.summary };
    const type = valueOfField(innermost, innermost.protocol === 'vlan' ? 'vlan.etype' : 'eth.type');
    if (type !== undefined) return { protocol: hex16(Number(type)), info: data.summary };
  }
  return { protocol: PROTOCOLS[innermost.protocol] ?? innermost.title, info: innermost.summary };
}

function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
