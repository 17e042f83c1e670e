// The browser: from a URL to a page by way of its cache, the resolver and connections.

import { describe, expect, it } from 'vitest';
import { eventsOf, expectNoLeaks, ip, newWorld, prefix } from '../../test/kit.js';
import { encodeUtf8 } from '../base/text.js';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import type { World } from '../net/world.js';
import { DNS_TYPE, RCODE } from '../wire/dns/registry.js';
import { type HttpFields, type HttpRequest, type HttpResponse, header } from '../wire/http.js';
import type { PageLoad } from './browser.js';
import { record } from './dns/zone.js';

expectNoLeaks();

const URL_OF = (path = '/'): string => `http://www.example.org${path}`;

type Answers = (request: HttpRequest, count: number) => Partial<HttpResponse> & { text?: string };

/** A browser on one host; DNS and web server on another, behind a router. */
function network(answers: Answers = () => ({ text: 'hello' })) {
  const world = newWorld();
  const pc = world.addHost('pc');
  const router = world.addRouter('router');
  const server = world.addHost('server');
  const link = { delay: MILLISECOND };
  world.connect(
    world.addInterface(pc, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(router, 'eth0', { address: '192.0.2.254/24' }),
    link,
  );
  world.connect(
    world.addInterface(router, 'eth1', { address: '198.51.100.254/24' }),
    world.addInterface(server, 'eth0', { address: '198.51.100.80/24' }),
    link,
  );
  pc.addRoute(prefix('0.0.0.0/0'), ip('192.0.2.254'));
  server.addRoute(prefix('0.0.0.0/0'), ip('198.51.100.254'));
  pc.resolver.servers = [ip('198.51.100.80')];
  for (const name of ['www.example.org', 'www.example.net']) {
    server.dnsServer.cache.add(name, DNS_TYPE.A, [
      record(name, DNS_TYPE.A, 86400, { kind: 'A', address: ip('198.51.100.80') }),
    ]);
  }
  server.dnsServer.cache.addNegative('gone.example.org', DNS_TYPE.A, RCODE.NXDOMAIN, 60);
  server.dnsServer.cache.addNegative('mail.example.org', DNS_TYPE.A, RCODE.NOERROR, 60);
  const requests: HttpRequest[] = [];
  server.httpServer.handler = (request) => {
    requests.push(request);
    const { text, ...response } = answers(request, requests.length);
    return {
      version: 'HTTP/1.1',
      status: 200,
      reason: 'OK',
      headers: [],
      body: encodeUtf8(text ?? ''),
      ...response,
    };
  };
  const open = (url: string): PageLoad => {
    let page: PageLoad | undefined;
    pc.browser.open(url, (loaded) => (page = loaded));
    world.advance(20 * SECOND);
    return page ?? expect.fail('the browser does not come to an end');
  };
  const names = (): string[] => eventsOf(world, 'app').map(({ name }) => name);
  return { world, pc, server, requests, open, names };
}

/** What came of the first URL that was opened. */
function end(world: World) {
  const browse = eventsOf(world, 'activity-begun').find(({ activity }) => activity === 'browse');
  return eventsOf(world, 'activity-ended').find(({ begun }) => begun === browse?.seq);
}

const cached = (seconds: number, ...headers: HttpFields): { headers: HttpFields } => ({
  headers: [['Cache-Control', `max-age=${seconds}`], ...headers],
});

describe('opening a URL', () => {
  it('finds the server, asks for the page and shows it', () => {
    const { open, requests, names, world } = network();
    expect(open(' www.Example.org/a%20b?q#part ')).toMatchObject({
      url: 'http://www.example.org/a%20b?q',
      text: 'hello',
      fromCache: false,
    });
    expect(requests).toMatchObject([
      {
        method: 'GET',
        target: '/a%20b?q',
        headers: [
          ['Host', 'www.example.org'],
          ['User-Agent', 'wirewalk'],
          ['Accept', '*/*'],
        ],
      },
    ]);
    expect(names().filter((name) => name.startsWith('browser'))).toEqual([
      'browser.url-parsed',
      'browser.cache-miss',
      'browser.page-shown',
    ]);
    expect(end(world)).toMatchObject({ ok: true, outcome: '200 OK' });
    const held = eventsOf(world, 'held').find(({ what }) => what === 'tcp');
    expect(held).toMatchObject({ waitsFor: 'dns', wanted: 'www.example.org' });
  });

  it('needs no DNS for an address, and names the port in Host', () => {
    const { open, requests, names, server } = network();
    server.stack.tcp.listen(8080, { accept: () => ({ ended: (connection) => connection.close() }) });
    open('http://198.51.100.80/');
    expect(header(requests[0] as HttpRequest, 'Host')).toBe('198.51.100.80');
    expect(names()).not.toContain('resolver.query');
  });

  it('shows what the server says, also when that is bad news', () => {
    const { open } = network(() => ({ status: 404, reason: 'Not Found', text: 'no' }));
    expect(open(URL_OF())).toMatchObject({ text: 'no', response: { status: 404 } });
  });

  it('says who it is when it is told', () => {
    const made = network();
    made.pc.browserOptions = { userAgent: 'test/1' };
    made.open(URL_OF());
    expect(header(made.requests[0] as HttpRequest, 'User-Agent')).toBe('test/1');
  });

  it('decodes UTF-8', () => {
    expect(network(() => ({ text: 'grüße ✓' })).open(URL_OF()).text).toBe('grüße ✓');
  });
});

describe('the cache', () => {
  it('spares every packet while a page is fresh', () => {
    const { world, open, requests, names } = network(() => ({ ...cached(100), text: 'hello' }));
    open(URL_OF());
    world.advance(30 * SECOND);
    const sent = eventsOf(world, 'frame-sent').length;
    expect(open(URL_OF())).toMatchObject({ text: 'hello', fromCache: true });
    expect([requests.length, names().at(-2)]).toEqual([1, 'browser.cache-hit']);
    // Only the idle connection of the first time may be closed meanwhile.
    expect(eventsOf(world, 'frame-sent').slice(sent).length).toBeLessThanOrEqual(8);
    world.advance(60 * SECOND);
    expect(open(URL_OF()).fromCache).toBe(false);
    expect(requests).toHaveLength(2);
  });

  it('asks whether a stale page has changed', () => {
    const { open, requests } = network((request, count) =>
      header(request, 'If-None-Match') === '"v1"'
        ? {
            status: 304,
            reason: 'Not Modified',
            headers: [
              ['Cache-Control', 'max-age=60'],
              ['X-Count', String(count)],
            ],
          }
        : {
            ...cached(0, ['ETag', '"v1"'], ['Last-Modified', 'Thu, 17 Oct 2019 07:18:26 GMT']),
            text: 'hello',
          },
    );
    open(URL_OF());
    const again = open(URL_OF());
    expect(again).toMatchObject({ text: 'hello', fromCache: false, response: { status: 200 } });
    expect(header(again.response as HttpResponse, 'X-Count')).toBe('2');
    expect(requests[1]?.headers.slice(3)).toEqual([
      ['If-None-Match', '"v1"'],
      ['If-Modified-Since', 'Thu, 17 Oct 2019 07:18:26 GMT'],
    ]);
    // The news made it fresh.
    expect(open(URL_OF()).fromCache).toBe(true);
  });

  it('takes the new page when it has changed', () => {
    const { open } = network((_request, count) => ({
      ...cached(0, ['ETag', `"${count}"`]),
      text: `page ${count}`,
    }));
    expect([open(URL_OF()).text, open(URL_OF()).text]).toEqual(['page 1', 'page 2']);
  });

  it.each([
    ['no-store', { headers: [['Cache-Control', 'no-store, max-age=100']] as HttpFields }],
    ['an error that may not be kept', { status: 500, reason: 'Internal Server Error' }],
  ])('does not keep %s', (_what, answer) => {
    const { open, pc, requests } = network(() => answer);
    open(URL_OF());
    expect([...pc.browser.stored()]).toEqual([]);
    expect(open(URL_OF()).fromCache).toBe(false);
    expect(requests).toHaveLength(2);
  });

  it('keeps pages apart by their whole URL, and can be emptied', () => {
    const { open, pc, requests, world } = network(({ target }) => ({ ...cached(100), text: target }));
    for (const path of ['/', '/?a', '/b', '/?a']) expect(open(URL_OF(path)).text).toBe(path);
    expect(requests).toHaveLength(3);
    const rows = eventsOf(world, 'table-set').filter(({ table }) => table === 'http-cache');
    expect(rows[1]?.after).toEqual({ url: URL_OF('/?a'), status: 200, bytes: 3, 'fresh for': 100 });
    pc.browser.clearCache();
    expect([...pc.browser.stored()]).toEqual([]);
    expect(open(URL_OF()).fromCache).toBe(false);
  });

  it('forgets no DNS and no connection: a second page needs neither', () => {
    const { open, world } = network();
    open(URL_OF());
    open(URL_OF('/2'));
    const asked = eventsOf(world, 'app').filter(
      ({ name }) => name === 'resolver.query' || name === 'browser.connection-reused',
    );
    expect(asked.map(({ name }) => name)).toEqual(['resolver.query', 'browser.connection-reused']);
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302, headers: HttpFields = []) => ({
    status,
    reason: 'Found',
    headers: [['Location', location], ...headers] as HttpFields,
  });

  it.each([
    ['/b', 301, URL_OF('/b')],
    ['b?x', 302, URL_OF('/b?x')],
    ['//www.example.net/c', 303, 'http://www.example.net/c'],
    ['http://www.example.net/', 307, 'http://www.example.net/'],
    ['/b', 308, URL_OF('/b')],
  ])('to %s with status %i', (location, status, url) => {
    const { open, requests } = network((_request, count) =>
      count === 1 ? to(location, status) : { text: 'there' },
    );
    expect(open(URL_OF('/a'))).toMatchObject({ url, text: 'there', fromCache: false });
    expect(requests).toHaveLength(2);
  });

  it('over a connection that is closed behind each answer', () => {
    const { open } = network((_request, count) =>
      count < 3
        ? to(`/${count}`, 302, [['Connection', 'close']])
        : { text: 'there', headers: [['Connection', 'close']] },
    );
    expect(open(URL_OF())).toMatchObject({ url: URL_OF('/2'), text: 'there' });
  });

  it('in a client that keeps no connection', () => {
    const made = network((_request, count) => (count < 3 ? to(`/${count}`) : { text: 'there' }));
    made.pc.browserOptions = { keepAlive: false };
    expect(made.open(URL_OF())).toMatchObject({ url: URL_OF('/2'), text: 'there' });
  });

  it('from the cache are followed too', () => {
    const { open, requests } = network(({ target }) =>
      target === '/old'
        ? to('/new', 301, [['Cache-Control', 'max-age=1000']])
        : { ...cached(1000), text: 'new page' },
    );
    const wanted = { url: URL_OF('/new'), text: 'new page' };
    expect(open(URL_OF('/old'))).toMatchObject({ ...wanted, fromCache: false });
    expect(open(URL_OF('/old'))).toMatchObject({ ...wanted, fromCache: true });
    expect(requests).toHaveLength(2);
  });

  it('to a page in the cache needed a request all the same', () => {
    const { open } = network(({ target }) => (target === '/a' ? to('/b') : { ...cached(1000), text: 'b' }));
    open(URL_OF('/b'));
    expect(open(URL_OF('/a'))).toMatchObject({ text: 'b', fromCache: false });
  });

  it.each([
    ['for ever', to('/'), /more than 20 redirects/],
    ['to https', to('https://www.example.org/'), /https is not spoken here yet/],
    ['to no URL', to('http://[oops'), /./],
  ])('%s end', (_what, answer, text) => {
    const { open } = network(() => answer);
    const page = open(URL_OF());
    expect(page.error).toMatch(text);
    expect(page.text).toBe('');
  });

  it('without a place to go are shown', () => {
    const { open } = network(() => ({ status: 302, reason: 'Found', text: 'go away' }));
    expect(open(URL_OF())).toMatchObject({ text: 'go away', response: { status: 302 } });
  });
});

describe('failures are one sentence', () => {
  it.each([
    ['http://', /./],
    ['ftp://www.example.org/', /ftp/],
    ['https://www.example.org/', /https is not spoken here yet; open the page with http:\/\//],
    ['http://gone.example.org/', /the name gone\.example\.org does not exist/],
    ['http://mail.example.org/', /exists but has no IPv4 address/],
    ['http://unknown.example.com/', /the DNS server \(198\.51\.100\.80\) says REFUSED/],
    ['http://198.51.100.80:81/', /198\.51\.100\.80 port 81 refused the connection: nobody listens there/],
    ['http://198.51.100.99/', /the host can not be reached/],
    ['http://203.0.113.1/', /no route leads to its network/],
  ])('%s', (url, text) => {
    const { open, world, names } = network();
    const page = open(url);
    expect(page.error).toMatch(text);
    expect([page.response, page.text, page.fromCache]).toEqual([undefined, '', false]);
    expect(names()).toContain('browser.failed');
    expect(end(world)).toMatchObject({ ok: false, outcome: page.error });
  });

  it.each([
    ['no DNS server', () => [], /no DNS server is configured/],
    [
      'a DNS server without a route',
      () => [ip('203.0.113.53')],
      /no route leads to the DNS server|can not be reached/,
    ],
    ['a DNS server that is not one', () => [ip('192.0.2.254')], /no DNS server runs on 192\.0\.2\.254/],
    [
      'a DNS server that is not there',
      () => [ip('192.0.2.99')],
      /the DNS server \(192\.0\.2\.99\) can not be reached/,
    ],
  ])('%s', (_what, servers, text) => {
    const made = network();
    made.pc.resolver.servers = servers();
    expect(made.open(URL_OF()).error).toMatch(text);
  });

  it('a DNS server that is silent', () => {
    const made = network();
    made.world.links[0]?.forth.faults.push((frame) =>
      frame.view.getUint8(frame.start + 23) === 17 ? 'drop' : 'pass',
    );
    expect(made.open(URL_OF()).error).toMatch(/the DNS server \(198\.51\.100\.80\) does not answer/);
  });

  it('a server that dies in the middle of the page', () => {
    const made = network();
    made.server.stack.tcp.stopListening(80);
    made.server.stack.tcp.listen(80, {
      accept: () => ({
        readable: (connection) => {
          connection.read();
          connection.write(encodeUtf8('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf a pa'));
          connection.close();
        },
      }),
    });
    expect(made.open(URL_OF()).error).toMatch(/in the middle of a message's body with 9 of 1000 bytes/);
    made.world.runToRest(10 * MINUTE);
  });
});
