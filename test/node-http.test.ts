// An unmodified server and client of node:http on two hosts of a simulated network.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../src/base/time.js';
import { type SimulatedNet, simulatedNet } from '../src/node/sockets.js';
import { ip, newWorld, pattern } from './kit.js';

/** A client, a router, a name server and a web server; the cables lose frames if they are told to. */
function internet(loss = 0): SimulatedNet {
  const world = newWorld();
  const router = world.addRouter('router');
  const cable = { delay: 2 * MILLISECOND, rate: 100_000_000, loss };
  for (const [i, name] of ['client', 'server'].entries()) {
    const host = world.addHost(name);
    const network = `198.51.${100 + i}`;
    world.connect(
      world.addInterface(host, 'eth0', { address: `${network}.2/24` }),
      world.addInterface(router, `eth${i}`, { address: `${network}.1/24` }),
      cable,
    );
    host.addRoute({ network: 0, length: 0 }, ip(`${network}.1`));
  }
  world.station('client').resolver.addHost('www.example.com', ip('198.51.101.2'));
  return simulatedNet(world);
}
const digest = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const BIG = pattern(1_000_000);

/** What the server is asked, and what it does. */
function handler(request: http.IncomingMessage, response: http.ServerResponse): void {
  response.sendDate = false;
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
  if (pathname === '/upload') {
    const hash = createHash('sha256');
    request.on('data', (piece) => hash.update(piece));
    request.on('end', () => response.end(hash.digest('hex')));
  } else if (pathname === '/chunked') {
    // Without a length; a piece when the one before is through.
    let count = 0;
    const more = (): void => {
      if (count++ < 50) response.write(pattern(1000 * count), more);
      else response.end();
    };
    more();
  } else if (pathname === '/never') {
    response.write('wait for it');
  } else if (pathname === '/silence') {
    // Nothing is ever said.
  } else if (pathname === '/big') response.end(BIG);
  else response.end(`${request.method} ${pathname} ${searchParams.get('q') ?? ''}`);
}

function ask(
  agent: http.Agent,
  path: string,
  options: http.RequestOptions = {},
  body?: Uint8Array,
): Promise<{ status: number | undefined; body: string; reused: boolean; digest: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`http://www.example.com${path}`, { agent, ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => {
        const all = Buffer.concat(pieces);
        const { statusCode: status } = response;
        resolve({ status, body: all.toString('latin1'), reused: request.reusedSocket, digest: digest(all) });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** All at once: keep-alive, uploads, chunks, twenty at the same time, one that gives up. */
async function visit(loss: number) {
  const net = internet(loss);
  const server = http.createServer(handler);
  const serving = net.host('server').serve(server, 80);
  const agent = net.host('client').agent({ keepAlive: true });
  const seen: unknown[] = [];

  const first = await ask(agent, '/hello?q=1');
  const second = await ask(agent, '/hello?q=2');
  seen.push(first.body, first.reused, second.body, second.reused);

  const upload = await ask(agent, '/upload', { method: 'POST' }, BIG);
  seen.push(upload.body === digest(BIG));
  const big = await ask(agent, '/big');
  seen.push(big.digest === digest(BIG));
  const chunked = await ask(agent, '/chunked');
  seen.push(chunked.body.length);

  const many = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(agent, `/many?q=${i}`)));
  seen.push(many.map(({ body }) => body.split(' ').at(-1)).join(' '));

  const controller = new AbortController();
  const aborted = ask(agent, '/never', { signal: controller.signal }).catch((error) => error.code);
  await net.host('client').sleep(500);
  controller.abort();
  seen.push(await aborted);

  seen.push((await ask(agent, '/after')).status);
  await new Promise((resolve) => serving.close(resolve));
  agent.destroy();
  await net.rest();
  const left = ['client', 'server'].flatMap((name) => [...net.world.station(name).stack.tcp.list()]);
  seen.push(left.length);
  return { seen, now: net.world.now, hash: net.world.trace().hash() };
}

const EXPECTED = [
  ...['GET /hello 1', false, 'GET /hello 2', true],
  ...[true, true, 1000 * 25 * 51],
  Array.from({ length: 20 }, (_, i) => i).join(' '),
  ...['ABORT_ERR', 200, 0],
];

describe('node:http over the simulated network', () => {
  it.each([0, 0.02])('works, and twice the same, with a loss of %d', async (loss) => {
    const one = await visit(loss);
    expect(one.seen).toEqual(EXPECTED);
    expect(await visit(loss)).toEqual(one);
  });

  it('speaks with a server of ours', async () => {
    const net = internet();
    net.world
      .station('server')
      .httpServer.addSite('www.example.com', new Map([['/', { body: new TextEncoder().encode('hello') }]]));
    expect((await ask(net.host('client').agent(), '/')).body).toBe('hello');
  });

  it('is spoken to by a browser of ours', async () => {
    const net = internet();
    net.host('server').serve(http.createServer(handler), 80);
    const loads: (number | undefined)[] = [];
    net.world
      .station('client')
      .browser.open('http://www.example.com/', ({ response }) => loads.push(response?.status));
    await net.rest();
    expect(loads).toEqual([200]);
  });

  it('times out in simulated time', async () => {
    const net = internet();
    net.host('server').serve(http.createServer(handler), 80);
    const began = net.world.now;
    const agent = net.host('client').agent();
    const timedOut = new Promise((resolve) => {
      const request = http.get('http://www.example.com/silence', { agent, timeout: 2000 });
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      request.on('timeout', () => request.destroy());
    });
    expect(await timedOut).toBe('ECONNRESET');
    expect(net.world.now - began).toBeGreaterThan(2 * SECOND);
    expect(net.world.now - began).toBeLessThan(2.1 * SECOND);
  });

  it('tells what fails by the names that everybody knows', async () => {
    const net = internet();
    const agent = net.host('client').agent();
    await expect(ask(agent, '/')).rejects.toMatchObject({
      message: 'connect ECONNREFUSED 198.51.101.2:80',
      code: 'ECONNREFUSED',
      errno: expect.any(Number),
      syscall: 'connect',
      address: '198.51.101.2',
      port: 80,
    });
    await expect(ask(agent, '/', { hostname: 'no.such.name' })).rejects.toMatchObject({
      code: 'EAI_AGAIN',
      syscall: 'getaddrinfo',
      hostname: 'no.such.name',
    });
    net
      .host('server')
      .createServer((socket) => socket.resetAndDestroy())
      .listen(81);
    await expect(ask(agent, '/', { port: 81 })).rejects.toMatchObject({ code: 'ECONNRESET' });
    net
      .host('server')
      .createServer((socket) => socket.end())
      .listen(82);
    await expect(ask(agent, '/', { port: 82 })).rejects.toMatchObject({ message: 'socket hang up' });
  });

  it('upgrades', async () => {
    const net = internet();
    const server = http.createServer();
    server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    net.host('server').serve(server, 80);
    const { createConnection } = net.host('client');
    const options = { createConnection, headers: { connection: 'Upgrade', upgrade: 'echo' } };
    const echoed = new Promise<string>((resolve, reject) => {
      const request = http.request('http://www.example.com/', options);
      request.on('error', reject);
      request.on('upgrade', (_response, socket) => {
        socket.end('round and round');
        resolve(text(socket));
      });
      request.end();
    });
    expect(await echoed).toBe('round and round');
  });
});
