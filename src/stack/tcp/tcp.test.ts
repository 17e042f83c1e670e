// Listeners, ports, resets, errors from elsewhere, and segments that belong to nobody. RFC 9293 §3.5.2, §3.9.2, §3.10.7.1–2.

import { describe, expect, it } from 'vitest';
import { bench, dropsIn, expectNoLeaks, HOST, ip, newWorld, pattern, prefix } from '../../../test/kit.js';
import { Program, TcpBench } from '../../../test/tcp-peer.js';
import { MINUTE, SECOND } from '../../base/time.js';
import { DROP_REASON_CODES } from '../../trace/drop-reasons.js';
import { UNREACHABLE } from '../../wire/iana.js';

expectNoLeaks();

const seen = new Set<string>();
/** The reasons of a bench's world, which count for the last test. */
function drops(t: TcpBench): string[] {
  const all = dropsIn(t.world).filter((reason) => reason.startsWith('tcp-'));
  for (const reason of all) seen.add(reason);
  return all;
}

describe('a listener', () => {
  it('has its port to itself', () => {
    const t = new TcpBench().listens();
    const acceptor = { accept: () => new Program() };
    expect(t.host.stack.tcp.listen(80, acceptor)).toBe('EADDRINUSE');
    expect([...t.host.stack.tcp.listeningPorts()]).toEqual([80]);
    t.host.stack.tcp.stopListening(80);
    expect(t.host.stack.tcp.listen(80, acceptor)).toBeUndefined();
  });

  it('turns away more than its backlog, until handshakes succeed or fail', () => {
    const t = new TcpBench({ backlog: 2, cookies: false }).listens();
    expect(t.host.stack.tcp.backlogOf(80)).toBe(2);
    t.sends('S', { seq: 0, port: 1 }).sends('S', { seq: 0, port: 2 }).sends('S', { seq: 0, port: 3 });
    expect(t.all().length).toBe(2);
    expect(drops(t)).toEqual(['tcp-backlog-full']);
    // The second one is told no by its own side, and its place is free.
    t.sends('R', { seq: 1, port: 2 }).sends('S', { seq: 0, port: 3 });
    t.gets('There is a place again.', 'S.');
    t.sends('.', { seq: 1, ack: 1, port: 3 }).sends('S', { seq: 0, port: 4 });
    t.gets('The third one stands and has left the queue.', 'S.');
    t.sends('S', { seq: 0, port: 5 }).getsNothing('It is full again.');
    for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
    t.all();
    t.sends('S', { seq: 0, port: 6 }).sends('S', { seq: 0, port: 7 });
    expect(t.all().length).toBe(2);
    for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
  });

  it('that stops leaves its connections alone, and the next one does not inherit them', () => {
    const t = new TcpBench({ backlog: 1, cookies: false }).listens().sends('S', { seq: 0, port: 1 });
    t.gets('SYN, ACK.', 'S.');
    t.host.stack.tcp.stopListening(80);
    t.sends('S', { seq: 0, port: 2 }).gets('Nobody listens.', 'R.', { ack: 1 });
    t.listens().sends('.', { seq: 1, ack: 1, port: 1 });
    expect(t.programs[0]?.told).toEqual(['connected']);
    t.sends('S', { seq: 0, port: 3 }).sends('S', { seq: 0, port: 4 });
    expect(t.all().length).toBe(1);
    for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
    t.isOver();
  });

  it('is asked who may call, and how its connections are to be', () => {
    const t = new TcpBench({ accepts: { receiveBuffer: 5000 } }).listens().sends('S');
    t.gets('The window is as wide as the buffer.', 'S.', { window: 5000 });
    t.connection.abort();
  });
});

