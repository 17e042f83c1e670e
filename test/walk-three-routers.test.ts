// The walk of three-routers: three phases, told by where packets travel, and three kinds of tables.

import { beforeAll, describe, expect, it } from 'vitest';
import type { LabRun } from '../src/lab/run-lab.js';
import type { Trace } from '../src/trace/trace.js';
import { eventsOf, flagsOf, framesAt, labOf, labText, runText, type SeenFrame, tableAt } from './lab-runs.js';

const TEXT = labText('three-routers');
const A1 = '02:00:00:00:a1:a1';
const B2 = '02:00:00:00:b2:b2';
const C3 = '02:00:00:00:c3:c3';
const EEE1 = '02:00:00:00:ee:e1';
const EEE2 = '02:00:00:00:ee:e2';
const EEE3 = '02:00:00:00:ee:e3';
const EVERYBODY = 'ff:ff:ff:ff:ff:ff';

let run: LabRun;
let trace: Trace;

/** The frames on the cables of some interfaces, each cable seen once: source card, destination card, what. */
function story(...places: readonly string[]): string[] {
  return framesAt(trace, ...places).map(
    (frame) => `${frame.fields['eth.src']} ${frame.fields['eth.dst']} ${what(frame)}`,
  );
}

function what(frame: SeenFrame): string {
  const { fields } = frame;
  if (fields['arp.opcode'] === 1) return `who has ${fields['arp.dst.proto_ipv4']}`;
  if (fields['arp.opcode'] === 2) return `${fields['arp.src.proto_ipv4']} is here`;
  if (fields['dns.id'] !== undefined) return fields['dns.flags.response'] === true ? 'answer' : 'query';
  return flagsOf(frame);
}

beforeAll(() => {
  run = runText(TEXT);
  trace = run.trace();
});

it('brings the page', () => {
  expect(run.finished).toBe(true);
  expect(run.pages).toMatchObject([
    { node: 'A', url: 'http://www.google.com/', page: { response: { status: 200 } } },
  ]);
  expect(labOf(TEXT).phases).toBe('journey');
});

describe('before the start', () => {
  const start = () => eventsOf(trace, 'activity-begun')[0]?.seq as number;

  it('MAC and ARP tables are empty', () => {
    for (const { name } of trace.world.nodes) {
      expect(tableAt(trace, name, 'arp', start())).toEqual({});
      expect(tableAt(trace, name, 'mac', start())).toEqual({});
    }
  });

  it.each([
    ['A', '11.8.8.1', '11.8.8.0/24'],
    ['B', '22.7.7.1', '22.7.7.0/24'],
    ['C', '33.6.6.1', '33.6.6.0/24'],
  ])('%s has a default route to %s', (node, gateway, network) => {
    const rows = Object.values(tableAt(trace, node, 'route', start()));
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(expect.objectContaining({ destination: '0.0.0.0/0', gateway }));
    expect(rows).toContainEqual(expect.objectContaining({ destination: network, gateway: 'on-link' }));
  });

  it.each([
    ['R1', '11.8.8.0/24'],
    ['R2', '22.7.7.0/24'],
    ['R3', '33.6.6.0/24'],
  ])('%s has its network and a default route', (node, network) => {
    const rows = Object.values(tableAt(trace, node, 'route', start()));
    expect(rows).toContainEqual(
      expect.objectContaining({ destination: network, gateway: 'on-link', interface: 'lan' }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ destination: '0.0.0.0/0', interface: 'net' }));
    // Besides these, only the link to the Internet itself.
    expect(rows).toHaveLength(3);
  });
});

