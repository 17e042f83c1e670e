// What a capture file holds, whichever format it has: packets with their times, the interfaces they were seen on, and
// what else the file tells.

import type { Problem } from './dissection.js';

/** Something wrong in the file; `field` is Wireshark's name of the field that lies. */
export interface CaptureProblem extends Problem {
  /** Byte of the file where the field stands. */
  readonly at: number;
}

/** Where packets were seen. */
export interface CaptureInterface {
  /** From the registry of link types; 1 is Ethernet. */
  readonly linkType: number;
  /** The most bytes of a packet that were kept; 0 when there is no limit. */
  readonly snapLength: number;
  /** Bytes of frame check sequence at the end of each packet; undefined when the file does not say. */
  readonly fcsLength?: number;
  readonly name?: string;
  readonly description?: string;
  /** Bits per second. */
  readonly speed?: bigint;
  /** As {@link Mac}. */
  readonly mac?: number;
  /** As {@link Ipv4}, each with its netmask. */
  readonly ipv4: readonly { readonly address: number; readonly mask: number }[];
  readonly comments: readonly string[];
  /** What the interface counted, from the last report in the file. */
  readonly statistics?: CaptureStatistics;
}

/** Counters of an interface, as far as the file has them. */
export interface CaptureStatistics {
  readonly received?: bigint;
  readonly dropped?: bigint;
}

/** One packet. */
export interface CapturePacket {
  /** Nanoseconds since 1970-01-01 00:00 UTC; undefined when the file keeps no times. */
  readonly timeNs: bigint | undefined;
  /** Index into the capture's interfaces. */
  readonly interface: number;
  readonly linkType: number;
  /** The bytes that were kept: a view of the file's bytes. */
  readonly captured: Uint8Array;
  /** How long the packet was on the wire, in bytes. */
  readonly originalLength: number;
  readonly comments: readonly string[];
  readonly direction?: 'inbound' | 'outbound';
  /** The same for one packet seen at several interfaces. */
  readonly packetId?: bigint;
  /** Bytes of frame check sequence at the end, when this packet says so itself. */
  readonly fcsLength?: number;
}

/** An address and the names it has, as the file tells. */
export interface CaptureName {
  /** IPv4 or IPv6, as text. */
  readonly address: string;
  readonly names: readonly string[];
}

/** Keys that open encrypted traffic. */
export interface CaptureSecrets {
  /** `TLSK` as a number for a TLS key log. */
  readonly type: number;
  readonly data: Uint8Array;
}

/** A part of the file that is kept as it is: a block of an unknown type, or bytes behind a lie. */
export interface CaptureRemainder {
  /** The block's type; undefined for bytes that are no block. */
  readonly type: number | undefined;
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
}

/** A capture file. */
export interface Capture {
  readonly format: 'pcap' | 'pcapng' | 'unknown';
  readonly packets: readonly CapturePacket[];
  readonly interfaces: readonly CaptureInterface[];
  readonly names: readonly CaptureName[];
  readonly secrets: readonly CaptureSecrets[];
  /** Of the file as a whole. */
  readonly comments: readonly string[];
  readonly application?: string;
  readonly hardware?: string;
  readonly os?: string;
  readonly remainders: readonly CaptureRemainder[];
  readonly problems: readonly CaptureProblem[];
}

/** More problems than this are not listed, so that a hostile file can not fill the memory with them. */
const PROBLEMS_MAXIMUM = 1000;

/** Adds a problem, unless there are too many already. */
export function addProblem(
  problems: CaptureProblem[],
  severity: CaptureProblem['severity'],
  field: string,
  at: number,
  text: string,
): void {
  if (problems.length < PROBLEMS_MAXIMUM) problems.push({ severity, field, at, text });
}