describe('ports', () => {
  it('are drawn at random from the dynamic ones, and pinned by labs', () => {
    const t = new TcpBench({ pins: { 'tcp-port': [9999, 9999] } });
    expect(t.connects().local.port).toBe(9999);
    const second = t.connects().local.port;
    expect(second).toBeGreaterThanOrEqual(49152);
    const third = t.connects().local.port;
    expect(third).toBeGreaterThanOrEqual(49152);
    expect(third).not.toBe(second);
    for (const connection of [...t.host.stack.tcp.list()]) connection.shutdown();
  });

  it('run out one by one, and are found to the last', () => {
    const { world, station } = bench('host', { eth0: HOST }, { record: 'off' });
    const to = { address: ip(HOST.peer), port: 7 };
    const ports = new Set<number>();
    for (let count = 0; count < 16384; count++) {
      const connection = station.stack.tcp.connect(to, {});
      if (typeof connection === 'string') throw new Error(connection);
      ports.add(connection.local.port);
    }
    expect(ports.size).toBe(16384);
    expect(station.stack.tcp.connect(to, {})).toBe('EADDRINUSE');
    const elsewhere = station.stack.tcp.connect({ ...to, port: 8 }, {});
    expect(typeof elsewhere).toBe('object');
    for (const connection of [...station.stack.tcp.list()]) connection.shutdown();
    expect([...station.stack.tcp.list()]).toEqual([]);
    expect(world.runToRest(MINUTE)).toBe(true);
    expect(world.engine.pending).toBe(0);
  });

  it('are not used again to the same place before TIME-WAIT is over', () => {
    const t = new TcpBench({ pins: { 'tcp-port': [9999, 9999, 9999] } });
    t.connects();
    t.gets('SYN.', 'S');
    t.sends('S.').gets('ACK.', '.');
    t.closes().gets('FIN.', 'F.');
    t.sends('F.').gets('ACK.', '.');
    t.isIn('TIME-WAIT');
    expect(t.connects().local.port).not.toBe(9999);
    t.connection.shutdown();
    t.waits(2 * MINUTE);
    expect(t.connects().local.port).toBe(9999);
    t.connection.shutdown();
    t.isOver();
  });
});

describe('a connection in TIME-WAIT', () => {
  const waiting = (): TcpBench => {
    const t = new TcpBench().accepted();
    t.closes().gets('FIN.', 'F.');
    t.sends('F.').gets('ACK.', '.');
    return t.isIn('TIME-WAIT');
  };

  it('gives way to a new call with newer numbers, and answers with newer ones of its own', () => {
    const t = waiting();
    const used = t.hostIsn;
    t.sends('S', { seq: 1000 }).gets('The listener answers.', 'S.', { seq: 0, ack: 1001 });
    expect((t.hostIsn - used) | 0).toBeGreaterThan(2);
    t.isIn('SYN-RECEIVED').sends('.', { seq: 1001, ack: 1 }).isIn('ESTABLISHED');
    t.connection.abort();
  });

  it('does not for an old call, nor where nobody listens any more', () => {
    const old = waiting();
    old.sends('S', { seq: -1000 }).gets('It says where it is.', '.', { seq: 2, ack: 2 });
    old.isIn('TIME-WAIT');

    const deaf = waiting();
    deaf.host.stack.tcp.stopListening(80);
    deaf.sends('S', { seq: 1000 }).gets('It says where it is.', '.', { seq: 2, ack: 2 });
    deaf.isIn('TIME-WAIT').isOver();
  });
});

describe('initial sequence numbers', () => {
  it('differ from connection to connection, grow with time, and are pinned by labs', () => {
    const { world, station } = bench('host', { eth0: HOST }, { pins: { isn: [1000] } });
    const isn = (): number => {
      const connection = station.stack.tcp.connect({ address: ip(HOST.peer), port: 7 }, {});
      if (typeof connection === 'string') throw new Error(connection);
      const { initial } = connection.sender;
      connection.shutdown();
      return initial;
    };
    expect(isn()).toBe(1000);
    expect(new Set([isn(), isn(), isn(), isn()]).size).toBe(4);
    world.advance(MINUTE);
  });
});

