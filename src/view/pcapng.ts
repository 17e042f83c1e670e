// A run as a capture that Wireshark opens: one named interface per port, nanoseconds, directions, one id for the same
// packet at several places, the names of the lab, and our explanation as packet comments.
// Reading list: draft-ietf-opsawg-pcapng §4.

import { maskOf, parseCidr, parseIpv4, parseMac } from '../base/address.js';
import type { TraceEvent, WorldDescription } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { FCS_LENGTH, frameCheckSequence } from '../wire/ethernet.js';
import {
  type InterfaceContent,
  type NameContent,
  type PacketContent,
  type SectionContent,
  type StatisticsContent,
  writePcapng,
} from '../wire/pcapng-writer.js';
import { interfaceName } from './interface-name.js';

/** What goes into the capture, and what is said in it. */
export interface TracePcapngOptions {
  /** The places to look from, as `node:port`; every interface of the lab unless given. */
  readonly interfaces?: readonly string[];
  /** Sentences for packets, by the seq of their `frame-sent` or `frame-arrived` event. */
  readonly comments?: ReadonlyMap<number, readonly string[]>;
  /** Appends the frame check sequence to every frame. Default false, as real captures have it. */
  readonly fcs?: boolean;
  /** The program that writes the file, with its version. */
  readonly application?: string;
}

/** A frame at an interface: handed to the link there, or come in. */
export type FrameSighting = Extract<TraceEvent, { readonly kind: 'frame-sent' | 'frame-arrived' }>;

/** Where, when and which way that was. */
export type SightingPlace = Pick<FrameSighting, 'kind' | 'interface' | 'time'>;

/**
 * The capture of a run, block by block; joined they are the file. A frame stands there once per chosen interface it
 * passes: outbound where it is handed to the link, inbound where it arrives.
 *
 * @throws RangeError for an interface that the lab does not have, and for a run recorded without bytes
 */
export function tracePcapng(trace: Trace, options: TracePcapngOptions = {}): Uint8Array[] {
  if (trace.level !== 'bytes') {
    throw new RangeError(
      `a capture needs the bytes of the frames, but the run was recorded at level '${trace.level}'`,
    );
  }
  const { world } = trace;
  const chosen = chosenInterfaces(world, options.interfaces);
  const place = new Map(chosen.map((id, index) => [id, index]));
  const sightings = [...frameSightings(trace, place)];
  const fcs = options.fcs ?? false;
  return [
    ...writePcapng({
      section: sectionContent(world, options.application),
      interfaces: chosen.map((id) => interfaceContent(world, id, fcs)),
      names: namesOf(world, trace.events()),
      epochNs: BigInt(world.epoch) * 1_000_000_000n,
      packets: sightings.map((event) =>
        packetContent(
          event,
          place.get(event.interface) as number,
          {
            bytes: fcs ? withFcs(trace, event) : trace.frameBytes(event.frame),
            packetId: trace.packetId(event.frame),
          },
          options.comments?.get(event.seq),
        ),
      ),
      statistics: chosen.map((id, index) => statisticsContent(trace, sightings, id, index)),
    }),
  ];
}

/** Frames handed to a link or arrived, at the interfaces that are keys of `places`, in order. */
export function* frameSightings(
  trace: Trace,
  places: { has(interfaceId: number): boolean },
): Generator<FrameSighting> {
  for (const event of trace.events()) {
    if ((event.kind === 'frame-sent' || event.kind === 'frame-arrived') && places.has(event.interface))
      yield event;
  }
}

/** What a capture of this world says about itself. */
export function sectionContent(world: WorldDescription, application = 'wirewalk'): SectionContent {
  return {
    comments: [
      `${world.name}, seed ${world.seed}: a simulated network. No such packet was ever on a real wire.`,
    ],
    application,
  };
}

