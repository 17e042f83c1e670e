// `nc`: bytes from here to there over TCP or UDP, and is anybody listening. Reading list: nc(1) of OpenBSD and Debian.

import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/address.js';
import { MILLISECOND, NEVER, SECOND } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import type { Endpoint } from '../../stack/endpoint.js';
import type { TcpOptions } from '../../stack/tcp/connection-options.js';
import { PORT_NAMES } from '../../wire/iana.js';
import { parseSize } from '../scalars.js';
import { type Call, type Command, EXIT, type Stop, wrongUsage } from './command.js';
import { socketErrorText } from './error-text.js';
import { knownHosts, resolveHost } from './host-names.js';
import { NcConversation, type NcEnd, type NcManners } from './nc-conversation.js';
import { Input, Output } from './nc-data.js';
import { NcDatagrams } from './nc-datagrams.js';
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
  ...{ d: 'flag', k: 'flag', l: 'flag', N: 'flag', n: 'flag', u: 'flag', v: 'flag', z: 'flag', '4': 'flag' },
  ...{ I: 'value', O: 'value', p: 'value', q: 'value', w: 'value' },
  ...{ send: 'value', 'send-bytes': 'value', 'read-rate': 'value', count: 'flag' },
};

/** A gibibyte is more than anybody wants to wait for. */
const MOST_BYTES = 2 ** 30;
const MOST_PORTS = 1000;

export const ncCommand: Command = {
  name: 'nc',
  usage:
    'nc [-dNnuvz] [-q SECONDS] [-w SECONDS] [-I SIZE] [-O SIZE] [--send TEXT | --send-bytes SIZE]\n   [--read-rate RATE] [--count] HOST PORT\nnc -l [-dkNuv] [-q SECONDS] [-w SECONDS] [--send TEXT | --send-bytes SIZE] … [-p] PORT',
  help: 'talk with a port, or wait on one',
  options:
    '-l wait for somebody (-k for others after him), -u UDP, -v say who and what fails, -z only see whether anybody listens,\n--send a line of text, --send-bytes SIZE of filler: they stand in for the keyboard, -d nothing to send,\n-N tell when all is sent (half-close), -q quit seconds after that, -w quit after seconds without a byte,\n-I and -O receive and send buffer, --read-rate bytes a second, --count only count what comes, -n no names',
  isProgram: true,
  isEndless: (args) => {
    const options = parseOptions(args, OPTIONS);
    if ('problem' in options) return false;
    const quits = options.has('w') || options.has('q') || options.has('z');
    return options.has('k') || options.has('l') || (options.has('u') && !quits);
  },
  run: (call) => {
    const options = parseOptions(call.args, OPTIONS);
    if ('problem' in options) return wrongUsage(call, getoptMessage('nc', options), EXIT.failure);
    const wanted = readWanted(options);
    if ('error' in wanted) return wrongUsage(call, `nc: ${wanted.error}`, EXIT.failure);
    if (wanted.host === undefined)
      return wanted.udp ? listenForDatagrams(call, wanted) : listen(call, wanted);
    return new Client(call, wanted, wanted.host).begin();
  },
  complete: knownHosts,
};

interface Wanted extends NcManners {
  /** undefined: wait for others. */
  readonly host: string | undefined;
  readonly ports: readonly number[];
  readonly udp: boolean;
  readonly staysListening: boolean;
  readonly onlyLooks: boolean;
  readonly verbose: boolean;
  readonly countsOnly: boolean;
  readonly numeric: boolean;
  readonly tcp: TcpOptions;
  /** What there is to send; made anew for every conversation. */
  readonly input: () => Input | undefined;
}

function readWanted(options: Options): Wanted | { readonly error: string } {
  const listens = options.has('l');
  const udp = options.has('u');
  if (options.has('k') && !listens) return { error: 'must use -l with -k' };
  if (options.has('z') && (listens || udp)) return { error: `cannot use -z and ${listens ? '-l' : '-u'}` };
  if (options.has('k') && udp)
    return { error: 'cannot use -k and -u: UDP does not tell when somebody has gone' };
  const where = listens ? listenPlace(options) : clientPlace(options);
  if ('error' in where) return where;
  const wait = options.value('w');
  const patience = wait === undefined ? NEVER : seconds(wait, MILLISECOND, 1e7 * SECOND);
  if (patience === undefined) return { error: `timeout invalid: ${wait}` };
  // A negative time is none.
  const quit = options.value('q') ?? '-1';
  const quitAfter = quit.startsWith('-') ? NEVER : seconds(quit, 0, 1e7 * SECOND);
  if (quitAfter === undefined) return { error: `quit timer invalid: ${quit}` };
  const rate = options.value('read-rate');
  const readRate = rate === undefined ? undefined : byteRate(rate);
  if (rate !== undefined && readRate === undefined)
    return { error: `read rate invalid: ${rate}; write bytes a second, such as 2000 or 64K` };
  const sizes: Record<string, number> = {};
  for (const [name, least] of [
    ['I', 1],
    ['O', 1],
    ['send-bytes', 0],
  ] as const) {
    const text = options.value(name);
    if (text === undefined) continue;
    const value = parseSize(text);
    if (value === undefined || value < least || value > MOST_BYTES)
      return {
        error: `${name.length === 1 ? `-${name}` : `--${name}`} invalid: ${text}; write 1500, 64KiB or 1MB`,
      };
    sizes[name] = value;
  }
  const text = options.value('send');
  if (text !== undefined && sizes['send-bytes'] !== undefined)
    return { error: 'cannot use --send and --send-bytes: one of them' };
  const length = sizes['send-bytes'];
  const shutsDown = options.has('N') || quitAfter !== NEVER;
  return {
    ...where,
    ...{ udp, patience, quitAfter, readRate, shutsDown },
    staysListening: options.has('k'),
    onlyLooks: options.has('z'),
    verbose: options.has('v'),
    countsOnly: options.has('count'),
    numeric: options.has('n'),
    tcp: {
      ...(sizes.I === undefined ? {} : { receiveBuffer: sizes.I }),
      ...(sizes.O === undefined ? {} : { sendBuffer: sizes.O }),
    },
    input: () => {
      if (text !== undefined) return Input.text(text);
      if (length !== undefined) return Input.filler(length);
      return shutsDown && !options.has('d') ? Input.empty() : undefined;
    },
  };
}

