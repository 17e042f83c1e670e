// Tables: every change is told, with the row as it was shown before.

import { describe, expect, it } from 'vitest';
import type { EventDetail } from './events.js';
import { type RecordedRow, RecordedTable } from './recorded-table.js';
import { atNode, Recorder } from './recorder.js';
import type { RecordLevel } from './trace.js';

interface Row extends RecordedRow {
  value: number;
}

function tableAt(level: RecordLevel) {
  const recorder = new Recorder(level, { now: 0 });
  recorder.addInterface(0);
  let shown = 0;
  const table = new RecordedTable<number, Row>(
    recorder,
    atNode(0),
    'arp',
    (row) => ({ value: row.value, shown: ++shown }),
    (key, row) => `key ${key} of ${row.value}`,
  );
  const world = { name: 'w', seed: 1, epoch: 0, nodes: [], interfaces: [], links: [] };
  const told = () =>
    [...recorder.trace(world).events()].map(({ seq, time, node, interface: at, cause, ...detail }) => detail);
  return { table, told, shown: () => shown, row: (value: number): Row => ({ value, recordedAs: -1 }) };
}

describe('RecordedTable', () => {
  it('tells of rows that are added, changed, proved good and removed', () => {
    const { table, told, row } = tableAt('events');
    const first = row(1);
    table.set(5, first);
    expect(first.recordedAs).toBe(0);
    table.refresh(first);
    const second = row(2);
    table.set(5, second);
    expect([second.recordedAs, table.size, table.get(5)]).toEqual([2, 1, second]);
    table.remove(5, 'aged');
    table.remove(5, 'aged');
    expect([table.size, table.get(5)]).toEqual([0, undefined]);
    expect(told()).toEqual([
      { kind: 'table-set', table: 'arp', key: 'key 5 of 1', after: { value: 1, shown: 1 } },
      { kind: 'table-refreshed', row: 0 },
      {
        kind: 'table-set',
        table: 'arp',
        key: 'key 5 of 2',
        before: { value: 1, shown: 1 },
        after: { value: 2, shown: 2 },
      },
      { kind: 'table-removed', table: 'arp', key: 'key 5 of 2', before: { value: 2, shown: 2 }, why: 'aged' },
    ] satisfies EventDetail[]);
  });

  it('tells what a row was before, also when it was changed in place', () => {
    const { table, told, row } = tableAt('events');
    const only = row(1);
    table.set(5, only);
    only.value = 9;
    table.set(5, only);
    expect(told()[1]).toMatchObject({ before: { value: 1 }, after: { value: 9 } });
  });

  it('shows no row when nothing is recorded', () => {
    const { table, told, shown, row } = tableAt('off');
    const only = row(1);
    table.set(5, only);
    table.refresh(only);
    table.remove(5, 'closed');
    expect([told(), shown(), only.recordedAs]).toEqual([[], 0, -1]);
  });
});
