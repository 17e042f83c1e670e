// Ten TCP connections share one narrow link between two routers: simulated seconds per wall second.
//
// The same work as `dumbbell --checksum=1 --cc=TcpNewReno` of the ns-3 programs: the same hosts, links, queues and
// buffers, 1448 bytes of text in a segment with timestamps, RFC 6675 with SACK. Programs write real bytes and read them,
// every sum is computed and verified. A frame is 36 bytes longer here (Ethernet with preamble and gap, there a header of
// two bytes), so there is 2.3 % less room on the narrow link. ARP is filled beforehand: their links have none.
// A second is short: a part of it goes by until the engine has compiled what it runs. With `--warm 5` another such world runs
// for so many simulated seconds before the clock does.
// `node bench/dumbbell.mjs --congestion cubic --recovery rack --flows 10 --sim 60 --warm 5`

import { World } from '../dist/net/world.js';
import { StreamReader, StreamWriter } from './byte-stream.mjs';
import { peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

/** @typedef {import('../dist/device/station.js').Station} Station */
/** @typedef {import('../dist/net/link.js').LinkOptions} LinkOptions */

const options = readOptions({
  record: 'off',
  flows: 10,
  /** Simulated seconds. */
  sim: 60,
  warm: 0,
  congestion: 'newreno',
  recovery: 'sack',
});
const { congestion, recovery } = options;
if (congestion !== 'newreno' && congestion !== 'cubic')
  throw new RangeError('--congestion wants newreno or cubic');
if (recovery !== 'sack' && recovery !== 'rack') throw new RangeError('--recovery wants sack or rack');
if (options.flows < 1 || options.flows > 100) throw new RangeError('--flows wants 1 to 100');

const PORT = 5001;
/** Bytes of one write, as there. */
const PIECE = 4 * 1448;
/** Between the beginnings of neighbouring connections, in ns. */
const STAGGER = 10e6;
const BUFFER = 2 ** 20;
const TCP = /** @type {const} */ ({ sendBuffer: BUFFER, receiveBuffer: BUFFER, congestion, recovery });
const WIDE = { rate: 1e9, delay: 1e6, queue: 1000 };
const NARROW = { rate: 100e6, delay: 10e6, queue: 250 };
/** Where all networks of this world lie. */
const ALL = { network: 0x0a010000, length: 16 };

if (options.warm > 0) build().world.advance(options.warm * 1e9);
const begin = process.hrtime.bigint();
const { world, readers } = build();
const buildSeconds = Number(process.hrtime.bigint() - begin) / 1e9;

const runSeconds = secondsFor(() => world.advance(options.sim * 1e9));
const bytes = readers.reduce((sum, { got }) => sum + got, 0);
const ports = world.nodes.flatMap((node) => node.device.ports);
const hops = ports.reduce((sum, port) => sum + port.receivedFrames, 0);
printCase({
  case: 'dumbbell',
  record: options.record,
  congestion,
  recovery,
  flows: options.flows,
  sim_s: options.sim,
  warm_s: options.warm,
  bytes,
  goodput_mbps: (bytes * 8) / options.sim / 1e6,
  least_share: (Math.min(...readers.map(({ got }) => got)) * options.flows) / bytes,
  hops,
  events: world.recorder.length,
  build_s: buildSeconds,
  run_s: runSeconds,
  sim_per_wall: options.sim / runSeconds,
  hops_per_s: Math.round(hops / runSeconds),
  peak_mb: peakMegabytes(),
});

/** The hosts, the routers between them, and their programs: the world, and those that read. */
function build() {
  const world = new World({ name: 'dumbbell', record: recordLevel(options.record) });
  const left = world.addRouter('left');
  const right = world.addRouter('right');
  let networks = 0;

  /** A cable with a network of its own. @param {Station} a @param {Station} b @param {LinkOptions} link */
  const connect = (a, b, link) => {
    const network = networks++;
    const here = world.addInterface(a, `p${a.ports.length}`, { address: `10.1.${network}.1/24` });
    const there = world.addInterface(b, `p${b.ports.length}`, { address: `10.1.${network}.2/24` });
    world.connect(here, there, link);
    a.stack.ipv4.neighborsOf(here).addPermanent(there.address, there.mac);
    b.stack.ipv4.neighborsOf(there).addPermanent(here.address, here.mac);
    return { here, there };
  };

  const middle = connect(left, right, NARROW);
  left.addRoute(ALL, middle.there.address);
  right.addRoute(ALL, middle.here.address);
  const readers = Array.from({ length: options.flows }, (_, i) => {
    const sender = world.addHost(`sender${i}`);
    const receiver = world.addHost(`receiver${i}`);
    sender.addRoute(ALL, connect(sender, left, WIDE).there.address);
    const access = connect(receiver, right, WIDE);
    receiver.addRoute(ALL, access.there.address);
    return startFlow(sender, receiver, { address: access.here.address, port: PORT }, i);
  });
  return { world, readers };
}

/**
 * One program that writes for ever, one that reads. Returns what the second one has read.
 * @param {Station} sender @param {Station} receiver @param {import('../dist/stack/endpoint.js').Endpoint} to @param {number} index
 */
function startFlow(sender, receiver, to, index) {
  const first = index * 1000;
  const writer = new StreamWriter(PIECE, Number.POSITIVE_INFINITY, first);
  const reader = new StreamReader(first);
  receiver.stack.tcp.listen(PORT, {
    accept: () => ({ readable: (connection) => reader.readFrom(connection) }),
    options: TCP,
  });
  const start = sender.context.timer(
    {
      timerFired() {
        const connection = sender.stack.tcp.connect(
          to,
          {
            connected: (opened) => writer.writeTo(opened),
            writable: (opened) => writer.writeTo(opened),
            failed(_, error) {
              throw new Error(`flow ${index}: ${error}`);
            },
          },
          TCP,
        );
        if (typeof connection === 'string') throw new Error(`flow ${index}: ${connection}`);
      },
    },
    'flow',
  );
  start.set(index * STAGGER);
  return reader;
}
