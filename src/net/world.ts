// The world: it owns the engine, the frame store, the recorder, the devices and the links between them.

import { formatIpv4, formatMac, type Mac, parseCidr, parseMac } from '../base/address.js';
import { FrameStore } from '../base/frame-store.js';
import { Random } from '../base/random.js';
import { RingStore } from '../base/ring-store.js';
import { NEVER, type Time } from '../base/time.js';
import type { Timer, TimerOwner } from '../base/timer.js';
import { Station, type StationKind } from '../device/station.js';
import { Switch } from '../device/switch.js';
import { Tap } from '../device/tap.js';
import { Engine, type TimerObserver } from '../engine/engine.js';
import type { Context, PinName } from '../stack/context.js';
import { NetworkInterface } from '../stack/network-interface.js';
import type { WorldDescription } from '../trace/events.js';
import { Recorder } from '../trace/recorder.js';
import type { RecordLevel, Trace } from '../trace/trace.js';
import { Link, type LinkOptions } from './link.js';

export type Device = Station | Switch | Tap;

export interface WorldOptions {
  /** Shown by views. */
  readonly name?: string;
  /** Same seed, same run. Default 1. */
  readonly seed?: number;
  /** What is kept of the run. Default `bytes`. */
  readonly record?: RecordLevel;
  /** The wall clock at simulated time 0, in seconds since 1970-01-01 UTC. Default 2026-01-01 00:00:00. */
  readonly epoch?: number;
}

/** Values a lab fixes for one node, each list used in order. */
export type Pins = Readonly<Partial<Record<PinName, readonly number[]>>>;

/** A node as the world keeps it. */
export interface WorldNode {
  readonly name: string;
  readonly device: Device;
  /** How people call it in sentences. */
  label: string | undefined;
}

/** Of a node whose values are all drawn. */
const NO_PINS: Pins = {};

/** 2026-01-01 00:00:00 UTC. */
const DEFAULT_EPOCH = 1767225600;

export class World implements TimerObserver {
  readonly name: string;
  readonly seed: number;
  readonly epoch: number;
  readonly engine: Engine;
  readonly recorder: Recorder;
  readonly frames = new FrameStore();
  readonly rings = new RingStore();
  readonly random: Random;
  readonly links: Link[] = [];

  private readonly byName = new Map<string, WorldNode>();
  private readonly nodeList: WorldNode[] = [];
  private readonly interfaces: NetworkInterface[] = [];
  private readonly interfaceByName = new Map<string, NetworkInterface>();

  constructor(options: WorldOptions = {}) {
    this.name = options.name ?? 'world';
    this.seed = options.seed ?? 1;
    this.epoch = options.epoch ?? DEFAULT_EPOCH;
    this.random = new Random(this.seed);
    this.engine = new Engine(this);
    this.recorder = new Recorder(options.record ?? 'bytes', this.engine);
  }

  // ---- building ----

  addHost(name: string, pins = NO_PINS): Station {
    return this.addStation(name, 'host', pins);
  }

  addRouter(name: string, pins = NO_PINS): Station {
    return this.addStation(name, 'router', pins);
  }

  addSwitch(name: string): Switch {
    return this.add(name, NO_PINS, (context) => new Switch(context));
  }

  /** A card without a computer behind it: raw frames in and out. */
  addTap(name: string): Tap {
    return this.add(name, NO_PINS, (context) => new Tap(context));
  }

  /** @throws RangeError when the name is taken */
  addStation(name: string, kind: StationKind, pins = NO_PINS): Station {
    return this.add(name, pins, (context) => new Station(context, kind));
  }

  /**
   * Adds an interface to a node.
   * @param options `mac` as text or number, otherwise one is made up; `address` in CIDR notation, such as `192.0.2.1/24`
   * @throws RangeError when an address is malformed or the name is taken
   */
  addInterface(
    device: Device,
    name: string,
    options: { mac?: string | Mac; address?: string } = {},
  ): NetworkInterface {
    const fullName = `${device.context.name}:${name}`;
    if (this.interfaceByName.has(fullName)) throw new RangeError(`there is an interface ${fullName} already`);
    const id = this.interfaces.length;
    const mac = typeof options.mac === 'string' ? parseMac(options.mac) : (options.mac ?? madeUpMac(id));
    if (mac === undefined)
      throw new RangeError(`${options.mac} is no MAC address; write it as 02:00:00:00:00:01`);
    const cidr = options.address === undefined ? undefined : parseCidr(options.address);
    if (options.address !== undefined && (cidr === undefined || !(device instanceof Station))) {
      throw new RangeError(
        `${options.address} is no address with prefix length for ${fullName}; write it as 192.0.2.1/24`,
      );
    }
    const receiver = device instanceof Station ? device.stack : device;
    const port = new NetworkInterface(device.context, id, device.ports.length, name, mac, receiver);
    this.interfaces.push(port);
    this.interfaceByName.set(fullName, port);
    this.recorder.addInterface(device.context.node);
    device.addPort(port);
    if (device instanceof Station && cidr !== undefined)
      device.configure(port, cidr.address, cidr.prefix.length);
    return port;
  }

  /** Plugs a cable into two interfaces. @throws RangeError when one of them has a cable already */
  connect(a: NetworkInterface, b: NetworkInterface, options: LinkOptions = {}): Link {
    for (const port of [a, b]) {
      if (port.cable !== null) throw new RangeError(`${port.context.name}:${port.name} has a cable already`);
    }
    const random = this.random.split(`link ${this.links.length}`);
    const link = new Link(this, a, b, options, random);
    this.links.push(link);
    return link;
  }

