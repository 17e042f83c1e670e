// The two walks' networks, built by hand with the World API: what the views are tested with apart from lab files.

import { parseCidr, parseIpv4, parseMac } from '../src/base/address.js';
import { encodeUtf8 } from '../src/base/text.js';
import { MILLISECOND } from '../src/base/time.js';
import type { Station } from '../src/device/station.js';
import { type Pins, World } from '../src/net/world.js';
import type { Page } from '../src/service/http/server.js';
import type { RecordLevel } from '../src/trace/trace.js';
import { DNS_CLASS, DNS_TYPE } from '../src/wire/dns/registry.js';

const ipv4 = (text: string): number => parseIpv4(text) as number;

export interface NatHttpOptions {
  readonly keepAlive?: boolean;
  /** Whether the resolver's cache knows the name, says it does not exist, or the server is not there. */
  readonly dns?: 'known' | 'nxdomain' | 'deaf';
  readonly web?: 'up' | 'refuses';
  readonly labels?: boolean;
  readonly record?: RecordLevel;
}

function addStation(
  world: World,
  name: string,
  kind: 'host' | 'router' | 'nat-router',
  ports: Record<string, [string, string?]>,
  pins: Pins = {},
): Station {
  const station = world.addStation(name, kind, pins);
  for (const [port, [address, mac]] of Object.entries(ports)) {
    world.addInterface(station, port, { address, ...(mac === undefined ? {} : { mac }) });
  }
  return station;
}

function addRoute(station: Station, prefix: string, gateway: string): void {
  const parsed = parseCidr(prefix);
  if (parsed === undefined || !station.addRoute(parsed.prefix, ipv4(gateway)))
    throw new Error(`no way to ${gateway}`);
}

function label(world: World, labels: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(labels)) {
    const node = world.node(name);
    if (node !== undefined) node.label = text;
  }
}

const PAGE: Page = {
  headers: [
    ['Cache-Control', 'max-age=604800'],
    ['ETag', '"3147526947"'],
    ['Last-Modified', 'Thu, 17 Oct 2019 07:18:26 GMT'],
  ],
  body: encodeUtf8('<!doctype html><title>Example Domain</title>'.padEnd(606, ' ')),
};

/** One computer behind a NAT router, a switch with other hosts, two routers of the provider, two servers. */
export function natHttp(options: NatHttpOptions = {}): World {
  const world = new World({ name: 'nat-http', record: options.record ?? 'bytes' });
  const pc = addStation(
    world,
    'pc',
    'host',
    { eth0: ['192.168.0.10/24', 'aa:aa:aa:aa:aa:aa'] },
    { 'udp-port': [3333], 'tcp-port': [9999] },
  );
  addStation(world, 'laptop', 'host', { eth0: ['192.168.0.20/24', '02:00:00:00:00:20'] });
  addStation(world, 'phone', 'host', { eth0: ['192.168.0.30/24', '02:00:00:00:00:30'] });
  const lan = world.addSwitch('switch');
  for (const port of ['p1', 'p2', 'p3', 'p4']) world.addInterface(lan, port);
  const router = addStation(
    world,
    'router',
    'nat-router',
    { lan: ['192.168.0.1/24', 'b2:bb:bb:bb:bb:bb'], wan: ['51.0.0.20/24', 'cc:cc:cc:cc:cc:cc'] },
    { 'nat-udp-port': [10000], 'nat-tcp-port': [15000] },
  );
  addStation(world, 'isp', 'router', {
    eth0: ['51.0.0.1/24', 'd2:dd:dd:dd:dd:dd'],
    dns: ['8.8.8.1/24'],
    web: ['93.184.216.1/24'],
  });
  const dns = addStation(world, 'dns', 'host', { eth0: ['8.8.8.8/24'] });
  const web = addStation(world, 'web', 'host', { eth0: ['93.184.216.34/24'] });
  const link = (a: string, b: string, delay: number): void => {
    world.connect(world.interface(a), world.interface(b), { delay });
  };
  link('pc:eth0', 'switch:p1', MILLISECOND / 10);
  link('laptop:eth0', 'switch:p2', MILLISECOND / 10);
  link('phone:eth0', 'switch:p3', MILLISECOND / 10);
  link('router:lan', 'switch:p4', MILLISECOND / 10);
  link('router:wan', 'isp:eth0', 5 * MILLISECOND);
  link('dns:eth0', 'isp:dns', 2 * MILLISECOND);
  link('web:eth0', 'isp:web', 10 * MILLISECOND);
  addRoute(pc, '0.0.0.0/0', '192.168.0.1');
  addRoute(router, '0.0.0.0/0', '51.0.0.1');
  addRoute(dns, '0.0.0.0/0', '8.8.8.1');
  addRoute(web, '0.0.0.0/0', '93.184.216.1');
  router.translateAt(world.interface('router:wan'));
  router.stack.ipv4
    .neighborsOf(world.interface('router:wan'))
    .learn(ipv4('51.0.0.1'), parseMac('d2:dd:dd:dd:dd:dd') as number);
  const isp = world.station('isp');
  isp.stack.ipv4
    .neighborsOf(world.interface('isp:eth0'))
    .learn(ipv4('51.0.0.20'), parseMac('cc:cc:cc:cc:cc:cc') as number);
  for (const [port, station] of [
    ['isp:dns', dns],
    ['isp:web', web],
  ] as const) {
    const inside = world.interface(port);
    const outside = station.ports[0];
    if (outside === undefined) continue;
    isp.stack.ipv4.neighborsOf(inside).learn(outside.address, outside.mac);
    station.stack.ipv4.neighborsOf(outside).learn(inside.address, inside.mac);
  }
  pc.resolver.servers = [ipv4('8.8.8.8')];
  pc.browserOptions = { keepAlive: options.keepAlive ?? false };
  if (options.dns !== 'deaf') {
    const name = 'www.example.com';
    const data = { kind: 'A', address: ipv4('93.184.216.34') } as const;
    if (options.dns === 'nxdomain') dns.dnsServer.cache.addNegative(name, DNS_TYPE.A, 3, 300);
    else
      dns.dnsServer.cache.add(name, DNS_TYPE.A, [
        { name, type: DNS_TYPE.A, class: DNS_CLASS.IN, ttl: 86400, data },
      ]);
  }
  if (options.web !== 'refuses') web.httpServer.addSite('www.example.com', new Map([['/', PAGE]]));
  if (options.labels ?? true) {
    label(world, {
      pc: 'the computer',
      router: 'the home router',
      switch: 'the switch',
      isp: 'the provider’s router',
      dns: 'the DNS server',
      web: 'the web server',
    });
  }
  return world;
}

