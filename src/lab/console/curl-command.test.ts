// curl's options about the connection: how fast it reads, how long it waits, and what it asks of TCP.
// Requests, responses and errors are in network-commands.test.ts.

import { expect, it } from 'vitest';
import { consoleWorld, type } from '../../../test/console-world.js';
import { SECOND } from '../../base/time.js';
import type { World } from '../../net/world.js';

const URL = 'http://203.0.113.80/big';

function bigWorld(): World {
  const world = consoleWorld();
  const body = new Uint8Array(200_000).fill(0x78);
  world.station('server').httpServer.addSite('*', new Map([['/big', { type: 'text/plain', body }]]));
  return world;
}

it('--limit-rate reads so many bytes a second', () => {
  const world = bigWorld();
  const line = (rate: string) =>
    `curl -so /dev/null -w '%{size_download} %{time_total}\\n' --limit-rate ${rate} ${URL}`;
  const [size, time] = type(world, 'pc', line('50K')).trim().split(' ');
  expect(size).toBe('200000');
  // A portion of 16 KiB is there at once, and the last is not waited for.
  expect(Number(time)).toBeGreaterThan((200_000 - 2 * 16_384) / 51_200);
  expect(Number(time)).toBeLessThan(200_000 / 51_200 + 0.1);
  expect(Number(type(world, 'pc', line('1G')).trim().split(' ')[1])).toBeLessThan(0.5);
});

it('-m tells how much of how much there was', () => {
  expect(type(bigWorld(), 'pc', `curl -m 2 --limit-rate 20000 -w '%{size_download}\\n' ${URL}`)).toMatch(
    /^curl: \(28\) Operation timed out after 2000 milliseconds with (\d{5}) out of 200000 bytes received\n\1\n\[exit 28\]$/,
  );
});

it('asks a silent server after 60 seconds whether it is there, unless it is told otherwise', () => {
  const probes = (options: string): number => {
    const world = consoleWorld();
    // Takes the request and says nothing.
    world
      .station('server')
      .stack.tcp.listen(8000, { accept: () => ({ readable: (connection) => connection.read() }) });
    type(world, 'pc', `curl -m 200 ${options} http://203.0.113.80:8000/`);
    const events = [...world.trace().events()];
    return events.filter((event) => event.kind === 'app' && event.name === 'tcp.keep-alive-probed').length;
  };
  expect(probes('')).toBe(3);
  expect(probes('--keepalive-time 30')).toBe(6);
  expect(probes('--no-keepalive')).toBe(0);
});

it('sends small segments at once, unless it is told not to', () => {
  const world = bigWorld();
  const nodelay: boolean[] = [];
  const { tcp } = world.station('pc').stack;
  const connect = tcp.connect.bind(tcp);
  tcp.connect = (to, listener, options = {}) => {
    nodelay.push(options.nodelay ?? false);
    return connect(to, listener, options);
  };
  for (const options of ['', '--tcp-nodelay', '--no-tcp-nodelay'])
    type(world, 'pc', `curl -s ${options} ${URL}`);
  expect(nodelay).toEqual([true, true, false]);
});

it('a stopped download leaves nothing behind', () => {
  const world = bigWorld();
  expect(type(world, 'pc', `curl --limit-rate 1000 ${URL}`, 3 * SECOND)).toBe('[exit 130]');
  world.runToRest(60 * SECOND);
  expect(type(world, 'server', 'ss -tnaH')).not.toContain('192.0.2.10');
});

it.each([
  ['curl --limit-rate 0 x', 'curl: option --limit-rate: expected a proper numerical parameter'],
  ['curl --limit-rate fast x', 'curl: option --limit-rate: expected a proper numerical parameter'],
  ['curl --keepalive-time 0.1 x', 'curl: option --keepalive-time: expected a proper numerical parameter'],
  ['curl --limit-rate', 'curl: option --limit-rate: requires parameter'],
])('%s is refused', (line, message) => {
  expect(type(consoleWorld(), 'pc', line).split('\n')[0]).toBe(message);
});
