// What a ladder shows, in words.

import { formatDuration } from 'wirewalk';
import type { ShownFrames } from '../packets/shown-frames.js';
import type { HeldRun } from '../state/store.js';

/** Names that are told one by one; of the rest the number. */
const MOST_NAMES = 12;

export function ladderSentence(
  { frames }: HeldRun,
  shown: ShownFrames,
  devices: number,
  lost: number,
): string {
  if (shown.count === 0) return 'No frame to draw.';
  const first = frames.sentAt[shown.frameAt(0)] ?? 0;
  const last = frames.sentAt[shown.frameAt(shown.count - 1)] ?? first;
  const many = shown.count === 1 ? '1 frame' : `${shown.count.toLocaleString('en-GB')} frames`;
  const within = last > first ? `, sent within ${formatDuration(last - first)}` : '';
  const between = devices === 1 ? 'of 1 device' : `between ${devices} devices`;
  const fate =
    lost === 0 ? '' : ` ${lost === 1 ? '1 was' : `${lost.toLocaleString('en-GB')} were`} lost on the way.`;
  return `${many} ${between}${within}.${fate} Time runs down; the line across is the chosen moment.`;
}

/** The lifelines from left to right, for those who do not see them. */
export function lifelineSentence({ world }: HeldRun, nodes: readonly number[]): string {
  const names = nodes.slice(0, MOST_NAMES).map((node) => world.nodes[node]?.name ?? '');
  const rest = nodes.length - names.length;
  return `A line for each device, from left to right: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