/** Three sites that meet in one router of the Internet; browser, DNS server, web server. */
export function threeRouters(): World {
  const world = new World({ name: 'three-routers' });
  const mac = (short: string): string => `02:00:00:00:${short.slice(0, 2)}:${short.slice(2)}`;
  const a = addStation(world, 'A', 'host', { eth0: ['11.8.8.11/24', mac('a1a1')] });
  const lan = world.addSwitch('switch');
  for (const port of ['port4', 'port5']) world.addInterface(lan, port);
  const internet: Record<string, [string]> = {
    r1: ['192.0.2.1/30'],
    r2: ['192.0.2.5/30'],
    r3: ['192.0.2.9/30'],
  };
  const r1 = addStation(world, 'R1', 'router', {
    lan: ['11.8.8.1/24', mac('eee1')],
    internet: ['192.0.2.2/30'],
  });
  const r2 = addStation(world, 'R2', 'router', {
    lan: ['22.7.7.1/24', mac('eee2')],
    internet: ['192.0.2.6/30'],
  });
  const r3 = addStation(world, 'R3', 'router', {
    lan: ['33.6.6.1/24', mac('eee3')],
    internet: ['192.0.2.10/30'],
  });
  const cloud = addStation(world, 'internet', 'router', internet);
  const b = addStation(world, 'B', 'host', { eth0: ['22.7.7.22/24', mac('b2b2')] });
  const c = addStation(world, 'C', 'host', { eth0: ['33.6.6.33/24', mac('c3c3')] });
  const link = (from: string, to: string, delay: number): void => {
    world.connect(world.interface(from), world.interface(to), { delay });
  };
  link('A:eth0', 'switch:port4', MILLISECOND / 10);
  link('R1:lan', 'switch:port5', MILLISECOND / 10);
  link('R2:lan', 'B:eth0', MILLISECOND / 10);
  link('R3:lan', 'C:eth0', MILLISECOND / 10);
  for (const name of ['1', '2', '3']) link(`R${name}:internet`, `internet:r${name}`, 4 * MILLISECOND);
  addRoute(a, '0.0.0.0/0', '11.8.8.1');
  addRoute(b, '0.0.0.0/0', '22.7.7.1');
  addRoute(c, '0.0.0.0/0', '33.6.6.1');
  addRoute(r1, '0.0.0.0/0', '192.0.2.1');
  addRoute(r2, '0.0.0.0/0', '192.0.2.5');
  addRoute(r3, '0.0.0.0/0', '192.0.2.9');
  addRoute(cloud, '11.8.8.0/24', '192.0.2.2');
  addRoute(cloud, '22.7.7.0/24', '192.0.2.6');
  addRoute(cloud, '33.6.6.0/24', '192.0.2.10');
  for (const name of ['1', '2', '3']) {
    const own = world.interface(`R${name}:internet`);
    const far = world.interface(`internet:r${name}`);
    world.station(`R${name}`).stack.ipv4.neighborsOf(own).learn(far.address, far.mac);
    cloud.stack.ipv4.neighborsOf(far).learn(own.address, own.mac);
  }
  a.resolver.servers = [ipv4('22.7.7.22')];
  a.browserOptions = { keepAlive: false };
  const name = 'www.google.com';
  b.dnsServer.cache.add(name, DNS_TYPE.A, [
    {
      name,
      type: DNS_TYPE.A,
      class: DNS_CLASS.IN,
      ttl: 300,
      data: { kind: 'A', address: ipv4('33.6.6.33') },
    },
  ]);
  c.httpServer.addSite(name, new Map([['/', PAGE]]));
  return world;
}
