// Columns that time makes: how long a row is still good, or how long ago it last proved so.

import { formatDuration, MICROSECOND, MILLISECOND, type RowView, SECOND, type TableName } from 'wirewalk';
import type { RowNote } from '../worker/protocol.js';

/** Columns that count down, in seconds, and what they are called then. */
const LIFETIMES: Readonly<Partial<Record<TableName, { readonly column: string; readonly title: string }>>> = {
  'dns-cache': { column: 'ttl', title: 'ttl left' },
  'http-cache': { column: 'fresh for', title: 'fresh for' },
};

/** Tables whose rows grow old, and what makes them young again. */
const AGES: Readonly<Partial<Record<TableName, string>>> = {
  arp: 'confirmed',
  mac: 'last seen',
  'path-mtu': 'told',
  nat: 'last used',
};

export interface Countdown {
  readonly column: string;
  /** Seconds that are left, and of how many. */
  readonly left: number;
  readonly of: number;
}

export function columnTitle(table: TableName, column: string): string {
  const lifetime = LIFETIMES[table];
  return lifetime?.column === column ? lifetime.title : column;
}

/** How long the row is still good; undefined when it does not expire. */
export function countdownOf(
  table: TableName,
  row: RowView,
  note: RowNote | undefined,
  now: number,
): Countdown | undefined {
  const column = LIFETIMES[table]?.column;
  const of = column === undefined ? undefined : row[column];
  if (column === undefined || typeof of !== 'number' || note === undefined) return undefined;
  return { column, left: Math.max(0, of - Math.floor((now - note.setAt) / SECOND)), of };
}

/** `confirmed 2.01 ms ago`; empty for tables whose rows do not grow old. */
export function ageOf(table: TableName, row: RowView, note: RowNote | undefined, now: number): string {
  // Nobody has confirmed anything yet while the answer is waited for.
  const word = row.state === 'incomplete' ? 'asked' : AGES[table];
  if (word === undefined || note === undefined) return '';
  const age = now - note.confirmedAt;
  return `${word} ${age < MICROSECOND / 10 ? 'just now' : `${shortDuration(age)} ago`}`;
}

/** In three or four digits: more would only flicker. */
function shortDuration(time: number): string {
  const small = time >= MILLISECOND ? 10 * MICROSECOND : MICROSECOND / 10;
  const step = time >= 10 * SECOND ? 100 * MILLISECOND : time >= SECOND ? 10 * MILLISECOND : small;
  return formatDuration(Math.round(time / step) * step);
}
