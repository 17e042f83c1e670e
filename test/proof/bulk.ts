// One stream from one host to another, as long as one likes: every byte has a value that tells its place, and both ends
// sum what passes.

import { createHash } from 'node:crypto';
import type { LinkDirection, LinkOptions } from '../../src/net/link.js';
import type { World } from '../../src/net/world.js';
import type { TcpConnection, TcpListener } from '../../src/stack/tcp/connection.js';
import type { TcpOptions } from '../../src/stack/tcp/connection-options.js';
import type { TcpError } from '../../src/stack/tcp/listener.js';
import type { RecordLevel } from '../../src/trace/trace.js';
import { newWorld } from '../kit.js';

/** A prime, so that bytes that have slipped by segments, windows or buffers do not look right. */
const PERIOD = 65_521;
const PIECE = 65_536;
const PATTERN = new Uint8Array(PERIOD + PIECE);
for (let i = 0, state = 1; i < PATTERN.length; i++) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  PATTERN[i] = i < PERIOD ? state >>> 16 : (PATTERN[i - PERIOD] as number);
}

export interface BulkOptions {
  readonly link: LinkOptions;
  /** Bytes; absent: it never ends. */
  readonly total?: number;
  readonly seed?: number;
  /** What is kept of the run. Default: nothing. */
  readonly record?: RecordLevel;
  readonly sender?: TcpOptions;
  readonly receiver?: TcpOptions;
  /** Goes on when everything is written, and does not close. */
  readonly holds?: boolean;
  /** Sum what is written and read. */
  readonly sums?: boolean;
}

export class Bulk {
  readonly world: World;
  /** The cable, from the sender to the receiver and back. */
  readonly forth: LinkDirection;
  readonly back: LinkDirection;
  readonly connection: TcpConnection;
  written = 0;
  got = 0;
  readonly ends: string[] = [];
  private readonly total: number;
  private readonly holds: boolean;
  private readonly sums: boolean;
  private readonly memory = new Uint8Array(PIECE);
  private readonly sumWritten = createHash('sha256');
  private readonly sumRead = createHash('sha256');

  constructor(options: BulkOptions) {
    this.total = options.total ?? Number.POSITIVE_INFINITY;
    this.holds = options.holds ?? false;
    this.sums = options.sums ?? false;
    this.world = newWorld({ record: options.record ?? 'off', seed: options.seed ?? 1 });
    const a = this.world.addHost('sender');
    const b = this.world.addHost('receiver');
    const near = this.world.addInterface(a, 'eth0', { address: '192.0.2.1/24' });
    const far = this.world.addInterface(b, 'eth0', { address: '192.0.2.2/24' });
    const link = this.world.connect(near, far, options.link);
    this.forth = link.forth;
    this.back = link.back;
    a.stack.ipv4.neighborsOf(near).addPermanent(far.address, far.mac);
    b.stack.ipv4.neighborsOf(far).addPermanent(near.address, near.mac);
    b.stack.tcp.listen(80, { accept: () => this.reader(), options: options.receiver ?? {} });
    const to = { address: far.address, port: 80 };
    this.connection = a.stack.tcp.connect(to, this.writer(), options.sender) as TcpConnection;
  }

  /** Of all that was written, and of all that was read. */
  sumsNow(): readonly [written: string, read: string] {
    return [this.sumWritten.copy().digest('hex'), this.sumRead.copy().digest('hex')];
  }

  private writer(): TcpListener {
    const write = (connection: TcpConnection): void => {
      while (this.written < this.total) {
        const from = this.written % PERIOD;
        const size = Math.min(PIECE, this.total - this.written);
        const taken = connection.write(PATTERN.subarray(from, from + size));
        if (this.sums) this.sumWritten.update(PATTERN.subarray(from, from + taken));
        this.written += taken;
        if (taken < size) return;
      }
      if (!this.holds) connection.shutdown();
    };
    return { connected: write, writable: write, ...this.ending('sender') };
  }

  private reader(): TcpListener {
    const { memory } = this;
    return {
      readable: (connection) => {
        for (let size = connection.readInto(memory); size > 0; size = connection.readInto(memory)) {
          if (this.sums) this.sumRead.update(memory.subarray(0, size));
          this.got += size;
        }
      },
      ended: (connection) => connection.shutdown(),
      ...this.ending('receiver'),
    };
  }

  private ending(who: string): TcpListener {
    return {
      closed: () => void this.ends.push(`${who} closed`),
      failed: (_: TcpConnection, error: TcpError) => void this.ends.push(`${who} ${error}`),
    };
  }
}
