// The laws every codec keeps, tried on all of them: writing what was read gives the same bytes; no input, whole, cut
// short or damaged, makes a reader throw; and the fields of a dissection cover every bit exactly once.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arpMessage,
  echoRequest,
  ethernetFrame,
  headerOf,
  icmpMessage,
  ipv4Packet,
  join,
  tcpSegment,
  udpDatagram,
} from '../../test/frames.js';
import { tilingFaults } from '../../test/tiling.js';
import { encodeUtf8 } from '../base/text.js';
import { arp } from './arp.js';
import { readCapture } from './capture-file.js';
import { dissect } from './dissect.js';
import { dns, newDnsMessage, readDnsMessage, writeDnsMessage } from './dns/message.js';
import { ethernet, ethernet802, vlan, withFcs } from './ethernet.js';
import { ETHERTYPE, PROTOCOL } from './iana.js';
import {
  icmp,
  icmpEcho,
  icmpExtendedEcho,
  icmpExtension,
  icmpExtensionObject,
  icmpParameterProblem,
  icmpRedirect,
  icmpTimeExceeded,
  icmpTimestamp,
  icmpUnreachable,
} from './icmp.js';
import { ipv4 } from './ipv4.js';
import { readIpv4Options, writeIpv4Options } from './ipv4-options.js';
import type { Layout } from './layout.js';
import { linuxCooked, ppp } from './link-types.js';
import { writePcapng } from './pcapng-writer.js';
import { tcp } from './tcp.js';
import { readTcpOptions, writeTcpOptions } from './tcp-options.js';
import { udp } from './udp.js';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const LAYOUTS: Readonly<Record<string, Layout<string>>> = {
  ethernet,
  ethernet802,
  vlan,
  arp,
  ipv4,
  icmp,
  icmpEcho,
  icmpUnreachable,
  icmpTimeExceeded,
  icmpParameterProblem,
  icmpRedirect,
  icmpTimestamp,
  icmpExtendedEcho,
  icmpExtension,
  icmpExtensionObject,
  udp,
  tcp,
  dns,
  linuxCooked,
  ppp,
};

describe.each(Object.entries(LAYOUTS))('the header %s', (_, layout) => {
  const bytesOfSize = fc.uint8Array({ minLength: layout.size, maxLength: layout.size });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(bytesOfSize, (bytes) => {
        const written = new Uint8Array(layout.size);
        layout.write(viewOf(written), 0, layout.read(viewOf(bytes), 0));
        expect(written).toEqual(bytes);
      }),
    );
  });

  it('sets a field without touching its neighbours', () => {
    fc.assert(
      fc.property(
        bytesOfSize,
        bytesOfSize,
        fc.constantFrom(...Object.keys(layout.fields)),
        (bytes, other, name) => {
          const before = layout.read(viewOf(bytes), 0);
          const value = layout.fields[name]?.get(viewOf(other), 0) as number;
          layout.fields[name]?.set(viewOf(bytes), 0, value);
          expect(layout.read(viewOf(bytes), 0)).toEqual({ ...before, [name]: value });
        },
      ),
    );
  });

  it('has fields that fill it', () => {
    let bit = 0;
    for (const field of Object.values(layout.fields)) {
      expect(field.bitOffset).toBe(bit);
      bit += field.bits;
    }
    expect(bit).toBe(layout.size * 8);
  });
});

/** Codecs of variable parts: any bytes at all, read and written again. */
const REWRITES: Readonly<Record<string, (bytes: Uint8Array, start: number, end: number) => Uint8Array>> = {
  'TCP options': (bytes, start, end) => writeTcpOptions(readTcpOptions(bytes, start, end).options),
  'IPv4 options': (bytes, start, end) => writeIpv4Options(readIpv4Options(bytes, start, end).options),
};

