// The walk of nat-http, frame by frame, as the fact sheet has it. What is compared are the bytes of the frames and the
// tables, never a log.

import { beforeAll, describe, expect, it } from 'vitest';
import { parseIpv4 } from '../src/base/address.js';
import { decodeUtf8 } from '../src/base/text.js';
import type { LabRun } from '../src/lab/run-lab.js';
import type { TraceEvent } from '../src/trace/events.js';
import type { Trace } from '../src/trace/trace.js';
import { eventsOf, flagsOf, framesAt, labText, runText, type SeenFrame, tableAt } from './lab-runs.js';

const TEXT = labText('nat-http');
const PC = 'aa:aa:aa:aa:aa:aa';
const LAN = 'bb:bb:bb:bb:bb:bb';
const WAN = 'cc:cc:cc:cc:cc:cc';
const ISP = 'dd:dd:dd:dd:dd:dd';
const EVERYBODY = 'ff:ff:ff:ff:ff:ff';

/** The 22 frames: where, from and to which card, from and to which socket, what. */
const FRAMES = [
  ['LAN', PC, EVERYBODY, '', '', 'ARP request'],
  ['LAN', LAN, PC, '', '', 'ARP reply'],
  ['LAN', PC, LAN, '192.168.0.10:3333', '8.8.8.8:53', 'DNS query'],
  ['WAN', WAN, ISP, '51.0.0.20:10000', '8.8.8.8:53', 'DNS query'],
  ['WAN', ISP, WAN, '8.8.8.8:53', '51.0.0.20:10000', 'DNS answer'],
  ['LAN', LAN, PC, '8.8.8.8:53', '192.168.0.10:3333', 'DNS answer'],
  ['LAN', PC, LAN, '192.168.0.10:9999', '93.184.216.34:80', 'SYN'],
  ['WAN', WAN, ISP, '51.0.0.20:15000', '93.184.216.34:80', 'SYN'],
  ['WAN', ISP, WAN, '93.184.216.34:80', '51.0.0.20:15000', 'SYN, ACK'],
  ['LAN', LAN, PC, '93.184.216.34:80', '192.168.0.10:9999', 'SYN, ACK'],
  ['LAN', PC, LAN, '192.168.0.10:9999', '93.184.216.34:80', 'ACK'],
  ['WAN', WAN, ISP, '51.0.0.20:15000', '93.184.216.34:80', 'ACK'],
  ['LAN', PC, LAN, '192.168.0.10:9999', '93.184.216.34:80', 'ACK, PSH + GET / HTTP/1.1'],
  ['WAN', WAN, ISP, '51.0.0.20:15000', '93.184.216.34:80', 'ACK, PSH + GET / HTTP/1.1'],
  ['WAN', ISP, WAN, '93.184.216.34:80', '51.0.0.20:15000', 'ACK, PSH + HTTP/1.1 200 OK'],
  ['LAN', LAN, PC, '93.184.216.34:80', '192.168.0.10:9999', 'ACK, PSH + HTTP/1.1 200 OK'],
  ['LAN', PC, LAN, '192.168.0.10:9999', '93.184.216.34:80', 'ACK, FIN'],
  ['WAN', WAN, ISP, '51.0.0.20:15000', '93.184.216.34:80', 'ACK, FIN'],
  ['WAN', ISP, WAN, '93.184.216.34:80', '51.0.0.20:15000', 'ACK, FIN'],
  ['LAN', LAN, PC, '93.184.216.34:80', '192.168.0.10:9999', 'ACK, FIN'],
  ['LAN', PC, LAN, '192.168.0.10:9999', '93.184.216.34:80', 'ACK'],
  ['WAN', WAN, ISP, '51.0.0.20:15000', '93.184.216.34:80', 'ACK'],
] as const;

/** A frame as a line of {@link FRAMES}, read from its bytes. */
function told(frame: SeenFrame): readonly string[] {
  const { fields, at } = frame;
  const socket = (side: 'src' | 'dst') =>
    fields[`ip.${side}`] === undefined
      ? ''
      : `${fields[`ip.${side}`]}:${fields[`tcp.${side}port`] ?? fields[`udp.${side}port`]}`;
  return [
    at === 'pc:eth0' ? 'LAN' : 'WAN',
    String(fields['eth.src']),
    String(fields['eth.dst']),
    socket('src'),
    socket('dst'),
    what(frame),
  ];
}

