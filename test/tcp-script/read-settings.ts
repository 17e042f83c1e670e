// The lines `host` and `peer` of a script: what can be chosen about both sides.

import type { TcpOptions } from '../../src/stack/tcp/connection-options.js';
import type { HostSettings, PeerSettings } from './script.js';
import type { Words } from './words.js';

type Reader = (words: Words, name: string) => unknown;

const number: Reader = (words, name) => words.number(`the value of ${name}`);
const duration: Reader = (words, name) => words.duration(`the value of ${name}`);
const yes: Reader = (words) => words.choice('answer', ['yes', 'no']) === 'yes';

const OPTIONS: Readonly<Record<string, readonly [name: keyof TcpOptions, read: Reader]>> = {
  'receive-buffer': ['receiveBuffer', number],
  'send-buffer': ['sendBuffer', number],
  nodelay: ['nodelay', yes],
  'keep-alive': ['keepAlive', readKeepAlive],
  'user-timeout': ['userTimeout', duration],
  linger: ['linger', duration],
  reuse: ['reuse', yes],
  congestion: ['congestion', (words) => words.choice('congestion control', ['newreno', 'cubic'])],
  recovery: ['recovery', (words) => words.choice('way to find loss', ['rack', 'sack'])],
  sack: ['sack', yes],
  timestamps: ['timestamps', yes],
  'window-scale': ['windowScale', yes],
  ecn: ['ecn', yes],
  'initial-window': ['initialWindow', number],
  mss: ['mss', number],
  'ack-delay': ['ackDelay', duration],
  'minimum-rto': ['minimumRto', duration],
  'segment-lifetime': ['segmentLifetime', duration],
};

function readKeepAlive(words: Words): unknown {
  if (!words.has('idle')) return yes(words, 'keep-alive');
  const idle = words.duration('how long nothing has come');
  if (!words.has('interval'))
    words.fail('the interval is missing', 'keep-alive idle 10s interval 1s probes 3');
  const interval = words.duration('the time between probes');
  if (!words.has('probes'))
    words.fail('the number of probes is missing', 'keep-alive idle 10s interval 1s probes 3');
  return { idle, interval, probes: words.number('a number of probes') };
}

/** Options until the line ends. `more` takes a word that is no option, or says that it can not. */
export function readOptions(words: Words, more: (name: string) => boolean = () => false): TcpOptions {
  const options: Record<string, unknown> = {};
  while (!words.isOver) {
    const name = words.take('an option');
    const known = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (known !== undefined) options[known[0]] = known[1](words, name);
    else if (!more(name)) {
      words.fail(`“${name}” is no option`, `Options are ${Object.keys(OPTIONS).join(', ')}.`);
    }
  }
  return options as TcpOptions;
}

export const USUAL_HOST: HostSettings = { options: {}, mtu: 1500, isn: undefined, ports: [] };

export function readHost(words: Words, before: HostSettings): HostSettings {
  let { mtu, isn } = before;
  const ports = [...before.ports];
  const options = readOptions(words, (name) => {
    if (name === 'mtu') mtu = words.number('bytes of a packet');
    else if (name === 'isn') isn = words.number('a sequence number');
    else if (name === 'port') ports.push(words.number('a port'));
    else return false;
    return true;
  });
  return { options: { ...before.options, ...options }, mtu, isn, ports };
}

export const USUAL_PEER: PeerSettings = {
  mss: 1460,
  shift: undefined,
  sack: false,
  timestamps: false,
  window: 65535,
  // Near the end of the number space, so that every script wraps around it.
  isn: 0xffffff00,
  clock: 1000,
};

export function readPeer(words: Words, before: PeerSettings): PeerSettings {
  const peer: { -readonly [Key in keyof PeerSettings]: PeerSettings[Key] } = { ...before };
  while (!words.isOver) {
    const name = words.take('a setting of the peer');
    switch (name) {
      case 'mss':
        peer.mss = words.has('none') ? undefined : words.number('bytes of text, or none');
        break;
      case 'shift':
        peer.shift = words.number('a window shift');
        break;
      case 'sack':
        peer.sack = yes(words, name) as boolean;
        break;
      case 'timestamps':
        peer.timestamps = yes(words, name) as boolean;
        break;
      case 'window':
        peer.window = words.number('a window');
        break;
      case 'isn':
        peer.isn = words.number('a sequence number') >>> 0;
        break;
      case 'clock':
        peer.clock = words.number('milliseconds');
        break;
      default:
        words.fail(
          `“${name}” is no setting of the peer`,
          'It has mss, shift, sack, timestamps, window, isn, clock.',
        );
    }
  }
  return peer;
}