type Place = Pick<Wanted, 'host' | 'ports'>;

/** `-l -p PORT`, `-l PORT`, or `-l ADDRESS PORT`. */
function listenPlace(options: Options): Place | { readonly error: string } {
  const words = [...options.operands, ...(options.has('p') ? [options.value('p') as string] : [])];
  const text = words.at(-1);
  if (text === undefined) return { error: 'missing port number' };
  if (words.length > 1) return { error: `one port at a time, on all addresses: '${words[0]}' is too much` };
  const port = wholeNumber(text, 1, 65535);
  return port === undefined ? { error: `port number invalid: ${text}` } : { host: undefined, ports: [port] };
}

function clientPlace(options: Options): Place | { readonly error: string } {
  if (options.has('p')) return { error: 'the lab fixes source ports (pins: tcp-port); -p goes with -l' };
  const [host, text, ...more] = options.operands;
  if (host === undefined) return { error: 'which host, and which port?' };
  if (text === undefined) return { error: 'missing port number' };
  if (more.length > 0) return { error: `'${more[0]}' is too much; what is to be sent stands behind --send` };
  const [first = '', last = first] = text.split('-', 2);
  const low = wholeNumber(first, 1, 65535);
  const high = wholeNumber(last, 1, 65535);
  if (low === undefined || high === undefined) return { error: `port number invalid: ${text}` };
  const [from, to] = low <= high ? [low, high] : [high, low];
  if (to - from >= MOST_PORTS) return { error: `port range too large: at most ${MOST_PORTS} ports` };
  return { host, ports: Array.from({ length: to - from + 1 }, (_, i) => from + i) };
}

/** The service that usually has a port, as the messages name it. */
function service(protocol: 'tcp' | 'udp', port: number): string {
  return `[${protocol}/${PORT_NAMES[port] ?? '*'}]`;
}

/** One port after the other: a conversation, or a look. */
class Client {
  private readonly call: Call<Station>;
  private readonly wanted: Wanted;
  private readonly host: string;
  private stopConversation: Stop = () => {};
  private stopped = false;
  private next = 0;
  private exitCode: number = EXIT.failure;

  constructor(call: Call<Station>, wanted: Wanted, host: string) {
    this.call = call;
    this.wanted = wanted;
    this.host = host;
  }

  begin(): Stop {
    const { call, host, wanted } = this;
    const failed = (why: string): void => {
      call.write(`nc: getaddrinfo for host "${host}" port ${wanted.ports[0]}: ${why}\n`);
      call.done(EXIT.failure);
    };
    if (wanted.numeric && parseIpv4(host) === undefined) {
      failed('Name or service not known');
      return () => {};
    }
    const forget = resolveHost(call.device, host, (address) => this.goOn(address), failed);
    return () => {
      this.stopped = true;
      forget();
      this.stopConversation();
    };
  }

  private goOn(address: Ipv4): void {
    const port = this.wanted.ports[this.next++];
    if (port === undefined) this.call.done(this.exitCode);
    else if (this.wanted.udp) this.sendDatagrams({ address, port });
    else this.connect({ address, port });
  }

  private connect(to: Endpoint): void {
    const { call, wanted } = this;
    const { context, tcp } = call.device.stack;
    const conversation = new NcConversation(
      context,
      wanted,
      wanted.onlyLooks ? undefined : wanted.input(),
      this.output(wanted.onlyLooks),
      () => {
        this.exitCode = EXIT.ok;
        this.succeeded(to);
        if (!wanted.onlyLooks) return;
        conversation.stop();
        this.goOn(to.address);
      },
      (end) => {
        this.told(to, end);
        if (!this.stopped) this.goOn(to.address);
      },
    );
    this.stopConversation = () => conversation.stop();
    const connection = tcp.connect(to, conversation, wanted.tcp);
    if (typeof connection !== 'string') conversation.begin(connection);
    else {
      this.connectFailed(to, connection);
      this.goOn(to.address);
    }
  }