function what(frame: SeenFrame): string {
  const { fields } = frame;
  if (fields['arp.opcode'] !== undefined) return fields['arp.opcode'] === 1 ? 'ARP request' : 'ARP reply';
  if (fields['dns.id'] !== undefined)
    return fields['dns.flags.response'] === true ? 'DNS answer' : 'DNS query';
  const data = payload(frame);
  return data.length === 0 ? flagsOf(frame) : `${flagsOf(frame)} + ${decodeUtf8(data).split('\r\n')[0]}`;
}

/** What TCP or UDP carries. */
function payload({ bytes, fields }: SeenFrame): Uint8Array {
  const header = fields['tcp.hdr_len'] === undefined ? 8 : Number(fields['tcp.hdr_len']);
  return bytes.subarray(14 + 20 + header, 14 + Number(fields['ip.len']));
}

function visit(text = TEXT, seed?: number): { run: LabRun; trace: Trace; frames: SeenFrame[] } {
  const run = runText(text, seed === undefined ? {} : { seed });
  const trace = run.trace();
  return { run, trace, frames: framesAt(trace, 'pc:eth0', 'router:wan') };
}

/** Changes every occurrence of a value in the lab's text. */
function with_(from: string, to: string): string {
  const text = TEXT.replaceAll(from, to);
  if (text === TEXT) throw new Error(`${from} does not stand in the lab`);
  return text;
}

let run: LabRun;
let trace: Trace;
let frames: SeenFrame[];
/** Frame #1 … #22. */
const frame = (number: number) => frames[number - 1] as SeenFrame;
const number = (at: SeenFrame, name: string) => Number(at.fields[name]);

beforeAll(() => {
  ({ run, trace, frames } = visit());
});

