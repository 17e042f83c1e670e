// The iperf3 server in front of a client that says what the real one says, and of others that say anything.

import { describe, expect, it } from 'vitest';
import { network, SERVER } from '../../../test/http-pair.js';
import { expectNoLeaks } from '../../../test/kit.js';
import { decodeUtf8, encodeLatin1, encodeUtf8 } from '../../base/text.js';
import { MINUTE, SECOND } from '../../base/time.js';
import type { TcpConnection } from '../../stack/tcp/connection.js';
import { framedText, IPERF_ERROR, readResults } from './messages.js';
import { startIperf } from './server.js';

expectNoLeaks();

const PORT = 5201;
const COOKIE = `${'abcdefghijklmnopqrstuvwxyz0123456789'}\0`;

type Made = ReturnType<typeof network>;

function served(link?: Parameters<typeof network>[0]): Made {
  const made = network(link);
  startIperf(made.there.stack);
  return made;
}

/** A connection that keeps what it hears. */
class Talker {
  readonly heard: number[] = [];
  end = '';
  readonly connection: TcpConnection;
  private unsent: Uint8Array = new Uint8Array(0);

  constructor({ here }: Made, first: string | Uint8Array = COOKIE) {
    const connection = here.stack.tcp.connect(
      { address: SERVER, port: PORT },
      {
        connected: () => this.say(first),
        writable: () => this.push(),
        readable: (from) => this.heard.push(...from.read()),
        ended: () => {
          this.end ||= 'ended';
        },
        failed: (_, error) => {
          this.end = error;
        },
      },
    );
    if (typeof connection === 'string') throw new Error(connection);
    this.connection = connection;
  }

  say(what: string | Uint8Array): void {
    const bytes = typeof what === 'string' ? encodeLatin1(what) : what;
    this.unsent = Uint8Array.from([...this.unsent, ...bytes]);
    this.push();
  }

  private push(): void {
    this.unsent = this.unsent.subarray(this.connection.write(this.unsent));
  }
}

const PARAMETERS = {
  tcp: true,
  omit: 0,
  time: 0,
  num: 100_000,
  blockcount: 0,
  parallel: 1,
  len: 131_072,
  pacing_timer: 1000,
  client_version: '3.12',
};

const RESULTS = {
  cpu_util_total: 1,
  cpu_util_user: 1,
  cpu_util_system: 1,
  sender_has_retransmits: 1,
  streams: [{ id: 1, bytes: 0, retransmits: 0, jitter: 0, errors: 0, packets: 0 }],
};

/** A control connection that has told these parameters. */
function begin(made: Made, parameters: object | string): Talker {
  const control = new Talker(made);
  made.world.advance(SECOND);
  expect(control.heard).toEqual([9]);
  control.say(framedText(typeof parameters === 'string' ? parameters : JSON.stringify(parameters)));
  made.world.advance(SECOND);
  return control;
}

/** What is behind the last word of the server: a text, and the word behind it. */
function resultsOf(heard: readonly number[]) {
  const at = heard.lastIndexOf(13);
  const bytes = Uint8Array.from(heard.slice(at + 1));
  const length = new DataView(bytes.buffer).getUint32(0);
  expect(bytes.length).toBe(4 + length + 1);
  expect(bytes.at(-1)).toBe(14);
  return readResults(decodeUtf8(bytes, 4, 4 + length));
}

