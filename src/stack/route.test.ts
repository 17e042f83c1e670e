// The routing table: the longest prefix wins, as a search through all routes says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bench, eventsOf, expectNoLeaks, HOST, ip, newWorld, prefix, RIGHT } from '../../test/kit.js';
import { formatIpv4, formatPrefix, type Ipv4, inPrefix, prefixOf } from '../base/address.js';
import type { NetworkInterface } from './network-interface.js';
import { type Route, RoutingTable } from './route.js';

expectNoLeaks();

type Plain = Omit<Route, 'recordedAs'>;

function table(record: 'off' | 'events' = 'off') {
  const world = newWorld({ record });
  const device = world.addHost('h');
  const port = world.addInterface(device, 'eth0');
  return { world, port, routes: new RoutingTable(world.recorder, 0) };
}

function route(port: NetworkInterface, text: string, gateway = '0.0.0.0', metric = 0): Plain {
  return { prefix: prefix(text), gateway: ip(gateway), port, source: 'static', metric };
}

/** The best of all routes, looked through one by one; of equals the one added first. */
function bruteForce(routes: readonly Plain[], destination: Ipv4): Plain | undefined {
  let best: Plain | undefined;
  for (const candidate of routes) {
    if (!inPrefix(destination, candidate.prefix)) continue;
    const longer = best === undefined ? 1 : candidate.prefix.length - best.prefix.length;
    if (best === undefined || longer > 0 || (longer === 0 && candidate.metric < best.metric))
      best = candidate;
  }
  return best;
}

const name = (found: Plain | undefined): string =>
  found === undefined ? 'none' : `${formatPrefix(found.prefix)} ${formatIpv4(found.gateway)} ${found.metric}`;

