// How branches of a run are told: what somebody typed has phases of its own, with sensible titles, wherever it begins.

import { describe, expect, it } from 'vitest';
import { SECOND } from '../src/base/time.js';
import { startCommand } from '../src/lab/console/console.js';
import { runCommand } from '../src/lab/console/run-command.js';
import { runLab } from '../src/lab/run-lab.js';
import type { TypedCommand } from '../src/lab/typed-commands.js';
import { explainWalk } from '../src/view/explain/explain-walk.js';
import type { Walk } from '../src/view/explain/step.js';
import { changed } from './cli.js';
import { labOf, labText } from './lab-runs.js';

const LAST = 1_000_000_000;

/** The walk of a lab with commands typed at a moment: `[node, line]`. */
function branch(
  text: string,
  after: number,
  lines: readonly (readonly [node: string, line: string])[],
  more: Partial<TypedCommand> = {},
): Walk {
  const lab = labOf(text);
  const typed = lines.map(([node, line]) => ({ after, node, line, ...more }));
  return explainWalk(runLab(lab, { runCommand, startCommand, typed }).trace(), { phases: lab.phases });
}

const titles = ({ phases }: Walk): string[] => phases.map(({ title }) => title);
const NAT = labText('nat-http');
const TRUNK = titles(branch(NAT, 0, []));

describe('nat-http', () => {
  it('a ping at the end is one more phase', () => {
    const walk = branch(NAT, LAST, [['pc', 'ping -c 2 8.8.8.8']]);
    expect(titles(walk)).toEqual([...TRUNK, 'Ping from the computer to 8.8.8.8: ICMP']);
    expect(walk.summary).toContain('The computer pinged 8.8.8.8: 2 of 2 answered (in 1.016 s).');
    expect(walk.ok).toBe(true);
  });

  it('a ping before anything comes first, and the page finds the ARP caches full', () => {
    const walk = branch(NAT, -1, [['pc', 'ping -c 1 8.8.8.8']]);
    expect(titles(walk).slice(0, TRUNK.length + 1)).toEqual([
      'Ping from the computer to 8.8.8.8: ICMP',
      ...TRUNK,
    ]);
    const [ping, ...page] = walk.phases;
    const asks = (headline: string) => headline.startsWith('ARP request: who has 192.168.0.1?');
    expect(ping?.steps.filter((step) => asks(step.headline))).toHaveLength(1);
    expect(page.flatMap(({ steps }) => steps).filter((step) => asks(step.headline))).toEqual([]);
  });

  it('in the middle of the DNS exchange phases say whose they are, and which program was typed', () => {
    const walk = branch(NAT, 130, [
      ['pc', 'dig www.example.com'],
      ['laptop', 'curl http://www.example.com/'],
    ]);
    expect(titles(walk)).toEqual(
      expect.arrayContaining([
        'The browser (the computer)',
        'Finding the address of www.example.com: DNS (the computer)',
        'Finding the address of www.example.com: DNS (the computer, dig)',
        'Finding the address of www.example.com: DNS (the laptop, curl)',
        'Connecting to 93.184.216.34:80: TCP (the laptop, curl)',
        'The request and its answer: HTTP (the laptop, curl)',
      ]),
    );
    expect(walk.summary).toContain('The computer ran dig www.example.com (in 16.07 ms).');
  });

  it('what only looks is not told', () => {
    expect(
      titles(
        branch(NAT, 130, [
          ['pc', 'arp -a'],
          ['router', 'show ip route'],
        ]),
      ),
    ).toEqual(TRUNK);
  });

  const silent = changed(NAT, [
    'checks:',
    'faults:\n  - { link: ["core:eth1", "dns:eth0"], from: core, match: "ip.addr == 8.8.8.8", do: drop }\nchecks:',
  ]).replace(/script:\n.*\n/, 'script: []\n');

  it.each([
    [
      'ping 8.8.8.8',
      ['Ping from the computer to 8.8.8.8: ICMP'],
      /could not ping 8\.8\.8\.8: 0 of 3 answered/,
    ],
    [
      'traceroute 8.8.8.8',
      ['Traceroute from the computer to 8.8.8.8'],
      /could not trace the way to 8\.8\.8\.8: not reached/,
    ],
    [
      'dig x.example',
      ['Finding the address of x.example: DNS (dig)', 'dig x.example'],
      /ran dig x\.example without success: stopped \(after 2\.5 s\)/,
    ],
  ])('Ctrl-C on %s belongs to what it stops', (line, expected, summary) => {
    const walk = branch(silent, LAST, [['pc', line]], { limit: 2.5 * SECOND });
    expect(titles(walk)).toEqual(expected);
    expect(walk.summary.join('\n')).toMatch(summary);
    const last = walk.phases.flatMap(({ steps }) => steps).at(-1);
    expect(last?.sentence).not.toMatch(/changes its/);
  });

  it('a failure is told in words, not as a code alone', () => {
    const walk = branch(NAT, LAST, [['pc', 'ping nobody.example']]);
    expect(walk.summary.join('\n')).toMatch(/could not look up nobody\.example: .+ \((REFUSED|NXDOMAIN)\)/);
  });
});

describe('three-routers, told by where packets travel', () => {
  const text = labText('three-routers');
  const trunk = titles(branch(text, 0, []));

  it('a ping is one phase, and so is a traceroute, with all that comes back', () => {
    const walk = branch(text, LAST, [
      ['A', 'ping -c 5 33.6.6.33'],
      ['A', 'traceroute -n 33.6.6.33'],
    ]);
    expect(titles(walk)).toEqual([
      ...trunk,
      'Browser A → web server C: ping',
      'Browser A → web server C: traceroute',
    ]);
    const [ping, route] = walk.phases.slice(-2);
    expect(ping?.steps.filter(({ headline }) => headline.startsWith('echo reply'))).toHaveLength(5);
    expect(
      route?.steps.filter(({ headline }) => headline.startsWith('ICMP time exceeded')).length,
    ).toBeGreaterThan(9);
  });

  it('what fails before a packet leaves is not put before everything else, nor into what is sent next', () => {
    const walk = branch(text, 160, [
      ['B', 'curl http://www.google.com/'],
      ['B', 'ping -c 1 11.8.8.11'],
    ]);
    expect(titles(walk)).toContain('DNS server B, without a packet: curl http://www.google.com/');
    expect(titles(walk)).not.toContain('Before anything is sent');
    const ping = walk.phases.find(({ title }) => title === 'DNS server B → browser A: ping');
    expect(ping?.steps[0]?.headline).toMatch(/^(ICMP echo request|route to)/);
  });
});