describe('segments of nobody', () => {
  it('have every reason to be dropped', () => {
    const t = new TcpBench().accepted();
    const { from, peer } = t.bench;
    const cut = from.eth0.packet(new Uint8Array(19), { protocol: 6 });
    peer.eth0.send(cut);
    peer.eth0.send(from.eth0.withIp({ destination: '192.0.2.255' }).tcp(new Uint8Array(), { sequence: 1 }));
    peer.eth0.send(from.eth0.withIp({ destination: '224.0.0.1' }).tcp(new Uint8Array(), { sequence: 1 }));
    t.sends('', { dataOffset: 4 }).sends('', { dataOffset: 6 }).sends('.', { checksum: 0 });
    t.getsNothing('None of these is answered.');
    expect(drops(t)).toEqual([
      'tcp-truncated',
      'tcp-bad-destination',
      'tcp-bad-destination',
      'tcp-bad-header-length',
      'tcp-bad-header-length',
      'tcp-bad-checksum',
    ]);
    t.sends('', {}).sends('.', { ack: 9 }).sends('S').sends('.', { seq: -7 }).sends('.', { to: 81 });
    expect(drops(t).slice(6)).toEqual([
      'tcp-no-ack',
      'tcp-bad-ack',
      'tcp-challenged',
      'tcp-unacceptable',
      'tcp-no-connection',
    ]);
    t.connection.abort();
  });

  it('from our own address and port are no call', () => {
    const t = new TcpBench().listens();
    const own = t.bench.from.eth0.withIp({ source: '192.0.2.1' });
    t.bench.peer.eth0.send(own.tcp(new Uint8Array(), { sourcePort: 80, destinationPort: 80, syn: 1 }));
    t.world.runToRest(MINUTE);
    expect(t.state).toBe('CLOSED');
    expect(drops(t)).toEqual(['tcp-unexpected']);
  });

  it('may have options that nobody knows, or that lie: the rest counts (MUST-6, MUST-7)', () => {
    for (const tail of [
      [200, 4, 1, 2],
      [200, 0, 1, 2],
      [2, 40, 1, 2],
      [2, 3, 1, 0],
      [3, 1, 0, 0],
      [5, 9, 0, 0],
    ]) {
      const options = [
        { kind: 'mss', value: 700 } as const,
        { kind: 'tail', bytes: Uint8Array.from(tail) } as const,
      ];
      const t = new TcpBench().listens().sends('S', { options });
      t.gets('An answer.', 'S.', { ack: 1 });
      t.sends('P.', { text: 'hello', options: options.slice(1) }).hasTold('connected', 'readable 5');
      t.writes(pattern(1000)).gets('As long as the option that is right says.', '.', { length: 700 });
      t.connection.abort();
    }
  });

  it('may be urgent, which is not more than text here', () => {
    const t = new TcpBench().accepted().sends('PU.', { text: 'quick' });
    expect(t.program.received).toBe('quick');
    t.connection.abort();
  });

  it('acknowledge what is older than any window: somebody guesses (RFC 5961 §5.2)', () => {
    const t = new TcpBench();
    t.window = 1000;
    t.accepted();
    for (let count = 0; count < 5; count++) {
      t.writes(pattern(1000)).gets('A window full.', 'P.', { length: 1000 });
      t.sends('.');
    }
    t.sends('P.', { ack: 5001 - 1000, text: 'a' }).getsNothing('Late, but possible.');
    t.sends('P.', { ack: 5001 - 1001, text: 'b' }).gets('Challenged.', '.', { seq: 5001, ack: 2 });
    expect(drops(t)).toEqual(['tcp-bad-ack']);
    t.connection.abort();
  });

  it('may come while another one is being handled', () => {
    const t = new TcpBench().accepted();
    t.program.when.readable = () => {
      t.program.when.readable = () => {};
      t.world.inject(t.bench.port.eth0, t.frame('P.', { seq: 6, text: 'world' }));
    };
    t.sends('P.', { text: 'hello' }).gets('Both are acknowledged.', '.', { ack: 11 });
    expect(t.program.received).toBe('helloworld');
    t.connection.abort();
  });

  it('may come while the program says whether it takes a call', () => {
    const t = new TcpBench();
    let calls = 0;
    t.host.stack.tcp.listen(80, {
      accept: () => {
        calls++;
        if (calls === 1) t.world.inject(t.bench.port.eth0, t.frame('S', { seq: 5000, port: 2 }));
        return {};
      },
    });
    t.sends('S', { seq: 1000, port: 1, options: [{ kind: 'mss', value: 700 }] });
    expect(t.all().map(({ flags, ack }) => [flags, ack])).toEqual([
      ['S.', 5001],
      ['S.', 1001],
    ]);
    expect(
      [...t.host.stack.tcp.list()].map(({ remote, sender }) => [remote.port, sender.mss]).sort(),
    ).toEqual([
      [1, 700],
      [2, 536],
    ]);
    for (const connection of [...t.host.stack.tcp.list()]) connection.abort();
  });

  it('do not make two sides that do not understand each other talk for ever', () => {
    const t = new TcpBench().accepted();
    for (let count = 0; count < 100; count++) t.sends('.', { seq: -1 - count });
    expect(t.all().length).toBe(10);
    t.sends('P.', { seq: -9, text: 'hello' }).gets('Text is always answered.', '.', { ack: 1 });
    t.waits(5 * SECOND)
      .sends('.', { seq: -1 })
      .gets('Later there is an answer again.', '.', { ack: 1 });
    t.connection.abort();
  });

  it('end two sides that have lost each other: one has forgotten', () => {
    const t = new TcpBench().listens().sends('P.', { seq: 500, ack: 77, text: 'are you there?' });
    t.gets('A reset that must be believed.', 'R', { seq: 77 });
    t.sends('S', { seq: 600 }).gets('A new call is welcome.', 'S.', { ack: 601 });
    t.connection.abort();
    t.isOver();
  });

  it('are resets that must be believed: number of the acknowledgment, or zero and what would be next', () => {
    const t = new TcpBench();
    t.sends('S', { seq: 10, text: 'abc' }).gets('SYN with text.', 'R.', { seq: 0, ack: 14 });
    t.sends('F', { seq: 10, text: 'abc' }).gets('FIN with text.', 'R.', { seq: 0, ack: 14 });
    t.sends('.', { seq: 10, ack: 99 }).gets('ACK.', 'R', { seq: 99, window: 0 });
    t.sends('R', { seq: 10 }).sends('R.', { seq: 10 }).getsNothing('Resets are not answered.');
  });
});

