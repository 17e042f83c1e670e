// iperf3 on a console: it prints what the original prints, of numbers that follow from the link, and whatever a server says,
// it ends.

import { describe, expect, it } from 'vitest';
import { newWorld } from '../../../test/kit.js';
import { MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import type { World } from '../../net/world.js';
import { startIperf } from '../../service/iperf/server.js';
import type { TcpConnection } from '../../stack/tcp/connection.js';
import { runCommandToEnd, startCommand } from './console.js';

const SERVER = '192.0.2.2';

/** Two hosts and a link of 10 Mbit/s between them. */
function pair(): World {
  const world = newWorld();
  const [pc, server] = [world.addHost('pc', { 'tcp-port': [50001, 50002, 50003] }), world.addHost('server')];
  world.connect(
    world.addInterface(pc, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(server, 'eth0', { address: `${SERVER}/24` }),
    { rate: 10e6, delay: MILLISECOND },
  );
  return world;
}

function iperf(args: string, world = pair()) {
  if (world.station('server').stack.tcp.listeningPorts().next().done)
    startIperf(world.station('server').stack);
  return runCommandToEnd(world, 'pc', `iperf3 ${args}`, 10 * MINUTE);
}

/** Bytes, seconds and bit/s of a line with these words in it. */
function numbers(output: string, pattern: RegExp): string[] {
  const [, ...found] = pattern.exec(output) ?? [];
  return found;
}

describe('iperf3 -c', () => {
  it('measures for a time, and tells every second', () => {
    const { output, exitCode } = iperf(`-c ${SERVER} -t 3`);
    expect(exitCode).toBe(0);
    const lines = output.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      `Connecting to host ${SERVER}, port 5201`,
      `[  5] local 192.0.2.1 port 50002 connected to ${SERVER} port 5201`,
      '[ ID] Interval           Transfer     Bitrate         Retr  Cwnd',
    ]);
    for (const [second, line] of lines.slice(3, 6).entries())
      expect(line).toMatch(
        new RegExp(
          `^\\[  5\\]   ${second}\\.00-${second + 1}\\.00   sec  1\\.\\d\\d MBytes  (9|1\\d)\\.\\d+ Mbits/sec    0   [ \\d.]{4} KBytes {7}$`,
        ),
      );
    expect(lines.slice(6, 8)).toEqual([
      '- - - - - - - - - - - - - - - - - - - - - - - - -',
      '[ ID] Interval           Transfer     Bitrate         Retr',
    ]);
    expect(lines[8]).toMatch(
      /^\[ {2}5\] {3}0\.00-3\.00 {3}sec {2}3\.\d\d MBytes {2}[\d.]{4} Mbits\/sec {4}0 {13}sender$/,
    );
    expect(lines[9]).toMatch(
      /^\[ {2}5\] {3}0\.00-3\.\d\d {3}sec {2}3\.\d\d MBytes {2}9\.\d\d Mbits\/sec {18}receiver$/,
    );
    expect(lines.slice(10)).toEqual(['', 'iperf Done.', '']);
    // As much as a link of 10 Mbit/s carries besides headers: 1448 of 1538 bytes.
    const [rate] = numbers(output, /(\S+) Mbits\/sec +receiver/);
    expect(Number(rate)).toBeCloseTo(9.41, 1);
  });

  it('-R: the other way round', () => {
    const { output } = iperf(`-c ${SERVER} -R -t 2`);
    expect(output).toContain(`Reverse mode, remote host ${SERVER} is sending\n`);
    expect(output).toContain('[ ID] Interval           Transfer     Bitrate\n');
    expect(output).toMatch(/^\[ {2}5\] {3}1\.00-2\.00 {3}sec {2}1\.\d\d MBytes {2}9\.\d\d Mbits\/sec {18}$/m);
    expect(output).toMatch(/Mbits\/sec {2,4}\d+ {13}sender\n/);
    const [rate] = numbers(output, /(\S+) Mbits\/sec +receiver/);
    expect(Number(rate)).toBeCloseTo(9.4, 1);
  });

  it.each(['', '-R '])('%s-n: exactly so many bytes, and a sum of several streams', (direction) => {
    const { output } = iperf(`-c ${SERVER} ${direction}-n 3M -P 2`);
    expect(output.match(/^\[ {2}[57]\] local/gm)).toHaveLength(2);
    expect(output).toMatch(/^\[SUM\] .* 3\.00 MBytes .*sender$/m);
    expect(output).toMatch(/^\[SUM\] .* 3\.00 MBytes .*receiver$/m);
    expect(output.match(/(sender|receiver)$/gm)).toHaveLength(6);
  });

  it('-b and -i: slowly, and told more often', () => {
    const { output } = iperf(`-c ${SERVER} -t 1 -i 0.5 -b 80K -l 1000`);
    expect(output.match(/^\[ {2}5\] .*KBytes {7}$/gm)).toHaveLength(2);
    expect(output).toMatch(/ {2}0\.50-1\.00 {3}sec {2}[\d.]{4} KBytes {2}[78]\d\.\d Kbits\/sec/);
  });

  it('ends when it is stopped, and the server is free again', () => {
    const world = pair();
    startIperf(world.station('server').stack);
    let output = '';
    const run = startCommand(world, 'pc', `iperf3 -c ${SERVER}`, {
      write: (text) => {
        output += text;
      },
      done: () => {},
    });
    world.advance(2 * SECOND);
    run.stop();
    expect(output).toContain('iperf3: interrupt - the client has terminated\n');
    world.advance(SECOND);
    expect(iperf(`-c ${SERVER} -n 1K`, world).exitCode).toBe(0);
    world.runToRest(5 * MINUTE);
    expect([...world.station('pc').stack.tcp.list(), ...world.station('server').stack.tcp.list()]).toEqual(
      [],
    );
  });

  it('two at once: the second is told that the server is busy', () => {
    const world = pair();
    startIperf(world.station('server').stack);
    const first = startCommand(world, 'pc', `iperf3 -c ${SERVER} -t 60`, { write: () => {}, done: () => {} });
    world.advance(SECOND);
    expect(iperf(`-c ${SERVER}`, world)).toEqual({
      output: 'iperf3: error - the server is busy running a test. try again later\n',
      exitCode: 1,
    });
    first.stop();
  });
});

