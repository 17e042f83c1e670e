// One TCP connection between two hosts on one fast link: bytes of text per wall second, beside what a plain copy and one
// Internet checksum of the same bytes take in the same process.
//
// Every byte is copied four times on its way (into the send buffer, into a frame, into the receive buffer, out to the
// program) and summed twice, so half of the plain speed is out of reach.
// `node bench/bulk.mjs --megabytes 512 --congestion cubic --mtu 9000`

import { sumBytes } from '../dist/base/checksum.js';
import { World } from '../dist/net/world.js';
import { StreamReader, StreamWriter } from './byte-stream.mjs';
import { median, peakMegabytes, printCase, readOptions, recordLevel, secondsFor } from './case.mjs';

const options = readOptions({ record: 'off', megabytes: 512, mtu: 1500, congestion: 'cubic' });
const { congestion } = options;
if (congestion !== 'newreno' && congestion !== 'cubic')
  throw new RangeError('--congestion wants newreno or cubic');
if (options.megabytes < 1) throw new RangeError('--megabytes wants at least 1');

const PORT = 9;
const PIECE = 65_536;
/** IPv4 and TCP with timestamps. */
const HEADERS = 20 + 32;
/** Memory that the plain copy goes through: more than a processor keeps close by, as with the frames. */
const PLAIN_MEMORY = 2 ** 24;
const PLAIN_ROUNDS = 5;

const total = options.megabytes * 1e6;
const world = new World({ name: 'bulk', record: recordLevel(options.record) });
const sender = world.addHost('sender');
const receiver = world.addHost('receiver');
const near = world.addInterface(sender, 'eth0', { address: '10.0.0.1/24' });
const far = world.addInterface(receiver, 'eth0', { address: '10.0.0.2/24' });
world.connect(near, far, { rate: 10e9, delay: 10e3, mtu: options.mtu });

const writer = new StreamWriter(PIECE, total);
const reader = new StreamReader();
receiver.stack.tcp.listen(PORT, {
  accept: () => ({
    readable: (connection) => reader.readFrom(connection),
    ended: (connection) => connection.close(),
  }),
});
/** @param {import('../dist/stack/tcp/connection.js').TcpConnection} connection */
function writeOn(connection) {
  writer.writeTo(connection);
  if (writer.done) connection.close();
}
const failures = /** @type {string[]} */ ([]);
sender.stack.tcp.connect(
  { address: far.address, port: PORT },
  { connected: writeOn, writable: writeOn, failed: (_, error) => failures.push(error) },
  { congestion },
);
let simulated = 0;
const runSeconds = secondsFor(() => {
  while (reader.got < total && failures.length === 0 && world.now < 3600e9) world.advance(1e6);
  simulated = world.now / 1e9;
});
world.runToRest();
const plainSeconds = median(Array.from({ length: PLAIN_ROUNDS }, plainRound));

const bytesPerSecond = Math.round(total / runSeconds);
const plainPerSecond = Math.round(total / plainSeconds);
printCase({
  case: 'bulk',
  record: options.record,
  congestion,
  mtu: options.mtu,
  bytes: total,
  got: reader.got,
  failures: failures.join(' '),
  leaked: world.frames.liveCount,
  frames: near.sentFrames + far.sentFrames,
  sim_s: simulated,
  run_s: runSeconds,
  bytes_per_s: bytesPerSecond,
  plain_bytes_per_s: plainPerSecond,
  times_plain: plainPerSecond / bytesPerSecond,
  peak_mb: peakMegabytes(),
});

/** Copies as many bytes once and sums the copies once, a segment at a time. Returns the seconds. */
function plainRound() {
  const size = options.mtu - HEADERS;
  const from = new Uint8Array(PLAIN_MEMORY).map((_, i) => i * 7);
  const memory = new ArrayBuffer(PLAIN_MEMORY);
  const to = { u8: new Uint8Array(memory), u32: new Uint32Array(memory) };
  let sum = 0;
  const seconds = secondsFor(() => {
    // Places on four bytes, as in frames.
    const slot = (size + 3) & ~3;
    for (let done = 0, at = 0; done < total; done += size, at += slot) {
      if (at + slot > PLAIN_MEMORY) at = 0;
      to.u8.set(from.subarray(at, at + size), at);
      sum ^= sumBytes(to, at, size);
    }
  });
  if (sum < 0) throw new RangeError('a sum is never negative');
  return seconds;
}
