// A star of idle hosts: bytes of memory per host and seconds to build.
//
// The same as `memory --tc=0 --ip6=0` of the ns-3 programs: every host has a link of its own and a /30 network to one
// router in the middle; the router's side of the link counts too. `--hub switch`: one network, one switch.
// Afterwards the first host sends the last one a datagram: they are real hosts, not empty shells.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { World } from '../dist/net/world.js';
import { openUdp, peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

const options = readOptions({ record: 'off', hosts: 10_000, hub: 'router' });
const PORT = 9;
if (options.hosts < 2 || options.hosts > 60_000) throw new RangeError('--hosts wants 2 to 60000');

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));

/** What is reachable now, in bytes. */
function memory() {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}

/** @param {number} offset from 10.0.0.0 */
const address = (offset) => `10.${(offset >> 16) & 255}.${(offset >> 8) & 255}.${offset & 255}`;

/** Each host on a network of its own. @param {World} world */
function buildAroundRouter(world) {
  const router = world.addRouter('router');
  for (let i = 0; i < options.hosts; i++) {
    const host = world.addHost(`h${i}`);
    const near = world.addInterface(router, `p${i}`, { address: `${address(4 * i + 1)}/30` });
    const far = world.addInterface(host, 'eth0', { address: `${address(4 * i + 2)}/30` });
    world.connect(near, far, { rate: 1e9, delay: 1e6 });
    host.addRoute({ network: 0, length: 0 }, near.address);
  }
}

/** All hosts on one network. @param {World} world */
function buildAroundSwitch(world) {
  const hub = world.addSwitch('switch');
  for (let i = 0; i < options.hosts; i++) {
    const host = world.addHost(`h${i}`);
    const far = world.addInterface(host, 'eth0', { address: `${address(i + 2)}/16` });
    world.connect(world.addInterface(hub, `p${i}`), far, { rate: 1e9, delay: 1e6 });
    host.addRoute({ network: 0, length: 0 }, 0x0a000001);
  }
}

const world = new World({ name: 'hosts', record: recordLevel(options.record) });
const before = memory();
const buildSeconds = secondsFor(() => {
  if (options.hub === 'switch') buildAroundSwitch(world);
  else buildAroundRouter(world);
});
const after = memory();

let got = 0;
const last = world.station(`h${options.hosts - 1}`);
openUdp(last, PORT, {
  received() {
    got++;
  },
});
openUdp(world.station('h0'), 0, { received() {} }).send(new Uint8Array(8), {
  address: last.ports[0].address,
  port: PORT,
});
world.runToRest();

const heap = after.heap - before.heap;
const buffers = after.buffers - before.buffers;
printCase({
  case: 'hosts',
  record: options.record,
  hub: options.hub,
  hosts: options.hosts,
  got,
  heap_per_host: Math.round(heap / options.hosts),
  buffers_per_host: Math.round(buffers / options.hosts),
  bytes_per_host: Math.round((heap + buffers) / options.hosts),
  build_s: buildSeconds,
  peak_mb: peakMegabytes(),
});
