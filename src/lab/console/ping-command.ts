// `ping`: echo requests, as iputils print what comes of them. Reading list: ping(8), RFC 792.

import { formatIpv4, IPV4_BROADCAST, type Ipv4 } from '../../base/address.js';
import { MICROSECOND, MILLISECOND, SECOND, type Time } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import { Ping, type PingListener, type PingOptions, type PingResult } from '../../service/ping.js';
import type { IcmpErrorReport } from '../../stack/ipv4-packet.js';
import { IPV4_HEADER } from '../../wire/ipv4.js';
import { type Call, type Command, EXIT, type Stop, wrongUsage } from './command.js';
import { knownHosts, nameAndAddress, resolveHost } from './host-names.js';
import {
  getoptMessage,
  type Options,
  type OptionTable,
  parseOptions,
  seconds,
  wholeNumber,
} from './options.js';

/** What ping exits with when it could not do its work, and not for want of answers. */
const TROUBLE = 2;
/** Data that fits into one IPv4 packet with both headers. */
const MAX_SIZE = 65507;
/** Faster only an administrator may. It also keeps an endless ping from standing still in time. */
const MIN_INTERVAL: Time = 2 * MILLISECOND;

const OPTIONS: OptionTable = {
  ...{ c: 'value', i: 'value', s: 'value', t: 'value', M: 'value', W: 'value' },
  ...{ n: 'flag', b: 'flag', q: 'flag', '4': 'flag' },
};

export const pingCommand: Command = {
  name: 'ping',
  usage: 'ping [-bnq] [-c COUNT] [-i SECONDS] [-s SIZE] [-t TTL] [-M do|dont|want] [-W SECONDS] HOST',
  help: 'ask a host to answer, each second until stopped',
  options:
    '-b a broadcast address is meant, -c stop after so many, -i seconds between two, -s bytes of data, -t time to live,\n-M do: never in fragments, -W seconds to wait for the last, -n no names, -q the statistics only',
  isEndless: (args) => {
    const options = parseOptions(args, OPTIONS);
    return !('problem' in options) && !options.has('c');
  },
  run: (call) => {
    const options = parseOptions(call.args, OPTIONS);
    if ('problem' in options) return wrongUsage(call, getoptMessage('ping', options));
    const wanted = pingOptions(options);
    if ('error' in wanted) return wrongUsage(call, `ping: ${wanted.error}`, wanted.exitCode);
    const [host, ...more] = options.operands;
    if (host === undefined)
      return wrongUsage(call, 'ping: usage error: Destination address required', EXIT.failure);
    if (more.length > 0) return wrongUsage(call, `ping: one host at a time: '${more[0]}' is too much`);
    return start(call, host, wanted, options);
  },
  complete: knownHosts,
};

type Wanted = PingOptions & { readonly count: number; readonly size: number; readonly interval: Time };

function pingOptions(options: Options): Wanted | { error: string; exitCode: number } {
  const number = (
    name: string,
    low: number,
    high: number,
  ): number | undefined | { error: string; exitCode: number } => {
    const text = options.value(name);
    if (text === undefined) return undefined;
    const value = wholeNumber(text, low, high);
    if (value !== undefined) return value;
    const range =
      wholeNumber(text, 0, Number.MAX_SAFE_INTEGER) === undefined
        ? ''
        : `: out of range: ${low} <= value <= ${high}`;
    return { error: `invalid argument: '${text}'${range}`, exitCode: EXIT.failure };
  };
  const count = number('c', 1, 999_999_999);
  const size = number('s', 0, MAX_SIZE);
  const ttl = number('t', 1, 255);
  for (const value of [count, size, ttl]) if (typeof value === 'object') return value;
  const intervalText = options.value('i') ?? '1';
  const interval = seconds(intervalText, 0, 1e9 * SECOND);
  if (interval === undefined) return { error: `bad timing interval: ${intervalText}`, exitCode: EXIT.usage };
  if (interval < MIN_INTERVAL) {
    const error = 'cannot flood, minimal interval for user must be >= 2 ms, use -i 0.002 (or higher)';
    return { error, exitCode: TROUBLE };
  }
  const waitText = options.value('W') ?? '10';
  const timeout = seconds(waitText, 1, 1e9 * SECOND);
  if (timeout === undefined) return { error: `bad linger time: ${waitText}`, exitCode: EXIT.usage };
  const discovery = options.value('M') ?? 'dont';
  if (!/^(do|dont|want)$/.test(discovery))
    return { error: `invalid -M argument: ${discovery}`, exitCode: EXIT.usage };
  return {
    count: (count as number | undefined) ?? Number.POSITIVE_INFINITY,
    size: (size as number | undefined) ?? 56,
    interval,
    timeout,
    dontFragment: discovery !== 'dont',
    ...(ttl === undefined ? {} : { ttl: ttl as number }),
  };
}

