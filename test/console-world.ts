// A small network to type commands in: two hosts on a switch, two routers, a server. Every cable delays by 1 ms.
//
//   pc ─┐
//       sw ── r1 ── r2 ── server (DNS for example.org, web)
//   nb ─┘

import { parseCidr, parseIpv4 } from '../src/base/address.js';
import { decodeLatin1, encodeUtf8 } from '../src/base/text.js';
import { MILLISECOND, SECOND } from '../src/base/time.js';
import type { Station } from '../src/device/station.js';
import { runCommandToEnd } from '../src/lab/console/console.js';
import { World } from '../src/net/world.js';
import { record, Zone } from '../src/service/dns/zone.js';
import { DNS_TYPE } from '../src/wire/dns/registry.js';

export const ipv4 = (text: string): number => parseIpv4(text) as number;

function route(station: Station, prefix: string, gateway: string): void {
  const cidr = parseCidr(prefix);
  if (cidr === undefined || !station.addRoute(cidr.prefix, ipv4(gateway)))
    throw new Error(`no way to ${gateway}`);
}

/** @param mtu of the cable between r2 and the server */
export function consoleWorld({ mtu = 1500 } = {}): World {
  const world = new World({ name: 'console', seed: 7 });
  const mac = (last: number): string => `02:00:00:00:00:${last.toString(16).padStart(2, '0')}`;
  const pc = world.addHost('pc', {
    'dns-id': [101, 102, 103, 104, 105, 106],
    'tcp-port': [50001, 50002, 50003, 50004, 50005],
    'udp-port': [],
  });
  world.addInterface(pc, 'eth0', { mac: mac(10), address: '192.0.2.10/24' });
  const nb = world.addHost('nb');
  world.addInterface(nb, 'eth0', { mac: mac(11), address: '192.0.2.11/24' });
  const sw = world.addSwitch('sw');
  for (const [i, name] of ['p1', 'p2', 'p3', 'p4'].entries())
    world.addInterface(sw, name, { mac: mac(32 + i) });
  const r1 = world.addRouter('r1');
  world.addInterface(r1, 'lan', { mac: mac(1), address: '192.0.2.1/24' });
  world.addInterface(r1, 'up', { mac: mac(2), address: '198.51.100.1/30' });
  const r2 = world.addRouter('r2');
  world.addInterface(r2, 'down', { mac: mac(3), address: '198.51.100.2/30' });
  world.addInterface(r2, 'srv', { mac: mac(4), address: '203.0.113.1/24' });
  const server = world.addHost('server');
  world.addInterface(server, 'eth0', { mac: mac(80), address: '203.0.113.80/24' });
  const link = (a: string, b: string, options: { mtu?: number; rate?: number } = {}): void => {
    world.connect(world.interface(a), world.interface(b), { delay: MILLISECOND, ...options });
  };
  link('pc:eth0', 'sw:p1');
  link('nb:eth0', 'sw:p2');
  link('r1:lan', 'sw:p3');
  link('r1:up', 'r2:down');
  link('r2:srv', 'server:eth0', { mtu });
  route(pc, '0.0.0.0/0', '192.0.2.1');
  route(nb, '0.0.0.0/0', '192.0.2.1');
  route(r1, '203.0.113.0/24', '198.51.100.2');
  route(r2, '192.0.2.0/24', '198.51.100.1');
  route(server, '0.0.0.0/0', '203.0.113.1');
  pc.resolver.servers = [ipv4('203.0.113.80')];
  pc.resolver.addHost('gw.example.org', ipv4('192.0.2.1'));
  serveDns(server);
  serveWeb(server);
  return world;
}

function serveDns(server: Station): void {
  const soa = {
    ...{ kind: 'SOA' as const, primary: 'ns.example.org', mailbox: 'hostmaster.example.org' },
    ...{ serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 60 },
  };
  server.dnsServer.addZone(
    new Zone('example.org', [
      record('example.org', DNS_TYPE.SOA, 3600, soa),
      record('www.example.org', DNS_TYPE.A, 300, { kind: 'A', address: ipv4('203.0.113.80') }),
      record('alias.example.org', DNS_TYPE.CNAME, 300, { kind: 'CNAME', name: 'www.example.org' }),
      record('alone.example.org', DNS_TYPE.A, 300, { kind: 'A', address: ipv4('192.0.2.99') }),
      record('evil.example.org', DNS_TYPE.TXT, 300, {
        kind: 'TXT',
        strings: [encodeUtf8('\x1b]0;gotcha\x07"')],
      }),
      record('sub.example.org', DNS_TYPE.NS, 300, { kind: 'NS', name: 'ns.sub.example.org' }),
      record('ns.sub.example.org', DNS_TYPE.A, 300, { kind: 'A', address: ipv4('192.0.2.53') }),
    ]),
  );
}

function serveWeb(server: Station): void {
  const page = (
    text: string,
    more: Partial<{ status: number; type: string; headers: [string, string][] }> = {},
  ) => ({
    body: encodeUtf8(text),
    ...more,
  });
  server.httpServer.addSite(
    '*',
    new Map([
      [
        '/',
        page(
          '<!doctype html><title>Home &amp; more</title><h1>Hello</h1><p>A <b>bold</b>\nword.</p><script>x()</script>\n',
          { headers: [['Cache-Control', 'max-age=60']] },
        ),
      ],
      ['/plain', page('just text\n', { type: 'text/plain' })],
      ['/old', page('', { status: 301, headers: [['Location', '/plain']] })],
      ['/evil', page('\x1b[2Jgone\u202e\n', { type: 'text/plain', headers: [['X-Evil', '\x9b31mred']] })],
      ['/binary', page('a\0b', { type: 'application/octet-stream' })],
    ]),
  );
}

/** A server on a port of its own that answers the first bytes with these octets and closes, or never answers. */
export function serveRaw(station: Station, port: number, reply: string | undefined): void {
  const bytes = encodeUtf8(reply ?? '');
  station.stack.tcp.listen(port, {
    accept: () => ({
      readable: (connection) => {
        connection.read();
        if (reply === undefined) return;
        connection.write(bytes);
        connection.close();
      },
    }),
  });
}

/** Output and exit code as one text, as a terminal shows them: `…[exit 1]`. */
export function type(world: World, node: string, line: string, limit = 600 * SECOND): string {
  const { output, exitCode } = runCommandToEnd(world, node, line, limit);
  return exitCode === 0 ? output : `${output}[exit ${exitCode}]`;
}

/** How many frames a node's interface has sent that hold these octets. */
export function framesWith(world: World, from: string, octets: string): number {
  const id = world.interface(from).id;
  const trace = world.trace();
  let count = 0;
  for (const event of trace.events()) {
    if (event.kind !== 'frame-sent' || event.interface !== id) continue;
    if (decodeLatin1(trace.frameBytes(event.frame)).includes(octets)) count++;
  }
  return count;
}
