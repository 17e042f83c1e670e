// Where scripts are played: one host, at whose cable sit as many peers as a script needs, and the host's programs.

import { MINUTE, type Time } from '../../src/base/time.js';
import type { Station } from '../../src/device/station.js';
import type { World } from '../../src/net/world.js';
import type { TcpConnection, TcpListener } from '../../src/stack/tcp/connection.js';
import type { TcpError } from '../../src/stack/tcp/listener.js';
import type { TcpState } from '../../src/stack/tcp/state.js';
import { PROTOCOL } from '../../src/wire/iana.js';
import { FrameMaker, ip, viewOf } from '../frame-maker.js';
import { dropsIn, newWorld, Peer } from '../kit.js';
import { Laws, programByte } from './laws.js';
import { HOST_PORT, type HostSettings, type PeerSettings } from './script.js';
import { ECN_NAMES, type SegmentText } from './segment-text.js';
import { type Got, Talk } from './talk.js';

const HOST = '192.0.2.1';
const PEER = '192.0.2.2';
const BROADCAST = '192.0.2.255';

/** A program of the host's: it writes down what it is told, and reads at once unless the script stops it. */
export class Program implements TcpListener {
  readonly told: string[] = [];
  connection: TcpConnection | undefined;
  atOnce = true;
  /** All it has written; undefined while that is `programByte`s only. */
  ownText: number[] | undefined;
  written = 0;
  /** All it has read. */
  received: number[] = [];

  connected(connection: TcpConnection): void {
    this.tell(connection, 'connected');
  }

  readable(connection: TcpConnection): void {
    const available = connection.info().receiveQueue;
    if (this.atOnce) this.read(undefined, connection);
    this.tell(connection, `readable ${available}`);
  }

  urgent(connection: TcpConnection): void {
    this.tell(connection, `urgent ${connection.urgent}`);
  }

  ended(connection: TcpConnection): void {
    this.tell(connection, 'ended');
  }

  writable(connection: TcpConnection): void {
    this.tell(connection, 'writable');
  }

  closed(connection: TcpConnection): void {
    this.tell(connection, 'closed');
  }

  failed(connection: TcpConnection, error: TcpError): void {
    this.tell(connection, `failed ${error}`);
  }

  /** Up to `most` bytes. */
  read(most: number | undefined, connection = this.connection): Uint8Array {
    const bytes = connection?.read(most) ?? new Uint8Array(0);
    this.received.push(...bytes);
    return bytes;
  }

  /** The next bytes of its stream, or these. Returns how many were taken. */
  write(connection: TcpConnection, length: number, text: string | undefined, urgent: boolean): number {
    const bytes = Uint8Array.from({ length }, (_, index) =>
      text === undefined ? programByte(this.written + index) : text.charCodeAt(index),
    );
    if (text !== undefined)
      this.ownText ??= Array.from({ length: this.written }, (_, index) => programByte(index));
    const taken = connection.write(bytes, urgent);
    this.ownText?.push(...bytes.subarray(0, taken));
    this.written += taken;
    return taken;
  }

  private tell(connection: TcpConnection, what: string): void {
    this.connection ??= connection;
    this.told.push(what);
  }
}

/** An event of the host's, with its facts. */
export interface ToldEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export class Stage {
  readonly world: World;
  readonly host: Station;
  private readonly hostSettings: HostSettings;
  private readonly peerSettings: PeerSettings;
  private readonly peer: Peer;
  private readonly from: FrameMaker;
  private readonly talks = new Map<number, Talk>();
  private readonly laws = new Map<number, Laws>();
  private readonly programs = new Map<number, Program>();
  private identification = 1;
  private dropsSeen = 0;
  private eventsSeen = 0;

  constructor(host: HostSettings, peer: PeerSettings, seed = 1) {
    this.hostSettings = host;
    this.peerSettings = peer;
    this.world = newWorld({ seed });
    const pins = {
      ...(host.isn === undefined ? {} : { isn: [host.isn] }),
      ...(host.ports.length === 0 ? {} : { 'tcp-port': host.ports }),
    };
    this.host = this.world.addHost('host', pins);
    const own = this.world.addInterface(this.host, 'eth0', { address: `${HOST}/24` });
    this.peer = new Peer(this.world, 'peer', own, { mtu: host.mtu });
    this.host.stack.ipv4.neighborsOf(own).addPermanent(ip(PEER), this.peer.mac);
    this.from = new FrameMaker({ mac: this.peer.mac, ip: ip(PEER) }, { mac: own.mac, ip: ip(HOST) });
  }

  talk(port: number): Talk {
    let talk = this.talks.get(port);
    if (talk === undefined) {
      talk = new Talk(port, this.peerSettings);
      this.talks.set(port, talk);
      this.laws.set(port, new Laws(talk, this.hostSettings.mtu));
    }
    return talk;
  }

  /** Of all peers so far. */
  ports(): number[] {
    return [...this.talks.keys()];
  }

  // ---- the host's side ----

  get tcp(): Station['stack']['tcp'] {
    return this.host.stack.tcp;
  }

  /** The program that has, or has had, the connection with this peer. */
  program(port: number): Program | undefined {
    return this.programs.get(port);
  }

