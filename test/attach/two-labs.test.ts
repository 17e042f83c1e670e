// Two labs in two processes, joined by a cable: a host of one fetches a page from a server of the other. Needs no root.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunningLabs } from './running.js';

/** The same file for both halves: in one `web` is outside, in the other `pc`. */
const LAB = `
name: halves
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.9.0.2/24 } }, hosts: { www.lab.test: 10.9.0.3 } }
    switch: { kind: switch }
    web:
      kind: host
      interfaces: { eth0: { ip: 10.9.0.3/24 } }
      services:
        http: { sites: { www.lab.test: { /: { body: a page from the other half }, /1M: { size: 1MB } } } }
  links:
    - { endpoints: ["pc:eth0", "switch:1"], delay: 1ms }
    - { endpoints: ["web:eth0", "switch:2"], delay: 1ms, rate: 1G }
`;

let labs: RunningLabs;
beforeEach(() => {
  labs = new RunningLabs();
});
afterEach(() => labs.end());

const CABLES: Record<string, readonly [here: string, there: string]> = {
  'a UNIX socket': ['stream:SOCKET', 'connect:SOCKET'],
  'a UNIX socket, and the one that connects comes first': ['connect:SOCKET', 'stream:SOCKET'],
  'TCP on loopback': ['stream:127.0.0.1:PORT', 'connect:127.0.0.1:PORT'],
  'UDP on loopback': ['dgram:PORT:OTHER', 'dgram:OTHER:PORT'],
};

it.each(Object.entries(CABLES))('by %s', async (_, [here, there]) => {
  const file = labs.folder.write('halves.yaml', LAB);
  const base = 40_000 + (process.pid % 10_000);
  const place = (cable: string): string =>
    cable
      .replace('SOCKET', labs.folder.file('cable.sock'))
      .replace('PORT', String(base))
      .replace('OTHER', String(base + 10_000));
  const first = await labs.up(file, '--attach', `web=${place(here)}`);
  await labs.up(file, '--attach', `pc=${place(there)}`);
  // The one that connects tries again now and then.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const curl = (url: string) => labs.run('exec', '--live', String(first.pid), 'pc', '--', 'curl', '-v', url);
  const page = await curl('http://www.lab.test/');
  expect(page.stdout).toContain('a page from the other half');
  expect(page.stdout).toContain('200 OK');
  expect(page.code).toBe(0);
  const ping = await labs.run('exec', '--live', String(first.pid), 'pc', '--', 'ping', '-c', '2', '10.9.0.3');
  expect(ping.stdout).toContain('2 received');
  // Two links in each half, a millisecond each, and back again.
  const [, rtt] = /time=([\d.]+) ms/.exec(ping.stdout) ?? [];
  expect(Number(rtt)).toBeGreaterThanOrEqual(7.9);
  const long = await curl('http://www.lab.test/1M');
  expect(long.stdout.length).toBeGreaterThan(1_000_000);
});
