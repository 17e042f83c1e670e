// The path MTU: who learns it from whom, what it changes, and for how long.

import { describe, expect, it } from 'vitest';
import {
  bench,
  dropsIn,
  eventsOf,
  expectNoLeaks,
  fieldsOf,
  HOST,
  ip,
  LEFT,
  pattern,
  RIGHT,
} from '../../test/kit.js';
import { MINUTE, SECOND } from '../base/time.js';
import { IPV4_HEADER } from '../wire/ipv4.js';
import { plateauBelow } from './path-mtu.js';

expectNoLeaks();

const FAR = ip('203.0.113.9');

/** A host whose peer is the router to everywhere, with a UDP socket. */
function host() {
  const made = bench('host', { eth0: HOST });
  made.station.addRoute({ network: 0, length: 0 }, ip(HOST.peer));
  const socket = made.station.stack.udp.open(5000, { received: () => {} });
  if (typeof socket === 'string') throw new Error(socket);
  const { world, peer, port, from } = made;
  const send = (size: number, dontFragment = true) => {
    const error = socket.send(pattern(size - 28), { address: FAR, port: 9 }, { dontFragment });
    world.advance(0);
    return error;
  };
  /** The router can not pass the oldest frame on. */
  const refuse = (mtu: number, frame = peer.eth0.take()) =>
    world.inject(port.eth0, from.eth0.icmpError(3, 4, frame, 8, mtu));
  const room = () => made.station.stack.ipv4.payloadRoom(FAR) + IPV4_HEADER;
  return { ...made, ipv4: made.station.stack.ipv4, peer: peer.eth0, send, refuse, room };
}

