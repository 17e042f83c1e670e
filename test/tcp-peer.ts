// A TCP peer that is no TCP: it sends the segments a test tells it to and keeps those it gets. With it come a program
// that writes down what its connection tells it, and scripts of steps in sentences.
// Sequence numbers count from each side's SYN, which is 0, as in Wireshark; flags are written as in tcpdump: `S` SYN,
// `S.` SYN and ACK, `.` ACK, `P.` PSH and ACK, `F.` FIN and ACK, `R` RST.

import { complement, pseudoHeaderSum, sumOctets } from '../src/base/checksum.js';
import { seqAdd, seqDiff } from '../src/base/sequence.js';
import { formatDuration, MINUTE, type Time } from '../src/base/time.js';
import type { Station } from '../src/device/station.js';
import type { Pins, World, WorldOptions } from '../src/net/world.js';
import type { Endpoint } from '../src/stack/endpoint.js';
import type { TcpConnection, TcpListener } from '../src/stack/tcp/connection.js';
import type { TcpOptions } from '../src/stack/tcp/connection-options.js';
import type { TcpError } from '../src/stack/tcp/listener.js';
import type { TcpState } from '../src/stack/tcp/state.js';
import { PROTOCOL } from '../src/wire/iana.js';
import { TCP_FLAG, tcp } from '../src/wire/tcp.js';
import {
  findMss,
  findWindowScale,
  readTcpOptions,
  type TcpOption,
  writeTcpOptions,
} from '../src/wire/tcp-options.js';
import { headerOf, join } from './frames.js';
import { type Bench, bench, HOST, ip } from './kit.js';

/** The peer's port and the host's. */
export const PEER_PORT = 40000;
export const HOST_PORT = 80;
/** Where the peer's numbers begin: near the end of the number space, so that every test wraps around it. */
export const PEER_ISN = 0xffffff00;

const LETTERS = [
  ['S', TCP_FLAG.syn],
  ['F', TCP_FLAG.fin],
  ['R', TCP_FLAG.rst],
  ['P', TCP_FLAG.psh],
  ['U', TCP_FLAG.urg],
  ['E', TCP_FLAG.ece],
  ['W', TCP_FLAG.cwr],
  ['.', TCP_FLAG.ack],
] as const;

function flagsOf(letters: string): number {
  return LETTERS.reduce((flags, [letter, bit]) => (letters.includes(letter) ? flags | bit : flags), 0);
}

function lettersOf(flags: number): string {
  return LETTERS.filter(([, bit]) => (flags & bit) !== 0)
    .map(([letter]) => letter)
    .join('');
}

/** A segment the peer got. */
export interface GotSegment {
  readonly time: Time;
  readonly flags: string;
  /** Relative to the host's SYN and to the peer's; an acknowledgment of nothing is 0. */
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly length: number;
  readonly mss: number | undefined;
  readonly shift: number | undefined;
  readonly text: Uint8Array;
  readonly frame: Uint8Array;
}

/** What a segment should be; fields that are not named may be anything. */
export interface WantedSegment {
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly length?: number;
  readonly mss?: number | undefined;
  readonly shift?: number | undefined;
  readonly text?: string;
}

/** What the peer sends besides flags and numbers. */
export interface SegmentValues {
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly text?: string | Uint8Array;
  readonly options?: readonly TcpOption[];
  /** In place of the right ones: the checksum, the data offset in words, the four reserved bits, the ports. */
  readonly checksum?: number;
  readonly dataOffset?: number;
  readonly reserved?: number;
  readonly port?: number;
  readonly to?: number;
}