describe('the 22 frames', () => {
  it('come in this order, and no others', () => {
    expect(frames.map(told)).toEqual(FRAMES);
    expect(run.finished).toBe(true);
  });

  it.each(FRAMES.map((row, index) => [index + 1, ...row] as const))('#%i %s %s → %s', (at, ...row) => {
    expect(told(frame(at))).toEqual(row);
  });

  it('are sound: every checksum and length is right', () => {
    for (const { dissection } of frames) {
      const problems = dissection.layers.flatMap((layer) => layer.problems);
      // The facts give two cards addresses of groups, which a dissector must say.
      expect(problems.filter(({ field }) => field !== 'eth.src')).toEqual([]);
    }
  });

  it('#1 asks who has 192.168.0.1, #2 says it is at BB', () => {
    expect(frame(1).fields).toMatchObject({
      'eth.type': 0x0806,
      'arp.opcode': 1,
      'arp.src.hw_mac': PC,
      'arp.src.proto_ipv4': '192.168.0.10',
      'arp.dst.hw_mac': '00:00:00:00:00:00',
      'arp.dst.proto_ipv4': '192.168.0.1',
    });
    expect(frame(2).fields).toMatchObject({
      'eth.type': 0x0806,
      'arp.opcode': 2,
      'arp.src.hw_mac': LAN,
      'arp.src.proto_ipv4': '192.168.0.1',
      'arp.dst.hw_mac': PC,
      'arp.dst.proto_ipv4': '192.168.0.10',
    });
  });

  it('#1 reaches every machine of the LAN; all but the router discard it', () => {
    const request = frame(1).packet;
    for (const machine of ['router:lan', 'laptop:eth0', 'printer:eth0']) {
      expect(framesAt(trace, machine).filter(({ packet }) => packet === request)).toHaveLength(1);
    }
    for (const machine of ['laptop', 'printer']) {
      const decisions = eventsOf(trace, 'decided', machine);
      expect(decisions).toHaveLength(1);
      expect(decisions[0]).toMatchObject({ layer: 'arp', verdict: 'drop', reason: 'arp-other-target' });
      expect(tableAt(trace, machine, 'arp')).toEqual({});
    }
    expect(eventsOf(trace, 'decided', 'router')[0]).toMatchObject({ layer: 'arp', verdict: 'reply' });
  });

  it('#3 is the query that was held since before #1', () => {
    const held = eventsOf(trace, 'held', 'pc').find(({ waitsFor }) => waitsFor === 'arp');
    expect(held).toMatchObject({ what: 'ipv4', wanted: '192.168.0.1', open: ['eth.dst'] });
    expect(held?.seq).toBeLessThan(frame(1).event.seq);
    const waiting = trace.frameBytes(held?.frame ?? -1);
    expect(trace.packetId(held?.frame ?? -1)).toBe(frame(3).packet);
    // Only the destination was unknown.
    expect(waiting.subarray(6)).toEqual(frame(3).bytes.subarray(6));
    expect([...waiting.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('the query asks for the address of www.example.com, the answer has it', () => {
    for (const at of [3, 4, 5, 6]) {
      expect(frame(at).fields).toMatchObject({
        'dns.id': frame(3).fields['dns.id'],
        'dns.qry.name': 'www.example.com',
        'dns.qry.type': 1,
        'dns.flags.response': at > 4,
      });
    }
    expect(frame(6).fields).toMatchObject({ 'dns.a': '93.184.216.34', 'dns.count.answers': 1 });
  });

  it('the HTTP request waits for TCP, the SYN for the name', () => {
    const held = eventsOf(trace, 'held', 'pc').map(({ what, waitsFor, wanted, seq }) => ({
      what,
      waitsFor,
      wanted,
      seq,
    }));
    expect(held).toMatchObject([
      { what: 'tcp', waitsFor: 'dns', wanted: 'www.example.com' },
      { what: 'ipv4', waitsFor: 'arp', wanted: '192.168.0.1' },
      { what: 'http', waitsFor: 'tcp', wanted: '93.184.216.34:80' },
    ]);
    const released = eventsOf(trace, 'released', 'pc');
    expect(released.map((event) => [event.held, event.ok])).toEqual([
      [held[1]?.seq, true],
      [held[0]?.seq, true],
      [held[2]?.seq, true],
    ]);
  });

  it('are the same packet on both sides of the router, one hop older', () => {
    for (const [from, to] of [
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
      [11, 12],
      [13, 14],
      [15, 16],
      [17, 18],
      [19, 20],
      [21, 22],
    ] as const) {
      const [before, after] = [frame(from), frame(to)];
      expect(after.packet).toBe(before.packet);
      expect(after.fields['ip.id']).toBe(before.fields['ip.id']);
      expect(after.fields['ip.ttl']).toBe(number(before, 'ip.ttl') - 1);
      expect(payload(after)).toEqual(payload(before));
      for (const name of ['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.window_size_value']) {
        expect(after.fields[name]).toBe(before.fields[name]);
      }
    }
    // A sender writes 64. The answers have two routers behind them when they reach the WAN.
    expect([3, 7, 11, 13, 17, 21].map((at) => frame(at).fields['ip.ttl'])).toEqual([64, 64, 64, 64, 64, 64]);
    expect([5, 9, 15, 19].map((at) => frame(at).fields['ip.ttl'])).toEqual([62, 62, 62, 62]);
  });

  it('acknowledge each other as they should', () => {
    const seq = (at: number) => number(frame(at), 'tcp.seq_raw');
    const ack = (at: number) => number(frame(at), 'tcp.ack_raw');
    const length = (at: number) => number(frame(at), 'tcp.len');
    // The handshake: each side's SYN counts one.
    expect(frame(7).fields['tcp.ack_raw']).toBe(0);
    expect(ack(10)).toBe(seq(7) + 1);
    expect([seq(11), ack(11)]).toEqual([seq(7) + 1, seq(10) + 1]);
    // The request follows where the handshake ended.
    expect([seq(13), ack(13)]).toEqual([seq(11), ack(11)]);
    // #15 acknowledges #14, together with the response.
    expect([seq(15), ack(15)]).toEqual([seq(9) + 1, seq(14) + length(14)]);
    // #17 acknowledges the response and closes, in one segment.
    expect([seq(17), ack(17)]).toEqual([seq(13) + length(13), seq(16) + length(16)]);
    expect(length(17)).toBe(0);
    // #19 acknowledges that FIN and closes too; #21 acknowledges this one.
    expect([seq(19), ack(19)]).toEqual([seq(15) + length(15), seq(18) + 1]);
    expect([seq(21), ack(21)]).toEqual([seq(17) + 1, seq(20) + 1]);
  });

  it('#13 is a GET with Host, User-Agent and Accept', () => {
    const lines = decodeUtf8(payload(frame(13))).split('\r\n');
    expect(lines[0]).toBe('GET / HTTP/1.1');
    expect(lines).toContain('Host: www.example.com');
    expect(lines.find((line) => line.startsWith('User-Agent: '))).toBeDefined();
    expect(lines.find((line) => line.startsWith('Accept: '))).toBeDefined();
  });

  it('#15 is the response with its 606 bytes', () => {
    const text = decodeUtf8(payload(frame(15)));
    const [head, body] = text.split('\r\n\r\n') as [string, string];
    const lines = head.split('\r\n');
    expect(lines[0]).toBe('HTTP/1.1 200 OK');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Content-Length: 606',
        'Content-Type: text/html',
        'Cache-Control: max-age=604800',
      ]),
    );
    for (const name of ['Etag', 'Expires', 'Last-Modified']) {
      expect(lines.find((line) => line.startsWith(`${name}: `))).toBeDefined();
    }
    expect(body).toHaveLength(606);
    expect(run.pages).toMatchObject([{ node: 'pc', url: 'http://www.example.com/' }]);
    expect(run.pages[0]?.page).toMatchObject({ text: body, fromCache: false, response: { status: 200 } });
  });
});

describe('the tables', () => {
  const until = (at: number) => frame(at).event.seq;

  it('at the start', () => {
    const start = until(1);
    expect(tableAt(trace, 'pc', 'dns-cache', start)).toEqual({});
    // Only the question itself is there: the entry is incomplete.
    expect(tableAt(trace, 'pc', 'arp', start)).toMatchObject({
      '192.168.0.1': { mac: '????', state: 'incomplete' },
    });
    expect(Object.keys(tableAt(trace, 'pc', 'arp', firstSeq('activity-begun')))).toEqual([]);
    expect(tableAt(trace, 'router', 'arp', start)).toMatchObject({
      '51.0.0.1': { mac: ISP, interface: 'wan' },
    });
    expect(Object.keys(tableAt(trace, 'router', 'arp', start))).toHaveLength(1);
    expect(tableAt(trace, 'router', 'nat', start)).toEqual({});
    expect(tableAt(trace, 'dns', 'dns-cache', start)).toMatchObject({
      'www.example.com A': { data: '93.184.216.34' },
    });
  });

  it('the routing table of pc', () => {
    const rows = Object.values(tableAt(trace, 'pc', 'route')).map(
      ({ destination, gateway, interface: port }) => [destination, gateway, port],
    );
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['0.0.0.0/0', '192.168.0.1', 'eth0'],
        ['192.168.0.0/24', 'on-link', 'eth0'],
      ]),
    );
  });

  it('ARP: the router learns before #2, pc after it', () => {
    expect(tableAt(trace, 'router', 'arp', sentBy('router', 2))).toMatchObject({
      '192.168.0.10': { mac: PC, interface: 'lan' },
    });
    expect(tableAt(trace, 'pc', 'arp', until(2))).toMatchObject({ '192.168.0.1': { mac: '????' } });
    expect(tableAt(trace, 'pc', 'arp', until(3))).toMatchObject({
      '192.168.0.1': { mac: LAN, state: 'reachable' },
    });
  });

  it('NAT: one row when the query leaves, another when the SYN does', () => {
    expect(Object.keys(tableAt(trace, 'router', 'nat', until(3)))).toEqual([]);
    const query = 'UDP 192.168.0.10 3333 -> 8.8.8.8 10000';
    const connection = 'TCP 192.168.0.10 9999 -> 93.184.216.34 15000';
    expect(Object.keys(tableAt(trace, 'router', 'nat', until(4)))).toEqual([query]);
    expect(Object.keys(tableAt(trace, 'router', 'nat', until(7)))).toEqual([query]);
    expect(Object.keys(tableAt(trace, 'router', 'nat', until(8)))).toEqual([query, connection]);
    expect(tableAt(trace, 'router', 'nat', until(8))).toMatchObject({
      [query]: {
        protocol: 'UDP',
        inside: '192.168.0.10',
        'inside port': 3333,
        remote: '8.8.8.8',
        'external port': 10000,
      },
      [connection]: {
        protocol: 'TCP',
        inside: '192.168.0.10',
        'inside port': 9999,
        remote: '93.184.216.34',
        'external port': 15000,
      },
    });
  });

  it('DNS: pc caches the answer when #6 has come', () => {
    expect(tableAt(trace, 'pc', 'dns-cache', until(6))).toEqual({});
    expect(tableAt(trace, 'pc', 'dns-cache', until(7))).toMatchObject({
      'www.example.com A': { name: 'www.example.com', type: 'A', data: '93.184.216.34' },
    });
  });

  it('TCP: the states of both ends', () => {
    // #20 acknowledges pc's FIN and carries the server's: two steps at once (RFC 9293 §3.10.7.4).
    const states = (node: string) => eventsOf(trace, 'state', node).map(({ to, seq }) => [to, seq] as const);
    expect(states('pc').map(([to]) => to)).toEqual([
      'SYN-SENT',
      'ESTABLISHED',
      'FIN-WAIT-1',
      'FIN-WAIT-2',
      'TIME-WAIT',
      'CLOSED',
    ]);
    expect(states('web').map(([to]) => to)).toEqual([
      'SYN-RECEIVED',
      'ESTABLISHED',
      'CLOSE-WAIT',
      'LAST-ACK',
      'CLOSED',
    ]);
    // pc is established between #10 and #11, the server only with #12.
    const established = (node: string) => states(node).find(([to]) => to === 'ESTABLISHED')?.[1] as number;
    expect(established('pc')).toBeGreaterThan(frame(10).event.seq);
    expect(established('pc')).toBeLessThan(frame(11).event.seq);
    expect(established('web')).toBeGreaterThan(frame(12).event.seq);
    expect(established('web')).toBeLessThan(frame(15).event.seq);
  });

  /** Where in the trace a node sent what arrived as frame `at`. */
  function sentBy(node: string, at: number): number {
    const sent = eventsOf(trace, 'frame-sent', node).find(
      ({ frame: id }) => trace.packetId(id) === frame(at).packet,
    );
    return sent?.seq as number;
  }

  function firstSeq(kind: TraceEvent['kind']): number {
    return eventsOf(trace, kind)[0]?.seq as number;
  }
});

