// Many clients behind access routers, each with a few short TCP connections one after another: connect, a request of 200
// bytes, an answer of 20,000, close. Connections per wall second.
//
// The same work as `web --conns=2 --fan=32 --servers=32 --checksum=1` of the ns-3 programs: the same tree of routers,
// links and queues, and it ends when the last client has its last answer. ARP is filled beforehand: their links have none.
// A third of a second is short: much of it goes by until the engine has compiled what it runs. With `--warm 100` a small
// world of so many clients runs before the clock does. `node bench/web.mjs --clients 1000 --conns 10 --warm 100`

import { World } from '../dist/net/world.js';
import { StreamReader, StreamWriter } from './byte-stream.mjs';
import { peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

/** @typedef {import('../dist/device/station.js').Station} Station */
/** @typedef {import('../dist/net/link.js').LinkOptions} LinkOptions */
/** @typedef {import('../dist/stack/tcp/connection.js').TcpConnection} TcpConnection */
/** @typedef {import('../dist/stack/tcp/connection.js').TcpListener} TcpListener */

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
  warm: 0,
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
/** As there; a connection in TIME-WAIT outlives the run. */
const TCP = { receiveBuffer: 131_072, sendBuffer: 131_072, segmentLifetime: 120e9 };
const BACKLOG = 1000;
const UP = { rate: 10e9, delay: 5e6, queue: 20_000 };
const BETWEEN = { rate: 10e9, delay: 10e3, queue: 20_000 };
const ACCESS = { rate: 100e6, delay: 1e6, queue: 1000 };
const EVERYWHERE = { network: 0, length: 0 };
const SERVERS = 0x0a000000;
/** The network of an access router's clients. @param {number} group */
const clientsOf = (group) => (10 << 24) | ((128 + group) << 16);

/** The world, and how far its clients are. */
class Web {
  done = 0;
  failed = 0;
  bytes = 0;

  /** @param {number} clients */
  constructor(clients) {
    this.target = clients * options.conns;
    this.world = new World({ name: 'web', record: recordLevel(options.record) });
    const { world } = this;
    const core = world.addRouter('core');
    let network = SERVERS;
    const servers = Array.from({ length: options.servers }, (_, i) => {
      const server = world.addHost(`server${i}`);
      const port = this.connect(server, core, UP, network);
      network += 4;
      server.stack.tcp.listen(PORT, { accept: () => this.answering(), options: TCP, backlog: BACKLOG });
      return port.address;
    });
    for (let group = 0; group * options.fan < clients; group++) {
      const access = world.addRouter(`access${group}`);
      const port = this.connect(access, core, BETWEEN, network);
      network += 4;
      core.addRoute({ network: clientsOf(group), length: 16 }, port.address);
      const end = Math.min(clients, (group + 1) * options.fan);
      for (let i = group * options.fan; i < end; i++) {
        const client = world.addHost(`client${i}`);
        this.connect(client, access, ACCESS, clientsOf(group) + 4 * (i - group * options.fan));
        this.startClient(client, servers[i % servers.length], i);
      }
    }
  }

  /** Until the last client has its last answer. */
  run() {
    while (this.done < this.target && this.world.now < GIVE_UP) this.world.advance(LOOK);
  }

  /**
   * A cable with a /30 network of its own; the near end has a default route over it. Returns the near end.
   * @param {Station} a @param {Station} b @param {LinkOptions} link @param {number} network
   */
  connect(a, b, link, network) {
    const { world } = this;
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

  /** The server's side: when a whole request is here it answers and is done. @returns {TcpListener} */
  answering() {
    const request = new StreamReader();
    const answer = new StreamWriter(options.answer, options.answer, 1);
    /** @param {TcpConnection} connection */
    const answerIt = (connection) => {
      answer.writeTo(connection);
      if (answer.done) connection.close();
    };
    return {
      readable(connection) {
        request.readFrom(connection);
        if (request.got === options.request) answerIt(connection);
      },
      writable: answerIt,
      failed: () => {
        this.failed++;
      },
    };
  }

  /** The client's side: one connection after the other. @param {Station} client @param {number} address @param {number} index */
  startClient(client, address, index) {
    const to = { address, port: PORT };
    let left = options.conns;
    const call = () => {
      const request = new StreamWriter(options.request, options.request);
      const answer = new StreamReader(1);
      /** @type {TcpListener} */
      const listener = {
        connected: (connection) => request.writeTo(connection),
        readable: (connection) => answer.readFrom(connection),
        ended: (connection) => {
          this.bytes += answer.got;
          if (answer.got !== options.answer) this.failed++;
          connection.close();
          this.done++;
          left--;
          if (left > 0) start.set(this.world.now);
        },
        failed: () => {
          this.failed++;
        },
      };
      client.stack.tcp.connect(to, listener, TCP);
    };
    const start = client.context.timer({ timerFired: call }, 'client');
    start.set(index * STAGGER);
  }
}

if (options.warm > 0) {
  const small = new Web(options.warm);
  small.run();
  small.world.runToRest();
}
/** @type {Web | undefined} */
let built;
const buildSeconds = secondsFor(() => {
  built = new Web(options.clients);
});
const web = /** @type {Web} */ (built);
const runSeconds = secondsFor(() => web.run());
const { world, done } = web;
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
  warm: options.warm,
  conns: done,
  failed: web.failed,
  bytes: web.bytes,
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
