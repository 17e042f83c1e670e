// A translator on the bench: a host inside, a router outside, and a server somewhere behind it.

import { expect } from 'vitest';
import { bench, ip, prefix } from './kit.js';

export const INSIDE = { address: '10.0.0.1/24', peer: '10.0.0.10' } as const;
export const OUTSIDE = { address: '203.0.113.20/24', peer: '203.0.113.1' } as const;
export const SERVER = '198.51.100.8';
export const EXTERNAL = '203.0.113.20';
const PINS = {
  'nat-udp-port': [10000, 10001],
  'nat-tcp-port': [15000, 15001],
  'nat-icmp-id': [20000, 20001],
};

/** A translator with a host inside and a router outside; both stand for whatever addresses their frames have. */
export function translator(
  options: { pins?: object; insideMtu?: number; outsideMtu?: number; asks?: boolean } = {},
) {
  const made = bench(
    'nat-router',
    {
      inside: { ...INSIDE, mtu: options.insideMtu ?? 1500 },
      outside: { ...OUTSIDE, mtu: options.outsideMtu ?? 1500, asks: options.asks ?? false },
    },
    { pins: options.pins ?? PINS },
  );
  const nat = made.station.translateAt(made.port.outside);
  made.station.addRoute(prefix('0.0.0.0/0'), ip(OUTSIDE.peer));
  const { world, peer } = made;
  /** Sends from one side and returns what comes out on the other. */
  const through = (side: 'inside' | 'outside', frame: Uint8Array): Uint8Array[] => {
    peer[side].send(frame);
    world.advance(0);
    return peer[side === 'inside' ? 'outside' : 'inside'].takeAll();
  };
  const outward = (frame: Uint8Array): Uint8Array =>
    through('inside', frame)[0] ?? expect.fail('nothing came out');
  const inward = (frame: Uint8Array): Uint8Array =>
    through('outside', frame)[0] ?? expect.fail('nothing came in');
  const rows = () =>
    [...nat.rows()].map(({ state, expires, externalPort }) => ({ state, expires, externalPort }));
  return {
    ...made,
    nat,
    through,
    outward,
    inward,
    rows,
    client: made.from.inside.withIp({ destination: SERVER }),
    server: made.from.outside.withIp({ source: SERVER }),
  };
}
