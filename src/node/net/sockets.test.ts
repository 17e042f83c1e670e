// Sockets and servers as Node's programs know them, on simulated hosts.

import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { expectNoLeaks, ip, newWorld, pattern } from '../../../test/kit.js';
import { HOUR, MILLISECOND, SECOND } from '../../base/time.js';
import type { LinkOptions } from '../../net/link.js';
import { simulatedNet } from './simulated-net.js';
import type { SimulatedSocket } from './socket.js';

expectNoLeaks();

const SERVER = '192.0.2.2';

function pair(link: LinkOptions = {}) {
  const world = newWorld();
  const [a, b] = ['client', 'server'].map((name) => world.addHost(name));
  world.connect(
    world.addInterface(a!, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(b!, 'eth0', { address: `${SERVER}/24` }),
    { delay: MILLISECOND, rate: 100_000_000, ...link },
  );
  const net = simulatedNet(world);
  return { world, net, client: net.host('client'), server: net.host('server') };
}

/** The next connection that comes to the server. */
const accepted = async (server: NodeJS.EventEmitter): Promise<SimulatedSocket> =>
  (await once(server, 'connection'))[0];

describe('a socket', () => {
  it('knows who talks with whom, and how much', async () => {
    const { client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    expect([socket.connecting, socket.pending, socket.readyState]).toEqual([true, true, 'opening']);
    expect([socket.remoteAddress, socket.address()]).toEqual([undefined, {}]);
    const other = await accepted(listening);
    expect([socket.connecting, socket.pending, socket.readyState]).toEqual([false, false, 'open']);
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      expect([one.localAddress, one.localPort, one.localFamily]).toEqual([
        two.remoteAddress,
        two.remotePort,
        'IPv4',
      ]);
      expect(one.address()).toEqual({ address: one.localAddress, family: 'IPv4', port: one.localPort });
    }
    expect([socket.remoteAddress, socket.remotePort, socket.remoteFamily]).toEqual([SERVER, 80, 'IPv4']);
    socket.end('hello');
    expect(socket.bytesWritten).toBe(5);
    expect(await text(other)).toBe('hello');
    expect([other.bytesRead, socket.bytesWritten, socket.readyState]).toEqual([5, 5, 'readOnly']);
    await finished(socket.resume());
    expect(socket.readyState).toBe('closed');
  });

  it('closes its half when the peer has closed the other, unless it is to stay open', async () => {
    const { client, server } = pair();
    const half = server.createServer({ allowHalfOpen: true }, (socket) => {
      let said = '';
      socket.on('data', (piece) => (said += piece));
      socket.on('end', () => socket.end(`you said: ${said}`));
    });
    half.listen(80);
    const asking = client.connect(80, SERVER);
    asking.end('hello');
    expect(await text(asking)).toBe('you said: hello');
    const whole = server.createServer().listen(81);
    const other = client.connect(81, SERVER).end();
    const socket = await accepted(whole);
    socket.resume();
    await Promise.all([once(other.resume(), 'close'), once(socket, 'close')]);
    expect([socket.writableEnded, socket.errored]).toEqual([true, null]);
  });

  it('stops who writes too much, and goes on with reading', async () => {
    const { net, client, server } = pair();
    const listening = server.createServer({ pauseOnConnect: true }).listen(80);
    const socket = client.connect(80, SERVER);
    const other = await accepted(listening);
    const all = pattern(3_000_000);
    let sent = 0;
    const write = (): void => {
      while (sent < all.length && socket.write(all.subarray(sent, sent + 50_000))) sent += 50_000;
    };
    socket.on('drain', () => {
      sent += 50_000;
      if (sent >= all.length) socket.end();
      else write();
    });
    write();
    await net.rest();
    // What the two buffers of TCP hold, and the stream's at either end.
    expect(sent).toBeLessThan(700_000);
    expect(Buffer.compare(await buffer(other), all)).toBe(0);
  });

  it('sends in one what was written in one go', async () => {
    const { world, client, server } = pair();
    server.createServer((socket) => socket.resume()).listen(80);
    const socket = client.connect({ port: 80, host: SERVER, noDelay: true });
    await once(socket, 'connect');
    const before = world.interface('client:eth0').sentFrames;
    socket.cork();
    for (let i = 0; i < 10; i++) socket.write(`piece ${i}`);
    socket.uncork();
    expect(world.interface('client:eth0').sentFrames).toBe(before + 1);
    socket.destroy();
  });

  it('can be piped through, with losses on the way', async () => {
    const { client, server } = pair({ loss: 0.03 });
    server.createServer((socket) => void pipeline(socket, socket)).listen(80);
    const socket = client.connect(80, SERVER);
    socket.end(pattern(200_000));
    expect(Buffer.compare(await buffer(socket), pattern(200_000))).toBe(0);
  });

  it('can be written before it stands', async () => {
    const { client, server } = pair();
    const listening = server.createServer().listen(80);
    client.connect(80, SERVER).end('early');
    expect(await text(await accepted(listening))).toBe('early');
  });
});

describe('time-outs', () => {
  it('are simulated ms without a word', async () => {
    const { world, client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    const other = await accepted(listening);
    const times: number[] = [];
    socket.resume().setTimeout(300, () => times.push(Math.round(world.now / MILLISECOND)));
    for (let i = 0; i < 5; i++) {
      await server.sleep(200);
      other.write('word');
    }
    const [last] = [world.now / MILLISECOND];
    await once(socket, 'timeout');
    expect(times).toEqual([Math.round(last + 301)]);
    // It begins anew with the next word, not before.
    await server.sleep(1000);
    const again = once(socket, 'timeout');
    other.write('word');
    await again;
    expect(Math.round(world.now / MILLISECOND - last)).toBe(301 + 1000 + 301);
    socket.setTimeout(0);
    await server.sleep(10_000);
    expect(socket.timeout).toBe(0);
    socket.destroy();
  });

  it('of a socket that nobody waits for do not let time pass', async () => {
    const { world, net, client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    const other = await accepted(listening);
    let timeouts = 0;
    socket.on('timeout', () => timeouts++);
    await net.rest();
    const before = world.now;
    socket.setTimeout(1000).unref();
    await net.rest();
    expect([timeouts, world.now]).toEqual([0, before]);
    socket.ref();
    await net.rest();
    expect([timeouts, world.now]).toEqual([1, before + SECOND]);
    // Behind the back of others, it fires all the same.
    socket.unref();
    other.write('word');
    await client.sleep(5000);
    expect(timeouts).toBe(2);
    socket.destroy();
  });
});

describe('options', () => {
  it('a peer that is gone is noticed by keep-alive', async () => {
    const { world, client, server } = pair();
    server.createServer((socket) => socket.resume()).listen(80);
    const socket = client.connect({ port: 80, host: SERVER, keepAlive: true, keepAliveInitialDelay: 5000 });
    const failing = once(socket, 'error');
    await once(socket, 'connect');
    const began = world.now;
    for (const link of world.links) link.up = false;
    void client.sleep(3_600_000);
    expect(await failing).toMatchObject([{ code: 'ETIMEDOUT', syscall: 'read' }]);
    expect((world.now - began) / SECOND).toBeCloseTo(5 + 10, 1);
  });

  it.each([
    [true, 3],
    [false, 2],
  ])('small segments wait or not: noDelay %s', async (noDelay, frames) => {
    const { world, client, server } = pair();
    server.createServer((socket) => socket.resume()).listen(80);
    const socket = client.connect(80, SERVER);
    socket.setNoDelay(noDelay);
    await once(socket, 'connect');
    const before = world.interface('client:eth0').sentFrames;
    for (let i = 0; i < 3; i++) await new Promise((resolve) => socket.write('x', resolve));
    await client.sleep(500);
    expect(world.interface('client:eth0').sentFrames - before).toBe(frames);
    socket.destroy();
  });
});

describe('the end before its time', () => {
  it('a reset is an error of the other side', async () => {
    const { client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    const other = await accepted(listening);
    const failing = once(other, 'error');
    const closing = once(socket, 'close');
    socket.resetAndDestroy();
    expect(await failing).toMatchObject([
      { code: 'ECONNRESET', syscall: 'read', message: 'read ECONNRESET' },
    ]);
    expect(await once(other, 'close')).toEqual([true]);
    expect(await closing).toEqual([false]);
  });

  it('destroyed soon, it still sends what was written', async () => {
    const { client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    socket.write(pattern(600_000));
    socket.destroySoon();
    expect((await buffer(await accepted(listening))).length).toBe(600_000);
    expect(socket.destroyed).toBe(true);
  });

  it('destroyed with a write under way, the writer is told', async () => {
    const { client, server } = pair();
    const listening = server.createServer({ pauseOnConnect: true }).listen(80);
    const socket = client.connect(80, SERVER);
    await accepted(listening);
    const told = new Promise((resolve) => socket.write(pattern(5_000_000), resolve));
    socket.destroy();
    expect(await told).toMatchObject({ code: 'ECANCELED' });
  });

  it.each([
    ['before the name is known', 'web.example'],
    ['before it stands', SERVER],
    ['where nobody answers', '192.0.2.99'],
  ])('destroyed %s', async (_when, host) => {
    const { net, world, client, server } = pair();
    const connections: unknown[] = [];
    client.station.resolver.addHost('web.example', ip(SERVER));
    server.createServer((socket) => connections.push(socket.on('error', () => {}))).listen(80);
    const socket = client.connect(80, host, () => connections.push('connected'));
    await nextTurn();
    const closing = once(socket, 'close');
    socket.destroy();
    expect(await closing).toEqual([false]);
    await net.rest();
    expect(connections).toEqual([]);
    expect([...world.station('client').stack.tcp.list()]).toEqual([]);
  });

  it('by a signal', async () => {
    const { client } = pair();
    for (const signal of [AbortSignal.abort(), AbortSignal.timeout(1)]) {
      const socket = client.connect({ port: 80, host: '192.0.2.99', signal });
      await expect(once(socket, 'connect')).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    }
  });

  it('no way there', async () => {
    const { client } = pair();
    const failure = async (options: { port: number; host?: string }) => {
      const [error] = await once(
        client.connect(options).on('error', () => {}),
        'error',
      ).then(
        ([value]) => [value],
        (error) => [error],
      );
      return error.message;
    };
    expect(await failure({ port: 80, host: SERVER })).toBe(`connect ECONNREFUSED ${SERVER}:80`);
    expect(await failure({ port: 80 })).toBe('connect ECONNREFUSED 127.0.0.1:80');
    expect(await failure({ port: 80, host: '192.0.2.99' })).toBe('connect EHOSTUNREACH 192.0.2.99:80');
    expect(await failure({ port: 80, host: '203.0.113.1' })).toBe('connect ENETUNREACH 203.0.113.1:80');
    expect(await failure({ port: 80, host: 'a..b' })).toBe('getaddrinfo ENOTFOUND a..b');
    for (const port of [-1, 65536, 1.5, Number.NaN])
      expect(() => client.connect(port)).toThrow(expect.objectContaining({ code: 'ERR_SOCKET_BAD_PORT' }));
  });
});

describe('a server', () => {
  it('listens on a port of its host, once', async () => {
    const { server } = pair();
    const one = server.createServer();
    expect([one.listening, one.address()]).toEqual([false, null]);
    await once(one.listen({ port: 80, host: SERVER }), 'listening');
    expect([one.listening, one.address()]).toEqual([true, { address: '0.0.0.0', family: 'IPv4', port: 80 }]);
    expect(() => one.listen(81)).toThrow(expect.objectContaining({ code: 'ERR_SERVER_ALREADY_LISTEN' }));
    const failure = (...args: [number, string?]) =>
      once(server.createServer().listen(...args), 'listening').catch((error) => error.message);
    expect(await failure(80)).toBe('listen EADDRINUSE 0.0.0.0:80');
    expect(await failure(81, '192.0.2.77')).toBe('listen EADDRNOTAVAIL 192.0.2.77:81');
    const ports = [0, 0].map((port) => server.createServer().listen(port).address()?.port ?? 0);
    expect(ports[0]).toBeGreaterThanOrEqual(49152);
    expect(ports[1]).not.toBe(ports[0]);
  });

  it('is closed when its last connection is', async () => {
    const { net, client, server } = pair();
    const listening = server.createServer().listen(80);
    const socket = client.connect(80, SERVER);
    const other = await accepted(listening);
    const count = () =>
      new Promise((resolve) => listening.getConnections((_error, number) => resolve(number)));
    const order: string[] = [];
    listening.close(() => order.push('closed'));
    other.resume().once('close', () => order.push('last'));
    await net.rest();
    expect([order, await count(), listening.listening]).toEqual([[], 1, false]);
    expect(await once(client.connect(80, SERVER), 'connect').catch(({ code }) => code)).toBe('ECONNREFUSED');
    socket.resume().end();
    await net.rest();
    expect([order, await count()]).toEqual([['last', 'closed'], 0]);
    const again = await new Promise<unknown>((resolve) => listening.close(resolve));
    expect(again).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
  });

  it('has no more connections than it wants', async () => {
    const { net, client, server } = pair();
    const listening = server.createServer((socket) => socket.resume()).listen(80);
    listening.maxConnections = 2;
    const dropped: unknown[] = [];
    listening.on('drop', ({ remoteAddress, localPort }) => dropped.push([remoteAddress, localPort]));
    const errors: unknown[] = [];
    for (let i = 0; i < 3; i++)
      client.connect(80, SERVER).on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code));
    await net.rest();
    expect([dropped, errors]).toEqual([[['192.0.2.1', 80]], ['ECONNRESET']]);
  });
});

describe('names', () => {
  it('are looked up as by node:dns', async () => {
    const { client } = pair();
    client.station.resolver.addHost('web.example', ip(SERVER));
    client.station.resolver.addHost('web.example', ip('192.0.2.3'));
    const lookUp = (name: string, options: object) =>
      new Promise((resolve) => client.lookup(name, options, (...got) => resolve(got)));
    expect(await lookUp('web.example', {})).toEqual([null, SERVER, 4]);
    expect(await lookUp('web.example', { all: true })).toEqual([
      null,
      [
        { address: SERVER, family: 4 },
        { address: '192.0.2.3', family: 4 },
      ],
    ]);
    expect(await lookUp('localhost', {})).toEqual([null, '127.0.0.1', 4]);
    expect(await lookUp('web.example', { family: 6 })).toMatchObject([{ code: 'ENOTFOUND' }, '']);
    expect(await lookUp('elsewhere.example', {})).toMatchObject([
      { code: 'EAI_AGAIN', hostname: 'elsewhere.example' },
      '',
    ]);
    expect(
      await new Promise((resolve) => client.lookup('web.example', (_error, address) => resolve(address))),
    ).toBe(SERVER);
  });

  it('can be looked up by the program', async () => {
    const { client, server } = pair();
    server.createServer().listen(80);
    const socket = client.connect({
      port: 80,
      host: 'mine',
      lookup: (_name, _options, done) => process.nextTick(done, null, SERVER, 4),
    });
    const told = once(socket, 'lookup');
    await once(socket, 'connect');
    expect(await told).toEqual([null, SERVER, 4, 'mine']);
  });
});

describe('time', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-net-'));
  const file = path.join(folder, 'file');
  writeFileSync(file, pattern(500_000));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A server that reads files; a client that is quickly out of patience. */
  async function serveFile() {
    const { world, net, client, server } = pair({ delay: 5 * MILLISECOND });
    server
      .createServer(async (socket) => {
        await readFile(file);
        await pipeline(createReadStream(file), socket);
      })
      .listen(80);
    const socket = client.connect({ port: 80, host: SERVER, timeout: 200 });
    socket.on('timeout', () => socket.destroy(new Error('too slow')));
    const got = await buffer(socket);
    await net.rest();
    return { length: got.length, now: world.now, hash: world.trace().hash() };
  }

  it('stands still while files are read', async () => {
    const one = await serveFile();
    expect(one.length).toBe(500_000);
    expect(await serveFile()).toEqual(one);
  });

  it('passes when somebody sleeps, however long', async () => {
    const { world, client } = pair();
    await client.sleep(5 * 3_600_000);
    expect(world.now).toBe(5 * HOUR);
  });
});
