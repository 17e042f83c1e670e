// The table of connections, with so many in it that some share a hash.

import { expect, it } from 'vitest';
import { bench, expectNoLeaks, HOST, ip } from '../../../test/kit.js';
import { Random } from '../../base/random.js';
import type { TcpConnection } from './connection.js';
import { ConnectionTable } from './connection-table.js';

expectNoLeaks();

it('finds every connection, and none that is gone', () => {
  const table = new ConnectionTable(bench('host', { eth0: HOST }, { record: 'off' }).station.context);
  const local = { address: ip('192.0.2.1'), port: 80 };
  const random = new Random(1);
  let shared = 0;
  const all: TcpConnection[] = [];
  for (let count = 0; count < 100_000; count++) {
    const remote = { address: random.uint32() | 0, port: random.between(1024, 65535) };
    const connection = { local, remote, nextOfHash: undefined } as unknown as TcpConnection;
    table.add(connection);
    if (connection.nextOfHash !== undefined) shared++;
    all.push(connection);
  }
  expect(shared).toBeGreaterThan(0);
  expect(shared).toBeLessThan(100);
  expect(new Set(table.values()).size).toBe(all.length);
  const find = ({ remote }: TcpConnection): TcpConnection | undefined =>
    table.find(local.address, local.port, remote.address, remote.port);
  expect(all.every((connection) => find(connection) === connection)).toBe(true);
  const gone = all.filter(() => random.chance(0.5));
  for (const connection of gone) table.remove(connection);
  expect(gone.every((connection) => find(connection) === undefined)).toBe(true);
  const left = new Set(all);
  for (const connection of gone) left.delete(connection);
  expect([...left].every((connection) => find(connection) === connection)).toBe(true);
  expect(new Set(table.values())).toEqual(left);
  for (const connection of left) table.remove(connection);
  expect([...table.values()]).toEqual([]);
});
