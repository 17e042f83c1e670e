// Commands typed while a lab runs: what came before is as it was, what comes after goes on, and nothing hangs.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labOf, labText } from '../../test/lab-runs.js';
import { Hash } from '../base/hash.js';
import { SECOND } from '../base/time.js';
import type { Trace } from '../trace/trace.js';
import { explainWalk } from '../view/explain/explain-walk.js';
import { startCommand } from './console/console.js';
import { runCommand } from './console/run-command.js';
import type { Lab } from './read-lab.js';
import { type LabRun, type RunOptions, runLab } from './run-lab.js';
import type { TypedCommand } from './typed-commands.js';

const NEVER = 1_000_000_000;

function branch(lab: Lab, typed: readonly TypedCommand[], options: RunOptions = {}): LabRun {
  return runLab(lab, { runCommand, startCommand, typed, ...options });
}

/** Everything up to an event, bytes of frames included. */
function prefixHash(trace: Trace, end: number): string {
  const hash = new Hash();
  for (const event of trace.events(0, end)) {
    hash.addText(JSON.stringify(event));
    if ('frame' in event && event.frame >= 0) hash.addBytes(trace.frameBytes(event.frame));
  }
  return hash.digest();
}

const HOSTS: Readonly<Record<string, readonly [host: string, far: string, url: string]>> = {
  'nat-http': ['pc', '8.8.8.8', 'http://www.example.com/'],
  'three-routers': ['A', '33.6.6.33', 'http://www.google.com/'],
  campus: ['alice', '192.0.2.200', 'http://library.example.net/'],
};

