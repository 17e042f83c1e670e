// TCP in the walk: whatever goes wrong on the way is told where it is noticed, with the facts that decided and the why.

import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/lab/console/run-command.js';
import { runLab } from '../src/lab/run-lab.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import type { Step, Walk } from '../src/view/explain/step.js';
import { renderWalk } from '../src/view/text.js';
import { labOf, labText } from './lab-runs.js';

interface Variant {
  readonly tcp?: string;
  readonly chargen?: number;
  readonly link?: string;
  readonly run?: string;
  /** Of `nc` at the server, before. */
  readonly faults?: readonly string[];
}

/** Two hosts on a cable of 20 ms; the server generates characters. */
function walkOf({ tcp = '{}', chargen = 20_000, link = '', run, faults = [] }: Variant): Walk {
  const text = `
name: two-hosts
tcp: ${tcp}
topology:
  nodes:
    a:
      kind: host
      label: the computer
      interfaces: { eth0: { ip: 192.0.2.1/24, mac: "02:00:00:00:00:01" } }
      arp: { 192.0.2.2: "02:00:00:00:00:02" }
    b:
      kind: host
      label: the server
      interfaces: { eth0: { ip: 192.0.2.2/24, mac: "02:00:00:00:00:02" } }
      arp: { 192.0.2.1: "02:00:00:00:00:01" }
      services: { echo: true, discard: true, chargen: ${chargen} }
  links:
    - { endpoints: ["a:eth0", "b:eth0"], delay: 20ms, rate: 10M${link} }
pins: { a: { tcp-port: 50000, isn: 1000 }, b: { isn: 5000 } }
script: [{ node: a, run: "${run ?? 'nc --count 192.0.2.2 19'}" }]
faults: [${faults.map((fault) => `{ link: ["a:eth0", "b:eth0"], ${fault} }`).join(', ')}]
`;
  return explainWalk(runLab(labOf(text), { runCommand }).trace());
}

const stepsOf = (walk: Walk): Step[] => walk.phases.flatMap(({ steps }) => steps);

/** The first step whose sentence fits; fails when there is none. */
function stepSaying(walk: Walk, words: RegExp): Step {
  const found = stepsOf(walk).find(({ sentence }) => words.test(sentence));
  expect(
    found,
    `no step says ${words}:\n${stepsOf(walk)
      .map(({ sentence }) => sentence)
      .join('\n')}`,
  ).toBeDefined();
  return found as Step;
}

/** What a step must say, where the reason stands, and what the deciding row of windows and timers held. */
interface Wanted {
  readonly says: RegExp;
  readonly rfc: RegExp;
  readonly facts?: Readonly<Record<string, string | number>>;
}

const NTH = (nth: number | string): string => `match: "tcp.len > 0", nth: ${nth}, do: drop`;

