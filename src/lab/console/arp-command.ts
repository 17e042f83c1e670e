// `arp`: the ARP caches of a station, as net-tools show them. Reading list: arp(8), RFC 826.

import { formatIpv4, formatMac, type Ipv4, inPrefix } from '../../base/address.js';
import type { Station } from '../../device/station.js';
import type { NeighborEntry } from '../../stack/neighbor.js';
import type { NetworkInterface } from '../../stack/network-interface.js';
import { type Call, type Command, EXIT, wrongUsage } from './command.js';
import { addressAtHand, knownHosts, nameOfAddress } from './host-names.js';
import { getoptMessage, type Options, parseOptions } from './options.js';

/** What `arp -d` exits with when it fails. */
const DELETE_FAILED = 255;

export const arpCommand: Command = {
  name: 'arp',
  usage: 'arp [-n] [-a] [-i INTERFACE] [HOST]\narp -d HOST',
  help: 'show the ARP cache, or delete an entry of it',
  options: '-n no names, -a one sentence per entry, -i of one interface, -d delete',
  run: (call) => {
    const options = parseOptions(call.args, { a: 'flag', n: 'flag', e: 'flag', i: 'value', d: 'flag' });
    if ('problem' in options) return wrongUsage(call, getoptMessage('arp', options));
    return options.has('d') ? deleteEntry(call, options) : showEntries(call, options);
  },
  complete: knownHosts,
};

interface Neighbor {
  readonly entry: NeighborEntry;
  readonly port: NetworkInterface;
}

/** All entries of a station, interface by interface. */
export function neighborsOf(station: Station): Neighbor[] {
  return station.ports.flatMap((port) =>
    [...station.stack.ipv4.neighborsOf(port).entries()].map((entry) => ({ entry, port })),
  );
}

function showEntries(call: Call<Station>, options: Options): number {
  const { device } = call;
  const [host] = options.operands;
  const wanted = host === undefined ? undefined : addressAtHand(device, host);
  if (host !== undefined && wanted === undefined) return unknownHost(call, host);
  const card = options.value('i');
  const all = neighborsOf(device);
  const shown = all.filter(
    ({ entry, port }) =>
      (wanted === undefined || entry.address === wanted) && (card ?? port.name) === port.name,
  );
  const nameOf = (address: Ipv4): string | undefined =>
    options.has('n') ? undefined : nameOfAddress(device, address);
  if (options.has('a')) {
    for (const neighbor of shown) call.write(`${sentence(neighbor, nameOf(neighbor.entry.address))}\n`);
    if (shown.length === 0 && (wanted !== undefined || card !== undefined)) {
      call.write(`arp: in ${all.length} entries no match found.\n`);
    }
    return EXIT.ok;
  }
  if (shown.length > 0) {
    call.write('Address                  HWtype  HWaddress           Flags Mask            Iface\n');
  }
  for (const neighbor of shown) call.write(`${row(neighbor, nameOf(neighbor.entry.address))}\n`);
  if (shown.length === 0 && wanted !== undefined) call.write(`${host} (${formatIpv4(wanted)}) -- no entry\n`);
  return EXIT.ok;
}

/** `? (192.0.2.1) at 02:00:00:00:00:01 [ether] on eth0` */
function sentence({ entry, port }: Neighbor, name: string | undefined): string {
  const permanent = entry.state === 'permanent' ? ' PERM' : '';
  const mac = entry.state === 'incomplete' ? '<incomplete>' : `${formatMac(entry.mac)} [ether]${permanent}`;
  return `${name ?? '?'} (${formatIpv4(entry.address)}) at ${mac} on ${port.name}`;
}

function row({ entry, port }: Neighbor, name: string | undefined): string {
  const known = entry.state !== 'incomplete';
  const flags = entry.state === 'permanent' ? 'CM' : 'C';
  const mac = known ? `ether   ${formatMac(entry.mac).padEnd(20)}${flags}` : `${' '.repeat(8)}(incomplete)`;
  return (name ?? formatIpv4(entry.address)).padEnd(25) + mac.padEnd(50) + port.name;
}

function deleteEntry(call: Call<Station>, options: Options): number {
  const { device } = call;
  const [host] = options.operands;
  if (host === undefined) return wrongUsage(call, 'arp: need host name', DELETE_FAILED);
  const address = addressAtHand(device, host);
  if (address === undefined) return unknownHost(call, host);
  const ports = device.ports.filter(({ prefix }) => prefix !== null && inPrefix(address, prefix));
  if (ports.some((port) => device.stack.ipv4.neighborsOf(port).remove(address))) return EXIT.ok;
  call.write(
    ports.length === 0
      ? 'SIOCDARP(dontpub): Network is unreachable\n'
      : `No ARP entry for ${formatIpv4(address)}\n`,
  );
  return DELETE_FAILED;
}

function unknownHost(call: Call<Station>, host: string): number {
  call.write(`${host}: Host name lookup failure\n`);
  return DELETE_FAILED;
}