/** A frame at the interface with this place in the file. */
export function packetContent(
  event: SightingPlace,
  place: number,
  { bytes, packetId }: { readonly bytes: Uint8Array; readonly packetId: number },
  comments: readonly string[] | undefined,
): PacketContent {
  return {
    interface: place,
    time: event.time,
    bytes,
    direction: event.kind === 'frame-sent' ? 'outbound' : 'inbound',
    packetId,
    ...(comments === undefined ? {} : { comments }),
  };
}

/** Ids in the order of the world, each once. @throws RangeError for an interface that the lab does not have */
export function chosenInterfaces(world: WorldDescription, names: readonly string[] | undefined): number[] {
  const all = world.interfaces.map((_, id) => id);
  if (names === undefined) return all;
  const ids = new Map(all.map((id) => [interfaceName(world, id), id]));
  const chosen = new Set<number>();
  for (const name of names) {
    const id = ids.get(name);
    if (id === undefined) throw new RangeError(`there is no interface ${name}`);
    chosen.add(id);
  }
  return all.filter((id) => chosen.has(id));
}

export function interfaceContent(world: WorldDescription, id: number, fcs: boolean): InterfaceContent {
  const { node, mac, address } = world.interfaces[id];
  const { kind, label } = world.nodes[node];
  const link = world.links.find(({ ends }) => ends.includes(id));
  const other = link?.ends.find((end) => end !== id);
  const who = label === undefined ? kind : `${label} (${kind})`;
  const cidr = address === undefined ? undefined : parseCidr(address);
  return {
    name: interfaceName(world, id),
    description: other === undefined ? `${who}, no cable` : `${who}, cable to ${interfaceName(world, other)}`,
    ...(link === undefined || link.rate === 0 ? {} : { speed: link.rate }),
    mac: parseMac(mac) as number,
    ...(cidr === undefined ? {} : { ipv4: [{ address: cidr.address, mask: maskOf(cidr.prefix.length) }] }),
    ...(fcs ? { fcsLength: FCS_LENGTH } : {}),
  };
}

/** The frame with the FCS its sender gave it: what the link damaged on the way no longer fits. */
function withFcs(trace: Trace, event: FrameSighting): Uint8Array {
  const frame = trace.frameBytes(event.frame);
  const cause = event.kind === 'frame-arrived' && event.cause >= 0 ? trace.event(event.cause) : undefined;
  const sent = cause?.kind === 'frame-sent' ? trace.frameBytes(cause.frame) : frame;
  const whole = new Uint8Array(frame.length + FCS_LENGTH);
  whole.set(frame);
  new DataView(whole.buffer).setUint32(frame.length, frameCheckSequence(sent), true);
  return whole;
}

/** What the addresses of the lab are called: DNS names that were found, then the node, whose name Wireshark shows. */
export function namesOf(world: WorldDescription, events: Iterable<TraceEvent>): NameContent[] {
  const names = new Map<number, Set<string>>();
  const add = (address: number, name: string): void => {
    const there = names.get(address);
    if (there === undefined) names.set(address, new Set([name]));
    else there.add(name);
  };
  for (const event of events) {
    if (event.kind !== 'app' || event.name !== 'resolver.answer') continue;
    for (const part of String(event.data.data).split(', ')) {
      const address = parseIpv4(part);
      if (address !== undefined) add(address, String(event.data.name).replace(/(?<=.)\.$/, ''));
    }
  }
  for (const { node, address } of world.interfaces) {
    const cidr = address === undefined ? undefined : parseCidr(address);
    if (cidr !== undefined) add(cidr.address, world.nodes[node].name);
  }
  return [...names].map(([address, ofAddress]) => ({ address, names: [...ofAddress] }));
}

/** Every frame of the interface is in the file, so none counts as dropped. */
function statisticsContent(
  trace: Trace,
  sightings: readonly FrameSighting[],
  id: number,
  index: number,
): StatisticsContent {
  return {
    interface: index,
    startTime: 0,
    endTime: trace.length === 0 ? 0 : trace.event(trace.length - 1).time,
    received: sightings.filter((event) => event.interface === id).length,
    dropped: 0,
  };
}
