// Many clients behind access routers, each with a few short TCP connections one after another: connect, a request of 200
// bytes, an answer of 20,000, close. Connections per wall second.
//
// The same work as `web --conns=2 --fan=32 --servers=32 --checksum=1` of the ns-3 programs: the same tree of routers,
// links and queues, and it ends when the last client has its last answer. ARP is filled beforehand: their links have none.
// `node bench/web.mjs --clients 1000 --conns 10`

import { World } from '../dist/net/world.js';
import { StreamReader, StreamWriter } from './byte-stream.mjs';
import { peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

/** @typedef {import('../dist/device/station.js').Station} Station */
/** @typedef {import('../dist/net/link.js').LinkOptions} LinkOptions */
/** @typedef {import('../dist/stack/tcp/connection.js').TcpConnection} TcpConnection */

const options = readOptions({
  record: 'off',
  clients: 1000,
  /** Connections per client. */
  conns: 2,
  servers: 32,
  /** Clients per access router. */
  fan: 32,
  /** Bytes of a request and of an answer. */
  request: 200,
  answer: 20_000,
});
if (options.fan < 1 || options.clients > 127 * options.fan)
  throw new RangeError('--fan wants at least a 127th of --clients');
if (options.servers < 1 || options.servers > 10_000) throw new RangeError('--servers wants 1 to 10000');

const PORT = 80;
/** Between the beginnings of neighbouring clients, in ns. */
const STAGGER = 10_000;
/** How finely the end is looked for, and when it is given up, in ns. */
const LOOK = 1e6;
const GIVE_UP = 600e9;
/** As there; the second half of it in TIME-WAIT is never reached. */
const TCP = { receiveBuffer: 131_072, sendBuffer: 131_072, segmentLifetime: 120e9 };
const UP = { rate: 10e9, delay: 5e6, queue: 20_000 };
const BETWEEN = { rate: 10e9, delay: 10e3, queue: 20_000 };
const ACCESS = { rate: 100e6, delay: 1e6, queue: 1000 };
const EVERYWHERE = { network: 0, length: 0 };
const SERVERS = 0x0a000000;
/** The network of an access router's clients. @param {number} group */
const clientsOf = (group) => (10 << 24) | ((128 + group) << 16);

let done = 0;
let failed = 0;
let bytes = 0;
const target = options.clients * options.conns;

const begin = process.hrtime.bigint();
const world = new World({ name: 'web', record: recordLevel(options.record) });
const core = world.addRouter('core');
let nextNetwork = SERVERS;
const servers = Array.from({ length: options.servers }, (_, i) => {
  const server = world.addHost(`server${i}`);
  const port = connect(server, core, UP, nextNetwork);
  nextNetwork += 4;
  server.stack.tcp.listen(PORT, { accept: () => answering(), options: TCP, backlog: 1000 });
  return port.address;
});
for (let group = 0; group * options.fan < options.clients; group++) {
  const access = world.addRouter(`access${group}`);
  const port = connect(access, core, BETWEEN, nextNetwork);
  nextNetwork += 4;
  core.addRoute({ network: clientsOf(group), length: 16 }, port.address);
  const end = Math.min(options.clients, (group + 1) * options.fan);
  for (let i = group * options.fan; i < end; i++) {
    const client = world.addHost(`client${i}`);
    connect(client, access, ACCESS, clientsOf(group) + 4 * (i - group * options.fan));
    startClient(client, servers[i % servers.length], i);
  }
}
const buildSeconds = Number(process.hrtime.bigint() - begin) / 1e9;

const runSeconds = secondsFor(() => {
  while (done < target && world.now < GIVE_UP) world.advance(LOOK);
});
const ports = world.nodes.flatMap((node) => node.device.ports);
const hops = ports.reduce((sum, port) => sum + port.receivedFrames, 0);
const simulated = world.now / 1e9;
world.runToRest();
printCase({
  case: 'web',
  record: options.record,
  clients: options.clients,
  servers: options.servers,
  fan: options.fan,
  conns: done,
  failed,
  bytes,
  leaked: world.frames.liveCount,
  hops,
  events: world.recorder.length,
  sim_s: simulated,
  build_s: buildSeconds,
  run_s: runSeconds,
  conns_per_s: Math.round(done / runSeconds),
  hops_per_s: Math.round(hops / runSeconds),
  peak_mb: peakMegabytes(),
});

/**
 * A cable with a /30 network of its own; the near end has a default route over it. Returns the near end.
 * @param {Station} a @param {Station} b @param {LinkOptions} link @param {number} network
 */
function connect(a, b, link, network) {
  const [here, there] = [a, b].map((station, i) => {
    const text = [24, 16, 8, 0].map((shift) => ((network + i + 1) >>> shift) & 255).join('.');
    return world.addInterface(station, `p${station.ports.length}`, { address: `${text}/30` });
  });
  world.connect(here, there, link);
  a.stack.ipv4.neighborsOf(here).addPermanent(there.address, there.mac);
  b.stack.ipv4.neighborsOf(there).addPermanent(here.address, here.mac);
  a.addRoute(EVERYWHERE, there.address);
  return here;
}

/** The server's side: when a whole request is here it answers and is done. */
function answering() {
  const request = new StreamReader();
  const answer = new StreamWriter(options.answer, options.answer, 1);
  /** @param {TcpConnection} connection */
  const answerIt = (connection) => {
    answer.writeTo(connection);
    if (answer.done) connection.close();
  };
  return {
    /** @param {TcpConnection} connection */
    readable(connection) {
      request.readFrom(connection);
      if (request.got === options.request) answerIt(connection);
    },
    writable: answerIt,
    failed() {
      failed++;
    },
  };
}

/** The client's side: one connection after the other. @param {Station} client @param {number} address @param {number} index */
function startClient(client, address, index) {
  const to = { address, port: PORT };
  let left = options.conns;
  const start = client.context.timer({ timerFired: call }, 'client');
  start.set(index * STAGGER);

  function call() {
    const request = new StreamWriter(options.request, options.request);
    const answer = new StreamReader(1);
    client.stack.tcp.connect(
      to,
      {
        connected: (connection) => request.writeTo(connection),
        readable: (connection) => answer.readFrom(connection),
        ended(connection) {
          bytes += answer.got;
          if (answer.got !== options.answer) failed++;
          connection.close();
          done++;
          left--;
          if (left > 0) start.set(world.now);
        },
        failed() {
          failed++;
        },
      },
      TCP,
    );
  }
}
