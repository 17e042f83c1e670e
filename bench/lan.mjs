// One switch, 32 hosts, UDP echo between the hosts of each pair, ARP on; frames (link traversals) per wall second.
//
// The same work as `lan` of the ns-3 programs, and more: here IP and UDP checksums are computed and verified; there they
// are off, because its CSMA would then also compute Ethernet's FCS.

import { World } from '../dist/net/world.js';
import { openUdp, peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

/** @typedef {import('../dist/device/station.js').Station} Station */

const options = readOptions({
  record: 'off',
  hosts: 32,
  /** Echoes per pair. */
  echoes: 20_000,
  /** Bytes of UDP payload. */
  size: 256,
  /** Between the requests of one pair, in ns. */
  interval: 1_000_000,
});
const ECHO_PORT = 7;
/** Between the first requests of neighbouring pairs, in ns. */
const STAGGER = 3000;
if (options.hosts % 2 !== 0) throw new RangeError('--hosts wants an even number');
if (options.size < 8) throw new RangeError('--size wants at least 8');

const begin = process.hrtime.bigint();
const world = new World({ name: 'lan', record: recordLevel(options.record) });
const lan = world.addSwitch('switch');
const hosts = Array.from({ length: options.hosts }, (_, i) => {
  const host = world.addHost(`h${i}`);
  const card = world.addInterface(host, 'eth0', { address: `10.0.${(i + 1) >> 8}.${(i + 1) & 255}/16` });
  world.connect(card, world.addInterface(lan, `p${i}`), { rate: 1e9, delay: 500 });
  return host;
});

let echoed = 0;
for (let i = 0; i < hosts.length; i += 2) startPair(hosts[i], hosts[i + 1], i / 2);
const buildSeconds = Number(process.hrtime.bigint() - begin) / 1e9;

const runSeconds = secondsFor(() => world.runToRest());
const frames = 4 * echoed;
const ports = world.nodes.flatMap((node) => node.device.ports);
printCase({
  case: 'lan',
  record: options.record,
  hosts: options.hosts,
  echoes: options.echoes,
  size: options.size,
  got: echoed,
  frames,
  frames_with_arp: ports.reduce((sum, port) => sum + port.sentFrames, 0),
  leaked: world.frames.liveCount,
  events: world.recorder.length,
  build_s: buildSeconds,
  run_s: runSeconds,
  frames_per_s: Math.round(frames / runSeconds),
  peak_mb: peakMegabytes(),
});

/** The client asks every interval; the server sends back what it gets. @param {Station} client @param {Station} server @param {number} pair */
function startPair(client, server, pair) {
  const answering = openUdp(server, ECHO_PORT, {
    received(data, from) {
      answering.send(data, from);
    },
  });
  let answered = 0;
  const asking = openUdp(client, 0, {
    received(data) {
      const sequence = ((data[0] << 24) | (data[1] << 16) | (data[2] << 8) | data[3]) >>> 0;
      if (sequence !== answered || data.length !== options.size) return;
      answered++;
      echoed++;
    },
  });
  const data = new Uint8Array(options.size).map((_, i) => i * 7 + 1);
  const view = new DataView(data.buffer);
  const to = { address: server.ports[0].address, port: ECHO_PORT };
  let asked = 0;
  const timer = client.context.timer(
    {
      timerFired() {
        view.setUint32(0, asked);
        asking.send(data, to);
        asked++;
        if (asked < options.echoes) timer.set(world.now + options.interval);
      },
    },
    'echo client',
  );
  if (options.echoes > 0) timer.set(pair * STAGGER);
}
