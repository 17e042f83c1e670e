// Checks a run against what its lab says must be true: of packets, tables, pages and the explanation.

import { formatMac, parseMac } from '../base/address.js';
import { formatDuration, type Time } from '../base/time.js';
import type { RowView, Value } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { explainWalk } from '../view/explain/explain-walk.js';
import { TableFold } from '../view/tables.js';
import { dissect } from '../wire/dissect.js';
import type { DissectedField, DissectedLayer } from '../wire/dissection.js';
import { formatUrl } from '../wire/url.js';
import type { Place } from './problem.js';
import type { Lab } from './read-lab.js';
import type { LabRun } from './run-lab.js';
import type { LabCheck } from './schema.js';

export interface CheckResult {
  readonly ok: boolean;
  /** What was looked at: `frames at pc:eth0 that fit arp`. */
  readonly text: string;
  /** What the lab says, and what was there instead or as well. */
  readonly expected: string;
  readonly found: string;
  /** Where the check stands in the lab file. */
  readonly position: Place;
}

export interface CheckOptions {
  /** The sentences of the walk, for checks of what it explains; those of `explainWalk` when absent. */
  readonly sentences?: (trace: Trace) => Iterable<string>;
}

/** Carries out the checks of the run's lab, in their order. The run must have kept events and bytes. */
export function checkLab(run: LabRun, options: CheckOptions = {}): CheckResult[] {
  const { lab } = run;
  const trace = run.trace();
  let sentences: readonly string[] | undefined;
  return lab.checks.map((check, index) => {
    const position = lab.placeOf(['checks', index]);
    if ('packets' in check) return { ...checkPackets(check, trace), position };
    if ('table' in check) return { ...checkTable(check, trace), position };
    if ('page' in check) return { ...checkPage(check, run), position };
    sentences ??= [...(options.sentences?.(trace) ?? sentencesOf(trace, lab.phases))];
    return { ...checkSentence(check, sentences), position };
  });
}

type Outcome = Omit<CheckResult, 'position'>;
type CheckOf<Key extends string> = Extract<LabCheck, Record<Key, unknown>>;

/** Frames that `found` names. */
const SHOWN_FRAMES = 3;

function checkPackets(check: CheckOf<'packets'>, trace: Trace): Outcome {
  const { packets, at, count, 'at-least': atLeast, 'at-most': atMost } = check;
  const place = at === undefined ? -1 : interfaceIndex(trace, at.node, at.port);
  let seen = 0;
  let fitting = 0;
  const examples: string[] = [];
  const strange = new Set(packets.fields.filter((name) => name.includes('.')));
  for (const event of trace.events()) {
    // Everywhere: each frame once per link it is sent on.
    if (event.kind !== 'frame-sent' && (event.kind !== 'frame-arrived' || at === undefined)) continue;
    if (at !== undefined && event.interface !== place) continue;
    seen++;
    const dissection = dissect(trace.frameBytes(event.frame));
    for (const name of strange) if (hasField(dissection.layers, name)) strange.delete(name);
    if (!packets.matches(dissection)) continue;
    fitting++;
    if (examples.length < SHOWN_FRAMES)
      examples.push(`${formatDuration(event.time)}: ${dissection.layers.at(-1)?.summary ?? ''}`);
  }
  const where = at === undefined ? 'on all links' : `at ${at.node}:${at.port}`;
  const exact = count === undefined ? undefined : `exactly ${count}`;
  const bounds = [
    atLeast === undefined ? '' : `at least ${atLeast}`,
    atMost === undefined ? '' : `at most ${atMost}`,
  ].filter((text) => text !== '');
  const least = atLeast ?? (count === undefined && atMost === undefined ? 1 : 0);
  const more = fitting > examples.length ? ', …' : '';
  return {
    ok:
      (count === undefined || fitting === count) &&
      fitting >= least &&
      fitting <= (atMost ?? Number.POSITIVE_INFINITY),
    text: `frames ${where} that fit ${packets.text}`,
    expected: exact ?? (bounds.join(', ') || 'at least 1'),
    found:
      `${fitting} of ${seen} frames${examples.length > 0 ? ` (${examples.join('; ')}${more})` : ''}` +
      // A misspelt name fits nothing: whoever expects nothing should hear of it.
      (strange.size > 0 && seen > 0 ? `; none of them has ${[...strange].join(', ')}` : ''),
  };
}