describe('also true', () => {
  it('a packet from the Internet that fits no row is dropped and counted', () => {
    const visited = visit();
    const { world } = visited.run;
    const nat = world.station('router').nat;
    const stray = frame(9).bytes.slice();
    // The SYN, ACK again, for a port that stands for nobody; the sums go on fitting when another word takes the change.
    const view = new DataView(stray.buffer);
    view.setUint16(36, 15001);
    view.setUint16(50, view.getUint16(50) - 1);
    const length = visited.trace.length;
    const unmatched = nat?.unmatched ?? 0;
    world.inject(world.interface('router:wan'), stray);
    world.runToRest();
    expect(nat?.unmatched).toBe(unmatched + 1);
    const events = [...world.trace().events(length)];
    expect(events.map(({ kind }) => kind)).toEqual(['frame-arrived', 'decided']);
    expect(events[1]).toMatchObject({ layer: 'nat', verdict: 'drop', reason: 'nat-no-entry' });
  });

  it('a second request to the same name needs no ARP and no DNS', () => {
    const text = `${TEXT.replace('script:', 'script:\n  - { node: pc, browse: "http://www.example.com/other" }')}`;
    const both = visit(text);
    expect(both.run.pages.map(({ page }) => page.response?.status)).toEqual([404, 200]);
    const all = both.frames.map(what);
    expect(all.filter((kind) => kind.startsWith('ARP') || kind.startsWith('DNS'))).toHaveLength(6);
    expect(all.filter((kind) => kind === 'SYN')).toHaveLength(4);
  });

  it('a fresh entry of the HTTP cache needs no packet at all', () => {
    const twice = visit(
      TEXT.replace('script:', 'script:\n  - { node: pc, browse: "http://www.example.com/" }'),
    );
    expect(twice.run.pages.map(({ page }) => page.fromCache)).toEqual([false, true]);
    expect(twice.frames).toHaveLength(22);
    expect(twice.frames.map(told)).toEqual(FRAMES);
  });

  it('with keep-alive two requests share one connection', () => {
    const text = TEXT.replace('keep-alive: false', 'keep-alive: true').replace(
      'script:',
      'script:\n  - { at: 0s, node: pc, browse: "http://www.example.com/other" }',
    );
    const shared = visit(
      text.replace(
        '{ node: pc, browse: "http://www.example.com/" }',
        '{ at: 1s, node: pc, browse: "http://www.example.com/" }',
      ),
    );
    expect(shared.run.pages.map(({ page }) => page.response?.status)).toEqual([404, 200]);
    const lan = shared.frames.filter(({ at }) => at === 'pc:eth0').map(what);
    expect(lan.filter((kind) => kind === 'SYN')).toHaveLength(1);
    expect(lan.filter((kind) => kind.includes('GET'))).toHaveLength(2);
    expect(lan.filter((kind) => kind.includes('FIN'))).toHaveLength(2);
  });
});

