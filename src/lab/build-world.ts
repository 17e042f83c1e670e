// From a lab to a world: nodes with their configuration, links, pins, and the faults that sit on links.

import { formatIpv4, type Mac, parseIpv4 } from '../base/address.js';
import { encodeUtf8 } from '../base/text.js';
import type { Station } from '../device/station.js';
import type { LinkOptions } from '../net/link.js';
import { type Device, type Pins, World } from '../net/world.js';
import { startChargen } from '../service/chargen.js';
import { startDiscard } from '../service/discard.js';
import { Zone } from '../service/dns/zone.js';
import { startEcho } from '../service/echo.js';
import { mediaTypeOf } from '../service/http/media-types.js';
import { HttpServer, type Page } from '../service/http/server.js';
import { digestReceipt, echoReceipt } from '../service/http/uploads.js';
import { startIperf } from '../service/iperf/server.js';
import type { NetworkInterface } from '../stack/network-interface.js';
import type { RecordLevel } from '../trace/trace.js';
import { canonicalName } from '../wire/dns/name.js';
import type { DnsRecord } from '../wire/dns/records.js';
import { PORT, PROTOCOL } from '../wire/iana.js';
import { plantFaults } from './faults.js';
import type { Lab } from './read-lab.js';
import type { LabLink, LabNode, LabPage } from './schema.js';
import { tcpOptionsOf } from './tcp-options.js';
import { readRecord, readZone } from './zone-lines.js';

export interface BuildOptions {
  /** In place of the lab's own. */
  readonly seed?: number;
  /** What is kept of the run. Default `bytes`. */
  readonly record?: RecordLevel;
  /**
   * Nodes that are outside of the simulation: in the world they are taps, with the interfaces and MAC addresses of the lab
   * and nothing behind them. No switches.
   */
  readonly attached?: readonly string[];
}

/** Builds the world of a lab at simulated time 0. What its script and its timed faults do is for `runLab`. */
export function buildWorld(lab: Lab, options: BuildOptions = {}): World {
  const world = new World({
    name: lab.name,
    seed: options.seed ?? lab.seed,
    ...(options.record === undefined ? {} : { record: options.record }),
    ...(lab.epoch === undefined ? {} : { epoch: lab.epoch }),
  });
  const { nodes, links } = lab.topology;
  const macs = new MacSource(lab);
  const isAttached = (name: string): boolean => options.attached?.includes(name) ?? false;
  for (const [name, node] of nodes) {
    const device = isAttached(name) ? world.addTap(name) : addDevice(world, name, node, lab.pins?.get(name));
    const made = world.node(name);
    if (made !== undefined) made.label = node.label;
    for (const [port, { mac, ip, mtu }] of node.interfaces ?? []) {
      // What is outside has its addresses there.
      const address =
        ip === undefined || isAttached(name)
          ? {}
          : { address: `${formatIpv4(ip.address)}/${ip.prefix.length}` };
      const added = world.addInterface(device, port, { mac: mac ?? macs.next(), ...address });
      if (mtu !== undefined) added.mtu = mtu;
    }
  }
  for (const link of links) {
    const [a, b] = link.endpoints.map((end) => portOf(world, end.node, end.port, macs)) as [
      NetworkInterface,
      NetworkInterface,
    ];
    world.connect(a, b, linkOptions(link));
  }
  for (const [name, node] of nodes) {
    // A link's MTU holds for both ends, unless the lab gives an interface its own.
    for (const [port, { mtu }] of node.interfaces ?? [])
      if (mtu !== undefined) world.interface(`${name}:${port}`).mtu = mtu;
    if (node.kind === 'switch' || isAttached(name)) continue;
    const station = world.station(name);
    setUpTcp(station, lab, node);
    configure(station, node);
  }
  plantFaults(world, lab);
  return world;
}

function addDevice(
  world: World,
  name: string,
  node: LabNode,
  pins: Record<string, readonly number[] | undefined> | undefined,
): Device {
  if (node.kind === 'switch') return world.addSwitch(name);
  const given = Object.entries(pins ?? {}).filter(([, values]) => values !== undefined);
  return world.addStation(name, node.kind, Object.fromEntries(given) as Pins);
}

/** An interface by name; one of a switch is made when its first link names it. */
function portOf(world: World, node: string, port: string, macs: MacSource): NetworkInterface {
  const device = world.node(node)?.device as Device;
  return (
    device.ports.find(({ name }) => name === port) ?? world.addInterface(device, port, { mac: macs.next() })
  );
}

