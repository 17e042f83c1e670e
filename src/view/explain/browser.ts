// The browser and the web server: what they look up, ask, send and show.
// Reading list: RFC 9110, RFC 9111 (caching), RFC 9112 (connections).

import type { TraceEvent } from '../../trace/events.js';
import { type Context, fact } from './context.js';
import { type Draft, find } from './draft.js';
import { because } from './reasons.js';
import type { Telling } from './step.js';
import { sendingSegment } from './tcp-send.js';
import { count, duration, lifetime } from './words.js';

type AppEvent = Extract<TraceEvent, { kind: 'app' }>;
type Narrator = (context: Context, draft: Draft, event: AppEvent) => Telling;

const urlParsed: Narrator = (context, draft, event) => {
  const [scheme, host, port, path] = ['scheme', 'host', 'port', 'path'].map((name) => fact(event, name));
  return {
    layer: 'application',
    headline: `URL: ${scheme}, host ${host}, port ${port}, path ${path}`,
    sentence: context.capital(
      `${context.name(draft.node)} takes the URL apart: speak ${scheme?.toUpperCase()} with ${host} on port ${port}, and ask for ${path}.`,
    ),
    ...because('url'),
  };
};

const cacheMiss: Narrator = (context, draft, event) => {
  const url = fact(event, 'url');
  const name = context.name(draft.node);
  if (event.data.stale === true) {
    const row = context.fold.find(draft.node, 'http-cache', url);
    return {
      layer: 'application',
      headline: `browser cache: the copy of ${url} is too old`,
      sentence: context.capital(
        `${name} has a copy of ${url} in its browser cache, but it is too old: the server is asked whether it still holds.`,
      ),
      decisions: row === undefined ? [] : context.decision('http-cache', row.seq, 'no longer fresh'),
      ...because('browser-cache'),
    };
  }
  return {
    layer: 'application',
    headline: `browser cache: no copy of ${url}`,
    sentence: context.capital(
      `${name} looks into its browser cache: no copy of ${url}. The page has to be fetched.`,
    ),
    decisions: context.noRow('http-cache', `no row for ${url}`),
    ...because('browser-cache'),
  };
};

const cacheHit: Narrator = (context, draft, event) => {
  const url = fact(event, 'url');
  const row = context.fold.find(draft.node, 'http-cache', url);
  const age = Number(event.data.age ?? 0);
  return {
    layer: 'application',
    headline: `browser cache: fresh copy of ${url}, no packet needed`,
    sentence: context.capital(
      `${context.name(draft.node)} has a copy of ${url} in its browser cache, ${count(age, 'second')} old and still fresh: no packet is needed.`,
    ),
    decisions: row === undefined ? [] : context.decision('http-cache', row.seq, `${age} s old, still fresh`),
    ...because('browser-cache-fresh'),
  };
};

const connectionReused: Narrator = (context, draft, event) => ({
  layer: 'application',
  headline: `connection to ${fact(event, 'server')} is still open: used again`,
  sentence: context.capital(
    `${context.name(draft.node)} still has an open connection to ${fact(event, 'server')} and uses it again: the request needs no handshake.`,
  ),
  ...because('keep-alive'),
});

const requestSent: Narrator = (context, draft, event) => {
  const sent = sendingSegment(context, draft);
  const [method, target, host] = ['method', 'target', 'host'].map((name) => fact(event, name));
  const how = sent === undefined ? '' : ` ${sent.sentence}`;
  return {
    layer: 'application',
    headline: `HTTP ${method} ${target} (${sent?.headline ?? `${event.data.bytes} bytes`})`,
    sentence: `${context.capital(`${context.name(draft.node)} sends the HTTP request: ${method} ${target} from ${host}.`)}${how}`,
    ...sent?.parts,
    ...because('http-request'),
  };
};

const requestReceived: Narrator = (context, draft, event) => {
  const [method, target, host] = ['method', 'target', 'host'].map((name) => fact(event, name));
  return {
    layer: 'application',
    headline: `HTTP request complete: ${method} ${target}, host ${host}`,
    sentence: context.capital(
      `${context.name(draft.node)} has the whole request: ${method} ${target}, for its site ${host}.`,
    ),
    ...because('http-request'),
  };
};

const responseSent: Narrator = (context, draft, event) => {
  const sent = sendingSegment(context, draft);
  const status = `${fact(event, 'status')} ${fact(event, 'reason')}`;
  const bytes = Number(event.data.bytes ?? 0);
  return {
    layer: 'application',
    headline: `HTTP ${status} (${sent?.headline ?? 'queued'})`,
    sentence: `${context.capital(`${context.name(draft.node)} answers ${status} with ${bytes === 0 ? 'no page' : `a page of ${count(bytes, 'byte')}`}.`)}${sent === undefined ? '' : ` ${sent.sentence}`}`,
    ...sent?.parts,
    ...because(sent?.piggybacks === true ? 'tcp-piggyback' : 'http-response'),
  };
};

const responseReceived: Narrator = (context, draft, event) => {
  const status = `${fact(event, 'status')} ${fact(event, 'reason')}`;
  const stored = find(draft, 'table-set', ({ table }) => table === 'http-cache');
  const bytes = count(Number(event.data.bytes ?? 0), 'byte');
  const fresh = stored === undefined ? 0 : Number(stored.after['fresh for'] ?? 0);
  const kept =
    stored === undefined ? '' : ` It keeps a copy in its browser cache, fresh for ${lifetime(fresh)}.`;
  return {
    layer: 'application',
    headline: `HTTP response complete: ${status}, ${bytes}${stored === undefined ? '' : '; + browser cache'}`,
    sentence: `${context.capital(`${context.name(draft.node)} has the whole answer: ${status}, ${bytes}.`)}${kept}`,
    ...because(stored === undefined ? 'http-response' : 'http-store'),
  };
};

const pageShown: Narrator = (context, draft, event) => {
  const began = context.story.causeWhere(
    event.seq,
    (cause) => cause.kind === 'activity-begun' && cause.activity === 'browse',
  );
  const after = began === undefined ? '' : `, ${duration(event.time - began.time)} after Enter was pressed`;
  return {
    layer: 'application',
    headline: `page shown: ${fact(event, 'status')}, ${fact(event, 'bytes')} bytes`,
    sentence: context.capital(`${context.name(draft.node)} shows the page ${fact(event, 'url')}${after}.`),
  };
};

const failed: Narrator = (context, draft, event) => ({
  layer: 'application',
  headline: `no page: ${fact(event, 'error')}`,
  sentence: context.capital(`${context.name(draft.node)} shows no page: ${fact(event, 'error')}.`),
});

/** One narrator per application event of browser and web server. */
export const BROWSER_NARRATORS = {
  'browser.url-parsed': urlParsed,
  'browser.cache-miss': cacheMiss,
  'browser.cache-hit': cacheHit,
  'browser.connection-reused': connectionReused,
  'browser.page-shown': pageShown,
  'browser.failed': failed,
  'http.request-sent': requestSent,
  'http.request-received': requestReceived,
  'http.response-sent': responseSent,
  'http.response-received': responseReceived,
} as const satisfies Partial<Record<AppEvent['name'], Narrator>>;
