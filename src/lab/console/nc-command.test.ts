// nc: it prints and exits as the original does, its bytes really go over the links, and nothing of it remains.

import { describe, expect, it } from 'vitest';
import { consoleWorld, type } from '../../../test/console-world.js';
import { MINUTE, SECOND } from '../../base/time.js';
import type { World } from '../../net/world.js';
import { startChargen } from '../../service/chargen.js';
import { startDiscard } from '../../service/discard.js';
import { startEcho } from '../../service/echo.js';
import { dissect } from '../../wire/dissect.js';
import { startCommand } from './console.js';
import { Input } from './nc-data.js';

const SERVER = '203.0.113.80';

function served({ chargen = Number.POSITIVE_INFINITY } = {}): World {
  const world = consoleWorld();
  const { stack } = world.station('server');
  startEcho(stack);
  startDiscard(stack);
  startChargen(stack, chargen);
  return world;
}

/** A command that runs on while other things happen. */
function start(world: World, node: string, line: string) {
  const state = { output: '', exitCode: undefined as number | undefined, stop: () => {} };
  const run = startCommand(world, node, line, {
    write: (text) => {
      state.output += text;
    },
    done: (exitCode) => {
      state.exitCode = exitCode;
    },
  });
  state.stop = () => run.stop();
  return state;
}

const sockets = (world: World, node: string): string => type(world, node, 'ss -tanH');
/** The windows that a node told, in order. */
const windows = (world: World, from: string): number[] => {
  const trace = world.trace();
  const port = world.interface(from).id;
  return [...trace.events()].flatMap((event) => {
    if (event.kind !== 'frame-sent' || event.interface !== port) return [];
    const tcp = dissect(trace.frameBytes(event.frame)).layers.find(({ protocol }) => protocol === 'tcp');
    const field = tcp?.fields.find(({ name }) => name === 'tcp.window_size_value');
    return field === undefined ? [] : [field.value as number];
  });
};