describe('mistakes', () => {
  it.each([
    ['', 'must be a client (-c)'],
    ['-c x y', "'y' is too much"],
    ['-c x -t 0', 'test duration'],
    ['-c x -t 86401', 'test duration'],
    ['-c x -t 1 -n 1', 'only one test end condition'],
    ['-c x -n some', 'bytes invalid: some'],
    ['-c x -P 129', 'number of parallel streams'],
    ['-c x -l 2M', 'block size too large'],
    ['-c x -b fast', 'bitrate invalid: fast'],
    ['-c x -i 0.01', 'invalid report interval'],
    ['-c x -p 0', 'port invalid: 0'],
  ])('iperf3 %s', (args, problem) => {
    const { output, exitCode } = iperf(args);
    expect(output).toContain(`iperf3: parameter error - ${problem}`);
    expect(output).toContain('usage: iperf3 -c HOST');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['192.0.2.9', 'No route to host'],
    ['198.51.100.1', 'Network is unreachable'],
    [`${SERVER} -p 7`, 'Connection refused'],
    ['nowhere.example', 'Temporary failure in name resolution'],
  ])('iperf3 -c %s', (args, problem) => {
    const { output, exitCode } = iperf(`-c ${args}`);
    expect(output).toBe(`iperf3: error - unable to connect to server: ${problem}\n`);
    expect(exitCode).toBe(1);
  });
});

describe('a server that says anything', () => {
  const REFUSED = [0xfe, 0, 0, 0, 6, 0, 0, 0, 0];
  it.each([
    ['that it ends', [11], 'the server has terminated'],
    ['that it refuses', REFUSED, 'number of parallel streams too large (maximum = 128)'],
    [
      'that it refuses, in a way of its own',
      [0xfe, 9, 9, 9, 9, 0, 0, 0, 0],
      'the server says no (error 151587081)',
    ],
    ['half a refusal', [0xfe, 0], 'control socket has closed unexpectedly'],
    ['nothing', [], 'control socket has closed unexpectedly'],
    ['the end at the beginning', [14], 'control socket has closed unexpectedly'],
    ['results of nothing', [13], 'control socket has closed unexpectedly'],
    ['what nobody knows', [77], 'control socket has closed unexpectedly'],
    ['twice that there be streams', [9, 10, 10], 'control socket has closed unexpectedly'],
  ])('%s', (_, words, problem) => {
    const world = pair();
    world.station('server').stack.tcp.listen(5201, {
      accept: () => ({
        readable: (connection: TcpConnection) => {
          if (connection.read().length < 37) return;
          connection.write(Uint8Array.from(words));
          connection.shutdown();
        },
        ended: (connection: TcpConnection) => connection.close(),
      }),
    });
    const { output, exitCode } = iperf(`-c ${SERVER}`, world);
    expect(output.split('\n').at(-2)).toBe(`iperf3: error - ${problem}`);
    expect(exitCode).toBe(1);
    world.runToRest(5 * MINUTE);
    expect([...world.station('pc').stack.tcp.list()]).toEqual([]);
  });
});
