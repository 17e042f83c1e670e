// How connections fail, what programs are told and may do meanwhile, and what the trace keeps of it all. RFC 9293 §3.8.3,
// §3.10.

import { describe, expect, it } from 'vitest';
import { eventsOf, expectNoLeaks } from '../../../test/kit.js';
import { TcpBench } from '../../../test/tcp-peer.js';
import { MILLISECOND, SECOND } from '../../base/time.js';

expectNoLeaks();

describe('failing', () => {
  it('gives up a SYN that nobody answers after three minutes, at growing intervals', () => {
    const t = new TcpBench();
    t.connects();
    t.waits(10 * 60 * SECOND).hasTold('failed ETIMEDOUT');
    expect(
      t.all().map(({ flags, seq, time }) => [flags, seq, Math.round(time / MILLISECOND) / 1000]),
    ).toEqual([0, 1, 3, 7, 15, 31, 63, 123].map((time) => ['S', 0, time]));
    const states = eventsOf(t.world, 'state').map(({ time, from, to }) => [time / SECOND, from, to]);
    expect(states).toEqual([
      [0, 'CLOSED', 'SYN-SENT'],
      [183, 'SYN-SENT', 'CLOSED'],
    ]);
    t.isOver();
  });

  it('gives up in SYN-RECEIVED too, and frees its place in the backlog', () => {
    const t = new TcpBench({ backlog: 1 }).listens().sends('S');
    t.waits(10 * 60 * SECOND);
    expect(t.all().map(({ flags, time }) => [flags, Math.round(time / SECOND)])).toEqual(
      [0, 1, 3, 7, 15, 31, 63, 123].map((time) => ['S.', time]),
    );
    t.isIn('CLOSED').hasTold('failed ETIMEDOUT');
    t.sends('S', { seq: 0 }).gets('There is room for the next.', 'S.');
    t.connection.abort();
    t.isOver();
  });

  it('gives up text that nobody acknowledges after a quarter of an hour', () => {
    const t = new TcpBench().accepted();
    t.writes('hello')
      .waits(30 * 60 * SECOND)
      .hasTold('connected', 'failed ETIMEDOUT');
    const all = t.all();
    const tail = Array.from({ length: 14 }, (_, i) => 63 + i * 60);
    expect(all.map(({ time }) => Math.round(time / SECOND))).toEqual([0, 1, 3, 7, 15, 31, ...tail]);
    expect(new Set(all.map(({ flags, seq, length }) => `${flags} ${seq} ${length}`))).toEqual(
      new Set(['P. 1 5']),
    );
    const closed = eventsOf(t.world, 'state').at(-1);
    expect([closed?.to, Math.round((closed?.time ?? 0) / SECOND)]).toEqual(['CLOSED', 903]);
    t.isOver();
  });

  it('says refused, reset or timed out', () => {
    const refused = new TcpBench();
    refused.connects();
    refused.gets('The host calls.', 'S');
    refused.sends('R.', { seq: 0, ack: 1 }).hasTold('failed ECONNREFUSED');
    refused.sends('.', { ack: 1 }).gets('What comes later is reset.', 'R', { seq: 1 });
    refused.isOver();

    const reset = new TcpBench().accepted().sends('R').hasTold('connected', 'failed ECONNRESET');
    reset.isOver();
  });

  it('aborts with a reset where the peer counts on it, and no timer runs on', () => {
    const t = new TcpBench().accepted();
    t.writes('hello').gets('Text.', 'P.', { seq: 1 });
    t.sends('P.', { ack: 1, text: 'one that waits for its acknowledgment' });
    t.does('The program aborts.', (connection) => connection.abort());
    t.gets('The reset stands behind the text.', 'R.', { seq: 6, ack: 38 });
    t.hasTold('connected', 'readable 37', 'closed');
    expect(t.world.engine.pending).toBe(0);
    t.isOver();
  });

  it('aborts what has not been answered with a reset that fits, also into a closed window', () => {
    const t = new TcpBench().listens().sends('S', { window: 0 });
    t.gets('SYN, ACK.', 'S.');
    t.does('The program aborts.', (connection) => connection.abort());
    t.gets('The reset stands behind the SYN.', 'R.', { seq: 1, ack: 1, window: 0 });
    t.isOver();
  });

  it.each([
    ['CLOSING', (t: TcpBench) => t.sends('F.', { ack: 1 })],
    ['TIME-WAIT', (t: TcpBench) => t.sends('F.', { ack: 2 })],
  ] as const)('aborts without one in %s', (state, reach) => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.');
    reach(t).isIn(state).gets('ACK.', '.');
    t.does('The program aborts.', (connection) => connection.abort());
    t.getsNothing('The peer needs none.').hasTold('connected', 'ended', 'closed');
    expect(t.world.engine.pending).toBe(0);
    t.isOver();
  });
});

