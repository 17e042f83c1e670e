// A browser without a screen: from a URL to a page, by way of its cache, the resolver and a connection.
// Reading list: RFC 3986 (URLs), RFC 9110, RFC 9111 (caching).

import { formatIpv4 } from '../base/address.js';
import { decodeUtf8 } from '../base/text.js';
import { wallClock } from '../stack/context.js';
import type { NetworkStack } from '../stack/network-stack.js';
import { type RecordedRow, RecordedTable } from '../trace/recorded-table.js';
import { atNode } from '../trace/recorder.js';
import { DNS_TYPE } from '../wire/dns/registry.js';
import { type HttpFields, type HttpRequest, type HttpResponse, header } from '../wire/http.js';
import {
  freshnessLifetime,
  isFresh,
  isStorable,
  type ResponseTimes,
  refreshed,
  validators,
} from '../wire/http-caching.js';
import { formatUrl, parseUrl, resolveUrl, type Url, urlAuthority, urlTarget } from '../wire/url.js';
import { Activity, holdBack, letGo, tell } from './activity.js';
import type { Resolver } from './dns/resolver.js';
import { HttpClient, type HttpClientOptions } from './http/client.js';

export interface BrowserOptions extends HttpClientOptions {
  /** The value of User-Agent. Default `wirewalk`. */
  readonly userAgent?: string;
}

/** What came of opening a URL. */
export interface PageLoad {
  /** The URL at the end, after redirects. */
  readonly url: string;
  readonly response?: HttpResponse;
  /** The page's text as UTF-8; empty without a response. */
  readonly text: string;
  /** True when no request was needed. */
  readonly fromCache: boolean;
  /** Why there is no page, in one sentence. */
  readonly error?: string;
}

interface StoredResponse extends RecordedRow {
  readonly url: string;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly times: ResponseTimes;
}

const MAX_REDIRECTS = 20;

export class Browser {
  readonly client: HttpClient;
  private readonly stack: NetworkStack;
  private readonly resolver: Resolver;
  private readonly options: BrowserOptions;
  private readonly cache: RecordedTable<string, StoredResponse>;

  constructor(stack: NetworkStack, resolver: Resolver, options: BrowserOptions = {}) {
    this.stack = stack;
    this.resolver = resolver;
    this.options = options;
    this.client = new HttpClient(stack, options);
    const { context } = stack;
    this.cache = new RecordedTable(context.recorder, atNode(context.node), 'http-cache', (row) => ({
      url: row.url,
      status: row.response.status,
      bytes: row.response.body.length,
      'fresh for': Math.max(0, freshnessLifetime(row.response, row.times.responseTime)),
    }));
  }

  /** Stored responses. */
  stored(): IterableIterator<StoredResponse> {
    return this.cache.values();
  }

  clearCache(): void {
    for (const [key] of [...this.cache.entries()]) this.cache.remove(key, 'cleared');
  }

  /** Opens a URL as if it had been typed and Enter pressed. The handler may be called before this returns. */
  open(text: string, done: (page: PageLoad) => void): void {
    const { context } = this.stack;
    const cause = context.recorder.cause;
    const activity = new Activity(context, 'browse', text);
    const url = parseUrl(text);
    const finish = (page: PageLoad): void => {
      if (page.error === undefined) {
        tell(context, 'browser.page-shown', {
          url: page.url,
          status: page.response?.status ?? 0,
          bytes: page.response?.body.length ?? 0,
          'from cache': page.fromCache,
        });
      } else tell(context, 'browser.failed', { url: page.url, error: page.error });
      activity.end(
        page.error === undefined,
        page.error ?? `${page.response?.status} ${page.response?.reason}`,
      );
      done(page);
    };
    if ('error' in url) finish({ url: text, text: '', fromCache: false, error: url.error });
    else this.load(url, 0, finish);
    context.recorder.cause = cause;
  }