describe.each(Object.entries(HOSTS))('%s', (name, [host, far, url]) => {
  const lab = labOf(labText(name));
  const trunk = branch(lab, []).trace();
  const moment = fc.integer({ min: -1, max: trunk.length + 10 });
  const line = fc.constantFrom(
    ...[
      'arp -a',
      `ping -c 1 ${far}`,
      `curl ${url}`,
      'dig www.example.com',
      `traceroute -n ${far}`,
      'ip neigh',
    ],
  );

  it('is the same up to the turn in which the event happens, and goes on from there', () => {
    fc.assert(
      fc.property(moment, line, (after, typedLine) => {
        const run = branch(lab, [{ after, node: host, line: typedLine }]);
        const trace = run.trace();
        const [result] = run.typed;
        if (result === undefined) throw new Error('no result');
        expect(result.begun).toBeGreaterThan(Math.min(after, trunk.length - 1));
        expect(prefixHash(trace, result.begun)).toBe(prefixHash(trunk, result.begun));
        expect(trace.length).toBeGreaterThanOrEqual(trunk.length);
        // Only what belongs to the same moment comes between.
        if (after >= 0 && after < trunk.length)
          expect(trunk.event(result.begun - 1).time).toBe(trunk.event(after).time);
        expect(run.finished).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('changes nothing at all when the command sends nothing', () => {
    fc.assert(
      fc.property(moment, (after) => {
        const typed = ['arp -a', 'ss -tan', 'nonsense', ''].map((look) => ({
          after,
          node: host,
          line: look,
        }));
        expect(branch(lab, typed).trace().hash()).toBe(trunk.hash());
      }),
      { numRuns: 20 },
    );
  });

  it('has a walk whose steps hold every event of the branch at most once, in lettered phases', () => {
    for (const after of [-1, trunk.length >> 2, trunk.length >> 1, NEVER]) {
      const typed = [`ping -c 2 ${far}`, `curl ${url}`, `traceroute -n ${far}`].map((each) => ({
        ...{ after, node: host, line: each },
      }));
      for (const phases of ['activity', 'journey'] as const) {
        const walk = explainWalk(branch(lab, typed).trace(), { phases });
        const steps = walk.phases.flatMap((phase) => phase.steps);
        const events = steps.flatMap((step) => step.events);
        expect(new Set(events).size).toBe(events.length);
        expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
        expect(walk.phases.map(({ title }) => title).join('\n')).toMatch(/ping|Ping/);
        expect(walk.phases.map(({ title }) => title)).not.toContain('Before anything is sent');
      }
    }
  });
});

const PAIR = `
name: pair
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 192.0.2.1/24 } } }
    b: { kind: host, interfaces: { eth0: { ip: 192.0.2.2/24 } } }
  links:
    - { endpoints: ["a:eth0", "b:eth0"], delay: 1ms }
script:
  - { node: a, run: ping -c 1 192.0.2.2 }
`;

describe('a pair of hosts', () => {
  const lab = labOf(PAIR);
  const typedAt = (after: number, ...lines: readonly (readonly [node: string, line: string])[]) =>
    branch(
      lab,
      lines.map(([node, line]) => ({ after, node, line })),
    );

  it('types at one node one after the other, at two nodes at once', () => {
    const run = typedAt(
      -1,
      ['a', 'ping -c 3 192.0.2.2'],
      ['a', 'ping -c 1 192.0.2.2'],
      ['b', 'ping -c 1 192.0.2.1'],
    );
    const [long, next, other] = run.typed;
    expect(next?.begun).toBe((long?.ended ?? 0) + 1);
    expect(other?.begun).toBeLessThan(long?.ended ?? 0);
    expect(run.typed.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  });

  it('keeps the order in which commands were given in the results, and that of the moments in the run', () => {
    const typed = [
      { after: 30, node: 'a', line: 'ping -c 1 192.0.2.2' },
      { after: 5, node: 'b', line: 'ping -c 1 192.0.2.1' },
    ];
    const { typed: results } = branch(lab, typed);
    expect(results.map(({ line }) => line)).toEqual(typed.map(({ line }) => line));
    expect(results[0]?.begun).toBeGreaterThan(results[1]?.begun ?? NEVER);
  });

  it('stops what has no end after 30 s, or after its limit, and tells what came of it', () => {
    const run = branch(lab, [
      { after: NEVER, node: 'a', line: 'ping 192.0.2.2' },
      { after: NEVER, node: 'b', line: 'ping 192.0.2.1', limit: 2.5 * SECOND },
    ]);
    expect(run.typed[0]?.output).toContain('30 packets transmitted, 30 received');
    expect(run.typed[1]?.output).toContain('3 packets transmitted, 3 received');
    expect(run.finished).toBe(true);
    const [first] = run.typed;
    const trace = run.trace();
    expect(trace.event(first?.ended ?? 0).time - trace.event(first?.begun ?? 0).time).toBe(30 * SECOND);
    // Ctrl-C belongs to the story of what it stops.
    const titles = explainWalk(trace).phases.map(({ title }) => title);
    expect(titles.every((title) => title.startsWith('Ping from '))).toBe(true);
  });

  it('gives what ends by itself the time that it needs', () => {
    const [result] = typedAt(NEVER, ['a', 'ping -c 100 192.0.2.2']).typed;
    expect(result?.output).toContain('100 packets transmitted, 100 received');
  });

  it('stops a command when the run is stopped', () => {
    const run = branch(lab, [{ after: -1, node: 'a', line: 'ping -c 9 192.0.2.2' }], { until: 3.5 * SECOND });
    expect(run.finished).toBe(false);
    expect(run.typed[0]?.output).toContain('4 packets transmitted');
    expect(run.world.now).toBeLessThanOrEqual(3.5 * SECOND);
  });

  it('answers nonsense in the words of the console', () => {
    const run = branch(lab, [
      { after: 3, node: 'nobody', line: 'arp' },
      { after: Number.NaN, node: 'a', line: 'frobnicate' },
      { after: -7, node: 'a', line: '   ' },
      { after: Number.POSITIVE_INFINITY, node: 'a', line: "cat 'half", limit: Number.NaN },
    ]);
    expect(run.typed.map(({ exitCode }) => exitCode)).toEqual([127, 127, 0, 2]);
    expect(run.typed[0]?.output).toMatch(/no node named nobody/);
    expect(run.typed[1]?.output).toMatch(/frobnicate: command not found/);
    const [first] = branch(lab, [{ after: 0, node: 'a', line: 'ping 192.0.2.2', limit: -1 }]).typed;
    expect(first?.exitCode).toBeGreaterThan(0);
  });

  it('has no console where none is given', () => {
    const { typed } = runLab(lab, { typed: [{ after: 0, node: 'a', line: 'arp -a' }] });
    expect(typed).toMatchObject([{ exitCode: 127, output: 'there is no console at a to run arp -a\n' }]);
  });

  it('types without a trace too', () => {
    const { typed } = branch(lab, [{ after: 7, node: 'a', line: 'arp -a' }], { record: 'off' });
    expect(typed[0]?.output).toContain('192.0.2.2');
  });
});

it('lets a script go on beside what is typed, and wait for it where it waits for rest', () => {
  const lab = labOf(
    `${PAIR}  - { at: 2s, node: b, run: ping -c 1 192.0.2.1 }\n  - { node: b, run: arp -a }\n`,
  );
  const run = branch(lab, [{ after: 5, node: 'a', line: 'ping -c 5 192.0.2.2' }]);
  const trace = run.trace();
  const begun = [...trace.events()].filter(({ kind }) => kind === 'activity-begun');
  expect(begun.map(({ time, node }) => [Math.round(time / SECOND), node])).toEqual([
    [0, 0],
    [0, 0],
    [2, 1],
  ]);
  expect(run.commands).toHaveLength(3);
  expect(run.finished).toBe(true);
});

it('pulls cables in time while something typed goes on', () => {
  const lab = labOf(`${PAIR}faults:\n  - { at: 2500ms, link: ["a:eth0", "b:eth0"], do: down }\n`);
  const run = branch(lab, [{ after: -1, node: 'a', line: 'ping -c 5 192.0.2.2' }]);
  expect(run.typed[0]?.output).toContain('5 packets transmitted, 3 received');
});

it('ends in a network that never comes to rest', () => {
  const ring = labOf(`
name: ring
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 192.0.2.1/24 } } }
    s1: { kind: switch }
    s2: { kind: switch }
  links:
    - { endpoints: ["a:eth0", "s1:1"] }
    - { endpoints: ["s1:2", "s2:1"], delay: 1ms }
    - { endpoints: ["s1:3", "s2:2"], delay: 1ms }
script:
  - { node: a, run: ping -c 1 192.0.2.9 }
`);
  const run = branch(
    ring,
    [
      { after: 50, node: 'a', line: 'ping 192.0.2.8' },
      { after: NEVER, node: 's1', line: 'show mac address-table' },
    ],
    { until: SECOND },
  );
  expect(run.finished).toBe(false);
  expect(run.typed.map(({ exitCode }) => exitCode)).toEqual([1, 0]);
  expect(run.typed[1]?.output).toContain('DYNAMIC');
});