describe('a client', () => {
  it('sends a line, prints what comes back, and is over when both have said all', () => {
    const world = served();
    expect(type(world, 'pc', `nc -N --send 'Grüße, Welt' ${SERVER} 7`)).toBe('Grüße, Welt\n');
    expect(sockets(world, 'pc')).toMatch(/^TIME-WAIT .*:7\n$/);
    world.runToRest();
    expect([sockets(world, 'pc'), sockets(world, 'server')]).toEqual([
      '',
      expect.not.stringContaining('192.0.2.10'),
    ]);
  });

  it('without -N does not say that it has sent all, and waits for the other side', () => {
    const world = served();
    const run = start(world, 'pc', `nc --send hello ${SERVER} 7`);
    world.advance(60 * SECOND);
    expect([run.output, run.exitCode]).toEqual(['hello\n', undefined]);
    expect(sockets(world, 'pc')).toContain('ESTAB');
    run.stop();
    expect(run.exitCode).toBe(130);
    world.runToRest();
    expect(sockets(world, 'pc')).toBe('');
  });

  it.each([
    ['-w 3', 3],
    ['-q 2', 2],
    ['-q 0.5', 0.5],
  ])('with %s goes when it has waited so long', (options, seconds) => {
    const world = served();
    const before = world.now;
    expect(
      type(world, 'pc', `nc ${options} --send hello ${SERVER} ${options.startsWith('-w') ? 7 : 9}`),
    ).toBe(options.startsWith('-w') ? 'hello\n' : '');
    if (options.startsWith('-w')) expect((world.now - before) / SECOND).toBeGreaterThan(seconds);
    expect((world.now - before) / SECOND).toBeLessThan(seconds + 0.1);
  });

  it('-q counts from the last byte that was sent, whatever comes', () => {
    const world = served();
    const before = world.now;
    // The generator goes on for ever.
    expect(type(world, 'pc', `nc -q 1 --count --send stop ${SERVER} 19`)).toMatch(/^\d+ bytes received\n$/);
    expect((world.now - before) / SECOND).toBeLessThan(1.2);
  });

  it('moves as much as it is told to', () => {
    const world = served({ chargen: 100_000 });
    const count = (line: string) => type(world, 'pc', line);
    expect(count(`nc -N --send-bytes 300kB --count ${SERVER} 7`)).toBe('300000 bytes received\n');
    expect(count(`nc --count ${SERVER} 19`)).toBe('100000 bytes received\n');
    const server = world.station('server').stack.tcp;
    expect(count(`nc -N --send-bytes 64KiB --count ${SERVER} 9`)).toBe('0 bytes received\n');
    expect([...server.list()].every(({ state }) => state !== 'ESTABLISHED')).toBe(true);
    // RFC 864: lines of 72 characters, each beginning one further on.
    const lines = type(world, 'pc', `nc ${SERVER} 19`).split('\n').slice(0, 2);
    expect(lines).toEqual([
      ' !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg',
      '!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh',
    ]);
  });

  it('that reads slowly closes the window, and all arrives all the same', () => {
    const world = served({ chargen: 100_000 });
    const before = world.now;
    expect(type(world, 'pc', `nc -I 16KiB --read-rate 20000 --count ${SERVER} 19`)).toBe(
      '100000 bytes received\n',
    );
    // The first portion is read at once, and the last is not waited for.
    expect((world.now - before) / SECOND).toBeGreaterThan((100_000 - 2 * 16_384) / 20_000);
    expect((world.now - before) / SECOND).toBeLessThan(6);
    expect(windows(world, 'pc:eth0')).toContain(0);
    expect(windows(served({ chargen: 100_000 }), 'pc:eth0')).not.toContain(0);
  });

  it('that sends faster than an echo is read finds its window closed too', () => {
    const world = served();
    const line = `nc -N -I 8KiB -O 8KiB --send-bytes 60000 --read-rate 10K --count ${SERVER} 7`;
    expect(type(world, 'pc', line)).toBe('60000 bytes received\n');
    expect(windows(world, 'pc:eth0')).toContain(0);
  });

  it('only looks with -z, one port after the other', () => {
    const world = served();
    expect(type(world, 'pc', `nc -zv ${SERVER} 6-9`)).toBe(
      `nc: connect to ${SERVER} port 6 (tcp) failed: Connection refused
Connection to ${SERVER} 7 port [tcp/echo] succeeded!
nc: connect to ${SERVER} port 8 (tcp) failed: Connection refused
Connection to ${SERVER} 9 port [tcp/discard] succeeded!
`,
    );
    expect(type(world, 'pc', `nc -z ${SERVER} 6`)).toBe('[exit 1]');
    expect(type(world, 'pc', `nc -z ${SERVER} 7`)).toBe('');
  });

  it('says with -v whom it talks with, and why it does not', () => {
    const world = served();
    const first = (line: string) => type(world, 'pc', line).split('\n')[0];
    expect(first('nc -zv www.example.org 80')).toBe(
      'Connection to www.example.org (203.0.113.80) 80 port [tcp/http] succeeded!',
    );
    expect(first(`nc -zv ${SERVER} 5000`)).toBe(
      `nc: connect to ${SERVER} port 5000 (tcp) failed: Connection refused`,
    );
    expect(first('nc -zv 192.0.2.99 80')).toBe(
      'nc: connect to 192.0.2.99 port 80 (tcp) failed: No route to host',
    );
    expect(first('nc -w 1 -zv 192.0.2.98 80')).toBe(
      'nc: connect to 192.0.2.98 port 80 (tcp) failed: Connection timed out',
    );
    expect(type(world, 'r1', 'nc -v 10.9.9.9 80')).toBe(
      'nc: connect to 10.9.9.9 port 80 (tcp) failed: Network is unreachable\n[exit 1]',
    );
    expect(type(world, 'pc', 'nc none.example.org 80')).toBe(
      'nc: getaddrinfo for host "none.example.org" port 80: Name or service not known\n[exit 1]',
    );
    expect(type(world, 'pc', 'nc -n www.example.org 80')).toBe(
      'nc: getaddrinfo for host "www.example.org" port 80: Name or service not known\n[exit 1]',
    );
  });

  it('hears of a reset', () => {
    const world = served();
    const run = start(world, 'pc', `nc --send hello ${SERVER} 9`);
    world.advance(SECOND);
    for (const connection of world.station('server').stack.tcp.list()) connection.abort();
    world.advance(SECOND);
    expect([run.output, run.exitCode]).toEqual(['nc: read(net): Connection reset by peer\n', 1]);
  });
});