function hasField(layers: readonly DissectedLayer[], name: string): boolean {
  return layers.some(
    (layer) => layer.protocol === name || inFields(layer.fields, name) || hasField(layer.quoted ?? [], name),
  );
}

function inFields(fields: readonly DissectedField[], name: string): boolean {
  return fields.some((field) => field.name === name || inFields(field.children ?? [], name));
}

function interfaceIndex(trace: Trace, node: string, port: string): number {
  const { nodes, interfaces } = trace.world;
  return interfaces.findIndex((candidate) => candidate.name === port && nodes[candidate.node]?.name === node);
}

function checkTable(check: CheckOf<'table'>, trace: Trace): Outcome {
  const rows = tableRows(trace, check.node, check.table, check.at);
  const wanted = [...check.row];
  const fits = rows.some((row) => wanted.every(([column, value]) => isSame(row[column], value)));
  const when = check.at === undefined ? 'at the end' : `at ${formatDuration(check.at)}`;
  const unknown = wanted
    .map(([column]) => column)
    .filter((column) => rows.length > 0 && rows.every((row) => row[column] === undefined));
  const columns =
    unknown.length === 0
      ? ''
      : `; no row has a column ${unknown.join(', ')}, the columns are ${Object.keys(rows[0] as RowView).join(', ')}`;
  return {
    ok: fits === check.present && unknown.length === 0,
    text: `${check.table} table of ${check.node} ${when}`,
    expected: `${check.present ? 'a row' : 'no row'} with ${showRow(check.row)}`,
    found:
      rows.length === 0
        ? 'no rows'
        : `${rows.map((row) => showRow(Object.entries(row))).join('; ')}${columns}`,
  };
}

function tableRows(
  trace: Trace,
  node: string,
  table: CheckOf<'table'>['table'],
  at: Time | undefined,
): RowView[] {
  const fold = new TableFold(trace.world);
  for (const event of trace.events()) {
    if (at !== undefined && event.time > at) break;
    fold.advance(event);
  }
  const index = trace.world.nodes.findIndex(({ name }) => name === node);
  return fold.rows(index, table).map(({ row }) => row);
}

function showRow(row: Iterable<readonly [string, Value]>): string {
  return [...row].map(([column, value]) => `${column} ${value}`).join(', ');
}

/** MAC addresses are the same however they are written; other values as text. */
function isSame(found: Value | undefined, wanted: Value): boolean {
  if (found === undefined) return false;
  if (found === wanted || String(found) === String(wanted)) return true;
  const mac = typeof wanted === 'string' ? parseMac(wanted) : undefined;
  return mac !== undefined && found === formatMac(mac);
}

function checkPage(check: CheckOf<'page'>, run: LabRun): Outcome {
  const { page: url, node, status = 200, 'from-cache': fromCache, contains, fails } = check;
  const visits = run.pages.filter(
    (visit) =>
      (node === undefined || visit.node === node) &&
      (visit.url === url.text || visit.page.url === formatUrl(url)),
  );
  const ok = visits.some(({ page }) => {
    if (fails) return page.error !== undefined;
    if (page.response?.status !== status) return false;
    return (
      (fromCache === undefined || page.fromCache === fromCache) &&
      (contains === undefined || page.text.includes(contains))
    );
  });
  const found = visits.map((visit) => {
    const { page } = visit;
    return (
      page.error ??
      `status ${page.response?.status}${page.fromCache ? ' from the cache' : ''}, ${page.response?.body.length ?? 0} bytes`
    );
  });
  const wishes = [`status ${status}`];
  if (fromCache !== undefined) wishes.push(fromCache ? 'from the cache' : 'not from the cache');
  if (contains !== undefined) wishes.push(`with the text "${contains}"`);
  return {
    ok,
    text: `page ${url.text}${node === undefined ? '' : ` in the browser of ${node}`}`,
    expected: fails ? 'no page' : wishes.join(', '),
    found: found.length === 0 ? 'nobody opened it' : found.join('; '),
  };
}

function sentencesOf(trace: Trace, phases: Lab['phases']): string[] {
  return explainWalk(trace, { phases }).phases.flatMap(({ steps }) => steps.map(({ sentence }) => sentence));
}

function checkSentence(check: CheckOf<'explains'>, sentences: readonly string[]): Outcome {
  const hit = sentences.find((sentence) => sentence.includes(check.explains));
  return {
    ok: hit !== undefined,
    text: 'the sentences of the walk',
    expected: `one that contains "${check.explains}"`,
    found: hit ?? `${sentences.length} sentences, none of which does`,
  };
}
