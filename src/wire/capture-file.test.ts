// Capture files made by hand in both formats and both byte orders, whole and lying.

import { describe, expect, it } from 'vitest';
import { join } from '../../test/frames.js';
import { encodeUtf8 } from '../base/text.js';
import { readCapture } from './capture-file.js';
import { type PcapngContent, writePcapng } from './pcapng-writer.js';

const FRAME = Uint8Array.of(1, 2, 3, 4, 5);

/** Builds files in either byte order. */
function order(littleEndian: boolean) {
  const number = (size: 2 | 4, value: number) => {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    if (size === 2) view.setUint16(0, value, littleEndian);
    else view.setUint32(0, value, littleEndian);
    return bytes;
  };
  const uint16 = (value: number) => number(2, value);
  const uint32 = (value: number) => number(4, value);
  const uint64 = (high: number, low: number) =>
    littleEndian ? join(uint32(low), uint32(high)) : join(uint32(high), uint32(low));
  const padding = (length: number) => new Uint8Array((4 - (length % 4)) % 4);
  const option = (code: number, data: Uint8Array) =>
    join(uint16(code), uint16(data.length), data, padding(data.length));
  const block = (type: number, content: Uint8Array) => {
    const length = uint32(12 + content.length);
    return join(uint32(type), length, content, length);
  };
  const pcap = (magic: number, ...packets: Uint8Array[]) =>
    join(uint32(magic), uint16(2), uint16(4), uint32(0), uint32(0), uint32(65535), uint32(1), ...packets);
  const record = (seconds: number, fraction: number, length: number, original: number, bytes: Uint8Array) =>
    join(uint32(seconds), uint32(fraction), uint32(length), uint32(original), bytes);
  const section = (...options: Uint8Array[]) =>
    block(
      0x0a0d0d0a,
      join(uint32(0x1a2b3c4d), uint16(1), uint16(0), uint32(0xffffffff), uint32(0xffffffff), ...options),
    );
  const medium = (...options: Uint8Array[]) => block(1, join(uint16(1), uint16(0), uint32(0), ...options));
  const packet = (
    id: number,
    high: number,
    low: number,
    length: number,
    original: number,
    ...rest: Uint8Array[]
  ) => block(6, join(uint32(id), uint32(high), uint32(low), uint32(length), uint32(original), ...rest));
  return { uint16, uint32, uint64, padding, option, block, pcap, record, section, medium, packet };
}

const fieldsOf = (bytes: Uint8Array) => readCapture(bytes).problems.map(({ field }) => field);

