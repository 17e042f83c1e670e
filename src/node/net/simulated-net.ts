// A simulated network for programs of Node: sockets of its hosts as Node's programs know them. Simulated time goes on
// while they have nothing to do, and stands still while they act.

import { Turns } from '../../adapter/turns.js';
import type { Station } from '../../device/station.js';
import type { World } from '../../net/world.js';
import { HostNet } from './host-net.js';

export class SimulatedNet {
  readonly world: World;
  readonly turns: Turns;
  private readonly hosts = new Map<Station, HostNet>();

  constructor(world: World) {
    this.world = world;
    this.turns = new Turns(world, setImmediate, isReadingFiles);
  }

  /**
   * What `node:net` is to a machine, for a host or router of the world.
   * @throws RangeError when there is none of that name
   */
  host(name: string): HostNet {
    const station = this.world.station(name);
    const known = this.hosts.get(station);
    if (known !== undefined) return known;
    const host = new HostNet(this.turns, station);
    this.hosts.set(station, host);
    return host;
  }

  /** Settled when nothing that concerns a program is under way any more, see {@link Turns.rest}. */
  rest(): Promise<void> {
    return this.turns.rest();
  }

  /** Simulated time stands still until this promise is settled: for what a program waits for outside the world. */
  hold<Result>(work: PromiseLike<Result>): Promise<Result> {
    return this.turns.hold(work);
  }
}

/** One for each world; `turns` of what it returns is for `wirewalk/streams`. @throws Error when the world has one already */
export function simulatedNet(world: World): SimulatedNet {
  return new SimulatedNet(world);
}

/** Time stands still while Node reads or writes files: how long that takes must not be seen. */
function isReadingFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(?:FSReq|CloseReq)/.test(name));
}
