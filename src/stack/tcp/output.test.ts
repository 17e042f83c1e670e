// What a connection sends, and when: acknowledgments, retransmissions, probes, and nothing silly.
// RFC 9293 §3.7–3.8, RFC 6298, RFC 1122 §4.2.3.

import { describe, expect, it } from 'vitest';
import { eventsOf, expectNoLeaks, pattern } from '../../../test/kit.js';
import { TcpBench } from '../../../test/tcp-peer.js';
import { MILLISECOND, SECOND } from '../../base/time.js';

expectNoLeaks();

const times = (t: TcpBench): number[] => t.all().map(({ time }) => Math.round(time / MILLISECOND));
const MSS = { kind: 'mss', value: 1460 } as const;

describe('acknowledgments', () => {
  it('wait 40 ms for something to go with', () => {
    const t = new TcpBench().accepted().sends('P.', { text: 'hello' });
    t.waits(40 * MILLISECOND - 1)
      .getsNothing('Not yet.')
      .waits(1)
      .gets('Now.', '.', { seq: 1, ack: 6 });
    t.connection.abort();
  });

  it('go at once for every second segment', () => {
    const t = new TcpBench().accepted();
    for (let round = 0; round < 3; round++) {
      t.sends('.', { text: pattern(1460) }).getsNothing('One waits.');
      t.sends('.', { text: pattern(1460) }).gets('Two do not.', '.', { ack: t.seq });
    }
    t.waits(SECOND).getsNothing('Nothing is left to acknowledge.');
    t.connection.abort();
  });

  it('go with text of the program', () => {
    const t = new TcpBench().accepted().sends('P.', { text: 'hello' });
    t.waits(10 * MILLISECOND)
      .writes('hi')
      .gets('Both in one.', 'P.', { ack: 6, text: 'hi' });
    t.waits(100 * MILLISECOND).getsNothing('Nothing is left to acknowledge.');
    t.connection.abort();
  });

  it('go at once for what comes twice, out of order, or closes a gap', () => {
    const t = new TcpBench().accepted();
    t.sends('.', { seq: 1 + 100, text: pattern(100) }).gets('A gap.', '.', { ack: 1 });
    t.sends('.', { seq: 1 + 300, text: pattern(100) }).gets('Another gap.', '.', { ack: 1 });
    t.sends('.', { seq: 1, text: pattern(100) }).gets('The first one is closed.', '.', { ack: 201 });
    t.sends('.', { seq: 1, text: pattern(100) }).gets('Once more.', '.', { ack: 201 });
    t.sends('.', { seq: 151, text: pattern(150) }).gets('The second one is closed.', '.', { ack: 401 });
    t.sends('.', { seq: 401, text: pattern(100) }).getsNothing('In order, it waits.');
    t.connection.abort();
  });
});