describe('a listener', () => {
  it('talks with the first who comes, and with nobody else', () => {
    const world = consoleWorld();
    const waiting = start(world, 'server', 'nc -lv --send answer 5000');
    expect(type(world, 'pc', `nc -N --send question ${SERVER} 5000`)).toBe('answer\n');
    world.runToRest();
    expect([waiting.output, waiting.exitCode]).toEqual([
      'Listening on 0.0.0.0 5000\nConnection received on 192.0.2.10 50001\nquestion\n',
      0,
    ]);
    expect(type(world, 'pc', `nc -zv ${SERVER} 5000`)).toContain('Connection refused');
  });

  it('with -k stays for others, until it is stopped', () => {
    const world = consoleWorld();
    const waiting = start(world, 'server', 'nc -lk -p 5000');
    for (const word of ['one', 'two'])
      expect(type(world, 'pc', `nc -N --send ${word} ${SERVER} 5000`)).toBe('');
    world.runToRest();
    expect([waiting.output, waiting.exitCode]).toEqual(['one\ntwo\n', undefined]);
    waiting.stop();
    expect(type(world, 'pc', `nc -zv ${SERVER} 5000`)).toContain('Connection refused');
  });

  it('needs a port that nobody has', () => {
    const world = consoleWorld();
    expect(type(world, 'server', 'nc -l 80')).toBe('nc: Address already in use\n[exit 1]');
    expect(type(world, 'server', 'nc -ul 53')).toBe('nc: Address already in use\n[exit 1]');
  });

  it('is not over when somebody begins and goes away again', () => {
    const world = consoleWorld();
    type(world, 'pc', `ping -c 1 ${SERVER}`);
    const waiting = start(world, 'server', 'nc -l 5000');
    world.links[3]?.back.faults.push(() => 'drop');
    const visitor = start(world, 'pc', `nc -w 2 ${SERVER} 5000`);
    world.advance(3 * SECOND);
    expect([visitor.exitCode, waiting.exitCode]).toEqual([1, undefined]);
    expect(sockets(world, 'server')).toContain('SYN-RECV');
    world.links[3]?.back.faults.pop();
    expect(type(world, 'pc', `nc -N --send hello ${SERVER} 5000`)).toBe('');
    expect([waiting.output, waiting.exitCode]).toEqual(['hello\n', 0]);
  });
});

describe('over UDP', () => {
  it('a line comes back from the echo service, and -w or -q end it', () => {
    const world = served();
    expect(type(world, 'pc', `nc -u -w 1 --send hello ${SERVER} 7`)).toBe('hello\n');
    expect(type(world, 'pc', `nc -uv -q 1 --send hello ${SERVER} 7`)).toBe(
      `Connection to ${SERVER} 7 port [udp/echo] succeeded!\nhello\n`,
    );
    expect(type(world, 'pc', 'ss -uanH')).toBe('');
  });

  it('nobody there is only heard of by ICMP', () => {
    const world = consoleWorld();
    expect(type(world, 'pc', `nc -u --send hello ${SERVER} 7`)).toBe(
      'nc: read(net): Connection refused\n[exit 1]',
    );
  });

  it('a listener answers the first who comes', () => {
    const world = consoleWorld();
    const waiting = start(world, 'server', 'nc -ulv -w 2 --send answer 5000');
    expect(type(world, 'pc', `nc -u -w 1 --send question ${SERVER} 5000`)).toBe('answer\n');
    world.advance(3 * SECOND);
    expect(waiting.output).toMatch(
      /^Bound on 0\.0\.0\.0 5000\nConnection received on 192\.0\.2\.10 \d+\nquestion\n$/,
    );
    expect(waiting.exitCode).toBe(0);
  });
});

