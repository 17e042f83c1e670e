// Which commands a device has, and which of them a line means. `show` commands can be shortened: `sh ip ro`.

import { Station } from '../../device/station.js';
import { Switch } from '../../device/switch.js';
import type { Device } from '../../net/world.js';
import { arpCommand } from './arp-command.js';
import { browseCommand } from './browse-command.js';
import type { Command } from './command.js';
import { curlCommand } from './curl-command.js';
import { digCommand } from './dig-command.js';
import { catCommand, getentCommand, hostnameCommand } from './host-commands.js';
import { ipCommand } from './ip-command.js';
import { iperfCommand } from './iperf-command.js';
import { ncCommand } from './nc-command.js';
import { pingCommand } from './ping-command.js';
import { netstatCommand, routeCommand } from './route-command.js';
import { NAT_COMMANDS, ROUTER_COMMANDS } from './router-commands.js';
import { ssCommand } from './ss-command.js';
import { SWITCH_COMMANDS } from './switch-commands.js';
import { tracerouteCommand } from './traceroute-command.js';

const STATION_COMMANDS: readonly Command[] = [
  arpCommand,
  browseCommand,
  catCommand,
  curlCommand,
  digCommand,
  getentCommand,
  hostnameCommand,
  ipCommand,
  iperfCommand,
  ncCommand,
  netstatCommand,
  pingCommand,
  routeCommand,
  ssCommand,
  tracerouteCommand,
];

/** A device with the commands it has; `help` is not among them. */
export type Equipped =
  | { readonly kind: 'station'; readonly device: Station; readonly commands: readonly Command<Station>[] }
  | { readonly kind: 'switch'; readonly device: Switch; readonly commands: readonly Command<Switch>[] };

/** undefined for a tap, which is no computer. */
export function equip(device: Device): Equipped | undefined {
  if (device instanceof Switch) return { kind: 'switch', device, commands: SWITCH_COMMANDS };
  if (!(device instanceof Station)) return undefined;
  if (device.kind === 'host') return { kind: 'station', device, commands: STATION_COMMANDS };
  const shows = device.nat === null ? ROUTER_COMMANDS : [...ROUTER_COMMANDS, ...NAT_COMMANDS];
  return { kind: 'station', device, commands: [...STATION_COMMANDS, ...shows] };
}

/** A command and the words behind its name. */
export interface Match<C> {
  readonly command: C;
  readonly args: readonly string[];
}

/** The command that the words mean; a longer name wins. Ambiguous and unknown words match nothing. */
export function findCommand<C extends { readonly name: string }>(
  commands: readonly C[],
  words: readonly string[],
): Match<C> | undefined {
  let best: Match<C>[] = [];
  let bestRank = 0;
  for (const command of commands) {
    const names = command.name.split(' ');
    const rank = rankOf(names, words);
    if (rank === 0 || rank < bestRank) continue;
    const match = { command, args: words.slice(names.length) };
    best = rank > bestRank ? [match] : [...best, match];
    bestRank = rank;
  }
  return best.length === 1 ? best[0] : undefined;
}

/** 0: no match. More words count more, then words that are spelled out. */
function rankOf(names: readonly string[], words: readonly string[]): number {
  if (names.length === 1) return names[0] === words[0] ? 1 : 0;
  if (words.length < names.length || (words[0] as string).length < 2) return 0;
  let exact = 0;
  for (const [i, name] of names.entries()) {
    const word = words[i] as string;
    if (word === '' || !name.startsWith(word)) return 0;
    if (name === word) exact++;
  }
  return names.length * 100 + exact;
}
