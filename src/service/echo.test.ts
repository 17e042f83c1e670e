// The small services of RFC 862 to 864: they do what they must, with bounded memory, and leave nothing behind.

import { describe, expect, it } from 'vitest';
import { network, SERVER } from '../../test/http-pair.js';
import { expectBytes, expectNoLeaks, pattern } from '../../test/kit.js';
import { MINUTE, SECOND } from '../base/time.js';
import type { TcpConnection } from '../stack/tcp/connection.js';
import { startChargen } from './chargen.js';
import { startDiscard } from './discard.js';
import { startEcho } from './echo.js';

expectNoLeaks();

/** A client that sends this, half-closes, and keeps what it gets. */
function talk(made: ReturnType<typeof network>, port: number, bytes: Uint8Array) {
  const got: number[] = [];
  const state = { got, end: '' };
  let rest = bytes;
  const sendOn = (connection: TcpConnection): void => {
    rest = rest.subarray(connection.write(rest));
    if (rest.length === 0) connection.shutdown();
  };
  made.here.stack.tcp.connect(
    { address: SERVER, port },
    {
      connected: sendOn,
      writable: sendOn,
      readable: (connection) => got.push(...connection.read()),
      closed: () => {
        state.end = 'closed';
      },
      failed: (_connection, error) => {
        state.end = error;
      },
    },
  );
  made.world.runToRest(10 * MINUTE);
  return state;
}

describe('echo', () => {
  it.each([0, 1, 1460, 300_000])('sends %i bytes back as they are, and closes behind them', (length) => {
    const made = network();
    startEcho(made.there.stack);
    const { got, end } = talk(made, 7, pattern(length));
    expectBytes(Uint8Array.from(got), pattern(length));
    expect(end).toBe('closed');
    expect([...made.there.stack.tcp.list()]).toEqual([]);
  });

  it('does not read on when nobody takes what it sends back', () => {
    const made = network();
    startEcho(made.there.stack);
    const buffer = 65536;
    made.there.stack.tcp.defaults = { receiveBuffer: buffer, sendBuffer: buffer };
    let sent = 0;
    const greedy = (connection: TcpConnection): void => {
      for (let taken = 1; taken > 0 && sent < 10_000_000; sent += taken)
        taken = connection.write(pattern(10_000));
    };
    const options = { receiveBuffer: buffer, sendBuffer: buffer };
    made.here.stack.tcp.connect(
      { address: SERVER, port: 7 },
      { connected: greedy, writable: greedy },
      options,
    );
    made.world.advance(30 * SECOND);
    // Four buffers, and one portion in its hands.
    expect(sent).toBeLessThan(4 * buffer + 16384 + 1);
    const [there] = made.there.stack.tcp.list();
    expect(there?.info().receiveWindow).toBeLessThan(1460);
    for (const connection of made.here.stack.tcp.list()) connection.abort();
    made.world.runToRest(MINUTE);
  });
});

describe('discard', () => {
  it('takes everything and says nothing', () => {
    const made = network();
    startDiscard(made.there.stack);
    expect(talk(made, 9, pattern(300_000))).toEqual({ got: [], end: 'closed' });
  });
});

describe('chargen', () => {
  it('sends as much as it is told to, in lines of 72 that never repeat before the 96th', () => {
    const made = network();
    startChargen(made.there.stack, 74 * 200);
    let text = '';
    made.here.stack.tcp.connect(
      { address: SERVER, port: 19 },
      {
        readable: (connection) => {
          text += String.fromCharCode(...connection.read());
        },
        ended: (connection) => connection.shutdown(),
      },
    );
    made.world.runToRest(MINUTE);
    const lines = text.split('\r\n');
    expect(lines.pop()).toBe('');
    expect(lines.every((line) => /^[ -~]{72}$/.test(line))).toBe(true);
    expect(lines.length).toBe(200);
    expect(new Set(lines).size).toBe(95);
    expect(lines[95]).toBe(lines[0]);
    expect(lines[1]?.slice(0, 71)).toBe(lines[0]?.slice(1));
  });

  it('goes on until the client has enough, which may be rude', () => {
    const made = network({ delay: 1_000_000, rate: 1e6 });
    startChargen(made.there.stack);
    let count = 0;
    const connection = made.here.stack.tcp.connect(
      { address: SERVER, port: 19 },
      {
        readable: (from) => {
          count += from.read().length;
        },
      },
    );
    made.world.advance(2 * SECOND);
    expect(count).toBeGreaterThan(100_000);
    if (typeof connection !== 'string') connection.abort();
    made.world.runToRest(MINUTE);
    expect([...made.there.stack.tcp.list()]).toEqual([]);
  });
});

it.each([
  ['echo', startEcho, 7],
  ['discard', startDiscard, 9],
] as const)('%s says when its port is taken, over TCP or UDP', (_name, start, port) => {
  for (const take of ['tcp', 'udp']) {
    const { there } = network();
    if (take === 'tcp') there.stack.tcp.listen(port, { accept: () => ({}) });
    else there.stack.udp.open(port, {});
    expect(() => start(there.stack)).toThrow(`server has a program on port ${port} already`);
  }
});