describe('retransmission', () => {
  it('doubles its wait from 1 s, and says so', () => {
    const t = new TcpBench().accepted();
    t.writes('hello').waits(63 * SECOND - 1);
    expect(times(t)).toEqual([0, 1000, 3000, 7000, 15000, 31000]);
    const told = eventsOf(t.world, 'app').filter(({ name }) => name === 'tcp.retransmitted');
    expect(told.map(({ data }) => [data.attempt, data.length, Number(data.timeout) / SECOND])).toEqual([
      [1, 5, 2],
      [2, 5, 4],
      [3, 5, 8],
      [4, 5, 16],
      [5, 5, 32],
    ]);
    expect(told[0]?.data.connection).toBe('192.0.2.1:80 → 192.0.2.2:40000');
    t.connection.abort();
  });

  it('follows the measured round trip, never below 1 s', () => {
    const t = new TcpBench();
    t.connects();
    t.waits(800 * MILLISECOND).gets('SYN.', 'S');
    t.sends('S.');
    t.gets('ACK.', '.');
    // SRTT 800 ms, RTTVAR 400 ms: RTO 2400 ms.
    t.writes('a').gets('a', 'P.');
    t.waits(2400 * MILLISECOND - 1);
    t.getsNothing('Not yet.').waits(1);
    expect(times(t)).toEqual([3200]);
    t.connection.abort();
  });

  it('waits 3 s at first where the SYN was sent twice', () => {
    const t = new TcpBench();
    t.connects();
    t.waits(SECOND);
    expect(times(t)).toEqual([0, 1000]);
    t.sends('S.', { ack: 1 });
    t.gets('ACK.', '.');
    t.writes('a').gets('a', 'P.', { seq: 1 });
    t.waits(3 * SECOND);
    expect(times(t)).toEqual([4000]);
    t.connection.abort();
  });

  it('does not measure what was sent twice, and keeps the longer wait until it has measured (Karn)', () => {
    const t = new TcpBench().accepted();
    t.writes('a').gets('a', 'P.');
    t.waits(SECOND).gets('a again', 'P.', { seq: 1 });
    t.waits(100 * MILLISECOND).sends('.', { ack: 2 });
    t.writes('b').gets('b', 'P.', { seq: 2 });
    t.waits(2 * SECOND - 1)
      .getsNothing('The wait is still 2 s.')
      .waits(1)
      .gets('b again', 'P.', { seq: 2 });
    t.sends('.', { ack: 3 }).writes('c').gets('c', 'P.');
    t.waits(100 * MILLISECOND)
      .sends('.', { ack: 4 })
      .writes('d')
      .gets('d', 'P.', { seq: 4 });
    t.waits(SECOND).gets('Now it is 1 s again.', 'P.', { seq: 4 });
    t.connection.abort();
  });

  it('sends one segment, and the rest when that is acknowledged', () => {
    const t = new TcpBench().accepted();
    t.writes(pattern(5 * 1460));
    expect(t.all().map(({ seq }) => seq)).toEqual([1, 1461, 2921, 4381, 5841]);
    t.waits(SECOND).gets('The first again.', '.', { seq: 1, length: 1460 });
    t.getsNothing('Only the first.').sends('.', { ack: 1461 });
    const seen = () => t.all().map(({ seq, flags }) => [seq, flags]);
    expect(seen(), 'slow start, from one segment').toEqual([
      [1461, '.'],
      [2921, '.'],
    ]);
    t.sends('.', { ack: 2921 });
    expect(seen()).toEqual([
      [4381, '.'],
      [5841, 'P.'],
    ]);
    t.sends('.', { ack: 1 + 5 * 1460 })
      .waits(10 * SECOND)
      .getsNothing('All is done.');
    t.connection.abort();
  });

  it('goes on where the peer is, when it had only lost one segment', () => {
    const t = new TcpBench().accepted();
    t.writes(pattern(5 * 1460)).all();
    t.waits(SECOND).gets('The first again.', '.', { seq: 1 });
    t.writes(pattern(1460, 2)).all();
    t.sends('.', { ack: 1 + 5 * 1460 });
    expect(t.all().every(({ seq }) => seq === 1 + 5 * 1460)).toBe(true);
    t.connection.abort();
  });

  it('begins its wait anew with every acknowledgment of something new', () => {
    const t = new TcpBench().accepted();
    t.writes(pattern(3 * 1460)).all();
    t.waits(900 * MILLISECOND).sends('.', { ack: 1461 });
    t.waits(900 * MILLISECOND)
      .getsNothing('Not yet.')
      .sends('.', { ack: 2921 });
    // The round trip has been measured as 900 ms meanwhile.
    t.waits(SECOND).getsNothing('Not yet.').waits(SECOND).gets('Now.', 'P.', { seq: 2921 });
    t.connection.abort();
  });

  it('has another identification in the IP header', () => {
    const t = new TcpBench().accepted();
    const first = t.writes('hello').gets('Text.', 'P.').frame;
    const again = t.waits(SECOND).gets('Again.', 'P.').frame;
    const id = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint16(18);
    expect(id(again)).not.toBe(id(first));
    t.connection.abort();
  });

  it('carries the newest acknowledgment and what has been written since', () => {
    const t = new TcpBench({ accepts: { nodelay: true } }).accepted();
    t.writes('one ').gets('Text.', 'P.', { text: 'one ' });
    t.writes('two').gets('More.', 'P.', { text: 'two' });
    t.sends('P.', { text: 'hello', ack: 1 }).waits(SECOND);
    t.gets('ACK.', '.', { ack: 6 });
    t.gets('Both texts in one.', 'P.', { seq: 1, ack: 6, text: 'one two' });
    t.connection.abort();
  });
});