describe('a value changed in the lab changes every frame that carries it', () => {
  /** All values in all frames, as text: where a value appears, by frame number. */
  const carriers = (seen: readonly SeenFrame[], value: string | number) =>
    seen.flatMap(({ fields }, index) =>
      Object.values(fields).some((other) => other === value) ? [index + 1] : [],
    );

  it.each([
    ['udp-port: 3333', 'udp-port: 4444', 3333, 4444],
    ['tcp-port: 9999', 'tcp-port: 12121', 9999, 12121],
    ['nat-udp-port: 10000', 'nat-udp-port: 10101', 10000, 10101],
    ['nat-tcp-port: 15000', 'nat-tcp-port: 16161', 15000, 16161],
    ['AA:AA:AA:AA:AA:AA', '02:00:00:00:12:34', PC, '02:00:00:00:12:34'],
    ['BB:BB:BB:BB:BB:BB', '02:00:00:00:12:34', LAN, '02:00:00:00:12:34'],
    ['CC:CC:CC:CC:CC:CC', '02:00:00:00:12:34', WAN, '02:00:00:00:12:34'],
    ['DD:DD:DD:DD:DD:DD', '02:00:00:00:12:34', ISP, '02:00:00:00:12:34'],
    ['192.168.0.10', '192.168.0.77', '192.168.0.10', '192.168.0.77'],
    ['51.0.0.20', '51.0.0.99', '51.0.0.20', '51.0.0.99'],
    ['8.8.8.8', '8.8.8.44', '8.8.8.8', '8.8.8.44'],
    ['93.184.216.34', '93.184.216.99', '93.184.216.34', '93.184.216.99'],
    ['www.example.com', 'www.elsewhere.test', 'www.example.com', 'www.elsewhere.test'],
  ])('%s → %s', (from, to, old, changed) => {
    const other = visit(with_(from, to)).frames;
    const expected = carriers(frames, old);
    expect(expected.length).toBeGreaterThan(0);
    expect(carriers(other, changed)).toEqual(expected);
    expect(carriers(other, old)).toEqual([]);
    // Nothing else has changed: the same 22 frames with the new value.
    const replaced = FRAMES.map((row) => row.map((cell) => cell.replaceAll(String(old), String(changed))));
    expect(other.map(told)).toEqual(replaced);
  });

  it('the router’s own address changes whom ARP asks for', () => {
    const other = visit(TEXT.replace(/192\.168\.0\.1(?!\d)/g, '192.168.0.254')).frames;
    expect(other[0]?.fields['arp.dst.proto_ipv4']).toBe('192.168.0.254');
    expect(other[1]?.fields['arp.src.proto_ipv4']).toBe('192.168.0.254');
    expect(other.map(told)).toEqual(FRAMES);
  });

  it('pins that the facts leave open can be given too', () => {
    const text = TEXT.replace(
      '    tcp-port: 9999',
      '    tcp-port: 9999\n    isn: 1000\n    dns-id: 0x1234\n    ip-id: [1, 2]',
    );
    const pinned = visit(text).frames;
    expect(pinned[6]?.fields['tcp.seq_raw']).toBe(1000);
    expect(pinned[9]?.fields['tcp.ack_raw']).toBe(1001);
    expect(pinned[2]?.fields['dns.id']).toBe(0x1234);
    expect([pinned[2]?.fields['ip.id'], pinned[6]?.fields['ip.id']]).toEqual([1, 2]);
  });
});

describe('the lab', () => {
  it('repeats itself to the last byte, and not with another seed', () => {
    expect(visit().trace.hash()).toBe(trace.hash());
    const other = visit(TEXT, 2);
    expect(other.trace.hash()).not.toBe(trace.hash());
    // What is pinned stays; what is drawn does not.
    expect(other.frames.map(told)).toEqual(FRAMES);
    expect(other.frames[6]?.fields['tcp.seq_raw']).not.toBe(frame(7).fields['tcp.seq_raw']);
  });

  it('has more hosts on the LAN and at least one router behind the provider’s', () => {
    const { nodes, interfaces } = trace.world;
    const onLan = interfaces.filter(
      ({ address }) =>
        address !== undefined && (parseIpv4(address.split('/')[0] as string) as number) >>> 8 === 0xc0a800,
    );
    expect(onLan.length).toBeGreaterThanOrEqual(3);
    expect(nodes.filter(({ kind }) => kind === 'router').length).toBeGreaterThanOrEqual(2);
  });
});
