// The words of curl: its exit codes, its error messages, and messages as its -v shows them. Reading list: curl(1).

import type { ExchangeFailure } from '../../service/http/client.js';
import type { HttpFields, HttpRequest, HttpResponse } from '../../wire/http.js';
import { socketErrorText } from './error-text.js';

export const CURL_EXIT = {
  unsupported: 1,
  malformedUrl: 3,
  couldNotResolve: 6,
  couldNotConnect: 7,
  weirdReply: 8,
  partial: 18,
  writeError: 23,
  timedOut: 28,
  tooManyRedirects: 47,
  emptyReply: 52,
  receiveFailed: 56,
} as const;

/**
 * Lines of a head, each behind a mark, and the empty line at its end.
 * Differs: the original leaves the CR at the end of each line.
 */
export function headerLines(mark: string, lines: readonly string[]): string {
  return [...lines, ''].map((line) => `${mark}${line}\n`).join('');
}

export function requestLines({ method, target, version, headers }: HttpRequest): string {
  return headerLines('> ', [`${method} ${target} ${version}`, ...fieldLines(headers)]);
}

/** Status line and headers of a response. */
export function responseHead({ version, status, reason, headers }: HttpResponse): string[] {
  return [`${version} ${status} ${reason}`, ...fieldLines(headers)];
}

function fieldLines(fields: HttpFields): string[] {
  return fields.map(([name, value]) => `${name}: ${value}`);
}

/** Why there is no connection, as strerror(3) says it. */
export function connectFailureText({ error, text }: ExchangeFailure): string {
  if (error === 'EADDRINUSE') return 'Cannot assign requested address';
  return socketErrorText(error, text);
}

/** What went wrong once there was a connection. */
export function readingFailure(failure: ExchangeFailure): { exitCode: number; text: string } {
  const { error, partial } = failure;
  if (error === 'closed') {
    if (partial === undefined) return { exitCode: CURL_EXIT.emptyReply, text: 'Empty reply from server' };
    const { received, expected } = partial;
    const left = expected === undefined ? 'outstanding read data' : `${expected - received} bytes`;
    return {
      exitCode: CURL_EXIT.partial,
      text: `transfer closed with ${left} remaining${expected === undefined ? '' : ' to read'}`,
    };
  }
  if (error === 'malformed') {
    const exitCode = partial === undefined ? CURL_EXIT.weirdReply : CURL_EXIT.receiveFailed;
    return { exitCode, text: partial === undefined ? `Weird server reply: ${failure.text}` : failure.text };
  }
  return { exitCode: CURL_EXIT.receiveFailed, text: `Recv failure: ${connectFailureText(failure)}` };
}
