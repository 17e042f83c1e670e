// Tables at any point of a run: folding the events up to there. Going back in time is folding fewer events.
// Reading list: RFC 1812 §5.2.4.3 (longest match), RFC 826 (ARP), IEEE 802.1D §7.9 (MAC addresses), RFC 3022 §2.2 (NAPT).

import { formatIpv4, type Ipv4, inPrefix, parseCidr } from '../base/address.js';
import type { RowView, TableName, TraceEvent, Value, WorldDescription } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';

/** A row as it stands at a point of the trace. */
export interface TableRow {
  /** Unique within its table. */
  readonly key: string;
  readonly row: RowView;
  /** seq of the table-set event that made it what it is: what decisions point to. */
  readonly seq: number;
}

/** One table of a node; a node has one ARP cache per interface. */
export interface NodeTable {
  readonly table: TableName;
  /** Name of the interface, for tables that belong to one. */
  readonly interface?: string;
  /** In the order in which their keys first came. */
  readonly rows: readonly TableRow[];
}

/** All tables of a node that have held a row so far, in the order of {@link TABLE_ORDER}. */
export interface NodeTables {
  /** Index into the description's nodes. */
  readonly node: number;
  readonly name: string;
  readonly tables: readonly NodeTable[];
}

/** How tables are called in sentences. */
export const TABLE_TITLES: Readonly<Record<TableName, string>> = {
  interface: 'interfaces',
  route: 'routing table',
  'path-mtu': 'path MTU cache',
  arp: 'ARP cache',
  mac: 'MAC address table',
  nat: 'NAT table',
  'dns-cache': 'DNS cache',
  'http-cache': 'browser cache',
  tcp: 'TCP connections',
  'tcp-info': 'TCP windows and timers',
  udp: 'UDP sockets',
};

/** The order in which a node's tables are shown. */
export const TABLE_ORDER = Object.keys(TABLE_TITLES) as readonly TableName[];

/** Which table of a node: its name, and the id of its interface or −1. */
export interface TablePlace {
  readonly table: TableName;
  readonly interface: number;
}

/** For sorting the tables of a node. */
export function inTableOrder(a: TablePlace, b: TablePlace): number {
  return TABLE_ORDER.indexOf(a.table) - TABLE_ORDER.indexOf(b.table) || a.interface - b.interface;
}

/** A table with these rows, and the name of its interface. */
export function nodeTable(world: WorldDescription, place: TablePlace, rows: readonly TableRow[]): NodeTable {
  const { table, interface: port } = place;
  return port < 0 ? { table, rows } : { table, interface: world.interfaces[port]?.name ?? '', rows };
}

interface FoldedTable extends TablePlace {
  readonly rows: Map<string, TableRow>;
}

/** Tables that grow with the events they are given, in order. */
export class TableFold {
  private readonly world: WorldDescription;
  private readonly nodes: Map<string, FoldedTable>[];

  constructor(world: WorldDescription) {
    this.world = world;
    this.nodes = world.nodes.map(() => new Map());
  }

  /** Takes the next event; only changes of tables matter. */
  advance(event: TraceEvent): void {
    if (event.kind === 'table-set') {
      const rows = this.tableOf(event.node, event.table, event.interface).rows;
      rows.set(event.key, { key: event.key, row: event.after, seq: event.seq });
    } else if (event.kind === 'table-removed') {
      this.tableOf(event.node, event.table, event.interface).rows.delete(event.key);
    }
  }

  /** The row of a key, whatever interface it belongs to. */
  find(node: number, table: TableName, key: string): TableRow | undefined {
    for (const folded of this.nodes[node]?.values() ?? []) {
      const row = folded.table === table ? folded.rows.get(key) : undefined;
      if (row !== undefined) return row;
    }
    return undefined;
  }

  /** All rows of one kind of table of a node, those of all its interfaces together. */
  rows(node: number, table: TableName): TableRow[] {
    const rows: TableRow[] = [];
    for (const folded of this.nodes[node]?.values() ?? []) {
      if (folded.table === table) rows.push(...folded.rows.values());
    }
    return rows;
  }

  /** Everything as it stands now; later events do not change what is returned. */
  tables(): NodeTables[] {
    return this.world.nodes.map(({ name }, node) => ({
      node,
      name,
      tables: [...(this.nodes[node]?.values() ?? [])]
        .sort(inTableOrder)
        .map((folded) => nodeTable(this.world, folded, [...folded.rows.values()])),
    }));
  }