  // ---- finding ----

  get nodes(): readonly WorldNode[] {
    return this.nodeList;
  }

  node(name: string): WorldNode | undefined {
    return this.byName.get(name);
  }

  /** The station with this name. @throws RangeError when there is none */
  station(name: string): Station {
    const device = this.byName.get(name)?.device;
    if (!(device instanceof Station)) throw new RangeError(`there is no host or router named ${name}`);
    return device;
  }

  /** An interface by `node:name`. @throws RangeError when there is none */
  interface(name: string): NetworkInterface {
    const found = this.interfaceByName.get(name);
    if (found === undefined) throw new RangeError(`there is no interface ${name}`);
    return found;
  }

  // ---- running ----

  /** Simulated time, in ns. */
  get now(): Time {
    return this.engine.now;
  }

  /** Handles everything that happens in the next `duration` ns and moves the clock there. */
  advance(duration: Time): void {
    this.engine.runUntil(this.engine.now + duration);
    this.recorder.cause = -1;
  }

  /**
   * Runs until nothing is under way any more: no frame on a link, no protocol timer. Table ageing does not count.
   * Returns false when `limit` ns of simulated time were not enough.
   */
  runToRest(limit: Time = NEVER): boolean {
    const until = limit === NEVER ? NEVER : this.engine.now + limit;
    const rest = this.engine.runToRest(until);
    this.recorder.cause = -1;
    return rest;
  }

  /** A frame comes in at an interface as if its cable had brought it: all bytes from the destination MAC on, no FCS. */
  inject(port: NetworkInterface, bytes: Uint8Array): void {
    const frame = this.frames.takeWith(bytes);
    const { recorder } = this;
    const cause = recorder.cause;
    if (recorder.on) recorder.snapshot(frame);
    port.arrive(frame);
    recorder.cause = cause;
  }

  /** The run so far, for views. */
  trace(): Trace {
    return this.recorder.trace(this.describe());
  }

  describe(): WorldDescription {
    return {
      name: this.name,
      seed: this.seed,
      epoch: this.epoch,
      nodes: this.nodeList.map(({ name, device, label }) => ({
        name,
        kind: device.kind,
        interfaces: device.ports.map((port) => port.id),
        ...(label === undefined ? {} : { label }),
      })),
      interfaces: this.interfaces.map((port) => ({
        node: port.context.node,
        name: port.name,
        mac: formatMac(port.mac),
        ...(port.prefix === null ? {} : { address: `${formatIpv4(port.address)}/${port.prefix.length}` }),
      })),
      links: this.links.map((link) => ({
        ends: [link.a.id, link.b.id],
        delay: link.options.delay ?? 0,
        rate: link.options.rate ?? 0,
        mtu: link.options.mtu ?? link.a.mtu,
      })),
    };
  }

  /** A timer keeps the event it is due to, so that what it leads to can be traced back. @internal */
  timerArmed(timer: Timer, background: boolean): void {
    const { recorder } = this;
    if (!recorder.on) return;
    timer.cause = background ? recorder.cause : recorder.timerSet(timer.where, timer.name, timer.at);
  }

  /** @internal */
  timerFires(timer: Timer): void {
    const { recorder } = this;
    if (!recorder.on) return;
    recorder.cause = recorder.timerFired(timer.where, timer.name, timer.cause);
  }

  private add<D extends Device>(name: string, pins: Pins, make: (context: Context) => D): D {
    if (this.byName.has(name)) throw new RangeError(`there is a node named ${name} already`);
    const device = make(new NodeContext(this, this.nodeList.length, name, pins));
    const node = { name, device, label: undefined };
    this.byName.set(name, node);
    this.nodeList.push(node);
    return device;
  }
}

class NodeContext implements Context {
  readonly node: number;
  readonly name: string;
  readonly clock: Engine;
  readonly epoch: number;
  readonly recorder: Recorder;
  readonly frames: FrameStore;
  readonly rings: RingStore;
  private readonly world: World;
  private ownRandom: Random | undefined;
  private readonly pins: Pins;
  private pinsTaken: Partial<Record<PinName, number>> | undefined;

  constructor(world: World, node: number, name: string, pins: Pins) {
    this.world = world;
    this.node = node;
    this.name = name;
    this.clock = world.engine;
    this.epoch = world.epoch;
    this.recorder = world.recorder;
    this.frames = world.frames;
    this.rings = world.rings;
    this.pins = pins;
  }

  get random(): Random {
    this.ownRandom ??= this.world.random.split(this.name);
    return this.ownRandom;
  }

  timer(owner: TimerOwner, name: string, background = false): Timer {
    return this.world.engine.timer(owner, name, background, ~this.node);
  }

  takePin(name: PinName): number | undefined {
    // Most nodes have none, and every packet asks.
    if (this.pins === NO_PINS) return undefined;
    const values = this.pins[name];
    if (values === undefined) return undefined;
    this.pinsTaken ??= {};
    const taken = this.pinsTaken[name] ?? 0;
    this.pinsTaken[name] = taken + 1;
    return values[taken];
  }
}

/** A locally administered address that no other interface of the world has. */
function madeUpMac(id: number): Mac {
  return 0x020000000000 + id + 1;
}
