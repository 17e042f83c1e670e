// The simulated time of the chosen moment.

import type { PageState } from '../state/store.js';

/** In ns: that of the chosen frame when the moment is its sending, otherwise that of the step. */
export function momentTime({ run, step, seq, frame }: PageState): number {
  if (run === undefined) return 0;
  const { frames } = run;
  if (frame >= 0 && frames.seq[frame] === seq) return frames.sentAt[frame] ?? 0;
  return run.steps[step]?.time ?? 0;
}
