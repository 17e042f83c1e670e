// What a frame says, by filter name, as far as sentences need it: the fixed headers, read in place. The whole dissection
// is left to those who show every field.
// Reading list: that of each header in wire/.

import type { Trace } from '../../trace/recorder.js';
import { arp } from '../../wire/arp.js';
import { dissect } from '../../wire/dissect.js';
import { type FieldValue, fieldValue, formatField } from '../../wire/dissection.js';
import { ethernet } from '../../wire/ethernet.js';
import { looksLikeHttp } from '../../wire/http-dissect.js';
import { ETHERTYPE, ICMP_TYPE, PORT, PROTOCOL } from '../../wire/iana.js';
import { icmp, icmpEcho } from '../../wire/icmp.js';
import { ipv4 } from '../../wire/ipv4.js';
import type { Field, Layout } from '../../wire/layout.js';
import { tcp } from '../../wire/tcp.js';
import { udp } from '../../wire/udp.js';

type Protocol = 'eth' | 'arp' | 'ip' | 'icmp' | 'udp' | 'tcp' | 'dns' | 'http';

interface Reading {
  readonly field: Field;
  readonly number: number;
}

/** A frame as sentences need it; empty when the trace keeps no bytes. */
export class FrameFacts {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly protocols = new Set<Protocol>();
  private readonly readings = new Map<string, Reading>();
  private readonly derived = new Map<string, FieldValue>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!this.read('eth', ethernet, 0, bytes.length)) return;
    const type = this.number('eth.type');
    if (type === ETHERTYPE.arp) this.read('arp', arp, ethernet.size, bytes.length);
    else if (type === ETHERTYPE.ipv4) this.readPacket(ethernet.size);
  }

  /** Is there a layer of this protocol? */
  has(protocol: Protocol): boolean {
    return this.protocols.has(protocol);
  }

  /** The value of a field, as display filters compare it; undefined when the frame has none. */
  get(name: string): FieldValue | undefined {
    const reading = this.readings.get(name);
    return reading === undefined ? this.derived.get(name) : fieldValue(reading.field, reading.number);
  }

  /** The value as text; `?` when the frame has no such field. */
  text(name: string): string {
    return String(this.get(name) ?? '?');
  }

  /** The value as a number, 0 when the frame has no such field. */
  number(name: string): number {
    return this.readings.get(name)?.number ?? Number(this.derived.get(name) ?? 0);
  }

  /** The line a packet list would show for a layer; undefined without one. */
  summaryOf(protocol: Protocol): string | undefined {
    return dissect(this.bytes).layers.find((layer) => layer.protocol === protocol)?.summary;
  }

  /** Header fields in which another snapshot of the same packet differs, outermost layer first. */
  changesTo(other: FrameFacts): Rewrite[] {
    const rewrites: Rewrite[] = [];
    for (const [name, { field, number }] of this.readings) {
      const after = other.readings.get(name)?.number;
      if (after === undefined || after === number) continue;
      const { label } = field;
      rewrites.push({ name, label, before: formatField(field, number), after: formatField(field, after) });
    }
    return rewrites;
  }

  private readPacket(start: number): void {
    if (!this.read('ip', ipv4, start, this.bytes.length)) return;
    const at = start + ipv4.fields.headerWords.get(this.view, start) * 4;
    const end = Math.min(this.bytes.length, start + this.number('ip.len'));
    if (this.number('ip.frag_offset') !== 0) return;
    switch (this.number('ip.proto')) {
      case PROTOCOL.icmp:
        this.readIcmp(at, end);
        break;
      case PROTOCOL.udp:
        if (this.read('udp', udp, at, end)) this.readDns(at + udp.size, end);
        break;
      case PROTOCOL.tcp:
        if (this.read('tcp', tcp, at, end)) this.readSegment(at, end);
        break;
      default:
    }
  }

  private readIcmp(at: number, end: number): void {
    if (!this.read('icmp', icmp, at, end)) return;
    const type = this.number('icmp.type');
    if (type !== ICMP_TYPE.echoRequest && type !== ICMP_TYPE.echoReply) return;
    this.read('icmp', icmpEcho, at + icmp.size, end);
  }

  private readDns(at: number, end: number): void {
    const isDns = [this.number('udp.srcport'), this.number('udp.dstport')].includes(PORT.domain);
    if (!isDns || end - at < 12) return;
    this.protocols.add('dns');
    this.derived.set('dns.flags.response', (this.view.getUint8(at + 2) & 0x80) !== 0);
  }

  private readSegment(at: number, end: number): void {
    const payload = at + tcp.fields.dataOffset.get(this.view, at) * 4;
    this.derived.set('tcp.flags', this.view.getUint16(at + 12) & 0xfff);
    this.derived.set('tcp.len', Math.max(0, end - payload));
    if (!looksLikeHttp(this.bytes, payload, end)) return;
    this.protocols.add('http');
    // A response begins with its version, a request with its method.
    this.derived.set('http.response', this.bytes[payload] === 0x48 && this.bytes[payload + 4] === 0x2f);
  }

  /** Reads a fixed header; false when it is not there as a whole. */
  private read<Name extends string>(
    protocol: Protocol,
    header: Layout<Name>,
    at: number,
    end: number,
  ): boolean {
    if (at + header.size > end) return false;
    this.protocols.add(protocol);
    for (const field of Object.values(header.fields) as Field[]) {
      this.readings.set(field.filter, { field, number: field.get(this.view, at) });
    }
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

/** The frames of a trace, each read at most once. */
export class Frames {
  private readonly trace: Trace;
  private readonly known = new Map<number, FrameFacts>();

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** What the frame of a snapshot says; nothing for −1. */
  of(frame: number): FrameFacts {
    let facts = this.known.get(frame);
    if (facts === undefined) {
      facts = new FrameFacts(frame < 0 ? new Uint8Array(0) : this.trace.frameBytes(frame));
      this.known.set(frame, facts);
    }
    return facts;
  }

  /** The header fields in which two snapshots of one packet differ, outermost layer first. */
  rewrites(before: number, after: number): Rewrite[] {
    return this.of(before).changesTo(this.of(after));
  }
}
