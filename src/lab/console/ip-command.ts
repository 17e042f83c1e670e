// `ip`: interfaces, addresses, routes and neighbours as iproute2 shows them.
// Reading list: ip(8), ip-route(8), ip-neighbour(8), ip-link(8).

import { formatIpv4, formatMac, formatPrefix, parseIpv4 } from '../../base/address.js';
import { SECOND } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import type { NetworkInterface } from '../../stack/network-interface.js';
import type { Route } from '../../stack/route.js';
import { neighborsOf } from './arp-command.js';
import { type Call, type Command, EXIT, wrongUsage } from './command.js';
import { knownHosts } from './host-names.js';
import { type Options, parseOptions } from './options.js';
import { routesInOrder } from './route-command.js';

/** What iproute2 exits with when the kernel says no. */
const KERNEL_REFUSED = 2;
const OBJECTS = ['address', 'link', 'neighbour', 'route'] as const;

export const ipCommand: Command = {
  name: 'ip',
  usage:
    'ip [-s] [-br] addr|link [show [dev INTERFACE]]\nip neigh [show [dev INTERFACE]]\nip route [show]\nip route get ADDRESS',
  help: 'show addresses, interfaces, neighbours, routes',
  options: '-s with counters, -br one line for each; route get: which way a packet would take',
  run: (call) => {
    // iproute2 takes any beginning of its options.
    const args = call.args.map((word) =>
      /^-br(i|ie|ief)?$/.test(word) ? '--brief' : word.replace(/^-(?=stat)/, '--'),
    );
    const options = parseOptions(
      args,
      { s: 'flag', '4': 'flag', brief: 'flag' },
      { stats: 's', statistics: 's' },
    );
    if ('problem' in options)
      return wrongUsage(call, `Option "${options.option}" is unknown, try "ip help".`, 255);
    const [typed, ...words] = options.operands;
    if (typed === undefined || typed === 'help') return wrongUsage(call, 'ip: what is to be shown?', 255);
    // Any beginning of an object's name will do, and the American spelling too.
    switch (OBJECTS.find((name) => name.startsWith(typed.replace('neighbor', 'neighbour')))) {
      case 'address':
        return showInterfaces(call, words, options, true);
      case 'link':
        return showInterfaces(call, words, options, false);
      case 'neighbour':
        return showNeighbors(call, words);
      case 'route':
        return route(call, words);
      default:
        call.write(`Object "${typed}" is unknown, try "ip help".\n`);
        return EXIT.failure;
    }
  },
  complete: (station, before) => {
    const words = before.filter((word) => !word.startsWith('-'));
    if (words.length === 0) return ['addr', 'link', 'neigh', 'route'];
    if (words.at(-1) === 'dev') return station.ports.map(({ name }) => name);
    if (words.length === 1) return words[0] === 'route' ? ['get', 'show'] : ['show'];
    return words.at(-1) === 'get' ? knownHosts(station) : ['dev'];
  },
};

/** The interface that `show dev eth0`, `show eth0` or `dev eth0` names; null when none is named. */
function namedPort(call: Call<Station>, words: readonly string[]): NetworkInterface | null | undefined {
  const name = words.filter(
    (word, i) => word !== 'dev' && !(i === 0 && /^(show|list|ls|lst?)$/.test(word)),
  )[0];
  if (name === undefined) return null;
  const port = call.device.ports.find((candidate) => candidate.name === name);
  if (port === undefined) call.write(`Device "${name}" does not exist.\n`);
  return port;
}

function showInterfaces(
  call: Call<Station>,
  words: readonly string[],
  options: Options,
  addresses: boolean,
): number {
  const only = namedPort(call, words);
  if (only === undefined) return EXIT.failure;
  const brief = options.has('brief');
  if (only === null) call.write(brief ? briefLoopback(addresses) : loopback(addresses, options.has('s')));
  for (const [i, port] of call.device.ports.entries()) {
    if (only !== null && port !== only) continue;
    call.write(
      brief ? briefInterface(port, addresses) : fullInterface(port, i + 2, addresses, options.has('s')),
    );
  }
  return EXIT.ok;
}

