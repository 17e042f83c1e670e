// What stands on a cable: the name and address of the interface at each end, delay and rate in the middle.

import type { LinkDescription, WorldDescription } from '../../trace/events.js';
import { linkText } from '../graph.js';
import { fitText, textWidth } from './text-width.js';

/** Size of the letters on a cable, in px. */
export const CABLE_FONT = 10.5;
/** From one line of text on a cable to the next, in px. */
export const CABLE_LINE = 13;
/** A line on a cable is cut where it would be wider, in px. */
const WIDEST_LINE = 150;

/** The lines of an interface: its name, and its address if it has one. */
export function endTexts(world: WorldDescription, interfaceId: number): readonly string[] {
  const { name, address } = world.interfaces[interfaceId];
  return (address === undefined ? [name] : [name, address]).map(cut);
}

/**
 * The lines at one end where many cables leave a node at one point: there is no room for a name at that point, so it
 * stands at the other end, behind the name of the interface there: `eth0 – p7`.
 */
export function joinedTexts(world: WorldDescription, here: number, there: number): readonly string[] {
  const [name, ...address] = endTexts(world, here);
  return [cut(`${name} – ${world.interfaces[there].name}`), ...address];
}

/** Delay and rate, or nothing. */
export function middleText(link: LinkDescription): string {
  return cut(linkText(link));
}

/** Width of the widest line, in px. */
export function widthOf(lines: readonly string[]): number {
  return Math.ceil(lines.reduce((widest, line) => Math.max(widest, textWidth(line, CABLE_FONT)), 0));
}

function cut(text: string): string {
  return fitText(text, CABLE_FONT, WIDEST_LINE);
}
