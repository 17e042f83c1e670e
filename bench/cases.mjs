// The cases: what runs, beside what, which counts must agree, and what is wanted.

import { whyNoNamespaces } from './namespaces.mjs';

/** What a program prints: names and numbers. @typedef {Record<string, number | string>} Figures */
/** A bound, on the ratio to the peer or on our own value. @typedef {{ of: 'ratio' | 'value', atLeast?: number, atMost?: number }} Goal */
/** A number in the output of both; `goal` where all variants have the same. @typedef {{ what: string, unit: string, ours: string, peer?: string, goal?: Goal }} Figure */
/** One way to run our program. @typedef {{ name: string, program: string, args: readonly string[], goal?: Goal }} Variant */
/**
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} [extra] runs only when named
 * @property {() => Promise<string | undefined>} [missing] what it needs and does not find here
 * @property {readonly Variant[]} ours
 * @property {{ program: string, args: readonly string[] }} [peer] a program of ns-3, or one of this folder (`.mjs`)
 * @property {readonly string[]} [quick] what makes it short, for both
 * @property {readonly string[]} [confirm] makes the peer count what it otherwise works out from its options; slower, so not timed
 * @property {readonly Figure[]} figures
 * @property {(ours: Figures, peers: readonly Figures[]) => string[]} complaints what is not equal
 */

/** @param {number} factor @returns {Goal} */
const timesNs3 = (factor) => ({ of: 'ratio', atLeast: factor });

/** @param {number} bound @returns {Goal} */
const atMost = (bound) => ({ of: 'value', atMost: bound });

/** @type {readonly Figure[]} */
const HOPS = [{ what: 'packet-hops', unit: '/s', ours: 'hops_per_s', peer: 'hops_per_s' }];

/** @param {Figures} ours @param {readonly Figures[]} peers */
function chainComplaints(ours, peers) {
  const links = Number(ours.hops) / Number(ours.got);
  const complaints = [];
  if (ours.got !== ours.packets || ours.leaked !== 0 || links !== 9) {
    complaints.push(
      `chain: ${ours.got} of ${ours.packets} arrived over ${links} links, ${ours.leaked} leaked`,
    );
  }
  for (const peer of peers) {
    if (
      peer.got !== ours.got ||
      peer.payload !== ours.payload ||
      peer.fill !== ours.fill ||
      peer.checksum !== 1
    ) {
      complaints.push(`chain: ${ours.got} of ${ours.payload} B here, ${peer.got} of ${peer.payload} B there`);
    }
  }
  return complaints;
}

/**
 * Ten flows through one narrow link. Frames of ns-3 are shorter there, and two TCPs never lose the same segments, so the
 * goodput may differ by a few per cent; by more, and one of them does not do its work.
 * @param {Figures} ours @param {readonly Figures[]} peers
 */
function dumbbellComplaints(ours, peers) {
  const complaints = [];
  for (const peer of peers) {
    const share = Number(ours.goodput_mbps) / Number(peer.goodput_mbps);
    const same = peer.flows === ours.flows && peer.sim_s === ours.sim_s && peer.checksum === 1;
    if (!same || share < 0.94 || share > 1.02) {
      complaints.push(
        `dumbbell: ${ours.flows} flows, ${ours.sim_s} s, ${ours.goodput_mbps} Mbit/s here, ${peer.flows}, ${peer.sim_s} s, ${peer.goodput_mbps} Mbit/s there`,
      );
    }
  }
  return complaints;
}

/** @param {Figures} ours @param {readonly Figures[]} peers */
function webComplaints(ours, peers) {
  const complaints = [];
  if (ours.failed !== 0 || ours.leaked !== 0) {
    complaints.push(`web: ${ours.failed} of ${ours.conns} connections failed, ${ours.leaked} frames leaked`);
  }
  for (const peer of peers) {
    const same = peer.conns === ours.conns && peer.bytes === ours.bytes && peer.clients === ours.clients;
    if (!same || peer.failed !== 0) {
      complaints.push(
        `web: ${ours.conns} connections, ${ours.bytes} B here, ${peer.conns}, ${peer.bytes} B there, ${peer.failed} failed`,
      );
    }
  }
  return complaints;
}

/** @param {string} network @param {string} measure */
const attach = (network, measure) => ({
  program: 'attach.mjs',
  args: [`--with=${network}`, `--measure=${measure}`],
});