describe('look-up', () => {
  it('finds nothing in an empty table', () => {
    expect(table().routes.lookup(ip('192.0.2.1'))).toBeUndefined();
  });

  it.each([
    ['192.0.2.130', '192.0.2.128/25'],
    ['192.0.2.200', '192.0.2.200/32'],
    ['192.0.2.5', '192.0.2.0/24'],
    ['192.0.3.5', '0.0.0.0/0'],
    ['255.255.255.255', '0.0.0.0/0'],
    ['0.0.0.0', '0.0.0.0/0'],
  ])('%s goes by %s', (destination, wanted) => {
    const { routes, port } = table();
    for (const text of ['0.0.0.0/0', '192.0.2.0/24', '192.0.2.200/32', '192.0.2.128/25'])
      routes.add(route(port, text));
    expect(formatPrefix(routes.lookup(ip(destination))?.prefix ?? prefix('0.0.0.0/32'))).toBe(wanted);
  });

  it('agrees with a search through all routes, whatever is added, replaced and removed', () => {
    const address = fc.oneof(fc.integer(), fc.integer({ min: 0x0a000000, max: 0x0a00ffff }));
    const added = fc.record({
      address,
      length: fc.integer({ min: 0, max: 32 }),
      gateway: fc.integer({ min: 1, max: 3 }),
      metric: fc.nat(3),
    });
    const size = fc.oneof(
      { weight: 20, arbitrary: fc.constant(30) },
      { weight: 1, arbitrary: fc.constant(2000) },
    );
    const plan = size.chain((maxLength) =>
      fc.record({
        routes: fc.array(added, { maxLength, size: 'max' }),
        removed: fc.integer({ min: 0, max: 4 }),
        asked: fc.array(address, { minLength: 20, maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(plan, ({ routes: list, removed, asked }) => {
        const { routes, port } = table();
        const model = new Map<string, Plain>();
        const check = (): void => {
          for (const destination of [...asked, ...list.slice(0, 20).map((entry) => entry.address)]) {
            expect(name(routes.lookup(destination))).toBe(name(bruteForce([...model.values()], destination)));
          }
          expect(routes.routes.length).toBe(model.size);
        };
        for (const [i, entry] of list.entries()) {
          const { gateway, metric } = entry;
          const row: Plain = {
            prefix: prefixOf(entry.address, entry.length),
            gateway,
            port,
            source: 'static',
            metric,
          };
          routes.add(row);
          const key = `${formatPrefix(row.prefix)} ${gateway}`;
          // Replaced, it is the newest.
          model.delete(key);
          model.set(key, row);
          if (i === list.length >> 1) check();
        }
        check();
        const unwanted = (row: Plain): boolean => row.prefix.length % 5 === removed;
        const gone = routes.remove(unwanted);
        const before = model.size;
        for (const [key, row] of model) if (unwanted(row)) model.delete(key);
        expect(gone).toBe(before - model.size);
        check();
      }),
      { numRuns: 80, interruptAfterTimeLimit: 3000 },
    );
  });

  it('does not remember what is no longer true', () => {
    const { routes, port } = table();
    const asked = ip('192.0.2.1');
    expect(routes.lookup(asked)).toBeUndefined();
    routes.add(route(port, '0.0.0.0/0'));
    expect(routes.lookup(asked)?.prefix.length).toBe(0);
    routes.add(route(port, '192.0.2.0/24'));
    expect(routes.lookup(asked)?.prefix.length).toBe(24);
    routes.remove((row) => row.prefix.length === 24);
    expect(routes.lookup(asked)?.prefix.length).toBe(0);
    routes.remove(() => true);
    expect(routes.lookup(asked)).toBeUndefined();
  });
});

describe.each([
  ['a small table', 5],
  ['a large table', 600],
])('%s', (_size, count) => {
  it.each(['off', 'events'] as const)(
    'replaces a route with the same prefix, next hop and interface; recording %s',
    (record) => {
      const { routes, port } = table(record);
      for (let i = 0; i < count; i++) routes.add(route(port, `10.${i >> 8}.${i & 255}.0/24`, '192.0.2.1', 5));
      routes.add(route(port, '10.0.3.0/24', '192.0.2.1', 9));
      routes.add(route(port, '10.0.3.0/24', '192.0.2.2', 7));
      expect(routes.routes.length).toBe(count + 1);
      expect(routes.lookup(ip('10.0.3.3'))?.metric).toBe(7);
      routes.remove((row) => row.metric === 7);
      expect(routes.lookup(ip('10.0.3.3'))?.metric).toBe(9);
      routes.add(route(port, '10.0.3.0/24', '192.0.2.1', 1));
      expect([routes.routes.length, routes.lookup(ip('10.0.3.3'))?.metric]).toEqual([count, 1]);
    },
  );
});

describe('the trace', () => {
  it('tells of routes that are added, changed and removed', () => {
    const { world, routes, port } = table('events');
    routes.add(route(port, '10.0.0.0/8', '192.0.2.1', 5));
    routes.add(route(port, '10.0.0.0/8', '192.0.2.1', 6));
    expect(routes.routes[0]?.recordedAs).toBe(1);
    routes.remove(() => true);
    const row = {
      destination: '10.0.0.0/8',
      gateway: '192.0.2.1',
      interface: 'eth0',
      source: 'static',
      metric: 5,
    };
    expect(eventsOf(world, 'table-set').map(({ key, before, after }) => ({ key, before, after }))).toEqual([
      { key: '10.0.0.0/8 192.0.2.1 eth0', before: undefined, after: row },
      { key: '10.0.0.0/8 192.0.2.1 eth0', before: row, after: { ...row, metric: 6 } },
    ]);
    expect(eventsOf(world, 'table-removed').map(({ before, why }) => [before, why])).toEqual([
      [{ ...row, metric: 6 }, 'cleared'],
    ]);
  });

  it('a connected route is there with the address', () => {
    const { world } = bench('router', { left: HOST, right: RIGHT });
    expect(
      eventsOf(world, 'table-set')
        .filter(({ table: which }) => which === 'route')
        .map(({ after }) => after),
    ).toEqual([
      { destination: '192.0.2.0/24', gateway: 'on-link', interface: 'left', source: 'connected', metric: 0 },
      {
        destination: '198.51.100.0/24',
        gateway: 'on-link',
        interface: 'right',
        source: 'connected',
        metric: 0,
      },
    ]);
  });
});

describe('static routes', () => {
  it('need a next hop on a network of the station', () => {
    const { station } = bench('router', { left: HOST, right: RIGHT });
    expect(station.addRoute(prefix('0.0.0.0/0'), ip('203.0.113.1'))).toBe(false);
    expect(station.addRoute(prefix('0.0.0.0/0'), ip(HOST.peer))).toBe(true);
    // Not by way of another next hop.
    expect(station.addRoute(prefix('10.0.0.0/8'), ip('203.0.113.1'))).toBe(false);
    expect(station.stack.ipv4.routes.lookup(ip('203.0.113.1'))?.port.name).toBe('left');
  });
});
