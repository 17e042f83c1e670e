// Small commands of a station: its name, its files about names, and looking a name up as programs do.
// Reading list: hostname(1), getent(1), resolv.conf(5), hosts(5).

import { formatIpv4, parseIpv4 } from '../../base/address.js';
import type { Station } from '../../device/station.js';
import { type Command, EXIT, wrongUsage } from './command.js';
import { knownHosts, LOOPBACK, nameOfAddress } from './host-names.js';

/** What getent exits with when there is no such entry. */
const NO_ENTRY = 2;

export const hostnameCommand: Command = {
  name: 'hostname',
  usage: 'hostname [-I]',
  help: 'show the name of this node (-I: addresses)',
  run: (call) => {
    const { device, args } = call;
    if (args.length === 0) call.write(`${device.name}\n`);
    else if (args.length === 1 && args[0] === '-I') {
      const addresses = device.ports
        .filter(({ prefix }) => prefix !== null)
        .map(({ address }) => formatIpv4(address));
      call.write(`${addresses.join(' ')}\n`);
    } else return wrongUsage(call, `hostname: '${args[0]}' is not spoken here`);
    return EXIT.ok;
  },
};

export const getentCommand: Command = {
  name: 'getent',
  usage: 'getent hosts NAME',
  help: 'look a name up as every program does',
  options: 'Asked in this order: hosts file, cache, DNS servers.',
  isProgram: true,
  run: (call) => {
    const [database, name, ...more] = call.args;
    if (database === undefined || name === undefined)
      return wrongUsage(call, 'getent: wrong number of arguments', EXIT.failure);
    if (more.length > 0)
      return wrongUsage(call, `getent: one name at a time: '${more[0]}' is too much`, EXIT.failure);
    if (database !== 'hosts' && database !== 'ahostsv4') {
      return wrongUsage(call, `Unknown database: ${database}`, EXIT.failure);
    }
    const address = parseIpv4(name);
    if (address !== undefined) {
      const known = nameOfAddress(call.device, address);
      if (known === undefined) return NO_ENTRY;
      call.write(hostLine(formatIpv4(address), known));
      return EXIT.ok;
    }
    const found = (addresses: readonly number[]): void => {
      for (const each of addresses) call.write(hostLine(formatIpv4(each), name));
      call.done(addresses.length === 0 ? NO_ENTRY : EXIT.ok);
    };
    if (name === 'localhost') found([LOOPBACK]);
    else call.device.resolver.lookup(name, found);
    return () => {};
  },
  complete: (station, before) => (before.length === 0 ? ['hosts'] : knownHosts(station)),
};

function hostLine(address: string, name: string): string {
  return `${address.padEnd(15)} ${name}\n`;
}

/** The files a station has. */
const FILES: Readonly<Record<string, (station: Station) => string>> = {
  '/etc/hostname': (station) => `${station.name}\n`,
  '/etc/hosts': ({ resolver }) =>
    [
      [LOOPBACK, 'localhost'] as const,
      ...[...resolver.hostsFile()].map(([name, address]) => [address, name] as const),
    ]
      .map(([address, name]) => `${formatIpv4(address)}\t${name}\n`)
      .join(''),
  '/etc/resolv.conf': ({ resolver }) =>
    resolver.servers.map((server) => `nameserver ${formatIpv4(server)}\n`).join(''),
};

export const catCommand: Command = {
  name: 'cat',
  usage: `cat ${Object.keys(FILES).join('|')}`,
  help: 'show a file about names and DNS servers',
  run: (call) => {
    if (call.args.length === 0) return wrongUsage(call, 'cat: which file?');
    let exitCode: number = EXIT.ok;
    for (const path of call.args) {
      const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
      if (file !== undefined) call.write(file(call.device));
      else {
        const isFolder = /^(\/|\/etc)\/?$/.test(path);
        call.write(`cat: ${path}: ${isFolder ? 'Is a directory' : 'No such file or directory'}\n`);
        exitCode = EXIT.failure;
      }
    }
    return exitCode;
  },
  complete: () => Object.keys(FILES),
};
