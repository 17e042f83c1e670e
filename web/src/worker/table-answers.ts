// Tables at any moment, and who wins a route lookup there.

import { parseIpv4, type RouteLookup, routeCandidates, TableHistory } from 'wirewalk';
import type { Ask, RowNote, TablesAnswer } from './protocol.js';
import { runOf, type WorkerRun } from './runs.js';

/** Made when somebody first looks at the tables of a run. */
const histories = new WeakMap<WorkerRun, TableHistory>();

function historyOf(run: WorkerRun): TableHistory {
  const known = histories.get(run);
  if (known !== undefined) return known;
  const made = new TableHistory(run.trace);
  histories.set(run, made);
  return made;
}

export function lookupAnswer({ run, seq, node, destination }: Ask<'lookup'>): RouteLookup | undefined {
  const address = parseIpv4(destination.trim());
  if (address === undefined) return undefined;
  return routeCandidates(historyOf(runOf(run)).at(seq, [node]), node, address);
}

export function tablesAnswer({ run, seq, nodes }: Ask<'tables'>): TablesAnswer {
  const held = runOf(run);
  const { trace, stepOfEvent } = held;
  const history = historyOf(held);
  const time = seq < 0 ? 0 : trace.event(Math.min(seq, trace.length - 1)).time;
  const tables = history.at(seq, nodes);
  const notes = new Map<number, RowNote>();
  for (const row of tables.flatMap((node) => node.tables).flatMap(({ rows }) => rows)) {
    const setAt = trace.event(row.seq).time;
    const confirmed = history.confirmedAt(row, seq);
    const confirmedAt = confirmed === row.seq ? setAt : trace.event(confirmed).time;
    notes.set(row.seq, { setAt, confirmedAt, step: stepOfEvent[row.seq] ?? -1 });
  }
  return { run, seq, time, nodes: tables, notes };
}