describe('an ICMP error', () => {
  const error = (t: TcpBench, about: Uint8Array, type: number, code: number, mtu = 0): void => {
    t.bench.peer.eth0.send(t.bench.from.eth0.icmpError(type, code, about, 8, mtu));
    t.world.advance(0);
  };

  it.each([
    [UNREACHABLE.network, 'ENETUNREACH'],
    [UNREACHABLE.host, 'EHOSTUNREACH'],
    [UNREACHABLE.protocol, 'ECONNREFUSED'],
    [UNREACHABLE.port, 'ECONNREFUSED'],
    [UNREACHABLE.administrativelyProhibited, 'EHOSTUNREACH'],
  ])('of code %i ends a call with %s', (code, name) => {
    const t = new TcpBench();
    t.connects();
    const syn = t.gets('SYN.', 'S');
    error(t, syn.frame, 3, code);
    t.hasTold(`failed ${name}`).isOver();
  });

  it('of a loop on the way ends a call too', () => {
    const t = new TcpBench();
    t.connects();
    error(t, t.gets('SYN.', 'S').frame, 11, 0);
    t.hasTold('failed EHOSTUNREACH').isOver();
  });

  it('is no end for a connection that stands, but becomes the reason if it dies', () => {
    const t = new TcpBench().accepted();
    error(t, t.writes('hello').gets('Text.', 'P.').frame, 3, UNREACHABLE.host);
    t.hasTold('connected')
      .waits(20 * MINUTE)
      .hasTold('connected', 'failed EHOSTUNREACH')
      .isOver();
  });

  it('is forgotten when there is progress', () => {
    const t = new TcpBench().accepted();
    error(t, t.writes('hello').gets('Text.', 'P.').frame, 3, UNREACHABLE.host);
    t.sends('.')
      .writes('more')
      .waits(20 * MINUTE)
      .hasTold('connected', 'failed ETIMEDOUT')
      .isOver();
  });

  it('ends what has not been answered by its caller, when it says that there is no TCP', () => {
    const t = new TcpBench().listens().sends('S');
    const answer = t.gets('SYN, ACK.', 'S.').frame;
    error(t, answer, 3, UNREACHABLE.host);
    t.isIn('SYN-RECEIVED');
    error(t, answer, 3, UNREACHABLE.port);
    t.isIn('CLOSED').hasTold('closed').isOver();
  });

  it('about a number that is not under way is a forgery', () => {
    const t = new TcpBench();
    t.connects();
    const syn = t.gets('SYN.', 'S').frame;
    const forged = syn.slice();
    forged[38] = (forged[38] as number) ^ 1;
    error(t, forged, 3, UNREACHABLE.port);
    t.isIn('SYN-SENT');
    const other = syn.slice();
    other[35] = (other[35] as number) ^ 1;
    error(t, other, 3, UNREACHABLE.port);
    t.isIn('SYN-SENT').connection.abort();
  });

  it('that tells of a narrower link makes segments smaller', () => {
    const t = new TcpBench().accepted();
    const first = t.writes(pattern(2000)).gets('A full segment.', '.', { length: 1460 }).frame;
    t.all();
    error(t, first, 3, UNREACHABLE.fragmentationNeeded, 1000);
    expect(t.all().map(({ seq, length }) => [seq, length])).toEqual([
      [1, 960],
      [961, 500],
    ]);
    error(t, first, 3, UNREACHABLE.fragmentationNeeded, 1400);
    t.getsNothing('It is not made larger again.');
    // A router that does not say: the next usual size below the 1500 bytes of the packet is 1492 (RFC 1191 §7).
    error(t, first, 3, UNREACHABLE.fragmentationNeeded, 0);
    t.getsNothing('Nor by that.');
    error(t, first, 3, UNREACHABLE.fragmentationNeeded, 20);
    expect(t.all()[0]?.length).toBe(28);
    t.connection.abort();
  });
});

