// Every field of every frame of the built-in labs is explained; those of the captures are looked at in captures.test.ts.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { carryOut } from '../src/node/carry-out.js';
import { dissect } from '../src/wire/dissect.js';
import { unexplained } from './explained.js';
import { ethernetFrame, ipv4Packet, udpDatagram } from './frames.js';
import { labOf, labText } from './lab-runs.js';

const LABS = fileURLToPath(new URL('../labs/', import.meta.url));
const names = readdirSync(LABS).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []));

it.each(names)('%s has no field without a meaning, a source and a place in the catalogue', async (name) => {
  const trace = (await carryOut(labOf(labText(name), `labs/${name}.yaml`))).trace();
  const lacking = new Set<string>();
  for (const event of trace.events()) {
    if (event.kind !== 'frame-sent') continue;
    for (const text of unexplained(dissect(trace.frameBytes(event.frame)))) lacking.add(text);
  }
  expect([...lacking]).toEqual([]);
});

it('finds what is not explained', () => {
  const dissection = dissect(ethernetFrame(ipv4Packet(udpDatagram(new Uint8Array(1)))));
  const field = { name: 'ip.new', label: 'New', value: 1, text: '1', bitOffset: 0, bits: 8 };
  const layers = dissection.layers.map((layer) => ({ ...layer, fields: [{ ...field, children: [field] }] }));
  expect(unexplained({ ...dissection, layers })).toEqual([
    'ip.new: meaning',
    'ip.new: place in the catalogue',
  ]);
  const { rfc: _, ...ip } = dissection.layers[2] ?? {};
  expect(unexplained({ layers: [ip as (typeof layers)[0]], length: 0 })).toContain('ip.ttl: RFC');
});