const STORIES: Readonly<Record<string, Variant & { readonly wanted: readonly Wanted[] }>> = {
  'a lost SYN': {
    faults: ['match: "tcp.flags.syn == 1", nth: 1, do: drop'],
    wanted: [
      {
        says: /^The computer has had no answer to its SYN for 1 s and sends the SYN again; the next wait is 2 s, twice as long\.$/,
        rfc: /RFC 6298/,
      },
    ],
  },
  'a time-out': {
    tcp: '{ initial-window: 3 }',
    chargen: 8000,
    faults: ['match: "tcp.len > 0", after: 70ms, until: 1s, do: drop'],
    wanted: [
      {
        says: /has waited for an acknowledgment of byte 4345 for its whole retransmission time-out \(RTO\): it takes \d+ bytes from byte 4345 on for lost.*goes from \d+ to 1448 bytes/,
        rfc: /RFC 6298 §5, RFC 5681 §3\.1/,
        facts: { rto: 1_000_000_000, ssthresh: -1 },
      },
      { says: /has seen no acknowledgment for 1 s and sends bytes 4345–5792 again/, rfc: /RFC 6298 §5/ },
      { says: /goes on with what it has taken for lost and sends bytes \d+–\d+ again/, rfc: /RFC 6298/ },
    ],
  },
  'a lost tail': {
    chargen: 4000,
    faults: [NTH(3)],
    wanted: [
      {
        says: /and sends bytes 2897–4000 with the FIN to get an answer/,
        rfc: /RFC 8985 §7/,
        facts: { rto: 1_000_000_000 },
      },
    ],
  },
  'a loss found by time': {
    faults: [NTH(4)],
    wanted: [
      { says: /gets bytes 5793–7240, but still waits for byte 4345: it keeps them/, rfc: /RFC 5681 §4\.2/ },
      { says: /lists what it has beyond the gap: bytes 5793–\d+ \(SACK\)/, rfc: /RFC 2018/ },
      {
        says: /gets ACK 4345: a duplicate, number 1: byte 4345 is still missing there, while bytes 5793–\d+ have arrived \(SACK\)/,
        rfc: /RFC 5681/,
      },
      {
        says: /knows from SACK that bytes 5793–\d+, which were sent after byte 4345, have arrived/,
        rfc: /RFC 8985 §6\.2/,
        facts: { ssthresh: -1 },
      },
      {
        says: /sends bytes 4345–5792 again at once, without waiting for its retransmission time-out/,
        rfc: /RFC 5681 §3\.2/,
      },
      {
        says: /gets bytes 4345–5792, which fill the gap: it hands bytes 4345–\d+ to the program/,
        rfc: /RFC 9293/,
      },
      { says: /the recovery is over/, rfc: /RFC 6675/, facts: { phase: 'recovery' } },
    ],
  },
  'a loss found by counting': {
    tcp: '{ recovery: sack }',
    faults: [NTH(2)],
    wanted: [
      {
        says: /have arrived there, but byte 1449 has not, and that is too much for segments that only overtook each other/,
        rfc: /RFC 6675 §5/,
      },
    ],
  },
  'a loss without SACK': {
    tcp: '{ sack: false, congestion: newreno }',
    faults: [NTH(2)],
    wanted: [
      { says: /says again at once that it waits for byte 1449: a duplicate ACK/, rfc: /RFC 5681 §4\.2/ },
      {
        says: /gets ACK 1449: a duplicate, number 3: byte 1449 is still missing there, but something behind it has arrived/,
        rfc: /RFC 5681/,
      },
      {
        says: /has got the same acknowledgment four times: segments arrive there, but byte 1449 is not among them/,
        rfc: /RFC 6582 §3\.2/,
      },
    ],
  },
  'a segment that comes twice': {
    chargen: 3000,
    faults: ['match: "tcp.len > 0", nth: 1, do: duplicate'],
    wanted: [
      {
        says: /The computer drops the TCP segment for 192\.0\.2\.1 here: it has had all of that before\./,
        rfc: /RFC 9293/,
      },
      { says: /says that bytes 1–1448 arrived twice \(D-SACK\)/, rfc: /RFC 2883/ },
      {
        says: /The server learns from a D-SACK that bytes 1–1448 arrived twice: nothing of that was lost/,
        rfc: /RFC 2883/,
      },
    ],
  },
  'a closed window': {
    tcp: '{ receive-buffer: 4KiB }',
    chargen: 6000,
    run: 'nc --read-rate 500 --count 192.0.2.2 19',
    wanted: [
      {
        says: /The computer acknowledges everything before byte 4097 and closes its window: its buffer is full/,
        rfc: /RFC 9293 §3\.8\.6/,
      },
      {
        says: /The server must stop: the window of 192\.0\.2\.1:50000 is 0.*\d+ bytes must wait\./,
        rfc: /RFC 9293 §3\.8\.6/,
      },
      {
        says: /finds the window of the other side closed and sends byte 4097 to see whether it has opened; if nothing changes, the next probe follows in 2 s\./,
        rfc: /RFC 9293 §3\.8\.6\.1/,
        facts: { window: 0 },
      },
      {
        says: /its window is still closed, there is no room for another byte; but the probe is answered/,
        rfc: /RFC 9293/,
      },
      {
        says: /The computer has room again, as its program has read, and opens its window/,
        rfc: /RFC 9293 §3\.8\.6\.2\.2/,
      },
      {
        says: /The server may go on: 192\.0\.2\.1:50000 has room for 1500 bytes again\./,
        rfc: /RFC 9293 §3\.8\.6\.2\.2/,
        facts: { window: 0 },
      },
    ],
  },
  'a queue that grows': {
    tcp: '{ ecn: true }',
    link: ', mark: 5',
    chargen: 30_000,
    wanted: [
      {
        says: /is told by the other side \(ECE\) that a router’s queue is filling up/,
        rfc: /RFC 3168/,
        facts: { ssthresh: -1 },
      },
    ],
  },
  'a silent peer': {
    tcp: '{ keep-alive: { idle: 5s, interval: 2s, probes: 2 } }',
    run: 'nc -d -w 8 192.0.2.2 7',
    wanted: [
      {
        says: /has heard nothing of 192\.0\.2\.2:7 for long and asks whether it is still there \(keep-alive probe 1\)/,
        rfc: /RFC 1122 §4\.2\.3\.6/,
        facts: { flight: 0 },
      },
      {
        says: /its number is one too small, so it carries nothing new; but it has to be answered/,
        rfc: /RFC 9293/,
      },
    ],
  },
  'nobody there': {
    run: 'nc 192.0.2.2 99',
    wanted: [
      {
        says: /The server answers 192\.0\.2\.1:50000 with RST: nobody listens on TCP port 99\./,
        rfc: /RFC 9293 §3\.5\.2/,
      },
      {
        says: /The computer gets RST: nobody listens there, the connection is refused\./,
        rfc: /RFC 9293 §3\.5\.2/,
      },
    ],
  },
};

