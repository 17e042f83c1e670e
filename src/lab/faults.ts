// Faults of a lab: what happens to single frames on a link, and cables that are pulled at a given time.

import type { Fault, Link } from '../net/link.js';
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
    const judge = frameFault(fault);
    for (const direction of [link.forth, link.back]) {
      if (fault.from === undefined || direction.from.context.name === fault.from)
        direction.faults.push(judge);
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

/** Counts the frames that fit, in both directions together. */
function frameFault({ match, nth, do: verdict }: FrameFault): Fault {
  let seen = 0;
  return (frame) => {
    if (match !== undefined && !match.matches(dissect(frame.bytes()))) return 'pass';
    seen++;
    return nth === undefined || nth === seen ? verdict : 'pass';
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
