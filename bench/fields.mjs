// Eight fields of an IPv4 header: read through the layout's closures, and written out by hand. ns per header.
// `node bench/fields.mjs`; the reason it is here is docs/decisions/0002.

import { execFileSync } from 'node:child_process';
import { ipv4 } from '../dist/wire/ipv4.js';

const SLOT = 2048;
const FRAMES = 2000;
const view = new DataView(new ArrayBuffer(SLOT * FRAMES));
for (let i = 0; i < view.byteLength; i++) view.setUint8(i, (i * 7) & 255);

const { headerWords, totalLength, identification, ttl, protocol, checksum, source, destination } =
  ipv4.fields;

/** @param {number} at */
const byLayout = (at) =>
  headerWords.get(view, at) +
  totalLength.get(view, at) +
  identification.get(view, at) +
  ttl.get(view, at) +
  protocol.get(view, at) +
  checksum.get(view, at) +
  source.get(view, at) +
  destination.get(view, at);

/** @param {number} at */
const byHand = (at) =>
  (view.getUint8(at) & 15) +
  view.getUint16(at + 2) +
  view.getUint16(at + 4) +
  view.getUint8(at + 8) +
  view.getUint8(at + 9) +
  view.getUint16(at + 10) +
  view.getInt32(at + 12) +
  view.getInt32(at + 16);

/** The best of several rounds. @param {(at: number) => number} read */
function measure(read) {
  const headers = 4_000_000;
  let best = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < headers; i++) sum += read((i % FRAMES) * SLOT + 16);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / headers);
  }
  return { ns: Number(best.toFixed(2)), sum };
}

// Each way in a process of its own: the second one in the same would find a loop compiled for two.
const [way] = process.argv.slice(2);
if (way === undefined) {
  /** @param {string} name */
  const run = (name) =>
    JSON.parse(execFileSync(process.execPath, [import.meta.filename, name], { encoding: 'utf8' }));
  const layout = run('layout');
  const hand = run('hand');
  if (layout.sum !== hand.sum) throw new Error('both ways must read the same');
  console.log(JSON.stringify({ case: 'fields', layout_ns: layout.ns, hand_ns: hand.ns }));
} else console.log(JSON.stringify(measure(way === 'hand' ? byHand : byLayout)));
