// What a packet is called in a sentence.

import { ICMP_TYPE_NAMES } from '../../wire/iana.js';
import { TCP_FLAG } from '../../wire/tcp.js';
import type { Context } from './context.js';
import type { FrameFacts } from './facts.js';

/** `the DNS query`, `the SYN, ACK`, `the HTTP response`, `the packet`. */
export function packetNoun(context: Context, facts: FrameFacts): string {
  if (facts.has('arp')) return facts.number('arp.opcode') === 1 ? 'the ARP request' : 'the ARP reply';
  if (facts.number('ip.frag_offset') > 0) return 'the fragment';
  if (facts.has('dns')) return facts.get('dns.flags.response') === true ? 'the DNS answer' : 'the DNS query';
  if (facts.has('http'))
    return facts.get('http.response') === true ? 'the HTTP response' : 'the HTTP request';
  if (facts.has('tcp')) {
    const { flags, flagNames, length } = context.tcp.read(facts);
    if (length === 0 || (flags & (TCP_FLAG.syn | TCP_FLAG.fin | TCP_FLAG.rst)) !== 0)
      return `the ${flagNames}`;
    return 'the TCP segment';
  }
  if (facts.has('icmp'))
    return `the ICMP ${(ICMP_TYPE_NAMES[facts.number('icmp.type')] ?? 'message').toLowerCase()}`;
  if (facts.has('udp')) return 'the UDP datagram';
  return facts.has('ip') ? 'the packet' : 'the frame';
}
