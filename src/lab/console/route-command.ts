// `route` and `netstat -r`: the routing table as net-tools show it. Reading list: route(8), netstat(8).

import { formatIpv4, type Ipv4, maskOf } from '../../base/address.js';
import type { Station } from '../../device/station.js';
import type { Route } from '../../stack/route.js';
import { type Call, type Command, EXIT, wrongUsage } from './command.js';
import { nameOfAddress } from './host-names.js';
import { getoptMessage, parseOptions } from './options.js';

export const routeCommand: Command = {
  name: 'route',
  usage: 'route [-n] [-e]',
  help: 'show the routing table (-n: addresses in figures)',
  run: (call) => {
    const options = parseOptions(call.args, { n: 'flag', e: 'flag' });
    if ('problem' in options) return wrongUsage(call, getoptMessage('route', options));
    if (options.operands.length > 0)
      return wrongUsage(call, 'route: routes are only shown here; the lab file sets them');
    return showRoutes(call, options.has('n'), options.has('e'));
  },
};

export const netstatCommand: Command = {
  name: 'netstat',
  usage: 'netstat -r [-n]',
  help: 'show the routing table; for sockets see ss',
  run: (call) => {
    const options = parseOptions(call.args, { r: 'flag', n: 'flag' });
    if ('problem' in options) return wrongUsage(call, getoptMessage('netstat', options));
    if (!options.has('r') || options.operands.length > 0)
      return wrongUsage(call, 'netstat: only -r is spoken here; for sockets use ss');
    return showRoutes(call, options.has('n'), true);
  },
};

/** In the order in which the kernel lists them: by network, then the longer prefix, then the smaller metric. */
export function routesInOrder(station: Station): Route[] {
  return [...station.stack.ipv4.routes.routes].sort(
    (a, b) =>
      (a.prefix.network >>> 0) - (b.prefix.network >>> 0) ||
      b.prefix.length - a.prefix.length ||
      a.metric - b.metric,
  );
}

function showRoutes(call: Call<Station>, numeric: boolean, bsd: boolean): number {
  const { device } = call;
  const host = (address: Ipv4): string =>
    (numeric || address === 0 ? undefined : nameOfAddress(device, address)) ?? formatIpv4(address);
  call.write('Kernel IP routing table\n');
  call.write(
    bsd
      ? 'Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n'
      : 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n',
  );
  for (const { prefix, gateway, port, metric } of routesInOrder(device)) {
    const destination = !numeric && prefix.length === 0 ? 'default' : host(prefix.network);
    const flags = `U${gateway === 0 ? '' : 'G'}${prefix.length === 32 ? 'H' : ''}`;
    const cells = [destination, host(gateway), formatIpv4(maskOf(prefix.length))].map((cell) =>
      cell.padEnd(15),
    );
    const rest = bsd
      ? `${flags.padEnd(5)}     0 0          0 ${port.name}`
      : `${flags.padEnd(5)} ${String(metric).padEnd(6)} 0        0 ${port.name}`;
    call.write(`${cells.join(' ')} ${rest}\n`);
  }
  return EXIT.ok;
}
