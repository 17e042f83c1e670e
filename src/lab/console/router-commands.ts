// What a router shows of itself, in the form of Cisco IOS. Reading list: Cisco IOS IP Routing command reference.

import { formatIpv4, formatPrefix, type Ipv4, type Ipv4Prefix, prefixOf } from '../../base/address.js';
import { MINUTE } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import type { Route, RouteSource } from '../../stack/route.js';
import { PROTOCOL_NAMES } from '../../wire/iana.js';
import { neighborsOf } from './arp-command.js';
import type { Call, Command } from './command.js';
import { routesInOrder } from './route-command.js';
import { dottedMac, interfaceText, showCommand } from './show-text.js';

/** Letter and administrative distance of a route, by who put it there. */
const SOURCES: Readonly<Record<RouteSource, { readonly code: string; readonly distance: number }>> = {
  connected: { code: 'C', distance: 0 },
  static: { code: 'S', distance: 1 },
  dhcp: { code: 'S', distance: 254 },
  ospf: { code: 'O', distance: 110 },
  bgp: { code: 'B', distance: 20 },
};

export const ROUTER_COMMANDS: readonly Command[] = [
  showCommand('show ip route', 'the routing table', showRoutes),
  showCommand('show ip arp', 'the ARP caches of all interfaces', showArp),
  showCommand('show arp', 'the same', showArp),
  showCommand('show interfaces', 'the interfaces with their counters', showInterfaces),
  showCommand('show ip interface brief', 'the interfaces, one per line', showBrief),
];

/** For routers that translate. */
export const NAT_COMMANDS: readonly Command[] = [
  showCommand('show ip nat translations', 'the translation table', showTranslations),
];

// ---- show ip route ----

interface Line {
  readonly code: string;
  readonly prefix: Ipv4Prefix;
  readonly rest: string;
}

function showRoutes({ device }: Call<Station>): string {
  const routes = routesInOrder(device);
  const standard = device.stack.ipv4.routes.routes.find(({ prefix }) => prefix.length === 0);
  const resort =
    standard === undefined
      ? 'Gateway of last resort is not set'
      : `Gateway of last resort is ${formatIpv4(standard.gateway)} to network 0.0.0.0`;
  let text =
    'Codes: L - local, C - connected, S - static, B - BGP, O - OSPF\n       * - candidate default\n\n';
  text += `${resort}\n\n`;
  const groups = new Map<string, Line[]>();
  for (const line of [...routes.map(routeLine), ...localLines(device)].sort(byPrefix)) {
    const key = line.prefix.length === 0 ? '' : formatPrefix(classfulNetwork(line.prefix));
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  for (const [network, lines] of groups) text += groupText(network, lines);
  return text;
}

function routeLine({ prefix, gateway, port, source, metric }: Route): Line {
  const { code, distance } = SOURCES[source];
  const via =
    gateway === 0
      ? `is directly connected, ${port.name}`
      : `[${distance}/${metric}] via ${formatIpv4(gateway)}`;
  const dynamic = gateway !== 0 && (source === 'ospf' || source === 'bgp') ? `, ${port.name}` : '';
  return { code: prefix.length === 0 ? `${code}*` : code, prefix, rest: via + dynamic };
}

/** The router's own addresses stand in its table too. */
function localLines({ ports }: Station): Line[] {
  return ports.flatMap((port) =>
    port.prefix === null
      ? []
      : [
          {
            code: 'L',
            prefix: { network: port.address, length: 32 },
            rest: `is directly connected, ${port.name}`,
          },
        ],
  );
}

function byPrefix(a: Line, b: Line): number {
  return (a.prefix.network >>> 0) - (b.prefix.network >>> 0) || a.prefix.length - b.prefix.length;
}

/** The class A, B or C network a prefix lies in (RFC 791 §3.2), which IOS still sorts by; itself if it is wider. */
function classfulNetwork({ network, length }: Ipv4Prefix): Ipv4Prefix {
  const first = network >>> 24;
  return prefixOf(network, Math.min(length, first < 128 ? 8 : first < 192 ? 16 : 24));
}

function groupText(network: string, lines: readonly Line[]): string {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && (network === '' || formatPrefix(only.prefix) === network)) {
    return `${only.code.padEnd(6)}${formatPrefix(only.prefix)} ${only.rest}\n`;
  }
  const masks = new Set(lines.map(({ prefix }) => prefix.length));
  const count = `${lines.length} subnets`;
  const [mask] = masks;
  const heading =
    masks.size > 1
      ? `${network} is variably subnetted, ${count}, ${masks.size} masks`
      : `${network.replace(/\/.*/, '')}/${mask} is subnetted, ${count}`;
  const rows = lines.map(({ code, prefix, rest }) => `${code.padEnd(9)}${formatPrefix(prefix)} ${rest}\n`);
  return `      ${heading}\n${rows.join('')}`;
}

