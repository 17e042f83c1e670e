// The switch: learns, forwards, floods, forgets.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ethernetFrame } from '../../test/frames.js';
import { dropsIn, eventsOf, expectNoLeaks, mac, newWorld, Peer, pattern } from '../../test/kit.js';
import { formatMac, type Mac } from '../base/address.js';
import { MINUTE, SECOND } from '../base/time.js';

expectNoLeaks();

const A = mac('02:00:5e:00:53:0a');
const B = mac('02:00:5e:00:53:0b');
const C = mac('02:00:5e:00:53:0c');
const ALL = 0xffffffffffff;

/** A switch with `count` peers. `send` puts a frame in at a port and returns the ports it comes out of. */
function lan(count = 4) {
  const world = newWorld();
  const device = world.addSwitch('switch');
  const peers = Array.from(
    { length: count },
    (_, i) => new Peer(world, `peer${i}`, world.addInterface(device, `p${i}`)),
  );
  let size = 50;
  const send = (at: number, source: Mac, destination: Mac): number[] => {
    const frame = ethernetFrame(pattern(size++), { source, destination, etherType: 0x88b5 });
    peers[at]?.send(frame);
    world.advance(0);
    return peers.flatMap(({ received }, i) => {
      const got = received.splice(0);
      for (const { bytes } of got) expect(bytes).toEqual(frame);
      return got.map(() => i);
    });
  };
  const table = () =>
    Object.fromEntries([...device.rows()].map((row) => [formatMac(row.mac), row.port.name]));
  return { world, device, peers, send, table };
}