describe('the path MTU', () => {
  it('is that of the first link until somebody tells otherwise', () => {
    const { room, ipv4 } = host();
    expect([room(), ipv4.pathMtu(FAR)]).toEqual([1500, undefined]);
  });

  it('is learned from a router, for this destination alone', () => {
    const { send, refuse, room, ipv4 } = host();
    send(1500);
    refuse(1400);
    expect(room()).toBe(1400);
    expect(ipv4.pathMtu(FAR)).toMatchObject({ destination: FAR, mtu: 1400 });
    expect([ipv4.linkRoom(FAR), ipv4.payloadRoom(ip('203.0.113.10'))]).toEqual([1480, 1480]);
  });

  it('keeps longer packets that must not be cut at home, and cuts the others to fit', () => {
    const { world, send, refuse, peer } = host();
    send(1500);
    refuse(1000);
    expect([send(1001), dropsIn(world)]).toEqual(['EMSGSIZE', ['ipv4-fragmentation-needed']]);
    expect([send(1000), peer.takeAll().length]).toEqual([undefined, 1]);
    expect(send(1400, false)).toBeUndefined();
    const pieces = peer.takeAll().map((frame) => fieldsOf(frame).get('ip.len'));
    expect(pieces).toEqual([996, 424]);
  });

  it('only ever becomes narrower by what routers tell', () => {
    const { send, refuse, room, peer } = host();
    send(1500);
    const frame = peer.take();
    for (const [told, then] of [
      [1600, 1500],
      [1500, 1500],
      [1400, 1400],
      [1450, 1400],
      [1300, 1300],
      [20, 68],
    ] as const) {
      refuse(told, frame);
      expect([told, room()]).toEqual([told, then]);
    }
  });

  it.each([
    [1500, 1492],
    [1492, 1006],
    [600, 508],
  ])(
    'of a router that does not tell, for a packet of %i bytes, is the next usual one: %i (RFC 1191 §5)',
    (size, then) => {
      const { send, refuse, room } = host();
      send(size);
      refuse(0);
      expect(room()).toBe(then);
    },
  );

  it('is believed only from an error about a packet that a program here can have sent', () => {
    const { world, port, from, room } = host();
    const theirs = from.eth0.withIp({ source: '203.0.113.9' }).udp(pattern(1400));
    world.inject(port.eth0, from.eth0.icmpError(3, 4, theirs, 8, 600));
    const stranger = bench('host', { eth0: HOST });
    const closed = stranger.station.stack.udp.open(6000, { received: () => {} });
    if (typeof closed !== 'string') closed.send(pattern(9), { address: ip(HOST.peer), port: 9 });
    stranger.world.advance(0);
    world.inject(port.eth0, from.eth0.icmpError(3, 4, stranger.peer.eth0.take(), 8, 600));
    expect(room()).toBe(1500);
    expect(new Set(dropsIn(world))).toEqual(new Set(['icmp-unmatched']));
  });

  it('is a row of a table that grows old after ten minutes, counted from the last word', () => {
    const { world, send, refuse, room, peer } = host();
    send(1500);
    const frame = peer.take();
    refuse(1400, frame);
    world.advance(6 * MINUTE);
    refuse(1400, frame);
    world.advance(6 * MINUTE);
    expect(room()).toBe(1400);
    world.advance(4 * MINUTE);
    expect(room()).toBe(1500);
    const rows = eventsOf(world, 'table-set').filter(({ table }) => table === 'path-mtu');
    expect(rows.map(({ key, after }) => [key, after])).toEqual([
      ['203.0.113.9', { destination: '203.0.113.9', mtu: 1400 }],
    ]);
    expect(eventsOf(world, 'table-refreshed')[0]?.row).toBe(rows[0]?.seq);
    expect(eventsOf(world, 'table-removed').map(({ table, why }) => [table, why])).toEqual([
      ['path-mtu', 'aged'],
    ]);
    // The error is the cause of the row.
    expect(world.trace().event(rows[0]?.cause as number)).toMatchObject({
      layer: 'icmp',
      verdict: 'deliver',
    });
  });

  it('does not keep the world awake', () => {
    const { world, send, refuse } = host();
    send(1500);
    refuse(1400);
    world.runToRest();
    expect(world.now).toBeLessThan(SECOND);
  });

  it('is kept for a bounded number of destinations, the latest', () => {
    const { ipv4 } = host();
    const first = ip('203.0.0.1');
    for (let i = 0; i < 5000; i++) ipv4.learnPathMtu(first + i, 1000);
    let kept = 0;
    for (let i = 0; i < 5000; i++) if (ipv4.pathMtu(first + i) !== undefined) kept++;
    expect([kept, ipv4.pathMtu(first), ipv4.pathMtu(first + 4999)?.mtu]).toEqual([4096, undefined, 1000]);
  });

  it('of a machine to itself, or to a group, is nobody’s business', () => {
    const { ipv4 } = host();
    for (const to of ['192.0.2.1', '127.0.0.1', '192.0.2.255', '224.0.0.5', '255.255.255.255']) {
      ipv4.learnPathMtu(ip(to), 500);
      expect([to, ipv4.pathMtu(ip(to))]).toEqual([to, undefined]);
    }
  });
});

it('plateaus end with the least MTU there is', () => {
  expect([65535, 32000, 297, 296, 69, 20].map(plateauBelow)).toEqual([32000, 17914, 296, 68, 68, 68]);
});

describe('a router that tells nobody', () => {
  const long = { dontFragment: 1 } as const;

  it.each([
    ['too long', { size: 1000, values: long }],
    ['no time to live', { size: 9, values: { ttl: 1 } }],
  ])('drops in silence: %s', (_what, { size, values }) => {
    const { world, station, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, mtu: 576 } });
    station.stack.ipv4.icmp.sendsErrors = false;
    peer.left.send(from.left.withIp({ destination: RIGHT.peer }).udp(pattern(size), {}, values));
    world.advance(SECOND);
    expect(dropsIn(world)).toHaveLength(1);
    expect([peer.left.received, peer.right.received]).toEqual([[], []]);
  });

  it('answers echo requests all the same', () => {
    const { world, station, peer, from } = bench('router', { left: LEFT, right: RIGHT });
    station.stack.ipv4.icmp.sendsErrors = false;
    peer.left.send(from.left.echo(pattern(9)));
    world.advance(SECOND);
    expect(fieldsOf(peer.left.take()).get('icmp.type')).toBe(0);
  });
});