describe('the window of the peer', () => {
  it('is never exceeded', () => {
    const t = new TcpBench().accepted();
    t.sends('.', { window: 4000 }).writes(pattern(10000));
    expect(t.all().map(({ seq, length }) => [seq, length])).toEqual([
      [1, 1460],
      [1461, 1460],
    ]);
    t.sends('.', { ack: 2921, window: 4000 });
    expect(t.all().map(({ seq, length }) => [seq, length])).toEqual([
      [2921, 1460],
      [4381, 1460],
    ]);
    t.connection.abort();
  });

  it('counts in units where both sides have agreed on that, but not in a SYN', () => {
    const t = new TcpBench();
    t.connects();
    t.gets('SYN.', 'S');
    t.sends('S.', { window: 1000, options: [MSS, { kind: 'nop' }, { kind: 'window-scale', shift: 7 }] });
    t.gets('ACK.', '.', { window: 262144 >> 3 });
    t.writes(pattern(5000)).gets('1000 bytes: half the largest window there was.', '.', { length: 1000 });
    t.getsNothing('No more.').sends('.', { ack: 1001, window: 20 });
    expect(t.all().map(({ length }) => length)).toEqual([1460]);
    t.connection.abort();
  });

  it('is told by the newest segment, not by one that comes late', () => {
    const t = new TcpBench().accepted().sends('P.', { text: 'hello' }).sends('.', { window: 100 });
    t.sends('.', { seq: 1, window: 60000 }).waits(SECOND).all();
    t.writes(pattern(200)).waits(SECOND).gets('100 bytes.', '.', { length: 100 });
    t.connection.abort();
  });

  it('may shrink: what is beyond it waits', () => {
    const t = new TcpBench().accepted();
    t.writes(pattern(4 * 1460)).all();
    t.sends('.', { ack: 1461, window: 1000 }).getsNothing('Nothing fits.');
    t.waits(SECOND).gets('What fits is sent again.', '.', { seq: 1461, length: 1000 });
    t.sends('.', { ack: 2461, window: 60000 });
    expect(t.all().map(({ seq, length }) => [seq, length])).toEqual([
      [2461, 460],
      [2921, 1460],
    ]);
    t.connection.abort();
  });

  it('is probed when it is closed, at growing intervals, as long as the peer answers', () => {
    const t = new TcpBench().accepted().sends('.', { window: 0 });
    t.writes('hello').getsNothing('The window is closed.');
    const at: number[] = [];
    for (let probe = 0; probe < 30; probe++) {
      const from = t.world.now;
      let probes = t.all();
      while (probes.length === 0) probes = t.waits(500 * MILLISECOND).all();
      expect(probes.map(({ seq, flags, text }) => [seq, flags, text.length])).toEqual([[1, '.', 1]]);
      at.push(Math.round(((probes[0]?.time ?? 0) - from) / SECOND));
      t.sends('.', { ack: 1, window: 0 });
    }
    expect(at).toEqual([1, 2, 4, 8, 16, 32, ...Array.from({ length: 24 }, () => 60)]);
    const told = eventsOf(t.world, 'app').map(({ name }) => name);
    expect(told.filter((name) => name === 'tcp.window-probed').length).toBe(30);
    expect(told).not.toContain('tcp.retransmitted');
    t.sends('.', { ack: 1, window: 1000 }).gets('It opens: all goes at once.', 'P.', {
      seq: 1,
      text: 'hello',
    });
    expect(eventsOf(t.world, 'app').map(({ name }) => name)).not.toContain('tcp.retransmitted');
    t.waits(SECOND).gets('The wait is short again.', 'P.', { seq: 1 });
    t.connection.abort();
  });

  it('is probed where the peer is, when it closes over what is under way', () => {
    const t = new TcpBench().accepted();
    t.writes(pattern(3 * 1460)).all();
    t.sends('.', { ack: 1461, window: 0 }).waits(SECOND);
    t.gets('One byte.', '.', { seq: 1461, length: 1 });
    t.sends('.', { ack: 1461 });
    expect(t.all().map(({ seq }) => seq)).toEqual([1461, 2921]);
    t.connection.abort();
  });

  it('may be opened byte by byte by the probes', () => {
    const t = new TcpBench().accepted().sends('.', { window: 0 });
    t.writes('hello').waits(SECOND).gets('A probe.', '.', { seq: 1, text: 'h' });
    t.sends('.', { ack: 2, window: 0 }).waits(SECOND).gets('The next byte.', '.', { seq: 2, text: 'e' });
    t.sends('.', { ack: 3, window: 100 }).gets('The rest.', 'P.', { seq: 3, text: 'llo' });
    t.connection.abort();
  });

  it('keeps the connection alive only while the peer answers the probes', () => {
    const t = new TcpBench().accepted().sends('.', { window: 0 });
    t.writes('hello')
      .waits(20 * 60 * SECOND)
      .hasTold('connected', 'failed ETIMEDOUT');
    expect(times(t).slice(0, 8)).toEqual([1, 3, 7, 15, 31, 63, 123, 183].map((second) => second * 1000));
    t.isOver();
  });

  it('does not count the time before there was something to send', () => {
    const t = new TcpBench()
      .accepted()
      .sends('.', { window: 0 })
      .sends('.', { window: 0 })
      .waits(1000 * SECOND);
    t.writes('hello').waits(SECOND).gets('A probe.', '.', { length: 1 });
    t.hasTold('connected').connection.abort();
  });

  it('holds the FIN back too, and is probed with it', () => {
    const t = new TcpBench().accepted().sends('.', { window: 0 }).closes();
    t.isIn('FIN-WAIT-1')
      .getsNothing('The FIN has no room.')
      .waits(SECOND)
      .gets('It probes.', 'F.', { seq: 1 });
    t.sends('.', { ack: 1, window: 0 })
      .waits(2 * SECOND)
      .gets('It probes.', 'F.', { seq: 1 });
    t.sends('.', { ack: 2, window: 0 }).isIn('FIN-WAIT-2').sends('F.', { ack: 2 });
    t.gets('ACK.', '.', { seq: 2, ack: 2 });
    t.isIn('TIME-WAIT').isOver();
  });

  it('has room for the text and not for the FIN', () => {
    const t = new TcpBench().accepted().sends('.', { window: 5 });
    t.does('Text, then FIN.', (connection) => {
      connection.write(new Uint8Array(5));
      connection.shutdown();
    });
    t.gets('The text.', 'P.', { length: 5 });
    t.sends('.', { ack: 6, window: 5 }).gets('Now the FIN.', 'F.', { seq: 6 });
    t.connection.abort();
  });

  it('is closed in both directions: acknowledgments still go through', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 1000 } }).accepted().sends('.', { window: 0 });
    t.program.reads = false;
    t.writes('hello').waits(SECOND).gets('A probe.', '.', { seq: 1, text: 'h' });
    t.sends('P.', { text: pattern(1000), window: 0, ack: 1 }).waits(100 * MILLISECOND);
    t.gets('The acknowledgment stands where the peer’s window is.', '.', { seq: 1, ack: 1001, window: 0 });
    t.sends('.', { ack: 1, window: 100 }).gets('The text.', 'P.', { seq: 1, text: 'hello' });
    t.connection.abort();
  });
});