/** @type {readonly Case[]} */
export const CASES = [
  {
    name: 'chain',
    ours: [
      { name: 'chain', program: 'chain.mjs', args: [], goal: timesNs3(12) },
      { name: 'chain, events kept', program: 'chain.mjs', args: ['--record=events'] },
      { name: 'chain, bytes kept', program: 'chain.mjs', args: ['--record=bytes'], goal: timesNs3(6) },
    ],
    peer: { program: 'chain', args: ['--checksum=1'] },
    quick: ['--packets=40000'],
    figures: HOPS,
    complaints: chainComplaints,
  },
  {
    name: 'chain-64',
    extra: true,
    ours: [{ name: 'chain, 64 B', program: 'chain.mjs', args: ['--payload=64', '--interval=1250'] }],
    peer: { program: 'chain', args: ['--checksum=1', '--payload=64', '--interval=1250'] },
    quick: ['--packets=40000'],
    figures: HOPS,
    complaints: chainComplaints,
  },
  {
    name: 'chain-routes',
    extra: true,
    ours: [{ name: 'chain, 10,000 routes', program: 'chain.mjs', args: ['--fill=10000', '--packets=20000'] }],
    peer: { program: 'chain', args: ['--checksum=1', '--fill=10000', '--packets=20000'] },
    quick: ['--packets=2000'],
    figures: HOPS,
    complaints: chainComplaints,
  },
  {
    name: 'lan',
    ours: [{ name: 'lan', program: 'lan.mjs', args: [], goal: timesNs3(10) }],
    peer: { program: 'lan', args: [] },
    quick: ['--echoes=4000'],
    confirm: ['--count=1'],
    figures: [{ what: 'frames', unit: '/s', ours: 'frames_per_s', peer: 'frames_per_s' }],
    complaints(ours, peers) {
      const frames = Number(ours.echoes) * Number(ours.hosts) * 2;
      const complaints = [];
      if (ours.frames !== frames || ours.leaked !== 0) {
        complaints.push(`lan: ${ours.frames} of ${frames} frames of answered echoes, ${ours.leaked} leaked`);
      }
      for (const peer of peers) {
        // When the peer counts, ARP counts too: less than fifty frames per host on either side.
        const arp = peer.confirmed === undefined ? 0 : 50 * Number(ours.hosts);
        const surplus = Number(peer.frames) - frames;
        if (surplus < 0 || surplus > arp || peer.size !== ours.size) {
          complaints.push(
            `lan: ${frames} frames of ${ours.size} B here, ${peer.frames} of ${peer.size} B there`,
          );
        }
      }
      return complaints;
    },
  },
  {
    name: 'dumbbell',
    ours: [
      { name: 'dumbbell', program: 'dumbbell.mjs', args: [], goal: timesNs3(12) },
      { name: 'dumbbell, compiled before', program: 'dumbbell.mjs', args: ['--warm=5'], goal: timesNs3(12) },
    ],
    peer: { program: 'dumbbell', args: ['--checksum=1', '--cc=TcpNewReno'] },
    quick: ['--sim=5'],
    figures: [
      { what: 'simulated seconds', unit: '/s', ours: 'sim_per_wall', peer: 'sim_per_wall' },
      {
        what: 'goodput',
        unit: 'Mbit/s',
        ours: 'goodput_mbps',
        peer: 'goodput_mbps',
        goal: { of: 'ratio', atLeast: 0.94 },
      },
    ],
    complaints: dumbbellComplaints,
  },
  {
    name: 'web',
    ours: [
      { name: 'web', program: 'web.mjs', args: [], goal: timesNs3(8) },
      { name: 'web, compiled before', program: 'web.mjs', args: ['--warm=100'], goal: timesNs3(8) },
    ],
    peer: { program: 'web', args: ['--conns=2', '--fan=32', '--servers=32', '--checksum=1'] },
    quick: ['--clients=200'],
    figures: [{ what: 'connections', unit: '/s', ours: 'conns_per_s', peer: 'conns_per_s' }],
    complaints: webComplaints,
  },
  {
    name: 'web-long',
    ours: [{ name: 'web, 10 connections each', program: 'web.mjs', args: ['--conns=10'], goal: timesNs3(8) }],
    peer: { program: 'web', args: ['--conns=10', '--fan=32', '--servers=32', '--checksum=1'] },
    quick: ['--clients=200'],
    figures: [{ what: 'connections', unit: '/s', ours: 'conns_per_s', peer: 'conns_per_s' }],
    complaints: webComplaints,
  },
  {
    name: 'bulk',
    ours: [{ name: 'bulk', program: 'bulk.mjs', args: [] }],
    quick: ['--megabytes=64'],
    figures: [
      { what: 'text through TCP', unit: 'B/s', ours: 'bytes_per_s' },
      { what: 'one copy, one checksum', unit: 'B/s', ours: 'plain_bytes_per_s' },
      { what: 'time of that', unit: '×', ours: 'times_plain' },
    ],
    complaints: ({ bytes, got, leaked, failures }) =>
      got === bytes && leaked === 0
        ? []
        : [`bulk: ${got} of ${bytes} B, ${leaked} frames leaked ${failures}`],
  },
  {
    name: 'hosts',
    ours: [{ name: 'hosts', program: 'hosts.mjs', args: [] }],
    peer: { program: 'memory', args: ['--tc=0', '--ip6=0'] },
    figures: [
      {
        what: 'memory per host',
        unit: 'B',
        ours: 'bytes_per_host',
        peer: 'bytes_per_node',
        goal: { of: 'value', atMost: 6000 },
      },
      {
        what: 'time to build',
        unit: 's',
        ours: 'build_s',
        peer: 'build_s',
        goal: { of: 'value', atMost: 1 },
      },
    ],
    complaints(ours, peers) {
      const alive = ours.got === 1 ? [] : ['hosts: the first host cannot reach the last'];
      const other = peers.filter((peer) => peer.n !== ours.hosts);
      return [...alive, ...other.map((peer) => `hosts: ${ours.hosts} here, ${peer.n} there`)];
    },
  },
  {
    name: 'walk',
    ours: [{ name: 'walk', program: 'walk.mjs', args: [] }],
    figures: [
      { what: 'start to exit', unit: 'ms', ours: 'ms', goal: { of: 'value', atMost: 400 } },
      { what: 'Node.js alone', unit: 'ms', ours: 'ms_node' },
    ],
    complaints: () => [],
  },
  {
    name: 'page',
    extra: true,
    ours: [{ name: 'page', program: 'page.mjs', args: [] }],
    quick: ['--hosts=20', '--scrubs=40', '--seconds=1'],
    figures: [
      { what: 'open a lab', unit: 'ms', ours: 'ms_open', goal: atMost(1000) },
      { what: 'run, until its first step stands there', unit: 'ms', ours: 'ms_run' },
      { what: 'longest task meanwhile', unit: 'ms', ours: 'ms_longest_task', goal: atMost(200) },
      { what: 'scrub: the page has the moment', unit: 'ms', ours: 'ms_ready', goal: atMost(16.7) },
      { what: '… 95 of 100', unit: 'ms', ours: 'ms_ready_p95', goal: atMost(32) },
      { what: 'scrub: painted', unit: 'ms', ours: 'ms_painted' },
      { what: '… 95 of 100', unit: 'ms', ours: 'ms_painted_p95' },
      { what: 'memory of the page', unit: 'MB', ours: 'mb_heap', goal: atMost(150) },
      { what: 'open 500 devices', unit: 'ms', ours: 'ms_open_network', goal: atMost(1000) },
      { what: 'drag them: frame to frame', unit: 'ms', ours: 'ms_drag', goal: atMost(33) },
      { what: '… 95 of 100', unit: 'ms', ours: 'ms_drag_p95' },
      { what: 'zoom them: frame to frame', unit: 'ms', ours: 'ms_wheel', goal: atMost(33) },
      { what: '… 95 of 100', unit: 'ms', ours: 'ms_wheel_p95' },
    ],
    complaints: ({ hosts, events }) =>
      Number(events) >= 100_000 || Number(hosts) < 90 ? [] : [`page: only ${events} events`],
  },
  {
    name: 'attach',
    extra: true,
    missing: () => whyNoNamespaces(['iperf3', 'slirp4netns']),
    ours: [{ name: 'attach, beside slirp4netns', ...attach('wirewalk', 'bulk') }],
    peer: attach('slirp4netns', 'bulk'),
    quick: ['--seconds=1'],
    figures: [
      {
        what: 'iperf3, namespace to host',
        unit: 'bit/s',
        ours: 'there_bps',
        peer: 'there_bps',
        goal: { of: 'ratio', atLeast: 1.5 },
      },
      {
        what: 'iperf3, host to namespace',
        unit: 'bit/s',
        ours: 'back_bps',
        peer: 'back_bps',
        goal: { of: 'ratio', atLeast: 1 },
      },
    ],
    complaints: () => [],
  },
  {
    name: 'attach',
    extra: true,
    missing: () => whyNoNamespaces(['ping']),
    ours: [{ name: 'attach, beside a kernel bridge and router', ...attach('wirewalk', 'ping') }],
    peer: attach('kernel', 'ping'),
    quick: ['--pings=100'],
    figures: [
      { what: 'ping host–switch–router–host', unit: 'µs', ours: 'us_single', peer: 'us_single' },
      { what: '… one behind the other', unit: 'µs', ours: 'us_flood', peer: 'us_flood' },
    ],
    complaints: ({ lost }) => (lost === 0 ? [] : [`attach: ${lost} of the pings were lost`]),
  },
];
