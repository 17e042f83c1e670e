// A foreign peer for the stream port: passt, which speaks what QEMU's `-netdev stream` speaks. It runs in a network
// namespace of its own, out of which nothing leads.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { outcomeOf, plainEnvironment } from '../cli.js';
import { describeWithJudge } from '../judge.js';
import { RunningLabs, until } from './running.js';

const LAB = `
name: passt
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.55.0.2/24 } }, gateway: 10.55.0.1 }
    gateway: { kind: host, interfaces: { eth0: { ip: 10.55.0.1/24 } } }
  links:
    - { endpoints: ["pc:eth0", "gateway:eth0"] }
`;

/** passt wants a card with a route; what is behind it is the other half of a pair, and nobody. */
const SCRIPT = `
set -e
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 10.55.0.2/24 dev v0
ip link set v0 up
ip link set v1 up
ip route add default via 10.55.0.1
exec "$1" --foreground --stderr --trace --one-off --runas 0 -4 -t none -u none -a 10.55.0.2 -n 255.255.255.0 -g 10.55.0.1 -s "$2"
`;

describeWithJudge('passt', 'passt at the other end of a stream', (passt) => {
  let labs: RunningLabs;
  let peer: ChildProcess | undefined;
  beforeEach(() => {
    labs = new RunningLabs();
  });
  afterEach(async () => {
    await labs.end();
    if (peer !== undefined && peer.exitCode === null && peer.signalCode === null) {
      const ended = outcomeOf(peer);
      peer.kill('SIGKILL');
      await ended;
    }
  });

  it('answers our ARP and understands our packets', async () => {
    const socket = labs.folder.file('passt.sock');
    const own = process.getuid?.() === 0 ? ['-n'] : ['-r', '-n'];
    peer = spawn('unshare', [...own, 'sh', '-c', SCRIPT, 'sh', passt, socket], {
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    peer.stderr?.on('data', (piece: Buffer) => {
      log += piece.toString('utf8');
    });
    await until(() => existsSync(socket) || peer?.exitCode !== null);
    expect(peer.exitCode, log).toBe(null);
    await labs.up(labs.folder.write('passt.yaml', LAB), '--attach', `gateway=connect:${socket}`);
    await until(() => log.includes('accepted connection'));
    const type = (...words: string[]) => labs.run('exec', '--live', 'passt', 'pc', '--', ...words);
    await type('ping', '-c', '2', '-i', '0.2', '-W', '1', '10.55.0.1');
    // What only passt can have said, and what only our frames can have told it.
    expect((await type('arp', '-a')).stdout).toMatch(/\(10\.55\.0\.1\) at [0-9a-f]{2}(?::[0-9a-f]{2}){5}/);
    expect(log.match(/protocol 1, 10\.55\.0\.2 -> 10\.55\.0\.1/g)).toHaveLength(2);
  });
});
