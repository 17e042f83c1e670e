// ARP: the algorithm of RFC 826, packets that wait, and entries that age.

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
  mac,
  pattern,
  prefix,
  RIGHT,
  steps,
  type Wanted,
} from '../../test/kit.js';
import { formatMac, type Mac } from '../base/address.js';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import type { IcmpErrorReport } from './ipv4-packet.js';

expectNoLeaks();

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const OTHER_MAC = mac('02:00:5e:00:53:77');
const ASKING = { ...HOST, asks: true } as const;

/** A host with an empty ARP cache. */
function host() {
  const made = bench('host', { eth0: { ...HOST, asks: true } });
  made.peer.eth0.addresses.clear();
  const neighbors = made.station.stack.ipv4.neighborsOf(made.port.eth0);
  const known = (): Record<string, string> =>
    Object.fromEntries(
      [...neighbors.entries()].map((row) => [row.address, `${formatMac(row.mac)} ${row.state}`]),
    );
  return { ...made, neighbors, known, peer: made.peer.eth0, from: made.from.eth0, port: made.port.eth0 };
}

const learned = (address: string, from: Mac): Record<string, string> => ({
  [ip(address)]: `${formatMac(from)} reachable`,
});

describe('packet reception, RFC 826', () => {
  it('a request for us: the asker is learned and gets the reply, alone', () => {
    const { world, port, peer, from, known } = host();
    steps(world, peer)
      .at(0, 'the peer asks everybody who has our address', () => peer.send(from.arp()))
      .gets('we answer', {
        'eth.dst': formatMac(peer.mac),
        'eth.src': formatMac(port.mac),
        'frame.len': 60,
        'arp.opcode': 2,
        'arp.src.hw_mac': formatMac(port.mac),
        'arp.src.proto_ipv4': '192.0.2.1',
        'arp.dst.hw_mac': formatMac(peer.mac),
        'arp.dst.proto_ipv4': HOST.peer,
      })
      .getsNothing('once')
      .holds('and know the peer', () => expect(known()).toEqual(learned(HOST.peer, peer.mac)));
    expect(eventsOf(world, 'decided').map(({ layer, verdict }) => `${layer} ${verdict}`)).toEqual([
      'arp reply',
    ]);
  });

  type Case = [
    what: string,
    message: Parameters<ReturnType<typeof host>['from']['arp']>[0],
    knownBefore: boolean,
    reply: Wanted | null,
    knownAfter: 'same' | 'other' | 'none',
    drop: string | null,
  ];
  it.each<Case>([
    [
      'a request for another machine teaches us nothing',
      { targetIp: ip('192.0.2.9') },
      false,
      null,
      'none',
      'arp-other-target',
    ],
    [
      'a request for another machine from a neighbour we know',
      { targetIp: ip('192.0.2.9') },
      true,
      null,
      'other',
      null,
    ],
    [
      'a reply nobody asked for, to another machine',
      { operation: 2, targetIp: ip('192.0.2.9') },
      false,
      null,
      'none',
      'arp-unasked',
    ],
    [
      'a reply to another machine from a neighbour we know',
      { operation: 2, targetIp: ip('192.0.2.9') },
      true,
      null,
      'other',
      null,
    ],
    ['a reply to us, though not asked for, is believed', { operation: 2 }, false, null, 'other', null],
    [
      'a probe for our address (RFC 5227 §2.1.1) is answered and teaches nothing',
      { senderIp: 0 },
      false,
      { 'arp.dst.proto_ipv4': '0.0.0.0', 'arp.opcode': 2 },
      'none',
      null,
    ],
    [
      'a probe for another address',
      { senderIp: 0, targetIp: ip('192.0.2.9') },
      false,
      null,
      'none',
      'arp-other-target',
    ],
    [
      'an announcement by a neighbour we know (RFC 5227 §3)',
      { targetIp: ip(HOST.peer) },
      true,
      null,
      'other',
      null,
    ],
    ['an announcement by a stranger', { targetIp: ip(HOST.peer) }, false, null, 'none', 'arp-other-target'],
    [
      'an announcement of our own address by another is answered, not believed',
      { senderIp: ip('192.0.2.1') },
      false,
      { 'arp.src.proto_ipv4': '192.0.2.1', 'arp.opcode': 2 },
      'none',
      null,
    ],
    [
      'a reply that claims our own address',
      { operation: 2, senderIp: ip('192.0.2.1'), targetIp: ip('192.0.2.9') },
      false,
      null,
      'none',
      'arp-unasked',
    ],
  ])('%s', (_what, message, knownBefore, reply, knownAfter, drop) => {
    const { world, peer, from, neighbors, known } = host();
    if (knownBefore) neighbors.learn(ip(HOST.peer), peer.mac);
    const script = steps(world, peer).at(0, 'the message comes', () =>
      peer.send(from.arp({ senderMac: OTHER_MAC, ...message })),
    );
    if (reply !== null) script.gets('we answer', { ...reply, 'eth.dst': formatMac(OTHER_MAC) });
    script.getsNothing('nothing more');
    expect(known()).toEqual(
      knownAfter === 'none' ? {} : learned(HOST.peer, knownAfter === 'other' ? OTHER_MAC : peer.mac),
    );
    expect(dropsIn(world)).toEqual(drop === null ? [] : [drop]);
  });

  it('a neighbour that says again who it is only has its age reset', () => {
    const { world, peer, from } = host();
    peer.send(from.arp());
    world.advance(MINUTE);
    peer.send(from.arp());
    world.advance(MINUTE);
    const set = eventsOf(world, 'table-set').filter(({ table }) => table === 'arp');
    expect(set).toHaveLength(1);
    expect(eventsOf(world, 'table-refreshed').map(({ row }) => row)).toEqual([set[0]?.seq]);
  });

  it.each([
    ['another kind of link', { hardwareType: 6 }],
    ['another kind of address', { protocolType: 0x86dd }],
    ['another length of MAC address', { hardwareSize: 8 }],
    ['another length of IP address', { protocolSize: 16 }],
    ['an operation that does not exist', { operation: 0 }],
    ['an operation of another protocol (RARP)', { operation: 3 }],
    ['everybody as sender', { senderMac: 0xffffffffffff }],
  ])('%s is malformed', (_what, values) => {
    const { world, peer, from, known } = host();
    peer.send(from.arp(values));
    world.advance(SECOND);
    expect([dropsIn(world), peer.received, known()]).toEqual([['arp-malformed'], [], {}]);
  });

  it('a message that is cut short is malformed', () => {
    const { world, port, from } = host();
    for (const length of [14, 20, 41]) world.inject(port, from.arp().subarray(0, length));
    world.inject(port, from.arp().subarray(0, 42));
    expect(dropsIn(world)).toEqual(['arp-malformed', 'arp-malformed', 'arp-malformed']);
  });

  it('an interface without an address answers nobody', () => {
    const world = bench('host', { eth0: HOST }).world;
    const bare = world.addInterface(world.station('station'), 'eth1');
    const frame = bench('host', { eth0: HOST }).from.eth0.arp({ targetIp: 0 });
    world.inject(bare, frame);
    expect(dropsIn(world)).toEqual(['arp-other-target']);
  });
});

