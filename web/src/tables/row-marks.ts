// What the current step does to the rows of a node: which it adds, changes, refreshes or removes, which decided, and
// which lost a look-up.

import type { Change, NodeTables, RouteLookup, RowView, Step, TableName } from 'wirewalk';
import { sameRow } from '../parts/row-text.js';

/** A row that the step removed: shown for this step only. */
export interface GhostRow {
  readonly table: TableName;
  /** Of the interface whose table it was in; undefined for tables of the whole node. */
  readonly interface: string | undefined;
  readonly key: string;
  /** Of the event that removed it. */
  readonly seq: number;
  readonly row: RowView;
  readonly reason: string | undefined;
}

/** What became of a row. */
interface RowChange {
  readonly change: 'added' | 'changed' | 'refreshed';
  /** What stood there before, when it was changed. */
  readonly before?: RowView;
}

/** Its part in a decision or in a look-up. */
interface RowPart {
  readonly part: 'decides' | 'lost';
  readonly why: string;
}

export type RowMark = Partial<RowChange> & Partial<RowPart>;

export interface NodeMarks {
  readonly changes: ReadonlyMap<string, RowChange>;
  readonly ghosts: readonly GhostRow[];
  /** By seq of the row. */
  readonly parts: ReadonlyMap<number, RowPart>;
  /** Why the losers of a decision lost, by what they say: they have no other name. */
  readonly losers: ReadonlyMap<string, string>;
}

const NONE: ReadonlyMap<string, string> = new Map();
export const NO_MARKS: NodeMarks = { changes: new Map(), ghosts: [], parts: new Map(), losers: NONE };

/** The marks of one node at a moment within or after the step; events after `seq` have not happened yet. */
export function marksOf(step: Step, node: string, seq: number): NodeMarks {
  const happened = step.changes.filter((change) => change.node === node && change.seq <= seq);
  const mine = step.node === node;
  if (happened.length === 0 && !mine) return NO_MARKS;
  const changes = new Map<string, RowChange>();
  const ghosts = new Map<string, GhostRow>();
  for (const { seq: at, table, key, kind, before, after, reason } of happened) {
    const name = nameOf(table, key, after ?? before);
    const known = changes.get(name);
    if (kind === 'removed') {
      changes.delete(name);
      if (before !== undefined)
        ghosts.set(name, { table, interface: interfaceOf(table, before), key, seq: at, row: before, reason });
    } else if (kind === 'refreshed') {
      if (known === undefined) changes.set(name, { change: 'refreshed' });
    } else if (known?.change !== 'added') {
      const start = known?.before ?? before ?? ghosts.get(name)?.row;
      changes.set(name, start === undefined ? { change: 'added' } : { change: 'changed', before: start });
      ghosts.delete(name);
    }
  }
  const parts = new Map<number, RowPart>();
  const losers = new Map<string, string>();
  for (const { table, row, seq: deciding, why, losers: lost } of mine ? step.decisions : []) {
    for (const loser of lost) losers.set(saying(table, loser.row), loser.why);
    if (row === undefined) continue;
    const later = lastChangeOf(happened, table, row);
    parts.set(later?.seq ?? deciding, { part: 'decides', why });
  }
  return { changes, ghosts: [...ghosts.values()], parts, losers };
}

/** A row may decide and then be changed by the same step, more than once. */
function lastChangeOf(happened: readonly Change[], table: TableName, row: RowView): Change | undefined {
  const first = happened.find(
    (change) => change.table === table && change.before !== undefined && sameRow(change.before, row),
  );
  if (first === undefined) return undefined;
  const name = nameOf(table, first.key, row);
  return happened.findLast(
    ({ kind, table: its, key, before, after }) =>
      kind !== 'refreshed' && nameOf(its, key, after ?? before) === name,
  );
}

/** The marks of a look-up that somebody typed, in the place of the step's own decision. */
export function withLookup({ changes, ghosts }: NodeMarks, { candidates }: RouteLookup): NodeMarks {
  const parts = new Map<number, RowPart>();
  for (const { seq, wins, why } of candidates) parts.set(seq, { part: wins ? 'decides' : 'lost', why });
  return { changes, ghosts, parts, losers: NONE };
}

/** The mark of a row as it stands in its table. */
export function markOf(
  { changes, parts, losers }: NodeMarks,
  table: TableName,
  { key, row, seq }: { readonly key: string; readonly row: RowView; readonly seq: number },
): RowMark | undefined {
  const change = changes.get(nameOf(table, key, row));
  let part = parts.get(seq);
  if (part === undefined && losers.size > 0) {
    const why = losers.get(saying(table, row));
    if (why !== undefined) part = { part: 'lost', why };
  }
  return change === undefined && part === undefined ? undefined : { ...change, ...part };
}

/**
 * The seq under which a row that somebody wants to see stands now: an event of the step may have refreshed or changed it
 * since, or removed it.
 */
export function standingRow(step: Step, tables: NodeTables, row: number): number {
  const rows = tables.tables.flatMap((one) =>
    one.rows.map(({ key, seq, row: view }) => ({ ...one, key, seq, view })),
  );
  if (rows.some(({ seq }) => seq === row)) return row;
  const decided = step.decisions.find(({ seq, row: view }) => seq === row && view !== undefined)?.row;
  const change = step.changes.find(
    ({ seq, before }) =>
      seq === row || (decided !== undefined && before !== undefined && sameRow(before, decided)),
  );
  if (change === undefined) return row;
  const name = nameOf(change.table, change.key, change.after ?? change.before);
  return rows.find(({ table, key, view }) => nameOf(table, key, view) === name)?.seq ?? change.seq;
}

function saying(table: TableName, row: RowView): string {
  return `${table} ${JSON.stringify(row)}`;
}

/** Which row this is: a node has an ARP cache per interface, so the same key may stand in two. */
function nameOf(table: TableName, key: string, row: RowView | undefined): string {
  return `${table} ${interfaceOf(table, row) ?? ''} ${key}`;
}

function interfaceOf(table: TableName, row: RowView | undefined): string | undefined {
  return table !== 'arp' || row?.interface === undefined ? undefined : String(row.interface);
}
