// DNS of real programs: read without complaint, written again to the same meaning, and told as tshark tells it.

import { describe, expect, it } from 'vitest';
import {
  type CapturedPayload,
  describeWithCaptures,
  payloadsOf,
  tsharkLinesOf,
} from '../../../test/capture-payloads.js';
import { tilingFaults } from '../../../test/tiling.js';
import { dissectDns } from './dissect-dns.js';
import { readDnsMessage, writeDnsMessage } from './message.js';

const GOOD = [
  'app/arkime__dns-error.pcap',
  'app/arkime__dns-tcp.pcap',
  'app/arkime__dns-udp.pcap',
  'app/tcpdump__dns_udp.pcap',
  'app/tcpdump__dnssec.pcap',
  'robust/ndpi__dns_long_domainname.pcap',
  'robust/tcpdump__dns-badvers.pcap',
];
const BROKEN = [
  'robust/tcpdump__dns-zlip-1.pcap',
  'robust/tcpdump__dns-zlip-2.pcap',
  'robust/tcpdump__dns_fwdptr.pcap',
];

/** The DNS messages of a capture; over TCP one per segment, behind its length. */
function messagesOf(capture: string): CapturedPayload[] {
  return payloadsOf(capture)
    .filter(
      ({ sourcePort, destinationPort, bytes }) =>
        (sourcePort === 53 || destinationPort === 53) && bytes.length > 0,
    )
    .map((payload) =>
      payload.protocol === 'udp' ? payload : { ...payload, bytes: payload.bytes.subarray(2) },
    );
}

describeWithCaptures('DNS captures', () => {
  describe.each(GOOD)('%s', (capture) => {
    const messages = messagesOf(capture);

    it('has messages, all read without complaint and written to the same meaning', () => {
      expect(messages.length).toBeGreaterThan(0);
      for (const { bytes } of messages) {
        const { message, problems, rest } = readDnsMessage(bytes);
        expect(problems).toEqual([]);
        expect(rest).toHaveLength(0);
        expect(readDnsMessage(writeDnsMessage(message)).message).toEqual(message);
        expect(readDnsMessage(writeDnsMessage(message, { compress: false })).message).toEqual(message);
      }
    });

    it('is told as tshark tells it', () => {
      const lines = tsharkLinesOf(capture);
      for (const { frame, bytes } of messages) {
        const layer = dissectDns(bytes, 0, bytes.length);
        expect(tilingFaults({ layers: [layer], length: bytes.length })).toEqual([]);
        expect(layer.summary).toBe(lines.get(frame)?.info);
      }
    });
  });

  it.each(BROKEN)('%s is dissected whole, with the lie named', (capture) => {
    for (const { bytes } of messagesOf(capture)) {
      const layer = dissectDns(bytes, 0, bytes.length);
      expect(tilingFaults({ layers: [layer], length: bytes.length })).toEqual([]);
      expect(layer.problems.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });

  it('names the pointers of the zip bomb captures', () => {
    const texts = BROKEN.flatMap(messagesOf).flatMap(({ bytes }) =>
      readDnsMessage(bytes).problems.map(({ text }) => text),
    );
    expect(texts.some((text) => text.includes('not to an earlier name'))).toBe(true);
  });
});
