// How nodes and links fit together: do the names exist, are addresses unique, can next hops be reached?

import {
  formatIpv4,
  formatMac,
  formatPrefix,
  type Ipv4,
  inPrefix,
  isGroupMac,
  parseIpv4,
} from '../base/address.js';
import { IPERF_PORT } from '../service/iperf/messages.js';
import { PORT } from '../wire/iana.js';
import type { LabNames } from './names.js';
import type { Path } from './problem.js';
import type { EndpointName } from './scalars.js';
import type { LabFile, LabNode } from './schema.js';
import { Segments } from './segments.js';
import { readRecord, readZone } from './zone-lines.js';

/** Keys that only make sense on a box with an IP stack. */
const STATION_KEYS = ['gateway', 'arp', 'hosts', 'browser', 'nat', 'tcp', 'icmp-errors', 'services'] as const;

export function checkTopology(file: LabFile, names: LabNames): void {
  new TopologyCheck(file, names).run();
}

class TopologyCheck {
  private readonly names: LabNames;
  private readonly file: LabFile;
  private readonly segments = new Segments();

  constructor(file: LabFile, names: LabNames) {
    this.file = file;
    this.names = names;
  }

  run(): void {
    this.checkLinks();
    for (const [name, node] of this.names.nodes) this.checkNode(name, node, ['topology', 'nodes', name]);
    this.checkUnique();
  }

  // ---- links ----

  private checkLinks(): void {
    this.file.topology.links.forEach(({ endpoints, rate, queue, mark }, index) => {
      const path = this.names.shape.pathOf('links', index);
      if (mark !== undefined) this.checkMark(mark, rate, queue, path);
      const ends = endpoints.map((end, side) => this.checkEndpoint(end, [...path, 'endpoints', side]));
      if (endpoints[0].node === endpoints[1].node) {
        this.names.report(
          [...path, 'endpoints'],
          `the link connects ${endpoints[0].node} with itself`,
          'name an interface of another node',
        );
      } else if (ends.every((end) => end)) {
        this.segments.join(this.segmentOf(endpoints[0]), this.segmentOf(endpoints[1]));
      }
    });
  }

  /** Is there a queue that can grow so long? */
  private checkMark(mark: number, rate: number | undefined, queue: number | undefined, link: Path): void {
    const path = [...link, 'mark'];
    if (rate === undefined) {
      if (!this.names.isTouched([...link, 'rate']))
        this.names.report(
          path,
          'nothing ever waits for a link without a rate',
          'give the link a rate',
          'key',
        );
    } else if (queue !== undefined && mark >= queue) {
      const mend = queue > 1 ? `at most ${queue - 1}, or a longer queue` : 'make the queue longer';
      this.names.report(path, `the queue is full with ${queue} frames, before anything is marked`, mend);
    }
  }

  private checkEndpoint(end: EndpointName, path: Path): boolean {
    if (!this.names.hasInterface(end, path, false)) return false;
    const key = `${end.node}:${end.port}`;
    const other = this.names.cabled.get(key);
    if (other !== undefined) {
      this.names.report(
        path,
        `${key} has a cable already (line ${this.names.lineOf(other)})`,
        'one interface takes one cable: name another interface',
      );
      return false;
    }
    this.names.cabled.set(key, path);
    return true;
  }

  /** Ports of a switch are one segment; every other interface is one of its own until a link joins it. */
  private segmentOf({ node, port }: EndpointName): string {
    return this.names.nodes.get(node)?.kind === 'switch' ? node : `${node}:${port}`;
  }

  // ---- nodes ----

