// Host, routers, host: UDP datagrams one way; packet-hops (frames carried over one link) per wall second.
//
// The same work as `chain --checksum=1` of the ns-3 programs. The sender writes every payload anew and sums it, every
// router verifies and mends the header's sum, the receiver verifies both sums. ARP is filled beforehand, because ns-3's
// point-to-point links have none. `node bench/chain.mjs --record bytes --payload 64 --interval 1250 --fill 10000`

import { formatIpv4, parseCidr, parseIpv4 } from '../dist/base/address.js';
import { World } from '../dist/net/world.js';
import { openUdp, peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

/** @typedef {import('../dist/stack/network-interface.js').NetworkInterface} NetworkInterface */

const options = readOptions({
  record: 'off',
  /** Bytes of UDP payload. */
  payload: 1000,
  /** Between datagrams, in ns. */
  interval: 10_000,
  packets: 200_000,
  routers: 8,
  /** Routes to nowhere in each router besides. */
  fill: 0,
});
/** Sequence number and time of sending, as in ns-3's SeqTsHeader. */
const HEADER = 12;
const PORT = 4000;
if (options.payload < HEADER) throw new RangeError(`--payload wants at least ${HEADER}`);
if (options.routers < 1 || options.routers > 200) throw new RangeError('--routers wants 1 to 200');

const begin = process.hrtime.bigint();
const world = new World({ name: 'chain', record: recordLevel(options.record) });
const first = world.addHost('sender');
const routers = Array.from({ length: options.routers }, (_, i) => world.addRouter(`r${i + 1}`));
const last = world.addHost('receiver');
const stations = [first, ...routers, last];

/** @type {NetworkInterface[]} */
const sending = [];
for (let i = 0; i + 1 < stations.length; i++) {
  const [near, far] = [stations[i], stations[i + 1]];
  const out = world.addInterface(near, 'right', { address: `10.1.${i}.1/24` });
  const into = world.addInterface(far, 'left', { address: `10.1.${i}.2/24` });
  world.connect(out, into, { rate: 1e9, delay: 1e6 });
  near.stack.ipv4.neighborsOf(out).addPermanent(into.address, into.mac);
  far.stack.ipv4.neighborsOf(into).addPermanent(out.address, out.mac);
  sending.push(out);
}
const destination = world.interface('receiver:left').address;
const target = /** @type {NonNullable<ReturnType<typeof parseCidr>>} */ (
  parseCidr(`${formatIpv4(destination)}/24`)
);
for (let i = 0; i < options.routers; i++) {
  const gateway = /** @type {number} */ (parseIpv4(`10.1.${i}.2`));
  stations[i].addRoute(target.prefix, gateway);
}
for (let i = 1; i <= options.routers; i++) {
  const gateway = /** @type {number} */ (parseIpv4(`10.1.${i}.2`));
  for (let k = 0; k < options.fill; k++) {
    stations[i].addRoute({ network: 0x14000000 + k * 256, length: 24 }, gateway);
  }
}

let got = 0;
openUdp(last, PORT, {
  received(data) {
    // As ns-3's UdpServer does: which one is it? Links here keep the order and lose nothing.
    const sequence = ((data[0] << 24) | (data[1] << 16) | (data[2] << 8) | data[3]) >>> 0;
    if (sequence === got && data.length === options.payload && data[data.length - 1] === (got & 255)) got++;
  },
});
const socket = openUdp(first, 0, { received() {} });
const data = new Uint8Array(options.payload);
const view = new DataView(data.buffer);
const to = { address: destination, port: PORT };
let sent = 0;
const source = first.context.timer(
  {
    timerFired() {
      data.fill(sent & 255);
      view.setUint32(0, sent);
      view.setFloat64(4, world.now);
      if (options.payload === HEADER) data[HEADER - 1] = sent & 255;
      socket.send(data, to);
      sent++;
      if (sent < options.packets) source.set(world.now + options.interval);
    },
  },
  'source',
);
if (options.packets > 0) source.set(0);
const buildSeconds = Number(process.hrtime.bigint() - begin) / 1e9;

const runSeconds = secondsFor(() => world.runToRest());
const hops = sending.reduce((sum, port) => sum + port.sentFrames, 0);
printCase({
  case: 'chain',
  record: options.record,
  payload: options.payload,
  fill: options.fill,
  packets: options.packets,
  got,
  hops,
  leaked: world.frames.liveCount,
  events: world.recorder.length,
  build_s: buildSeconds,
  run_s: runSeconds,
  hops_per_s: Math.round(hops / runSeconds),
  peak_mb: peakMegabytes(),
});
