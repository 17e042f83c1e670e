// iperf3, unmodified, against the iperf server of a lab: both directions, several streams, datagrams. It tells what both
// ends have counted, and that must be the same.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCommand } from '../../src/lab/console/console.js';
import { readLab } from '../../src/lab/read-lab.js';
import { attachNamespace, removeMade } from '../../src/node/live/attach-namespace.js';
import { prepareLive } from '../../src/node/live/live-lab.js';
import { Folder } from '../cli.js';
import { describeAttached, LiveLab, runIn } from './netns.js';

const SERVER = '10.1.0.2';
const LAB = `
name: one-switch
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.1.0.1/24 } } }
    switch: { kind: switch }
    server: { kind: host, interfaces: { eth0: { ip: ${SERVER}/24 } }, services: { iperf: true } }
  links:
    - { endpoints: ["pc:eth0", "switch:1"] }
    - { endpoints: ["switch:2", "server:eth0"] }
`;

/** What of \`iperf3 -J\` is looked at. */
interface Report {
  readonly error?: string;
  readonly start: { readonly connected: readonly unknown[] };
  readonly end: {
    readonly sum_sent: Sum;
    readonly sum_received: Sum;
    readonly sum?: Sum;
    readonly streams: readonly { readonly sender: Sum; readonly receiver: Sum }[];
    readonly sender_tcp_congestion?: string;
    readonly receiver_tcp_congestion?: string;
  };
}
interface Sum {
  readonly bytes: number;
  readonly seconds: number;
  readonly packets?: number;
  readonly lost_packets?: number;
  readonly jitter_ms?: number;
}

