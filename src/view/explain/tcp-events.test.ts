// What TCP tells of itself, each event alone, without a frame: hand-made traces, so that every event has its words also
// where a lab would hardly come to it.

import { describe, expect, it } from 'vitest';
import type { AppEventName, RowView, WorldDescription } from '../../trace/events.js';
import { atNode, Recorder } from '../../trace/recorder.js';
import { renderWalk } from '../text.js';
import { explainWalk } from './explain-walk.js';
import type { Step } from './step.js';

const WORLD: WorldDescription = {
  name: 'hand-made',
  seed: 1,
  epoch: 0,
  nodes: [{ name: 'web', kind: 'host', label: 'the web server', interfaces: [0] }],
  interfaces: [{ node: 0, name: 'eth0', mac: '02:00:00:00:00:01', address: '192.0.2.80/24' }],
  links: [],
};

const ENDS = { local: '192.0.2.80:80', remote: '192.0.2.1:50000' };
const ROW: RowView = {
  ...ENDS,
  ...{ phase: 'slow start', cwnd: 14480, ssthresh: -1, flight: 2896, sacked: 0, lost: 0, window: 65535 },
  ...{ mss: 1448, srtt: 40_000_000, rttvar: 20_000_000, rto: 1_000_000_000 },
};

/** A trace in which the connection’s row is set, an event follows half a second later, and then the row changes. */
function traceOf(name: AppEventName, data: RowView, after: Partial<Record<string, number>> = {}) {
  const clock = { now: 0 };
  const recorder = new Recorder('bytes', clock);
  recorder.addInterface(0);
  const key = `${ENDS.local} ${ENDS.remote}`;
  const set = (row: RowView, before?: RowView): number =>
    recorder.record(atNode(0), {
      ...{ kind: 'table-set', table: 'tcp-info', key, after: row },
      ...(before === undefined ? {} : { before }),
    });
  set(ROW);
  const begun = recorder.record(atNode(0), {
    ...{ kind: 'activity-begun', activity: 'program', subject: 'a server', data: {} },
  });
  clock.now = 500_000_000;
  recorder.cause = begun;
  recorder.cause = recorder.record(atNode(0), {
    kind: 'app',
    name,
    data: { connection: `${ENDS.local} → ${ENDS.remote}`, ...data },
  });
  set({ ...ROW, ...after } as RowView, ROW);
  // Later, and for no reason that is told.
  clock.now = 600_000_000;
  set({ ...ROW, window: 7 }, { ...ROW, ...after } as RowView);
  return recorder.trace(WORLD);
}

function stepOf(name: AppEventName, data: RowView, after?: Partial<Record<string, number>>): Step {
  const { phases } = explainWalk(traceOf(name, data, after));
  const steps = phases.flatMap((phase) => phase.steps);
  expect(steps.map(({ sentence }) => sentence)).toHaveLength(1);
  return steps[0] as Step;
}

