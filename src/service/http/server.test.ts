// The web server: what it answers to whom.

import { describe, expect, it } from 'vitest';
import { exchange, NOTHING, network, page, request, SERVER, site } from '../../../test/http-pair.js';
import { dropsIn, expectBytes, expectNoLeaks, ip, pattern } from '../../../test/kit.js';
import { decodeLatin1, encodeUtf8 } from '../../base/text.js';
import { MILLISECOND, MINUTE, SECOND } from '../../base/time.js';
import { type HttpFields, type HttpResponse, header } from '../../wire/http.js';
import { HttpServer } from './server.js';

expectNoLeaks();

const MODIFIED = 'Thu, 17 Oct 2019 07:18:26 GMT';

describe('the server', () => {
  it('gives a page with all that belongs to it', () => {
    const { response } = exchange(site({ '/': page('hello', [['X-Own', 'yes']]) }), request());
    expect(response).toMatchObject({ status: 200, reason: 'OK', version: 'HTTP/1.1' });
    expect(response?.headers).toEqual([
      ['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['Server', 'wirewalk'],
      ['X-Own', 'yes'],
      ['Content-Type', 'text/html'],
      ['Content-Length', '5'],
    ]);
    expect(response?.body).toEqual(encodeUtf8('hello'));
  });

  it.each([
    ['a page that is not there', request('/missing'), 404],
    ['a page that may only be read', request('/', 'POST'), 405],
    ['another site', { ...request(), headers: [['Host', 'other.example.org']] as HttpFields }, 404],
    ['no Host header', { ...request(), headers: [] }, 400],
    ['two Host headers', request('/', 'GET', [['Host', 'www.example.org']]), 400],
    [
      'another port in the Host header',
      { ...request(), headers: [['Host', 'WWW.example.org:80']] as HttpFields },
      200,
    ],
    ['a query that no page has of its own', request('/?q=1'), 200],
    [
      'the whole URL as target (RFC 9112 §3.2.2)',
      { ...request('http://www.example.org/'), headers: [['Host', 'x']] as HttpFields },
      200,
    ],
    ['no HTTP/1.1', { ...request(), version: 'HTTP/2.0' }, 505],
    ['a header that makes no sense', request('/', 'GET', [['Bad Name', 'x']]), 400],
  ])('%s', (_what, wanted, status) => {
    const { response } = exchange(site({ '/': page('hello') }), wanted);
    expect(response?.status).toBe(status);
    expect(header(response as HttpResponse, 'Content-Length')).toBe(String(response?.body.length));
    if (status === 405) expect(header(response as HttpResponse, 'Allow')).toBe('GET, HEAD');
  });

  it('closes the connection behind a request that it can not read, and says so', () => {
    const { response } = exchange(site({}), request('/', 'GET', [['Bad Name', 'x']]), { keepAlive: true });
    expect([response?.status, header(response as HttpResponse, 'Connection')]).toEqual([400, 'close']);
  });

  it('answers HEAD as GET, without the body', () => {
    const { response, failure } = exchange(site({ '/': page('hello') }), request('/', 'HEAD'));
    expect(failure).toBeUndefined();
    expect([response?.status, header(response as HttpResponse, 'Content-Length'), response?.body]).toEqual([
      200,
      '5',
      NOTHING,
    ]);
  });

  it('serves every other name with the site *', () => {
    const wanted = { ...request(), headers: [['Host', 'whatever.example']] as HttpFields };
    expect(exchange(site({ '/': page('hello') }, '*'), wanted).response?.status).toBe(200);
  });

  it.each([
    ['the tag it has', [['If-None-Match', '"v1"']], 304],
    ['one of several tags, weak or not', [['If-None-Match', '"x", W/"v1"']], 304],
    ['any tag', [['If-None-Match', '*']], 304],
    ['another tag', [['If-None-Match', '"v2"']], 200],
    ['its date', [['If-Modified-Since', MODIFIED]], 304],
    ['a later date', [['If-Modified-Since', 'Fri, 18 Oct 2019 00:00:00 GMT']], 304],
    ['an earlier date', [['If-Modified-Since', 'Wed, 16 Oct 2019 00:00:00 GMT']], 200],
    ['no date at all', [['If-Modified-Since', 'yesterday']], 200],
    [
      'another tag, whatever the date says (RFC 9110 §13.2.2)',
      [
        ['If-None-Match', '"v2"'],
        ['If-Modified-Since', MODIFIED],
      ],
      200,
    ],
  ] as [string, HttpFields, number][])('tells a client with %s', (_what, headers, status) => {
    const pages = {
      '/': page('hello', [
        ['ETag', '"v1"'],
        ['Last-Modified', MODIFIED],
      ]),
    };
    const { response } = exchange(site(pages), request('/', 'GET', headers));
    expect([response?.status, response?.body.length]).toEqual([status, status === 304 ? 0 : 5]);
    expect(header(response as HttpResponse, 'ETag')).toBe('"v1"');
  });

  it('asks a handler when it has one, and completes what that says', () => {
    const made = network();
    made.there.httpServer.handler = ({ target, body }, from) => ({
      version: 'HTTP/1.1',
      status: 201,
      reason: 'Created',
      headers: [['Server', 'mine']],
      body: encodeUtf8(`${target} ${body.length} ${from.address === ip('192.0.2.1')}`),
    });
    const post = request('/put?x=1', 'POST', [['Content-Length', '3']], pattern(3));
    const { response } = exchange(made, post);
    expect([response?.status, decodeLatin1(response?.body ?? NOTHING)]).toEqual([201, '/put?x=1 3 true']);
    expect(header(response as HttpResponse, 'Server')).toBe('mine');
    expect(header(response as HttpResponse, 'Date')).toBeDefined();
  });

  it('closes behind a response that says so, whatever the client does', () => {
    const made = network();
    made.there.httpServer.handler = () => ({
      version: 'HTTP/1.1',
      status: 200,
      reason: 'OK',
      headers: [['Connection', 'close']],
      body: NOTHING,
    });
    const heard: string[] = [];
    made.here.stack.tcp.connect(
      { address: SERVER, port: 80 },
      {
        connected: (connection) => connection.write(encodeUtf8('GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
        readable: (connection) => heard.push(decodeLatin1(connection.read()).split('\r\n')[0] as string),
        ended: () => heard.push('ended'),
      },
    );
    made.world.advance(SECOND);
    expect(heard).toEqual(['HTTP/1.1 200 OK', 'ended']);
    // Nobody closes the other direction here: it ends with the world.
    for (const connection of [...made.here.stack.tcp.list()]) connection.abort();
  });

  it.each([
    ['is asked for it', 'HTTP/1.1', ['HTTP/1.1 100 Continue', 'HTTP/1.1 200 OK']],
    ['is not, in words of HTTP/1.0', 'HTTP/1.0', []],
  ])('a client that waits with its body %s', (_what, version, answers) => {
    const made = network();
    const bodies: string[] = [];
    made.there.httpServer.handler = ({ body }) => {
      bodies.push(decodeLatin1(body));
      return { version: 'HTTP/1.1', status: 200, reason: 'OK', headers: [], body: NOTHING };
    };
    const heard: string[] = [];
    const head = `POST / ${version}\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n`;
    made.here.stack.tcp.connect(
      { address: SERVER, port: 80 },
      {
        connected: (connection) => connection.write(encodeUtf8(head)),
        readable: (connection) => {
          heard.push(decodeLatin1(connection.read()).split('\r\n')[0] as string);
          if (heard.length === 1) connection.write(encodeUtf8('hel'));
          if (heard.length === 1)
            made.world.engine.schedule(
              { wake: () => connection.write(encodeUtf8('lo')) },
              made.world.now + SECOND,
              made.world.engine.takeOrder(),
            );
        },
      },
    );
    made.world.advance(3 * SECOND);
    expect(heard).toEqual(answers);
    expect(bodies).toEqual(answers.length === 0 ? [] : ['hello']);
    for (const connection of [...made.here.stack.tcp.list()]) connection.abort();
  });

  it('takes what still comes behind its last response, so that no reset costs the client that', () => {
    const made = site({ '/': page('x'.repeat(100_000)) });
    let heard = '';
    let end = '';
    made.here.stack.tcp.connect(
      { address: SERVER, port: 80 },
      {
        connected: (connection) => {
          connection.write(
            encodeUtf8('GET / HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n'),
          );
          connection.write(pattern(150_000));
        },
        readable: (connection) => {
          heard += decodeLatin1(connection.read());
        },
        ended: (connection) => connection.close(),
        closed: () => {
          end = 'closed';
        },
        failed: (_connection, error) => {
          end = error;
        },
      },
    );
    made.world.runToRest(10 * MINUTE);
    expect([heard.length > 100_000, end]).toEqual([true, 'closed']);
    expect(dropsIn(made.world)).toEqual([]);
  });

  it('waits no longer than half a minute for a client that does not close', () => {
    const made = site({ '/': page('hello') });
    made.here.stack.tcp.connect(
      { address: SERVER, port: 80 },
      {
        connected: (connection) =>
          connection.write(
            encodeUtf8('GET / HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n\r\n'),
          ),
        readable: (connection) => void connection.read(),
      },
    );
    const { world } = made;
    const states = () => [...made.there.stack.tcp.list()].map(({ state }) => state);
    world.advance(29 * SECOND);
    expect(states()).toEqual(['FIN-WAIT-2']);
    world.advance(2 * MINUTE);
    expect(states()).toEqual([]);
    for (const connection of [...made.here.stack.tcp.list()]) connection.abort();
  });

  it('sends pages of any size', () => {
    for (const size of [0, 1, 1460, 100_000, 1_000_000]) {
      const made = network({ delay: MILLISECOND, rate: 1e9 });
      made.there.httpServer.addSite('*', new Map([['/', { body: pattern(size) }]]));
      const { response, failure } = exchange(made, request());
      expect(failure).toBeUndefined();
      expectBytes(response?.body ?? NOTHING, pattern(size));
    }
  });

  it('needs its port', () => {
    const { there } = network();
    new HttpServer(there.stack);
    expect(() => new HttpServer(there.stack)).toThrow(/has a program on TCP port 80 already/);
    expect(() => new HttpServer(there.stack, 8080)).not.toThrow();
  });

  it('escapes what it repeats', () => {
    const { response } = exchange(site({}), request('/<b>&'));
    expect(decodeLatin1(response?.body ?? NOTHING)).toContain('/&lt;b&gt;&amp;');
  });
});
