// Caching: dates, and how long which response may be used, case by case from RFC 9111.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpFields, HttpRequest, HttpResponse } from './http.js';
import {
  cacheDirectives,
  currentAge,
  formatHttpDate,
  freshnessLifetime,
  isFresh,
  isStorable,
  matchesVary,
  parseHttpDate,
  refreshed,
  validators,
} from './http-caching.js';

const none = new Uint8Array(0);
const response = (...headers: HttpFields): HttpResponse => ({
  version: 'HTTP/1.1',
  status: 200,
  reason: 'OK',
  headers,
  body: none,
});
const request = (...headers: HttpFields): HttpRequest => ({
  method: 'GET',
  target: '/',
  version: 'HTTP/1.1',
  headers,
  body: none,
});
/** The date of the examples in RFC 9110 §5.6.7. */
const NOW = 784111777;
const date = (seconds: number) => formatHttpDate(seconds);

describe('dates (RFC 9110 §5.6.7)', () => {
  it('reads the three forms of the RFC', () => {
    expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(NOW);
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBe(NOW);
    expect(parseHttpDate('Sun Nov  6 08:49:37 1994')).toBe(NOW);
    expect(formatHttpDate(NOW)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it('takes a two-digit year more than 50 years ahead for the past', () => {
    const in2024 = 1704067200;
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', in2024)).toBe(NOW);
    expect(parseHttpDate('Tuesday, 01-Jan-74 00:00:00 GMT', in2024)).toBeUndefined();
    expect(parseHttpDate('Monday, 01-Jan-74 00:00:00 GMT', in2024)).toBe(
      parseHttpDate('Mon, 01 Jan 2074 00:00:00 GMT'),
    );
    expect(parseHttpDate('Wednesday, 01-Jan-75 00:00:00 GMT', in2024)).toBe(
      parseHttpDate('Wed, 01 Jan 1975 00:00:00 GMT'),
    );
  });

  it('knows the calendar', () => {
    expect(formatHttpDate(0)).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(formatHttpDate(951782400)).toBe('Tue, 29 Feb 2000 00:00:00 GMT');
    expect(formatHttpDate(4107542399)).toBe('Sun, 28 Feb 2100 23:59:59 GMT');
    expect(formatHttpDate(4107542400)).toBe('Mon, 01 Mar 2100 00:00:00 GMT');
    expect(formatHttpDate(-1.5)).toBe('Wed, 31 Dec 1969 23:59:58 GMT');
  });

  it('agrees with the calendar of the machine', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30000000000, max: 200000000000 }), (seconds) => {
        expect(formatHttpDate(seconds)).toBe(new Date(seconds * 1000).toUTCString());
        expect(parseHttpDate(formatHttpDate(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    '',
    'now',
    '784111777',
    'Mon, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 24:49:37 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Wed, 30 Feb 2000 00:00:00 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 6 Nov 1994 08:49:37 GMT',
  ])('refuses "%s"', (text) => expect(parseHttpDate(text)).toBeUndefined());
});

describe('how long a response is fresh (RFC 9111 §4.2.1)', () => {
  it.each<[string, HttpFields, number]>([
    ['max-age', [['Cache-Control', 'max-age=60']], 60],
    ['max-age in quotes and odd case', [['cache-control', 'Public, Max-Age="60"']], 60],
    [
      'max-age before Expires',
      [
        ['Expires', date(NOW + 10)],
        ['Cache-Control', 'max-age=60'],
      ],
      60,
    ],
    ['not s-maxage, which is for shared caches', [['Cache-Control', 's-maxage=60']], 0],
    [
      'max-age that is no number',
      [
        ['Cache-Control', 'max-age=soon'],
        ['Expires', date(NOW + 10)],
      ],
      0,
    ],
    ['the first of two max-ages', [['Cache-Control', 'max-age=1, max-age=2']], 1],
    ['a max-age beyond counting', [['Cache-Control', `max-age=${'9'.repeat(30)}`]], 2 ** 31],
    [
      'Expires minus Date',
      [
        ['Expires', date(NOW + 10)],
        ['Date', date(NOW - 20)],
      ],
      30,
    ],
    ['Expires minus arrival', [['Expires', date(NOW + 10)]], 10],
    ['Expires in the past', [['Expires', date(NOW - 10)]], 0],
    ['Expires: 0', [['Expires', '0']], 0],
    [
      'two Expires',
      [
        ['Expires', date(NOW + 10)],
        ['Expires', date(NOW + 10)],
      ],
      0,
    ],
    ['nothing: no guess', [['Last-Modified', date(NOW - 100000)]], 0],
  ])('%s', (_, headers, seconds) => {
    expect(freshnessLifetime(response(...headers), NOW)).toBe(seconds);
  });

  it('has an age from Age, Date and the time it was stored (§4.2.3)', () => {
    const times = { requestTime: NOW - 2, responseTime: NOW };
    expect(currentAge(response(), times, NOW + 5)).toBe(7);
    expect(currentAge(response(['Age', '10']), times, NOW + 5)).toBe(17);
    expect(currentAge(response(['Date', date(NOW - 30)]), times, NOW + 5)).toBe(35);
    expect(currentAge(response(['Date', date(NOW + 30)]), times, NOW + 5)).toBe(7);
    expect(currentAge(response(['Age', 'old']), times, NOW)).toBe(2);
  });

  it('is fresh until its age reaches its lifetime', () => {
    const times = { requestTime: NOW, responseTime: NOW };
    const minute = response(['Cache-Control', 'max-age=60']);
    expect(isFresh(minute, times, NOW + 59)).toBe(true);
    expect(isFresh(minute, times, NOW + 60)).toBe(false);
    expect(isFresh(response(['Cache-Control', 'max-age=60, no-cache']), times, NOW)).toBe(false);
  });
});

describe('which response may be stored (RFC 9111 §3)', () => {
  it.each<[string, boolean, HttpRequest, HttpResponse]>([
    ['GET 200', true, request(), response()],
    ['POST', false, { ...request(), method: 'POST' }, response()],
    ['HEAD', false, { ...request(), method: 'HEAD' }, response()],
    ['no-store in the response', false, request(), response(['Cache-Control', 'no-store'])],
    ['no-store in the request', false, request(['Cache-Control', 'no-store']), response()],
    ['no-cache: stored, but asked about', true, request(), response(['Cache-Control', 'no-cache'])],
    ['private', true, request(), response(['Cache-Control', 'private'])],
    ['404', true, request(), { ...response(), status: 404 }],
    ['302', false, request(), { ...response(), status: 302 }],
    ['302 with max-age', true, request(), { ...response(['Cache-Control', 'max-age=1']), status: 302 }],
    ['500', false, request(), { ...response(), status: 500 }],
    ['206', false, request(), { ...response(['Cache-Control', 'max-age=1']), status: 206 }],
    ['103', false, request(), { ...response(['Cache-Control', 'max-age=1']), status: 103 }],
    ['Vary: *', false, request(), response(['Vary', '*'])],
    ['with Authorization, as the cache is private', true, request(['Authorization', 'x']), response()],
  ])('%s: %s', (_, storable, ask, answer) => {
    expect(isStorable(ask, answer)).toBe(storable);
  });
});

describe('what goes with it', () => {
  it('reads directives with and without values', () => {
    const directives = cacheDirectives(
      response(['Cache-Control', 'no-cache="a, \\"b\\"", MAX-AGE=5 ,public,,x=']),
    );
    expect([...directives]).toEqual([
      ['no-cache', 'a, "b"'],
      ['max-age', '5'],
      ['public', true],
      ['x', ''],
    ]);
  });

  it('matches Vary on the headers named (§4.1)', () => {
    const vary = response(['Vary', 'Accept-Language, Accept']);
    const german = request(['Accept-Language', 'de']);
    expect(matchesVary(vary, german, request(['accept-language', 'de']))).toBe(true);
    expect(matchesVary(vary, german, request(['Accept-Language', 'en']))).toBe(false);
    expect(matchesVary(vary, german, request())).toBe(false);
    expect(matchesVary(response(), german, request())).toBe(true);
  });

  it('asks with the validators there are (RFC 9110 §13.1)', () => {
    expect(validators(response(['ETag', '"a"'], ['Last-Modified', date(NOW)]))).toEqual([
      ['If-None-Match', '"a"'],
      ['If-Modified-Since', date(NOW)],
    ]);
    expect(validators(response())).toEqual([]);
  });

  it('takes the headers of a 304 (§4.3.4)', () => {
    const stored = response(['Date', 'old'], ['ETag', '"a"'], ['Content-Length', '5']);
    const news = { ...response(['date', 'new'], ['Content-Length', '0']), status: 304 };
    expect(refreshed(stored, news)).toMatchObject({
      status: 200,
      headers: [
        ['ETag', '"a"'],
        ['Content-Length', '5'],
        ['date', 'new'],
      ],
    });
  });
});