describe('the window of the host', () => {
  it('closes when the program does not read, and text beyond it is not taken', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 3000 } }).accepted();
    t.program.reads = false;
    t.sends('.', { text: pattern(1460) }).sends('.', { text: pattern(1460) });
    t.gets('80 bytes are left.', '.', { ack: 2921, window: 80 });
    t.sends('.', { text: pattern(200), seq: 2921 }).waits(SECOND);
    t.gets('What fits is taken.', '.', { ack: 3001, window: 0 });
    t.sends('P.', { text: 'x', seq: 3001 }).gets('A probe is answered.', '.', { ack: 3001, window: 0 });
    t.sends('.', { seq: 3001 }).getsNothing('An acknowledgment is fine.');
    expect(t.connection.receiver.available).toBe(3000);
    t.connection.abort();
  });

  it('opens only by a worthwhile amount, and says so at once', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 4000 } }).accepted();
    t.program.reads = false;
    for (const size of [1460, 1460, 1080]) t.sends('.', { text: pattern(size) });
    t.waits(SECOND).all();
    t.does('It reads a little.', (connection) => void connection.read(1000)).getsNothing('Not worth it.');
    t.sends('.', { text: 'x', seq: 4001 }).gets('A probe is answered.', '.', { ack: 4001, window: 0 });
    t.does('It reads more.', (connection) => void connection.read(460)).gets('A segment fits.', '.', {
      ack: 4001,
      window: 1460,
    });
    t.does('It reads the rest.', (connection) => void connection.read()).gets('All is free.', '.', {
      window: 4000,
    });
    t.connection.abort();
  });

  it('never closes while the program reads at once', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 2048 } }).accepted();
    for (const size of [64, 512, 1024, 64, 512, 1024]) {
      t.sends('P.', { text: pattern(size) }).waits(SECOND);
      for (const { window } of t.all()) expect(window).toBe(2048);
    }
    t.connection.abort();
  });

  it('takes acknowledgments and resets while it is closed', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 1000 } }).accepted();
    t.program.reads = false;
    t.sends('.', { text: pattern(1000) })
      .waits(SECOND)
      .all();
    t.writes('hello').gets('Text.', 'P.', { seq: 1 });
    t.sends('P.', { text: 'probe', seq: 1001, ack: 6 }).gets('The probe is answered.', '.', { ack: 1001 });
    t.waits(10 * SECOND).getsNothing('What it acknowledged has counted.');
    t.sends('R', { seq: 1001 }).hasTold('connected', 'readable 1000', 'failed ECONNRESET').isOver();
  });
});

