// TCP cases from elsewhere, restated in `conformance/tcp`: what Google's packetimpact and tcpreq ask of a TCP. Their steps
// are sentences; here is what each of them means for our host. A case that nobody has played fails.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../src/base/time.js';
import type { UdpListener, UdpSocket } from '../src/stack/udp-socket.js';
import { UNREACHABLE } from '../src/wire/iana.js';
import { bench, dropsIn, expectNoLeaks, HOST, ip, pattern } from './kit.js';
import { asText, TcpBench } from './tcp-peer.js';
import { readScripts } from './tcp-script/read-script.js';
import { runScript } from './tcp-script/run-script.js';

expectNoLeaks();

interface Case {
  readonly id: string;
  readonly origin: string;
  readonly setup: string;
  readonly steps: readonly string[];
  readonly expect: readonly string[];
  readonly rfc: string;
  readonly level: 'must' | 'choice';
}

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.env.WIREWALK_CONFORMANCE;
const folder = path.resolve(root, given ?? '../shared/conformance', 'tcp');
const cases: Case[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Case[])
  : [];

const REQUEST = 'GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n';

/** A host with a web server whose page is long. */
function webServer(): TcpBench {
  const t = new TcpBench();
  t.host.httpServer.addSite('*', new Map([['/', { body: pattern(5000) }]]));
  return t;
}

/** The whole answer, acknowledged piece by piece. */
function answerOf(t: TcpBench): { readonly text: string; readonly sizes: number[] } {
  const sizes: number[] = [];
  let text = '';
  for (let round = 0; round < 100; round++) {
    const segments = t.all();
    for (const segment of segments) {
      sizes.push(segment.length);
      text += asText(segment.text);
      t.ack = Math.max(t.ack, segment.seq + segment.length);
    }
    if (segments.length > 0) t.sends('.');
    t.waits(50 * MILLISECOND);
  }
  return { text, sizes: sizes.filter((size) => size > 0) };
}

/** A case as a script, see docs/tcp-scripts.md. */
function play(text: string): void {
  for (const script of readScripts('conformance', text).scripts) runScript(script, new Map());
}

function end(t: TcpBench): void {
  for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
  t.isOver();
}

