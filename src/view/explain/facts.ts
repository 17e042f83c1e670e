// What a frame says, by filter name, as far as sentences need it: the fixed headers, read in place. The whole dissection
// is left to those who show every field.
// Reading list: that of each header in wire/.

import type { Trace } from '../../trace/trace.js';
import { arp } from '../../wire/arp.js';
import { dissect } from '../../wire/dissect.js';
import { type FieldValue, fieldValue, formatField } from '../../wire/dissection.js';
import { DNS_HEADER } from '../../wire/dns/message.js';
import { ethernet } from '../../wire/ethernet.js';
import { looksLikeHttp } from '../../wire/http-dissect.js';
import { ETHERTYPE, ICMP_TYPE, PORT, PROTOCOL } from '../../wire/iana.js';
import { icmp, icmpEcho } from '../../wire/icmp.js';
import { ipv4 } from '../../wire/ipv4.js';
import type { Field, Layout } from '../../wire/layout.js';
import { tcp } from '../../wire/tcp.js';
import { readTcpOptions, type TcpOption } from '../../wire/tcp-options.js';
import { udp } from '../../wire/udp.js';

type Protocol = 'eth' | 'arp' | 'ip' | 'icmp' | 'udp' | 'tcp' | 'dns' | 'http';

/** A fixed header that a frame can have, its fields by filter name. */
interface Header {
  readonly protocol: Protocol;
  readonly size: number;
  readonly fields: ReadonlyMap<string, Field>;
}

function header<Name extends string>(protocol: Protocol, { size, fields }: Layout<Name>): Header {
  const all = Object.values(fields) as Field[];
  return { protocol, size, fields: new Map(all.map((field) => [field.filter, field])) };
}

const ETHERNET = header('eth', ethernet);
const ARP = header('arp', arp);
const IPV4 = header('ip', ipv4);
const ICMP = header('icmp', icmp);
const ICMP_ECHO = header('icmp', icmpEcho);
const UDP = header('udp', udp);
const TCP = header('tcp', tcp);

