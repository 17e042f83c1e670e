// Connections as streams: bytes both ways, back-pressure, half-close, reset, and every way to fail.

import { describe, expect, it } from 'vitest';
import { expectNoLeaks, ip, newWorld, pattern } from '../../test/kit.js';
import { MILLISECOND } from '../base/time.js';
import type { LinkOptions } from '../net/link.js';
import type { TcpOptions } from '../stack/tcp/connection-options.js';
import { SocketError } from './socket-error.js';
import { connectTcp, listenTcp, type TcpStreams } from './tcp-streams.js';
import { Turns } from './turns.js';

expectNoLeaks();

const SERVER = '198.51.100.2';

/** A client and a server with a router between them. */
function network(link: LinkOptions = {}) {
  const world = newWorld();
  const client = world.addHost('client');
  const router = world.addRouter('router');
  const server = world.addHost('server');
  const cable = { delay: MILLISECOND, rate: 100_000_000, ...link };
  world.connect(
    world.addInterface(client, 'eth0', { address: '192.0.2.2/24' }),
    world.addInterface(router, 'left', { address: '192.0.2.1/24' }),
    cable,
  );
  world.connect(
    world.addInterface(router, 'right', { address: '198.51.100.1/24' }),
    world.addInterface(server, 'eth0', { address: `${SERVER}/24` }),
    cable,
  );
  client.addRoute({ network: 0, length: 0 }, ip('192.0.2.1'));
  server.addRoute({ network: 0, length: 0 }, ip('198.51.100.1'));
  const turns = new Turns(world);
  const connect = (options: TcpOptions = {}, hostname = SERVER) =>
    connectTcp(turns, client, { hostname, port: 80 }, options);
  const listen = (options: TcpOptions = {}) => listenTcp(turns, server, 80, options);
  /** What `serve` does with the first connection that comes. */
  const serveOne = async <Result>(serve: (streams: TcpStreams) => Promise<Result>, options?: TcpOptions) => {
    const reader = listen(options).getReader();
    const { value } = await reader.read();
    return serve(value as TcpStreams);
  };
  return { world, client, server, turns, connect, listen, serveOne };
}

async function readAll(readable: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readable) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

async function send(writable: WritableStream<Uint8Array>, ...pieces: Uint8Array[]): Promise<void> {
  const writer = writable.getWriter();
  for (const piece of pieces) await writer.write(piece);
  await writer.close();
}

/** The code of the error that the promise fails with. */
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => (error instanceof SocketError ? error.code : `${error}`),
  );

describe('a connection as streams', () => {
  it('carries bytes both ways; each half is closed on its own', async () => {
    const { world, turns, connect, serveOne } = network();
    const served = serveOne(async ({ readable, writable, closed }) => {
      const asked = await readAll(readable);
      // The client has closed its half: ours is still open.
      await send(
        writable,
        asked.map((byte) => byte ^ 0xff),
        pattern(70_000),
      );
      await closed;
      return asked;
    });
    const { readable, writable, opened, closed } = connect();
    expect(await opened).toEqual({
      local: { address: ip('192.0.2.2'), port: expect.any(Number) },
      remote: { address: ip(SERVER), port: 80 },
    });
    await send(writable, pattern(5), pattern(200_000));
    const answer = await readAll(readable);
    await closed;
    const asked = new Uint8Array([...pattern(5), ...pattern(200_000)]);
    expect(Buffer.compare(await served, asked)).toBe(0);
    const wanted = Buffer.concat([asked.map((byte) => byte ^ 0xff), pattern(70_000)]);
    expect(Buffer.compare(answer, wanted)).toBe(0);
    await turns.rest();
    expect([...world.station('client').stack.tcp.list()]).toEqual([]);
  });

  it('can be written before it stands, and closed', async () => {
    const { connect, serveOne } = network();
    const served = serveOne(({ readable }) => readAll(readable));
    void send(connect().writable, pattern(9));
    expect(await served).toEqual(pattern(9));
  });

  it('can be piped', async () => {
    const { connect, serveOne } = network({ loss: 0.05 });
    const served = serveOne(({ readable, writable }) => readable.pipeTo(writable));
    const { readable, writable } = connect();
    void send(writable, pattern(300_000));
    expect(Buffer.compare(await readAll(readable), pattern(300_000))).toBe(0);
    await served;
  });

  it('takes any view of bytes as they are when it is written', async () => {
    const { connect, serveOne } = network();
    const served = serveOne(({ readable }) => readAll(readable));
    const writer = connect().writable.getWriter();
    const bytes = pattern(100);
    void writer.write(bytes.subarray(90));
    void writer.write(new DataView(bytes.buffer, 10, 5) as unknown as Uint8Array);
    void writer.close();
    expect(await served).toEqual(new Uint8Array([...bytes.subarray(90), ...bytes.subarray(10, 15)]));
  });

  it('many at once', async () => {
    const { connect, listen } = network();
    const serving = (async () => {
      for await (const { readable, writable } of listen()) void readable.pipeTo(writable);
    })();
    const answers = Array.from({ length: 30 }, async (_, i) => {
      const { readable, writable } = connect();
      void send(writable, pattern(1000 * i));
      return (await readAll(readable)).length;
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 30 }, (_, i) => 1000 * i));
    void serving;
  });
});

