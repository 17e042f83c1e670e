// What of a script is played for a comparison in real time: the same steps, but nobody waits for hours. Both sides get
// the same shortened plan, so what is shortened makes no difference between them.

import { SECOND, type Time } from '../../../src/base/time.js';
import type { Openings } from '../../tcp-script/read-script.js';
import type { Action, Script, Step } from '../../tcp-script/script.js';

/** No pause between two steps is longer. */
const LONGEST_PAUSE: Time = 1.5 * SECOND;
/** What is played of a script takes at most about this long. */
export const LONGEST_PLAY: Time = 4.5 * SECOND;
/** How long the end of a script is listened to. */
export const LAST_PAUSE: Time = 0.3 * SECOND;

export interface Plan extends Pick<Script, 'host' | 'peer' | 'from'> {
  /** `segments-rst.cells: Reset before the window in LISTEN` */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Steps in which nobody acts and nothing has to happen: all that is left of them is their time. */
const WAITING: ReadonlySet<Action['kind']> = new Set(['drops', 'knows', 'tells', 'over', 'silence']);

export function planOf(script: Script, openings: Openings): Plan {
  const steps = inlined(script.beats, openings);
  const last = steps.findLastIndex(({ action: { kind } }) => kind !== 'whatever' && !WAITING.has(kind));
  const planned: Step[] = [];
  let length: Time = 0;
  for (const [index, step] of steps.entries()) {
    const { action, after } = step;
    const waits = action.kind === 'expect' || action.kind === 'hears';
    // Who waits for the host's timers must wait until they go off.
    if (waits && after.from > LONGEST_PAUSE * 1.5) break;
    const pause = waits ? after.from : Math.min(after.from, LONGEST_PAUSE);
    const longest = index > last ? LAST_PAUSE : LONGEST_PAUSE;
    const time = action.kind === 'silence' || action.kind === 'whatever' ? Math.min(action.time, longest) : 0;
    length += pause + time;
    if (length > LONGEST_PLAY) break;
    const to = waits ? Math.min(after.to, Math.max(pause, LONGEST_PAUSE)) : pause;
    planned.push({
      ...step,
      after: { from: pause, to: Math.max(pause, to) },
      action: 'time' in action ? { ...action, time } : action,
    });
  }
  const { host, peer, from } = script;
  return { name: `${script.file}: ${script.title}`, host, peer, from, steps: planned };
}

function inlined(beats: Script['beats'], openings: Openings): Step[] {
  return beats.flatMap(({ steps }) =>
    steps.flatMap((step) => {
      if (step.action.kind !== 'begin') return [step];
      return inlined(openings.get(step.action.opening) ?? [], openings);
    }),
  );
}