/** A frame as sentences need it; empty when the trace keeps no bytes. Only where headers begin is found out at once. */
export class FrameFacts {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly headers: { readonly header: Header; readonly at: number }[] = [];
  /** Where UDP or TCP begins, and what it carries. */
  private transport = 0;
  private data = 0;
  private end = 0;
  private http: boolean | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!this.read(ETHERNET, 0, bytes.length)) return;
    const type = this.number('eth.type');
    if (type === ETHERTYPE.arp) this.read(ARP, ethernet.size, bytes.length);
    else if (type === ETHERTYPE.ipv4) this.readPacket(ethernet.size);
  }

  /** Is there a layer of this protocol? */
  has(protocol: Protocol): boolean {
    if (protocol === 'dns') return this.isDns();
    if (protocol === 'http') return this.isHttp();
    return this.headers.some(({ header }) => header.protocol === protocol);
  }

  /** The value of a field, as display filters compare it; undefined when the frame has none. */
  get(name: string): FieldValue | undefined {
    for (const { header, at } of this.headers) {
      const field = header.fields.get(name);
      if (field !== undefined) return fieldValue(field, field.get(this.view, at));
    }
    return this.derived(name);
  }

  /** The value as text; `?` when the frame has no such field. */
  text(name: string): string {
    return String(this.get(name) ?? '?');
  }

  /** The value as a number, 0 when the frame has no such field. */
  number(name: string): number {
    return this.raw(name) ?? Number(this.derived(name) ?? 0);
  }

  /** The options of a TCP header; none without one. */
  tcpOptions(): readonly TcpOption[] {
    if (!this.has('tcp')) return [];
    return readTcpOptions(this.bytes, this.transport + tcp.size, Math.min(this.data, this.end)).options;
  }

  /** The line a packet list would show for a layer; undefined without one. */
  summaryOf(protocol: Protocol): string | undefined {
    return dissect(this.bytes).layers.find((layer) => layer.protocol === protocol)?.summary;
  }

  /** Header fields in which another snapshot of the same packet differs, outermost layer first. */
  changesTo(other: FrameFacts): Rewrite[] {
    const rewrites: Rewrite[] = [];
    for (const { header, at } of this.headers) {
      for (const [name, field] of header.fields) {
        const number = field.get(this.view, at);
        const after = other.raw(name);
        if (after === undefined || after === number) continue;
        const { label } = field;
        rewrites.push({ name, label, before: formatField(field, number), after: formatField(field, after) });
      }
    }
    return rewrites;
  }

  /** What stands in a field of a fixed header. */
  private raw(name: string): number | undefined {
    for (const { header, at } of this.headers) {
      const field = header.fields.get(name);
      if (field !== undefined) return field.get(this.view, at);
    }
    return undefined;
  }

  /** What follows from several fields, or stands behind the fixed headers. */
  private derived(name: string): FieldValue | undefined {
    switch (name) {
      case 'tcp.flags':
        return this.has('tcp') ? this.view.getUint16(this.transport + 12) & 0xfff : undefined;
      case 'tcp.len':
        return this.has('tcp') ? Math.max(0, this.end - this.data) : undefined;
      case 'dns.flags.response':
        return this.isDns() ? (this.view.getUint8(this.data + 2) & 0x80) !== 0 : undefined;
      case 'http.response':
        // A response begins with its version, a request with its method.
        return this.isHttp()
          ? this.bytes[this.data] === 0x48 && this.bytes[this.data + 4] === 0x2f
          : undefined;
      default:
        return undefined;
    }
  }

  private isDns(): boolean {
    if (!this.has('udp') || this.end - this.data < DNS_HEADER) return false;
    return this.number('udp.srcport') === PORT.domain || this.number('udp.dstport') === PORT.domain;
  }

  private isHttp(): boolean {
    this.http ??= this.has('tcp') && looksLikeHttp(this.bytes, this.data, this.end);
    return this.http;
  }

  private readPacket(start: number): void {
    if (!this.read(IPV4, start, this.bytes.length)) return;
    const at = start + ipv4.fields.headerWords.get(this.view, start) * 4;
    this.end = Math.min(this.bytes.length, start + this.number('ip.len'));
    if (this.number('ip.frag_offset') !== 0) return;
    this.transport = at;
    switch (this.number('ip.proto')) {
      case PROTOCOL.icmp:
        this.readIcmp(at);
        break;
      case PROTOCOL.udp:
        if (this.read(UDP, at, this.end)) this.data = at + udp.size;
        break;
      case PROTOCOL.tcp:
        if (this.read(TCP, at, this.end)) this.data = at + tcp.fields.dataOffset.get(this.view, at) * 4;
        break;
      default:
    }
  }

  private readIcmp(at: number): void {
    if (!this.read(ICMP, at, this.end)) return;
    const type = this.number('icmp.type');
    if (type !== ICMP_TYPE.echoRequest && type !== ICMP_TYPE.echoReply) return;
    this.read(ICMP_ECHO, at + icmp.size, this.end);
  }

  /** Notes where a header is; false when it is not there as a whole. */
  private read(header: Header, at: number, end: number): boolean {
    if (at + header.size > end) return false;
    this.headers.push({ header, at });
    return true;
  }
}

/** A field that a node changed while it passed a packet on. */
export interface Rewrite {
  /** Filter name. */
  readonly name: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** A walk goes through its frames in order and seldom turns back: so many are kept, up to twice. */
const KEPT_FRAMES = 1000;

/** The frames of a trace; those asked for lately are not read again. */
export class Frames {
  private readonly trace: Trace;
  private recent = new Map<number, FrameFacts>();
  private older = new Map<number, FrameFacts>();

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** What the frame of a snapshot says; nothing for −1. */
  of(frame: number): FrameFacts {
    const known = this.recent.get(frame);
    if (known !== undefined) return known;
    const facts = this.older.get(frame) ?? new FrameFacts(this.bytesOf(frame));
    if (this.recent.size >= KEPT_FRAMES) {
      this.older = this.recent;
      this.recent = new Map();
    }
    this.recent.set(frame, facts);
    return facts;
  }

  private bytesOf(frame: number): Uint8Array {
    return frame < 0 ? new Uint8Array(0) : this.trace.frameBytes(frame);
  }

  /** The header fields in which two snapshots of one packet differ, outermost layer first. */
  rewrites(before: number, after: number): Rewrite[] {
    return this.of(before).changesTo(this.of(after));
  }
}