function start(call: Call<Station>, host: string, wanted: Wanted, options: Options): Stop {
  let run: PingRun | undefined;
  const forget = resolveHost(
    call.device,
    host,
    (address) => {
      if (isBroadcast(call.device, address)) {
        if (!options.has('b')) {
          call.write(
            'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n',
          );
          call.done(TROUBLE);
          return;
        }
        call.write('WARNING: pinging broadcast address\n');
      }
      const numeric = options.has('n') || formatIpv4(address) === host;
      run = new PingRun(call, host, address, wanted, numeric, options.has('q'));
      run.begin();
    },
    (why) => {
      call.write(`ping: ${host}: ${why}\n`);
      call.done(TROUBLE);
    },
  );
  return () => {
    forget();
    run?.stop();
  };
}

function isBroadcast(station: Station, address: Ipv4): boolean {
  return (
    address === IPV4_BROADCAST ||
    station.ports.some((port) => port.prefix !== null && port.broadcast === address)
  );
}

/** One run: prints results as they come, and the statistics at the end. */
class PingRun implements PingListener {
  private readonly call: Call<Station>;
  private readonly host: string;
  private readonly address: Ipv4;
  private readonly wanted: Wanted;
  private readonly numeric: boolean;
  private readonly quiet: boolean;
  private readonly startedAt: Time;
  private ping: Ping | undefined;
  private introduced = false;
  private unreachable = false;
  private errors = 0;
  /** Most requests under way at once. */
  private pipe = 1;
  /** Round trips in µs. */
  private readonly times: number[] = [];

  constructor(
    call: Call<Station>,
    host: string,
    address: Ipv4,
    wanted: Wanted,
    numeric: boolean,
    quiet: boolean,
  ) {
    this.call = call;
    this.host = host;
    this.address = address;
    this.wanted = wanted;
    this.numeric = numeric;
    this.quiet = quiet;
    this.startedAt = call.world.now;
  }

  begin(): void {
    this.ping = new Ping(this.call.device.stack, this.address, this, this.wanted);
    if (this.unreachable) this.ping.stop();
    else this.introduce();
  }

  stop(): void {
    this.ping?.stop();
  }

  result(result: PingResult): void {
    // Without a route for the very first request nothing is begun.
    if (result.kind === 'unsent' && result.error === 'ENETUNREACH' && !this.introduced) {
      this.unreachable = true;
      this.call.write('ping: connect: Network is unreachable\n');
      this.call.done(TROUBLE);
      return;
    }
    this.introduce();
    // Who does not answer is told of by the statistics alone.
    if (result.kind === 'timeout') return;
    const underWay = (this.sent - result.sequence) & 0xffff;
    this.pipe = Math.max(this.pipe, underWay + 1);
    if (result.kind === 'reply') this.times.push(Math.round(result.time / MICROSECOND));
    else this.errors++;
    if (!this.quiet) this.call.write(`${this.lineOf(result)}\n`);
  }

  done(sent: number, received: number): void {
    const { call } = this;
    this.introduce();
    // From the first request to the last; how long the last answer took does not count.
    const span = (sent - 1) * this.wanted.interval;
    const loss = Number((((sent - received) * 100) / sent).toPrecision(6));
    const errors = this.errors === 0 ? '' : `, +${this.errors} errors`;
    call.write(`\n--- ${this.host} ping statistics ---\n`);
    call.write(
      `${sent} packets transmitted, ${received} received${errors}, ${loss}% packet loss, time ${Math.round(span / MILLISECOND)}ms\n`,
    );
    const summary = [roundTrips(this.times), this.pipe > 1 ? `pipe ${this.pipe}` : ''].filter(
      (part) => part !== '',
    );
    call.write(`${summary.join(', ')}\n`);
    call.done(received > 0 ? EXIT.ok : EXIT.failure);
  }

