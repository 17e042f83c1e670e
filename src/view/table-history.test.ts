// The history of tables against folding the events: every lab, every moment, the same rows in the same order.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { starLab } from '../../test/big-labs.js';
import { labOf, labText } from '../../test/lab-runs.js';
import { runCommand } from '../lab/console/run-command.js';
import { runLab } from '../lab/run-lab.js';
import type { EventDetail, TraceEvent, WorldDescription } from '../trace/events.js';
import { atNode, Recorder } from '../trace/recorder.js';
import type { Trace } from '../trace/trace.js';
import { TableHistory } from './table-history.js';
import { tablesAt } from './tables.js';

const AGED = `
name: aged
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 192.0.2.1/24 } } }
    sw: { kind: switch }
    b: { kind: host, interfaces: { eth0: { ip: 192.0.2.2/24 } } }
  links:
    - { endpoints: ["a:eth0", "sw:1"] }
    - { endpoints: ["b:eth0", "sw:2"] }
script:
  - { node: a, run: ping -c 2 192.0.2.2 }
  - { at: 20min, node: b, run: ping -c 2 192.0.2.1 }
`;

const traceOf = (text: string): Trace => runLab(labOf(text), { runCommand }).trace();

describe.each<[string, string]>([
  ['nat-http', labText('nat-http')],
  ['three-routers', labText('three-routers')],
  ['campus', labText('campus')],
  ['rows that age and come again', AGED],
  ['a star', starLab(5, 3000)],
])('%s', (_name, text) => {
  const trace = traceOf(text);
  const history = new TableHistory(trace);

  it('gives the tables that folding gives, at any moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: trace.length + 1 }), (seq) => {
        expect(history.at(seq)).toEqual(tablesAt(trace, seq));
      }),
    );
  });

  it('gives those of the nodes asked for, in their order', () => {
    const nodes = trace.world.nodes.map((_, node) => node).toReversed();
    const middle = trace.length >> 1;
    expect(history.at(middle, nodes)).toEqual(tablesAt(trace, middle).toReversed());
    expect(history.at(middle, [1, 1000])).toEqual([tablesAt(trace, middle)[1]]);
  });

  it('knows what last confirmed a row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: trace.length - 1 }), (seq) => {
        const last = new Map<number, number>();
        for (const event of trace.events(0, seq + 1)) confirm(last, event);
        for (const { tables } of history.at(seq))
          for (const { rows } of tables)
            for (const row of rows) expect(history.confirmedAt(row, seq)).toBe(last.get(row.seq));
      }),
      { numRuns: 20 },
    );
  });
});

function confirm(last: Map<number, number>, event: TraceEvent): void {
  if (event.kind === 'table-set') last.set(event.seq, event.seq);
  if (event.kind === 'table-refreshed') last.set(event.row, event.seq);
}

it('shows a table without rows once it has held one, and a row that comes again behind the others', () => {
  const world: WorldDescription = {
    ...{ name: 'test', seed: 1, epoch: 0, links: [] },
    nodes: [{ name: 'a', kind: 'host', interfaces: [0] }],
    interfaces: [{ node: 0, name: 'eth0', mac: '02:00:00:00:00:01' }],
  };
  const recorder = new Recorder('events', { now: 0 });
  recorder.addInterface(0);
  const set = (key: string): EventDetail => ({ kind: 'table-set', table: 'arp', key, after: { key } });
  const gone = (key: string): EventDetail => ({
    ...{ kind: 'table-removed', table: 'arp', key, before: {}, why: 'aged' },
  });
  for (const detail of [set('1'), set('2'), gone('1'), set('2'), set('1'), gone('2'), gone('1')])
    recorder.record(0, detail);
  recorder.record(atNode(0), { kind: 'table-set', table: 'udp', key: '53', after: { local: '*:53' } });
  const history = new TableHistory(recorder.trace(world));
  const keys = (seq: number) =>
    history.at(seq)[0]?.tables.map(({ table, rows }) => [table, ...rows.map(({ key }) => key)].join(' '));
  expect(keys(-1)).toEqual([]);
  expect(keys(1)).toEqual(['arp 1 2']);
  expect(keys(2)).toEqual(['arp 2']);
  expect(keys(4)).toEqual(['arp 2 1']);
  expect(keys(6)).toEqual(['arp']);
  expect(keys(7)).toEqual(['arp', 'udp 53']);
});