describe('the switch', () => {
  it('floods what it does not know, learns who sent it, and then forwards to one port', () => {
    const { world, send, table } = lan();
    expect(send(0, A, B)).toEqual([1, 2, 3]);
    expect(send(1, B, A)).toEqual([0]);
    expect(send(0, A, B)).toEqual([1]);
    expect(table()).toEqual({ [formatMac(A)]: 'p0', [formatMac(B)]: 'p1' });
    const decisions = eventsOf(world, 'decided').map(({ layer, verdict, row }) => [layer, verdict, row]);
    const [rowA, rowB] = eventsOf(world, 'table-set').map(({ seq }) => seq);
    expect(decisions).toEqual([
      ['switch', 'flood', -1],
      ['switch', 'forward', rowA],
      ['switch', 'forward', rowB],
    ]);
  });

  it('floods broadcasts and groups always', () => {
    const { send } = lan();
    send(0, A, ALL);
    send(1, B, ALL);
    expect(send(0, A, ALL)).toEqual([1, 2, 3]);
    expect(send(0, A, mac('01:00:5e:00:00:fb'))).toEqual([1, 2, 3]);
    expect(send(0, A, mac('33:33:00:00:00:01'))).toEqual([1, 2, 3]);
  });

  it('does not give a frame back to the port it came from', () => {
    const { world, send } = lan();
    send(0, A, ALL);
    send(0, B, ALL);
    expect(send(0, A, B)).toEqual([]);
    expect(dropsIn(world)).toEqual(['same-port']);
    // It learns from the frame all the same.
    expect(send(1, C, A)).toEqual([0]);
  });

  it('follows a station that moves to another port', () => {
    const { world, send, table } = lan();
    send(0, A, ALL);
    send(2, A, ALL);
    expect(table()).toEqual({ [formatMac(A)]: 'p2' });
    expect(send(1, B, A)).toEqual([2]);
    expect(eventsOf(world, 'table-set')[1]).toMatchObject({ before: { port: 'p0' }, after: { port: 'p2' } });
  });

  it('forgets who was silent for five minutes, and floods again', () => {
    const { world, send, table } = lan();
    send(0, A, ALL);
    send(1, B, ALL);
    world.advance(4 * MINUTE);
    send(0, A, ALL);
    world.advance(MINUTE);
    expect(table()).toEqual({ [formatMac(A)]: 'p0' });
    expect(send(2, C, B)).toEqual([0, 1, 3]);
    expect(send(2, C, A)).toEqual([0]);
    world.advance(4 * MINUTE);
    expect(table()).toEqual({ [formatMac(C)]: 'p2' });
    expect(eventsOf(world, 'table-removed').map(({ key, why }) => [key, why])).toEqual([
      [formatMac(B), 'aged'],
      [formatMac(A), 'aged'],
    ]);
  });

  it('ages as it is told to', () => {
    const { world, device, send, table } = lan();
    device.ageing = 10 * SECOND;
    send(0, A, ALL);
    world.advance(10 * SECOND - 1);
    expect(table()).not.toEqual({});
    world.advance(1);
    expect(table()).toEqual({});
  });

  it.each(['01:80:c2:00:00:00', '01:80:c2:00:00:01', '01:80:c2:00:00:0e', '01:80:c2:00:00:0f'])(
    'keeps %s to itself',
    (group) => {
      const { world, send } = lan();
      expect(send(0, A, mac(group))).toEqual([]);
      expect(dropsIn(world)).toEqual(['reserved-group']);
    },
  );

  it.each(['01:80:c2:00:00:10', '01:80:c1:00:00:00', '01:80:c2:00:01:00', '00:80:c2:00:00:00'])(
    'forwards %s, which is not reserved',
    (group) => {
      expect(lan().send(0, A, mac(group))).toEqual([1, 2, 3]);
    },
  );

  it('never takes everybody for a station', () => {
    const { send, table } = lan();
    send(0, ALL, B);
    expect(table()).toEqual({});
    expect(send(1, A, ALL)).toEqual([0, 2, 3]);
  });

  it('knows addresses apart that differ in their first bits only', () => {
    const { world, device, send } = lan();
    const twin = mac('06:ff:5e:00:53:0a');
    send(0, A, ALL);
    send(1, twin, ALL);
    expect(send(2, C, A)).toEqual([0]);
    expect(send(2, C, twin)).toEqual([1]);
    world.advance(4 * MINUTE);
    send(1, twin, ALL);
    world.advance(MINUTE);
    expect([...device.rows()].map((row) => row.mac)).toEqual([twin]);
    expect(send(2, C, twin)).toEqual([1]);
    expect(send(2, C, A)).toEqual([0, 1, 3]);
  });

  it('with nobody else plugged in drops quietly', () => {
    const { world, send } = lan(1);
    expect(send(0, A, B)).toEqual([]);
    expect(world.frames.liveCount).toBe(0);
  });

  it('does not flood to a port without a cable', () => {
    const { world, device, send } = lan(2);
    world.addInterface(device, 'empty');
    expect(send(0, A, B)).toEqual([1]);
    expect(dropsIn(world)).toEqual([]);
  });

  it('does as a list of stations says, whatever happens', () => {
    const action = fc.record({
      port: fc.nat(3),
      source: fc.integer({ min: 1, max: 5 }),
      destination: fc.integer({ min: 1, max: 6 }),
      wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const { world, send } = lan();
        const known = new Map<Mac, { port: number; until: number }>();
        // Stations in pairs share the lower 32 bits of their addresses.
        const address = (station: number): Mac =>
          station === 6 ? ALL : 0x020000000000 + (station & 1) * 2 ** 32 + (station >> 1);
        for (const { port, source, destination, wait } of actions) {
          world.advance(wait * SECOND);
          for (const [station, { until }] of known) if (until <= world.now) known.delete(station);
          known.set(address(source), { port, until: world.now + 5 * MINUTE });
          const to = known.get(address(destination));
          const wanted =
            to === undefined ? [0, 1, 2, 3].filter((i) => i !== port) : to.port === port ? [] : [to.port];
          expect(send(port, address(source), address(destination))).toEqual(wanted);
        }
      }),
      { numRuns: 100 },
    );
  });
});