describe.each([
  ['little', order(true)],
  ['big', order(false)],
])('%s-endian', (_, make) => {
  describe('pcap', () => {
    it('reads micro- and nanoseconds', () => {
      const micro = readCapture(make.pcap(0xa1b2c3d4, make.record(10, 5, 5, 60, FRAME)));
      expect(micro).toMatchObject({ format: 'pcap', problems: [], remainders: [] });
      expect(micro.packets).toEqual([
        {
          timeNs: 10_000_005_000n,
          interface: 0,
          linkType: 1,
          captured: FRAME,
          originalLength: 60,
          comments: [],
        },
      ]);
      const nano = readCapture(make.pcap(0xa1b23c4d, make.record(10, 5, 5, 5, FRAME)));
      expect(nano.packets[0]?.timeNs).toBe(10_000_000_005n);
    });

    it('names the length that lies', () => {
      expect(fieldsOf(make.pcap(0xa1b2c3d4, make.record(0, 0, 500, 500, FRAME)))).toEqual([
        'pcap.packet.included_length',
      ]);
      expect(fieldsOf(make.pcap(0xa1b2c3d4, make.record(0, 0, 5, 3, FRAME)))).toEqual([
        'pcap.packet.origin_length',
      ]);
      expect(fieldsOf(make.pcap(0xa1b2c3d4, make.record(0, 1e6, 5, 5, FRAME)))).toEqual([
        'pcap.packet.timestamp.usec',
      ]);
      expect(fieldsOf(make.pcap(0xa1b2c3d4).subarray(0, 20))).toEqual(['pcap.header']);
    });

    it('keeps what it has of a file that is cut', () => {
      const file = make.pcap(0xa1b2c3d4, make.record(0, 0, 5, 5, FRAME), make.record(0, 0, 5, 5, FRAME));
      const cut = readCapture(file.subarray(0, file.length - 10));
      expect(cut.packets.length).toBe(1);
      expect(cut.problems.map(({ field, at }) => [field, at])).toEqual([['pcap.packet', 45]]);
      expect(cut.remainders).toEqual([{ type: undefined, start: 45, end: file.length - 10 }]);
    });
  });

  describe('pcapng', () => {
    const data = join(FRAME, make.padding(5));

    it('reads interfaces with their options and packets with theirs', () => {
      const file = join(
        make.section(make.option(1, encodeUtf8('about')), make.option(4, encodeUtf8('program'))),
        make.medium(
          make.option(2, encodeUtf8('pc:eth0')),
          make.option(3, encodeUtf8('a port')),
          make.option(4, Uint8Array.of(192, 0, 2, 1, 255, 255, 255, 0)),
          make.option(6, Uint8Array.of(2, 0, 0, 0, 0, 1)),
          make.option(8, make.uint64(0, 1e9)),
          make.option(9, Uint8Array.of(9)),
          make.option(13, Uint8Array.of(4)),
          make.option(14, make.uint64(0xffffffff, 0xffffffff)),
        ),
        make.packet(
          0,
          1,
          2,
          5,
          60,
          data,
          make.option(1, encodeUtf8('one')),
          make.option(1, encodeUtf8('two')),
          make.option(2, make.uint32(2 | (4 << 5))),
          make.option(5, make.uint64(1, 2)),
          make.option(0, new Uint8Array()),
        ),
        make.block(
          5,
          join(make.uint32(0), make.uint32(0), make.uint32(0), make.option(4, make.uint64(0, 7))),
        ),
      );
      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      expect(capture).toMatchObject({ format: 'pcapng', comments: ['about'], application: 'program' });
      expect(capture.interfaces).toEqual([
        {
          linkType: 1,
          snapLength: 0,
          name: 'pc:eth0',
          description: 'a port',
          ipv4: [{ address: (192 << 24) | (2 << 8) | 1, mask: -256 }],
          mac: 0x020000000001,
          speed: 1_000_000_000n,
          fcsLength: 4,
          comments: [],
          statistics: { received: 7n },
        },
      ]);
      expect(capture.packets).toEqual([
        {
          // The offset is −1 second.
          timeNs: (1n << 32n) + 2n - 1_000_000_000n,
          interface: 0,
          linkType: 1,
          captured: FRAME,
          originalLength: 60,
          comments: ['one', 'two'],
          direction: 'outbound',
          fcsLength: 4,
          packetId: (1n << 32n) + 2n,
        },
      ]);
    });

    it('counts time in powers of ten and of two', () => {
      const at = (resolution: number, high: number, low: number) =>
        readCapture(
          join(
            make.section(),
            make.medium(make.option(9, Uint8Array.of(resolution))),
            make.packet(0, high, low, 5, 5, data),
          ),
        ).packets[0]?.timeNs;
      expect(at(6, 0, 3)).toBe(3000n);
      expect(at(0, 0, 3)).toBe(3_000_000_000n);
      expect(at(12, 0, 3999)).toBe(3n);
      expect(at(0x80 | 10, 0, 1024)).toBe(1_000_000_000n);
      expect(at(0xff, 0xffffffff, 0xffffffff)).toBe(0n);
    });

    it('reads simple and old packets, names, secrets, and keeps unknown blocks', () => {
      const name = join(Uint8Array.of(192, 0, 2, 1), encodeUtf8('host.example\0other.example\0'));
      const file = join(
        make.section(),
        make.medium(),
        make.block(3, join(make.uint32(5), data)),
        make.block(2, join(make.uint16(0), make.uint16(0), ...[0, 1, 5, 5].map(make.uint32), data)),
        make.block(4, join(make.option(1, name), make.option(0, new Uint8Array()))),
        make.block(10, join(make.uint32(0x544c534b), make.uint32(5), data)),
        make.block(0xbad, make.uint32(1)),
        // A second section counts its interfaces anew.
        make.section(),
        make.medium(make.option(2, encodeUtf8('second'))),
        make.packet(0, 0, 1, 5, 5, data),
      );
      const capture = readCapture(file);
      expect(capture.problems).toEqual([]);
      expect(capture.packets.map((packet) => [packet.interface, packet.timeNs])).toEqual([
        [0, undefined],
        [0, 1000n],
        [1, 1000n],
      ]);
      expect(capture.packets.map(({ captured }) => captured)).toEqual([FRAME, FRAME, FRAME]);
      expect(capture.names).toEqual([{ address: '192.0.2.1', names: ['host.example', 'other.example'] }]);
      expect(capture.secrets).toEqual([{ type: 0x544c534b, data: FRAME }]);
      expect(capture.remainders).toMatchObject([{ type: 0xbad }]);
    });

    it('names what lies', () => {
      const start = join(make.section(), make.medium());
      const lying = (block: Uint8Array) => fieldsOf(join(start, block));
      expect(lying(make.packet(0, 0, 0, 500, 500, data))).toEqual(['pcapng.packet.captured_length']);
      expect(lying(make.packet(0, 0, 0, 0xffffffff, 5, data))).toEqual(['pcapng.packet.captured_length']);
      expect(lying(make.packet(0, 0, 0, 5, 3, data))).toEqual(['pcapng.packet.packet_length']);
      expect(lying(make.packet(1, 0, 0, 5, 5, data))).toEqual(['pcapng.interface_id']);
      expect(lying(make.packet(0, 0, 0, 5, 5, data, make.uint16(1), make.uint16(900)))).toEqual([
        'pcapng.options.option.length',
      ]);
      expect(lying(make.block(4, join(make.uint16(1), make.uint16(900))))).toEqual([
        'pcapng.records.record.length',
      ]);
      expect(lying(make.block(10, join(make.uint32(1), make.uint32(900))))).toEqual([
        'pcapng.dsb.secrets_length',
      ]);
      expect(lying(make.block(6, make.uint32(0)))).toEqual(['pcapng.block.length']);
      expect(lying(join(make.uint32(6), make.uint32(13), make.uint32(0), make.uint32(13)))).toEqual([
        'pcapng.block.length',
      ]);
      expect(lying(join(make.uint32(6), make.uint32(900), make.uint32(0)))).toEqual(['pcapng.block.length']);
      expect(lying(join(make.uint32(99), make.uint32(12), make.uint32(16)))).toEqual([
        'pcapng.block.length_trailer',
      ]);
      expect(lying(Uint8Array.of(1, 2, 3))).toEqual(['pcapng.block']);
      expect(fieldsOf(join(make.uint32(0x0a0d0d0a), make.uint32(28), make.uint32(0)))).toEqual([
        'pcapng.section_header.byte_order_magic',
      ]);
    });
  });
});