describe('a call', () => {
  it('to many machines at once, or to where no route leads, is none', () => {
    const { station } = bench('host', { eth0: HOST });
    for (const address of ['255.255.255.255', '192.0.2.255', '224.0.0.5', '203.0.113.1']) {
      expect(station.stack.tcp.connect({ address: ip(address), port: 80 }, {})).toBe('ENETUNREACH');
    }
  });

  it('to a machine that does not answer ARP fails with EHOSTUNREACH', () => {
    const { world, station } = bench('host', { eth0: HOST });
    const program = new Program();
    station.stack.tcp.connect({ address: ip('192.0.2.77'), port: 80 }, program);
    world.runToRest(MINUTE);
    expect(program.told).toEqual(['failed EHOSTUNREACH']);
    expect(world.now).toBe(3 * SECOND);
  });

  it('to the host itself works as any other', () => {
    const { world, station } = bench('host', { eth0: HOST });
    for (const address of ['192.0.2.1', '127.0.0.1']) {
      const server = new Program();
      const client = new Program();
      server.when.readable = (connection) => void connection.write(new Uint8Array([1, 2]));
      server.when.ended = (connection) => connection.shutdown();
      client.when.connected = (connection) => void connection.write(new Uint8Array([1]));
      client.when.readable = (connection) => connection.shutdown();
      station.stack.tcp.stopListening(80);
      station.stack.tcp.listen(80, { accept: () => server });
      station.stack.tcp.connect({ address: ip(address), port: 80 }, client);
      world.runToRest(5 * MINUTE);
      expect(client.told).toEqual(['connected', 'readable 2', 'ended', 'closed']);
      expect(server.told).toEqual(['connected', 'readable 1', 'ended', 'closed']);
    }
    expect([...station.stack.tcp.list()]).toEqual([]);
  });

  it('to the host itself does not come from the port it goes to', () => {
    const { station } = bench('host', { eth0: HOST }, { pins: { 'tcp-port': [80] } });
    const connection = station.stack.tcp.connect({ address: ip('192.0.2.1'), port: 80 }, {});
    if (typeof connection === 'string') throw new Error(connection);
    expect(connection.local.port).not.toBe(80);
    connection.shutdown();
  });

  it('reaches the address it was made to, where a machine has several', () => {
    const world = newWorld();
    const client = world.addHost('client');
    const router = world.addRouter('router');
    const near = world.addInterface(router, 'near', { address: '192.0.2.1/24' });
    world.addInterface(router, 'far', { address: '198.51.100.1/24' });
    world.connect(world.addInterface(client, 'eth0', { address: '192.0.2.2/24' }), near);
    client.addRoute(prefix('0.0.0.0/0'), ip('192.0.2.1'));
    router.stack.tcp.listen(80, { accept: () => new Program() });
    const programs = ['192.0.2.1', '198.51.100.1'].map((address) => {
      const program = new Program();
      client.stack.tcp.connect({ address: ip(address), port: 80 }, program);
      return program;
    });
    world.advance(SECOND);
    expect(programs.map(({ told }) => told)).toEqual([['connected'], ['connected']]);
    expect([...router.stack.tcp.list()].map(({ local, state }) => [local.address, state])).toEqual([
      [ip('192.0.2.1'), 'ESTABLISHED'],
      [ip('198.51.100.1'), 'ESTABLISHED'],
    ]);
    for (const connection of [...client.stack.tcp.list()]) connection.abort();
  });
});