// ---- show ip arp ----

function showArp({ device, world }: Call<Station>): string {
  const line = (address: Ipv4, age: string, mac: string, port: string): string =>
    `Internet  ${formatIpv4(address).padEnd(15)} ${age.padStart(10)}  ${mac.padEnd(15)} ARPA   ${port}`.trimEnd();
  const own = device.ports
    .filter(({ prefix }) => prefix !== null)
    .map((port) => ({
      address: port.address,
      text: line(port.address, '-', dottedMac(port.mac), port.name),
    }));
  const learned = neighborsOf(device).map(({ entry: { address, state, mac, expires }, port }) => {
    const confirmed = expires - device.stack.ipv4.neighborsOf(port).lifetime;
    const age =
      state === 'reachable'
        ? String(Math.floor((world.now - confirmed) / MINUTE))
        : state === 'permanent'
          ? '-'
          : '0';
    const known = state !== 'incomplete';
    return {
      address,
      text: line(address, age, known ? dottedMac(mac) : 'Incomplete', known ? port.name : ''),
    };
  });
  const rows = [...own, ...learned].sort((a, b) => (a.address >>> 0) - (b.address >>> 0));
  const header = 'Protocol  Address          Age (min)  Hardware Addr   Type   Interface';
  return [header, ...rows.map(({ text }) => text)].map((row) => `${row}\n`).join('');
}

// ---- show interfaces ----

function showInterfaces({ device, world }: Call<Station>): string {
  return device.ports
    .map((port) =>
      interfaceText(
        world,
        port,
        port.prefix === null ? undefined : `${formatIpv4(port.address)}/${port.prefix.length}`,
      ),
    )
    .join('');
}

function showBrief({ device }: Call<Station>): string {
  const rows = device.ports.map((port) => {
    const address = port.prefix === null ? 'unassigned' : formatIpv4(port.address);
    const state = port.cable === null ? 'down' : 'up';
    const method = port.prefix === null ? 'unset ' : 'manual';
    return `${port.name.padEnd(22)} ${address.padEnd(15)} YES ${method} ${state.padEnd(21)} ${state}\n`;
  });
  return `Interface              IP-Address      OK? Method Status                Protocol\n${rows.join('')}`;
}

// ---- show ip nat translations ----

/** The remote port is not part of a row here: one row serves every conversation with the remote address. */
function showTranslations({ device }: Call<Station>): string {
  const { nat } = device;
  const outside = nat === null ? undefined : device.ports.find((port) => nat.isOutside(port));
  if (nat === null || outside === undefined) return '';
  const rows = [...nat.rows()].map(({ protocol, externalPort, inside, insidePort, remote }) => {
    const global = `${formatIpv4(outside.address)}:${externalPort}`;
    const local = `${formatIpv4(inside)}:${insidePort}`;
    const far = remote === 0 ? '---' : formatIpv4(remote);
    const name = (PROTOCOL_NAMES[protocol] ?? String(protocol)).toLowerCase();
    return `${name.padEnd(3)} ${global.padEnd(21)} ${local.padEnd(21)} ${far.padEnd(18)} ${far}\n`;
  });
  const header = 'Pro Inside global         Inside local          Outside local      Outside global\n';
  return `${header}${rows.join('')}Total number of translations: ${rows.length}\n`;
}
