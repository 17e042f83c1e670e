// Marks of rows: they say what a step did to the tables that stand there, no more and no less.

import { describe, expect, it } from 'vitest';
import type { Change, NodeTables, RowView, Step } from 'wirewalk';
import { LABS, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { markOf, marksOf, NO_MARKS, standingRow, withLookup } from './row-marks.js';

const STEP = {
  ...{ id: '1a', seq: 1, lastSeq: 99, events: [], time: 0, node: 'pc', nodeLabel: 'pc', layer: 'link' },
  ...{ headline: '', sentence: '', decisions: [], changes: [], rewrites: [], timers: [] },
} satisfies Step;

const ROW: RowView = { address: '192.0.2.1', mac: '????', interface: 'eth0', state: 'incomplete' };
const KNOWN: RowView = { ...ROW, mac: '02:00:00:00:00:01', state: 'complete' };

function change(
  seq: number,
  kind: Change['kind'],
  before?: RowView,
  after?: RowView,
  reason?: string,
): Change {
  return {
    ...{ seq, table: 'arp', node: 'pc', key: '192.0.2.1', kind },
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const stepOf = (...changes: Change[]): Step => ({ ...STEP, changes });
const marked = (step: Step, seq: number, row: RowView, at: number) =>
  markOf(marksOf(step, 'pc', seq), 'arp', { key: '192.0.2.1', row, seq: at });

describe('what a step does to a row', () => {
  const added = change(10, 'added', undefined, ROW);
  const completed = change(20, 'changed', ROW, KNOWN);
  const confirmed = change(30, 'refreshed', undefined, KNOWN);
  const removed = change(40, 'removed', KNOWN, undefined, 'aged');

  it('adds it; what is added and then completed was added', () => {
    expect(marked(stepOf(added), 99, ROW, 10)).toEqual({ change: 'added' });
    expect(marked(stepOf(added, completed), 99, KNOWN, 20)).toEqual({ change: 'added' });
  });

  it('changes it: before is what stood there when the step began', () => {
    expect(marked(stepOf(completed), 99, KNOWN, 20)).toEqual({ change: 'changed', before: ROW });
    const again = change(25, 'changed', KNOWN, ROW);
    expect(marked(stepOf(completed, again), 99, ROW, 25)).toEqual({ change: 'changed', before: ROW });
  });

  it('refreshes it, which is less than a change', () => {
    expect(marked(stepOf(confirmed), 99, KNOWN, 20)).toEqual({ change: 'refreshed' });
    expect(marked(stepOf(completed, confirmed), 99, KNOWN, 20)).toEqual({ change: 'changed', before: ROW });
    expect(marked(stepOf(confirmed, change(35, 'changed', KNOWN, ROW)), 99, ROW, 35)).toEqual({
      change: 'changed',
      before: KNOWN,
    });
  });

  it('removes it: a ghost stays for this step, and says why', () => {
    const { changes, ghosts } = marksOf(stepOf(removed), 'pc', 99);
    expect(changes.size).toBe(0);
    expect(ghosts).toEqual([
      { table: 'arp', interface: 'eth0', key: '192.0.2.1', seq: 40, row: KNOWN, reason: 'aged' },
    ]);
  });

  it('removes it and sets it again: changed, and no ghost', () => {
    const step = stepOf(removed, change(50, 'added', undefined, ROW));
    expect(marksOf(step, 'pc', 99).ghosts).toEqual([]);
    expect(marked(step, 99, ROW, 50)).toEqual({ change: 'changed', before: KNOWN });
  });

  it('has not done yet what comes later in it', () => {
    const step = stepOf(added, completed, removed);
    expect(marked(step, 9, ROW, 10)).toBeUndefined();
    expect(marked(step, 15, ROW, 10)).toEqual({ change: 'added' });
    expect(marksOf(step, 'pc', 39).ghosts).toEqual([]);
    expect(marksOf(step, 'pc', 40).ghosts.length).toBe(1);
  });

  it('tells the caches of two interfaces apart', () => {
    const marks = marksOf(stepOf(added), 'pc', 99);
    expect(
      markOf(marks, 'arp', { key: '192.0.2.1', row: { ...ROW, interface: 'eth1' }, seq: 3 }),
    ).toBeUndefined();
    expect(markOf(marks, 'mac', { key: '192.0.2.1', row: ROW, seq: 10 })).toBeUndefined();
  });

  it('does nothing to other nodes', () => {
    expect(marksOf(stepOf(added), 'router', 99)).toBe(NO_MARKS);
    const far = stepOf({ ...added, node: 'router' });
    expect(marksOf(far, 'router', 99).changes.size).toBe(1);
    expect(marksOf(far, 'pc', 99).changes.size).toBe(0);
  });
});

describe('a decision', () => {
  const winner: RowView = { destination: '192.0.2.0/24', gateway: 'on-link', interface: 'eth0' };
  const loser: RowView = { destination: '0.0.0.0/0', gateway: '192.0.2.254', interface: 'eth0' };
  const decisions = [
    {
      ...{ table: 'route' as const, row: winner, seq: 3, why: 'the longest prefix' },
      losers: [{ row: loser, why: 'shorter' }],
    },
  ];
  const marks = marksOf({ ...STEP, decisions }, 'pc', 99);

  it('lights the row that decided and says why the others lost', () => {
    const of = (row: RowView, seq: number) => markOf(marks, 'route', { key: 'any', row, seq });
    expect(of(winner, 3)).toEqual({ part: 'decides', why: 'the longest prefix' });
    expect(of(loser, 4)).toEqual({ part: 'lost', why: 'shorter' });
    expect(of({ ...loser, gateway: '192.0.2.9' }, 5)).toBeUndefined();
  });

  it('lights a row that decided and was then changed by the same step', () => {
    const step = {
      ...stepOf(change(20, 'changed', ROW, KNOWN)),
      decisions: [{ table: 'arp' as const, row: ROW, seq: 10, why: 'it waits', losers: [] }],
    };
    expect(marked(step, 99, KNOWN, 20)).toEqual({
      ...{ change: 'changed', before: ROW, part: 'decides', why: 'it waits' },
    });
    expect(marked(step, 15, ROW, 10)).toEqual({ part: 'decides', why: 'it waits' });
    // As a connection that goes from FIN-WAIT-1 by FIN-WAIT-2 to TIME-WAIT with one segment.
    const twice = {
      ...step,
      changes: [...step.changes, change(30, 'changed', KNOWN, { ...KNOWN, state: 'stale' })],
    };
    expect(marked(twice, 99, { ...KNOWN, state: 'stale' }, 30)?.part).toBe('decides');
    const confirmed = { ...step, changes: [...step.changes, change(30, 'refreshed', undefined, KNOWN)] };
    expect(marked(confirmed, 99, KNOWN, 20)?.part).toBe('decides');
  });

  it('gives way to an address that somebody looks up', () => {
    const candidate = { key: 'any', row: loser, seq: 4, wins: true, why: 'the only one' };
    const looked = withLookup(marks, { candidates: [candidate] } as unknown as Parameters<
      typeof withLookup
    >[1]);
    expect(markOf(looked, 'route', candidate)).toEqual({ part: 'decides', why: 'the only one' });
    expect(markOf(looked, 'route', { key: 'any', row: winner, seq: 3 })).toBeUndefined();
  });
});

describe.each(LABS)('in the run of %s', (name) => {
  async function steps(): Promise<{ readonly step: Step; readonly tables: readonly NodeTables[] }[]> {
    const { run, steps: heads } = await runOfLab(name);
    return Promise.all(
      heads.map(async ({ lastSeq }, place) => {
        const { step } = await answerTo('step', { run, place });
        return { step, tables: (await answerTo('tables', { run, seq: lastSeq })).nodes };
      }),
    );
  }

  it('every change is seen at a row that stands there, or at a ghost that does not', async () => {
    for (const { step, tables } of await steps()) {
      for (const one of tables) {
        const marks = marksOf(step, one.name, step.lastSeq);
        if (marks === NO_MARKS) continue;
        const rows = one.tables.flatMap(({ table, rows: all }) => all.map((row) => ({ table, row })));
        const seen = rows.filter(({ table, row }) => markOf(marks, table, row)?.change !== undefined);
        expect(seen.length, `${step.id} at ${one.name}`).toBe(marks.changes.size);
        for (const ghost of marks.ghosts) {
          const stands = rows.some(
            ({ table, row }) =>
              table === ghost.table && row.key === ghost.key && row.row.interface === ghost.row.interface,
          );
          expect(stands, `${step.id}: ${ghost.key}`).toBe(false);
        }
      }
    }
  });

  it('every row that decided is lit where it stands, or was removed by the step', async () => {
    let decided = 0;
    for (const { step, tables } of await steps()) {
      const own = tables.find((one) => one.name === step.node);
      if (own === undefined) continue;
      const marks = marksOf(step, step.node, step.lastSeq);
      for (const { row, seq, losers } of step.decisions) {
        if (row === undefined) continue;
        decided++;
        const found = standingRow(step, own, seq);
        const all = own.tables.flatMap(({ table, rows }) => rows.map((one) => ({ ...one, table })));
        const standing = all.find((one) => one.seq === found);
        if (standing === undefined) expect(marks.ghosts.map((ghost) => ghost.seq)).toContain(found);
        else expect(markOf(marks, standing.table, standing)?.part, step.id).toBe('decides');
        const lost = all.filter((one) => markOf(marks, one.table, one)?.part === 'lost');
        expect(lost.length, step.id).toBeGreaterThanOrEqual(losers.length);
      }
    }
    expect(decided).toBeGreaterThan(10);
  });
});

describe('the place of a row that somebody wants to see', () => {
  const tables = (rows: readonly { readonly seq: number; readonly row: RowView }[]): NodeTables => ({
    ...{ node: 0, name: 'pc' },
    tables: [{ table: 'arp', interface: 'eth0', rows: rows.map((row) => ({ key: '192.0.2.1', ...row })) }],
  });
  const completed = stepOf(change(20, 'changed', ROW, KNOWN));

  it('is where it stands', () => {
    expect(standingRow(completed, tables([{ seq: 20, row: KNOWN }]), 20)).toBe(20);
  });

  it('is its newer self when the step has changed it', () => {
    const decided = {
      ...completed,
      decisions: [{ table: 'arp' as const, row: ROW, seq: 10, why: '', losers: [] }],
    };
    expect(standingRow(decided, tables([{ seq: 20, row: KNOWN }]), 10)).toBe(20);
  });

  it('is the event of its end when the step has removed it', () => {
    const removed = stepOf(change(40, 'removed', KNOWN, undefined, 'aged'));
    expect(standingRow(removed, tables([]), 40)).toBe(40);
  });

  it('stays what it was when nobody knows better', () => {
    expect(standingRow(STEP, tables([]), 7)).toBe(7);
  });
});