function loopback(addresses: boolean, counters: boolean): string {
  const mode = addresses ? '' : 'mode DEFAULT ';
  const head = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN ${mode}group default qlen 1000\n`;
  const link = '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n';
  const address = '    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n';
  return head + link + (addresses ? address : '') + (counters ? counterLines(0, 0, 0, 0) : '');
}

function fullInterface(port: NetworkInterface, index: number, addresses: boolean, counters: boolean): string {
  const plugged = port.cable !== null;
  const flags = plugged ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'NO-CARRIER,BROADCAST,MULTICAST,UP';
  const state = `state ${plugged ? 'UP' : 'DOWN'}${addresses ? '' : ' mode DEFAULT'}`;
  let text = `${index}: ${port.name}: <${flags}> mtu ${port.mtu} qdisc pfifo_fast ${state} group default qlen 1000\n`;
  text += `    link/ether ${formatMac(port.mac)} brd ff:ff:ff:ff:ff:ff\n`;
  if (addresses && port.prefix !== null) {
    const broadcast = port.prefix.length >= 31 ? '' : ` brd ${formatIpv4(port.broadcast)}`;
    text += `    inet ${cidrOf(port)}${broadcast} scope global ${port.name}\n`;
    text += '       valid_lft forever preferred_lft forever\n';
  }
  if (counters)
    text += counterLines(port.receivedBytes, port.receivedFrames, port.sentBytes, port.sentFrames);
  return text;
}

function counterLines(receivedBytes: number, received: number, sentBytes: number, sent: number): string {
  const values = (bytes: number, packets: number): string =>
    `${String(bytes).padStart(14)}${String(packets).padStart(8)}      0       0       0       0\n`;
  return (
    '    RX:  bytes packets errors dropped  missed   mcast\n' +
    values(receivedBytes, received) +
    '    TX:  bytes packets errors dropped carrier collsns\n' +
    values(sentBytes, sent)
  );
}

function briefLoopback(addresses: boolean): string {
  const what = addresses ? '127.0.0.1/8' : '00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>';
  return `lo               UNKNOWN        ${what}\n`;
}

function briefInterface(port: NetworkInterface, addresses: boolean): string {
  const plugged = port.cable !== null;
  const flags = plugged ? '<BROADCAST,MULTICAST,UP,LOWER_UP>' : '<NO-CARRIER,BROADCAST,MULTICAST,UP>';
  const what = addresses ? (port.prefix === null ? '' : cidrOf(port)) : `${formatMac(port.mac)} ${flags}`;
  return `${`${port.name.padEnd(16)} ${(plugged ? 'UP' : 'DOWN').padEnd(14)} ${what}`.trimEnd()}\n`;
}

function cidrOf(port: NetworkInterface): string {
  return `${formatIpv4(port.address)}/${port.prefix?.length ?? 32}`;
}

function showNeighbors(call: Call<Station>, words: readonly string[]): number {
  const only = namedPort(call, words);
  if (only === undefined) return EXIT.failure;
  for (const { entry, port } of neighborsOf(call.device)) {
    if (only !== null && port !== only) continue;
    const mac = entry.state === 'incomplete' ? '' : ` lladdr ${formatMac(entry.mac)}`;
    call.write(`${formatIpv4(entry.address)} dev ${port.name}${mac} ${entry.state.toUpperCase()}\n`);
  }
  return EXIT.ok;
}

function route(call: Call<Station>, words: readonly string[]): number {
  const [verb = 'show', host] = words;
  if (verb === 'get') return routeTo(call, host);
  if (!/^(s|sh|show|l|ls|list)$/.test(verb)) {
    call.write(`Command "${verb}" is unknown, try "ip route help".\n`);
    return 255;
  }
  for (const row of routesInOrder(call.device)) call.write(`${routeLine(row)}\n`);
  return EXIT.ok;
}

function routeLine({ prefix, gateway, port, source, metric }: Route): string {
  const to = prefix.length === 0 ? 'default' : formatPrefix(prefix);
  const via = gateway === 0 ? '' : ` via ${formatIpv4(gateway)}`;
  const origin =
    source === 'connected' ? ` proto kernel scope link src ${formatIpv4(port.address)}` : ` proto ${source}`;
  return `${to}${via} dev ${port.name}${origin}${metric === 0 ? '' : ` metric ${metric}`}`;
}

/** Which way a packet to this address would take; nothing is sent. */
function routeTo(call: Call<Station>, host: string | undefined): number {
  const { ipv4 } = call.device.stack;
  if (host === undefined) return wrongUsage(call, 'need at least a destination address', EXIT.failure);
  const to = parseIpv4(host);
  if (to === undefined) {
    call.write(`Error: any valid prefix is expected rather than "${host}".\n`);
    return EXIT.failure;
  }
  if (ipv4.isLocal(to)) {
    call.write(`local ${host} dev lo src ${host} uid 0\n    cache <local>\n`);
    return EXIT.ok;
  }
  const found = ipv4.routes.lookup(to);
  if (found === undefined) {
    call.write('RTNETLINK answers: Network is unreachable\n');
    return KERNEL_REFUSED;
  }
  const via = found.gateway === 0 ? '' : ` via ${formatIpv4(found.gateway)}`;
  const path = ipv4.pathMtu(to);
  const left = path === undefined ? 0 : Math.ceil((path.expires - call.world.now) / SECOND);
  const learned = path === undefined ? '' : ` expires ${left}sec mtu ${path.mtu}`;
  call.write(
    `${host}${via} dev ${found.port.name} src ${formatIpv4(found.port.address)} uid 0\n    cache${learned}\n`,
  );
  return EXIT.ok;
}
