// Folding tables, looking up routes, lining up columns.

import { expect, it } from 'vitest';
import { parseIpv4 } from '../base/address.js';
import type { EventDetail, WorldDescription } from '../trace/events.js';
import { atNode, Recorder } from '../trace/recorder.js';
import { formatTable, lookUpRoute, routeCandidates, type TableRow, tablesAt } from './tables.js';

const WORLD: WorldDescription = {
  name: 'test',
  seed: 1,
  epoch: 0,
  nodes: [
    { name: 'a', kind: 'router', interfaces: [0, 1] },
    { name: 'b', kind: 'host', interfaces: [2] },
  ],
  interfaces: [
    { node: 0, name: 'eth0', mac: '02:00:00:00:00:01' },
    { node: 0, name: 'eth1', mac: '02:00:00:00:00:02' },
    { node: 1, name: 'eth0', mac: '02:00:00:00:00:03' },
  ],
  links: [],
};

function recorded(events: readonly (readonly [where: number, detail: EventDetail])[]) {
  const recorder = new Recorder('events', { now: 0 });
  for (const { node } of WORLD.interfaces) recorder.addInterface(node);
  for (const [where, detail] of events) recorder.record(where, detail);
  return recorder.trace(WORLD);
}

const arp = (address: string, state: string): EventDetail => ({
  kind: 'table-set',
  table: 'arp',
  key: address,
  after: { address, state },
});

const route = (destination: string, gateway = 'on-link', metric = 0): TableRow => ({
  key: `${destination} ${gateway}`,
  row: { destination, gateway, interface: 'eth0', source: 'static', metric },
  seq: 0,
});

const lookUp = (destination: string, ...rows: TableRow[]) =>
  lookUpRoute(
    rows.map((row, seq) => ({ ...row, seq })),
    parseIpv4(destination) as number,
  );

it('folds rows per node and interface', () => {
  const trace = recorded([
    [0, arp('192.0.2.1', 'incomplete')],
    [1, arp('192.0.2.1', 'reachable')],
    [2, arp('192.0.2.9', 'reachable')],
    [0, arp('192.0.2.1', 'reachable')],
    [2, { kind: 'table-removed', table: 'arp', key: '192.0.2.9', before: {}, why: 'aged' }],
  ]);
  const [a, b] = tablesAt(trace);
  expect(
    a?.tables.map((table) => [table.interface, table.rows.map(({ row, seq }) => [row.state, seq])]),
  ).toEqual([
    ['eth0', [['reachable', 3]]],
    ['eth1', [['reachable', 1]]],
  ]);
  expect(b?.tables).toEqual([{ table: 'arp', interface: 'eth0', rows: [] }]);
});

it('goes back in time', () => {
  const trace = recorded([
    [0, arp('192.0.2.1', 'incomplete')],
    [0, arp('192.0.2.1', 'reachable')],
  ]);
  expect(tablesAt(trace, 0)[0]?.tables[0]?.rows[0]?.row.state).toBe('incomplete');
  expect(tablesAt(trace, -1).map(({ tables }) => tables)).toEqual([[], []]);
});

it('shows tables in one order, whatever came first', () => {
  const trace = recorded([
    [atNode(0), { kind: 'table-set', table: 'udp', key: '53', after: { local: '*:53' } }],
    [0, arp('192.0.2.1', 'reachable')],
    [atNode(0), { kind: 'table-set', table: 'route', key: 'r', after: { destination: '0.0.0.0/0' } }],
  ]);
  expect(tablesAt(trace)[0]?.tables.map(({ table }) => table)).toEqual(['route', 'arp', 'udp']);
});

it('lets the longest prefix win and says why the others lose', () => {
  const { winner, candidates } = lookUp(
    '10.1.2.3',
    route('0.0.0.0/0', '10.0.0.1'),
    route('10.1.0.0/16', '10.0.0.2'),
    route('10.2.0.0/16', '10.0.0.3'),
    route('10.1.2.0/24', '10.0.0.4'),
  );
  expect(winner?.row.gateway).toBe('10.0.0.4');
  expect(candidates.map(({ row, why }) => `${row.destination}: ${why}`)).toEqual([
    '10.1.2.0/24: of 3 rows that hold 10.1.2.3, the longest prefix',
    '10.1.0.0/16: holds 10.1.2.3 too, but /16 is shorter than /24',
    '0.0.0.0/0: holds 10.1.2.3 too, but /0 is shorter than /24',
    '10.2.0.0/16: does not hold 10.1.2.3',
  ]);
});

it('says when only one row holds the destination', () => {
  const { winner } = lookUp('8.0.0.8', route('10.0.0.0/8'), route('0.0.0.0/0', '10.0.0.1'));
  expect(winner?.why).toBe('the only row that holds 8.0.0.8');
});

it('decides among equal prefixes by metric, then by age', () => {
  const { candidates } = lookUp(
    '10.0.0.9',
    route('10.0.0.0/8', '10.0.0.1', 20),
    route('10.0.0.0/8', '10.0.0.2', 10),
    route('10.0.0.0/8', '10.0.0.3', 10),
  );
  expect(candidates.map(({ row, why }) => `${row.gateway}: ${why}`)).toEqual([
    '10.0.0.2: of 3 rows that hold 10.0.0.9, the longest prefix with the smallest metric',
    '10.0.0.3: as good, but younger',
    '10.0.0.1: as long, but its metric 20 is above 10',
  ]);
});

it('has no winner without a matching row', () => {
  const { winner, candidates } = lookUp('192.0.2.1', route('10.0.0.0/8'));
  expect(winner).toBeUndefined();
  expect(candidates.map(({ matches, wins }) => [matches, wins])).toEqual([[false, false]]);
});

it('finds the candidates of a node in its tables', () => {
  const after = { destination: '0.0.0.0/0', gateway: '192.0.2.1', interface: 'eth0', metric: 0 };
  const trace = recorded([[atNode(1), { kind: 'table-set', table: 'route', key: 'r', after }]]);
  const tables = tablesAt(trace);
  expect(routeCandidates(tables, 1, parseIpv4('10.0.0.1') as number).winner?.seq).toBe(0);
  expect(routeCandidates(tables, 0, parseIpv4('10.0.0.1') as number).candidates).toEqual([]);
});

it('lines up columns, numbers at the right', () => {
  expect(
    formatTable([
      { name: 'a', ttl: 5 },
      { name: 'long name', ttl: 86400, note: 'x' },
    ]),
  ).toEqual(['name         ttl  note', 'a              5', 'long name  86400  x']);
  expect(formatTable([])).toEqual([]);
});
