// What the command line knows about a run: what the page has to say, computed in Node.

import { startCommand } from '../../src/lab/console/console.js';
import { runCommand } from '../../src/lab/console/run-command.js';
import { type LabRun, type RunOptions, runLab } from '../../src/lab/run-lab.js';
import type { RowView, TableName } from '../../src/trace/events.js';
import type { Trace } from '../../src/trace/trace.js';
import { explainWalk } from '../../src/view/explain/explain-walk.js';
import type { Step, Walk } from '../../src/view/explain/step.js';
import { type FrameColumns, frameColumns } from '../../src/view/frame-columns.js';
import { shownRow } from '../../src/view/rows.js';
import { TABLE_TITLES, tablesAt } from '../../src/view/tables.js';
import { labOf, labText } from '../lab-runs.js';

export const LABS = ['nat-http', 'three-routers', 'campus'] as const;

/** nat-http with a fault: the first DNS query is lost between computer and switch. */
export const LOSSY = `${labText('nat-http').replace(/^checks:[\s\S]*/m, '')}
faults:
  - { link: ["pc:eth0", "switch:p1"], from: pc, match: dns, nth: 1, do: drop }
`;

export interface Told {
  readonly run: LabRun;
  readonly trace: Trace;
  readonly walk: Walk;
  readonly steps: readonly Step[];
  readonly frames: FrameColumns;
}

export function toldText(text: string, options: RunOptions = {}): Told {
  const run = runLab(labOf(text), { runCommand, startCommand, ...options });
  const trace = run.trace();
  const walk = explainWalk(trace, { phases: run.lab.phases });
  return { run, trace, walk, steps: walk.phases.flatMap(({ steps }) => steps), frames: frameColumns(trace) };
}

export function toldLab(name: string, options: RunOptions = {}): Told {
  return toldText(labText(name), options);
}

/** The step of an id such as `2m`. */
export function stepOf({ steps }: Told, id: string): Step {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`the walk has no step ${id} any more: mend this test`);
  return step;
}

/** A table as the page shows it: caption, columns, cells. */
export interface ToldTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Every table with rows, of all nodes, when an event has happened. */
export function toldTables({ trace }: Told, seq: number): ToldTable[] {
  const now = trace.event(seq).time;
  return tablesAt(trace, seq).flatMap(({ name, tables }) =>
    tables
      .filter(({ rows }) => rows.length > 0)
      .map(({ table, interface: port, rows }) => {
        const drawn = rows.map(({ row, seq: at }) =>
          drawnCells(table, row, Math.floor((now - trace.event(at).time) / 1e9)),
        );
        const columns = [...new Set(drawn.flatMap((cells) => Object.keys(cells)))].filter(
          (column) => port === undefined || column !== 'interface',
        );
        const title = TABLE_TITLES[table];
        return {
          caption: `${title.charAt(0).toUpperCase()}${title.slice(1)}${port === undefined ? '' : ` ${port}`} of ${name}`,
          columns,
          rows: drawn.map((cells) => columns.map((column) => cells[column] ?? '–')),
        };
      }),
  );
}

/** The cells of a row: addresses with their ports, lifetimes as what is left after so many seconds. */
function drawnCells(table: TableName, row: RowView, passed: number): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const [column, value] of Object.entries(shownRow(table, row))) {
    if (table === 'nat' && column.endsWith(' port')) {
      const sign = row.protocol === 'ICMP' ? ' id ' : ':';
      cells[column.slice(0, -' port'.length)] += `${sign}${value}`;
    } else if (table === 'dns-cache' && column === 'ttl') cells['ttl left'] = left(value, passed);
    else if (table === 'http-cache' && column === 'fresh for') cells[column] = left(value, passed);
    else cells[column] = value === '' ? '–' : String(value);
  }
  return cells;
}

function left(lifetime: RowView[string] | undefined, passed: number): string {
  return `${Math.max(0, Number(lifetime) - passed)} s`;
}