describe('programs', () => {
  it.each(['abort', 'close'] as const)('may %s in whatever they are told', (act) => {
    for (const moment of ['connected', 'readable', 'ended', 'writable', 'closed', 'failed']) {
      const t = new TcpBench({ accepts: { sendBuffer: 4 } });
      t.listens().sends('S').gets('SYN, ACK.', 'S.');
      t.program.when.connected = (connection) => void connection.write(new Uint8Array(10));
      const before = t.program.when[moment];
      t.program.when[moment] = (connection) => {
        before?.(connection);
        connection[act]();
        connection.read();
        connection.write(new Uint8Array(3));
      };
      t.sends('.').sends('FP.', { text: 'hello', ack: 5 }).sends('.', { ack: 6 }).sends('.', { ack: 9 });
      t.sends('R', { seq: 7 });
      const { told } = t.program;
      expect(told.filter((what) => /closed|failed/.test(what)).length, told.join(', ')).toBe(1);
      expect(told.at(-1)).toMatch(/closed|failed/);
      t.isOver();
    }
  });

  it('may call another connection, or open one, in whatever they are told', () => {
    const t = new TcpBench().accepted();
    const first = t.program;
    first.when.readable = () => {
      t.connects();
      t.program.when.connected = () => first.connection?.write(new Uint8Array([42]));
    };
    t.sends('P.', { text: 'call' });
    const syn = t.gets('The program calls the peer.', 'S', { seq: 0 });
    expect(syn.time).toBe(t.world.now);
    const port = t.connection.local.port;
    t.sends('S.', { seq: 0, ack: 1, to: port });
    t.gets('The new connection stands.', '.', { seq: 1, ack: 1 });
    // The old connection's numbers are unknown to the bench by now; flags and text tell.
    expect(t.all().map(({ flags, text, ack }) => [flags, [...text], ack])).toEqual([['P.', [42], 5]]);
    for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
  });

  it('are told once that there is room again', () => {
    const t = new TcpBench({ accepts: { sendBuffer: 1000 } }).accepted();
    t.writes(new Uint8Array(1500)).gets('A buffer full goes out.', 'P.', { length: 1000 });
    expect(t.connection.write(new Uint8Array(1))).toBe(0);
    t.sends('.', { ack: 501 }).hasTold('connected', 'writable');
    t.sends('.', { ack: 1001 }).hasTold('connected', 'writable');
    t.connection.abort();
  });

  it('are not told of room that they can not use any more', () => {
    const t = new TcpBench({ accepts: { sendBuffer: 1000 } }).accepted();
    t.writes(new Uint8Array(1500)).closes().sends('.', { ack: 501 });
    t.hasTold('connected').connection.abort();
  });

  it('can not write after they have closed', () => {
    const t = new TcpBench().accepted().closes();
    expect(t.connection.write(new Uint8Array(1))).toBe(0);
    t.connection.abort();
    expect(t.connection.write(new Uint8Array(1))).toBe(0);
    expect(t.connection.read()).toEqual(new Uint8Array(0));
    t.connection.shutdown();
    t.connection.abort();
    expect(t.program.told.filter((what) => what === 'closed')).toEqual(['closed']);
  });

  it('can read after the peer has reset the connection what had come before', () => {
    const t = new TcpBench().accepted();
    t.program.reads = false;
    t.sends('P.', { text: 'hello' }).sends('R');
    t.hasTold('connected', 'readable 5', 'failed ECONNRESET');
    expect(t.connection.read(2)).toEqual(new Uint8Array([104, 101]));
    const rest = new Uint8Array(10);
    expect(t.connection.readInto(rest)).toBe(3);
    t.isOver();
  });
});

