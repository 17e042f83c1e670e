// NAPT: rows keyed by protocol, inside endpoint and remote address; both directions, fragments, time.
// ICMP errors are in nat-errors.test.ts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dropsIn,
  eventsOf,
  expectFrame,
  expectNoLeaks,
  fieldsOf,
  ip,
  patched,
  pattern,
  problemsOf,
  viewOf,
} from '../../test/kit.js';
import { EXTERNAL, INSIDE, SERVER, translator } from '../../test/translator.js';
import { formatIpv4, formatMac } from '../base/address.js';
import { MILLISECOND, MINUTE, SECOND } from '../base/time.js';
import type { Station } from '../device/station.js';
import { World } from '../net/world.js';
import { TCP_FLAG } from '../wire/tcp.js';

expectNoLeaks();
const EXTERNAL_CIDR = `${EXTERNAL}/24`;

describe('a UDP exchange', () => {
  it('is translated out and back, and leaves one row', () => {
    const { world, outward, inward, client, server, peer, port } = translator();
    const out = outward(client.udp(pattern(9), { sourcePort: 3333, destinationPort: 5300 }));
    expectFrame(out, {
      'eth.src': formatMac(port.outside.mac),
      'eth.dst': formatMac(peer.outside.mac),
      'ip.src': EXTERNAL,
      'ip.dst': SERVER,
      'ip.ttl': 63,
      'udp.srcport': 10000,
      'udp.dstport': 5300,
      'udp.checksum.status': 1,
    });
    const back = inward(server.udp(pattern(9), { sourcePort: 5300, destinationPort: 10000 }));
    expectFrame(back, {
      'eth.src': formatMac(port.inside.mac),
      'eth.dst': formatMac(peer.inside.mac),
      'ip.src': SERVER,
      'ip.dst': INSIDE.peer,
      'ip.ttl': 63,
      'udp.srcport': 5300,
      'udp.dstport': 3333,
      'udp.checksum.status': 1,
    });
    const row = eventsOf(world, 'table-set').filter(({ table }) => table === 'nat');
    expect(row.map(({ key, after }) => [key, after])).toEqual([
      [
        `UDP ${INSIDE.peer} 3333 -> ${SERVER} 10000`,
        {
          protocol: 'UDP',
          inside: INSIDE.peer,
          'inside port': 3333,
          remote: SERVER,
          external: EXTERNAL,
          'external port': 10000,
          state: 'udp',
        },
      ],
    ]);
    expect(
      eventsOf(world, 'decided')
        .filter(({ verdict }) => verdict === 'translate')
        .map(({ layer, row: seq }) => [layer, seq]),
    ).toEqual(Array(2).fill(['nat', row[0]?.seq]));
  });

  it('without a checksum has none on the other side either', () => {
    const { outward, inward, client, server } = translator();
    const out = outward(client.udp(pattern(9), { sourcePort: 3333, checksum: 0 }));
    expectFrame(out, { 'udp.checksum': 0, 'udp.srcport': 10000 });
    const back = inward(server.udp(pattern(9), { destinationPort: 10000, checksum: 0 }));
    expectFrame(back, { 'udp.checksum': 0, 'udp.dstport': 3333 });
  });

  it('whose sum comes out as 0 has all ones', () => {
    const { outward, client } = translator();
    const ports = { sourcePort: 3333, destinationPort: 5300 };
    const sum = viewOf(outward(client.udp(new Uint8Array(2), ports))).getUint16(40);
    const data = new Uint8Array(2);
    viewOf(data).setUint16(0, sum);
    expectFrame(outward(client.udp(data, ports)), { 'udp.checksum': 0xffff, 'udp.checksum.status': 1 });
  });

  it('with a wrong checksum stays wrong', () => {
    const { through, client } = translator();
    const [out] = through('inside', patched(client.udp(pattern(9)), 45, 0x77));
    expect(problemsOf(out as Uint8Array)).toHaveLength(1);
  });
});