describe('back-pressure', () => {
  it('who does not read stops the writer, and nothing is kept but what the buffers hold', async () => {
    const { turns, connect, serveOne } = network();
    const options = { receiveBuffer: 50_000, sendBuffer: 40_000 };
    let taken = 0;
    const served = serveOne(async ({ readable }) => {
      await turns.rest();
      const before = taken;
      return [before, (await readAll(readable)).length];
    }, options);
    const writer = connect(options).writable.getWriter();
    for (let i = 0; i < 100; i++) {
      await writer.write(pattern(10_000));
      taken += 10_000;
    }
    await writer.close();
    const [before, all] = await served;
    expect(before).toBeGreaterThanOrEqual(80_000);
    expect(before).toBeLessThanOrEqual(90_000);
    expect(all).toBe(1_000_000);
  });
});

describe('the end before its time', () => {
  it('aborting the writer resets the connection', async () => {
    const { connect, serveOne } = network();
    const served = serveOne(async ({ readable, writable, closed }) => {
      const codes = await Promise.all([codeOf(readAll(readable)), codeOf(closed)]);
      return [...codes, await codeOf(send(writable, pattern(1)))];
    });
    const { readable, writable, opened, closed } = connect();
    await opened;
    const reason = new Error('enough');
    const read = codeOf(readAll(readable));
    await writable.abort(reason);
    expect(await served).toEqual(['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
    expect([await read, await codeOf(closed)]).toEqual(['Error: enough', 'none']);
  });

  it('cancelling the reader does so too while we may still write', async () => {
    const { connect, serveOne } = network();
    const served = serveOne(({ closed }) => codeOf(closed));
    const { readable, writable, opened } = connect();
    await opened;
    await readable.cancel();
    expect(await served).toBe('ECONNRESET');
    expect(await codeOf(writable.getWriter().write(pattern(1)))).toBe('ECONNABORTED');
  });

  it('cancelling it when our half is closed loses nothing of what was written', async () => {
    const { connect, serveOne } = network({ rate: 1_000_000 });
    const served = serveOne(({ readable }) => readAll(readable));
    const { readable, writable } = connect();
    await send(writable, pattern(100_000));
    await readable.cancel();
    expect((await served).length).toBe(100_000);
  });

  it('writing what is no bytes resets the connection: the peer must not take it for the whole', async () => {
    const { connect, serveOne } = network();
    const served = serveOne(({ readable }) => codeOf(readAll(readable)));
    const { writable, opened } = connect();
    await opened;
    const writing = writable.getWriter().write('text' as unknown as Uint8Array);
    expect(await codeOf(writing)).toMatch(/^TypeError/);
    expect(await served).toBe('ECONNRESET');
  });

  it('while the connection is still being opened', async () => {
    const { world, turns, connect } = network();
    const { writable, opened, closed } = connect();
    void writable.abort();
    expect([await codeOf(opened), await codeOf(closed)]).toEqual(['ECONNABORTED', 'none']);
    await turns.rest();
    expect([...world.station('client').stack.tcp.list()]).toEqual([]);
  });
});

describe('what fails', () => {
  it('nobody listens', async () => {
    const { connect } = network();
    const { readable, writable, opened, closed } = connect();
    const writing = writable.getWriter().write(pattern(1_000_000));
    await expect(opened).rejects.toMatchObject({
      message: `connect ECONNREFUSED ${SERVER}:80`,
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    const others = [closed, writing, readAll(readable)];
    expect(await Promise.all(others.map(codeOf))).toEqual(Array(3).fill('ECONNREFUSED'));
  });

  it.each([
    ['no such machine', '198.51.100.77', 'EHOSTUNREACH'],
    ['a network that nobody knows', '203.0.113.1', 'ENETUNREACH'],
    ['everybody', '255.255.255.255', 'ENETUNREACH'],
    ['nobody to ask for the name', 'www.example.com', 'EAI_AGAIN'],
    ['a name that can be none', 'a..b', 'ENOTFOUND'],
  ])('%s', async (_name, hostname, code) => {
    const { connect } = network();
    const { opened, closed } = connect({}, hostname);
    expect([await codeOf(opened), await codeOf(closed)]).toEqual([code, code]);
  });

  it('the port is taken', () => {
    const { listen } = network();
    listen();
    expect(listen).toThrow('listen EADDRINUSE 0.0.0.0:80');
  });

  it('nobody listens any more', async () => {
    const { connect, listen } = network();
    const listening = listen().getReader();
    const first = connect();
    const accepted = (await listening.read()).value as TcpStreams;
    // It stands for this client, but not yet for the server.
    const second = connect();
    await second.opened;
    await listening.cancel();
    expect(await codeOf(connect().opened)).toBe('ECONNREFUSED');
    expect(await codeOf(second.closed)).toBe('ECONNRESET');
    // What was accepted goes on.
    void send(first.writable, pattern(1));
    expect(await readAll(accepted.readable)).toEqual(pattern(1));
  });

  it('names are asked of the resolver', async () => {
    const { client, connect, serveOne } = network();
    client.resolver.addHost('web.example', ip(SERVER));
    const served = serveOne(async () => 'served');
    await connect({}, 'web.example').opened;
    expect(await served).toBe('served');
  });
});
