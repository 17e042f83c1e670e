// Linux's TCP in a network namespace: on its cable sit we, with as many addresses as there are plays at a time, and in it
// runs the program of all plays.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { LONGEST_FRAME } from '../../../src/node/live/frame-port.js';
import { type Linux, loadLinux } from '../../../src/node/live/linux.js';
import { removeNamespace } from '../../../src/node/live/namespace.js';
import { ETHERTYPE, PROTOCOL } from '../../../src/wire/iana.js';
import { mac, viewOf } from '../../frame-maker.js';
import { judge } from '../../judge.js';
import { startIn } from '../netns.js';

const CARD = 'eth0';
export const HOST_MAC = mac('02:00:00:00:01:01');
export const PEER_MAC = mac('02:00:00:00:01:02');
/** What stands for the broadcast address of the scripts. */
export const BROADCAST = '10.3.0.255';

/** How Linux is set up, sysctl and value; those of `net.ipv4.` without it. */
export type Settings = Readonly<Record<string, string | number>>;

/**
 * What is set for all plays, so that its choices of speed do not hide what it does: the least time-out of RFC 6298, no
 * memory of earlier connections, and nothing held back for being small.
 */
export const USUAL_SETTINGS: Settings = {
  tcp_rto_min_us: 1_000_000,
  tcp_no_metrics_save: 1,
  tcp_wmem: '4096 1048576 4194304',
  tcp_autocorking: 0,
  tcp_ecn: 0,
  tcp_invalid_ratelimit: 0,
  tcp_max_syn_backlog: 4096,
  icmp_ratelimit: 0,
  ip_local_port_range: '20000 60000',
};

/** The addresses of one play. */
export interface Place {
  readonly host: string;
  readonly peer: string;
}

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

export class LinuxHost {
  private readonly name: string;
  private readonly linux: Linux;
  /** Of the card. */
  private readonly tap: number;
  private readonly watch: { close(): void };
  private readonly buffer = Buffer.allocUnsafeSlow(LONGEST_FRAME + 1);
  private readonly program: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<unknown>;
  private readonly waiting = new Map<number, Waiting>();
  private readonly receivers = new Map<string, (frame: Uint8Array) => void>();
  private calls = 0;
  private places = 0;
  private complaint = '';

  private constructor(name: string, linux: Linux, tap: number) {
    this.name = name;
    this.linux = linux;
    this.tap = tap;
    this.watch = linux.watch(tap, () => this.drain());
    const file = path.join(import.meta.dirname, 'program.py');
    this.program = startIn(name, judge('python3') as string, ['-u', '-B', file]);
    this.ended = new Promise((resolve) => this.program.on('close', resolve));
    let rest = '';
    this.program.stdout.on('data', (piece: Buffer) => {
      const lines = (rest + piece.toString()).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) this.answer(JSON.parse(line));
    });
    this.program.stderr.on('data', (piece: Buffer) => {
      this.complaint += piece;
    });
    void this.ended.then(() => {
      for (const { reject } of this.waiting.values())
        reject(new Error(`the program in ${name} has ended: ${this.complaint}`));
    });
  }

  /** Makes the namespace, with its settings. @throws Error when the system refuses */
  static async make(label: string, settings: Settings): Promise<LinuxHost> {
    const linux = await loadLinux();
    const name = `ww-${process.pid}-${label}`;
    const ip = judge('ip') as string;
    execFileSync(ip, ['netns', 'add', name]);
    let tap = -1;
    try {
      tap = linux.inNamespace(name, () => linux.openTap(CARD));
      const sysctls = { ...USUAL_SETTINGS, ...settings };
      const commands = [
        'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true',
        ...Object.entries(sysctls).map(([key, value]) => `echo ${value} > /proc/sys/net/ipv4/${key}`),
      ];
      execFileSync(ip, ['netns', 'exec', name, 'sh', '-e', '-c', commands.join('\n')]);
      // One segment at a time: otherwise text waits now and then for more to go along, by the millisecond.
      const lines = [
        'link set lo up',
        `link set ${CARD} address ${macText(HOST_MAC)} txqueuelen 10000 gso_max_segs 1 up`,
        `address add 10.3.0.1/24 broadcast + dev ${CARD}`,
        `neighbour replace 10.3.0.2 lladdr ${macText(PEER_MAC)} nud permanent dev ${CARD}`,
        'route add local 10.1.0.0/16 dev lo',
        `route add 10.2.0.0/16 via 10.3.0.2 dev ${CARD}`,
      ];
      execFileSync(ip, ['-n', name, '-batch', '-'], { input: `${lines.join('\n')}\n` });
      return new LinuxHost(name, linux, tap);
    } catch (error) {
      if (tap >= 0) linux.close(tap);
      removeNamespace(name);
      throw error;
    }
  }

  /** Addresses for one play; what is sent to that peer goes to `receive`. `route`: attributes as in ip-route(8). */
  place(receive: (frame: Uint8Array) => void, route: string): Place {
    const at = this.places++;
    const rest = `${Math.floor(at / 200)}.${(at % 200) + 10}`;
    const place = { host: `10.1.${rest}`, peer: `10.2.${rest}` };
    this.receivers.set(place.peer, receive);
    if (route !== '') {
      const words = `route add ${place.peer}/32 via 10.3.0.2 dev ${CARD} ${route}`.split(' ');
      execFileSync(judge('ip') as string, ['-n', this.name, ...words]);
    }
    return place;
  }

  send(frame: Uint8Array): void {
    this.linux.write(this.tap, frame);
  }

  /**
   * Has the program do something. What Linux has sent by then is here afterwards.
   * @throws Error when it can not
   */
  async call<Result>(name: string, ...args: readonly unknown[]): Promise<Result> {
    const number = ++this.calls;
    const result = await new Promise<unknown>((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.program.stdin.write(`${JSON.stringify([number, name, ...args])}\n`);
    });
    this.drain();
    if (typeof result === 'object' && result !== null && 'error' in result)
      throw new Error(`${name} ${JSON.stringify(args)}: ${String(result.error)}`);
    return result as Result;
  }

  /** Takes everything that Linux has sent by now; segments go to their plays. */
  drain(): void {
    for (;;) {
      const length = this.linux.read(this.tap, this.buffer);
      if (length < 0) return;
      const frame = this.buffer.subarray(0, length);
      if (length < 54 || viewOf(frame).getUint16(12) !== ETHERTYPE.ipv4 || frame[23] !== PROTOCOL.tcp)
        continue;
      this.receivers.get(frame.subarray(30, 34).join('.'))?.(Uint8Array.from(frame));
    }
  }

  private answer([number, result]: [number, unknown]): void {
    this.waiting.get(number)?.resolve(result);
    this.waiting.delete(number);
  }

  async close(): Promise<void> {
    this.program.stdin.end();
    const timer = setTimeout(() => this.program.kill('SIGKILL'), 2000);
    await this.ended;
    clearTimeout(timer);
    this.watch.close();
    this.linux.close(this.tap);
    removeNamespace(this.name);
  }
}

function macText(address: number): string {
  return address.toString(16).padStart(12, '0').match(/../g)?.join(':') as string;
}