describe('whatever is translated', () => {
  it('has right sums in both directions, for all ports, addresses and data', () => {
    const exchange = fc.record({
      protocol: fc.constantFrom('udp', 'tcp', 'icmp'),
      insidePort: fc.integer({ min: 1, max: 65535 }),
      externalPort: fc.integer({ min: 1024, max: 65535 }),
      inside: fc.integer({ min: 2, max: 254 }),
      remote: fc.integer({ min: 0x0b000000, max: 0x7e000000 }),
      data: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(exchange, ({ protocol, insidePort, externalPort, inside, remote, data }) => {
        const pin = [externalPort];
        const made = translator({ pins: { 'nat-udp-port': pin, 'nat-tcp-port': pin, 'nat-icmp-id': pin } });
        const address = `10.0.0.${inside}`;
        made.station.stack.ipv4.neighborsOf(made.port.inside).addPermanent(ip(address), made.peer.inside.mac);
        const client = made.from.inside.withIp({ source: address, destination: formatIpv4(remote) });
        const server = made.from.outside.withIp({ source: formatIpv4(remote) });
        const request =
          protocol === 'icmp'
            ? client.echo(data, { id: insidePort })
            : client[protocol as 'udp' | 'tcp'](data, { sourcePort: insidePort, destinationPort: 7 });
        const portName = protocol === 'icmp' ? 'icmp.ident' : `${protocol}.srcport`;
        expectFrame(made.outward(request), { 'ip.src': EXTERNAL, [portName]: externalPort });
        const answer =
          protocol === 'icmp'
            ? server.echo(data, { id: externalPort, type: 0 })
            : server[protocol as 'udp' | 'tcp'](data, { sourcePort: 7, destinationPort: externalPort });
        const backName = protocol === 'icmp' ? 'icmp.ident' : `${protocol}.dstport`;
        expectFrame(made.inward(answer), { 'ip.dst': address, [backName]: insidePort });
      }),
      { numRuns: 150 },
    );
  });
});

describe('rows', () => {
  it('tell two hosts with the same source port apart', () => {
    const made = translator();
    made.station.stack.ipv4.neighborsOf(made.port.inside).addPermanent(ip('10.0.0.11'), made.peer.inside.mac);
    const other = made.client.withIp({ source: '10.0.0.11' });
    const ports = { sourcePort: 3333, destinationPort: 5300 };
    expect(fieldsOf(made.outward(made.client.udp(pattern(1), ports))).get('udp.srcport')).toBe(10000);
    expect(fieldsOf(made.outward(other.udp(pattern(1), ports))).get('udp.srcport')).toBe(10001);
    const answer = (to: number) =>
      made.inward(made.server.udp(pattern(1), { sourcePort: 5300, destinationPort: to }));
    expect(fieldsOf(answer(10001)).get('ip.dst')).toBe('10.0.0.11');
    expect(fieldsOf(answer(10000)).get('ip.dst')).toBe(INSIDE.peer);
  });

  it('of one inside endpoint share its external port (RFC 4787 REQ-1), but let in only whom it wrote to (REQ-8)', () => {
    const { outward, through, client, from, nat, world } = translator();
    const other = '198.51.100.9';
    const ports = { sourcePort: 3333, destinationPort: 5300 };
    for (const destination of [SERVER, other]) {
      expectFrame(outward(client.withIp({ destination }).udp(pattern(1), ports)), { 'udp.srcport': 10000 });
    }
    expect([...nat.rows()]).toHaveLength(2);
    const answerFrom = (source: string) =>
      through('outside', from.outside.withIp({ source }).udp(pattern(1), { destinationPort: 10000 })).length;
    expect([SERVER, other, '198.51.100.10'].map(answerFrom)).toEqual([1, 1, 0]);
    expect([nat.unmatched, dropsIn(world)]).toEqual([1, ['nat-no-entry']]);
  });

  it('of TCP and UDP do not meet', () => {
    const { outward, through, client, server, nat } = translator();
    outward(client.udp(pattern(1), { sourcePort: 3333 }));
    expect(through('outside', server.tcp(pattern(1), { destinationPort: 10000 }))).toEqual([]);
    expect(nat.unmatched).toBe(1);
  });

  it('take another port when the one drawn is taken', () => {
    const { outward, client, nat } = translator({ pins: { 'nat-udp-port': [10000, 10000, 10000, 10005] } });
    nat.forwardPort(17, 10000, ip('10.0.0.99'), 53);
    expectFrame(outward(client.udp(pattern(1))), { 'udp.srcport': 10005 });
  });

  it('do not exist for what never comes out: the wrong way is dropped and counted', () => {
    const { through, server, nat, world } = translator();
    const frames = [
      server.udp(pattern(5)),
      server.tcp(pattern(5)),
      server.echo(pattern(5), { type: 0 }),
      server.withIp({ destination: INSIDE.peer }).udp(pattern(5)),
      server.packet(pattern(5), { protocol: 253 }),
    ];
    for (const frame of frames) expect(through('outside', frame)).toEqual([]);
    expect([nat.unmatched, dropsIn(world), [...nat.rows()]]).toEqual([5, Array(5).fill('nat-no-entry'), []]);
  });
});

describe('time', () => {
  it.each([
    ['UDP', 5 * MINUTE],
    ['ICMP', 60 * SECOND],
    ['a TCP connection that is being opened', 4 * MINUTE],
    ['an established TCP connection', 124 * MINUTE],
  ])('%s: a row without traffic goes after its time, and with traffic stays', (what, lifetime) => {
    const { world, outward, inward, through, client, server, rows, nat } = translator();
    const established = what.startsWith('an established');
    const out = () =>
      what === 'UDP'
        ? client.udp(pattern(1))
        : what === 'ICMP'
          ? client.echo(pattern(1))
          : client.tcp(pattern(0), { syn: established ? 0 : 1, ack: established ? 1 : 0 });
    const back = () =>
      what === 'UDP'
        ? server.udp(pattern(1), { destinationPort: 10000 })
        : what === 'ICMP'
          ? server.echo(pattern(1), { type: 0, id: 20000 })
          : server.tcp(pattern(0), { syn: 1, ack: 1, destinationPort: 15000 });
    outward(out());
    world.advance(lifetime - MILLISECOND);
    outward(out());
    world.advance(lifetime - MILLISECOND);
    inward(back());
    world.advance(lifetime - 1);
    expect(rows()).toHaveLength(1);
    world.advance(1);
    expect(rows()).toEqual([]);
    expect(through('outside', back())).toEqual([]);
    expect(nat.unmatched).toBe(1);
    expect(eventsOf(world, 'table-removed').map(({ table, why }) => [table, why])).toEqual([['nat', 'aged']]);
    // The port is free again, and the same endpoint may have another.
    outward(out());
    expect(rows()[0]?.externalPort).not.toBe(undefined);
  });

  it('a TCP row follows the connection', () => {
    const { syn, ack, fin, rst } = TCP_FLAG;
    const script: [side: 'in' | 'out', flags: number, state: string, lifetime: number][] = [
      ['out', syn, 'tcp-opening', 4],
      ['in', syn | ack, 'tcp-opening', 4],
      ['out', ack, 'tcp-established', 124],
      ['in', ack, 'tcp-established', 124],
      ['out', ack | fin, 'tcp-established', 124],
      ['out', ack | fin, 'tcp-established', 124],
      ['in', ack, 'tcp-established', 124],
      ['in', ack | fin, 'tcp-closing', 4],
      ['out', ack, 'tcp-closing', 4],
      ['out', syn, 'tcp-opening', 4],
      ['in', syn | ack, 'tcp-opening', 4],
      ['out', ack, 'tcp-established', 124],
      ['in', rst, 'tcp-closing', 4],
    ];
    const { world, through, client, server, rows } = translator();
    for (const [i, [side, flags, state, minutes]] of script.entries()) {
      world.advance(SECOND);
      const bits = {
        syn: Number((flags & syn) !== 0),
        ack: Number((flags & ack) !== 0),
        fin: Number((flags & fin) !== 0),
        rst: Number((flags & rst) !== 0),
      };
      if (side === 'out') through('inside', client.tcp(pattern(0), { ...bits, sourcePort: 9999 }));
      else through('outside', server.tcp(pattern(0), { ...bits, destinationPort: 15000 }));
      expect([i, rows()]).toEqual([
        i,
        [{ state, externalPort: 15000, expires: world.now + minutes * MINUTE }],
      ]);
    }
  });
});

describe('a forwarded port', () => {
  function forwarding() {
    const made = translator();
    expect(made.nat.forwardPort(6, 8080, ip(INSIDE.peer), 80)).toBe(true);
    return made;
  }

  it('lets anybody in, to the inside server', () => {
    const { inward, outward, server, from } = forwarding();
    for (const source of [SERVER, '198.51.100.99']) {
      const request = server
        .withIp({ source })
        .tcp(pattern(5), { sourcePort: 5555, destinationPort: 8080, syn: 1 });
      expectFrame(inward(request), { 'ip.src': source, 'ip.dst': INSIDE.peer, 'tcp.dstport': 80 });
      const answer = from.inside
        .withIp({ destination: source })
        .tcp(pattern(5), { sourcePort: 80, destinationPort: 5555 });
      expectFrame(outward(answer), { 'ip.src': EXTERNAL, 'tcp.srcport': 8080, 'ip.dst': source });
    }
  });

  it('never ages', () => {
    const { world, rows } = forwarding();
    world.advance(10_000 * MINUTE);
    expect(rows()).toEqual([{ state: 'forwarded', externalPort: 8080, expires: Number.POSITIVE_INFINITY }]);
  });

  it('can not be taken twice, nor from a row that has it', () => {
    const { nat, outward, client } = forwarding();
    expect(nat.forwardPort(6, 8080, ip('10.0.0.77'), 80)).toBe(false);
    expect(nat.forwardPort(17, 8080, ip('10.0.0.77'), 80)).toBe(true);
    outward(client.tcp(pattern(1)));
    expect(nat.forwardPort(6, 15000, ip('10.0.0.77'), 80)).toBe(false);
  });

  it('leaves its server free to open connections of its own', () => {
    const { inward, outward, client, server } = forwarding();
    expectFrame(outward(client.tcp(pattern(1), { sourcePort: 81 })), { 'tcp.srcport': 15000 });
    expectFrame(inward(server.tcp(pattern(1), { destinationPort: 15000 })), { 'tcp.dstport': 81 });
  });
});

describe('fragments', () => {
  /** A datagram as frames of two fragments. */
  function halves(
    made: ReturnType<typeof translator>['client'],
    ports: object,
    size = 800,
    options?: Uint8Array,
  ) {
    const datagram = made.udpDatagram(pattern(size), ports);
    const cut = 400;
    const common = { protocol: 17, identification: 0x55 };
    return [
      made.packet(datagram.subarray(0, cut), { ...common, moreFragments: 1 }, options),
      made.packet(datagram.subarray(cut), { ...common, fragmentOffset: cut / 8 }),
    ];
  }

  it.each([
    ['in order', false],
    ['out of order', true],
  ])('%s are put together and translated, both ways', (_how, reverse) => {
    const { outward, through, client, server, world } = translator();
    const send = (side: 'inside' | 'outside', frames: Uint8Array[]) =>
      (reverse ? frames.reverse() : frames).flatMap((frame) => through(side, frame));
    const out = send('inside', halves(client, { sourcePort: 3333, destinationPort: 5300 }));
    expect(out).toHaveLength(1);
    expectFrame(out[0] as Uint8Array, {
      'ip.src': EXTERNAL,
      'udp.srcport': 10000,
      'udp.length': 808,
      'ip.ttl': 63,
    });
    const back = send('outside', halves(server, { sourcePort: 5300, destinationPort: 10000 }));
    expect(back).toHaveLength(1);
    expectFrame(back[0] as Uint8Array, { 'ip.dst': INSIDE.peer, 'udp.dstport': 3333, 'udp.length': 808 });
    expect(dropsIn(world)).toEqual([]);
    expectFrame(outward(client.udp(pattern(1), { sourcePort: 3333 })), { 'udp.srcport': 10000 });
  });

  it('whose first has options are put together with them', () => {
    const { through, client } = translator();
    const options = Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0);
    const out = halves(client, { sourcePort: 3333 }, 800, options).flatMap((frame) =>
      through('inside', frame),
    );
    expect(out).toHaveLength(1);
    expectFrame(out[0] as Uint8Array, { 'ip.hdr_len': 28, 'udp.srcport': 10000, 'udp.length': 808 });
  });

  it('are made again where the next link is too narrow', () => {
    const { through, client } = translator({ outsideMtu: 576 });
    const out = halves(client, { sourcePort: 3333 }).flatMap((frame) => through('inside', frame));
    expect(out).toHaveLength(2);
    for (const frame of out) expect(problemsOf(frame)).toEqual([]);
    expect(fieldsOf(out[0] as Uint8Array).get('ip.src')).toBe(EXTERNAL);
  });
});

