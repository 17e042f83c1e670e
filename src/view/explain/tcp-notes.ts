// What has to be remembered of TCP connections to tell them: where counting begins, and what was acknowledged last.
// Reading list: RFC 9293 §3.4 (sequence numbers).

import { seqDiff, seqLess } from '../../base/sequence.js';
import { ETHERNET_HEADER } from '../../wire/ethernet.js';
import { ETHERTYPE, PROTOCOL } from '../../wire/iana.js';
import { readUint16 } from '../../wire/octets.js';
import { formatTcpFlags, TCP_FLAG } from '../../wire/tcp.js';
import type { Story } from '../story.js';
import type { FrameFacts, Frames } from './facts.js';

/** A segment in numbers that begin with 0 at the SYN. */
export interface SegmentNotes {
  readonly flags: number;
  /** `SYN`, `SYN, ACK`, `ACK`, … */
  readonly flagNames: string;
  readonly from: string;
  readonly to: string;
  /** Relative to the initial number when the SYN was seen, raw otherwise. */
  readonly sequence: number;
  readonly acknowledgment: number;
  /** The raw sequence number. */
  readonly rawSequence: number;
  /** Bytes of data. */
  readonly length: number;
}

export class TcpNotes {
  /** Initial sequence numbers by `address:port>address:port`. */
  private readonly initial = new Map<string, number>();
  private readonly acknowledged = new Map<string, number>();

  constructor(story: Story, frames: Frames) {
    for (const event of story.events) {
      if (event.kind !== 'frame-sent' || !isSyn(story.trace.frameBytes(event.frame))) continue;
      const facts = frames.of(event.frame);
      this.initial.set(wayOf(facts).join('>'), facts.number('tcp.seq_raw'));
    }
  }

  read(facts: FrameFacts): SegmentNotes {
    const [from, to] = wayOf(facts);
    const flags = facts.number('tcp.flags');
    const sequence = facts.number('tcp.seq_raw');
    const acknowledgment = facts.number('tcp.ack_raw');
    const own = this.initial.get(`${from}>${to}`);
    const other = this.initial.get(`${to}>${from}`);
    const isAck = (flags & TCP_FLAG.ack) !== 0;
    return {
      flags,
      flagNames: formatTcpFlags(flags) || 'no flags',
      from,
      to,
      sequence: own === undefined ? sequence : seqDiff(sequence, own) >>> 0,
      acknowledgment: !isAck
        ? 0
        : other === undefined
          ? acknowledgment
          : seqDiff(acknowledgment, other) >>> 0,
      rawSequence: sequence,
      length: facts.number('tcp.len'),
    };
  }

  /** Notes what a sender acknowledges; true when it is more than before. */
  noteAcknowledgment(facts: FrameFacts): boolean {
    return this.note(facts, wayOf(facts).join('>'));
  }

  /** Notes what has arrived as an acknowledgment; true when it is more than before. */
  noteArrival(facts: FrameFacts): boolean {
    return this.note(facts, `arrived ${wayOf(facts).join('>')}`);
  }

  private note(facts: FrameFacts, key: string): boolean {
    const number = facts.number('tcp.ack_raw');
    const before = this.acknowledged.get(key);
    if (facts.get('tcp.flags.ack') !== true || (before !== undefined && !seqLess(before, number)))
      return false;
    this.acknowledged.set(key, number);
    return true;
  }
}

function wayOf(facts: FrameFacts): [from: string, to: string] {
  return [
    `${facts.text('ip.src')}:${facts.text('tcp.srcport')}`,
    `${facts.text('ip.dst')}:${facts.text('tcp.dstport')}`,
  ];
}

/** Looks only as far as needed: most frames of a long trace are no SYN. */
function isSyn(bytes: Uint8Array): boolean {
  const header = ETHERNET_HEADER + ((bytes[ETHERNET_HEADER] ?? 0) & 15) * 4;
  return (
    bytes.length > header + 13 &&
    readUint16(bytes, 12) === ETHERTYPE.ipv4 &&
    bytes[ETHERNET_HEADER + 9] === PROTOCOL.tcp &&
    (bytes[header + 13] & TCP_FLAG.syn) !== 0
  );
}
