// The captures we write, as tshark reads them: interfaces, times, comments, directions, packet ids, names, statistics.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { maskOf } from '../src/base/address.js';
import { withFcs } from '../src/wire/ethernet.js';
import { type PcapngContent, writePcapng } from '../src/wire/pcapng-writer.js';
import { CLIENT, CLIENT_MAC, ethernetFrame, ipv4Packet, join, SERVER, udpDatagram } from './frames.js';
import { describeWithJudge } from './judge.js';
import { plain, readWithTshark, runTshark } from './tshark.js';

const frame = ethernetFrame(ipv4Packet(udpDatagram(Uint8Array.of(1, 2, 3))));

const CONTENT: PcapngContent = {
  section: { comments: ['A small world.'], application: 'wirewalk' },
  interfaces: [
    {
      name: 'pc:eth0',
      description: 'pc, port eth0',
      mac: CLIENT_MAC,
      ipv4: [{ address: CLIENT, mask: maskOf(24) }],
      speed: 1e9,
    },
    { name: 'sw:p1', fcsLength: 4 },
  ],
  names: [{ address: SERVER, names: ['www.shop.example'] }],
  tlsKeyLog: `CLIENT_RANDOM ${'00'.repeat(32)} ${'11'.repeat(48)}\n`,
  epochNs: 1_800_000_000_000_000_000n,
  packets: [
    {
      interface: 0,
      time: 1,
      bytes: frame,
      comments: ['1a The pc asks.', 'Nobody knows: ????'],
      direction: 'outbound',
      packetId: 42,
    },
    { interface: 1, time: 2_000_000_123, bytes: withFcs(frame), direction: 'inbound', packetId: 42 },
    { interface: 0, time: 3_000_000_000, bytes: frame.subarray(0, 40), originalLength: frame.length },
  ],
  statistics: [{ interface: 0, startTime: 0, endTime: 4_000_000_000, received: 2, dropped: 0 }],
};

describeWithJudge('tshark', 'a capture of ours', (tshark) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-pcapng-'));
  const file = path.join(folder, 'world.pcapng');
  beforeAll(() => writeFileSync(file, join(...writePcapng(CONTENT))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has its interfaces, times, comments, directions and ids', async () => {
    const fields = [
      'frame.interface_name',
      'frame.interface_description',
      'frame.time_epoch',
      'frame.comment',
      'frame.packet_flags_direction',
      'frame.packet_id',
      'frame.cap_len',
      'frame.len',
      'eth.fcs.status',
    ];
    const frames = await readWithTshark(tshark, file, fields);
    const whole = String(frame.length);
    expect(frames.map((one) => Object.values(one).map((values) => values.map(plain).join('|')))).toEqual([
      [
        ...['pc:eth0', 'pc, port eth0', '1800000000.000000001', '1a The pc asks.|Nobody knows: ????'],
        ...['2', '42', whole, whole, ''],
      ],
      [
        'sw:p1',
        '',
        '1800000002.000000123',
        '',
        '1',
        '42',
        String(frame.length + 4),
        String(frame.length + 4),
        '1',
      ],
      ['pc:eth0', 'pc, port eth0', '1800000003.000000000', '', '', '', '40', whole, ''],
    ]);
  });

  it('has nothing malformed and no bad checksum in it', async () => {
    const complaints = await runTshark(
      tshark,
      file,
      ...[
        '-Y',
        '_ws.malformed || _ws.expert.severity >= "Warning" || eth.fcs.status == 0 || ip.checksum.status == 0',
      ],
    );
    expect(complaints).toBe('');
  });

  it('brings its names along', async () => {
    expect(await runTshark(tshark, file, '-q', '-z', 'hosts')).toContain('198.51.100.7\twww.shop.example');
  });
});