  connection(port: number): TcpConnection | undefined {
    return [...this.tcp.list()].find(({ remote }) => remote.port === port);
  }

  listen(backlog: number | undefined, cookies: boolean): string | undefined {
    return this.tcp.listen(HOST_PORT, {
      accept: ({ port }) => this.newProgram(port),
      options: this.hostSettings.options,
      cookies,
      ...(backlog === undefined ? {} : { backlog }),
    });
  }

  connect(port: number): string | undefined {
    const program = this.newProgram(port);
    const { options } = this.hostSettings;
    const connection = this.tcp.connect({ address: ip(PEER), port }, program, options);
    if (typeof connection === 'string') return connection;
    program.connection = connection;
    this.talk(port).hostPort = connection.local.port;
    return undefined;
  }

  private newProgram(port: number): Program {
    const program = new Program();
    this.programs.set(port, program);
    return program;
  }

  state(port: number): TcpState {
    const connection = this.connection(port);
    if (connection !== undefined) return connection.state;
    return [...this.tcp.listeningPorts()].includes(HOST_PORT) ? 'LISTEN' : 'CLOSED';
  }

  /** Why segments died since the last question. */
  newDrops(): string[] {
    const all = dropsIn(this.world);
    const fresh = all.slice(this.dropsSeen);
    this.dropsSeen = all.length;
    return fresh;
  }

  /** What the host has told since the last question, oldest first. */
  newEvents(): ToldEvent[] {
    const all = [...this.world.trace().events()];
    const fresh = all.slice(this.eventsSeen);
    this.eventsSeen = all.length;
    return fresh.flatMap((event) => (event.kind === 'app' ? [{ name: event.name, data: event.data }] : []));
  }

  // ---- the peers' side ----

  send(port: number, segment: SegmentText): void {
    const { broadcast, source } = segment.odd;
    const from = this.from.withIp({
      ...(broadcast === true ? { destination: BROADCAST } : {}),
      ...(source === undefined ? {} : { source }),
    });
    const bytes = this.talk(port).write(segment, from, this.world.now);
    const packet = from.packet(bytes, {
      protocol: PROTOCOL.tcp,
      identification: this.identification++,
      ecn: segment.ecn === undefined ? 0 : ECN_NAMES.indexOf(segment.ecn),
    });
    this.peer.send(packet);
    this.world.advance(0);
  }

  /** An ICMP error about the segment that began with this number; with one that was never sent the number is put in. */
  sendError(port: number, type: number, code: number, mtu: number, about: number): string | undefined {
    const talk = this.talk(port);
    const newest = [...talk.frames.values()].at(-1);
    if (newest === undefined) return 'the host has sent nothing that could have died';
    const frame = (talk.frames.get(about) ?? newest).slice();
    viewOf(frame).setUint32(38, (talk.hostIsn + about) >>> 0);
    this.peer.send(this.from.icmpError(type, code, frame, 8, mtu));
    this.world.advance(0);
    return undefined;
  }

  // ---- time ----

  /** Lets time pass up to a moment, and takes what the host sends meanwhile. Returns laws that it has broken. */
  advanceTo(time: Time): string[] {
    if (time > this.world.now) this.world.advance(time - this.world.now);
    else this.world.advance(0);
    return this.collect();
  }

  /** The same, but only until the host has sent something to this peer. */
  advanceToSegment(port: number, limit: Time): string[] {
    const wrong = this.advanceTo(this.world.now);
    const { got } = this.talk(port);
    while (got.length === 0 && wrong.length === 0 && this.world.engine.nextAt <= limit)
      wrong.push(...this.advanceTo(this.world.engine.nextAt));
    return wrong;
  }

  private collect(): string[] {
    const wrong: string[] = [];
    for (const { time, bytes } of this.peer.received.splice(0)) {
      if (viewOf(bytes).getUint16(12) !== 0x0800 || bytes[23] !== PROTOCOL.tcp) continue;
      const port = viewOf(bytes).getUint16(36);
      const talk = this.talk(port);
      const got = talk.read(bytes, time);
      const program = this.programs.get(port);
      const own = program?.ownText;
      const broken =
        this.laws.get(port)?.check(got, own === undefined ? undefined : Uint8Array.from(own)) ?? [];
      wrong.push(...broken.map((law) => `${law} (seq ${got.seq})`));
    }
    return wrong;
  }

  /** Segments that no step has looked at, of all peers. */
  unexpected(): { readonly port: number; readonly got: Got }[] {
    return [...this.talks.values()].flatMap(({ port, got }) => got.map((one) => ({ port, got: one })));
  }

  forget(): void {
    for (const { got } of this.talks.values()) got.length = 0;
  }

  /** Ends everything, and says what did not end. */
  end(): string[] {
    for (const connection of [...this.tcp.list()]) connection.abort();
    this.peer.received.length = 0;
    return this.rest();
  }

  /** Is anything left when nobody does anything any more? */
  rest(): string[] {
    const atRest = this.world.runToRest(60 * MINUTE);
    return [
      ...(atRest ? [] : ['something goes on for ever']),
      ...[...this.tcp.list()].map(({ name, state }) => `${name} is still ${state}`),
      ...(this.world.frames.liveCount === 0 ? [] : [`${this.world.frames.liveCount} frames are left`]),
    ];
  }
}
