// Rows as they are drawn: ports with their addresses, everything else as it is.

import { expect, it } from 'vitest';
import { LABS, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { drawnRow } from './drawn-row.js';

const NAT = {
  ...{ protocol: 'UDP', inside: '192.168.0.10', 'inside port': 3333, remote: '8.8.8.8', 'remote port': 53 },
  ...{ external: '51.0.0.20', 'external port': 10000, state: 'udp' },
};

it('writes an address of the NAT table with its port', () => {
  expect(drawnRow('nat', NAT)).toEqual({
    ...{ protocol: 'UDP', inside: '192.168.0.10:3333', remote: '8.8.8.8:53', external: '51.0.0.20:10000' },
    state: 'udp',
  });
});

it('tells an identifier from a port', () => {
  const { 'remote port': _, ...icmp } = { ...NAT, protocol: 'ICMP' };
  expect(drawnRow('nat', icmp)).toMatchObject({ inside: '192.168.0.10 id 3333', remote: '8.8.8.8' });
});

it('keeps port 0, and leaves other tables alone', () => {
  expect(drawnRow('nat', { inside: 'a', 'inside port': 0 })).toEqual({ inside: 'a:0' });
  const row = { mac: '02:00:00:00:00:01', port: 'p1', 'old port': 'p2' };
  expect(drawnRow('mac', row)).toBe(row);
});

it('gives times of TCP in ms, and marks what is not known', () => {
  const row = { local: 'a', cwnd: 14480, ssthresh: -1, srtt: -1, rto: 1_000_000_000 };
  expect(drawnRow('tcp-info', row)).toEqual({
    ...{ local: 'a', cwnd: 14480, ssthresh: '–', 'srtt ms': '–', 'rto ms': 1000 },
  });
});

it('loses nothing of what stands in the tables of the labs', async () => {
  for (const name of LABS) {
    const { run, length } = await runOfLab(name);
    const { nodes } = await answerTo('tables', { run, seq: length - 1 });
    for (const { table, rows } of nodes.flatMap(({ tables }) => tables)) {
      if (table === 'tcp-info') continue;
      for (const { row } of rows) {
        const drawn = Object.values(drawnRow(table, row)).join(' ');
        for (const value of Object.values(row)) expect(drawn).toContain(String(value));
      }
    }
  }
});
