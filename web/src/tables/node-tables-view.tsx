// All tables of one device at the chosen moment.

import { useMemo, useState } from 'react';
import type { NodeTables } from 'wirewalk';
import { RouteLookupField, useLookup } from './route-lookup.js';
import { type NodeMarks, withLookup } from './row-marks.js';
import { type Moment, TableView } from './table-view.js';

export interface NodeTablesViewProps {
  readonly tables: NodeTables;
  readonly seq: number;
  readonly moment: Moment;
  readonly marks: NodeMarks;
  readonly lit: number;
}

/** One device, with a field to look up addresses in its routing table. */
export function NodeTablesView({ tables, seq, moment, marks, lit }: NodeTablesViewProps) {
  const [typed, setTyped] = useState('');
  const lookup = useLookup(typed, { run: moment.run.run, seq, node: tables.node });
  const routeMarks = useMemo(
    () => (lookup === undefined ? marks : withLookup(marks, lookup)),
    [marks, lookup],
  );
  return tables.tables.map((table) => (
    <TableView
      key={`${table.table} ${table.interface ?? ''}`}
      table={table}
      node={tables.name}
      moment={moment}
      marks={table.table === 'route' ? routeMarks : marks}
      lit={lit}
      level={3}
    >
      {table.table === 'route' ? (
        <RouteLookupField typed={typed} setTyped={setTyped} lookup={lookup} />
      ) : null}
    </TableView>
  ));
}

/** One of many devices: only tables that have something to show. */
export function NodeTablesBrief({ tables, moment, marks }: Omit<NodeTablesViewProps, 'seq' | 'lit'>) {
  const shown = tables.tables.filter(
    ({ table, rows }) => rows.length > 0 || marks.ghosts.some((ghost) => ghost.table === table),
  );
  return shown.map((table) => (
    <TableView
      key={`${table.table} ${table.interface ?? ''}`}
      table={table}
      node={tables.name}
      moment={moment}
      marks={marks}
      lit={-1}
      level={4}
    />
  ));
}
