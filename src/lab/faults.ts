// Faults of a lab: what happens to single frames on a link, and cables that are pulled at a given time.

import type { Frame } from '../base/frame-store.js';
import { NEVER } from '../base/time.js';
import type { Link } from '../net/link.js';
import type { World } from '../net/world.js';
import { dissect } from '../wire/dissect.js';
import type { Lab } from './read-lab.js';
import type { EndpointName } from './scalars.js';
import type { LabFault } from './schema.js';

type FrameFault = Exclude<LabFault, { at: number }>;
type CableFault = Extract<LabFault, { at: number }>;

/** Puts the faults that look at frames onto their links. */
export function plantFaults(world: World, lab: Lab): void {
  for (const fault of lab.faults) {
    if ('at' in fault) continue;
    const link = linkBetween(world, fault.link);
    const isMeant = chosenFrames(world, fault);
    const { do: verdict } = fault;
    for (const direction of [link.forth, link.back]) {
      if (fault.from !== undefined && direction.from.context.name !== fault.from) continue;
      if (verdict === 'mark') direction.addMarker(isMeant);
      else direction.faults.push((frame) => (isMeant(frame) ? verdict : 'pass'));
    }
  }
}

/** The faults that pull or plug cables, in the order of their times. */
export function cableFaults(world: World, lab: Lab): { readonly at: number; apply(): void }[] {
  return lab.faults
    .filter((fault): fault is CableFault => 'at' in fault)
    .sort((a, b) => a.at - b.at)
    .map((fault) => {
      const link = linkBetween(world, fault.link);
      return {
        at: fault.at,
        apply: () => {
          link.up = fault.do === 'up';
        },
      };
    });
}

/** Does the fault mean this frame? It counts those that fit, in both directions together. */
function chosenFrames(world: World, { match, nth, after, until }: FrameFault): (frame: Frame) => boolean {
  const wanted = nth === undefined ? undefined : new Set(nth);
  let seen = 0;
  return (frame) => {
    const { now } = world;
    if (now < (after ?? 0) || now >= (until ?? NEVER)) return false;
    if (match !== undefined && !match.matches(dissect(frame.bytes()))) return false;
    seen++;
    return wanted === undefined || wanted.has(seen);
  };
}

function linkBetween(world: World, [a, b]: readonly [EndpointName, EndpointName]): Link {
  const one = world.interface(`${a.node}:${a.port}`);
  const other = world.interface(`${b.node}:${b.port}`);
  const link = world.links.find(
    (candidate) =>
      (candidate.a === one && candidate.b === other) || (candidate.a === other && candidate.b === one),
  );
  if (link === undefined)
    throw new RangeError(`no link connects ${a.node}:${a.port} and ${b.node}:${b.port}`);
  return link;
}
