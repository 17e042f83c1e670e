// Switches in a ring: a broadcast goes round for ever. The run ends all the same, and the walk says what is wrong.

import { describe, expect, it } from 'vitest';
import { SECOND } from '../src/base/time.js';
import { readLab } from '../src/lab/read-lab.js';
import { runLab } from '../src/lab/run-lab.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import { renderWalk } from '../src/view/text.js';

const RING = `
name: ring
topology:
  nodes:
    a: { kind: host, interfaces: { eth0: { ip: 192.0.2.1/24 } } }
    s1: { kind: switch }
    s2: { kind: switch }
  links:
    - { endpoints: ["a:eth0", "s1:1"], delay: 1ms }
    - { endpoints: ["s1:2", "s2:2"], delay: 1ms }
    - { endpoints: ["s1:3", "s2:3"], delay: 1ms }
script:
  - { node: a, browse: "http://192.0.2.9/" }
`;

function storm(until: number) {
  const read = readLab(RING, 'ring.yaml');
  if (!('lab' in read)) throw new Error('the lab does not read');
  return runLab(read.lab, { until });
}

describe('two switches with two cables', () => {
  const run = storm(10 * SECOND);
  const trace = run.trace();

  it('never come to rest', () => {
    expect(run.finished).toBe(false);
    expect(trace.length).toBeGreaterThan(100_000);
  });

  it('are told as what they are, in a walk of bounded length', () => {
    const walk = explainWalk(trace, { limit: 2000 });
    expect(walk.ok).toBe(false);
    const summary = walk.summary.join('\n');
    expect(summary).toMatch(
      /The ARP request goes round in a circle: s1 sends it out of \S+ again and again\./,
    );
    expect(summary).toContain('take a cable out');
    expect(summary).toMatch(/only the beginning is told: .* of 10 s, 2000 of \d+ events/);
    // How it ended is known although it is not told.
    expect(summary).toContain('could not open http://192.0.2.9/: there is no way to 192.0.2.9 port 80');
    expect(summary).not.toContain('It failed at step');
    const steps = walk.phases.flatMap((phase) => phase.steps);
    expect(steps.length).toBeLessThan(2000);
    expect(renderWalk(walk, trace, { detail: 'brief' }).length).toBeLessThan(200_000);
  });

  it('are no circle where a packet only passes', () => {
    const read = readLab(
      RING.replace('    - { endpoints: ["s1:3", "s2:3"], delay: 1ms }\n', ''),
      'line.yaml',
    );
    if (!('lab' in read)) throw new Error('the lab does not read');
    const line = runLab(read.lab);
    expect(line.finished).toBe(true);
    expect(explainWalk(line.trace()).summary.join('\n')).not.toContain('circle');
  });
});
