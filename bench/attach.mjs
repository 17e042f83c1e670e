// A real computer at the cable: iperf3 in a network namespace, and a host of a lab one switch away; and ping through a
// switch and a router. Beside it the same programs with slirp4netns, or with a bridge and a router of the kernel.
//
// MTU 1500 and no offload, so every frame is one that could be on a wire, with all its bytes and sums. Everything happens in
// namespaces without a way out.
// `node bench/attach.mjs --with=wirewalk --measure=bulk --seconds=3`

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main } from '../scripts/prepare.mjs';
import { median, printCase, readOptions } from './case.mjs';
import { addCable, addNamespace, end, finished, ip, runIn, saying, start, startIn } from './namespaces.mjs';

const options = readOptions({ with: 'wirewalk', measure: 'bulk', seconds: 3, pings: 1000 });
const LIMIT = '60';

const ONE_SWITCH = `
name: one-switch
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.1.0.1/24 } } }
    switch: { kind: switch }
    server: { kind: host, interfaces: { eth0: { ip: 10.1.0.2/24 } }, services: { iperf: true } }
  links:
    - { endpoints: ["pc:eth0", "switch:1"] }
    - { endpoints: ["switch:2", "server:eth0"] }
`;

const SWITCH_AND_ROUTER = `
name: switch-and-router
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.1.0.1/24 } }, gateway: 10.1.0.254 }
    switch: { kind: switch }
    router: { kind: router, interfaces: { near: { ip: 10.1.0.254/24 }, far: { ip: 10.2.0.254/24 } } }
    server: { kind: host, interfaces: { eth0: { ip: 10.2.0.2/24 } }, gateway: 10.2.0.254 }
  links:
    - { endpoints: ["pc:eth0", "switch:1"] }
    - { endpoints: ["switch:2", "router:near"] }
    - { endpoints: ["router:far", "server:eth0"] }
`;

/** @typedef {(namespace: string, address: string) => Promise<Record<string, number>>} Measurement */

/** @type {Record<string, Measurement>} */
const MEASUREMENTS = {
  async bulk(namespace, address) {
    const there = await iperf(namespace, address);
    const back = await iperf(namespace, address, '--reverse');
    return {
      there_bps: there.rate,
      back_bps: back.rate,
      there_retransmits: there.retransmits,
      back_retransmits: back.retransmits,
    };
  },
  async ping(namespace, address) {
    const count = ['-n', '-c', String(options.pings), '-w', LIMIT];
    // One every now and then, which wakes everybody on its way; and one behind the other.
    const single = await runIn(namespace, 'ping', '-i', '0.002', ...count, address);
    const flood = await runIn(namespace, 'ping', '-q', '-f', ...count, address);
    const times = [...single.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time) * 1000);
    const [, received] = /(\d+) received/.exec(flood) ?? [];
    const [, mean] = /= [\d.]+\/([\d.]+)\//.exec(flood) ?? [];
    return {
      lost: 2 * options.pings - times.length - Number(received),
      us_single: median(times),
      us_flood: Number(mean) * 1000,
    };
  },
};

/** @type {Record<string, (measure: Measurement) => Promise<Record<string, number>>>} */
const NETWORKS = {
  async wirewalk(measure) {
    const folder = mkdtempSync(path.join(tmpdir(), 'wirewalk-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const isPing = options.measure === 'ping';
    const file = path.join(folder, 'lab.yaml');
    writeFileSync(file, isPing ? SWITCH_AND_ROUTER : ONE_SWITCH);
    const live = start(process.execPath, main, 'up', file, '--attach', 'pc');
    await saying(live, 'Ctrl-C ends it.');
    try {
      return await measure(`ww-${live.pid}-pc`, isPing ? '10.2.0.2' : '10.1.0.2');
    } finally {
      await end(live, 'SIGINT');
    }
  },
  async slirp4netns(measure) {
    const [computer, outside] = [addNamespace('pc'), addNamespace('outside')];
    const server = startIn(outside, 'iperf3', '--server', '--forceflush');
    await saying(server, 'Server listening');
    const slirp = ['--netns-type=path', '--configure', '--mtu=1500', '--disable-dns'];
    const stack = startIn(outside, 'slirp4netns', ...slirp, `/run/netns/${computer}`, 'eth0');
    try {
      await hasAddress(computer, 'eth0');
      // Its address for the loopback of the namespace it runs in.
      return await measure(computer, '10.0.2.2');
    } finally {
      await end(stack);
      await end(server);
    }
  },
  async kernel(measure) {
    const [pc, bridge, router, server] = ['pc', 'switch', 'router', 'server'].map(addNamespace);
    addCable(pc, 'eth0', bridge, 'p1');
    addCable(router, 'near', bridge, 'p2');
    addCable(router, 'far', server, 'eth0');
    ip('-n', bridge, 'link', 'add', 'name', 'br0', 'type', 'bridge');
    for (const port of ['p1', 'p2']) ip('-n', bridge, 'link', 'set', port, 'master', 'br0');
    ip('-n', bridge, 'link', 'set', 'br0', 'up');
    ip('-n', pc, 'address', 'add', '10.1.0.1/24', 'dev', 'eth0');
    ip('-n', router, 'address', 'add', '10.1.0.254/24', 'dev', 'near');
    ip('-n', router, 'address', 'add', '10.2.0.254/24', 'dev', 'far');
    ip('-n', server, 'address', 'add', '10.2.0.2/24', 'dev', 'eth0');
    ip('-n', pc, 'route', 'add', 'default', 'via', '10.1.0.254');
    ip('-n', server, 'route', 'add', 'default', 'via', '10.2.0.254');
    await runIn(router, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1');
    return measure(pc, '10.2.0.2');
  },
};

/** Waits until somebody has given a card its address. @param {string} namespace @param {string} card */
async function hasAddress(namespace, card) {
  for (let tries = 0; tries < 50; tries++) {
    const told = await runIn(namespace, 'ip', '-oneline', '-4', 'address');
    if (told.includes(` ${card} `)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${card} of ${namespace} got no address`);
}

/** Bytes that arrived, and how long the client took. @param {string} namespace @param {string} address @param {...string} more */
async function iperf(namespace, address, ...more) {
  const args = ['--client', address, '--time', String(options.seconds), '--json', ...more];
  const client = startIn(namespace, 'timeout', LIMIT, 'iperf3', ...args);
  const { end: ended, error } = JSON.parse(await finished(client));
  if (error !== undefined) throw new Error(error);
  const isReverse = more.length > 0;
  const seconds = (isReverse ? ended.sum_received : ended.sum_sent).seconds;
  return {
    rate: Math.round((8 * ended.sum_received.bytes) / seconds),
    retransmits: ended.sum_sent.retransmits,
  };
}

// Nothing here takes so long; a program that hangs ends with this one.
setTimeout(() => process.exit(1), 120_000).unref();
const network = NETWORKS[options.with];
const measurement = MEASUREMENTS[options.measure];
if (network === undefined) throw new RangeError(`--with wants ${Object.keys(NETWORKS).join(', ')}`);
if (measurement === undefined)
  throw new RangeError(`--measure wants ${Object.keys(MEASUREMENTS).join(', ')}`);
const figures = await network(measurement);
printCase({ case: 'attach', with: options.with, measure: options.measure, ...figures });
process.exit(0);
