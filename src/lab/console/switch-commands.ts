// What a switch shows of itself, in the form of Cisco IOS. Reading list: Cisco Catalyst command reference.

import type { Switch } from '../../device/switch.js';
import type { World } from '../../net/world.js';
import type { NetworkInterface } from '../../stack/network-interface.js';
import type { Call, Command } from './command.js';
import { dottedMac, interfaceText, rateOf, showCommand } from './show-text.js';

export const SWITCH_COMMANDS: readonly Command<Switch>[] = [
  showCommand('show mac address-table', 'which MAC address sits behind which port', showMacTable),
  showCommand('show interfaces status', 'the ports, one per line', showStatus),
  showCommand('show interfaces', 'the ports with their counters', showInterfaces),
];

function showMacTable({ device }: Call<Switch>): string {
  const rows = [...device.rows()]
    .sort((a, b) => a.mac - b.mac)
    .map(({ mac, port }) => `   1    ${dottedMac(mac)}    DYNAMIC     ${port.name}\n`);
  return `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
${rows.join('')}Total Mac Addresses for this criterion: ${rows.length}
`;
}

function showStatus({ device, world }: Call<Switch>): string {
  const header = 'Port      Name               Status       Vlan       Duplex  Speed Type\n';
  return header + device.ports.map((port) => statusLine(world, port)).join('');
}

function statusLine(world: World, port: NetworkInterface): string {
  const plugged = port.cable !== null;
  const state = `${port.name.padEnd(9)} ${''.padEnd(18)} ${(plugged ? 'connected' : 'notconnect').padEnd(12)} 1         `;
  return `${state} ${(plugged ? 'full' : 'auto').padStart(6)} ${speedText(rateOf(world, port)).padStart(6)} Ethernet\n`;
}

/** Mbit/s, or `10G`; `auto` where nothing limits the rate. */
function speedText(rate: number): string {
  if (rate === 0) return 'auto';
  return rate >= 1e10 ? `${rate / 1e9}G` : String(rate / 1e6);
}

function showInterfaces({ device, world }: Call<Switch>): string {
  return device.ports.map((port) => interfaceText(world, port, undefined)).join('');
}