describe('small segments', () => {
  it('wait while anything is under way (Nagle)', () => {
    const t = new TcpBench().accepted();
    t.writes('a').gets('The first goes.', 'P.', { text: 'a' });
    t.writes('b').writes('c').getsNothing('The others wait.');
    t.sends('.', { ack: 2 }).gets('They go together.', 'P.', { text: 'bc' });
    t.connection.abort();
  });

  it('do not wait when they are full, or the last, or the program wants none of it', () => {
    const full = new TcpBench().accepted().writes('a').writes(pattern(1460));
    expect(full.all().map(({ length }) => length)).toEqual([1, 1460]);
    full.connection.abort();

    const last = new TcpBench().accepted().writes('a').writes('b').closes();
    expect(last.all().map(({ flags, length }) => [flags, length])).toEqual([
      ['P.', 1],
      ['FP.', 1],
    ]);
    last.connection.abort();

    const nodelay = new TcpBench({ accepts: { nodelay: true } }).accepted().writes('a').writes('b');
    expect(nodelay.all().map(({ length }) => length)).toEqual([1, 1]);
    nodelay.connection.abort();
  });

  it('are not sent into a window that is silly, but not for ever', () => {
    const t = new TcpBench().accepted().sends('.', { window: 100 }).writes(pattern(1000));
    t.getsNothing('100 of 65535 bytes would be silly.').waits(200 * MILLISECOND);
    t.gets('But better than nothing.', '.', { seq: 1, length: 100 });
    t.connection.abort();
  });

  it('are not silly when they fill half of the largest window there ever was', () => {
    const t = new TcpBench();
    t.window = 1000;
    t.accepted().sends('.', { window: 500 }).writes(pattern(1000));
    t.gets('Half of it.', '.', { length: 500 });
    t.connection.abort();
  });

  it('go out whole when they fit the window, and wait for it when they do not', () => {
    const t = new TcpBench();
    t.window = 11;
    t.accepted();
    t.writes('hello world').gets('It fits.', 'P.', { text: 'hello world' });
    t.writes('hello again')
      .waits(500 * MILLISECOND)
      .getsNothing('It does not.');
    t.sends('.', { ack: 12 }).gets('Now it does.', 'P.', { text: 'hello again' });
    t.connection.abort();
  });
});

describe('the size of segments', () => {
  it.each([
    ['what the peer says', [{ kind: 'mss', value: 500 } as const], 500],
    ['536 where it says nothing', [], 536],
    ['what fits the link where it says more', [{ kind: 'mss', value: 9000 } as const], 1460],
    ['no less than 48', [{ kind: 'mss', value: 1 } as const], 48],
  ])('is %s', (_, options, size) => {
    const t = new TcpBench().accepted(options).writes(pattern(size * 3));
    expect(t.all().map(({ length }) => length)).toEqual([size, size, size]);
    t.connection.abort();
  });
});