describe('the frames at the edges', () => {
  it('between A and the switch', () => {
    expect(story('A:eth0')).toEqual([
      // Phase 1
      `${A1} ${EVERYBODY} who has 11.8.8.1`,
      `${EEE1} ${A1} 11.8.8.1 is here`,
      `${A1} ${EEE1} query`,
      // Phase 2
      `${EEE1} ${A1} answer`,
      // Phase 3: no ARP any more.
      `${A1} ${EEE1} SYN`,
      `${EEE1} ${A1} SYN, ACK`,
      `${A1} ${EEE1} ACK`,
      `${A1} ${EEE1} ACK, PSH`,
      `${EEE1} ${A1} ACK, PSH`,
      `${A1} ${EEE1} ACK, FIN`,
      `${EEE1} ${A1} ACK, FIN`,
      `${A1} ${EEE1} ACK`,
    ]);
  });

  it('between the switch and R1 the same ones pass', () => {
    expect(story('R1:lan')).toEqual(story('A:eth0'));
  });

  it('between R2 and B', () => {
    expect(story('B:eth0')).toEqual([
      `${EEE2} ${EVERYBODY} who has 22.7.7.22`,
      `${B2} ${EEE2} 22.7.7.22 is here`,
      `${EEE2} ${B2} query`,
      `${B2} ${EEE2} answer`,
    ]);
  });

  it('between R3 and C', () => {
    expect(story('C:eth0')).toEqual([
      `${EEE3} ${EVERYBODY} who has 33.6.6.33`,
      `${C3} ${EEE3} 33.6.6.33 is here`,
      `${EEE3} ${C3} SYN`,
      `${C3} ${EEE3} SYN, ACK`,
      `${EEE3} ${C3} ACK`,
      `${EEE3} ${C3} ACK, PSH`,
      `${C3} ${EEE3} ACK, PSH`,
      `${EEE3} ${C3} ACK, FIN`,
      `${C3} ${EEE3} ACK, FIN`,
      `${EEE3} ${C3} ACK`,
    ]);
  });
});

describe('phase 1, A → B', () => {
  it('the switch learns a1a1 on port 4, floods, learns eee1 on port 5, forwards', () => {
    const decisions = eventsOf(trace, 'decided', 'switch');
    const ports = trace.world.interfaces.map(({ name }) => name);
    expect(decisions.slice(0, 3).map(({ verdict, interface: port }) => [verdict, ports[port]])).toEqual([
      ['flood', '4'],
      ['forward', '5'],
      ['forward', '4'],
    ]);
    const learned = eventsOf(trace, 'table-set', 'switch').map(
      ({ after, seq }) => [after.mac, after.port, seq] as const,
    );
    expect(learned.map(([mac, port]) => [mac, port])).toEqual([
      [A1, '4'],
      [EEE1, '5'],
    ]);
    expect(learned[0]?.[2]).toBeLessThan(decisions[0]?.seq as number);
    expect(learned[1]?.[2]).toBeLessThan(decisions[1]?.seq as number);
    // The only frame that was ever flooded.
    expect(decisions.filter(({ verdict }) => verdict === 'flood')).toHaveLength(1);
  });

  it('R1 learns 11.8.8.11 before it answers, A learns 11.8.8.1 from the answer', () => {
    const reply = eventsOf(trace, 'frame-sent', 'R1')[0]?.seq as number;
    expect(tableAt(trace, 'R1', 'arp', reply)).toMatchObject({ '11.8.8.11': { mac: A1, interface: 'lan' } });
    const query = framesAt(trace, 'A:eth0')[2] as SeenFrame;
    expect(tableAt(trace, 'A', 'arp', query.event.seq)).toMatchObject({
      '11.8.8.1': { mac: EEE1, state: 'reachable' },
    });
  });

  it('the query keeps its addresses from end to end; each router takes one off its time to live', () => {
    const query = framesAt(trace, 'A:eth0')[2] as SeenFrame;
    const arrived = framesAt(trace, 'B:eth0')[2] as SeenFrame;
    expect(arrived.packet).toBe(query.packet);
    for (const seen of [query, arrived]) {
      expect(seen.fields).toMatchObject({
        'ip.src': '11.8.8.11',
        'ip.dst': '22.7.7.22',
        'udp.dstport': 53,
        'dns.qry.name': 'www.google.com',
      });
    }
    const routers = trace.world.nodes.filter(({ name }) => ['R1', 'I1', 'I2', 'R2'].includes(name)).length;
    expect([query.fields['ip.ttl'], arrived.fields['ip.ttl']]).toEqual([64, 64 - routers]);
  });

  it('R1 uses its default route, R2 its connected one', () => {
    const query = (framesAt(trace, 'A:eth0')[2] as SeenFrame).packet;
    const row = (node: string) => {
      const decision = eventsOf(trace, 'decided', node).find(
        ({ layer, verdict, frame }) =>
          layer === 'ipv4' && verdict === 'hold' && trace.packetId(frame) === query,
      );
      const set = trace.event(decision?.row ?? -1);
      return set.kind === 'table-set' ? set.after.destination : undefined;
    };
    expect(row('R1')).toBe('0.0.0.0/0');
    expect(row('R2')).toBe('22.7.7.0/24');
  });
});

