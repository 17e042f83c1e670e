// tshark follows the TCP connections of our labs, as one host sees them, and comes to the same account as we do: what was
// sent again, which acknowledgments only repeat others, how often a window was closed and probed.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { carryOut } from '../src/node/carry-out.js';
import type { AppEventName } from '../src/trace/events.js';
import type { Trace } from '../src/trace/trace.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import type { Walk } from '../src/view/explain/step.js';
import { tracePcapng } from '../src/view/pcapng.js';
import { tcpSeries } from '../src/view/tcp-series.js';
import { Folder, plainEnvironment } from './cli.js';
import { describeWithJudge } from './judge.js';
import { eventsOf, labOf, labText, nodeIndex } from './lab-runs.js';

/** What a host has done and heard. */
interface Account {
  /** Segments that it sent again; probes of a closed window are none. */
  readonly sentAgain: number;
  /** Acknowledgments that came and only repeated the one before. */
  readonly duplicates: number;
  /** Segments that came and closed its window, or said that it still is. */
  readonly zeroWindows: number;
  /** Probes that it sent. */
  readonly probes: number;
  /** Resets that it sent. */
  readonly resets: number;
}

/** The hosts of each lab, and what they are known to come to, so that two empty accounts do not agree by chance. */
const HOSTS: readonly (Account & { readonly lab: string; readonly host: string })[] = [
  { lab: 'tcp-loss', host: 'pc', sentAgain: 1, duplicates: 0, zeroWindows: 0, probes: 0, resets: 0 },
  { lab: 'tcp-loss', host: 'web', sentAgain: 1, duplicates: 6, zeroWindows: 0, probes: 0, resets: 0 },
  { lab: 'tcp-window', host: 'pc', sentAgain: 0, duplicates: 0, zeroWindows: 0, probes: 0, resets: 0 },
  { lab: 'tcp-window', host: 'server', sentAgain: 0, duplicates: 0, zeroWindows: 4, probes: 3, resets: 0 },
  { lab: 'tcp-reset', host: 'pc', sentAgain: 0, duplicates: 0, zeroWindows: 0, probes: 0, resets: 4 },
  { lab: 'tcp-reset', host: 'web', sentAgain: 0, duplicates: 0, zeroWindows: 0, probes: 0, resets: 1 },
  { lab: 'tcp-close', host: 'pc', sentAgain: 0, duplicates: 0, zeroWindows: 0, probes: 0, resets: 0 },
  { lab: 'tcp-close', host: 'server', sentAgain: 0, duplicates: 0, zeroWindows: 0, probes: 0, resets: 0 },
];

const FIELDS = [
  'ip.src',
  'tcp.analysis.retransmission',
  'tcp.analysis.fast_retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.duplicate_ack',
  'tcp.analysis.zero_window',
  'tcp.analysis.zero_window_probe',
  'tcp.flags.reset',
] as const;

/** A field that is there counts; a flag must be set too. */
const isSet = (cell: string): boolean => cell !== '' && cell !== '0' && cell !== 'False';

const folder = new Folder();
afterAll(() => folder.remove());

const runs = new Map<string, Promise<{ readonly trace: Trace; readonly walk: Walk }>>();

function runOf(lab: string) {
  const known = runs.get(lab);
  if (known !== undefined) return known;
  const run = carryOut(labOf(labText(lab))).then((result) => {
    const trace = result.trace();
    return { trace, walk: explainWalk(trace) };
  });
  runs.set(lab, run);
  return run;
}

const addressOf = ({ world }: Trace, host: string): string =>
  String(
    world.interfaces.find(({ name, node }) => name === 'eth0' && world.nodes[node]?.name === host)?.address,
  ).replace(/\/.*/, '');

/** Our account: events of the host, and what the walk says of it. */
function ourAccount(trace: Trace, walk: Walk, host: string): Account {
  const told = (name: AppEventName): number =>
    eventsOf(trace, 'app', host).filter((event) => event.name === name).length;
  const steps = walk.phases.flatMap((phase) => phase.steps).filter(({ node }) => node === host);
  const saying = (words: RegExp): number => steps.filter(({ headline }) => words.test(headline)).length;
  return {
    sentAgain: told('tcp.retransmitted'),
    duplicates: saying(/ received, duplicate \d+/),
    zeroWindows: saying(/ received, window 0/),
    probes: told('tcp.window-probed'),
    resets: saying(/^RST to /),
  };
}

/** The same from the series that pictures are drawn of. */
function drawnAccount(trace: Trace, host: string): Pick<Account, 'sentAgain' | 'probes'> {
  const node = nodeIndex(trace, host);
  const sent = tcpSeries(trace).flatMap((series) => (series.node === node ? series.sent : []));
  return {
    sentAgain: sent.filter(({ again, probe }) => again && !probe).length,
    probes: sent.filter(({ probe }) => probe).length,
  };
}

describe.each(HOSTS)('$lab, $host', ({ lab, host, ...account }) => {
  it('comes to what the lab is about', async () => {
    const { trace, walk } = await runOf(lab);
    expect(ourAccount(trace, walk, host)).toEqual(account);
    expect(drawnAccount(trace, host)).toEqual({ sentAgain: account.sentAgain, probes: account.probes });
  });
});

describeWithJudge('tshark', 'tshark', (tshark) => {
  it.each(HOSTS)('counts the same in $lab at $host', async ({ lab, host }) => {
    const { trace, walk } = await runOf(lab);
    const file = folder.file(`${lab}-${host}.pcapng`);
    writeFileSync(file, Buffer.concat(tracePcapng(trace, { interfaces: [`${host}:eth0`] })));
    const rows = execFileSync(
      tshark,
      ['-n', '-r', file, '-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])],
      {
        encoding: 'utf8',
        env: plainEnvironment({ HOME: folder.path, LC_ALL: 'C.UTF-8' }),
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
    expect(rows.length).toBeGreaterThan(0);
    const isOwn = ([source]: readonly string[]): boolean => source === addressOf(trace, host);
    const count = (own: boolean, ...fields: (typeof FIELDS)[number][]): number =>
      rows.filter(
        (row) => isOwn(row) === own && fields.some((field) => isSet(row[FIELDS.indexOf(field)] ?? '')),
      ).length;
    const judged: Account = {
      sentAgain: count(
        true,
        'tcp.analysis.retransmission',
        'tcp.analysis.fast_retransmission',
        'tcp.analysis.spurious_retransmission',
      ),
      duplicates: count(false, 'tcp.analysis.duplicate_ack'),
      zeroWindows: count(false, 'tcp.analysis.zero_window'),
      probes: count(true, 'tcp.analysis.zero_window_probe'),
      resets: count(true, 'tcp.flags.reset'),
    };
    expect(judged).toEqual(ourAccount(trace, walk, host));
  });
});