describe('asking', () => {
  const request: Wanted = {
    'eth.dst': BROADCAST,
    'arp.opcode': 1,
    'arp.src.proto_ipv4': '192.0.2.1',
    'arp.dst.hw_mac': '00:00:00:00:00:00',
    'arp.dst.proto_ipv4': HOST.peer,
  };

  it('holds packets until the answer comes, and sends them in their order', () => {
    const { world, station, port, peer, from } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    const to = { address: ip(HOST.peer), port: 9 };
    const script = steps(world, peer)
      .at(0, 'three datagrams are sent at once', () => {
        for (const size of [1, 2, 3]) socket.send(pattern(size), to);
      })
      .gets('one question goes out', { ...request, 'arp.src.hw_mac': formatMac(port.mac) })
      .getsNothing('and nothing else')
      .at(MILLISECOND, 'the answer comes', () =>
        peer.send(from.arp({ operation: 2, targetMac: port.mac }, { destination: port.mac })),
      );
    for (const size of [1, 2, 3]) {
      script.gets(`datagram ${size}`, { 'eth.dst': formatMac(peer.mac), 'udp.length': 8 + size });
    }
    script
      .at(SECOND, 'a fourth datagram is sent', () => socket.send(pattern(4), to))
      .gets('it goes at once', { 'udp.length': 12 })
      .getsNothing('and no more questions are asked');
    const held = eventsOf(world, 'held');
    expect(held.map(({ wanted, waitsFor, open }) => [wanted, waitsFor, open])).toEqual(
      Array(3).fill([HOST.peer, 'arp', ['eth.dst']]),
    );
    expect(eventsOf(world, 'released').map(({ held: seq, ok }) => [seq, ok])).toEqual(
      held.map(({ seq }) => [seq, true]),
    );
  });

  it('asks three times, once a second, and gives up after three seconds', () => {
    const { world, station, peer, known } = host();
    const errors: string[] = [];
    const socket = station.stack.udp.open(5000, {
      received: () => {},
      icmpError: (error: IcmpErrorReport, to) => errors.push(`${error.type} ${error.code} ${to.port}`),
    });
    if (typeof socket === 'string') return;
    steps(world, peer)
      .at(0, 'a datagram is sent', () => socket.send(pattern(4), { address: ip(HOST.peer), port: 9 }))
      .gets('the first question', request)
      .at(SECOND - 1, 'almost a second passes')
      .getsNothing('no second question yet')
      .at(SECOND, 'the second is over')
      .gets('the second question', request)
      .at(2 * SECOND, 'another one')
      .gets('the third question', request)
      .at(3 * SECOND - 1, 'almost three seconds in all')
      .holds('the socket has heard nothing', () => expect(errors).toEqual([]))
      .at(3 * SECOND, 'the time is up')
      .holds('the socket hears that the host is unreachable', () => expect(errors).toEqual(['3 1 9']))
      .holds('the entry is gone', () => expect(known()).toEqual({}))
      .at(10 * SECOND, 'time passes')
      .getsNothing('nobody asks any more')
      .at(11 * SECOND, 'another datagram', () => socket.send(pattern(4), { address: ip(HOST.peer), port: 9 }))
      .gets('begins anew', request);
    expect(dropsIn(world)).toEqual(['neighbor-unresolved']);
    expect(eventsOf(world, 'released').map(({ ok }) => ok)).toEqual([false]);
  });

  it('tells the sender of a packet it should have forwarded: host unreachable', () => {
    const { world, peer, from } = bench('router', { left: LEFT, right: { ...RIGHT, asks: true } });
    peer.right.addresses.clear();
    const packet = from.left.withIp({ destination: '198.51.100.77' }).udp(pattern(30));
    steps(world, peer.left)
      .at(0, 'a packet for a machine that is not there', () => peer.left.send(packet))
      .getsNothing('the router asks')
      .at(3 * SECOND, 'three seconds later')
      .gets('it says that the host is unreachable', {
        'icmp.type': 3,
        'icmp.code': 1,
        'ip.src': '192.0.2.1',
        'ip.dst': LEFT.peer,
        'quoted.ip.src': LEFT.peer,
        'quoted.ip.dst': '198.51.100.77',
        'quoted.udp.dstport': 4000,
      })
      .getsNothing('once');
    expect(peer.right.received).toHaveLength(3);
    expect(dropsIn(world)).toEqual(['neighbor-unresolved']);
  });

  it('holds at most 64 packets for one neighbour', () => {
    const { world, station, peer, from } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    for (let i = 0; i < 70; i++) socket.send(pattern(i), { address: ip(HOST.peer), port: 9 });
    expect(dropsIn(world)).toEqual(Array(6).fill('neighbor-queue-full'));
    peer.send(from.arp({ operation: 2 }));
    world.advance(SECOND);
    expect(peer.received).toHaveLength(1 + 64);
  });

  it('asks for each next hop by itself', () => {
    const { world, station, peer } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    for (const last of [2, 3, 4]) socket.send(pattern(1), { address: ip(`192.0.2.${last}`), port: 9 });
    peer.addresses.add(ip('192.0.2.3'));
    world.advance(2500 * MILLISECOND);
    const asked = peer.received.map(({ bytes }) => fieldsOf(bytes).get('arp.dst.proto_ipv4'));
    const once = ['192.0.2.2', '192.0.2.4'];
    // The answer to the question for 192.0.2.3 comes before any second question.
    expect(asked).toEqual([...once, undefined, ...once, ...once]);
  });

  it('asks for the gateway, not for the far host', () => {
    const { world, station, peer } = host();
    station.addRoute(prefix('0.0.0.0/0'), ip(HOST.peer));
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    steps(world, peer)
      .at(0, 'a datagram for a far host', () =>
        socket.send(pattern(1), { address: ip('203.0.113.5'), port: 9 }),
      )
      .gets('the gateway is asked for', { 'arp.dst.proto_ipv4': HOST.peer });
  });
});