  private sendDatagrams(to: Endpoint): void {
    const { call, wanted } = this;
    const { context, udp } = call.device.stack;
    const conversation = new NcDatagrams(
      context,
      wanted,
      wanted.input(),
      this.output(false),
      () => {},
      (error) => {
        if (error !== undefined) {
          call.write(`nc: read(net): ${socketErrorText(error)}\n`);
          this.exitCode = EXIT.failure;
        }
        this.goOn(to.address);
      },
    );
    this.stopConversation = () => conversation.stop();
    const socket = udp.connect(to, conversation);
    if (typeof socket === 'string') {
      this.connectFailed(to, socket);
      this.goOn(to.address);
      return;
    }
    this.exitCode = EXIT.ok;
    this.succeeded(to);
    conversation.begin(socket);
  }

  private succeeded({ address, port }: Endpoint): void {
    const { call, host, wanted } = this;
    if (!wanted.verbose) return;
    const numbers = formatIpv4(address);
    const where = numbers === host ? host : `${host} (${numbers})`;
    call.write(
      `Connection to ${where} ${port} port ${service(wanted.udp ? 'udp' : 'tcp', port)} succeeded!\n`,
    );
  }

  private told(to: Endpoint, end: NcEnd): void {
    if (end === 'over') return;
    if (!end.connected) {
      this.connectFailed(to, end.error);
      return;
    }
    // Differs: the original says nothing of a reset and exits with 0. Who learns should see it.
    this.call.write(`nc: read(net): ${socketErrorText(end.error)}\n`);
    this.exitCode = EXIT.failure;
  }

  private connectFailed({ port }: Endpoint, error: string): void {
    const { call, host, wanted } = this;
    if (!wanted.verbose) return;
    const protocol = wanted.udp ? 'udp' : 'tcp';
    call.write(`nc: connect to ${host} port ${port} (${protocol}) failed: ${socketErrorText(error)}\n`);
  }

  private output(isMute: boolean): Output {
    return new Output(this.call, !isMute && this.wanted.countsOnly);
  }
}

function listen(call: Call<Station>, wanted: Wanted): number | Stop {
  const { context, tcp } = call.device.stack;
  const [port] = wanted.ports as readonly [number];
  const output = new Output(call, wanted.countsOnly);
  const open = new Set<NcConversation>();
  const stopListening = (): void => tcp.stopListening(port);
  const accept = (): NcConversation => {
    const conversation = new NcConversation(
      context,
      wanted,
      wanted.input(),
      output,
      ({ remote }) => {
        if (!wanted.staysListening) stopListening();
        if (wanted.verbose)
          call.write(`Connection received on ${formatIpv4(remote.address)} ${remote.port}\n`);
      },
      (end) => {
        open.delete(conversation);
        const isBroken = end !== 'over' && end.connected;
        if (isBroken) call.write(`nc: read(net): ${socketErrorText(end.error)}\n`);
        // Who goes before the handshake is done was never there.
        if (end !== 'over' && !end.connected) return;
        if (!wanted.staysListening) call.done(isBroken ? EXIT.failure : EXIT.ok);
      },
    );
    open.add(conversation);
    return conversation;
  };
  // Differs: with -k the original lets the next one wait until the one before has gone.
  const refused = tcp.listen(port, {
    accept,
    options: wanted.tcp,
    ...(wanted.staysListening ? {} : { backlog: 1 }),
  });
  if (refused !== undefined) {
    call.write(`nc: ${socketErrorText(refused)}\n`);
    return EXIT.failure;
  }
  if (wanted.verbose) call.write(`Listening on 0.0.0.0 ${port}\n`);
  return () => {
    stopListening();
    for (const conversation of open) conversation.stop();
  };
}

function listenForDatagrams(call: Call<Station>, wanted: Wanted): number | Stop {
  const { context, udp } = call.device.stack;
  const [port] = wanted.ports as readonly [number];
  const output = new Output(call, wanted.countsOnly);
  const conversation = new NcDatagrams(
    context,
    wanted,
    wanted.input(),
    output,
    (peer) => {
      if (wanted.verbose) call.write(`Connection received on ${formatIpv4(peer.address)} ${peer.port}\n`);
    },
    (error) => {
      if (error !== undefined) call.write(`nc: read(net): ${socketErrorText(error)}\n`);
      call.done(error === undefined ? EXIT.ok : EXIT.failure);
    },
  );
  const socket = udp.open(port, conversation);
  if (typeof socket === 'string') {
    call.write(`nc: ${socketErrorText(socket)}\n`);
    return EXIT.failure;
  }
  if (wanted.verbose) call.write(`Bound on 0.0.0.0 ${port}\n`);
  conversation.begin(socket);
  return () => conversation.stop();
}
