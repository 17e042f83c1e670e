// The words of the picture: devices, cables, frames, and the sentence that says what is seen.

import { beforeAll, describe, expect, it } from 'vitest';
import type { FrameLine, WorldDescription } from 'wirewalk';
import type { HeldRun } from '../state/store.js';
import { ALL_LABS, runOfLab } from '../test/kit.js';
import { answerTo } from '../worker/questions.js';
import { type Mark, marksAt } from './moment.js';
import { sceneOf } from './scene.js';
import {
  cableWords,
  calledNode,
  counted,
  deviceWords,
  type FrameWords,
  frameWords,
  kindWord,
  pictureSentence,
  rateWord,
  withArticle,
} from './words.js';

let run: HeldRun;
let world: WorldDescription;
beforeAll(async () => {
  run = await runOfLab('nat-http');
  ({ world } = run);
});

const node = (name: string): number => world.nodes.findIndex((one) => one.name === name);

describe('devices and cables', () => {
  it('a device: what is written on it, what people call it, its kind, its addresses', () => {
    expect(deviceWords(world, node('router'))).toBe(
      'router, the home router, NAT router, lan 192.168.0.1/24, wan 51.0.0.20/24',
    );
    expect(deviceWords(world, node('switch'))).toBe('switch, the switch, switch');
    expect(deviceWords(world, 99)).toBe('');
    expect([calledNode(world, node('pc')), calledNode(world, -1)]).toEqual(['the computer', 'nobody']);
  });

  it('a device without a label, and a kind that nobody knows', () => {
    const bare = { ...world, nodes: world.nodes.map(({ label: _, ...rest }) => rest) };
    expect(deviceWords(bare, node('pc'))).toBe('pc, host, eth0 192.168.0.10/24');
    expect(calledNode(bare, node('pc'))).toBe('pc');
    expect([kindWord('tap'), kindWord('toaster'), kindWord('constructor')]).toEqual([
      'TAP',
      'toaster',
      'constructor',
    ]);
  });

  it('a cable: both ends, delay and rate', () => {
    const [first] = world.links as readonly [WorldDescription['links'][number]];
    expect(cableWords(world, first)).toBe('pc eth0 192.168.0.10/24 – switch p1, 10 µs, 1 Gbit/s');
    expect(cableWords(world, { ...first, delay: 0, rate: 0, ends: [first.ends[0], 999] })).toBe(
      'pc eth0 192.168.0.10/24 – ?',
    );
  });

  it.each([
    [0, 'unlimited'],
    [9600, '9.6 kbit/s'],
    [56_000, '56 kbit/s'],
    [100_000_000, '100 Mbit/s'],
    [2_500_000_000, '2.5 Gbit/s'],
    [400_000_000_000, '400 Gbit/s'],
    [999, '999 bit/s'],
  ])('a rate of %i: %s', (rate, word) => {
    expect(rateWord(rate)).toBe(word);
  });

  it('counts', () => {
    expect([counted(0, 'cable'), counted(1, 'cable'), counted(8, 'cable')]).toEqual([
      '0 cables',
      '1 cable',
      '8 cables',
    ]);
  });
});

describe('frames', () => {
  const words = (protocol: string, info: string): FrameWords => frameWords({ protocol, info } as FrameLine);

  it.each([
    ['ARP', 'Who has 192.0.2.1? Tell 192.0.2.2', 'ARP request', 'ARP', 'ARP request'],
    ['ARP', '192.0.2.1 is at 02:00:00:00:00:01', 'ARP reply', 'ARP', 'ARP reply'],
    ['ARP', 'ARP for other addresses than IPv4 over Ethernet', 'ARP message', 'ARP', 'ARP message'],
    ['DNS', 'Standard query 0x13d5 A www.example.com', 'DNS query', 'DNS', 'DNS query'],
    [
      'DNS',
      'Standard query response 0x13d5 A www.example.com A 192.0.2.1',
      'DNS answer',
      'DNS',
      'DNS answer',
    ],
    // Names may be anything.
    ['DNS', 'Standard query 0x13d5 A response 0x.example', 'DNS query', 'DNS', 'DNS query'],
    ['TCP', '1 → 80 [SYN] Seq=0 Len=0', 'SYN', 'SYN', 'SYN'],
    ['TCP', '80 → 1 [FIN, ACK] Seq=0 Ack=1 Len=5', 'FIN, ACK', 'TCP', 'FIN, ACK'],
    ['TCP', '80 → 1 [PSH, ACK] Seq=0 Ack=1 Len=767', 'TCP, 767 bytes', 'TCP', 'TCP segment'],
    ['TCP', '80 → 1 [ACK] Seq=0 Ack=1 Len=1', 'TCP, 1 byte', 'TCP', 'TCP segment'],
    ['TCP', 'TCP header, cut short', 'TCP', 'TCP', 'TCP segment'],
    ['HTTP', 'GET / HTTP/1.1', 'GET /', 'HTTP', 'HTTP request'],
    ['HTTP', 'GET /a/very/long/path/to/a/page HTTP/1.1', 'GET /a/very/lon…', 'HTTP', 'HTTP request'],
    ['HTTP', 'HTTP/1.1 404 Not Found', '404 Not Found', 'HTTP', 'HTTP response'],
    ['ICMP', 'Echo Request id=0x5cce seq=1', 'echo request', 'ICMP', 'ICMP echo request'],
    [
      'ICMP',
      'Time Exceeded (Time to Live Exceeded in Transit)',
      'time exceeded',
      'ICMP',
      'ICMP time exceeded',
    ],
    ['ICMP', '', 'ICMP message', 'ICMP', 'ICMP message'],
    ['IPv4', '192.0.2.1 → 192.0.2.2 (fragment at 8, ID 0x1)', 'fragment', 'IPv4', 'fragment'],
    ['UDP', '1 → 2 Len=0', 'UDP datagram', 'UDP', 'UDP datagram'],
    ['LLDP', 'data', 'LLDP', 'LLDP', 'LLDP frame'],
    ['0x88b5', 'data', '0x88b5', '0x88b5', '0x88b5 frame'],
    ['802.1Q VLAN', 'data', '802.1Q VLAN', '802.1…', '802.1Q VLAN frame'],
  ])('%s “%s”: %s, %s, %s', (protocol, info, short, shortest, noun) => {
    expect(words(protocol, info)).toEqual({ short, shortest, noun });
  });

  it.each([
    ...['ARP request', 'ACK', 'RST, ACK', 'HTTP request', 'ICMP echo request', 'IP packet', 'LLC frame'].map(
      an,
    ),
    ...['OSPF frame', 'Ethernet frame', 'LLDP frame', 'MPLS frame', 'SCTP frame', '802.1X frame', 'echo'].map(
      an,
    ),
    ...[
      'SYN',
      'FIN, ACK',
      'PSH, ACK',
      'DNS query',
      'TCP segment',
      'UDP datagram',
      'fragment',
      'GRE frame',
    ].map(a),
    ...['VLAN frame', '0x88b5 frame', 'Logical Link frame'].map(a),
  ])('%s', (said) => {
    expect(withArticle(said.replace(/^an? /, ''))).toBe(said);
  });

  function an(noun: string): string {
    return `an ${noun}`;
  }
  function a(noun: string): string {
    return `a ${noun}`;
  }

  it('of the labs all have short names', async () => {
    for (const name of ALL_LABS) {
      const held = await runOfLab(name);
      const frames = Array.from({ length: held.frames.length }, (_, frame) => frame);
      for (const line of await answerTo('lines', { run: held.run, frames })) {
        const { short, shortest, noun } = frameWords(line);
        expect([...short].length).toBeLessThanOrEqual(20);
        expect([...shortest].length).toBeLessThanOrEqual(6);
        expect(noun).not.toMatch(/frame$/);
      }
    }
  });
});