describe('a test', () => {
  it('upwards: every word in its order, and all bytes are counted, late ones too', () => {
    const made = served({ delay: SECOND / 100, rate: 1e6 });
    const control = begin(made, PARAMETERS);
    expect(control.heard).toEqual([9, 10]);
    const stream = new Talker(made);
    made.world.advance(SECOND);
    expect(control.heard).toEqual([9, 10, 1, 2]);
    const sent = 60_000;
    stream.say(new Uint8Array(sent));
    // The end overtakes the bytes, which take half a second.
    control.say(Uint8Array.of(4));
    made.world.advance(SECOND / 20);
    control.say(
      framedText(JSON.stringify({ ...RESULTS, streams: [{ ...RESULTS.streams[0], bytes: sent }] })),
    );
    made.world.advance(2 * SECOND);
    const results = resultsOf(control.heard);
    expect(results?.hasRetransmits).toBe(-1);
    expect(results?.streams).toMatchObject([{ id: 1, bytes: sent, retransmits: -1 }]);
    // It took as long as the line takes.
    expect(results?.streams[0]?.seconds).toBeCloseTo(1.5, 0);
    control.say(Uint8Array.of(16));
    made.world.advance(SECOND);
    expect([control.end, stream.end]).toEqual(['ended', 'ended']);
    // And the next one may come.
    expect(begin(made, PARAMETERS).heard).toEqual([9, 10]);
  });

  it('upwards: results do not wait for bytes that never come', () => {
    const made = served();
    const control = begin(made, PARAMETERS);
    new Talker(made);
    made.world.advance(SECOND);
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify({ ...RESULTS, streams: [{ ...RESULTS.streams[0], bytes: 1e9 }] })));
    made.world.advance(4 * SECOND);
    expect(control.heard.at(-1)).toBe(13);
    made.world.advance(2 * SECOND);
    expect(resultsOf(control.heard)?.streams).toMatchObject([{ bytes: 0 }]);
  });

  it.each([
    [1, [1]],
    [3, [1, 3, 4]],
  ])('downwards, over %i streams: exactly as many bytes as were asked for', (parallel, ids) => {
    const made = served();
    const num = 1_000_000;
    const control = begin(made, { ...PARAMETERS, num, reverse: true, parallel });
    const streams = Array.from({ length: parallel }, () => new Talker(made));
    made.world.advance(5 * SECOND);
    expect(control.heard).toEqual([9, 10, 1, 2]);
    expect(streams.reduce((sum, { heard }) => sum + heard.length, 0)).toBe(num);
    expect(Math.min(...streams.map(({ heard }) => heard.length))).toBeGreaterThan(0);
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify(RESULTS)));
    made.world.advance(SECOND);
    const results = resultsOf(control.heard);
    expect(results?.hasRetransmits).toBe(1);
    expect(results?.streams.map(({ id }) => id)).toEqual(ids);
    expect(results?.streams.map(({ bytes }) => bytes)).toEqual(streams.map(({ heard }) => heard.length));
  });

  it('downwards, for a time and at a rate', () => {
    const made = served();
    const control = begin(made, {
      ...PARAMETERS,
      num: 0,
      time: 10,
      reverse: true,
      bandwidth: 80_000,
      len: 1000,
    });
    const stream = new Talker(made);
    made.world.advance(10 * SECOND);
    expect(stream.heard.length / 1000).toBeCloseTo(100, -1);
    control.say(Uint8Array.of(4));
    made.world.advance(10 * SECOND);
    expect(stream.heard.length / 1000).toBeCloseTo(100, -1);
    expect(stream.end).toBe('ended');
  });

  it('in both directions: the first stream is the client’s', () => {
    const made = served();
    const control = begin(made, { ...PARAMETERS, bidirectional: true });
    const [up, down] = [new Talker(made), new Talker(made)];
    made.world.advance(2 * SECOND);
    up.say(new Uint8Array(5000));
    made.world.advance(SECOND);
    expect([up.heard.length, down.heard.length]).toEqual([0, PARAMETERS.num]);
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify(RESULTS)));
    made.world.advance(SECOND);
    expect(resultsOf(control.heard)?.streams).toMatchObject([
      { id: 1, bytes: 5000, retransmits: -1 },
      { id: 3, bytes: PARAMETERS.num, retransmits: 0 },
    ]);
  });

  it('omits what comes in the first seconds', () => {
    const made = served();
    const control = begin(made, { ...PARAMETERS, num: 0, time: 5, omit: 2 });
    const stream = new Talker(made);
    made.world.advance(SECOND);
    stream.say(new Uint8Array(7000));
    made.world.advance(2 * SECOND);
    stream.say(new Uint8Array(500));
    made.world.advance(SECOND);
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify(RESULTS)));
    made.world.advance(SECOND);
    const [results] = resultsOf(control.heard)?.streams ?? [];
    expect(results?.bytes).toBe(500);
    expect(results?.seconds).toBeCloseTo(2, 0);
  });

  it('is alone: a second client is told so', () => {
    const made = served();
    const control = begin(made, PARAMETERS);
    const other = new Talker(made, COOKIE.replace('a', 'b'));
    made.world.advance(SECOND);
    expect([other.heard, other.end]).toEqual([[0xff], 'ended']);
    expect(control.end).toBe('');
    control.connection.close();
    made.world.advance(SECOND);
    expect(begin(made, PARAMETERS).heard).toEqual([9, 10]);
  });

  it('in which nothing happens ends by itself', () => {
    const made = served();
    const control = begin(made, PARAMETERS);
    const stream = new Talker(made);
    made.world.advance(5 * MINUTE);
    expect(control.heard.at(-1)).toBe(11);
    expect([control.end, stream.end]).toEqual(['ended', 'ended']);
  });
});

