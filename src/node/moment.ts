// A moment of a run as a person names it on the command line: a step of the walk, a simulated time, start or end.

import { formatDuration, parseDuration, type Time } from '../base/time.js';
import type { Lab } from '../lab/read-lab.js';
import type { Trace } from '../trace/trace.js';
import { UsageError } from './usage-error.js';
import { findStep } from './walk-options.js';

/** For the help of `--at`. */
export const MOMENTS = 'a step of the walk such as 2c, a simulated time such as 3ms, start or end';

/** A point of a run: after the event `seq`, and how to call it. */
export interface Moment {
  readonly seq: number;
  readonly title: string;
}

/** Letters behind a number that always mean a unit of time; `2d` is a step if there is one, otherwise two days. */
const UNITS_ONLY = /^\d+(?:\.\d+)?\s*(?:ns|us|µs|ms|min)$/;

/** The moment that `--at` means. @throws UsageError when it means none */
export async function momentOf(at: string, lab: Lab, trace: Trace): Promise<Moment> {
  if (at === 'end') return { seq: trace.length - 1, title: 'at the end' };
  const { explainWalk, startOf } = await import('../view/explain/explain-walk.js');
  if (at === 'start') return { seq: startOf(trace) - 1, title: 'at the start' };
  const walk = explainWalk(trace, { phases: lab.phases });
  const steps = walk.phases.flatMap((phase) => phase.steps);
  const step = UNITS_ONLY.test(at) ? undefined : steps.find(({ id }) => id === at);
  const time = parseDuration(at);
  if (step === undefined && time !== undefined)
    return { seq: lastSeqAt(trace, time), title: `at ${formatDuration(time)}` };
  if (!/^\d+[a-z]+$/i.test(at)) throw new UsageError(`--at ${at}: give ${MOMENTS}.`);
  const { id, lastSeq, sentence } = findStep(walk, at);
  return { seq: lastSeq, title: `after step ${id}: ${sentence}` };
}

/** The last event that has happened by a point in time; −1 when there is none. */
function lastSeqAt(trace: Trace, time: Time): number {
  let last = -1;
  for (const { seq, time: at } of trace.events()) {
    if (at > time) break;
    last = seq;
  }
  return last;
}