describe('what is not translated', () => {
  it('packets for the translator itself, from either side', () => {
    const { world, peer, from, server } = translator();
    peer.outside.send(server.echo(pattern(9)));
    peer.inside.send(from.inside.echo(pattern(9)));
    peer.inside.send(from.inside.withIp({ destination: EXTERNAL }).echo(pattern(9)));
    world.advance(0);
    expectFrame(peer.outside.take(), { 'icmp.type': 0, 'ip.src': EXTERNAL });
    expectFrame(peer.inside.take(), { 'icmp.type': 0, 'ip.src': '10.0.0.1' });
    expectFrame(peer.inside.take(), { 'icmp.type': 0, 'ip.src': EXTERNAL });
  });

  it('its own packets, and the answers to them', () => {
    const { world, station, peer, server } = translator();
    const got: string[] = [];
    const socket = station.stack.udp.open(5000, {
      received: (data) => got.push(`data ${data.length}`),
      icmpError: ({ type }) => got.push(`error ${type}`),
    });
    if (typeof socket === 'string') return;
    socket.send(pattern(9), { address: ip(SERVER), port: 5300 });
    world.advance(0);
    const out = peer.outside.take();
    expectFrame(out, { 'ip.src': EXTERNAL, 'udp.srcport': 5000 });
    peer.outside.send(server.udp(pattern(3), { destinationPort: 5000 }));
    peer.outside.send(server.icmpError(3, 3, out));
    world.advance(0);
    expect(got).toEqual(['data 3', 'error 3']);
  });

  it('packets between two inside networks', () => {
    const made = translator();
    const second = made.world.addInterface(made.station, 'inside2', { address: '10.0.1.1/24' });
    made.peer.outside.takeAll();
    made.world.inject(made.port.inside, made.client.withIp({ destination: '10.0.1.5' }).udp(pattern(9)));
    made.station.stack.ipv4.neighborsOf(second).addPermanent(ip('10.0.1.5'), made.peer.inside.mac);
    const sent = eventsOf(made.world, 'decided').find(({ verdict }) => verdict === 'forward');
    expect(viewOf(made.world.trace().frameBytes(sent?.frame as number)).getInt32(26)).toBe(ip(INSIDE.peer));
    expect([...made.nat.rows()]).toEqual([]);
  });
});

