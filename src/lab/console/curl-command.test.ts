// curl's options about the connection: how fast it reads, how long it waits, and what it asks of TCP.
// Requests, responses and errors are in network-commands.test.ts.

import { expect, it } from 'vitest';
import { consoleWorld, type } from '../../../test/console-world.js';
import { decodeLatin1 } from '../../base/text.js';
import { MINUTE, SECOND } from '../../base/time.js';
import type { World } from '../../net/world.js';
import { startCommand } from './console.js';

const URL = 'http://203.0.113.80/big';

function bigWorld(size = 200_000): World {
  const world = consoleWorld();
  const body = new Uint8Array(size).fill(0x78);
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
  expect(
    type(bigWorld(), 'pc', `curl -m 2 -o /dev/null --limit-rate 20000 -w '%{size_download}\\n' ${URL}`),
  ).toMatch(
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
  expect(type(world, 'pc', `curl -o /dev/null --limit-rate 1000 ${URL}`, 3 * SECOND)).toBe('[exit 130]');
  world.runToRest(60 * SECOND);
  expect(type(world, 'server', 'ss -tnaH')).not.toContain('192.0.2.10');
});

it('prints what comes as it comes, and the rest when it is stopped is lost', () => {
  const told = type(bigWorld(), 'pc', `curl --limit-rate 1000 ${URL}`, 3 * SECOND);
  expect(told).toMatch(/^x{2000,4000}\n?\[exit 130\]$/);
});

it('waits as long as nobody takes what it prints: what has come closes the window', () => {
  const world = bigWorld(1_000_000);
  const said = { text: '', isFull: false, exitCode: -1 };
  const run = startCommand(world, 'pc', `curl -s ${URL}`, {
    write: (text) => {
      said.text += text;
      said.isFull = true;
    },
    get isFull() {
      return said.isFull;
    },
    done: (exitCode) => {
      said.exitCode = exitCode;
    },
  });
  const lengths = [0];
  for (let turn = 0; said.exitCode < 0 && turn < 1000; turn++) {
    world.advance(MINUTE);
    // As long as it is not told to go on, nothing more comes.
    expect(said.text.length).toBeGreaterThanOrEqual(lengths.at(-1) as number);
    lengths.push(said.text.length);
    world.advance(MINUTE);
    expect(said.text.length).toBe(lengths.at(-1));
    said.isFull = false;
    run.goOn();
  }
  expect(said.exitCode).toBe(0);
  expect(said.text).toBe('x'.repeat(1_000_000));
  // Never more at a time than a receive buffer holds.
  const steps = lengths.slice(1).map((length, index) => length - (lengths[index] as number));
  expect(Math.max(...steps)).toBeLessThanOrEqual(256 * 1024);
});

it('-d posts, -X says how, and what is posted is not posted again behind a redirect', () => {
  const world = consoleWorld();
  const heard: string[] = [];
  world.station('server').httpServer.handler = ({ method, target, headers, body }) => {
    heard.push(`${method} ${target} ${decodeLatin1(body)}`);
    if (method === 'POST' && target === '/in')
      expect(headers).toContainEqual(['Content-Type', 'application/x-www-form-urlencoded']);
    const status = Number(/^\/(\d+)/.exec(target)?.[1] ?? 200);
    const moved: [string, string][] = status === 200 ? [] : [['Location', '/in']];
    return { version: 'HTTP/1.1', status, reason: '', headers: moved, body: new Uint8Array(0) };
  };
  const curl = (words: string): string => type(world, 'pc', `curl -sL ${words}`);
  expect(curl("-w '%{method}' -d a=1 -d b=é http://203.0.113.80/in")).toBe('POST');
  curl('-X PUT --data x http://203.0.113.80/in');
  curl('-X DELETE http://203.0.113.80/in');
  curl('-d x http://203.0.113.80/303');
  curl('-d x http://203.0.113.80/307');
  expect(heard).toEqual([
    'POST /in a=1&b=Ã©',
    'PUT /in x',
    'DELETE /in ',
    'POST /303 x',
    'GET /in ',
    'POST /307 x',
    'POST /in x',
  ]);
});

it.each([
  ['curl -d @file x', "curl: there are no files here: '@file' can not be read"],
  ["curl -X 'A B' x", "curl: 'A B' is no method"],
  ['curl --limit-rate 0 x', 'curl: option --limit-rate: expected a proper numerical parameter'],
  ['curl --limit-rate fast x', 'curl: option --limit-rate: expected a proper numerical parameter'],
  ['curl --keepalive-time 0.1 x', 'curl: option --keepalive-time: expected a proper numerical parameter'],
  ['curl --limit-rate', 'curl: option --limit-rate: requires parameter'],
])('%s is refused', (line, message) => {
  expect(type(consoleWorld(), 'pc', line).split('\n')[0]).toBe(message);
});