export function textOf(text: string | Uint8Array | undefined): Uint8Array {
  if (typeof text !== 'string') return text ?? new Uint8Array(0);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function asText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A program that writes down what it is told: `connected`, `readable 5`, `ended`, `closed`, `failed ECONNRESET`. */
export class Program implements TcpListener {
  readonly told: string[] = [];
  connection: TcpConnection | undefined;
  /** Everything it has read. */
  received = '';
  /** Reads at once what comes. Default true. */
  reads = true;
  /** Done at each thing that is told, by its first word. */
  readonly when: Record<string, ((connection: TcpConnection) => void) | undefined> = {};

  connected(connection: TcpConnection): void {
    this.tell(connection, 'connected');
  }

  readable(connection: TcpConnection): void {
    const available = connection.receiver.available;
    if (this.reads) this.received += asText(connection.read());
    this.tell(connection, `readable ${available}`);
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

  private tell(connection: TcpConnection, what: string): void {
    this.connection = connection;
    this.told.push(what);
    this.when[what.split(' ')[0] as string]?.(connection);
  }
}

export interface TcpBenchOptions extends WorldOptions {
  readonly pins?: Pins;
  /** Options of the connections the host accepts, and its backlog. */
  readonly accepts?: TcpOptions;
  readonly backlog?: number;
  readonly cookies?: boolean;
}

/** A host at whose cable the peer sits. Every step is told; a failure prints all of them. */
export class TcpBench {
  readonly world: World;
  readonly host: Station;
  readonly bench: Bench<'eth0'>;
  /** The host's programs, newest last: one for each connection. */
  readonly programs: Program[] = [];
  /** The host's ISN, as its last SYN said. */
  hostIsn = 0;
  /** Numbers and window that a segment gets which names none. */
  seq = 0;
  ack = 0;
  window = 65535;
  private readonly options: TcpBenchOptions;
  private readonly steps: string[] = [];
  private readonly got: GotSegment[] = [];
  private identification = 1;

  constructor(options: TcpBenchOptions = {}) {
    this.options = options;
    this.bench = bench('host', { eth0: { ...HOST, asks: true } }, { ...options });
    this.world = this.bench.world;
    this.host = this.bench.station;
  }

  // ---- the host's side ----

  /** The newest program. */
  get program(): Program {
    const program = this.programs.at(-1);
    if (program === undefined) throw new Error('the host has no program yet');
    return program;
  }

  get connection(): TcpConnection {
    const connection = this.program.connection ?? [...this.host.stack.tcp.list()].at(-1);
    if (connection === undefined) throw new Error('the host has no connection');
    return connection;
  }

  get state(): TcpState {
    return [...this.host.stack.tcp.list()].at(-1)?.state ?? 'CLOSED';
  }

  listens(port = HOST_PORT): this {
    const { accepts, backlog, cookies } = this.options;
    const problem = this.host.stack.tcp.listen(port, {
      accept: () => this.newProgram(),
      ...(accepts === undefined ? {} : { options: accepts }),
      ...(backlog === undefined ? {} : { backlog }),
      ...(cookies === undefined ? {} : { cookies }),
    });
    if (problem !== undefined) throw new Error(problem);
    return this;
  }

  /** The host opens a connection to the peer. */
  connects(
    options: TcpOptions = {},
    to: Endpoint = { address: ip(HOST.peer), port: PEER_PORT },
  ): TcpConnection {
    const program = this.newProgram();
    const connection = this.host.stack.tcp.connect(to, program, options);
    if (typeof connection === 'string') throw new Error(connection);
    program.connection = connection;
    this.note(`The host connects.`);
    return connection;
  }

  newProgram(): Program {
    const program = new Program();
    this.programs.push(program);
    return program;
  }

  /** The program does something. */
  does(sentence: string, act: (connection: TcpConnection) => void): this {
    this.note(sentence);
    act(this.connection);
    this.world.advance(0);
    return this;
  }

  writes(text: string | Uint8Array): this {
    return this.does(`The program writes ${text.length} bytes.`, (connection) =>
      connection.write(textOf(text)),
    );
  }

  closes(): this {
    return this.does('The program closes.', (connection) => connection.shutdown());
  }

  // ---- the peer's side ----

  /** The frame of a segment from the peer, right in every way that the values do not make wrong. */
  frame(flags: string, values: SegmentValues = {}): Uint8Array {
    const options = writeTcpOptions(values.options ?? []);
    const ackBit = flags.includes('.');
    const header = headerOf(tcp, {
      sourcePort: values.port ?? PEER_PORT,
      destinationPort: values.to ?? this.hostPort,
      sequence: seqAdd(PEER_ISN, values.seq ?? this.seq),
      acknowledgment: ackBit ? seqAdd(this.hostIsn, values.ack ?? this.ack) : 0,
      dataOffset: values.dataOffset ?? 5 + options.length / 4,
      reserved: (values.reserved ?? 0) >> 1,
      ae: (values.reserved ?? 0) & 1,
      window: values.window ?? this.window,
    });
    header[13] = flagsOf(flags);
    const bytes = join(header, options, textOf(values.text));
    const view = new DataView(bytes.buffer);
    const { source, destination } = this.bench.from.eth0;
    const pseudo = pseudoHeaderSum(source.ip, destination.ip, PROTOCOL.tcp, bytes.length);
    view.setUint16(16, values.checksum ?? complement(pseudo + sumOctets(bytes)));
    return this.bench.from.eth0.packet(bytes, {
      protocol: PROTOCOL.tcp,
      identification: this.identification++,
    });
  }

  /** The peer sends a segment; what follows in sequence space is its next number. */
  sends(flags: string, values: SegmentValues = {}): this {
    const frame = this.frame(flags, values);
    const seq = values.seq ?? this.seq;
    const length = textOf(values.text).length;
    this.note(
      `The peer sends ${flags || 'no flag'} seq ${seq}${flags.includes('.') ? ` ack ${values.ack ?? this.ack}` : ''} with ${length} bytes.`,
    );
    if (values.seq === undefined)
      this.seq += length + (flags.includes('S') ? 1 : 0) + (flags.includes('F') ? 1 : 0);
    this.bench.peer.eth0.send(frame);
    this.world.advance(0);
    return this;
  }

  /** The peer has got this segment, and it is the oldest not yet looked at. */
  gets(sentence: string, flags: string, wanted: WantedSegment = {}): GotSegment {
    const segment = this.next();
    if (segment === undefined) this.fail(sentence, ['no segment came']);
    const found: Record<string, unknown> = { ...segment, text: asText(segment.text) };
    const wrong = Object.entries({ flags, ...wanted })
      .filter(([name, value]) => found[name] !== value)
      .map(([name, value]) => `${name}: wanted ${show(value)}, got ${show(found[name])}`);
    if (wrong.length > 0) this.fail(sentence, wrong);
    this.note(`${sentence} ✓`);
    // From now on the peer acknowledges what it has got.
    const end = segment.seq + segment.length + (/[SF]/.test(segment.flags) ? 1 : 0);
    if (!segment.flags.includes('R') && end > this.ack) this.ack = end;
    return segment;
  }

  /** No segment has come that has not been looked at. */
  getsNothing(sentence: string): this {
    const segment = this.next();
    if (segment !== undefined) {
      const { flags, seq, ack, length } = segment;
      this.fail(sentence, [`got ${flags} seq ${seq} ack ${ack} with ${length} bytes`]);
    }
    this.note(`${sentence} ✓`);
    return this;
  }

  /** The next segment, if there is one. */
  next(): GotSegment | undefined {
    this.collect();
    return this.got.shift();
  }

  /** All segments that have come. */
  all(): GotSegment[] {
    this.collect();
    return this.got.splice(0);
  }

  /** Lets time pass. */
  waits(time: Time): this {
    this.world.advance(time);
    this.note(`${formatDuration(time)} pass.`);
    return this;
  }

  /** The host's connection is in this state. */
  isIn(state: TcpState): this {
    if (this.state !== state) this.fail(`The connection is ${state}.`, [`it is ${this.state}`]);
    return this;
  }

  /** The newest program has been told this, and nothing else. */
  hasTold(...told: string[]): this {
    const wanted = told.join(', ');
    const found = this.program.told.join(', ');
    if (wanted !== found)
      this.fail('The program has been told what happened.', [`wanted: ${wanted}`, `got: ${found}`]);
    return this;
  }

  /** Nothing is left: no timer, no frame, no connection. */
  isOver(): this {
    const rest = this.world.runToRest(30 * MINUTE);
    const wrong = [
      ...(rest ? [] : ['the world does not come to rest']),
      ...(this.world.frames.liveCount === 0 ? [] : [`${this.world.frames.liveCount} frames are left`]),
      ...[...this.host.stack.tcp.list()].map(({ name, state }) => `${name} is still ${state}`),
    ];
    if (wrong.length > 0) this.fail('Nothing is left.', wrong);
    return this;
  }

  // ---- the usual beginnings ----

  /** The peer has opened a connection, and the host's program has it. */
  accepted(options: readonly TcpOption[] = [{ kind: 'mss', value: 1460 }]): this {
    this.listens().sends('S', { options });
    this.gets('The host answers the SYN.', 'S.', { seq: 0, ack: 1 });
    return this.sends('.').isIn('ESTABLISHED');
  }

  private get hostPort(): number {
    const own = this.programs.at(-1)?.connection;
    return own === undefined || own.passive ? HOST_PORT : own.local.port;
  }

  private collect(): void {
    this.world.advance(0);
    for (const { time, bytes } of this.bench.peer.eth0.received.splice(0)) {
      if (bytes[12] !== 8 || bytes[13] !== 0 || bytes[23] !== PROTOCOL.tcp) continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const at = 34;
      const header = tcp.read(view, at);
      const end = 14 + view.getUint16(16);
      const flags = bytes[at + 13] as number;
      if ((flags & TCP_FLAG.syn) !== 0) this.hostIsn = header.sequence;
      const textAt = at + header.dataOffset * 4;
      const options = readTcpOptions(bytes, at + 20, textAt).options;
      const text = bytes.slice(textAt, end);
      const hasAck = (flags & TCP_FLAG.ack) !== 0;
      this.got.push({
        time,
        flags: lettersOf(flags),
        seq: seqDiff(header.sequence, this.hostIsn),
        ack: hasAck ? seqDiff(header.acknowledgment, PEER_ISN) : 0,
        window: header.window,
        length: text.length,
        mss: findMss(options),
        shift: findWindowScale(options),
        text,
        frame: bytes,
      });
    }
  }

  note(sentence: string): void {
    this.steps.push(`  ${formatDuration(this.world.now).padStart(9)}  ${sentence}`);
  }

  private fail(sentence: string, wrong: readonly string[]): never {
    const lines = [
      ...this.steps,
      `  ✗          ${sentence}`,
      ...wrong.map((line) => `               ${line}`),
    ];
    throw new Error(`a step of the script failed:\n${lines.join('\n')}`);
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