/** Bytes that look like options often enough to get past the first one. */
const optionBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        [0],
        [1],
        [2, 4, 5, 180],
        [3, 3, 7],
        [4, 2],
        [5, 10, 1, 2, 3, 4, 5, 6, 7, 8],
        [148, 4, 0, 0],
      ),
      fc.constantFrom(
        [7, 7, 4, 0, 0, 0, 0],
        [68, 8, 5, 0, 1, 2, 3, 4],
        [34, 2],
        [28, 4, 128, 1],
        [131, 3, 4],
      ),
      fc.array(fc.nat(255), { maxLength: 6 }),
    ),
    { maxLength: 10 },
  )
  .map((parts) => Uint8Array.from(parts.flat()));

describe.each(Object.entries(REWRITES))('%s', (_, rewrite) => {
  it('are written as they were read, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(optionBytes, fc.uint8Array({ maxLength: 64 })), fc.nat(7), (bytes, start) => {
        const framed = join(new Uint8Array(start), bytes, [1, 2, 3]);
        expect(rewrite(framed, start, start + bytes.length)).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

const QUERY = newDnsMessage({ id: 7, questions: [{ name: 'host.example', type: 1, class: 1 }] });
const QUERY_BYTES = writeDnsMessage(QUERY);
const REQUEST = encodeUtf8('POST /a HTTP/1.1\r\nHost: host.example\r\nContent-Length: 2\r\n\r\nok');
const SYN_OPTIONS = writeTcpOptions([
  { kind: 'mss', value: 1460 },
  { kind: 'timestamps', value: 1, echo: 2 },
  { kind: 'sack', blocks: [{ left: 1, right: 2 }] },
]);
const ROUTE = writeIpv4Options([{ kind: 'record-route', pointer: 8, addresses: [1, 2] }]);
const QUERY_PACKET = ipv4Packet(udpDatagram(QUERY_BYTES, { destinationPort: 53 }));
const overTcp = (payload: Uint8Array, destinationPort: number, options?: Uint8Array) =>
  ethernetFrame(
    ipv4Packet(tcpSegment(payload, { destinationPort, ack: 1 }, options), { protocol: PROTOCOL.tcp }),
  );

const FRAMES: Readonly<Record<string, Uint8Array>> = {
  ARP: join(ethernetFrame(arpMessage(), { etherType: ETHERTYPE.arp }), new Uint8Array(18)),
  'DNS over UDP': ethernetFrame(QUERY_PACKET),
  'DNS over TCP': overTcp(join([0, QUERY_BYTES.length], QUERY_BYTES), 53),
  HTTP: overTcp(REQUEST, 80),
  SYN: overTcp(new Uint8Array(), 80, SYN_OPTIONS),
  'IPv4 options': ethernetFrame(ipv4Packet(udpDatagram(Uint8Array.of(1)), {}, ROUTE)),
  echo: ethernetFrame(ipv4Packet(echoRequest(Uint8Array.of(1, 2)), { protocol: PROTOCOL.icmp })),
  'ICMP error': ethernetFrame(
    ipv4Packet(
      icmpMessage(
        11,
        0,
        join(
          headerOf(icmpTimeExceeded, { quotedWords: 32 }),
          QUERY_PACKET,
          new Uint8Array(128 - QUERY_PACKET.length),
          [0x20, 0, 0, 0, 0, 8, 1, 1, 1, 2, 3, 4],
        ),
      ),
      { protocol: PROTOCOL.icmp },
    ),
  ),
  VLAN: join(ethernetFrame(new Uint8Array(), { etherType: ETHERTYPE.vlan }), [0x20, 5, 8, 0], QUERY_PACKET),
  'IEEE 802.3': ethernetFrame(Uint8Array.of(0x42, 0x42, 3, 0), { etherType: 3 }),
};

const options = fc.record(
  {
    fcs: fc.boolean(),
    originalLength: fc.nat(3000),
    linkType: fc.constantFrom(1, 9, 101, 113, 228, 4711),
  },
  { requiredKeys: [] },
);

describe('dissection', () => {
  it.each(Object.entries(FRAMES))('covers %s whole, cut anywhere, and with any bit turned', (_, frame) => {
    for (let length = 0; length <= frame.length; length++) {
      const cut = frame.subarray(0, length);
      expect(tilingFaults(dissect(cut))).toEqual([]);
      expect(tilingFaults(dissect(cut, { originalLength: frame.length, fcs: true }))).toEqual([]);
    }
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const damaged = frame.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      expect(tilingFaults(dissect(damaged))).toEqual([]);
    }
  });

  it('covers any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), options, (bytes, given) => {
        expect(tilingFaults(dissect(bytes, given))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('covers frames with any bytes overwritten', () => {
    const edits = fc.array(fc.tuple(fc.nat(250), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(FRAMES)), edits, options, (frame, changes, given) => {
        const damaged = frame.slice();
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        expect(tilingFaults(dissect(damaged, given))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads a frame the same wherever its bytes lie', () => {
    for (const frame of Object.values(FRAMES)) {
      const elsewhere = join([9, 9, 9], frame, [9]).subarray(3, 3 + frame.length);
      expect(dissect(elsewhere)).toEqual(dissect(frame));
      expect(dissect(withFcs(frame), { fcs: true }).layers.flatMap((layer) => layer.problems)).toEqual(
        dissect(frame).layers.flatMap((layer) => layer.problems),
      );
    }
  });
});

describe('DNS messages', () => {
  it('are the same after writing and reading', () => {
    expect(readDnsMessage(QUERY_BYTES).message).toEqual(QUERY);
  });

  it('can be read from any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void readDnsMessage(bytes)));
  });
});

describe('capture files', () => {
  const blocks = [
    ...writePcapng({
      section: { comments: ['a test'], application: 'tests' },
      interfaces: [{ name: 'pc:eth0', mac: 2, ipv4: [{ address: 1, mask: 2 }], speed: 1e9 }],
      names: [{ address: 1, names: ['host.example'] }],
      tlsKeyLog: 'CLIENT_RANDOM 00 00\n',
      epochNs: 1_700_000_000_000_000_000n,
      packets: Object.values(FRAMES).map((bytes, index) => ({
        interface: 0,
        time: index,
        bytes,
        comments: ['one', 'two'],
        direction: 'inbound' as const,
        packetId: index,
      })),
      statistics: [{ interface: 0, startTime: 0, endTime: 9, received: 10, dropped: 0 }],
    }),
  ];
  const file = join(...blocks);

  it('can be read cut anywhere, and never lose a byte', () => {
    for (let length = 0; length <= file.length; length++) {
      const capture = readCapture(file.subarray(0, length));
      const whole = blocks.reduce(
        (sum, block) => (sum + block.length <= length ? sum + block.length : sum),
        0,
      );
      if (length > 3) expect(capture.remainders.at(-1)?.end ?? length).toBe(length);
      if (capture.format === 'pcapng' && whole < length) expect(capture.problems.length).toBeGreaterThan(0);
    }
  });

  it('can be read with any bytes overwritten', () => {
    const edits = fc.array(fc.tuple(fc.nat(file.length - 1), fc.constantFrom(0, 1, 4, 127, 128, 255)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const damaged = file.slice();
        for (const [at, value] of changes) damaged[at] = value;
        const capture = readCapture(damaged);
        for (const packet of capture.packets) expect(packet.captured.buffer).toBe(damaged.buffer);
      }),
      { numRuns: 1000 },
    );
  });

  it('can be read from any bytes behind a magic number', () => {
    const magic = fc.constantFrom(
      [0xd4, 0xc3, 0xb2, 0xa1],
      [0xa1, 0xb2, 0x3c, 0x4d],
      [0x0a, 0x0d, 0x0d, 0x0a],
      [],
    );
    fc.assert(
      fc.property(
        magic,
        fc.uint8Array({ maxLength: 100 }),
        (start, rest) => void readCapture(join(start, rest)),
      ),
      { numRuns: 1000 },
    );
  });
});
