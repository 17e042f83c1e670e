// A web client and a web server on a cable, for tests.

import { encodeUtf8 } from '../src/base/text.js';
import { MILLISECOND, MINUTE } from '../src/base/time.js';
import type { LinkOptions } from '../src/net/link.js';
import { type ExchangeFailure, HttpClient, type HttpClientOptions } from '../src/service/http/client.js';
import type { Page } from '../src/service/http/server.js';
import type { TcpListener } from '../src/stack/tcp/connection.js';
import type { HttpFields, HttpRequest, HttpResponse } from '../src/wire/http.js';
import { ip, newWorld } from './kit.js';

export const SERVER = ip('192.0.2.80');
export const NOTHING: Uint8Array = new Uint8Array(0);

/** Two hosts on a cable. */
export function network(link: LinkOptions = { delay: MILLISECOND }) {
  const world = newWorld();
  const [here, there] = [world.addHost('client'), world.addHost('server')];
  world.connect(
    world.addInterface(here, 'eth0', { address: '192.0.2.1/24' }),
    world.addInterface(there, 'eth0', { address: '192.0.2.80/24' }),
    link,
  );
  /** A program on the server's port 80 that is no web server. */
  const program = (listener: (index: number) => TcpListener): void => {
    let count = 0;
    there.stack.tcp.listen(80, { accept: () => listener(count++) });
  };
  return { world, here, there, program };
}

export const request = (
  target = '/',
  method = 'GET',
  headers: HttpFields = [],
  body = NOTHING,
): HttpRequest => ({
  method,
  target,
  version: 'HTTP/1.1',
  headers: [['Host', 'www.example.org'], ...headers],
  body,
});

type Outcome = { response?: HttpResponse | undefined; failure?: ExchangeFailure | undefined };

/** Sends a request and lets everything happen. */
export function exchange(
  made: ReturnType<typeof network>,
  wanted: HttpRequest,
  options: HttpClientOptions = {},
): Outcome {
  const client = new HttpClient(made.here.stack, { keepAlive: false, ...options });
  const outcome: Outcome = {};
  client.exchange({ address: SERVER, port: 80 }, wanted, (response, failure) => {
    outcome.response = response;
    outcome.failure = failure;
  });
  made.world.runToRest(10 * MINUTE);
  return outcome;
}

/** A web server with a site. */
export function site(pages: Record<string, Page>, host = 'www.example.org') {
  const made = network();
  made.there.httpServer.addSite(host, new Map(Object.entries(pages)));
  return made;
}

export const page = (text: string, headers: HttpFields = []): Page => ({ body: encodeUtf8(text), headers });
