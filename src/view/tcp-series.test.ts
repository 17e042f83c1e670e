// What an end of a connection did, read from frames and rows: numbers, marks, spans; whatever the numbers wrap around.

import { describe, expect, it } from 'vitest';
import { labOf, labText } from '../../test/lab-runs.js';
import { runCommand } from '../lab/console/run-command.js';
import { runLab } from '../lab/run-lab.js';
import { type TcpSeries, tcpSeries } from './tcp-series.js';

function seriesOf(name: string, change: (text: string) => string = (text) => text): TcpSeries[] {
  return tcpSeries(runLab(labOf(change(labText(name))), { runCommand }).trace());
}

describe('tcp-loss', () => {
  const [web, pc] = seriesOf('tcp-loss') as [TcpSeries, TcpSeries];

  it('has both ends, the one that sent more first', () => {
    expect(web).toMatchObject({ node: 1, local: '192.0.2.43:80', remote: '192.0.2.21:51000', bytes: 20122 });
    expect(pc).toMatchObject({ node: 0, local: '192.0.2.21:51000', remote: '192.0.2.43:80', bytes: 71 });
  });

  it('numbers count from the SYN, and what was sent twice or lost is marked', () => {
    expect(web.sent[0]).toMatchObject({ left: 0, right: 1, again: false });
    expect(web.sent[1]).toMatchObject({ left: 1, right: 1449 });
    expect(web.sent.filter(({ died }) => died)).toMatchObject([{ left: 7241, right: 8689, again: false }]);
    expect(web.sent.filter(({ again }) => again)).toMatchObject([{ left: 7241, right: 8689, died: false }]);
    expect(pc.sent.slice(0, 2)).toMatchObject([
      { left: 0, right: 1, died: true, again: false },
      { left: 0, right: 1, died: false, again: true },
    ]);
    // The FIN takes a number, but is no data.
    expect(web.sent.at(-1)).toMatchObject({ left: 20123, right: 20124 });
  });

  it('acknowledgments never go back, with the edge of the window and what lies beyond a gap', () => {
    const numbers = web.acks.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.at(-1)).toBe(20124);
    for (const { number, edge } of web.acks.slice(1)) expect(edge - number).toBeGreaterThan(200_000);
    expect(web.acks.filter(({ blocks }) => blocks.length > 0).map(({ blocks }) => blocks[0]?.right)).toEqual([
      ...[10137, 11585, 13033, 14481, 15929, 17377, 18825],
    ]);
    expect(web.losses.map(({ by }) => by)).toEqual(['rack']);
    expect(web.windows.at(-1)).toMatchObject({ cwnd: web.windows.at(-1)?.ssthresh });
  });

  it('is the same where numbers wrap around', () => {
    const wrapped = seriesOf('tcp-loss', (text) => text.replace('isn: 7000000', 'isn: 4294960000'));
    const numbers = ({ sent, acks }: TcpSeries) => ({
      sent: sent.map(({ left, right }) => [left, right]),
      acks: acks.map(({ number }) => number),
    });
    expect(numbers(wrapped[0] as TcpSeries)).toEqual(numbers(web));
  });
});

it('tcp-window: spans in which the window was closed, and the probes within', () => {
  const [server] = seriesOf('tcp-window') as [TcpSeries];
  expect(server.closed).toHaveLength(2);
  const probes = server.sent.filter(({ probe }) => probe);
  expect(probes.map(({ left }) => left)).toEqual([4097, 4097, 5597]);
  for (const { time } of probes)
    expect(server.closed.some(({ from, to }) => from < time && time < to)).toBe(true);
  expect(server.acks.some(({ number, edge }) => number === edge)).toBe(true);
});

it('tcp-close: two connections, each with two ends', () => {
  const all = seriesOf('tcp-close');
  expect(all.map(({ local }) => local).toSorted()).toEqual([
    ...['192.0.2.21:51000', '192.0.2.21:51001', '192.0.2.43:9000', '192.0.2.43:9000'],
  ]);
});

it('ports that are used again make another connection', () => {
  const again = seriesOf('nat-http', (text) =>
    text
      .replace(/^checks:[\s\S]*/m, '')
      .replace('tcp-port: 9999', 'tcp-port: [9999, 9999]')
      .replace(
        /^script:\n.*$/m,
        'script:\n  - { node: pc, browse: "http://www.example.com/" }\n  - { at: 200s, node: pc, run: "curl -so /dev/null http://www.example.com/" }',
      ),
  );
  expect(again.filter(({ local }) => local === '192.168.0.10:9999')).toHaveLength(2);
  // The router passes segments on, but no connection is its own.
  expect(new Set(again.map(({ node }) => node)).size).toBe(2);
});

it('without bytes in the trace there is nothing', () => {
  const run = runLab(labOf(labText('tcp-loss')), { runCommand, record: 'events' });
  expect(tcpSeries(run.trace())).toEqual([]);
});