const PLAYED: Readonly<Record<string, () => void>> = {
  'close-wait-unacceptable'() {
    const edge = 2 + 262144;
    for (const values of [
      { seq: edge, text: 'sample data' },
      { seq: edge + 1, text: 'sample data' },
      { seq: edge + 2 },
      { ack: 2, text: 'sample data' },
      { ack: 3 },
    ]) {
      const t = new TcpBench().accepted();
      t.sends('F.').gets('The FIN is acknowledged.', '.', { seq: 1, ack: 2 });
      t.isIn('CLOSE-WAIT').sends('.', { seq: 2, ...values });
      t.gets('It says where it is.', '.', { seq: 1, ack: 2 });
      t.isIn('CLOSE-WAIT').closes().gets('It still closes.', 'F.', { seq: 1, ack: 2 });
      t.sends('.', { seq: 2, ack: 2 }).isIn('CLOSED').hasTold('connected', 'ended', 'closed');
      t.sends('P.', { seq: 2, ack: 2, text: 'more' }).gets('Nobody is there any more.', 'R', { seq: 2 });
      end(t);
    }
  },

  'fin-retransmit'() {
    const t = new TcpBench().accepted().closes();
    t.gets('FIN.', 'F.', { seq: 1 });
    t.waits(2 * SECOND).gets('FIN again.', 'F.', { seq: 1 });
    end(t);
    const both = new TcpBench().accepted().closes();
    both.gets('FIN.', 'F.', { seq: 1 });
    both.sends('F.', { ack: 1 }).gets('The other FIN is acknowledged.', '.', { seq: 2, ack: 2 });
    both.waits(2 * SECOND).gets('FIN again.', 'F.', { seq: 1, ack: 2 });
    end(both);
  },

  // Ours fails at once, as RFC 5461 §4.1 describes: nobody should wait three minutes for what is known.
  'icmp-unreachable-syn-sent'() {
    const t = new TcpBench();
    t.connects();
    const syn = t.gets('SYN.', 'S').frame;
    t.bench.peer.eth0.send(t.bench.from.eth0.icmpError(3, UNREACHABLE.host, syn));
    t.waits(0).hasTold('failed EHOSTUNREACH').isOver();
  },

  'ip-id-retransmit'() {
    const t = new TcpBench().accepted();
    const first = t.writes('sample data').gets('Text.', 'P.').frame;
    const again = t.waits(2 * SECOND).gets('Text again.', 'P.').frame;
    expect([first[18], first[19]]).not.toEqual([again[18], again[19]]);
    end(t);
  },

  'otw-segments'() {
    const edge = 1 + 65535;
    for (const seq of [edge, edge + 1, edge + 1000, edge + 0x40000000]) {
      for (const [flags, text] of [
        ['.', 'abc123'],
        ['.', ''],
        ['F.', ''],
        ['F.', 'abc123'],
        ['S', ''],
        ['S', 'abc123'],
        ['S.', ''],
      ] as const) {
        const t = new TcpBench({ accepts: { receiveBuffer: 65535 } }).accepted();
        for (let times = 0; times < 3; times++) {
          t.sends(flags, { seq, text }).gets('It says where it is.', '.', { seq: 1, ack: 1 });
        }
        t.isIn('ESTABLISHED').hasTold('connected');
        end(t);
      }
    }
  },

  paws() {
    play(`script Text with an old timestamp
from RFC 7323 §5.3
peer timestamps yes
The first is acknowledged with its echo, the second is dropped, and the echo stays.
  program listens
  peer sends SYN, ts 1000
  host sends SYN+ACK, ecr 1000
  +0.1s peer sends ACK, ts 1100
  peer sends PSH+ACK, seq 1:12, ts 2000
  +0..0.5s host sends ACK, ack 12, ecr 2000
  program hears connected, readable 11
  peer sends PSH+ACK, seq 12:23, ts 1900
  host sends ACK, ack 12, ecr 2000
  host drops tcp-paws
  program hears nothing`);
  },

  'send-window-equal'() {
    for (const nodelay of [true, false]) {
      const t = new TcpBench({ accepts: { nodelay } });
      t.accepted().sends('.', { window: 11 });
      t.writes('sample data').writes('sample data').gets('The first whole.', 'P.', { text: 'sample data' });
      t.getsNothing('The second does not fit.').sends('.', { ack: 12, window: 11 });
      t.gets('Now it does.', 'P.', { seq: 12, text: 'sample data' });
      end(t);
    }
  },

  'send-window-smaller'() {
    const t = new TcpBench().accepted().sends('P.', { window: 10, text: 'hello' });
    t.writes('sample data').waits(SECOND);
    const segments = t.all();
    expect(asText(segments.find(({ length }) => length > 0)?.text ?? new Uint8Array())).toBe('sample dat');
    expect(segments.at(-1)?.ack).toBe(6);
    t.sends('P.', { ack: 11, window: 10, text: 'again' });
    t.gets('The rest, with the acknowledgment.', 'P.', { seq: 11, ack: 11, text: 'a' });
    end(t);
  },

  'syn-sent-reset'() {
    const t = new TcpBench();
    t.connects();
    t.gets('SYN.', 'S');
    t.sends('R.', { ack: 1 }).hasTold('failed ECONNREFUSED');
    t.sends('.', { ack: 1 }).gets('Nobody is there any more.', 'R', { seq: 1 });
    end(t);
  },

  'window-stays-open'() {
    for (const size of [64, 512, 1024]) {
      const t = new TcpBench({ accepts: { receiveBuffer: 4096 } }).accepted();
      for (let count = 0; count < 50; count++) {
        t.sends('P.', { text: pattern(size) });
        for (const { window } of t.all()) expect(window).toBeGreaterThan(0);
      }
      end(t);
    }
  },

  'checksum-zero'() {
    const t = webServer();
    t.sends('S', { seq: 0, checksum: 0 }).getsNothing('No answer.').sends('S', { seq: 0 });
    t.gets('An answer.', 'S.', { ack: 1 });
    t.sends('.', { seq: 1 }).sends('P.', { seq: 1, text: REQUEST, checksum: 0 });
    t.waits(SECOND).getsNothing('No answer.');
    expect(dropsIn(t.world)).toEqual(['tcp-bad-checksum', 'tcp-bad-checksum']);
    t.sends('P.', { seq: 1, text: REQUEST });
    t.seq = 1 + REQUEST.length;
    expect(answerOf(t).text).toMatch(/^HTTP\/1.1 200 /);
    end(t);
  },

  'mss-missing'() {
    const t = webServer().sends('S');
    t.gets('SYN, ACK.', 'S.');
    const { text, sizes } = answerOf(t.sends('P.', { text: REQUEST }));
    expect(text.length).toBeGreaterThan(5000);
    expect(Math.max(...sizes)).toBe(536);
    end(t);
  },

  'options-late'() {
    const t = webServer().sends('S', { options: [{ kind: 'mss', value: 500 }] });
    t.gets('SYN, ACK.', 'S.');
    const { text, sizes } = answerOf(
      t.sends('P.', { text: REQUEST, options: [{ kind: 'mss', value: 1000 }] }),
    );
    expect(text.length).toBeGreaterThan(5000);
    expect(Math.max(...sizes)).toBe(500);
    end(t);
  },

  'udp-icmp-error'() {
    const { world, station, port, peer, from } = bench('host', { eth: HOST });
    const told: string[] = [];
    const listener = (name: string): UdpListener => ({ failed: (error) => told.push(`${name} ${error}`) });
    const to = { address: ip(HOST.peer), port: 9 };
    const open = (socket: UdpSocket | string): UdpSocket =>
      typeof socket === 'string' ? expect.fail(socket) : socket;
    const connected = open(station.stack.udp.connect(to, listener('connected')));
    const free = open(station.stack.udp.open(0, listener('unconnected')));
    open(station.stack.udp.connect({ ...to, port: 10 }, listener('other')));
    for (const socket of [connected, free]) {
      socket.send(pattern(5), socket === free ? to : undefined);
      world.advance(0);
      world.inject(port.eth, from.eth.icmpError(3, UNREACHABLE.port, peer.eth.take()));
      world.advance(SECOND);
    }
    expect(told).toEqual(['connected ECONNREFUSED']);
  },

  'reserved-bits'() {
    for (const reserved of [1, 2, 4, 8, 15]) {
      const t = webServer().sends('S', { reserved });
      const answer = t.gets('SYN, ACK.', 'S.');
      t.sends('P.', { text: REQUEST, reserved });
      const segments = [answer, ...t.all()];
      expect(segments.length).toBeGreaterThan(3);
      for (const { frame } of segments) expect((frame[46] as number) & 15).toBe(0);
      t.ack = 1;
      end(t);
    }
  },
};

if (cases.length === 0) {
  if (given !== undefined) {
    it('finds the cases', () => expect.fail(`there are no cases in ${folder}`));
  } else {
    console.warn(`\n!!! there is no ${folder}: the TCP cases from elsewhere are SKIPPED\n`);
    describe.skip('TCP cases from elsewhere', () => it('needs the conformance folder', () => {}));
  }
} else {
  describe('TCP cases from elsewhere', () => {
    for (const { id, level, rfc, expect: promises } of cases) {
      const name = `${id} (${level}, ${rfc}): ${promises.join('; ')}`;
      it(name, PLAYED[id] ?? (() => expect.fail('nobody has said how to play this case')));
    }
  });
}