  private load(url: Url, redirects: number, done: (page: PageLoad) => void): void {
    const { context } = this.stack;
    const address = formatUrl(url);
    tell(context, 'browser.url-parsed', {
      scheme: url.scheme,
      host: url.host,
      port: url.port,
      path: urlTarget(url),
    });
    if (url.scheme === 'https') {
      done(failure(address, 'https is not spoken here yet; open the page with http://'));
      return;
    }
    const request = this.requestFor(url);
    const stored = this.cache.get(address);
    if (stored !== undefined && isFresh(stored.response, stored.times, wallClock(context))) {
      tell(context, 'browser.cache-hit', {
        url: address,
        status: stored.response.status,
        age: wallClock(context) - stored.times.responseTime,
      });
      this.follow(url, stored.response, true, redirects, done);
      return;
    }
    tell(context, 'browser.cache-miss', { url: address, stale: stored !== undefined });
    if (stored !== undefined) request.headers.push(...validators(stored.response));
    this.locate(url, (server, problem) => {
      if (server === undefined) {
        done(failure(address, problem));
        return;
      }
      const requestTime = wallClock(context);
      this.client.exchange({ address: server, port: url.port }, request, (response, failed) => {
        if (response === undefined) {
          done(failure(address, failed?.text ?? 'no answer'));
          return;
        }
        const times = { requestTime, responseTime: wallClock(context) };
        const final = this.store(address, request, response, stored, times);
        this.follow(url, final, false, redirects, done);
      });
    });
  }

  /** The server's address: the SYN waits until the name is known. */
  private locate(url: Url, found: (address: number | undefined, problem: string) => void): void {
    const { context } = this.stack;
    if (url.address !== undefined) {
      found(url.address, '');
      return;
    }
    const held = this.resolver.knows(url.host, DNS_TYPE.A)
      ? -1
      : holdBack(context, 'tcp', 'dns', url.host, ['ip.dst', 'eth.dst', 'tcp.srcport'], {
          'tcp.dstport': url.port,
          'tcp.flags.syn': true,
        });
    this.resolver.lookup(url.host, (addresses, resolution) => {
      const address = addresses[0];
      letGo(context, held, address !== undefined);
      const asked = this.resolver.servers.map(formatIpv4).join(', ');
      found(address, address === undefined ? explainFailure(url.host, resolution.error, asked) : '');
    });
  }

  private requestFor(url: Url): HttpRequest {
    const headers: HttpFields = [
      ['Host', urlAuthority(url)],
      ['User-Agent', this.options.userAgent ?? 'wirewalk'],
      ['Accept', '*/*'],
    ];
    return { method: 'GET', target: urlTarget(url), version: 'HTTP/1.1', headers, body: new Uint8Array(0) };
  }

  private store(
    url: string,
    request: HttpRequest,
    response: HttpResponse,
    stored: StoredResponse | undefined,
    times: ResponseTimes,
  ): HttpResponse {
    const final =
      response.status === 304 && stored !== undefined ? refreshed(stored.response, response) : response;
    if (isStorable(request, final)) {
      this.cache.set(url, { url, request, response: final, times, recordedAs: -1 });
    }
    return final;
  }

  private follow(
    url: Url,
    response: HttpResponse,
    fromCache: boolean,
    redirects: number,
    done: (page: PageLoad) => void,
  ): void {
    const location = header(response, 'Location');
    const isRedirect = [301, 302, 303, 307, 308].includes(response.status);
    if (!isRedirect || location === undefined) {
      done(shown(formatUrl(url), response, fromCache));
      return;
    }
    const target = resolveUrl(url, location);
    if ('error' in target) done(failure(location, target.error));
    else if (redirects >= MAX_REDIRECTS)
      done(failure(formatUrl(target), `more than ${MAX_REDIRECTS} redirects`));
    else if (fromCache) this.load(target, redirects + 1, done);
    else this.load(target, redirects + 1, (page) => done({ ...page, fromCache: false }));
  }
}

function shown(url: string, response: HttpResponse, fromCache: boolean): PageLoad {
  return { url, response, text: decodeUtf8(response.body), fromCache };
}

function failure(url: string, error: string): PageLoad {
  return { url, text: '', fromCache: false, error };
}

function explainFailure(host: string, error: string | undefined, servers: string): string {
  switch (error) {
    case 'NXDOMAIN':
      return `the name ${host} does not exist`;
    case 'NODATA':
      return `the name ${host} exists but has no IPv4 address`;
    case 'NO SERVER':
      return `${host} can not be looked up: no DNS server is configured`;
    case 'BAD NAME':
      return `${host} is no valid host name`;
    case 'ENETUNREACH':
      return `${host} can not be looked up: no route leads to the DNS server (${servers})`;
    case 'EHOSTUNREACH':
      return `${host} can not be looked up: the DNS server (${servers}) can not be reached`;
    case 'ECONNREFUSED':
      return `${host} can not be looked up: no DNS server runs on ${servers}`;
    case 'TIMEOUT':
      return `${host} can not be looked up: the DNS server (${servers}) does not answer`;
    default:
      return `${host} can not be looked up: the DNS server (${servers}) says ${error}`;
  }
}