describe('phase 2, B → A', () => {
  it('needs no ARP at all', () => {
    const sent = framesAt(trace, 'B:eth0')[3] as SeenFrame;
    const arrived = framesAt(trace, 'A:eth0')[3] as SeenFrame;
    const between = [...trace.events(sent.event.seq, arrived.event.seq)].filter(
      ({ kind }) => kind === 'held' || kind === 'table-set',
    );
    expect(between).toEqual([]);
    expect(arrived.packet).toBe(sent.packet);
    expect(arrived.fields).toMatchObject({
      'ip.src': '22.7.7.22',
      'ip.dst': '11.8.8.11',
      'dns.a': '33.6.6.33',
    });
  });
});

describe('phase 3, A → C and back', () => {
  it('needs ARP on the way there, beyond the Internet, and none on the way back', () => {
    const answer = framesAt(trace, 'A:eth0')[3] as SeenFrame;
    const held = eventsOf(trace, 'held').filter(
      ({ seq, waitsFor }) => seq > answer.event.seq && waitsFor === 'arp',
    );
    expect(held.map(({ node, wanted }) => [trace.world.nodes[node]?.name, wanted])).toEqual([
      ['I2', '203.0.113.14'],
      ['R3', '33.6.6.33'],
    ]);
  });
});

describe('at the end', () => {
  it('the MAC address table of the switch', () => {
    expect(Object.values(tableAt(trace, 'switch', 'mac'))).toEqual([
      { mac: A1, port: '4' },
      { mac: EEE1, port: '5' },
    ]);
  });

  it.each([
    ['A', [['11.8.8.1', EEE1]]],
    ['R1', [['11.8.8.11', A1]]],
    ['R2', [['22.7.7.22', B2]]],
    ['B', [['22.7.7.1', EEE2]]],
    ['R3', [['33.6.6.33', C3]]],
    ['C', [['33.6.6.1', EEE3]]],
  ])('the ARP table of %s', (node, expected) => {
    const rows = Object.values(tableAt(trace, node, 'arp')).filter(({ interface: port }) => port !== 'net');
    expect(rows.map(({ address, mac }) => [address, mac])).toEqual(expected);
    expect(rows.every(({ state }) => state === 'reachable')).toBe(true);
  });

  it('a router without a route drops the packet', () => {
    const { world } = runText(TEXT.replace('        - { to: 33.6.6.0/24, via: 203.0.113.14 }\n', ''));
    const dropped = eventsOf(world.trace(), 'decided', 'I2').filter(({ verdict }) => verdict === 'drop');
    expect(dropped.length).toBeGreaterThan(0);
    expect(dropped[0]).toMatchObject({ layer: 'ipv4', reason: 'ipv4-no-route' });
  });
});

it.each([
  ['02:00:00:00:a1:a1', '02:00:00:00:a7:a7'],
  ['11.8.8.11', '11.8.8.99'],
  ['22.7.7.22', '22.7.7.99'],
  ['33.6.6.33', '33.6.6.99'],
])('changing %s changes every frame that carries it', (from, to) => {
  const before = framesAt(trace, 'A:eth0', 'B:eth0', 'C:eth0').map(({ fields }) =>
    Object.values(fields).includes(from),
  );
  const changed = framesAt(runText(TEXT.replaceAll(from, to)).trace(), 'A:eth0', 'B:eth0', 'C:eth0');
  expect(changed.map(({ fields }) => Object.values(fields).includes(to))).toEqual(before);
  expect(changed.some(({ fields }) => Object.values(fields).includes(from))).toBe(false);
  expect(before.filter(Boolean).length).toBeGreaterThan(3);
});

it('repeats itself to the last byte, and not with another seed', () => {
  expect(runText(TEXT).trace().hash()).toBe(trace.hash());
  expect(runText(TEXT, { seed: 7 }).trace().hash()).not.toBe(trace.hash());
});