describe('two inside hosts', () => {
  /** A gateway, a switch and two hosts on the inside; one of them serves on a forwarded port. */
  function household() {
    const world = new World();
    const gateway = world.addStation('gateway', 'nat-router');
    const hub = world.addSwitch('hub');
    const inside = world.addInterface(gateway, 'lan', { address: '10.0.0.1/24' });
    const outside = world.addInterface(gateway, 'wan', { address: EXTERNAL_CIDR });
    world.connect(inside, world.addInterface(hub, 'p0'));
    const nat = gateway.translateAt(outside);
    const [asking, serving] = ['10.0.0.10', '10.0.0.20'].map((address, index) => {
      const host = world.addHost(`host${index}`);
      const port = world.addInterface(host, 'eth0', { address: `${address}/24` });
      world.connect(port, world.addInterface(hub, `p${index + 1}`));
      host.addRoute({ network: 0, length: 0 }, ip('10.0.0.1'));
      return host;
    }) as [Station, Station];
    nat.forwardPort(6, 8080, ip('10.0.0.20'), 80);
    return { world, asking, serving, nat };
  }

  it('reach each other by the address outside, each seen as from there (RFC 4787 REQ-9)', () => {
    const { world, asking, serving } = household();
    let from = '';
    let answer = '';
    serving.stack.tcp.listen(80, {
      accept: (remote) => {
        from = formatIpv4(remote.address);
        return {
          readable: (connection) => connection.write(connection.read()),
          ended: (connection) => connection.close(),
        };
      },
    });
    asking.stack.tcp.connect(
      { address: ip(EXTERNAL), port: 8080 },
      {
        connected: (connection) => void connection.write(pattern(9)),
        readable: (connection) => {
          answer = connection.read().join();
          connection.close();
        },
      },
    );
    expect(world.runToRest(10 * MINUTE)).toBe(true);
    expect(answer).toBe(pattern(9).join());
    expect(from).toBe(EXTERNAL);
    // The host that is not asked for discards the broadcast; nothing else is dropped, no sum is wrong.
    expect(dropsIn(world).filter((reason) => reason !== 'arp-other-target')).toEqual([]);
    const trace = world.trace();
    const sent = eventsOf(world, 'frame-sent').map(({ frame }) => problemsOf(trace.frameBytes(frame)));
    expect(sent.flat()).toEqual([]);
  });

  it('get the router itself where no row stands', () => {
    const { world, asking } = household();
    let failure = '';
    asking.stack.tcp.connect(
      { address: ip(EXTERNAL), port: 81 },
      { failed: (_connection, error) => (failure = error) },
    );
    world.runToRest(10 * MINUTE);
    expect(failure).toBe('ECONNREFUSED');
  });
});
