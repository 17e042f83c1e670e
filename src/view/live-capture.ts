// A capture of a run that goes on: the same file as of a run that is over, in pieces that can be read as they come.
// Reading list: draft-ietf-opsawg-pcapng §4.

import type { Time } from '../base/time.js';
import type { TraceEvent, WorldDescription } from '../trace/events.js';
import type { WindowFrame } from '../trace/window.js';
import { writeNames, writePacket, writePcapng } from '../wire/pcapng-writer.js';
import {
  chosenInterfaces,
  type FrameSighting,
  interfaceContent,
  namesOf,
  packetContent,
  sectionContent,
} from './pcapng.js';

export interface LiveCaptureOptions {
  /** The places to look from, as `node:port`; every interface of the lab unless given. */
  readonly interfaces?: readonly string[];
  /** The program that writes the file, with its version. */
  readonly application?: string;
}

export class LiveCapture {
  /** Packets so far. */
  count = 0;
  private readonly world: WorldDescription;
  private readonly options: LiveCaptureOptions;
  private readonly chosen: readonly number[];
  private readonly places: ReadonlyMap<number, number>;
  private readonly received: number[];
  private started: Time = 0;

  /** @throws RangeError for an interface that the lab does not have */
  constructor(world: WorldDescription, options: LiveCaptureOptions = {}) {
    this.world = world;
    this.options = options;
    this.chosen = chosenInterfaces(world, options.interfaces);
    this.places = new Map(this.chosen.map((id, place) => [id, place]));
    this.received = this.chosen.map(() => 0);
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

  /** Is this a frame that is seen here? */
  sees(event: TraceEvent): event is FrameSighting {
    return (
      (event.kind === 'frame-sent' || event.kind === 'frame-arrived') && this.places.has(event.interface)
    );
  }

  /** A frame that is seen here, and what is said of it. */
  packet(event: FrameSighting, frame: WindowFrame, comments?: readonly string[]): Uint8Array {
    const place = this.places.get(event.interface) as number;
    this.count++;
    this.received[place] = (this.received[place] ?? 0) + 1;
    return writePacket(packetContent(event, place, frame, comments), this.epochNs);
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

  private get epochNs(): bigint {
    return BigInt(this.world.epoch) * 1_000_000_000n;
  }
}
