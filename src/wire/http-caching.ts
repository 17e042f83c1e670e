// How long a stored response may be used again, as rules on headers and times; no clock is read here.
// Times are seconds since 1970-01-01 00:00 UTC, durations are seconds.
// Reading list: RFC 9111 §3, §4.2, §5.2 (private caches), RFC 9110 §5.6.7 (dates), §13.1 (conditional requests).

import {
  type HttpFields,
  type HttpRequest,
  type HttpResponse,
  header,
  headerTokens,
  headerValues,
} from './http.js';

/** The directives of a Cache-Control header, names in lower case; without a value: true. */
export type CacheDirectives = ReadonlyMap<string, string | true>;

/** When a response was asked for and received, which its age is worked out from (RFC 9111 §4.2.3). */
export interface ResponseTimes {
  readonly requestTime: number;
  readonly responseTime: number;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const DAY = 86400;

/** A delta-seconds value too large to count is taken as this (RFC 9111 §1.2.2). */
const MOST_SECONDS = 0x80000000;

/** Statuses that may be stored although no header says for how long (RFC 9110 §15.1), parts of a whole left out. */
const STORABLE_STATUSES: readonly number[] = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

/** The directives of the Cache-Control headers (RFC 9111 §5.2); of two alike the first counts. */
export function cacheDirectives(message: { readonly headers: HttpFields }): CacheDirectives {
  const directives = new Map<string, string | true>();
  const text = header(message, 'Cache-Control') ?? '';
  for (const match of text.matchAll(/([^\s,="]+)(?:=(?:"((?:\\.|[^"\\])*)"|([^\s,"]*)))?/g)) {
    const name = match[1].toLowerCase();
    const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? true;
    if (!directives.has(name)) directives.set(name, value);
  }
  return directives;
}

/**
 * True when a private cache may keep this response (RFC 9111 §3). Kept are answers to GET only, and no partial ones:
 * RFC 9111 allows more, but no cache must.
 */
export function isStorable(request: HttpRequest, response: HttpResponse): boolean {
  if (
    request.method !== 'GET' ||
    response.status < 200 ||
    response.status === 206 ||
    response.status === 304
  ) {
    return false;
  }
  const directives = cacheDirectives(response);
  if (directives.has('no-store') || cacheDirectives(request).has('no-store')) return false;
  if (headerTokens(response, 'Vary').includes('*')) return false;
  const explicit = directives.has('public') || directives.has('private') || directives.has('max-age');
  return explicit || header(response, 'Expires') !== undefined || STORABLE_STATUSES.includes(response.status);
}

/**
 * Seconds a private cache may use the response without asking, counted from when it was made (RFC 9111 §4.2.1):
 * max-age, else Expires minus Date, else 0. s-maxage is for shared caches.
 * Differs: RFC 9111 §4.2.2 allows a cache to guess when no header says; this one never guesses.
 * @param responseTime when the response was received; stands in for a missing Date (RFC 9110 §6.6.1)
 */
export function freshnessLifetime(response: HttpResponse, responseTime: number): number {
  const maxAge = cacheDirectives(response).get('max-age');
  // A value that cannot be read means stale, not fresh for ever (RFC 9111 §4.2.1).
  if (maxAge !== undefined) return parseSeconds(maxAge) ?? 0;
  const [expires, ...more] = headerValues(response, 'Expires');
  if (expires === undefined || more.length > 0) return 0;
  const expiresAt = parseHttpDate(expires, responseTime);
  return expiresAt === undefined ? 0 : Math.max(0, expiresAt - dateOf(response, responseTime));
}

/** Seconds since the response was made or last found valid at its origin, as far as the cache can tell (RFC 9111 §4.2.3). */
export function currentAge(response: HttpResponse, times: ResponseTimes, now: number): number {
  const apparentAge = Math.max(0, times.responseTime - dateOf(response, times.responseTime));
  const age = parseSeconds(headerValues(response, 'Age')[0]?.split(',')[0] ?? '0') ?? 0;
  const correctedAge = age + (times.responseTime - times.requestTime);
  return Math.max(apparentAge, correctedAge) + (now - times.responseTime);
}

/** True when the response may be used without asking its origin: young enough, and no `no-cache` (RFC 9111 §4.2, §5.2.2.4). */
export function isFresh(response: HttpResponse, times: ResponseTimes, now: number): boolean {
  if (cacheDirectives(response).has('no-cache')) return false;
  return freshnessLifetime(response, times.responseTime) > currentAge(response, times, now);
}

/** True when a stored response answers the new request as far as Vary goes: the named headers are equal (RFC 9111 §4.1). */
export function matchesVary(response: HttpResponse, stored: HttpRequest, request: HttpRequest): boolean {
  return headerTokens(response, 'Vary').every(
    (name) => name !== '*' && header(stored, name) === header(request, name),
  );
}

/** The headers that ask the origin "has it changed?"; none when the response cannot be asked about (RFC 9110 §13.1). */
export function validators(response: HttpResponse): HttpFields {
  const fields: HttpFields = [];
  const etag = header(response, 'ETag');
  const modified = header(response, 'Last-Modified');
  if (etag !== undefined) fields.push(['If-None-Match', etag]);
  if (modified !== undefined) fields.push(['If-Modified-Since', modified]);
  return fields;
}

/** The stored response with the news of a 304 (RFC 9111 §3.2, §4.3.4): its headers replace those of the same name. */
export function refreshed(stored: HttpResponse, notModified: HttpResponse): HttpResponse {
  // The length is the stored body's, whatever the 304 says.
  const news = notModified.headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  const replaced = new Set(news.map(([name]) => name.toLowerCase()));
  const kept = stored.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...stored, headers: [...kept, ...news] };
}

function dateOf(response: HttpResponse, responseTime: number): number {
  return parseHttpDate(header(response, 'Date') ?? '', responseTime) ?? responseTime;
}

function parseSeconds(text: string | true): number | undefined {
  return text !== true && /^\d+$/.test(text) ? Math.min(Number(text), MOST_SECONDS) : undefined;
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`: the IMF-fixdate form of RFC 9110 §5.6.7. Fractions of seconds are cut off. */
export function formatHttpDate(unixSeconds: number): string {
  const seconds = Math.floor(unixSeconds);
  const days = Math.floor(seconds / DAY);
  const { year, month, day } = dateOfDays(days);
  const time = seconds - days * DAY;
  const clock = [Math.floor(time / 3600), Math.floor(time / 60) % 60, time % 60].map(twoDigits).join(':');
  const weekday = DAYS[weekdayOf(days)];
  return `${weekday}, ${twoDigits(day)} ${MONTHS[month - 1]} ${String(year).padStart(4, '0')} ${clock} GMT`;
}

/**
 * Reads any of the three forms of RFC 9110 §5.6.7; undefined for anything else, also for a day that does not exist or
 * another weekday than the date has.
 * @param now decides the century of the form with two-digit years: a date more than 50 years ahead is in the past
 */
export function parseHttpDate(text: string, now = 0): number | undefined {
  const imf = /^(\w{3}), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  if (imf) {
    const [, weekday, day, month, year, ...clock] = imf;
    return secondsOf(DAYS.indexOf(weekday as 'Sun'), Number(year), month, Number(day), clock);
  }
  const rfc850 = /^(\w{6,9}), (\d\d)-(\w{3})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/.exec(text);
  if (rfc850) {
    const [, weekday, day, month, shortYear, ...clock] = rfc850;
    const thisYear = dateOfDays(Math.floor(now / DAY)).year;
    let year = thisYear - (thisYear % 100) + 100 + Number(shortYear);
    while (year > thisYear + 50) year -= 100;
    return secondsOf(LONG_DAYS.indexOf(weekday as 'Sunday'), year, month, Number(day), clock);
  }
  const asctime = /^(\w{3}) (\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text);
  if (asctime) {
    const [, weekday, month, day, hour, minute, second, year] = asctime;
    return secondsOf(DAYS.indexOf(weekday as 'Sun'), Number(year), month, Number(day), [
      hour,
      minute,
      second,
    ]);
  }
  return undefined;
}

function secondsOf(
  weekday: number,
  year: number,
  monthName: string,
  day: number,
  clock: readonly string[],
): number | undefined {
  const month = MONTHS.indexOf(monthName as 'Jan') + 1;
  const [hour, minute, second] = clock.map(Number);
  // 60 is a leap second, which Unix time counts as the first of the next minute.
  if (month === 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const days = daysOfDate(year, month, day);
  const back = dateOfDays(days);
  if (back.day !== day || back.month !== month || weekdayOf(days) !== weekday) return undefined;
  return days * DAY + hour * 3600 + minute * 60 + second;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; months count from 1. */
function daysOfDate(year: number, month: number, day: number): number {
  // The year begins in March, so that the leap day is its last: then month lengths follow one rule.
  const y = month > 2 ? year : year - 1;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leapDays + dayOfYear - 719468;
}

/** The date `days` after 1970-01-01, the reverse of {@link daysOfDate}. */
function dateOfDays(days: number): { year: number; month: number; day: number } {
  const sinceMarch0 = days + 719468;
  const era = Math.floor(sinceMarch0 / 146097); // 400 years
  const dayOfEra = sinceMarch0 - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