it.each([
  ['nc', 'nc: which host, and which port?'],
  ['nc h', 'nc: missing port number'],
  ['nc h 0', 'nc: port number invalid: 0'],
  ['nc h 70000', 'nc: port number invalid: 70000'],
  ['nc h 1-2000', 'nc: port range too large: at most 1000 ports'],
  ['nc h 80 hello', "nc: 'hello' is too much; what is to be sent stands behind --send"],
  ['nc -p 5 h 80', 'nc: the lab fixes source ports (pins: tcp-port); -p goes with -l'],
  ['nc -l', 'nc: missing port number'],
  ['nc -l 192.0.2.1 80', "nc: one port at a time, on all addresses: '192.0.2.1' is too much"],
  ['nc -k h 80', 'nc: must use -l with -k'],
  ['nc -zl 80', 'nc: cannot use -z and -l'],
  ['nc -zu h 80', 'nc: cannot use -z and -u'],
  ['nc -w x h 80', 'nc: timeout invalid: x'],
  ['nc -q x h 80', 'nc: quit timer invalid: x'],
  ['nc --read-rate 0 h 80', 'nc: read rate invalid: 0; write bytes a second, such as 2000 or 64K'],
  ['nc --send-bytes many h 80', 'nc: --send-bytes invalid: many; write 1500, 64KiB or 1MB'],
  ['nc -I 0 h 80', 'nc: -I invalid: 0; write 1500, 64KiB or 1MB'],
  ['nc --send a --send-bytes 1 h 80', 'nc: cannot use --send and --send-bytes: one of them'],
  ['nc -Z', "nc: invalid option -- 'Z'"],
])('%s is refused', (line, message) => {
  const output = type(consoleWorld(), 'pc', line);
  expect(output.split('\n')[0]).toBe(message);
  expect(output).toMatch(/\nusage: nc [\s\S]*\[exit 1\]$/);
});

describe('what is sent and printed', () => {
  it('is so many bytes, however they are taken', () => {
    for (const [length, step] of [
      [0, 1],
      [1, 1],
      [16380, 7000],
      [100_000, 999],
    ] as const) {
      const input = Input.filler(length);
      let taken = 0;
      while (!input.isOver) {
        const piece = input.peek();
        expect(piece.length).toBeGreaterThan(0);
        expect(piece[0]).toBe('wirewalk '.charCodeAt(taken % 9));
        const some = Math.min(step, piece.length);
        input.take(some);
        taken += some;
      }
      expect(taken).toBe(length);
    }
  });
});

it.each(['', '--read-rate 1G'])('waits as long as nobody takes what it prints %s', (option) => {
  const world = consoleWorld();
  startCommand(world, 'server', 'nc -lN --send-bytes 1MB 9000', { write: () => {}, done: () => {} });
  const said = { length: 0, isFull: false, exitCode: -1 };
  const run = startCommand(world, 'pc', `nc -d ${option} 203.0.113.80 9000`, {
    write: (text) => {
      said.length += text.length;
      said.isFull = true;
    },
    get isFull() {
      return said.isFull;
    },
    done: (exitCode) => {
      said.exitCode = exitCode;
    },
  });
  let turns = 0;
  for (; said.exitCode < 0 && turns < 1_000; turns++) {
    world.advance(MINUTE);
    const { length } = said;
    world.advance(MINUTE);
    expect(said.length).toBe(length);
    said.isFull = false;
    run.goOn();
  }
  expect([said.exitCode, said.length]).toEqual([0, 1_000_000]);
  // A portion at a time.
  expect(turns).toBeGreaterThan(60);
});