describeAttached('iperf3 against a lab', ['iperf3', 'tshark'], () => {
  const folder = new Folder();
  let lab: LiveLab;
  beforeAll(async () => {
    lab = await LiveLab.up(folder.write('one-switch.yaml', LAB), '--attach', 'pc');
  });
  afterAll(async () => {
    await lab?.down();
    folder.remove();
  });

  it('every frame is as it is on the cable, for those in the namespace too', async () => {
    const capture = lab.run('pc', 'tshark', ['-i', 'eth0', '-a', 'duration:3', '-w', 'iperf.pcapng']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await iperf('-n', '2M', '-R');
    await iperf('-n', '2M');
    await capture;
    const long = await lab.expect('pc', 'tshark', '-r', 'iperf.pcapng', '-Y', 'frame.len == 1514 && tcp');
    expect(long.split('\n').length).toBeGreaterThan(2000);
    expect(await lab.expect('pc', 'tshark', '-r', 'iperf.pcapng', '-Y', 'frame.len > 1514')).toBe('');
  });

  async function iperf(...args: readonly string[]): Promise<Report> {
    const { stdout, stderr } = await lab.run('pc', 'iperf3', ['-c', SERVER, '-J', ...args], {
      limit: 20_000,
    });
    const report = JSON.parse(stdout) as Report;
    expect(report.error, stderr).toBeUndefined();
    return report;
  }

  it.each([
    ['there', 1, []],
    ['there, in four streams', 4, ['-P', '4']],
    ['back', 1, ['-R']],
    ['back, in four streams', 4, ['-R', '-P', '4']],
    ['there, in small pieces', 1, ['-l', '1000']],
  ])('20 MB %s', async (_, streams, args) => {
    const { start, end } = await iperf('-n', '20000000', ...args);
    expect(start.connected).toHaveLength(streams);
    expect(end.sum_sent.bytes).toBeGreaterThanOrEqual(20_000_000);
    expect(end.sum_received.bytes).toBe(end.sum_sent.bytes);
    for (const { sender, receiver } of end.streams) expect(receiver.bytes).toBe(sender.bytes);
    const ours = args.includes('-R') ? end.sender_tcp_congestion : end.receiver_tcp_congestion;
    expect(ours).toBe('cubic');
  });

  it.each([
    ['there', []],
    ['back', ['-R']],
    ['in both directions', ['--bidir']],
  ])('for a second, %s', async (_, args) => {
    const { end } = await iperf('-t', '1', ...args);
    expect(end.sum_received.bytes).toBeGreaterThan(1_000_000);
    for (const { sender, receiver } of end.streams) {
      // Back, the client does not count what was under way, or in the kernel's memory for it, when it had enough.
      const uncounted = sender.bytes - receiver.bytes;
      expect(uncounted).toBeGreaterThanOrEqual(0);
      expect(uncounted).toBeLessThanOrEqual(args.length === 0 ? 0 : 16_000_000);
      expect(receiver.seconds).toBeCloseTo(1, 0);
    }
  });

  it('back, not faster than the client wants', async () => {
    const { end } = await iperf('-t', '1', '-R', '-b', '8M', '-l', '10000');
    expect(end.sum_received.bytes).toBeGreaterThan(800_000);
    expect(end.sum_received.bytes).toBeLessThan(1_200_000);
  });

  it.each([
    ['there', []],
    ['back', ['-R']],
    ['there, with wide counters', ['--udp-counters-64bit']],
  ])('datagrams, %s', async (_, args) => {
    const { end } = await iperf('-u', '-t', '1', '-b', '8M', '-l', '1000', ...args);
    const sent = end.streams.length;
    expect(sent).toBe(1);
    expect(end.sum?.packets).toBeGreaterThan(900);
    expect(end.sum?.packets).toBeLessThan(1100);
    expect(end.sum?.lost_packets).toBe(0);
    expect(end.sum?.jitter_ms).toBeGreaterThan(0);
    expect(end.sum?.jitter_ms).toBeLessThan(20);
  });

  it('a second client is told that the server is busy', async () => {
    const first = iperf('-t', '2');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const { stdout } = await lab.run('pc', 'iperf3', ['-c', SERVER, '-J', '-n', '1K']);
    expect((JSON.parse(stdout) as Report).error).toContain('the server is busy');
    expect((await first).end.sum_received.bytes).toBeGreaterThan(0);
  });

  it('a client that is killed leaves the server free', async () => {
    const stop = new AbortController();
    const killed = lab.run('pc', 'iperf3', ['-c', SERVER, '-t', '20'], { stop: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 700));
    stop.abort();
    await killed;
    expect((await iperf('-n', '100K')).end.sum_received.bytes).toBeGreaterThan(0);
  });
});

describeAttached('the iperf3 of a console', ['iperf3'], () => {
  afterAll(removeMade);

  it.each([
    ['there', '-n 5M'],
    ['back, in two streams', '-n 5M -R -P 2'],
    ['for a second', '-t 1 -i 0.5'],
  ])('measures against the real one, %s', async (_, args) => {
    const read = readLab(LAB, 'one-switch.yaml');
    if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('\n'));
    const { lab } = read;
    const waiting = prepareLive(lab, ['pc']);
    const pc = lab.topology.nodes.get('pc');
    if (pc === undefined) throw new Error('there is no pc');
    const { name, ports } = await attachNamespace('pc', pc, waiting.tap('pc'));
    const { world, pacer, close } = waiting.start([{ node: 'pc', ports }]);
    const stop = new AbortController();
    const server = runIn(name, 'iperf3', ['-s', '-1', '-J'], { limit: 20_000, stop: stop.signal });
    const run = (line: string) =>
      new Promise<{ output: string; exitCode: number }>((resolve) => {
        let output = '';
        pacer.inject(() =>
          startCommand(world, 'server', line, {
            write: (text) => {
              output += text;
            },
            done: (exitCode) => resolve({ output, exitCode }),
          }),
        );
      });
    let measured = await run(`iperf3 -c 10.1.0.1 ${args}`);
    // Until it listens, the kernel refuses the connection.
    for (let tries = 0; measured.output.includes('Connection refused') && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      measured = await run(`iperf3 -c 10.1.0.1 ${args}`);
    }
    const told = await server;
    await close();
    removeMade();
    expect(measured.output, told.stdout).toContain('iperf Done.');
    expect(measured.exitCode).toBe(0);
    const report = JSON.parse(told.stdout) as Report;
    expect(report.error).toBeUndefined();
    const lines = measured.output.split('\n').filter((line) => /(sender|receiver)$/.test(line));
    const [sent, received] = lines.slice(-2).map((line) => Number(/ ([\d.]+) MBytes/.exec(line)?.[1]));
    // The real one ends behind a whole block.
    if (args.includes('-n')) expect(Math.floor(sent ?? 0)).toBe(5);
    expect(received).toBeGreaterThan(4);
    // Both ends tell of the same bytes; the real server does not count what was under way at the end.
    const { bytes } = report.end[args.includes('-R') ? 'sum_sent' : 'sum_received'];
    const [known, places] = args.includes('-R') ? [sent, 2] : [received, (received ?? 0) < 10 ? 2 : 0];
    expect(known).toBeCloseTo(bytes / 2 ** 20, places - 0.1);
  });
});