describe('UDP', () => {
  const UDP = { ...PARAMETERS, tcp: undefined, udp: true, len: 1000, bandwidth: 80_000 };

  /** A client's socket that keeps what it hears. */
  function socketOf({ here }: Made) {
    const heard: Uint8Array[] = [];
    const socket = here.stack.udp.open(0, { received: (data) => heard.push(data.slice()) });
    if (typeof socket === 'string') throw new Error(socket);
    socket.connect({ address: SERVER, port: PORT });
    return { socket, heard };
  }

  function datagram(seconds: number, number: number, wide = false): Uint8Array {
    const bytes = new Uint8Array(1000);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(seconds));
    view.setUint32(4, Math.round((seconds % 1) * 1e6));
    view.setUint32(wide ? 12 : 8, number);
    return bytes;
  }

  it.each([false, true])('upwards: counts, misses, and measures jitter; wide counters: %s', (wide) => {
    const made = served();
    const control = begin(made, { ...UDP, udp_counters_64bit: wide ? 1 : 0 });
    const { socket, heard } = socketOf(made);
    socket.send(encodeUtf8('9876'));
    made.world.advance(SECOND);
    expect(heard).toEqual([encodeUtf8('6789')]);
    expect(control.heard).toEqual([9, 10, 1, 2]);
    // 3 and 6 are lost, 4 comes behind 5. All but the last come as evenly as they were sent.
    for (const [seconds, number] of [
      [1, 1],
      [2, 2],
      [3, 5],
      [4, 4],
      [4.84, 7],
    ] as const) {
      socket.send(datagram(seconds, number, wide));
      made.world.advance(SECOND);
    }
    socket.send(new Uint8Array(5));
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify(RESULTS)));
    made.world.advance(SECOND);
    const [results] = resultsOf(control.heard)?.streams ?? [];
    expect(results).toMatchObject({ id: 1, bytes: 5000, packets: 7, errors: 2 });
    expect(results?.jitter).toBeCloseTo(0.01, 5);
  });

  it('downwards: at the rate that was asked for, until the client has enough', () => {
    const made = served();
    const control = begin(made, { ...UDP, reverse: true });
    const { socket, heard } = socketOf(made);
    socket.send(encodeUtf8('9876'));
    made.world.advance(12 * SECOND);
    const [, ...datagrams] = heard;
    expect(datagrams.length).toBeCloseTo(120, -1);
    expect(datagrams.map((data) => new DataView(data.buffer).getUint32(8))).toEqual(
      datagrams.map((_, index) => index + 1),
    );
    control.say(Uint8Array.of(4));
    control.say(framedText(JSON.stringify(RESULTS)));
    made.world.advance(SECOND);
    const count = heard.length;
    made.world.advance(10 * SECOND);
    expect(heard.length).toBe(count);
    expect(resultsOf(control.heard)?.streams).toMatchObject([
      { packets: count - 1, bytes: (count - 1) * 1000 },
    ]);
  });

  it('hears nobody but the client', () => {
    const made = served();
    const { socket, heard } = socketOf(made);
    socket.send(encodeUtf8('9876'));
    made.world.advance(SECOND);
    const control = begin(made, PARAMETERS);
    socket.send(encodeUtf8('9876'));
    made.world.advance(SECOND);
    expect(heard).toEqual([]);
    expect(control.heard).toEqual([9, 10]);
  });
});

