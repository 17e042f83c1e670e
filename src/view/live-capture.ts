// A capture of a run that goes on: the same file as of a run that is over, in pieces that can be read as they come.
// Reading list: draft-ietf-opsawg-pcapng §4.

import type { Time } from '../base/time.js';
import type { TraceEvent, WorldDescription } from '../trace/events.js';
import type { WindowFrame } from '../trace/window.js';
import { writeNames, writePacket, writePcapng } from '../wire/pcapng-writer.js';
import {
  chosenInterfaces,
  interfaceContent,
  namesOf,
  packetContent,
  type SightingPlace,
  sectionContent,
} from './pcapng.js';

export interface LiveCaptureOptions {
  /** The places to look from, as `node:port`; every interface of the lab unless given. */
  readonly interfaces?: readonly string[];
  /** The program that writes the file, with its version. */
  readonly application?: string;
}

/** Bytes: of the memory, and what most blocks need of it. */
const ROOM = 1 << 18;
const LEAST_ROOM = 1 << 11;

export class LiveCapture {
  /** Packets so far. */
  count = 0;
  private readonly world: WorldDescription;
  private readonly epochNs: bigint;
  private readonly options: LiveCaptureOptions;
  private readonly chosen: readonly number[];
  private readonly places: ReadonlyMap<number, number>;
  private readonly received: number[];
  /** Memory for many blocks: to find it for each of them takes longer than to write it. */
  private room = new Uint8Array(0);
  private started: Time = 0;

  /** @throws RangeError for an interface that the lab does not have */
  constructor(world: WorldDescription, options: LiveCaptureOptions = {}) {
    this.world = world;
    this.options = options;
    this.chosen = chosenInterfaces(world, options.interfaces);
    this.places = new Map(this.chosen.map((id, place) => [id, place]));
    this.received = this.chosen.map(() => 0);
    this.epochNs = BigInt(world.epoch) * 1_000_000_000n;
  }

  /** What stands before all packets. */
  start(now: Time): Uint8Array[] {
    this.started = now;
    const { world, chosen } = this;
    const section = sectionContent(world, this.options.application);
    const interfaces = chosen.map((id) => interfaceContent(world, id, false));
    return [
      ...writePcapng({ section, interfaces, names: namesOf(world, []), epochNs: this.epochNs, packets: [] }),
    ];
  }

  /** Ids of the interfaces at which frames are seen. */
  get interfaces(): readonly number[] {
    return this.chosen;
  }

  /** A frame that is seen here, and what is said of it. */
  packet(event: SightingPlace, frame: WindowFrame, comments?: readonly string[]): Uint8Array {
    const place = this.places.get(event.interface) as number;
    this.count++;
    this.received[place] = (this.received[place] ?? 0) + 1;
    if (this.room.length < LEAST_ROOM) this.room = new Uint8Array(ROOM);
    const block = writePacket(packetContent(event, place, frame, comments), this.epochNs, this.room);
    if (block.buffer === this.room.buffer) this.room = this.room.subarray(block.length);
    return block;
  }

  /** Names that were found meanwhile; undefined when there are none. */
  names(events: Iterable<TraceEvent>): Uint8Array | undefined {
    const found = namesOf({ ...this.world, interfaces: [] }, events);
    return found.length === 0 ? undefined : writeNames(found);
  }

  /** What stands behind all packets. @param dropped frames that did not get here, by the id of the interface */
  end(now: Time, dropped: readonly number[] = []): Uint8Array[] {
    const statistics = this.chosen.map((id, place) => ({
      interface: place,
      startTime: this.started,
      endTime: now,
      received: (this.received[place] ?? 0) + (dropped[id] ?? 0),
      dropped: dropped[id] ?? 0,
    }));
    const empty = { section: {}, interfaces: [], epochNs: this.epochNs, packets: [] };
    // The section began long ago.
    return [...writePcapng({ ...empty, statistics })].slice(1);
  }
}
