// The web client: how long its connections live, what it makes of failures, and what the trace tells of it all.

import { describe, expect, it } from 'vitest';
import { exchange, NOTHING, network, page, request, SERVER, site } from '../../../test/http-pair.js';
import { dropsIn, eventsOf, expectNoLeaks, ip, pattern } from '../../../test/kit.js';
import { decodeLatin1, encodeUtf8 } from '../../base/text.js';
import { MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import type { TcpConnection, TcpListener } from '../../stack/tcp/connection.js';
import { type HttpRequest, writeChunked } from '../../wire/http.js';
import { HttpClient } from './client.js';

expectNoLeaks();

describe('connections', () => {
  const opened = (made: ReturnType<typeof network>): number =>
    eventsOf(made.world, 'activity-begun').filter(({ activity }) => activity === 'connect').length;

  /** Requests one after the other, each when the one before it is answered. */
  function inTurn(
    made: ReturnType<typeof network>,
    client: HttpClient,
    requests: readonly HttpRequest[],
  ): string[] {
    const got: string[] = [];
    const next = (i: number): void => {
      const wanted = requests[i];
      if (wanted === undefined) return;
      client.exchange({ address: SERVER, port: 80 }, wanted, (response, failure) => {
        got.push(response === undefined ? `${failure?.error}` : `${response.status} ${response.body.length}`);
        next(i + 1);
      });
    };
    next(0);
    made.world.runToRest(10 * MINUTE);
    return got;
  }

  it('are used again while they are kept', () => {
    const made = site({ '/': page('hello'), '/2': page('hello2') });
    const client = new HttpClient(made.here.stack);
    expect(inTurn(made, client, [request(), request('/2'), request('/', 'HEAD'), request('/2')])).toEqual([
      '200 5',
      '200 6',
      '200 0',
      '200 6',
    ]);
    expect(opened(made)).toBe(1);
    expect(
      eventsOf(made.world, 'app').filter(({ name }) => name === 'browser.connection-reused'),
    ).toHaveLength(3);
  });

  it('are read as fast as the program wants, no faster: the window closes, and nothing is lost', () => {
    const body = 'x'.repeat(100_000);
    const made = site({ '/': page(body) });
    const tcp = { receiveBuffer: 16384 };
    const { response } = exchange(made, request(), { readRate: 20_000, tcp });
    expect(response?.body.length).toBe(100_000);
    expect(made.world.now / SECOND).toBeGreaterThan(4);
    expect(eventsOf(made.world, 'app').map(({ name }) => name)).toContain('tcp.window-closed');
  });

  it('are read slowly to their end, also where the server closes long before', () => {
    const made = network();
    made.program(() => ({
      readable: (connection) => {
        connection.read();
        connection.write(encodeUtf8(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(50_000)}`));
        connection.close();
      },
    }));
    expect(exchange(made, request(), { readRate: 10_000 }).response?.body.length).toBe(50_000);
    expect(made.world.now / SECOND).toBeGreaterThan(4);
  });

  it('that nobody waits for any more are not read to their end', () => {
    const made = site({ '/': page('x'.repeat(5_000_000)) });
    const client = new HttpClient(made.here.stack, { tcp: { receiveBuffer: 16384 }, readRate: 10_000 });
    client.exchange({ address: SERVER, port: 80 }, request(), () => {});
    made.world.advance(2 * SECOND);
    expect(client.partial()).toMatchObject({ expected: 5_000_000 });
    expect(client.partial()?.received).toBeGreaterThan(10_000);
    client.close();
    expect(made.world.runToRest(MINUTE)).toBe(true);
    const left = [...made.there.stack.tcp.list(), ...made.here.stack.tcp.list()];
    expect(left.map(({ state }) => state)).toEqual([]);
  });

  it('are closed by a client that keeps none', () => {
    const made = site({ '/': page('hello') });
    const client = new HttpClient(made.here.stack, { keepAlive: false });
    expect(inTurn(made, client, [request(), request()])).toEqual(['200 5', '200 5']);
    expect(opened(made)).toBe(2);
  });

  it.each([
    ['the client', request('/', 'GET', [['Connection', 'close']])],
    ['HTTP/1.0', { ...request(), version: 'HTTP/1.0' }],
  ])('that %s wants closed are closed, and the next request opens another', (_who, wanted) => {
    const made = site({ '/': page('hello') });
    const client = new HttpClient(made.here.stack);
    expect(inTurn(made, client, [wanted, request()])).toEqual(['200 5', '200 5']);
    expect(opened(made)).toBe(2);
  });

  it('of HTTP/1.0 are kept when both want it', () => {
    const made = site({ '/': page('hello') });
    const client = new HttpClient(made.here.stack);
    const old = { ...request('/', 'GET', [['Connection', 'keep-alive']]), version: 'HTTP/1.0' };
    expect(inTurn(made, client, [old, old])).toEqual(['200 5', '200 5']);
    expect(opened(made)).toBe(1);
  });

  it('that the server’s handler wants closed are closed by the server', () => {
    const made = network();
    made.there.httpServer.handler = () => ({
      version: 'HTTP/1.1',
      status: 200,
      reason: 'OK',
      headers: [['Connection', 'close']],
      body: pattern(3),
    });
    const client = new HttpClient(made.here.stack);
    expect(inTurn(made, client, [request(), request()])).toEqual(['200 3', '200 3']);
    expect(opened(made)).toBe(2);
    expect([...made.there.stack.tcp.list()].map(({ state }) => state)).toEqual([]);
  });

  it('whose end is the end of the body are not used again, even in the same breath', () => {
    const made = network();
    made.program(() => ({
      readable(connection) {
        connection.read();
        connection.write(encodeUtf8('HTTP/1.1 200 OK\r\n\r\nuntil the end'));
        connection.close();
      },
    }));
    const client = new HttpClient(made.here.stack);
    expect(inTurn(made, client, [request(), request()])).toEqual(['200 13', '200 13']);
    expect(opened(made)).toBe(2);
  });

  it('nobody uses are closed after their time', () => {
    const made = site({ '/': page('hello') });
    const client = new HttpClient(made.here.stack, { idleTimeout: 10 * SECOND });
    client.exchange({ address: SERVER, port: 80 }, request(), () => {});
    made.world.advance(9 * SECOND);
    expect(client.hasIdle({ address: SERVER, port: 80 })).toBe(true);
    expect(client.hasIdle({ address: SERVER, port: 81 })).toBe(false);
    made.world.advance(2 * SECOND);
    expect(client.hasIdle({ address: SERVER, port: 80 })).toBe(false);
    made.world.runToRest(10 * MINUTE);
    const left = [...made.here.stack.tcp.list(), ...made.there.stack.tcp.list()];
    expect(left.map(({ state }) => state)).toEqual([]);
  });

  it('for requests at the same time are as many as requests', () => {
    const made = site({ '/': page('hello') });
    const client = new HttpClient(made.here.stack);
    const got: number[] = [];
    for (let i = 0; i < 3; i++) {
      client.exchange({ address: SERVER, port: 80 }, request(), (response) =>
        got.push(response?.status ?? 0),
      );
    }
    made.world.runToRest(10 * MINUTE);
    expect([got, opened(made)]).toEqual([[200, 200, 200], 3]);
  });

  it('requests that come together are answered in their order', () => {
    const made = site({ '/': page('hello'), '/2': page('hello2') });
    let text = '';
    const listener: TcpListener = {
      connected: (connection) => {
        for (const target of ['/', '/2', '/3'])
          connection.write(encodeUtf8(`GET ${target} HTTP/1.1\r\nHost: www.example.org\r\n\r\n`));
        connection.shutdown();
      },
      readable: (connection) => {
        text += decodeLatin1(connection.read());
      },
    };
    made.here.stack.tcp.connect({ address: SERVER, port: 80 }, listener);
    made.world.runToRest(10 * MINUTE);
    expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '200', '404']);
    expect([...made.there.stack.tcp.list()].map(({ state }) => state)).toEqual([]);
  });

  it('take a moment to be noticed when the client is told so', () => {
    const made = site({ '/': page('hello') });
    const { response } = exchange(made, request(), { reaction: 50 * MILLISECOND });
    expect(response?.status).toBe(200);
    const times = Object.fromEntries(eventsOf(made.world, 'app').map(({ name, time }) => [name, time]));
    const connected = eventsOf(made.world, 'activity-ended').at(0)?.time as number;
    expect((times['http.request-sent'] as number) - connected).toBe(50 * MILLISECOND);
  });
});

describe('what a client makes of', () => {
  const chunked = new Uint8Array([
    ...encodeUtf8('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ...writeChunked([pattern(300), pattern(5)]),
  ]);

  /** What the server's program says to a request, and whether it then closes. */
  const saying = (octets: Uint8Array, end: (connection: TcpConnection) => void = () => {}) => {
    const made = network();
    made.program(() => ({
      readable(connection) {
        connection.read();
        connection.write(octets);
        end(connection);
      },
      ended: (connection) => connection.close(),
    }));
    return made;
  };

  it('a body in chunks', () => {
    const { response } = exchange(saying(chunked), request());
    expect(response?.body).toEqual(new Uint8Array([...pattern(300), ...pattern(5)]));
  });

  it('an interim response before the real one', () => {
    const octets = encodeUtf8('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n');
    expect(exchange(saying(octets), request()).response?.status).toBe(204);
  });

  it.each<[string, () => ReturnType<typeof network>, string, RegExp]>([
    [
      'a port where nobody listens',
      () => network(),
      'ECONNREFUSED',
      /192\.0\.2\.80 port 80 refused the connection/,
    ],
    [
      'a host that is not there',
      () => {
        const made = network();
        made.world.links[0]?.forth.faults.push(() => 'drop');
        return made;
      },
      'EHOSTUNREACH',
      /can not be reached/,
    ],
    [
      'a host that is silent',
      () => {
        const made = network();
        const { stack, ports } = made.here;
        if (ports[0] !== undefined) stack.ipv4.neighborsOf(ports[0]).addPermanent(SERVER, 0x020000005553);
        return made;
      },
      'ETIMEDOUT',
      /did not answer in time/,
    ],
    [
      'a connection that ends without an answer',
      () => saying(NOTHING, (connection) => connection.close()),
      'closed',
      /without an answer/,
    ],
    [
      'a server that dies in the middle of the body',
      () =>
        saying(encodeUtf8('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'), (connection) =>
          connection.close(),
        ),
      'closed',
      /in the middle of a message's body with 4 of 100 bytes/,
    ],
    [
      'a server that resets',
      () => saying(encodeUtf8('HTTP/1.1 200 OK\r\n'), (connection) => connection.abort()),
      'ECONNRESET',
      /reset/,
    ],
    ['nonsense', () => saying(encodeUtf8('SSH-2.0-server\r\n')), 'malformed', /status line/],
  ])('%s', (_what, make, error, text) => {
    const made = make();
    const { response, failure } = exchange(made, request());
    expect([response, failure?.error]).toEqual([undefined, error]);
    expect(failure?.text).toMatch(text);
    expect(eventsOf(made.world, 'activity-ended').some(({ ok }) => !ok)).toBe(true);
    // Nothing is left over at either side.
    expect([...made.here.stack.tcp.list()].map(({ state }) => state)).toEqual([]);
  });

  it('a network without a way to the server', () => {
    const made = network();
    const client = new HttpClient(made.here.stack);
    const got: unknown[] = [];
    client.exchange({ address: ip('203.0.113.9'), port: 80 }, request(), (response, failure) =>
      got.push([response, failure?.error]),
    );
    expect(got).toEqual([[undefined, 'ENETUNREACH']]);
    expect(dropsIn(made.world)).toEqual(['ipv4-no-route']);
  });

  it('a server that goes away while the connection is idle: the next request opens another', () => {
    const made = network();
    made.program((index) => ({
      readable(connection) {
        connection.read();
        connection.write(encodeUtf8(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${index}`));
        if (index === 0) connection.close();
      },
    }));
    const client = new HttpClient(made.here.stack);
    const got: string[] = [];
    const ask = () =>
      client.exchange({ address: SERVER, port: 80 }, request(), (response, failure) =>
        got.push(response === undefined ? `${failure?.error}` : decodeLatin1(response.body)),
      );
    ask();
    made.world.advance(SECOND);
    ask();
    made.world.advance(SECOND);
    expect(got).toEqual(['0', '1']);
  });
});

describe('the story in the trace', () => {
  it('has the parts of an exchange as activities, and the request held until the connection stands', () => {
    const made = site({ '/': page('hello') });
    exchange(made, request());
    expect(
      eventsOf(made.world, 'activity-begun').map(({ activity, subject }) => [activity, subject]),
    ).toEqual([
      ['connect', '192.0.2.80:80'],
      ['request', 'GET /'],
      ['close', expect.stringMatching(/^192\.0\.2\.1:\d+ → 192\.0\.2\.80:80$/)],
    ]);
    expect(eventsOf(made.world, 'activity-ended').map(({ ok }) => ok)).toEqual([true, true, true]);
    const held = eventsOf(made.world, 'held').find(({ what }) => what === 'http');
    expect(held).toMatchObject({
      waitsFor: 'tcp',
      known: { 'http.request.method': 'GET', 'http.host': 'www.example.org' },
    });
    expect(eventsOf(made.world, 'released').find((released) => released.held === held?.seq)?.ok).toBe(true);
    expect(eventsOf(made.world, 'app').map(({ name }) => name)).toEqual([
      'http.request-sent',
      'http.request-received',
      'http.response-sent',
      'http.response-received',
    ]);
  });
});