describe('the sentence', () => {
  const mark = (change: Partial<Mark>): Mark => ({
    ...{ frame: 0, count: 1, link: 0, back: false, layer: 'link', state: 'sent', lost: false },
    ...{ from: node('pc'), to: node('switch') },
    ...change,
  });
  const WORDS = new Map([
    [0, { short: '', shortest: '', noun: 'ARP request' }],
    [1, { short: '', shortest: '', noun: 'SYN' }],
  ]);
  const said = (...marks: readonly Partial<Mark>[]): string =>
    pictureSentence(run, 0, marks.map(mark), WORDS);

  it('says what goes where', () => {
    expect(said({})).toBe('An ARP request goes from the computer to the switch.');
    expect(said({ frame: 1, state: 'come' })).toBe('A SYN has come from the computer to the switch.');
    expect(said({ lost: true })).toBe('An ARP request from the computer to the switch is lost on the way.');
    expect(said({ frame: 7 })).toBe('A frame goes from the computer to the switch.');
  });

  it('tells copies from several frames, and lost ones from others', () => {
    const from = node('switch');
    expect(
      said({ from, to: node('laptop') }, { from, to: node('printer') }, { from, to: node('router') }),
    ).toBe('Copies of an ARP request go from the switch to the laptop, the printer and the home router.');
    expect(said({ frame: 1, count: 3 })).toBe('3 frames (SYN) go from the computer to the switch.');
    expect(said({ frame: 7, count: 3 })).toBe('3 frames go from the computer to the switch.');
    expect(said({}, { lost: true })).toBe(
      'An ARP request goes from the computer to the switch. An ARP request from the computer to the switch is lost on the way.',
    );
  });

  it('does not list everybody', () => {
    const to = world.nodes.map((_, index) => ({ from: node('switch'), to: index }));
    expect(said(...to)).toMatch(
      /^Copies of an ARP request go from the switch to (?:[^,]+, ){3}[^,]+ and 5 more\.$/,
    );
  });

  it('says when nothing moves, and what is still on its way', () => {
    expect(said()).toBe(`Nothing moves on a cable; ${run.steps[0]?.nodeLabel} is at work.`);
    expect(said({ state: 'under way', frame: 1 })).toBe(
      'The computer is at work. A SYN is still on the way from the computer to the switch.',
    );
    expect(said({}, { state: 'under way', count: 2 }, { state: 'under way', frame: 1 })).toMatch(
      /^An ARP request goes [^.]+\. 3 frames are under way\.$/,
    );
  });

  it('is there for every step of every lab, in whole sentences', async () => {
    for (const name of ALL_LABS) {
      const held = await runOfLab(name);
      const layout = { width: 1, height: 1, nodeWidth: 1, nodeHeight: 1, nodes: [], links: [] };
      const links = held.world.links.map(() => [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ]);
      const { cableOf } = sceneOf(held.world, { ...layout, links });
      for (const [place, { lastSeq }] of held.steps.entries()) {
        const sentence = pictureSentence(held, place, marksAt(held, cableOf, place, lastSeq), WORDS);
        expect(sentence).toMatch(/^[\p{Lu}\d].*\.$/u);
        expect(sentence).not.toMatch(/undefined|NaN|nobody|\ba [aeio]/);
      }
    }
  });
});