describe('records', () => {
  it('every change of state, and the row of the table with it', () => {
    const t = new TcpBench().accepted();
    t.sends('F.').closes().sends('.', { ack: 2 }).isOver();
    const key = '192.0.2.1:80 → 192.0.2.2:40000';
    const states = eventsOf(t.world, 'state');
    expect(states.map(({ machine, key, from, to }) => [machine, key, from, to])).toEqual([
      ['tcp', key, 'CLOSED', 'SYN-RECEIVED'],
      ['tcp', key, 'SYN-RECEIVED', 'ESTABLISHED'],
      ['tcp', key, 'ESTABLISHED', 'CLOSE-WAIT'],
      ['tcp', key, 'CLOSE-WAIT', 'LAST-ACK'],
      ['tcp', key, 'LAST-ACK', 'CLOSED'],
    ]);
    const rows = eventsOf(t.world, 'table-set').filter(
      ({ table, after }) => table === 'tcp' && after.remote !== '*',
    );
    expect(rows.map(({ after, before, cause }) => [before?.state, after.state, cause])).toEqual(
      states.slice(0, 4).map(({ from, to, seq }, index) => [index === 0 ? undefined : from, to, seq]),
    );
    const removed = eventsOf(t.world, 'table-removed').filter(({ table }) => table === 'tcp');
    expect(removed.map(({ before, why }) => [before.state, why])).toEqual([['LAST-ACK', 'closed']]);
  });

  /** The kinds of event that led to the last frame the host sent, newest first. */
  function causesOfLastFrame(t: TcpBench): string[] {
    const trace = t.world.trace();
    let at =
      eventsOf(t.world, 'frame-sent').findLast(({ node }) => node === t.host.context.node)?.cause ?? -1;
    const kinds: string[] = [];
    while (at >= 0) {
      const event = trace.event(at);
      if (event.kind === 'decided') kinds.push(`${event.layer} ${event.verdict}`);
      else kinds.push(event.kind === 'app' ? event.name : event.kind);
      at = event.cause;
    }
    return kinds;
  }

  it('why a segment goes out', () => {
    const t = new TcpBench().accepted();
    t.sends('.', { seq: -5 }).gets('Dropped and answered.', '.', { ack: 1 });
    expect(causesOfLastFrame(t).slice(0, 4)).toEqual([
      'ipv4 send',
      'tcp drop',
      'tcp deliver',
      'ipv4 deliver',
    ]);
    t.writes('hello').waits(SECOND);
    expect(causesOfLastFrame(t).slice(0, 4)).toEqual([
      'ipv4 send',
      'tcp.retransmitted',
      'tcp.loss-detected',
      'timer-fired',
    ]);
    t.sends('.', { ack: 6, window: 2 * 1460 })
      .writes(new Uint8Array(4 * 1460))
      .waits(3 * SECOND);
    t.sends('.', { ack: 6 + 1460, window: 4 * 1460 });
    expect(t.all().map(({ seq }) => (seq - 6) / 1460)).toEqual([-5 / 1460, -5 / 1460, 0, 0, 1, 2]);
    // What is new goes out behind what is repeated, but not because of that.
    expect(causesOfLastFrame(t).slice(0, 3)).toEqual(['ipv4 send', 'tcp.recovered', 'tcp deliver']);
    t.sends('.', { ack: 6 + 3 * 1460, window: 4 * 1460 }).gets('The rest.', 'P.', { length: 1460 });
    t.sends('P.', { ack: 6 + 4 * 1460, text: 'hi' }).waits(SECOND);
    expect(causesOfLastFrame(t).slice(0, 4)).toEqual([
      'ipv4 send',
      'timer-fired',
      'timer-set',
      'tcp deliver',
    ]);
    t.connection.abort();
  });
});