  private checkNode(name: string, node: LabNode, path: Path): void {
    if (node.kind === 'switch') {
      this.checkSwitch(node, path);
      return;
    }
    const isWhole = !this.names.isTouched([...path, 'interfaces']);
    if (node.gateway !== undefined && isWhole)
      this.checkNextHop(name, node, node.gateway, [...path, 'gateway']);
    node.routes.forEach(({ via }, index) => {
      if (isWhole) this.checkNextHop(name, node, via, [...path, 'routes', index, 'via']);
    });
    for (const [text] of node.arp ?? [])
      this.checkArpAddress(name, node, text, [...path, 'arp', text], isWhole);
    this.checkNat(name, node, [...path, 'nat']);
    this.checkServices(node, [...path, 'services']);
  }

  private checkSwitch(node: LabNode, path: Path): void {
    for (const key of STATION_KEYS) {
      if (node[key] !== undefined)
        this.names.report(
          [...path, key],
          `a switch has no ${key}: it does not look into packets`,
          'remove it, or make the node a router',
          'key',
        );
    }
    for (const key of ['dns', 'routes'] as const) {
      if (node[key].length > 0)
        this.names.report(
          [...path, key],
          `a switch has no ${key}: it does not look into packets`,
          'remove it, or make the node a router',
          'key',
        );
    }
    for (const [port, { ip }] of node.interfaces ?? []) {
      if (ip !== undefined)
        this.names.report(
          [...path, 'interfaces', port, 'ip'],
          'a port of a switch has no IP address',
          'remove it, or make the node a router',
        );
    }
  }

  private checkNextHop(name: string, node: LabNode, address: Ipv4, path: Path): void {
    const interfaces = [...(node.interfaces?.values() ?? [])].flatMap(({ ip }) =>
      ip === undefined ? [] : [ip],
    );
    const text = formatIpv4(address);
    if (interfaces.some((ip) => ip.address === address)) {
      this.names.report(path, `${text} is ${name}'s own address`, 'name the address of the next router');
    } else if (!interfaces.some((ip) => inPrefix(address, ip.prefix))) {
      const networks = interfaces.map((ip) => formatPrefix(ip.prefix)).join(', ');
      const mend =
        networks === '' ? `give ${name} an interface with an address` : `write an address in ${networks}`;
      this.names.report(path, `${text} is on no network of ${name}`, mend);
    }
  }

  private checkArpAddress(name: string, node: LabNode, text: string, path: Path, isWhole: boolean): void {
    const address = parseIpv4(text);
    if (address === undefined)
      this.names.report(path, `"${text}" is no IPv4 address`, 'write it as 192.0.2.1', 'key');
    else if (isWhole) {
      const known = [...(node.interfaces?.values() ?? [])].some(
        ({ ip }) => ip !== undefined && inPrefix(address, ip.prefix),
      );
      if (!known)
        this.names.report(
          path,
          `${text} is on no network of ${name}, so ARP never asks for it`,
          undefined,
          'key',
        );
    }
  }

  private checkNat(name: string, node: LabNode, path: Path): void {
    const { nat } = node;
    if (nat === undefined) {
      if (node.kind === 'nat-router' && !this.names.isTouched(path)) {
        this.names.report(
          path.slice(0, -1),
          `${name} is a nat-router without nat`,
          'add nat: { outside: INTERFACE }',
          'key',
        );
      }
      return;
    }
    if (node.kind !== 'nat-router')
      this.names.report(
        path,
        `${name} is a ${node.kind} and does not translate`,
        'make it a nat-router, or remove nat',
        'key',
      );
    if (this.names.hasInterface({ node: name, port: nat.outside }, [...path, 'outside'], true)) {
      const ip = node.interfaces?.get(nat.outside)?.ip;
      if (ip === undefined && !this.names.isTouched([...path.slice(0, -1), 'interfaces'])) {
        this.names.report(
          [...path, 'outside'],
          `${name}:${nat.outside} has no IP address to translate to`,
          'give the interface an ip',
        );
      }
    }
    const taken = new Set<string>();
    nat.forward.forEach(({ protocol, port, to }, index) => {
      const [address, toPort] = to.split(':') as [string, string];
      if (parseIpv4(address) === undefined || Number(toPort) < 1 || Number(toPort) > 65535) {
        this.names.report(
          [...path, 'forward', index, 'to'],
          `"${to}" is no address with port`,
          'write it as 192.168.99.10:80',
        );
      }
      if (taken.has(`${protocol} ${port}`))
        this.names.report(
          [...path, 'forward', index, 'port'],
          `${protocol} port ${port} is forwarded twice`,
          'choose another port',
        );
      taken.add(`${protocol} ${port}`);
    });
  }

