// The test kit: small worlds, peers that keep what they get, and scripts of timed steps that tell, when they fail, what
// happened so far and which field of the frame is not as it should be. Frames are made and looked at beside it.

import { afterEach, expect } from 'vitest';
import type { Ipv4, Mac } from '../src/base/address.js';
import { formatDuration, MINUTE, NEVER, type Time } from '../src/base/time.js';
import type { Station, StationKind } from '../src/device/station.js';
import type { Tap } from '../src/device/tap.js';
import type { LinkOptions } from '../src/net/link.js';
import { type Pins, World, type WorldOptions } from '../src/net/world.js';
import type { NetworkInterface } from '../src/stack/network-interface.js';
import type { DropReason } from '../src/trace/drop-reasons.js';
import type { EventKind, TraceEvent } from '../src/trace/events.js';
import { ARP_REPLY, ARP_REQUEST, arp } from '../src/wire/arp.js';
import { dissect } from '../src/wire/dissect.js';
import { ethernet } from '../src/wire/ethernet.js';
import { ETHERTYPE } from '../src/wire/iana.js';
import { differences, problemsOf, type Wanted } from './frame-check.js';
import { FrameMaker, ip, viewOf } from './frame-maker.js';
import { headerOf, join } from './frames.js';

export { differences, expectBytes, expectFrame, fieldsOf, problemsOf, type Wanted } from './frame-check.js';
export {
  FrameMaker,
  type IpValues,
  ip,
  mac,
  patched,
  pattern,
  prefix,
  viewOf,
  withIpChecksum,
} from './frame-maker.js';

// ---- worlds ----

let worlds: World[] = [];

/** A world that must hold no frame once it is at rest, see {@link expectNoLeaks}. */
export function newWorld(options: WorldOptions = {}): World {
  const world = new World(options);
  worlds.push(world);
  return world;
}

/** To be called once by every test file: no test may end with a frame that nobody owns. */
export function expectNoLeaks(): void {
  afterEach(() => {
    const ended = worlds;
    worlds = [];
    for (const world of ended) {
      world.runToRest(30 * MINUTE);
      expect(world.frames.liveCount, 'frames that nobody released').toBe(0);
    }
  });
}

/** A card at the far end of a cable: keeps every frame it gets, and answers ARP for the addresses it is given. */
export class Peer {
  readonly tap: Tap;
  readonly port: NetworkInterface;
  /** Frames not yet taken, oldest first. */
  readonly received: { readonly time: Time; readonly bytes: Uint8Array }[] = [];
  /** Addresses this peer says are its own. */
  readonly addresses = new Set<Ipv4>();

  constructor(world: World, name: string, far?: NetworkInterface, options: LinkOptions = {}) {
    this.tap = world.addTap(name);
    this.port = world.addInterface(this.tap, 'eth0');
    if (far !== undefined) world.connect(this.port, far, options);
    this.tap.onFrame = (bytes) => {
      if (!this.answer(bytes)) this.received.push({ time: world.now, bytes });
    };
  }

  get mac(): Mac {
    return this.port.mac;
  }

  send(bytes: Uint8Array): void {
    this.tap.send(bytes);
  }

  /** The oldest frame not yet taken. @throws Error when there is none */
  take(): Uint8Array {
    const next = this.received.shift();
    if (next === undefined) throw new Error(`${this.tap.context.name} has got no frame`);
    return next.bytes;
  }

  /** All frames not yet taken. */
  takeAll(): Uint8Array[] {
    return this.received.splice(0).map(({ bytes }) => bytes);
  }

  private answer(bytes: Uint8Array): boolean {
    if (this.addresses.size === 0 || viewOf(bytes).getUint16(12) !== ETHERTYPE.arp) return false;
    const asked = arp.read(viewOf(bytes), 14);
    if (asked.operation !== ARP_REQUEST || !this.addresses.has(asked.targetIp)) return false;
    const reply = {
      ...asked,
      operation: ARP_REPLY,
      senderMac: this.mac,
      senderIp: asked.targetIp,
      targetMac: asked.senderMac,
      targetIp: asked.senderIp,
    };
    const header = { destination: asked.senderMac, source: this.mac, etherType: ETHERTYPE.arp };
    this.send(join(headerOf(ethernet, header), headerOf(arp, reply)));
    return true;
  }
}

/** One port of a {@link bench}: the station's address in CIDR notation and that of the peer at the cable's other end. */
export interface BenchPort extends LinkOptions {
  readonly address: string;
  readonly peer: string;
  /** The peer answers ARP for its address; otherwise only the station's table knows it. Default false. */
  readonly asks?: boolean;
}

export interface Bench<Name extends string> {
  readonly world: World;
  readonly station: Station;
  readonly port: Readonly<Record<Name, NetworkInterface>>;
  readonly peer: Readonly<Record<Name, Peer>>;
  /** Frames from the peer to the station. */
  readonly from: Readonly<Record<Name, FrameMaker>>;
}

