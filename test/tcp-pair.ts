// Two hosts on one cable whose programs send each other streams, in pieces and at times of their own.

import { expect } from 'vitest';
import { Random } from '../src/base/random.js';
import { HOUR, MILLISECOND } from '../src/base/time.js';
import type { Timer, TimerOwner } from '../src/base/timer.js';
import type { LinkOptions } from '../src/net/link.js';
import type { World } from '../src/net/world.js';
import type { Context } from '../src/stack/context.js';
import type { TcpConnection, TcpListener } from '../src/stack/tcp/connection.js';
import type { TcpOptions } from '../src/stack/tcp/connection-options.js';
import type { TcpError } from '../src/stack/tcp/listener.js';
import { newWorld } from './kit.js';

export interface Habits {
  /** Most bytes of one write, and of one read. */
  readonly writes?: number;
  readonly reads?: number;
  /** How long the program sleeps between reads when it does not read all. */
  readonly naps?: number;
}

/** A program that sends a stream in pieces and keeps what it gets. */
export class Talker implements TcpListener, TimerOwner {
  readonly received: Uint8Array[] = [];
  connection: TcpConnection | undefined;
  end = '';
  wasConnected = false;
  private rest: Uint8Array;
  private readonly habits: Habits;
  private readonly random: Random;
  private readonly alarm: Timer;

  constructor(context: Context, outgoing: Uint8Array, habits: Habits, random: Random) {
    this.rest = outgoing;
    this.habits = habits;
    this.random = random;
    this.alarm = context.timer(this, 'talker');
  }

  connected(connection: TcpConnection): void {
    this.connection = connection;
    this.wasConnected = true;
    this.talk();
  }

  writable(): void {
    this.talk();
  }

  readable(): void {
    this.listen();
  }

  ended(): void {
    this.listen();
  }

  closed(): void {
    this.listen(true);
    this.end = 'closed';
  }

  failed(_: TcpConnection, error: TcpError): void {
    this.end = error;
    this.alarm.clear();
  }

  timerFired(): void {
    this.listen();
  }

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.received.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.received) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  private talk(): void {
    const { connection, habits, random } = this;
    if (connection === undefined) return;
    while (this.rest.length > 0) {
      const most = habits.writes ?? this.rest.length;
      const piece = this.rest.subarray(0, habits.writes === undefined ? most : random.between(1, most));
      const taken = connection.write(piece);
      this.rest = this.rest.subarray(taken);
      if (taken < piece.length) return;
    }
    connection.shutdown();
  }

  private listen(everything = false): void {
    const { connection, habits, random } = this;
    if (connection === undefined) return;
    const most = habits.reads === undefined || everything ? undefined : random.between(0, habits.reads);
    const bytes = connection.read(most);
    if (bytes.length > 0) this.received.push(bytes);
    if (connection.receiver.available > 0)
      this.alarm.set(connection.tcp.context.clock.now + (habits.naps ?? MILLISECOND));
  }
}

export interface Pair {
  readonly world: World;
  readonly client: Talker;
  readonly server: Talker;
}

export interface PairOptions {
  readonly link?: LinkOptions;
  readonly seed?: number;
  readonly up?: Uint8Array;
  readonly down?: Uint8Array;
  readonly client?: Habits & TcpOptions;
  readonly server?: Habits & TcpOptions;
}

/** Two hosts on one cable; the client calls. */
export function pair(options: PairOptions): Pair {
  const seed = options.seed ?? 1;
  const world = newWorld({ record: 'off', seed });
  const a = world.addHost('client');
  const b = world.addHost('server');
  const left = world.addInterface(a, 'eth0', { address: '192.0.2.1/24' });
  const right = world.addInterface(b, 'eth0', { address: '192.0.2.2/24' });
  world.connect(left, right, { delay: MILLISECOND, ...options.link });
  // A lost ARP message would tell nothing about TCP.
  a.stack.ipv4.neighborsOf(left).addPermanent(right.address, right.mac);
  b.stack.ipv4.neighborsOf(right).addPermanent(left.address, left.mac);
  const random = new Random(seed, 'talkers');
  const none = new Uint8Array(0);
  const client = new Talker(a.context, options.up ?? none, options.client ?? {}, random);
  const server = new Talker(b.context, options.down ?? none, options.server ?? {}, random);
  b.stack.tcp.listen(80, { accept: () => server, options: options.server ?? {} });
  a.stack.tcp.connect({ address: right.address, port: 80 }, client, options.client);
  return { world, client, server };
}

/** Everything has arrived, both sides are closed, and nothing goes on. */
export function expectDone({ world, client, server }: Pair, up: Uint8Array, down: Uint8Array): void {
  expect(world.runToRest(100 * HOUR)).toBe(true);
  expect([client.end, server.end]).toEqual(['closed', 'closed']);
  expect(Buffer.compare(server.bytes, up), 'from client to server').toBe(0);
  expect(Buffer.compare(client.bytes, down), 'from server to client').toBe(0);
  expect(world.engine.pending).toBe(0);
  expect(world.frames.liveCount).toBe(0);
  for (const name of ['client', 'server']) expect([...world.station(name).stack.tcp.list()]).toEqual([]);
}