  private checkServices(node: LabNode, path: Path): void {
    for (const [name] of node.hosts ?? []) {
      if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name))
        this.names.report(
          [...path.slice(0, -1), 'hosts', name],
          `"${name}" is no host name`,
          undefined,
          'key',
        );
    }
    for (const [origin, lines] of node.services?.dns?.zones ?? []) {
      const zonePath = [...path, 'dns', 'zones', origin];
      for (const { error, line } of readZone(origin, lines).problems) {
        if (line < 0)
          this.names.report(zonePath, error, 'write the name of the zone, such as example.org', 'key');
        else
          this.names.report([...zonePath, line], error, 'write a line of a zone file: www 3600 A 192.0.2.1');
      }
    }
    node.services?.dns?.cache.forEach((line, index) => {
      const record = readRecord(line);
      if ('error' in record)
        this.names.report(
          [...path, 'dns', 'cache', index],
          record.error,
          'write a line of a zone file: www.example.org 3600 A 192.0.2.1',
        );
    });
    this.checkServicePorts(node.services, path);
    for (const [host, pages] of node.services?.http?.sites ?? []) {
      for (const [page, { body, base64, size }] of pages) {
        const [, second] = Object.entries({ body, base64, size }).filter(([, value]) => value !== undefined);
        if (second !== undefined)
          this.names.report(
            [...path, 'http', 'sites', host, page, second[0]],
            'a page has one of body, base64 and size',
            'remove the others',
            'key',
          );
      }
    }
  }

  /** The web server's port may be that of another service. */
  private checkServicePorts(services: LabNode['services'], path: Path): void {
    const port = services?.http?.port;
    const own = { echo: PORT.echo, discard: PORT.discard, chargen: PORT.chargen, iperf: IPERF_PORT };
    for (const name of ['echo', 'discard', 'chargen', 'iperf'] as const) {
      if (services?.[name] !== false && port === own[name])
        this.names.report(
          [...path, 'http', 'port'],
          `port ${port} is that of ${name}`,
          'choose another port',
        );
    }
  }

  /** One address per machine on a network, one MAC address per card of the lab. */
  private checkUnique(): void {
    const addresses = new Map<string, Path>();
    const cards = new Map<number, Path>();
    for (const [name, node] of this.names.nodes) {
      for (const [port, { ip, mac }] of node.interfaces ?? []) {
        const path = ['topology', 'nodes', name, 'interfaces', port];
        if (ip !== undefined) {
          const key = `${ip.address} ${this.segments.rootOf(this.segmentOf({ node: name, port }))}`;
          this.checkFirst(
            addresses,
            key,
            [...path, 'ip'],
            formatIpv4(ip.address),
            'give each machine on a network its own address',
          );
        }
        if (mac !== undefined) {
          const hint = isGroupMac(mac)
            ? 'give each card its own address'
            : 'give each card its own address, or leave mac out';
          this.checkFirst(cards, mac, [...path, 'mac'], formatMac(mac), hint);
        }
      }
    }
  }

  private checkFirst<Key>(seen: Map<Key, Path>, key: Key, path: Path, text: string, mend: string): void {
    const other = seen.get(key);
    if (other === undefined) {
      seen.set(key, path);
      return;
    }
    const owner = `${String(other[2])}:${String(other[4])}`;
    this.names.report(
      path,
      `${text} is the address of ${owner} already (line ${this.names.lineOf(other)})`,
      mend,
    );
  }
}
