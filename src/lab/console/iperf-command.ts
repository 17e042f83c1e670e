// `iperf3 -c`: how fast do bytes get there, and back? Prints what iperf3 prints. Reading list: iperf3(1).

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { SECOND, type Time } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import {
  type Interval,
  IperfClient,
  type IperfClientListener,
  type IperfClientOptions,
  type IperfFailure,
} from '../../service/iperf/client.js';
import { IPERF_ERROR, IPERF_PORT, type StreamReport } from '../../service/iperf/messages.js';
import type { Endpoint } from '../../stack/endpoint.js';
import { type Call, type Command, EXIT, type Stop, wrongUsage } from './command.js';
import { socketErrorText } from './error-text.js';
import { knownHosts, resolveHost } from './host-names.js';
import {
  byteRate,
  getoptMessage,
  type Options,
  type OptionTable,
  parseOptions,
  seconds,
  wholeNumber,
} from './options.js';

const OPTIONS: OptionTable = {
  ...{ c: 'value', p: 'value', t: 'value', n: 'value', P: 'value', i: 'value', l: 'value', b: 'value' },
  ...{ R: 'flag', '4': 'flag' },
};
const ALIASES = {
  client: 'c',
  port: 'p',
  time: 't',
  bytes: 'n',
  parallel: 'P',
  interval: 'i',
  length: 'l',
  bitrate: 'b',
  reverse: 'R',
};
const USUAL_SECONDS = 10;
const MOST_BYTES = 2 ** 40;

export const iperfCommand: Command = {
  name: 'iperf3',
  usage:
    'iperf3 -c HOST [-R] [-t SECONDS | -n BYTES] [-P STREAMS] [-b BITRATE] [-i SECONDS] [-l LENGTH] [-p PORT]',
  help: 'measure how fast bytes get to an iperf3 server',
  options:
    '-R from the server to here, -t for so long (10), -n until so many bytes (200K, 10M), -P several streams at once,\n-b not faster than so many bit/s each (10M), -i seconds between reports (1; 0: none), -l bytes written at once',
  isProgram: true,
  run: (call) => {
    const options = parseOptions(call.args, OPTIONS, ALIASES);
    if ('problem' in options) return wrongUsage(call, getoptMessage('iperf3', options), EXIT.failure);
    const host = options.value('c');
    if (host === undefined)
      return wrongUsage(call, 'iperf3: parameter error - must be a client (-c)', EXIT.failure);
    if (options.operands.length > 0)
      return wrongUsage(call, `iperf3: parameter error - '${options.operands[0]}' is too much`, EXIT.failure);
    const wanted = readWanted(options);
    if ('error' in wanted) return wrongUsage(call, `iperf3: parameter error - ${wanted.error}`, EXIT.failure);
    return start(call, host, wanted);
  },
  complete: knownHosts,
};

type Wanted = IperfClientOptions & { readonly port: number };

function readWanted(options: Options): Wanted | { readonly error: string } {
  const number = (name: string, usual: number, low: number, high: number): number | undefined => {
    const text = options.value(name);
    return text === undefined ? usual : wholeNumber(text, low, high);
  };
  if (options.has('t') && options.has('n'))
    return { error: 'only one test end condition (-t, -n) may be specified' };
  const time = number('t', options.has('n') ? 0 : USUAL_SECONDS, 1, 86_400);
  if (time === undefined) return { error: 'test duration too long (maximum = 86400 seconds), or none' };
  const bytes = options.has('n') ? byteRate(options.value('n') as string) : 0;
  if (bytes === undefined || bytes > MOST_BYTES) return { error: `bytes invalid: ${options.value('n')}` };
  const parallel = number('P', 1, 1, 128);
  if (parallel === undefined)
    return { error: 'number of parallel streams too large (maximum = 128), or none' };
  const length = options.has('l') ? byteRate(options.value('l') as string) : 131_072;
  if (length === undefined || length > 2 ** 20)
    return { error: 'block size too large (maximum = 1048576 bytes), or none' };
  const rate = options.has('b') ? bitRate(options.value('b') as string) : 0;
  if (rate === undefined) return { error: `bitrate invalid: ${options.value('b')}` };
  const interval = seconds(options.value('i') ?? '1', 0, 60 * SECOND);
  if (interval === undefined || (interval > 0 && interval < SECOND / 10))
    return { error: 'invalid report interval (min = 0.1, max = 60 seconds)' };
  const port = number('p', IPERF_PORT, 1, 65_535);
  if (port === undefined) return { error: `port invalid: ${options.value('p')}` };
  const direction = options.has('R') ? 'down' : 'up';
  return { direction, parallel, time, bytes, length, rate, interval, port };
}

const RATE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** bit/s, with units of 1000. */
function bitRate(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)([kmg]?)$/i.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * (RATE_UNITS[(match[2] as string).toLowerCase()] as number));
}

function start(call: Call<Station>, host: string, wanted: Wanted): Stop {
  let run: IperfRun | undefined;
  const forget = resolveHost(
    call.device,
    host,
    (address) => {
      run = new IperfRun(call, host, address, wanted);
      run.begin();
    },
    (why) => {
      call.write(`iperf3: error - unable to connect to server: ${why}\n`);
      call.done(EXIT.failure);
    },
  );
  return () => {
    forget();
    run?.stop();
  };
}

const RULE = `${'- '.repeat(25).trimEnd()}\n`;

class IperfRun implements IperfClientListener {
  private readonly call: Call<Station>;
  private readonly host: string;
  private readonly wanted: Wanted;
  private readonly client: IperfClient;
  private intervals = 0;

