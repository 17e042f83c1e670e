// What tshark says to the captures of our labs: nothing malformed, no bad checksum, nothing to complain about.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCapture } from '../src/wire/capture-file.js';
import { Folder, plainEnvironment, program, wirewalk } from './cli.js';
import { describeWithJudge } from './judge.js';

/** For each lab, a place that sees a whole conversation, and how many frames pass there. */
const VANTAGE_POINTS = [
  { lab: 'nat-http', at: 'isp:eth1', frames: 12 },
  { lab: 'nat-http', at: 'pc:eth0', frames: 12 },
  { lab: 'three-routers', at: 'A:eth0', frames: 12 },
  { lab: 'campus', at: 'alice:eth0', frames: 22 },
];

const CHECKS = [
  ...['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]),
  ...['-o', 'eth.check_fcs:TRUE'],
];
const BAD_CHECKSUM = ['ip', 'tcp', 'udp', 'icmp']
  .map((protocol) => `${protocol}.checksum.status == "Bad"`)
  .join(' || ');
/** Chats and notes tell of ordinary things, such as a connection that is closed; from here on tshark complains. */
const WARNING = 0x600000;
/** Stands between the values of a field that a frame has several times. */
const SEPARATOR = '\x1f';
/** Each frame by itself: where one segment is seen at many places, following the stream makes no sense. */
const BY_ITSELF = ['-o', 'tcp.analyze_sequence_numbers:FALSE', '-o', 'tcp.desegment_tcp_streams:FALSE'];
/**
 * The facts of nat-http give two cards an address whose first octet is odd, as only groups have it. It is the one thing
 * tshark has to say about that lab, and it is right (docs/decisions/0003-machines-with-group-addresses.md).
 */
const GROUP_SOURCE = 'Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)';

const folder = new Folder();
afterAll(() => folder.remove());

async function capture(name: string, ...args: string[]): Promise<string> {
  const file = folder.file(`${name.replaceAll(':', '-')}.pcapng`);
  const { code, stderr } = await wirewalk(['capture', ...args, '-w', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return file;
}

/** The values of one cell. */
const valuesOf = (cell: string): string[] => (cell === '' ? [] : cell.split(SEPARATOR));

/** What a judge prints, line by line. */
function ask(judge: string, ...args: string[]): string[] {
  const output = execFileSync(judge, args, {
    encoding: 'utf8',
    env: plainEnvironment({ HOME: folder.path, LC_ALL: 'C.UTF-8' }),
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return output.split('\n').filter((line) => line !== '');
}

describeWithJudge('tshark', 'tshark reads', (tshark) => {
  const read = (file: string, ...args: string[]) => ask(tshark, '-r', file, ...CHECKS, ...args);
  const fields = (file: string, ...names: string[]) =>
    read(file, '-T', 'fields', '-E', `aggregator=${SEPARATOR}`, ...names.flatMap((name) => ['-e', name])).map(
      (line) => line.split('\t'),
    );

  describe.each(VANTAGE_POINTS)('$lab at $at', ({ lab, at, frames }) => {
    let file = '';
    beforeAll(async () => {
      file = await capture(`${lab} ${at}`, lab, '-i', at);
    });

    it('finds nothing malformed and nothing to complain about', () => {
      const rows = fields(file, '_ws.expert.severity', '_ws.expert.message').map((cells) =>
        cells.map(valuesOf),
      );
      const complaints = rows.flatMap(([severities = [], messages = []]) =>
        messages.filter((_, index) => Number(severities[index]) >= WARNING),
      );
      expect(complaints.filter((text) => lab !== 'nat-http' || text !== GROUP_SOURCE)).toEqual([]);
      expect(read(file, '-Y', '_ws.malformed')).toEqual([]);
    });

    it('finds no bad checksum, and has looked', () => {
      expect(read(file, '-Y', BAD_CHECKSUM)).toEqual([]);
      const verified = read(file, '-Y', 'ip.checksum.status == "Good"').length;
      expect(verified).toBe(read(file, '-Y', 'ip').length);
      expect(verified).toBeGreaterThan(0);
    });

    it('counts the frames we count, once each', () => {
      expect(read(file)).toHaveLength(frames);
      const ids = fields(file, 'frame.packet_id').map(([id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('shows the interface, its direction, and our sentences', () => {
      const rows = fields(file, 'frame.interface_name', 'frame.packet_flags_direction', 'frame.comment');
      for (const [name, direction, comment] of rows) {
        expect(name).toBe(at);
        expect(direction).toMatch(/^0x0000000[12]$/);
        expect(comment).toMatch(/^\d+[a-z]+ \S/);
      }
    });

    it('knows the machines by their names', () => {
      const rows = read(
        file,
        '-N',
        'n',
        '-Y',
        'tcp',
        '-T',
        'fields',
        '-e',
        '_ws.col.Source',
        '-e',
        '_ws.col.Destination',
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    });
  });

  it('reads every interface of every lab without a malformed frame or a bad checksum', async () => {
    for (const lab of new Set(VANTAGE_POINTS.map((point) => point.lab))) {
      const file = await capture(lab, lab);
      expect(read(file, ...BY_ITSELF, '-Y', `_ws.malformed || ${BAD_CHECKSUM}`)).toEqual([]);
      const { packets, interfaces } = readCapture(new Uint8Array(readFileSync(file)));
      const names = fields(file, 'frame.interface_name').map(([name]) => name);
      expect(names).toEqual(packets.map((packet) => interfaces[packet.interface]!.name));
    }
  });

  it('finds every frame check sequence right', async () => {
    const file = await capture('fcs', 'nat-http', '--fcs');
    const all = read(file).length;
    expect(read(file, '-Y', 'eth.fcs.status == "Good"')).toHaveLength(all);
    expect(read(file, '-Y', BAD_CHECKSUM)).toEqual([]);
  });

  it('reads from a pipe what we write to one', () => {
    const line = `'${process.execPath}' '${program}' capture nat-http -i pc:eth0 -w - | '${tshark}' -r -`;
    expect(ask('sh', '-c', line)).toHaveLength(12);
  });
});

describeWithJudge('capinfos', 'capinfos', (capinfos) => {
  it('reads who wrote it, the times and the interfaces', async () => {
    const file = await capture('capinfos', 'nat-http');
    const text = ask(capinfos, file).join('\n');
    expect(text).toMatch(/Capture application: +wirewalk \d/);
    expect(text).toMatch(/File timestamp precision: +nanoseconds \(9\)/);
    expect(text).toMatch(/First packet time: +2026-01-01 00:00:00\.000000000/);
    expect(text).toMatch(/Strict time order: +True/);
    expect(text).toMatch(
      /Name = router:wan\n +Description = the home router \(nat-router\), cable to isp:eth0/,
    );
    expect(text).toMatch(/Capture comment: +nat-http, seed 1/);
  });
});
