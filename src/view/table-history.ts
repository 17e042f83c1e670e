// Tables at any moment, many times over: every version of every row with the span of events for which it stood, so that
// a moment is looked up and not folded anew. For views in which somebody moves to and fro in time.
// Reading list: that of `tables.ts`.

import type { TraceEvent } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { inTableOrder, type NodeTables, nodeTable, type TablePlace, type TableRow } from './tables.js';

/** A row as it stood from its table-set event up to, but without, the event `until`. */
interface Version {
  readonly row: TableRow;
  /** seq of the table-set that added the row of which this is a version: rows stand in this order. */
  readonly added: number;
  until: number;
}

/** While the history is read. */
interface OpenTable extends TablePlace {
  /** seq of its first event: from then on it is shown, with rows or without. */
  readonly since: number;
  readonly versions: Version[];
  /** The version that stands, by key. */
  readonly standing: Map<string, Version>;
}

/** One table of a node, its versions in the order in which their rows were added. */
interface TableVersions extends TablePlace {
  readonly since: number;
  readonly rows: readonly TableRow[];
  readonly added: Int32Array;
  readonly from: Int32Array;
  readonly until: Int32Array;
}

/** Greater than every seq. */
const NEVER = 0x7fffffff;

/** All tables of a trace at any of its events. Built once, in about the time of reading the trace. */
export class TableHistory {
  private readonly trace: Trace;
  private readonly nodes: readonly (readonly TableVersions[])[];
  /** seqs of the table-refreshed events of a row, by the seq of its table-set. */
  private readonly refreshed = new Map<number, number[]>();

  /** Reads the trace as it is now; what it grows by later is not known here. */
  constructor(trace: Trace) {
    this.trace = trace;
    const open = trace.world.nodes.map(() => new Map<string, OpenTable>());
    for (const event of trace.events()) {
      if (event.kind === 'table-refreshed') this.addRefresh(event.row, event.seq);
      else if (event.kind === 'table-set' || event.kind === 'table-removed')
        addChange(open[event.node] as Map<string, OpenTable>, event);
    }
    this.nodes = open.map((tables) => [...tables.values()].sort(inTableOrder).map(close));
  }

  /**
   * Tables as they stand when the event `seq` has happened, as {@link tablesAt} gives them; before 0 all are empty.
   * @param nodes of these nodes, by index, in this order; of all when absent
   */
  at(seq: number, nodes?: readonly number[]): NodeTables[] {
    const { world } = this.trace;
    const wanted = nodes ?? world.nodes.map((_, node) => node);
    return wanted.flatMap((node) => {
      const name = world.nodes[node]?.name;
      if (name === undefined) return [];
      const tables = (this.nodes[node] ?? []).filter(({ since }) => since <= seq);
      return { node, name, tables: tables.map((table) => nodeTable(world, table, rowsAt(table, seq))) };
    });
  }

  /** seq of the last event, up to `seq`, that set a row or proved it good again: its age counts from there. */
  confirmedAt(row: TableRow, seq: number): number {
    const refreshes = this.refreshed.get(row.seq) ?? [];
    let [low, high] = [0, refreshes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((refreshes[middle] as number) <= seq) low = middle + 1;
      else high = middle;
    }
    return refreshes[low - 1] ?? row.seq;
  }

  private addRefresh(row: number, seq: number): void {
    const others = this.refreshed.get(row);
    if (others === undefined) this.refreshed.set(row, [seq]);
    else others.push(seq);
  }
}

function addChange(
  tables: Map<string, OpenTable>,
  event: Extract<TraceEvent, { kind: 'table-set' | 'table-removed' }>,
): void {
  const { seq, table, interface: port, key } = event;
  const name = `${table} ${port}`;
  let open = tables.get(name);
  if (open === undefined) {
    open = { table, interface: port, since: seq, versions: [], standing: new Map() };
    tables.set(name, open);
  }
  const before = open.standing.get(key);
  if (before !== undefined) before.until = seq;
  if (event.kind === 'table-removed') {
    open.standing.delete(key);
    return;
  }
  const version = { row: { key, row: event.after, seq }, added: before?.added ?? seq, until: NEVER };
  open.standing.set(key, version);
  open.versions.push(version);
}

function close({ table, interface: port, since, versions }: OpenTable): TableVersions {
  // Versions of one row stay in the order of their events.
  const sorted = versions.sort((a, b) => a.added - b.added);
  return {
    table,
    interface: port,
    since,
    rows: sorted.map(({ row }) => row),
    added: Int32Array.from(sorted, ({ added }) => added),
    from: Int32Array.from(sorted, ({ row }) => row.seq),
    until: Int32Array.from(sorted, ({ until }) => until),
  };
}

function rowsAt({ rows, added, from, until }: TableVersions, seq: number): TableRow[] {
  const standing: TableRow[] = [];
  for (let i = 0; i < rows.length && (added[i] as number) <= seq; i++) {
    if ((from[i] as number) <= seq && seq < (until[i] as number)) standing.push(rows[i] as TableRow);
  }
  return standing;
}