/** One station on the bench, a peer at each of its ports; it knows the peers' MAC addresses unless it is to ask. */
export function bench<Name extends string>(
  kind: StationKind,
  ports: Readonly<Record<Name, BenchPort>>,
  options: WorldOptions & { pins?: Pins } = {},
): Bench<Name> {
  const world = newWorld(options);
  const station = world.addStation('station', kind, options.pins);
  const port = {} as Record<Name, NetworkInterface>;
  const peer = {} as Record<Name, Peer>;
  const from = {} as Record<Name, FrameMaker>;
  for (const name of Object.keys(ports) as Name[]) {
    const { address, peer: far, asks } = ports[name];
    const own = world.addInterface(station, name, { address });
    const other = new Peer(world, `peer-${name}`, own, ports[name] as LinkOptions);
    if (asks) other.addresses.add(ip(far));
    else station.stack.ipv4.neighborsOf(own).addPermanent(ip(far), other.mac);
    port[name] = own;
    peer[name] = other;
    from[name] = new FrameMaker(
      { mac: other.mac, ip: ip(far) },
      { mac: own.mac, ip: ip(address.replace(/\/.*/, '')) },
    );
  }
  return { world, station, port, peer, from };
}

/** What a host on 192.0.2.0/24 and its peer have. */
export const HOST = { address: '192.0.2.1/24', peer: '192.0.2.2' } as const;

/** A router between 192.0.2.0/24 and 198.51.100.0/24. */
export const LEFT = HOST;
export const RIGHT = { address: '198.51.100.1/24', peer: '198.51.100.2' } as const;

// ---- the trace ----

export function eventsOf<Kind extends EventKind>(
  world: World,
  kind: Kind,
): Extract<TraceEvent, { kind: Kind }>[] {
  const events = [...world.trace().events()];
  return events.filter((event): event is Extract<TraceEvent, { kind: Kind }> => event.kind === kind);
}

/** The reasons of everything that died, in order. */
export function dropsIn(world: World): DropReason[] {
  return [...world.trace().events()].flatMap((event) =>
    (event.kind === 'decided' || event.kind === 'frame-lost') && event.reason !== undefined
      ? [event.reason]
      : [],
  );
}

// ---- scripts ----

/** A script of timed steps, each with a sentence; the times count from its beginning. */
export function steps(world: World, peer: Peer): Script {
  return new Script(world, peer);
}

export class Script {
  private readonly world: World;
  private readonly peer: Peer;
  private readonly start: Time;
  private readonly told: string[] = [];

  constructor(world: World, peer: Peer) {
    this.world = world;
    this.peer = peer;
    this.start = world.now;
  }

  /** Lets time pass until `time`, then does something. */
  at(time: Time, sentence: string, act: () => void = () => {}): this {
    const until = this.start + time;
    if (until < this.world.now) throw new RangeError(`step "${sentence}" lies in the past`);
    this.world.advance(until - this.world.now);
    this.tell('✓', sentence);
    act();
    return this;
  }

  /** The peer has got a frame by now, the oldest not yet looked at, and it is as wanted and sound. */
  gets(sentence: string, wanted: Wanted | Uint8Array = {}): this {
    this.world.advance(0);
    const next = this.peer.received.shift();
    if (next === undefined) this.fail(sentence, ['  no frame came']);
    else {
      const wrong = [
        ...differences(next.bytes, wanted),
        ...problemsOf(next.bytes).map((text) => `  ${text}`),
      ];
      if (wrong.length > 0) this.fail(sentence, wrong);
    }
    this.tell('✓', sentence);
    return this;
  }

  /** The peer has got nothing more. */
  getsNothing(sentence: string): this {
    this.world.advance(0);
    const next = this.peer.received[0];
    if (next !== undefined) {
      const layers = dissect(next.bytes).layers.map(({ summary }) => `  ${summary}`);
      this.fail(sentence, ['  a frame came:', ...layers]);
    }
    this.tell('✓', sentence);
    return this;
  }

  /** Something else is true. */
  holds(sentence: string, check: () => void): this {
    this.world.advance(0);
    try {
      check();
    } catch (problem) {
      this.fail(sentence, [String(problem)]);
    }
    this.tell('✓', sentence);
    return this;
  }

  private tell(mark: string, sentence: string): void {
    const time = this.world.now - this.start;
    this.told.push(`${mark} ${time === NEVER ? '' : formatDuration(time).padStart(10)}  ${sentence}`);
  }

  private fail(sentence: string, wrong: readonly string[]): never {
    this.tell('✗', sentence);
    throw new Error(`\n${this.told.join('\n')}\n${wrong.join('\n')}`);
  }
}