describe('nonsense', () => {
  const error = (code: number): number[] => [9, 0xfe, 0, 0, 0, code, 0, 0, 0, 0];

  it.each([
    ['no JSON', 'iperf', IPERF_ERROR.parameters],
    ['a list', '[]', IPERF_ERROR.parameters],
    ['nothing', 'null', IPERF_ERROR.parameters],
    ['a deep nest', '['.repeat(30_000), IPERF_ERROR.parameters],
    ['SCTP', { sctp: true }, IPERF_ERROR.sctp],
    ['129 streams', { parallel: 129 }, IPERF_ERROR.streams],
    ['a day and a second', { time: 86_401 }, IPERF_ERROR.duration],
    ['blocks of more than a MiB', { len: 2 ** 20 + 1 }, IPERF_ERROR.blockSize],
    ['datagrams of 15 bytes', { udp: true, len: 15 }, IPERF_ERROR.udpBlockSize],
    ['datagrams of 64 KiB', { udp: true, len: 65_536 }, IPERF_ERROR.udpBlockSize],
  ])('as parameters: %s', (_, parameters, code) => {
    const made = served();
    const control = begin(made, parameters);
    expect(control.heard).toEqual(error(code));
    expect(control.end).toBe('ended');
    expect(begin(made, PARAMETERS).heard).toEqual([9, 10]);
  });

  it.each([0, 65_537, 0xffffffff])('a text of %i bytes', (length) => {
    const made = served();
    const control = new Talker(made);
    made.world.advance(SECOND);
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint32(0, length);
    control.say(head);
    made.world.advance(SECOND);
    expect(control.heard).toEqual(error(IPERF_ERROR.parameters));
  });

  it.each([0, 1, 4, 14, 200])('the word %i at the wrong time', (word) => {
    const made = served();
    const control = begin(made, PARAMETERS);
    control.say(Uint8Array.of(word));
    made.world.advance(SECOND);
    expect(control.heard).toEqual([9, 10, 0xfe, 0, 0, 0, IPERF_ERROR.message, 0, 0, 0, 0]);
  });

  it('as results', () => {
    const made = served();
    const control = begin(made, PARAMETERS);
    new Talker(made);
    made.world.advance(SECOND);
    control.say(Uint8Array.of(4));
    control.say(framedText('{"streams":7}'));
    made.world.advance(SECOND);
    expect(control.heard.slice(5)).toEqual([0xfe, 0, 0, 0, IPERF_ERROR.results, 0, 0, 0, 0]);
  });

  it('who says nothing, or half a cookie, is sent away; who leaves, leaves nothing', () => {
    const made = served();
    const [silent, slow] = [new Talker(made, ''), new Talker(made, COOKIE.slice(0, 20))];
    made.world.advance(9 * SECOND);
    expect([silent.end, slow.end]).toEqual(['', '']);
    made.world.advance(2 * SECOND);
    expect([silent.end, slow.end]).toEqual(['ECONNRESET', 'ECONNRESET']);
    const gone = new Talker(made, COOKIE.slice(0, 20));
    made.world.advance(SECOND);
    gone.connection.abort();
    made.world.advance(SECOND);
    expect([...made.there.stack.tcp.list()]).toEqual([]);
  });

  it('more streams than were agreed on', () => {
    const made = served();
    const control = begin(made, PARAMETERS);
    new Talker(made);
    made.world.advance(SECOND);
    const surplus = new Talker(made);
    made.world.advance(SECOND);
    expect(surplus.end).toBe('ended');
    expect([control.heard, control.end]).toEqual([[9, 10, 1, 2], '']);
  });

  it('more waiting connections than it keeps', () => {
    const made = served();
    const silent = Array.from({ length: 300 }, () => new Talker(made, ''));
    made.world.advance(2 * SECOND);
    expect(silent.filter(({ end }) => end === '')).toHaveLength(256);
  });
});

it.each(['tcp', 'udp'])('says when its port is taken, over %s', (protocol) => {
  const { there } = network();
  if (protocol === 'tcp') there.stack.tcp.listen(PORT, { accept: () => ({}) });
  else there.stack.udp.open(PORT, {});
  expect(() => startIperf(there.stack)).toThrow(`server has a program on port ${PORT} already`);
});