const CASES: readonly (readonly [AppEventName, RowView, sentence: string, rfc: string])[] = [
  [
    'tcp.loss-detected',
    {
      ...{ by: 'rack', sequence: 1449, lost: 1448, flight: 8688, scoreboard: '2897-4345 5793-7241' },
      ...{ cwnd: 10136, 'cwnd-before': 14480, ssthresh: 10136, rto: 1_000_000_000 },
    },
    'The web server knows from SACK that bytes 2897–4344 and 5793–7240, which were sent after byte 1449, have arrived, and the time for segments that only took a detour is over: it takes 1448 bytes from byte 1449 on for lost. As loss is a sign that the network is full, its congestion window (cwnd) goes from 14480 to 10136 bytes, and its slow-start threshold (ssthresh) is 10136 now.',
    'RFC 8985 §6.2',
  ],
  [
    'tcp.loss-detected',
    {
      ...{ by: 'sack', sequence: 1, lost: 1, flight: 2, scoreboard: '', rto: 1_000_000_000 },
      ...{ cwnd: 2896, 'cwnd-before': 2896, ssthresh: 2896 },
    },
    'The web server knows from SACK that later bytes have arrived there, but byte 1 has not, and that is too much for segments that only overtook each other: it takes 1 byte from byte 1 on for lost. Its congestion window stays at 2896 bytes, and its slow-start threshold (ssthresh) is 2896 now.',
    'RFC 6675 §5, RFC 2018 §5',
  ],
  [
    'tcp.retransmitted',
    { sequence: 1449, length: 1448, attempt: 2, timeout: 4_000_000_000, why: 'time-out', cwnd: 1448 },
    'The web server goes on with what it has taken for lost and sends bytes 1449–2896 again.',
    'RFC 6298 §5, RFC 5681 §3.1',
  ],
  [
    'tcp.retransmitted',
    { sequence: 1, length: 700, attempt: 1, timeout: 1_000_000_000, why: 'path-mtu', cwnd: 1448 },
    'The web server sends bytes 1–700 again, now in segments that fit the narrowest link on the way.',
    'RFC 1191 §3, RFC 5927 §7',
  ],
  [
    'tcp.recovered',
    { cwnd: 5000, ssthresh: 10136 },
    'The web server has an acknowledgment of all that was under way when the loss was found: the recovery is over. Its congestion window is 5000 bytes and grows again, in slow start up to ssthresh.',
    'RFC 6582 §3.2, RFC 6675 §5',
  ],
  [
    'tcp.duplicate-reported',
    { left: 1449, right: 1450 },
    'The web server learns from a D-SACK that byte 1449 arrived twice: nothing of that was lost, and where it has sent it again, that was not needed.',
    'RFC 2883 §4, RFC 8985 §6.2',
  ],
  [
    'tcp.congestion-told',
    { cwnd: 7240, ssthresh: 7240 },
    'The web server is told by the other side (ECE) that a router’s queue is filling up: it slows down as after a loss, to a congestion window of 7240 bytes with ssthresh 7240, though nothing has been lost.',
    'RFC 3168 §6.1',
  ],
  [
    'tcp.path-mtu',
    { mss: 1348, told: 1400 },
    'The web server learns that packets to 192.0.2.1:50000 may have 1400 bytes at most: from now on a segment carries 1348 bytes.',
    'RFC 1191 §3, RFC 5927 §7',
  ],
  [
    'tcp.path-mtu',
    { mss: 512, told: 0 },
    'The web server has sent long segments to 192.0.2.1:50000 several times in vain and suspects a router that drops them without a word: it goes on with 512 bytes per segment.',
    'RFC 1191 §3, RFC 5927 §7',
  ],
  [
    'tcp.path-mtu',
    { mss: 1448, before: 512 },
    'The web server tries longer segments to 192.0.2.1:50000 again: what it knew of a narrow link on the way is old. Instead of 512 bytes a segment carries 1448 from now on.',
    'RFC 1191 §3, §6.3',
  ],
  [
    'tcp.window-closed',
    { waiting: 0 },
    'The web server must stop: the window of 192.0.2.1:50000 is 0, as the program there does not read what has arrived. But it has nothing to send.',
    'RFC 9293 §3.8.6',
  ],
  [
    'tcp.window-opened',
    { window: 1 },
    'The web server may go on: 192.0.2.1:50000 has room for 1 byte again.',
    'RFC 9293 §3.8.6.2.2',
  ],
  [
    'tcp.tail-probed',
    { sequence: 1449, length: 1448, after: 80_000_000 },
    'The web server has heard nothing for 80 ms, more than two round trips, and sends bytes 1449–2896 to get an answer: if the end of its data is lost, nothing behind it can show that.',
    'RFC 8985 §7',
  ],
  [
    'tcp.keep-alive-probed',
    { attempt: 3 },
    'The web server has heard nothing of 192.0.2.1:50000 for long and asks whether it is still there (keep-alive probe 3): an empty segment with an old sequence number, which has to be answered.',
    'RFC 9293 §3.8.4, RFC 1122 §4.2.3.6',
  ],
];

describe.each(CASES)('%s', (name, data, sentence, rfc) => {
  const step = stepOf(name, data, { cwnd: 1448 });

  it('is told in one sentence or two, with its why', () => {
    expect(step.sentence).toBe(sentence);
    expect(step.why?.rfc).toBe(rfc);
    expect(step.layer).toBe('transport');
  });

  it('shows the row that decided, as it stood before', () => {
    expect(step.decisions.map(({ table, row }) => ({ table, row }))).toEqual([
      { table: 'tcp-info', row: ROW },
    ]);
    expect(step.decisions[0]?.why).toMatch(/\w/);
  });

  it('is where its change of the row is part of the story', () => {
    expect(step.changes.map(({ kind, quiet }) => ({ kind, quiet }))).toEqual([
      { kind: 'changed', quiet: undefined },
    ]);
  });
});

it('a cookie is told with the flood that made it necessary', () => {
  expect(stepOf('tcp.cookie-sent', {}).sentence).toContain('a SYN cookie');
});

it('windows that change for no reason that is told are no step, and no line', () => {
  const trace = traceOf('tcp.window-opened', { window: 100 });
  const text = renderWalk(explainWalk(trace), trace);
  expect(text).not.toContain('window 7');
});

it('an event without a row is told too', () => {
  const recorder = new Recorder('bytes', { now: 0 });
  recorder.addInterface(0);
  recorder.record(atNode(0), {
    ...{ kind: 'app', name: 'tcp.recovered' },
    data: { connection: 'a → b', cwnd: 1, ssthresh: 1 },
  });
  const [phase] = explainWalk(recorder.trace(WORLD)).phases;
  expect(phase?.steps[0]?.decisions).toEqual([]);
});