it('leaves no reason of TCP unused', () => {
  const t = new TcpBench({ accepts: { receiveBuffer: 10 } }).accepted();
  t.program.reads = false;
  t.sends('P.', { text: '0123456789' }).sends('P.', { text: 'x', seq: 11 });
  expect(drops(t)).toEqual(['tcp-buffer-full']);
  t.connection.abort();
  const stamped = new TcpBench({ accepts: { timestamps: true } });
  const stamps = (value: number) => [{ kind: 'timestamps', value, echo: 0 }] as const;
  stamped
    .listens()
    .sends('S', { seq: 0, options: stamps(1000) })
    .gets('SYN, ACK.', 'S.');
  stamped.sends('.', { seq: 1, ack: 1, options: stamps(1001) });
  stamped.sends('P.', { seq: 1, text: 'new', options: stamps(1002) }).all();
  stamped.sends('P.', { seq: 4, text: 'old', options: stamps(900) });
  expect(drops(stamped)).toEqual(['tcp-paws']);
  stamped.sends('P.', { seq: 4, text: 'none' });
  expect(drops(stamped)).toEqual(['tcp-paws', 'tcp-no-timestamp']);
  stamped.connection.close();
  stamped.all();
  stamped.sends('P.', { seq: 4, text: 'late', options: stamps(1003) });
  expect(drops(stamped)).toEqual(['tcp-paws', 'tcp-no-timestamp', 'tcp-closed']);
  expect([...seen].sort()).toEqual(DROP_REASON_CODES.filter((code) => code.startsWith('tcp-')).sort());
});
