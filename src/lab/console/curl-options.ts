// The options of `curl`, and what they ask for. Reading list: curl(1).

import { MILLISECOND, NEVER, SECOND, type Time } from '../../base/time.js';
import { type TcpOptions, USUAL_KEEP_ALIVE } from '../../stack/tcp/connection-options.js';
import {
  byteRate,
  type OptionProblem,
  type Options,
  type OptionTable,
  parseOptions,
  seconds,
} from './options.js';

const USER_AGENT = 'curl/7.88.1';
/** As curl has them by default. */
const CONNECT_TIMEOUT: Time = 300 * SECOND;
const KEEP_ALIVE_TIME: Time = 60 * SECOND;

const TABLE: OptionTable = {
  ...{ v: 'flag', i: 'flag', I: 'flag', s: 'flag', S: 'flag', L: 'flag', '4': 'flag', 'http1.1': 'flag' },
  ...{ keepalive: 'flag', 'no-keepalive': 'flag', 'tcp-nodelay': 'flag', 'no-tcp-nodelay': 'flag' },
  ...{ o: 'value', w: 'value', H: 'value', A: 'value', m: 'value', url: 'value', d: 'value', X: 'value' },
  ...{ 'connect-timeout': 'value', 'limit-rate': 'value', 'keepalive-time': 'value' },
};

const ALIASES: Readonly<Record<string, string>> = {
  ...{ verbose: 'v', include: 'i', head: 'I', silent: 's', 'show-error': 'S', location: 'L', ipv4: '4' },
  ...{ output: 'o', 'write-out': 'w', header: 'H', 'user-agent': 'A', 'max-time': 'm' },
  ...{ data: 'd', 'data-ascii': 'd', 'data-binary': 'd', request: 'X' },
};

export function parseCurlOptions(args: readonly string[]): Options | OptionProblem {
  return parseOptions(args, TABLE, ALIASES);
}

export interface CurlWanted {
  readonly verbose: boolean;
  readonly include: boolean;
  readonly head: boolean;
  /** Of every request, whatever it is for; undefined: what fits it. */
  readonly method: string | undefined;
  /** What is posted; undefined: nothing. */
  readonly data: string | undefined;
  readonly showErrors: boolean;
  readonly follow: boolean;
  /** The body goes nowhere. */
  readonly discard: boolean;
  readonly writeOut: string;
  readonly headers: readonly string[];
  readonly userAgent: string;
  readonly maxTime: Time;
  readonly connectTimeout: Time;
  /** Bytes per second; undefined: as they come. */
  readonly limitRate: number | undefined;
  readonly tcp: TcpOptions;
}

export function curlOptions(options: Options): CurlWanted | { readonly error: string } {
  const times: Record<string, Time> = {
    m: NEVER,
    'connect-timeout': CONNECT_TIMEOUT,
    'keepalive-time': KEEP_ALIVE_TIME,
  };
  const noNumber = (name: string): { readonly error: string } => ({
    error: `option ${name === 'm' ? '-m' : `--${name}`}: expected a proper numerical parameter`,
  });
  for (const name of Object.keys(times)) {
    const text = options.value(name);
    if (text === undefined) continue;
    const time = seconds(text, name === 'keepalive-time' ? SECOND : MILLISECOND, 1e7 * SECOND);
    if (time === undefined) return noNumber(name);
    times[name] = time;
  }
  const rate = options.value('limit-rate');
  const limitRate = rate === undefined ? undefined : byteRate(rate);
  if (rate !== undefined && limitRate === undefined) return noNumber('limit-rate');
  const output = options.value('o') ?? '-';
  if (output !== '-' && output !== '/dev/null') {
    return { error: `there are no files here: only -o /dev/null is spoken, not '${output}'` };
  }
  // A line end in a header would make two of it.
  const broken = [...options.values('H'), options.value('A') ?? ''].find((text) => /\p{Cc}/u.test(text));
  if (broken !== undefined) return { error: `a header has no control characters: '${broken}'` };
  const data = options.values('d');
  const file = data.find((text) => text.startsWith('@'));
  if (file !== undefined) return { error: `there are no files here: '${file}' can not be read` };
  const method = options.value('X');
  if (method !== undefined && !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,30}$/.test(method))
    return { error: `'${method}' is no method` };
  const silence = times['keepalive-time'] as Time;
  return {
    verbose: options.has('v'),
    include: options.has('i'),
    head: options.has('I'),
    method,
    data: data.length === 0 ? undefined : data.join('&'),
    showErrors: !options.has('s') || options.has('S'),
    follow: options.has('L'),
    discard: output === '/dev/null',
    writeOut: options.value('w') ?? '',
    headers: options.values('H'),
    userAgent: options.value('A') ?? USER_AGENT,
    maxTime: times.m as Time,
    connectTimeout: times['connect-timeout'] as Time,
    limitRate,
    tcp: {
      nodelay: !options.has('no-tcp-nodelay'),
      // As long as the first probe waits, each further one does too.
      keepAlive: options.has('no-keepalive')
        ? false
        : { idle: silence, interval: silence, probes: USUAL_KEEP_ALIVE.probes },
    },
  };
}