  /** Requests sent so far. */
  private get sent(): number {
    const { count, interval } = this.wanted;
    return Math.min(count, Math.floor((this.call.world.now - this.startedAt) / interval) + 1);
  }

  private introduce(): void {
    if (this.introduced) return;
    this.introduced = true;
    const { size } = this.wanted;
    this.call.write(`PING ${this.host} (${formatIpv4(this.address)}) ${size}(${size + 28}) bytes of data.\n`);
  }

  private lineOf(result: Exclude<PingResult, { kind: 'timeout' }>): string {
    const from = (address: Ipv4): string =>
      this.numeric ? formatIpv4(address) : nameAndAddress(this.call.device, address);
    switch (result.kind) {
      case 'reply': {
        const { bytes, sequence, ttl, time } = result;
        return `${bytes} bytes from ${from(result.from)}: icmp_seq=${sequence} ttl=${ttl} time=${formatRoundTrip(time)} ms`;
      }
      case 'error':
        return `From ${from(result.error.from)} icmp_seq=${result.sequence} ${icmpErrorText(result.error)}`;
      case 'unsent':
        return `ping: ${this.unsentText(result.error)}`;
    }
  }

  private unsentText(error: string): string {
    if (error === 'ENETUNREACH') return 'sendmsg: Network is unreachable';
    if (error !== 'EMSGSIZE') return 'sendmsg: Invalid argument';
    const mtu = this.call.device.stack.ipv4.payloadRoom(this.address) + IPV4_HEADER;
    return `local error: message too long, mtu=${mtu}`;
  }
}

/** `rtt min/avg/max/mdev = …`, reckoned in whole µs as the original does; empty without any. */
function roundTrips(times: readonly number[]): string {
  if (times.length === 0) return '';
  const sum = times.reduce((total, time) => total + time, 0);
  const squares = times.reduce((total, time) => total + time * time, 0);
  const average = Math.floor(sum / times.length);
  const deviation = Math.floor(
    Math.sqrt(Math.max(0, Math.floor(squares / times.length) - average * average)),
  );
  const least = times.reduce((a, b) => Math.min(a, b));
  const most = times.reduce((a, b) => Math.max(a, b));
  const shown = [least, average, most, deviation].map((time) => (time / 1000).toFixed(3));
  return `rtt min/avg/max/mdev = ${shown.join('/')} ms`;
}

/** Milliseconds with three significant places or more. */
function formatRoundTrip(time: Time): string {
  const micro = Math.round(time / MICROSECOND);
  const [places, step] =
    micro >= 99_950 ? [0, 1000] : micro >= 9_995 ? [1, 100] : micro >= 1_000 ? [2, 10] : [3, 1];
  // Half a step up, in whole numbers.
  return ((Math.floor((micro + step / 2) / step) * step) / 1000).toFixed(places);
}

const UNREACHABLE_TEXTS: Readonly<Record<number, string>> = {
  0: 'Destination Net Unreachable',
  1: 'Destination Host Unreachable',
  2: 'Destination Protocol Unreachable',
  3: 'Destination Port Unreachable',
  5: 'Source Route Failed',
  6: 'Destination Net Unknown',
  7: 'Destination Host Unknown',
  9: 'Destination Net Prohibited',
  10: 'Destination Host Prohibited',
  13: 'Packet filtered',
};

function icmpErrorText({ type, code, mtu }: IcmpErrorReport): string {
  if (type === 3 && code === 4) return `Frag needed and DF set (mtu = ${mtu})`;
  if (type === 3) return UNREACHABLE_TEXTS[code] ?? `Dest Unreachable, Bad Code: ${code}`;
  if (type === 11) return code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded';
  return type === 12 ? 'Parameter problem' : `Bad ICMP type: ${type}`;
}