describe.each(Object.entries(STORIES))('%s', (_name, { wanted, ...variant }) => {
  const walk = walkOf(variant);

  it('is told where it is noticed, with its facts and its why', () => {
    for (const { says, rfc, facts } of wanted) {
      const step = stepSaying(walk, says);
      expect(`${step.why?.rfc} ${step.drop?.rfc}`, step.sentence).toMatch(rfc);
      if (facts === undefined) continue;
      const row = step.decisions.find(({ table }) => table === 'tcp-info')?.row;
      expect(row, step.sentence).toMatchObject(facts);
    }
  });

  it('shows windows and timers where they decide, and nowhere else', () => {
    for (const step of stepsOf(walk)) {
      const changes = step.changes.filter(({ table }) => table === 'tcp-info');
      const loud = changes.filter(({ quiet }) => quiet !== true);
      if (loud.length > 0)
        expect(step.sentence).toMatch(
          /lost|again|window|recovery|probe|D-SACK|asks whether|to get an answer|slows down/,
        );
    }
    // Nearly every segment changes them.
    const all = stepsOf(walk).flatMap(({ changes }) => changes.filter(({ table }) => table === 'tcp-info'));
    expect(all.filter(({ quiet }) => quiet === true).length).toBeGreaterThan(all.length / 2 - 1);
  });
});

describe('the labs', () => {
  const run = (name: string) => {
    const trace = runLab(labOf(labText(name)), { runCommand }).trace();
    const walk = explainWalk(trace);
    return { walk, text: renderWalk(walk, trace).replace(/\s+/g, ' ') };
  };

  it('tcp-close: a half-close is told by both sides, and so is a simultaneous close', () => {
    const { walk } = run('tcp-close');
    expect(
      stepSaying(walk, /The computer gets .*It has closed its own direction, but goes on listening/).why?.rfc,
    ).toBe('RFC 9293 §3.6, §3.10.4');
    expect(
      stepSaying(walk, /The server sends .*The other side has closed its direction, but still listens/).why
        ?.rfc,
    ).toBe('RFC 9293 §3.6, §3.10.4');
    const both = stepsOf(walk).filter(({ sentence }) =>
      sentence.includes('both sides close at the same time'),
    );
    expect(both.map(({ node }) => node)).toEqual(['server', 'pc']);
    expect(both.map(({ why }) => why?.rfc)).toEqual(Array(2).fill('RFC 9293 §3.6 (case 3)'));
    // Each FIN is told before the other one arrives.
    const places = stepsOf(walk).flatMap(({ sentence }, place) =>
      /closes its direction of the connection: FIN\.$/.test(sentence) ? [place] : [],
    );
    expect(Math.max(...places)).toBeLessThan(stepsOf(walk).indexOf(both[0] as Step));
  });

  it('tcp-reset: late segments are no failures, and a reset says why', () => {
    const { walk } = run('tcp-reset');
    expect(
      stepSaying(walk, /gives the connection to 192\.0\.2\.43:80 up at once and says so with RST/).why?.rfc,
    ).toBe('RFC 9293 §3.10.5, §3.5.2');
    expect(stepSaying(walk, /whether 4344 bytes under way have arrived nobody knows/).node).toBe('web');
    const late = stepSaying(
      walk,
      /The computer drops .*the connection to which this segment belongs has ended/,
    );
    expect(late.drop).toMatchObject({ harmless: true, reason: 'tcp-no-connection' });
    expect(stepSaying(walk, /there is no such connection here any more/).headline).toMatch(/any more$/);
    expect(walk.ok).toBe(false);
    expect(walk.summary.join(' ')).toContain('It failed at step 6a');
  });

  it('tcp-loss: columns have names and units where rows are told', () => {
    const { text } = run('tcp-loss');
    expect(text).toMatch(
      /> TCP windows and timers: 192\.0\.2\.43:80 ↔ 192\.0\.2\.21:51000: slow start, cwnd 10136, ssthresh –, in flight 11584, sacked \d+, peer’s window 262144, RTT [\d.]+ ± [\d.]+ ms, RTO 1000 ms/,
    );
    expect(text).toMatch(/~ TCP windows and timers: [\s\S]*?\(was slow start, cwnd 10136, ssthresh –[^)]*\)/);
    expect(text.match(/TCP windows and timers/g)?.length).toBeLessThan(10);
  });

  it('a window of 0 and SACK blocks are drawn in the segments that say so', () => {
    expect(run('tcp-window').text).toMatch(/Flags=ACK,\s+Seq=4000001,\s+Ack=7004097,\s+Len=0,\s+Window=0 \]/);
    expect(run('tcp-loss').text).toMatch(/Len=0,\s+Sack=7008689–7010137 \]/);
  });
});