  private tableOf(node: number, table: TableName, ofInterface: number): FoldedTable {
    const tables = this.nodes[node] as Map<string, FoldedTable>;
    const key = `${table} ${ofInterface}`;
    let folded = tables.get(key);
    if (folded === undefined) {
      folded = { table, interface: ofInterface, rows: new Map() };
      tables.set(key, folded);
    }
    return folded;
  }
}

/** Every table of every node when the event `seq` has happened; by default at the end. Before 0: all empty. */
export function tablesAt(trace: Trace, seq: number = trace.length - 1): NodeTables[] {
  const fold = new TableFold(trace.world);
  for (const event of trace.events(0, seq + 1)) fold.advance(event);
  return fold.tables();
}

/** A row of a routing table, looked at for one destination. */
export interface RouteCandidate {
  readonly row: RowView;
  /** seq of its table-set event. */
  readonly seq: number;
  /** Does its prefix hold the destination? */
  readonly matches: boolean;
  readonly wins: boolean;
  /** Why it wins, or why it does not. */
  readonly why: string;
}

/** A look-up: every route with its fate, the winner first if there is one, then those that match, then the rest. */
export interface RouteLookup {
  readonly destination: string;
  readonly winner?: RouteCandidate;
  readonly candidates: readonly RouteCandidate[];
}

/** All routes of a node for a destination: the longest prefix that holds it wins, then the smallest metric. */
export function routeCandidates(tables: readonly NodeTables[], node: number, destination: Ipv4): RouteLookup {
  const found = tables.find((candidate) => candidate.node === node);
  const rows = found?.tables.filter(({ table }) => table === 'route').flatMap((table) => table.rows) ?? [];
  return lookUpRoute(rows, destination);
}

/** The same for the rows of one routing table. */
export function lookUpRoute(rows: readonly TableRow[], destination: Ipv4): RouteLookup {
  const target = formatIpv4(destination);
  const routes = rows.map(({ row, seq }, order) => {
    const prefix = parseCidr(String(row.destination))?.prefix;
    const matches = prefix !== undefined && inPrefix(destination, prefix);
    return { row, seq, order, matches, length: prefix?.length ?? -1, metric: Number(row.metric ?? 0) };
  });
  routes.sort(
    (a, b) =>
      Number(b.matches) - Number(a.matches) ||
      b.length - a.length ||
      a.metric - b.metric ||
      a.order - b.order,
  );
  const best = routes[0]?.matches === true ? routes[0] : undefined;
  const matching = routes.filter(({ matches }) => matches).length;
  const candidates = routes.map(({ row, seq, matches, length, metric }): RouteCandidate => {
    const wins = seq === best?.seq;
    let why = `does not hold ${target}`;
    if (wins)
      why =
        matching === 1
          ? `the only row that holds ${target}`
          : `of ${matching} rows that hold ${target}, the longest prefix`;
    else if (matches && best !== undefined) {
      if (length < best.length) why = `holds ${target} too, but /${length} is shorter than /${best.length}`;
      else
        why =
          metric > best.metric
            ? `as long, but its metric ${metric} is above ${best.metric}`
            : 'as good, but younger';
    }
    return { row, seq, matches, wins, why };
  });
  const tie = routes[1]?.matches === true && routes[1].length === best?.length;
  const winner = candidates.find(({ wins }) => wins);
  if (winner === undefined) return { destination: target, candidates };
  const why = tie
    ? `of ${matching} rows that hold ${target}, the longest prefix with the smallest metric`
    : winner.why;
  const first = { ...winner, why };
  return { destination: target, winner: first, candidates: [first, ...candidates.slice(1)] };
}

/** Stands where a row has no value yet. */
export const NOTHING = '–';

/**
 * Rows as lines of aligned columns under a line with the columns' names; numbers stand at the right. Without rows, no
 * lines. Columns that only some rows have are empty in the others.
 */
export function formatTable(rows: readonly RowView[]): string[] {
  const columns: string[] = [];
  for (const row of rows)
    for (const column of Object.keys(row)) if (!columns.includes(column)) columns.push(column);
  if (columns.length === 0) return [];
  const cell = (value: Value | undefined): string => (value === undefined ? '' : String(value));
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => cell(row[column]).length)),
  );
  const isNumeric = columns.map((column) => {
    const values = rows.map((row) => row[column]).filter((value) => value !== NOTHING);
    return values.every((value) => value === undefined || typeof value === 'number');
  });
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) =>
        isNumeric[i] ? text.padStart(widths[i] as number) : text.padEnd(widths[i] as number),
      )
      .join('  ')
      .trimEnd();
  return [line(columns), ...rows.map((row) => line(columns.map((column) => cell(row[column]))))];
}
