// `traceroute`: which routers a packet passes, as the Linux traceroute prints them. Reading list: traceroute(8).

import { formatIpv4, type Ipv4 } from '../../base/address.js';
import { MILLISECOND, SECOND, type Time } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import {
  type HopResult,
  type ProbeResult,
  Traceroute,
  type TracerouteOptions,
} from '../../service/traceroute.js';
import { type Call, type Command, EXIT, type Stop, wrongUsage } from './command.js';
import { knownHosts, nameAndAddress, resolveHost } from './host-names.js';
import {
  getoptMessage,
  type OptionProblem,
  type Options,
  parseOptions,
  seconds,
  wholeNumber,
} from './options.js';

export const tracerouteCommand: Command = {
  name: 'traceroute',
  usage: 'traceroute [-n] [-q PROBES] [-m MAX_HOPS] [-w SECONDS] HOST',
  help: 'find the routers on the way to a host',
  options: '-n no names, -q probes for each hop, -m most hops, -w seconds to wait for an answer',
  run: (call) => {
    const options = parseOptions(
      call.args,
      { n: 'flag', '4': 'flag', q: 'value', m: 'value', w: 'value' },
      { 'max-hops': 'm', queries: 'q', wait: 'w' },
    );
    if ('problem' in options) return wrongUsage(call, problemText(options));
    const [host, ...more] = options.operands;
    const wanted = tracerouteOptions(options);
    if ('error' in wanted) return wrongUsage(call, wanted.error);
    if (host === undefined) return wrongUsage(call, 'traceroute: which host?');
    if (more.length > 0) return wrongUsage(call, `traceroute: one host at a time: '${more[0]}' is too much`);
    return start(call, host, wanted, options.has('n'));
  },
  complete: knownHosts,
};

function problemText({ problem, option }: OptionProblem): string {
  return problem === 'unknown' ? `Bad option \`${option}'` : getoptMessage('traceroute', { problem, option });
}

type Wanted = TracerouteOptions & { readonly maxHops: number };

function tracerouteOptions(options: Options): Wanted | { error: string } {
  const probes = wholeNumber(options.value('q') ?? '3', 1, 10);
  const maxHops = wholeNumber(options.value('m') ?? '30', 1, 255);
  const timeout = seconds(options.value('w') ?? '5', MILLISECOND, 1e6 * SECOND);
  if (probes === undefined) return { error: 'no more than 10 probes per hop' };
  if (maxHops === undefined)
    return {
      error: options.value('m') === '0' ? 'first hop out of range' : 'max hops cannot be more than 255',
    };
  if (timeout === undefined) return { error: `bad wait specifications \`${options.value('w')}' used` };
  return { probes, maxHops, timeout };
}

function start(call: Call<Station>, host: string, wanted: Wanted, numeric: boolean): Stop {
  const { device } = call;
  let run: Traceroute | undefined;
  const begin = (address: Ipv4): void => {
    call.write(
      `traceroute to ${host} (${formatIpv4(address)}), ${wanted.maxHops} hops max, 60 byte packets\n`,
    );
    const reachable = device.stack.ipv4.sourceFor(address) !== undefined;
    const listener = {
      hop: (result: HopResult) => call.write(`${hopLine(device, result, numeric)}\n`),
      // Not to arrive is no failure of the program.
      done: () => {
        if (!reachable) call.write('connect: Network is unreachable\n');
        call.done(reachable ? EXIT.ok : EXIT.failure);
      },
    };
    run = new Traceroute(device.stack, address, listener, wanted);
  };
  const forget = resolveHost(device, host, begin, (why) => {
    call.write(
      `${host}: ${why}\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc ${call.args.length})\n`,
    );
    call.done(EXIT.usage);
  });
  return () => {
    forget();
    call.done(EXIT.interrupted);
    run?.stop();
  };
}

/** ` 1  192.0.2.1 (192.0.2.1)  0.195 ms  0.010 ms *`: who answers is named when it is not the one before. */
function hopLine(station: Station, { hop, probes }: HopResult, numeric: boolean): string {
  let line = `${String(hop).padStart(2)} `;
  let before: Ipv4 | undefined;
  for (const probe of probes) {
    if (probe.from === undefined) {
      line += ' *';
      continue;
    }
    if (probe.from !== before)
      line += ` ${numeric ? formatIpv4(probe.from) : nameAndAddress(station, probe.from)}`;
    before = probe.from;
    line += `  ${milliseconds(probe.time)} ms${remark(probe)}`;
  }
  return line;
}

function milliseconds(time: Time): string {
  return (Math.round(time / 1000) / 1000).toFixed(3);
}

/** What the code of an ICMP unreachable message is shown as. */
function remark({ code }: ProbeResult): string {
  switch (code) {
    case undefined:
      return '';
    case 0:
    case 6:
    case 11:
      return ' !N';
    case 1:
    case 7:
    case 12:
      return ' !H';
    case 2:
      return ' !P';
    case 4:
      return ' !F';
    case 5:
      return ' !S';
    case 9:
    case 10:
    case 13:
      return ' !X';
    default:
      return ` !<${code}>`;
  }
}
