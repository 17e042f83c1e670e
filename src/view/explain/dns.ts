// DNS: the resolver of a host and the server that answers it.
// Reading list: RFC 1034, RFC 1035, RFC 2308 (negative answers), RFC 5452 (which answers to believe).

import type { TraceEvent } from '../../trace/events.js';
import { type Context, fact } from './context.js';
import { type Draft, find } from './draft.js';
import { wayOutClause } from './network.js';
import { because } from './reasons.js';
import type { Telling } from './step.js';
import { failureText, hasAlias, isFailure, lifetime, list, meaningOf } from './words.js';

type AppEvent = Extract<TraceEvent, { kind: 'app' }>;
type Narrator = (context: Context, draft: Draft, event: AppEvent) => Telling;

/** What is wanted: `the IPv4 address (type A) of`. */
function wanted(type: string): string {
  if (type === 'A') return 'the IPv4 address (type A) of';
  return `the ${type} records of`;
}

const hostsHit: Narrator = (context, draft, event) => ({
  layer: 'application',
  headline: `hosts file: ${fact(event, 'name')} is ${fact(event, 'address')}`,
  sentence: context.capital(
    `${context.name(draft.node)} finds ${fact(event, 'name')} in its hosts file: ${fact(event, 'address')}. Nobody has to be asked.`,
  ),
  ...because('hosts-file'),
});

const cacheHit: Narrator = (context, draft, event) => {
  const [name, type, data] = ['name', 'type', 'data'].map((key) => fact(event, key)) as [
    string,
    string,
    string,
  ];
  const row = context.fold.find(draft.node, 'dns-cache', `${name.toLowerCase()} ${type}`);
  const left = Number(event.data.ttl ?? 0);
  const negative = isFailure(data);
  const known = !negative
    ? `${meaningOf(name, data)}, good for another ${lifetime(left)}`
    : `${name}: ${failureText(data)}`;
  return {
    layer: 'application',
    headline: `DNS cache: ${name} is ${data}`,
    sentence: context.capital(
      `${context.name(draft.node)} has it in its DNS cache: ${known}. No packet is needed.`,
    ),
    decisions: row === undefined ? [] : context.decision('dns-cache', row.seq, 'still good'),
    ...because(negative ? 'dns-negative' : 'dns-cache'),
  };
};

const cacheMiss: Narrator = (context, draft, event) => {
  const [name, type] = ['name', 'type'].map((key) => fact(event, key));
  return {
    layer: 'application',
    headline: `DNS cache: no row for ${name} ${type}`,
    sentence: context.capital(
      `${context.name(draft.node)} looks into its DNS cache: nothing about ${name}. A DNS server has to be asked.`,
    ),
    decisions: context.noRow('dns-cache', `no row for ${name} ${type}`),
    ...because('dns-cache'),
  };
};

const query: Narrator = (context, draft, event) => {
  const [name, type, server, port] = ['name', 'type', 'server', 'source port'].map((key) => fact(event, key));
  const again = event.name === 'resolver.retry';
  const opening = again ? 'asks again, from another port' : 'writes a DNS query';
  return {
    layer: 'application',
    headline: `DNS query${again ? ' again' : ''}: ${type} ${name}? UDP ${port} → ${server}:53`,
    sentence: `${context.capital(`${context.name(draft.node)} ${opening}: what is ${wanted(type ?? '')} ${name}?`)} It goes by UDP from port ${port} to port 53 of the DNS server ${server}.${wayOutClause(context, draft)}`,
    decisions: context.wayOut(draft, server ?? ''),
    ...context.sentPacket(draft),
    ...because(again ? 'dns-retry' : 'dns-query'),
  };
};

const answer: Narrator = (context, draft, event) => {
  const [name, rcode, data] = ['name', 'rcode', 'data'].map((key) => fact(event, key)) as [
    string,
    string,
    string,
  ];
  const stored = find(draft, 'table-set', ({ table }) => table === 'dns-cache');
  const ttl = stored === undefined ? 0 : Number(stored.after.ttl ?? 0);
  const kept = stored === undefined ? '' : ` It keeps this in its DNS cache for ${lifetime(ttl)}.`;
  const end = data === '' ? failureText(rcode === 'NOERROR' ? 'NODATA' : rcode) : meaningOf(name, data);
  const fits = `${context.name(draft.node)} finds that the answer fits its question (same id, same name):`;
  return {
    layer: 'application',
    headline: `${data === '' ? `${name}: ${rcode}` : end}${stored === undefined ? '' : '; + DNS cache'}`,
    sentence: `${context.capital(`${fits} ${end}.`)}${kept}`,
    ...because(data === '' ? 'dns-negative' : 'dns-believe'),
  };
};

const failed: Narrator = (context, draft, event) => ({
  layer: 'application',
  headline: `no address for ${fact(event, 'name')}: ${fact(event, 'error')}`,
  sentence: context.capital(
    `${context.name(draft.node)} gives up looking for ${fact(event, 'name')}: ${failureText(fact(event, 'error'))}.`,
  ),
});

const served: Narrator = (context, draft, event) => {
  const [name, type] = ['name', 'type'].map((key) => fact(event, key)) as [string, string];
  const reply = find(draft, 'app', (one) => one.name === 'dns.answer-sent');
  const data = reply === undefined ? '' : fact(reply, 'data');
  const rcode = reply === undefined ? '' : fact(reply, 'rcode');
  const own = reply?.data.authoritative === true;
  const where = own ? 'in its own zone' : 'in its cache';
  let found = `finds ${name} ${where}: ${hasAlias(data) ? meaningOf('it', data) : `the answer is ${list(data.split(', '))}`}`;
  if (data === '') {
    if (rcode === 'NXDOMAIN') found = `answers that ${name} does not exist (NXDOMAIN)`;
    else if (rcode === 'NOERROR') found = `has no ${type} record of ${name} and says so`;
    else found = `does not answer questions about ${name} (${rcode})`;
  }
  const row = own ? undefined : context.fold.find(draft.node, 'dns-cache', `${name.toLowerCase()} ${type}`);
  return {
    layer: 'application',
    headline: `DNS answer: ${name} ${type} ${data === '' ? rcode : data} (${own ? 'own zone' : row === undefined ? 'no data' : 'cache'})`,
    sentence: `${context.capital(`${context.name(draft.node)} reads the question and ${found}.`)}${wayOutClause(context, draft)}`,
    decisions: [
      ...(row === undefined
        ? []
        : context.decision('dns-cache', row.seq, 'the name and type that were asked for')),
      ...context.wayOut(draft, fact(event, 'from')),
    ],
    ...context.sentPacket(draft),
    ...because('dns-server'),
  };
};

/** One narrator per application event of DNS. */
export const DNS_NARRATORS = {
  'resolver.hosts-hit': hostsHit,
  'resolver.cache-hit': cacheHit,
  'resolver.cache-miss': cacheMiss,
  'resolver.query': query,
  'resolver.retry': query,
  'resolver.answer': answer,
  'resolver.failed': failed,
  'dns.query-received': served,
} as const satisfies Partial<Record<AppEvent['name'], Narrator>>;