describe('the writer', () => {
  const content: PcapngContent = {
    section: { comments: ['two nodes'], application: 'wirewalk', hardware: 'none', os: 'any' },
    interfaces: [
      {
        name: 'pc:eth0',
        description: 'pc, port eth0',
        speed: 1e9,
        mac: 0x020000000001,
        ipv4: [{ address: -1073741311, mask: -256 }],
        fcsLength: 4,
        comments: ['a port'],
      },
      { name: 'wan', linkType: 101 },
    ],
    names: [{ address: -1073741311, names: ['pc.example', 'pc'] }],
    tlsKeyLog: 'CLIENT_RANDOM 00 11\n',
    epochNs: 1_700_000_000_000_000_000n,
    packets: [
      {
        interface: 0,
        time: 5,
        bytes: FRAME,
        originalLength: 9,
        comments: ['first', 'zweite Zeile: ä'],
        direction: 'outbound',
        packetId: 77,
      },
      { interface: 1, time: 1e15, bytes: new Uint8Array(3000) },
    ],
    statistics: [{ interface: 0, startTime: 0, endTime: 10, received: 3, dropped: 1 }],
  };

  it('writes what the reader reads', () => {
    const capture = readCapture(join(...writePcapng(content)));
    expect(capture).toMatchObject({
      format: 'pcapng',
      problems: [],
      remainders: [],
      comments: ['two nodes'],
      application: 'wirewalk',
      hardware: 'none',
      os: 'any',
      names: [{ address: '192.0.2.1', names: ['pc.example', 'pc'] }],
    });
    expect(capture.interfaces).toEqual([
      {
        linkType: 1,
        snapLength: 0,
        name: 'pc:eth0',
        description: 'pc, port eth0',
        speed: 1_000_000_000n,
        mac: 0x020000000001,
        ipv4: [{ address: -1073741311, mask: -256 }],
        fcsLength: 4,
        comments: ['a port'],
        statistics: { received: 3n, dropped: 1n },
      },
      { linkType: 101, snapLength: 0, name: 'wan', ipv4: [], comments: [] },
    ]);
    expect(capture.packets).toEqual([
      {
        timeNs: 1_700_000_000_000_000_005n,
        interface: 0,
        linkType: 1,
        captured: FRAME,
        originalLength: 9,
        comments: ['first', 'zweite Zeile: ä'],
        direction: 'outbound',
        packetId: 77n,
      },
      {
        timeNs: 1_701_000_000_000_000_000n,
        interface: 1,
        linkType: 101,
        captured: new Uint8Array(3000),
        originalLength: 3000,
        comments: [],
      },
    ]);
    expect(capture.secrets.map(({ data }) => data)).toEqual([encodeUtf8('CLIENT_RANDOM 00 11\n')]);
  });

  it('cuts a comment that is too long for an option, at a character', () => {
    const long = 'ä'.repeat(40_000);
    const packets = [{ interface: 0, time: 0, bytes: FRAME, comments: [long] }];
    const capture = readCapture(join(...writePcapng({ ...content, packets })));
    expect(capture.problems).toEqual([]);
    expect(capture.packets[0]?.comments).toEqual(['ä'.repeat(32_767)]);
  });
});

describe('other files', () => {
  it('are named as such', () => {
    expect(fieldsOf(encodeUtf8('hello'))).toEqual(['pcap.header.magic_number']);
    expect(readCapture(new Uint8Array())).toMatchObject({ format: 'unknown', packets: [], remainders: [] });
  });

  it('can not fill the memory with complaints', () => {
    const make = order(true);
    const file = join(make.section(), ...Array.from({ length: 3000 }, () => make.packet(9, 0, 0, 0, 0)));
    expect(readCapture(file).problems.length).toBe(1000);
  });
});
