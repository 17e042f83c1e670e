// A network namespace stands for a node of a lab: a computer of its own inside of this one, with the card, the address,
// the routes and the resolver that the lab gives the node. It has no other way out than that card and its own loopback.
// Reading list: ip-netns(8), ip-link(8), ip-route(8), napi.txt (threads) and scaling.txt (RPS) of the kernel's documentation, resolv.conf(5), nsswitch.conf(5).

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { formatIpv4, formatMac, parseIpv4 } from '../../base/address.js';
import type { LabNode } from '../../lab/schema.js';
import type { Device } from '../../net/world.js';
import { type Linux, NAMESPACES } from './linux.js';

/** What `ip netns exec` puts in the place of files of the same names in /etc. */
const FILES = '/etc/netns';
/** Frames the kernel keeps for a card that we have not yet read: with the usual 1000, bursts are lost. */
const QUEUE = 10_000;
/** Clock ticks per second in /proc, whatever the kernel's own. */
const TICKS = 100;

/** The name of the namespace in which a program attaches a node: `ww-4711-pc`. */
export function namespaceName(node: string, pid = process.pid): string {
  return `ww-${pid}-${node}`;
}

/** A namespace of a `wirewalk up`. */
export interface FoundNamespace {
  readonly name: string;
  /** The program that made it. */
  readonly pid: number;
  readonly node: string;
  /** Does that program still run? */
  readonly isLive: boolean;
}

/** All namespaces with names of ours. */
export function findNamespaces(): FoundNamespace[] {
  // Names and files are made and removed one after the other: a crash may leave either.
  const names = new Set([...namesIn(NAMESPACES), ...namesIn(FILES)]);
  return [...names].sort().flatMap((name) => {
    const match = /^ww-(\d{1,10})-(.+)$/.exec(name);
    if (match === null) return [];
    const pid = Number(match[1]);
    return [{ name, pid, node: match[2] as string, isLive: isMaker(pid, name) }];
  });
}

/** Removes what programs left behind that were killed; returns the names. */
export function removeLeftOvers(): string[] {
  const left = findNamespaces().filter(({ isLive }) => !isLive);
  for (const { name } of left) removeNamespace(name);
  return left.map(({ name }) => name);
}

/** Makes an empty namespace, with the files that programs in it see in /etc. @throws Error when the system refuses */
export function makeNamespace(linux: Linux, name: string, node: LabNode, label: string): void {
  // The files first: without a resolv.conf of its own a DHCP client in there would write over that of this machine.
  writeFiles(name, node, label);
  ip('netns', 'add', name);
  linux.inNamespace(name, () => {
    const settings = '/proc/sys/net';
    // Labs speak IPv4; without this the kernel asks for IPv6 routers by itself.
    for (const which of ['all', 'default']) writeFileSync(`${settings}/ipv6/conf/${which}/disable_ipv6`, '1');
    if (node.kind !== 'host') writeFileSync(`${settings}/ipv4/ip_forward`, '1');
  });
}

/** Gives the cards of a namespace what the lab says, once they are there. @throws Error when the system refuses */
export function configureNamespace(name: string, node: LabNode, device: Device): void {
  const lines = ['link set lo up'];
  for (const { name: card, mac, mtu } of device.ports) {
    lines.push(`link set ${card} address ${formatMac(mac)} mtu ${mtu} txqueuelen ${QUEUE} up`);
    const address = node.interfaces?.get(card)?.ip;
    if (address !== undefined)
      lines.push(
        `address add ${formatIpv4(address.address)}/${address.prefix.length} broadcast + dev ${card}`,
      );
  }
  for (const { to, via, metric } of node.routes)
    lines.push(`route add ${formatIpv4(to.network)}/${to.length} via ${formatIpv4(via)} metric ${metric}`);
  if (node.gateway !== undefined) lines.push(`route add default via ${formatIpv4(node.gateway)}`);
  for (const [text, mac] of node.arp ?? []) {
    const card = cardTowards(node, parseIpv4(text) as number);
    if (card !== undefined)
      lines.push(`neighbour replace ${text} lladdr ${formatMac(mac)} nud permanent dev ${card}`);
  }
  execFileSync('ip', ['-n', name, '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  spreadWork(name);
}

/**
 * Lets others take what we hand to the kernel. Otherwise a frame is written only when its receiver is done with it, and all
 * that time is ours: half of what a lab carries in a second. A thread of the card's own is best, as it takes many frames at a
 * time; a kernel that has none for it can at least spread them over the processors.
 */
function spreadWork(name: string): void {
  const processors = Math.min(availableParallelism(), 32);
  const mask = (2 ** processors - 1).toString(16);
  const command = `for card in /sys/class/net/*; do
    [ -e "$card/tun_flags" ] || continue
    echo 1 > "$card/threaded" || echo ${mask} > "$card/queues/rx-0/rps_cpus"
  done`;
  try {
    ip('netns', 'exec', name, 'sh', '-c', command);
  } catch {
    // This kernel can't; it works without.
  }
}

/** Removes a namespace and its files; what is gone already is no mistake. */
export function removeNamespace(name: string): void {
  if (namesIn(NAMESPACES).includes(name)) {
    try {
      ip('netns', 'delete', name);
    } catch {
      // After a restart of a container only the file is left of it, and nothing is mounted there.
      rmSync(path.join(NAMESPACES, name), { force: true });
    }
  }
  rmSync(path.join(FILES, name), { recursive: true, force: true });
  try {
    rmdirSync(FILES);
  } catch {
    // It was there before, or somebody else needs it.
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The interface of the node on whose network an address is. */
function cardTowards(node: LabNode, address: number): string | undefined {
  for (const [card, { ip: own }] of node.interfaces ?? []) {
    if (own === undefined) continue;
    const mask = own.prefix.length === 0 ? 0 : -1 << (32 - own.prefix.length);
    if (((own.address ^ address) & mask) === 0) return card;
  }
  return undefined;
}

function writeFiles(name: string, { dns, hosts }: LabNode, label: string): void {
  const folder = path.join(FILES, name);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, lines: readonly string[]): void =>
    writeFileSync(path.join(folder, file), `${lines.join('\n')}\n`);
  write('resolv.conf', [
    `# ${label}, a node of a lab`,
    ...dns.map((server) => `nameserver ${formatIpv4(server)}`),
  ]);
  const names = [...(hosts ?? [])].map(([host, address]) => `${formatIpv4(address)} ${host}`);
  write('hosts', ['127.0.0.1 localhost', ...names]);
  // Names are asked of the lab alone: services that answer over a socket of this machine would ask outside of it.
  const order = 'nsswitch.conf';
  const usual = textOf(path.join('/etc', order));
  if (usual === undefined) return;
  const others = usual.split('\n').filter((line) => !/^\s*hosts\s*:/.test(line));
  write(order, ['hosts: files dns', ...others]);
}

/** Is there a program with this pid that is old enough to have made this namespace? */
function isMaker(pid: number, name: string): boolean {
  // The name of the program stands in brackets and may hold anything; start time is the 20th word behind it.
  const stat = textOf(`/proc/${pid}/stat`);
  const uptime = Number(textOf('/proc/uptime')?.split(' ')[0]);
  const ticks = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  if (stat === undefined || Number.isNaN(uptime + ticks)) return stat !== undefined;
  const begun = Date.now() / 1000 - uptime + ticks / TICKS;
  const made = statSync(path.join(FILES, name), { throwIfNoEntry: false })?.birthtimeMs;
  return made === undefined || made === 0 || begun < made / 1000 + 1;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
