// Which step stands there at a moment of a run.

import type { RunAnswer } from '../worker/protocol.js';

/** The last step that has begun when an event has happened: steps follow packets, so their events may overlap. */
export function placeAt({ steps }: Pick<RunAnswer, 'steps'>, seq: number): number {
  let best = 0;
  let at = -1;
  for (let place = 0; place < steps.length; place++) {
    const head = steps[place];
    if (head !== undefined && head.seq <= seq && head.seq > at) {
      best = place;
      at = head.seq;
    }
  }
  return best;
}