  constructor(call: Call<Station>, host: string, address: Ipv4, wanted: Wanted) {
    this.call = call;
    this.host = host;
    this.wanted = wanted;
    this.client = new IperfClient(call.device.stack, address, wanted.port, wanted, this);
  }

  begin(): void {
    this.client.begin();
  }

  stop(): void {
    this.client.stop();
    this.call.write('iperf3: interrupt - the client has terminated\n');
  }

  connected(index: number, local: Endpoint, remote: Endpoint): void {
    const { call, host, wanted } = this;
    if (index === 0) {
      call.write(`Connecting to host ${host}, port ${wanted.port}\n`);
      if (!this.sends) call.write(`Reverse mode, remote host ${host} is sending\n`);
    }
    const [near, far] = [local, remote].map(({ address, port }) => `${formatIpv4(address)} port ${port}`);
    call.write(`${label(index)} local ${near} connected to ${far}\n`);
  }

  interval(streams: readonly Interval[]): void {
    const { call } = this;
    if (this.intervals++ === 0)
      call.write(`[ ID] Interval           Transfer     Bitrate${this.sends ? '         Retr  Cwnd' : ''}\n`);
    else if (streams.length > 1) call.write(RULE);
    for (const [index, one] of streams.entries()) {
      const more = this.sends ? retries(one.retransmits, `   ${amount(one.window)}       `) : NO_RETRIES;
      call.write(`${line(label(index), one.from, one.to, one.bytes)}${more}\n`);
    }
    const [first] = streams;
    if (first === undefined || streams.length === 1) return;
    const more = this.sends ? retries(sum(streams, 'retransmits'), SPACE) : NO_RETRIES;
    call.write(`${line('[SUM]', first.from, first.to, sum(streams, 'bytes'))}${more}\n`);
  }

  done(streams: readonly { readonly sent: StreamReport; readonly received: StreamReport }[]): void {
    const { call } = this;
    call.write(`${RULE}[ ID] Interval           Transfer     Bitrate         Retr\n`);
    const pair = (name: string, sent: StreamReport, received: StreamReport): void => {
      const again = sent.retransmits < 0 ? NO_RETRIES : retries(sent.retransmits, SPACE);
      call.write(`${line(name, 0, sent.seconds * SECOND, sent.bytes)}${again}sender\n`);
      call.write(`${line(name, 0, received.seconds * SECOND, received.bytes)}${NO_RETRIES}receiver\n`);
    };
    for (const [index, { sent, received }] of streams.entries()) pair(label(index), sent, received);
    const [first] = streams;
    if (first !== undefined && streams.length > 1) {
      const [sent, received] = [streams.map((one) => one.sent), streams.map((one) => one.received)];
      pair(
        '[SUM]',
        { ...first.sent, bytes: sum(sent, 'bytes'), retransmits: sum(sent, 'retransmits') },
        { ...first.received, bytes: sum(received, 'bytes') },
      );
    }
    call.write('\niperf Done.\n');
    call.done(EXIT.ok);
  }

  failed(why: IperfFailure): void {
    this.call.write(`iperf3: error - ${failureText(why)}\n`);
    this.call.done(EXIT.failure);
  }

  private get sends(): boolean {
    return this.wanted.direction === 'up';
  }
}

/** Where others have the number of a socket: 5, 7, 9 … */
function label(index: number): string {
  return `[${String(5 + 2 * index).padStart(3)}]`;
}

function line(name: string, from: Time, to: Time, bytes: number): string {
  const rate = to > from ? (bytes * 8 * SECOND) / (to - from) : 0;
  const begin = (from / SECOND).toFixed(2).padStart(6);
  const end = (to / SECOND).toFixed(2).padEnd(6);
  return `${name} ${begin}-${end} sec  ${amount(bytes)}  ${scaled(rate, 1000)}bits/sec`;
}

const SPACE = ' '.repeat(13);
const NO_RETRIES = ' '.repeat(18);

function retries(count: number, behind: string): string {
  return `  ${String(count).padStart(3)}${behind}`;
}

function amount(bytes: number): string {
  return `${scaled(bytes, 1024)}Bytes`;
}

/** Three digits and a prefix: ` 259 M`, `2.17 G`, `0.00 `. */
function scaled(value: number, step: number): string {
  let rest = value;
  let prefix = 0;
  while (rest >= step && prefix < 4) {
    rest /= step;
    prefix++;
  }
  const places = rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(places).padStart(4)} ${['', 'K', 'M', 'G', 'T'][prefix]}`;
}

function sum<K extends string>(all: readonly Readonly<Record<K, number>>[], key: K): number {
  return all.reduce((total, one) => total + one[key], 0);
}

const REFUSALS: Readonly<Record<number, string>> = {
  [IPERF_ERROR.duration]: 'test duration too long (maximum = 86400 seconds)',
  [IPERF_ERROR.streams]: 'number of parallel streams too large (maximum = 128)',
  [IPERF_ERROR.blockSize]: 'block size too large (maximum = 1048576 bytes)',
  [IPERF_ERROR.notImplemented]: 'an option you are trying to set is not implemented yet',
  [IPERF_ERROR.message]: 'received an unknown control message',
  [IPERF_ERROR.parameters]: 'unable to receive parameters from client',
  [IPERF_ERROR.results]: 'unable to receive results',
};

function failureText(why: IperfFailure): string {
  switch (why.kind) {
    case 'unreachable':
      return `unable to connect to server: ${socketErrorText(why.error)}`;
    case 'refused':
      return REFUSALS[why.code] ?? `the server says no (error ${why.code})`;
    case 'busy':
      return 'the server is busy running a test. try again later';
    case 'terminated':
      return 'the server has terminated';
    case 'closed':
      return 'control socket has closed unexpectedly';
  }
}