describe('entries', () => {
  it('age after five minutes without news, and are asked for again', () => {
    const { world, peer, from, known } = host();
    const script = steps(world, peer)
      .at(0, 'the peer makes itself known', () => peer.send(from.arp()))
      .gets('we answer')
      .at(4 * MINUTE, 'four minutes later once more', () => peer.send(from.arp()))
      .gets('we answer');
    script
      .at(9 * MINUTE - 1, 'almost five minutes after that')
      .holds('it is still known', () => expect(known()).not.toEqual({}))
      .at(9 * MINUTE, 'the time is up')
      .holds('it is forgotten', () => expect(known()).toEqual({}));
    expect(eventsOf(world, 'table-removed').map(({ why }) => why)).toEqual(['aged']);
  });

  it('that were taken away are asked for again, and only what was sent since then goes out', () => {
    const { world, station, peer, from, port, neighbors } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    const send = (size: number) => socket.send(pattern(size), { address: ip(HOST.peer), port: 9 });
    const answer = () => peer.send(from.arp({ operation: 2 }, { destination: port.mac }));
    const script = steps(world, peer);
    for (const [i, size] of [1, 2].entries()) {
      script
        .at(i * SECOND, 'a datagram is sent', () => send(size))
        .gets('the host asks', { 'arp.opcode': 1 })
        .getsNothing('and waits')
        .at(i * SECOND + MILLISECOND, 'the answer comes', answer)
        .gets('the datagram goes', { 'udp.length': 8 + size })
        .getsNothing('alone')
        .holds('the entry is taken away', () => expect(neighbors.remove(ip(HOST.peer))).toBe(true));
    }
    expect(neighbors.remove(ip(HOST.peer))).toBe(false);
  });

  it('that were put there by hand stay, whatever ARP says and however long', () => {
    const { world, peer, from, neighbors, known } = host();
    neighbors.addPermanent(ip(HOST.peer), OTHER_MAC);
    peer.send(from.arp());
    world.advance(60 * MINUTE);
    expect(known()).toEqual({ [ip(HOST.peer)]: `${formatMac(OTHER_MAC)} permanent` });
    expect(peer.received).toHaveLength(1);
  });

  it('that are put there by hand while packets wait for them let these go, for good', () => {
    const { world, station, peer, neighbors, known } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket === 'string') return;
    socket.send(pattern(1), { address: ip(HOST.peer), port: 9 });
    world.advance(MILLISECOND);
    peer.takeAll();
    neighbors.addPermanent(ip(HOST.peer), OTHER_MAC);
    steps(world, peer)
      .gets('the packet goes to the address given', { 'eth.dst': formatMac(OTHER_MAC), 'udp.length': 9 })
      .at(10 * SECOND, 'ten seconds later')
      .getsNothing('nobody has asked again');
    expect(known()).toEqual({ [ip(HOST.peer)]: `${formatMac(OTHER_MAC)} permanent` });
    expect(dropsIn(world)).toEqual([]);
  });

  it('can be found once they are known', () => {
    const { station, neighbors } = host();
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket !== 'string') socket.send(pattern(1), { address: ip(HOST.peer), port: 9 });
    expect(neighbors.find(ip(HOST.peer))).toBeUndefined();
    neighbors.learn(ip(HOST.peer), OTHER_MAC);
    expect(neighbors.find(ip(HOST.peer))?.mac).toBe(OTHER_MAC);
  });

  it('are announced with sender and target the same (RFC 5227 §2.3)', () => {
    const { world, peer, neighbors } = host();
    steps(world, peer)
      .at(0, 'the host says who it is', () => neighbors.announce())
      .gets('everybody hears it', {
        'eth.dst': BROADCAST,
        'arp.opcode': 1,
        'arp.src.proto_ipv4': '192.0.2.1',
        'arp.dst.proto_ipv4': '192.0.2.1',
      });
  });
});

describe('two hosts', () => {
  it('learn each other with one request and one reply', () => {
    const { world, station, port, peer } = bench('host', { eth0: ASKING });
    const socket = station.stack.udp.open(5000, { received: () => {} });
    if (typeof socket !== 'string') socket.send(pattern(1), { address: ip(HOST.peer), port: 9 });
    world.advance(SECOND);
    expect(peer.eth0.received).toHaveLength(1);
    expect(station.stack.ipv4.neighborsOf(port.eth0).find(ip(HOST.peer))?.mac).toBe(peer.eth0.mac);
  });
});