function linkOptions(link: LabLink): LinkOptions {
  const { endpoints: _, 'reorder-delay': reorderDelay, ...rest } = link;
  const given = Object.entries({ ...rest, reorderDelay }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as LinkOptions;
}

function setUpTcp({ stack: { tcp } }: Station, lab: Lab, node: LabNode): void {
  const { options, backlog, cookies } = tcpOptionsOf(lab.tcp, node.tcp);
  tcp.defaults = options;
  if (backlog !== undefined) tcp.defaultBacklog = backlog;
  if (cookies !== undefined) tcp.defaultCookies = cookies;
}

function configure(station: Station, node: LabNode): void {
  const { ipv4 } = station.stack;
  ipv4.icmp.sendsErrors = node['icmp-errors'] ?? true;
  if (node.gateway !== undefined) station.addRoute({ network: 0, length: 0 }, node.gateway);
  for (const { to, via, metric } of node.routes) station.addRoute(to, via, metric);
  for (const [text, mac] of node.arp ?? []) {
    const address = parseIpv4(text) as number;
    const route = ipv4.routes.lookup(address);
    if (route !== undefined) ipv4.neighborsOf(route.port).learn(address, mac);
  }
  const { resolver } = station;
  resolver.servers = [...node.dns];
  for (const [name, address] of node.hosts ?? []) resolver.addHost(name, address);
  if (node.browser !== undefined) {
    const {
      'keep-alive': keepAlive,
      'idle-timeout': idleTimeout,
      reaction,
      'user-agent': userAgent,
    } = node.browser;
    station.browserOptions = {
      keepAlive,
      ...(idleTimeout === undefined ? {} : { idleTimeout }),
      ...(reaction === undefined ? {} : { reaction }),
      ...(userAgent === undefined ? {} : { userAgent }),
    };
  }
  if (node.nat !== undefined) translate(station, node.nat);
  if (node.services !== undefined) startServices(station, node.services);
}

function translate(station: Station, { outside, forward }: NonNullable<LabNode['nat']>): void {
  const nat = station.translateAt(station.ports.find(({ name }) => name === outside) as NetworkInterface);
  for (const { protocol, port, to } of forward) {
    const [address, insidePort] = to.split(':') as [string, string];
    nat.forwardPort(PROTOCOL[protocol], port, parseIpv4(address) as number, Number(insidePort));
  }
}

function startServices(station: Station, services: NonNullable<LabNode['services']>): void {
  const { dns, http, echo, discard, chargen, iperf } = services;
  if (dns !== undefined) {
    for (const [name, lines] of dns.zones ?? []) {
      const { origin, records } = readZone(name, lines);
      station.dnsServer.addZone(new Zone(origin, records));
    }
    // Records of one name and type are one set.
    const sets = new Map<string, DnsRecord[]>();
    for (const line of dns.cache) {
      const record = readRecord(line);
      if ('error' in record) continue;
      const key = `${canonicalName(record.name)} ${record.type}`;
      sets.set(key, [...(sets.get(key) ?? []), record]);
    }
    for (const [first, ...others] of sets.values() as IterableIterator<[DnsRecord, ...DnsRecord[]]>)
      station.dnsServer.cache.add(first.name, first.type, [first, ...others]);
  }
  if (http !== undefined) {
    const server = http.port === PORT.http ? station.httpServer : new HttpServer(station.stack, http.port);
    for (const [host, pages] of http.sites)
      server.addSite(host, new Map([...pages].map(([path, page]) => [path, pageOf(path, page)])));
  }
  if (echo) startEcho(station.stack);
  if (discard) startDiscard(station.stack);
  if (chargen !== false) startChargen(station.stack, chargen === true ? Number.POSITIVE_INFINITY : chargen);
  if (iperf) startIperf(station.stack);
}

/** Filler for pages of which only the size matters. */
const FILLER = 'wirewalk ';

function pageOf(path: string, { status, type, headers, body, base64, size, upload }: LabPage): Page {
  const bytes = body === undefined ? (base64 ?? filler(size ?? 0)) : encodeUtf8(body);
  return {
    status,
    type: type ?? usualType(path, body),
    headers: [...(headers ?? [])],
    body: bytes,
    ...(upload === undefined ? {} : { receipt: UPLOADS[upload] }),
  };
}

const UPLOADS = { digest: digestReceipt, echo: echoReceipt } as const;

/** What browsers must know is said: that a text is UTF-8 when it is more than ASCII. */
function usualType(path: string, text = ''): string {
  const type = mediaTypeOf(path);
  return type.startsWith('text/') && /[^\p{ASCII}]/u.test(text) ? `${type}; charset=utf-8` : type;
}

function filler(size: number): Uint8Array {
  const body = new Uint8Array(size);
  for (let i = 0; i < size; i++) body[i] = FILLER.charCodeAt(i % FILLER.length);
  return body;
}

/** Addresses for cards to which the lab gives none: locally administered, one after the other. */
class MacSource {
  private readonly given: ReadonlySet<Mac>;
  private last = 0x020000000000;

  constructor(lab: Lab) {
    const given = new Set<Mac>();
    for (const node of lab.topology.nodes.values()) {
      for (const { mac } of node.interfaces?.values() ?? []) if (mac !== undefined) given.add(mac);
    }
    this.given = given;
  }

  next(): Mac {
    do this.last++;
    while (this.given.has(this.last));
    return this.last;
  }
}
